//! Tokens a line with their tags, an empty line behind each sentence.
//!
//! The token is the first column and the tag the last (CoNLL-2003 with four columns, wikigold with
//! two, CrossNER with tabs), unless the first column numbers the tokens: then the token is the second
//! and the tag the third (Universal NER). `-DOCSTART-` and `# newdoc` begin a document, `# newpar` a
//! paragraph. Where nothing tells documents apart, every sentence is an article of its own, so that
//! nothing is learnt from a neighbour that may stand elsewhere.
//!
//! The text of a sentence is its `# text` line where the tokens stand in it in order; else the tokens
//! are joined as English is printed: no space before `,` and `.` and `'s`, none behind `(`, straight
//! quotes in pairs. Tokens are never changed, so every tag keeps its exact place.

use postil_contract::Span;

use super::builder::Builder;
use super::{Answers, Format, Gold, GoldArticle, LineError};
use crate::tags::{Tag, chunks};

/// Whether the lines are columns or CoNLL-U, from the first line that is no comment.
pub(super) fn guess(text: &str) -> Option<Format> {
    let line = text
        .lines()
        .find(|line| !line.trim().is_empty() && !is_comment(line) && !is_document(line))?;
    let columns = split(line);
    if line.split('\t').count() == 10 && is_number(columns.first()?) {
        return Some(Format::Conllu);
    }
    let has_tag = columns.iter().skip(1).any(|column| Tag::parse(column).is_some());
    has_tag.then_some(Format::Columns)
}

fn is_number(column: &str) -> bool {
    !column.is_empty() && column.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.')
}

fn split(line: &str) -> Vec<&str> {
    match line.contains('\t') {
        true => line.split('\t').map(str::trim).collect(),
        false => line.split_whitespace().collect(),
    }
}

fn is_document(line: &str) -> bool {
    line.starts_with("-DOCSTART-")
}

/// A comment: `# newdoc`, `# text = ...`. A token may begin with `#` too.
fn is_comment(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('#') else { return false };
    (rest.starts_with(' ') && (rest.contains(" = ") || rest.starts_with(" new")))
        || split(line).last().is_none_or(|last| Tag::parse(last).is_none())
}

#[derive(Default)]
struct Reader<'t> {
    articles: Vec<GoldArticle>,
    builder: Builder,
    mentions: Vec<(Span, String)>,
    text: Option<&'t str>,
    tokens: Vec<&'t str>,
    tags: Vec<Tag>,
    opens: bool,
    /// Whether the file tells paragraphs apart.
    has_paragraphs: bool,
    /// Whether it tells documents apart.
    has_documents: bool,
    /// The line at which the document began.
    document: usize,
    joined: usize,
    sentences: usize,
    /// Lines with a tag and no token.
    empty: usize,
}

pub(super) fn read(text: &str) -> Result<Gold, LineError> {
    let mut reader = Reader {
        has_paragraphs: text.lines().any(|line| line.starts_with("# newpar")),
        has_documents: text.lines().any(|line| line.starts_with("# newdoc") || is_document(line)),
        document: 1,
        ..Reader::default()
    };
    let numbered = is_numbered(text);
    for (line_number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            reader.sentence(line_number);
        } else if is_document(line) || line.starts_with("# newdoc") {
            reader.sentence(line_number);
            reader.finish(line_number);
        } else if line.starts_with("# newpar") {
            reader.opens = true;
        } else if let Some(text) = line.strip_prefix("# text = ") {
            reader.text = Some(text);
        } else if !is_comment(line) {
            reader.token(line, numbered).map_err(|message| (line_number, message))?;
        }
    }
    reader.sentence(0);
    reader.finish(0);
    Ok(reader.gold())
}

/// Whether the first column numbers the tokens of the first sentence: 1, 2, 3, ...
fn is_numbered(text: &str) -> bool {
    let mut lines = text
        .lines()
        .skip_while(|line| line.trim().is_empty() || is_comment(line) || is_document(line))
        .take_while(|line| !line.trim().is_empty())
        .map(split)
        .filter(|columns| !columns.first().is_some_and(|id| id.contains(['-', '.'])))
        .peekable();
    lines.peek().is_some()
        && (1..).zip(lines).all(|(number, columns)| {
            columns.len() >= 3 && columns.first().is_some_and(|id| *id == number.to_string())
        })
}

impl<'t> Reader<'t> {
    fn token(&mut self, line: &'t str, numbered: bool) -> Result<(), String> {
        let columns = split(line);
        let (token, tag, place) = match numbered {
            true => {
                // A contraction stands as `2-3` before its words, an empty word as `2.1`.
                if columns.first().is_some_and(|id| id.contains(['-', '.'])) {
                    return Ok(());
                }
                (columns.get(1), columns.get(2), 3)
            }
            false if columns.len() < 2 => (columns.first(), None, 2),
            false => (columns.first(), columns.last(), columns.len()),
        };
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            self.empty += 1;
            return Ok(());
        };
        let Some(tag) = tag else {
            return Err(format!(
                "expected a token and its tag in column {place}, found only `{token}`"
            ));
        };
        let Some(parsed) = Tag::parse(tag) else {
            return Err(format!(
                "expected a tag such as O, B-PER or I-PER in column {place}, found `{tag}`"
            ));
        };
        self.tokens.push(token);
        self.tags.push(parsed);
        Ok(())
    }

    /// The sentence that ends before this line.
    fn sentence(&mut self, line: usize) {
        let text = self.text.take();
        if self.tokens.is_empty() {
            return;
        }
        let placed = text.and_then(|text| Some((text.to_owned(), places(text, &self.tokens)?)));
        self.sentences += 1;
        self.joined += usize::from(placed.is_none());
        let (text, places) = placed.unwrap_or_else(|| print(&self.tokens));
        let gap = if self.has_paragraphs { " " } else { "\n" };
        let start = self.builder.add(&text, std::mem::take(&mut self.opens), gap);
        for chunk in chunks(&self.tags) {
            let (Some(first), Some(last)) = (places.get(chunk.start), places.get(chunk.end - 1))
            else {
                continue;
            };
            self.mentions.push((Span::new(first.start, last.end).shifted(start), chunk.label));
        }
        self.tokens.clear();
        self.tags.clear();
        if !self.has_documents {
            self.finish(line);
        }
    }

    /// Ends the document before this line.
    fn finish(&mut self, line: usize) {
        let builder = std::mem::take(&mut self.builder);
        let document = std::mem::replace(&mut self.document, line);
        self.opens = true;
        if builder.is_empty() {
            return;
        }
        let (article, given) = builder.finish(format!("line {document}"));
        let answers = Answers::Mentions(std::mem::take(&mut self.mentions));
        self.articles.push(GoldArticle { article, given, answers });
    }

    fn gold(self) -> Gold {
        let mut notes = Vec::new();
        if self.joined > 0 {
            let of = match self.joined == self.sentences {
                true => "all sentences".to_owned(),
                false => format!("{} of {} sentences", self.joined, self.sentences),
            };
            notes.push(format!("the text of {of} is made of the tokens, joined as printed"));
        }
        if self.empty > 0 {
            notes.push(format!("{} lines with a tag and no token are passed over", self.empty));
        }
        if !self.has_documents {
            notes.push("the file marks no documents: every sentence is read alone".to_owned());
        }
        Gold {
            format: Format::Columns,
            articles: self.articles,
            unit: if self.has_documents { "document" } else { "sentence" },
            notes,
        }
    }
}

/// Where the tokens stand in the text, one behind the other with nothing but white space between
/// them; `None` where they do not.
fn places(text: &str, tokens: &[&str]) -> Option<Vec<Span>> {
    let mut at = 0;
    let mut places = Vec::with_capacity(tokens.len());
    for token in tokens {
        let rest = text.get(at..)?;
        let start = at + (rest.len() - rest.trim_start().len());
        if !text.get(start..)?.starts_with(token) {
            return None;
        }
        at = start + token.len();
        places.push(Span::new(start, at));
    }
    text.get(at..)?.trim().is_empty().then_some(places)
}

/// Tokens before which no space is printed.
const CLOSE: [&str; 13] = [".", ",", ":", ";", "!", "?", "%", ")", "]", "}", "”", "...", "…"];
/// Tokens behind which none is printed.
const OPEN: [&str; 8] = ["(", "[", "{", "$", "£", "€", "“", "``"];
/// Parts of words that are tokens of their own.
const CLITICS: [&str; 8] = ["'s", "'re", "'ve", "'ll", "'d", "'m", "n't", "'"];

/// The tokens as English is printed, and where each stands.
fn print(tokens: &[&str]) -> (String, Vec<Span>) {
    let mut text = String::new();
    let mut places = Vec::with_capacity(tokens.len());
    let (mut glue, mut quoted, mut single) = (true, false, false);
    for token in tokens {
        let lower = token.to_lowercase().replace('’', "'");
        let mut next = OPEN.contains(token);
        let mut space = !glue && !CLOSE.contains(token) && *token != "''";
        if *token == "\"" {
            space = !glue && !quoted;
            quoted = !quoted;
            next = quoted;
        } else if lower == "'" && (single || !text.ends_with('s')) {
            space = !glue && !single;
            single = !single;
            next = single;
        } else if *token == "‘" {
            next = true;
        } else if CLITICS.contains(&lower.as_str()) {
            space = false;
        }
        if space {
            text.push(' ');
        }
        let start = text.len();
        text.push_str(token);
        places.push(Span::new(start, text.len()));
        glue = next;
    }
    (text, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions(gold: &Gold) -> Vec<Vec<(&str, &str)>> {
        gold.articles
            .iter()
            .map(|article| match &article.answers {
                Answers::Mentions(all) => all
                    .iter()
                    .map(|(span, label)| {
                        (span.slice(&article.article.text).unwrap(), label.as_str())
                    })
                    .collect(),
                _ => Vec::new(),
            })
            .collect()
    }

    fn texts(gold: &Gold) -> Vec<&str> {
        gold.articles.iter().map(|article| article.article.text.as_str()).collect()
    }

    #[test]
    fn universal_ner() {
        let gold = read(
            "# newdoc id = a\n# sent_id = 1\n# text = Al-Zaman, of Qaim.\n1\tAl\tB-ORG\t-\tx\n2\t-\tI-ORG\n\
             3\tZaman\tI-ORG\n4\t,\tO\n5\tof\tO\n6\tQaim\tB-LOC\n7\t.\tO\n\n# text = Yes\n1\tYes\tO\n\n\
             # newdoc id = b\n# text = No\n1\tNo\tO\n",
        )
        .unwrap();
        assert_eq!(texts(&gold), ["Al-Zaman, of Qaim.\nYes", "No"]);
        assert_eq!(mentions(&gold), [vec![("Al-Zaman", "ORG"), ("Qaim", "LOC")], vec![]]);
        assert_eq!(gold.unit, "document");
        assert!(gold.notes.is_empty(), "{:?}", gold.notes);
        let given = &gold.articles[0].given;
        assert_eq!(given.paragraphs.as_ref().unwrap().len(), 1);
        let sentences: Vec<_> = given.sentences.as_ref().unwrap().iter().map(|s| s.span).collect();
        assert_eq!(sentences, [Span::new(0, 18), Span::new(19, 22)]);
    }

    #[test]
    fn a_text_line_that_does_not_hold_the_tokens_is_not_used() {
        let gold = read("# newdoc\n# text = Other words\n1\tIn\tO\n2\tRome\tB-LOC\n").unwrap();
        assert_eq!(texts(&gold), ["In Rome"]);
        assert!(gold.notes[0].contains("all sentences"), "{:?}", gold.notes);
    }

    #[test]
    fn four_columns_of_conll_2003() {
        let gold = read(
            "-DOCSTART- -X- -X- O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\nGerman JJ I-NP I-MISC\ncall NN I-NP O\n. . O O\n\n\
             Peter NNP I-NP I-PER\nBlackburn NNP I-NP I-PER\n\n-DOCSTART- -X- -X- O\n\nBonn NNP I-NP I-LOC\n",
        )
        .unwrap();
        assert_eq!(texts(&gold), ["EU rejects German call.\nPeter Blackburn", "Bonn"]);
        assert_eq!(
            mentions(&gold),
            [
                vec![("EU", "ORG"), ("German", "MISC"), ("Peter Blackburn", "PER")],
                vec![("Bonn", "LOC")]
            ]
        );
    }

    #[test]
    fn two_columns_without_documents() {
        let gold = read("010 I-MISC\nis O\n\n#Rome\tB-LOC\n# O\n").unwrap();
        assert_eq!(mentions(&gold), [vec![("010", "MISC")], vec![("#Rome", "LOC")]]);
        assert_eq!(gold.unit, "sentence");
        assert_eq!(texts(&gold)[1], "#Rome #");
    }

    #[test]
    fn a_line_without_a_token_is_passed_over_and_told() {
        let gold = read("In\tO\n\tO\nRome\tB-LOC\n").unwrap();
        assert_eq!(texts(&gold), ["In Rome"]);
        assert!(gold.notes.iter().any(|note| note.starts_with("1 lines")), "{:?}", gold.notes);
    }

    #[test]
    fn paragraphs_of_a_document_stand_on_lines_of_their_own() {
        let gold =
            read("# newdoc\n# newpar\n1\tA\tO\t-\n\n1\tB\tO\t-\n\n# newpar\n1\tC\tO\t-\n").unwrap();
        assert_eq!(texts(&gold), ["A B\nC"]);
        assert_eq!(gold.articles[0].given.paragraphs.as_ref().unwrap().len(), 2);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let wrong = |text: &str| read(text).unwrap_err();
        assert_eq!(wrong("In O\nRome LOC\n").0, 2);
        assert!(wrong("In O\nRome LOC\n").1.contains("in column 2, found `LOC`"));
        assert!(wrong("In O\nRome\n").1.contains("found only `Rome`"));
        assert!(wrong("1\tIn\tO\n2\tRome\tplace\n").1.contains("in column 3, found `place`"));
    }

    #[test]
    fn tokens_are_joined_as_printed() {
        let printed = |text: &str| print(&text.split(' ').collect::<Vec<_>>()).0;
        assert_eq!(
            printed("The party ( PRC ) , the \" Greens \" and Howe 's men did n't go ."),
            "The party (PRC), the \"Greens\" and Howe's men didn't go."
        );
        assert_eq!(printed("( ' can of this ' when said )"), "('can of this' when said)");
        assert_eq!(printed("the states ' rights cost $ 5 ."), "the states' rights cost $5.");
        assert_eq!(
            printed("a - moderate split from the U.S. - , the"),
            "a - moderate split from the U.S. -, the"
        );
    }

    proptest::proptest! {
        #[test]
        fn every_token_stands_where_it_is_said_to(tokens in proptest::collection::vec("[^\\s]{1,6}", 1..20)) {
            let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
            let (text, places) = print(&tokens);
            let found: Vec<&str> = places.iter().map(|span| span.slice(&text).unwrap()).collect();
            proptest::prop_assert_eq!(found, tokens);
        }
    }
}
