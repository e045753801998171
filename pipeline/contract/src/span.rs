//! Spans, and the one place where bytes become code points.

use serde::{Deserialize, Serialize};

/// A half-open range of UTF-8 bytes, `start..end`, into an article's text.
///
/// Inside Rust every span is in bytes; tables hold Unicode code points (see [`CodePoints`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte of the span.
    pub start: usize,
    /// First byte after the span.
    pub end: usize,
}

impl Span {
    /// A span of the bytes `start..end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The text the span names, or `None` where it does not lie inside `text` on character
    /// boundaries.
    #[must_use]
    pub fn slice(self, text: &str) -> Option<&str> {
        text.get(self.start..self.end)
    }

    /// Length in bytes; 0 for a span whose end lies before its start.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span holds no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether `other` lies wholly inside this span.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The span moved right by `bytes`: from an offset inside a paragraph to one inside the article.
    #[must_use]
    pub const fn shifted(self, bytes: usize) -> Self {
        Self::new(self.start + bytes, self.end + bytes)
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

impl From<Span> for std::ops::Range<usize> {
    fn from(span: Span) -> Self {
        span.start..span.end
    }
}

/// Converts byte offsets into counts of Unicode code points and back.
///
/// A checkpoint every [`CodePoints::STRIDE`] bytes keeps a look-up short whatever the text's length;
/// a text of ASCII only needs none.
#[derive(Debug, Clone)]
pub struct CodePoints<'t> {
    text: &'t str,
    /// `checkpoints[i]` = code points that begin before byte `i * STRIDE`; empty for ASCII.
    checkpoints: Vec<usize>,
    total: usize,
}

impl<'t> CodePoints<'t> {
    /// Bytes between two checkpoints.
    pub const STRIDE: usize = 256;

    /// Indexes `text` in one pass.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        if text.is_ascii() {
            return Self { text, checkpoints: Vec::new(), total: text.len() };
        }
        let bytes = text.as_bytes();
        let mut checkpoints = Vec::with_capacity(bytes.len() / Self::STRIDE + 1);
        let mut total = 0;
        for block in bytes.chunks(Self::STRIDE) {
            checkpoints.push(total);
            total += count_starts(block);
        }
        Self { text, checkpoints, total }
    }

    /// Code points in the whole text.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.total
    }

    /// Whether the text is empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Code points before byte `byte`. An offset beyond the text counts the whole text; one inside a
    /// character counts that character.
    #[must_use]
    pub fn at(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        if self.checkpoints.is_empty() {
            return byte;
        }
        let block = byte / Self::STRIDE;
        let Some(before) = self.checkpoints.get(block) else {
            return self.total;
        };
        let start = block * Self::STRIDE;
        before + self.text.as_bytes().get(start..byte).map_or(0, count_starts)
    }

    /// The byte at which code point number `index` begins; the text's length where there is none.
    #[must_use]
    pub fn byte_of(&self, index: usize) -> usize {
        if self.checkpoints.is_empty() {
            return index.min(self.text.len());
        }
        if index >= self.total {
            return self.text.len();
        }
        let block = self.checkpoints.partition_point(|&before| before <= index).saturating_sub(1);
        let mut left = index - self.checkpoints.get(block).copied().unwrap_or(0);
        let start = block * Self::STRIDE;
        let bytes = self.text.as_bytes().get(start..).unwrap_or_default();
        for (offset, byte) in bytes.iter().enumerate() {
            if is_start(*byte) {
                if left == 0 {
                    return start + offset;
                }
                left -= 1;
            }
        }
        self.text.len()
    }

    /// A byte span as code points: `(char_start, char_end)`, half open.
    #[must_use]
    pub fn span(&self, span: Span) -> (usize, usize) {
        (self.at(span.start), self.at(span.end))
    }
}

/// Whether `byte` begins a UTF-8 character (is not a continuation byte).
const fn is_start(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

fn count_starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| is_start(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_points_agree_with_chars_at_every_boundary() {
        let text = "Zürich 🇨🇭 and 東京, e\u{301}té. ".repeat(40);
        let index = CodePoints::new(&text);
        for (count, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(index.at(byte), count);
            assert_eq!(index.byte_of(count), byte);
        }
        assert_eq!(index.len(), text.chars().count());
        assert_eq!(index.at(text.len()), index.len());
        assert_eq!(index.byte_of(index.len() + 5), text.len());
    }

    #[test]
    fn ascii_needs_no_checkpoints() {
        let index = CodePoints::new("plain");
        assert_eq!((index.at(3), index.at(99), index.len()), (3, 5, 5));
    }
}
