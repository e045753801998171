//! CoNLL-U, for its sentences: the text is made of the words and their `SpaceAfter=No`.
//!
//! `# newdoc` begins a document and `# newpar` a paragraph, which is a line of the article. Words of a
//! contraction (`2-3`) and empty words (`2.1`) are not part of the text.

use postil_contract::LayerSet;

use super::builder::Builder;
use super::{Answers, Format, Gold, GoldArticle, LineError};

#[derive(Default)]
struct Reader {
    articles: Vec<GoldArticle>,
    builder: Builder,
    sentence: String,
    opens: bool,
    /// The last word that a contraction covers.
    covered: usize,
    document: usize,
    has_documents: bool,
}

pub(super) fn read(text: &str) -> Result<Gold, LineError> {
    let mut reader = Reader { document: 1, ..Reader::default() };
    let mut has_paragraphs = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with("# newdoc") {
            reader.has_documents = true;
            reader.end_document(number);
        } else if line.starts_with("# newpar") {
            has_paragraphs = true;
            reader.opens = true;
        } else if line.trim().is_empty() {
            reader.end_sentence();
        } else if !line.starts_with('#') {
            reader.word(line).map_err(|message| (number, message))?;
        }
    }
    reader.end_document(0);
    let mut notes = Vec::new();
    if !has_paragraphs {
        notes.push("the file marks no paragraphs: every document is one".to_owned());
    }
    Ok(Gold { format: Format::Conllu, articles: reader.articles, unit: "document", notes })
}

impl Reader {
    fn word(&mut self, line: &str) -> Result<(), String> {
        let columns: Vec<&str> = line.split('\t').collect();
        let [id, form, .., misc] = columns[..] else {
            return Err(format!("expected 10 columns between tabs, found {}", columns.len()));
        };
        if columns.len() != 10 {
            return Err(format!("expected 10 columns between tabs, found {}", columns.len()));
        }
        let expected =
            || format!("expected the number of a word (3, 3-4 or 3.1) in column 1, found `{id}`");
        if id.contains('.') {
            return Ok(());
        }
        match id.split_once('-') {
            Some((_, last)) => self.covered = last.parse().map_err(|_| expected())?,
            None => {
                if id.parse::<usize>().map_err(|_| expected())? <= self.covered {
                    return Ok(());
                }
            }
        }
        self.sentence.push_str(form);
        if !misc.split('|').any(|item| item == "SpaceAfter=No") {
            self.sentence.push(' ');
        }
        Ok(())
    }

    fn end_sentence(&mut self) {
        self.covered = 0;
        let sentence = std::mem::take(&mut self.sentence);
        if !sentence.trim().is_empty() {
            self.builder.add(&sentence, std::mem::take(&mut self.opens), "");
        }
    }

    fn end_document(&mut self, next: usize) {
        self.end_sentence();
        self.opens = true;
        let document = std::mem::replace(&mut self.document, next);
        let builder = std::mem::take(&mut self.builder);
        if builder.is_empty() {
            return;
        }
        let answers = Answers::Sentences(builder.sentences());
        let (article, given) = builder.finish(format!("line {document}"));
        let given = LayerSet { sentences: None, ..given };
        self.articles.push(GoldArticle { article, given, answers });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(id: &str, form: &str, misc: &str) -> String {
        format!("{id}\t{form}\t_\t_\t_\t_\t_\t_\t_\t{misc}\n")
    }

    #[test]
    fn spaces_contractions_and_paragraphs() {
        let file = [
            "# newdoc id = a\n# newpar\n# text = I can't.\n".to_owned(),
            word("1", "I", "_"),
            word("2-3", "can't", "SpaceAfter=No"),
            word("2", "ca", "_"),
            word("3", "n't", "_"),
            word("4", ".", "_"),
            "\n".to_owned(),
            word("1", "Go", "SpaceAfter=No|X=1"),
            word("2", "!", "SpaceAfter=No"),
            word("2.1", "empty", "_"),
            "\n# newpar\n".to_owned(),
            word("1", "End", "_"),
            "\n# newdoc\n".to_owned(),
            word("1", "Next", "_"),
        ]
        .concat();
        let gold = read(&file).unwrap();
        assert_eq!(gold.articles.len(), 2);
        let first = &gold.articles[0];
        assert_eq!(first.article.text, "I can't. Go!\nEnd ");
        let Answers::Sentences(sentences) = &first.answers else { panic!() };
        let found: Vec<&str> =
            sentences.iter().map(|span| span.slice(&first.article.text).unwrap()).collect();
        assert_eq!(found, ["I can't.", "Go!", "End"]);
        let paragraphs: Vec<&str> = first
            .given
            .paragraphs
            .as_ref()
            .unwrap()
            .iter()
            .map(|p| p.span.slice(&first.article.text).unwrap())
            .collect();
        assert_eq!(paragraphs, ["I can't. Go!", "End"]);
        assert!(first.given.sentences.is_none());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let error = read("# newdoc\n1\tIn\n").unwrap_err();
        assert_eq!(error, (2, "expected 10 columns between tabs, found 2".to_owned()));
        let error = read(&word("x", "In", "_")).unwrap_err();
        assert!(error.1.contains("found `x`"), "{}", error.1);
    }
}
