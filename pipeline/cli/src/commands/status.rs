//! `postil status`.

use indicatif::HumanBytes;
use postil_runner::Dataset;

use super::count;
use crate::args::Status;
use crate::{Exit, style};

/// Says what an output folder holds.
pub fn run(args: &Status) -> anyhow::Result<Exit> {
    let dataset = Dataset::open(&args.output)?;
    println!(
        "{}: {}, {}",
        args.output.display(),
        count(dataset.ids()?.len(), "article"),
        count(dataset.commits(), "commit")
    );
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
    if dataset.join_pending() {
        println!("duplicates are not joined yet: run annotate again");
    }
    Ok(Exit::Done)
}
