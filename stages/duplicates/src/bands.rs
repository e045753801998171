//! Hashes by which candidates meet: two paragraphs that share a value are looked at together.

use std::collections::VecDeque;

use crate::shingles::mix;

/// MinHash: bands, and rows in a band. A pair of Jaccard 0.6 shares a band with probability 0.997,
/// one of 0.3 with 0.48.
const MINHASH_BANDS: u64 = 24;
const MINHASH_ROWS: u64 = 3;
/// Words in a shingle of which prints are made: a phrase of three words stands in hundreds of texts
/// that have nothing else in common ("of the United Nations"), one of five in few.
pub(crate) const PRINT_WORDS: usize = 5;
/// Winnowing: of every so many shingles in a row at least one is kept, so that a run of
/// `WINDOW + PRINT_WORDS - 1` = 8 shared words is never missed.
const WINDOW: usize = 4;
/// Random hyperplanes: bands, and planes in a band. A pair of cosine 0.9 shares a band with
/// probability 0.94, one of 0.5 with 0.05.
pub(crate) const PLANE_BANDS: usize = 32;
pub(crate) const PLANES_A_BAND: usize = 16;

/// Which kind of band a value comes from; its number stands in the value's two lowest bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// The words of the whole paragraph.
    Exact = 0,
    /// The least shingles under a few permutations.
    MinHash = 1,
    /// A shingle that winnowing has kept.
    Print = 2,
    /// On which sides of some planes the vector lies.
    Plane = 3,
}

impl Family {
    /// The family of a value.
    pub(crate) const fn of(value: i64) -> Self {
        match value & 3 {
            0 => Self::Exact,
            1 => Self::MinHash,
            2 => Self::Print,
            _ => Self::Plane,
        }
    }
}

fn value(family: Family, band: u64, hash: u64) -> i64 {
    let mixed = mix(hash ^ mix(((family as u64) << 32) | band));
    ((mixed & !3) | family as u64).cast_signed()
}

/// The value by which equal paragraphs meet.
pub(crate) fn exact(fingerprint: i64) -> i64 {
    value(Family::Exact, 0, fingerprint as u64)
}

/// MinHash bands of a set of shingles (Broder et al., "Min-wise independent permutations", 1998;
/// Leskovec, Rajaraman and Ullman, "Mining of massive datasets", chapter 3). None for an empty set.
pub(crate) fn minhash(shingles: &[u64]) -> Vec<i64> {
    if shingles.is_empty() {
        return Vec::new();
    }
    (0..MINHASH_BANDS)
        .map(|band| {
            let rows = (0..MINHASH_ROWS).map(|row| {
                let seed = mix(band * MINHASH_ROWS + row + 1);
                shingles.iter().map(|shingle| mix(shingle ^ seed)).min().unwrap_or(0)
            });
            value(Family::MinHash, band, rows.fold(0, |hash, least| mix(hash ^ least)))
        })
        .collect()
}

/// Prints of a sequence of shingles of [`PRINT_WORDS`] words by winnowing (Schleimer, Wilkerson and Aiken, "Winnowing: local
/// algorithms for document fingerprinting", 2003), each once, sorted. A short quotation inside a
/// long paragraph has a low Jaccard, which MinHash can't see; it shares these.
pub(crate) fn prints(sequence: &[u64]) -> Vec<i64> {
    let hash = |shingle: &u64| mix(shingle ^ 0x5EED_0F50_F7A8_1A17);
    let mut kept = Vec::new();
    if sequence.len() <= WINDOW {
        kept.extend(sequence.iter().map(hash).min());
    }
    // Indices into `sequence`, of rising hash: the first is the least of the window.
    let mut least: VecDeque<(usize, u64)> = VecDeque::new();
    for (idx, shingle) in sequence.iter().enumerate() {
        let new = hash(shingle);
        while least.back().is_some_and(|(_, old)| *old >= new) {
            least.pop_back();
        }
        least.push_back((idx, new));
        while least.front().is_some_and(|(old, _)| old + WINDOW <= idx) {
            least.pop_front();
        }
        if idx + 1 >= WINDOW
            && let Some((_, hash)) = least.front()
            && kept.last() != Some(hash)
        {
            kept.push(*hash);
        }
    }
    let mut prints: Vec<i64> = kept.iter().map(|hash| value(Family::Print, 0, *hash)).collect();
    prints.sort_unstable();
    prints.dedup();
    prints
}

/// Words that two texts must share in a row to be sure of a common print.
#[cfg(test)]
const SURE_RUN: usize = WINDOW + PRINT_WORDS - 1;

/// Random hyperplanes through the origin (Charikar, "Similarity estimation techniques from rounding
/// algorithms", 2002), the same ones in every run.
#[derive(Debug, Clone)]
pub(crate) struct Planes {
    dim: usize,
    /// A plane's normal after another, each of `dim` numbers that are 1 or -1.
    normals: Vec<f32>,
}

impl Planes {
    /// Planes for vectors of `dim` numbers.
    pub(crate) fn new(dim: usize) -> Self {
        let count = PLANE_BANDS * PLANES_A_BAND;
        let normals = (0..count * dim)
            .map(|idx| match mix(idx as u64 ^ 0x0BAD_5EED_0000_0000) & 1 {
                0 => 1.0,
                _ => -1.0,
            })
            .collect();
        Self { dim, normals }
    }

    /// Numbers in a vector.
    pub(crate) fn dim(&self) -> usize {
        self.dim
    }

    /// The bands of a vector: on which sides of the planes it lies.
    pub(crate) fn bands(&self, vector: &[f32]) -> Vec<i64> {
        if vector.len() != self.dim || self.dim == 0 {
            return Vec::new();
        }
        self.normals
            .chunks(self.dim * PLANES_A_BAND)
            .zip(0_u64..)
            .map(|(planes, band)| {
                let sides = planes.chunks(self.dim).fold(0_u64, |sides, normal| {
                    let product: f32 = normal.iter().zip(vector).map(|(a, b)| a * b).sum();
                    (sides << 1) | u64::from(product >= 0.0)
                });
                value(Family::Plane, band, sides)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{shingles, words};

    proptest! {
        #[test]
        fn eight_shared_words_in_a_row_share_a_print(
            before in "([a-z]{1,4} ){0,30}",
            run in proptest::collection::vec("[a-z]{3,8}", SURE_RUN..SURE_RUN + 4),
            after in "( [a-z]{1,4}){0,30}",
            other in "([a-z]{1,4} ){0,30}",
        ) {
            let run = run.join(" ");
            prop_assert_eq!(SURE_RUN, 8);
            let prints = |text: &str| {
                prints(&shingles::sequence(&words::hashes(text), PRINT_WORDS))
            };
            let a = prints(&format!("{before}{run}{after}"));
            let b = prints(&format!("{other}{run}"));
            prop_assert!(a.iter().any(|print| b.contains(print)));
        }
    }

    #[test]
    fn bands_of_other_families_never_meet_by_construction() {
        assert_ne!(exact(7), value(Family::Print, 0, 7));
        assert_ne!(value(Family::MinHash, 1, 7), value(Family::MinHash, 2, 7));
        for family in [Family::Exact, Family::MinHash, Family::Print, Family::Plane] {
            assert_eq!(Family::of(value(family, 3, 1 << 63)), family);
        }
    }

    #[test]
    fn near_vectors_share_a_band_and_opposite_ones_none() {
        let planes = Planes::new(64);
        let vector: Vec<f32> = (0_u64..64).map(|i| (mix(i) % 1000) as f32 - 500.0).collect();
        let near: Vec<f32> = vector.iter().map(|x| x + 20.0).collect();
        let opposite: Vec<f32> = vector.iter().map(|x| -x).collect();
        let share = |a: &[f32], b: &[f32]| {
            planes.bands(a).iter().zip(planes.bands(b)).filter(|(a, b)| **a == *b).count()
        };
        assert_eq!(share(&vector, &vector), PLANE_BANDS);
        assert!(share(&vector, &near) > 0);
        assert_eq!(share(&vector, &opposite), 0);
    }
}
