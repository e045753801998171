//! JSON lines of a target, a text and the stance that the text takes:
//!
//! ```json
//! {"target": "Vaccination must be compulsory", "text": "The state must keep us safe.", "stance": "favor"}
//! ```
//!
//! `stance` (or `label`) is favor, against, neutral or unrelated, or what other sets call these. The
//! target is the record's own, as on an input record. A text without a line break is one paragraph.

use postil_contract::{Article, LayerSet, StanceLabel, Target, TargetKind};
use serde_json::Value;

use super::builder::one_paragraph;
use super::json::{self, Record};
use super::{Answers, Format, Gold, GoldArticle, GoldStance, LineError, StanceOf};

/// Id of the target of a record.
const TARGET_ID: &str = "gold";

pub(super) fn read(text: &str) -> Result<Gold, LineError> {
    let mut articles = Vec::new();
    for (line, record) in json::records(text)? {
        articles.push(article(line, &record).map_err(|message| (line, message))?);
    }
    Ok(Gold { format: Format::Stance, articles, unit: "text", notes: Vec::new() })
}

fn article(line: usize, record: &Record) -> Result<GoldArticle, String> {
    let statement = json::text(record, "target")?;
    let text = json::text(record, "text")?;
    if statement.trim().is_empty() || text.trim().is_empty() {
        return Err("expected a target and a text, found an empty one".to_owned());
    }
    let stance = stance(record)?;
    let is_paragraph = !text.trim().contains(['\n', '\r']);
    let mut article = Article::new(format!("line {line}"), text);
    article.targets.push(Target {
        id: TARGET_ID.to_owned(),
        statement: statement.trim().to_owned(),
        aliases: Vec::new(),
        kind: TargetKind::Input,
    });
    let given = if is_paragraph { one_paragraph(text) } else { LayerSet::default() };
    let of = if is_paragraph { StanceOf::Text } else { StanceOf::Article };
    let answers =
        Answers::Stances(vec![GoldStance { of, target_id: TARGET_ID.to_owned(), stance }]);
    Ok(GoldArticle { article, given, answers })
}

/// The stance under `stance` or `label`.
pub(super) fn stance(record: &Record) -> Result<StanceLabel, String> {
    let Some(value) = record.get("stance").or_else(|| record.get("label")) else {
        return Err(format!("expected a key \"stance\", found {}", json::keys(record)));
    };
    let name = match value {
        Value::String(name) => name.trim().to_lowercase(),
        other => other.to_string(),
    };
    match name.as_str() {
        "favor" | "favour" | "for" | "pro" | "support" | "1" => Ok(StanceLabel::Favor),
        "against" | "con" | "undermine" | "oppose" | "-1" => Ok(StanceLabel::Against),
        "neutral" | "none" | "neither" => Ok(StanceLabel::Neutral),
        "unrelated" => Ok(StanceLabel::Unrelated),
        _ => Err(format!(
            "expected the stance favor (pro, support, 1), against (con, undermine, -1), neutral or \
             unrelated, found {}",
            json::what(value)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_other_sets_are_understood() {
        let gold = read(
            "{\"target\": \"t\", \"text\": \"a\", \"label\": \"UNDERMINE\"}\n{\"target\": \"t\", \"text\": \"a\\nb\", \"stance\": 1}",
        )
        .unwrap();
        let stances: Vec<(StanceOf, StanceLabel)> = gold
            .articles
            .iter()
            .map(|article| match &article.answers {
                Answers::Stances(all) => (all[0].of.clone(), all[0].stance),
                _ => panic!(),
            })
            .collect();
        assert_eq!(
            stances,
            [(StanceOf::Text, StanceLabel::Against), (StanceOf::Article, StanceLabel::Favor)]
        );
        assert!(gold.articles[0].given.paragraphs.is_some());
        assert!(gold.articles[1].given.paragraphs.is_none());
    }

    #[test]
    fn an_unknown_stance_is_named() {
        let error = read("{\"target\": \"t\", \"text\": \"a\", \"stance\": 2}").unwrap_err();
        assert!(error.1.ends_with("found `2`"), "{}", error.1);
        let error = read("{\"target\": \"t\", \"text\": \"a\"}").unwrap_err();
        assert!(error.1.contains("\"target\", \"text\""), "{}", error.1);
    }
}
