//! What the formats of JSON lines have in common.

use serde_json::{Map, Value};

use super::{Format, LineError};

pub(super) type Record = Map<String, Value>;

/// The format of a file of records, from the keys of the first.
pub(super) fn guess(text: &str) -> Option<Format> {
    let first = text.trim_start_matches(|c: char| c == '[' || c.is_whitespace());
    let record = serde_json::Deserializer::from_str(first).into_iter::<Record>().next()?.ok()?;
    let has = |key: &str| record.contains_key(key);
    let has_stance = has("stance") || has("label");
    match () {
        () if has("article") && has("target_id") => Some(Format::Articles),
        () if has("target") && has("text") && has_stance => Some(Format::Stance),
        () if has("text") && has("sentences") => Some(Format::Sentences),
        () if has("text") && super::spans::KEYS.iter().any(|key| has(key)) => Some(Format::Spans),
        () => None,
    }
}

/// The records with the number of their line: an object a line, or one list of objects.
pub(super) fn records(text: &str) -> Result<Vec<(usize, Record)>, LineError> {
    if text.trim_start().starts_with('[') {
        let all: Vec<Record> = serde_json::from_str(text)
            .map_err(|error| (error.line(), format!("expected a list of JSON objects: {error}")))?;
        return Ok((1..).zip(all).collect());
    }
    let mut records = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let record = serde_json::from_str(line)
            .map_err(|error| (number, format!("expected a JSON object on a line: {error}")))?;
        records.push((number, record));
    }
    Ok(records)
}

/// The text of a key.
pub(super) fn text<'r>(record: &'r Record, key: &str) -> Result<&'r str, String> {
    match record.get(key) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(format!("expected text under \"{key}\", found {}", what(other))),
        None => Err(format!("expected a key \"{key}\", found {}", keys(record))),
    }
}

/// The keys that a record has, for a message.
pub(super) fn keys(record: &Record) -> String {
    let keys: Vec<String> = record.keys().map(|key| format!("\"{key}\"")).collect();
    match keys.is_empty() {
        true => "none".to_owned(),
        false => keys.join(", "),
    }
}

/// A value, for a message.
pub(super) fn what(value: &Value) -> String {
    const LONGEST: usize = 60;
    let shown = value.to_string();
    match shown.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("`{}…`", shown.get(..at).unwrap_or_default()),
        None => format!("`{shown}`"),
    }
}
