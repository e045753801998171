//! One run, from the inputs to the last commit.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use postil_contract::Article;
use postil_tables::TableId;
use rayon::ThreadPool;

use crate::changes::Aside;
use crate::committer::Committer;
use crate::error::Error;
use crate::input::{self, Articles, BadInput};
use crate::intake::{Intake, Load, count_bad, same_as_before};
use crate::output::{self, Command, Manifest, Store};
use crate::pipeline::Pipeline;
use crate::plan::{Decision, Job, State, read_layers};
use crate::progress::{Event, Progress};
use crate::report::{DeadLetter, Report, StageReport};
use crate::schedule::{Finished, Scheduler};

/// Articles that a thread takes at a time, at most. Small, so that a handful of articles keeps all
/// threads busy; never visible in the output.
pub const DEFAULT_BATCH_SIZE: usize = 4;
/// Bytes of text after which a unit is committed. Three units are in memory at a time (one that is read,
/// one that is annotated, one that is committed), with their layers and rows 10 to 14 bytes for each
/// byte of text. Units of 8 MB take more than twice the memory and make a quarter as many files (which
/// `postil compact` merges in any case); they save a tenth of the CPU of a pipeline without models: some
/// 15 milliseconds a unit, for which a pipeline with models takes half a minute.
pub const DEFAULT_COMMIT_BYTES: u64 = 2_000_000;
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
    /// Threads that run stages; 0 for one a core. Reading and committing go on beside them.
    pub threads: usize,
    /// Articles that a thread takes at a time, at most.
    pub batch_size: usize,
    /// Articles read, at most.
    pub limit: Option<usize>,
    /// Whether to annotate again what is done.
    pub force: bool,
    /// Whether to try again what failed before.
    pub retry_failed: bool,
    /// Whether to pass over everything that has not failed before.
    pub only_failed: bool,
    /// Whether the first failure ends the run, after what is finished is committed.
    pub strict: bool,
    /// Whether to say what would be done, and write nothing.
    pub dry_run: bool,
    /// What the run was started with, for the log: from it a later command can start it again.
    pub command: Option<Command>,
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
            only_failed: false,
            strict: false,
            dry_run: false,
            command: None,
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
    let threads = thread_count(options.threads);
    let articles = Articles::new(listing, options.reading.clone(), progress)
        .take(options.limit.unwrap_or(usize::MAX));
    if options.dry_run {
        let mut report = dry_run(pipeline, options, articles, progress)?;
        report.threads = threads;
        report.seconds = start.elapsed().as_secs_f64();
        return Ok(report);
    }
    let mut store = Store::open(&options.output, options.command.clone())?;
    let now = jiff::Timestamp::now();
    let run_id = run_id(now, store.manifest());
    for (file, found) in output::repair(&mut store, &run_id)? {
        progress.event(Event::Warning(&format!(
            "{file} is damaged, found {found}: what it held is made again where its articles are among the inputs"
        )));
    }
    let (pool, committing) = (pool(threads, "stage")?, pool(threads, "commit")?);
    let state = pool.install(|| State::load(store.root(), store.manifest()))?;
    let seconds = Mutex::new(vec![0.0; pipeline.stages().len()]);
    let halt = AtomicBool::new(false);
    let report = new_report(pipeline, options, &run_id, threads);
    let scheduler = Scheduler {
        pipeline,
        pool: &pool,
        batch_size: options.batch_size.max(1),
        progress,
        stop,
        halt: &halt,
        strict: options.strict,
        seconds: &seconds,
    };
    let intake = Intake {
        articles,
        state,
        pipeline,
        options,
        progress,
        halt: &halt,
        report: Report::default(),
        is_empty: false,
    };
    let committer = Committer {
        pipeline,
        progress,
        store,
        run_id,
        started_at: now.as_microsecond(),
        runs_part: None,
        report,
        seconds: &seconds,
    };
    let mut report =
        Run { options, stop, halt: &halt, scheduler, intake, committer, committing: &committing }
            .work()?;
    report.seconds = start.elapsed().as_secs_f64();
    Ok(report)
}

/// The number of threads that a run has; 0 asks for one a core.
pub(crate) fn thread_count(threads: usize) -> usize {
    match threads {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        threads => threads,
    }
}

/// A pool of threads named after their work.
pub(crate) fn pool(threads: usize, work: &'static str) -> Result<ThreadPool, Error> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(move |number| format!("{work}-{number}"))
        .build()
        .map_err(|error| Error::Threads { threads, reason: error.to_string() })
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
pub(crate) fn run_id(now: jiff::Timestamp, manifest: &Manifest) -> String {
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
        if options.only_failed && !state.has_failed(&read.article) {
            continue;
        }
        match state.decide(pipeline, read.article, bytes, options.force, options.retry_failed) {
            Decision::Unchanged => {
                report.unchanged += 1;
                progress.event(Event::Unchanged { id: &id, bytes });
            }
            Decision::FailedBefore(row) => {
                report.failed_before += 1;
                report.letter(DeadLetter::of(&row, true));
            }
            Decision::Run(job) => {
                report.partly += usize::from(!job.whole);
                report.bytes += job.article.text.len() as u64;
                for (stage, runs) in report.stages.iter_mut().zip(&job.run) {
                    stage.articles += usize::from(*runs);
                }
                report.annotated(vec![id.as_str()]);
            }
        }
    }
    report.dead_letters.sort_by(|a, b| a.source.cmp(&b.source));
    Ok(report)
}

/// A run at work: while the stages are busy with one unit, the one before it is committed and the one
/// after it is read.
struct Run<'a, I> {
    options: &'a Options,
    stop: &'a AtomicBool,
    halt: &'a AtomicBool,
    scheduler: Scheduler<'a>,
    intake: Intake<'a, I>,
    committer: Committer<'a>,
    committing: &'a ThreadPool,
}

/// What the stages are through with, waiting to be committed.
#[derive(Default)]
struct Done {
    finished: Vec<Finished>,
    aside: Aside,
}

impl<I: Iterator<Item = Result<input::Input, BadInput>> + Send> Run<'_, I> {
    fn work(mut self) -> Result<Report, Error> {
        let commit_bytes = self.options.commit_bytes.max(1);
        let unit = Duration::from_secs(self.options.commit_seconds.max(1));
        let mut done = Done::default();
        let mut load = self.intake.fill(commit_bytes);
        self.read_back(&mut load.jobs)?;
        loop {
            if self.intake.is_empty {
                // The longest first, so that no thread begins a long one when the others are done.
                load.jobs.sort_by_key(|job| Reverse(job.article.text.len()));
            }
            let Load { jobs, aside } = std::mem::take(&mut load);
            let ahead: u64 = jobs.iter().map(|job| job.article.text.len() as u64).sum();
            let waiting = std::mem::take(&mut done);
            let Self { intake, committer, committing, scheduler, .. } = &mut self;
            let (committed, next, (finished, left)) = std::thread::scope(|scope| {
                let commit = scope.spawn(|| {
                    committing.install(|| committer.commit(waiting.finished, &waiting.aside))
                });
                // What is left of a unit when its time is over is enough to go on with.
                let read = scope.spawn(move || match ahead > commit_bytes {
                    true => Load::default(),
                    false => intake.fill(commit_bytes),
                });
                let worked = scheduler.run(jobs, Instant::now() + unit);
                (commit.join(), read.join(), worked)
            });
            committed.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            load = next.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            done = Done { finished, aside };
            self.read_back(&mut load.jobs)?;
            load.jobs.splice(0..0, left);
            let nothing_left =
                load.jobs.is_empty() && load.aside.is_empty() && self.intake.is_empty;
            if nothing_left || self.is_stopped() {
                break;
            }
        }
        // What was read last and is no article is known, also where the run is stopped.
        done.aside.append(&mut load.aside);
        let Done { finished, aside } = done;
        self.committing.install(|| self.committer.commit(finished, &aside))?;
        let interrupted = self.stop.load(Ordering::Relaxed);
        if !self.is_stopped() {
            self.committing.install(|| self.committer.join())?;
        }
        let mut report = self.committer.report;
        report.interrupted = interrupted;
        report.halted = self.halt.load(Ordering::Relaxed);
        report.join_pending = self.committer.store.manifest().join_pending;
        report.add(self.intake.report);
        Ok(report)
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.halt.load(Ordering::Relaxed)
    }

    /// Gives jobs that begin in the middle of the pipeline the layers that are there. Not while a
    /// commit is under way, which may replace the parts that are read.
    fn read_back(&self, jobs: &mut [Job]) -> Result<(), Error> {
        let tables: BTreeSet<TableId> = jobs.iter().flat_map(|job| job.read.clone()).collect();
        if tables.is_empty() {
            return Ok(());
        }
        let articles: Vec<&Article> =
            jobs.iter().filter(|job| !job.read.is_empty()).map(|job| &job.article).collect();
        let store = &self.committer.store;
        let mut layers = self
            .committing
            .install(|| read_layers(store.root(), store.manifest(), &articles, &tables))?;
        for job in jobs {
            job.layers = layers.remove(&job.article.id).unwrap_or_default();
        }
        Ok(())
    }
}
