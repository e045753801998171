//! `entities.transformer` with the model of the repository: conformance, and the cases of
//! `cases/entities.toml`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use postil_contract::{
    Article, ArticleView, BuildContext, Entity, Layer, LayerSet, ModelLocator, Paragraph,
    ParagraphKind, Sentence, Span, Stage, StageConfig, conformance, validate,
};
use postil_entities::{DEFAULT_MODEL, TransformerConfig};
use serde::Deserialize;

fn context() -> BuildContext {
    let models = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models"));
    BuildContext { models: ModelLocator::new(vec![models]), ..BuildContext::default() }
}

fn stage(config: TransformerConfig) -> Stage {
    assert_eq!(config.check(&context()), []);
    config.build(&context()).unwrap()
}

/// Layers in which every line is a paragraph and a sentence.
fn lines(text: &str) -> LayerSet {
    let mut layers =
        LayerSet { paragraphs: Some(vec![]), sentences: Some(vec![]), ..LayerSet::default() };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(start, start + line.trim_end().len());
        start += line.len();
        if span.is_empty() {
            continue;
        }
        let (paragraphs, sentences) =
            (layers.paragraphs.as_mut().unwrap(), layers.sentences.as_mut().unwrap());
        sentences.push(Sentence { paragraph_idx: paragraphs.len() as u32, span });
        paragraphs.push(Paragraph { span, kind: ParagraphKind::Body, n_words: 1, fingerprint: 0 });
    }
    layers
}

fn annotate(stage: &Stage, article: &Article, layers: &LayerSet) -> Vec<Entity> {
    let Stage::Map(map) = stage else { panic!("a map stage") };
    let returned = map.annotate(&[ArticleView { article, layers }]).remove(0).unwrap();
    validate::check(article, &Layer::Entities, layers, &returned).unwrap();
    returned.entities.unwrap()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    published_at: Option<i64>,
    entities: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    label: String,
    text: String,
    canonical: Option<String>,
    normalized: Option<String>,
}

#[test]
fn the_cases_come_out_as_written() {
    let stage = stage(TransformerConfig::default());
    let cases: Cases = toml::from_str(include_str!("../cases/entities.toml")).unwrap();
    let mut failures = Vec::new();
    for case in cases.case {
        let mut article = Article::new("case", case.text);
        article.published_at = case.published_at;
        let row = |label: &str, text: &str, canonical: &str, normalized: Option<&str>| {
            format!("{label} {text} = {canonical} {}", normalized.unwrap_or_default())
        };
        let found: Vec<String> = annotate(&stage, &article, &lines(&article.text))
            .iter()
            .map(|e| {
                let text = e.span.slice(&article.text).unwrap();
                row(&e.label, text, &e.canonical, e.normalized.as_deref())
            })
            .collect();
        let expected: Vec<String> = case
            .entities
            .iter()
            .map(|e| {
                let canonical = e.canonical.as_ref().unwrap_or(&e.text);
                row(&e.label, &e.text, canonical, e.normalized.as_deref())
            })
            .collect();
        if found != expected {
            failures.push(format!("{}\nexpected {expected:#?}\nfound {found:#?}", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn it_conforms() {
    // 20 KB, not 1 MB: the model reads some thousand words a second, far less in a debug build.
    conformance::check(&stage(TransformerConfig::default()), 20_000).unwrap();
}

#[test]
fn it_conforms_without_its_rules() {
    let bare = TransformerConfig {
        guideline: false,
        agreement: false,
        dates: false,
        boilerplate: true,
        ..TransformerConfig::default()
    };
    conformance::check(&stage(bare), 2_000).unwrap();
}

#[test]
fn options_choose_what_is_kept() {
    let article = Article::new("a", "Angela Merkel spoke in Berlin on November 7, 2025.");
    let layers = lines(&article.text);
    let labels = |config: TransformerConfig| -> Vec<String> {
        annotate(&stage(config), &article, &layers).into_iter().map(|e| e.label).collect()
    };
    let only = TransformerConfig {
        labels: vec!["LOC".into(), "DATE".into()],
        ..TransformerConfig::default()
    };
    assert_eq!(labels(only), ["LOC", "DATE"]);
    let sure = TransformerConfig { min_score: 1.0, ..TransformerConfig::default() };
    assert!(labels(sure).iter().all(|label| label == "DATE"));
}

#[test]
fn boilerplate_is_read_only_where_asked_for() {
    let article = Article::new("a", "Angela Merkel in Berlin.");
    let mut layers = lines(&article.text);
    layers.paragraphs.as_mut().unwrap()[0].kind = ParagraphKind::Boilerplate;
    assert_eq!(annotate(&stage(TransformerConfig::default()), &article, &layers), []);
    let all = TransformerConfig { boilerplate: true, ..TransformerConfig::default() };
    assert_eq!(annotate(&stage(all), &article, &layers).len(), 2);
}

#[test]
fn a_sentence_longer_than_the_window_is_read_to_its_end() {
    let text = format!(
        "{}and at the end stood Angela Merkel.",
        "there were many words in it, ".repeat(200)
    );
    let article = Article::new("a", text);
    let found = annotate(&stage(TransformerConfig::default()), &article, &lines(&article.text));
    let last = found.last().expect("the name at the end");
    assert_eq!(last.span.slice(&article.text), Some("Angela Merkel"));
}

#[test]
fn every_mistake_in_the_options_is_told() {
    let config = TransformerConfig {
        min_score: 1.5,
        labels: vec!["PER".into(), "PERS".into()],
        ..TransformerConfig::default()
    };
    let problems: Vec<String> = config.check(&context()).iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("min_score: expected 0 to 1, found 1.5"), "{problems:?}");
    assert!(
        problems[1].contains("labels[1]: unknown label `PERS` (did you mean `PER`?)"),
        "{problems:?}"
    );

    let config = TransformerConfig { model: "ner-minilm".into(), ..TransformerConfig::default() };
    let problems = config.check(&context());
    assert!(
        problems[0].to_string().contains(&format!("did you mean `{DEFAULT_MODEL}`?")),
        "{problems:?}"
    );
}
