//! What the finished articles of a unit change in the tables.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use postil_contract::{Article, Layer, LayerSet};
use postil_tables::{
    ArticleRow, CoverageRow, DeadLetterRow, LayerTables, TableId, articles_to_batch,
    coverage_to_batch, dead_letters_to_batch, without_articles,
};

use crate::error::Error;
use crate::input::BadInput;
use crate::output::{Ids, Make, Manifest, Parts, Store, Transaction, is_one_of, values, without};
use crate::pipeline::Pipeline;
use crate::schedule::{Covered, Failure, Finished};

/// What is collected for a commit beside the articles that the stages finish.
#[derive(Default)]
pub(crate) struct Aside {
    /// Inputs that are no articles.
    pub(crate) bad: Vec<BadInput>,
    /// Sources whose dead letter does not hold any more.
    pub(crate) cleared: Vec<String>,
}

impl Aside {
    pub(crate) const fn is_empty(&self) -> bool {
        self.bad.is_empty() && self.cleared.is_empty()
    }

    /// Takes over what another has collected.
    pub(crate) fn append(&mut self, other: &mut Self) {
        self.bad.append(&mut other.bad);
        self.cleared.append(&mut other.cleared);
    }
}

/// What finished articles change beside the rows that they add. It is collected over the units of a
/// commit.
#[derive(Default)]
pub(crate) struct Replaced {
    /// Articles whose rows go, by table.
    remove: BTreeMap<TableId, HashSet<String>>,
    /// Stages of articles whose coverage is replaced; of those in `remove` all of it goes.
    recover: HashMap<String, Vec<String>>,
    dead: Vec<DeadLetterRow>,
    /// Sources and articles whose earlier dead letters go.
    settled_sources: HashSet<String>,
    settled_articles: HashSet<String>,
}

/// What the finished articles of a unit change.
#[derive(Default)]
pub(crate) struct Changes<'a> {
    replaced: Replaced,
    /// Layers to be written.
    layers: Vec<(&'a Article, Cow<'a, LayerSet>)>,
    articles: Vec<ArticleRow<'a>>,
    coverage: Vec<CoverageRow>,
}

impl<'a> Changes<'a> {
    pub(crate) fn new(
        pipeline: &'a Pipeline,
        manifest: &Manifest,
        run_id: &'a str,
        finished: &'a [Finished],
        aside: &Aside,
    ) -> Self {
        let mut changes = Self::default();
        let writer = Writer { pipeline, manifest, run_id };
        for article in finished {
            match (article.job.whole, &article.failure) {
                (true, None) => writer.whole(&mut changes, article),
                (true, Some(failure)) => writer.failed(&mut changes, article, failure),
                (false, _) => writer.partly(&mut changes, article),
            }
        }
        let replaced = &mut changes.replaced;
        for bad in &aside.bad {
            replaced.dead.push(DeadLetterRow {
                run_id: run_id.to_owned(),
                source: bad.source.clone(),
                article_id: bad.article_id.clone(),
                stage: None,
                error: bad.error.clone(),
                content_hash: bad.content_hash.clone(),
            });
        }
        // Mostly nothing has ever failed.
        if manifest.rows(&TableId::DeadLetters) > 0 {
            let jobs = || finished.iter().map(|article| &article.job.article);
            replaced.settled_sources.extend(jobs().map(|article| article.source.clone()));
            replaced.settled_articles.extend(jobs().map(|article| article.id.clone()));
            replaced.settled_sources.extend(aside.bad.iter().map(|bad| bad.source.clone()));
            replaced.settled_sources.extend(aside.cleared.iter().cloned());
        }
        changes
    }

    /// Writes the rows that are added, and gives the rest.
    pub(crate) fn write(
        self,
        parts: &mut Parts,
        store: &mut Store,
        run_id: &str,
    ) -> Result<Replaced, Error> {
        let Some(ids) = self.ids() else { return Ok(self.replaced) };
        let layers: Vec<(&Article, &LayerSet)> =
            self.layers.iter().map(|(article, layers)| (*article, layers.as_ref())).collect();
        let layers = LayerTables::new(&layers);
        let mut tables: Vec<(TableId, Make<'_>)> = Vec::new();
        for table in layers.tables() {
            let layers = &layers;
            let make: Make<'_> = {
                let table = table.clone();
                Box::new(move || Ok(layers.batch(&table)?))
            };
            tables.push((table, make));
        }
        tables.push((TableId::Articles, Box::new(|| Ok(articles_to_batch(&self.articles)?))));
        tables.push((TableId::Coverage, Box::new(|| Ok(coverage_to_batch(&self.coverage)?))));
        parts.write(store, run_id, ids, tables)?;
        Ok(self.replaced)
    }

    /// The smallest and the greatest id of the articles that have rows.
    fn ids(&self) -> Option<Ids<'_>> {
        let ids = || {
            let covered = self.coverage.iter().map(|row| row.article_id.as_str());
            covered.chain(self.layers.iter().map(|(article, _)| article.id.as_str()))
        };
        ids().min().zip(ids().max())
    }

    fn remove(&mut self, table: TableId, id: &str) {
        self.replaced.remove.entry(table).or_default().insert(id.to_owned());
    }
}

impl Replaced {
    /// Takes over what the next unit changes.
    pub(crate) fn append(&mut self, next: Self) {
        let Self { remove, recover, dead, settled_sources, settled_articles } = next;
        for (table, ids) in remove {
            self.remove.entry(table).or_default().extend(ids);
        }
        self.recover.extend(recover);
        self.dead.extend(dead);
        self.settled_sources.extend(settled_sources);
        self.settled_articles.extend(settled_articles);
    }

    /// Takes the rows out that are replaced, and adds dead letters.
    pub(crate) fn apply(self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        let root = transaction.root().to_owned();
        let mut signatures_change = transaction.adds_rows(&TableId::Signatures);
        for (table, ids) in &self.remove {
            let mut sorted: Vec<&str> = ids.iter().map(String::as_str).collect();
            sorted.sort_unstable();
            let taken = transaction.remove_rows(
                table,
                |part| part.holds(&root, table, &sorted),
                |batch| Ok(without_articles(table, batch, ids)?),
            )?;
            signatures_change |= taken > 0 && *table == TableId::Signatures;
        }
        self.remove_coverage(transaction)?;
        self.remove_dead_letters(transaction)?;
        transaction.append(TableId::DeadLetters, dead_letters_to_batch(&self.dead)?);
        if signatures_change {
            transaction.mark_join_pending();
        }
        Ok(())
    }

    fn remove_coverage(&self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        if self.recover.is_empty() {
            return Ok(());
        }
        let table = TableId::Coverage;
        let root = transaction.root().to_owned();
        let mut ids: Vec<&str> = self.recover.keys().map(String::as_str).collect();
        ids.sort_unstable();
        transaction.remove_rows(
            &table,
            |part| part.holds(&root, &table, &ids),
            |batch| {
                let article = values(&table, batch, "article_id")?;
                let stage = values(&table, batch, "stage")?;
                without(&table, batch, |row| {
                    self.recover
                        .get(article.value(row))
                        .is_some_and(|stages| stages.iter().any(|known| known == stage.value(row)))
                })
            },
        )?;
        Ok(())
    }

    fn remove_dead_letters(&self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        if self.settled_sources.is_empty() && self.settled_articles.is_empty() {
            return Ok(());
        }
        let table = TableId::DeadLetters;
        transaction.remove_rows(
            &table,
            |_| Ok(true),
            |batch| {
                let source = values(&table, batch, "source")?;
                let article = values(&table, batch, "article_id")?;
                without(&table, batch, |row| {
                    is_one_of(&source, row, &self.settled_sources)
                        || is_one_of(&article, row, &self.settled_articles)
                })
            },
        )?;
        Ok(())
    }
}

struct Writer<'a, 'm> {
    pipeline: &'a Pipeline,
    manifest: &'m Manifest,
    run_id: &'a str,
}

impl<'a> Writer<'a, '_> {
    /// All rows of an article in place of all there were.
    fn whole(&self, changes: &mut Changes<'a>, article: &'a Finished) {
        let job = &article.job;
        self.remove_all(changes, article);
        changes.layers.push((&job.article, Cow::Borrowed(&job.layers)));
        changes.articles.push(self.article_row(article));
        for (at, covered) in &article.covered {
            changes.coverage.extend(self.coverage_row(article, *at, covered));
        }
    }

    /// No row of an article, but why.
    fn failed(&self, changes: &mut Changes<'a>, article: &'a Finished, failure: &(usize, Failure)) {
        self.remove_all(changes, article);
        self.dead_letter(changes, article, failure);
    }

    /// The rows of the stages that ran, in place of those there were. What did not come to its end is
    /// taken out as well, because the rows that stand there are of another pipeline; the layers that
    /// still hold stay.
    fn partly(&self, changes: &mut Changes<'a>, article: &'a Finished) {
        let job = &article.job;
        let id = job.article.id.as_str();
        let stages = self.pipeline.stages();
        let mut gone: BTreeSet<&'a str> = stages
            .iter()
            .zip(&job.run)
            .filter(|(_, runs)| **runs)
            .map(|(stage, _)| stage.layer().as_str())
            .collect();
        gone.extend(job.drop.iter().map(String::as_str));
        for layer in &gone {
            let layer: Layer = match layer.parse() {
                Ok(layer) => layer,
                Err(never) => match never {},
            };
            if layer == Layer::Duplicates {
                changes.remove(TableId::Duplicates, id);
                changes.remove(TableId::DuplicateClusters, id);
            }
            if let Some(table) = TableId::of_layer(&layer) {
                changes.remove(table, id);
            }
        }
        let runs = |at: usize| job.run.get(at).copied().unwrap_or(false);
        let mut written: Vec<&Layer> = Vec::new();
        for (at, covered) in article.covered.iter().filter(|(at, _)| runs(*at)) {
            changes.coverage.extend(self.coverage_row(article, *at, covered));
            written.extend(stages.get(*at).map(|stage| stage.layer()));
        }
        if written.contains(&&Layer::Paragraphs) {
            // The title and the count of words come from the paragraphs.
            changes.remove(TableId::Articles, id);
            changes.articles.push(self.article_row(article));
        }
        changes.layers.push((&job.article, Cow::Owned(subset(&job.layers, &written))));
        if let Some(failure) = &article.failure {
            gone.extend(stages.get(failure.0).map(|stage| stage.layer().as_str()));
            self.dead_letter(changes, article, failure);
        }
        let gone = gone.into_iter().map(str::to_owned).collect();
        changes.replaced.recover.insert(id.to_owned(), gone);
    }

    fn remove_all(&self, changes: &mut Changes<'a>, article: &Finished) {
        if !article.job.known {
            return;
        }
        let tables = self.manifest.parts.keys();
        for table in tables.filter(|t| !matches!(t, TableId::Runs | TableId::DeadLetters)) {
            changes.remove(table.clone(), &article.job.article.id);
        }
    }

    fn article_row(&self, article: &'a Finished) -> ArticleRow<'a> {
        let job = &article.job;
        ArticleRow {
            article: &job.article,
            layers: &job.layers,
            content_hash: &job.content_hash,
            run_id: self.run_id,
        }
    }

    fn dead_letter(
        &self,
        changes: &mut Changes<'a>,
        article: &Finished,
        (at, failure): &(usize, Failure),
    ) {
        let covered = Covered {
            status: failure.status,
            reason: Some(failure.error.clone()),
            chars_read: 0,
            rows: 0,
        };
        changes.coverage.extend(self.coverage_row(article, *at, &covered));
        let job = &article.job;
        changes.replaced.dead.push(DeadLetterRow {
            run_id: self.run_id.to_owned(),
            source: job.article.source.clone(),
            article_id: Some(job.article.id.clone()),
            stage: self.pipeline.stages().get(*at).map(|stage| stage.layer().to_string()),
            error: failure.error.clone(),
            content_hash: Some(job.content_hash.clone()),
        });
    }

    fn coverage_row(
        &self,
        article: &Finished,
        at: usize,
        covered: &Covered,
    ) -> Option<CoverageRow> {
        let stage = self.pipeline.stages().get(at)?;
        Some(CoverageRow {
            article_id: article.job.article.id.clone(),
            stage: stage.layer().to_string(),
            stage_hash: stage.hash().to_owned(),
            model: stage.info().model.as_ref().map(|model| model.name.clone()),
            run_id: self.run_id.to_owned(),
            status: covered.status,
            reason: covered.reason.clone(),
            chars_read: covered.chars_read,
            n_rows: covered.rows,
        })
    }
}

/// Some of the layers.
fn subset(layers: &LayerSet, names: &[&Layer]) -> LayerSet {
    let has = |layer: Layer| names.contains(&&layer);
    LayerSet {
        paragraphs: layers.paragraphs.clone().filter(|_| has(Layer::Paragraphs)),
        sentences: layers.sentences.clone().filter(|_| has(Layer::Sentences)),
        entities: layers.entities.clone().filter(|_| has(Layer::Entities)),
        stances: layers.stances.clone().filter(|_| has(Layer::Stances)),
        signature: layers.signature.clone().filter(|_| has(Layer::Duplicates)),
        custom: layers
            .custom
            .iter()
            .filter(|layer| has(Layer::Custom(layer.name.clone())))
            .cloned()
            .collect(),
        embeddings: None,
        chars_read: None,
    }
}
