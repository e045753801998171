//! A hash that is equal for equal words, whatever the case, punctuation and spacing.

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
use xxhash_rust::xxh3::xxh3_64;

/// XXH3 (64 bits) of the normalised text: NFKC, case-folded, letters and digits only, words joined by single spaces.
///
/// Case folding is by mapping each character to upper and then to lower case, which joins "ß" with "ss" and the
/// two small sigmas. Combining marks that NFKC leaves are dropped.
pub fn fingerprint(text: &str) -> i64 {
    if text.is_ascii() {
        return of_ascii(text.as_bytes());
    }
    let mut normal = String::with_capacity(text.len());
    if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        fold(text.chars(), &mut normal);
    } else {
        fold(text.nfkc(), &mut normal);
    }
    xxh3_64(normal.trim_end().as_bytes()).cast_signed()
}

/// What a byte of ASCII is in the normalised text; 0 for what stands between words.
const ASCII: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            table[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// The same for a text of ASCII, which most are.
fn of_ascii(text: &[u8]) -> i64 {
    let mut normal = Vec::with_capacity(text.len());
    // As if a space stood in front: none is written at the start.
    let mut in_word = false;
    for byte in text {
        let folded = ASCII[usize::from(*byte)];
        if folded != 0 {
            normal.push(folded);
        } else if in_word {
            normal.push(b' ');
        }
        in_word = folded != 0;
    }
    xxh3_64(normal.trim_ascii_end()).cast_signed()
}

fn fold(text: impl Iterator<Item = char>, normal: &mut String) {
    for c in text {
        if c.is_ascii() {
            push(normal, c.to_ascii_lowercase());
        } else if !is_combining_mark(c) {
            c.to_uppercase().flat_map(char::to_lowercase).for_each(|c| push(normal, c));
        }
    }
}

fn push(normal: &mut String, c: char) {
    if c.is_alphanumeric() {
        normal.push(c);
    } else if !normal.is_empty() && !normal.ends_with(' ') {
        normal.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_is_folded_as_everything_else_is() {
        let every_byte: String = (0_u8..128).map(char::from).collect();
        for text in ["", " ", "...", "  A  b-C\t9.", "U.S. plan! ", every_byte.as_str()] {
            let mut normal = String::new();
            fold(text.chars(), &mut normal);
            let expected = xxh3_64(normal.trim_end().as_bytes()).cast_signed();
            assert_eq!(fingerprint(text), expected, "{text:?}");
        }
    }

    #[test]
    fn words_count_and_nothing_else() {
        let plain = fingerprint("the u s president s plan");
        assert_eq!(fingerprint("The U.S. President’s plan!"), plain);
        assert_eq!(fingerprint("  THE  U.S.\u{a0}president's — “plan”"), plain);
        assert_ne!(fingerprint("The U.S. President’s plans"), plain);
        assert_eq!(fingerprint("Straße ﬁne ２０２５"), fingerprint("STRASSE FINE 2025"));
        assert_eq!(fingerprint("Que\u{301}bec"), fingerprint("Québec"));
    }
}
