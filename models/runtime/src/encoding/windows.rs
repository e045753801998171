//! Long texts as windows.

use std::ops::Range;

use super::text::EncodedText;

/// A run of pieces that fits into the model, and the units it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Pieces of the text.
    pub pieces: Range<usize>,
    /// Units that have pieces in it, or lie between those that do.
    pub units: Range<usize>,
}

impl EncodedText {
    /// Cuts the text into windows of at most `room` pieces.
    ///
    /// Consecutive units share a window as long as they fit. A unit that alone is too long is cut
    /// between words into parts of similar length, a word that alone is too long between pieces.
    /// Each piece is in exactly one window; a text without pieces gives one empty window.
    ///
    /// `units` are byte ranges, ascending; what lies outside them goes with the unit before it
    /// (at the beginning: with the first). No units: the text is one unit.
    pub fn windows(&self, units: &[Range<usize>], room: usize) -> Vec<Window> {
        let room = room.max(1);
        let count = units.len().max(1);
        let mut windows = Vec::new();
        let mut open = Window { pieces: 0..0, units: 0..0 };
        for unit in 0..count {
            let start = open.pieces.end;
            let end = match units.get(unit + 1) {
                Some(next) => self.offsets.partition_point(|offset| offset.start < next.start),
                None => self.len(),
            };
            let end = end.max(start);
            if end - open.pieces.start <= room {
                open.pieces.end = end;
                open.units.end = unit + 1;
                continue;
            }
            if !open.pieces.is_empty() {
                windows.push(open);
            }
            if end - start <= room {
                open = Window { pieces: start..end, units: unit..unit + 1 };
                continue;
            }
            let mut parts = self.parts(start..end, room);
            let last = parts.pop().unwrap_or(start..end);
            windows
                .extend(parts.into_iter().map(|pieces| Window { pieces, units: unit..unit + 1 }));
            // The next units may share the window of the last part.
            open = Window { pieces: last, units: unit..unit + 1 };
        }
        if !open.pieces.is_empty() || windows.is_empty() {
            windows.push(open);
        }
        windows
    }

    /// Cuts a run of pieces that is too long, at the starts of words.
    fn parts(&self, pieces: Range<usize>, room: usize) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut start = pieces.start;
        while pieces.end - start > room {
            let left = pieces.end - start;
            // Similar lengths: the last part should not be a lone word without context.
            let aim = left.div_ceil(left.div_ceil(room)).min(room);
            let starts = |limit| {
                let word = self.word_starts.partition_point(|&first| first <= limit);
                word.checked_sub(1).and_then(|word| self.word_starts.get(word)).copied()
            };
            let cut = match (starts(start + aim), starts(start + room)) {
                (Some(cut), _) if cut > start => cut,
                (_, Some(cut)) if cut > start => cut,
                _ => start + room,
            };
            parts.push(start..cut);
            start = cut;
        }
        parts.push(start..pieces.end);
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text whose words have these many pieces; each piece is one byte.
    fn text(words: &[usize]) -> EncodedText {
        let mut encoded = EncodedText::default();
        for &pieces in words {
            for piece in 0..pieces {
                let at = encoded.len();
                encoded.push(0, at..at + 1, piece == 0);
            }
        }
        encoded
    }

    fn pieces(windows: &[Window]) -> Vec<Range<usize>> {
        windows.iter().map(|window| window.pieces.clone()).collect()
    }

    #[test]
    fn units_share_a_window_while_they_fit() {
        let windows = text(&[1; 10]).windows(&[0..4, 4..8, 8..10], 8);
        assert_eq!(
            windows,
            [Window { pieces: 0..8, units: 0..2 }, Window { pieces: 8..10, units: 2..3 }]
        );
    }

    #[test]
    fn a_long_unit_is_cut_between_words_into_similar_parts() {
        let encoded = text(&[1, 2, 3, 2, 1, 2]);
        assert_eq!(pieces(&encoded.windows(&[], 8)), [0..6, 6..11]);
    }

    #[test]
    fn a_long_word_is_cut_between_pieces() {
        assert_eq!(pieces(&text(&[1, 20, 1]).windows(&[], 8)), [0..1, 1..9, 9..17, 17..22]);
    }

    #[test]
    fn what_lies_outside_the_units_is_read_too() {
        let windows = text(&[1; 12]).windows(&[2..4, 6..8], 6);
        assert_eq!(
            windows,
            [Window { pieces: 0..6, units: 0..1 }, Window { pieces: 6..12, units: 1..2 }]
        );
    }

    #[test]
    fn an_empty_text_has_one_empty_window() {
        assert_eq!(text(&[]).windows(&[], 8), [Window { pieces: 0..0, units: 0..1 }]);
    }
}
