//! Functions of single numbers that vectorise: no branches, no calls.
//!
//! The coefficients are least-squares fits with reweighting (Sanathanan & Koerner 1963) to the
//! relative error, computed in double precision for these ranges.

/// `e^x`. Relative error under 2e-7 for -87..=88; outside, the value at the nearer end.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // ln 2 in two parts, so that `n * LN2_HIGH` is exact.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    // Adding and subtracting 1.5 * 2^23 rounds to an integer.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let n = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let p = 0.001_381_454;
    let p = p * r + 0.008_368_745;
    let p = p * r + 0.041_668_39;
    let p = p * r + 0.166_665_21;
    let p = p * r + 0.499_999_94;
    let p = 1.0 + (r + r * r * p);
    // 2^n by its exponent bits; n is -126..=127.
    let power = f32::from_bits((((n + ROUND).to_bits() as i32 + 127) << 23) as u32);
    p * power
}

/// The error function. Absolute error under 5e-7.
#[inline(always)]
pub(super) fn erf(x: f32) -> f32 {
    // From 4 on the value rounds to 1.
    let t = x.clamp(-4.0, 4.0);
    let u = t * t;
    let p = 1.986_787e-6;
    let p = p * u + 0.000_284_565_93;
    let p = p * u + 0.003_883_334_8;
    let p = p * u + 0.053_101_72;
    let p = p * u + 0.193_544_82;
    // The limit of erf(x) / x.
    let p = p * u + std::f32::consts::FRAC_2_SQRT_PI;
    let q = 3.742_022_5e-5;
    let q = q * u + 0.001_185_569_3;
    let q = q * u + 0.015_207_232;
    let q = q * u + 0.115_349_9;
    let q = q * u + 0.504_857_2;
    let q = q * u + 1.0;
    t * p / q
}

/// The hyperbolic tangent. Absolute error under 1e-6.
#[inline(always)]
pub(super) fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (exp(2.0 * x) + 1.0)
}

/// Sum of the values, in an order that depends on their number alone.
#[inline(always)]
pub(super) fn sum(values: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    const LANES: usize = 16;
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut lanes = [0.0_f32; LANES];
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane += of(value);
        }
    }
    let mut total = 0.0;
    for lane in lanes {
        total += lane;
    }
    for &value in rest {
        total += of(value);
    }
    total
}

/// The greatest value; negative infinity for none.
#[inline(always)]
pub(super) fn max(values: &[f32]) -> f32 {
    const LANES: usize = 16;
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane = if value > *lane { value } else { *lane };
        }
    }
    lanes.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: f32, to: f32) -> impl Iterator<Item = f32> {
        (0..=100_000).map(move |i| from + (to - from) * i as f32 / 100_000.0)
    }

    #[test]
    fn exp_is_exact_to_the_last_bits() {
        for x in range(-87.0, 88.0) {
            let expected = f64::from(x).exp();
            let error = (f64::from(exp(x)) - expected).abs() / expected;
            assert!(error < 2e-7, "exp({x}): relative error {error}");
        }
        assert!(exp(-1e9) > 0.0 && exp(-1e9) < 1e-37);
    }

    #[test]
    fn erf_has_the_values_of_the_tables() {
        // Abramowitz & Stegun, table 7.1.
        for (x, expected) in [
            (0.0, 0.0),
            (0.1, 0.112_462_916),
            (0.5, 0.520_499_878),
            (1.0, 0.842_700_793),
            (1.5, 0.966_105_146),
            (2.0, 0.995_322_265),
            (3.0, 0.999_977_910),
            (9.0, 1.0),
        ] {
            let error = (f64::from(erf(x)) - expected).abs();
            assert!(error < 5e-7, "erf({x}) = {}", erf(x));
            assert_eq!(erf(-x).to_bits(), (-erf(x)).to_bits());
        }
    }

    #[test]
    fn tanh_follows_the_standard_library() {
        for x in range(-20.0, 20.0) {
            assert!((tanh(x) - x.tanh()).abs() < 1e-6, "tanh({x})");
        }
    }

    #[test]
    fn sums_and_maxima_include_the_rest() {
        let values: Vec<f32> = (1..=37).map(|i| i as f32).collect();
        assert_eq!(sum(&values, |x| x), 703.0);
        assert_eq!(max(&values), 37.0);
        assert_eq!(max(&[-3.0, -2.0]), -2.0);
    }
}
