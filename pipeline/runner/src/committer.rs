//! The writing side of a run: finished articles go into the tables, a unit at a time.

use std::sync::Mutex;
use std::time::Instant;

use postil_contract::DuplicatePair;
use postil_tables::{
    CoverageStatus, RunRow, TableId, clusters_to_batch, pairs_to_batch, runs_to_batch,
};

use crate::changes::{Aside, Changes};
use crate::error::Error;
use crate::intake::count_bad;
use crate::join::{self, Joined};
use crate::output::{Committed, Make, Store, Transaction, values, without};
use crate::pipeline::Pipeline;
use crate::progress::{Event, Progress};
use crate::report::{DeadLetter, Report};
use crate::schedule::{Finished, lock};

/// Counts and commits.
pub(crate) struct Committer<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) progress: &'a dyn Progress,
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
}

impl Committer<'_> {
    /// Commits what is finished.
    pub(crate) fn commit(&mut self, finished: Vec<Finished>, aside: &Aside) -> Result<(), Error> {
        if finished.is_empty() && aside.is_empty() {
            return Ok(());
        }
        let start = Instant::now();
        self.count(&finished, aside);
        let rows =
            run_rows(&mut self.report, self.pipeline, self.seconds, &self.run_id, self.started_at);
        let articles = finished.len();
        let changes =
            Changes::new(self.pipeline, self.store.manifest(), &self.run_id, &finished, aside);
        let mut transaction = Transaction::new(&mut self.store, &self.run_id);
        changes.apply(&mut transaction)?;
        drop(finished);
        let runs_part = self.runs_part.take();
        let (committed, runs_part) = seal(transaction, self.pipeline, runs_part, &rows)?;
        self.committed(committed, runs_part, articles, start);
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
        let mut transaction = Transaction::new(&mut self.store, &self.run_id);
        // Written as they are found: a large archive may have more than fit into memory.
        let mut write = |pairs: &[DuplicatePair]| {
            let make: Make<'_> = Box::new(|| Ok(pairs_to_batch(pairs)?));
            transaction.write_now(vec![(TableId::Duplicates, make)]).map(drop)
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
        self.committed(committed, runs_part, 0, start);
        Ok(())
    }

    fn committed(
        &mut self,
        Committed { parts, bytes }: Committed,
        runs_part: Option<String>,
        articles: usize,
        start: Instant,
    ) {
        self.runs_part = runs_part;
        let seconds = start.elapsed().as_secs_f64();
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
