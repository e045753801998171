//! From the fields of a record to an article.

use postil_contract::{Article, Target, TargetKind, text_hash};
use serde_json::{Map, Value};

use super::dates::utc_micros;
use super::fields::Fields;
use super::{Reading, too_long};

/// Why a record is no article, with its id where it came so far.
pub(super) type Refused = (String, Option<String>);

/// The article of a record. Fields that nothing else is made of go to its metadata.
///
/// # Errors
/// Why the record is no article.
pub(super) fn article(
    mut record: Map<String, Value>,
    fields: &Fields,
    source: &str,
    reading: &Reading,
) -> Result<Article, Refused> {
    let mut take = |name: &Option<String>| {
        name.as_deref().and_then(|name| Some((name.to_owned(), record.shift_remove(name)?)))
    };
    let id = match take(&fields.id) {
        Some((_, Value::String(id))) if !id.trim().is_empty() => Some(id),
        Some((_, Value::Number(id))) => Some(id.to_string()),
        None | Some((_, Value::Null | Value::String(_))) => None,
        Some((name, other)) => return Err((expected(&name, "text or a number", &other), None)),
    };
    let refused = |error: String| (error, id.clone());
    let name = &fields.text;
    let text = match take(&Some(name.clone())) {
        Some((_, Value::String(text))) if text.trim().is_empty() => {
            return Err(refused(format!("\"{name}\" is empty")));
        }
        Some((_, Value::String(text))) => text,
        Some((_, other)) => return Err(refused(expected(name, "text", &other))),
        None => return Err(refused(format!("the record has no \"{name}\""))),
    };
    if text.len() as u64 > reading.max_article_bytes {
        return Err(refused(too_long(text.len() as u64, reading.max_article_bytes)));
    }
    let title = match take(&fields.title) {
        None | Some((_, Value::Null)) => None,
        Some((_, Value::String(title))) => Some(title).filter(|title| !title.trim().is_empty()),
        Some((name, other)) => return Err(refused(expected(&name, "text", &other))),
    };
    let published_raw = match take(&fields.date) {
        None | Some((_, Value::Null)) => None,
        Some((_, Value::String(raw))) => Some(raw).filter(|raw| !raw.trim().is_empty()),
        Some((_, other)) => Some(other.to_string()),
    };
    let lang = match take(&fields.lang) {
        Some((_, Value::String(lang))) if is_language(&lang) => Some(language_tag(&lang)),
        // A language in words (`English`) is metadata.
        Some((name, other)) => {
            record.insert(name, other);
            None
        }
        None => None,
    };
    let targets = targets(record.shift_remove("targets")).map_err(refused)?;
    let mut article = Article::new(id.unwrap_or_else(|| text_hash(&text)), text);
    article.source = source.to_owned();
    article.title = title;
    article.published_at =
        published_raw.as_deref().and_then(|raw| utc_micros(raw, reading.date_format.as_ref()));
    article.published_raw = published_raw;
    article.lang = lang;
    article.metadata = (!record.is_empty()).then(|| Value::Object(record).to_string());
    article.targets = targets;
    Ok(article)
}

/// Whether it looks like a BCP 47 tag: `en`, `pt-BR`, `zh_Hant`.
pub(super) fn is_language(tag: &str) -> bool {
    let mut parts = tag.trim().split(['-', '_']);
    let is_primary = parts
        .next()
        .is_some_and(|p| matches!(p.len(), 2 | 3) && p.bytes().all(|b| b.is_ascii_alphabetic()));
    is_primary
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The tag as the tables write it.
pub(super) fn language_tag(tag: &str) -> String {
    tag.trim().to_lowercase().replace('_', "-")
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
