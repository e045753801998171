//! The way to any large PyTorch model: stages on [rust-bert](https://docs.rs/rust-bert) and libtorch.
//!
//! - [`EntitiesConfig`]: `entities.rust-bert`, a token classifier.
//! - [`StanceConfig`]: `stance.rust-bert`, a classifier of pairs of target and text.
//! - [`ZeroShotConfig`]: `stance.zero-shot`, a model of natural language inference.
//! - [`EmbeddingsConfig`]: `embeddings.rust-bert`, a sentence-embedding model.
//!
//! What surrounds the classifier (decoding, rules, targets, gate, holders) is the built-in stages'
//! own; this crate is the engine. A [`Checkpoint`] is a model's folder, a [`Network`] its
//! architecture with its weights on a device, a [`Pool`] as many of them as threads ask for.
//!
//! rust-bert's pipelines are not used: they answer wrongly for more than 64 inputs, let padding change
//! scores, and count offsets in the wrong unit. Its networks are right.

mod checkpoint;
mod device;
mod embeddings;
mod engine;
mod entities;
mod network;
mod pieces;
mod pool;
#[cfg(feature = "remote")]
mod remote;
mod stance;
mod weights;
mod zero_shot;

pub use checkpoint::Checkpoint;
pub use device::Device;
pub use embeddings::EmbeddingsConfig;
pub use engine::Engine;
pub use entities::EntitiesConfig;
pub use network::{Architecture, Network};
pub use pool::Pool;
pub use stance::StanceConfig;
pub use zero_shot::{ZeroShot, ZeroShotConfig};

use postil_contract::Registry;

/// What runs the networks; part of what a run writes down, as another version may give other numbers
/// in the last digits.
pub const ENGINE: &str = "rust-bert 0.23, libtorch 2.4";

/// Adds the stages of this crate to others.
#[must_use]
pub fn with_stages(registry: Registry) -> Registry {
    registry
        .with::<EntitiesConfig>()
        .with::<StanceConfig>()
        .with::<ZeroShotConfig>()
        .with::<EmbeddingsConfig>()
}
