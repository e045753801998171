//! `postil retry`.

use anyhow::{Context as _, bail};
use clap::Parser as _;
use postil_runner::{Command as Started, Dataset};

use super::{Context, annotate, count};
use crate::Exit;
use crate::args::{Args, Command, Retry};

/// Runs the commands again that left dead letters behind, over what failed alone.
pub fn run(context: &Context<'_>, args: &Retry) -> anyhow::Result<Exit> {
    let dataset = Dataset::open(&args.output)?;
    let letters = dataset.dead_letters()?.len();
    if letters == 0 {
        println!("{}: nothing has failed", args.output.display());
        return Ok(Exit::Done);
    }
    let commands = dataset.failed_commands()?;
    if commands.is_empty() {
        bail!(
            "the log of {} does not say what the runs were started with: \
             run annotate again with --retry-failed",
            args.output.display()
        );
    }
    drop(dataset);
    let output = std::path::absolute(&args.output)
        .with_context(|| format!("expected a path, found {}", args.output.display()))?;
    eprintln!("{} to be tried again", count(letters, "dead letter"));
    let mut worst = Exit::Done;
    for command in &commands {
        let exit = again(context, args, command, &output)?;
        worst = match (worst, exit) {
            (_, Exit::Interrupted) => return Ok(exit),
            (Exit::Done, exit) => exit,
            (worst, _) => worst,
        };
    }
    Ok(worst)
}

fn again(
    context: &Context<'_>,
    args: &Retry,
    command: &Started,
    output: &std::path::Path,
) -> anyhow::Result<Exit> {
    let line = || command.args.join(" ");
    // An option given now stands after the one of that time, and overrides it.
    let words = ["postil"].into_iter().map(str::to_owned);
    let words = words.chain(command.args.iter().cloned()).chain(args.options.iter().cloned());
    let parsed = Args::try_parse_from(words)
        .with_context(|| format!("expected to start `postil {}` again", line()))?;
    let Command::Annotate(mut options) = parsed.command else {
        bail!("expected the log to name an annotate command, found `postil {}`", line());
    };
    std::env::set_current_dir(&command.folder).with_context(|| {
        format!("the run was started in {}, which can't be entered", command.folder.display())
    })?;
    eprintln!("postil {}", line());
    output.clone_into(&mut options.output);
    options.retry_failed = true;
    options.force = false;
    options.limit = None;
    let models = context.models.or(parsed.models.as_deref());
    let context = Context { models, ..*context };
    annotate::only_failed(&context, &options, command.clone())
}
