//! What is kept of every paragraph of a corpus.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use postil_contract::{BandRow, CorpusEntry, CorpusStore, StageError};
use rayon::prelude::*;

use super::candidates::lock;
use crate::signature;

/// The paragraphs that take part, numbered in the order of their keys: the *items*.
pub(super) struct Index {
    /// The articles, sorted by id.
    entries: Vec<CorpusEntry>,
    /// The store's number of each.
    numbers: Vec<u32>,
    /// The place of each in `entries`, by the store's number.
    places: Vec<u32>,
    items: Vec<Row>,
    /// Items by the hash of their words, then by number: copies of a text stand together.
    by_words: Vec<u32>,
    /// Of each item, where its text begins in `by_words`.
    text_at: Vec<u32>,
    /// Bands of all items, and of those of new articles.
    pub(super) bands: usize,
    pub(super) new_bands: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    /// Place in the entries.
    article: u32,
    paragraph_idx: u32,
    /// The band that only equal texts share; it is the first.
    words: i64,
}

impl Index {
    pub(super) fn new(store: &dyn CorpusStore) -> Result<Self, StageError> {
        let unsorted = store.entries();
        let count = u32::try_from(unsorted.len()).map_err(|_| {
            StageError::failed("expected fewer than four thousand million articles")
        })?;
        let mut numbers: Vec<u32> = (0..count).collect();
        let id = |number: &u32| unsorted.get(*number as usize).map(|entry| entry.id.as_str());
        numbers.sort_by(|a, b| id(a).cmp(&id(b)));
        let mut places = vec![0; unsorted.len()];
        for (place, number) in (0_u32..).zip(&numbers) {
            if let Some(slot) = places.get_mut(*number as usize) {
                *slot = place;
            }
        }
        let entries: Vec<CorpusEntry> =
            numbers.iter().filter_map(|number| unsorted.get(*number as usize).cloned()).collect();
        drop(unsorted);

        let rows = Mutex::new(Vec::new());
        let (bands, new_bands, old) =
            (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        store.scan(&|row: BandRow<'_>| {
            if row.version != signature::VERSION {
                old.fetch_add(1, Ordering::Relaxed);
                return;
            }
            let (Some(words), Some(article)) = (row.bands.first(), places.get(row.article)) else {
                return;
            };
            bands.fetch_add(row.bands.len(), Ordering::Relaxed);
            if entries.get(*article as usize).is_some_and(|entry| entry.new) {
                new_bands.fetch_add(row.bands.len(), Ordering::Relaxed);
            }
            let row = Row { article: *article, paragraph_idx: row.paragraph_idx, words: *words };
            lock(&rows).push(row);
        })?;
        let old = old.into_inner();
        if old > 0 {
            tracing::warn!(
                paragraphs = old,
                "signatures of another version are left out of the join; annotate these articles again"
            );
        }
        let mut items = rows.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        items.par_sort_unstable();
        items.shrink_to_fit();
        let mut by_words: Vec<u32> = (0..u32::try_from(items.len()).unwrap_or(u32::MAX)).collect();
        let words = |item: u32| items.get(item as usize).map(|row| row.words);
        by_words.par_sort_unstable_by_key(|item| (words(*item), *item));
        let mut text_at = vec![0; items.len()];
        let mut start = 0;
        for copies in by_words.chunk_by(|a, b| words(*a) == words(*b)) {
            for item in copies {
                if let Some(slot) = text_at.get_mut(*item as usize) {
                    *slot = start;
                }
            }
            start += u32::try_from(copies.len()).unwrap_or(0);
        }
        Ok(Self {
            entries,
            numbers,
            places,
            items,
            by_words,
            text_at,
            bands: bands.into_inner(),
            new_bands: new_bands.into_inner(),
        })
    }

    /// The item of a row of signatures; `None` for one that takes no part.
    pub(super) fn item(&self, row: &BandRow<'_>) -> Option<u32> {
        let article = *self.places.get(row.article)?;
        let key = (article, row.paragraph_idx);
        let at = self.items.binary_search_by_key(&key, |row| (row.article, row.paragraph_idx));
        u32::try_from(at.ok()?).ok()
    }

    /// The place of an item's article among all, by id.
    pub(super) fn article(&self, item: u32) -> usize {
        self.items.get(item as usize).map_or(0, |row| row.article as usize)
    }

    /// The store's number of an article.
    pub(super) fn number(&self, article: usize) -> usize {
        self.numbers.get(article).map_or(0, |number| *number as usize)
    }

    /// The id of an item's article, and its paragraph.
    pub(super) fn key(&self, item: u32) -> (&str, u32) {
        let row = self.items.get(item as usize);
        let entry = row.and_then(|row| self.entries.get(row.article as usize));
        (entry.map_or("", |entry| entry.id.as_str()), row.map_or(0, |row| row.paragraph_idx))
    }

    pub(super) fn is_new(&self, item: u32) -> bool {
        self.entries.get(self.article(item)).is_some_and(|entry| entry.new)
    }

    /// The items with an item's words, itself among them, in order.
    pub(super) fn copies(&self, item: u32) -> &[u32] {
        let start = self.text_at.get(item as usize).map_or(0, |at| *at as usize);
        let from = self.by_words.get(start..).unwrap_or_default();
        let same =
            |other: &&u32| self.text_at.get(**other as usize) == self.text_at.get(item as usize);
        from.get(..from.iter().take_while(same).count()).unwrap_or_default()
    }

    /// Whether an item is the first of those with its words, which stands for them all.
    pub(super) fn is_first(&self, item: u32) -> bool {
        let start = self.text_at.get(item as usize).map_or(0, |at| *at as usize);
        self.by_words.get(start) == Some(&item)
    }

    /// Every text that stands more than once: its items, in order.
    pub(super) fn repeated(&self) -> impl Iterator<Item = &[u32]> {
        self.by_words
            .chunk_by(|a, b| self.text_at.get(*a as usize) == self.text_at.get(*b as usize))
            .filter(|copies| copies.len() > 1)
    }

    /// The items of each article, as ranges.
    pub(super) fn by_article(&self) -> impl Iterator<Item = std::ops::Range<u32>> {
        let mut start = 0;
        self.items.chunk_by(|a, b| a.article == b.article).map(move |own| {
            let range = start..start + u32::try_from(own.len()).unwrap_or(0);
            start = range.end;
            range
        })
    }
}
