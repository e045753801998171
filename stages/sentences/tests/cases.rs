//! The cases of `cases/sentences.md`, and all sentences of the five seed articles.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::Path;

use postil_contract::conformance::plain_layers;
use postil_contract::{Article, ArticleView, BuildContext, Layer, Registry, Stage};
use postil_sentences::RulesConfig;

fn sentences(text: &str) -> Vec<&str> {
    postil_sentences::split(text).into_iter().map(|range| &text[range]).collect()
}

/// The fenced blocks of a case.
fn blocks(case: &str) -> Vec<(&str, &str)> {
    let mut parts = case.split("```").skip(1);
    let mut blocks = Vec::new();
    while let (Some(block), _) = (parts.next(), parts.next()) {
        blocks.push(block.split_once('\n').unwrap());
    }
    blocks
}

#[test]
fn hard_paragraphs() {
    let file = include_str!("../cases/sentences.md");
    let mut wrong = String::new();
    let mut count = 0;
    for case in file.split("\n## ").skip(1) {
        let (name, _) = case.split_once('\n').unwrap();
        let [("text", text), ("sentences", expected)] = blocks(case)[..] else {
            panic!("{name}: expected a text and its sentences");
        };
        let text = text.trim_end_matches('\n').replace("\\n", "\n");
        let found: String =
            sentences(&text).iter().map(|s| s.replace('\n', "\\n") + "\n").collect();
        if found != expected {
            wrong += &format!("## {name}\nexpected\n{expected}found\n{found}\n");
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 16, "{count} cases");
}

#[test]
fn the_seeds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for entry in fs::read_dir(root.join("cases/seeds")).unwrap() {
        let path = entry.unwrap().path();
        let article =
            fs::read_to_string(root.join("../../seeds").join(path.file_name().unwrap())).unwrap();
        let mut found = String::new();
        for (number, paragraph) in postil_paragraphs::paragraphs(&article).iter().enumerate() {
            for sentence in sentences(paragraph.span.slice(&article).unwrap()) {
                found += &format!("{number} | {sentence}\n");
            }
        }
        assert_eq!(found, fs::read_to_string(&path).unwrap(), "{}", path.display());
        count += 1;
    }
    assert_eq!(count, 5);
}

#[test]
fn a_users_abbreviation_ends_no_sentence() {
    let article = Article::new("a", "He met Abp. Tutu there.");
    let layers = plain_layers(&article, &[Layer::Paragraphs]);
    let count = |options: &str| {
        let registry = Registry::new().with::<RulesConfig>();
        let factory = registry.get("sentences.rules").unwrap();
        let stage = factory.build(&options.parse().unwrap(), &BuildContext::default()).unwrap();
        let Stage::Map(stage) = stage else { panic!("expected a map stage") };
        let view = ArticleView { article: &article, layers: &layers };
        stage.annotate(&[view])[0].as_ref().unwrap().rows(&Layer::Sentences)
    };
    assert_eq!(count("abbreviations = [\"Abp.\"]"), 1);
    assert_eq!(count("abbreviations = [\"abp\"]"), 1);
}
