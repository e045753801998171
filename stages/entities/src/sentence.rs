//! A sentence and the mentions found in it so far.

use std::ops::Range;

use crate::kind::Kind;
use crate::words::{Words, one_line};

/// Who found a mention, which the tables' `model` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Maker {
    /// The model, at this place.
    Model,
    /// The model, at other places of the article where the same name stands.
    Article,
    /// The rules for written dates.
    Rules,
}

/// A mention in a sentence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mention {
    /// Indices of its words in the sentence.
    pub words: Range<usize>,
    /// Index into the labels.
    pub label: usize,
    /// What the label means.
    pub kind: Kind,
    /// Probability of the label, 0 to 1.
    pub score: f32,
    /// Who found it.
    pub maker: Maker,
}

/// A sentence with its words, what the model says of them, and the mentions.
#[derive(Debug, Clone)]
pub(crate) struct SentenceWords<'a> {
    pub sentence_idx: u32,
    pub paragraph_idx: u32,
    /// First byte of the sentence in the article.
    pub start: usize,
    pub text: &'a str,
    /// Byte spans of the words in `text`.
    pub words: Vec<Range<usize>>,
    /// `[words, labels]`: the probability that the word belongs to a mention of the label.
    pub belief: Vec<f32>,
    /// Sorted by position, without overlap.
    pub mentions: Vec<Mention>,
}

impl SentenceWords<'_> {
    /// The words with their text.
    pub(crate) fn view(&self) -> Words<'_> {
        Words { text: self.text, spans: &self.words }
    }

    /// The text of some words, in one line.
    pub(crate) fn surface(&self, words: &Range<usize>) -> String {
        one_line(self.view().slice(words))
    }

    /// The mean probability that these words belong to a mention of `label`, of `labels` labels.
    pub(crate) fn belief(&self, words: &Range<usize>, label: usize, labels: usize) -> f32 {
        let sum: f32 =
            words.clone().filter_map(|word| self.belief.get(word * labels + label)).sum();
        // Counts of words are far below what f32 holds exactly.
        sum / words.len().max(1) as f32
    }
}
