//! The command line of Postil, as a library: a stage author's own binary is
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     let registry = postil::registry(); // .with::<MyStageConfig>()
//!     postil::run(&registry, &postil::DEFAULT_PIPELINE)
//! }
//! ```
//!
//! This is the one crate that knows the concrete stages: [`registry`] lists them.

mod allocator;
mod args;
mod commands;
mod find;
mod interrupt;
mod progress;
mod style;
mod usage;

use std::process::ExitCode;

use clap::Parser as _;
use postil_contract::Registry;

use crate::args::{Args, Command};
pub use crate::find::models;

/// The stages that run where no config says otherwise, in order.
pub const DEFAULT_PIPELINE: [&str; 6] = [
    "paragraphs.lines",
    "sentences.rules",
    "embeddings.transformer",
    "entities.transformer",
    "stance.cross-encoder",
    "duplicates.lexical-semantic",
];

/// The stage implementations of this workspace. A new one is a line here.
#[must_use]
pub fn registry() -> Registry {
    Registry::new()
        .with::<postil_paragraphs::LinesConfig>()
        .with::<postil_sentences::RulesConfig>()
        .with::<postil_embeddings::TransformerConfig>()
        .with::<postil_entities::TransformerConfig>()
        .with::<postil_entities::GazetteerConfig>()
        .with::<postil_stance::CrossEncoderConfig>()
        .with::<postil_stance::LinearConfig>()
        .with::<postil_duplicates::LexicalSemanticConfig>()
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All done.
    Done,
    /// The command ran and found something wrong: dead letters.
    DeadLetters,
    /// What was asked to be checked is not right.
    Failed,
    /// Stopped by Ctrl-C.
    Interrupted,
}

impl Exit {
    pub(crate) const fn code(self) -> i32 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            // 2 is clap's, for wrong usage.
            Self::DeadLetters => 3,
            // As a shell reports a process that SIGINT ended.
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        u8::try_from(exit.code()).map_or(Self::FAILURE, Self::from)
    }
}

/// Runs the command line of this process with these stages; `default_pipeline` names those that run
/// where no config says otherwise.
///
/// Exit codes: 0 all done, 1 failed, 2 wrong usage, 3 finished with dead letters, 130 interrupted.
#[must_use]
pub fn run(registry: &Registry, default_pipeline: &[&str]) -> ExitCode {
    allocator::set_up();
    let args = Args::parse();
    start_logging(args.verbose);
    let context = commands::Context { registry, default_pipeline, models: args.models.as_deref() };
    let result = match &args.command {
        Command::Annotate(options) => commands::annotate::run(&context, options),
        Command::Show(options) => commands::show::run(options),
        Command::Stages(options) => commands::stages::run(&context, options),
        Command::Check(options) => commands::check::run(&context, options),
        Command::Schema => commands::schema::run(&context),
        Command::Init(options) => commands::init::run(&context, options),
        Command::Models(options) => commands::models::run(&context, options),
        Command::Status(options) => commands::status::run(options),
        Command::Verify(options) => commands::verify::run(options),
        Command::Eval(options) => commands::eval::run(&context, options),
        Command::Compact(options) => commands::compact::run(options),
        Command::Retry(options) => commands::retry::run(&context, options),
        Command::Bench(options) => commands::bench::run(options),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            // A reader that closed the pipe (`| head`) is no failure.
            let broken_pipe = error.chain().any(|cause| {
                cause
                    .downcast_ref::<std::io::Error>()
                    .is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
            });
            if broken_pipe {
                return Exit::Done.into();
            }
            eprintln!("{} {}", style::error("error:"), commands::explain(&error));
            Exit::Failed.into()
        }
    }
}

/// Logs go to standard error: warnings, with `-v` what is done, with `-vv` all of it; `POSTIL_LOG`
/// overrides.
fn start_logging(verbose: u8) {
    use tracing_subscriber::EnvFilter;
    let level = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_env("POSTIL_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .without_time()
        .try_init();
    // A second call in one process keeps the first's log.
    drop(started);
}
