//! JSON lines of a text and its mentions:
//!
//! ```json
//! {"text": "Tokayev flew to Rome.", "spans": [{"start": 0, "end": 7, "label": "PER"}, [16, 20, "LOC"]]}
//! ```
//!
//! `start` and `end` count Unicode code points, half open, like `char_start` and `char_end` of the
//! tables, which are read too. The list may be called `entities`, `labels` or `label` as well. `id` is
//! optional. The pipeline finds paragraphs and sentences itself.

use postil_contract::{Article, CodePoints, LayerSet, Span};
use serde_json::Value;

use super::json::{self, Record};
use super::{Answers, Format, Gold, GoldArticle, LineError};

/// Names of the list of mentions.
pub(super) const KEYS: [&str; 4] = ["spans", "entities", "labels", "label"];

pub(super) fn read(text: &str) -> Result<Gold, LineError> {
    let mut articles = Vec::new();
    for (line, record) in json::records(text)? {
        articles.push(article(line, &record).map_err(|message| (line, message))?);
    }
    Ok(Gold { format: Format::Spans, articles, unit: "text", notes: Vec::new() })
}

fn article(line: usize, record: &Record) -> Result<GoldArticle, String> {
    let text = json::text(record, "text")?;
    let (key, list) = KEYS
        .iter()
        .find_map(|key| Some((*key, record.get(*key)?)))
        .ok_or_else(|| format!("expected a list \"spans\", found {}", json::keys(record)))?;
    let Value::Array(list) = list else {
        return Err(format!("expected a list under \"{key}\", found {}", json::what(list)));
    };
    let points = CodePoints::new(text);
    let mut mentions = list
        .iter()
        .enumerate()
        .map(|(at, item)| {
            mention(item, &points).map_err(|message| format!("{key}[{at}]: {message}"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    mentions.sort();
    mentions.dedup();
    Ok(GoldArticle {
        article: Article::new(format!("line {line}"), text),
        given: LayerSet::default(),
        answers: Answers::Mentions(mentions),
    })
}

fn mention(item: &Value, points: &CodePoints<'_>) -> Result<(Span, String), String> {
    let expected =
        || format!("expected {{\"start\", \"end\", \"label\"}}, found {}", json::what(item));
    let (start, end, label) = match item {
        Value::Array(parts) => (parts.first(), parts.get(1), parts.get(2)),
        Value::Object(parts) => (
            parts.get("start").or_else(|| parts.get("char_start")),
            parts.get("end").or_else(|| parts.get("char_end")),
            parts.get("label"),
        ),
        _ => return Err(expected()),
    };
    let number = |value: Option<&Value>| usize::try_from(value?.as_u64()?).ok();
    let (Some(start), Some(end)) = (number(start), number(end)) else { return Err(expected()) };
    let label = label.and_then(Value::as_str).filter(|label| !label.is_empty());
    let Some(label) = label else { return Err(expected()) };
    if start >= end || end > points.len() {
        return Err(format!(
            "expected 0 <= start < end <= {}, the text's code points, found {start} and {end}",
            points.len()
        ));
    }
    Ok((Span::new(points.byte_of(start), points.byte_of(end)), label.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_code_points() {
        let gold = read(
            "{\"text\": \"é 👩 Rome\", \"spans\": [{\"start\": 4, \"end\": 8, \"label\": \"LOC\"}, [0, 1, \"X\"]]}\n",
        )
        .unwrap();
        let article = &gold.articles[0];
        let Answers::Mentions(mentions) = &article.answers else { panic!() };
        let found: Vec<(&str, &str)> = mentions
            .iter()
            .map(|(span, label)| (span.slice(&article.article.text).unwrap(), label.as_str()))
            .collect();
        assert_eq!(found, [("é", "X"), ("Rome", "LOC")]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_place() {
        let wrong = |spans: &str| {
            read(&format!(
                "{{\"text\": \"a\", \"spans\": []}}\n\n{{\"text\": \"Rome\", \"spans\": {spans}}}"
            ))
            .unwrap_err()
        };
        let (line, message) = wrong("[[0, 9, \"LOC\"]]");
        assert_eq!(line, 3);
        assert_eq!(
            message,
            "spans[0]: expected 0 <= start < end <= 4, the text's code points, found 0 and 9"
        );
        assert!(wrong("[[0, 4]]").1.contains("found `[0,4]`"));
        assert!(wrong("7").1.contains("expected a list under \"spans\", found `7`"));
        assert!(read("{\"text\": 3}").unwrap_err().1.contains("expected text under \"text\""));
        assert!(read("nothing").unwrap_err().1.contains("expected a JSON object"));
    }
}
