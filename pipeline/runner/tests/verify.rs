//! What a verification finds in an output whose files and hashes fit, but whose rows do not.

#![allow(clippy::unwrap_used)] // helpers are tests too

mod common;

use std::fs;
use std::sync::Arc;

use arrow::array::{AsArray, Int32Array, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::Int32Type;
use common::*;
use postil_tables::{TableId, parquet_io};

/// The problems after the only part of a table was changed, with a log that agrees with the change.
fn problems_after(table: &TableId, change: impl Fn(&RecordBatch) -> RecordBatch) -> Vec<String> {
    let place = Place::with_articles();
    place.run(&pipeline(&Counters::default(), "", ""));
    let dataset = place.sound();
    let part = dataset.parts(table).remove(0);
    let batches = dataset.batches(table).unwrap();
    let batch = concat_batches(&batches[0].schema(), &batches).unwrap();
    let written = parquet_io::write(&part.path, table, &[change(&batch)]).unwrap();
    let log = place.output().join("postil.log.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
            for added in line.get_mut("added").and_then(|a| a.as_array_mut()).into_iter().flatten()
            {
                if added["sha256"] == part.sha256.as_str() {
                    added["sha256"] = written.sha256.clone().into();
                    added["bytes"] = written.bytes.into();
                    added["rows"] = written.rows.into();
                }
            }
            line.to_string()
        })
        .collect();
    fs::write(&log, lines.join("\n") + "\n").unwrap();
    place.dataset().verify().unwrap().problems
}

/// The batch with these rows, in this order.
fn rows(batch: &RecordBatch, rows: impl IntoIterator<Item = usize>) -> RecordBatch {
    let rows: UInt32Array = rows.into_iter().map(|row| row as u32).collect();
    take_record_batch(batch, &rows).unwrap()
}

/// The batch with one column of integers changed.
fn ints(batch: &RecordBatch, column: &str, change: impl Fn(i32) -> i32) -> RecordBatch {
    let at = batch.schema().index_of(column).unwrap();
    let old = batch.column(at).as_primitive::<Int32Type>();
    let new: Int32Array = old.iter().map(|value| value.map(&change)).collect();
    let mut columns = batch.columns().to_vec();
    columns[at] = Arc::new(new);
    RecordBatch::try_new(batch.schema(), columns).unwrap()
}

fn assert_found(problems: &[String], expected: &str) {
    assert!(problems.iter().any(|problem| problem.contains(expected)), "{expected}: {problems:#?}");
}

#[test]
fn rows_out_of_order_are_found() {
    let swapped = |batch: &RecordBatch| rows(batch, (0..batch.num_rows()).rev());
    assert_found(&problems_after(&TableId::Entities, swapped), "not sorted by its key");
}

#[test]
fn a_key_that_stands_twice_is_found() {
    let doubled = |batch: &RecordBatch| rows(batch, [0].into_iter().chain(0..batch.num_rows()));
    assert_found(&problems_after(&TableId::Sentences, doubled), "stands twice in sentences");
}

#[test]
fn a_text_that_is_not_its_slice_is_found() {
    let shifted = |batch: &RecordBatch| ints(batch, "char_start", |start| start + 1);
    let problems = problems_after(&TableId::Entities, shifted);
    assert_found(&problems, "is not the slice");
}

#[test]
fn a_span_beyond_its_article_is_found() {
    let long = |batch: &RecordBatch| ints(batch, "char_end", |end| end + 100_000);
    assert_found(&problems_after(&TableId::Sentences, long), "does not lie inside the text");
}

#[test]
fn an_index_that_leads_nowhere_is_found() {
    let lost = |batch: &RecordBatch| ints(batch, "paragraph_idx", |idx| idx + 1000);
    assert_found(&problems_after(&TableId::Entities, lost), "has paragraph_idx 1000");
    let lost = |batch: &RecordBatch| ints(batch, "b_paragraph_idx", |idx| idx + 1000);
    assert_found(&problems_after(&TableId::Duplicates, lost), "which is no paragraph");
}

#[test]
fn rows_of_an_article_that_is_not_there_are_found() {
    let shorter = |batch: &RecordBatch| rows(batch, 1..batch.num_rows());
    let problems = problems_after(&TableId::Articles, shorter);
    assert_found(&problems, "paragraphs has rows of `in/0`, which is not in articles");
    assert_found(&problems, "coverage has rows of `in/0`, which is not in articles");
}

#[test]
fn rows_that_coverage_counted_and_are_gone_are_found() {
    let shorter = |batch: &RecordBatch| rows(batch, 0..batch.num_rows() - 1);
    assert_found(&problems_after(&TableId::Entities, shorter), "coverage says that entities has");
}
