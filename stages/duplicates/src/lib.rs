//! Paragraphs that repeat each other: the stage `duplicates.lexical-semantic`.
//!
//! Four kinds, the first that holds: `exact` (the same words), `near` (nearly), `contained` (one
//! holds the words of the other), `paraphrase` (the same in other words). Every pair is verified
//! on the texts themselves; hashes only find the candidates. The README says how, with figures.

mod align;
mod bands;
mod clusters;
mod config;
mod context;
mod join;
mod paraphrase;
mod shingles;
mod signature;
mod stage;
pub mod training;
mod verify;
mod words;

pub use config::LexicalSemanticConfig;
