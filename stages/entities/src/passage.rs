//! What the model reads at once: sentences with those around them.
//!
//! A name is easier to tell beside the sentences that go before and follow: "Tokayev" after "President
//! Kassym-Jomart Tokayev". The runtime fills the model's window with as many whole sentences as fit.

use std::ops::Range;

use postil_models::{Input, WordLabels};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sentence::SentenceWords;

/// How much text a model sees at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Context {
    /// Each sentence alone: for models that were trained on single sentences.
    Sentence,
    /// The sentences of a paragraph.
    Paragraph,
    /// The sentences of an article, as many as fit into the window.
    #[default]
    Article,
}

/// A stretch of an article that the model reads in one go, or in windows along its sentences.
#[derive(Debug)]
pub(crate) struct Passage<'a> {
    text: &'a str,
    /// Byte ranges of the sentences in `text`.
    sentences: Vec<Range<usize>>,
}

/// The passages of an article: consecutive sentences, up to the next that is not read. Each sentence is
/// in exactly one, in their order.
pub(crate) fn passages<'a>(
    text: &'a str,
    sentences: &[SentenceWords<'_>],
    context: Context,
) -> Vec<Passage<'a>> {
    let belongs = |last: &SentenceWords<'_>, next: &SentenceWords<'_>| {
        let follows = last.sentence_idx.checked_add(1) == Some(next.sentence_idx);
        match context {
            Context::Sentence => false,
            Context::Paragraph => follows && last.paragraph_idx == next.paragraph_idx,
            Context::Article => follows,
        }
    };
    sentences
        .chunk_by(belongs)
        .map(|run| {
            let start = run.first().map_or(0, |first| first.start);
            let end = run.last().map_or(start, |last| last.start + last.text.len());
            let within = |sentence: &SentenceWords<'_>| {
                let from = sentence.start.saturating_sub(start);
                from..from + sentence.text.len()
            };
            Passage {
                text: text.get(start..end).unwrap_or_default(),
                sentences: run.iter().map(within).collect(),
            }
        })
        .collect()
}

impl Passage<'_> {
    /// What the model gets.
    pub(crate) fn input(&self) -> Input<'_> {
        Input::new(self.text, &self.sentences)
    }

    /// The words and probabilities of each sentence; positions count from the sentence's start. A word
    /// belongs to the sentence in which it begins, and ends with it.
    pub(crate) fn split(&self, labels: &WordLabels) -> Vec<WordLabels> {
        let of_sentence = |sentence: &Range<usize>| {
            let first = labels.words.partition_point(|word| word.start < sentence.start);
            let end = labels.words.partition_point(|word| word.start < sentence.end);
            let words = labels.words.get(first..end).unwrap_or_default().iter();
            WordLabels {
                words: words
                    .map(|word| {
                        word.start - sentence.start..word.end.min(sentence.end) - sentence.start
                    })
                    .collect(),
                probabilities: (first..end).flat_map(|word| labels.row(word)).copied().collect(),
            }
        };
        self.sentences.iter().map(of_sentence).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(index: u32, paragraph: u32, start: usize, text: &str) -> SentenceWords<'_> {
        SentenceWords {
            sentence_idx: index,
            paragraph_idx: paragraph,
            start,
            text,
            words: Vec::new(),
            belief: Vec::new(),
            mentions: Vec::new(),
        }
    }

    #[test]
    fn an_unread_sentence_ends_a_passage() {
        let text = "One a. Two b.\nThree.\nskip\nFive.";
        let sentences = [
            sentence(0, 0, 0, "One a."),
            sentence(1, 0, 7, "Two b."),
            sentence(2, 1, 14, "Three."),
            sentence(4, 3, 26, "Five."),
        ];
        let texts = |context| -> Vec<&str> {
            passages(text, &sentences, context).iter().map(|passage| passage.text).collect()
        };
        assert_eq!(texts(Context::Sentence), ["One a.", "Two b.", "Three.", "Five."]);
        assert_eq!(texts(Context::Paragraph), ["One a. Two b.", "Three.", "Five."]);
        assert_eq!(texts(Context::Article), ["One a. Two b.\nThree.", "Five."]);
    }

    #[test]
    fn words_go_back_to_their_sentences() {
        let text = "One a. Two b.";
        let sentences = [sentence(0, 0, 0, "One a."), sentence(1, 0, 7, "Two b.")];
        let passages = passages(text, &sentences, Context::Article);
        let labels = WordLabels {
            words: vec![0..3, 4..5, 5..6, 7..10, 11..12, 12..13],
            probabilities: (0..12_u8).map(f32::from).collect(),
        };
        let split = passages[0].split(&labels);
        assert_eq!(split.len(), 2);
        assert_eq!(split[1].words, [0..3, 4..5, 5..6]);
        assert_eq!(split[1].probabilities, [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
    }
}
