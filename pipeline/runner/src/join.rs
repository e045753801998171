//! Compares all articles with each other, after the last unit is committed.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::time::Instant;

use postil_contract::{
    Article, ClusterRow, Corpus, CorpusArticle, CorpusParagraph, CorpusSentence, CorpusStage,
    DuplicatePair, LayerSet, StageError,
};
use postil_tables::read::{self, text_column};
use postil_tables::{TableId, parquet_io};

use crate::error::Error;
use crate::output::Manifest;
use crate::plan::read_layers;
use crate::progress::{Event, Progress};
use crate::schedule::{Failure, caught};

/// What a comparison gave.
#[derive(Debug)]
pub(crate) struct Joined {
    /// Articles that were new in it.
    pub(crate) new: HashSet<String>,
    /// The pairs found, sorted by key.
    pub(crate) pairs: Vec<DuplicatePair>,
    /// The clusters of all pairs, sorted by key.
    pub(crate) clusters: Vec<ClusterRow>,
    pub(crate) seconds: f64,
}

/// Compares what is new since the last comparison with everything.
pub(crate) fn join(
    root: &Path,
    manifest: &Manifest,
    stage: &dyn CorpusStage,
    progress: &dyn Progress,
) -> Result<Joined, Error> {
    let new = new_articles(root, manifest)?;
    let corpus = corpus(root, manifest, &new)?;
    progress.event(Event::Joining { articles: corpus.articles.len(), new: new.len() });
    let start = Instant::now();
    let failed =
        |source: StageError| Error::Join { stage: stage.info().implementation.clone(), source };
    let panicked = |failure: Failure| failed(StageError::Failed(failure.error));
    let mut pairs = caught(|| stage.join(&corpus)).map_err(panicked)?.map_err(failed)?;
    pairs.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    pairs.dedup_by(|x, y| (&x.a, &x.b) == (&y.a, &y.b));
    let is_new = |id: &str| new.contains(id);
    let sound = |pair: &DuplicatePair| {
        pair.a < pair.b && (is_new(&pair.a.article_id) || is_new(&pair.b.article_id))
    };
    if let Some(pair) = pairs.iter().find(|pair| !sound(pair)) {
        return Err(failed(StageError::Failed(format!(
            "it returned the pair {} and {}, of which the first must be the smaller and one must be new",
            pair.a, pair.b
        ))));
    }
    let mut all = known_pairs(root, manifest, &new)?;
    all.extend(pairs.iter().cloned());
    all.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    let clusters = caught(|| stage.clusters(&all)).map_err(panicked)?;
    let seconds = start.elapsed().as_secs_f64();
    Ok(Joined { new, pairs, clusters, seconds })
}

/// The articles whose signatures were written after the last comparison.
fn new_articles(root: &Path, manifest: &Manifest) -> Result<HashSet<String>, Error> {
    let mut new = HashSet::new();
    let table = TableId::Signatures;
    for part in manifest.parts(&table).iter().filter(|part| part.pending) {
        for batch in parquet_io::read_columns(&root.join(&part.file), Some(&["article_id"]))? {
            let ids = text_column(table.name(), &batch, "article_id")?;
            new.extend(ids.iter().flatten().map(str::to_owned));
        }
    }
    Ok(new)
}

/// The pairs of earlier comparisons that still hold: those of articles that are not new.
fn known_pairs(
    root: &Path,
    manifest: &Manifest,
    new: &HashSet<String>,
) -> Result<Vec<DuplicatePair>, Error> {
    let mut pairs = Vec::new();
    for part in manifest.parts(&TableId::Duplicates) {
        pairs.extend(read::pairs(&parquet_io::read(&root.join(&part.file))?)?);
    }
    pairs.retain(|pair| !new.contains(&pair.a.article_id) && !new.contains(&pair.b.article_id));
    Ok(pairs)
}

fn corpus(root: &Path, manifest: &Manifest, new: &HashSet<String>) -> Result<Corpus, Error> {
    let tables = BTreeSet::from([TableId::Paragraphs, TableId::Sentences, TableId::Signatures]);
    let mut articles: BTreeMap<String, CorpusArticle> = BTreeMap::new();
    // Part by part, so that the texts of one part at a time are in memory beside the paragraphs.
    for part in manifest.parts(&TableId::Articles) {
        let read = read::articles(&parquet_io::read(&root.join(&part.file))?)?;
        let of_part: Vec<&Article> = read.iter().map(|read| &read.article).collect();
        let mut layers = read_layers(root, manifest, &of_part, &tables)?;
        for article in of_part {
            let Some(layers) = layers.remove(&article.id) else { continue };
            if let Some(entry) = corpus_article(article, layers, new.contains(&article.id)) {
                articles.insert(article.id.clone(), entry);
            }
        }
    }
    Ok(Corpus { articles: articles.into_values().collect() })
}

/// An article as a corpus stage sees it; `None` for one without a signature.
fn corpus_article(article: &Article, layers: LayerSet, new: bool) -> Option<CorpusArticle> {
    let signature = layers.signature.filter(|signature| !signature.paragraphs.is_empty())?;
    let mut paragraphs: Vec<CorpusParagraph> = Vec::new();
    let mut starts = Vec::new();
    for paragraph in layers.paragraphs.unwrap_or_default() {
        starts.push(paragraph.span.start);
        paragraphs.push(CorpusParagraph {
            kind: paragraph.kind,
            text: paragraph.span.slice(&article.text).unwrap_or_default().to_owned(),
            fingerprint: paragraph.fingerprint,
            sentences: Vec::new(),
        });
    }
    for (sentence_idx, sentence) in (0_u32..).zip(layers.sentences.unwrap_or_default()) {
        let at = sentence.paragraph_idx as usize;
        if let (Some(paragraph), Some(start)) = (paragraphs.get_mut(at), starts.get(at)) {
            paragraph.sentences.push(CorpusSentence {
                sentence_idx,
                start: sentence.span.start.saturating_sub(*start),
                end: sentence.span.end.saturating_sub(*start),
            });
        }
    }
    Some(CorpusArticle { id: article.id.clone(), new, signature, paragraphs })
}
