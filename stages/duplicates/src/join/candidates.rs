//! Which pairs are worth a look.

use std::sync::atomic::{AtomicUsize, Ordering};

use postil_contract::{BandRow, CorpusStore, StageError};
use rayon::prelude::*;

use super::index::{Bits, Index};
use super::spill::{Record, Spill};
use super::{MAX_COPIES, MAX_TEXTS_A_BAND, PIVOTS};
use crate::bands::Family;
use crate::config::LexicalSemanticConfig;
use crate::shingles::mix;
use crate::signature;

/// Records of a partition that are in memory at a time, about: 12 bytes each.
const MAX_RECORDS: usize = 250_000;
/// Partitions of a file at most: each has a buffer of 8 kB.
const MAX_PARTITIONS: usize = 512;
/// Bands of a paragraph, about, from which the number of partitions follows.
const BANDS_A_PARAGRAPH: usize = 64;
/// Items of a partition of pairs.
const ITEMS_A_PARTITION: usize = 4_096;
/// Bits of the table that tells bands of new articles from most others (2 MB).
const FILTER_BITS: u32 = 1 << 24;
/// A contained paragraph shares about as many of its prints as of its shingles, so a pair with a
/// quarter of what `contained` asks for is looked at. A common phrase in two long paragraphs does not
/// reach it; nor does one paragraph in twelve that was changed in every sixth word (README).
const SHARE_OF_CONTAINED: f32 = 0.25;

/// Pairs of different texts that share bands: of each text its first item.
pub(super) struct Candidates<'a> {
    index: &'a Index<'a>,
    pairs: Spill,
}

impl<'a> Candidates<'a> {
    /// Finds the texts that share bands; those are what [`gather`] has written.
    pub(super) fn new(
        store: &dyn CorpusStore,
        config: &LexicalSemanticConfig,
        index: &'a Index<'a>,
        bands: &Spill,
    ) -> Result<Self, StageError> {
        let parts = (index.len() as usize).div_ceil(ITEMS_A_PARTITION).min(MAX_PARTITIONS / 2);
        let found = Self { index, pairs: Spill::new(store.scratch(), parts)? };
        found.by_bands(bands, config)?;
        Ok(found)
    }

    fn by_bands(&self, bands: &Spill, config: &LexicalSemanticConfig) -> Result<(), StageError> {
        let (mut crowded, mut shared) = (0_usize, 0_usize);
        for partition in 0..bands.partitions() {
            let mut records = bands.read(partition, |_| true)?;
            records.par_sort_unstable();
            for bucket in records.chunk_by_mut(|a, b| a[0] == b[0]).filter(|b| b.len() > 1) {
                let texts = self.texts(bucket);
                let [_, _, ..] = texts else { continue };
                shared += 1;
                let is_crowded = texts.len() > MAX_TEXTS_A_BAND;
                crowded += usize::from(is_crowded);
                let firsts = if is_crowded { PIVOTS } else { texts.len() };
                for (place, x) in texts.iter().enumerate().take(firsts) {
                    for y in texts.iter().skip(place + 1) {
                        self.push(x, y, config);
                    }
                }
            }
        }
        if crowded > 0 {
            tracing::warn!(
                bands = crowded,
                of = shared,
                limit = MAX_TEXTS_A_BAND,
                "bands shared by very many texts: each text is compared with the first {PIVOTS} only"
            );
        }
        Ok(())
    }

    /// The texts of a bucket, each once, with its first item in the place of the item.
    fn texts<'b>(&self, bucket: &'b mut [Record]) -> &'b [Record] {
        for record in &mut *bucket {
            record[1] = self.index.first(record[1]);
        }
        bucket.sort_unstable();
        let mut kept = 0_usize;
        for at in 0..bucket.len() {
            let Some(record) = bucket.get(at).copied() else { break };
            let last = kept.checked_sub(1).and_then(|last| bucket.get_mut(last));
            match last.filter(|last| last[1] == record[1]) {
                // Copies: it is new where one of them is.
                Some(last) => last[2] |= record[2] & NEW,
                None => {
                    if let Some(place) = bucket.get_mut(kept) {
                        *place = record;
                    }
                    kept += 1;
                }
            }
        }
        bucket.get(..kept).unwrap_or_default()
    }

    fn push(&self, x: &Record, y: &Record, config: &LexicalSemanticConfig) {
        let either = x[2] | y[2];
        if either & NEW == 0 {
            return;
        }
        let is_print = x[2] & 3 == Family::Print as u32;
        let need = match is_print && !config.paraphrase {
            true => least_prints((x[2] >> PRINTS_AT).min(y[2] >> PRINTS_AT), config.contained),
            false => 1,
        };
        let (a, b) = (x[1].min(y[1]), x[1].max(y[1]));
        let partition = u64::from(a) * self.pairs.partitions() as u64 / u64::from(self.index.len());
        self.pairs.push(usize::try_from(partition).unwrap_or(0), [a, b, need]);
    }

    /// Calls `each` with every pair of items of which the texts share enough, one of them new, and
    /// with pairs of equal texts. Pairs inside an article that is compared in full are left out.
    pub(super) fn each(
        &self,
        mut each: impl FnMut(u32, u32) -> Result<(), StageError>,
    ) -> Result<(), StageError> {
        let index = self.index;
        let mut item = |a: u32, b: u32| {
            let (of_a, of_b) = (index.article(a), index.article(b));
            let is_new = index.is_new(a) || index.is_new(b);
            if is_new && !(of_a == of_b && index.compares_all(of_a)) { each(a, b) } else { Ok(()) }
        };
        for first in index.repeated() {
            let copies = index.copies(first);
            // Many copies: each with the first only, which keeps the number of pairs linear.
            let firsts = if copies.len() > MAX_COPIES { 1 } else { copies.len() };
            for (place, a) in copies.clone().enumerate().take(firsts) {
                for b in copies.clone().skip(place + 1) {
                    item(a, b)?;
                }
            }
        }
        for partition in 0..self.pairs.partitions() {
            let turns = self.pairs.len(partition).div_ceil(MAX_RECORDS).max(1) as u64;
            for turn in 0..turns {
                let of_turn = |record: &Record| {
                    let key = (u64::from(record[0]) << 32) | u64::from(record[1]);
                    turns == 1 || mix(key) % turns == turn
                };
                let mut records = self.pairs.read(partition, of_turn)?;
                records.par_sort_unstable();
                for shared in records.chunk_by(|x, y| x[..2] == y[..2]) {
                    // The least need stands first.
                    if let Some([x, y, need]) = shared.first()
                        && shared.len() >= *need as usize
                    {
                        self.texts_of(*x, *y, &mut item)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The pairs between the copies of one text and the copies of another: all of them, or, where they
    /// are very many, those with the first copy of either.
    fn texts_of(
        &self,
        x: u32,
        y: u32,
        item: &mut impl FnMut(u32, u32) -> Result<(), StageError>,
    ) -> Result<(), StageError> {
        let (of_x, of_y) = (self.index.copies(x), self.index.copies(y));
        if of_x.len().saturating_mul(of_y.len()) <= MAX_COPIES {
            for a in of_x {
                for b in of_y.clone() {
                    item(a.min(b), a.max(b))?;
                }
            }
            return Ok(());
        }
        for a in of_x {
            item(a.min(y), a.max(y))?;
        }
        for b in of_y.skip(1) {
            item(x.min(b), x.max(b))?;
        }
        Ok(())
    }
}

/// Prints that two texts share at least to be compared, where the one with fewer has so many.
fn least_prints(prints: u32, contained: f32) -> u32 {
    ((prints as f32 * contained * SHARE_OF_CONTAINED) as u32).max(1)
}

/// The third number of a record of a band: its family, whether its article is new, the prints of its
/// paragraph.
const NEW: u32 = 1 << 2;
const PRINTS_AT: u32 = 3;

/// Writes the bands of all paragraphs, and completes the index. The records of one band stand in one
/// partition and have the same first number.
pub(super) fn gather(store: &dyn CorpusStore, index: &mut Index<'_>) -> Result<Spill, StageError> {
    let articles = store.articles();
    let new = (0..articles).filter(|number| store.is_new(*number)).count();
    // Where little is new, only its bands matter: most of the others are told by a table of bits.
    let filter = match new * 2 < articles {
        false => None,
        true => Some(bands_of_new(store)?),
    };
    let share = |of: usize| match (&filter, articles) {
        (Some(_), 1..) => of * (2 * new).min(articles) / articles,
        _ => of,
    };
    let items = index.len() as usize;
    let parts = |records: usize| records.div_ceil(MAX_RECORDS).min(MAX_PARTITIONS);
    let bands = Spill::new(store.scratch(), parts(share(items * BANDS_A_PARAGRAPH)))?;
    let words = Spill::new(store.scratch(), parts(items))?;
    let old = AtomicUsize::new(0);
    {
        let index: &Index<'_> = index;
        store.scan(&|row: BandRow<'_>| {
            if row.version != signature::VERSION {
                old.fetch_add(1, Ordering::Relaxed);
                return;
            }
            let Some(item) = index.item(row.article, row.paragraph_idx) else { return };
            index.signed.set(item);
            let is_print = |band: &&i64| Family::of(**band) == Family::Print;
            let prints = u32::try_from(row.bands.iter().filter(is_print).count()).unwrap_or(0);
            let is_new = if store.is_new(row.article) { NEW } else { 0 };
            for band in row.bands {
                let family = Family::of(*band);
                // All copies are to be known, whatever is new.
                let may_be_new =
                    || filter.as_ref().is_none_or(|filter| filter.has(place_in_filter(*band)));
                if family != Family::Exact && !may_be_new() {
                    continue;
                }
                let hash = band.cast_unsigned();
                // The lowest bits are the family's.
                let (upper, lower) = ((hash >> 34) as u32, (hash >> 2) as u32);
                match family {
                    Family::Exact => words.push(place(upper, &words), [upper, lower, item]),
                    _ => {
                        let third = (prints.min(u32::MAX >> PRINTS_AT) << PRINTS_AT) | is_new;
                        bands.push(place(upper, &bands), [lower, item, third | family as u32]);
                    }
                }
            }
        })?;
    }
    let old = old.into_inner();
    if old > 0 {
        tracing::warn!(
            paragraphs = old,
            "signatures of another version are left out of the join; annotate these articles again"
        );
    }
    index.find_copies(&words)?;
    Ok(bands)
}

fn place(hash: u32, spill: &Spill) -> usize {
    hash as usize % spill.partitions()
}

fn place_in_filter(band: i64) -> u32 {
    (band.cast_unsigned() >> 20) as u32 % FILTER_BITS
}

fn bands_of_new(store: &dyn CorpusStore) -> Result<Bits, StageError> {
    let filter = Bits::new(FILTER_BITS as usize);
    store.scan(&|row: BandRow<'_>| {
        if row.version == signature::VERSION && store.is_new(row.article) {
            row.bands.iter().for_each(|band| filter.set(place_in_filter(*band)));
        }
    })?;
    Ok(filter)
}
