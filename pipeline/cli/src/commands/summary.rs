//! What `annotate` prints at the end.

use std::collections::BTreeMap;
use std::io::Write;

use postil_contract::{
    Article, DuplicatePair, HolderKind, Layer, LayerSet, ParagraphKind, Stance, StanceLabel, Unit,
};
use postil_runner::{Dataset, Report};

use super::{beginning, count};
use crate::style;

/// Articles of which each is described.
const MAX_ARTICLES: usize = 10;
/// Names listed for an article.
const MAX_NAMES: usize = 7;
/// Repeated paragraphs listed for an article.
const MAX_REPEATS: usize = 12;
/// Dead letters listed.
const MAX_DEAD_LETTERS: usize = 10;

/// Prints the report, and of each article that was annotated what stands in the tables.
pub fn print(report: &Report, dataset: Option<&Dataset>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if report.dry_run {
        return would(&mut out, report);
    }
    if report.nothing_to_do() {
        writeln!(
            out,
            "nothing to do: {} unchanged since the last run (--force to annotate again)",
            count(report.unchanged, "article")
        )?;
        failed_before(&mut out, report)?;
        return Ok(());
    }
    stages(&mut out, report)?;
    if let Some(dataset) = dataset {
        let ids: Vec<&str> =
            report.annotated.iter().take(MAX_ARTICLES).map(String::as_str).collect();
        for (found, layers) in dataset.articles(&ids)? {
            let pairs = dataset.pairs_of(&found.id)?;
            writeln!(out)?;
            article(&mut out, &found, &layers, &pairs)?;
        }
        if let Some(more) = report.n_annotated.checked_sub(MAX_ARTICLES).filter(|more| *more > 0) {
            writeln!(out, "\n... and {more} more: postil show ARTICLE")?;
        }
    }
    dead_letters(&mut out, report)?;
    failed_before(&mut out, report)?;
    next_steps(&mut out, report, dataset)?;
    Ok(())
}

/// What a run would do.
fn would(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    writeln!(
        out,
        "would annotate {} ({} of text), leave {} as they are",
        count(report.n_annotated, "article"),
        indicatif::HumanBytes(report.bytes),
        report.unchanged
    )?;
    if report.partly > 0 {
        writeln!(out, "{} of them only in part, the rest of them stands", report.partly)?;
    }
    for stage in report.stages.iter().filter(|stage| stage.articles > 0) {
        let articles = count(stage.articles, "article");
        writeln!(out, "  {:<12} {:<29} {articles}", stage.layer.as_str(), stage.implementation)?;
    }
    if report.failed > 0 {
        writeln!(out, "{} can't be read:", count(report.failed, "input"))?;
        for letter in report.dead_letters.iter().filter(|l| !l.before).take(MAX_DEAD_LETTERS) {
            writeln!(out, "  {}: {}", letter.source, letter.error)?;
        }
    }
    if report.join_pending {
        writeln!(out, "would compare articles that wait for it")?;
    }
    failed_before(out, report)?;
    Ok(())
}

fn stages(out: &mut impl Write, report: &Report) -> std::io::Result<()> {
    let partly = match report.partly {
        0 => String::new(),
        partly => format!(" ({partly} only in part, the rest of them stood)"),
    };
    let unchanged = match report.unchanged {
        0 => String::new(),
        unchanged => format!(", {unchanged} unchanged"),
    };
    writeln!(
        out,
        "{}{partly}{unchanged}, {} words in {:.1} s on {}",
        style::heading(&count(report.n_annotated, "article")),
        report.words,
        report.seconds,
        count(report.threads, "thread")
    )?;
    writeln!(out)?;
    writeln!(
        out,
        "{}",
        style::faint(&format!(
            "{:<12} {:<29} {:<18} {:>8} {:>8} {:>8}",
            "stage", "implementation", "model", "articles", "rows", "seconds"
        ))
    )?;
    for stage in &report.stages {
        // The join's rows are the pairs; its signatures are nobody's business here.
        let rows = match (&stage.layer, report.pairs) {
            (Layer::Duplicates, Some(pairs)) => pairs,
            _ => stage.rows,
        };
        let failed = match stage.failed {
            0 => String::new(),
            failed => format!("  {failed} failed"),
        };
        writeln!(
            out,
            "{:<12} {:<29} {:<18} {:>8} {rows:>8} {:>8.2}{failed}",
            stage.layer.as_str(),
            stage.implementation,
            stage.model.as_deref().unwrap_or("-"),
            stage.articles,
            stage.seconds,
        )?;
    }
    Ok(())
}

fn article(
    out: &mut impl Write,
    article: &Article,
    layers: &LayerSet,
    pairs: &[DuplicatePair],
) -> std::io::Result<()> {
    let paragraphs = layers.paragraphs.as_deref().unwrap_or_default();
    let boilerplate = paragraphs.iter().filter(|p| p.kind == ParagraphKind::Boilerplate).count();
    let title = article.title.as_deref().unwrap_or(&article.text);
    writeln!(out, "{}", style::heading(&article.id))?;
    writeln!(out, "  {}", beginning(title, 90))?;
    let mut counts = vec![count(paragraphs.len(), "paragraph")];
    if boilerplate > 0 {
        counts.push(format!("{boilerplate} of them boilerplate"));
    }
    if let Some(sentences) = &layers.sentences {
        counts.push(count(sentences.len(), "sentence"));
    }
    if let Some(entities) = &layers.entities {
        counts.push(count(entities.len(), "entity"));
    }
    writeln!(out, "  {}", style::faint(&counts.join(", ")))?;
    let names = main_names(layers);
    if !names.is_empty() {
        writeln!(out, "  {:<9}{}", "names", names.join(", "))?;
    }
    for stance in article_stances(layers) {
        writeln!(out, "  {:<9}{}", "stance", describe(stance))?;
    }
    repeats(out, &article.id, layers, pairs)
}

/// The names most often mentioned, with their label and the number of mentions.
fn main_names(layers: &LayerSet) -> Vec<String> {
    let entities = layers.entities.as_deref().unwrap_or_default();
    let mut mentions: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for entity in entities.iter().filter(|entity| entity.label != "DATE") {
        *mentions.entry((&entity.canonical, &entity.label)).or_default() += 1;
    }
    let mut names: Vec<_> = mentions.into_iter().collect();
    names.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
    names
        .into_iter()
        .take(MAX_NAMES)
        .map(|((name, label), n)| {
            format!("{} {}", beginning(name, 40), style::faint(&format!("{label} {n}")))
        })
        .collect()
}

/// The author's stance in the article as a whole, one a target.
pub fn article_stances(layers: &LayerSet) -> impl Iterator<Item = &Stance> {
    layers
        .stances
        .as_deref()
        .unwrap_or_default()
        .iter()
        .filter(|stance| stance.unit == Unit::Article && stance.holder_kind == HolderKind::Author)
}

/// `against 0.81  Muslim-majority states should join ...`
fn describe(stance: &Stance) -> String {
    let score = match stance.stance {
        StanceLabel::Unrelated => "    ".to_owned(),
        _ => format!("{:.2}", stance.score),
    };
    let padding = " ".repeat(9_usize.saturating_sub(stance.stance.as_str().len()));
    format!(
        "{}{padding} {score}  {}",
        style::stance(stance.stance.as_str()),
        beginning(&stance.target, 70)
    )
}

fn repeats(
    out: &mut impl Write,
    id: &str,
    layers: &LayerSet,
    pairs: &[DuplicatePair],
) -> std::io::Result<()> {
    if layers.signature.is_none() {
        return Ok(());
    }
    let own: Vec<&DuplicatePair> =
        pairs.iter().filter(|p| p.a.article_id == id || p.b.article_id == id).collect();
    if own.is_empty() {
        return writeln!(out, "  {:<9}none", "repeats");
    }
    for pair in own.iter().take(MAX_REPEATS) {
        let other = |article_id: &str, paragraph_idx: u32| match article_id == id {
            true => format!("#{paragraph_idx}"),
            false => format!("{article_id}#{paragraph_idx}"),
        };
        writeln!(
            out,
            "  {:<9}{} ~ {} {}: {}",
            "repeats",
            other(&pair.a.article_id, pair.a.paragraph_idx),
            other(&pair.b.article_id, pair.b.paragraph_idx),
            pair.kind,
            style::faint(&format!(
                "{} ~ {}",
                beginning(&pair.a_text, 36),
                beginning(&pair.b_text, 36)
            ))
        )?;
    }
    match own.len().checked_sub(MAX_REPEATS) {
        Some(more) if more > 0 => writeln!(out, "  {:<9}... and {more} more", "repeats"),
        _ => Ok(()),
    }
}

fn dead_letters(out: &mut impl Write, report: &Report) -> std::io::Result<()> {
    let new: Vec<_> = report.dead_letters.iter().filter(|letter| !letter.before).collect();
    if new.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{} (in the table dead_letters)",
        style::heading(&format!("{} failed", report.failed))
    )?;
    for letter in new.iter().take(MAX_DEAD_LETTERS) {
        let stage = letter.stage.as_deref().map(|s| format!(" in {s}")).unwrap_or_default();
        writeln!(out, "  {}{stage}: {}", letter.source, letter.error)?;
    }
    if new.len() > MAX_DEAD_LETTERS {
        writeln!(out, "  ... and {} more", report.failed.saturating_sub(MAX_DEAD_LETTERS))?;
    }
    Ok(())
}

fn failed_before(out: &mut impl Write, report: &Report) -> std::io::Result<()> {
    match report.failed_before {
        0 => Ok(()),
        failed => writeln!(
            out,
            "{} failed in an earlier run and did not change since (postil retry to try again)",
            count(failed, "article")
        ),
    }
}

fn next_steps(
    out: &mut impl Write,
    report: &Report,
    dataset: Option<&Dataset>,
) -> std::io::Result<()> {
    if report.halted {
        return writeln!(
            out,
            "\nstopped at the first failure (--strict); the same command goes on where this one stopped"
        );
    }
    if report.interrupted {
        return writeln!(
            out,
            "\nstopped before the end; the same command goes on where this one stopped"
        );
    }
    let Some(dataset) = dataset else { return Ok(()) };
    let tables = dataset.tables();
    let bytes: u64 =
        tables.iter().flat_map(|table| dataset.parts(table)).map(|part| part.bytes).sum();
    let folder = report.output.display();
    writeln!(
        out,
        "\n{} ({}) in {folder}/. Look at them:",
        count(tables.len(), "table"),
        indicatif::HumanBytes(bytes)
    )?;
    writeln!(
        out,
        "  duckdb -c \"select canonical, label, count(*) as n from '{folder}/entities/*.parquet' group by all order by n desc limit 10\""
    )?;
    writeln!(
        out,
        "  python -c \"import polars as pl; print(pl.read_parquet('{folder}/stances/*.parquet').filter(pl.col('unit') == 'article'))\""
    )?;
    if let Some(id) = report.annotated.first() {
        let short = id.rsplit('/').next().unwrap_or(id);
        let option = match folder.to_string().as_str() {
            "output" => String::new(),
            other => format!(" -o {other}"),
        };
        writeln!(out, "  postil show {short}{option}")?;
    }
    Ok(())
}
