//! `postil verify`.

use postil_runner::Dataset;

use super::count;
use crate::Exit;
use crate::args::Verify;

/// Reads an output folder again and checks it, or prints its digest.
pub fn run(args: &Verify) -> anyhow::Result<Exit> {
    let dataset = Dataset::open(&args.output)?;
    if args.digest {
        println!("{}", dataset.digest()?);
        return Ok(Exit::Done);
    }
    let verification = dataset.verify()?;
    for problem in &verification.problems {
        println!("{problem}");
    }
    if !verification.leftovers.is_empty() {
        println!(
            "{} of a run that was killed: not part of the tables (current.sql leaves them out), and \
             removed by the next run",
            count(verification.leftovers.len(), "file")
        );
    }
    println!(
        "{}: {}, {}: {}",
        args.output.display(),
        count(verification.parts, "part"),
        count(usize::try_from(verification.rows).unwrap_or(usize::MAX), "row"),
        match verification.n_problems {
            0 => "hashes, keys, joins and offsets hold".to_owned(),
            n => count(n, "problem"),
        }
    );
    Ok(match verification.is_sound() {
        true => Exit::Done,
        false => Exit::Failed,
    })
}
