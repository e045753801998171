//! From lines to paragraphs.

use crate::Wrap;
use crate::line::Line;
use crate::marker::Marker;
use crate::shape::{ends_sentence, is_tabular};
use crate::wrap::{self, Wrapping};

/// A paragraph before its kind is known: lines `first..=last`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// First byte, behind the marker.
    pub(crate) start: usize,
    /// End of the last line.
    pub(crate) end: usize,
    pub(crate) marker: Option<Marker>,
    /// Lines it was made of.
    pub(crate) lines: usize,
    indent: usize,
}

impl Block {
    fn new(line: &Line) -> Self {
        Self { start: line.body, end: line.end, marker: line.marker, lines: 1, indent: line.indent }
    }

    /// The paragraph's text.
    pub(crate) fn text<'t>(&self, article: &'t str) -> &'t str {
        article.get(self.start..self.end).unwrap_or("")
    }
}

/// How lines that follow each other are joined.
enum Mode {
    /// A line is a paragraph.
    Lines,
    /// Lines are wrapped.
    Wrapped(Wrapping),
    /// Only blank lines and markers part paragraphs.
    Blank,
}

/// Joins the lines of one article.
pub(crate) fn blocks(text: &str, lines: &[Line], wrap: Wrap) -> Vec<Block> {
    let mode = match wrap {
        Wrap::Never => Mode::Lines,
        Wrap::Always => Mode::Blank,
        Wrap::Auto => wrap::find(text, lines).map_or(Mode::Lines, Mode::Wrapped),
    };
    let mut blocks: Vec<Block> = Vec::with_capacity(lines.len());
    let mut previous: Option<&Line> = None;
    for line in lines {
        match (blocks.last_mut(), previous) {
            (Some(block), Some(above)) if joins(text, block, above, line, &mode) => {
                block.end = line.end;
                block.lines += 1;
            }
            _ => blocks.push(Block::new(line)),
        }
        previous = Some(line);
    }
    blocks
}

/// Whether `line` goes on with the paragraph `block`, whose last line is `above`.
fn joins(text: &str, block: &Block, above: &Line, line: &Line, mode: &Mode) -> bool {
    if line.detached || block.marker == Some(Marker::Heading) {
        return false;
    }
    let (upper, lower) = (above.text(text), line.text(text));
    if line.marker == Some(Marker::Quote) && block.marker == Some(Marker::Quote) {
        return !matches!(mode, Mode::Lines) && !ends_short(text, above, line, mode);
    }
    if line.marker.is_some() || !has_words(upper) || !has_words(lower) {
        return false;
    }
    // An item goes on in the lines indented below it.
    let is_item = matches!(block.marker, Some(Marker::Bullet | Marker::Number(_)));
    if is_item && line.indent > block.indent {
        return true;
    }
    if matches!(mode, Mode::Lines) || is_tabular(upper) || is_tabular(lower) {
        return false;
    }
    // The first line of a paragraph may be indented.
    if line.indent >= above.indent + 2 && above.indent == block.indent && !is_item {
        return false;
    }
    !ends_short(text, above, line, mode)
}

/// Whether `above` was ended before its width, and not inside a sentence.
fn ends_short(text: &str, above: &Line, line: &Line, mode: &Mode) -> bool {
    let Mode::Wrapped(wrapping) = *mode else { return false };
    let goes_on =
        !ends_sentence(above.text(text)) && line.text(text).starts_with(char::is_lowercase);
    !goes_on && !wrapping.is_full(text, above, line)
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}
