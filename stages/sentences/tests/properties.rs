//! What holds for any text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use postil_sentences::{Splitter, split};
use proptest::prelude::*;

fn paragraph() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z]{1,9}".prop_map(|word| format!("{word} ")),
        prop::sample::select(vec![
            ". ",
            ".",
            "... ",
            ". . . ",
            "? ",
            "?!",
            "! ",
            "U.S. ",
            "Mr. ",
            "No. 5 ",
            "p.m. ",
            "J. ",
            "\n",
            "\r\n",
            "\u{a0}",
            "\u{2028}",
            "\u{3000}",
            "\"",
            "”",
            "“",
            ")",
            "(",
            "[1]",
            "1) ",
            "2) ",
            "a. ",
            "b. ",
            "• ",
            "。",
            "！",
            "」",
            "؟ ",
            ":-) ",
            "http://a.b/c ",
            "x@y.z ",
            "👩‍👩‍👧",
            "東京",
            "e\u{301}",
            "\u{200b}",
            "-- ",
            "—",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn sentences_and_gaps_make_up_the_paragraph(text in paragraph()) {
        let mut last = 0;
        for range in split(&text) {
            prop_assert!(last <= range.start && range.start < range.end);
            prop_assert!(text[last..range.start].trim().is_empty(), "{:?} outside", &text[last..range.start]);
            let sentence = text.get(range.clone());
            prop_assert!(sentence.is_some_and(|s| s.trim() == s), "{:?}", sentence);
            last = range.end;
        }
        prop_assert!(text[last..].trim().is_empty());
    }

    #[test]
    fn white_space_around_a_paragraph_changes_nothing(text in paragraph()) {
        let splitter = Splitter::default();
        let plain: Vec<&str> = splitter.split(&text).into_iter().map(|range| &text[range]).collect();
        let padded = format!(" {text} ");
        let found: Vec<&str> = splitter.split(&padded).into_iter().map(|range| &padded[range]).collect();
        prop_assert_eq!(plain, found);
    }
}
