//! `postil bench`: how fast, and in how much memory, on the machine at hand.
//!
//! Each figure is of a run of this very binary in a process of its own, told by its `--json-progress`.

mod duckdb;
mod run;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::Exit;
use crate::args::{Bench, BenchMemory, BenchRunner};
use run::{Join, Measured};

const MB: f64 = 1e6;

/// Runs a benchmark.
pub fn run(args: &Bench) -> anyhow::Result<Exit> {
    match args {
        Bench::Runner(args) => runner(args),
        Bench::Memory(args) => memory(args),
    }
}

/// The runner without models: readers, paragraphs, sentences, tables, commit.
const RUNNER: &str =
    "[[stages]]\nuses = \"paragraphs.lines\"\n[[stages]]\nuses = \"sentences.rules\"\n";

/// Every family but embeddings, without a large model.
const FAST: &str = r#"
[[targets]]
id = "accords"
statement = "The country should join the accords"
aliases = ["the accords"]
[[stages]]
uses = "paragraphs.lines"
[[stages]]
uses = "sentences.rules"
[[stages]]
uses = "entities.gazetteer"
path = "names.tsv"
[[stages]]
uses = "stance.linear"
[[stages]]
uses = "duplicates.lexical-semantic"
paraphrase = false
"#;

const NAMES: &str = "name\tlabel\tid\nKazakhstan\tLOC\t\nBaku\tLOC\t\nUnited Nations\tORG\t\n";

/// A folder for a benchmark, removed at the end.
struct Bed {
    folder: tempfile::TempDir,
}

impl Bed {
    fn new(place: Option<&Path>, config: &str) -> anyhow::Result<Self> {
        let folder = match place {
            Some(place) => tempfile::tempdir_in(place),
            None => tempfile::tempdir(),
        };
        let folder = folder.context("expected to make a folder for the benchmark")?;
        fs::write(folder.path().join("postil.toml"), config)?;
        fs::write(folder.path().join("names.tsv"), NAMES)?;
        Ok(Self { folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Annotates into a fresh output, which is removed again.
    fn annotate(&self, input: &Path, threads: usize) -> anyhow::Result<Measured> {
        let output = self.path("output");
        let measured = run::annotate(&self.path("postil.toml"), input, &output, threads)?;
        fs::remove_dir_all(&output).context("expected to remove the output of the benchmark")?;
        Ok(measured)
    }
}

fn runner(args: &BenchRunner) -> anyhow::Result<Exit> {
    let bed = Bed::new(args.folder.as_deref(), RUNNER)?;
    let (input, told) = match &args.input {
        Some(input) => (input.clone(), input.display().to_string()),
        None => {
            let input = bed.path("articles.jsonl");
            let articles = args.mb * 1_000_000 / text::BYTES;
            text::write(&input, articles)?;
            (input, format!("{articles} generated articles of about {} bytes", text::BYTES))
        }
    };
    println!("articles: {told}");
    let mut best: Option<Measured> = None;
    for _ in 0..args.repeat.max(1) {
        let measured = bed.annotate(&input, args.threads)?;
        println!("postil:   {}", measured.line());
        if best.as_ref().is_none_or(|best| measured.seconds < best.seconds) {
            best = Some(measured);
        }
        let peer = duckdb::write(&args.python, &input, &bed.path("peer.parquet"), args.threads);
        match peer {
            Ok(peer) => {
                let bytes = best.as_ref().map_or(0, |best| best.text_bytes);
                println!("duckdb:   {}", peer.line(bytes));
                if let Some(best) = &best {
                    println!(
                        "ratio:    postil takes {:.2} times DuckDB's time, {:.2} times its CPU; postil \
                         writes the text three times (articles, paragraphs, sentences)",
                        best.seconds / peer.seconds.max(1e-9),
                        best.cpu_seconds / peer.cpu_seconds.max(1e-9)
                    );
                }
            }
            Err(error) => println!("duckdb:   not measured ({error:#})"),
        }
    }
    if let Some(best) = &best {
        println!("the best run, seconds of threads:");
        for (part, seconds) in best.parts() {
            println!("  {part:<12} {seconds:>8.2}");
        }
    }
    Ok(Exit::Done)
}

fn memory(args: &BenchMemory) -> anyhow::Result<Exit> {
    let bed = Bed::new(args.folder.as_deref(), FAST)?;
    println!("articles of about {} bytes, fast pipeline; peak of the resident memory", text::BYTES);
    let mut first: Option<f64> = None;
    for articles in &args.articles {
        let input = bed.path("articles.jsonl");
        text::write(&input, *articles)?;
        let measured = bed.annotate(&input, args.threads)?;
        let Some(peak) = measured.peak_bytes else {
            println!("{articles:>8} articles: the system does not tell the peak");
            continue;
        };
        let peak = peak as f64 / MB;
        let first = *first.get_or_insert(peak);
        println!(
            "{articles:>8} articles: {peak:.1} MB ({:+.1} %), before the comparison {:.1} MB; {}; {}",
            100.0 * (peak / first - 1.0),
            measured.peak_before_join.unwrap_or(0) as f64 / MB,
            measured.join.as_ref().map_or_else(String::new, Join::line),
            measured.line()
        );
        fs::remove_file(&input)?;
    }
    Ok(Exit::Done)
}
