//! Many small parts made into few large ones, with the same rows.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::row::{OwnedRow, RowConverter, Rows, SortField};
use postil_tables::parquet_io::{self, Effort};
use postil_tables::{TableError, TableId};

use super::log::{Added, FORMAT, Line};
use super::manifest::Part;
use super::parts::{OpenPart, Unfinished};
use super::store::{Store, now};
use crate::error::Error;

/// A part of so many bytes or more is left as it is.
pub const LARGE_PART_BYTES: u64 = 100_000_000;
/// Bytes at which a part under construction is closed.
const TARGET_BYTES: u64 = 128_000_000;
/// Parts merged at a time, at most: each is an open file.
const MAX_FAN_IN: usize = 256;
/// Rows written at a time, at most.
const ROWS_A_WRITE: usize = 8192;
/// Encoded bytes written at a time, about.
const BYTES_A_WRITE: u64 = 4_000_000;
/// Encoded bytes of a part that are read at a time, about.
const BYTES_A_READ: u64 = 64_000;

/// What a compaction did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compaction {
    /// Parts before.
    pub parts_before: usize,
    /// Parts after.
    pub parts_after: usize,
    /// Bytes before.
    pub bytes_before: u64,
    /// Bytes after.
    pub bytes_after: u64,
    /// Whether it was stopped before its end. What is merged stays.
    pub interrupted: bool,
}

/// Merges the small parts of every table, sorted by the table's key. A commit for each merge: killed
/// at any moment, the rows are the same as before. `tell` hears of each merge: the table, how many
/// parts, and how many they have become.
pub(crate) fn compact(
    store: &mut Store,
    run_id: &str,
    stop: &AtomicBool,
    mut tell: impl FnMut(&TableId, usize, usize),
) -> Result<Compaction, Error> {
    let size = |store: &Store| {
        let parts = store.manifest.parts.values().flatten();
        parts.fold((0, 0), |(count, bytes), part| (count + 1, bytes + part.bytes))
    };
    let (parts_before, bytes_before) = size(store);
    let tables: Vec<TableId> = store.manifest.parts.keys().cloned().collect();
    let mut interrupted = false;
    for table in tables {
        // Merged parts that are still small are merged again, until there is nothing to be gained.
        while let Some(group) = next_group(store, &table)? {
            if stop.load(Ordering::Relaxed) {
                interrupted = true;
                break;
            }
            let before = group.len();
            let after = merge(store, run_id, &table, &group)?;
            tell(&table, before, after);
            if after >= before {
                break;
            }
        }
    }
    let (parts_after, bytes_after) = size(store);
    Ok(Compaction { parts_before, parts_after, bytes_before, bytes_after, interrupted })
}

/// Small parts that can become one: next to each other by their ids, of one schema, waiting for the
/// comparison or not.
fn next_group(store: &Store, table: &TableId) -> Result<Option<Vec<Part>>, Error> {
    let is_small = |part: &&Part| part.rows > 0 && part.bytes < LARGE_PART_BYTES;
    let mut small: Vec<&Part> = store.manifest.parts(table).iter().filter(is_small).collect();
    small.sort_by(|a, b| (&a.range, &a.file).cmp(&(&b.range, &b.file)));
    let mut rest = small.as_slice();
    while let [first, ..] = rest {
        let schema = schema(&store.root, first)?;
        let (mut group, mut bytes) = (Vec::new(), 0);
        for part in rest {
            if bytes >= TARGET_BYTES || group.len() >= MAX_FAN_IN {
                break;
            }
            if part.pending == first.pending && self::schema(&store.root, part)? == schema {
                bytes += part.bytes;
                group.push((*part).clone());
            }
        }
        if group.len() > 1 {
            return Ok(Some(group));
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    Ok(None)
}

fn arrow(table: &TableId) -> impl FnOnce(ArrowError) -> TableError + use<'_> {
    move |source| TableError::Arrow { table: table.name().to_owned(), source }
}

fn schema(root: &Path, part: &Part) -> Result<SchemaRef, Error> {
    Ok(parquet_io::schema(&root.join(&part.file))?)
}

/// Writes the rows of these parts into new ones, and commits.
fn merge(store: &mut Store, run_id: &str, table: &TableId, group: &[Part]) -> Result<usize, Error> {
    let Some(first) = group.first() else { return Ok(0) };
    let schema = schema(&store.root, first)?;
    let pending = first.pending;
    let mut sources: Vec<Source> = Vec::with_capacity(group.len());
    let mut heap: BinaryHeap<Reverse<(OwnedRow, usize)>> = BinaryHeap::new();
    for part in group {
        let source = Source::open(&store.root, table, part)?;
        heap.extend(source.key().map(|key| Reverse((key, sources.len()))));
        sources.push(source);
    }
    let mut unfinished = Unfinished::default();
    let mut added: Vec<Added> = Vec::new();
    let mut open: Option<OpenPart> = None;
    let mut pieces: Vec<RecordBatch> = Vec::new();
    let (mut rows, mut bytes) = (0, 0);
    while let Some(Reverse((_, at))) = heap.pop() {
        let Some(source) = sources.get_mut(at) else { continue };
        // Rows of one part up to the next one's: mostly those of an article and more.
        let until = heap.peek().map(|Reverse((key, _))| key);
        if let Some(piece) = source.take(until)? {
            rows += piece.num_rows();
            bytes += piece.num_rows() as u64 * source.row_bytes;
            pieces.push(piece);
        }
        heap.extend(source.key().map(|key| Reverse((key, at))));
        if rows < ROWS_A_WRITE && bytes < BYTES_A_WRITE && !heap.is_empty() {
            continue;
        }
        let batch = concat_batches(&schema, &pieces).map_err(arrow(table))?;
        pieces.clear();
        (rows, bytes) = (0, 0);
        let mut part = match open.take() {
            Some(part) => part,
            None => {
                let part = store.new_part(table, run_id)?;
                unfinished.expect(&part);
                OpenPart::create(part, schema.clone(), Effort::Once)?
            }
        };
        part.write(&batch)?;
        match part.bytes() < TARGET_BYTES {
            true => open = Some(part),
            false => added.push(part.finish(pending)?),
        }
    }
    if let Some(part) = open {
        added.push(part.finish(pending)?);
    }
    // The files to be replaced are still open here; on some systems that would keep them.
    drop(sources);
    let parts = added.len();
    let line = Line {
        format: FORMAT,
        run_id: Some(run_id.to_owned()),
        at: now(),
        added,
        removed: group.iter().map(|part| part.file.clone()).collect(),
        ..Line::default()
    };
    store.publish(line, unfinished)?;
    Ok(parts)
}

/// A part that is read in the order of its keys.
struct Source {
    table: TableId,
    /// Encoded bytes of a row, about.
    row_bytes: u64,
    batches: Box<dyn Iterator<Item = Result<RecordBatch, TableError>>>,
    key_columns: Vec<String>,
    converter: Option<RowConverter>,
    /// The batch at hand, its keys, and the first row that is not taken.
    batch: Option<(RecordBatch, Rows, usize)>,
}

impl Source {
    fn open(root: &Path, table: &TableId, part: &Part) -> Result<Self, Error> {
        let mut source = Self {
            table: table.clone(),
            row_bytes: part.bytes / part.rows.max(1),
            batches: Box::new(parquet_io::stream(
                &root.join(&part.file),
                None,
                part.rows_of(BYTES_A_READ),
            )?),
            key_columns: table.key(),
            converter: None,
            batch: None,
        };
        source.advance()?;
        Ok(source)
    }

    /// Goes on to the next batch with a row.
    fn advance(&mut self) -> Result<(), Error> {
        self.batch = None;
        for batch in self.batches.by_ref() {
            let batch = batch?;
            if batch.num_rows() == 0 {
                continue;
            }
            let columns: Vec<_> = self
                .key_columns
                .iter()
                .filter_map(|name| batch.column_by_name(name).cloned())
                .collect();
            if self.converter.is_none() {
                let fields =
                    columns.iter().map(|c| SortField::new(c.data_type().clone())).collect();
                self.converter = RowConverter::new(fields).map(Some).map_err(arrow(&self.table))?;
            }
            let Some(converter) = &self.converter else { break };
            let keys = converter.convert_columns(&columns).map_err(arrow(&self.table))?;
            self.batch = Some((batch, keys, 0));
            break;
        }
        Ok(())
    }

    /// The key of the next row; `None` at the end.
    fn key(&self) -> Option<OwnedRow> {
        let (_, keys, at) = self.batch.as_ref()?;
        (*at < keys.num_rows()).then(|| keys.row(*at).owned())
    }

    /// The next rows whose keys do not come after `until`, or all that are at hand.
    fn take(&mut self, until: Option<&OwnedRow>) -> Result<Option<RecordBatch>, Error> {
        let Some((batch, keys, at)) = &mut self.batch else { return Ok(None) };
        let start = *at;
        while *at < keys.num_rows() && until.is_none_or(|until| keys.row(*at) <= until.row()) {
            *at += 1;
        }
        let piece = batch.slice(start, *at - start);
        if *at >= keys.num_rows() {
            self.advance()?;
        }
        Ok(Some(piece))
    }
}
