//! One commit: parts written, checked and renamed, a line in the log, and the replaced parts gone.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::PathBuf;

use arrow::array::{Array, RecordBatch, StringArray};
use postil_tables::read::text_column;
use postil_tables::{TableId, empty_batch, parquet_io};
use rayon::prelude::*;

use super::TEMPORARY;
use super::log::{Added, FORMAT, Join, Line, StageMark};
use super::manifest::Part;
use super::store::{Store, now, read_back, sync_folder};
use crate::error::Error;
use crate::pipeline::PipelineStage;

/// What a commit wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Committed {
    pub(crate) parts: usize,
    pub(crate) bytes: u64,
}

/// A commit under construction. Nothing is written before [`Transaction::commit`].
pub(crate) struct Transaction<'s> {
    store: &'s mut Store,
    run_id: String,
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
    pub(crate) fn new(store: &'s mut Store, run_id: &str) -> Self {
        Self {
            store,
            run_id: run_id.to_owned(),
            writes: Vec::new(),
            removed: BTreeSet::new(),
            stages: Vec::new(),
            join: None,
        }
    }

    /// Adds rows, sorted by the table's key.
    pub(crate) fn append(&mut self, table: TableId, batch: RecordBatch) {
        let pending = table == TableId::Signatures;
        self.writes.push(Write { table, batches: vec![batch], pending });
    }

    /// Takes rows out of the parts of a table. `may_hold` tells parts that need not be read; `keep`
    /// tells of each row of a batch whether it stays, or `None` where all do. Gives the rows taken.
    pub(crate) fn remove_rows(
        &mut self,
        table: &TableId,
        may_hold: impl Fn(&Part) -> bool + Sync,
        keep: impl Fn(&RecordBatch) -> Result<Option<RecordBatch>, Error> + Sync,
    ) -> Result<u64, Error> {
        let root = self.store.root.clone();
        let parts: Vec<&Part> = self
            .store
            .manifest
            .parts(table)
            .iter()
            .filter(|part| part.rows > 0 && may_hold(part) && !self.removed.contains(&part.file))
            .collect();
        let rewritten: Vec<Option<(&Part, u64, Vec<RecordBatch>)>> = parts
            .into_par_iter()
            .map(|part| {
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
        let root = store.root.clone();
        let mut planned: Vec<(Write, String)> = Vec::with_capacity(self.writes.len());
        for write in self.writes {
            let name = format!("part-{}-{:05}.parquet", self.run_id, store.next_part);
            store.next_part += 1;
            planned.push((write, name));
        }
        let folders: BTreeSet<PathBuf> =
            planned.iter().map(|(write, _)| root.join(write.table.name())).collect();
        for folder in &folders {
            fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
        }
        let mut guard = Unfinished::default();
        for (write, name) in &planned {
            let folder = root.join(write.table.name());
            guard.files.push(folder.join(format!(".{name}{TEMPORARY}")));
            guard.files.push(folder.join(name));
        }
        let added: Vec<Added> = planned
            .par_iter()
            .map(|(write, name)| write_part(&root, write, name))
            .collect::<Result<_, Error>>()?;
        for part in &added {
            let (folder, name) = part.file.split_once('/').unwrap_or(("", &part.file));
            let folder = root.join(folder);
            fs::rename(folder.join(format!(".{name}{TEMPORARY}")), folder.join(name))
                .map_err(Error::io("rename", &folder.join(name)))?;
        }
        for folder in &folders {
            sync_folder(folder)?;
        }
        sync_folder(&root)?;
        let committed =
            Committed { parts: added.len(), bytes: added.iter().map(|part| part.bytes).sum() };
        let mut files: BTreeMap<TableId, Vec<String>> = BTreeMap::new();
        for part in &added {
            files.entry(TableId::from_name(&part.table)).or_default().push(part.file.clone());
        }
        let line = Line {
            format: FORMAT,
            run_id: Some(self.run_id),
            at: now(),
            added,
            removed: self.removed.into_iter().collect(),
            stages: self.stages,
            join: self.join,
        };
        store.log.append(&root.join(super::LOG), &line)?;
        // From here on the commit has happened.
        guard.files.clear();
        store.manifest.apply(&line);
        store.write_sql()?;
        for file in &line.removed {
            // One that can't be removed now is removed when the folder is opened next.
            let _ = fs::remove_file(root.join(file));
        }
        Ok((committed, files))
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
            let writes_rows = self.writes.iter().any(|w| w.table == table && w.rows() > 0);
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

/// Removes the files of a commit that does not come to its end.
#[derive(Default)]
struct Unfinished {
    files: Vec<PathBuf>,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        for file in &self.files {
            // Most are not there; one that can't be removed is removed when the folder is opened next.
            let _ = fs::remove_file(file);
        }
    }
}

fn write_part(root: &std::path::Path, write: &Write, name: &str) -> Result<Added, Error> {
    let path = root.join(write.table.name()).join(format!(".{name}{TEMPORARY}"));
    let written = parquet_io::write(&path, &write.table, &write.batches)?;
    let found = read_back(&path)?;
    if found != written.rows {
        return Err(Error::Io {
            action: "write",
            source: std::io::Error::other(format!(
                "{} rows were written, {found} can be read back",
                written.rows
            )),
            path,
        });
    }
    let range = id_range(&write.table, &write.batches)?;
    let (first, last) = range.unzip();
    Ok(Added {
        table: write.table.name().to_owned(),
        file: format!("{}/{name}", write.table.name()),
        rows: written.rows,
        bytes: written.bytes,
        sha256: written.sha256,
        first,
        last,
        pending: write.pending && written.rows > 0,
    })
}

/// The smallest and the greatest id of an article in these rows.
fn id_range(table: &TableId, batches: &[RecordBatch]) -> Result<Option<(String, String)>, Error> {
    let mut range: Option<(String, String)> = None;
    for batch in batches {
        for column in table.article_columns() {
            let ids: StringArray = text_column(table.name(), batch, column)?;
            for id in ids.iter().flatten() {
                match &mut range {
                    None => range = Some((id.to_owned(), id.to_owned())),
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
    }
    Ok(range)
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
