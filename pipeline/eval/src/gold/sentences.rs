//! JSON lines of a text and its sentences, as the Golden Rules are written:
//!
//! ```json
//! {"text": "Hello. It is late.", "sentences": ["Hello.", "It is late."]}
//! ```
//!
//! Each text is one paragraph. A list of such objects in one JSON file is read too.

use postil_contract::{Article, Span};
use serde_json::Value;

use super::builder::one_paragraph;
use super::json::{self, Record};
use super::{Answers, Format, Gold, GoldArticle, LineError};

pub(super) fn read(text: &str) -> Result<Gold, LineError> {
    let mut articles = Vec::new();
    for (line, record) in json::records(text)? {
        articles.push(article(line, &record).map_err(|message| (line, message))?);
    }
    Ok(Gold { format: Format::Sentences, articles, unit: "text", notes: Vec::new() })
}

fn article(line: usize, record: &Record) -> Result<GoldArticle, String> {
    let text = json::text(record, "text")?;
    let Some(Value::Array(list)) = record.get("sentences") else {
        return Err(format!("expected a list \"sentences\", found {}", json::keys(record)));
    };
    let mut at = 0;
    let mut sentences = Vec::with_capacity(list.len());
    for (number, sentence) in list.iter().enumerate() {
        let sentence = sentence.as_str().map(str::trim).filter(|sentence| !sentence.is_empty());
        let place = sentence.and_then(|sentence| {
            let start = at + text.get(at..)?.find(sentence)?;
            Some(Span::new(start, start + sentence.len()))
        });
        let Some(span) = place else {
            return Err(format!(
                "sentences[{number}]: expected a piece of the text behind the sentence before it, found {}",
                json::what(list.get(number).unwrap_or(&Value::Null))
            ));
        };
        at = span.end;
        sentences.push(span);
    }
    Ok(GoldArticle {
        article: Article::new(format!("line {line}"), text),
        given: one_paragraph(text),
        answers: Answers::Sentences(sentences),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_found_in_the_text_in_order() {
        let gold = read("[{\"text\": \" No. No. \", \"sentences\": [\"No.\", \"No.\"]}]").unwrap();
        assert_eq!(
            gold.articles[0].answers,
            Answers::Sentences(vec![Span::new(1, 4), Span::new(5, 8)])
        );
        assert_eq!(gold.articles[0].given.paragraphs.as_ref().unwrap()[0].span, Span::new(1, 8));
    }

    #[test]
    fn a_sentence_that_is_not_in_the_text_is_named() {
        let error = read("{\"text\": \"No.\", \"sentences\": [\"No.\", \"Yes.\"]}").unwrap_err();
        assert!(error.1.starts_with("sentences[1]: ") && error.1.contains("Yes."), "{}", error.1);
    }
}
