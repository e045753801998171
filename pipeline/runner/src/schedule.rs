//! Runs the stages of a pipeline over articles, in threads, and keeps one article's failure its own.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use postil_contract::{
    ArticleView, Layer, LayerSet, Signature, Stage, StageError, StageInfo, validate,
};
use postil_tables::CoverageStatus;

use crate::pipeline::{Pipeline, PipelineStage};
use crate::plan::Job;
use crate::progress::{Event, Progress};

/// An article that the stages are through with.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) job: Job,
    /// What became of it in the stages that ran, by place in the pipeline.
    pub(crate) covered: Vec<(usize, Covered)>,
    /// The stage that failed, and why.
    pub(crate) failure: Option<(usize, Failure)>,
}

/// What became of an article in a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Covered {
    pub(crate) status: CoverageStatus,
    pub(crate) reason: Option<String>,
    pub(crate) chars_read: usize,
    pub(crate) rows: usize,
}

/// Why a stage failed on an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: CoverageStatus,
    pub(crate) error: String,
}

impl Failure {
    fn new(error: impl Into<String>) -> Self {
        Self { status: CoverageStatus::Failed, error: error.into() }
    }
}

impl From<StageError> for Failure {
    fn from(error: StageError) -> Self {
        let status = match error {
            StageError::TooLong { .. } => CoverageStatus::TooLong,
            StageError::Failed(_) => CoverageStatus::Failed,
        };
        Self { status, error: error.to_string() }
    }
}

/// What all threads of a run share.
pub(crate) struct Scheduler<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) pool: &'a rayon::ThreadPool,
    pub(crate) batch_size: usize,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) stop: &'a AtomicBool,
    /// Set where a failure is not to be passed over; ends the run as `stop` does, but what is finished
    /// of a batch stays.
    pub(crate) halt: &'a AtomicBool,
    pub(crate) strict: bool,
    /// Seconds of work over all threads, by place in the pipeline.
    pub(crate) seconds: &'a Mutex<Vec<f64>>,
}

impl Scheduler<'_> {
    /// Annotates jobs until there are none left, the time is over or the run is stopped. Gives what is
    /// finished and, in their order, the jobs that are left.
    pub(crate) fn run(&self, jobs: Vec<Job>, until: Instant) -> (Vec<Finished>, Vec<Job>) {
        // Taken from the end, so that a batch is cheap to take.
        let mut jobs = jobs;
        jobs.reverse();
        let queue = Mutex::new(jobs);
        let finished = Mutex::new(Vec::new());
        self.pool.broadcast(|_| {
            while !self.stopped() && !self.halt.load(Ordering::Relaxed) && Instant::now() < until {
                let batch = self.take(&mut lock(&queue));
                if batch.is_empty() {
                    break;
                }
                let done = self.annotate(batch);
                lock(&finished).extend(done);
            }
        });
        let mut left = queue.into_inner().unwrap_or_else(PoisonError::into_inner);
        left.reverse();
        (finished.into_inner().unwrap_or_else(PoisonError::into_inner), left)
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The next batch: smaller than asked for where few are left, so that all threads end together.
    fn take(&self, queue: &mut Vec<Job>) -> Vec<Job> {
        let share = queue.len().div_ceil(2 * self.pool.current_num_threads());
        let size = self.batch_size.min(share).max(1).min(queue.len());
        let mut batch = queue.split_off(queue.len() - size);
        batch.reverse();
        batch
    }

    /// Runs the stages, in order, over a batch. A run that is stopped drops the batch.
    pub(crate) fn annotate(&self, jobs: Vec<Job>) -> Vec<Finished> {
        let mut batch: Vec<Finished> = jobs
            .into_iter()
            .map(|job| Finished { job, covered: Vec::new(), failure: None })
            .collect();
        for (at, stage) in self.pipeline.stages().iter().enumerate() {
            if self.stopped() {
                return Vec::new();
            }
            self.run_stage(at, stage, &mut batch);
        }
        for article in &mut batch {
            if self.strict && article.failure.is_some() {
                self.halt.store(true, Ordering::Relaxed);
            }
            // Nothing reads the vectors any more, and they are many times the size of the text.
            article.job.layers.embeddings = None;
            let paragraphs = article.job.layers.paragraphs.as_deref().unwrap_or_default();
            self.progress.event(Event::Article {
                id: &article.job.article.id,
                bytes: article.job.bytes,
                words: paragraphs.iter().map(|paragraph| u64::from(paragraph.n_words)).sum(),
                failed: article.failure.as_ref().map(|(_, failure)| failure.error.as_str()),
            });
        }
        batch
    }

    fn run_stage(&self, at: usize, stage: &PipelineStage, batch: &mut [Finished]) {
        let info = stage.info();
        let on = |flags: &[bool]| flags.get(at).copied().unwrap_or(false);
        let mut selected: Vec<&mut Finished> = batch
            .iter_mut()
            .filter(|article| {
                article.failure.is_none() && (on(&article.job.run) || on(&article.job.again))
            })
            .collect();
        if selected.is_empty() {
            return;
        }
        selected.retain_mut(|article| {
            let Some(reason) = foreign_language(info, article.job.article.lang.as_deref()) else {
                return true;
            };
            article.job.layers.merge(empty(&info.provides));
            article.covered.push((
                at,
                Covered {
                    status: CoverageStatus::SkippedLanguage,
                    reason: Some(reason),
                    chars_read: 0,
                    rows: 0,
                },
            ));
            false
        });
        let start = Instant::now();
        let results = {
            let views: Vec<ArticleView<'_>> = selected
                .iter()
                .map(|article| ArticleView {
                    article: &article.job.article,
                    layers: &article.job.layers,
                })
                .collect();
            call(stage.stage(), &views)
        };
        let seconds = start.elapsed().as_secs_f64();
        let articles = selected.len();
        for (article, result) in selected.into_iter().zip(results) {
            let job = &mut article.job;
            let checked = result.and_then(|layers| {
                match validate::check(&job.article, &info.provides, &job.layers, &layers) {
                    Ok(()) => Ok(layers),
                    Err(violation) => Err(Failure::new(violation.to_string())),
                }
            });
            match checked {
                Ok(layers) => {
                    let rows = layers.rows(&info.provides);
                    let chars_read =
                        layers.chars_read.unwrap_or_else(|| job.article.text.chars().count());
                    job.layers.merge(layers);
                    let status = CoverageStatus::Ok;
                    article.covered.push((at, Covered { status, reason: None, chars_read, rows }));
                }
                Err(failure) => article.failure = Some((at, failure)),
            }
        }
        self.progress.event(Event::Stage { layer: &info.provides, articles, seconds });
        if let Some(sum) = lock(self.seconds).get_mut(at) {
            *sum += seconds;
        }
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Nothing that can panic runs while one of these is held.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a stage passes over articles of this language, if it does. An unknown language is tried.
fn foreign_language(info: &StageInfo, lang: Option<&str>) -> Option<String> {
    let languages = info.languages.as_ref()?;
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_lowercase();
    let lang = primary(lang?);
    (!languages.iter().any(|known| primary(known) == lang))
        .then(|| format!("the article is in `{lang}`, the stage knows: {}", languages.join(", ")))
}

/// A layer without rows; nothing for embeddings and layers of one's own, whose shape only the stage
/// knows.
fn empty(layer: &Layer) -> LayerSet {
    let mut layers = LayerSet::default();
    match layer {
        Layer::Paragraphs => layers.paragraphs = Some(Vec::new()),
        Layer::Sentences => layers.sentences = Some(Vec::new()),
        Layer::Entities => layers.entities = Some(Vec::new()),
        Layer::Stances => layers.stances = Some(Vec::new()),
        Layer::Duplicates => layers.signature = Some(Signature::default()),
        Layer::Embeddings | Layer::Custom(_) => {}
    }
    layers
}

/// One result for each article, whatever the stage does.
fn call(stage: &Stage, views: &[ArticleView<'_>]) -> Vec<Result<LayerSet, Failure>> {
    match stage {
        Stage::Map(stage) => {
            if views.is_empty() {
                return Vec::new();
            }
            let failure = match caught(|| stage.annotate(views)) {
                Ok(results) if results.len() == views.len() => {
                    return results
                        .into_iter()
                        .map(|result| result.map_err(Failure::from))
                        .collect();
                }
                Ok(results) => Failure::new(format!(
                    "the stage returned {} results for {} articles",
                    results.len(),
                    views.len()
                )),
                Err(panic) => panic,
            };
            match views.len() {
                1 => vec![Err(failure)],
                // Alone, only the article that is to blame fails, in whatever batch it stood.
                _ => views
                    .iter()
                    .flat_map(|view| call(&Stage::Map(stage.clone()), std::slice::from_ref(view)))
                    .collect(),
            }
        }
        Stage::Corpus(stage) => views
            .iter()
            .map(|view| {
                let signature = caught(|| stage.signature(view))??;
                Ok(LayerSet { signature: Some(signature), ..LayerSet::default() })
            })
            .collect(),
    }
}

/// Runs a stage's code; a panic becomes a failure with its words.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Failure> {
    // A stage reads and returns: after a panic the runner holds nothing that it could have half
    // changed. What a stage keeps inside is behind a lock of its own, which a panic poisons.
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|panic| Failure::new(format!("the stage panicked: {}", words(panic.as_ref()))))
}

/// What a panic said.
pub(crate) fn words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use postil_contract::conformance::EchoConfig;
    use postil_contract::{Article, BuildContext, MapStage, StageConfig};

    use super::*;

    /// The echo stage, for English alone.
    struct English(StageInfo, Stage);

    impl MapStage for English {
        fn info(&self) -> &StageInfo {
            &self.0
        }

        fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
            match &self.1 {
                Stage::Map(stage) => stage.annotate(batch),
                Stage::Corpus(_) => Vec::new(),
            }
        }
    }

    fn job(lang: Option<&str>) -> Job {
        let mut article = Article::new("a", "Ein Satz.");
        article.lang = lang.map(str::to_owned);
        Job {
            content_hash: article.content_hash(),
            article,
            bytes: 9,
            whole: true,
            known: false,
            run: vec![true],
            again: vec![false],
            drop: Vec::new(),
            read: BTreeSet::new(),
            layers: LayerSet::default(),
        }
    }

    #[test]
    fn an_article_in_a_language_that_the_stage_does_not_know_is_skipped() {
        let echo = EchoConfig::default().build(&BuildContext::default()).unwrap();
        let info = StageInfo { languages: Some(vec!["en".to_owned()]), ..echo.info().clone() };
        let pipeline = Pipeline::new(vec![Stage::map(English(info, echo))]).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let scheduler = Scheduler {
            pipeline: &pipeline,
            pool: &pool,
            batch_size: 4,
            progress: &(),
            stop: &AtomicBool::new(false),
            halt: &AtomicBool::new(false),
            strict: false,
            seconds: &Mutex::new(vec![0.0]),
        };
        let jobs = vec![job(Some("de")), job(Some("en-GB")), job(None)];
        let (mut finished, left) = scheduler.run(jobs, Instant::now() + Duration::from_secs(60));
        assert!(left.is_empty());
        finished.sort_by(|a, b| a.job.article.lang.cmp(&b.job.article.lang));
        let became: Vec<(Option<&str>, CoverageStatus, usize)> = finished
            .iter()
            .map(|article| {
                let covered = &article.covered[0].1;
                (article.job.article.lang.as_deref(), covered.status, covered.rows)
            })
            .collect();
        assert_eq!(
            became,
            [
                (None, CoverageStatus::Ok, 1),
                (Some("de"), CoverageStatus::SkippedLanguage, 0),
                (Some("en-GB"), CoverageStatus::Ok, 1),
            ]
        );
        let reason = finished[1].covered[0].1.reason.as_deref();
        assert_eq!(reason, Some("the article is in `de`, the stage knows: en"));
    }

    #[test]
    fn a_run_whose_time_is_over_gives_back_what_is_left_in_order() {
        let pipeline = Pipeline::default();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let scheduler = Scheduler {
            pipeline: &pipeline,
            pool: &pool,
            batch_size: 4,
            progress: &(),
            stop: &AtomicBool::new(false),
            halt: &AtomicBool::new(false),
            strict: false,
            seconds: &Mutex::new(Vec::new()),
        };
        let jobs = ["a", "b", "c"].map(|lang| job(Some(lang))).into();
        let (finished, left) = scheduler.run(jobs, Instant::now());
        assert!(finished.is_empty());
        let langs: Vec<_> = left.iter().filter_map(|job| job.article.lang.as_deref()).collect();
        assert_eq!(langs, ["a", "b", "c"]);
    }
}
