//! What the vectors of the stage are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use postil_contract::{
    Article, ArticleView, BuildContext, LayerSet, MapStage, ModelLocator, Paragraph, ParagraphKind,
    Sentence, Span, Stage, StageConfig, conformance,
};
use postil_embeddings::TransformerConfig;
use std::sync::Arc;

fn context() -> BuildContext {
    let models = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models");
    BuildContext { models: ModelLocator::new(vec![models]), ..BuildContext::default() }
}

fn stage() -> Arc<dyn MapStage> {
    match TransformerConfig::default().build(&context()).unwrap() {
        Stage::Map(stage) => stage,
        Stage::Corpus(_) => panic!("a map stage"),
    }
}

/// Each line a paragraph, each `|` the end of a sentence; a line beginning with `#` is boilerplate.
fn layers(text: &str) -> LayerSet {
    let (mut paragraphs, mut sentences) = (Vec::new(), Vec::new());
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        let kind = match body.starts_with('#') {
            true => ParagraphKind::Boilerplate,
            false => ParagraphKind::Body,
        };
        let paragraph_idx = paragraphs.len() as u32;
        paragraphs.push(Paragraph {
            span: Span::new(start, start + body.len()),
            kind,
            n_words: 0,
            fingerprint: 0,
        });
        let mut from = start;
        for part in body.split_inclusive('|') {
            let span = Span::new(from, from + part.len());
            sentences.push(Sentence { paragraph_idx, span });
            from = span.end;
        }
        start += line.len();
    }
    LayerSet { paragraphs: Some(paragraphs), sentences: Some(sentences), ..LayerSet::default() }
}

fn embed(text: &str) -> postil_contract::Embeddings {
    let article = Article::new("a", text);
    let layers = layers(text);
    let view = ArticleView { article: &article, layers: &layers };
    let returned = stage().annotate(&[view]).remove(0).unwrap();
    assert_eq!(returned.chars_read, None, "all of the text was read");
    returned.embeddings.unwrap()
}

fn dot(a: Option<&[f32]>, b: Option<&[f32]>) -> f32 {
    a.unwrap().iter().zip(b.unwrap()).map(|(a, b)| a * b).sum()
}

#[test]
fn conforms() {
    let stage = TransformerConfig::default().build(&context()).unwrap();
    // The model reads some 5,000 word pieces a second: a megabyte would take a minute and more.
    conformance::check(&stage, 20_000).unwrap();
}

#[test]
fn vectors_have_length_one_and_boilerplate_has_none() {
    let made = embed("The minister resigned.|She left on Monday.\n#Tags\n...");
    assert!((dot(made.paragraph(0), made.paragraph(0)) - 1.0).abs() < 1e-5);
    assert!((dot(made.sentence(1), made.sentence(1)) - 1.0).abs() < 1e-5);
    assert_eq!((made.paragraph(1), made.sentence(2)), (None, None));
    assert_eq!(made.paragraph(2), None, "a paragraph without a word");
}

#[test]
fn a_sentence_has_the_same_vector_wherever_it_stands() {
    let made = embed("Iran said no.|Kazakhstan joined.\nKazakhstan joined.\nKazakhstan joined.");
    assert_eq!(made.sentence(1), made.sentence(2));
    assert_eq!(made.sentence(2), made.paragraph(2), "a paragraph of one sentence is the sentence");
    assert_eq!(made.paragraph(1), made.paragraph(2));
    assert!(made.paragraph(0) != made.paragraph(1));
}

#[test]
fn what_means_the_same_is_nearer_than_what_shares_words() {
    let cases: Vec<&str> =
        include_str!("../cases/nearest.md").lines().filter_map(|l| l.strip_prefix("- ")).collect();
    assert!(!cases.is_empty());
    for case in cases {
        let made = embed(&case.replace(" | ", "\n"));
        let near = dot(made.paragraph(0), made.paragraph(1));
        let far = dot(made.paragraph(0), made.paragraph(2));
        assert!(near > far, "{near} {far}: {case}");
    }
}

#[test]
fn a_paragraph_longer_than_the_window_is_read_to_its_end() {
    let filler = "The committee met again and spoke about the budget of the year.|".repeat(60);
    let made = embed(&format!("{filler}\n{filler}A volcano erupted in Iceland.|"));
    assert!(made.paragraph(0) != made.paragraph(1));
}

#[test]
fn a_model_that_is_not_there_is_a_problem_with_a_cure() {
    let config = TransformerConfig { model: "minilm-l5".to_owned() };
    let problems = config.check(&context());
    assert_eq!(problems.len(), 1);
    assert!(problems[0].to_string().contains("did you mean `minilm-l6`?"), "{}", problems[0]);
}

#[test]
fn the_example_config_is_valid() {
    let file: toml::Table = include_str!("../example.toml").parse().unwrap();
    let mut stage = file["stages"][0].as_table().unwrap().clone();
    assert_eq!(stage.remove("uses").unwrap().as_str(), Some("embeddings.transformer"));
    let config: TransformerConfig = stage.try_into().unwrap();
    assert_eq!(config, TransformerConfig::default());
}
