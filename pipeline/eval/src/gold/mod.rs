//! Gold files: what a person says is right.
//!
//! | format | a file of | scored |
//! |---|---|---|
//! | [`Format::Columns`] | tokens a line with their tags (CoNLL-2003, Universal NER, wikigold, CrossNER) | entities |
//! | [`Format::Spans`] | JSON lines: a text and its mentions | entities |
//! | [`Format::Conllu`] | CoNLL-U | sentences |
//! | [`Format::Sentences`] | JSON lines: a text and its sentences | sentences |
//! | [`Format::Stance`] | JSON lines: a target, a text and a stance | stances |
//! | [`Format::Articles`] | JSON lines: an article's file, a paragraph, a target's id and a stance | stances |

mod articles;
mod builder;
mod columns;
mod conllu;
mod json;
mod pairs;
mod sentences;
mod spans;

use std::path::{Path, PathBuf};

use postil_contract::{Article, Layer, LayerSet, Problem, Span, StanceLabel};
use serde::Serialize;

/// How a gold file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A token a line with its tag, an empty line behind a sentence.
    Columns,
    /// Lines of `{"text", "spans": [{"start", "end", "label"}]}`, in code points, half open.
    Spans,
    /// CoNLL-U: `# newdoc`, `# newpar`, `SpaceAfter=No`.
    Conllu,
    /// Lines of `{"text", "sentences": ["...", ...]}`.
    Sentences,
    /// Lines of `{"target", "text", "stance"}`.
    Stance,
    /// Lines of `{"article", "paragraph", "target_id", "stance"}`; the articles are files.
    Articles,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Columns, Self::Spans, Self::Conllu, Self::Sentences, Self::Stance, Self::Articles];

    /// Its name on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Columns => "columns",
            Self::Spans => "spans",
            Self::Conllu => "conllu",
            Self::Sentences => "sentences",
            Self::Stance => "stance",
            Self::Articles => "articles",
        }
    }

    /// The format of a name.
    ///
    /// # Errors
    /// What the names are, where it is none.
    pub fn parse(name: &str) -> Result<Self, Problem> {
        Self::ALL.into_iter().find(|format| format.as_str() == name).ok_or_else(|| {
            Problem::unknown("", "format", name, Self::ALL.iter().map(|format| format.as_str()))
        })
    }

    /// The layer that is scored.
    #[must_use]
    pub const fn layer(self) -> Layer {
        match self {
            Self::Columns | Self::Spans => Layer::Entities,
            Self::Conllu | Self::Sentences => Layer::Sentences,
            Self::Stance | Self::Articles => Layer::Stances,
        }
    }

    /// The format that a file's first lines are written in, `None` where they are in none.
    #[must_use]
    pub fn guess(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with(['{', '[']) {
            return json::guess(text);
        }
        columns::guess(text)
    }
}

/// What is wrong with a gold file.
#[derive(Debug, thiserror::Error)]
pub enum GoldError {
    /// It can't be read.
    #[error("could not read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not as its format asks.
    #[error("{}:{line}: {message}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What was expected and what stands there.
        message: String,
    },
    /// Its content is in no format that is known.
    #[error(
        "{}: expected tokens a line with tags, CoNLL-U, or JSON lines with a text and its spans, \
         sentences or stance; name the format with --format",
        path.display()
    )]
    Unknown {
        /// The file.
        path: PathBuf,
    },
    /// There is nothing to score in it.
    #[error("{}: nothing to score: no {what} in the file", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
}

/// A message for a line: the line's number, from 1, and what is wrong with it.
type LineError = (usize, String);

/// A gold file, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Gold {
    /// How the file is written.
    pub format: Format,
    /// The articles, in the order of the file.
    pub articles: Vec<GoldArticle>,
    /// What one of them is: what the bootstrap draws.
    pub unit: &'static str,
    /// What a person should know of how the file was read.
    pub notes: Vec<String>,
}

/// An article of a gold file.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldArticle {
    /// The article as the pipeline sees it; no two of a file have one id.
    pub article: Article,
    /// Layers that the gold file itself gives: paragraphs, sentences. A stage that would write one
    /// does not run, unless the pipeline is to find them itself.
    pub given: LayerSet,
    /// What is right.
    pub answers: Answers,
}

/// What is right for an article.
#[derive(Debug, Clone, PartialEq)]
pub enum Answers {
    /// The mentions with their labels, sorted.
    Mentions(Vec<(Span, String)>),
    /// The sentences, in order, white space around them left out.
    Sentences(Vec<Span>),
    /// Stances.
    Stances(Vec<GoldStance>),
}

/// A stance that is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldStance {
    /// What it is the stance of.
    pub of: StanceOf,
    /// Id of the target.
    pub target_id: String,
    /// The author's stance.
    pub stance: StanceLabel,
}

/// What a stance is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StanceOf {
    /// The article.
    Article,
    /// The one paragraph that the text is.
    Text,
    /// The paragraph that begins with these words.
    Paragraph(String),
}

impl Gold {
    /// Reads a gold file; without a `format` it is guessed from the content.
    ///
    /// # Errors
    /// Where the file can't be read, is in no format that is known, or has a line that does not fit
    /// its format: then with the line's number, what was expected and what stands there.
    pub fn read(path: &Path, format: Option<Format>) -> Result<Self, GoldError> {
        let bytes = std::fs::read(path)
            .map_err(|source| GoldError::Read { path: path.to_owned(), source })?;
        let at_line = |(line, message)| GoldError::Line { path: path.to_owned(), line, message };
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}'),
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                return Err(at_line((line, "expected UTF-8, found other bytes".to_owned())));
            }
        };
        let Some(format) = format.or_else(|| Format::guess(text)) else {
            return Err(GoldError::Unknown { path: path.to_owned() });
        };
        let gold = Self::parse(text, format, path).map_err(at_line)?;
        if gold.articles.is_empty() {
            let what = match format {
                Format::Columns => "token with a tag",
                Format::Conllu => "token",
                _ => "record",
            };
            return Err(GoldError::Empty { path: path.to_owned(), what });
        }
        Ok(gold)
    }

    /// Reads the text of a gold file; articles that are files are looked for above `path`.
    fn parse(text: &str, format: Format, path: &Path) -> Result<Self, LineError> {
        match format {
            Format::Columns => columns::read(text),
            Format::Spans => spans::read(text),
            Format::Conllu => conllu::read(text),
            Format::Sentences => sentences::read(text),
            Format::Stance => pairs::read(text),
            Format::Articles => articles::read(text, path),
        }
    }

    /// What is scored, and how the texts came about, in a line for people.
    #[must_use]
    pub fn describe(&self) -> String {
        let count: usize = self
            .articles
            .iter()
            .map(|article| match &article.answers {
                Answers::Mentions(mentions) => mentions.len(),
                Answers::Sentences(sentences) => sentences.len(),
                Answers::Stances(stances) => stances.len(),
            })
            .sum();
        let what = match self.format.layer() {
            Layer::Entities => "mention",
            Layer::Sentences => "sentence",
            _ => "stance",
        };
        let plural = |n: usize, word: &str| match n {
            1 => format!("1 {word}"),
            n => format!("{n} {word}s"),
        };
        format!(
            "{} in {} ({})",
            plural(count, what),
            plural(self.articles.len(), self.unit),
            self.format.as_str()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_guessed_from_the_content() {
        for (text, format) in [
            ("-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\n", Some(Format::Columns)),
            (
                "# newdoc id = a\n# text = In Rome\n1\tIn\tO\t-\t-\n2\tRome\tB-LOC\t-\t-\n",
                Some(Format::Columns),
            ),
            ("Rome I-LOC\nis O\n", Some(Format::Columns)),
            ("# newpar\n1\tIn\tin\tADP\tIN\t_\t0\troot\t_\t_\n", Some(Format::Conllu)),
            ("\u{feff}\n{\"text\": \"a\", \"spans\": []}\n", Some(Format::Spans)),
            ("[\n{\"text\": \"a\", \"sentences\": [\"a\"]}]", Some(Format::Sentences)),
            ("{\"target\": \"t\", \"text\": \"a\", \"label\": \"PRO\"}", Some(Format::Stance)),
            (
                "{\"article\": \"a\", \"paragraph\": null, \"target_id\": \"t\", \"stance\": \"favor\"}",
                Some(Format::Articles),
            ),
            ("{\"sentence\": 3}", None),
            ("Once upon a time.\n", None),
            ("", None),
        ] {
            assert_eq!(Format::guess(text), format, "{text}");
        }
    }

    #[test]
    fn an_unknown_format_names_the_nearest() {
        assert!(Format::parse("conlu").unwrap_err().to_string().contains("did you mean `conllu`?"));
    }

    fn lines() -> impl proptest::strategy::Strategy<Value = String> {
        use proptest::prelude::*;
        let line = prop_oneof![
            prop::sample::select(vec![
                "",
                "# newdoc",
                "# newpar",
                "# text = In Rome",
                "-DOCSTART- O",
                "1\tIn\tO",
                "2\tRome\tB-LOC",
                "In O",
                "Rome I-LOC",
                "1\tIn\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No",
                "1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_",
                "{\"text\": \"é\", \"spans\": [[0, 1, \"A\"]]}",
                "{\"text\": \"a b\", \"sentences\": [\"a\", \"b\"]}",
                "{\"target\": \"t\", \"text\": \"a\\nb\", \"stance\": 1}",
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ];
        prop::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n"))
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_read_has_its_answers_inside_its_texts(text in lines()) {
            for format in Format::ALL.into_iter().filter(|format| *format != Format::Articles) {
                let Ok(gold) = Gold::parse(&text, format, Path::new("gold")) else { continue };
                for article in &gold.articles {
                    let spans: Vec<Span> = match &article.answers {
                        Answers::Mentions(all) => all.iter().map(|(span, _)| *span).collect(),
                        Answers::Sentences(all) => all.clone(),
                        Answers::Stances(_) => Vec::new(),
                    };
                    let text = &article.article.text;
                    let given = &article.given;
                    let given = given.paragraphs.iter().flatten().map(|paragraph| paragraph.span)
                        .chain(given.sentences.iter().flatten().map(|sentence| sentence.span));
                    for span in spans.into_iter().chain(given) {
                        proptest::prop_assert!(span.slice(text).is_some_and(|slice| !slice.is_empty()), "{format:?} {span:?} in {text:?}");
                    }
                }
            }
        }
    }
}
