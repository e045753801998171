//! Shortcuts for plain text: ASCII with the marks that printed English has beside it, which most
//! paragraphs of news are. Each does byte by byte what the Unicode way does, with the same result.

use memchr::{memchr, memchr_iter};

/// Whether `text` is ASCII but for dashes, curly quotes, ellipses and spaces that don't break.
pub(crate) fn is_plain(text: &str) -> bool {
    if text.is_ascii() {
        return true;
    }
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => return true,
            [byte, after @ ..] if byte.is_ascii() => after,
            [0xe2, 0x80, 0x93 | 0x94 | 0x98 | 0x99 | 0x9c | 0x9d | 0xa6, after @ ..]
            | [0xc2, 0xa0, after @ ..] => after,
            _ => return false,
        };
    }
}

// The loops below take no branch that depends on the text: a word is five letters long, and a branch
// guessed wrong at each of its ends costs more than everything else.

/// Words of a plain text by Unicode's rules (UAX #29), where they hold a letter or digit; `None` where
/// it has underscores, which join words and are none.
pub(crate) fn unicode_words(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if memchr(b'_', bytes).is_some() {
        return None;
    }
    let starts = count(bytes, |before, byte, _| {
        u8::from(byte.is_ascii_alphanumeric()) & !u8::from(before.is_ascii_alphanumeric())
    });
    Some(starts - joints(bytes))
}

/// Marks that stand inside a word: "don't", "U.S", "3,000", "don’t".
fn joints(bytes: &[u8]) -> usize {
    let ascii = count(bytes, |before, byte, after| {
        let any = u8::from(byte == b'.') | u8::from(byte == b'\'');
        let letters = (any | u8::from(byte == b':'))
            & u8::from(before.is_ascii_alphabetic())
            & u8::from(after.is_ascii_alphabetic());
        let digits = (any | u8::from(byte == b',') | u8::from(byte == b';'))
            & u8::from(before.is_ascii_digit())
            & u8::from(after.is_ascii_digit());
        letters | digits
    });
    let is_joint = |at: &usize| {
        let around = bytes.get(at.wrapping_sub(1)..at + 4);
        let Some([before, 0xe2, 0x80, 0x98 | 0x99, after]) = around else { return false };
        (before.is_ascii_alphabetic() && after.is_ascii_alphabetic())
            || (before.is_ascii_digit() && after.is_ascii_digit())
    };
    ascii + memchr_iter(0xe2, bytes).filter(is_joint).count()
}

/// Sums what `of` says of each byte, given the bytes around it (0 at the ends): 0 or 1.
fn count(bytes: &[u8], of: impl Fn(u8, u8, u8) -> u8) -> usize {
    /// Bytes whose sum fits into one: as the compiler's vectors have many of them.
    const CHUNK: usize = 128;
    let (first, last) = match bytes {
        [] => return 0,
        [only] => return usize::from(of(0, *only, 0)),
        [first, second, ..] => (of(0, *first, *second), bytes.last_chunk()),
    };
    let last = last.map_or(0, |[before, last]| of(*before, *last, 0));
    let middle = bytes.len() - 2;
    let (before, rest) = (bytes.get(..middle), bytes.get(1..));
    let (byte, after) = (rest.and_then(|rest| rest.get(..middle)), bytes.get(2..));
    let (before, byte, after) =
        (before.unwrap_or_default(), byte.unwrap_or_default(), after.unwrap_or_default());
    let chunks = before.chunks(CHUNK).zip(byte.chunks(CHUNK)).zip(after.chunks(CHUNK));
    let middle: usize = chunks
        .map(|((before, byte), after)| {
            let bytes = before.iter().zip(byte).zip(after);
            usize::from(bytes.map(|((before, byte), after)| of(*before, *byte, *after)).sum::<u8>())
        })
        .sum();
    usize::from(first) + middle + usize::from(last)
}

const LETTER: u8 = 1;
const SPACE: u8 = 2;

/// What a byte of plain text is: part of a letter or digit, of white space, or neither (0).
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte] = match byte as u8 {
            b' ' | b'\t'..=b'\r' => SPACE,
            byte if byte.is_ascii_alphanumeric() => LETTER,
            _ => 0,
        };
        byte += 1;
    }
    // The space that doesn't break; no other plain character has one of its bytes.
    kinds[0xc2] = SPACE;
    kinds[0xa0] = SPACE;
    kinds
};

/// Words of a plain text between white space, where they hold a letter or digit; counted up to `limit`.
pub(crate) fn spaced_words(text: &str, limit: usize) -> usize {
    /// Bytes after which the limit is looked at.
    const CHUNK: usize = 256;
    let mut words = 0;
    let mut counted = 0;
    for chunk in text.as_bytes().chunks(CHUNK) {
        for byte in chunk {
            let kind = KINDS[usize::from(*byte)];
            words += usize::from(kind & LETTER & !counted);
            counted = (counted | kind) & LETTER & !(kind >> 1);
        }
        if words >= limit {
            return limit;
        }
    }
    words
}

/// Letters in lower case and digits; a space for everything else.
const FOLDED: [u8; 256] = {
    let mut folded = [b' '; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            folded[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    folded
};

/// The lower-case letters and digits of a plain text, its words joined by single spaces.
pub(crate) fn fold(text: &str) -> Vec<u8> {
    // Every byte has its place, so that the loop needs no branch: a second separator is written over.
    let mut folded = vec![0; text.len()];
    let mut length = 0;
    let mut last = b' ';
    for byte in text.as_bytes() {
        let byte = FOLDED[usize::from(*byte)];
        if let Some(place) = folded.get_mut(length) {
            *place = byte;
        }
        length += usize::from((byte != b' ') | (last != b' '));
        last = byte;
    }
    folded.truncate(length);
    if folded.last() == Some(&b' ') {
        folded.pop();
    }
    folded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation as _;

    use super::*;
    use crate::shape;

    const NOT_ASCII: &str = "–—‘’“”…\u{a0}";

    #[test]
    fn plain_text_is_ascii_and_the_marks_of_print() {
        for text in ["", "plan", "“It’s – we think — 3\u{a0}p.m.…”", NOT_ASCII] {
            assert!(is_plain(text), "{text}");
        }
        for text in ["Québec", "½", "2\u{2027}3", "e\u{301}", "他", "\u{200b}"] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn marks_inside_words_join_what_is_alike() {
        for (text, words) in [
            ("don't don’t U.S. a:b 3,000.50 1;2", 6),
            ("3:15 a,b a.3 ’a ‘b’", 8),
            ("", 0),
            ("a", 1),
            (" — … ", 0),
        ] {
            assert_eq!(unicode_words(text), Some(words), "{text}");
            assert_eq!(text.unicode_words().count(), words, "{text}");
        }
        assert_eq!(unicode_words("_a_ ___"), None);
    }

    fn plain() -> impl Strategy<Value = String> {
        let characters: Vec<char> =
            (0_u8..128).map(char::from).chain(NOT_ASCII.chars().cycle().take(40)).collect();
        // Of letters, digits and marks that matter there are more than of the rest.
        let often: Vec<char> = "aZ09.,;:'’_ \n-".chars().collect();
        let any = prop_oneof![prop::sample::select(characters), prop::sample::select(often)];
        prop::collection::vec(any, 0..400).prop_map(|characters| characters.into_iter().collect())
    }

    proptest! {
        #[test]
        fn the_shortcuts_say_what_the_unicode_way_says(text in plain(), limit in 0_usize..90) {
            prop_assert!(is_plain(&text));
            let words = (!text.contains('_')).then(|| text.unicode_words().count());
            prop_assert_eq!(unicode_words(&text), words);
            let spaced = shape::words(&text).take(limit).count();
            prop_assert_eq!(spaced_words(&text, limit), spaced);
            let folded = crate::fingerprint::fold(&text);
            prop_assert_eq!(String::from_utf8(fold(&text)).unwrap(), folded);
        }
    }
}
