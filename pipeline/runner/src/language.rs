//! In which language an article is written.
//!
//! The detector is `whatlang`: 69 languages by their trigrams. It costs about 100 microseconds a text,
//! several times what cutting it into sentences does, so English, which the built-in models read, is
//! first looked for by its commonest words, which costs about two.
//!
//! Only a sample of at most [`SAMPLE`] bytes is looked at, taken in [`WINDOWS`] pieces spread over the
//! whole text, so that an article is judged by most of it and not by the quotation that it begins
//! with. A language is named only where there is enough to judge by: a stage skips articles in a
//! language that it does not know, but tries those whose language is not known.
//!
//! # The choice
//!
//! Detectors on the test sentences that come with `lingua`'s models (28 languages, web pages; the
//! first two thirds for choosing the numbers below, the last third for these figures), one sentence
//! or three at a time. *Right*: the language; *lost*: English taken for another language, whose
//! articles would go without entities and stances; *wrong*: other languages taken for English, of
//! 8,889 and 2,954 texts. Microseconds a text on a loaded machine, to be compared with each other.
//!
//! | detector | right, 1 / 3 | lost | wrong | µs | languages |
//! |---|---|---|---|---|---|
//! | `whichlang` 0.1 | 0.55 / 0.56 (0.993 / 0.999 of its own) | 4 / 0 | 169 / 11 | 3 / 6 | 16 |
//! | `whatlang` 0.18 | 0.94 / 0.99 | 18 / 0 | 7 / 0 | 111 / 139 | 69 |
//! | `lingua` 1.8 | 0.99 / 1.00 | 3 / 0 | 14 / 0 | 1704 / 1903 | 75 |
//! | this module | 0.81 / 0.99 (18 % / 0.1 % not known) | 2 / 0 | 5 / 0 | 174 / 154; English 37 / 7 | 67 |
//!
//! `whichlang` takes the languages that it does not know for those it does; `lingua` is the most
//! accurate (its sentences are its own) and would take longer than everything else together. Of the
//! 46 short paragraphs of news in `tests/languages.tsv` (32 languages) 45 are right, and one of the
//! English ones is not known.

use whatlang::{Detector, Lang};

/// Bytes of a text that are looked at, at most.
pub const SAMPLE: usize = 1024;
/// Pieces of a longer text that make the sample.
pub const WINDOWS: usize = 4;
/// Bytes of letters without which no language is named.
const MIN_LETTERS: usize = 24;
/// Bytes of letters from which the best guess is named although a neighbour is close to it: Danish for
/// Norwegian is no reason to read the text as English.
const MANY_LETTERS: usize = 80;
/// Words without which the share of English ones says nothing.
const MIN_WORDS: usize = 6;
/// One word in so many is one of [`is_english`] in an English text.
const ONE_IN: usize = 10;
/// The BCP 47 code of the language of a text; `None` where the text is too short to tell, or has no
/// letters, or what is likeliest is not likely.
pub(crate) fn detect(text: &str) -> Option<&'static str> {
    let sample = sample(text);
    let letters: usize = sample.chars().filter(|c| c.is_alphabetic()).map(char::len_utf8).sum();
    if letters < MIN_LETTERS {
        return None;
    }
    if is_plainly_english(&sample) {
        return Some("en");
    }
    // Dead and planned languages share their trigrams with living ones.
    let found = Detector::with_denylist(vec![Lang::Epo, Lang::Lat]).detect(&sample)?;
    (found.is_reliable() || letters >= MANY_LETTERS).then(|| code(found.lang()))
}

/// Some pieces of the text, whole words without digits and addresses.
fn sample(text: &str) -> String {
    let mut sample = String::with_capacity(SAMPLE.min(text.len()) + WINDOWS);
    let mut add = |piece: &str| {
        for word in piece.split_whitespace() {
            let is_word =
                !word.bytes().any(|b| b.is_ascii_digit() || matches!(b, b'/' | b'@' | b'<'));
            if is_word {
                sample.push_str(word);
                sample.push(' ');
            }
        }
    };
    if text.len() <= SAMPLE {
        add(text);
        return sample;
    }
    let length = SAMPLE / WINDOWS;
    for window in 0..WINDOWS {
        // Window by window from the start of the text to its end.
        let from = (text.len() - length) / (WINDOWS - 1) * window;
        let start = boundary(text, from);
        let end = boundary(text, from + length);
        let piece = text.get(start..end).unwrap_or_default();
        // A word cut in two is no word, where words are apart at all.
        let first = piece.find(char::is_whitespace).filter(|_| window > 0).unwrap_or(0);
        let last = piece.rfind(char::is_whitespace).filter(|_| window + 1 < WINDOWS);
        add(piece.get(first..last.unwrap_or(piece.len()).max(first)).unwrap_or_default());
    }
    sample
}

/// The next place at or after `at` that is between two characters.
fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

fn is_plainly_english(sample: &str) -> bool {
    const LONGEST: usize = 8;
    let mut lower = [0_u8; LONGEST];
    let (mut words, mut english) = (0_usize, 0_usize);
    for word in sample.split_whitespace() {
        words += 1;
        let word = word.trim_matches(|c: char| !c.is_alphabetic());
        let Some(place) = lower.get_mut(..word.len()) else { continue };
        place.copy_from_slice(word.as_bytes());
        place.make_ascii_lowercase();
        english += usize::from(is_english(place));
    }
    words >= MIN_WORDS && english > 1 && english * ONE_IN >= words
}

/// Whether a word in lower case is a common English one, and no common one of another language written
/// in Latin letters.
fn is_english(word: &[u8]) -> bool {
    matches!(
        word,
        b"about"
            | b"and"
            | b"are"
            | b"been"
            | b"before"
            | b"between"
            | b"could"
            | b"during"
            | b"from"
            | b"have"
            | b"his"
            | b"into"
            | b"its"
            | b"it's"
            | b"may"
            | b"most"
            | b"new"
            | b"other"
            | b"our"
            | b"said"
            | b"should"
            | b"than"
            | b"that"
            | b"the"
            | b"their"
            | b"them"
            | b"there"
            | b"these"
            | b"they"
            | b"this"
            | b"those"
            | b"through"
            | b"we"
            | b"were"
            | b"what"
            | b"when"
            | b"where"
            | b"which"
            | b"while"
            | b"who"
            | b"with"
            | b"would"
            | b"you"
            | b"your"
    )
}

/// The BCP 47 code: two letters where ISO 639-1 has them.
const fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Afr => "af",
        Lang::Aka => "ak",
        Lang::Amh => "am",
        Lang::Ara => "ar",
        Lang::Aze => "az",
        Lang::Bel => "be",
        Lang::Ben => "bn",
        Lang::Bul => "bg",
        Lang::Cat => "ca",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Cym => "cy",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Epo => "eo",
        Lang::Est => "et",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Guj => "gu",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Hye => "hy",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jav => "jv",
        Lang::Jpn => "ja",
        Lang::Kan => "kn",
        Lang::Kat => "ka",
        Lang::Khm => "km",
        Lang::Kor => "ko",
        Lang::Lat => "la",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Mal => "ml",
        Lang::Mar => "mr",
        Lang::Mkd => "mk",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Nld => "nl",
        Lang::Nob => "nb",
        Lang::Ori => "or",
        Lang::Pan => "pa",
        Lang::Pes => "fa",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Sin => "si",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Sna => "sn",
        Lang::Spa => "es",
        Lang::Srp => "sr",
        Lang::Swe => "sv",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Tgl => "tl",
        Lang::Tha => "th",
        Lang::Tuk => "tk",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Urd => "ur",
        Lang::Uzb => "uz",
        Lang::Vie => "vi",
        Lang::Yid => "yi",
        Lang::Zul => "zu",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `language\ttext` a line: short paragraphs of news, written for this.
    const PARAGRAPHS: &str = include_str!("../tests/languages.tsv");

    fn paragraphs() -> Vec<(&'static str, &'static str)> {
        PARAGRAPHS.lines().filter_map(|line| line.split_once('\t')).collect()
    }

    #[test]
    fn short_paragraphs_are_told_apart() {
        let all = paragraphs();
        let wrong: Vec<_> = all.iter().filter(|(lang, text)| detect(text) != Some(lang)).collect();
        // Close neighbours may be mixed up, or not be told at all.
        assert!(
            wrong.len() * 10 <= all.len(),
            "{} of {} wrong: {wrong:#?}",
            wrong.len(),
            all.len()
        );
    }

    #[test]
    fn english_is_never_taken_for_another_language_nor_another_for_english() {
        for (lang, text) in paragraphs() {
            let found = detect(text);
            match lang {
                "en" => assert!(matches!(found, Some("en") | None), "{found:?}: {text}"),
                _ => assert_ne!(found, Some("en"), "{text}"),
            }
        }
    }

    #[test]
    fn what_is_too_short_or_has_no_letters_is_not_known() {
        let numbers = "12.5 13.7 2025-11-07 http://example.org/ein/langer/pfad ".repeat(100);
        for text in ["", "Ja.", "Nein, danke.", "🎉🎉🎉", "1 2 3 4 5 6", &numbers] {
            assert_eq!(detect(text), None, "{text}");
        }
    }

    #[test]
    fn an_article_is_judged_by_most_of_it() {
        let of = |lang: &str| -> String {
            let texts = paragraphs().into_iter().filter(|(of, _)| *of == lang);
            texts.map(|(_, text)| format!("{text}\n\n")).collect()
        };
        let (english, german) = (of("en"), of("de"));
        assert_eq!(detect(&format!("{german}{}", english.repeat(9))), Some("en"));
        assert_eq!(detect(&format!("{english}{}", german.repeat(20))), Some("de"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC*", times in 1_usize..400) {
            let text = text.repeat(times);
            let sample = sample(&text);
            proptest::prop_assert!(sample.len() <= 2 * SAMPLE);
            detect(&text);
        }
    }
}
