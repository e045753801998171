//! A second run does what is new or has changed, and nothing else.

#![allow(clippy::unwrap_used)] // helpers are tests too

mod common;

use common::*;
use postil_runner::Options;

#[test]
fn a_second_run_does_nothing_and_writes_nothing() {
    let place = Place::with_articles();
    let counters = Counters::default();
    let pipeline = pipeline(&counters, "", "");
    let first = place.run(&pipeline);
    assert_eq!((first.annotated.len(), first.unchanged, first.failed), (10, 0, 0));
    assert_eq!(counters.take(), [10, 10, 10, 10]);
    let before = (lines_of_log(&place.output()), place.parts_on_disk());

    let second = place.run(&pipeline);
    assert!(second.nothing_to_do());
    assert_eq!((second.annotated.len(), second.unchanged), (0, 10));
    assert_eq!(counters.take(), [0, 0, 0, 0]);
    assert_eq!((lines_of_log(&place.output()), place.parts_on_disk()), before);
    place.sound();
}

#[test]
fn a_changed_file_is_annotated_again_and_no_other() {
    let place = Place::with_articles();
    let counters = Counters::default();
    let pipeline = pipeline(&counters, "", "");
    place.run(&pipeline);
    counters.take();
    place.write("3.txt", "Another text of Geneva.");
    place.write("new.txt", "A new one.");
    let report = place.run(&pipeline);
    assert_eq!(report.annotated, ["in/3", "in/new"]);
    assert_eq!((report.partly, report.unchanged), (0, 9));
    assert_eq!(counters.take(), [2, 2, 2, 2]);

    let dataset = place.sound();
    let (article, layers) = dataset.article("in/3").unwrap();
    assert_eq!(article.text, "Another text of Geneva.");
    assert_eq!(layers.paragraphs.unwrap().len(), 1);
    // The rows of its old text are gone from every table.
    let texts = column(&dataset, "paragraphs", "text");
    assert!(!texts.iter().any(|text| text.contains("No. 3 ")), "{texts:?}");
    assert!(dataset.pairs_of("in/3").unwrap().is_empty());
}

#[test]
fn what_is_annotated_in_pieces_is_what_is_annotated_at_once() {
    let counters = Counters::default();
    let pipeline = pipeline(&counters, "", "");
    let at_once = Place::with_articles();
    at_once.run(&pipeline);

    let in_pieces = Place::with_articles();
    let good = std::fs::read_to_string(in_pieces.input().join("4.txt")).unwrap();
    in_pieces.write("4.txt", "A draft that says FAIL.");
    let first = Options { limit: Some(6), ..in_pieces.options() };
    assert_eq!(in_pieces.try_run(&pipeline, &first).unwrap().failed, 1);
    in_pieces.write("7.txt", "A draft.");
    in_pieces.run(&pipeline);
    in_pieces.write("4.txt", &good);
    let seven = std::fs::read_to_string(at_once.input().join("7.txt")).unwrap();
    in_pieces.write("7.txt", &seven);
    in_pieces.run(&pipeline);
    assert_eq!(column(&in_pieces.sound(), "dead_letters", "error"), Vec::<String>::new());

    // Sources name the temporary folders, so compare what does not.
    for (table, name) in [
        ("paragraphs", "text"),
        ("sentences", "text"),
        ("entities", "canonical"),
        ("duplicates", "a_text"),
        ("duplicate_clusters", "cluster_id"),
        ("coverage", "stage_hash"),
    ] {
        let sorted = |place: &Place| {
            let mut values = column(&place.dataset(), table, name);
            values.sort();
            values
        };
        assert_eq!(sorted(&at_once), sorted(&in_pieces), "{table}.{name}");
    }
}

#[test]
fn another_stance_stage_runs_the_stance_stage_only() {
    let place = Place::with_articles();
    let counters = Counters::default();
    place.run(&pipeline(&counters, "", ""));
    counters.take();
    let entities_before = place.dataset().parts(&postil_tables::TableId::Entities);

    let report = place.run(&pipeline(&counters, "", "another"));
    // The vectors stand in no table: they are made again because stances need them.
    assert_eq!(counters.take(), [0, 10, 0, 10]);
    assert_eq!((report.annotated.len(), report.partly), (10, 10));
    let worked: Vec<(&str, usize)> =
        report.stages.iter().map(|stage| (stage.layer.as_str(), stage.articles)).collect();
    assert_eq!(
        worked,
        [
            ("paragraphs", 0),
            ("sentences", 0),
            ("embeddings", 0),
            ("entities", 0),
            ("stances", 10),
            ("duplicates", 0)
        ]
    );
    let dataset = place.sound();
    assert_eq!(dataset.parts(&postil_tables::TableId::Entities), entities_before);
    assert_eq!(dataset.rows(&postil_tables::TableId::Stances), 10);
}

#[test]
fn a_changed_stage_runs_again_with_those_that_need_its_layer() {
    let place = Place::with_articles();
    let counters = Counters::default();
    place.run(&pipeline(&counters, "", ""));
    counters.take();
    place.run(&pipeline(&counters, "another", ""));
    assert_eq!(counters.take(), [0, 10, 10, 10]);

    // And the output is that of a run that had this pipeline from the start.
    let digest = place.sound().digest().unwrap();
    let forced = Options { force: true, ..place.options() };
    let report = place.try_run(&pipeline(&counters, "another", ""), &forced).unwrap();
    assert_eq!((report.annotated.len(), report.partly), (10, 0));
    assert_eq!(place.sound().digest().unwrap(), digest);
}

#[test]
fn layers_of_stages_left_out_stay_as_long_as_they_hold() {
    use postil_runner::Pipeline;
    let place = Place::with_articles();
    let counters = Counters::default();
    place.run(&pipeline(&counters, "", ""));
    let short = |config: &str| {
        Pipeline::new(vec![paragraphs(), sentences(config, &counters.sentences)]).unwrap()
    };
    assert!(place.run(&short("")).nothing_to_do());
    assert_eq!(place.dataset().rows(&postil_tables::TableId::Stances), 10);

    // Other sentences: entities point to sentences and stances to entities, so both go.
    place.run(&short("another"));
    let dataset = place.dataset();
    for table in [postil_tables::TableId::Entities, postil_tables::TableId::Stances] {
        assert_eq!(dataset.rows(&table), 0, "{table}");
    }
    assert!(dataset.rows(&postil_tables::TableId::Paragraphs) > 0);
    assert!(dataset.join_pending());
    place.sound();
    place.run(&pipeline(&counters, "", ""));
    assert!(!place.sound().join_pending());
}

#[test]
fn articles_that_are_no_input_any_more_stay() {
    let place = Place::with_articles();
    let pipeline = pipeline(&Counters::default(), "", "");
    place.run(&pipeline);
    std::fs::remove_file(place.input().join("0.txt")).unwrap();
    assert!(place.run(&pipeline).nothing_to_do());
    assert_eq!(place.dataset().ids().unwrap().len(), 10);
}

#[test]
fn a_dry_run_counts_and_writes_nothing() {
    let place = Place::with_articles();
    let counters = Counters::default();
    let dry = Options { dry_run: true, ..place.options() };
    let report = place.try_run(&pipeline(&counters, "", ""), &dry).unwrap();
    assert_eq!((report.annotated.len(), report.dry_run), (10, true));
    assert!(!place.output().exists());
    assert_eq!(counters.take(), [0, 0, 0, 0]);
    place.run(&pipeline(&counters, "", ""));
    let report = place.try_run(&pipeline(&counters, "", "another"), &dry).unwrap();
    assert_eq!((report.annotated.len(), report.partly), (10, 10));
}

#[test]
fn new_articles_are_compared_with_old_ones() {
    let pipeline = pipeline(&Counters::default(), "", "");
    let place = Place::new(&[("a.txt", "Shared line.\nOnly a.")]);
    assert_eq!(place.run(&pipeline).pairs, Some(0));
    place.write("b.txt", "Only b.\nShared line.");
    assert_eq!(place.run(&pipeline).pairs, Some(1));
    let dataset = place.sound();
    let pairs = dataset.pairs_of("in/b").unwrap();
    assert_eq!(
        (pairs[0].a.to_string(), pairs[0].b.to_string()),
        ("in/a#0".into(), "in/b#1".into())
    );
    let clusters = dataset.clusters().unwrap();
    assert_eq!(clusters.len(), 2);
    assert!(clusters.iter().all(|row| row.cluster_id == "in/a#0" && row.size == 2));

    // The pair goes with the text that made it.
    place.write("a.txt", "Nothing shared.");
    assert_eq!(place.run(&pipeline).pairs, Some(0));
    assert!(place.sound().pairs().unwrap().is_empty());
    assert!(place.dataset().clusters().unwrap().is_empty());
}
