//! Sets of three-word shingles (Broder, "On the resemblance and containment of documents", 1997).

use crate::words;

/// Words in a shingle.
pub(crate) const WORDS: usize = 3;

/// The shingles of so many words of a text, of whose words these are the hashes, in order of
/// position, as hashes.
pub(crate) fn sequence(words: &[u64], size: usize) -> Vec<u64> {
    words
        .windows(size)
        .map(|window| window.iter().fold(0x9E37_79B9_7F4A_7C15, |hash, word| mix(hash ^ word)))
        .collect()
}

/// The set of shingles, sorted.
pub(crate) fn set(text: &str) -> Vec<u64> {
    let mut shingles = sequence(&words::hashes(text), WORDS);
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// What two sets share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Overlap {
    /// Shingles in both.
    pub(crate) shared: usize,
    /// Shared over all, 0 to 1.
    pub(crate) jaccard: f32,
    /// Share of the first's that stand in the second.
    pub(crate) a_in_b: f32,
    /// Share of the second's that stand in the first.
    pub(crate) b_in_a: f32,
}

/// Compares two sorted sets.
pub(crate) fn overlap(a: &[u64], b: &[u64]) -> Overlap {
    let shared = common(a, b);
    let share = |of: usize| match of {
        0 => 0.0,
        of => shared as f32 / of as f32,
    };
    Overlap {
        shared,
        jaccard: share(a.len() + b.len() - shared),
        a_in_b: share(a.len()),
        b_in_a: share(b.len()),
    }
}

/// Members that two sorted sets share.
pub(crate) fn common(mut a: &[u64], mut b: &[u64]) -> usize {
    let mut shared = 0;
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) {
        if x <= y {
            a = rest_a;
        }
        if y <= x {
            b = rest_b;
        }
        shared += usize::from(x == y);
    }
    shared
}

/// A bijection of 64-bit words that spreads every bit over all (the finaliser of SplitMix64).
pub(crate) const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_has_low_jaccard_and_high_containment() {
        let quote = set("the plan could trigger domestic upheaval");
        let text =
            set("Officials said in March that the plan could trigger domestic upheaval, and \
            that it would need years of talks with every party in the country.");
        let overlap = overlap(&quote, &text);
        assert_eq!(overlap.shared, 4);
        assert_eq!(overlap.a_in_b, 1.0);
        assert!(overlap.jaccard < 0.25, "{overlap:?}");
    }

    #[test]
    fn empty_sets_share_nothing() {
        let nothing = overlap(&[], &[]);
        assert_eq!((nothing.jaccard, nothing.a_in_b, nothing.b_in_a), (0.0, 0.0, 0.0));
    }
}
