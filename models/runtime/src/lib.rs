//! Model folders, and what runs them.
//!
//! A [`ModelFolder`] is a directory with weights, tokenizer, config and a `model.toml`. Its task
//! decides which of three types runs it: a [`TokenClassifier`], a [`SequenceClassifier`] or an
//! [`Embedder`]. Each takes texts with their units (sentences), cuts what is longer than the
//! model's window along them, packs the windows without padding, and maps the results back.
//!
//! - Every type is `Send + Sync`, takes `&self` and works on the calling thread alone.
//! - The result of an input has the same bits whatever else is in the call.
//! - Nothing is dropped: a text of any length is read whole.
//!
//! The network stands behind the [`Encoder`] trait; [`bert::Bert`] is the one in this crate.
//! Offsets are UTF-8 bytes, half open, into the text as it was given.

pub mod bert;
mod embedder;
pub mod encoding;
mod engine;
mod error;
mod folder;
mod heads;
mod model;
mod runner;
mod sequence_classifier;
mod token_classifier;
pub mod weights;

pub use embedder::{Embedder, UnitVectors};
pub use encoding::{EncodedText, Input, Packed, PairInput, SEPARATOR, Sequence, Tokenizer, Window};
pub use engine::{Encoder, Hidden};
pub use error::{EncodeError, EngineError, FolderError, FolderProblem, LoadError, ModelError};
pub use folder::{Beside, FORMAT, Manifest, ModelFolder, Pooling, Task, TokenTypes};
pub use model::Model;
pub use sequence_classifier::{SequenceClassifier, SequenceScores, WindowScores};
pub use token_classifier::{TokenClassifier, WordLabels};
