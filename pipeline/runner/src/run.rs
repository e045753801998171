//! One run, from the inputs to the last commit.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Mutex, PoisonError};
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
use crate::schedule::{Finished, Scheduler, lock};

/// Articles that a thread takes at a time, at most. Small, so that a handful of articles keeps all
/// threads busy; never visible in the output.
pub const DEFAULT_BATCH_SIZE: usize = 4;
/// Bytes of text that go through a run together, at most: one such unit is read while the one before it
/// is annotated and written.
const UNIT_BYTES: u64 = 2_000_000;
/// Units that make a commit. Their rows share files, where they come in order.
const UNITS_A_COMMIT: u64 = 4;
/// Bytes of text after which what is finished is committed.
pub const DEFAULT_COMMIT_BYTES: u64 = UNITS_A_COMMIT * UNIT_BYTES;
/// Seconds after which what is finished is committed, however little it is.
pub const DEFAULT_COMMIT_SECONDS: u64 = 60;

/// How long a run that ends waits for what is being read.
const LAST_READ: Duration = Duration::from_millis(250);

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
    /// Bytes of text after which what is finished is committed.
    pub commit_bytes: u64,
    /// Seconds after which what is finished is committed, however little it is.
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
        stop,
        halt: &halt,
        report: Report::default(),
    };
    let committer = Committer {
        pipeline,
        progress,
        waiting: None,
        store,
        run_id,
        started_at: now.as_microsecond(),
        runs_part: None,
        report,
        seconds: &seconds,
        commit_bytes: options.commit_bytes.max(1),
        commit_time: Duration::from_secs(options.commit_seconds.max(1)),
        last_commit: start,
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

/// A run at work. The stages annotate a unit, then it is written, and so on in turns, with all threads at
/// the one or the other; beside them one thread reads the next unit, and one commits what is written.
/// So no more than two units are in memory, at any time of a run and however its threads are scheduled.
struct Run<'a, I> {
    options: &'a Options,
    stop: &'a AtomicBool,
    halt: &'a AtomicBool,
    scheduler: Scheduler<'a>,
    intake: Intake<'a, I>,
    committer: Committer<'a>,
    committing: &'a ThreadPool,
}

impl<I: Iterator<Item = Result<input::Input, BadInput>> + Send> Run<'_, I> {
    fn work(self) -> Result<Report, Error> {
        let Self { options, stop, halt, scheduler, mut intake, committer, committing } = self;
        let unit_bytes = (options.commit_bytes / UNITS_A_COMMIT).clamp(1, UNIT_BYTES);
        let unit_time = Duration::from_secs(options.commit_seconds.max(1));
        let is_stopped = || stop.load(Ordering::Relaxed) || halt.load(Ordering::Relaxed);
        let committer = Mutex::new(committer);
        let (to_stages, loads) = mpsc::sync_channel::<Load>(0);
        let (wake, woken) = mpsc::sync_channel::<()>(1);
        let (written, committed, passed_over) = std::thread::scope(|scope| {
            let reader = scope.spawn(move || {
                loop {
                    let load = intake.fill(unit_bytes, Instant::now() + unit_time);
                    let is_last = load.is_last || is_stopped();
                    // Nobody takes it where writing has failed.
                    if to_stages.send(load).is_err() || is_last {
                        return intake.report;
                    }
                }
            });
            let shared = &committer;
            let commits = scope.spawn(move || commit(&woken, shared, committing));
            let written = Units { unit_bytes, unit_time, loads: &loads, wake: &wake }.work(
                &scheduler,
                &committer,
                committing,
                &is_stopped,
            );
            drop((wake, loads));
            (written, commits.join(), reader.join())
        });
        committed.unwrap_or_else(|panic| resume_unwind(panic))?;
        written?;
        let passed_over = passed_over.unwrap_or_else(|panic| resume_unwind(panic));
        let mut committer = committer.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !is_stopped() {
            committing.install(|| committer.join())?;
        }
        let mut report = committer.report;
        report.interrupted = stop.load(Ordering::Relaxed);
        report.halted = halt.load(Ordering::Relaxed);
        report.join_pending = committer.store.manifest().join_pending;
        report.add(passed_over);
        Ok(report)
    }
}

/// The units of a run, one after another.
struct Units<'a> {
    unit_bytes: u64,
    unit_time: Duration,
    loads: &'a Receiver<Load>,
    /// Tells the thread that commits of what is written.
    wake: &'a SyncSender<()>,
}

impl Units<'_> {
    /// Annotates and writes unit by unit, until there are none left or the run is stopped.
    fn work(
        &self,
        scheduler: &Scheduler<'_>,
        committer: &Mutex<Committer<'_>>,
        committing: &ThreadPool,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<(), Error> {
        // Gives whether commits go on: where one has failed, its error is told.
        let write = |finished: Vec<Finished>, aside: &Aside| -> Result<bool, Error> {
            let mut committer = lock(committer);
            let committer = &mut *committer;
            committing.install(|| committer.add(finished, aside))?;
            Ok(!matches!(self.wake.try_send(()), Err(TrySendError::Disconnected(()))))
        };
        let mut unit = Load::default();
        loop {
            // What is left of a unit when its time is over may be enough to go on with.
            if !unit.is_last && text_bytes(&unit.jobs) <= self.unit_bytes {
                let Ok(mut next) = self.loads.recv() else { return Ok(()) };
                read_back(committer, committing, &mut next.jobs)?;
                unit.append(next);
            }
            if unit.is_last {
                // The longest first, so that no thread begins a long one when the others are done.
                unit.jobs.sort_by_key(|job| Reverse(job.article.text.len()));
            }
            let jobs = std::mem::take(&mut unit.jobs);
            let (finished, left) = scheduler.run(jobs, Instant::now() + self.unit_time);
            unit.jobs = left;
            if !write(finished, &std::mem::take(&mut unit.aside))? {
                return Ok(());
            }
            if is_stopped() || (unit.is_last && unit.jobs.is_empty()) {
                break;
            }
        }
        // What was read and is no article is known, also where the run is stopped; but whoever stopped
        // it does not wait for an input that does not come.
        while let Ok(load) = self.loads.recv_timeout(LAST_READ) {
            write(Vec::new(), &load.aside)?;
        }
        Ok(())
    }
}

/// Commits what is written whenever that is due, and in the end.
fn commit(
    woken: &Receiver<()>,
    committer: &Mutex<Committer<'_>>,
    committing: &ThreadPool,
) -> Result<(), Error> {
    loop {
        let wait = lock(committer).wait();
        let is_over = match wait {
            Some(wait) => woken.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected),
            None => woken.recv().is_err(),
        };
        let mut committer = lock(committer);
        let committer = &mut *committer;
        if is_over || committer.wait().is_some_and(|wait| wait.is_zero()) {
            committing.install(|| committer.commit())?;
        }
        if is_over {
            return Ok(());
        }
    }
}

fn text_bytes(jobs: &[Job]) -> u64 {
    jobs.iter().map(|job| job.article.text.len() as u64).sum()
}

/// Gives jobs that begin in the middle of the pipeline the layers that are there. Not while a commit is
/// under way, which may replace the parts that are read.
fn read_back(
    committer: &Mutex<Committer<'_>>,
    committing: &ThreadPool,
    jobs: &mut [Job],
) -> Result<(), Error> {
    let tables: BTreeSet<TableId> = jobs.iter().flat_map(|job| job.read.clone()).collect();
    if tables.is_empty() {
        return Ok(());
    }
    let articles: Vec<&Article> =
        jobs.iter().filter(|job| !job.read.is_empty()).map(|job| &job.article).collect();
    let committer = lock(committer);
    let store = &committer.store;
    let mut layers =
        committing.install(|| read_layers(store.root(), store.manifest(), &articles, &tables))?;
    for job in jobs {
        job.layers = layers.remove(&job.article.id).unwrap_or_default();
    }
    Ok(())
}
