//! The bootstrap: how far a figure may be chance.
//!
//! Units (documents, sentences, pairs) are drawn with replacement, as many as there are, and the
//! measure is taken of their summed counts (Efron 1979). Of [`ROUNDS`] such figures the middle
//! [`LEVEL`] is the interval. Two pipelines are compared on the same draws (paired bootstrap;
//! Berg-Kirkpatrick, Burkett and Klein 2012).

/// Rounds.
pub const ROUNDS: usize = 1000;
/// Share of the rounds that an interval holds.
pub const LEVEL: f64 = 0.95;
/// Start of the random numbers: the same gold and the same predictions give the same interval.
pub const SEED: u64 = 0x5eed_0001;

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number under `n`; the bias of the multiplication is under n / 2^64.
    fn below(&mut self, n: usize) -> usize {
        usize::try_from((u128::from(self.next()) * n as u128) >> 64).unwrap_or(0)
    }
}

/// Calls `round` with the units drawn, [`ROUNDS`] times; never where there is no unit.
pub(crate) fn rounds(units: usize, mut round: impl FnMut(&[usize])) {
    if units == 0 {
        return;
    }
    let mut random = Random(SEED);
    let mut drawn = vec![0; units];
    for _ in 0..ROUNDS {
        for unit in &mut drawn {
            *unit = random.below(units);
        }
        round(&drawn);
    }
}

/// The interval that holds the middle [`LEVEL`] of the values; `None` without values.
pub(crate) fn interval(mut values: Vec<f64>) -> Option<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    let tail = (1.0 - LEVEL) / 2.0;
    Some((quantile(&values, tail)?, quantile(&values, 1.0 - tail)?))
}

/// A quantile of sorted values, linear between two of them (the default of R and NumPy).
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share * last as f64;
    let below = place.floor();
    let low = *sorted.get(below as usize)?;
    let high = *sorted.get((below as usize + 1).min(last))?;
    Some(low + (high - low) * (place - below))
}

/// The two-sided p value of a difference from its bootstrap values: how often it falls on the other
/// side of zero. Never 0, which a thousand rounds can't show.
pub(crate) fn p_value(differences: &[f64]) -> f64 {
    let share = |count: usize| (count + 1) as f64 / (differences.len() + 1) as f64;
    let below = differences.iter().filter(|d| **d <= 0.0).count();
    let above = differences.iter().filter(|d| **d >= 0.0).count();
    (2.0 * share(below.min(above))).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_the_same_every_time_and_reach_every_unit() {
        let draw = || {
            let mut seen = Vec::new();
            rounds(7, |units| seen.extend_from_slice(units));
            seen
        };
        let first = draw();
        assert_eq!(first, draw());
        assert_eq!(first.len(), 7 * ROUNDS);
        for unit in 0..7 {
            let share = first.iter().filter(|u| **u == unit).count() as f64 / first.len() as f64;
            assert!((share - 1.0 / 7.0).abs() < 0.02, "{unit}: {share}");
        }
    }

    #[test]
    fn quantiles_are_those_of_numpy() {
        // numpy.percentile([1, 2, 3, 4], [2.5, 97.5])
        let (low, high) = interval(vec![4.0, 1.0, 3.0, 2.0]).unwrap();
        assert!((low - 1.075).abs() < 1e-12 && (high - 3.925).abs() < 1e-12, "{low} {high}");
        assert_eq!(interval(Vec::new()), None);
    }

    #[test]
    fn no_difference_is_no_news() {
        assert_eq!(p_value(&[0.0; 10]), 1.0);
        assert!(p_value(&[0.1; 999]) <= 0.002);
    }
}
