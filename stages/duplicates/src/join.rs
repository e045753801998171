//! Candidates by shared bands, then the verdict on each.
//!
//! Neither the texts nor the bands of a corpus need fit into memory. What is kept of each paragraph is
//! its key, the hash of its words, and where its copies stand: 24 bytes. The bands are gone through in
//! as many passes over the signatures as their number asks for; the texts of candidates are fetched a
//! block of articles at a time.

mod candidates;
mod index;

use std::collections::BTreeSet;

use postil_contract::{CorpusArticle, CorpusStore, Detail, DuplicatePair, StageError};
use rayon::prelude::*;

use crate::config::LexicalSemanticConfig;
use crate::verify::{Item, Judge};
use crate::{shingles, signature, words};
use candidates::Candidates;
use index::Index;

/// A band value that more different texts than this share says nothing (a phrase everybody uses, a
/// crowded corner of the vector space): it brings no candidates.
const MAX_TEXTS_A_BAND: usize = 200;
/// Paragraphs of an article up to which all its pairs are looked at; beyond, those that share a band.
const MAX_ALL_PAIRS: usize = 400;
/// Copies of one text up to which all pairs are written; beyond, each copy is paired with the first.
const MAX_COPIES: usize = 64;
/// Articles whose texts are in memory together: a pair of blocks of half as many, or any so many.
const MAX_ARTICLES: usize = 1_000;

/// The verified pairs with a new member, sorted by key, each once.
pub(crate) fn join(
    store: &dyn CorpusStore,
    config: &LexicalSemanticConfig,
) -> Result<Vec<DuplicatePair>, StageError> {
    let index = Index::new(store)?;
    let mut pairs = Pairs { store, config, index: &index, found: Vec::new() };
    let mut candidates = Candidates::new(&index);
    candidates.copies(&mut pairs)?;
    candidates.within_articles(&mut pairs)?;
    candidates.by_bands(store, &mut pairs)?;
    candidates.flush(&mut pairs)?;
    let mut found = pairs.found;
    found.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    // A pair that was a candidate in two passes was judged twice, alike.
    found.dedup_by(|x, y| (&x.a, &x.b) == (&y.a, &y.b));
    Ok(found)
}

/// Judges candidates, and keeps those that repeat each other.
struct Pairs<'a> {
    store: &'a dyn CorpusStore,
    config: &'a LexicalSemanticConfig,
    index: &'a Index,
    found: Vec<DuplicatePair>,
}

impl Pairs<'_> {
    /// Judges pairs of items, the smaller first.
    fn judge(&mut self, mut pairs: Vec<(u32, u32)>) -> Result<(), StageError> {
        let article = |item: u32| self.index.article(item);
        let articles: BTreeSet<usize> =
            pairs.iter().flat_map(|(a, b)| [article(*a), article(*b)]).collect();
        if articles.len() <= MAX_ARTICLES {
            let found = self.judge_block(&pairs)?;
            self.found.extend(found);
            return Ok(());
        }
        let block = |(a, b): &(u32, u32)| {
            (article(*a) / (MAX_ARTICLES / 2), article(*b) / (MAX_ARTICLES / 2))
        };
        pairs.sort_unstable_by_key(|pair| (block(pair), *pair));
        let mut found = Vec::new();
        for of_blocks in pairs.chunk_by(|x, y| block(x) == block(y)) {
            found.extend(self.judge_block(of_blocks)?);
        }
        self.found.extend(found);
        Ok(())
    }

    /// Judges pairs whose articles may be in memory together.
    fn judge_block(&self, pairs: &[(u32, u32)]) -> Result<Vec<DuplicatePair>, StageError> {
        let numbers: BTreeSet<usize> = pairs
            .iter()
            .flat_map(|(a, b)| [*a, *b])
            .map(|item| self.index.number(self.index.article(item)))
            .collect();
        let numbers: Vec<usize> = numbers.into_iter().collect();
        // A verdict on shared words reads the two paragraphs; one on a paraphrase their sentences and
        // vectors, too.
        let detail = if self.config.paraphrase { Detail::All } else { Detail::Texts };
        let mut articles = self.store.fetch(&numbers, detail)?;
        articles.sort_by(|a, b| a.id.cmp(&b.id));
        let refs: Vec<&CorpusArticle> = articles.iter().collect();
        let items = items(&refs);
        let judge = Judge::new(self.config, &refs);
        let find = |item: u32| {
            let (id, paragraph_idx) = self.index.key(item);
            let at = items.binary_search_by(|item| {
                (item.id, item.signature.paragraph_idx).cmp(&(id, paragraph_idx))
            });
            at.ok().and_then(|at| items.get(at))
        };
        Ok(pairs.par_iter().filter_map(|(a, b)| judge.pair(find(*a)?, find(*b)?)).collect())
    }
}

/// The paragraphs that take part, in the order of their keys.
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
                    model: article.signature.model.as_deref(),
                    signature,
                    paragraph,
                    words: words::count(&paragraph.text),
                    shingles: shingles::set(&paragraph.text),
                })
            })
        })
        .collect()
}
