//! `postil check`.

use postil_runner::Config;

use super::{Context, count, problems};
use crate::args::Check;
use crate::{Exit, find};

/// Checks a config and prints every problem.
pub fn run(context: &Context<'_>, args: &Check) -> anyhow::Result<Exit> {
    let mut config = Config::load(&args.config)?;
    config.stages_or(context.default_pipeline);
    let build = config.context(find::models(context.models, Some(&args.config)));
    let found = config.check(context.registry, &build);
    if found.is_empty() {
        println!(
            "{}: {}, {}, no problems",
            args.config.display(),
            count(config.stages.len(), "stage"),
            count(config.targets.len(), "target")
        );
        return Ok(Exit::Done);
    }
    println!("{}: {}", args.config.display(), count(found.len(), "problem"));
    println!("{}", problems(&found));
    Ok(Exit::Failed)
}
