//! What a reader of a paragraph has read before it.
//!
//! A paragraph that argues seldom names what it argues about ("The plan looks tidy from the capital"),
//! so the classifier reads it behind the words by which the article opens and the end of the paragraph
//! before. The training does the same (`models/train/stance_articles.py`).

use crate::document::Document;

/// Words of the article's first paragraph, most often its title.
const OPENING_WORDS: usize = 30;
/// Words of the paragraph before.
const BEFORE_WORDS: usize = 40;

/// The context of the passage at a place among the document's; empty for the first.
pub(crate) fn context(document: &Document<'_>, at: usize) -> String {
    let text = |at: usize| document.passages.get(at).map_or("", |passage| passage.text);
    let mut context = String::new();
    if at > 0 {
        push_words(&mut context, text(0).split_whitespace().take(OPENING_WORDS));
    }
    if at > 1 {
        context.push_str(" ...");
        let words: Vec<&str> = text(at - 1).split_whitespace().collect();
        let start = words.len().saturating_sub(BEFORE_WORDS);
        push_words(&mut context, words.into_iter().skip(start));
    }
    context
}

fn push_words<'t>(text: &mut String, words: impl Iterator<Item = &'t str>) {
    for word in words {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use postil_contract::ArticleView;

    use super::*;
    use crate::names::NameSource;
    use crate::options::JudgedUnit;
    use crate::testing;

    #[test]
    fn a_paragraph_is_read_behind_the_opening_and_the_end_of_the_one_before() {
        let long = format!("{} and they left.", ["word"; 50].join(" "));
        let text = format!("The wrong airline\n\nIt lost money.\n\n{long}\n\nTrust is gone.\n");
        let (article, layers) = testing::article(&text, &[]);
        let view = ArticleView { article: &article, layers: &layers };
        let document = Document::new(&view, NameSource::Capitals, JudgedUnit::Paragraph);
        assert_eq!(context(&document, 0), "");
        assert_eq!(context(&document, 1), "The wrong airline");
        assert_eq!(context(&document, 2), "The wrong airline ... It lost money.");
        let tail = format!("{} and they left.", ["word"; BEFORE_WORDS - 3].join(" "));
        assert_eq!(context(&document, 3), format!("The wrong airline ... {tail}"));
        assert_eq!(context(&document, 9), "The wrong airline ...", "no passage, no panic");
    }
}
