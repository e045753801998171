//! One run, from the inputs to the last commit.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use postil_contract::Article;
use postil_tables::{
    CoverageStatus, DeadLetterRow, RunRow, TableId, clusters_to_batch, pairs_to_batch,
    runs_to_batch, without_articles,
};

use crate::changes::{Aside, Changes};
use crate::error::Error;
use crate::input::{self, Articles, BadInput};
use crate::join::{self, Joined};
use crate::output::{self, Committed, Manifest, Store, Transaction};
use crate::pipeline::Pipeline;
use crate::plan::{Decision, Job, State, read_layers};
use crate::progress::{Event, Progress};
use crate::report::{DeadLetter, Report, StageReport};
use crate::schedule::{Finished, Scheduler, lock};

/// Articles that a thread takes at a time, at most. Small, so that a handful of articles keeps all
/// threads busy; never visible in the output.
pub const DEFAULT_BATCH_SIZE: usize = 4;
/// Bytes of text after which a unit is committed.
pub const DEFAULT_COMMIT_BYTES: u64 = 8_000_000;
/// Seconds after which a unit is committed with what is done of it.
pub const DEFAULT_COMMIT_SECONDS: u64 = 60;

/// What to annotate, and how. Nothing here but the inputs and how they are read decides a row.
#[derive(Debug, Clone)]
pub struct Options {
    /// Files, folders, patterns of files, and `-` for the standard input.
    pub inputs: Vec<PathBuf>,
    /// The output folder.
    pub output: PathBuf,
    /// How the inputs are read.
    pub reading: input::Reading,
    /// Threads; 0 for one a core.
    pub threads: usize,
    /// Articles that a thread takes at a time, at most.
    pub batch_size: usize,
    /// Articles read, at most.
    pub limit: Option<usize>,
    /// Whether to annotate again what is done.
    pub force: bool,
    /// Whether to try again what failed before.
    pub retry_failed: bool,
    /// Whether to say what would be done, and write nothing.
    pub dry_run: bool,
    /// Bytes of text after which a unit is committed.
    pub commit_bytes: u64,
    /// Seconds after which a unit is committed with what is done of it.
    pub commit_seconds: u64,
}

impl Options {
    /// These inputs into this folder, everything else at its default.
    #[must_use]
    pub fn new(inputs: Vec<PathBuf>, output: impl Into<PathBuf>) -> Self {
        Self {
            inputs,
            output: output.into(),
            reading: input::Reading::default(),
            threads: 0,
            batch_size: DEFAULT_BATCH_SIZE,
            limit: None,
            force: false,
            retry_failed: false,
            dry_run: false,
            commit_bytes: DEFAULT_COMMIT_BYTES,
            commit_seconds: DEFAULT_COMMIT_SECONDS,
        }
    }
}

/// Annotates the inputs into the output folder: what is new, what has changed, and what another
/// pipeline asks for. `stop` is looked at between the stages of a batch; once it is set, what is
/// finished is committed and the rest dropped.
///
/// # Errors
/// Where the inputs or the output can't be used, or the output can't be written. What was committed
/// before stays; nothing half-written does. An article that fails is no error but a dead letter.
pub fn annotate(
    pipeline: &Pipeline,
    options: &Options,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Report, Error> {
    let start = Instant::now();
    let listing = input::list(&options.inputs, &options.output, options.reading.format)?;
    progress.event(Event::Listed {
        sources: listing.sources.len(),
        bytes: listing.sources.iter().map(|source| source.bytes).sum(),
    });
    for (extension, files) in &listing.skipped {
        progress.event(Event::Skipped { extension, files: *files });
    }
    for warning in &listing.warnings {
        progress.event(Event::Warning(warning));
    }
    let threads = match options.threads {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        threads => threads,
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|number| format!("postil-{number}"))
        .build()
        .map_err(|error| Error::Threads { threads, reason: error.to_string() })?;
    let articles = Articles::new(listing, options.reading.clone(), progress);
    let limit = options.limit.unwrap_or(usize::MAX);
    if options.dry_run {
        let mut report = dry_run(pipeline, options, articles.take(limit), progress)?;
        report.threads = threads;
        report.seconds = start.elapsed().as_secs_f64();
        return Ok(report);
    }
    let store = Store::open(&options.output)?;
    let state = State::load(store.root(), store.manifest())?;
    let now = jiff::Timestamp::now();
    let seconds = Mutex::new(vec![0.0; pipeline.stages().len()]);
    let scheduler = Scheduler {
        pipeline,
        pool: &pool,
        batch_size: options.batch_size.max(1),
        progress,
        stop,
        seconds: &seconds,
    };
    let run_id = run_id(now, store.manifest());
    let mut run = Run {
        pipeline,
        options,
        progress,
        stop,
        scheduler,
        state,
        store,
        runs_part: None,
        started_at: now.as_microsecond(),
        report: new_report(pipeline, options, &run_id, threads),
        run_id,
        committed_at: Instant::now(),
    };
    let result = pool.install(|| run.work(articles.take(limit)));
    result?;
    let mut report = run.report;
    report.seconds = start.elapsed().as_secs_f64();
    Ok(report)
}

fn new_report(pipeline: &Pipeline, options: &Options, run_id: &str, threads: usize) -> Report {
    let stages = pipeline
        .stages()
        .iter()
        .map(|stage| StageReport {
            layer: stage.layer().clone(),
            implementation: stage.info().implementation.clone(),
            model: stage.info().model.as_ref().map(|model| model.name.clone()),
            articles: 0,
            failed: 0,
            skipped: 0,
            rows: 0,
            seconds: 0.0,
        })
        .collect();
    Report {
        run_id: run_id.to_owned(),
        output: options.output.clone(),
        threads,
        stages,
        dry_run: options.dry_run,
        ..Report::default()
    }
}

/// The id of a run that starts now: `20251122T174133Z-3f2a`, sorted by time, and none of the log's.
fn run_id(now: jiff::Timestamp, manifest: &Manifest) -> String {
    let time = now.strftime("%Y%m%dT%H%M%SZ");
    // Two runs of one second differ by their fractions of it.
    let mut tail = now.subsec_nanosecond().unsigned_abs() / 1000 % 0x1_0000;
    loop {
        let id = format!("{time}-{tail:04x}");
        if !manifest.runs.contains(&id) {
            return id;
        }
        tail = (tail + 1) % 0x1_0000;
    }
}

fn dry_run(
    pipeline: &Pipeline,
    options: &Options,
    articles: impl Iterator<Item = Result<input::Input, BadInput>>,
    progress: &dyn Progress,
) -> Result<Report, Error> {
    let manifest = output::peek(&options.output)?;
    let state = State::load(&options.output, &manifest)?;
    let mut report = new_report(pipeline, options, "", 0);
    report.join_pending = manifest.join_pending;
    for read in articles {
        let read = match read {
            Ok(read) => read,
            Err(bad) => {
                let before = same_as_before(&state, &bad);
                count_bad(&mut report, &bad, before);
                continue;
            }
        };
        let (id, bytes) = (read.article.id.clone(), read.bytes);
        match state.decide(pipeline, read.article, bytes, options.force, options.retry_failed) {
            Decision::Unchanged => {
                report.unchanged += 1;
                progress.event(Event::Unchanged { id: &id, bytes });
            }
            Decision::FailedBefore(row) => {
                report.failed_before += 1;
                report.dead_letters.push(dead_letter(&row, true));
            }
            Decision::Run(job) => {
                report.partly += usize::from(!job.whole);
                report.bytes += job.article.text.len() as u64;
                for (stage, runs) in report.stages.iter_mut().zip(&job.run) {
                    stage.articles += usize::from(*runs);
                }
                report.annotated.push(id);
            }
        }
    }
    Ok(report)
}

fn same_as_before(state: &State, bad: &BadInput) -> bool {
    state.dead_letter(&bad.source).is_some_and(|row| {
        row.stage.is_none() && row.error == bad.error && row.content_hash == bad.content_hash
    })
}

fn count_bad(report: &mut Report, bad: &BadInput, before: bool) {
    match before {
        true => report.failed_before += 1,
        false => report.failed += 1,
    }
    report.dead_letters.push(DeadLetter {
        source: bad.source.clone(),
        article_id: bad.article_id.clone(),
        stage: None,
        error: bad.error.clone(),
        before,
    });
}

fn dead_letter(row: &DeadLetterRow, before: bool) -> DeadLetter {
    DeadLetter {
        source: row.source.clone(),
        article_id: row.article_id.clone(),
        stage: row.stage.clone(),
        error: row.error.clone(),
        before,
    }
}

struct Run<'a> {
    pipeline: &'a Pipeline,
    options: &'a Options,
    progress: &'a dyn Progress,
    stop: &'a AtomicBool,
    scheduler: Scheduler<'a>,
    state: State,
    store: Store,
    run_id: String,
    /// Microseconds since 1970.
    started_at: i64,
    /// The part that holds this run's rows of `runs` so far.
    runs_part: Option<String>,
    report: Report,
    committed_at: Instant,
}

impl Run<'_> {
    fn work(
        &mut self,
        mut articles: impl Iterator<Item = Result<input::Input, BadInput>>,
    ) -> Result<(), Error> {
        let mut left: Vec<Job> = Vec::new();
        loop {
            let mut aside = Aside::default();
            let is_last = self.fill(&mut articles, &mut left, &mut aside)?;
            if left.is_empty() && aside.is_empty() {
                break;
            }
            if is_last {
                // The longest first, so that no thread begins a long one when the others are done.
                left.sort_by_key(|job| std::cmp::Reverse(job.article.text.len()));
            }
            let until = self.committed_at + Duration::from_secs(self.options.commit_seconds.max(1));
            let (finished, rest) = self.scheduler.run(std::mem::take(&mut left), until);
            left = rest;
            self.commit(&finished, &aside)?;
            self.committed_at = Instant::now();
            if self.stopped() {
                break;
            }
        }
        self.report.interrupted = self.stopped();
        if !self.report.interrupted {
            self.join()?;
        }
        self.report.join_pending = self.store.manifest().join_pending;
        self.report.annotated.sort();
        self.report.dead_letters.sort_by(|a, b| a.source.cmp(&b.source));
        Ok(())
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Reads articles until there is a unit of work; tells whether they are all read.
    fn fill(
        &mut self,
        articles: &mut impl Iterator<Item = Result<input::Input, BadInput>>,
        jobs: &mut Vec<Job>,
        aside: &mut Aside,
    ) -> Result<bool, Error> {
        let old = jobs.len();
        let mut bytes: u64 = jobs.iter().map(|job| job.article.text.len() as u64).sum();
        let mut is_last = false;
        while bytes < self.options.commit_bytes && !self.stopped() {
            let Some(read) = articles.next() else {
                is_last = true;
                break;
            };
            match read {
                Err(bad) => self.bad_input(bad, aside),
                Ok(read) => {
                    let Some(job) = self.decide(read, aside) else { continue };
                    bytes += job.article.text.len() as u64;
                    jobs.push(job);
                }
            }
        }
        self.read_back(jobs.get_mut(old..).unwrap_or_default())?;
        Ok(is_last)
    }

    fn bad_input(&mut self, bad: BadInput, aside: &mut Aside) {
        let before = same_as_before(&self.state, &bad);
        let id = bad.article_id.as_deref().unwrap_or(&bad.source);
        let failed = Some(bad.error.as_str());
        self.progress.event(Event::Article { id, bytes: bad.bytes, words: 0, failed });
        match before {
            true => count_bad(&mut self.report, &bad, true),
            false => aside.bad.push(bad),
        }
    }

    fn decide(&mut self, read: input::Input, aside: &mut Aside) -> Option<Job> {
        let input::Input { article, bytes } = read;
        let Options { force, retry_failed, .. } = *self.options;
        let (id, source) = (article.id.clone(), article.source.clone());
        let elsewhere = self.state.other_source(&article).map(str::to_owned);
        match self.state.decide(self.pipeline, article, bytes, force, retry_failed) {
            Decision::Unchanged => {
                if self.state.is_read_again(&source) {
                    aside.cleared.push(source);
                }
                self.report.unchanged += 1;
                self.progress.event(Event::Unchanged { id: &id, bytes });
                None
            }
            Decision::FailedBefore(row) => {
                self.report.failed_before += 1;
                self.progress.event(Event::Unchanged { id: &id, bytes });
                self.report.dead_letters.push(dead_letter(&row, true));
                None
            }
            Decision::Run(job) => {
                if let (true, Some(elsewhere)) = (job.whole, elsewhere) {
                    self.progress.event(Event::Warning(&format!(
                        "article `{id}` was read from {elsewhere} before, now from {source}: it is replaced"
                    )));
                }
                Some(*job)
            }
        }
    }

    /// Gives jobs that begin in the middle of the pipeline the layers that are there.
    fn read_back(&self, jobs: &mut [Job]) -> Result<(), Error> {
        let tables: BTreeSet<TableId> = jobs.iter().flat_map(|job| job.read.clone()).collect();
        if tables.is_empty() {
            return Ok(());
        }
        let articles: Vec<&Article> =
            jobs.iter().filter(|job| !job.read.is_empty()).map(|job| &job.article).collect();
        let mut layers = read_layers(self.store.root(), self.store.manifest(), &articles, &tables)?;
        for job in jobs {
            job.layers = layers.remove(&job.article.id).unwrap_or_default();
        }
        Ok(())
    }

    /// Commits what is finished.
    fn commit(&mut self, finished: &[Finished], aside: &Aside) -> Result<(), Error> {
        if finished.is_empty() && aside.is_empty() {
            return Ok(());
        }
        self.count(finished, aside);
        let rows = self.run_rows();
        let changes =
            Changes::new(self.pipeline, self.store.manifest(), &self.run_id, finished, aside);
        let mut transaction = Transaction::new(&mut self.store, &self.run_id);
        changes.apply(&mut transaction)?;
        self.runs_part =
            seal(transaction, self.pipeline, self.runs_part.take(), &rows, |committed| {
                self.progress.event(Event::Committed {
                    articles: finished.len(),
                    parts: committed.parts,
                    bytes: committed.bytes,
                });
            })?;
        Ok(())
    }

    /// Counts what the next commit holds.
    fn count(&mut self, finished: &[Finished], aside: &Aside) {
        for bad in &aside.bad {
            count_bad(&mut self.report, bad, false);
        }
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
                self.report.dead_letters.push(DeadLetter {
                    source: job.article.source.clone(),
                    article_id: Some(job.article.id.clone()),
                    stage: stage.as_ref().map(|stage| stage.layer.to_string()),
                    error: failure.error.clone(),
                    before: false,
                });
                if let Some(stage) = stage {
                    stage.failed += 1;
                }
                continue;
            }
            self.report.annotated.push(job.article.id.clone());
            self.report.partly += usize::from(!job.whole);
            self.report.bytes += job.article.text.len() as u64;
            let paragraphs = job.layers.paragraphs.as_deref().unwrap_or_default();
            self.report.words += paragraphs.iter().map(|p| u64::from(p.n_words)).sum::<u64>();
        }
    }

    /// This run's rows of `runs` as of now.
    fn run_rows(&mut self) -> Vec<RunRow> {
        let seconds = lock(self.scheduler.seconds).clone();
        for (stage, seconds) in self.report.stages.iter_mut().zip(seconds) {
            stage.seconds = seconds;
        }
        let stages = self.pipeline.stages().iter().zip(&self.report.stages);
        stages
            .map(|(stage, done)| {
                let info = stage.info();
                RunRow {
                    run_id: self.run_id.clone(),
                    stage: info.provides.to_string(),
                    implementation: info.implementation.clone(),
                    version: info.version,
                    model: info.model.as_ref().map(|model| model.name.clone()),
                    model_sha256: info.model.as_ref().map(|model| model.sha256.clone()),
                    config_json: info.config.to_string(),
                    started_at: self.started_at,
                    seconds: done.seconds,
                    articles: done.articles,
                    failed: done.failed,
                }
            })
            .collect()
    }

    /// Compares what is new with everything, where something waits for it.
    fn join(&mut self) -> Result<(), Error> {
        if !self.store.manifest().join_pending {
            return Ok(());
        }
        let Some((at, corpus)) = self.pipeline.corpus() else {
            self.progress.event(Event::Warning(
                "duplicates are out of date until a run with a duplicates stage",
            ));
            return Ok(());
        };
        let Joined { new, pairs, clusters, seconds } =
            join::join(self.store.root(), self.store.manifest(), corpus, self.progress)?;
        if let Some(sum) = lock(self.scheduler.seconds).get_mut(at) {
            *sum += seconds;
        }
        let rows = self.run_rows();
        self.report.pairs = Some(pairs.len());
        let mut transaction = Transaction::new(&mut self.store, &self.run_id);
        let mut sorted: Vec<&str> = new.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        // Pairs of an article that was made anew are found anew.
        transaction.remove_rows(
            &TableId::Duplicates,
            |part| part.may_hold(&sorted),
            |batch| Ok(without_articles(&TableId::Duplicates, batch, &new)?),
        )?;
        transaction.append(TableId::Duplicates, pairs_to_batch(&pairs)?);
        transaction.clear(&TableId::DuplicateClusters);
        transaction.append(TableId::DuplicateClusters, clusters_to_batch(&clusters)?);
        transaction.mark_joined();
        self.runs_part =
            seal(transaction, self.pipeline, self.runs_part.take(), &rows, |committed| {
                self.progress.event(Event::Committed {
                    articles: 0,
                    parts: committed.parts,
                    bytes: committed.bytes,
                });
            })?;
        Ok(())
    }
}

/// Adds the run's rows of `runs` in place of those it wrote before, and commits. Gives the part that
/// holds them.
fn seal(
    mut transaction: Transaction<'_>,
    pipeline: &Pipeline,
    runs_part: Option<String>,
    rows: &[RunRow],
    tell: impl FnOnce(Committed),
) -> Result<Option<String>, Error> {
    if let Some(part) = &runs_part {
        transaction.remove_part(part);
    }
    transaction.append(TableId::Runs, runs_to_batch(rows)?);
    transaction.mark_stages(pipeline.stages());
    let (committed, files) = transaction.commit()?;
    tell(committed);
    Ok(files.get(&TableId::Runs).and_then(|files| files.first().cloned()))
}
