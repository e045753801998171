//! One article's failure is its own.

#![allow(clippy::unwrap_used)] // helpers are tests too

mod common;

use std::fs;

use common::*;
use postil_contract::*;
use postil_runner::{Options, Pipeline};
use postil_tables::TableId;

fn bad_among_good() -> Place {
    let place = Place::with_articles();
    place.write("fail.txt", "Text that says FAIL.");
    place.write("foreign.txt", "Text that says FOREIGN.");
    place.write("panic.txt", "Text that says PANIC.");
    place.write("empty.txt", "");
    fs::write(place.input().join("latin.txt"), b"caf\xe9").unwrap();
    place
}

#[test]
fn bad_articles_become_dead_letters_and_the_run_goes_on() {
    let place = bad_among_good();
    let report = place.run(&pipeline(&Counters::default(), "", ""));
    assert_eq!((report.annotated.len(), report.failed), (10, 5));
    let told: Vec<(&str, &str)> = report
        .dead_letters
        .iter()
        .map(|dead| (dead.article_id.as_deref().unwrap(), dead.error.as_str()))
        .collect();
    assert_eq!(told[0], ("in/empty", "file is empty"));
    assert_eq!(told[1], ("in/fail", "this article says FAIL"));
    assert!(told[2].1.contains("expected the layer entities, found [sentences]"), "{told:?}");
    assert!(told[3].1.starts_with("not UTF-8: byte 0xE9 at offset 3"), "{told:?}");
    assert_eq!(told[4], ("in/panic", "the stage panicked: this article says PANIC"));

    let dataset = place.sound();
    assert_eq!(dataset.ids().unwrap().len(), 10);
    assert_eq!(dataset.dead_letters().unwrap().len(), 5);
    // Nothing of a failed article is in the tables, not even what earlier stages made of it.
    let paragraphs = column(&dataset, "paragraphs", "article_id");
    assert!(!paragraphs.iter().any(|id| id == "in/fail"), "{paragraphs:?}");
    let coverage: Vec<(String, String)> = column(&dataset, "coverage", "article_id")
        .into_iter()
        .zip(column(&dataset, "coverage", "status"))
        .filter(|(id, _)| id == "in/fail")
        .collect();
    assert_eq!(coverage, [("in/fail".to_owned(), "failed".to_owned())]);
}

#[test]
fn what_failed_is_told_again_but_not_tried_again_unless_asked() {
    let place = bad_among_good();
    let counters = Counters::default();
    let pipeline = pipeline(&counters, "", "");
    place.run(&pipeline);
    counters.take();
    let log = lines_of_log(&place.output());
    let second = place.run(&pipeline);
    assert!(second.nothing_to_do());
    assert_eq!((second.failed, second.failed_before, second.unchanged), (0, 5, 10));
    assert!(second.dead_letters.iter().all(|dead| dead.before));
    assert_eq!(counters.take(), [0, 0, 0, 0]);
    assert_eq!(lines_of_log(&place.output()), log);

    let retry = Options { retry_failed: true, ..place.options() };
    let third = place.try_run(&pipeline, &retry).unwrap();
    assert_eq!((third.failed, third.failed_before), (3, 2));
    place.write("fail.txt", "Text that is put right.");
    place.write("empty.txt", "No more.");
    let fourth = place.run(&pipeline);
    assert_eq!(fourth.annotated, ["in/empty", "in/fail"]);
    assert_eq!(place.sound().dead_letters().unwrap().len(), 3);
}

#[test]
fn a_failing_swap_takes_only_what_it_would_have_replaced() {
    let place = Place::with_articles();
    let counters = Counters::default();
    place.run(&pipeline(&counters, "", ""));
    let broken = || {
        let info = match stances("", &counters.stances) {
            Stage::Map(stage) => StageInfo { version: 2, ..stage.info().clone() },
            Stage::Corpus(_) => unreachable!(),
        };
        Pipeline::new(vec![
            paragraphs(),
            sentences("", &counters.sentences),
            embeddings(&counters.embeddings),
            entities("", &counters.entities),
            each(info, &counters.stances, |_| Err(StageError::failed("broken"))),
            duplicates(),
        ])
        .unwrap()
    };
    let report = place.run(&broken());
    assert_eq!((report.annotated.len(), report.failed), (0, 10));
    let dataset = place.sound();
    assert_eq!(dataset.rows(&TableId::Stances), 0);
    assert_eq!(dataset.ids().unwrap().len(), 10);
    assert!(dataset.rows(&TableId::Entities) > 0);
    assert_eq!(place.run(&broken()).failed_before, 10);

    counters.take();
    place.run(&pipeline(&counters, "", ""));
    assert_eq!(counters.take(), [0, 10, 0, 10]);
    let dataset = place.sound();
    assert_eq!(dataset.rows(&TableId::Stances), 10);
    assert!(dataset.dead_letters().unwrap().is_empty());
}

#[test]
fn a_stage_that_forgets_an_article_fails_it_alone() {
    /// Gives no result for articles that say FORGET.
    struct Forgets(Stage);
    impl MapStage for Forgets {
        fn info(&self) -> &StageInfo {
            self.0.info()
        }

        fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
            let Stage::Map(stage) = &self.0 else { return Vec::new() };
            let kept: Vec<ArticleView<'_>> =
                batch.iter().copied().filter(|view| !view.text().contains("FORGET")).collect();
            stage.annotate(&kept)
        }
    }
    let place = Place::with_articles();
    place.write("forget.txt", "Text that says FORGET.");
    let pipeline = Pipeline::new(vec![Stage::map(Forgets(paragraphs()))]).unwrap();
    let report = place.try_run(&pipeline, &Options { batch_size: 256, ..place.options() }).unwrap();
    assert_eq!((report.annotated.len(), report.failed), (10, 1));
    assert_eq!(report.dead_letters[0].error, "the stage returned 0 results for 1 articles");
}

#[test]
fn a_join_that_fails_is_made_up_for_by_the_next_run() {
    struct NoJoin(Stage);
    impl CorpusStage for NoJoin {
        fn info(&self) -> &StageInfo {
            self.0.info()
        }
        fn signature(&self, view: &ArticleView<'_>) -> Result<Signature, StageError> {
            match &self.0 {
                Stage::Corpus(stage) => stage.signature(view),
                Stage::Map(_) => unreachable!(),
            }
        }
        fn join(
            &self,
            _: &dyn CorpusStore,
            _: &(dyn Fn(DuplicatePair) + Sync),
        ) -> Result<JoinCounts, StageError> {
            Err(StageError::failed("no memory"))
        }
        fn clusters(&self, _: &[DuplicatePair]) -> Vec<ClusterRow> {
            Vec::new()
        }
    }
    let counters = Counters::default();
    let stages = |last: Stage| {
        Pipeline::new(vec![paragraphs(), sentences("", &counters.sentences), last]).unwrap()
    };
    let place = Place::with_articles();
    let error = place
        .try_run(&stages(Stage::corpus(NoJoin(duplicates()))), &place.options())
        .unwrap_err()
        .to_string();
    assert!(error.contains("no memory") && error.contains("are committed"), "{error}");
    assert!(place.dataset().join_pending());

    counters.take();
    let report = place.run(&stages(duplicates()));
    assert_eq!((report.annotated.len(), report.pairs), (0, Some(45)));
    assert_eq!(counters.take(), [0, 0, 0, 0]);
    let joined = place.sound();
    let whole = Place::with_articles();
    whole.run(&stages(duplicates()));
    assert_eq!(joined.pairs().unwrap(), whole.dataset().pairs().unwrap());
    assert_eq!(joined.clusters().unwrap(), whole.dataset().clusters().unwrap());
}
