//! Reads an output again, all of it, and looks for anything that is not as it must be.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::Int32Type;
use postil_contract::{Article, CodePoints, Layer, LayerSet, Span, validate};
use postil_tables::read::{self, text_column};
use postil_tables::{CoverageRow, CoverageStatus, TableId, parquet_io};

use crate::error::Error;
use crate::output::{Manifest, Part, check_part, strangers};
use crate::plan::read_layers;

/// Problems listed at most; more are only counted.
const MAX_PROBLEMS: usize = 100;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Parts read.
    pub parts: usize,
    /// Rows read.
    pub rows: u64,
    /// Bytes read.
    pub bytes: u64,
    /// What is wrong, with the file or the article; the first hundred.
    pub problems: Vec<String>,
    /// How many problems there are in all.
    pub n_problems: usize,
    /// Parts, finished or not, of runs that were killed: they do not count, but `*.parquet` finds the
    /// finished ones. The next run removes them.
    pub leftovers: Vec<PathBuf>,
}

impl Verification {
    /// Whether everything is as it must be.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.n_problems == 0
    }

    fn problem(&mut self, text: String) {
        self.n_problems += 1;
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(text);
        }
    }
}

pub(crate) fn verify(root: &Path, manifest: &Manifest) -> Result<Verification, Error> {
    let mut found =
        Verification { leftovers: strangers(root, manifest)?, ..Verification::default() };
    let mut counts = Counts::default();
    for (table, parts) in &manifest.parts {
        let mut keys = HashSet::new();
        for part in parts {
            match readable(root, part) {
                Ok(batches) => {
                    found.parts += 1;
                    found.bytes += part.bytes;
                    check_rows(table, part, &batches, &mut keys, &mut counts, &mut found)?;
                }
                Err(problem) => found.problem(problem),
            }
        }
    }
    // What can't be read can't be joined.
    if found.is_sound() {
        check_articles(root, manifest, &mut found)?;
        check_joins(root, manifest, &counts, &mut found)?;
    }
    Ok(found)
}

/// The rows of a part whose length, hash and number of rows are those of the log.
fn readable(root: &Path, part: &Part) -> Result<Vec<RecordBatch>, String> {
    check_part(root, part).map_err(|error| error.to_string())?;
    let path = root.join(&part.file);
    let sha256 = parquet_io::sha256(&path).map_err(|error| error.to_string())?;
    if sha256 != part.sha256 {
        return Err(format!(
            "{}: expected the hash {}, found {sha256}: remove the file and annotate the same inputs again, \
             which makes its rows anew",
            part.file, part.sha256
        ));
    }
    let batches = parquet_io::read(&path).map_err(|error| error.to_string())?;
    let rows: u64 = batches.iter().map(|batch| batch.num_rows() as u64).sum();
    if rows != part.rows {
        return Err(format!("{}: expected {} rows, found {rows}", part.file, part.rows));
    }
    Ok(batches)
}

/// Rows of each article, by table, and how many paragraphs it has.
#[derive(Default)]
struct Counts {
    rows: HashMap<TableId, HashMap<String, usize>>,
    articles: HashSet<String>,
}

impl Counts {
    fn of(&self, table: &TableId, id: &str) -> usize {
        self.rows.get(table).and_then(|rows| rows.get(id)).copied().unwrap_or(0)
    }
}

/// One value of a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum KeyValue {
    Text(String),
    Int(i32),
}

enum KeyColumn {
    Text(StringArray),
    Int(Int32Array),
}

impl KeyColumn {
    fn value(&self, row: usize) -> KeyValue {
        match self {
            Self::Text(column) => KeyValue::Text(column.value(row).to_owned()),
            Self::Int(column) => KeyValue::Int(column.value(row)),
        }
    }
}

fn key_columns(table: &TableId, batch: &RecordBatch) -> Result<Vec<KeyColumn>, Error> {
    table
        .key()
        .iter()
        .map(|name| {
            let int = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Int32Type>());
            Ok(match int {
                Some(column) => KeyColumn::Int(column.clone()),
                None => KeyColumn::Text(text_column(table.name(), batch, name)?),
            })
        })
        .collect()
}

/// Order and uniqueness of the keys; counts the rows of each article on the way.
fn check_rows(
    table: &TableId,
    part: &Part,
    batches: &[RecordBatch],
    keys: &mut HashSet<Vec<KeyValue>>,
    counts: &mut Counts,
    found: &mut Verification,
) -> Result<(), Error> {
    let mut last: Option<Vec<KeyValue>> = None;
    let mut is_told = false;
    for batch in batches {
        found.rows += batch.num_rows() as u64;
        let columns = key_columns(table, batch)?;
        for row in 0..batch.num_rows() {
            let key: Vec<KeyValue> = columns.iter().map(|column| column.value(row)).collect();
            let order = last.as_ref().map_or(Ordering::Less, |last| last.cmp(&key));
            if order == Ordering::Greater && !is_told {
                is_told = true;
                found.problem(format!("{}: not sorted by its key at {key:?}", part.file));
            }
            if !keys.insert(key.clone()) {
                found.problem(format!("{}: the key {key:?} stands twice in {table}", part.file));
            }
            if let (Some(KeyValue::Text(id)), true) = (key.first(), *table != TableId::Runs) {
                if *table == TableId::Articles {
                    counts.articles.insert(id.clone());
                }
                *counts.rows.entry(table.clone()).or_default().entry(id.clone()).or_default() += 1;
            }
            last = Some(key);
        }
    }
    Ok(())
}

/// The layers of every article against the contract, and every text against its span.
fn check_articles(root: &Path, manifest: &Manifest, found: &mut Verification) -> Result<(), Error> {
    let layered = [
        TableId::Paragraphs,
        TableId::Sentences,
        TableId::Entities,
        TableId::Stances,
        TableId::Signatures,
    ];
    let tables = BTreeSet::from(layered);
    for part in manifest.parts(&TableId::Articles) {
        let articles = read::articles(&parquet_io::read(&root.join(&part.file))?)?;
        let refs: Vec<&Article> = articles.iter().map(|read| &read.article).collect();
        let layers = match read_layers(root, manifest, &refs, &tables) {
            Ok(layers) => layers,
            Err(error) => {
                found.problem(error.to_string());
                continue;
            }
        };
        for article in &refs {
            let Some(layers) = layers.get(&article.id) else { continue };
            for (layer, alone) in one_by_one(layers) {
                if let Err(violation) = validate::check(article, &layer, layers, &alone) {
                    found.problem(format!("article `{}`: {violation}", article.id));
                }
            }
        }
        check_texts(root, manifest, &refs, found)?;
    }
    Ok(())
}

/// Each layer alone, as a stage returns it.
fn one_by_one(layers: &LayerSet) -> Vec<(Layer, LayerSet)> {
    let none = LayerSet::default;
    let paragraphs = LayerSet { paragraphs: layers.paragraphs.clone(), ..none() };
    let sentences = LayerSet { sentences: layers.sentences.clone(), ..none() };
    let entities = LayerSet { entities: layers.entities.clone(), ..none() };
    let stances = LayerSet { stances: layers.stances.clone(), ..none() };
    let signature = LayerSet { signature: layers.signature.clone(), ..none() };
    [paragraphs, sentences, entities, stances, signature]
        .into_iter()
        .filter_map(|alone| Some((alone.names().first()?.clone(), alone)))
        .collect()
}

/// The column `text` of every table against the slice of the article that `char_start` and
/// `char_end` name.
fn check_texts(
    root: &Path,
    manifest: &Manifest,
    articles: &[&Article],
    found: &mut Verification,
) -> Result<(), Error> {
    let texts: BTreeMap<&str, (&str, CodePoints<'_>)> = articles
        .iter()
        .map(|article| {
            (article.id.as_str(), (article.text.as_str(), CodePoints::new(&article.text)))
        })
        .collect();
    let ids: Vec<&str> = texts.keys().copied().collect();
    let built_in = [TableId::Paragraphs, TableId::Sentences, TableId::Entities];
    let has_text =
        |table: &&TableId| built_in.contains(table) || matches!(table, TableId::Custom(_));
    for table in manifest.parts.keys().filter(has_text) {
        for part in manifest.parts(table) {
            if !part.holds(root, table, &ids)? {
                continue;
            }
            for batch in parquet_io::read(&root.join(&part.file))? {
                let id = text_column(table.name(), &batch, "article_id")?;
                let text = text_column(table.name(), &batch, "text")?;
                let (start, end) = (ints(&batch, "char_start"), ints(&batch, "char_end"));
                for row in 0..batch.num_rows() {
                    let Some((whole, points)) = texts.get(id.value(row)) else { continue };
                    let at = |column: &[Option<i32>]| {
                        let value = column.get(row).copied().flatten()?;
                        usize::try_from(value).ok().filter(|value| *value <= points.len())
                    };
                    let (Some(start), Some(end)) = (at(&start), at(&end)) else {
                        if text.is_valid(row) {
                            found.problem(format!(
                                "{}: row {row} of article `{}` has a text and no span in it",
                                part.file,
                                id.value(row)
                            ));
                        }
                        continue;
                    };
                    let span = Span::new(points.byte_of(start), points.byte_of(end));
                    if span.slice(whole) != text.is_valid(row).then(|| text.value(row)) {
                        found.problem(format!(
                            "{}: the text of row {row} is not the slice {start}..{end} of article `{}`",
                            part.file,
                            id.value(row)
                        ));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Rows that name articles and paragraphs, against those that there are.
fn check_joins(
    root: &Path,
    manifest: &Manifest,
    counts: &Counts,
    found: &mut Verification,
) -> Result<(), Error> {
    for (table, rows) in &counts.rows {
        if matches!(table, TableId::Coverage | TableId::DeadLetters | TableId::Duplicates) {
            continue;
        }
        for id in rows.keys().filter(|id| !counts.articles.contains(*id)) {
            found.problem(format!("{table} has rows of `{id}`, which is not in articles"));
        }
    }
    for part in manifest.parts(&TableId::Coverage) {
        for row in read::coverage(&parquet_io::read(&root.join(&part.file))?)? {
            check_coverage(&row, counts, found);
        }
    }
    let is_there = |id: &str, idx: u32| {
        counts.articles.contains(id) && (idx as usize) < counts.of(&TableId::Paragraphs, id)
    };
    for part in manifest.parts(&TableId::Duplicates) {
        for pair in read::pairs(&parquet_io::read(&root.join(&part.file))?)? {
            for key in [&pair.a, &pair.b] {
                if !is_there(&key.article_id, key.paragraph_idx) {
                    found.problem(format!("duplicates name {key}, which is no paragraph"));
                }
            }
            if pair.a >= pair.b {
                found.problem(format!("duplicates hold {} and {} in this order", pair.a, pair.b));
            }
        }
    }
    Ok(())
}

fn check_coverage(row: &CoverageRow, counts: &Counts, found: &mut Verification) {
    let id = &row.article_id;
    let is_done = matches!(row.status, CoverageStatus::Ok | CoverageStatus::SkippedLanguage);
    if is_done && !counts.articles.contains(id) {
        found.problem(format!("coverage has rows of `{id}`, which is not in articles"));
    }
    let layer: Layer = match row.stage.parse() {
        Ok(layer) => layer,
        Err(never) => match never {},
    };
    let Some(table) = TableId::of_layer(&layer) else { return };
    let rows = counts.of(&table, id);
    if rows != row.n_rows {
        found.problem(format!(
            "coverage says that {table} has {} rows of `{id}`, it has {rows}",
            row.n_rows
        ));
    }
}

/// A column of integers; empty where there is none.
pub(crate) fn ints(batch: &RecordBatch, column: &str) -> Vec<Option<i32>> {
    batch
        .column_by_name(column)
        .and_then(|column| column.as_primitive_opt::<Int32Type>())
        .map(|column| column.iter().collect())
        .unwrap_or_default()
}
