//! `postil schema`.

use super::Context;
use crate::Exit;

/// Prints the JSON Schema of postil.toml.
pub fn run(context: &Context<'_>) -> anyhow::Result<Exit> {
    let schema = postil_runner::config::schema(context.registry);
    println!("{}", serde_json::to_string_pretty(&schema)?);
    Ok(Exit::Done)
}
