//! JSON lines: one object a line, one article an object.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use jiff::civil;
use jiff::tz::TimeZone;
use postil_contract::{Article, Target, TargetKind, text_hash};
use serde_json::{Map, Value};

use super::decode::not_utf8;
use super::walk::Source;
use super::{BadInput, Input};

/// Reads one record after another; never the whole file.
pub(super) struct Records {
    name: String,
    reader: BufReader<File>,
    line: usize,
}

impl Records {
    pub(super) fn open(source: &Source) -> io::Result<Self> {
        let reader = BufReader::new(File::open(&source.path)?);
        Ok(Self { name: source.path.display().to_string(), reader, line: 0 })
    }
}

impl Iterator for Records {
    type Item = Result<Input, BadInput>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut raw = Vec::new();
            self.line += 1;
            let source = format!("{}:{}", self.name, self.line);
            let bad = |error: String, raw: &[u8], id: Option<String>| BadInput {
                source: source.clone(),
                article_id: id,
                error,
                content_hash: Some(text_hash(&String::from_utf8_lossy(raw))),
                bytes: raw.len() as u64,
            };
            match self.reader.read_until(b'\n', &mut raw) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => {
                    // The rest can't be reached: the next call finds the end.
                    self.line = usize::MAX - 1;
                    return Some(Err(bad(format!("can't be read: {error}"), &raw, None)));
                }
            }
            let line = match std::str::from_utf8(&raw) {
                Ok(line) => line.trim_start_matches('\u{feff}').trim(),
                Err(error) => {
                    return Some(Err(bad(not_utf8(&raw, error.valid_up_to()), &raw, None)));
                }
            };
            if line.is_empty() {
                continue;
            }
            let record = article(line, &source).map_err(|(error, id)| bad(error, &raw, id));
            return Some(record.map(|article| Input { article, bytes: raw.len() as u64 }));
        }
    }
}

fn article(line: &str, source: &str) -> Result<Article, (String, Option<String>)> {
    let value: Value = serde_json::from_str(line)
        .map_err(|error| (format!("not JSON: {error}; write one object a line"), None))?;
    let Value::Object(mut record) = value else {
        return Err(("expected a JSON object with a \"text\"".to_owned(), None));
    };
    let id = match record.remove("id") {
        Some(Value::String(id)) if !id.is_empty() => Some(id),
        Some(Value::Number(id)) => Some(id.to_string()),
        None | Some(Value::Null | Value::String(_)) => None,
        Some(other) => return Err((expected("id", "text or a number", &other), None)),
    };
    let text = match record.remove("text") {
        Some(Value::String(text)) if text.trim().is_empty() => {
            return Err(("\"text\" is empty".to_owned(), id));
        }
        Some(Value::String(text)) => text,
        Some(other) => return Err((expected("text", "text", &other), id)),
        None => return Err(("the record has no \"text\"".to_owned(), id)),
    };
    let title = optional_text(&mut record, "title").map_err(|error| (error, id.clone()))?;
    let targets = targets(record.remove("targets")).map_err(|error| (error, id.clone()))?;
    let published_raw = match record.remove("published_at") {
        None | Some(Value::Null) => None,
        Some(Value::String(raw)) => Some(raw),
        Some(other) => Some(other.to_string()),
    };
    let mut article = Article::new(id.unwrap_or_else(|| text_hash(&text)), text);
    article.source = source.to_owned();
    article.title = title;
    article.published_at = published_raw.as_deref().and_then(utc_micros);
    article.published_raw = published_raw;
    article.metadata = (!record.is_empty()).then(|| Value::Object(record).to_string());
    article.targets = targets;
    Ok(article)
}

fn expected(key: &str, what: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("\"{key}\": expected {what}, found {found}")
}

fn optional_text(record: &mut Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match record.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
        Some(other) => Err(expected(key, "text", &other)),
    }
}

/// Targets as texts (a statement that is its own id) or as objects like the config's.
fn targets(value: Option<Value>) -> Result<Vec<Target>, String> {
    let items = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(items)) => items,
        Some(other) => return Err(expected("targets", "a list", &other)),
    };
    items
        .into_iter()
        .enumerate()
        .map(|(at, item)| {
            let target = match item {
                Value::String(statement) => Target {
                    id: statement.clone(),
                    statement,
                    aliases: Vec::new(),
                    kind: TargetKind::Input,
                },
                Value::Object(_) => {
                    let target: Target = serde_json::from_value(item)
                        .map_err(|error| format!("\"targets\"[{at}]: {error}"))?;
                    Target { kind: TargetKind::Input, ..target }
                }
                other => return Err(expected("targets", "texts or objects", &other)),
            };
            match target.id.trim().is_empty() || target.statement.trim().is_empty() {
                true => Err(format!("\"targets\"[{at}] is empty")),
                false => Ok(target),
            }
        })
        .collect()
}

/// Microseconds since 1970 of an ISO 8601 date or time, UTC where it names no zone; `None` for
/// anything else, because anything else may mean several days.
fn utc_micros(raw: &str) -> Option<i64> {
    let raw = raw.trim();
    if let Ok(timestamp) = raw.parse::<jiff::Timestamp>() {
        return Some(timestamp.as_microsecond());
    }
    let at = match raw.len() {
        10 => raw.parse::<civil::Date>().ok()?.at(0, 0, 0, 0),
        _ => raw.parse::<civil::DateTime>().ok()?,
    };
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}
