//! From the probabilities of tags to mentions: the likeliest sequence of tags that the scheme allows.

use std::ops::Range;

use crate::tags::Scheme;

/// Words that make a mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Indices of the words.
    pub words: Range<usize>,
    /// Index into [`Scheme::kinds`].
    pub kind: usize,
}

/// Smallest probability that counts: keeps logarithms finite.
const FLOOR: f32 = 1e-9;

/// The likeliest allowed sequence of tags (Viterbi): one tag a row of `rows`, which holds
/// `scheme.len()` probabilities a word. Of equal sequences the one with the earlier labels wins.
pub(crate) fn viterbi(scheme: &Scheme, rows: &[f32]) -> Vec<usize> {
    let width = scheme.len();
    if width == 0 || rows.is_empty() {
        return Vec::new();
    }
    let mut from: Vec<u16> = Vec::with_capacity(rows.len());
    let mut best = vec![f32::NEG_INFINITY; width];
    let mut next = best.clone();
    for (number, row) in rows.chunks_exact(width).enumerate() {
        for (tag, (probability, total)) in row.iter().zip(&mut next).enumerate() {
            let (origin, before) = if number == 0 {
                (0, if scheme.may_begin(tag) { 0.0 } else { f32::NEG_INFINITY })
            } else {
                best_before(scheme.before(tag), &best)
            };
            // NaN (a broken model) counts as nothing.
            let probability = if *probability > FLOOR { *probability } else { FLOOR };
            *total = before + probability.ln();
            from.push(u16::try_from(origin).unwrap_or(0));
        }
        std::mem::swap(&mut best, &mut next);
        // Only differences matter: keep the sums small, so that long texts lose no precision.
        let top = best.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for total in &mut best {
            *total -= top;
        }
    }
    for (tag, total) in best.iter_mut().enumerate() {
        if !scheme.may_end(tag) {
            *total = f32::NEG_INFINITY;
        }
    }
    let all: Vec<usize> = (0..width).collect();
    let (mut tag, _) = best_before(&all, &best);
    let mut path: Vec<usize> = from
        .rchunks_exact(width)
        .map(|origins| {
            let here = tag;
            tag = origins.get(tag).map_or(0, |origin| usize::from(*origin));
            here
        })
        .collect();
    path.reverse();
    path
}

fn best_before(candidates: &[usize], totals: &[f32]) -> (usize, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for &tag in candidates {
        let total = totals.get(tag).copied().unwrap_or(f32::NEG_INFINITY);
        if total > best.1 {
            best = (tag, total);
        }
    }
    best
}

/// The mentions of a sequence of tags.
pub(crate) fn chunks(scheme: &Scheme, path: &[usize]) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut last = None;
    for (word, &tag) in path.iter().enumerate() {
        if let Some(kind) = scheme.kind(tag) {
            let continues = last.is_some_and(|last| scheme.continues(last, tag));
            match chunks.last_mut() {
                Some(chunk) if continues => chunk.words.end = word + 1,
                _ => chunks.push(Chunk { words: word..word + 1, kind }),
            }
        }
        last = Some(tag);
    }
    chunks
}

/// The score of a mention: the geometric mean of the probabilities that the model gave to the tags
/// of its words. A product would punish long names for being long; an arithmetic mean would hide one
/// word that the model doubts.
pub(crate) fn score(scheme: &Scheme, rows: &[f32], path: &[usize], words: &Range<usize>) -> f32 {
    let mut sum = 0.0;
    let mut count = 0.0;
    for word in words.clone() {
        let Some(tag) = path.get(word) else { continue };
        let probability = rows.get(word * scheme.len() + tag).copied().unwrap_or(0.0);
        sum += probability.max(FLOOR).ln();
        count += 1.0;
    }
    if count == 0.0 { 0.0 } else { (sum / count).exp().clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scheme() -> Scheme {
        Scheme::new(&["O", "B-PER", "I-PER", "B-LOC", "I-LOC"].map(str::to_owned))
    }

    #[test]
    fn an_inside_tag_without_a_beginning_is_repaired() {
        // "Saudi Arabia": the second word alone would be I-PER, which may not follow B-LOC.
        let rows = [
            0.05, 0.05, 0.05, 0.80, 0.05, //
            0.01, 0.01, 0.50, 0.03, 0.45,
        ];
        let path = viterbi(&scheme(), &rows);
        assert_eq!(path, [3, 4]);
        let all = chunks(&scheme(), &path);
        assert_eq!(all, [Chunk { words: 0..2, kind: 1 }]);
        let expected = (0.80_f32 * 0.45).sqrt();
        assert!((score(&scheme(), &rows, &path, &(0..2)) - expected).abs() < 1e-6);
    }

    #[test]
    fn two_beginnings_are_two_mentions() {
        assert_eq!(
            chunks(&scheme(), &[1, 1, 2, 0, 3]),
            [
                Chunk { words: 0..1, kind: 0 },
                Chunk { words: 1..3, kind: 0 },
                Chunk { words: 4..5, kind: 1 }
            ]
        );
    }

    proptest! {
        /// Viterbi finds what trying every allowed sequence finds.
        #[test]
        fn viterbi_is_exhaustive_search(rows in proptest::collection::vec(0.01_f32..1.0, 5..=20)) {
            let scheme = scheme();
            let words = rows.len() / 5;
            let rows = &rows[..words * 5];
            let value = |path: &[usize]| -> Option<f32> {
                let first = *path.first()?;
                let allowed = scheme.may_begin(first)
                    && path.windows(2).all(|pair| scheme.before(pair[1]).contains(&pair[0]));
                allowed.then(|| (0..words).map(|w| rows[w * 5 + path[w]].ln()).sum())
            };
            let mut top = f32::NEG_INFINITY;
            for code in 0..5_usize.pow(words as u32) {
                let path: Vec<usize> = (0..words).map(|w| code / 5_usize.pow(w as u32) % 5).collect();
                top = top.max(value(&path).unwrap_or(f32::NEG_INFINITY));
            }
            let found = value(&viterbi(&scheme, rows)).unwrap();
            prop_assert!((found - top).abs() < 1e-4, "{found} is not {top}");
        }
    }
}
