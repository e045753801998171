//! The lines of an article.

use std::collections::BTreeMap;

use memchr::{memchr, memchr2, memmem};

use crate::marker::{self, Marker, Number};

/// Widths are counted up to here: a longer line was not wrapped by hand.
pub(crate) const WIDE: usize = 200;

/// A line that is not blank. Offsets are bytes into the article.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// First byte that is not white space.
    pub(crate) start: usize,
    /// First byte behind the marker, if there is one, else `start`.
    pub(crate) body: usize,
    /// End without trailing white space.
    pub(crate) end: usize,
    /// Columns of white space in front, a tab reaching to the next multiple of four.
    pub(crate) indent: usize,
    /// A blank line, a form feed or a paragraph separator stands in front, or nothing does.
    pub(crate) detached: bool,
    pub(crate) marker: Option<Marker>,
}

impl Line {
    /// The line without indentation and marker.
    pub(crate) fn text<'t>(&self, article: &'t str) -> &'t str {
        article.get(self.body..self.end).unwrap_or("")
    }

    /// Width in characters with its indentation, at most [`WIDE`].
    pub(crate) fn width(&self, article: &str) -> usize {
        if self.end - self.start > 4 * WIDE {
            return WIDE;
        }
        let text = article.get(self.start..self.end).unwrap_or("");
        (self.indent + text.chars().count()).min(WIDE)
    }
}

/// White space, and invisible characters that stand beside it: byte order marks, zero-width spaces.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
}

/// The lines of `text` that are not blank.
pub(crate) fn scan(text: &str) -> Vec<Line> {
    let mut lines = Vec::with_capacity(text.len() / 128 + 1);
    let bytes = text.as_bytes();
    let has_rare_ends = memchr2(0x0b, 0x0c, bytes).is_some()
        || (!text.is_ascii()
            && [&b"\xc2\x85"[..], b"\xe2\x80\xa8", b"\xe2\x80\xa9"]
                .iter()
                .any(|end| memmem::find(bytes, end).is_some()));
    let has_returns = memchr(b'\r', bytes).is_some();
    let mut detached = true;
    let mut start = 0;
    while start <= bytes.len() {
        let (end, next, breaks) = line_end(text, start, has_returns, has_rare_ends);
        match Line::new(text, start, end, detached) {
            Some(line) => {
                lines.push(line);
                detached = breaks;
            }
            None => detached = true,
        }
        start = next;
    }
    number_or_text(&mut lines);
    lines
}

/// The end of the line that begins at `start`, the start of the next one, and whether a paragraph ends there.
fn line_end(text: &str, start: usize, has_returns: bool, has_rare: bool) -> (usize, usize, bool) {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let past = text.len() + 1;
    if !has_rare {
        let found = if has_returns { memchr2(b'\n', b'\r', rest) } else { memchr(b'\n', rest) };
        let Some(at) = found else { return (text.len(), past, false) };
        let pair = rest.get(at) == Some(&b'\r') && rest.get(at + 1) == Some(&b'\n');
        return (start + at, start + at + 1 + usize::from(pair), false);
    }
    let rest = text.get(start..).unwrap_or("");
    let end = rest.char_indices().find(|(_, c)| {
        matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
    });
    let Some((at, c)) = end else { return (text.len(), past, false) };
    let pair = c == '\r' && rest.get(at + 1..).is_some_and(|after| after.starts_with('\n'));
    let next = start + at + c.len_utf8() + usize::from(pair);
    (start + at, next, matches!(c, '\u{c}' | '\u{2029}'))
}

impl Line {
    fn new(text: &str, start: usize, end: usize, detached: bool) -> Option<Self> {
        let raw = text.get(start..end)?;
        let trimmed = raw.trim_start_matches(is_blank);
        if trimmed.is_empty() {
            return None;
        }
        let lead = raw.len() - trimmed.len();
        let content = trimmed.trim_end_matches(is_blank);
        let indent = raw.get(..lead)?.chars().fold(0, |column, c| match c {
            '\t' => (column / 4 + 1) * 4,
            c if c.is_whitespace() => column + 1,
            _ => column,
        });
        let start = start + lead;
        let found = marker::read(content);
        let body = start + found.map_or(0, |(_, length)| length);
        let marker = found.map(|(marker, _)| marker);
        Some(Self { start, body, end: start + content.len(), indent, detached, marker })
    }
}

/// Takes a number for a marker only where the list goes on: "3. Liga" alone is text.
fn number_or_text(lines: &mut [Line]) {
    // Where each number stands first and last.
    let mut places: BTreeMap<Number, (usize, usize)> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        if let Some(Marker::Number(number)) = line.marker {
            places.entry(number).or_insert((index, index)).1 = index;
        }
    }
    if places.is_empty() {
        return;
    }
    for (index, line) in lines.iter_mut().enumerate() {
        if let Some(Marker::Number(number)) = line.marker {
            let before = number.before().and_then(|number| places.get(&number));
            let after = places.get(&number.after());
            let goes_on = before.is_some_and(|(first, _)| *first < index)
                || after.is_some_and(|(_, last)| *last > index);
            if !goes_on {
                line.marker = None;
                line.body = line.start;
            }
        }
    }
}
