//! The writing side of a run: finished articles go into the tables unit by unit, and count from the next
//! commit on.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use postil_contract::DuplicatePair;
use postil_tables::{
    CoverageStatus, RunRow, TableId, clusters_to_batch, pairs_to_batch, runs_to_batch,
};

use crate::changes::{Aside, Changes, Replaced};
use crate::error::Error;
use crate::intake::count_bad;
use crate::join::{self, Joined};
use crate::output::{Committed, Parts, Store, Transaction, values, without};
use crate::pipeline::Pipeline;
use crate::progress::{Event, Progress};
use crate::report::{DeadLetter, Report};
use crate::schedule::{Finished, lock};

/// Counts and commits.
pub(crate) struct Committer<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) progress: &'a dyn Progress,
    // Dropped before the store, which leaves no folder of its own where nothing was committed.
    pub(crate) waiting: Option<Waiting>,
    pub(crate) store: Store,
    pub(crate) run_id: String,
    /// Microseconds since 1970.
    pub(crate) started_at: i64,
    /// The part that holds this run's rows of `runs` so far.
    pub(crate) runs_part: Option<String>,
    /// What is committed.
    pub(crate) report: Report,
    /// Seconds of work over all threads, by place in the pipeline.
    pub(crate) seconds: &'a Mutex<Vec<f64>>,
    /// Bytes of text after which what waits is committed.
    pub(crate) commit_bytes: u64,
    /// Time between commits, at most.
    pub(crate) commit_time: Duration,
    /// When the last one was; before it, when the run began.
    pub(crate) last_commit: Instant,
}

/// Finished articles that wait for the next commit, their rows on the disk already.
#[derive(Default)]
pub(crate) struct Waiting {
    parts: Parts,
    replaced: Replaced,
    articles: usize,
    /// Bytes of their texts.
    bytes: u64,
    /// What writing them took.
    writing: Duration,
}

impl Committer<'_> {
    /// Adds what is finished to the next commit.
    pub(crate) fn add(&mut self, finished: Vec<Finished>, aside: &Aside) -> Result<(), Error> {
        if !finished.is_empty() || !aside.is_empty() {
            let start = Instant::now();
            self.count(&finished, aside);
            let waiting = self.waiting.get_or_insert_with(Waiting::default);
            waiting.articles += finished.len();
            let texts = finished.iter().map(|article| article.job.article.text.len() as u64);
            waiting.bytes += texts.sum::<u64>();
            let manifest = self.store.manifest();
            let changes = Changes::new(self.pipeline, manifest, &self.run_id, &finished, aside);
            let replaced = changes.write(&mut waiting.parts, &mut self.store, &self.run_id)?;
            waiting.replaced.append(replaced);
            waiting.writing += start.elapsed();
        }
        Ok(())
    }

    /// How long what waits for the next commit may still wait, which is not at all where it is large
    /// enough; `None` where nothing waits.
    pub(crate) fn wait(&self) -> Option<Duration> {
        let waiting = self.waiting.as_ref()?;
        Some(match waiting.bytes >= self.commit_bytes {
            true => Duration::ZERO,
            false => self.commit_time.saturating_sub(self.last_commit.elapsed()),
        })
    }

    /// Commits what waits.
    pub(crate) fn commit(&mut self) -> Result<(), Error> {
        let Some(waiting) = self.waiting.take() else { return Ok(()) };
        let start = Instant::now();
        let rows =
            run_rows(&mut self.report, self.pipeline, self.seconds, &self.run_id, self.started_at);
        let mut transaction = Transaction::new(&mut self.store, &self.run_id, waiting.parts);
        waiting.replaced.apply(&mut transaction)?;
        let runs_part = self.runs_part.take();
        let (committed, runs_part) = seal(transaction, self.pipeline, runs_part, &rows)?;
        let seconds = waiting.writing + start.elapsed();
        self.committed(committed, runs_part, waiting.articles, seconds);
        Ok(())
    }

    /// Counts what the next commit holds.
    fn count(&mut self, finished: &[Finished], aside: &Aside) {
        for bad in &aside.bad {
            count_bad(&mut self.report, bad, false);
        }
        let mut ids = Vec::new();
        for Finished { job, covered, failure } in finished {
            for (at, covered) in covered {
                let written =
                    job.run.get(*at).copied().unwrap_or(false) && !(job.whole && failure.is_some());
                let Some(stage) = self.report.stages.get_mut(*at).filter(|_| written) else {
                    continue;
                };
                match covered.status {
                    CoverageStatus::SkippedLanguage => stage.skipped += 1,
                    _ => stage.articles += 1,
                }
                stage.rows += covered.rows;
            }
            if let Some((at, failure)) = failure {
                self.report.failed += 1;
                let stage = self.report.stages.get_mut(*at);
                let letter = DeadLetter {
                    source: job.article.source.clone(),
                    article_id: Some(job.article.id.clone()),
                    stage: stage.as_ref().map(|stage| stage.layer.to_string()),
                    error: failure.error.clone(),
                    before: false,
                };
                if let Some(stage) = stage {
                    stage.failed += 1;
                }
                self.report.letter(letter);
                continue;
            }
            ids.push(job.article.id.as_str());
            self.report.partly += usize::from(!job.whole);
            self.report.bytes += job.article.text.len() as u64;
            let paragraphs = job.layers.paragraphs.as_deref().unwrap_or_default();
            self.report.words += paragraphs.iter().map(|p| u64::from(p.n_words)).sum::<u64>();
        }
        self.report.annotated(ids);
    }

    /// Compares what is new with everything, where something waits for it.
    pub(crate) fn join(&mut self) -> Result<(), Error> {
        if !self.store.manifest().join_pending {
            return Ok(());
        }
        let Some((at, corpus)) = self.pipeline.corpus() else {
            self.progress.event(Event::Warning(
                "duplicates are out of date until a run with a duplicates stage",
            ));
            return Ok(());
        };
        let start = Instant::now();
        let table = TableId::Duplicates;
        let (root, manifest) = (self.store.root().to_owned(), self.store.manifest().clone());
        let mut transaction = Transaction::new(&mut self.store, &self.run_id, Parts::default());
        // Written as they are found: a large archive may have more than fit into memory.
        let mut write = |pairs: &[DuplicatePair]| match pairs {
            [] => Ok(()),
            pairs => transaction.write_now(&table, pairs_to_batch(pairs)?),
        };
        let Joined { ids, pairs, clusters, seconds } =
            join::join(&root, &manifest, corpus, self.progress, &mut write)?;
        if let Some(sum) = lock(self.seconds).get_mut(at) {
            *sum += seconds;
        }
        self.report.pairs = Some(pairs);
        let rows =
            run_rows(&mut self.report, self.pipeline, self.seconds, &self.run_id, self.started_at);
        // Pairs of an article that was made anew are found anew.
        let is_new = |id: &str| ids.number(id).is_some_and(|number| ids.is_new(number));
        transaction.remove_rows(
            &table,
            |part| part.holds_any(&root, &table, is_new),
            |batch| {
                let a = values(&table, batch, "a_article_id")?;
                let b = values(&table, batch, "b_article_id")?;
                without(&table, batch, |row| is_new(a.value(row)) || is_new(b.value(row)))
            },
        )?;
        transaction.append(table.clone(), pairs_to_batch(&[])?);
        transaction.clear(&TableId::DuplicateClusters);
        transaction.append(TableId::DuplicateClusters, clusters_to_batch(&clusters)?);
        transaction.mark_joined();
        let runs_part = self.runs_part.take();
        let (committed, runs_part) = seal(transaction, self.pipeline, runs_part, &rows)?;
        self.committed(committed, runs_part, 0, start.elapsed());
        Ok(())
    }

    fn committed(
        &mut self,
        Committed { parts, bytes }: Committed,
        runs_part: Option<String>,
        articles: usize,
        seconds: Duration,
    ) {
        self.runs_part = runs_part;
        self.last_commit = Instant::now();
        let seconds = seconds.as_secs_f64();
        self.progress.event(Event::Committed { articles, parts, bytes, seconds });
    }
}

/// A run's rows of `runs` as of now.
fn run_rows(
    report: &mut Report,
    pipeline: &Pipeline,
    seconds: &Mutex<Vec<f64>>,
    run_id: &str,
    started_at: i64,
) -> Vec<RunRow> {
    let seconds = lock(seconds).clone();
    for (stage, seconds) in report.stages.iter_mut().zip(seconds) {
        stage.seconds = seconds;
    }
    let stages = pipeline.stages().iter().zip(&report.stages);
    stages
        .map(|(stage, done)| {
            let info = stage.info();
            RunRow {
                run_id: run_id.to_owned(),
                stage: info.provides.to_string(),
                implementation: info.implementation.clone(),
                version: info.version,
                model: info.model.as_ref().map(|model| model.name.clone()),
                model_sha256: info.model.as_ref().map(|model| model.sha256.clone()),
                config_json: info.config.to_string(),
                started_at,
                seconds: done.seconds,
                articles: done.articles,
                failed: done.failed,
            }
        })
        .collect()
}

/// Adds the run's rows of `runs` in place of those it wrote before, and commits. Gives the part that
/// holds them.
fn seal(
    mut transaction: Transaction<'_>,
    pipeline: &Pipeline,
    runs_part: Option<String>,
    rows: &[RunRow],
) -> Result<(Committed, Option<String>), Error> {
    if let Some(part) = &runs_part {
        transaction.remove_part(part);
    }
    transaction.append(TableId::Runs, runs_to_batch(rows)?);
    transaction.mark_stages(pipeline.stages());
    let (committed, files) = transaction.commit()?;
    Ok((committed, files.get(&TableId::Runs).and_then(|files| files.first().cloned())))
}
