//! The Golden Rules: 48 hard cases of English sentence boundaries (MIT).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde::Deserialize;

/// Cases that must hold.
const FLOOR: usize = 48;

#[derive(Deserialize)]
struct Case {
    text: String,
    sentences: Vec<String>,
}

#[test]
fn the_golden_rules_hold() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("golden_rules_en.json")).unwrap();
    assert_eq!(cases.len(), 48);
    let mut wrong = Vec::new();
    for case in &cases {
        let found: Vec<&str> =
            postil_sentences::split(&case.text).into_iter().map(|span| &case.text[span]).collect();
        if found != case.sentences {
            wrong.push(format!("expected {:#?}\nfound {found:#?}", case.sentences));
        }
    }
    let right = cases.len() - wrong.len();
    println!("{right} of {}\n{}", cases.len(), wrong.join("\n"));
    assert!(right >= FLOOR, "{right} of {}\n{}", cases.len(), wrong.join("\n"));
}
