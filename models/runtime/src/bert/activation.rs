//! The function inside the feed-forward part.

use super::config::Activation;
use super::math::{erf, tanh};

impl Activation {
    /// `rows = f(rows + bias)`, row by row.
    pub(super) fn apply(self, rows: &mut [f32], bias: &[f32]) {
        match self {
            Self::Gelu => {
                each(rows, bias, |x| 0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2)))
            }
            Self::GeluTanh => each(rows, bias, |x| {
                const SQRT_2_OVER_PI: f32 = 0.797_884_6;
                0.5 * x * (1.0 + tanh(SQRT_2_OVER_PI * (x + 0.044_715 * x * x * x)))
            }),
            Self::Relu => each(rows, bias, |x| if x > 0.0 { x } else { 0.0 }),
        }
    }
}

#[inline(always)]
fn each(rows: &mut [f32], bias: &[f32], of: impl Fn(f32) -> f32) {
    pulp::Arch::new().dispatch(|| {
        for row in rows.chunks_exact_mut(bias.len().max(1)) {
            for (x, bias) in row.iter_mut().zip(bias) {
                *x = of(*x + bias);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_pytorch() {
        for (activation, expected) in [
            (Activation::Gelu, [-0.158_655_26, 0.0, 0.345_731_23, 1.954_499_7]),
            (Activation::GeluTanh, [-0.158_808, 0.0, 0.345_714, 1.954_597_7]),
            (Activation::Relu, [0.0, 0.0, 0.5, 2.0]),
        ] {
            let mut rows = [-1.25, -0.25, 0.25, 1.75];
            activation.apply(&mut rows, &[0.25]);
            for (x, expected) in rows.iter().zip(expected) {
                assert!((x - expected).abs() < 1e-6, "{activation:?}: {x} for {expected}");
            }
        }
    }
}
