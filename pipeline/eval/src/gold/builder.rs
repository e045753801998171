//! Builds the text of an article from sentences and paragraphs, and the layers that say where they
//! are.

use postil_contract::{Article, LayerSet, Paragraph, ParagraphKind, Sentence, Span};

/// An article that grows by sentences.
#[derive(Debug, Default)]
pub(super) struct Builder {
    text: String,
    /// The first byte of each paragraph.
    paragraphs: Vec<Span>,
    sentences: Vec<Sentence>,
}

impl Builder {
    /// Whether nothing was added.
    pub(super) const fn is_empty(&self) -> bool {
        self.sentences.is_empty()
    }

    /// The sentences so far.
    pub(super) fn sentences(&self) -> Vec<Span> {
        self.sentences.iter().map(|sentence| sentence.span).collect()
    }

    /// Adds a sentence, and returns the byte at which it begins. `opens` begins a new paragraph on a
    /// new line; otherwise `gap` stands before the sentence.
    ///
    /// White space at the end of `text` stays in the article, outside the sentence.
    pub(super) fn add(&mut self, text: &str, opens: bool, gap: &str) -> usize {
        let opens = opens || self.paragraphs.is_empty();
        if opens {
            let kept = self.text.trim_end().len();
            self.text.truncate(kept);
        }
        if !self.text.is_empty() {
            self.text.push_str(if opens { "\n" } else { gap });
        }
        let start = self.text.len();
        self.text.push_str(text);
        let span = Span::new(start, self.text.trim_end().len().max(start));
        match self.paragraphs.last_mut() {
            Some(paragraph) if !opens => paragraph.end = span.end,
            _ => self.paragraphs.push(span),
        }
        let paragraph_idx = u32::try_from(self.paragraphs.len() - 1).unwrap_or(u32::MAX);
        self.sentences.push(Sentence { paragraph_idx, span });
        start
    }

    /// The article, and the layers of its paragraphs and sentences.
    pub(super) fn finish(self, id: String) -> (Article, LayerSet) {
        let paragraphs = self.paragraphs.iter().map(|span| body(&self.text, *span)).collect();
        let given = LayerSet {
            paragraphs: Some(paragraphs),
            sentences: Some(self.sentences),
            ..LayerSet::default()
        };
        (Article::new(id, self.text), given)
    }
}

/// A paragraph of running text.
pub(super) fn body(text: &str, span: Span) -> Paragraph {
    let words = span.slice(text).unwrap_or_default().split_whitespace().count();
    Paragraph {
        span,
        kind: ParagraphKind::Body,
        n_words: u32::try_from(words).unwrap_or(u32::MAX),
        fingerprint: 0,
    }
}

/// A text that is one paragraph, as a layer; nothing where it is white space alone.
pub(super) fn one_paragraph(text: &str) -> LayerSet {
    let end = text.trim_end().len();
    let start = end - text.trim().len();
    let paragraphs = match start < end {
        true => vec![body(text, Span::new(start, end))],
        false => Vec::new(),
    };
    LayerSet { paragraphs: Some(paragraphs), ..LayerSet::default() }
}
