//! Features of paragraph pairs for `models/train/duplicates/fit.py`: reads `FOLDER/NAME.jsonl`
//! (lines of `{"id": ..., "text": ...}`), writes `FOLDER/NAME.within.csv` and
//! `FOLDER/NAME.between.csv`.
//!
//!     cargo run --release -p postil-duplicates --example features -- FOLDER NAME...

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::fmt::Write as _;
use std::path::PathBuf;

use postil_duplicates::{LexicalSemanticConfig, training};

/// Pairs of different articles with a lower cosine are left out: far too many, and never close.
const LEAST_COSINE_BETWEEN: f32 = 0.6;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("a folder, and names of files in it"));
    let stage = common::stage(&LexicalSemanticConfig::default());
    for name in arguments {
        let articles: Vec<(String, String)> =
            std::fs::read_to_string(folder.join(format!("{name}.jsonl")))
                .unwrap()
                .lines()
                .map(|line| {
                    let record: serde_json::Value = serde_json::from_str(line).unwrap();
                    let field = |name: &str| record[name].as_str().unwrap().to_owned();
                    (field("id"), field("text"))
                })
                .collect();
        let corpus = common::corpus(stage.as_ref(), &articles, true);
        for (part, between) in [("within", false), ("between", true)] {
            // The same document stands in many articles of the summaries.
            if between && name.contains("summaries") {
                continue;
            }
            let mut csv =
                "a,a_idx,b,b_idx,cosine,coverage,shared,evidence,containment\n".to_owned();
            for row in training::features(&corpus, between) {
                if between && row.cosine < LEAST_COSINE_BETWEEN {
                    continue;
                }
                writeln!(
                    csv,
                    "{},{},{},{},{},{},{},{},{}",
                    row.a.article_id,
                    row.a.paragraph_idx,
                    row.b.article_id,
                    row.b.paragraph_idx,
                    row.cosine,
                    row.coverage,
                    row.shared,
                    row.evidence,
                    row.containment
                )
                .unwrap();
            }
            std::fs::write(folder.join(format!("{name}.{part}.csv")), csv).unwrap();
        }
        println!("{name}: {} articles", articles.len());
    }
}
