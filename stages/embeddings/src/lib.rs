//! Vectors of paragraphs and sentences: the stage `embeddings.transformer`.
//!
//! See the crate's README for what the vectors are made of and why.

mod config;
mod embedder;
mod stage;

pub use config::{TransformerConfig, stage};
pub use embedder::{EmbeddingModel, TextEmbedder};
