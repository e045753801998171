//! Candidates by shared bands, then the verdict on each.
//!
//! Neither the texts nor the bands of a corpus need fit into memory, and both are gone through a
//! number of times that does not grow with it. The bands are written to a temporary file, parted by
//! their value, and each part is sorted in memory (a hash join as of Shapiro, "Join processing in
//! database systems with large main memories", 1986). The pairs that share a band are parted and
//! sorted likewise, so that it is known how much each pair shares before a text is read. Last, the
//! texts of those that share enough are written to a file in which each is found at once.
//!
//! Where paraphrases are looked for, candidates are compared as whole articles with their vectors,
//! some hundred articles at a time.

mod candidates;
mod index;
mod spill;
mod texts;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use postil_contract::{
    CorpusArticle, CorpusParagraph, CorpusStore, DuplicatePair, JoinCounts, StageError,
};
use rayon::prelude::*;

use crate::config::LexicalSemanticConfig;
use crate::verify::{Item, Judge};
use crate::{shingles, signature, words};
use candidates::Candidates;
use index::{Bits, Index};
use texts::{Loaded, Texts};

/// A band value that more different texts than this share says little (a phrase everybody uses, a
/// crowded corner of the vector space): not all of them are compared with each other.
const MAX_TEXTS_A_BAND: usize = 200;
/// The texts of such a band with which all of them are compared.
const PIVOTS: usize = 8;
/// Paragraphs of an article up to which all its pairs are looked at; beyond, those that share a band.
const MAX_ALL_PAIRS: usize = 400;
/// Copies of one text up to which all pairs are written; beyond, each copy is paired with the first.
const MAX_COPIES: usize = 64;
/// Pairs that are judged at a time on their words: as many may be found, each with two texts.
const PAIRS_A_TIME: usize = 1_024;
/// Pairs that are gathered before they are judged on whole articles, 8 bytes each.
const MAX_WAITING: usize = 250_000;
/// Articles that are in memory whole, with their vectors.
const MAX_ARTICLES: usize = 500;

/// Gives `found` the verified pairs with a new member, each once.
pub(crate) fn join(
    store: &dyn CorpusStore,
    config: &LexicalSemanticConfig,
    found: &(dyn Fn(DuplicatePair) + Sync),
) -> Result<JoinCounts, StageError> {
    let mut index = Index::new(store)?;
    if index.len() == 0 || (0..store.articles()).all(|number| !store.is_new(number)) {
        return Ok(JoinCounts::default());
    }
    let bands = candidates::gather(store, &mut index)?;
    warn_of_limits(store, &index);
    let candidates = Candidates::new(store, config, &index, &bands)?;
    drop(bands);
    let join = Join { store, config, index: &index, found, compared: AtomicU64::new(0) };
    match config.paraphrase {
        false => join.by_words(&candidates)?,
        true => join.by_articles(&candidates)?,
    }
    Ok(JoinCounts { candidates: join.compared.into_inner() })
}

fn warn_of_limits(store: &dyn CorpusStore, index: &Index<'_>) {
    let crowded = index.repeated().filter(|first| index.copies(*first).len() > MAX_COPIES).count();
    if crowded > 0 {
        tracing::warn!(
            texts = crowded,
            limit = MAX_COPIES,
            "texts with very many copies: each copy is paired with the first one only"
        );
    }
    let is_long = |number: &usize| store.is_new(*number) && !index.compares_all(*number);
    let long = (0..store.articles()).filter(is_long).count();
    if long > 0 {
        tracing::warn!(
            articles = long,
            limit = MAX_ALL_PAIRS,
            "articles with very many paragraphs: only pairs that share a band are compared"
        );
    }
}

/// Judges candidates, and passes on those that repeat each other.
struct Join<'a> {
    store: &'a dyn CorpusStore,
    config: &'a LexicalSemanticConfig,
    index: &'a Index<'a>,
    found: &'a (dyn Fn(DuplicatePair) + Sync),
    compared: AtomicU64,
}

impl Join<'_> {
    /// The pair of two items, in the order of their keys.
    fn judge(&self, judge: &Judge<'_>, x: &Item<'_>, y: &Item<'_>) {
        self.compared.fetch_add(1, Ordering::Relaxed);
        let (a, b) =
            if (x.id, x.paragraph_idx) <= (y.id, y.paragraph_idx) { (x, y) } else { (y, x) };
        if let Some(pair) = judge.pair(a, b) {
            (self.found)(pair);
        }
    }

    /// All verdicts where only words count: one passage over the texts for all articles, in which the
    /// paragraphs of each are compared, and those of candidates are put where they are found at once.
    fn by_words(&self, candidates: &Candidates<'_>) -> Result<(), StageError> {
        let involved = Bits::new(self.index.len() as usize);
        candidates.each(|a, b| {
            involved.set(a);
            involved.set(b);
            Ok(())
        })?;
        let texts = Texts::new(self.store.scratch())?;
        self.store.texts(&|article, paragraphs| {
            for (item, paragraph) in self.index.items(article).zip(paragraphs) {
                if involved.has(item) {
                    texts.push(item, paragraph);
                }
            }
            if self.index.compares_all(article) {
                self.inside(article, paragraphs);
            }
        })?;
        texts.finish()?;
        let mut waiting = Vec::with_capacity(PAIRS_A_TIME);
        candidates.each(|a, b| {
            waiting.push((a, b));
            match waiting.len() < PAIRS_A_TIME {
                true => Ok(()),
                false => self.on_words(&std::mem::take(&mut waiting), &texts),
            }
        })?;
        self.on_words(&waiting, &texts)
    }

    /// Judges the pairs inside an article on their words.
    fn inside(&self, article: usize, paragraphs: &[CorpusParagraph]) {
        let items: Vec<(u32, Loaded)> = self
            .index
            .items(article)
            .zip(paragraphs)
            .filter(|(item, _)| self.index.signed.has(*item))
            .map(|(item, of)| (item, Loaded::new(of.text.clone(), of.fingerprint)))
            .collect();
        let items: Vec<Item<'_>> =
            items.iter().map(|(item, loaded)| loaded.item(self.index.key(*item))).collect();
        let judge = Judge::new(self.config, &[]);
        for (place, a) in items.iter().enumerate() {
            for b in items.iter().skip(place + 1) {
                self.judge(&judge, a, b);
            }
        }
    }

    /// Judges pairs on their words.
    fn on_words(&self, pairs: &[(u32, u32)], texts: &Texts) -> Result<(), StageError> {
        const PAIRS_A_THREAD: usize = 64;
        let judge = Judge::new(self.config, &[]);
        pairs.par_chunks(PAIRS_A_THREAD).try_for_each(|pairs| {
            let mut last: Option<(u32, Loaded)> = None;
            for (a, b) in pairs {
                if last.as_ref().is_none_or(|(item, _)| item != a) {
                    last = texts.read(*a)?.map(|loaded| (*a, loaded));
                }
                if let (Some((_, of_a)), Some(of_b)) = (&last, texts.read(*b)?) {
                    let key = |item: u32| self.index.key(item);
                    self.judge(&judge, &of_a.item(key(*a)), &of_b.item(key(*b)));
                }
            }
            Ok(())
        })
    }

    /// All verdicts where vectors count too: on whole articles.
    fn by_articles(&self, candidates: &Candidates<'_>) -> Result<(), StageError> {
        let full: Vec<usize> =
            (0..self.store.articles()).filter(|n| self.index.compares_all(*n)).collect();
        for numbers in full.chunks(MAX_ARTICLES) {
            let articles = self.store.fetch(numbers)?;
            let refs: Vec<&CorpusArticle> = articles.iter().collect();
            let (items, judge) = (items(&refs), Judge::new(self.config, &refs));
            let of_articles: Vec<&[Item<'_>]> =
                items.chunk_by(|a, b| a.article == b.article).collect();
            of_articles.par_iter().for_each(|own| {
                for (place, a) in own.iter().enumerate() {
                    own.iter().skip(place + 1).for_each(|b| self.judge(&judge, a, b));
                }
            });
        }
        let mut waiting = Vec::new();
        candidates.each(|a, b| {
            waiting.push((a, b));
            match waiting.len() < MAX_WAITING {
                true => Ok(()),
                false => self.on_articles(std::mem::take(&mut waiting)),
            }
        })?;
        self.on_articles(waiting)
    }

    /// Judges pairs on their articles: as many pairs at a time as have articles that fit.
    fn on_articles(&self, mut pairs: Vec<(u32, u32)>) -> Result<(), StageError> {
        pairs.par_sort_unstable();
        let mut rest = pairs.as_slice();
        while !rest.is_empty() {
            let mut numbers = BTreeSet::new();
            let fits = rest.iter().take_while(|(a, b)| {
                numbers.extend([self.index.article(*a), self.index.article(*b)]);
                numbers.len() <= MAX_ARTICLES
            });
            let (now, later) = rest.split_at(fits.count().max(1));
            self.on_some_articles(now)?;
            rest = later;
        }
        Ok(())
    }

    fn on_some_articles(&self, pairs: &[(u32, u32)]) -> Result<(), StageError> {
        let article = |item: &u32| self.index.article(*item);
        let numbers: BTreeSet<usize> =
            pairs.iter().flat_map(|(a, b)| [article(a), article(b)]).collect();
        let mut articles = self.store.fetch(&numbers.into_iter().collect::<Vec<_>>())?;
        articles.sort_by(|a, b| a.id.cmp(&b.id));
        let refs: Vec<&CorpusArticle> = articles.iter().collect();
        let (items, judge) = (items(&refs), Judge::new(self.config, &refs));
        let find = |item: u32| {
            let key = self.index.key(item);
            let at = items.binary_search_by(|item| (item.id, item.paragraph_idx).cmp(&key));
            at.ok().and_then(|at| items.get(at))
        };
        pairs.par_iter().for_each(|(a, b)| {
            if let (Some(a), Some(b)) = (find(*a), find(*b)) {
                self.judge(&judge, a, b);
            }
        });
        Ok(())
    }
}

/// The paragraphs that take part, in the order of their keys where the articles are.
pub(crate) fn items<'a>(articles: &[&'a CorpusArticle]) -> Vec<Item<'a>> {
    articles
        .par_iter()
        .enumerate()
        .filter(|(_, article)| article.signature.version == signature::VERSION)
        .flat_map_iter(|(number, article)| {
            let mut rows: Vec<_> = article.signature.paragraphs.iter().collect();
            rows.sort_by_key(|row| row.paragraph_idx);
            rows.into_iter().filter_map(move |signature| {
                let paragraph = article.paragraphs.get(signature.paragraph_idx as usize)?;
                Some(Item {
                    article: number,
                    id: &article.id,
                    paragraph_idx: signature.paragraph_idx,
                    model: article.signature.model.as_deref(),
                    signature,
                    paragraph,
                    words: words::count(&paragraph.text),
                    shingles: shingles::set(&paragraph.text).into(),
                })
            })
        })
        .collect()
}
