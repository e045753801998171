//! One commit: parts written, checked and renamed, a line in the log, and the replaced parts gone.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::{Array, RecordBatch, StringArray};
use postil_tables::parquet_io::{self, Written};
use postil_tables::read::text_column;
use postil_tables::{TableId, empty_batch};
use rayon::prelude::*;

use super::log::{Added, FORMAT, Join, Line, StageMark};
use super::manifest::Part;
use super::store::{Store, now, read_back};
use crate::error::Error;
use crate::pipeline::PipelineStage;

/// What a commit wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Committed {
    pub(crate) parts: usize,
    pub(crate) bytes: u64,
}

/// A commit under construction. Nothing counts before [`Transaction::commit`], and nothing is written
/// but by [`Transaction::write_now`].
pub(crate) struct Transaction<'s> {
    store: &'s mut Store,
    run_id: String,
    writes: Vec<Write>,
    /// Parts that are written already.
    written: Vec<Added>,
    unfinished: Unfinished,
    removed: BTreeSet<String>,
    stages: Vec<StageMark>,
    join: Option<Join>,
}

/// Makes the rows of a table.
pub(crate) type Make<'a> = Box<dyn FnOnce() -> Result<RecordBatch, Error> + Send + 'a>;

struct Write {
    table: TableId,
    batches: Vec<RecordBatch>,
    pending: bool,
}

impl Write {
    fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

impl<'s> Transaction<'s> {
    pub(crate) fn new(store: &'s mut Store, run_id: &str) -> Self {
        Self {
            store,
            run_id: run_id.to_owned(),
            writes: Vec::new(),
            written: Vec::new(),
            unfinished: Unfinished::default(),
            removed: BTreeSet::new(),
            stages: Vec::new(),
            join: None,
        }
    }

    /// The output folder.
    pub(crate) fn root(&self) -> &Path {
        &self.store.root
    }

    /// Adds rows, sorted by the table's key.
    pub(crate) fn append(&mut self, table: TableId, batch: RecordBatch) {
        let pending = table == TableId::Signatures;
        self.writes.push(Write { table, batches: vec![batch], pending });
    }

    /// Adds rows, each table's sorted by its key, as parts that are on the disk before the commit: for
    /// rows of which there are more than should be in memory together. A table is made when a thread
    /// is free to write it. Gives the tables that have rows.
    pub(crate) fn write_now(
        &mut self,
        tables: Vec<(TableId, Make<'_>)>,
    ) -> Result<BTreeSet<TableId>, Error> {
        let mut planned = Vec::with_capacity(tables.len());
        for (table, make) in tables {
            let part = self.store.new_part(&table, &self.run_id)?;
            self.unfinished.expect(&part);
            planned.push((table, make, part));
        }
        let written: Vec<(Write, Option<Added>)> = planned
            .into_par_iter()
            .map(|(table, make, part)| {
                let pending = table == TableId::Signatures;
                let mut write = Write { table, batches: vec![make()?], pending };
                let is_empty = write.rows() == 0;
                let added = if is_empty { None } else { Some(write_part(&write, &part)?) };
                if !is_empty {
                    write.batches.clear();
                }
                Ok((write, added))
            })
            .collect::<Result<_, Error>>()?;
        let mut tables = BTreeSet::new();
        for (write, added) in written {
            match added {
                Some(added) => {
                    tables.insert(write.table);
                    self.written.push(added);
                }
                // It may be the only part of its table.
                None => self.writes.push(write),
            }
        }
        Ok(tables)
    }

    /// Takes rows out of the parts of a table. `may_hold` tells parts that need not be read; `keep`
    /// tells of each row of a batch whether it stays, or `None` where all do. Gives the rows taken.
    pub(crate) fn remove_rows(
        &mut self,
        table: &TableId,
        may_hold: impl Fn(&Part) -> Result<bool, Error> + Sync,
        keep: impl Fn(&RecordBatch) -> Result<Option<RecordBatch>, Error> + Sync,
    ) -> Result<u64, Error> {
        let root = self.store.root.clone();
        let parts: Vec<&Part> = self
            .store
            .manifest
            .parts(table)
            .iter()
            .filter(|part| part.rows > 0 && !self.removed.contains(&part.file))
            .collect();
        let rewritten: Vec<Option<(&Part, u64, Vec<RecordBatch>)>> = parts
            .into_par_iter()
            .map(|part| {
                if !may_hold(part)? {
                    return Ok(None);
                }
                let batches = parquet_io::read(&root.join(&part.file))?;
                let mut kept = Vec::with_capacity(batches.len());
                let mut rows = 0;
                for batch in batches {
                    let batch = keep(&batch)?.unwrap_or(batch);
                    rows += batch.num_rows() as u64;
                    kept.push(batch);
                }
                Ok((rows < part.rows).then_some((part, rows, kept)))
            })
            .collect::<Result<_, Error>>()?;
        let mut taken = 0;
        for (part, rows, batches) in rewritten.into_iter().flatten() {
            taken += part.rows - rows;
            self.removed.insert(part.file.clone());
            if rows > 0 {
                let batches = batches.into_iter().filter(|batch| batch.num_rows() > 0).collect();
                self.writes.push(Write { table: table.clone(), batches, pending: part.pending });
            }
        }
        Ok(taken)
    }

    /// Takes all parts out of a table.
    pub(crate) fn clear(&mut self, table: &TableId) {
        let files = self.store.manifest.parts(table).iter().map(|part| part.file.clone());
        self.removed.extend(files);
    }

    /// Takes one part out.
    pub(crate) fn remove_part(&mut self, file: &str) {
        self.removed.insert(file.to_owned());
    }

    /// Writes down what these stages' hashes stand for, where the log does not yet.
    pub(crate) fn mark_stages(&mut self, stages: &[PipelineStage]) {
        for stage in stages {
            if !self.store.manifest.stage_needs.contains_key(stage.hash()) {
                self.stages.push(StageMark {
                    stage: stage.layer().as_str().to_owned(),
                    hash: stage.hash().to_owned(),
                    needs: stage.info().needs.iter().map(ToString::to_string).collect(),
                });
            }
        }
    }

    /// Takes the pairs out, and says that all articles are to be compared with each other again.
    pub(crate) fn compare_all(&mut self) {
        self.clear(&TableId::Duplicates);
        self.clear(&TableId::DuplicateClusters);
        self.join = Some(Join::All);
    }

    /// Says that articles wait to be compared from here on.
    pub(crate) const fn mark_join_pending(&mut self) {
        self.join = Some(Join::Pending);
    }

    /// Says that all articles are compared.
    pub(crate) const fn mark_joined(&mut self) {
        self.join = Some(Join::Done);
    }

    /// Writes everything down. Where it fails, the output is as before.
    pub(crate) fn commit(mut self) -> Result<(Committed, BTreeMap<TableId, Vec<String>>), Error> {
        self.keep_every_table();
        let store = self.store;
        let mut unfinished = self.unfinished;
        let mut planned: Vec<(Write, NewPart)> = Vec::with_capacity(self.writes.len());
        for write in self.writes {
            let part = store.new_part(&write.table, &self.run_id)?;
            unfinished.expect(&part);
            planned.push((write, part));
        }
        let mut added = self.written;
        let rest: Vec<Added> = planned
            .into_par_iter()
            .map(|(write, part)| write_part(&write, &part))
            .collect::<Result<_, Error>>()?;
        added.extend(rest);
        let line = Line {
            format: FORMAT,
            command: store.command_of(&self.run_id),
            run_id: Some(self.run_id),
            at: now(),
            added,
            removed: self.removed.into_iter().collect(),
            stages: self.stages,
            join: self.join,
        };
        store.publish(line, unfinished)
    }

    /// Sees to it that every table has a part, so that a query over all files of any table works,
    /// and that parts without rows go as soon as there are others.
    fn keep_every_table(&mut self) {
        let mut tables: BTreeSet<TableId> = TableId::BUILT_IN.into_iter().collect();
        tables.extend(self.store.manifest.parts.keys().cloned());
        tables.extend(self.writes.iter().map(|write| write.table.clone()));
        for table in tables {
            let live: Vec<&Part> = self
                .store
                .manifest
                .parts(&table)
                .iter()
                .filter(|part| !self.removed.contains(&part.file))
                .collect();
            let writes_rows = self.writes.iter().any(|w| w.table == table && w.rows() > 0)
                || self.written.iter().any(|part| part.table == table.name() && part.rows > 0);
            let has_rows = writes_rows || live.iter().any(|part| part.rows > 0);
            if has_rows {
                let empty: Vec<String> =
                    live.iter().filter(|part| part.rows == 0).map(|p| p.file.clone()).collect();
                self.removed.extend(empty);
                self.writes.retain(|write| write.table != table || write.rows() > 0);
                continue;
            }
            let mut spare =
                self.writes.iter().filter(|write| write.table == table).map(|w| w.batches.clone());
            let batches = spare.next().unwrap_or_else(|| vec![empty_batch(&table)]);
            drop(spare);
            let is_there = !live.is_empty();
            self.writes.retain(|write| write.table != table);
            if !is_there {
                self.writes.push(Write { table, batches, pending: false });
            }
        }
    }
}

/// A part that is to be written: first under a name that no glob over `*.parquet` finds.
pub(super) struct NewPart {
    pub(super) table: TableId,
    /// Path below the output folder once it counts.
    pub(super) file: String,
    pub(super) temporary: PathBuf,
    pub(super) path: PathBuf,
}

impl NewPart {
    /// The part's line in the log, after it was written and could be read back.
    pub(super) fn added(
        &self,
        written: &Written,
        range: Option<(String, String)>,
        pending: bool,
    ) -> Result<Added, Error> {
        let found = read_back(&self.temporary)?;
        if found != written.rows {
            return Err(Error::Io {
                action: "write",
                path: self.path.clone(),
                source: std::io::Error::other(format!(
                    "{} rows were written, {found} can be read back",
                    written.rows
                )),
            });
        }
        let (first, last) = range.unzip();
        Ok(Added {
            table: self.table.name().to_owned(),
            file: self.file.clone(),
            rows: written.rows,
            bytes: written.bytes,
            sha256: written.sha256.clone(),
            first,
            last,
            pending: pending && written.rows > 0,
        })
    }
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

fn write_part(write: &Write, part: &NewPart) -> Result<Added, Error> {
    let written = parquet_io::write(&part.temporary, &write.table, &write.batches)?;
    let mut range = None;
    for batch in &write.batches {
        widen(&mut range, &write.table, batch)?;
    }
    part.added(&written, range, write.pending)
}

/// Widens a range of ids to the smallest and the greatest id of an article in these rows.
pub(super) fn widen(
    range: &mut Option<(String, String)>,
    table: &TableId,
    batch: &RecordBatch,
) -> Result<(), Error> {
    for column in table.article_columns() {
        let ids: StringArray = text_column(table.name(), batch, column)?;
        for id in ids.iter().flatten() {
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

/// The rows of a batch but some; `None` where all stay.
pub(crate) fn without(
    table: &TableId,
    batch: &RecordBatch,
    drop_row: impl Fn(usize) -> bool,
) -> Result<Option<RecordBatch>, Error> {
    let keep: Vec<bool> = (0..batch.num_rows()).map(|row| !drop_row(row)).collect();
    if keep.iter().all(|keep| *keep) {
        return Ok(None);
    }
    let mask = arrow::array::BooleanArray::from(keep);
    arrow::compute::filter_record_batch(batch, &mask).map(Some).map_err(|source| {
        Error::Table(postil_tables::TableError::Arrow { table: table.name().to_owned(), source })
    })
}

/// The values of a column of text, for [`without`].
pub(crate) fn values(
    table: &TableId,
    batch: &RecordBatch,
    column: &str,
) -> Result<StringArray, Error> {
    Ok(text_column(table.name(), batch, column)?)
}

/// Whether row `row` of `column` is one of `set`.
pub(crate) fn is_one_of(column: &StringArray, row: usize, set: &HashSet<&str>) -> bool {
    row < column.len() && column.is_valid(row) && set.contains(column.value(row))
}
