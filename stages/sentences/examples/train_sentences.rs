//! Trains both looks of the boundary model: logistic regressions over hashed features by AdaGrad, on text with known
//! sentences.
//!
//! `cargo run --release -p postil-sentences --example train_sentences -- OUT-FOLDER TRAIN.txt[=WEIGHT]...`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "gold/mod.rs"]
mod gold;

use std::collections::HashMap;
use std::process::ExitCode;

use postil_sentences::training::Example;

/// log2 of the number of weights.
const BITS: u32 = 16;
const MASK: u32 = (1 << BITS) - 1;
const EPOCHS: usize = 12;
const RATE: f32 = 0.1;
/// Strength of the pull to zero, at each step of a weight, in the first look and in the second.
const DECAY: [f32; 2] = [0.05, 0.1];
/// The second look learns from the candidates whose log odds in the first lie between these: those it will be asked
/// about, and some to either side.
const BAND: std::ops::Range<f32> = -3.5..3.5;
/// Features seen less often than this get no weight of their own.
const RARE: u32 = 3;

struct Row {
    features: Vec<u32>,
    target: f32,
    weight: f32,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(out) = arguments.next() else {
        eprintln!("usage: train_sentences OUT-FOLDER TRAIN.txt[=WEIGHT]...");
        return ExitCode::FAILURE;
    };
    let mut examples: Vec<(Example, f32)> = Vec::new();
    for argument in arguments {
        let (path, weight) = match argument.rsplit_once('=') {
            Some((path, weight)) => (path.to_owned(), weight.parse().unwrap_or(1.0)),
            None => (argument, 1.0),
        };
        let paragraphs = match gold::read(path.as_ref()) {
            Ok(paragraphs) => paragraphs,
            Err(error) => {
                eprintln!("cannot read {path}: {error}");
                return ExitCode::FAILURE;
            }
        };
        let before = examples.len();
        for paragraph in &paragraphs {
            let found = postil_sentences::training::examples(&paragraph.text, &paragraph.ends);
            examples.extend(found.into_iter().map(|example| (example, weight)));
        }
        println!(
            "{path}: {} texts, {} candidates, weight {weight}",
            paragraphs.len(),
            examples.len() - before
        );
    }
    let row = |features: &[u32], example: &Example, weight: f32| Row {
        features: features.to_vec(),
        target: f32::from(u8::from(example.boundary)),
        weight,
    };
    let rows = examples.iter().map(|(example, weight)| row(&example.first, example, *weight));
    let first = learn(rows.collect(), DECAY[0]);
    let score = |example: &Example| -> f32 {
        example.first.iter().map(|&feature| first[(feature & MASK) as usize]).sum()
    };
    let doubtful = examples.iter().filter(|(example, _)| BAND.contains(&score(example)));
    let rows = doubtful.map(|(example, weight)| row(&example.second, example, *weight));
    let second = learn(rows.collect(), DECAY[1]);
    for (name, weights) in [("weights.bin", &first), ("second.bin", &second)] {
        let path = std::path::Path::new(&out).join(name);
        if let Err(error) = std::fs::write(&path, postil_sentences::training::weights_file(weights))
        {
            eprintln!("cannot write {}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn learn(mut rows: Vec<Row>, decay: f32) -> Vec<f32> {
    drop_rare(&mut rows, MASK);
    let weights = train(&mut rows, 1 << BITS, decay);
    println!(
        "{} candidates, {} weights, {} of them not zero",
        rows.len(),
        weights.len(),
        weights.iter().filter(|weight| weight.abs() > 1e-3).count()
    );
    weights
}

/// Takes out the features seen less than [`RARE`] times, and reduces the others to the length of the table.
fn drop_rare(rows: &mut [Row], mask: u32) {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for feature in rows.iter().flat_map(|row| &row.features) {
        *counts.entry(*feature).or_default() += 1;
    }
    for row in rows {
        row.features.retain(|feature| counts.get(feature).is_some_and(|count| *count >= RARE));
        row.features.iter_mut().for_each(|feature| *feature &= mask);
    }
}

fn train(rows: &mut [Row], length: usize, decay: f32) -> Vec<f32> {
    let mut weights = vec![0.0_f32; length];
    let mut squares = vec![1e-6_f32; length];
    let mut sums = vec![0.0_f64; length];
    let mut random = 0x5eed_u64;
    for epoch in 0..EPOCHS {
        shuffle(rows, &mut random);
        let mut loss = 0.0_f64;
        for row in rows.iter() {
            let score: f32 = row.features.iter().map(|&feature| weights[feature as usize]).sum();
            let probability = 1.0 / (1.0 + (-score).exp());
            let error = (probability - row.target) * row.weight;
            loss -= f64::from(row.weight)
                * f64::from(
                    if row.target > 0.5 { probability } else { 1.0 - probability }.max(1e-9),
                )
                .ln();
            for &feature in &row.features {
                let feature = feature as usize;
                let gradient = error + decay * weights[feature];
                squares[feature] += gradient * gradient;
                weights[feature] -= RATE * gradient / squares[feature].sqrt();
            }
        }
        println!("epoch {}: loss {:.4}", epoch + 1, loss / rows.len().max(1) as f64);
        if epoch >= EPOCHS / 2 {
            for (sum, weight) in sums.iter_mut().zip(&weights) {
                *sum += f64::from(*weight);
            }
        }
    }
    let averaged = (EPOCHS - EPOCHS / 2) as f64;
    sums.iter().map(|sum| (sum / averaged) as f32).collect()
}

/// Fisher and Yates, with the SplitMix64 generator.
fn shuffle(rows: &mut [Row], state: &mut u64) {
    for last in (1..rows.len()).rev() {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        rows.swap(last, (z % (last as u64 + 1)) as usize);
    }
}
