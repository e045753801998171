//! Compares all articles with each other, after the last unit is committed.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use postil_contract::{
    Article, BandRow, ClusterRow, CorpusArticle, CorpusParagraph, CorpusSentence, CorpusStage,
    CorpusStore, DuplicatePair, LayerSet, StageError,
};
use postil_tables::read;
use postil_tables::{TableId, parquet_io};
use rayon::prelude::*;

use crate::error::Error;
use crate::ids::{Ids, IdsBuilder};
use crate::output::{Manifest, Part};
use crate::plan::{read_layers, read_rows};
use crate::progress::{Event, Progress};
use crate::schedule::{Failure, caught, lock};

/// Rows of signatures that are in memory at a time, a thread.
const SCAN_ROWS: usize = 1024;
/// Encoded bytes of paragraphs that are in memory at a time, a thread.
const TEXT_BYTES: u64 = 250_000;
/// Bytes of text of the pairs that are in memory before they are written.
const PAIR_BYTES: usize = 2_000_000;

/// What a comparison gave.
#[derive(Debug)]
pub(crate) struct Joined {
    /// The articles that take part.
    pub(crate) ids: Ids,
    /// How many pairs were found.
    pub(crate) pairs: usize,
    /// The clusters of all pairs, sorted by key.
    pub(crate) clusters: Vec<ClusterRow>,
    pub(crate) seconds: f64,
}

/// Compares what is new since the last comparison with everything. `write` takes the pairs found, some
/// at a time, sorted by key.
pub(crate) fn join(
    root: &Path,
    manifest: &Manifest,
    stage: &dyn CorpusStage,
    progress: &dyn Progress,
    write: &mut (dyn FnMut(&[DuplicatePair]) -> Result<(), Error> + Send),
) -> Result<Joined, Error> {
    let corpus = DiskCorpus::open(root, manifest)?;
    progress.event(Event::Joining { articles: corpus.ids.len(), new: corpus.ids.new_count() });
    let start = Instant::now();
    let failed =
        |source: StageError| Error::Join { stage: stage.info().implementation.clone(), source };
    let panicked = |failure: Failure| failed(StageError::Failed(failure.error));
    let is_new = |id: &str| corpus.ids.number(id).is_some_and(|number| corpus.ids.is_new(number));
    let found =
        Mutex::new(Found { write, waiting: Vec::new(), bytes: 0, all: Vec::new(), result: Ok(()) });
    let counts = caught(|| {
        stage.join(&corpus, &|pair| {
            let is_sound =
                pair.a < pair.b && (is_new(&pair.a.article_id) || is_new(&pair.b.article_id));
            lock(&found).push(pair, is_sound);
        })
    })
    .map_err(panicked)?
    .map_err(failed)?;
    let mut found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    found.flush();
    let Found { all: mut pairs, result, .. } = found;
    result.map_err(|wrong| match wrong {
        Wrong::Pair(text) => failed(StageError::Failed(text)),
        Wrong::Write(error) => error,
    })?;
    let count = pairs.len();
    progress.event(Event::Joined {
        candidates: counts.candidates,
        pairs: count,
        seconds: start.elapsed().as_secs_f64(),
    });
    known_pairs(root, manifest, is_new, &mut pairs)?;
    pairs.par_sort_unstable_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    let clusters = caught(|| stage.clusters(&pairs)).map_err(panicked)?;
    let seconds = start.elapsed().as_secs_f64();
    Ok(Joined { ids: corpus.ids, pairs: count, clusters, seconds })
}

/// The pairs as they are found.
struct Found<'a> {
    write: &'a mut (dyn FnMut(&[DuplicatePair]) -> Result<(), Error> + Send),
    waiting: Vec<DuplicatePair>,
    bytes: usize,
    /// All of them, without texts: the clusters are made of these.
    all: Vec<DuplicatePair>,
    /// The first thing that went wrong.
    result: Result<(), Wrong>,
}

enum Wrong {
    /// A pair that breaks what a stage promises.
    Pair(String),
    Write(Error),
}

impl Found<'_> {
    fn push(&mut self, pair: DuplicatePair, is_sound: bool) {
        if self.result.is_err() {
            return;
        }
        if !is_sound {
            self.result = Err(Wrong::Pair(format!(
                "it returned the pair {} and {}, of which the first must be the smaller and one must be new",
                pair.a, pair.b
            )));
            return;
        }
        self.bytes += pair.a_text.len() + pair.b_text.len();
        self.waiting.push(pair);
        if self.bytes >= PAIR_BYTES {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.result.is_err() || self.waiting.is_empty() {
            return;
        }
        self.waiting.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
        if let Err(error) = (self.write)(&self.waiting) {
            self.result = Err(Wrong::Write(error));
        }
        self.bytes = 0;
        let bare = |pair: DuplicatePair| DuplicatePair {
            aligned: Vec::new(),
            a_text: String::new(),
            b_text: String::new(),
            ..pair
        };
        self.all.extend(self.waiting.drain(..).map(bare));
    }
}

/// The articles of an output that have a signature, on the disk.
struct DiskCorpus<'a> {
    root: &'a Path,
    manifest: &'a Manifest,
    ids: Ids,
}

impl<'a> DiskCorpus<'a> {
    fn open(root: &'a Path, manifest: &'a Manifest) -> Result<Self, Error> {
        let table = TableId::Signatures;
        let mut ids = IdsBuilder::default();
        for part in manifest.parts(&table) {
            let path = root.join(&part.file);
            let columns = ["article_id", "paragraph_idx"];
            for batch in parquet_io::stream(&path, Some(&columns), SCAN_ROWS)? {
                read::paragraph_keys(&table, &batch?, |_, id, paragraph_idx| {
                    ids.push(id, paragraph_idx.saturating_add(1), part.pending);
                })?;
            }
        }
        Ok(Self { root, manifest, ids: ids.build()? })
    }

    fn scan_part(&self, part: &Part, each: &(dyn Fn(BandRow<'_>) + Sync)) -> Result<(), Error> {
        let path = self.root.join(&part.file);
        let columns = ["article_id", "paragraph_idx", "signature_version", "bands"];
        for batch in parquet_io::stream(&path, Some(&columns), SCAN_ROWS)? {
            let mut last = None;
            read::bands(&batch?, |id, paragraph_idx, version, bands| {
                if let Some(article) = self.ids.number_after(&mut last, id) {
                    each(BandRow { article, paragraph_idx, version, bands });
                }
            })?;
        }
        Ok(())
    }

    fn texts_of_part(
        &self,
        part: &Part,
        each: &(dyn Fn(usize, &[CorpusParagraph]) + Sync),
    ) -> Result<(), Error> {
        let path = self.root.join(&part.file);
        let columns = ["article_id", "paragraph_idx", "text", "kind", "fingerprint"];
        let rows = part.rows_of(TEXT_BYTES);
        // The paragraphs of an article stand together, if not in one batch.
        let mut open: Option<(usize, Vec<CorpusParagraph>)> = None;
        for batch in parquet_io::stream(&path, Some(&columns), rows)? {
            let mut last = None;
            read::corpus_paragraphs(&batch?, |id, paragraph| {
                let Some(article) = self.ids.number_after(&mut last, id) else { return };
                match &mut open {
                    Some((number, paragraphs)) if *number == article => paragraphs.push(paragraph),
                    _ => {
                        if let Some((number, paragraphs)) = open.replace((article, vec![paragraph]))
                        {
                            each(number, &paragraphs);
                        }
                    }
                }
            })?;
        }
        if let Some((number, paragraphs)) = open {
            each(number, &paragraphs);
        }
        Ok(())
    }

    fn read(&self, numbers: &[usize]) -> Result<Vec<CorpusArticle>, Error> {
        let mut ids: Vec<&str> = numbers.iter().map(|number| self.ids.get(*number)).collect();
        ids.sort_unstable();
        let batches = read_rows(self.root, self.manifest, &TableId::Articles, &ids)?;
        let articles = read::articles(&batches)?;
        drop(batches);
        let articles: Vec<&Article> = articles.iter().map(|read| &read.article).collect();
        let tables = BTreeSet::from([TableId::Paragraphs, TableId::Signatures, TableId::Sentences]);
        let mut layers = read_layers(self.root, self.manifest, &articles, &tables)?;
        let whole = |article: &&Article| {
            let new = self.ids.is_new(self.ids.number(&article.id)?);
            corpus_article(article, layers.remove(&article.id)?, new)
        };
        Ok(articles.iter().filter_map(whole).collect())
    }

    fn each_part(
        &self,
        table: &TableId,
        each: impl Fn(&Part) -> Result<(), Error> + Sync + Send,
    ) -> Result<(), StageError> {
        let parts = self.manifest.parts(table);
        parts.par_iter().try_for_each(&each).map_err(|error| StageError::failed(error.to_string()))
    }
}

impl CorpusStore for DiskCorpus<'_> {
    fn articles(&self) -> usize {
        self.ids.len()
    }

    fn id(&self, number: usize) -> &str {
        self.ids.get(number)
    }

    fn is_new(&self, number: usize) -> bool {
        self.ids.is_new(number)
    }

    fn paragraphs(&self, number: usize) -> u32 {
        self.ids.rows(number)
    }

    fn scan(&self, each: &(dyn Fn(BandRow<'_>) + Sync)) -> Result<(), StageError> {
        self.each_part(&TableId::Signatures, |part| self.scan_part(part, each))
    }

    fn texts(&self, each: &(dyn Fn(usize, &[CorpusParagraph]) + Sync)) -> Result<(), StageError> {
        self.each_part(&TableId::Paragraphs, |part| self.texts_of_part(part, each))
    }

    fn fetch(&self, numbers: &[usize]) -> Result<Vec<CorpusArticle>, StageError> {
        self.read(numbers).map_err(|error| StageError::failed(error.to_string()))
    }

    fn scratch(&self) -> Option<&Path> {
        Some(self.root)
    }
}

/// Adds the pairs of earlier comparisons that still hold: those of articles that are not new.
fn known_pairs(
    root: &Path,
    manifest: &Manifest,
    is_new: impl Fn(&str) -> bool,
    pairs: &mut Vec<DuplicatePair>,
) -> Result<(), Error> {
    for part in manifest.parts(&TableId::Duplicates).iter().filter(|part| part.rows > 0) {
        let path = root.join(&part.file);
        for batch in parquet_io::stream(&path, Some(&read::BARE_PAIR), SCAN_ROWS)? {
            let known = read::bare_pairs(&batch?)?;
            let holds =
                |pair: &DuplicatePair| !is_new(&pair.a.article_id) && !is_new(&pair.b.article_id);
            pairs.extend(known.into_iter().filter(holds));
        }
    }
    Ok(())
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
