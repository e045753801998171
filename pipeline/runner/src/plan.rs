//! What is left to do for an article, given what the output already holds of it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch, StringArray};
use postil_contract::{Article, Layer, LayerSet};
use postil_tables::read::{self, text_column};
use postil_tables::{CoverageStatus, DeadLetterRow, TableError, TableId, parquet_io};
use rayon::prelude::*;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::error::Error;
use crate::output::{Manifest, Part, without};
use crate::pipeline::Pipeline;

/// Encoded bytes of a part that are read at a time, about.
const BYTES_A_READ: u64 = 1_000_000;

/// What the output holds of each article: 33 bytes an article in a hash table that is filled to seven
/// sixteenths at least, because a run goes over millions of them.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// By the hash of the id.
    articles: HashMap<u128, Stored>,
    /// The sets of stages that an article is covered by; most articles share one.
    sets: Vec<Vec<Covered>>,
    /// The set that a set becomes with one stage more.
    larger: HashMap<(u32, Covered), u32>,
    /// Dead letters by source.
    dead: HashMap<String, DeadLetterRow>,
    /// Sources of the dead letters of an article that did not come into the output, by id.
    dead_of: HashMap<String, String>,
    /// The layers that a stage of a hash read.
    stage_needs: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, Copy)]
struct Stored {
    /// Hash of the content hash; [`ONLY_COVERED`] for an article that has no row.
    content: u64,
    /// Hash of the source: it decides a warning, no more.
    source: u32,
    /// Index into the sets.
    covered: u32,
}

/// Takes the place of the hash of an article that has no row.
const ONLY_COVERED: u64 = 0;

impl Stored {
    /// The hash of a content hash.
    fn content(hash: &str) -> u64 {
        xxh3_64(hash.as_bytes()).max(ONLY_COVERED + 1)
    }

    fn source(source: &str) -> u32 {
        (xxh3_64(source.as_bytes()) >> 32) as u32
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Covered {
    layer: Arc<str>,
    hash: Arc<str>,
    done: bool,
}

fn key(text: &str) -> u128 {
    xxh3_128(text.as_bytes())
}

/// What is to be done for an article.
#[derive(Debug)]
pub(crate) enum Decision {
    /// Nothing: the output holds all of it.
    Unchanged,
    /// Nothing: it failed before, and would again.
    FailedBefore(Box<DeadLetterRow>),
    /// Some stages.
    Run(Box<Job>),
}

/// An article with what is to be done for it.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) article: Article,
    pub(crate) content_hash: String,
    /// Bytes of its input.
    pub(crate) bytes: u64,
    /// Whether all rows of it are replaced; else only those of the stages that run.
    pub(crate) whole: bool,
    /// Whether the output holds rows of it.
    pub(crate) known: bool,
    /// Of each stage, whether its rows are to be written.
    pub(crate) run: Vec<bool>,
    /// Of each stage, whether it runs only because a later one needs its layer, which has no table.
    pub(crate) again: Vec<bool>,
    /// Layers of stages that are not in the pipeline but rest on one that runs: their rows go.
    pub(crate) drop: Vec<String>,
    /// Tables to be read back before the first stage runs.
    pub(crate) read: BTreeSet<TableId>,
    /// The layers read back.
    pub(crate) layers: LayerSet,
}

impl State {
    /// Reads what the tables say, without the texts.
    pub(crate) fn load(root: &Path, manifest: &Manifest) -> Result<Self, Error> {
        let mut state = Self {
            stage_needs: manifest.stage_needs.clone(),
            sets: vec![Vec::new()],
            ..Self::default()
        };
        let rows = usize::try_from(manifest.rows(&TableId::Articles)).unwrap_or(0);
        state.articles.reserve(rows);
        let mut words: HashSet<Arc<str>> = HashSet::new();
        let mut intern = |text: &str| match words.get(text) {
            Some(word) => Arc::clone(word),
            None => {
                let word: Arc<str> = Arc::from(text);
                words.insert(Arc::clone(&word));
                word
            }
        };
        columns(
            root,
            manifest,
            &TableId::Articles,
            ["article_id", "text_hash", "source"],
            |[id, content_hash, source]| {
                let (content, source) = (Stored::content(content_hash), Stored::source(source));
                state.articles.insert(key(id), Stored { content, source, covered: 0 });
            },
        )?;
        let ok = [CoverageStatus::Ok.as_str(), CoverageStatus::SkippedLanguage.as_str()];
        columns(
            root,
            manifest,
            &TableId::Coverage,
            ["article_id", "stage", "stage_hash", "status"],
            |[id, stage, hash, status]| {
                let covered = Covered {
                    layer: intern(stage),
                    hash: intern(hash),
                    done: ok.contains(&status),
                };
                state.cover(id, covered);
            },
        )?;
        for part in manifest.parts(&TableId::DeadLetters) {
            for row in read::dead_letters(&parquet_io::read(&root.join(&part.file))?)? {
                if let Some(id) = &row.article_id {
                    state.dead_of.insert(id.clone(), row.source.clone());
                }
                state.dead.insert(row.source.clone(), row);
            }
        }
        Ok(state)
    }

    fn cover(&mut self, id: &str, covered: Covered) {
        let stored = self.articles.entry(key(id)).or_insert(Stored {
            content: ONLY_COVERED,
            source: 0,
            covered: 0,
        });
        let sets = &mut self.sets;
        let next = self.larger.entry((stored.covered, covered));
        stored.covered = *next.or_insert_with_key(|(set, covered)| {
            let mut larger = sets.get(*set as usize).cloned().unwrap_or_default();
            larger.push(covered.clone());
            sets.push(larger);
            u32::try_from(sets.len() - 1).unwrap_or(u32::MAX)
        });
    }

    /// The dead letter of a source, if there is one.
    pub(crate) fn dead_letter(&self, source: &str) -> Option<&DeadLetterRow> {
        self.dead.get(source)
    }

    /// The dead letter of an article, by where it was read from or by its id.
    fn dead_letter_of(&self, article: &Article) -> Option<&DeadLetterRow> {
        self.dead
            .get(&article.source)
            .or_else(|| self.dead_of.get(&article.id).and_then(|source| self.dead.get(source)))
    }

    /// Whether a source has a dead letter although its article is in the output as it is: it could
    /// not be read for a time.
    pub(crate) fn is_read_again(&self, source: &str) -> bool {
        self.dead.get(source).is_some_and(|row| row.stage.is_none())
    }

    /// Whether the article in the output was read from elsewhere.
    pub(crate) fn is_from_elsewhere(&self, article: &Article) -> bool {
        let stored = self.articles.get(&key(&article.id));
        let row = stored.filter(|stored| stored.content != ONLY_COVERED);
        row.is_some_and(|stored| stored.source != Stored::source(&article.source))
    }

    /// Whether there is a dead letter of an article.
    pub(crate) fn has_failed(&self, article: &Article) -> bool {
        self.dead_letter_of(article).is_some()
    }

    /// What is to be done for an article.
    pub(crate) fn decide(
        &self,
        pipeline: &Pipeline,
        article: Article,
        bytes: u64,
        force: bool,
        retry_failed: bool,
    ) -> Decision {
        let content_hash = article.content_hash();
        let stages = pipeline.stages();
        let known = self.articles.get(&key(&article.id));
        let stored = known.map(|known| known.content).filter(|stored| *stored != ONLY_COVERED);
        let covered = known.and_then(|known| self.sets.get(known.covered as usize));
        let covered = covered.map_or(&[][..], Vec::as_slice);
        let known = known.is_some();
        let dead = self.dead_letter_of(&article);
        let same_text = stored.is_some_and(|stored| stored == Stored::content(&content_hash));
        let of_stage = |at: usize| {
            let stage = stages.get(at)?;
            let layer = stage.layer().as_str();
            covered.iter().find(|c| &*c.layer == layer && &*c.hash == stage.hash())
        };
        let failed_same_text = dead.is_some_and(|dead| {
            dead.stage.is_some() && dead.content_hash.as_deref() == Some(content_hash.as_str())
        });
        let failed_before = |at: usize| {
            !force && !retry_failed && failed_same_text && of_stage(at).is_some_and(|c| !c.done)
        };
        let before = |dead: Option<&DeadLetterRow>| dead.cloned().map(Box::new);
        let job = |article: Article, whole: bool, run: Vec<bool>| {
            let mut job = Job {
                content_hash: content_hash.clone(),
                bytes,
                whole,
                known,
                again: vec![false; run.len()],
                run,
                drop: Vec::new(),
                read: BTreeSet::new(),
                layers: LayerSet::default(),
                article,
            };
            self.resolve(&mut job, pipeline, covered);
            Decision::Run(Box::new(job))
        };
        if force || !same_text {
            if (0..stages.len()).any(failed_before)
                && stored.is_none()
                && let Some(dead) = before(dead)
            {
                return Decision::FailedBefore(dead);
            }
            return job(article, true, vec![true; stages.len()]);
        }
        let mut run: Vec<bool> = Vec::with_capacity(stages.len());
        let mut blocked: Vec<bool> = Vec::with_capacity(stages.len());
        for (at, stage) in stages.iter().enumerate() {
            let rests_on_blocked =
                stage.needs().iter().any(|need| blocked.get(*need).copied().unwrap_or(false));
            let is_blocked = rests_on_blocked || failed_before(at);
            blocked.push(is_blocked);
            run.push(!is_blocked && !of_stage(at).is_some_and(|covered| covered.done));
        }
        if run.contains(&true) {
            return job(article, false, run);
        }
        match (blocked.contains(&true), before(dead)) {
            (true, Some(dead)) => Decision::FailedBefore(dead),
            _ => Decision::Unchanged,
        }
    }

    /// Finds what the stages that run need beside: layers to be read back, layers to be made again,
    /// and layers of stages outside the pipeline that do not hold any more.
    fn resolve(&self, job: &mut Job, pipeline: &Pipeline, covered: &[Covered]) {
        let stages = pipeline.stages();
        let mut needed = vec![false; stages.len()];
        for (at, stage) in stages.iter().enumerate().rev() {
            let runs = job.run.get(at).copied().unwrap_or(false);
            let is_needed = needed.get(at).copied().unwrap_or(false);
            let table = readable_table(stage.layer());
            if is_needed && !runs {
                match table {
                    Some(table) => {
                        job.read.insert(table);
                        continue;
                    }
                    None => {
                        if let Some(again) = job.again.get_mut(at) {
                            *again = true;
                        }
                    }
                }
            } else if !runs {
                continue;
            }
            for need in stage.needs() {
                if let Some(needed) = needed.get_mut(*need) {
                    *needed = true;
                }
            }
        }
        if job.whole {
            return;
        }
        // Titles and counts of `articles` come from the paragraphs, rows of text from all layers.
        let mut gone: BTreeSet<&str> = stages
            .iter()
            .zip(&job.run)
            .filter(|(_, runs)| **runs)
            .map(|(stage, _)| stage.layer().as_str())
            .collect();
        let in_pipeline: BTreeSet<&str> =
            stages.iter().map(|stage| stage.layer().as_str()).collect();
        loop {
            let next = covered.iter().find(|covered| {
                !gone.contains(&*covered.layer)
                    && !in_pipeline.contains(&*covered.layer)
                    && self
                        .stage_needs
                        .get(&*covered.hash)
                        .is_some_and(|needs| needs.iter().any(|need| gone.contains(need.as_str())))
            });
            let Some(next) = next else { break };
            gone.insert(&next.layer);
            job.drop.push(next.layer.to_string());
        }
    }
}

/// The table from which a layer can be read back; `None` where it must be made again.
fn readable_table(layer: &Layer) -> Option<TableId> {
    match layer {
        Layer::Embeddings | Layer::Custom(_) => None,
        layer => TableId::of_layer(layer),
    }
}

/// Calls `each` with the values of some columns of text, row by row; null as empty.
fn columns<const N: usize>(
    root: &Path,
    manifest: &Manifest,
    table: &TableId,
    names: [&str; N],
    mut each: impl FnMut([&str; N]),
) -> Result<(), Error> {
    for part in manifest.parts(table) {
        for batch in parquet_io::read_columns(&root.join(&part.file), Some(&names))? {
            let arrays: Vec<StringArray> = names
                .iter()
                .map(|name| text_column(table.name(), &batch, name))
                .collect::<Result<_, TableError>>()?;
            for row in 0..batch.num_rows() {
                let mut values = [""; N];
                for (value, array) in values.iter_mut().zip(&arrays) {
                    if array.is_valid(row) {
                        *value = array.value(row);
                    }
                }
                each(values);
            }
        }
    }
    Ok(())
}

/// Reads layers of some articles back from the tables, spans in bytes of their texts.
pub(crate) fn read_layers(
    root: &Path,
    manifest: &Manifest,
    articles: &[&Article],
    tables: &BTreeSet<TableId>,
) -> Result<BTreeMap<String, LayerSet>, Error> {
    let mut ids: Vec<&str> = articles.iter().map(|article| article.id.as_str()).collect();
    ids.sort_unstable();
    let mut batches = BTreeMap::new();
    for table in tables {
        batches.insert(table.clone(), read_rows(root, manifest, table, &ids)?);
    }
    Ok(read::layers(articles, &batches)?)
}

/// The rows of these articles (their ids sorted), and no others: a part that was merged of many is
/// larger than what a run may have in memory.
pub(crate) fn read_rows(
    root: &Path,
    manifest: &Manifest,
    table: &TableId,
    ids: &[&str],
) -> Result<Vec<RecordBatch>, Error> {
    let of_part = |part: &Part| -> Result<Vec<RecordBatch>, Error> {
        let mut kept = Vec::new();
        if !part.holds(root, table, ids)? {
            return Ok(kept);
        }
        for batch in parquet_io::stream(&root.join(&part.file), None, part.rows_of(BYTES_A_READ))? {
            let batch = batch?;
            let id = text_column(table.name(), &batch, "article_id")?;
            let other = |row: usize| ids.binary_search(&id.value(row)).is_err();
            let batch = without(table, &batch, other)?.unwrap_or(batch);
            if batch.num_rows() > 0 {
                kept.push(batch);
            }
        }
        Ok(kept)
    };
    let parts: Vec<Vec<RecordBatch>> =
        manifest.parts(table).par_iter().map(of_part).collect::<Result<_, Error>>()?;
    Ok(parts.into_iter().flatten().collect())
}
