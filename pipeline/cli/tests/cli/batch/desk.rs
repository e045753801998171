//! A folder with articles and the fast pipeline.

use std::fs;
use std::path::Path;

use crate::support::Desk;

/// Every family but embeddings, and no large model, so that a run over some hundred articles takes a
/// second.
const FAST: &str = r#"
[[targets]]
id = "accords"
statement = "Kazakhstan should join the Abraham Accords"
aliases = ["Abraham Accords", "the Accords"]

[[stages]]
uses = "paragraphs.lines"
[[stages]]
uses = "sentences.rules"
[[stages]]
uses = "entities.gazetteer"
path = "names.tsv"
[[stages]]
uses = "stance.linear"
[[stages]]
uses = "duplicates.lexical-semantic"
paraphrase = false
"#;

const NAMES: &str = "name\tlabel\tid\nKazakhstan\tLOC\tQ232\nBaku\tLOC\tQ9248\nIran\tLOC\tQ794\n\
                     Abraham Accords\tMISC\tQ98077416\nUnited Nations\tORG\tQ1065\n";

/// A folder with the fast config and this many articles in `articles/`.
pub fn desk(articles: usize) -> Desk {
    let desk = Desk::with(&[("postil.toml", FAST), ("names.tsv", NAMES)]);
    for number in 0..articles {
        desk.write(&format!("articles/{number:05}.txt"), article(number));
    }
    desk
}

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, limit: usize) -> usize {
        // SplitMix64 (Steele, Lea and Flood, 2014).
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }

    pub fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// The text of an article: a title and some paragraphs of sentences, with names, abbreviations and
/// characters beyond ASCII. Every tenth article repeats a paragraph of the one before.
pub fn article(number: usize) -> String {
    let mut text = format!("{}\n", title(number));
    for paragraph in 0..6 {
        let of = if paragraph == 3 && number % 10 == 9 { number - 1 } else { number };
        text.push_str(&format!("\n{}\n", paragraph_of(of, paragraph)));
    }
    text
}

fn title(number: usize) -> String {
    let mut dice = Dice(number as u64 * 1000 + 999);
    let place = dice.of(&["Kazakhstan", "Iran", "Baku", "Zürich"]);
    format!("{place} weighs offer No. {number}")
}

fn paragraph_of(number: usize, paragraph: usize) -> String {
    let mut dice = Dice((number * 1000 + paragraph) as u64);
    let mut sentences = Vec::new();
    for _ in 0..3 + dice.below(3) {
        let who =
            dice.of(&["Mr. Çelik", "The minister", "Kazakhstan", "The United Nations", "Iran"]);
        let says = dice.of(&["said on Monday that", "denied that", "told Reuters", "wrote that"]);
        let what = dice.of(&[
            "the Abraham Accords would bring peace",
            "joining the Accords was a mistake",
            "the U.S. plan cost $1.5 billion",
            "élections in Baku were free and fair",
        ]);
        let (a, b, c) = (dice.below(9000), dice.below(9000), dice.below(9000));
        let end = dice.of(&["officials added.", "as ever 🙂.", "a report found.", "he said."]);
        sentences.push(format!("{who} {says} {what}, after talks {a} of {b} in room {c}, {end}"));
    }
    sentences.join(" ")
}

/// The articles of a folder, copied to where the desk looks for them.
pub fn copy_articles(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
