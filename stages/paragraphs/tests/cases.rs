//! The cases of `cases/*.md`, and the five seed articles.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::Path;

use postil_paragraphs::{Wrap, split};

/// `text` with line ends and escapes taken from their written form.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (c, length) = match &rest[at + 1..at + 2] {
            "n" => ('\n', 2),
            "r" => ('\r', 2),
            "t" => ('\t', 2),
            "u" => {
                let end = at + rest[at..].find('}').unwrap();
                let code = u32::from_str_radix(&rest[at + 3..end], 16).unwrap();
                (char::from_u32(code).unwrap(), end + 1 - at)
            }
            _ => ('\\', 2),
        };
        out.push(c);
        rest = &rest[at + length..];
    }
    out + rest
}

fn found(text: &str) -> String {
    split(text, Wrap::Auto)
        .iter()
        .map(|piece| {
            let slice = &text[piece.span.start..piece.span.end];
            let slice = slice
                .replace('\\', "\\\\")
                .replace('\n', "\\n")
                .replace('\r', "\\r")
                .replace('\t', "\\t");
            format!("{} | {slice}\n", piece.kind)
        })
        .collect()
}

/// The fenced blocks of a case: (language, content).
fn blocks(case: &str) -> Vec<(&str, &str)> {
    let mut parts = case.split("```").skip(1);
    let mut blocks = Vec::new();
    while let (Some(block), _) = (parts.next(), parts.next()) {
        blocks.push(block.split_once('\n').unwrap());
    }
    blocks
}

#[test]
fn articles_of_every_shape() {
    let file = include_str!("../cases/shapes.md");
    let mut count = 0;
    for case in file.split("\n## ").skip(1) {
        let (name, _) = case.split_once('\n').unwrap();
        let [(language, article), ("paragraphs", expected)] = blocks(case)[..] else {
            panic!("{name}: expected an article and its paragraphs");
        };
        let article = if language == "escaped" { unescape(article) } else { article.to_owned() };
        assert_eq!(found(&article), expected, "{name}");
        count += 1;
    }
    assert!(count >= 18, "{count} cases");
}

#[test]
fn the_seeds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for entry in fs::read_dir(root.join("cases/seeds")).unwrap() {
        let expected = entry.unwrap().path();
        let article = root.join("../../seeds").join(expected.file_name().unwrap());
        let text = fs::read_to_string(&article).unwrap();
        assert_eq!(found(&text), fs::read_to_string(&expected).unwrap(), "{}", article.display());
        count += 1;
    }
    assert_eq!(count, 5);
}

#[test]
fn wrapping_can_be_forced_either_way() {
    let text = "One line of text\nand another one.\n\nThe end.";
    let count = |wrap| split(text, wrap).len();
    assert_eq!((count(Wrap::Always), count(Wrap::Never)), (2, 3));
}

#[test]
fn words_are_counted_by_unicode() {
    let text = "The U.S. president's 3.5 million — 東京。";
    let paragraph = &postil_paragraphs::paragraphs(text)[0];
    assert_eq!(paragraph.n_words, 7);
}
