//! `cases/pairs.md`: two paragraphs, and what they are to each other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use postil_duplicates::LexicalSemanticConfig;

const BETWEEN: &str = "In other news, a circus from Portugal opened its tents by the lake, with two \
    elephants made of paper and a clown who plays the cello.";

#[test]
fn pairs_are_of_the_expected_kind() {
    let stage = common::stage(&LexicalSemanticConfig::default());
    let mut failures = Vec::new();
    let mut cases = 0;
    for case in include_str!("../cases/pairs.md").split("\n## ").skip(1) {
        let (title, body) = case.split_once('\n').unwrap();
        let expected = title.split(':').next().unwrap().trim();
        let (a, b) = body.trim().split_once("\n\n").unwrap();
        let article = ("case".to_owned(), format!("{a}\n\n{BETWEEN}\n\n{b}\n"));
        let corpus = common::corpus(stage.as_ref(), &[article], true);
        let pairs = stage.pairs(&corpus).unwrap();
        let found = match pairs.as_slice() {
            [] => "none",
            [pair] => pair.kind.as_str(),
            _ => "several",
        };
        cases += 1;
        if found != expected {
            failures.push(format!("{title}: found {found}"));
        }
    }
    assert!(cases >= 8);
    assert!(failures.is_empty(), "{failures:#?}");
}
