//! Paragraphs: where they begin and end in an article, and what each of them is.
//!
//! ```
//! use postil_contract::ParagraphKind::{Body, ListItem, Title};
//!
//! let text = "Iran weighs the offer\n\nTehran has two options, officials said on Monday:\n  - accept it\n  - wait\n";
//! let found = postil_paragraphs::paragraphs(text);
//! let kinds: Vec<_> = found.iter().map(|p| (p.kind, &text[p.span.start..p.span.end])).collect();
//! assert_eq!(kinds[0], (Title, "Iran weighs the offer"));
//! assert_eq!(kinds[1].0, Body);
//! assert_eq!(kinds[2], (ListItem, "accept it"));
//! ```

mod fingerprint;
mod group;
mod kinds;
mod line;
mod marker;
mod plain;
mod shape;
mod stage;
mod wrap;

pub use fingerprint::fingerprint;
pub use stage::LinesConfig;

use postil_contract::{Paragraph, ParagraphKind, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// What line ends mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Wrap {
    /// Found out for each article: from the lengths of its lines, and from how they end and go on.
    #[default]
    Auto,
    /// Lines are pieces of paragraphs: only blank lines and list markers part paragraphs.
    Always,
    /// A line is a paragraph.
    Never,
}

/// The span and the kind of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Into the article, without indentation and list marker.
    pub span: Span,
    /// What it is.
    pub kind: ParagraphKind,
}

/// The paragraphs of `text` in order, without their word counts and fingerprints.
///
/// Spans are not empty, do not overlap and lie on character boundaries; none begins or ends with white space. Outside
/// them there is nothing but white space, invisible characters and markers (bullets, numbers of a running list, `#`,
/// `>`).
pub fn split(text: &str, wrap: Wrap) -> Vec<Piece> {
    let lines = line::scan(text);
    let blocks = group::blocks(text, &lines, wrap);
    let kinds = kinds::kinds(text, &blocks);
    blocks
        .iter()
        .zip(kinds)
        .map(|(block, kind)| Piece { span: Span::new(block.start, block.end), kind })
        .collect()
}

/// The paragraphs of `text`, line ends judged for the article ([`Wrap::Auto`]).
pub fn paragraphs(text: &str) -> Vec<Paragraph> {
    describe(text, split(text, Wrap::Auto))
}

/// Counts the words of `pieces` and makes their fingerprints.
pub(crate) fn describe(text: &str, pieces: Vec<Piece>) -> Vec<Paragraph> {
    pieces
        .into_iter()
        .map(|Piece { span, kind }| {
            let slice = span.slice(text).unwrap_or("");
            let plain = plain::is_plain(slice).then(|| plain::unicode_words(slice)).flatten();
            let n_words = plain.unwrap_or_else(|| slice.unicode_words().count());
            Paragraph {
                span,
                kind,
                n_words: u32::try_from(n_words).unwrap_or(u32::MAX),
                fingerprint: fingerprint(slice),
            }
        })
        .collect()
}
