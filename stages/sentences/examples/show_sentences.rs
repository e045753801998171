//! Prints the sentences of articles, a row each: number of the paragraph, text.
//!
//! `cargo run -p postil-sentences --example show_sentences -- FILE...`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

fn main() {
    for path in std::env::args().skip(1) {
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                for (number, paragraph) in postil_paragraphs::paragraphs(&text).iter().enumerate() {
                    let slice = paragraph.span.slice(&text).unwrap_or("");
                    for range in postil_sentences::split(slice) {
                        println!("{number} | {}", slice.get(range).unwrap_or(""));
                    }
                }
            }
            Err(error) => eprintln!("cannot read {path}: {error}"),
        }
    }
}
