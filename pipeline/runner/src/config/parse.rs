//! From TOML to a [`Config`], with every problem of its shape kept for later.

use std::path::Path;

use postil_contract::{Problem, Target, TargetKind};
use toml::{Table, Value};

use super::{Config, StageEntry};
use crate::error::Error;

const TOP_LEVEL: [&str; 2] = ["stages", "targets"];
const TARGET: [&str; 3] = ["id", "statement", "aliases"];

pub(super) fn parse(text: &str, path: Option<&Path>) -> Result<Config, Error> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let (line, column) = place(text, error.span().map_or(0, |span| span.start));
        Error::Syntax {
            path: path.unwrap_or(Path::new("config")).to_owned(),
            line,
            column,
            message: error.message().to_owned(),
        }
    })?;
    let mut config = Config { path: path.map(Path::to_owned), ..Config::default() };
    for (key, value) in table {
        match key.as_str() {
            "targets" => {
                for (at, table) in tables("targets", value, &mut config.problems) {
                    let target = target(&format!("targets[{at}]"), table, &mut config.problems);
                    config.targets.push(target);
                }
            }
            "stages" => {
                config.names_stages = true;
                for (at, table) in tables("stages", value, &mut config.problems) {
                    let entry = stage(&format!("stages[{at}]"), table, &mut config.problems);
                    config.stages.extend(entry);
                }
            }
            other => {
                config.problems.push(Problem::unknown(other, "key", other, TOP_LEVEL));
            }
        }
    }
    Ok(config)
}

/// Line and character, both from 1, of a byte of the text.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte.min(text.len())).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// The tables of an array of tables.
fn tables(key: &str, value: Value, problems: &mut Vec<Problem>) -> Vec<(usize, Table)> {
    let Value::Array(items) = value else {
        problems.push(
            Problem::new(key, format!("expected tables, found {}", a(value.type_str())))
                .help(format!("write [[{key}]] with two brackets on each side")),
        );
        return Vec::new();
    };
    items
        .into_iter()
        .enumerate()
        .filter_map(|(at, item)| match item {
            Value::Table(table) => Some((at, table)),
            other => {
                let message = format!("expected a table, found {}", a(other.type_str()));
                problems.push(Problem::new(format!("{key}[{at}]"), message));
                None
            }
        })
        .collect()
}

fn target(path: &str, mut table: Table, problems: &mut Vec<Problem>) -> Target {
    for key in table.keys().filter(|key| !TARGET.contains(&key.as_str())) {
        problems.push(Problem::unknown(format!("{path}.{key}"), "key", key, TARGET));
    }
    let id = text(path, "id", &mut table, problems, "a short name, such as \"accords\"");
    let statement = text(
        path,
        "statement",
        &mut table,
        problems,
        "what one can be for or against, as a full claim",
    );
    let aliases = match table.remove("aliases") {
        None => Vec::new(),
        Some(Value::Array(items)) => items
            .into_iter()
            .enumerate()
            .filter_map(|(at, item)| match item {
                Value::String(alias) => Some(alias),
                other => {
                    problems.push(expected_text(&format!("{path}.aliases[{at}]"), &other));
                    None
                }
            })
            .collect(),
        Some(other) => {
            let found = a(other.type_str());
            problems.push(
                Problem::new(format!("{path}.aliases"), format!("expected a list, found {found}"))
                    .help("write a list: aliases = [\"...\"]"),
            );
            Vec::new()
        }
    };
    Target { id, statement, aliases, kind: TargetKind::Config }
}

/// A required text of a target, empty where there is none.
fn text(
    path: &str,
    key: &str,
    table: &mut Table,
    problems: &mut Vec<Problem>,
    meaning: &str,
) -> String {
    let path = format!("{path}.{key}");
    match table.remove(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => return text,
        Some(Value::String(_)) => {
            problems.push(Problem::new(path, "is empty").help(format!("write {meaning}")));
        }
        Some(other) => problems.push(expected_text(&path, &other)),
        None => problems.push(Problem::new(path, "is missing").help(format!("write {meaning}"))),
    }
    String::new()
}

fn stage(path: &str, mut table: Table, problems: &mut Vec<Problem>) -> Option<StageEntry> {
    match table.remove("uses") {
        Some(Value::String(uses)) => return Some(StageEntry { uses, options: table }),
        Some(other) => problems.push(expected_text(&format!("{path}.uses"), &other)),
        None => problems.push(
            Problem::new(format!("{path}.uses"), "is missing")
                .help("name an implementation; `postil stages` lists them"),
        ),
    }
    None
}

fn expected_text(path: &str, found: &Value) -> Problem {
    Problem::new(path, format!("expected text, found {}", a(found.type_str())))
}

/// A TOML type with its article.
fn a(kind: &str) -> String {
    match kind.starts_with(['a', 'i']) {
        true => format!("an {kind}"),
        false => format!("a {kind}"),
    }
}
