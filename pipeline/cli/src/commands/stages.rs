//! `postil stages`.

use anyhow::bail;
use postil_contract::{Layer, Problem, StageFactory};
use serde_json::Value;

use super::Context;
use crate::args::Stages;
use crate::{Exit, style};

/// Lists the stages, or the options of one.
pub fn run(context: &Context<'_>, args: &Stages) -> anyhow::Result<Exit> {
    match &args.name {
        None => list(context),
        Some(name) => match context.registry.get(name) {
            Some(factory) => options(factory),
            None => {
                bail!(Problem::unknown("", "stage", name, context.registry.names()).to_string())
            }
        },
    }
    Ok(Exit::Done)
}

fn layers(layers: &[Layer]) -> String {
    match layers {
        [] => "-".to_owned(),
        layers => layers.iter().map(Layer::as_str).collect::<Vec<_>>().join(", "),
    }
}

fn list(context: &Context<'_>) {
    println!(
        "{}",
        style::faint(&format!("{:<29} {:<12} {:<45} what", "name", "provides", "needs"))
    );
    for factory in context.registry.iter() {
        let description = factory.describe();
        let default = context.default_pipeline.contains(&description.implementation);
        println!(
            "{:<29} {:<12} {:<45} {}{}",
            description.implementation,
            description.provides.as_str(),
            layers(&description.needs),
            description.summary,
            if default { " (default)" } else { "" }
        );
    }
    println!("\npostil stages NAME for the options of one");
}

fn options(factory: &dyn StageFactory) {
    let description = factory.describe();
    println!("{}: {}", style::heading(description.implementation), description.summary);
    println!("needs {}; provides {}", layers(&description.needs), description.provides);
    let schema = factory.schema();
    let defaults = factory.defaults();
    let properties = schema.get("properties").and_then(Value::as_object);
    println!("\n[[stages]]\nuses = \"{}\"", description.implementation);
    for (name, property) in properties.into_iter().flatten() {
        println!();
        let text = property.get("description").and_then(Value::as_str).unwrap_or_default();
        for line in textwrap::wrap(&text.split_whitespace().collect::<Vec<_>>().join(" "), 96) {
            println!("{}", style::faint(&format!("# {line}")));
        }
        match defaults.get(name) {
            None | Some(Value::Null) => {
                println!("{}", style::faint(&format!("# {name} = (not set)")));
            }
            Some(value) => println!("{name} = {value}"),
        }
    }
}
