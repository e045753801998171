//! Everything that is wrong with a config.

use std::collections::BTreeMap;

use postil_contract::{BuildContext, Description, Layer, Problem, Registry, nearest};

use super::Config;

pub(super) fn check(config: &Config, registry: &Registry, context: &BuildContext) -> Vec<Problem> {
    let mut problems = config.problems.clone();
    targets(config, &mut problems);
    if config.stages.is_empty() && config.problems.is_empty() {
        problems.push(
            Problem::new("stages", "there is no stage")
                .help("name some with [[stages]], or leave the key out for the default pipeline"),
        );
    }
    let mut descriptions: Vec<Option<Description>> = Vec::with_capacity(config.stages.len());
    for (at, entry) in config.stages.iter().enumerate() {
        let path = format!("stages[{at}]");
        match registry.get(&entry.uses) {
            Some(factory) => {
                let found = factory.check(&entry.options, context);
                problems.extend(found.into_iter().map(|problem| problem.under(&path)));
                descriptions.push(Some(factory.describe_with(&entry.options)));
            }
            None => {
                problems.push(Problem::unknown(
                    format!("{path}.uses"),
                    "stage",
                    &entry.uses,
                    registry.names(),
                ));
                // What was probably meant still provides its layer: no second problem for that.
                let meant = nearest(&entry.uses, registry.names());
                descriptions.push(meant.and_then(|name| registry.get(name)).map(|f| f.describe()));
            }
        }
    }
    order(config, registry, &descriptions, &mut problems);
    problems
}

fn targets(config: &Config, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, target) in config.targets.iter().enumerate().filter(|(_, t)| !t.id.is_empty()) {
        if let Some(first) = seen.get(target.id.as_str()) {
            problems.push(
                Problem::new(
                    format!("targets[{at}].id"),
                    format!("`{}` is also the id of targets[{first}]", target.id),
                )
                .help("give each target its own id"),
            );
        } else {
            seen.insert(&target.id, at);
        }
    }
}

fn order(
    config: &Config,
    registry: &Registry,
    descriptions: &[Option<Description>],
    problems: &mut Vec<Problem>,
) {
    let provider = |layer: &Layer, range: &[Option<Description>]| {
        range.iter().position(|d| d.as_ref().is_some_and(|d| d.provides == *layer))
    };
    let uses = |at: usize| config.stages.get(at).map_or("", |entry| entry.uses.as_str());
    for (at, description) in descriptions.iter().enumerate() {
        let Some(description) = description else { continue };
        let path = format!("stages[{at}]");
        let earlier = descriptions.get(..at).unwrap_or_default();
        for layer in &description.needs {
            if provider(layer, earlier).is_some() {
                continue;
            }
            let problem = Problem::new(
                path.as_str(),
                format!(
                    "`{}` needs the layer `{layer}`, which no earlier stage provides",
                    uses(at)
                ),
            );
            problems.push(match provider(layer, descriptions) {
                Some(later) => problem
                    .help(format!("move stages[{later}] (`{}`) before stages[{at}]", uses(later))),
                None => problem.help(providers(layer, registry)),
            });
        }
        if let Some(first) = provider(&description.provides, earlier) {
            problems.push(
                Problem::new(
                    path,
                    format!(
                        "`{}` writes the layer `{}`, as stages[{first}] (`{}`) does",
                        uses(at),
                        description.provides,
                        uses(first)
                    ),
                )
                .help("keep one of them"),
            );
        }
    }
}

/// Which implementations provide a layer.
fn providers(layer: &Layer, registry: &Registry) -> String {
    let names: Vec<&str> = registry
        .iter()
        .map(|factory| factory.describe())
        .filter(|description| description.provides == *layer)
        .map(|description| description.implementation)
        .collect();
    match names.as_slice() {
        [] => "no implementation provides it".to_owned(),
        [one] => format!("put `uses = \"{one}\"` before it"),
        several => format!("put one of these before it: {}", several.join(", ")),
    }
}
