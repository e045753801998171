//! Compares all articles with each other, after the last unit is committed.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::time::Instant;

use postil_contract::{
    Article, BandRow, ClusterRow, CorpusArticle, CorpusEntry, CorpusParagraph, CorpusSentence,
    CorpusStage, CorpusStore, Detail, DuplicatePair, LayerSet, StageError,
};
use postil_tables::read::{self, text_column};
use postil_tables::{TableId, parquet_io};
use rayon::prelude::*;

use crate::error::Error;
use crate::output::{Manifest, Part};
use crate::plan::{read_layers, read_rows};
use crate::progress::{Event, Progress};
use crate::schedule::{Failure, caught};

/// Rows of signatures that are in memory at a time, a thread.
const SCAN_ROWS: usize = 2048;

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
    let corpus = DiskCorpus::open(root, manifest, &new)?;
    progress.event(Event::Joining { articles: corpus.entries.len(), new: new.len() });
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

/// The articles of an output that have a signature, on the disk.
struct DiskCorpus<'a> {
    root: &'a Path,
    manifest: &'a Manifest,
    /// Sorted by id.
    entries: Vec<CorpusEntry>,
}

impl<'a> DiskCorpus<'a> {
    fn open(root: &'a Path, manifest: &'a Manifest, new: &HashSet<String>) -> Result<Self, Error> {
        let table = TableId::Signatures;
        let mut ids: Vec<String> = Vec::new();
        for part in manifest.parts(&table) {
            let path = root.join(&part.file);
            for batch in parquet_io::stream(&path, Some(&["article_id"]), SCAN_ROWS)? {
                for id in text_column(table.name(), &batch?, "article_id")?.iter().flatten() {
                    // Rows of one article stand together.
                    if ids.last().is_none_or(|last| last != id) {
                        ids.push(id.to_owned());
                    }
                }
            }
        }
        ids.sort_unstable();
        ids.dedup();
        let entry = |id: String| CorpusEntry { new: new.contains(&id), id };
        Ok(Self { root, manifest, entries: ids.into_iter().map(entry).collect() })
    }

    fn number(&self, id: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.id.as_str().cmp(id)).ok()
    }

    fn scan_part(&self, part: &Part, each: &(dyn Fn(BandRow<'_>) + Sync)) -> Result<(), Error> {
        let path = self.root.join(&part.file);
        let columns = ["article_id", "paragraph_idx", "signature_version", "bands"];
        for batch in parquet_io::stream(&path, Some(&columns), SCAN_ROWS)? {
            read::bands(&batch?, |id, paragraph_idx, version, bands| {
                if let Some(article) = self.number(id) {
                    each(BandRow { article, paragraph_idx, version, bands });
                }
            })?;
        }
        Ok(())
    }

    fn read(&self, numbers: &[usize], detail: Detail) -> Result<Vec<CorpusArticle>, Error> {
        let mut ids: Vec<&str> = numbers
            .iter()
            .filter_map(|number| Some(self.entries.get(*number)?.id.as_str()))
            .collect();
        ids.sort_unstable();
        let batches = read_rows(self.root, self.manifest, &TableId::Articles, &ids)?;
        let articles = read::articles(&batches)?;
        drop(batches);
        let articles: Vec<&Article> = articles.iter().map(|read| &read.article).collect();
        let mut tables = BTreeSet::from([TableId::Paragraphs, TableId::Signatures]);
        if detail == Detail::All {
            tables.insert(TableId::Sentences);
        }
        let mut layers = read_layers(self.root, self.manifest, &articles, &tables)?;
        let whole = |article: &&Article| {
            let new = self.number(&article.id).and_then(|n| self.entries.get(n))?.new;
            corpus_article(article, layers.remove(&article.id)?, new)
        };
        Ok(articles.iter().filter_map(whole).collect())
    }
}

impl CorpusStore for DiskCorpus<'_> {
    fn entries(&self) -> Vec<CorpusEntry> {
        self.entries.clone()
    }

    fn scan(&self, each: &(dyn Fn(BandRow<'_>) + Sync)) -> Result<(), StageError> {
        self.manifest
            .parts(&TableId::Signatures)
            .par_iter()
            .try_for_each(|part| self.scan_part(part, each))
            .map_err(|error| StageError::failed(error.to_string()))
    }

    fn fetch(&self, numbers: &[usize], detail: Detail) -> Result<Vec<CorpusArticle>, StageError> {
        self.read(numbers, detail).map_err(|error| StageError::failed(error.to_string()))
    }
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
