//! Annotates articles in memory: the same stages, scheduler and validation as a run, no folder.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use postil_contract::{Article, LayerSet};
use rayon::prelude::*;

use crate::error::Error;
use crate::pipeline::Pipeline;
use crate::plan::Job;
use crate::progress::{Event, Progress};
use crate::run::{DEFAULT_BATCH_SIZE, pool, thread_count};
use crate::schedule::Scheduler;

/// An article, and layers that are there already: a stage that would write one of them does not run.
#[derive(Debug, Clone)]
pub struct InMemory {
    /// The article.
    pub article: Article,
    /// The layers.
    pub given: LayerSet,
}

/// Runs the stages over articles and returns the layers of each, in order, those given among them. Of
/// an article that fails, the stage and the reason.
///
/// Embeddings are let go, and a corpus stage makes its signatures but no join.
///
/// # Errors
/// Where the threads can't be started.
pub fn annotate_in_memory(
    pipeline: &Pipeline,
    articles: Vec<InMemory>,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Vec<Result<LayerSet, String>>, Error> {
    let pool = pool(thread_count(threads), "stage")?;
    let stages = pipeline.stages();
    let (stop, halt) = (AtomicBool::new(false), AtomicBool::new(false));
    let seconds = Mutex::new(vec![0.0; stages.len()]);
    let scheduler = Scheduler {
        pipeline,
        pool: &pool,
        batch_size: DEFAULT_BATCH_SIZE,
        progress,
        stop: &stop,
        halt: &halt,
        strict: false,
        seconds: &seconds,
    };
    let bytes = articles.iter().map(|one| one.article.text.len() as u64).sum();
    progress.event(Event::Listed { sources: articles.len(), bytes });
    let mut jobs = articles.into_iter().map(|one| job(pipeline, one)).peekable();
    let mut batches: Vec<Vec<Job>> = Vec::new();
    while jobs.peek().is_some() {
        batches.push(jobs.by_ref().take(DEFAULT_BATCH_SIZE).collect());
    }
    let finished = pool.install(|| {
        batches.into_par_iter().flat_map_iter(|batch| scheduler.annotate(batch)).collect::<Vec<_>>()
    });
    let results = finished.into_iter().map(|article| match article.failure {
        None => Ok(article.job.layers),
        Some((at, failure)) => {
            let stage = stages.get(at).map_or("", |stage| stage.info().implementation.as_str());
            Err(format!("{stage}: {}", failure.error))
        }
    });
    Ok(results.collect())
}

fn job(pipeline: &Pipeline, InMemory { article, given }: InMemory) -> Job {
    let there = given.names();
    let run: Vec<bool> =
        pipeline.stages().iter().map(|stage| !there.contains(&stage.info().provides)).collect();
    Job {
        content_hash: article.content_hash(),
        bytes: article.text.len() as u64,
        whole: true,
        known: false,
        again: vec![false; run.len()],
        run,
        drop: Vec::new(),
        read: BTreeSet::new(),
        layers: given,
        article,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postil_contract::conformance::{EchoConfig, plain_layers};
    use postil_contract::{BuildContext, Layer, StageConfig};

    fn articles(count: usize) -> Vec<InMemory> {
        (0..count)
            .map(|number| InMemory {
                article: Article::new(number.to_string(), "line\n".repeat(number)),
                given: LayerSet::default(),
            })
            .collect()
    }

    fn rows(results: &[Result<LayerSet, String>]) -> Vec<usize> {
        results.iter().map(|layers| layers.as_ref().unwrap().rows(&Layer::Paragraphs)).collect()
    }

    #[test]
    fn results_come_in_order_for_any_number_of_threads() {
        let stage = EchoConfig::default().build(&BuildContext::default()).unwrap();
        let pipeline = Pipeline::new(vec![stage]).unwrap();
        let one = annotate_in_memory(&pipeline, articles(23), 1, &()).unwrap();
        let three = annotate_in_memory(&pipeline, articles(23), 3, &()).unwrap();
        assert_eq!(rows(&one), rows(&three));
        assert_eq!(rows(&one).len(), 23);
        assert!(rows(&one).is_sorted());
    }

    #[test]
    fn a_layer_that_is_given_is_kept() {
        let stage = EchoConfig::default().build(&BuildContext::default()).unwrap();
        let pipeline = Pipeline::new(vec![stage]).unwrap();
        let article = Article::new("a", "one line\nanother");
        let mut given = plain_layers(&article, &[Layer::Paragraphs]);
        given.paragraphs.as_mut().unwrap().truncate(1);
        let results =
            annotate_in_memory(&pipeline, vec![InMemory { article, given: given.clone() }], 1, &());
        assert_eq!(results.unwrap(), [Ok(given)]);
    }
}
