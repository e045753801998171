//! Articles for benchmarks: as many as one likes, the same in every run, and as different from each
//! other as news are. Words come with the frequencies of a language (Zipf), so that they compress
//! like one; one article in fifty repeats a paragraph of another.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// Bytes of an article, about: one of 1,400 words.
pub const BYTES: usize = 9_000;
/// Paragraphs of an article.
const PARAGRAPHS: usize = 14;
/// Words of the language.
const VOCABULARY: usize = 30_000;

/// The commonest words, which carry a language's grammar.
const COMMON: [&str; 48] = [
    "the",
    "of",
    "to",
    "and",
    "in",
    "a",
    "that",
    "for",
    "on",
    "said",
    "is",
    "with",
    "was",
    "it",
    "by",
    "as",
    "at",
    "from",
    "has",
    "his",
    "be",
    "are",
    "have",
    "an",
    "not",
    "he",
    "but",
    "were",
    "its",
    "this",
    "their",
    "who",
    "would",
    "will",
    "been",
    "they",
    "had",
    "more",
    "after",
    "which",
    "government",
    "president",
    "officials",
    "country",
    "people",
    "year",
    "talks",
    "minister",
];
const NAMES: [&str; 8] =
    ["Kazakhstan", "Baku", "United Nations", "Mr. Smith", "Iran", "Geneva", "U.S.", "Reuters"];
const SYLLABLES: [&str; 40] = [
    "ba", "con", "de", "er", "for", "gra", "hi", "in", "jo", "ka", "lo", "ment", "na", "or", "pre",
    "qua", "re", "sta", "tion", "ul", "ver", "wo", "ex", "yi", "al", "be", "com", "di", "en", "fa",
    "ic", "le", "mi", "ne", "pa", "ro", "si", "ter", "un", "ving",
];

/// Numbers that look random and are the same in every run: SplitMix64 (Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or(0)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

struct Language {
    words: Vec<String>,
}

impl Language {
    fn new() -> Self {
        let mut dice = Dice(1);
        let mut words: Vec<String> = COMMON.iter().map(|word| (*word).to_owned()).collect();
        while words.len() < VOCABULARY {
            let syllables = 2 + dice.below(3);
            words.push((0..syllables).map(|_| SYLLABLES[dice.below(SYLLABLES.len())]).collect());
        }
        Self { words }
    }

    /// A word by its rank, of which the first is the commonest: log-uniform, as Zipf's law has it.
    fn word(&self, dice: &mut Dice) -> &str {
        let rank = (VOCABULARY as f64).powf(dice.share()) as usize - 1;
        self.words.get(rank).map_or("the", String::as_str)
    }

    fn paragraph(&self, seed: u64, text: &mut String) {
        let mut dice = Dice(seed);
        for sentence in 0..3 + dice.below(3) {
            if sentence > 0 {
                text.push(' ');
            }
            let name = NAMES[dice.below(NAMES.len())];
            text.push_str(name);
            for _ in 0..14 + dice.below(16) {
                text.push(' ');
                text.push_str(self.word(&mut dice));
            }
            // Writing to a String cannot fail.
            match dice.below(4) {
                0 => drop(write!(text, ", {} of them in {}.", dice.below(900), dice.below(2025))),
                1 => text.push_str(", officials said."),
                _ => text.push('.'),
            }
        }
    }
}

/// Writes so many articles as JSON lines.
pub fn write(path: &Path, articles: usize) -> anyhow::Result<()> {
    let language = Language::new();
    let mut out = BufWriter::new(File::create(path)?);
    let mut text = String::new();
    for number in 0..articles {
        text.clear();
        for paragraph in 0..PARAGRAPHS {
            let of = if number % 50 == 49 && paragraph == 3 { number - 1 } else { number };
            language.paragraph(of as u64 * 100 + paragraph as u64, &mut text);
            text.push_str("\n\n");
        }
        let record = serde_json::json!({ "id": format!("{number:07}"), "text": text });
        writeln!(out, "{record}")?;
    }
    Ok(out.flush()?)
}
