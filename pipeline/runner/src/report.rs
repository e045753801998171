//! What a run has done.

use std::path::PathBuf;

use postil_contract::Layer;
use postil_tables::DeadLetterRow;

/// Articles and dead letters that a report names one by one, at most.
pub const MAX_LISTED: usize = 1000;

/// What a run has done.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The run, as the tables name it.
    pub run_id: String,
    /// The output folder.
    pub output: PathBuf,
    /// Articles of which rows were written. In a dry run, those of which some would be.
    pub n_annotated: usize,
    /// Their ids, sorted: of the first [`MAX_LISTED`] of them.
    pub annotated: Vec<String>,
    /// Of these, how many needed only some of the stages.
    pub partly: usize,
    /// Articles about which there was nothing left to do.
    pub unchanged: usize,
    /// Articles that failed in this run.
    pub failed: usize,
    /// Articles that failed in an earlier run, have not changed, and were not tried again.
    pub failed_before: usize,
    /// Bytes of text of the articles annotated.
    pub bytes: u64,
    /// Words of the articles annotated.
    pub words: u64,
    /// Seconds from the start of the run to its end.
    pub seconds: f64,
    /// Threads used.
    pub threads: usize,
    /// What each stage did, in order.
    pub stages: Vec<StageReport>,
    /// What failed, in this run and before, sorted by source: the first [`MAX_LISTED`].
    pub dead_letters: Vec<DeadLetter>,
    /// Pairs of paragraphs that repeat each other and were found in this run; `None` where nothing
    /// was compared.
    pub pairs: Option<usize>,
    /// Whether the run was stopped before its end.
    pub interrupted: bool,
    /// Whether it ended at the first failure, as it was asked to.
    pub halted: bool,
    /// Whether nothing was to be written.
    pub dry_run: bool,
    /// Whether articles wait to be compared with the others.
    pub join_pending: bool,
}

impl Report {
    /// Whether there was nothing to do and nothing was done.
    #[must_use]
    pub fn nothing_to_do(&self) -> bool {
        self.n_annotated == 0 && self.failed == 0 && self.pairs.is_none() && !self.interrupted
    }

    /// Counts articles, and keeps their ids as long as there are few.
    pub(crate) fn annotated(&mut self, mut ids: Vec<&str>) {
        self.n_annotated += ids.len();
        ids.sort_unstable();
        let room = MAX_LISTED.saturating_sub(self.annotated.len());
        self.annotated.extend(ids.into_iter().take(room).map(str::to_owned));
    }

    /// Keeps a dead letter as long as there are few.
    pub(crate) fn letter(&mut self, letter: DeadLetter) {
        if self.dead_letters.len() < MAX_LISTED {
            self.dead_letters.push(letter);
        }
    }

    /// Adds what the reading side has counted.
    pub(crate) fn add(&mut self, read: Self) {
        self.unchanged += read.unchanged;
        self.failed_before += read.failed_before;
        read.dead_letters.into_iter().for_each(|letter| self.letter(letter));
        self.annotated.sort();
        self.dead_letters.sort_by(|a, b| a.source.cmp(&b.source));
    }
}

/// What a stage did in a run.
#[derive(Debug, Clone)]
pub struct StageReport {
    /// The layer it provides.
    pub layer: Layer,
    /// Its name.
    pub implementation: String,
    /// Its model, if any.
    pub model: Option<String>,
    /// Articles it annotated.
    pub articles: usize,
    /// Articles it failed on.
    pub failed: usize,
    /// Articles it passed over for their language.
    pub skipped: usize,
    /// Rows it gave.
    pub rows: usize,
    /// Seconds of work, summed over the threads.
    pub seconds: f64,
}

/// An article that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Where it was read from.
    pub source: String,
    /// Its id, where it came so far.
    pub article_id: Option<String>,
    /// The layer whose stage failed; `None` where reading failed.
    pub stage: Option<String>,
    /// Why.
    pub error: String,
    /// Whether it failed in an earlier run and was not tried again.
    pub before: bool,
}

impl DeadLetter {
    pub(crate) fn of(row: &DeadLetterRow, before: bool) -> Self {
        Self {
            source: row.source.clone(),
            article_id: row.article_id.clone(),
            stage: row.stage.clone(),
            error: row.error.clone(),
            before,
        }
    }
}
