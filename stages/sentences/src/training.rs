//! What the training recipe needs: the candidates of a text with their features, and the file of weights.

use std::collections::BTreeSet;

use crate::model::{HEADER, MAGIC};
use crate::split::{Splitter, is_left_to_model};
use crate::{features, second_look};

/// A candidate that the rules leave to the model.
#[derive(Clone, Debug)]
pub struct Example {
    /// Hashes of its features of the first look, not yet reduced to the table's length.
    pub first: Vec<u32>,
    /// Hashes of its features of the second look, those of the first among them.
    pub second: Vec<u32>,
    /// Whether a sentence ends here.
    pub boundary: bool,
}

/// The candidates of `text` that the rules leave open; sentences end at the byte offsets `ends`.
///
/// The walk follows the true boundaries, not the predicted ones.
pub fn examples(text: &str, ends: &BTreeSet<usize>) -> Vec<Example> {
    let splitter = Splitter::default();
    let mut examples = Vec::new();
    splitter.walk(text, |candidate| {
        let boundary = ends.contains(&candidate.at);
        if is_left_to_model(candidate) {
            let mut first = Vec::new();
            features::each(&candidate.context, candidate.abbreviation, |feature| {
                first.push(feature);
            });
            let mut second = first.clone();
            second_look::each(&candidate.context, candidate.sentence, candidate.rest, |feature| {
                second.push(feature);
            });
            examples.push(Example { first, second, boundary });
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
