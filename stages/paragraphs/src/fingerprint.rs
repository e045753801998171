//! A hash that is equal for equal words, whatever the case, punctuation and spacing.

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
use xxhash_rust::xxh3::xxh3_64;

use crate::plain::{self, is_plain};

/// XXH3 (64 bits) of the normalised text: NFKC, case-folded, letters and digits only, words joined by single spaces.
///
/// Case folding is by mapping each character to upper and then to lower case, which joins "ß" with "ss" and the
/// two small sigmas. Combining marks that NFKC leaves are dropped.
pub fn fingerprint(text: &str) -> i64 {
    let hash = match is_plain(text) {
        true => xxh3_64(&plain::fold(text)),
        false => xxh3_64(fold(text).as_bytes()),
    };
    hash.cast_signed()
}

/// The normalised text.
pub(crate) fn fold(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        push_folded(text.chars(), &mut normal);
    } else {
        push_folded(text.nfkc(), &mut normal);
    }
    normal.truncate(normal.trim_end().len());
    normal
}

fn push_folded(text: impl Iterator<Item = char>, normal: &mut String) {
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
    fn words_count_and_nothing_else() {
        let plain = fingerprint("the u s president s plan");
        assert_eq!(fingerprint("The U.S. President’s plan!"), plain);
        assert_eq!(fingerprint("  THE  U.S.\u{a0}president's — “plan”"), plain);
        assert_ne!(fingerprint("The U.S. President’s plans"), plain);
        assert_eq!(fingerprint("Straße ﬁne ２０２５"), fingerprint("STRASSE FINE 2025"));
        assert_eq!(fingerprint("Que\u{301}bec"), fingerprint("Québec"));
    }
}
