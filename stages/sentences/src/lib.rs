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
use std::sync::LazyLock;

/// The sentences of `text`, one paragraph, with the default [`Splitter`].
pub fn split(text: &str) -> Vec<Range<usize>> {
    static DEFAULT: LazyLock<Splitter> = LazyLock::new(Splitter::default);
    DEFAULT.split(text)
}
