//! Exact-span F1 of `entities.transformer` on a file in the IOB2 columns of Universal NER.
//!
//! ```text
//! cargo run --release -p postil-entities --example score_entities -- FILE.iob2 [--raw] [--no-agreement] [--min-score N] [--context sentence|article] [--model NAME] [--errors]
//! ```
//!
//! A `# newdoc` begins an article; the sentences are the file's own. The labels scored are those of
//! the file (PER, ORG, LOC); other labels of the model are passed over. `--raw` gives what the model
//! marks, without the rules and the agreement. `--errors` lists what differs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::time::Instant;

use postil_contract::{
    Article, ArticleView, BuildContext, LayerSet, ModelLocator, Paragraph, ParagraphKind, Sentence,
    Span, Stage, StageConfig,
};
use postil_entities::{Context, TransformerConfig};

/// Labels that are scored.
const LABELS: [&str; 3] = ["PER", "ORG", "LOC"];

#[derive(Default)]
struct Document {
    text: String,
    sentences: Vec<Span>,
    gold: BTreeSet<(Span, String)>,
}

impl Document {
    /// Adds a sentence: its text, and its tokens with their tags.
    fn add(&mut self, text: &str, tokens: &[(String, String)]) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let base = self.text.len();
        self.text.push_str(text);
        self.sentences.push(Span::new(base, base + text.len()));
        let mut at = 0;
        let mut open: Option<(Span, String)> = None;
        for (token, tag) in tokens {
            let found = text.get(at..).and_then(|rest| rest.find(token.as_str()));
            let start = at + found.unwrap_or(0);
            let span = Span::new(base + start, base + start + token.len());
            at = start + found.map_or(0, |_| token.len());
            let (part, label) = tag.split_once('-').unwrap_or((tag, ""));
            match (part, &mut open) {
                ("I", Some((mention, kind))) if kind == label => mention.end = span.end,
                _ => {
                    self.gold.extend(open.take());
                    if part == "B" && LABELS.contains(&label) {
                        open = Some((span, label.to_owned()));
                    }
                }
            }
        }
        self.gold.extend(open);
    }
}

fn read(file: &str) -> Vec<Document> {
    let mut documents = vec![Document::default()];
    let mut text = String::new();
    let mut tokens = Vec::new();
    for line in file.lines().chain([""]) {
        if line.starts_with("# newdoc") {
            documents.push(Document::default());
        } else if let Some(rest) = line.strip_prefix("# text = ") {
            rest.clone_into(&mut text);
        } else if line.is_empty() {
            if let Some(document) = documents.last_mut().filter(|_| !tokens.is_empty()) {
                document.add(&text, &tokens);
            }
            tokens.clear();
        } else if !line.starts_with('#') {
            let mut columns = line.split('\t').skip(1);
            let (token, tag) = (columns.next().unwrap_or(""), columns.next().unwrap_or("O"));
            tokens.push((token.to_owned(), tag.to_owned()));
        }
    }
    documents.retain(|document| !document.sentences.is_empty());
    documents
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut config = TransformerConfig::default();
    let mut file = None;
    let mut list_errors = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--raw" => (config.guideline, config.agreement, config.dates) = (false, false, false),
            "--no-agreement" => config.agreement = false,
            "--context" => {
                config.context = match arguments.next().as_deref() {
                    Some("sentence") => Context::Sentence,
                    Some("paragraph") => Context::Paragraph,
                    _ => Context::Article,
                }
            }
            "--model" => config.model = arguments.next().ok_or("--model needs a name")?,
            "--min-score" => {
                config.min_score = arguments.next().ok_or("--min-score needs a number")?.parse()?;
            }
            "--errors" => list_errors = true,
            _ => file = Some(argument),
        }
    }
    let file = file.ok_or("expected the path of an .iob2 file")?;
    let documents = read(&std::fs::read_to_string(file)?);
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");
    let context =
        BuildContext { models: ModelLocator::new(vec![models.into()]), ..BuildContext::default() };
    let Stage::Map(stage) = config.build(&context)? else { return Err("not a map stage".into()) };

    // Per label: right, predicted, gold.
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut words = 0;
    let mut by_score: Vec<(f32, bool)> = Vec::new();
    let begun = Instant::now();
    for document in &documents {
        words += document.text.split_whitespace().count();
        let article = Article::new("score", document.text.clone());
        let layers = LayerSet {
            paragraphs: Some(vec![Paragraph {
                span: Span::new(0, document.text.len()),
                kind: ParagraphKind::Body,
                n_words: 0,
                fingerprint: 0,
            }]),
            sentences: Some(
                document
                    .sentences
                    .iter()
                    .map(|span| Sentence { paragraph_idx: 0, span: *span })
                    .collect(),
            ),
            ..LayerSet::default()
        };
        let view = ArticleView { article: &article, layers: &layers };
        for returned in stage.annotate(&[view]) {
            let entities = returned?.entities.unwrap_or_default();
            let entities: Vec<_> =
                entities.iter().filter(|e| LABELS.contains(&e.label.as_str())).collect();
            let found: BTreeSet<(Span, String)> =
                entities.iter().map(|e| (e.span, e.label.clone())).collect();
            for label in LABELS {
                let of = |(_, kind): &&(Span, String)| kind == label;
                let count = counts.entry(label).or_default();
                count[0] += found.intersection(&document.gold).filter(of).count();
                count[1] += found.iter().filter(of).count();
                count[2] += document.gold.iter().filter(of).count();
            }
            for entity in &entities {
                let is_right = document.gold.contains(&(entity.span, entity.label.clone()));
                by_score.push((entity.score, is_right));
                if list_errors && !is_right {
                    let name = entity.span.slice(&article.text).unwrap_or_default();
                    let context = around(&article.text, entity.span);
                    println!(
                        "wrong\t{} {name}\t{:.2}\t{}\t{context}",
                        entity.label, entity.score, entity.model
                    );
                }
            }
            for (span, label) in document.gold.difference(&found).filter(|_| list_errors) {
                let name = span.slice(&article.text).unwrap_or_default();
                println!("missed\t{label} {name}\t\t\t{}", around(&article.text, *span));
            }
        }
    }
    let seconds = begun.elapsed().as_secs_f64();

    println!("label   right predicted  gold  precision recall    F1");
    let mut all = [0; 3];
    for (label, count) in &counts {
        print(label, count);
        for (sum, count) in all.iter_mut().zip(count) {
            *sum += count;
        }
    }
    print("micro", &all);
    println!(
        "a right mention scores higher than a wrong one with probability {:.3}",
        auc(&mut by_score)
    );
    println!(
        "{} articles, {words} words, {:.0} words a second",
        documents.len(),
        words as f64 / seconds
    );
    Ok(())
}

fn print(label: &str, [right, predicted, gold]: &[usize; 3]) {
    let ratio = |whole: usize| *right as f64 / whole.max(1) as f64;
    let (precision, recall) = (ratio(*predicted), ratio(*gold));
    let f1 = 2.0 * *right as f64 / (predicted + gold).max(1) as f64;
    println!(
        "{label:<6} {right:>6} {predicted:>9} {gold:>5}  {precision:>9.4} {recall:.4} {f1:.4}"
    );
}

/// The probability that a right mention has a higher score than a wrong one.
fn auc(scores: &mut [(f32, bool)]) -> f64 {
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut wrong, mut below, mut right) = (0_usize, 0_usize, 0_usize);
    for (_, is_right) in scores.iter() {
        if *is_right {
            right += 1;
            below += wrong;
        } else {
            wrong += 1;
        }
    }
    below as f64 / (right * wrong).max(1) as f64
}

/// The line around a span, at most 40 characters to each side.
fn around(text: &str, span: Span) -> String {
    let before: String = text[..span.start].chars().rev().take(40).collect();
    let before: String = before.chars().rev().collect();
    let after: String = text[span.end..].chars().take(40).collect();
    let name = span.slice(text).unwrap_or_default();
    format!("{before}[{name}]{after}").replace('\n', " / ")
}
