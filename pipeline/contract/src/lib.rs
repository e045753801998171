//! The contract between everything in Postil: what an article is, which layers stages read and
//! write, what a span means, how a stage is configured, found and built, and which rules every
//! stage keeps.
//!
//! This crate knows no model, no table format and no thread pool; everything else depends on it.
//!
//! - [`Article`] and [`Target`]: the input.
//! - [`LayerSet`] and the layer types ([`Paragraph`], [`Sentence`], [`Entity`], [`Stance`], ...).
//! - [`MapStage`] and [`CorpusStage`]: what a stage author writes.
//! - [`StageConfig`], [`Registry`], [`BuildContext`]: how a name in a config becomes a stage.
//! - [`validate`]: what the runner refuses; [`conformance`]: the tests every stage runs through.

mod article;
pub mod conformance;
mod corpus;
mod custom;
mod layers;
mod problem;
mod registry;
mod span;
mod stage;
pub mod validate;

pub use article::{Article, Target, TargetKind, text_hash};
pub use corpus::{
    Aligned, BandRow, ClusterRole, ClusterRow, Corpus, CorpusArticle, CorpusParagraph,
    CorpusSentence, CorpusStore, DuplicateKind, DuplicatePair, JoinCounts, ParagraphKey,
    ParagraphSignature, Signature,
};
pub use custom::{Column, ColumnType, CustomLayer, Value};
pub use layers::{
    Embeddings, Entity, HolderKind, Layer, LayerSet, Paragraph, ParagraphKind, Sentence, Stance,
    StanceLabel, Unit,
};
pub use problem::{Problem, nearest};
pub use registry::{
    BuildContext, BuildError, Description, ModelLocator, Registry, StageConfig, StageFactory,
};
pub use span::{CodePoints, Span};
pub use stage::{ArticleView, CorpusStage, MapStage, ModelInfo, Stage, StageError, StageInfo};
