//! Scores the splitter on a CoNLL-U file: precision, recall and F1 of sentence ends, paragraphs given.
//!
//! `cargo run --release -p postil-sentences --example score_sentences -- FILE.conllu [--errors]`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "gold/mod.rs"]
mod gold;

use std::collections::BTreeSet;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let errors = arguments.iter().any(|argument| argument == "--errors");
    let Some(path) = arguments.iter().find(|argument| !argument.starts_with("--")) else {
        eprintln!("usage: score FILE.conllu|FILE.txt [--errors]");
        return ExitCode::FAILURE;
    };
    let paragraphs = match gold::read(path.as_ref()) {
        Ok(paragraphs) => paragraphs,
        Err(error) => {
            eprintln!("cannot read {path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let splitter = postil_sentences::Splitter::default();
    let (mut hits, mut found, mut wanted) = (0_usize, 0_usize, 0_usize);
    for paragraph in &paragraphs {
        let predicted: BTreeSet<usize> =
            splitter.split(&paragraph.text).iter().map(|span| span.end).collect();
        hits += predicted.intersection(&paragraph.ends).count();
        found += predicted.len();
        wanted += paragraph.ends.len();
        if errors {
            for (sign, set) in
                [("+", &predicted - &paragraph.ends), ("-", &paragraph.ends - &predicted)]
            {
                for at in set {
                    let (before, after) = gold::around(&paragraph.text, at);
                    println!("{sign} {before} || {after}");
                }
            }
        }
    }
    let (precision, recall) = (ratio(hits, found), ratio(hits, wanted));
    let f1 = if hits == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
    println!(
        "{} paragraphs, {wanted} sentences: precision {precision:.4}, recall {recall:.4}, F1 {f1:.4}",
        paragraphs.len()
    );
    ExitCode::SUCCESS
}

#[expect(clippy::cast_precision_loss, reason = "counts of sentences are small")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
