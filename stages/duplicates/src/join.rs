//! Candidates by shared bands, then the verdict on each.

use postil_contract::{Corpus, CorpusArticle, DuplicatePair};
use rayon::prelude::*;

use crate::config::LexicalSemanticConfig;
use crate::verify::{Item, Judge};
use crate::{shingles, signature, words};

/// A band value that more different texts than this share says nothing (a phrase everybody uses, a
/// crowded corner of the vector space): it brings no candidates.
const MAX_TEXTS_A_BAND: usize = 200;
/// Paragraphs of an article up to which all its pairs are looked at; beyond, those that share a band.
const MAX_ALL_PAIRS: usize = 400;
/// Copies of one text up to which all pairs are written; beyond, each copy is paired with the first.
const MAX_COPIES: usize = 64;

/// The verified pairs with a new member, sorted by key, each once.
pub(crate) fn join(corpus: &Corpus, config: &LexicalSemanticConfig) -> Vec<DuplicatePair> {
    let mut articles: Vec<&CorpusArticle> = corpus.articles.iter().collect();
    articles.sort_by(|a, b| a.id.cmp(&b.id));
    let items = items(&articles);
    let groups = groups(&items);
    let judge = Judge::new(config, &articles);

    let mut candidates = copies(&items, &groups);
    candidates.extend(within_articles(&items));
    candidates.extend(by_bands(&items, &groups));
    candidates.par_sort_unstable();
    candidates.dedup();

    let mut pairs: Vec<DuplicatePair> = candidates
        .par_iter()
        .filter_map(|(a, b)| {
            let (a, b) = (items.get(*a)?, items.get(*b)?);
            judge.pair(a, b)
        })
        .collect();
    pairs.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    pairs
}

/// The paragraphs that take part, in the order of their keys.
pub(crate) fn items<'a>(articles: &[&'a CorpusArticle]) -> Vec<Item<'a>> {
    let old = articles
        .iter()
        .filter(|article| {
            !article.signature.paragraphs.is_empty()
                && article.signature.version != signature::VERSION
        })
        .count();
    if old > 0 {
        tracing::warn!(
            articles = old,
            "signatures of another version are left out of the join; annotate these articles again"
        );
    }
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
                    new: article.new,
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

/// Items with the same words: each group sorted, the groups sorted by their first.
fn groups(items: &[Item<'_>]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|idx| (items.get(*idx).map(|item| item.paragraph.fingerprint), *idx));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    // Groups of the fingerprint at hand: several only where different words have one hash.
    let mut open: Vec<Vec<usize>> = Vec::new();
    for idx in order {
        let Some(item) = items.get(idx) else { continue };
        let first = |group: &Vec<usize>| group.first().and_then(|first| items.get(*first));
        let continues = open
            .iter()
            .filter_map(first)
            .any(|other| other.paragraph.fingerprint == item.paragraph.fingerprint);
        if !continues {
            groups.append(&mut open);
        }
        match open.iter_mut().find(|group| first(group).is_some_and(|other| other.same_words(item)))
        {
            Some(group) => group.push(idx),
            None => open.push(vec![idx]),
        }
    }
    groups.append(&mut open);
    groups.sort_unstable();
    groups
}

fn is_new(items: &[Item<'_>], (a, b): (usize, usize)) -> bool {
    [a, b].iter().any(|idx| items.get(*idx).is_some_and(|item| item.new))
}

/// The pairs of equal texts.
fn copies(items: &[Item<'_>], groups: &[Vec<usize>]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for group in groups {
        // Many copies: each with the first only, which keeps the number of pairs linear.
        let firsts = if group.len() > MAX_COPIES { 1 } else { group.len() };
        for (place, a) in group.iter().enumerate().take(firsts) {
            pairs.extend(group.iter().skip(place + 1).map(|b| (*a, *b)));
        }
    }
    let crowded = groups.iter().filter(|group| group.len() > MAX_COPIES).count();
    if crowded > 0 {
        tracing::warn!(
            texts = crowded,
            limit = MAX_COPIES,
            "texts with very many copies: each copy is paired with the first one only"
        );
    }
    pairs.retain(|pair| is_new(items, *pair));
    pairs
}

/// All pairs inside each new article that is not too long.
fn within_articles(items: &[Item<'_>]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut long = 0_usize;
    let mut start = 0;
    for own in items.chunk_by(|a, b| a.article == b.article) {
        let range = start..start + own.len();
        start = range.end;
        if !own.first().is_some_and(|item| item.new) {
            continue;
        }
        if own.len() > MAX_ALL_PAIRS {
            long += 1;
            continue;
        }
        for a in range.clone() {
            pairs.extend((a + 1..range.end).map(|b| (a, b)));
        }
    }
    if long > 0 {
        tracing::warn!(
            articles = long,
            limit = MAX_ALL_PAIRS,
            "articles with very many paragraphs: only pairs that share a band are compared"
        );
    }
    pairs
}

/// The pairs of different texts that share a band value.
fn by_bands(items: &[Item<'_>], groups: &[Vec<usize>]) -> Vec<(usize, usize)> {
    let mut entries: Vec<(i64, u32)> = groups
        .par_iter()
        .zip(0_u32..u32::try_from(groups.len()).unwrap_or(u32::MAX))
        .flat_map_iter(|(group, number)| {
            let first = group.first().and_then(|first| items.get(*first));
            let bands = first.map_or(&[][..], |item| item.signature.bands.as_slice());
            bands.iter().map(move |band| (*band, number))
        })
        .collect();
    entries.par_sort_unstable();
    entries.dedup();

    let buckets: Vec<&[(i64, u32)]> =
        entries.chunk_by(|a, b| a.0 == b.0).filter(|bucket| bucket.len() > 1).collect();
    let crowded = buckets.iter().filter(|bucket| bucket.len() > MAX_TEXTS_A_BAND).count();
    if crowded > 0 {
        tracing::warn!(
            bands = crowded,
            of = buckets.len(),
            limit = MAX_TEXTS_A_BAND,
            "bands shared by very many texts bring no candidates"
        );
    }
    // A group's buckets, one after another, so that its neighbours are gathered and made unique
    // without a list of all pairs of the corpus.
    let mut buckets_of: Vec<Vec<u32>> = vec![Vec::new(); groups.len()];
    for (number, bucket) in (0_u32..).zip(&buckets) {
        if bucket.len() > MAX_TEXTS_A_BAND {
            continue;
        }
        for (_, group) in *bucket {
            if let Some(list) = buckets_of.get_mut(*group as usize) {
                list.push(number);
            }
        }
    }
    buckets_of
        .par_iter()
        .enumerate()
        .flat_map_iter(|(group, list)| {
            let mut others: Vec<u32> = list
                .iter()
                .filter_map(|number| buckets.get(*number as usize))
                .flat_map(|bucket| bucket.iter().map(|(_, other)| *other))
                .filter(|other| *other as usize > group)
                .collect();
            others.sort_unstable();
            others.dedup();
            others.into_iter().map(move |other| (group, other as usize))
        })
        .flat_map_iter(|(x, y)| {
            let (x, y) = (groups.get(x), groups.get(y));
            expand(x.map_or(&[], Vec::as_slice), y.map_or(&[], Vec::as_slice))
        })
        .filter(|pair| is_new(items, *pair))
        .collect()
}

/// The pairs between the copies of one text and the copies of another: all of them, or, where they
/// are very many, those with the first copy of either.
fn expand(x: &[usize], y: &[usize]) -> Vec<(usize, usize)> {
    let ordered = |a: usize, b: usize| (a.min(b), a.max(b));
    if x.len().saturating_mul(y.len()) <= MAX_COPIES {
        return x.iter().flat_map(|a| y.iter().map(move |b| ordered(*a, *b))).collect();
    }
    let mut pairs = Vec::new();
    if let (Some(first_x), Some(first_y)) = (x.first(), y.first()) {
        pairs.extend(x.iter().map(|a| ordered(*a, *first_y)));
        pairs.extend(y.iter().skip(1).map(|b| ordered(*first_x, *b)));
    }
    pairs
}
