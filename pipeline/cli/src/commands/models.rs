//! `postil models`.

use postil_models::ModelFolder;

use super::Context;
use crate::args::Models;
use crate::{Exit, find, style};

/// Lists the models found; with `--verify`, reads their files and checks the hashes.
pub fn run(context: &Context<'_>, args: &Models) -> anyhow::Result<Exit> {
    let locator = find::models(context.models, None);
    let mut exit = Exit::Done;
    println!(
        "{}",
        style::faint(&format!("{:<20} {:<24} {:<14} folder", "name", "task", "licence"))
    );
    for name in locator.names() {
        let path = locator.find(&name)?;
        // Opening a folder checks the hashes of its files; without --verify a damaged one is only
        // listed as such.
        match ModelFolder::open(&path) {
            Ok(folder) => println!(
                "{name:<20} {:<24} {:<14} {}{}",
                folder.manifest.task.to_string(),
                folder.manifest.license,
                path.display(),
                if args.verify { "  verified" } else { "" }
            ),
            Err(error) => {
                exit = Exit::Failed;
                println!("{name:<20} {}", style::error(&format!("damaged: {error}")));
            }
        }
    }
    Ok(exit)
}
