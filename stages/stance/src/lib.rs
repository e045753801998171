//! The stance stages: who is for or against what, in an article and in each of its paragraphs.
//!
//! - [`CrossEncoderConfig`]: `stance.cross-encoder`, a BERT classifier that reads target and
//!   paragraph together.
//! - [`LinearConfig`]: `stance.linear`, a linear model over hashed words.
//!
//! Both share the targets, the relevance gate, the holder rules, the rows and the article's
//! aggregate; they differ in the classifier.

mod aggregate;
mod anaphora;
mod classifier;
mod context;
mod cross_encoder;
mod document;
mod gate;
mod hashed;
mod holder;
mod judge;
mod lexicon;
mod linear;
mod names;
mod options;
mod scorer;
mod target;
#[cfg(test)]
mod testing;
mod vectors;
mod words;

pub use classifier::{Classifier, ClassifierModel, Reading};
pub use cross_encoder::{CrossEncoderConfig, GateKind};
pub use linear::LinearConfig;
pub use names::NameSource;
pub use options::{EntityTargets, JudgedUnit, Meaning};
pub use scorer::{PairScore, PairScorer};
