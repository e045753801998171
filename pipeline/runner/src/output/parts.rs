//! Parts that are being written and do not count yet.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use arrow::array::{Array, RecordBatch, StringArray};
use arrow::datatypes::SchemaRef;
use postil_tables::TableId;
use postil_tables::parquet_io::{self, Effort, PartWriter};
use postil_tables::read::text_column;
use rayon::prelude::*;

use super::log::Added;
use super::store::Store;
use crate::error::Error;

/// A part that is to be written: first under a name that no glob over `*.parquet` finds.
pub(super) struct NewPart {
    pub(super) table: TableId,
    /// Path below the output folder once it counts.
    pub(super) file: String,
    pub(super) temporary: PathBuf,
    pub(super) path: PathBuf,
}

/// Removes the files of a commit that does not come to its end.
#[derive(Default)]
pub(super) struct Unfinished {
    files: Vec<PathBuf>,
}

impl Unfinished {
    pub(super) fn expect(&mut self, part: &NewPart) {
        self.files.extend([part.temporary.clone(), part.path.clone()]);
    }

    /// The commit has happened.
    pub(super) fn forget(&mut self) {
        self.files.clear();
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        for file in &self.files {
            // Most are not there; one that can't be removed is removed when the folder is opened next.
            let _ = fs::remove_file(file);
        }
    }
}

/// A part under construction.
pub(super) struct OpenPart {
    part: NewPart,
    schema: SchemaRef,
    writer: PartWriter,
    /// The smallest and the greatest id of an article in it.
    range: Option<(String, String)>,
}

impl OpenPart {
    pub(super) fn create(part: NewPart, schema: SchemaRef, effort: Effort) -> Result<Self, Error> {
        let writer = PartWriter::create(&part.temporary, &part.table, schema.clone(), effort)?;
        Ok(Self { part, schema, writer, range: None })
    }

    /// Adds rows, which come after those before by the table's key.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        widen(&mut self.range, &self.part.table, batch)?;
        Ok(self.writer.write(batch)?)
    }

    /// Encoded bytes so far, about.
    pub(super) fn bytes(&self) -> u64 {
        self.writer.bytes()
    }

    /// The part's line in the log, once it is on the disk and was read back. `pending` says that its
    /// articles wait to be compared with the others.
    pub(super) fn finish(self, pending: bool) -> Result<Added, Error> {
        let written = self.writer.finish()?;
        let found = parquet_io::rows(&self.part.temporary)?;
        if found != written.rows {
            return Err(Error::Io {
                action: "write",
                path: self.part.path,
                source: std::io::Error::other(format!(
                    "{} rows were written, {found} can be read back",
                    written.rows
                )),
            });
        }
        let (first, last) = self.range.unzip();
        Ok(Added {
            table: self.part.table.name().to_owned(),
            file: self.part.file,
            rows: written.rows,
            bytes: written.bytes,
            sha256: written.sha256,
            first,
            last,
            pending: pending && written.rows > 0,
        })
    }
}

/// Widens a range of ids to the smallest and the greatest id of an article in these rows.
fn widen(
    range: &mut Option<(String, String)>,
    table: &TableId,
    batch: &RecordBatch,
) -> Result<(), Error> {
    let key = table.key();
    for column in table.article_columns() {
        let ids: StringArray = text_column(table.name(), batch, column)?;
        let is_sorted = key.first().is_some_and(|first| first == column);
        let last = ids.len().saturating_sub(1);
        let step = if is_sorted { last.max(1) } else { 1 };
        for id in ids.iter().step_by(step).flatten() {
            match range {
                None => *range = Some((id.to_owned(), id.to_owned())),
                Some((first, last)) => {
                    if id < first.as_str() {
                        id.clone_into(first);
                    }
                    if id > last.as_str() {
                        id.clone_into(last);
                    }
                }
            }
        }
    }
    Ok(())
}

/// Makes the rows of a table.
pub(crate) type Make<'a> = Box<dyn FnOnce() -> Result<RecordBatch, Error> + Send + 'a>;

/// The smallest and the greatest id of articles.
pub(crate) type Ids<'a> = (&'a str, &'a str);

/// The parts that a commit is going to add, on their way to the disk: one of each table, to which rows
/// are added as long as these come in order, so that a commit of many units has few files and little
/// in memory. They count when a transaction has taken them over and is committed; dropped before, they
/// are removed.
#[derive(Default)]
pub(crate) struct Parts {
    open: BTreeMap<TableId, OpenPart>,
    pub(super) finished: Vec<Added>,
    /// Columns of tables that were given without a row.
    pub(super) empty: BTreeMap<TableId, RecordBatch>,
    /// The greatest id of an article in the open parts.
    last: Option<String>,
    pub(super) unfinished: Unfinished,
}

impl Parts {
    /// Adds the rows of some articles to each of these tables, sorted by its key. Where the articles do
    /// not come after those before, by their ids, new parts are begun, so that every part is sorted. A
    /// table is made when a thread is free to write it.
    pub(crate) fn write(
        &mut self,
        store: &mut Store,
        run_id: &str,
        ids: Ids<'_>,
        tables: Vec<(TableId, Make<'_>)>,
    ) -> Result<(), Error> {
        let (first, last) = ids;
        if self.last.as_ref().is_none_or(|before| first <= before.as_str()) {
            self.finish()?;
        }
        self.last = Some(last.to_owned());
        let mut planned = Vec::with_capacity(tables.len());
        for (table, make) in tables {
            let open = self.open.remove(&table);
            let next = store.new_part(&table, run_id)?;
            self.unfinished.expect(&next);
            planned.push((make, open, next));
        }
        let written: Vec<Wrote> = planned
            .into_par_iter()
            .map(|(make, open, next)| Wrote::new(make, open, next))
            .collect::<Result<_, Error>>()?;
        for wrote in written {
            match wrote {
                Wrote::Nothing(table, columns) => drop(self.empty.entry(table).or_insert(columns)),
                Wrote::Rows(open, before) => {
                    self.finished.extend(before);
                    self.open.insert(open.part.table.clone(), open);
                }
                Wrote::Same(open) => drop(self.open.insert(open.part.table.clone(), open)),
            }
        }
        Ok(())
    }

    /// Adds rows, sorted by the table's key, as a part of their own. It works in this thread alone, so that
    /// whoever calls it may hold a lock that other threads of the pool wait for.
    pub(super) fn write_alone(
        &mut self,
        store: &mut Store,
        run_id: &str,
        table: &TableId,
        batch: RecordBatch,
    ) -> Result<(), Error> {
        let part = store.new_part(table, run_id)?;
        self.unfinished.expect(&part);
        self.finished.push(write_part(part, &[batch], is_compared(table))?);
        Ok(())
    }

    /// Whether there are rows of a table.
    pub(crate) fn has_rows(&self, table: &TableId) -> bool {
        self.open.contains_key(table)
            || self.finished.iter().any(|part| part.table == table.name() && part.rows > 0)
    }

    /// Brings the open parts to the disk.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        let open: Vec<OpenPart> = std::mem::take(&mut self.open).into_values().collect();
        let finished: Vec<Added> = open
            .into_par_iter()
            .map(|open| {
                let pending = is_compared(&open.part.table);
                open.finish(pending)
            })
            .collect::<Result<_, Error>>()?;
        self.finished.extend(finished);
        self.last = None;
        Ok(())
    }
}

/// Whether the articles of new rows of this table are to be compared with all others.
pub(super) fn is_compared(table: &TableId) -> bool {
    *table == TableId::Signatures
}

/// What became of the rows of a table.
enum Wrote {
    /// There were none: the table with its columns.
    Nothing(TableId, RecordBatch),
    /// There were none, and the part is as it was.
    Same(OpenPart),
    /// They are in this part; the one before it, of other columns, is finished.
    Rows(OpenPart, Option<Added>),
}

impl Wrote {
    fn new(make: Make<'_>, open: Option<OpenPart>, next: NewPart) -> Result<Self, Error> {
        let batch = make()?;
        if batch.num_rows() == 0 {
            return Ok(match open {
                Some(open) => Self::Same(open),
                None => Self::Nothing(next.table, batch),
            });
        }
        let (mut open, before) = match open {
            Some(open) if open.schema == batch.schema() => (open, None),
            open => {
                let pending = is_compared(&next.table);
                let before = open.map(|open| open.finish(pending)).transpose()?;
                (OpenPart::create(next, batch.schema(), Effort::Often)?, before)
            }
        };
        open.write(&batch)?;
        Ok(Self::Rows(open, before))
    }
}

/// Rows that are in memory, in a part of their own.
pub(super) fn write_part(
    part: NewPart,
    batches: &[RecordBatch],
    pending: bool,
) -> Result<Added, Error> {
    let schema = batches.first().map_or_else(|| part.table.schema(), RecordBatch::schema);
    let mut open = OpenPart::create(part, schema, Effort::Often)?;
    for batch in batches {
        open.write(batch)?;
    }
    open.finish(pending)
}
