//! The stage traits.

use std::sync::{Arc, Mutex, PoisonError};

use crate::article::Article;
use crate::corpus::{ClusterRow, CorpusStore, DuplicatePair, JoinCounts, Signature};
use crate::layers::{Embeddings, Entity, Layer, LayerSet, Paragraph, Sentence};
use crate::span::Span;

/// What a stage is: the part of it that a run writes down, and from which it decides whether an
/// article must be annotated again.
#[derive(Debug, Clone, PartialEq)]
pub struct StageInfo {
    /// `<family>.<name>`, as in `uses`: `entities.transformer`.
    pub implementation: String,
    /// Raised whenever the same input and options give other rows.
    pub version: u32,
    /// Layers that must be there before the stage runs.
    pub needs: Vec<Layer>,
    /// The layer it writes.
    pub provides: Layer,
    /// The model behind it, if any.
    pub model: Option<ModelInfo>,
    /// The options in force, defaults filled in, and whatever else decides the rows (the targets,
    /// the hash of a names file).
    pub config: serde_json::Value,
    /// Languages (BCP 47 primary subtags) whose articles it can read; `None` for all.
    pub languages: Option<Vec<String>>,
}

/// A model as the tables name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// The model's name.
    pub name: String,
    /// SHA-256 of its weights, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// Why a stage could not annotate an article. The article becomes a dead letter; the run goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StageError {
    /// The article can't be annotated by this stage.
    #[error("{0}")]
    Failed(String),
    /// The article is longer than the stage can take.
    #[error("text of {bytes} bytes is over the limit of {limit} bytes of this stage")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The stage's limit.
        limit: usize,
    },
}

impl StageError {
    /// A failure with the words of another error.
    pub fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// An article and the layers that stand so far. A stage sees those it `needs`, and perhaps others.
#[derive(Debug, Clone, Copy)]
pub struct ArticleView<'a> {
    /// The input.
    pub article: &'a Article,
    /// The layers of earlier stages.
    pub layers: &'a LayerSet,
}

impl<'a> ArticleView<'a> {
    /// The article's text.
    #[must_use]
    pub fn text(&self) -> &'a str {
        &self.article.text
    }

    /// The text of a span; empty for one outside the text (which validation keeps out of layers).
    #[must_use]
    pub fn slice(&self, span: Span) -> &'a str {
        span.slice(&self.article.text).unwrap_or_default()
    }

    /// The paragraphs; empty where no stage has written them.
    #[must_use]
    pub fn paragraphs(&self) -> &'a [Paragraph] {
        self.layers.paragraphs.as_deref().unwrap_or_default()
    }

    /// The sentences; empty where no stage has written them.
    #[must_use]
    pub fn sentences(&self) -> &'a [Sentence] {
        self.layers.sentences.as_deref().unwrap_or_default()
    }

    /// The sentences of paragraph `paragraph_idx`, each with its index.
    pub fn sentences_of(
        &self,
        paragraph_idx: u32,
    ) -> impl Iterator<Item = (u32, &'a Sentence)> + use<'a> {
        let sentences = self.sentences();
        // Sentences are sorted by position, so those of a paragraph stand together.
        let first = sentences.partition_point(|s| s.paragraph_idx < paragraph_idx);
        (0_u32..)
            .zip(sentences)
            .skip(first)
            .take_while(move |(_, sentence)| sentence.paragraph_idx == paragraph_idx)
    }

    /// The embeddings, where a stage has made some.
    #[must_use]
    pub fn embeddings(&self) -> Option<&'a Embeddings> {
        self.layers.embeddings.as_ref()
    }

    /// The entities; empty where no stage has written them.
    #[must_use]
    pub fn entities(&self) -> &'a [Entity] {
        self.layers.entities.as_deref().unwrap_or_default()
    }
}

/// A stage that sees articles one batch at a time and nothing else.
///
/// It reads and returns; the runner validates what comes back (spans inside the text, the declared
/// layer only) and merges it. **An article's rows may depend on nothing but the article**: not on
/// its neighbours in the batch, not on the thread, not on what came before.
pub trait MapStage: Send + Sync {
    /// What the stage is.
    fn info(&self) -> &StageInfo;

    /// Annotates a batch: one result for each article, in order. An error is that article's alone.
    fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>>;
}

/// A stage that compares articles with each other: it makes a signature of each, and joins them when
/// all are there, also with those of earlier runs.
pub trait CorpusStage: Send + Sync {
    /// What the stage is.
    fn info(&self) -> &StageInfo;

    /// The signature of one article; depends on nothing but the article.
    ///
    /// # Errors
    /// Where this article can't have one; it becomes a dead letter.
    fn signature(&self, view: &ArticleView<'_>) -> Result<Signature, StageError>;

    /// Gives `found` the verified pairs in which at least one article is new, each once, in no
    /// particular order and from any thread. The corpus and the pairs may be larger than the memory:
    /// [`CorpusStore`] says how to go through the one, `found` takes the others as they come.
    ///
    /// # Errors
    /// Where the join as a whole fails.
    fn join(
        &self,
        corpus: &dyn CorpusStore,
        found: &(dyn Fn(DuplicatePair) + Sync),
    ) -> Result<JoinCounts, StageError>;

    /// The pairs of [`CorpusStage::join`], sorted by key, all in memory.
    ///
    /// # Errors
    /// Where the join fails.
    fn pairs(&self, corpus: &dyn CorpusStore) -> Result<Vec<DuplicatePair>, StageError> {
        let pairs = Mutex::new(Vec::new());
        self.join(corpus, &|pair| {
            pairs.lock().unwrap_or_else(PoisonError::into_inner).push(pair);
        })?;
        let mut pairs = pairs.into_inner().unwrap_or_else(PoisonError::into_inner);
        pairs.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
        Ok(pairs)
    }

    /// The clusters that all pairs (of this run and of earlier ones, sorted by key, without texts and
    /// alignments) make, sorted by key.
    fn clusters(&self, pairs: &[DuplicatePair]) -> Vec<ClusterRow>;
}

/// A built stage.
#[derive(Clone)]
pub enum Stage {
    /// Runs on each article alone.
    Map(Arc<dyn MapStage>),
    /// Compares articles.
    Corpus(Arc<dyn CorpusStage>),
}

impl Stage {
    /// Wraps a map stage.
    pub fn map(stage: impl MapStage + 'static) -> Self {
        Self::Map(Arc::new(stage))
    }

    /// Wraps a corpus stage.
    pub fn corpus(stage: impl CorpusStage + 'static) -> Self {
        Self::Corpus(Arc::new(stage))
    }

    /// What the stage is.
    #[must_use]
    pub fn info(&self) -> &StageInfo {
        match self {
            Self::Map(stage) => stage.info(),
            Self::Corpus(stage) => stage.info(),
        }
    }
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stage").field(&self.info().implementation).finish()
    }
}
