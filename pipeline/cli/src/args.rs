//! The arguments; help is generated from the doc comments.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Annotate articles in batch: sentences, entities, stances and repeated paragraphs, as Parquet.
#[derive(Debug, Parser)]
#[command(name = "postil", version, propagate_version = true, max_term_width = 100)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Folder that holds model folders, looked in before all others.
    #[arg(long, global = true, value_name = "DIR")]
    pub models: Option<PathBuf>,

    /// Say more on standard error: -v what is done, -vv all of it.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Annotate files and folders of articles into Parquet tables.
    ///
    /// Exit codes: 0 all done; 1 failed; 2 wrong usage; 3 finished, but some articles failed (see the
    /// table dead_letters); 130 stopped by Ctrl-C. What was committed stays in every case, and the
    /// same command goes on from there.
    #[command(args_override_self = true)]
    Annotate(Annotate),
    /// Print the margin notes of one article.
    Show(Show),
    /// List the stages there are, or the options of one.
    Stages(Stages),
    /// Check a config without running it, and report every problem.
    Check(Check),
    /// Print the JSON Schema of postil.toml.
    Schema,
    /// Write a postil.toml to start from.
    Init(Init),
    /// List the models found, or verify their files.
    Models(Models),
    /// Say what an output folder holds, what failed, and whether it is in use.
    Status(Status),
    /// Read an output folder again and check files, keys, joins and offsets.
    Verify(Verify),
    /// Score the pipeline against gold annotations: entities, sentences or stances.
    Eval(Eval),
    /// Merge the many small parts of an output folder into few of 100 MB and more, sorted.
    Compact(Compact),
    /// Try again what failed, with the commands that the log of the output folder keeps.
    Retry(Retry),
    /// Measure speed and memory on this machine.
    #[command(subcommand)]
    Bench(Bench),
}

/// Arguments of `annotate`.
#[derive(Debug, clap::Args)]
pub struct Annotate {
    /// Files, folders, patterns such as 'news/**/*.html', and - for the standard input.
    ///
    /// Read are .txt and .md (an article each), .html (its main text), and with many articles each
    /// .jsonl, .csv, .tsv and .parquet; all but the last also as .gz or .zst. A folder is read with
    /// all folders in it, but for hidden files, README*, LICENSE*, gold/ and what a .postilignore
    /// names. The standard input is one text, or JSON lines where its first line is an object.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,

    /// Folder for the tables; - prints the rows instead, as JSON lines.
    #[arg(short, long, default_value = "output", value_name = "DIR")]
    pub output: PathBuf,

    /// Config file. Without it: ./postil.toml, else the input folder's, else the default pipeline.
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Threads; 0 for one a core.
    #[arg(short = 'j', long, default_value_t = 0, value_name = "N")]
    pub threads: usize,

    /// Run only these stages (by layer or name) and those they need.
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    pub stages: Vec<String>,

    /// Use this implementation in place of the config's one for the same layer: stance.linear.
    #[arg(long = "use", value_name = "NAME")]
    pub replace: Vec<String>,

    /// Annotate at most this many articles.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,

    /// Articles a stage sees at a time. Never changes the output.
    #[arg(long, default_value_t = postil_runner::DEFAULT_BATCH_SIZE, value_name = "N")]
    pub batch_size: usize,

    /// How inputs are read.
    #[command(flatten)]
    pub reading: Reading,

    /// Annotate everything again, also what has not changed.
    #[arg(long)]
    pub force: bool,

    /// Try the articles again that failed in an earlier run.
    #[arg(long)]
    pub retry_failed: bool,

    /// Bytes of text after which what is done is committed. Never changes the rows; with fewer of them
    /// less is lost when the machine stops, with more there are fewer and larger files.
    #[arg(long, default_value_t = postil_runner::DEFAULT_COMMIT_BYTES, value_name = "N")]
    pub commit_bytes: u64,

    /// Seconds after which what is done is committed, however little it is.
    #[arg(long, default_value_t = postil_runner::DEFAULT_COMMIT_SECONDS, value_name = "N")]
    pub commit_seconds: u64,

    /// Stop at the first article that fails (exit code 3). What is finished is committed.
    #[arg(long)]
    pub strict: bool,

    /// Say what would be done, and do nothing.
    #[arg(long)]
    pub dry_run: bool,

    /// Print JSON objects instead, one a line on standard output: what happens, how far the run is
    /// once a second, and at the end what was done.
    #[arg(long)]
    pub json_progress: bool,
}

/// Arguments of `annotate` about its inputs.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Inputs")]
pub struct Reading {
    /// Read every input as this, whatever its name: text, html, jsonl, csv, tsv or parquet.
    #[arg(long, value_name = "NAME")]
    pub format: Option<String>,

    /// Field of a record that holds the text. Without this and the next three, fields are found by
    /// their usual names, and the run says which.
    #[arg(long, value_name = "FIELD")]
    pub text_field: Option<String>,

    /// Field of a record that holds its id; where there is none, the id is a hash of the text.
    #[arg(long, value_name = "FIELD")]
    pub id_field: Option<String>,

    /// Field of a record that holds its title.
    #[arg(long, value_name = "FIELD")]
    pub title_field: Option<String>,

    /// Field of a record that holds the date of publication.
    #[arg(long, value_name = "FIELD")]
    pub date_field: Option<String>,

    /// How dates are written, by strptime: %d/%m/%Y. Without it a date that may mean two days, such
    /// as 03/04/2025, stays in published_raw alone.
    #[arg(long, value_name = "PATTERN")]
    pub date_format: Option<String>,

    /// Language of all articles (en, de, ...), instead of the one that is found for each.
    #[arg(long, value_name = "CODE")]
    pub lang: Option<String>,

    /// Character encoding of inputs that are not UTF-8: windows-1252, utf-16le, ...
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,

    /// Length of a text over which it is refused, in bytes or as 500K, 16M, 1G. Beside its models a
    /// run needs some 200 times the length of its longest article in memory with the default stages,
    /// some 40 times with paragraphs, sentences and stance.linear.
    #[arg(long, default_value = "16M", value_parser = bytes, value_name = "N")]
    pub max_article_bytes: u64,
}

/// A number of bytes: `500`, `16M`, `16MB`.
fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_uppercase().trim_end_matches('B') {
        "" => 1,
        "K" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        _ => 0,
    };
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    bytes
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "expected a number of bytes such as 500K, 16M or 1G".to_owned())
}

/// Arguments of `show`.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// An article's id, or any end of it that names one only.
    #[arg(value_name = "ARTICLE")]
    pub article: String,

    /// Folder of the tables.
    #[arg(short, long, default_value = "output", value_name = "DIR")]
    pub output: PathBuf,

    /// Columns of the page; the terminal's by default.
    #[arg(long, value_name = "N")]
    pub width: Option<usize>,
}

/// Arguments of `stages`.
#[derive(Debug, clap::Args)]
pub struct Stages {
    /// A stage's name: its options with their defaults.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Config file.
    #[arg(default_value = "postil.toml", value_name = "FILE")]
    pub config: PathBuf,
}

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub struct Init {
    /// File to write.
    #[arg(default_value = "postil.toml", value_name = "FILE")]
    pub path: PathBuf,
}

/// Arguments of `models`.
#[derive(Debug, clap::Args)]
pub struct Models {
    /// Read the files of every model and check them against their hashes.
    #[arg(long)]
    pub verify: bool,
}

/// Arguments of `status`.
#[derive(Debug, clap::Args)]
pub struct Status {
    /// Folder of the tables.
    #[arg(default_value = "output", value_name = "DIR")]
    pub output: PathBuf,
}

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// Folder of the tables.
    #[arg(default_value = "output", value_name = "DIR")]
    pub output: PathBuf,

    /// Print only a hash of all rows, equal for equal annotations however they were made.
    #[arg(long)]
    pub digest: bool,
}

/// Arguments of `eval`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EVAL_FORMATS)]
pub struct Eval {
    /// Gold files; each is scored on its own.
    #[arg(required = true, value_name = "GOLD")]
    pub gold: Vec<PathBuf>,

    /// How the files are written: columns, spans, conllu, sentences, stance or articles. Without it,
    /// that is seen from the content.
    #[arg(long, value_name = "NAME")]
    pub format: Option<String>,

    /// Config file. Without it: ./postil.toml, else that beside the gold file, else the default
    /// pipeline.
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Use this implementation in place of the config's one for the same layer: stance.linear.
    #[arg(long = "use", value_name = "NAME")]
    pub replace: Vec<String>,

    /// Set an option of the stage that writes a layer: entities.model=./my-ner.
    #[arg(long = "set", value_name = "LAYER.OPTION=VALUE")]
    pub set: Vec<String>,

    /// Score another pipeline too, and say how likely the difference is by chance: a config file, an
    /// implementation, an option as for --set, or `config` for the config without --use and --set.
    /// Several make one pipeline.
    #[arg(long, value_name = "PIPELINE")]
    pub against: Vec<String>,

    /// Labels of mentions to score. Without it, those that the gold file has.
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    pub labels: Vec<String>,

    /// Rename labels of mentions, the gold file's and the pipeline's, before they are compared:
    /// politician=PER. Nothing behind the sign leaves a label out.
    #[arg(long, value_delimiter = ',', value_name = "OLD=NEW")]
    pub map: Vec<String>,

    /// Let the pipeline find paragraphs and sentences itself, also where the gold file gives them.
    #[arg(long)]
    pub end_to_end: bool,

    /// List every place where the pipeline and the gold file differ, a line each, between tabs.
    #[arg(long, conflicts_with = "json")]
    pub errors: bool,

    /// Print the figures as JSON: no times and no folders, so that it can be kept and compared.
    #[arg(long)]
    pub json: bool,

    /// Threads; 0 for one a core. Never changes a figure.
    #[arg(short = 'j', long, default_value_t = 0, value_name = "N")]
    pub threads: usize,
}

/// The gold formats, behind the options of `eval`.
const EVAL_FORMATS: &str = "\
Formats:
  columns    a token a line and its tag (IOB1, IOB2, IOBES), an empty line behind a sentence: CoNLL-2003,
             wikigold, CrossNER; Universal NER with its numbers and `# text` lines
  spans      JSON lines: {\"text\": ..., \"spans\": [{\"start\": 0, \"end\": 7, \"label\": \"PER\"}]},
             in Unicode code points, half open
  conllu     CoNLL-U, for its sentences: # newdoc, # newpar, SpaceAfter=No
  sentences  JSON lines: {\"text\": ..., \"sentences\": [\"...\", \"...\"]}
  stance     JSON lines: {\"target\": ..., \"text\": ..., \"stance\": \"favor\"}
  articles   JSON lines: {\"article\": ..., \"paragraph\": ... or null, \"target_id\": ..., \"stance\": ...}

Figures: exact-span F1 as conlleval counts, F1 of sentence ends (ends of paragraphs among them), macro F1
of the stances that the file has. Intervals: 95 %, 1,000 bootstrap rounds over documents, or over
sentences or texts where the file has no documents.";
/// Arguments of `compact`.
#[derive(Debug, clap::Args)]
pub struct Compact {
    /// Folder of the tables.
    #[arg(default_value = "output", value_name = "DIR")]
    pub output: PathBuf,
}

/// Arguments of `retry`.
#[derive(Debug, clap::Args)]
pub struct Retry {
    /// Folder of the tables.
    #[arg(default_value = "output", value_name = "DIR")]
    pub output: PathBuf,

    /// Options of annotate that are to be other than they were: `-- --encoding windows-1252`.
    #[arg(last = true, value_name = "OPTIONS")]
    pub options: Vec<String>,
}

/// The benchmarks.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// Speed without models: reading, paragraphs, sentences, tables, commits; beside DuckDB writing the
    /// same text to Parquet once.
    Runner(BenchRunner),
    /// Peak memory of the fast pipeline over few and many articles.
    Memory(BenchMemory),
}

/// Arguments of `bench runner`.
#[derive(Debug, clap::Args)]
pub struct BenchRunner {
    /// Articles of your own (JSON lines, or a folder of .txt); generated ones by default.
    #[arg(value_name = "INPUT")]
    pub input: Option<PathBuf>,

    /// Megabytes of text to generate.
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub mb: usize,

    /// Runs; the best counts.
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub repeat: usize,

    /// Threads; 0 for one a core.
    #[arg(short = 'j', long, default_value_t = 0, value_name = "N")]
    pub threads: usize,

    /// A Python that has DuckDB.
    #[arg(long, default_value = "python3", value_name = "PROGRAM")]
    pub python: String,

    /// Where to write; the system's folder for temporary files by default.
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// Arguments of `bench memory`.
#[derive(Debug, clap::Args)]
pub struct BenchMemory {
    /// How many articles, one run each.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 100_000], value_name = "N,M")]
    pub articles: Vec<usize>,

    /// Threads; 0 for one a core.
    #[arg(short = 'j', long, default_value_t = 0, value_name = "N")]
    pub threads: usize,

    /// Where to write; the system's folder for temporary files by default.
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
}
