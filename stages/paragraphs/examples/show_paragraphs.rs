//! Prints the paragraphs of files, a row each: kind, words, text.
//!
//! `cargo run -p postil-paragraphs --example show_paragraphs -- FILE...`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

fn main() {
    for path in std::env::args().skip(1) {
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                println!("{path}");
                for paragraph in postil_paragraphs::paragraphs(&text) {
                    let slice = paragraph.span.slice(&text).unwrap_or("");
                    println!("{:>12} {:>4}  {slice:?}", paragraph.kind.as_str(), paragraph.n_words);
                }
            }
            Err(error) => eprintln!("cannot read {path}: {error}"),
        }
    }
}
