//! `postil eval`.

mod pipelines;
mod table;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, bail};
use postil_contract::{Article, LayerSet, text_hash};
use postil_eval::{Answers, Comparison, Format, Gold, LabelMap, Labels, Scored, Summary};
use postil_runner::{InMemory, Pipeline, annotate_in_memory};
use serde::Serialize;

use super::{Context, count};
use crate::args::Eval;
use crate::progress::Display;
use crate::{Exit, find, style};
use pipelines::{Base, Change};

/// Scores a pipeline against gold files.
pub fn run(context: &Context<'_>, args: &Eval) -> anyhow::Result<Exit> {
    let format = args
        .format
        .as_deref()
        .map(Format::parse)
        .transpose()
        .map_err(|problem| anyhow::anyhow!("--format: {problem}"))?;
    let map = LabelMap::parse(&args.map).map_err(|error| anyhow::anyhow!("--map: {error}"))?;
    let labels = Labels { map, only: args.labels.clone() };
    let changes: Vec<Change> = args
        .replace
        .iter()
        .map(|name| Ok(Change::Use(name.clone())))
        .chain(args.set.iter().map(|text| Change::set(text)))
        .collect::<anyhow::Result<_>>()?;
    let others: Vec<Change> =
        args.against.iter().map(|text| Change::parse(text)).collect::<anyhow::Result<_>>()?;
    let mut exit = Exit::Done;
    let mut results = Vec::new();
    for path in &args.gold {
        let gold = Gold::read(path, format)?;
        let config = find::config(args.config.as_deref(), &beside(path, &gold));
        let base = Base::new(context, config.as_deref(), gold.format)?;
        let pipeline = base.with(context, &changes)?;
        let (scored, failed) = score(&pipeline, &gold, &labels, args)?;
        if failed > 0 {
            exit = Exit::DeadLetters;
        }
        let against = match others.is_empty() {
            true => None,
            false => {
                let other = base.with(context, &others)?;
                let (other_scored, failed) = score(&other, &gold, &labels, args)?;
                if failed > 0 {
                    exit = Exit::DeadLetters;
                }
                Some(Against {
                    pipeline: stages(&other, &gold, args),
                    rows: scored.report.against(&other_scored.report),
                })
            }
        };
        let text =
            std::fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
        let result = Outcome {
            gold: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            gold_hash: text_hash(&String::from_utf8_lossy(&text)),
            postil: env!("CARGO_PKG_VERSION"),
            pipeline: stages(&pipeline, &gold, args),
            summary: scored.report.summary(),
            against,
        };
        if args.json {
            results.push(result);
            continue;
        }
        if args.errors {
            table::differences(&scored.differences);
        }
        println!("{}: {}", style::heading(&path.display().to_string()), gold.describe());
        table::print(&result);
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&results)?);
    }
    Ok(exit)
}

/// What came of a gold file.
#[derive(Debug, Serialize)]
struct Outcome {
    /// The file's name.
    gold: String,
    /// 128 bits of the SHA-256 of its text.
    gold_hash: String,
    /// The version of this program.
    postil: &'static str,
    pipeline: Vec<StageUsed>,
    #[serde(flatten)]
    summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Against>,
}

/// A stage that ran.
#[derive(Debug, PartialEq, Serialize)]
struct StageUsed {
    stage: String,
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model_sha256: Option<String>,
    /// Of everything that decides its rows, the options among it.
    hash: String,
}

/// Another pipeline, and how the first one differs from it.
#[derive(Debug, Serialize)]
struct Against {
    pipeline: Vec<StageUsed>,
    rows: Vec<Comparison>,
}

/// Where a config may stand: beside the gold file, or beside the articles that it is about.
fn beside(path: &std::path::Path, gold: &Gold) -> Vec<PathBuf> {
    let sources = gold.articles.iter().filter(|_| gold.format == Format::Articles);
    let mut inputs = vec![path.to_owned()];
    inputs.extend(sources.map(|article| PathBuf::from(&article.article.source)));
    inputs
}

/// The layers that the gold file gives, unless the pipeline is to make them.
fn given(gold: &Gold, at: usize, args: &Eval) -> LayerSet {
    match gold.articles.get(at) {
        Some(article) if !args.end_to_end => article.given.clone(),
        _ => LayerSet::default(),
    }
}

/// Runs the pipeline and scores what it wrote; with the number of articles that failed.
fn score(
    pipeline: &Pipeline,
    gold: &Gold,
    labels: &Labels,
    args: &Eval,
) -> anyhow::Result<(Scored, usize)> {
    let started = Instant::now();
    let articles: Vec<InMemory> = (0..)
        .zip(&gold.articles)
        .map(|(at, one)| InMemory { article: one.article.clone(), given: given(gold, at, args) })
        .collect();
    let words: usize = articles.iter().map(|one| words(&one.article)).sum();
    let display = Display::new();
    let results = annotate_in_memory(pipeline, articles, args.threads, &display);
    display.finish();
    let mut failed = Vec::new();
    let layers: Vec<LayerSet> = results?
        .into_iter()
        .zip(&gold.articles)
        .map(|(result, article)| {
            result.unwrap_or_else(|error| {
                failed.push(format!("{}: {error}", article.article.id));
                LayerSet::default()
            })
        })
        .collect();
    if failed.len() == gold.articles.len()
        && let Some(first) = failed.first()
    {
        bail!("the pipeline failed on every article; the first: {first}");
    }
    let seconds = started.elapsed().as_secs_f64();
    eprintln!(
        "{}",
        style::faint(&format!(
            "{}, {words} words in {seconds:.1} s, {:.0} words/s",
            count(gold.articles.len(), gold.unit),
            words as f64 / seconds.max(1e-9)
        ))
    );
    let mut scored = gold.score(&layers, labels);
    if !failed.is_empty() {
        scored
            .report
            .notes
            .push(format!("{} failed and count as empty", count(failed.len(), gold.unit)));
    }
    Ok((scored, failed.len()))
}

fn words(article: &Article) -> usize {
    article.text.split_whitespace().count()
}

/// The stages that ran.
fn stages(pipeline: &Pipeline, gold: &Gold, args: &Eval) -> Vec<StageUsed> {
    // What one article gives stands for all but the texts of several paragraphs.
    let there: Vec<_> = match gold.articles.iter().all(|a| matches!(a.answers, Answers::Stances(_)))
    {
        true => Vec::new(),
        false => given(gold, 0, args).names(),
    };
    pipeline
        .stages()
        .iter()
        .filter(|stage| !there.contains(&stage.info().provides))
        .map(|stage| {
            let info = stage.info();
            StageUsed {
                stage: info.implementation.clone(),
                version: info.version,
                model: info.model.as_ref().map(|model| model.name.clone()),
                model_sha256: info.model.as_ref().map(|model| model.sha256.clone()),
                hash: stage.hash().to_owned(),
            }
        })
        .collect()
}
