//! The output folder: what is refused, what is put in order, what is exact.

#![allow(clippy::unwrap_used)] // helpers are tests too

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use common::*;
use postil_contract::Layer;
use postil_runner::{Dataset, Event, Options, Progress, annotate};
use postil_tables::TableId;

#[test]
fn the_digest_does_not_depend_on_threads_batches_units_or_order() {
    let place = Place::with_articles();
    let pipeline = pipeline(&Counters::default(), "", "");
    let mut digests = Vec::new();
    for (number, (threads, batch_size, commit_bytes, reverse)) in [
        (1, 1, 8_000_000, false),
        (2, 7, 8_000_000, false),
        (8, 256, 8_000_000, false),
        (2, 4, 100, true),
        (8, 1, 1, false),
    ]
    .into_iter()
    .enumerate()
    {
        let mut inputs: Vec<_> =
            (0..10).map(|number| place.input().join(format!("{number}.txt"))).collect();
        if reverse {
            inputs.reverse();
        }
        let output = place.output().join(number.to_string());
        let options =
            Options { threads, batch_size, commit_bytes, ..Options::new(inputs, &output) };
        place.try_run(&pipeline, &options).unwrap();
        let dataset = Dataset::open(&output).unwrap();
        assert!(dataset.verify().unwrap().is_sound());
        digests.push(dataset.digest().unwrap());
    }
    digests.dedup();
    assert_eq!(digests.len(), 1, "{digests:?}");
}

/// Rows of each part of `articles` after a run over records of ten bytes with these ids, of which four
/// make a commit.
fn parts_of(ids: impl Iterator<Item = u32>) -> Vec<u64> {
    let records: String =
        ids.map(|id| format!("{{\"id\": \"{id:02}\", \"text\": \"Ten bytes.\"}}\n")).collect();
    let place = Place::new(&[("records.jsonl", &records)]);
    let pipeline = pipeline(&Counters::default(), "", "");
    let options = Options { commit_bytes: 40, threads: 1, ..place.options() };
    place.try_run(&pipeline, &options).unwrap();
    let parts = place.sound().parts(&TableId::Articles);
    parts.iter().map(|part| part.rows).collect()
}

#[test]
fn the_units_of_a_commit_share_files_where_their_articles_come_in_order() {
    // A unit is a quarter of a commit, which is one record; a commit may meet the unit after it.
    let in_order = parts_of(0..12);
    assert_eq!(in_order.iter().sum::<u64>(), 12);
    assert!(
        in_order.len() <= 3 && in_order.iter().rev().skip(1).all(|rows| *rows >= 4),
        "{in_order:?}"
    );
    // Every part is sorted, so that articles in no order take more of them.
    assert_eq!(parts_of((0..12).rev()), [1; 12]);
}

#[test]
fn every_table_of_the_design_has_a_part_and_current_sql_names_it() {
    let place = Place::new(&[("a.txt", "One line.")]);
    place.run(&pipeline(&Counters::default(), "", ""));
    let dataset = place.sound();
    assert_eq!(dataset.tables(), TableId::BUILT_IN.to_vec());
    let sql = fs::read_to_string(place.output().join("current.sql")).unwrap();
    for table in TableId::BUILT_IN {
        let parts = dataset.parts(&table);
        assert_eq!(parts.len(), 1, "{table}");
        assert!(sql.contains(&format!("create or replace view {table} as")), "{sql}");
        assert!(sql.contains(&format!("'{}'", parts[0].path.display())), "{sql}");
    }
    // A part without rows goes as soon as there is another.
    place.write("b.txt", "One line.");
    place.run(&pipeline(&Counters::default(), "", ""));
    let parts = place.dataset().parts(&TableId::Duplicates);
    assert_eq!(parts.iter().map(|part| part.rows).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_folder_that_is_not_ours_is_refused_and_left_alone() {
    let place = Place::with_articles();
    fs::create_dir(place.output()).unwrap();
    fs::write(place.output().join("README.md"), "ours").unwrap();
    fs::write(place.output().join("thesis.doc"), "theirs").unwrap();
    let pipeline = pipeline(&Counters::default(), "", "");
    let error = place.try_run(&pipeline, &place.options()).unwrap_err().to_string();
    assert!(error.contains("holds no postil.log.jsonl") && error.contains("thesis.doc"), "{error}");
    assert_eq!(fs::read_dir(place.output()).unwrap().count(), 2);

    fs::remove_file(place.output().join("thesis.doc")).unwrap();
    place.run(&pipeline);
    assert!(place.output().join("README.md").exists());
}

/// Calls a function when the comparison begins: after the articles are committed, before the pairs
/// are.
struct AtJoin<F>(F);

impl<F: Fn() + Sync> Progress for AtJoin<F> {
    fn event(&self, event: Event<'_>) {
        if matches!(event, Event::Joining { .. }) {
            (self.0)();
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_folder(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

#[test]
fn a_torn_line_is_cut_off_and_its_commit_has_not_happened() {
    let place = Place::with_articles();
    let pipeline = pipeline(&Counters::default(), "", "");
    let before = place.input().join("../before");
    let keep = AtJoin(|| copy_folder(&place.output(), &before));
    annotate(&pipeline, &place.options(), &keep, &AtomicBool::new(false)).unwrap();
    let digest = place.sound().digest().unwrap();
    let after = place.input().join("../after");
    copy_folder(&place.output(), &after);
    let log = fs::read_to_string(after.join("postil.log.jsonl")).unwrap();
    let last = log.trim_end().rfind('\n').unwrap() + 1;

    for kept in [last, last + 1, last + 40, log.len() - 1] {
        // Killed while the last line was written: its parts are there, what they replace is too.
        fs::remove_dir_all(place.output()).unwrap();
        copy_folder(&before, &place.output());
        copy_folder(&after, &place.output());
        fs::write(place.output().join("postil.log.jsonl"), &log[..kept]).unwrap();
        assert!(place.dataset().join_pending());
        let report = place.run(&pipeline);
        assert_eq!((report.annotated.len(), report.pairs), (0, Some(45)), "cut at {kept}");
        assert_eq!(place.sound().digest().unwrap(), digest, "cut at {kept}");
        assert_eq!(place.parts_on_disk(), live_parts(&place), "cut at {kept}");
    }
}

/// Every part that the log names, sorted.
fn live_parts(place: &Place) -> Vec<PathBuf> {
    let dataset = place.dataset();
    let mut parts: Vec<PathBuf> = dataset
        .tables()
        .iter()
        .flat_map(|table| dataset.parts(table))
        .map(|part| part.path)
        .collect();
    parts.sort();
    parts
}

#[test]
fn a_damaged_line_in_the_middle_is_an_error_that_names_it() {
    let place = Place::with_articles();
    let pipeline = pipeline(&Counters::default(), "", "");
    place.run(&pipeline);
    let log = place.output().join("postil.log.jsonl");
    let mut lines: Vec<String> =
        fs::read_to_string(&log).unwrap().lines().map(str::to_owned).collect();
    lines[1] = "{\"format\":1,".to_owned();
    fs::write(&log, lines.join("\n") + "\n").unwrap();
    let error = place.try_run(&pipeline, &place.options()).unwrap_err().to_string();
    assert!(error.contains("postil.log.jsonl:2: expected one JSON object"), "{error}");
}

#[test]
fn parts_of_a_killed_run_are_removed_and_nothing_else() {
    let place = Place::with_articles();
    let pipeline = pipeline(&Counters::default(), "", "");
    place.run(&pipeline);
    let parts = place.parts_on_disk();
    let folder = place.output().join("entities");
    fs::write(folder.join("part-20250101T000000Z-00ff-00003.parquet"), "torn").unwrap();
    fs::write(folder.join(".part-20250101T000000Z-00ff-00004.parquet.tmp"), "torn").unwrap();
    fs::write(folder.join("mine.parquet"), "not ours").unwrap();
    place.run(&pipeline);
    assert!(folder.join("mine.parquet").exists());
    fs::remove_file(folder.join("mine.parquet")).unwrap();
    assert_eq!(place.parts_on_disk(), parts);
}

#[test]
fn a_missing_or_truncated_part_is_named_and_its_rows_alone_are_made_again() {
    let place = Place::with_articles();
    let counters = Counters::default();
    let pipeline = pipeline(&counters, "", "");
    place.run(&pipeline);
    counters.take();
    let digest = place.sound().digest().unwrap();
    for cut in [true, false] {
        let part = place.dataset().parts(&TableId::Sentences).remove(0).path;
        let name = part.file_name().unwrap().to_string_lossy().into_owned();
        match cut {
            true => fs::write(&part, &fs::read(&part).unwrap()[..100]).unwrap(),
            false => fs::remove_file(&part).unwrap(),
        }
        let found = place.dataset().verify().unwrap();
        assert!(!found.is_sound() && found.problems[0].contains(&name), "{found:?}");
        assert!(found.problems[0].contains("expected a part of"), "{found:?}");
        // Who only reads is told as well.
        let error = place.dataset().batches(&TableId::Sentences).unwrap_err().to_string();
        assert!(error.contains(&name) && error.contains("makes what is lost anew"), "{error}");

        let told = Told::default();
        let stop = AtomicBool::new(false);
        let report = annotate(&pipeline, &place.options(), &told, &stop).unwrap();
        let told = told.0.into_inner().unwrap();
        assert!(told.iter().any(|line| line.contains(&format!("{name} is damaged"))), "{told:?}");
        assert_eq!((report.n_annotated, report.partly), (10, 10));
        assert_eq!(counters.take(), [10, 0, 0, 0], "the sentences alone");
        assert_eq!(place.sound().digest().unwrap(), digest);
    }
    let part = place.dataset().parts(&TableId::Sentences).remove(0).path;
    let bytes = fs::read(&part).unwrap();
    // Same length, other bytes: only the hash tells.
    let mut other = bytes;
    let middle = other.len() / 2;
    other[middle] ^= 1;
    fs::write(&part, other).unwrap();
    let found = place.dataset().verify().unwrap();
    assert!(found.problems[0].contains("expected the hash"), "{found:?}");
}

#[test]
fn a_second_run_on_the_same_output_is_refused() {
    /// Starts a second run when the first one has begun.
    struct Second<'a>(&'a Place, std::sync::Mutex<Option<String>>);
    impl Progress for Second<'_> {
        fn event(&self, event: Event<'_>) {
            if matches!(event, Event::Stage { layer: Layer::Paragraphs, .. }) {
                let pipeline = pipeline(&Counters::default(), "", "");
                let error = self.0.try_run(&pipeline, &self.0.options()).unwrap_err();
                self.1.lock().unwrap().replace(error.to_string());
            }
        }
    }
    let place = Place::with_articles();
    let second = Second(&place, std::sync::Mutex::new(None));
    let stop = AtomicBool::new(false);
    annotate(&pipeline(&Counters::default(), "", ""), &place.options(), &second, &stop).unwrap();
    let told = second.1.lock().unwrap().clone().unwrap();
    assert!(told.contains(&format!("(process {})", std::process::id())), "{told}");
    // The lock goes with the run.
    place.run(&pipeline(&Counters::default(), "", ""));
}

#[test]
fn a_stopped_run_commits_what_is_finished_and_the_next_goes_on() {
    /// Stops the run after the first article.
    struct Stop<'a>(&'a AtomicBool);
    impl Progress for Stop<'_> {
        fn event(&self, event: Event<'_>) {
            if matches!(event, Event::Article { .. }) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
    }
    let place = Place::with_articles();
    let pipeline = pipeline(&Counters::default(), "", "");
    let stop = AtomicBool::new(false);
    let one = Options { threads: 1, batch_size: 1, ..place.options() };
    let report = annotate(&pipeline, &one, &Stop(&stop), &stop).unwrap();
    assert!(report.interrupted && report.join_pending);
    assert_eq!(report.annotated.len(), 1);
    place.sound();
    let report = place.run(&pipeline);
    assert_eq!((report.annotated.len(), report.unchanged), (9, 1));
    let digest = place.sound().digest().unwrap();
    fs::remove_dir_all(place.output()).unwrap();
    place.run(&pipeline);
    assert_eq!(place.dataset().digest().unwrap(), digest);
}

#[cfg(target_os = "linux")]
#[test]
fn a_commit_that_fails_leaves_nothing_half_written() {
    let place = Place::with_articles();
    let pipeline = pipeline(&Counters::default(), "", "");
    // In the midst of the run, a table's folder turns into one in which no file can be made.
    let (runs, parked) = (place.output().join("runs"), place.output().join(".runs"));
    let spoil = AtJoin(|| {
        fs::rename(&runs, &parked).unwrap();
        std::os::unix::fs::symlink("/proc/self", &runs).unwrap();
    });
    let stop = AtomicBool::new(false);
    let error = annotate(&pipeline, &place.options(), &spoil, &stop).unwrap_err().to_string();
    assert!(error.contains("can't ") && error.contains("/runs/"), "{error}");
    fs::remove_file(&runs).unwrap();
    fs::rename(&parked, &runs).unwrap();

    assert_eq!(place.parts_on_disk(), live_parts(&place));
    let dataset = place.sound();
    assert_eq!(dataset.ids().unwrap().len(), 10);
    assert!(dataset.join_pending() && dataset.pairs().unwrap().is_empty());
    assert_eq!(place.run(&pipeline).pairs, Some(45));
}

#[test]
fn a_run_that_can_not_start_leaves_no_folder() {
    let place = Place::new(&[]);
    let pipeline = pipeline(&Counters::default(), "", "");
    let error = place.try_run(&pipeline, &place.options()).unwrap_err().to_string();
    assert!(error.starts_with("no articles in"), "{error}");
    assert!(!place.output().exists());
    // A file in the way of the output.
    let place = Place::with_articles();
    fs::write(place.output(), "a file").unwrap();
    assert!(place.try_run(&pipeline, &place.options()).is_err());
    assert_eq!(fs::read_to_string(place.output()).unwrap(), "a file");
}

#[test]
fn an_article_is_read_back_as_it_was_annotated() {
    let place = Place::with_articles();
    place.run(&pipeline(&Counters::default(), "", ""));
    let dataset = place.dataset();
    assert_eq!(dataset.find("7").unwrap(), "in/7");
    let (article, layers) = dataset.article("in/7").unwrap();
    assert_eq!(article.text, fs::read_to_string(place.input().join("7.txt")).unwrap());
    let plain = postil_contract::conformance::plain_layers(
        &article,
        &[Layer::Paragraphs, Layer::Sentences, Layer::Entities],
    );
    assert_eq!(layers.paragraphs, plain.paragraphs);
    assert_eq!(layers.sentences, plain.sentences);
    assert_eq!(layers.entities, plain.entities);
}

#[test]
fn a_run_tells_what_it_does() {
    let place = Place::with_articles();
    place.write("scan.pdf", "x");
    let told = Told::default();
    annotate(
        &pipeline(&Counters::default(), "", ""),
        &place.options(),
        &told,
        &AtomicBool::new(false),
    )
    .unwrap();
    let told = told.0.into_inner().unwrap();
    assert!(told[0].starts_with("Listed { sources: 10"), "{told:?}");
    assert_eq!(told[1], "Skipped { extension: \".pdf\", files: 1 }");
    assert_eq!(told.iter().filter(|line| line.starts_with("Article {")).count(), 10);
    assert_eq!(told.iter().filter(|line| line.starts_with("Committed {")).count(), 2);
    assert!(told.iter().any(|line| line == "Joining { articles: 10, new: 10 }"), "{told:?}");
}
