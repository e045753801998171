//! What the log says: the parts that count.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use postil_tables::read::text_column;
use postil_tables::{TableId, parquet_io};
use xxhash_rust::xxh3::xxh3_64;

use super::LOG;
use super::log::{self, Added, Command, Join, Line};
use crate::error::Error;

/// A part that counts.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// Path below the output folder, `/`-separated.
    pub(crate) file: String,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// The smallest and the greatest id of an article in it; `None` for a part without articles.
    pub(crate) range: Option<(String, String)>,
    /// Whether its articles wait to be compared with the others.
    pub(crate) pending: bool,
    /// Hashes of the ids in it, sorted; read from the file when they are first asked for.
    ids: Arc<OnceLock<Box<[u64]>>>,
}

impl Part {
    pub(super) fn new(added: &Added) -> Self {
        let Added { table: _, file, rows, bytes, sha256, first, last, pending } = added;
        Self {
            file: file.clone(),
            rows: *rows,
            bytes: *bytes,
            sha256: sha256.clone(),
            range: first.clone().zip(last.clone()),
            pending: *pending,
            ids: Arc::default(),
        }
    }

    /// Whether the part holds rows of one of these articles, which are sorted. The range of its ids
    /// mostly tells; where it does not (records in no order of their ids), the ids themselves do, and
    /// are kept, 8 bytes an article: else every unit would have to read every part.
    pub(crate) fn holds(&self, root: &Path, table: &TableId, ids: &[&str]) -> Result<bool, Error> {
        let Some((first, last)) = &self.range else { return Ok(false) };
        let from = ids.partition_point(|id| *id < first.as_str());
        let to = ids.partition_point(|id| *id <= last.as_str());
        let inside = ids.get(from..to).unwrap_or_default();
        if inside.is_empty() {
            return Ok(false);
        }
        if inside.contains(&first.as_str()) || inside.contains(&last.as_str()) {
            return Ok(true);
        }
        let hashes = match self.ids.get() {
            Some(hashes) => hashes,
            None => {
                let read = self.read_ids(root, table)?;
                self.ids.get_or_init(|| read)
            }
        };
        Ok(inside.iter().any(|id| hashes.binary_search(&xxh3_64(id.as_bytes())).is_ok()))
    }

    /// Whether the part holds rows of an article of which `is_one` says so; the ids are read.
    pub(crate) fn holds_any(
        &self,
        root: &Path,
        table: &TableId,
        is_one: impl Fn(&str) -> bool,
    ) -> Result<bool, Error> {
        const ROWS: usize = 4096;
        let columns = table.article_columns();
        for batch in parquet_io::stream(&root.join(&self.file), Some(columns), ROWS)? {
            let batch = batch?;
            for column in columns {
                let ids = text_column(table.name(), &batch, column)?;
                if ids.iter().flatten().any(&is_one) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Rows that are about so many encoded bytes.
    pub(crate) fn rows_of(&self, bytes: u64) -> usize {
        const MAX_ROWS: usize = 8192;
        let rows = self.rows.saturating_mul(bytes) / self.bytes.max(1);
        usize::try_from(rows).unwrap_or(MAX_ROWS).clamp(16, MAX_ROWS)
    }

    fn read_ids(&self, root: &Path, table: &TableId) -> Result<Box<[u64]>, Error> {
        let columns = table.article_columns();
        let mut hashes = Vec::new();
        for batch in parquet_io::read_columns(&root.join(&self.file), Some(columns))? {
            for column in columns {
                let ids = text_column(table.name(), &batch, column)?;
                let mut last = None;
                for id in ids.iter().flatten() {
                    // Rows of one article stand together.
                    if last != Some(id) {
                        hashes.push(xxh3_64(id.as_bytes()));
                        last = Some(id);
                    }
                }
            }
        }
        hashes.sort_unstable();
        hashes.dedup();
        Ok(hashes.into_boxed_slice())
    }
}

/// The state that the lines of a log add up to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Manifest {
    pub(crate) parts: BTreeMap<TableId, Vec<Part>>,
    /// Whether articles wait to be compared with the others.
    pub(crate) join_pending: bool,
    /// The layers that a stage of this hash read.
    pub(crate) stage_needs: BTreeMap<String, Vec<String>>,
    /// Ids of the runs, in order of their first commit.
    pub(crate) runs: Vec<String>,
    /// What each run was started with, by id.
    pub(crate) commands: BTreeMap<String, Command>,
    /// When the last commit was, RFC 3339, UTC.
    pub(crate) last_commit: Option<String>,
    /// Commits so far.
    pub(crate) commits: usize,
}

impl Manifest {
    /// Reads the log of an output folder; gives the bytes of the log that count too.
    pub(crate) fn read(root: &Path) -> Result<(Self, u64), Error> {
        let (lines, good) = log::read(&root.join(LOG))?;
        let mut manifest = Self::default();
        for line in &lines {
            manifest.apply(line);
        }
        Ok((manifest, good))
    }

    pub(super) fn apply(&mut self, line: &Line) {
        let Some(run_id) = &line.run_id else { return };
        self.commits += 1;
        self.last_commit = Some(line.at.clone());
        if self.runs.last() != Some(run_id) {
            self.runs.push(run_id.clone());
        }
        if !line.removed.is_empty() {
            let removed: HashSet<&str> = line.removed.iter().map(String::as_str).collect();
            for parts in self.parts.values_mut() {
                parts.retain(|part| !removed.contains(part.file.as_str()));
            }
        }
        for added in &line.added {
            let parts = self.parts.entry(TableId::from_name(&added.table)).or_default();
            parts.push(Part::new(added));
        }
        if let Some(command) = &line.command {
            self.commands.insert(run_id.clone(), command.clone());
        }
        for mark in &line.stages {
            self.stage_needs.insert(mark.hash.clone(), mark.needs.clone());
        }
        match line.join {
            Some(Join::Pending) => self.join_pending = true,
            Some(Join::All) => {
                self.join_pending = true;
                let signatures = self.parts.get_mut(&TableId::Signatures).into_iter().flatten();
                signatures.for_each(|part| part.pending = part.rows > 0);
            }
            Some(Join::Done) => {
                self.join_pending = false;
                self.parts.values_mut().flatten().for_each(|part| part.pending = false);
            }
            None => {}
        }
    }

    /// The parts of a table.
    pub(crate) fn parts(&self, table: &TableId) -> &[Part] {
        self.parts.get(table).map_or(&[], Vec::as_slice)
    }

    /// Whether a table has any row.
    pub(crate) fn rows(&self, table: &TableId) -> u64 {
        self.parts(table).iter().map(|part| part.rows).sum()
    }
}
