//! The same figures as seqeval 1.2.2 (default mode, which follows `conlleval`) on random tags.
//!
//! `seqeval.json` holds the tags, and what seqeval makes of them.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use postil_contract::{Entity, LayerSet, Span};
use postil_eval::{Answers, Gold, Labels, Measure, Tag, chunks};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    gold: Vec<String>,
    predicted: Vec<String>,
    chunks: Vec<Vec<(String, usize, usize)>>,
    labels: BTreeMap<String, Label>,
    micro_f1: f64,
    macro_f1: f64,
}

#[derive(Deserialize)]
struct Label {
    precision: f64,
    recall: f64,
    f1: f64,
    gold: usize,
}

fn tags(row: &str) -> Vec<Tag> {
    row.split(' ').map(|tag| Tag::parse(tag).unwrap()).collect()
}

/// The rows as a gold file of columns; every token is the same word.
fn read(rows: &[String]) -> Gold {
    let mut text = String::new();
    for row in rows {
        for tag in row.split(' ') {
            writeln!(text, "w\t{tag}").unwrap();
        }
        text.push('\n');
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Gold::read(file.path(), None).unwrap()
}

fn entity((span, label): &(Span, String)) -> Entity {
    Entity {
        span: *span,
        sentence_idx: Some(0),
        paragraph_idx: 0,
        label: label.clone(),
        score: 1.0,
        canonical: "w".to_owned(),
        canonical_id: None,
        normalized: None,
        model: "random".to_owned(),
    }
}

#[test]
fn the_figures_are_those_of_seqeval() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("seqeval.json")).unwrap();
    for case in cases {
        for (row, expected) in case.gold.iter().zip(&case.chunks) {
            let found: Vec<(String, usize, usize)> =
                chunks(&tags(row)).into_iter().map(|c| (c.label, c.start, c.end)).collect();
            assert_eq!(found, *expected, "{}: {row}", case.name);
        }
        let layers: Vec<LayerSet> = read(&case.predicted)
            .articles
            .iter()
            .map(|article| match &article.answers {
                Answers::Mentions(all) => LayerSet {
                    entities: Some(all.iter().map(entity).collect()),
                    ..LayerSet::default()
                },
                _ => LayerSet::default(),
            })
            .collect();
        let scored = read(&case.gold).score(&layers, &Labels::default());
        let summary = scored.report.summary();
        assert!((summary.rows[0].value - case.micro_f1).abs() < 1e-9, "{}", case.name);
        assert_eq!(summary.rows.len(), case.labels.len() + 1);
        for row in &summary.rows[1..] {
            let expected = &case.labels[&row.name];
            for (ours, theirs) in [
                (row.precision, expected.precision),
                (row.recall, expected.recall),
                (row.value, expected.f1),
            ] {
                assert!(
                    (ours - theirs).abs() < 1e-9,
                    "{} {}: {ours} {theirs}",
                    case.name,
                    row.name
                );
            }
            assert_eq!(row.counts.gold, expected.gold);
        }
        let counts: Vec<_> = summary.rows[1..].iter().map(|row| row.counts).collect();
        assert!((Measure::MacroF1.of(&counts) - case.macro_f1).abs() < 1e-9, "{}", case.name);
    }
}
