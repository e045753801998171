//! Properties of the encoding, on any text.
#![allow(clippy::expect_used, clippy::panic)]

mod support;

use std::ops::Range;
use std::sync::LazyLock;

use postil_models::{Embedder, EncodedText, Input, TokenClassifier, Tokenizer};
use proptest::prelude::*;

static TOKENIZER: LazyLock<Tokenizer> =
    LazyLock::new(|| Tokenizer::open(&support::model("ner-minilm-l6")).expect("a tokenizer"));

/// Text of every kind: any characters at all, and those that are known to be hard.
fn texts() -> impl Strategy<Value = String> {
    let hard = prop::sample::select(vec![
        "e\u{301}",
        "🎉",
        "👨\u{200d}👩\u{200d}👧",
        "\u{200b}",
        "東",
        "한",
        "각",
        "ß",
        "ﬁ",
        "½",
        "İ",
        "\u{0}",
        "\u{fffd}",
        "\u{85}",
        "≠",
        "\u{37e}",
        " ",
        "\r\n",
        "[SEP]",
        "##a",
        "Mr.",
        "—",
        "\u{344}",
        "\u{1d15e}",
        "\u{f73}",
        "a\u{5ae}\u{300}",
        "U.S.",
        "antidisestablishmentarianism",
    ]);
    prop::collection::vec(
        prop_oneof![any::<char>().prop_map(String::from), hard.prop_map(String::from)],
        0..60,
    )
    .prop_map(|parts| parts.concat())
}

/// Ascending ranges of a text, with or without gaps.
fn units(text: &str, cuts: &[prop::sample::Index]) -> Vec<Range<usize>> {
    let boundaries: Vec<usize> = (0..=text.len()).filter(|&i| text.is_char_boundary(i)).collect();
    let mut chosen: Vec<usize> = cuts.iter().map(|cut| *cut.get(&boundaries)).collect();
    chosen.sort_unstable();
    chosen.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

fn assert_sound(text: &str, encoded: &EncodedText) {
    let mut last = (0, 0);
    for offset in &encoded.offsets {
        assert!(text.get(offset.clone()).is_some(), "{offset:?} is no slice of {text:?}");
        assert!(last.0 <= offset.start && last.1 <= offset.end, "{offset:?} after {last:?}");
        last = (offset.start, offset.end);
    }
    assert_eq!(encoded.words.len(), encoded.len());
    assert_eq!(encoded.shapes.len(), encoded.word_spans.len());
    let mut end = 0;
    for (word, span) in encoded.word_spans.iter().enumerate() {
        assert!(text.get(span.clone()).is_some_and(|w| !w.is_empty()), "word {span:?} of {text:?}");
        assert!(span.start >= end, "word {span:?} begins before {end} in {text:?}");
        end = span.end;
        let first = encoded.word_starts[word];
        assert_eq!(encoded.words[first], word);
        assert!(first == 0 || encoded.words[first - 1] + 1 == word);
    }
    for (piece, &word) in encoded.words.iter().enumerate() {
        let (offset, span) = (&encoded.offsets[piece], &encoded.word_spans[word]);
        assert!(span.start <= offset.start && offset.end <= span.end, "piece {piece} of {text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn pieces_and_words_are_slices_in_order(text in texts()) {
        assert_sound(&text, &TOKENIZER.encode(&text).expect("pieces"));
    }

    #[test]
    fn windows_hold_every_piece_and_word_once(
        text in texts(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        room in 1_usize..40,
    ) {
        let encoded = TOKENIZER.encode(&text).expect("pieces");
        let units = units(&text, &cuts);
        let windows = encoded.windows(&units, room);
        prop_assert!(!windows.is_empty());
        let (mut piece, mut word) = (0, 0);
        for window in &windows {
            prop_assert_eq!(window.pieces.start, piece);
            prop_assert!(window.pieces.len() <= room);
            piece = window.pieces.end;
            let words = encoded.words_starting_in(&window.pieces);
            prop_assert_eq!(words.start, word);
            word = words.end;
        }
        prop_assert_eq!(piece, encoded.len());
        prop_assert_eq!(word, encoded.word_spans.len());
        for (index, unit) in units.iter().enumerate() {
            for piece in encoded.pieces_in(unit) {
                let window = windows.iter().find(|w| w.pieces.contains(&piece)).expect("a window");
                prop_assert!(window.units.contains(&index));
            }
        }
    }

    #[test]
    fn sequences_hold_the_pieces_between_special_tokens(text in texts(), target in texts()) {
        let (first, second) = (TOKENIZER.encode(&target).expect("pieces"), TOKENIZER.encode(&text).expect("pieces"));
        let sequence = TOKENIZER.pair(&first, &second, 0..second.len());
        prop_assert_eq!(sequence.len(), first.len() + second.len() + 3);
        prop_assert_eq!(&sequence.ids[sequence.text_start..][..sequence.text_pieces], &second.ids[..]);
        prop_assert_eq!(&sequence.ids[1..=first.len()], &first.ids[..]);
    }
}

#[test]
fn a_megabyte_is_read_in_linear_time() {
    let sentence = "The committee of Lower Saxony heard Dr. Anna Berg on water, rail and bread. ";
    let texts = [
        sentence.repeat((1 << 20) / sentence.len()),
        "x".repeat(1 << 20),
        "東".repeat(1 << 18),
        "é!".repeat(1 << 18),
    ];
    for text in texts {
        let seconds = |text: &str| {
            let start = std::time::Instant::now();
            let encoded = TOKENIZER.encode(text).expect("pieces");
            let windows = encoded.windows(&[], 254);
            assert_eq!(windows.iter().map(|w| w.pieces.len()).sum::<usize>(), encoded.len());
            assert_sound(text, &encoded);
            start.elapsed().as_secs_f64()
        };
        let eighth = (0..=text.len() / 8).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
        let (part, whole) = (seconds(&text[..eighth]), seconds(&text));
        // Eight times the text: quadratic time would be 64 times as long. The slack is for machines
        // with other work to do.
        assert!(whole < 32.0 * part + 2.0, "1/8: {part} s, all: {whole} s");
    }
}

#[test]
fn a_long_text_is_read_whole_and_along_its_sentences() {
    let sentence = "Anna Berg spoke in Geneva. ";
    let text = sentence.repeat(60);
    let units: Vec<Range<usize>> =
        (0..60).map(|i| i * sentence.len()..(i + 1) * sentence.len() - 1).collect();
    let tagger = TokenClassifier::load(&support::model("ner-minilm-l6")).expect("a model");
    let labels = &tagger.classify(&[Input::new(&text, &units)]).expect("labels")[0];
    assert_eq!(labels.len(), 60 * 6);
    assert_eq!(labels.probabilities.len(), labels.len() * tagger.labels().len());
    assert_eq!(&text[labels.words[359].clone()], ".");
    for word in 0..labels.len() {
        assert!((labels.row(word).iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }

    let embedder = Embedder::load(&support::model("minilm-l6")).expect("a model");
    let vectors = &embedder.embed_units(&[Input::new(&text, &units)]).expect("vectors")[0];
    assert_eq!(vectors.units.len(), 60);
    assert!(vectors.units.iter().all(Option::is_some));
}

#[test]
fn units_have_their_own_vectors() {
    let text = "The harbour froze. \u{200b} Bread prices rose in Peru.";
    let units = [0..18, 19..22, 23..text.len()];
    let embedder = Embedder::load(&support::model("minilm-l6")).expect("a model");
    let vectors = &embedder.embed_units(&[Input::new(text, &units)]).expect("vectors")[0];
    let [Some(ice), None, Some(bread)] = vectors.units.as_slice() else {
        panic!("expected vectors of the two sentences, and none of the invisible space");
    };
    let query = &embedder.embed(&["Food is getting more expensive."]).expect("vectors")[0];
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    // The sentences are read in one pass, so each knows the other: the difference is small.
    let (near, far) = (dot(bread, query), dot(ice, query));
    assert!(near > far + 0.05, "{near} for bread, {far} for ice");
    assert!((dot(&vectors.text, &vectors.text) - 1.0).abs() < 1e-5);
}
