//! Prints the pairs and clusters of articles: each argument a JSON Lines file of
//! `{"id": ..., "text": ...}`, or none for the seeds.
//!
//!     cargo run --release -p postil-duplicates --example pairs -- articles.jsonl

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/common/mod.rs"]
mod common;

use postil_duplicates::LexicalSemanticConfig;

fn main() {
    let stage = common::stage(&LexicalSemanticConfig::default());
    let mut articles = Vec::new();
    for path in std::env::args().skip(1) {
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| record[name].as_str().unwrap().to_owned();
            articles.push((field("id"), field("text")));
        }
    }
    if articles.is_empty() {
        articles = common::seeds();
    }
    let corpus = common::corpus(stage.as_ref(), &articles, true);
    let pairs = stage.pairs(&corpus).unwrap();
    for pair in &pairs {
        println!(
            "{}  jaccard {:.2} contained {:.2} cosine {:.2} aligned {}",
            common::line(pair),
            pair.jaccard,
            pair.containment_a_in_b.max(pair.containment_b_in_a),
            pair.cosine.unwrap_or(0.0),
            pair.aligned.len(),
        );
    }
    for row in stage.clusters(&pairs) {
        println!("{} of {} ({}, {})", row.key, row.cluster_id, row.role, row.size);
    }
    let paragraphs: usize = corpus.articles.iter().map(|a| a.signature.paragraphs.len()).sum();
    println!("{} articles, {paragraphs} paragraphs, {} pairs", articles.len(), pairs.len());
}
