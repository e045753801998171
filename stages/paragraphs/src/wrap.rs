//! Whether the lines of an article are paragraphs, or pieces of paragraphs wrapped at some width.

use crate::line::{Line, WIDE};
use crate::shape::{ends_sentence, starts_lower_or_uncased};

/// Widths at which people and programs wrap text, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 30..=110;

/// Share of line ends at which the next word would not have fitted, for wrapped text.
const FULL_SHARE: f32 = 0.6;

/// Share of line ends inside a sentence, for wrapped text.
const INSIDE_SHARE: f32 = 0.5;

/// Share of next lines that go on in lower case (or in a script without case), for wrapped text.
const LOWER_SHARE: f32 = 0.35;

/// How much shorter than the width a line may be and still have been wrapped there, in characters, where lines were
/// balanced and not just filled.
const RAG: usize = 10;

/// Share of the line ends inside a sentence at which the next word would not have fitted, where lines were filled.
const FILLED_SHARE: f32 = 0.95;

/// How an article is wrapped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wrapping {
    /// Width of the widest lines, in characters.
    width: usize,
    /// How much shorter a line may be and still have been wrapped, in characters.
    rag: usize,
}

impl Wrapping {
    /// Whether the first word of `next` would not have fitted on `line`.
    pub(crate) fn is_full(self, text: &str, line: &Line, next: &Line) -> bool {
        let word = next.text(text).split(char::is_whitespace).next().unwrap_or("");
        line.width(text) + 1 + word.chars().count() + self.rag > self.width
    }
}

/// How the article is wrapped; `None` where a line is a paragraph.
pub(crate) fn find(text: &str, lines: &[Line]) -> Option<Wrapping> {
    // A pair is a line and the one below it, where they could belong together.
    let pairs = || {
        lines.windows(2).filter_map(|pair| match pair {
            [line, next] if !next.detached && next.marker.is_none() => Some((line, next)),
            _ => None,
        })
    };
    let mut widths: Vec<usize> = pairs()
        .map(|(line, _)| (line, line.width(text)))
        .filter(|(line, width)| *width >= WIDE || line.text(text).contains(char::is_whitespace))
        .map(|(_, width)| width)
        .collect();
    if widths.is_empty() {
        return None;
    }
    widths.sort_unstable();
    let width = widths.get((widths.len() - 1) * 19 / 20).copied()?;
    if !WIDTHS.contains(&width) {
        return None;
    }
    let filled = Wrapping { width, rag: 0 };
    let balanced = Wrapping { width, rag: RAG.min(width / 6) };
    let (mut all, mut full, mut inside, mut lower, mut exact) = (0.0_f32, 0.0, 0.0, 0.0, 0.0);
    for (line, next) in pairs() {
        let count = |condition: bool| f32::from(u8::from(condition));
        let is_inside = !ends_sentence(line.text(text));
        all += 1.0;
        full += count(balanced.is_full(text, line, next));
        inside += count(is_inside);
        exact += count(is_inside && filled.is_full(text, line, next));
        lower += count(starts_lower_or_uncased(next.text(text)));
    }
    let is_wrapped =
        full >= FULL_SHARE * all && inside >= INSIDE_SHARE * all && lower >= LOWER_SHARE * all;
    let wrapping = if exact >= FILLED_SHARE * inside { filled } else { balanced };
    is_wrapped.then_some(wrapping)
}
