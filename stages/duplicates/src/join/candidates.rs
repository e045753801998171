//! Which pairs are worth a look.

use std::sync::{Mutex, MutexGuard, PoisonError};

use postil_contract::{BandRow, CorpusStore, StageError};
use rayon::prelude::*;

use super::index::Index;
use super::{MAX_ALL_PAIRS, MAX_COPIES, MAX_TEXTS_A_BAND, Pairs};

/// Bands looked at in one pass over the signatures: 16 bytes each.
const BANDS_A_PASS: usize = 2_000_000;
/// Candidates that are gathered before they are judged: 8 bytes each.
const MAX_WAITING: usize = 2_000_000;

/// Candidates on their way to the judge, the smaller item first.
pub(super) struct Candidates<'a> {
    index: &'a Index,
    waiting: Vec<(u32, u32)>,
}

impl<'a> Candidates<'a> {
    pub(super) const fn new(index: &'a Index) -> Self {
        Self { index, waiting: Vec::new() }
    }

    fn push(&mut self, a: u32, b: u32, pairs: &mut Pairs<'_>) -> Result<(), StageError> {
        if !self.index.is_new(a) && !self.index.is_new(b) {
            return Ok(());
        }
        self.waiting.push((a.min(b), a.max(b)));
        if self.waiting.len() < MAX_WAITING {
            return Ok(());
        }
        self.waiting.par_sort_unstable();
        self.waiting.dedup();
        // Where half of them came more than once, there is room for more.
        if self.waiting.len() > MAX_WAITING / 2 {
            return self.flush(pairs);
        }
        Ok(())
    }

    /// Has everything judged that waits.
    pub(super) fn flush(&mut self, pairs: &mut Pairs<'_>) -> Result<(), StageError> {
        self.waiting.par_sort_unstable();
        self.waiting.dedup();
        pairs.judge(std::mem::take(&mut self.waiting))
    }

    /// The pairs of equal texts.
    pub(super) fn copies(&mut self, pairs: &mut Pairs<'_>) -> Result<(), StageError> {
        let index = self.index;
        let mut crowded = 0_usize;
        for copies in index.repeated() {
            // Many copies: each with the first only, which keeps the number of pairs linear.
            let is_crowded = copies.len() > MAX_COPIES;
            crowded += usize::from(is_crowded);
            let firsts = if is_crowded { 1 } else { copies.len() };
            for (place, a) in copies.iter().enumerate().take(firsts) {
                for b in copies.iter().skip(place + 1) {
                    self.push(*a, *b, pairs)?;
                }
            }
        }
        if crowded > 0 {
            tracing::warn!(
                texts = crowded,
                limit = MAX_COPIES,
                "texts with very many copies: each copy is paired with the first one only"
            );
        }
        Ok(())
    }

    /// All pairs inside each new article that is not too long.
    pub(super) fn within_articles(&mut self, pairs: &mut Pairs<'_>) -> Result<(), StageError> {
        let index = self.index;
        let mut long = 0_usize;
        for own in index.by_article() {
            if !index.is_new(own.start) {
                continue;
            }
            if own.len() > MAX_ALL_PAIRS {
                long += 1;
                continue;
            }
            for a in own.clone() {
                for b in a + 1..own.end {
                    self.push(a, b, pairs)?;
                }
            }
        }
        if long > 0 {
            tracing::warn!(
                articles = long,
                limit = MAX_ALL_PAIRS,
                "articles with very many paragraphs: only pairs that share a band are compared"
            );
        }
        Ok(())
    }

    /// The pairs of different texts that share a band value.
    pub(super) fn by_bands(
        &mut self,
        store: &dyn CorpusStore,
        pairs: &mut Pairs<'_>,
    ) -> Result<(), StageError> {
        let index = self.index;
        // Where little is new, only the bands of that matter, and a scan that finds them first is cheap.
        let only_new = index.new_bands * 2 < index.bands;
        let bands = if only_new { index.new_bands } else { index.bands };
        let passes = bands.div_ceil(BANDS_A_PASS).max(1) as u64;
        let (mut crowded, mut shared) = (0_usize, 0_usize);
        for pass in 0..passes {
            // A band is a hash: its upper bits are as good as any to part them.
            let in_pass = |band: i64| (band.cast_unsigned() >> 16) % passes == pass;
            let new = match only_new {
                false => None,
                true => Some(gather(store, |row, bands| {
                    let item = index.item(row)?;
                    // The first of equal texts stands for the new one.
                    let is_new = index.copies(item).iter().any(|copy| index.is_new(*copy));
                    is_new.then(|| bands.extend(row.bands.iter().filter(|b| in_pass(**b))))
                })?),
            };
            let new = new.map(|mut bands| {
                bands.par_sort_unstable();
                bands.dedup();
                bands
            });
            let counts = |band: &i64| {
                in_pass(*band) && new.as_ref().is_none_or(|new| new.binary_search(band).is_ok())
            };
            let mut entries: Vec<(i64, u32)> = gather(store, |row, entries| {
                let item = index.item(row).filter(|item| index.is_first(*item))?;
                entries.extend(row.bands.iter().filter(|b| counts(b)).map(|band| (*band, item)));
                Some(())
            })?;
            entries.par_sort_unstable();
            entries.dedup();
            for bucket in entries.chunk_by(|a, b| a.0 == b.0).filter(|bucket| bucket.len() > 1) {
                shared += 1;
                if bucket.len() > MAX_TEXTS_A_BAND {
                    crowded += 1;
                    continue;
                }
                for (place, (_, x)) in bucket.iter().enumerate() {
                    for (_, y) in bucket.iter().skip(place + 1) {
                        self.texts(*x, *y, pairs)?;
                    }
                }
            }
        }
        if crowded > 0 {
            tracing::warn!(
                bands = crowded,
                of = shared,
                limit = MAX_TEXTS_A_BAND,
                "bands shared by very many texts bring no candidates"
            );
        }
        Ok(())
    }

    /// The pairs between the copies of one text and the copies of another: all of them, or, where they
    /// are very many, those with the first copy of either.
    fn texts(&mut self, x: u32, y: u32, pairs: &mut Pairs<'_>) -> Result<(), StageError> {
        let index = self.index;
        let (x, y) = (index.copies(x), index.copies(y));
        if x.len().saturating_mul(y.len()) <= MAX_COPIES {
            for a in x {
                for b in y {
                    self.push(*a, *b, pairs)?;
                }
            }
            return Ok(());
        }
        if let (Some(first_x), Some(first_y)) = (x.first(), y.first()) {
            for a in x {
                self.push(*a, *first_y, pairs)?;
            }
            for b in y.iter().skip(1) {
                self.push(*first_x, *b, pairs)?;
            }
        }
        Ok(())
    }
}

/// What `each` takes out of the rows of signatures of this version.
fn gather<T: Send>(
    store: &dyn CorpusStore,
    each: impl Fn(&BandRow<'_>, &mut Vec<T>) -> Option<()> + Sync,
) -> Result<Vec<T>, StageError> {
    let all = Mutex::new(Vec::new());
    store.scan(&|row: BandRow<'_>| {
        if row.version != crate::signature::VERSION {
            return;
        }
        let mut found = Vec::new();
        // A row that takes no part gives nothing.
        let _ = each(&row, &mut found);
        if !found.is_empty() {
            lock(&all).append(&mut found);
        }
    })?;
    Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner))
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that can panic runs while one of these is held.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
