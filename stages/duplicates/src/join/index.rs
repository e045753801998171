//! What is kept of a corpus in memory: four bytes an article, some bits a paragraph, 16 bytes for each
//! paragraph that repeats the words of an earlier one.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use postil_contract::{CorpusStore, StageError};
use rayon::prelude::*;

use super::MAX_ALL_PAIRS;
use super::spill::{Record, Spill};

/// The paragraphs that take part, numbered in the order of their articles: the *items*.
pub(super) struct Index<'a> {
    store: &'a dyn CorpusStore,
    /// The first item of each article, and the number of all.
    starts: Vec<u32>,
    /// Items that have a signature of this version.
    pub(super) signed: Bits,
    /// Items whose words stand earlier, each with the first item of those words.
    firsts: Vec<(u32, u32)>,
    /// The same pairs, the first item first.
    copies: Vec<(u32, u32)>,
}

impl<'a> Index<'a> {
    pub(super) fn new(store: &'a dyn CorpusStore) -> Result<Self, StageError> {
        let mut starts = Vec::with_capacity(store.articles() + 1);
        let mut start = 0_u32;
        for number in 0..store.articles() {
            starts.push(start);
            start = start.checked_add(store.paragraphs(number)).ok_or_else(|| {
                StageError::failed("expected fewer than four thousand million paragraphs")
            })?;
        }
        starts.push(start);
        let signed = Bits::new(start as usize);
        Ok(Self { store, starts, signed, firsts: Vec::new(), copies: Vec::new() })
    }

    /// How many items there may be.
    pub(super) fn len(&self) -> u32 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Learns which items have the same words, from records of (hash, hash, item).
    pub(super) fn find_copies(&mut self, words: &Spill) -> Result<(), StageError> {
        for partition in 0..words.partitions() {
            let mut records = words.read(partition, |_| true)?;
            records.par_sort_unstable();
            for same in records.chunk_by(|a, b| a[..2] == b[..2]) {
                let [first, copies @ ..] = same else { continue };
                self.firsts.extend(copies.iter().map(|copy: &Record| (copy[2], first[2])));
            }
        }
        self.firsts.sort_unstable();
        self.copies = self.firsts.iter().map(|(copy, first)| (*first, *copy)).collect();
        self.copies.sort_unstable();
        Ok(())
    }

    /// The first item with the words of this one: it stands for them all.
    pub(super) fn first(&self, item: u32) -> u32 {
        let at = self.firsts.binary_search_by_key(&item, |(copy, _)| *copy);
        at.ok().and_then(|at| self.firsts.get(at)).map_or(item, |(_, first)| *first)
    }

    /// The items with the words of a first item, itself among them, in order.
    pub(super) fn copies(&self, first: u32) -> impl ExactSizeIterator<Item = u32> + Clone + '_ {
        let start = self.copies.partition_point(|(of, _)| *of < first);
        let end = self.copies.partition_point(|(of, _)| *of <= first);
        let copies = self.copies.get(start..end).unwrap_or_default();
        (0..copies.len() + 1).map(move |at| match at.checked_sub(1) {
            None => first,
            Some(at) => copies.get(at).map_or(first, |(_, copy)| *copy),
        })
    }

    /// The first item of every text that stands more than once.
    pub(super) fn repeated(&self) -> impl Iterator<Item = u32> + '_ {
        self.copies.chunk_by(|a, b| a.0 == b.0).filter_map(|same| Some(same.first()?.0))
    }

    /// The item of a paragraph; `None` for one that is none.
    pub(super) fn item(&self, article: usize, paragraph_idx: u32) -> Option<u32> {
        let items = self.items(article);
        let item = items.start.checked_add(paragraph_idx)?;
        items.contains(&item).then_some(item)
    }

    /// The items of an article, those without a signature among them.
    pub(super) fn items(&self, article: usize) -> Range<u32> {
        let at = |number: usize| self.starts.get(number).copied().unwrap_or(0);
        at(article)..at(article + 1)
    }

    /// The number of an item's article.
    pub(super) fn article(&self, item: u32) -> usize {
        self.starts.partition_point(|start| *start <= item).saturating_sub(1)
    }

    /// The id of an item's article, and its paragraph.
    pub(super) fn key(&self, item: u32) -> (&str, u32) {
        let article = self.article(item);
        (self.store.id(article), item - self.items(article).start)
    }

    pub(super) fn is_new(&self, item: u32) -> bool {
        self.store.is_new(self.article(item))
    }

    /// Whether all pairs inside an article are compared, whatever they share.
    pub(super) fn compares_all(&self, article: usize) -> bool {
        self.store.is_new(article) && self.signed.count(self.items(article)) <= MAX_ALL_PAIRS
    }
}

/// A set of small numbers that several threads may add to.
pub(super) struct Bits(Vec<AtomicU64>);

impl Bits {
    pub(super) fn new(len: usize) -> Self {
        Self((0..len.div_ceil(64)).map(|_| AtomicU64::new(0)).collect())
    }

    pub(super) fn set(&self, number: u32) {
        if let Some(word) = self.0.get(number as usize / 64) {
            word.fetch_or(1 << (number % 64), Ordering::Relaxed);
        }
    }

    pub(super) fn has(&self, number: u32) -> bool {
        let word = self.0.get(number as usize / 64);
        word.is_some_and(|word| word.load(Ordering::Relaxed) & (1 << (number % 64)) != 0)
    }

    fn count(&self, range: Range<u32>) -> usize {
        range.filter(|number| self.has(*number)).count()
    }
}
