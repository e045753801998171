//! One commit: parts written, checked and renamed, a line in the log, and the replaced parts gone.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use arrow::array::{Array, RecordBatch, StringArray};
use postil_tables::parquet_io;
use postil_tables::read::text_column;
use postil_tables::{TableId, empty_batch};
use rayon::prelude::*;

use super::log::{Added, FORMAT, Join, Line, StageMark};
use super::manifest::Part;
use super::parts::{NewPart, Parts, is_compared, write_part};
use super::store::{Store, now};
use crate::error::Error;
use crate::pipeline::PipelineStage;

/// What a commit wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Committed {
    pub(crate) parts: usize,
    pub(crate) bytes: u64,
}

/// A commit under construction. Nothing counts before [`Transaction::commit`], and nothing is written
/// before but its [`Parts`].
pub(crate) struct Transaction<'s> {
    store: &'s mut Store,
    run_id: String,
    parts: Parts,
    writes: Vec<Write>,
    removed: BTreeSet<String>,
    stages: Vec<StageMark>,
    join: Option<Join>,
}

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
    /// A commit of what these parts hold, and more.
    pub(crate) fn new(store: &'s mut Store, run_id: &str, parts: Parts) -> Self {
        Self {
            store,
            run_id: run_id.to_owned(),
            parts,
            writes: Vec::new(),
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
        let pending = is_compared(&table);
        self.writes.push(Write { table, batches: vec![batch], pending });
    }

    /// Adds rows, sorted by the table's key, as a part that is on the disk before the commit: for rows of
    /// which there are more than should be in memory together. No other thread has a hand in it.
    pub(crate) fn write_now(&mut self, table: &TableId, batch: RecordBatch) -> Result<(), Error> {
        self.parts.write_alone(self.store, &self.run_id, table, batch)
    }

    /// Whether rows of a table are added.
    pub(crate) fn adds_rows(&self, table: &TableId) -> bool {
        self.parts.has_rows(table)
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
        self.parts.finish()?;
        let Self { store, run_id, parts, writes, removed, stages, join } = self;
        let Parts { finished: mut added, mut unfinished, .. } = parts;
        let mut planned: Vec<(Write, NewPart)> = Vec::with_capacity(writes.len());
        for write in writes {
            let part = store.new_part(&write.table, &run_id)?;
            unfinished.expect(&part);
            planned.push((write, part));
        }
        let rest: Vec<Added> = planned
            .into_par_iter()
            .map(|(Write { batches, pending, .. }, part)| write_part(part, &batches, pending))
            .collect::<Result<_, Error>>()?;
        added.extend(rest);
        let line = Line {
            format: FORMAT,
            command: store.command_of(&run_id),
            run_id: Some(run_id),
            at: now(),
            added,
            removed: removed.into_iter().collect(),
            stages,
            join,
        };
        store.publish(line, unfinished)
    }

    /// Sees to it that every table has a part, so that a query over all files of any table works,
    /// and that parts without rows go as soon as there are others.
    fn keep_every_table(&mut self) {
        let empty = std::mem::take(&mut self.parts.empty);
        self.writes.extend(empty.into_iter().map(|(table, columns)| Write {
            table,
            batches: vec![columns],
            pending: false,
        }));
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
                || self.parts.has_rows(&table);
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
pub(crate) fn is_one_of(column: &StringArray, row: usize, set: &HashSet<String>) -> bool {
    row < column.len() && column.is_valid(row) && set.contains(column.value(row))
}
