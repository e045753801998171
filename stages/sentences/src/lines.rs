//! Line ends inside a paragraph: a wrap is a space, a break that was meant ends a sentence.

/// How much shorter than the longest line a line may be and still have been wrapped there, in characters.
const RAG: usize = 12;

/// The layout of a paragraph that holds line ends.
#[derive(Debug)]
pub(crate) struct Lines {
    /// Length of the longest line of more than one word, in characters.
    width: usize,
}

/// Whether `c` ends a line.
pub(crate) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

impl Lines {
    /// Measures `text`.
    pub(crate) fn new(text: &str) -> Self {
        let width = text
            .split(is_line_end)
            .map(str::trim)
            .filter(|line| line.contains(char::is_whitespace))
            .map(|line| line.chars().count())
            .max()
            .unwrap_or(0);
        Self { width }
    }

    /// Whether the line end in the gap `at..next` was meant: the next word would have fitted on the line,
    /// and it does not run on in lower case or after a comma.
    pub(crate) fn is_meant(&self, text: &str, at: usize, next: usize) -> bool {
        let before = text.get(..at).unwrap_or("");
        let line = before.rsplit(is_line_end).next().unwrap_or("").trim_start();
        let rest = text.get(next..).unwrap_or("");
        let word = rest.split(char::is_whitespace).next().unwrap_or("");
        let fits = line.chars().count() + 1 + word.chars().count() + RAG <= self.width;
        let runs_on = rest.chars().next().is_some_and(char::is_lowercase)
            || line.ends_with([',', ';', '-', '–', '—', '(', '/', '&']);
        fits && !runs_on
    }
}
