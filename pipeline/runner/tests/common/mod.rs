//! Small stages and folders for the tests of runs.

#![allow(dead_code, clippy::unwrap_used, clippy::panic)] // each test file uses its part; helpers are tests too

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use postil_contract::conformance::{EchoConfig, plain_layers};
use postil_contract::*;
use postil_runner::{Dataset, Error, Event, Options, Pipeline, Progress, Report, annotate};
use serde_json::json;
use tempfile::TempDir;

/// Counts how many articles a stage has seen.
pub type Seen = Arc<AtomicUsize>;

fn info(implementation: &str, needs: &[Layer], provides: Layer, config: &str) -> StageInfo {
    StageInfo {
        implementation: implementation.to_owned(),
        version: 1,
        needs: needs.to_vec(),
        provides,
        model: None,
        config: json!({ "config": config }),
        languages: None,
    }
}

/// A stage made of a function over one article.
struct Each<F> {
    info: StageInfo,
    seen: Seen,
    run: F,
}

impl<F> MapStage for Each<F>
where
    F: Fn(&ArticleView<'_>) -> Result<LayerSet, StageError> + Send + Sync,
{
    fn info(&self) -> &StageInfo {
        &self.info
    }

    fn annotate(&self, batch: &[ArticleView<'_>]) -> Vec<Result<LayerSet, StageError>> {
        self.seen.fetch_add(batch.len(), Ordering::Relaxed);
        batch.iter().map(&self.run).collect()
    }
}

pub fn each<F>(info: StageInfo, seen: &Seen, run: F) -> Stage
where
    F: Fn(&ArticleView<'_>) -> Result<LayerSet, StageError> + Send + Sync + 'static,
{
    Stage::map(Each { info, seen: seen.clone(), run })
}

/// Every line is a paragraph.
pub fn paragraphs() -> Stage {
    EchoConfig::default().build(&BuildContext::default()).unwrap()
}

/// The sentences of the conformance tests; `config` only changes the hash.
pub fn sentences(config: &str, seen: &Seen) -> Stage {
    let needs = [Layer::Paragraphs];
    each(info("sentences.plain", &needs, Layer::Sentences, config), seen, |view| {
        let plain = plain_layers(view.article, &[Layer::Sentences]);
        assert!(view.layers.paragraphs.is_some(), "the layer needed is there");
        Ok(plain)
    })
}

/// The vectors of the conformance tests, which no table holds.
pub fn embeddings(seen: &Seen) -> Stage {
    let needs = [Layer::Paragraphs, Layer::Sentences];
    each(info("embeddings.plain", &needs, Layer::Embeddings, ""), seen, |view| {
        assert!(view.layers.sentences.is_some(), "the layer needed is there");
        Ok(plain_layers(view.article, &[Layer::Embeddings]))
    })
}

/// Capitalised words; fails, panics and breaks the contract on certain words of the text.
pub fn entities(config: &str, seen: &Seen) -> Stage {
    let needs = [Layer::Sentences];
    each(info("entities.plain", &needs, Layer::Entities, config), seen, |view| {
        if view.text().contains("FAIL") {
            return Err(StageError::failed("this article says FAIL"));
        }
        if view.text().contains("PANIC") {
            panic!("this article says PANIC");
        }
        let layer = match view.text().contains("FOREIGN") {
            true => Layer::Sentences,
            false => Layer::Entities,
        };
        Ok(plain_layers(view.article, &[layer]))
    })
}

/// One neutral stance an article, which needs the vectors.
pub fn stances(config: &str, seen: &Seen) -> Stage {
    let needs = [Layer::Paragraphs, Layer::Embeddings, Layer::Entities];
    each(info("stance.plain", &needs, Layer::Stances, config), seen, |view| {
        assert!(view.embeddings().is_some(), "the vectors are there");
        let stance = Stance {
            unit: Unit::Article,
            unit_idx: None,
            span: Span::new(0, view.text().len()),
            target_id: "t".to_owned(),
            target: "The target".to_owned(),
            target_kind: TargetKind::Config,
            holder_kind: HolderKind::Author,
            holder: None,
            holder_entity_idx: None,
            label: "neutral".to_owned(),
            stance: StanceLabel::Neutral,
            score: view.entities().len() as f32 / (view.entities().len() as f32 + 1.0),
            p_favor: None,
            p_against: None,
            p_neutral: None,
            relevance: None,
            model: "plain".to_owned(),
        };
        Ok(LayerSet { stances: Some(vec![stance]), ..LayerSet::default() })
    })
}

/// Paragraphs of equal fingerprints are duplicates.
pub struct Exact(StageInfo);

pub fn duplicates() -> Stage {
    let needs = [Layer::Paragraphs, Layer::Sentences];
    Stage::corpus(Exact(info("duplicates.exact", &needs, Layer::Duplicates, "")))
}

impl CorpusStage for Exact {
    fn info(&self) -> &StageInfo {
        &self.0
    }

    fn signature(&self, view: &ArticleView<'_>) -> Result<Signature, StageError> {
        let paragraphs = (0_u32..).zip(view.paragraphs());
        let paragraphs = paragraphs
            .map(|(paragraph_idx, paragraph)| ParagraphSignature {
                paragraph_idx,
                bands: vec![paragraph.fingerprint],
                ..ParagraphSignature::default()
            })
            .collect();
        Ok(Signature { version: 1, model: None, paragraphs })
    }

    fn join(
        &self,
        store: &dyn CorpusStore,
        found: &(dyn Fn(DuplicatePair) + Sync),
    ) -> Result<JoinCounts, StageError> {
        let everything: Vec<usize> = (0..store.articles()).collect();
        let mut corpus = Corpus { articles: store.fetch(&everything)? };
        corpus.articles.sort_by(|a, b| a.id.cmp(&b.id));
        let mut by_band: BTreeMap<i64, Vec<(ParagraphKey, bool, String)>> = BTreeMap::new();
        for article in &corpus.articles {
            for row in &article.signature.paragraphs {
                let key = ParagraphKey {
                    article_id: article.id.clone(),
                    paragraph_idx: row.paragraph_idx,
                };
                let paragraph = &article.paragraphs[row.paragraph_idx as usize];
                assert!(
                    paragraph.sentences.iter().all(|s| s.end <= paragraph.text.len()),
                    "sentences lie inside their paragraph"
                );
                by_band.entry(row.bands[0]).or_default().push((
                    key,
                    article.new,
                    paragraph.text.clone(),
                ));
            }
        }
        let mut candidates = 0;
        for same in by_band.values() {
            for (at, (a, a_new, a_text)) in same.iter().enumerate() {
                for (b, b_new, b_text) in &same[at + 1..] {
                    if *a_new || *b_new {
                        candidates += 1;
                        found(DuplicatePair {
                            a: a.clone(),
                            b: b.clone(),
                            kind: DuplicateKind::Exact,
                            jaccard: 1.0,
                            containment_a_in_b: 1.0,
                            containment_b_in_a: 1.0,
                            cosine: None,
                            aligned: Vec::new(),
                            a_text: a_text.clone(),
                            b_text: b_text.clone(),
                        });
                    }
                }
            }
        }
        Ok(JoinCounts { candidates })
    }

    fn clusters(&self, pairs: &[DuplicatePair]) -> Vec<ClusterRow> {
        let mut clusters: BTreeMap<ParagraphKey, ParagraphKey> = BTreeMap::new();
        for pair in pairs {
            let root = clusters.get(&pair.a).cloned().unwrap_or_else(|| pair.a.clone());
            clusters.insert(pair.a.clone(), root.clone());
            clusters.insert(pair.b.clone(), root);
        }
        let sizes = |root: &ParagraphKey| clusters.values().filter(|r| *r == root).count();
        clusters
            .iter()
            .map(|(key, root)| ClusterRow {
                key: key.clone(),
                cluster_id: root.to_string(),
                role: if key == root { ClusterRole::Canonical } else { ClusterRole::Member },
                size: sizes(root) as u32,
            })
            .collect()
    }
}

/// How often each stage saw an article.
#[derive(Default, Clone)]
pub struct Counters {
    pub sentences: Seen,
    pub embeddings: Seen,
    pub entities: Seen,
    pub stances: Seen,
}

impl Counters {
    /// What the stages saw since the last call.
    pub fn take(&self) -> [usize; 4] {
        [&self.sentences, &self.embeddings, &self.entities, &self.stances]
            .map(|seen| seen.swap(0, Ordering::Relaxed))
    }
}

/// All six families.
pub fn pipeline(counters: &Counters, entities_config: &str, stance_config: &str) -> Pipeline {
    Pipeline::new(vec![
        paragraphs(),
        sentences("", &counters.sentences),
        embeddings(&counters.embeddings),
        entities(entities_config, &counters.entities),
        stances(stance_config, &counters.stances),
        duplicates(),
    ])
    .unwrap()
}

/// A folder for inputs (`in`) and an output (`out`), removed at the end.
pub struct Place(TempDir);

impl Place {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.input()).unwrap();
        for (name, text) in files {
            place.write(name, text);
        }
        place
    }

    /// Ten articles that share some lines, with what makes offsets go wrong.
    pub fn with_articles() -> Self {
        let place = Self::new(&[]);
        for number in 0..10 {
            let text = format!(
                "Title {number} 🎉\n\nZürich said No. {number} to Oslo. E\u{301}lodie agreed.\r\n\
                 The same line in every article, by Reuters.\n{}",
                "Words of Bern follow. ".repeat(number)
            );
            place.write(&format!("{number}.txt"), &text);
        }
        place
    }

    pub fn input(&self) -> PathBuf {
        self.0.path().join("in")
    }

    pub fn output(&self) -> PathBuf {
        self.0.path().join("out")
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.input().join(name), text).unwrap();
    }

    pub fn options(&self) -> Options {
        Options { threads: 2, ..Options::new(vec![self.input()], self.output()) }
    }

    pub fn run(&self, pipeline: &Pipeline) -> Report {
        self.try_run(pipeline, &self.options()).unwrap()
    }

    pub fn try_run(&self, pipeline: &Pipeline, options: &Options) -> Result<Report, Error> {
        annotate(pipeline, options, &(), &AtomicBool::new(false))
    }

    pub fn dataset(&self) -> Dataset {
        Dataset::open(&self.output()).unwrap()
    }

    /// The dataset, after everything in it was found sound.
    pub fn sound(&self) -> Dataset {
        let dataset = self.dataset();
        let found = dataset.verify().unwrap();
        assert_eq!(found.problems, Vec::<String>::new());
        dataset
    }

    /// Every file in the output that is a part, also of runs that were killed.
    pub fn parts_on_disk(&self) -> Vec<PathBuf> {
        let mut parts = Vec::new();
        for folder in fs::read_dir(self.output()).unwrap().flatten() {
            if folder.path().is_dir() {
                parts.extend(fs::read_dir(folder.path()).unwrap().flatten().map(|f| f.path()));
            }
        }
        parts.sort();
        parts
    }
}

/// Keeps what a run tells, a line an event.
#[derive(Default)]
pub struct Told(pub Mutex<Vec<String>>);

impl Progress for Told {
    fn event(&self, event: Event<'_>) {
        self.0.lock().unwrap().push(format!("{event:?}"));
    }
}

/// The values of a column of text of all rows of a table, in the order of the parts.
pub fn column(dataset: &Dataset, table: &str, column: &str) -> Vec<String> {
    let table = postil_tables::TableId::from_name(table);
    let mut all = Vec::new();
    for batch in dataset.batches(&table).unwrap() {
        let values = postil_tables::read::text_column(table.name(), &batch, column).unwrap();
        all.extend(values.iter().map(|value| value.unwrap_or("null").to_owned()));
    }
    all
}

pub fn lines_of_log(output: &Path) -> usize {
    fs::read_to_string(output.join("postil.log.jsonl")).unwrap().lines().count()
}
