//! What each paragraph is, judged from the article alone: by shape and place first, by a few English words second.

mod boilerplate;
mod headings;
mod interview;
mod phrases;
mod quotes;

use postil_contract::ParagraphKind as Kind;

use crate::group::Block;
use crate::marker::Marker;
use crate::shape::{count_words, ends_sentence};

/// Words are counted up to here: what is longer is running text.
const MANY: usize = 80;

/// Words that a sentence of running text has at least.
const PROSE: usize = 8;

/// Words that make running text of a paragraph without a full stop.
const LONG: usize = 25;

/// A paragraph with what the judgements need of it.
pub(crate) struct Part<'t> {
    pub(crate) text: &'t str,
    pub(crate) kind: Kind,
    /// Words, counted up to [`MANY`].
    pub(crate) words: usize,
    /// Whether it ends as a sentence does.
    pub(crate) ends: bool,
    /// Lines of the article it was made of.
    pub(crate) lines: usize,
}

impl Part<'_> {
    fn is_prose(&self) -> bool {
        self.words >= LONG || (self.words >= PROSE && self.ends)
    }

    fn is_open(&self) -> bool {
        self.kind == Kind::Body
    }
}

/// The kinds of `blocks`, in order.
pub(crate) fn kinds(article: &str, blocks: &[Block]) -> Vec<Kind> {
    let mut parts: Vec<Part<'_>> = blocks
        .iter()
        .map(|block| {
            let text = block.text(article);
            Part {
                text,
                kind: match block.marker {
                    None => Kind::Body,
                    Some(Marker::Bullet | Marker::Number(_)) => Kind::ListItem,
                    Some(Marker::Heading) => Kind::Heading,
                    Some(Marker::Quote) => Kind::Quote,
                },
                words: count_words(text, MANY),
                ends: ends_sentence(text),
                lines: block.lines,
            }
        })
        .collect();
    // Without running text there is nothing a title could stand above or a number stand astray in.
    let has_prose = parts.iter().any(Part::is_prose);
    boilerplate::mark(&mut parts, has_prose);
    interview::mark_lettered(&mut parts);
    if has_prose {
        headings::mark(&mut parts);
        quotes::mark(&mut parts);
        interview::mark(&mut parts);
    }
    parts.into_iter().map(|part| part.kind).collect()
}
