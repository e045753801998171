//! `postil status`.

use std::collections::BTreeMap;

use indicatif::HumanBytes;
use postil_runner::{Dataset, LARGE_PART_BYTES};

use postil_tables::TableId;

use super::count;
use crate::args::Status;
use crate::{Exit, style};

/// Runs listed.
const MAX_RUNS: usize = 5;
/// Small parts of a table from which on it pays to merge them.
const MANY_PARTS: usize = 20;

/// Says what an output folder holds.
pub fn run(args: &Status) -> anyhow::Result<Exit> {
    let dataset = Dataset::open(&args.output)?;
    println!(
        "{}: {}, {}{}",
        args.output.display(),
        count(usize::try_from(dataset.rows(&TableId::Articles)).unwrap_or(usize::MAX), "article"),
        count(dataset.commits(), "commit"),
        dataset.last_commit().map(|at| format!(", the last one at {at}")).unwrap_or_default()
    );
    match dataset.in_use() {
        Some(0) => println!("in use by another postil"),
        Some(process) => println!("in use by postil (process {process})"),
        None => {}
    }
    println!(
        "{}",
        style::faint(&format!("{:<20} {:>6} {:>10} {:>12}", "table", "parts", "rows", "size"))
    );
    for table in dataset.tables() {
        let parts = dataset.parts(&table);
        let bytes: u64 = parts.iter().map(|part| part.bytes).sum();
        println!(
            "{:<20} {:>6} {:>10} {:>12}",
            table.name(),
            parts.len(),
            dataset.rows(&table),
            HumanBytes(bytes).to_string()
        );
    }
    runs(&dataset)?;
    failures(&dataset)?;
    if dataset.join_pending() {
        println!("duplicates are not joined yet: run annotate again");
    }
    let small = |table: &TableId| {
        let parts = dataset.parts(table);
        parts.iter().filter(|part| part.bytes < LARGE_PART_BYTES).count()
    };
    if dataset.tables().iter().any(|table| small(table) >= MANY_PARTS) {
        println!("many small parts: postil compact {}", args.output.display());
    }
    Ok(Exit::Done)
}

/// The last runs, a line each.
fn runs(dataset: &Dataset) -> anyhow::Result<()> {
    let mut runs: BTreeMap<String, (usize, f64, usize)> = BTreeMap::new();
    for row in dataset.runs()? {
        let run = runs.entry(row.run_id).or_default();
        run.0 = run.0.max(row.articles);
        run.1 += row.seconds;
        run.2 += row.failed;
    }
    if runs.is_empty() {
        return Ok(());
    }
    println!(
        "{}",
        style::faint(&format!("{:<26} {:>10} {:>8} {:>12}", "run", "articles", "failed", "stages"))
    );
    for (run, (articles, seconds, failed)) in runs.iter().rev().take(MAX_RUNS) {
        println!("{run:<26} {articles:>10} {failed:>8} {:>12}", format!("{seconds:.1} s"));
    }
    if let Some(more) = runs.len().checked_sub(MAX_RUNS).filter(|more| *more > 0) {
        println!("... and {more} before");
    }
    Ok(())
}

/// What failed and is not put right, by stage.
fn failures(dataset: &Dataset) -> anyhow::Result<()> {
    let mut stages: BTreeMap<String, usize> = BTreeMap::new();
    for letter in dataset.dead_letters()? {
        *stages.entry(letter.stage.unwrap_or_else(|| "reading".to_owned())).or_default() += 1;
    }
    if stages.is_empty() {
        return Ok(());
    }
    let all: usize = stages.values().sum();
    let stages: Vec<String> = stages.iter().map(|(stage, n)| format!("{n} in {stage}")).collect();
    println!(
        "{} ({}): the table dead_letters says why; postil retry {} tries again",
        count(all, "dead letter"),
        stages.join(", "),
        dataset.root().display()
    );
    Ok(())
}
