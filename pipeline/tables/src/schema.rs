//! The tables and their schemas.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use postil_contract::Layer;

/// Version of the schemas, in every file's footer as `postil.schema_version`.
pub const SCHEMA_VERSION: &str = "1";
/// What `char_start` and `char_end` count, in every file's footer as `postil.offset_unit`.
pub const OFFSET_UNIT: &str = "unicode_code_point";
/// Which ends a span includes, in every file's footer as `postil.interval`.
pub const INTERVAL: &str = "half_open";
/// Length of the `embedding` column where no row has one: that of the built-in model.
pub const EMBEDDING_DIM: i32 = 384;

/// A table of the output.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableId {
    /// The texts with their metadata.
    Articles,
    /// Their paragraphs.
    Paragraphs,
    /// Their sentences.
    Sentences,
    /// Their mentions of names and dates.
    Entities,
    /// Their stances towards targets.
    Stances,
    /// Verified pairs of paragraphs that repeat each other.
    Duplicates,
    /// Clusters of such paragraphs.
    DuplicateClusters,
    /// What the next run joins duplicates on.
    Signatures,
    /// What was done to each article.
    Coverage,
    /// What ran.
    Runs,
    /// Articles that failed, and why.
    DeadLetters,
    /// A stage author's own layer, by its name.
    Custom(String),
}

impl TableId {
    /// The tables every dataset has.
    pub const BUILT_IN: [Self; 11] = [
        Self::Articles,
        Self::Paragraphs,
        Self::Sentences,
        Self::Entities,
        Self::Stances,
        Self::Duplicates,
        Self::DuplicateClusters,
        Self::Signatures,
        Self::Coverage,
        Self::Runs,
        Self::DeadLetters,
    ];

    /// The table's name and folder.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Articles => "articles",
            Self::Paragraphs => "paragraphs",
            Self::Sentences => "sentences",
            Self::Entities => "entities",
            Self::Stances => "stances",
            Self::Duplicates => "duplicates",
            Self::DuplicateClusters => "duplicate_clusters",
            Self::Signatures => "signatures",
            Self::Coverage => "coverage",
            Self::Runs => "runs",
            Self::DeadLetters => "dead_letters",
            Self::Custom(name) => name,
        }
    }

    /// The table of a name; a name of none of ours is a custom layer's.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::BUILT_IN
            .into_iter()
            .find(|table| table.name() == name)
            .unwrap_or_else(|| Self::Custom(name.to_owned()))
    }

    /// The table a map or corpus stage's layer is written to; `None` for embeddings, which have none.
    #[must_use]
    pub fn of_layer(layer: &Layer) -> Option<Self> {
        match layer {
            Layer::Paragraphs => Some(Self::Paragraphs),
            Layer::Sentences => Some(Self::Sentences),
            Layer::Embeddings => None,
            Layer::Entities => Some(Self::Entities),
            Layer::Stances => Some(Self::Stances),
            Layer::Duplicates => Some(Self::Signatures),
            Layer::Custom(name) => Some(Self::Custom(name.clone())),
        }
    }

    /// The columns that name a row, in the order by which every file is sorted.
    #[must_use]
    pub fn key(&self) -> Vec<String> {
        let names: &[&str] = match self {
            Self::Articles => &["article_id"],
            Self::Paragraphs | Self::DuplicateClusters | Self::Signatures => {
                &["article_id", "paragraph_idx"]
            }
            Self::Sentences => &["article_id", "sentence_idx"],
            Self::Entities => &["article_id", "entity_idx"],
            Self::Stances => &["article_id", "stance_idx"],
            Self::Duplicates => {
                &["a_article_id", "a_paragraph_idx", "b_article_id", "b_paragraph_idx"]
            }
            Self::Coverage => &["article_id", "stage"],
            Self::Runs => &["run_id", "stage"],
            Self::DeadLetters => &["run_id", "source"],
            Self::Custom(name) => return vec!["article_id".to_owned(), format!("{name}_idx")],
        };
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// The columns that hold an article's id.
    #[must_use]
    pub const fn article_columns(&self) -> &'static [&'static str] {
        match self {
            Self::Duplicates => &["a_article_id", "b_article_id"],
            Self::Runs => &[],
            _ => &["article_id"],
        }
    }

    /// The table's schema. For [`TableId::Custom`] the columns that every such table has; for
    /// [`TableId::Signatures`] with embeddings of [`EMBEDDING_DIM`].
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        let fields = match self {
            Self::Articles => vec![
                text("article_id"),
                text("source"),
                text("title").with_nullable(true),
                timestamp("published_at").with_nullable(true),
                text("published_raw").with_nullable(true),
                label("lang").with_nullable(true),
                text("text"),
                int("n_chars"),
                int("n_words"),
                text("text_hash"),
                label("run_id"),
                text("metadata").with_nullable(true),
            ],
            Self::Paragraphs => vec![
                text("article_id"),
                int("paragraph_idx"),
                int("char_start"),
                int("char_end"),
                text("text"),
                label("kind"),
                int("n_words"),
                Field::new("fingerprint", DataType::Int64, false),
            ],
            Self::Sentences => vec![
                text("article_id"),
                int("sentence_idx"),
                int("paragraph_idx"),
                int("char_start"),
                int("char_end"),
                text("text"),
            ],
            Self::Entities => vec![
                text("article_id"),
                int("entity_idx"),
                int("sentence_idx").with_nullable(true),
                int("paragraph_idx"),
                int("char_start"),
                int("char_end"),
                text("text"),
                label("label"),
                float("score"),
                text("canonical"),
                text("canonical_id").with_nullable(true),
                text("normalized").with_nullable(true),
                label("model"),
            ],
            Self::Stances => vec![
                text("article_id"),
                int("stance_idx"),
                label("unit"),
                int("unit_idx").with_nullable(true),
                int("char_start"),
                int("char_end"),
                label("target_id"),
                label("target"),
                label("target_kind"),
                label("holder_kind"),
                text("holder").with_nullable(true),
                int("holder_entity_idx").with_nullable(true),
                label("label"),
                label("stance"),
                float("score"),
                float("p_favor").with_nullable(true),
                float("p_against").with_nullable(true),
                float("p_neutral").with_nullable(true),
                float("relevance").with_nullable(true),
                label("model"),
            ],
            Self::Duplicates => vec![
                text("a_article_id"),
                int("a_paragraph_idx"),
                text("b_article_id"),
                int("b_paragraph_idx"),
                label("kind"),
                float("jaccard"),
                float("containment_a_in_b"),
                float("containment_b_in_a"),
                float("cosine").with_nullable(true),
                Field::new("aligned", DataType::List(Arc::new(aligned_item())), false),
                text("a_text"),
                text("b_text"),
            ],
            Self::DuplicateClusters => vec![
                text("article_id"),
                int("paragraph_idx"),
                text("cluster_id"),
                label("role"),
                int("size"),
            ],
            Self::Signatures => signature_fields(EMBEDDING_DIM),
            Self::Coverage => vec![
                text("article_id"),
                label("stage"),
                text("stage_hash"),
                label("model").with_nullable(true),
                label("run_id"),
                label("status"),
                text("reason").with_nullable(true),
                int("chars_read"),
                int("n_rows"),
            ],
            Self::Runs => vec![
                label("run_id"),
                label("stage"),
                label("implementation"),
                int("version"),
                label("model").with_nullable(true),
                text("model_sha256").with_nullable(true),
                text("config_json"),
                timestamp("started_at"),
                Field::new("seconds", DataType::Float64, false),
                int("articles"),
                int("failed"),
            ],
            Self::DeadLetters => vec![
                label("run_id"),
                text("source"),
                text("article_id").with_nullable(true),
                label("stage").with_nullable(true),
                text("error"),
                text("content_hash").with_nullable(true),
            ],
            Self::Custom(name) => custom_fields(name),
        };
        Arc::new(Schema::new(fields))
    }
}

impl std::fmt::Display for TableId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The columns of `signatures` for embeddings of `dim` numbers.
pub(crate) fn signature_fields(dim: i32) -> Vec<Field> {
    let half = Arc::new(Field::new("item", DataType::Float16, false));
    let list = |kind| DataType::List(Arc::new(Field::new("item", kind, false)));
    vec![
        text("article_id"),
        int("paragraph_idx"),
        int("signature_version"),
        Field::new("bands", list(DataType::Int64), false),
        Field::new("embedding", DataType::FixedSizeList(half, dim), true),
        Field::new("sentence_codes", list(DataType::Int8), false),
        label("model").with_nullable(true),
    ]
}

/// The columns that every custom layer's table begins with.
pub(crate) fn custom_fields(name: &str) -> Vec<Field> {
    vec![
        text("article_id"),
        int(&format!("{name}_idx")),
        int("char_start").with_nullable(true),
        int("char_end").with_nullable(true),
        text("text").with_nullable(true),
    ]
}

/// One element of the column `aligned`.
pub(crate) fn aligned_item() -> Field {
    Field::new("item", DataType::Struct(aligned_fields()), false)
}

pub(crate) fn aligned_fields() -> Fields {
    Fields::from(vec![int("a_sentence_idx"), int("b_sentence_idx"), float("score")])
}

pub(crate) fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

/// Closed vocabularies and labels: Categorical in Polars, VARCHAR in DuckDB, also where two files
/// have different dictionaries.
pub(crate) fn label(name: &str) -> Field {
    let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    Field::new(name, kind, false)
}

/// Signed, because unsigned columns wrap in Polars and fail in DuckDB when subtracted.
fn int(name: &str) -> Field {
    Field::new(name, DataType::Int32, false)
}

fn float(name: &str) -> Field {
    Field::new(name, DataType::Float32, false)
}

/// Naive UTC.
fn timestamp(name: &str) -> Field {
    Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, None), false)
}
