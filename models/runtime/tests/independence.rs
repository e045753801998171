//! The bits of a result do not depend on what else is in the call.
#![allow(clippy::expect_used, clippy::panic)]

mod support;

use postil_models::bert::{BLOCK, Bert, BertConfig};
use postil_models::weights::Weights;
use postil_models::{
    Embedder, Encoder, Hidden, Input, ModelFolder, Packed, Sequence, TokenClassifier,
};

fn bert(folder: &ModelFolder) -> Bert {
    let path = folder.file("model.safetensors");
    let bytes = std::fs::read(&path).expect("weights");
    let config = BertConfig::read(&folder.file("config.json")).expect("a config");
    Bert::new(config, &Weights::parse(&path, &bytes).expect("weights")).expect("a model")
}

/// A sequence of a given length with ids that look random and are always the same.
fn sequence(length: usize, seed: u64) -> Sequence {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let ids = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        1000 + (state % 28_000) as u32
    });
    Sequence {
        ids: ids.take(length).collect(),
        token_types: vec![0; length],
        ..Sequence::default()
    }
}

fn run(encoder: &dyn Encoder, sequences: &[Sequence]) -> Vec<Vec<u32>> {
    let mut batch = Packed::new();
    sequences.iter().for_each(|sequence| batch.push(sequence));
    let hidden: Hidden = encoder.hidden(&batch).expect("vectors");
    let bits = |rows: &[f32]| rows.iter().map(|x| x.to_bits()).collect();
    batch.sequences().map(|pieces| bits(hidden.rows(pieces))).collect()
}

#[test]
fn a_sequence_alone_and_packed_has_the_same_bits() {
    let encoder = bert(&support::model("minilm-l6"));
    let lengths = (1..=70).chain([95, 96, 97, 128, 191, 255, 256, 511, 512]);
    let sequences: Vec<Sequence> =
        lengths.enumerate().map(|(seed, length)| sequence(length, seed as u64)).collect();
    let alone: Vec<_> =
        sequences.iter().flat_map(|s| run(&encoder, std::slice::from_ref(s))).collect();
    let together = run(&encoder, &sequences);
    for (sequence, (alone, together)) in sequences.iter().zip(alone.iter().zip(&together)) {
        assert!(alone == together, "a sequence of {} pieces", sequence.len());
    }

    let reversed: Vec<Sequence> = sequences.into_iter().rev().collect();
    let mut again = run(&encoder, &reversed);
    again.reverse();
    assert!(again == together, "in reversed order");
}

#[test]
fn the_place_of_a_sequence_in_a_block_does_not_matter() {
    let encoder = bert(&support::model("minilm-l6"));
    let probe = sequence(23, 7);
    let alone = run(&encoder, std::slice::from_ref(&probe)).remove(0);
    for before in 1..=BLOCK {
        let packed = run(&encoder, &[sequence(before, 99), probe.clone()]);
        assert!(packed[1] == alone, "after {before} pieces");
    }
}

#[test]
fn results_do_not_depend_on_the_other_inputs_of_a_call() {
    let texts = [
        "",
        "A",
        "The council of Aarhus met on Tuesday.",
        "Ministers from Kenya, Norway and Peru signed the treaty; it takes force in 2027.",
        &"Rain fell on the harbour. ".repeat(90),
        "Short again.",
    ];
    let inputs: Vec<Input> = texts.iter().map(|text| Input::whole(text)).collect();

    let embedder = Embedder::load(&support::model("minilm-l6")).expect("a model");
    let together = embedder.embed_units(&inputs).expect("vectors");
    let tagger = TokenClassifier::load(&support::model("ner-minilm-l6")).expect("a model");
    let labels_together = tagger.classify(&inputs).expect("labels");
    for (index, input) in inputs.iter().enumerate() {
        let alone = embedder.embed_units(&[*input]).expect("vectors");
        assert_eq!(alone[0], together[index], "vector of {:?}", input.text);
        let alone = tagger.classify(&[*input]).expect("labels");
        assert_eq!(alone[0], labels_together[index], "labels of {:?}", input.text);
    }
}

#[test]
fn threads_share_a_model() {
    let embedder = Embedder::load(&support::model("minilm-l6")).expect("a model");
    let texts = ["One sentence of many.", "Another, from the second thread."];
    let expected = embedder.embed(&texts).expect("vectors");
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert_eq!(embedder.embed(&texts).expect("vectors"), expected));
        }
    });
}
