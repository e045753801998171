//! `postil compact`.

use indicatif::HumanBytes;

use super::count;
use crate::args::Compact;
use crate::{Exit, interrupt};

/// Merges the small parts of an output.
pub fn run(args: &Compact) -> anyhow::Result<Exit> {
    let stop = interrupt::flag()?;
    let done = postil_runner::compact(&args.output, stop, |table, before, after| {
        println!("{table}: {before} parts into {after}");
    })?;
    if done.parts_before == done.parts_after && !done.interrupted {
        println!("{}: nothing to merge", args.output.display());
        return Ok(Exit::Done);
    }
    println!(
        "{}: {} ({}) instead of {} ({})",
        args.output.display(),
        count(done.parts_after, "part"),
        HumanBytes(done.bytes_after),
        done.parts_before,
        HumanBytes(done.bytes_before),
    );
    Ok(match done.interrupted {
        true => Exit::Interrupted,
        false => Exit::Done,
    })
}
