//! Sentence boundaries inside paragraphs.

mod chars;
mod context;
mod features;
mod lexicon;
mod lines;
mod lists;
mod model;
mod rules;
mod split;
pub mod training;

pub use split::Splitter;

use std::ops::Range;

/// The sentences of `text`, one paragraph, with the default [`Splitter`].
pub fn split(text: &str) -> Vec<Range<usize>> {
    Splitter::default().split(text)
}
