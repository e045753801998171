//! Sentences: where they end inside a paragraph.
//!
//! Rules decide what is certain (abbreviations, initials, lists, ellipses); a linear model over the words around a
//! candidate decides the rest. See the README for how it was trained and what it reaches.
//!
//! ```
//! let text = "Trump met Tokayev at 5 p.m. in the U.S. They spoke of the accords.";
//! let sentences: Vec<&str> = postil_sentences::split(text).into_iter().map(|range| &text[range]).collect();
//! assert_eq!(sentences, ["Trump met Tokayev at 5 p.m. in the U.S.", "They spoke of the accords."]);
//! ```

mod chars;
mod context;
mod features;
mod lexicon;
mod lines;
mod lists;
mod model;
mod rules;
mod second_look;
mod split;
mod stage;
pub mod training;

pub use split::Splitter;
pub use stage::RulesConfig;

use std::ops::Range;
use std::sync::LazyLock;

/// The sentences of `text`, one paragraph, with the default [`Splitter`]: byte ranges as [`Splitter::split`] gives them.
pub fn split(text: &str) -> Vec<Range<usize>> {
    static DEFAULT: LazyLock<Splitter> = LazyLock::new(Splitter::default);
    DEFAULT.split(text)
}
