//! One stage, many threads: the same rows.

use std::sync::Mutex;
use std::thread;

use postil_contract::{Article, LayerSet, Stage};
use postil_rust_bert::{Engine, Pool};

use crate::support::{annotate, build, seeds};

#[test]
fn a_model_may_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<Pool>();
    shared::<Engine>();
}

/// Annotates every article on a thread taken from `threads`, all with the same stages.
fn on_threads(stages: &[&Stage], articles: &[Article], threads: usize) -> Vec<LayerSet> {
    let next = Mutex::new(0..articles.len());
    let done = Mutex::new(vec![LayerSet::default(); articles.len()]);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(at) = { next.lock().unwrap().next() } {
                    let layers = annotate(stages, &articles[at..=at]).remove(0);
                    done.lock().unwrap()[at] = layers;
                }
            });
        }
    });
    done.into_inner().unwrap()
}

#[test]
fn the_rows_do_not_depend_on_the_number_of_threads_or_the_batch() {
    let stages = [
        build("paragraphs.lines", ""),
        build("sentences.rules", ""),
        build("embeddings.rust-bert", ""),
        build("entities.rust-bert", ""),
        build("stance.rust-bert", ""),
    ];
    let stages: Vec<&Stage> = stages.iter().collect();
    let articles = seeds();
    let together = annotate(&stages, &articles);
    assert!(together.iter().all(|layers| layers.entities.as_ref().is_some_and(|e| !e.is_empty())));
    for threads in [1, 2, 5] {
        // Equal to the last bit: scores and vectors too.
        assert!(on_threads(&stages, &articles, threads) == together, "{threads} threads");
    }
}
