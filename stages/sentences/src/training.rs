//! What the training recipe needs: the candidates of a text with their features, and the file of weights.

use std::collections::BTreeSet;

use crate::features;
use crate::model::{HEADER, MAGIC};
use crate::split::{Splitter, left_to_model};

/// A candidate that the rules leave to the model.
#[derive(Clone, Debug)]
pub struct Example {
    /// Hashes of its features, not yet reduced to the table's length.
    pub features: Vec<u32>,
    /// Whether a sentence ends here.
    pub boundary: bool,
    /// 0 after a stop, 1 after another mark, 2 after a letter or digit, 3 after a colon.
    pub group: usize,
    /// Log odds of the weights the crate was built with.
    pub score: f32,
    /// Byte offset in the text.
    pub at: usize,
}

/// The candidates of `text` that the rules leave open; sentences end at the byte offsets `ends`.
///
/// The walk follows the true boundaries, not the predicted ones.
pub fn examples(text: &str, ends: &BTreeSet<usize>) -> Vec<Example> {
    let splitter = Splitter::default();
    let mut examples = Vec::new();
    splitter.walk(text, |candidate| {
        let boundary = ends.contains(&candidate.at);
        if let Some(group) = left_to_model(candidate) {
            let mut hashes = Vec::new();
            features::each(&candidate.context, candidate.abbreviation, |feature| {
                hashes.push(feature)
            });
            examples.push(Example {
                features: hashes,
                boundary,
                group: group as usize,
                score: splitter.score(candidate),
                at: candidate.at,
            });
        }
        boundary
    });
    examples
}

/// The bytes of a weights file for `weights`, whose length is a power of two: one signed byte each, one scale.
pub fn weights_file(weights: &[f32]) -> Vec<u8> {
    let largest = weights.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
    let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
    let mut file = Vec::with_capacity(HEADER + weights.len());
    file.extend_from_slice(MAGIC);
    file.push(u8::try_from(weights.len().trailing_zeros()).unwrap_or(u8::MAX));
    file.extend_from_slice(&scale.to_le_bytes());
    #[expect(clippy::cast_possible_truncation, reason = "the quotient lies within -127..=127")]
    file.extend(weights.iter().map(|weight| (weight / scale).round() as i8 as u8));
    file
}
