//! Runs the whole pipeline up to stance over a folder of articles and compares with stances labelled
//! by hand.
//!
//! ```text
//! cargo run --release -p postil-stance --example stance_gold -- seeds [stance.linear] [option=value ...]
//! ```
//!
//! The folder holds `*.txt`, `postil.toml` with the targets, and `gold/stance.jsonl`: lines of
//! `{"article", "paragraph" (its first nine words; null for the article), "target_id", "stance"}`.
//! `POSTIL_LOG=1` prints the gate's evidence for each pair.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use postil_contract::{
    Article, ArticleView, BuildContext, HolderKind, LayerSet, MapStage, ModelLocator, Registry,
    Sentence, Span, Stage, Stance, StanceLabel, Target, Unit,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Gold {
    article: String,
    paragraph: Option<String>,
    target_id: String,
    stance: String,
}

#[derive(Deserialize)]
struct Config {
    targets: Vec<Target>,
}

fn main() -> Result<(), Box<dyn Error>> {
    if std::env::var_os("POSTIL_LOG").is_some() {
        tracing_subscriber::fmt()
            .with_env_filter("postil_stance=trace")
            .with_ansi(false)
            .with_writer(std::io::stderr)
            .init();
    }
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().unwrap_or_else(|| "seeds".to_owned()));
    let mut uses = "stance.cross-encoder".to_owned();
    let mut options = toml::Table::new();
    for arg in args {
        match arg.split_once('=') {
            Some((key, value)) => {
                let line: toml::Table = format!("{key} = {value}").parse()?;
                options.extend(line);
            }
            None => uses = arg,
        }
    }
    let config: Config = toml::from_str(&fs::read_to_string(folder.join("postil.toml"))?)?;
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let context = BuildContext {
        models: ModelLocator::new(vec![models]),
        targets: config.targets,
        base_dir: folder.clone(),
    };
    let registry = Registry::new()
        .with::<postil_paragraphs::LinesConfig>()
        .with::<postil_embeddings::TransformerConfig>()
        .with::<postil_entities::TransformerConfig>()
        .with::<postil_stance::CrossEncoderConfig>()
        .with::<postil_stance::LinearConfig>();
    let build = |name: &str, options: &toml::Table| -> Result<Stage, Box<dyn Error>> {
        let factory = registry.get(name).ok_or(format!("no stage `{name}`"))?;
        Ok(factory.build(options, &context)?)
    };
    let none = toml::Table::new();
    let before = [
        build("paragraphs.lines", &none)?,
        build("embeddings.transformer", &none)?,
        build("entities.transformer", &none)?,
    ];
    let stance = build(&uses, &options)?;

    let gold: Vec<Gold> = fs::read_to_string(folder.join("gold/stance.jsonl"))?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut all = Tally::default();
    for file in files {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let article = Article::new(format!("{name}/{stem}"), fs::read_to_string(&file)?);
        let mut layers = LayerSet::default();
        run(&before[0], &article, &mut layers)?;
        layers.sentences = Some(sentences(&article, &layers));
        for stage in &before[1..] {
            run(stage, &article, &mut layers)?;
        }
        let started = std::time::Instant::now();
        run(&stance, &article, &mut layers)?;
        let seconds = started.elapsed().as_secs_f32();
        let tally = compare(&article, &layers, &gold, &context.targets);
        println!("{}: {tally}; {seconds:.2} s\n", article.id);
        all.add(&tally);
    }
    println!("all: {all}");
    Ok(())
}

fn run(stage: &Stage, article: &Article, layers: &mut LayerSet) -> Result<(), Box<dyn Error>> {
    let Stage::Map(stage) = stage else { return Ok(()) };
    let made = annotate(stage.as_ref(), article, layers)?;
    layers.merge(made);
    Ok(())
}

fn annotate(
    stage: &dyn MapStage,
    article: &Article,
    layers: &LayerSet,
) -> Result<LayerSet, Box<dyn Error>> {
    let result = stage.annotate(&[ArticleView { article, layers }]).into_iter().next();
    Ok(result.ok_or("no result")??)
}

fn sentences(article: &Article, layers: &LayerSet) -> Vec<Sentence> {
    let mut all = Vec::new();
    for (paragraph_idx, paragraph) in (0_u32..).zip(layers.paragraphs.iter().flatten()) {
        let text = paragraph.span.slice(&article.text).unwrap_or_default();
        for range in postil_sentences::split(text) {
            let span = Span::from(range).shifted(paragraph.span.start);
            all.push(Sentence { paragraph_idx, span });
        }
    }
    all
}

/// Pairs of paragraph (or article) and target, by what gold and the stage say.
#[derive(Default)]
struct Tally {
    confusion: BTreeMap<(String, String), usize>,
    articles: (usize, usize),
}

impl Tally {
    fn add(&mut self, other: &Self) {
        for (key, count) in &other.confusion {
            *self.confusion.entry(key.clone()).or_default() += count;
        }
        self.articles.0 += other.articles.0;
        self.articles.1 += other.articles.1;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sum = |keep: &dyn Fn(&str, &str) -> bool| -> usize {
            self.confusion.iter().filter(|((g, o), _)| keep(g, o)).map(|(_, n)| n).sum()
        };
        let total = sum(&|_, _| true);
        let right = sum(&|g, o| g == o);
        let related = sum(&|g, _| g != "unrelated");
        let passed = sum(&|g, o| g != "unrelated" && o != "unrelated");
        let extra = sum(&|g, o| g == "unrelated" && o != "unrelated");
        let of_related = sum(&|g, o| g != "unrelated" && g == o);
        let sided = sum(&|g, _| g == "favor" || g == "against");
        let of_sided = sum(&|g, o| (g == "favor" || g == "against") && g == o);
        write!(
            f,
            "articles {}/{}; paragraphs {right}/{total}; of {related} that speak of the target {passed} have a row \
             and {of_related} the right one; of {sided} that take a side {of_sided} right; {extra} rows too many",
            self.articles.0, self.articles.1
        )?;
        for ((gold, ours), count) in &self.confusion {
            write!(f, "\n    {gold:>9} -> {ours:<9} {count}")?;
        }
        Ok(())
    }
}

fn compare(article: &Article, layers: &LayerSet, gold: &[Gold], targets: &[Target]) -> Tally {
    let mut tally = Tally::default();
    let stances: Vec<&Stance> = layers.stances.iter().flatten().collect();
    let paragraphs = layers.paragraphs.as_deref().unwrap_or_default();
    let starts: Vec<String> = paragraphs
        .iter()
        .map(|p| first_words(p.span.slice(&article.text).unwrap_or_default()))
        .collect();
    println!("== {}", article.id);
    for target in targets {
        let of = |unit, idx| {
            stances.iter().find(move |s| {
                s.target_id == target.id
                    && s.unit == unit
                    && s.unit_idx == idx
                    && s.holder_kind == HolderKind::Author
            })
        };
        for line in gold.iter().filter(|g| g.article == article.id && g.target_id == target.id) {
            let (unit, idx) = match &line.paragraph {
                None => (Unit::Article, None),
                Some(words) => {
                    let words = first_words(words);
                    if words.is_empty() {
                        continue;
                    }
                    let at = starts.iter().position(|start| {
                        !start.is_empty() && (words.starts_with(start) || start.starts_with(&words))
                    });
                    match at {
                        Some(at) => (Unit::Paragraph, u32::try_from(at).ok()),
                        None => {
                            println!("   not found: {words}");
                            continue;
                        }
                    }
                }
            };
            let row = of(unit, idx);
            let ours = row.map_or(StanceLabel::Unrelated, |row| row.stance).to_string();
            let mark = if ours == line.stance { ' ' } else { '*' };
            let numbers = row.map_or_else(String::new, |row| {
                format!(
                    "f {:.2} a {:.2} n {:.2} r {:.2}",
                    row.p_favor.unwrap_or(-1.0),
                    row.p_against.unwrap_or(-1.0),
                    row.p_neutral.unwrap_or(-1.0),
                    row.relevance.unwrap_or(-1.0)
                )
            });
            if unit == Unit::Article {
                println!("{mark} {:13} gold {:9} ours {ours:9} {numbers}", target.id, line.stance);
                tally.articles.0 += usize::from(ours == line.stance);
                tally.articles.1 += 1;
                continue;
            }
            if ours != "unrelated" || line.stance != "unrelated" {
                let shown = line.paragraph.as_deref().unwrap_or_default();
                println!("{mark}    gold {:9} ours {ours:9} {numbers} {shown}", line.stance);
            }
            *tally.confusion.entry((line.stance.clone(), ours)).or_default() += 1;
        }
        for row in stances.iter().filter(|s| s.target_id == target.id && s.holder.is_some()) {
            println!(
                "     holder {}: {} f {:.2} a {:.2} n {:.2} | {}",
                row.holder.as_deref().unwrap_or_default(),
                row.stance,
                row.p_favor.unwrap_or(-1.0),
                row.p_against.unwrap_or(-1.0),
                row.p_neutral.unwrap_or(-1.0),
                row.span.slice(&article.text).unwrap_or_default()
            );
        }
    }
    tally
}

/// The first nine words, without list markers.
fn first_words(text: &str) -> String {
    let words: Vec<&str> = text
        .split_whitespace()
        .skip_while(|w| w.chars().all(|c| !c.is_alphanumeric()) || is_number(w))
        .take(8)
        .collect();
    words.join(" ")
}

fn is_number(word: &str) -> bool {
    word.strip_suffix('.').is_some_and(|n| n.chars().all(|c| c.is_ascii_digit()))
}
