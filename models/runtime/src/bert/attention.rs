//! Scaled dot-product attention (Vaswani et al. 2017), for each sequence and head alone.

use std::ops::Range;

use super::config::BertConfig;
use super::math::{exp, max, sum};
use super::product::{Layout, multiply};

/// Mixes the values of one sequence by the agreement of its queries and keys.
///
/// `qkv` is `[pieces, 3 * hidden]`: query, key and value of each piece, head by head. The mixed
/// values go to `target`, `[pieces, hidden]`. `scores` has room for the square of the sequence.
/// All sizes come from this sequence alone, so nothing else in the batch can change its bits.
pub(super) fn attend(
    config: &BertConfig,
    qkv: &[f32],
    pieces: &Range<usize>,
    scores: &mut [f32],
    target: &mut [f32],
) {
    let (width, size, count) = (config.hidden_size, config.head_size(), pieces.len());
    let stride = 3 * width;
    let scale = 1.0 / (size as f32).sqrt();
    for head in 0..config.num_attention_heads {
        let part = |index: usize| {
            let offset = pieces.start * stride + index * width + head * size;
            Layout::rows_of(count, size, offset, stride)
        };
        let square = Layout::rows_of(count, count, 0, count);
        multiply((scores, square), (qkv, part(0)), (qkv, part(1).transposed()), scale);
        if let Some(rows) = scores.get_mut(..count * count) {
            softmax(rows, count);
        }
        let mixed = Layout::rows_of(count, size, pieces.start * width + head * size, width);
        multiply((target, mixed), (scores, square), (qkv, part(2)), 1.0);
    }
}

/// Makes each row positive with the sum 1.
fn softmax(rows: &mut [f32], count: usize) {
    pulp::Arch::new().dispatch(|| {
        for row in rows.chunks_exact_mut(count.max(1)) {
            let greatest = max(row);
            for x in row.iter_mut() {
                *x = exp(*x - greatest);
            }
            let scale = 1.0 / sum(row, |x| x);
            for x in row.iter_mut() {
                *x *= scale;
            }
        }
    });
}
