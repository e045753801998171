//! The way back: record batches as articles and layers, code points as bytes.

use std::collections::BTreeMap;

use arrow::array::{
    Array, ArrayRef, AsArray, FixedSizeListArray, Float16Array, Float32Array, Float64Array,
    Int8Array, Int32Array, Int64Array, RecordBatch, StringArray, StructArray,
    TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use postil_contract::{
    Aligned, Article, CodePoints, CorpusParagraph, DuplicateKind, DuplicatePair, Entity,
    HolderKind, LayerSet, Paragraph, ParagraphKey, ParagraphKind, ParagraphSignature, Sentence,
    Signature, Span, Stance, StanceLabel, TargetKind, Unit,
};

use crate::error::TableError;
use crate::rows::{CoverageRow, CoverageStatus, DeadLetterRow, RunRow};
use crate::schema::TableId;

/// A row of `articles` as it was read: the article (without its targets, which are not kept) and what
/// the table adds.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadArticle {
    /// The article. Its title may be one that a stage found.
    pub article: Article,
    /// The hash that told its content then.
    pub text_hash: String,
    /// The run that wrote it.
    pub run_id: String,
}

/// A column of text or labels, as text.
///
/// # Errors
/// Where the column is missing or holds something else.
pub fn text_column(
    table: &str,
    batch: &RecordBatch,
    column: &str,
) -> Result<StringArray, TableError> {
    let array = any_column(table, batch, column, "text")?;
    let array = match array.data_type() {
        DataType::Utf8 => array,
        DataType::Dictionary(_, _) | DataType::LargeUtf8 | DataType::Utf8View => {
            cast(&array, &DataType::Utf8).map_err(TableError::arrow(table))?
        }
        other => return Err(wrong_type(table, column, "text", other)),
    };
    Ok(array.as_string::<i32>().clone())
}

fn any_column(
    table: &str,
    batch: &RecordBatch,
    column: &str,
    expected: &'static str,
) -> Result<ArrayRef, TableError> {
    batch.column_by_name(column).cloned().ok_or_else(|| TableError::Column {
        table: table.to_owned(),
        column: column.to_owned(),
        expected,
        found: "no such column".to_owned(),
    })
}

fn wrong_type(table: &str, column: &str, expected: &'static str, found: &DataType) -> TableError {
    TableError::Column {
        table: table.to_owned(),
        column: column.to_owned(),
        expected,
        found: found.to_string(),
    }
}

fn typed<A: Array + Clone + 'static>(
    table: &str,
    batch: &RecordBatch,
    column: &str,
    expected: &'static str,
) -> Result<A, TableError> {
    let array = any_column(table, batch, column, expected)?;
    match array.as_any().downcast_ref::<A>() {
        Some(array) => Ok(array.clone()),
        None => Err(wrong_type(table, column, expected, array.data_type())),
    }
}

/// The columns of one batch by name, with accessors that never panic: a null or a row that is not
/// there is `None`.
struct Reader<'b> {
    table: &'b str,
    batch: &'b RecordBatch,
}

struct TextColumn(StringArray);
struct IntColumn(Int32Array);
struct FloatColumn(Float32Array);

impl TextColumn {
    fn get(&self, row: usize) -> Option<&str> {
        (row < self.0.len() && self.0.is_valid(row)).then(|| self.0.value(row))
    }

    fn owned(&self, row: usize) -> Option<String> {
        self.get(row).map(str::to_owned)
    }

    fn or_empty(&self, row: usize) -> String {
        self.get(row).unwrap_or_default().to_owned()
    }
}

impl IntColumn {
    fn get(&self, row: usize) -> Option<u32> {
        let valid = row < self.0.len() && self.0.is_valid(row);
        valid.then(|| u32::try_from(self.0.value(row)).ok()).flatten()
    }

    fn or_zero(&self, row: usize) -> u32 {
        self.get(row).unwrap_or(0)
    }
}

impl FloatColumn {
    fn get(&self, row: usize) -> Option<f32> {
        (row < self.0.len() && self.0.is_valid(row)).then(|| self.0.value(row))
    }

    fn or_zero(&self, row: usize) -> f32 {
        self.get(row).unwrap_or(0.0)
    }
}

impl<'b> Reader<'b> {
    const fn new(table: &'b str, batch: &'b RecordBatch) -> Self {
        Self { table, batch }
    }

    fn rows(&self) -> std::ops::Range<usize> {
        0..self.batch.num_rows()
    }

    fn text(&self, column: &str) -> Result<TextColumn, TableError> {
        text_column(self.table, self.batch, column).map(TextColumn)
    }

    fn int(&self, column: &str) -> Result<IntColumn, TableError> {
        typed(self.table, self.batch, column, "int32").map(IntColumn)
    }

    fn float(&self, column: &str) -> Result<FloatColumn, TableError> {
        typed(self.table, self.batch, column, "float32").map(FloatColumn)
    }

    fn row_error(&self, article_id: &str, reason: impl Into<String>) -> TableError {
        TableError::Row {
            table: self.table.to_owned(),
            article_id: article_id.to_owned(),
            reason: reason.into(),
        }
    }

    /// The value of a word of a closed vocabulary.
    fn word<T>(
        &self,
        article_id: &str,
        column: &TextColumn,
        row: usize,
        parse: fn(&str) -> Option<T>,
    ) -> Result<T, TableError> {
        let word = column.get(row).unwrap_or_default();
        parse(word).ok_or_else(|| self.row_error(article_id, format!("unknown word `{word}`")))
    }
}

/// The articles of batches of `articles`.
///
/// # Errors
/// Where a column is missing or of another type.
pub fn articles(batches: &[RecordBatch]) -> Result<Vec<ReadArticle>, TableError> {
    let mut articles = Vec::new();
    for batch in batches {
        let reader = Reader::new("articles", batch);
        let id = reader.text("article_id")?;
        let source = reader.text("source")?;
        let title = reader.text("title")?;
        let published_at: TimestampMicrosecondArray =
            typed("articles", batch, "published_at", "timestamp[us]")?;
        let published_raw = reader.text("published_raw")?;
        let lang = reader.text("lang")?;
        let text = reader.text("text")?;
        let text_hash = reader.text("text_hash")?;
        let run_id = reader.text("run_id")?;
        let metadata = reader.text("metadata")?;
        for row in reader.rows() {
            let article = Article {
                id: id.or_empty(row),
                source: source.or_empty(row),
                title: title.owned(row),
                published_at: published_at.is_valid(row).then(|| published_at.value(row)),
                published_raw: published_raw.owned(row),
                lang: lang.owned(row),
                text: text.or_empty(row),
                metadata: metadata.owned(row),
                targets: Vec::new(),
            };
            articles.push(ReadArticle {
                article,
                text_hash: text_hash.or_empty(row),
                run_id: run_id.or_empty(row),
            });
        }
    }
    Ok(articles)
}

/// The layers of these articles, from the batches of any tables that have some; rows of other
/// articles are passed over. A table in `batches` gives each article its layer, if only an empty one.
/// Custom layers are not read back.
///
/// # Errors
/// Where a column is missing or of another type, a word is not of its vocabulary, or a span does not
/// lie inside its article.
pub fn layers(
    articles: &[&Article],
    batches: &BTreeMap<TableId, Vec<RecordBatch>>,
) -> Result<BTreeMap<String, LayerSet>, TableError> {
    let mut texts: BTreeMap<&str, ArticleRows<'_>> = articles
        .iter()
        .map(|article| {
            let rows = ArticleRows {
                id: &article.id,
                points: CodePoints::new(&article.text),
                layers: LayerSet::default(),
            };
            (article.id.as_str(), rows)
        })
        .collect();
    for (table, batches) in batches {
        for rows in texts.values_mut() {
            rows.open(table);
        }
        for batch in batches {
            let reader = Reader::new(table.name(), batch);
            match table {
                TableId::Paragraphs => paragraphs(&reader, &mut texts)?,
                TableId::Sentences => sentences(&reader, &mut texts)?,
                TableId::Entities => entities(&reader, &mut texts)?,
                TableId::Stances => stances(&reader, &mut texts)?,
                TableId::Signatures => signatures(&reader, &mut texts)?,
                _ => {}
            }
        }
    }
    Ok(texts.into_iter().map(|(id, rows)| (id.to_owned(), rows.layers)).collect())
}

struct ArticleRows<'a> {
    id: &'a str,
    points: CodePoints<'a>,
    layers: LayerSet,
}

impl ArticleRows<'_> {
    fn open(&mut self, table: &TableId) {
        match table {
            TableId::Paragraphs => self.layers.paragraphs = Some(Vec::new()),
            TableId::Sentences => self.layers.sentences = Some(Vec::new()),
            TableId::Entities => self.layers.entities = Some(Vec::new()),
            TableId::Stances => self.layers.stances = Some(Vec::new()),
            TableId::Signatures => self.layers.signature = Some(Signature::default()),
            _ => {}
        }
    }

    fn span(
        &self,
        reader: &Reader<'_>,
        row: usize,
        start: &IntColumn,
        end: &IntColumn,
    ) -> Result<Span, TableError> {
        match (start.get(row), end.get(row)) {
            (Some(start), Some(end)) if start <= end && end as usize <= self.points.len() => Ok(
                Span::new(self.points.byte_of(start as usize), self.points.byte_of(end as usize)),
            ),
            (start, end) => Err(reader.row_error(
                self.id,
                format!(
                    "span {start:?}..{end:?} does not lie inside the text of {} code points",
                    self.points.len()
                ),
            )),
        }
    }
}

type Texts<'a> = BTreeMap<&'a str, ArticleRows<'a>>;

fn paragraphs(reader: &Reader<'_>, texts: &mut Texts<'_>) -> Result<(), TableError> {
    let id = reader.text("article_id")?;
    let start = reader.int("char_start")?;
    let end = reader.int("char_end")?;
    let kind = reader.text("kind")?;
    let n_words = reader.int("n_words")?;
    let fingerprint: Int64Array = typed(reader.table, reader.batch, "fingerprint", "int64")?;
    for row in reader.rows() {
        let Some(article) = id.get(row).and_then(|id| texts.get_mut(id)) else { continue };
        let paragraph = Paragraph {
            span: article.span(reader, row, &start, &end)?,
            kind: reader.word(article.id, &kind, row, ParagraphKind::parse)?,
            n_words: n_words.or_zero(row),
            fingerprint: fingerprint.value(row),
        };
        article.layers.paragraphs.get_or_insert_default().push(paragraph);
    }
    Ok(())
}

fn sentences(reader: &Reader<'_>, texts: &mut Texts<'_>) -> Result<(), TableError> {
    let id = reader.text("article_id")?;
    let start = reader.int("char_start")?;
    let end = reader.int("char_end")?;
    let paragraph_idx = reader.int("paragraph_idx")?;
    for row in reader.rows() {
        let Some(article) = id.get(row).and_then(|id| texts.get_mut(id)) else { continue };
        let sentence = Sentence {
            paragraph_idx: paragraph_idx.or_zero(row),
            span: article.span(reader, row, &start, &end)?,
        };
        article.layers.sentences.get_or_insert_default().push(sentence);
    }
    Ok(())
}

fn entities(reader: &Reader<'_>, texts: &mut Texts<'_>) -> Result<(), TableError> {
    let id = reader.text("article_id")?;
    let sentence_idx = reader.int("sentence_idx")?;
    let paragraph_idx = reader.int("paragraph_idx")?;
    let start = reader.int("char_start")?;
    let end = reader.int("char_end")?;
    let label = reader.text("label")?;
    let score = reader.float("score")?;
    let canonical = reader.text("canonical")?;
    let canonical_id = reader.text("canonical_id")?;
    let normalized = reader.text("normalized")?;
    let model = reader.text("model")?;
    for row in reader.rows() {
        let Some(article) = id.get(row).and_then(|id| texts.get_mut(id)) else { continue };
        let entity = Entity {
            span: article.span(reader, row, &start, &end)?,
            sentence_idx: sentence_idx.get(row),
            paragraph_idx: paragraph_idx.or_zero(row),
            label: label.or_empty(row),
            score: score.or_zero(row),
            canonical: canonical.or_empty(row),
            canonical_id: canonical_id.owned(row),
            normalized: normalized.owned(row),
            model: model.or_empty(row),
        };
        article.layers.entities.get_or_insert_default().push(entity);
    }
    Ok(())
}

fn stances(reader: &Reader<'_>, texts: &mut Texts<'_>) -> Result<(), TableError> {
    let id = reader.text("article_id")?;
    let unit = reader.text("unit")?;
    let unit_idx = reader.int("unit_idx")?;
    let start = reader.int("char_start")?;
    let end = reader.int("char_end")?;
    let target_id = reader.text("target_id")?;
    let target = reader.text("target")?;
    let target_kind = reader.text("target_kind")?;
    let holder_kind = reader.text("holder_kind")?;
    let holder = reader.text("holder")?;
    let holder_entity_idx = reader.int("holder_entity_idx")?;
    let label = reader.text("label")?;
    let stance = reader.text("stance")?;
    let score = reader.float("score")?;
    let p_favor = reader.float("p_favor")?;
    let p_against = reader.float("p_against")?;
    let p_neutral = reader.float("p_neutral")?;
    let relevance = reader.float("relevance")?;
    let model = reader.text("model")?;
    for row in reader.rows() {
        let Some(article) = id.get(row).and_then(|id| texts.get_mut(id)) else { continue };
        let stance = Stance {
            unit: reader.word(article.id, &unit, row, Unit::parse)?,
            unit_idx: unit_idx.get(row),
            span: article.span(reader, row, &start, &end)?,
            target_id: target_id.or_empty(row),
            target: target.or_empty(row),
            target_kind: reader.word(article.id, &target_kind, row, TargetKind::parse)?,
            holder_kind: reader.word(article.id, &holder_kind, row, HolderKind::parse)?,
            holder: holder.owned(row),
            holder_entity_idx: holder_entity_idx.get(row),
            label: label.or_empty(row),
            stance: reader.word(article.id, &stance, row, StanceLabel::parse)?,
            score: score.or_zero(row),
            p_favor: p_favor.get(row),
            p_against: p_against.get(row),
            p_neutral: p_neutral.get(row),
            relevance: relevance.get(row),
            model: model.or_empty(row),
        };
        article.layers.stances.get_or_insert_default().push(stance);
    }
    Ok(())
}

fn signatures(reader: &Reader<'_>, texts: &mut Texts<'_>) -> Result<(), TableError> {
    let (table, batch) = (reader.table, reader.batch);
    let id = reader.text("article_id")?;
    let paragraph_idx = reader.int("paragraph_idx")?;
    let version = reader.int("signature_version")?;
    let model = reader.text("model")?;
    let bands = any_column(table, batch, "bands", "list<int64>")?;
    let codes = any_column(table, batch, "sentence_codes", "list<int8>")?;
    let bands = bands
        .as_list_opt::<i32>()
        .ok_or_else(|| wrong_type(table, "bands", "list<int64>", bands.data_type()))?;
    let codes = codes
        .as_list_opt::<i32>()
        .ok_or_else(|| wrong_type(table, "sentence_codes", "list<int8>", codes.data_type()))?;
    let embeddings: FixedSizeListArray = typed(table, batch, "embedding", "list of float16")?;
    for row in reader.rows() {
        let Some(article) = id.get(row).and_then(|id| texts.get_mut(id)) else { continue };
        let row_bands = bands.value(row);
        let row_bands = row_bands.as_any().downcast_ref::<Int64Array>();
        let row_codes = codes.value(row);
        let row_codes = row_codes.as_any().downcast_ref::<Int8Array>();
        let embedding = embeddings.is_valid(row).then(|| embeddings.value(row));
        let embedding = embedding.as_ref().and_then(|e| e.as_any().downcast_ref::<Float16Array>());
        let signature = article.layers.signature.get_or_insert_default();
        signature.version = version.or_zero(row);
        signature.model = model.owned(row);
        signature.paragraphs.push(ParagraphSignature {
            paragraph_idx: paragraph_idx.or_zero(row),
            bands: row_bands.map(|a| a.values().to_vec()).unwrap_or_default(),
            embedding: embedding
                .map(|values| values.values().iter().map(|value| value.to_f32()).collect())
                .unwrap_or_default(),
            sentence_codes: row_codes.map(|a| a.values().to_vec()).unwrap_or_default(),
        });
    }
    Ok(())
}

/// Calls `each` with the id, the paragraph, the version and the bands of every row of a batch of
/// `signatures`, which need not have the other columns.
///
/// # Errors
/// Where a column is missing or of another type.
pub fn bands(
    batch: &RecordBatch,
    mut each: impl FnMut(&str, u32, u32, &[i64]),
) -> Result<(), TableError> {
    let reader = Reader::new("signatures", batch);
    let id = reader.text("article_id")?;
    let paragraph_idx = reader.int("paragraph_idx")?;
    let version = reader.int("signature_version")?;
    let bands = any_column(reader.table, batch, "bands", "list<int64>")?;
    let bands = bands
        .as_list_opt::<i32>()
        .ok_or_else(|| wrong_type(reader.table, "bands", "list<int64>", bands.data_type()))?;
    for row in reader.rows() {
        let of_row = bands.value(row);
        if let (Some(id), Some(bands)) = (id.get(row), of_row.as_any().downcast_ref::<Int64Array>())
        {
            each(id, paragraph_idx.or_zero(row), version.or_zero(row), bands.values());
        }
    }
    Ok(())
}

/// Calls `each` with the row, the article and the paragraph of every row of a batch of a table of
/// paragraphs, which need not have the other columns.
///
/// # Errors
/// Where a column is missing or of another type.
pub fn paragraph_keys(
    table: &TableId,
    batch: &RecordBatch,
    mut each: impl FnMut(usize, &str, u32),
) -> Result<(), TableError> {
    let reader = Reader::new(table.name(), batch);
    let id = reader.text("article_id")?;
    let paragraph_idx = reader.int("paragraph_idx")?;
    for row in reader.rows() {
        each(row, id.get(row).unwrap_or_default(), paragraph_idx.or_zero(row));
    }
    Ok(())
}

/// Calls `each` with the article and the paragraph, without its sentences, of every row of a batch of
/// `paragraphs`, which must have the columns `text`, `kind` and `fingerprint`.
///
/// # Errors
/// Where a column is missing or of another type, or a word is not of its vocabulary.
pub fn corpus_paragraphs(
    batch: &RecordBatch,
    mut each: impl FnMut(&str, CorpusParagraph),
) -> Result<(), TableError> {
    let reader = Reader::new("paragraphs", batch);
    let id = reader.text("article_id")?;
    let text = reader.text("text")?;
    let kind = reader.text("kind")?;
    let fingerprint: Int64Array = typed(reader.table, batch, "fingerprint", "int64")?;
    for row in reader.rows() {
        let id = id.get(row).unwrap_or_default();
        let paragraph = CorpusParagraph {
            kind: reader.word(id, &kind, row, ParagraphKind::parse)?,
            text: text.or_empty(row),
            fingerprint: fingerprint.value(row),
            sentences: Vec::new(),
        };
        each(id, paragraph);
    }
    Ok(())
}

/// The columns that [`bare_pairs`] reads.
pub const BARE_PAIR: [&str; 8] = [
    "a_article_id",
    "a_paragraph_idx",
    "b_article_id",
    "b_paragraph_idx",
    "kind",
    "jaccard",
    "containment_a_in_b",
    "containment_b_in_a",
];

/// The pairs of batches of `duplicates`.
///
/// # Errors
/// Where a column is missing or of another type, or a word is not of its vocabulary.
pub fn pairs(batches: &[RecordBatch]) -> Result<Vec<DuplicatePair>, TableError> {
    let mut pairs = Vec::new();
    for batch in batches {
        let reader = Reader::new("duplicates", batch);
        let cosine = reader.float("cosine")?;
        let aligned = any_column("duplicates", batch, "aligned", "list of structs")?;
        let aligned = aligned.as_list_opt::<i32>().ok_or_else(|| {
            wrong_type("duplicates", "aligned", "list of structs", aligned.data_type())
        })?;
        let a_text = reader.text("a_text")?;
        let b_text = reader.text("b_text")?;
        for (row, bare) in bare_pairs(batch)?.into_iter().enumerate() {
            let list = aligned.value(row);
            let list: Option<&StructArray> = list.as_any().downcast_ref();
            pairs.push(DuplicatePair {
                cosine: cosine.get(row),
                aligned: list.map(alignment).unwrap_or_default(),
                a_text: a_text.or_empty(row),
                b_text: b_text.or_empty(row),
                ..bare
            });
        }
    }
    Ok(pairs)
}

/// The pairs of a batch of `duplicates`, which need not have other columns than [`BARE_PAIR`]: without
/// cosine, alignment and texts.
///
/// # Errors
/// Where a column is missing or of another type, or a word is not of its vocabulary.
pub fn bare_pairs(batch: &RecordBatch) -> Result<Vec<DuplicatePair>, TableError> {
    let reader = Reader::new("duplicates", batch);
    let a_id = reader.text("a_article_id")?;
    let a_idx = reader.int("a_paragraph_idx")?;
    let b_id = reader.text("b_article_id")?;
    let b_idx = reader.int("b_paragraph_idx")?;
    let kind = reader.text("kind")?;
    let jaccard = reader.float("jaccard")?;
    let a_in_b = reader.float("containment_a_in_b")?;
    let b_in_a = reader.float("containment_b_in_a")?;
    let mut pairs = Vec::with_capacity(batch.num_rows());
    for row in reader.rows() {
        let a = ParagraphKey { article_id: a_id.or_empty(row), paragraph_idx: a_idx.or_zero(row) };
        let b = ParagraphKey { article_id: b_id.or_empty(row), paragraph_idx: b_idx.or_zero(row) };
        pairs.push(DuplicatePair {
            kind: reader.word(&a.article_id, &kind, row, DuplicateKind::parse)?,
            jaccard: jaccard.or_zero(row),
            containment_a_in_b: a_in_b.or_zero(row),
            containment_b_in_a: b_in_a.or_zero(row),
            cosine: None,
            aligned: Vec::new(),
            a_text: String::new(),
            b_text: String::new(),
            a,
            b,
        });
    }
    Ok(pairs)
}

fn alignment(list: &StructArray) -> Vec<Aligned> {
    let int =
        |name: &str| list.column_by_name(name)?.as_any().downcast_ref::<Int32Array>().cloned();
    let score = list
        .column_by_name("score")
        .and_then(|column| column.as_any().downcast_ref::<Float32Array>().cloned());
    let (Some(a), Some(b), Some(score)) = (int("a_sentence_idx"), int("b_sentence_idx"), score)
    else {
        return Vec::new();
    };
    let rows = a.values().iter().zip(b.values()).zip(score.values());
    rows.map(|((a, b), score)| Aligned {
        a_sentence_idx: u32::try_from(*a).unwrap_or(0),
        b_sentence_idx: u32::try_from(*b).unwrap_or(0),
        score: *score,
    })
    .collect()
}

/// The rows of batches of `coverage`.
///
/// # Errors
/// Where a column is missing or of another type, or a word is not of its vocabulary.
pub fn coverage(batches: &[RecordBatch]) -> Result<Vec<CoverageRow>, TableError> {
    let mut rows = Vec::new();
    for batch in batches {
        let reader = Reader::new("coverage", batch);
        let article_id = reader.text("article_id")?;
        let stage = reader.text("stage")?;
        let stage_hash = reader.text("stage_hash")?;
        let model = reader.text("model")?;
        let run_id = reader.text("run_id")?;
        let status = reader.text("status")?;
        let reason = reader.text("reason")?;
        let chars_read = reader.int("chars_read")?;
        let n_rows = reader.int("n_rows")?;
        for row in reader.rows() {
            let id = article_id.or_empty(row);
            rows.push(CoverageRow {
                status: reader.word(&id, &status, row, CoverageStatus::parse)?,
                article_id: id,
                stage: stage.or_empty(row),
                stage_hash: stage_hash.or_empty(row),
                model: model.owned(row),
                run_id: run_id.or_empty(row),
                reason: reason.owned(row),
                chars_read: chars_read.or_zero(row) as usize,
                n_rows: n_rows.or_zero(row) as usize,
            });
        }
    }
    Ok(rows)
}

/// The rows of batches of `runs`.
///
/// # Errors
/// Where a column is missing or of another type.
pub fn runs(batches: &[RecordBatch]) -> Result<Vec<RunRow>, TableError> {
    let mut rows = Vec::new();
    for batch in batches {
        let reader = Reader::new("runs", batch);
        let run_id = reader.text("run_id")?;
        let stage = reader.text("stage")?;
        let implementation = reader.text("implementation")?;
        let version = reader.int("version")?;
        let model = reader.text("model")?;
        let model_sha256 = reader.text("model_sha256")?;
        let config_json = reader.text("config_json")?;
        let started_at: TimestampMicrosecondArray =
            typed("runs", batch, "started_at", "timestamp[us]")?;
        let seconds: Float64Array = typed("runs", batch, "seconds", "float64")?;
        let articles = reader.int("articles")?;
        let failed = reader.int("failed")?;
        for row in reader.rows() {
            rows.push(RunRow {
                run_id: run_id.or_empty(row),
                stage: stage.or_empty(row),
                implementation: implementation.or_empty(row),
                version: version.or_zero(row),
                model: model.owned(row),
                model_sha256: model_sha256.owned(row),
                config_json: config_json.or_empty(row),
                started_at: started_at.value(row),
                seconds: seconds.value(row),
                articles: articles.or_zero(row) as usize,
                failed: failed.or_zero(row) as usize,
            });
        }
    }
    Ok(rows)
}

/// The rows of batches of `dead_letters`.
///
/// # Errors
/// Where a column is missing or of another type.
pub fn dead_letters(batches: &[RecordBatch]) -> Result<Vec<DeadLetterRow>, TableError> {
    let mut rows = Vec::new();
    for batch in batches {
        let reader = Reader::new("dead_letters", batch);
        let run_id = reader.text("run_id")?;
        let source = reader.text("source")?;
        let article_id = reader.text("article_id")?;
        let stage = reader.text("stage")?;
        let error = reader.text("error")?;
        let content_hash = reader.text("content_hash")?;
        for row in reader.rows() {
            rows.push(DeadLetterRow {
                run_id: run_id.or_empty(row),
                source: source.or_empty(row),
                article_id: article_id.owned(row),
                stage: stage.owned(row),
                error: error.or_empty(row),
                content_hash: content_hash.owned(row),
            });
        }
    }
    Ok(rows)
}
