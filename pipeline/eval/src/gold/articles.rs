//! JSON lines of stances in articles that are files, as `seeds/gold/stance.jsonl`:
//!
//! ```json
//! {"article": "seeds/001_x", "paragraph": "The first nine words", "target_id": "accords", "stance": "against"}
//! ```
//!
//! `paragraph` is null for the article as a whole. The article is a .txt or .md file below one of the
//! folders above the gold file; its targets are those of the config.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use postil_contract::{Article, LayerSet};
use serde_json::Value;

use super::{Answers, Format, Gold, GoldArticle, GoldStance, LineError, StanceOf, json, pairs};

pub(super) fn read(text: &str, path: &Path) -> Result<Gold, LineError> {
    let mut articles: BTreeMap<String, GoldArticle> = BTreeMap::new();
    for (line, record) in json::records(text)? {
        let at_line = |message: String| (line, message);
        let id = json::text(&record, "article").map_err(at_line)?;
        let of = match record.get("paragraph") {
            None | Some(Value::Null) => StanceOf::Article,
            Some(Value::String(words)) => StanceOf::Paragraph(words.clone()),
            Some(other) => {
                return Err(at_line(format!(
                    "expected the first words of a paragraph, or null, under \"paragraph\", found {}",
                    json::what(other)
                )));
            }
        };
        let stance = GoldStance {
            of,
            target_id: json::text(&record, "target_id").map_err(at_line)?.to_owned(),
            stance: pairs::stance(&record).map_err(at_line)?,
        };
        let article = match articles.get_mut(id) {
            Some(article) => article,
            None => {
                let read = GoldArticle {
                    article: article(id, path).map_err(at_line)?,
                    given: LayerSet::default(),
                    answers: Answers::Stances(Vec::new()),
                };
                articles.entry(id.to_owned()).or_insert(read)
            }
        };
        if let Answers::Stances(all) = &mut article.answers {
            all.push(stance);
        }
    }
    let articles = articles.into_values().collect();
    Ok(Gold { format: Format::Articles, articles, unit: "article", notes: Vec::new() })
}

/// Reads the article of an id.
fn article(id: &str, gold: &Path) -> Result<Article, String> {
    let gold = std::path::absolute(gold).unwrap_or_else(|_| gold.to_owned());
    let mut tried: Vec<PathBuf> = Vec::new();
    for folder in gold.ancestors().skip(1) {
        for extension in ["txt", "md"] {
            let file = folder.join(format!("{id}.{extension}"));
            if file.is_file() {
                let text = std::fs::read_to_string(&file)
                    .map_err(|error| format!("could not read {}: {error}", file.display()))?;
                let mut article = Article::new(id, text);
                article.source = file.display().to_string();
                return Ok(article);
            }
            tried.push(file);
        }
    }
    let first = tried.first().map(|file| file.display().to_string()).unwrap_or_default();
    Err(format!(
        "expected the article `{id}` as a .txt or .md file in one of the folders above the gold file, \
         found none (the first place looked in: {first})"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use postil_contract::StanceLabel;

    #[test]
    fn articles_are_found_above_the_gold_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("news/gold")).unwrap();
        std::fs::write(folder.path().join("news/one.txt"), "A text.").unwrap();
        let path = folder.path().join("news/gold/stance.jsonl");
        let line = |article: &str, paragraph: &str| {
            format!(
                "{{\"article\": \"{article}\", \"paragraph\": {paragraph}, \"target_id\": \"t\", \"stance\": \"neutral\"}}\n"
            )
        };
        let text = line("news/one", "null") + &line("news/one", "\"A text\"");
        let gold = read(&text, &path).unwrap();
        assert_eq!(gold.articles.len(), 1);
        assert_eq!(gold.articles[0].article.text, "A text.");
        let Answers::Stances(stances) = &gold.articles[0].answers else { panic!() };
        assert_eq!(stances[1].of, StanceOf::Paragraph("A text".to_owned()));
        assert_eq!(stances[1].stance, StanceLabel::Neutral);
        let error = read(&line("news/two", "null"), &path).unwrap_err();
        assert!(error.1.contains("expected the article `news/two`"), "{}", error.1);
        assert!(read(&line("news/one", "3"), &path).unwrap_err().1.contains("found `3`"));
    }
}
