//! Layers and run records as record batches, sorted by their key.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, BooleanBuilder, FixedSizeListBuilder, Float16Builder, Float32Builder,
    Float64Array, Float64Builder, Int8Builder, Int32Builder, Int64Array, Int64Builder, ListBuilder,
    RecordBatch, StringBuilder, StringDictionaryBuilder, StructBuilder,
};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use half::f16;
use postil_contract::{
    Article, ClusterRow, CodePoints, Column, ColumnType, CustomLayer, DuplicatePair, LayerSet,
    ParagraphKind, Span, Value,
};

use crate::columns::{Columns, index32, int32};
use crate::error::TableError;
use crate::read::text_column;
use crate::schema::{
    EMBEDDING_DIM, TableId, aligned_fields, aligned_item, custom_fields, label, signature_fields,
    text,
};

/// A row of `articles`, beside the article itself.
#[derive(Debug, Clone)]
pub struct ArticleRow<'a> {
    /// The article.
    pub article: &'a Article,
    /// Its layers: the title and the number of words come from the paragraphs.
    pub layers: &'a LayerSet,
    /// [`Article::content_hash`], which whoever decides on an article has at hand.
    pub content_hash: &'a str,
    /// The run that wrote it.
    pub run_id: &'a str,
}

/// What became of an article in a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoverageStatus {
    /// Annotated.
    Ok,
    /// Passed over: the stage does not know the article's language.
    SkippedLanguage,
    /// Failed: there is a dead letter.
    Failed,
    /// Longer than the stage takes.
    TooLong,
}

impl CoverageStatus {
    /// The name used in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::SkippedLanguage => "skipped_language",
            Self::Failed => "failed",
            Self::TooLong => "too_long",
        }
    }

    /// The status of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Ok, Self::SkippedLanguage, Self::Failed, Self::TooLong]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}

/// A row of `coverage`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRow {
    /// The article.
    pub article_id: String,
    /// The layer that the stage provides.
    pub stage: String,
    /// Hash of everything that decides the stage's rows.
    pub stage_hash: String,
    /// The stage's model, if any.
    pub model: Option<String>,
    /// The run that wrote it.
    pub run_id: String,
    /// What became of it.
    pub status: CoverageStatus,
    /// Why, where not ok.
    pub reason: Option<String>,
    /// Code points of the text that the stage read.
    pub chars_read: usize,
    /// Rows it wrote.
    pub n_rows: usize,
}

/// A row of `runs`.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    /// The run.
    pub run_id: String,
    /// The layer that the stage provides.
    pub stage: String,
    /// The implementation's name.
    pub implementation: String,
    /// Its version.
    pub version: u32,
    /// Its model's name.
    pub model: Option<String>,
    /// The hash of its model's weights.
    pub model_sha256: Option<String>,
    /// The options in force, as JSON.
    pub config_json: String,
    /// Start of the run, microseconds since 1970-01-01T00:00 UTC.
    pub started_at: i64,
    /// Time spent in the stage, seconds summed over threads.
    pub seconds: f64,
    /// Articles it annotated.
    pub articles: usize,
    /// Articles it failed on.
    pub failed: usize,
}

/// A row of `dead_letters`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetterRow {
    /// The run.
    pub run_id: String,
    /// Where the article was read from.
    pub source: String,
    /// Its id, where it came so far.
    pub article_id: Option<String>,
    /// The stage that failed; `None` where reading failed.
    pub stage: Option<String>,
    /// Why.
    pub error: String,
    /// The article's content hash, where it came so far.
    pub content_hash: Option<String>,
}

/// A batch without rows.
#[must_use]
pub fn empty_batch(table: &TableId) -> RecordBatch {
    RecordBatch::new_empty(table.schema())
}

/// `articles`, sorted by id.
///
/// # Errors
/// Where a count is beyond 32 bits.
pub fn articles_to_batch(rows: &[ArticleRow<'_>]) -> Result<RecordBatch, TableError> {
    let mut rows: Vec<&ArticleRow<'_>> = rows.iter().collect();
    rows.sort_by(|a, b| a.article.id.cmp(&b.article.id));
    let mut columns = Columns::new("articles", TableId::Articles.schema());
    columns.expect_text("text", rows.len(), rows.iter().map(|row| row.article.text.len()).sum());
    for ArticleRow { article, layers, content_hash, run_id } in rows {
        let paragraphs = layers.paragraphs.as_deref().unwrap_or_default();
        let title = article.title.as_deref().or_else(|| {
            let title = paragraphs.iter().find(|p| p.kind == ParagraphKind::Title)?;
            title.span.slice(&article.text)
        });
        let n_words: usize = match layers.paragraphs.is_some() {
            true => paragraphs.iter().map(|p| p.n_words as usize).sum(),
            false => article.text.split_whitespace().count(),
        };
        columns.text("article_id", article.id.as_str());
        columns.text("source", article.source.as_str());
        columns.text("title", title);
        columns.timestamp("published_at", article.published_at);
        columns.text("published_raw", article.published_raw.as_deref());
        columns.text("lang", article.lang.as_deref());
        columns.text("text", article.text.as_str());
        columns.int("n_chars", int32("n_chars", article.text.chars().count())?);
        columns.int("n_words", int32("n_words", n_words)?);
        columns.text("text_hash", *content_hash);
        columns.text("run_id", *run_id);
        columns.text("metadata", article.metadata.as_deref());
    }
    columns.finish()
}

/// The tables of the layers present in any of the articles, sorted by key. A layer that is there but
/// has no row gives a batch without rows.
///
/// # Errors
/// Where an offset is beyond 32 bits, or two articles give one custom layer other columns.
pub fn layers_to_batches(
    articles: &[(&Article, &LayerSet)],
) -> Result<BTreeMap<TableId, RecordBatch>, TableError> {
    let layers = LayerTables::new(articles);
    layers.tables().into_iter().map(|table| Ok((table.clone(), layers.batch(&table)?))).collect()
}

/// The layers of some articles, to be made into tables one at a time: together those are larger than
/// the layers.
pub struct LayerTables<'a> {
    articles: Vec<ArticleLayers<'a>>,
}

impl<'a> LayerTables<'a> {
    /// The layers of these articles.
    #[must_use]
    pub fn new(articles: &[(&'a Article, &'a LayerSet)]) -> Self {
        let mut articles = articles.to_vec();
        articles.sort_by(|a, b| a.0.id.cmp(&b.0.id));
        let articles = articles
            .into_iter()
            .map(|(article, layers)| ArticleLayers {
                id: &article.id,
                text: &article.text,
                points: CodePoints::new(&article.text),
                layers,
            })
            .collect();
        Self { articles }
    }

    /// The tables of the layers present in any of the articles.
    #[must_use]
    pub fn tables(&self) -> Vec<TableId> {
        let any = |present: fn(&LayerSet) -> bool| self.articles.iter().any(|a| present(a.layers));
        let built_in = [
            (TableId::Paragraphs, any(|layers| layers.paragraphs.is_some())),
            (TableId::Sentences, any(|layers| layers.sentences.is_some())),
            (TableId::Entities, any(|layers| layers.entities.is_some())),
            (TableId::Stances, any(|layers| layers.stances.is_some())),
            (TableId::Signatures, any(|layers| layers.signature.is_some())),
        ];
        let names: BTreeSet<&str> = self
            .articles
            .iter()
            .flat_map(|a| &a.layers.custom)
            .map(|layer| layer.name.as_str())
            .collect();
        let built_in = built_in.into_iter().filter(|(_, is_there)| *is_there);
        built_in
            .map(|(table, _)| table)
            .chain(names.into_iter().map(|name| TableId::Custom(name.to_owned())))
            .collect()
    }

    /// The rows of one of the tables, sorted by key.
    ///
    /// # Errors
    /// Where an offset is beyond 32 bits, or two articles give one custom layer other columns.
    pub fn batch(&self, table: &TableId) -> Result<RecordBatch, TableError> {
        match table {
            TableId::Paragraphs => paragraphs(&self.articles),
            TableId::Sentences => sentences(&self.articles),
            TableId::Entities => entities(&self.articles),
            TableId::Stances => stances(&self.articles),
            TableId::Signatures => signatures(&self.articles),
            TableId::Custom(name) => custom(name, &self.articles),
            other => Ok(empty_batch(other)),
        }
    }
}

struct ArticleLayers<'a> {
    id: &'a str,
    text: &'a str,
    points: CodePoints<'a>,
    layers: &'a LayerSet,
}

impl<'a> ArticleLayers<'a> {
    fn slice(&self, span: Span) -> &'a str {
        span.slice(self.text).unwrap_or_default()
    }

    fn offsets(&self, columns: &mut Columns, span: Span) -> Result<(), TableError> {
        let (start, end) = self.points.span(span);
        columns.int("char_start", int32("char_start", start)?);
        columns.int("char_end", int32("char_end", end)?);
        Ok(())
    }
}

/// Makes room for the texts of these spans.
fn expect_spans<I: Iterator<Item = Span>>(columns: &mut Columns, spans: impl Fn() -> I) {
    let bytes = spans().map(|span| span.end.saturating_sub(span.start)).sum();
    columns.expect_text("text", spans().count(), bytes);
}

fn paragraphs(articles: &[ArticleLayers<'_>]) -> Result<RecordBatch, TableError> {
    let mut columns = Columns::new("paragraphs", TableId::Paragraphs.schema());
    expect_spans(&mut columns, || {
        let rows = articles.iter().flat_map(|a| a.layers.paragraphs.as_deref().unwrap_or_default());
        rows.map(|row| row.span)
    });
    let mut fingerprints = Vec::new();
    for article in articles {
        let rows = article.layers.paragraphs.as_deref().unwrap_or_default();
        for (idx, row) in rows.iter().enumerate() {
            columns.text("article_id", article.id);
            columns.int("paragraph_idx", int32("paragraph_idx", idx)?);
            article.offsets(&mut columns, row.span)?;
            columns.text("text", article.slice(row.span));
            columns.text("kind", row.kind.as_str());
            columns.int("n_words", index32("n_words", row.n_words)?);
            fingerprints.push(row.fingerprint);
        }
    }
    columns.whole("fingerprint", Arc::new(Int64Array::from(fingerprints)));
    columns.finish()
}

fn sentences(articles: &[ArticleLayers<'_>]) -> Result<RecordBatch, TableError> {
    let mut columns = Columns::new("sentences", TableId::Sentences.schema());
    expect_spans(&mut columns, || {
        let rows = articles.iter().flat_map(|a| a.layers.sentences.as_deref().unwrap_or_default());
        rows.map(|row| row.span)
    });
    for article in articles {
        let rows = article.layers.sentences.as_deref().unwrap_or_default();
        for (idx, row) in rows.iter().enumerate() {
            columns.text("article_id", article.id);
            columns.int("sentence_idx", int32("sentence_idx", idx)?);
            columns.int("paragraph_idx", index32("paragraph_idx", row.paragraph_idx)?);
            article.offsets(&mut columns, row.span)?;
            columns.text("text", article.slice(row.span));
        }
    }
    columns.finish()
}

fn entities(articles: &[ArticleLayers<'_>]) -> Result<RecordBatch, TableError> {
    let mut columns = Columns::new("entities", TableId::Entities.schema());
    for article in articles {
        let rows = article.layers.entities.as_deref().unwrap_or_default();
        for (idx, row) in rows.iter().enumerate() {
            let sentence_idx =
                row.sentence_idx.map(|idx| index32("sentence_idx", idx)).transpose()?;
            columns.text("article_id", article.id);
            columns.int("entity_idx", int32("entity_idx", idx)?);
            columns.int("sentence_idx", sentence_idx);
            columns.int("paragraph_idx", index32("paragraph_idx", row.paragraph_idx)?);
            article.offsets(&mut columns, row.span)?;
            columns.text("text", article.slice(row.span));
            columns.text("label", row.label.as_str());
            columns.float("score", row.score);
            columns.text("canonical", row.canonical.as_str());
            columns.text("canonical_id", row.canonical_id.as_deref());
            columns.text("normalized", row.normalized.as_deref());
            columns.text("model", row.model.as_str());
        }
    }
    columns.finish()
}

fn stances(articles: &[ArticleLayers<'_>]) -> Result<RecordBatch, TableError> {
    let mut columns = Columns::new("stances", TableId::Stances.schema());
    for article in articles {
        let rows = article.layers.stances.as_deref().unwrap_or_default();
        for (idx, row) in rows.iter().enumerate() {
            let holder_entity_idx =
                row.holder_entity_idx.map(|idx| index32("holder_entity_idx", idx)).transpose()?;
            let unit_idx = row.unit_idx.map(|idx| index32("unit_idx", idx)).transpose()?;
            columns.text("article_id", article.id);
            columns.int("stance_idx", int32("stance_idx", idx)?);
            columns.text("unit", row.unit.as_str());
            columns.int("unit_idx", unit_idx);
            article.offsets(&mut columns, row.span)?;
            columns.text("target_id", row.target_id.as_str());
            columns.text("target", row.target.as_str());
            columns.text("target_kind", row.target_kind.as_str());
            columns.text("holder_kind", row.holder_kind.as_str());
            columns.text("holder", row.holder.as_deref());
            columns.int("holder_entity_idx", holder_entity_idx);
            columns.text("label", row.label.as_str());
            columns.text("stance", row.stance.as_str());
            columns.float("score", row.score);
            columns.float("p_favor", row.p_favor);
            columns.float("p_against", row.p_against);
            columns.float("p_neutral", row.p_neutral);
            columns.float("relevance", row.relevance);
            columns.text("model", row.model.as_str());
        }
    }
    columns.finish()
}

fn signatures(articles: &[ArticleLayers<'_>]) -> Result<RecordBatch, TableError> {
    let rows = || {
        articles
            .iter()
            .filter_map(|article| Some((article, article.layers.signature.as_ref()?)))
            .flat_map(|(article, signature)| {
                signature.paragraphs.iter().map(move |row| (article, signature, row))
            })
    };
    let dim = rows()
        .map(|(_, _, row)| row.embedding.len())
        .find(|len| *len > 0)
        .map_or(Ok(EMBEDDING_DIM), |len| int32("embedding", len))?;
    let schema = Arc::new(Schema::new(signature_fields(dim)));
    let item = |kind| Field::new("item", kind, false);
    let mut bands = ListBuilder::new(Int64Builder::new()).with_field(item(DataType::Int64));
    let mut codes = ListBuilder::new(Int8Builder::new()).with_field(item(DataType::Int8));
    let mut embeddings =
        FixedSizeListBuilder::new(Float16Builder::new(), dim).with_field(item(DataType::Float16));
    let mut columns = Columns::new("signatures", schema);
    for (article, signature, row) in rows() {
        columns.text("article_id", article.id);
        columns.int("paragraph_idx", index32("paragraph_idx", row.paragraph_idx)?);
        columns.int("signature_version", index32("signature_version", signature.version)?);
        columns.text("model", signature.model.as_deref());
        bands.values().append_slice(&row.bands);
        bands.append(true);
        codes.values().append_slice(&row.sentence_codes);
        codes.append(true);
        let has_embedding = row.embedding.len() == dim as usize;
        for at in 0..dim as usize {
            let value = row.embedding.get(at).copied().filter(|_| has_embedding).unwrap_or(0.0);
            embeddings.values().append_value(f16::from_f32(value));
        }
        embeddings.append(has_embedding);
    }
    columns.whole("bands", Arc::new(bands.finish()));
    columns.whole("embedding", Arc::new(embeddings.finish()));
    columns.whole("sentence_codes", Arc::new(codes.finish()));
    columns.finish()
}

/// The values of one column of a custom layer.
enum CustomBuilder {
    Label(StringDictionaryBuilder<Int32Type>),
    Text(StringBuilder),
    Int(Int32Builder),
    Float(Float64Builder),
    Bool(BooleanBuilder),
}

impl CustomBuilder {
    fn new(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Label => Self::Label(StringDictionaryBuilder::new()),
            ColumnType::Text => Self::Text(StringBuilder::new()),
            ColumnType::Int => Self::Int(Int32Builder::new()),
            ColumnType::Float => Self::Float(Float64Builder::new()),
            ColumnType::Bool => Self::Bool(BooleanBuilder::new()),
        }
    }

    /// Appends the value; null where it is of another type (validation refuses those before).
    fn append(&mut self, value: &Value) {
        match (self, value) {
            (Self::Label(builder), Value::Text(value)) => builder.append_value(value),
            (Self::Label(builder), _) => builder.append_null(),
            (Self::Text(builder), Value::Text(value)) => builder.append_value(value),
            (Self::Text(builder), _) => builder.append_null(),
            (Self::Int(builder), Value::Int(value)) => builder.append_value(*value),
            (Self::Int(builder), _) => builder.append_null(),
            (Self::Float(builder), Value::Float(value)) => builder.append_value(*value),
            (Self::Float(builder), _) => builder.append_null(),
            (Self::Bool(builder), Value::Bool(value)) => builder.append_value(*value),
            (Self::Bool(builder), _) => builder.append_null(),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Label(mut builder) => Arc::new(builder.finish()),
            Self::Text(mut builder) => Arc::new(builder.finish()),
            Self::Int(mut builder) => Arc::new(builder.finish()),
            Self::Float(mut builder) => Arc::new(builder.finish()),
            Self::Bool(mut builder) => Arc::new(builder.finish()),
        }
    }
}

fn custom(name: &str, articles: &[ArticleLayers<'_>]) -> Result<RecordBatch, TableError> {
    let layers: Vec<(&ArticleLayers<'_>, &CustomLayer)> = articles
        .iter()
        .filter_map(|article| {
            Some((article, article.layers.custom.iter().find(|layer| layer.name == name)?))
        })
        .collect();
    let own: Vec<Column> = layers.first().map(|(_, l)| l.columns.clone()).unwrap_or_default();
    if let Some((article, _)) = layers.iter().find(|(_, layer)| layer.columns != own) {
        return Err(TableError::Row {
            table: name.to_owned(),
            article_id: article.id.to_owned(),
            reason: "its columns are not those of the other articles".to_owned(),
        });
    }
    let mut fields = custom_fields(name);
    let base = Arc::new(Schema::new(fields.clone()));
    let mut columns = Columns::new(name, base);
    let mut builders: Vec<CustomBuilder> =
        own.iter().map(|column| CustomBuilder::new(column.kind)).collect();
    let idx_column = format!("{name}_idx");
    for (article, layer) in layers {
        for (idx, (span, values)) in layer.rows.iter().enumerate() {
            columns.text("article_id", article.id);
            columns.int(&idx_column, int32("row", idx)?);
            match span {
                Some(span) => article.offsets(&mut columns, *span)?,
                None => {
                    columns.int("char_start", None);
                    columns.int("char_end", None);
                }
            }
            columns.text("text", span.map(|span| article.slice(span)));
            for (at, builder) in builders.iter_mut().enumerate() {
                builder.append(values.get(at).unwrap_or(&Value::Null));
            }
        }
    }
    let base = columns.finish()?;
    fields.extend(own.iter().map(|column| {
        let field = match column.kind {
            ColumnType::Label => label(&column.name),
            ColumnType::Text => text(&column.name),
            ColumnType::Int => Field::new(&column.name, DataType::Int32, true),
            ColumnType::Float => Field::new(&column.name, DataType::Float64, true),
            ColumnType::Bool => Field::new(&column.name, DataType::Boolean, true),
        };
        field.with_nullable(true)
    }));
    let mut arrays = base.columns().to_vec();
    arrays.extend(builders.into_iter().map(CustomBuilder::finish));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(TableError::arrow(name))
}

/// `duplicates`, sorted by key.
///
/// # Errors
/// Where an index is beyond 32 bits.
pub fn pairs_to_batch(pairs: &[DuplicatePair]) -> Result<RecordBatch, TableError> {
    let mut pairs: Vec<&DuplicatePair> = pairs.iter().collect();
    pairs.sort_by(|a, b| (&a.a, &a.b).cmp(&(&b.a, &b.b)));
    let mut columns = Columns::new("duplicates", TableId::Duplicates.schema());
    let mut aligned = ListBuilder::new(StructBuilder::new(
        aligned_fields(),
        vec![
            Box::new(Int32Builder::new()),
            Box::new(Int32Builder::new()),
            Box::new(Float32Builder::new()),
        ],
    ))
    .with_field(aligned_item());
    for pair in pairs {
        columns.text("a_article_id", pair.a.article_id.as_str());
        columns.int("a_paragraph_idx", index32("paragraph_idx", pair.a.paragraph_idx)?);
        columns.text("b_article_id", pair.b.article_id.as_str());
        columns.int("b_paragraph_idx", index32("paragraph_idx", pair.b.paragraph_idx)?);
        columns.text("kind", pair.kind.as_str());
        columns.float("jaccard", pair.jaccard);
        columns.float("containment_a_in_b", pair.containment_a_in_b);
        columns.float("containment_b_in_a", pair.containment_b_in_a);
        columns.float("cosine", pair.cosine);
        for row in &pair.aligned {
            let item = aligned.values();
            if let Some(builder) = item.field_builder::<Int32Builder>(0) {
                builder.append_value(index32("sentence_idx", row.a_sentence_idx)?);
            }
            if let Some(builder) = item.field_builder::<Int32Builder>(1) {
                builder.append_value(index32("sentence_idx", row.b_sentence_idx)?);
            }
            if let Some(builder) = item.field_builder::<Float32Builder>(2) {
                builder.append_value(row.score);
            }
            item.append(true);
        }
        aligned.append(true);
        columns.text("a_text", pair.a_text.as_str());
        columns.text("b_text", pair.b_text.as_str());
    }
    columns.whole("aligned", Arc::new(aligned.finish()));
    columns.finish()
}

/// `duplicate_clusters`, sorted by key.
///
/// # Errors
/// Where an index is beyond 32 bits.
pub fn clusters_to_batch(rows: &[ClusterRow]) -> Result<RecordBatch, TableError> {
    let mut rows: Vec<&ClusterRow> = rows.iter().collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    let mut columns = Columns::new("duplicate_clusters", TableId::DuplicateClusters.schema());
    for row in rows {
        columns.text("article_id", row.key.article_id.as_str());
        columns.int("paragraph_idx", index32("paragraph_idx", row.key.paragraph_idx)?);
        columns.text("cluster_id", row.cluster_id.as_str());
        columns.text("role", row.role.as_str());
        columns.int("size", index32("size", row.size)?);
    }
    columns.finish()
}

/// `coverage`, sorted by key.
///
/// # Errors
/// Where a count is beyond 32 bits.
pub fn coverage_to_batch(rows: &[CoverageRow]) -> Result<RecordBatch, TableError> {
    let mut rows: Vec<&CoverageRow> = rows.iter().collect();
    rows.sort_by(|a, b| (&a.article_id, &a.stage).cmp(&(&b.article_id, &b.stage)));
    let mut columns = Columns::new("coverage", TableId::Coverage.schema());
    for row in rows {
        columns.text("article_id", row.article_id.as_str());
        columns.text("stage", row.stage.as_str());
        columns.text("stage_hash", row.stage_hash.as_str());
        columns.text("model", row.model.as_deref());
        columns.text("run_id", row.run_id.as_str());
        columns.text("status", row.status.as_str());
        columns.text("reason", row.reason.as_deref());
        columns.int("chars_read", int32("chars_read", row.chars_read)?);
        columns.int("n_rows", int32("n_rows", row.n_rows)?);
    }
    columns.finish()
}

/// `runs`, sorted by key.
///
/// # Errors
/// Where a count is beyond 32 bits.
pub fn runs_to_batch(rows: &[RunRow]) -> Result<RecordBatch, TableError> {
    let mut rows: Vec<&RunRow> = rows.iter().collect();
    rows.sort_by(|a, b| (&a.run_id, &a.stage).cmp(&(&b.run_id, &b.stage)));
    let seconds: Vec<f64> = rows.iter().map(|row| row.seconds).collect();
    let mut columns = Columns::new("runs", TableId::Runs.schema());
    for row in rows {
        columns.text("run_id", row.run_id.as_str());
        columns.text("stage", row.stage.as_str());
        columns.text("implementation", row.implementation.as_str());
        columns.int("version", index32("version", row.version)?);
        columns.text("model", row.model.as_deref());
        columns.text("model_sha256", row.model_sha256.as_deref());
        columns.text("config_json", row.config_json.as_str());
        columns.timestamp("started_at", row.started_at);
        columns.int("articles", int32("articles", row.articles)?);
        columns.int("failed", int32("failed", row.failed)?);
    }
    columns.whole("seconds", Arc::new(Float64Array::from(seconds)));
    columns.finish()
}

/// `dead_letters`, sorted by key.
///
/// # Errors
/// Where Arrow refuses the batch.
pub fn dead_letters_to_batch(rows: &[DeadLetterRow]) -> Result<RecordBatch, TableError> {
    let mut rows: Vec<&DeadLetterRow> = rows.iter().collect();
    rows.sort_by(|a, b| (&a.run_id, &a.source).cmp(&(&b.run_id, &b.source)));
    let mut columns = Columns::new("dead_letters", TableId::DeadLetters.schema());
    for row in rows {
        columns.text("run_id", row.run_id.as_str());
        columns.text("source", row.source.as_str());
        columns.text("article_id", row.article_id.as_deref());
        columns.text("stage", row.stage.as_deref());
        columns.text("error", row.error.as_str());
        columns.text("content_hash", row.content_hash.as_deref());
    }
    columns.finish()
}

/// The rows that speak of none of these articles; `None` where every row stays.
///
/// # Errors
/// Where a column of article ids is missing.
pub fn without_articles(
    table: &TableId,
    batch: &RecordBatch,
    articles: &HashSet<String>,
) -> Result<Option<RecordBatch>, TableError> {
    let mut keep = vec![true; batch.num_rows()];
    for column in table.article_columns() {
        let ids = text_column(table.name(), batch, column)?;
        for (keep, id) in keep.iter_mut().zip(ids.iter()) {
            *keep &= !id.is_some_and(|id| articles.contains(id));
        }
    }
    if keep.iter().all(|keep| *keep) {
        return Ok(None);
    }
    filter_record_batch(batch, &BooleanArray::from(keep))
        .map(Some)
        .map_err(TableError::arrow(table.name()))
}
