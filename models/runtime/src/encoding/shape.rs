//! The shape of a word.

/// The shape of one word, which an uncased tokenizer would lose.
///
/// | shape | word |
/// |---|---|
/// | 3 | it holds a number character (Unicode category N), or both cases in another pattern than Capitalised: `Q4`, `iPhone` |
/// | 2 | two or more cased letters, all upper case: `NATO` |
/// | 1 | only its first letter is upper case: `Geneva`, `A` |
/// | 0 | lower case, or no cased letter |
pub fn shape(word: &str) -> u32 {
    let (mut upper, mut lower) = (0_usize, 0_usize);
    let mut first_letter_is_upper = None;
    for c in word.chars() {
        if c.is_numeric() {
            return 3;
        }
        if c.is_uppercase() {
            upper += 1;
        } else if c.is_lowercase() {
            lower += 1;
        } else if !c.is_alphabetic() {
            continue;
        }
        first_letter_is_upper.get_or_insert(c.is_uppercase());
    }
    match (upper, lower) {
        (0, _) => 0,
        (1, 0) => 1,
        (_, 0) => 2,
        (1, _) if first_letter_is_upper == Some(true) => 1,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn shapes_of_words() {
        for (word, expected) in [
            ("the", 0),
            ("—", 0),
            ("東京", 0),
            ("", 0),
            ("Geneva", 1),
            ("A", 1),
            ("Éclair", 1),
            ("NATO", 2),
            ("UN", 2),
            ("ÉTÉ", 2),
            ("iPhone", 3),
            ("McDonald", 3),
            ("MPs", 3),
            ("Q4", 3),
            ("2026", 3),
            ("½", 3),
            ("Ⅷ", 3),
            ("東A", 1),
            ("東Aa", 3),
        ] {
            assert_eq!(shape(word), expected, "{word:?}");
        }
    }
}
