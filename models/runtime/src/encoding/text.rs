//! A text as its pieces.

use std::ops::Range;

use super::shape::shape;

/// All word pieces of a text, of any length, without special tokens.
///
/// A *word* is what the tokenizer splits a text into before it looks for pieces: for BERT a
/// maximal run without white space, in which each punctuation character and each CJK ideograph is
/// a word of its own. Every word has at least one piece; characters that the tokenizer deletes
/// (control characters) are in no word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EncodedText {
    /// Id of each piece.
    pub ids: Vec<u32>,
    /// Where each piece stands in the text, in bytes. Starts and ends never decrease.
    pub offsets: Vec<Range<usize>>,
    /// Index of the word of each piece.
    pub words: Vec<usize>,
    /// Where each word stands in the text, in bytes, with the combining marks that belong to it.
    pub word_spans: Vec<Range<usize>>,
    /// First piece of each word.
    pub word_starts: Vec<usize>,
    /// Shape of each word: see [`shape`].
    pub shapes: Vec<u32>,
}

impl EncodedText {
    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Adds a word of one piece.
    pub(super) fn push_word(&mut self, id: u32, span: Range<usize>) {
        self.words.push(self.word_spans.len());
        self.word_starts.push(self.ids.len());
        self.ids.push(id);
        self.offsets.push(span.clone());
        self.word_spans.push(span);
        self.shapes.push(0);
    }

    /// Adds the pieces of a text that begins `start` bytes behind this one's beginning.
    pub(super) fn append(&mut self, other: Self, start: usize) {
        let (pieces, words) = (self.ids.len(), self.word_spans.len());
        let shifted = |range: Range<usize>| range.start + start..range.end + start;
        self.ids.extend(other.ids);
        self.offsets.extend(other.offsets.into_iter().map(shifted));
        self.words.extend(other.words.into_iter().map(|word| word + words));
        self.word_spans.extend(other.word_spans.into_iter().map(shifted));
        self.word_starts.extend(other.word_starts.into_iter().map(|piece| piece + pieces));
        self.shapes.extend(other.shapes);
    }

    /// Whether there is no piece at all: an empty or a blank text.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The words whose first piece is among these pieces.
    pub fn words_starting_in(&self, pieces: &Range<usize>) -> Range<usize> {
        let word_at = |piece| self.word_starts.partition_point(|&start| start < piece);
        word_at(pieces.start)..word_at(pieces.end)
    }

    /// The pieces that start inside a byte range of the text.
    pub fn pieces_in(&self, bytes: &Range<usize>) -> Range<usize> {
        let piece_at = |byte| self.offsets.partition_point(|offset| offset.start < byte);
        piece_at(bytes.start)..piece_at(bytes.end).max(piece_at(bytes.start))
    }

    /// The bytes that these pieces cover; empty for no pieces.
    pub fn span(&self, pieces: &Range<usize>) -> Range<usize> {
        let covered = self.offsets.get(pieces.clone()).unwrap_or_default();
        match (covered.first(), covered.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    /// Takes the next piece, in the order of the text.
    pub(super) fn push(&mut self, id: u32, offset: Range<usize>, new_word: bool) {
        // Canonical reordering of combining marks may swap neighbours; offsets stay ascending.
        let (start, end) = self.offsets.last().map_or((0, 0), |last| (last.start, last.end));
        let offset = offset.start.max(start)..offset.end.max(end).max(offset.start.max(start));
        match self.word_spans.last_mut() {
            Some(word) if !new_word => word.end = offset.end,
            _ => {
                self.word_starts.push(self.ids.len());
                self.word_spans.push(offset.clone());
            }
        }
        self.words.push(self.word_spans.len() - 1);
        self.ids.push(id);
        self.offsets.push(offset);
    }

    /// Ends the text: gives each word its marks and its shape.
    pub(super) fn finish(&mut self, text: &str) {
        let mut limit = text.len();
        for span in self.word_spans.iter_mut().rev() {
            // A tokenizer that strips accents ends the last piece before a decomposed accent, but
            // the reader sees one character.
            let after = text.get(span.end..limit).unwrap_or_default();
            span.end += after
                .chars()
                .take_while(|&c| belongs_to_the_character_before(c))
                .map(char::len_utf8)
                .sum::<usize>();
            limit = span.start;
        }
        self.shapes = self
            .word_spans
            .iter()
            .map(|span| shape(text.get(span.clone()).unwrap_or_default()))
            .collect();
    }
}

fn belongs_to_the_character_before(c: char) -> bool {
    const ZERO_WIDTH_JOINER: char = '\u{200d}';
    unicode_normalization::char::is_combining_mark(c) || c == ZERO_WIDTH_JOINER
}
