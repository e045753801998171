//! What the log says: the parts that count.

use std::collections::BTreeMap;
use std::path::Path;

use postil_tables::TableId;

use super::LOG;
use super::log::{self, Added, Join, Line};
use crate::error::Error;

/// A part that counts.
#[derive(Debug, Clone, PartialEq)]
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
}

impl Part {
    /// Whether the part may hold rows of one of these articles, which are sorted.
    pub(crate) fn may_hold(&self, ids: &[&str]) -> bool {
        let Some((first, last)) = &self.range else { return false };
        let next = ids.partition_point(|id| *id < first.as_str());
        ids.get(next).is_some_and(|id| *id <= last.as_str())
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
        if self.runs.last() != Some(run_id) {
            self.runs.push(run_id.clone());
        }
        for parts in self.parts.values_mut() {
            parts.retain(|part| !line.removed.contains(&part.file));
        }
        for Added { table, file, rows, bytes, sha256, first, last, pending } in &line.added {
            self.parts.entry(TableId::from_name(table)).or_default().push(Part {
                file: file.clone(),
                rows: *rows,
                bytes: *bytes,
                sha256: sha256.clone(),
                range: first.clone().zip(last.clone()),
                pending: *pending,
            });
        }
        for mark in &line.stages {
            self.stage_needs.insert(mark.hash.clone(), mark.needs.clone());
        }
        match line.join {
            Some(Join::Pending) => self.join_pending = true,
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
