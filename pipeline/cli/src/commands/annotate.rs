//! `postil annotate`.

use std::path::Path;

use anyhow::{Context as _, bail};
use postil_contract::Problem;
use postil_runner::{Command, Config, Dataset, Options, Report, input};

use super::{Context, problems, summary};
use crate::args::{self, Annotate};
use crate::progress::{Display, JsonLines};
use crate::{Exit, find, interrupt};

/// The output that stands for the standard output.
const STDOUT: &str = "-";

/// Annotates, and prints what came of it.
pub fn run(context: &Context<'_>, args: &Annotate) -> anyhow::Result<Exit> {
    // Words that are no text can't be kept, and then the run can't be started again from the log.
    let words: Result<Vec<String>, _> =
        std::env::args_os().skip(1).map(std::ffi::OsString::into_string).collect();
    let command = match (words, std::env::current_dir()) {
        (Ok(args), Ok(folder)) => Some(Command { folder, args }),
        _ => None,
    };
    annotate(context, args, command, false)
}

/// Annotates again what failed, of a run that was started with `command`.
pub fn only_failed(
    context: &Context<'_>,
    args: &Annotate,
    command: Command,
) -> anyhow::Result<Exit> {
    annotate(context, args, Some(command), true)
}

fn annotate(
    context: &Context<'_>,
    args: &Annotate,
    command: Option<Command>,
    only_failed: bool,
) -> anyhow::Result<Exit> {
    let config_path = find::config(args.config.as_deref(), &args.inputs);
    let config = config(context, args, config_path.as_deref())?;
    let build = config.context(find::models(context.models, config_path.as_deref()));
    let pipeline = config.build(context.registry, &build)?;

    // To print the rows, they are written to a folder that goes at the end.
    let printed = match args.output.as_os_str() == STDOUT {
        true => Some(tempfile::tempdir().context("expected a place for temporary files")?),
        false => None,
    };
    let output = printed.as_ref().map_or(args.output.as_path(), |folder| folder.path());
    let mut options = Options::new(args.inputs.clone(), output);
    options.reading = reading(&args.reading)?;
    options.threads = args.threads;
    options.batch_size = args.batch_size.max(1);
    options.limit = args.limit;
    options.force = args.force;
    options.retry_failed = args.retry_failed;
    options.commit_bytes = args.commit_bytes;
    options.commit_seconds = args.commit_seconds;
    options.only_failed = only_failed;
    options.strict = args.strict;
    options.dry_run = args.dry_run;
    options.command = command;

    let stop = interrupt::flag()?;
    if args.json_progress {
        let lines = JsonLines::new();
        let report = postil_runner::annotate(&pipeline, &options, &lines, stop)?;
        let exit = exit(&report);
        lines.done(&report, exit.code());
        return Ok(exit);
    }
    let display = Display::new();
    let report = postil_runner::annotate(&pipeline, &options, &display, stop);
    display.finish();
    let report = report?;
    let dataset = match report.dry_run {
        true => None,
        false => Dataset::open(output).ok(),
    };
    match (&printed, &dataset) {
        (Some(_), Some(dataset)) => dataset.write_json_lines(&mut std::io::stdout().lock())?,
        (Some(_), None) if !report.dry_run => {}
        _ => summary::print(&report, dataset.as_ref())?,
    }
    Ok(exit(&report))
}

fn exit(report: &Report) -> Exit {
    match () {
        () if report.interrupted => Exit::Interrupted,
        // What failed before and was not tried again is not done either.
        () if report.failed + report.failed_before > 0 => Exit::DeadLetters,
        () => Exit::Done,
    }
}

/// How the inputs are read, by the options.
fn reading(args: &args::Reading) -> anyhow::Result<input::Reading> {
    let format = args.format.as_deref().map(input::Format::from_name).transpose();
    Ok(input::Reading {
        encoding: args.encoding.as_deref().map(input::encoding).transpose()?,
        format: format.map_err(|problem| anyhow::anyhow!("{problem}"))?,
        fields: input::FieldNames {
            text: args.text_field.clone(),
            id: args.id_field.clone(),
            title: args.title_field.clone(),
            date: args.date_field.clone(),
        },
        date_format: args.date_format.as_deref().map(input::DateFormat::new).transpose()?,
        lang: args.lang.as_deref().map(input::language).transpose()?,
        max_article_bytes: args.max_article_bytes,
    })
}

/// The config in force, after the options that change it; says which it is.
fn config(context: &Context<'_>, args: &Annotate, path: Option<&Path>) -> anyhow::Result<Config> {
    let mut config = match path {
        Some(path) => Config::load(path)?,
        None => Config::default_pipeline(context.default_pipeline),
    };
    let own_stages = !config.stages.is_empty() && path.is_some();
    config.stages_or(context.default_pipeline);
    let pipeline = if own_stages { "its own stages" } else { "the default stages" };
    match path {
        Some(path) => eprintln!(
            "config: {} ({}, {pipeline})",
            path.display(),
            super::count(config.targets.len(), "target")
        ),
        None => eprintln!("config: none found, {pipeline} and no targets"),
    }
    let mut wrong: Vec<Problem> = Vec::new();
    for name in &args.replace {
        wrong.extend(config.replace(name, context.registry).err().map(|p| p.under("--use")));
    }
    if !args.stages.is_empty() {
        let names: Vec<&str> = args.stages.iter().map(String::as_str).collect();
        if let Err(problems) = config.only(&names, context.registry) {
            wrong.extend(problems.into_iter().map(|problem| problem.under("--stages")));
        }
    }
    if !wrong.is_empty() {
        bail!("the options do not fit the stages:\n{}", problems(&wrong));
    }
    Ok(config)
}
