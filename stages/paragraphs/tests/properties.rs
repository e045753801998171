//! What holds for any text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use postil_paragraphs::{Wrap, paragraphs, split};
use proptest::prelude::*;

/// Text made of what paragraphs are made of, and of anything.
fn article() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z,.?]{1,9}".prop_map(|word| format!("{word} ")),
        prop::sample::select(vec![
            "\n",
            "\r\n",
            "\n\n",
            "\r",
            "\t",
            "  ",
            "\u{a0}",
            "\u{2028}",
            "\u{2029}",
            "\u{85}",
            "\u{c}",
            "\u{b}",
            "\u{feff}",
            "\u{200b}",
            "- ",
            "• ",
            "* ",
            "1. ",
            "2. ",
            "a) ",
            "b) ",
            "> ",
            "# ",
            "| ",
            "“",
            "”",
            "\"",
            "[1, 5]",
            "...",
            "Sources:",
            "Tags",
            "6",
            "👩‍👩‍👧",
            "東京。",
            "مرحبا",
            "e\u{301}",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
}

fn is_marker(outside: &str) -> bool {
    outside.chars().all(|c| {
        is_blank(c) || c.is_ascii_alphanumeric() || "()#>.-*•·∙◦▪▫‣⁃●○■□►▶▸✓✔➤–".contains(c)
    })
}

proptest! {
    #[test]
    fn spans_are_ordered_and_hold_everything_but_white_space_and_markers(
        text in article(),
        wrap in prop::sample::select(vec![Wrap::Auto, Wrap::Always, Wrap::Never]),
    ) {
        let mut last = 0;
        for piece in split(&text, wrap) {
            prop_assert!(last <= piece.span.start);
            let slice = piece.span.slice(&text);
            prop_assert!(slice.is_some_and(|s| !s.is_empty() && s.trim() == s), "{slice:?} in {text:?}");
            // A marker is at most "> > " or "(99) " long, and stands once in front of a paragraph.
            let outside = &text[last..piece.span.start];
            prop_assert!(is_marker(outside), "{outside:?} outside of {text:?}");
            prop_assert!(outside.split_whitespace().filter(|s| s.contains(char::is_alphanumeric)).count() <= 1);
            last = piece.span.end;
        }
        let rest = &text[last..];
        prop_assert!(rest.chars().all(is_blank), "{:?} behind the last paragraph of {:?}", rest, text);
    }

    #[test]
    fn a_paragraph_alone_has_the_same_fingerprint(text in article()) {
        for paragraph in paragraphs(&text) {
            let slice = paragraph.span.slice(&text).unwrap();
            prop_assert_eq!(postil_paragraphs::fingerprint(slice), paragraph.fingerprint);
            prop_assert_eq!(postil_paragraphs::fingerprint(&format!(" {slice}\n")), paragraph.fingerprint);
        }
    }
}
