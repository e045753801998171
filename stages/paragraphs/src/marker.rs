//! The marks in front of a line that are no part of its text: bullets, numbers, `#`, `>`.

/// What stands in front of a line's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A bullet or dash.
    Bullet,
    /// A number or letter of a running list.
    Number(Number),
    /// `#` to `######` of a Markdown heading.
    Heading,
    /// `>` of a quotation.
    Quote,
}

/// A number with its way of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number {
    style: Style,
    value: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Style {
    /// `1.`
    Digits(Tail),
    /// `a.`
    Letter(Tail),
    /// `ii.`
    Roman(Tail),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tail {
    /// `1.`
    Stop,
    /// `1)`
    Bracket,
    /// `1.)`
    Both,
    /// `(1)`
    Brackets,
}

impl Number {
    /// The number before this one in the same list, if there can be one.
    pub(crate) fn before(self) -> Option<Self> {
        Some(Self { value: self.value.checked_sub(1)?, ..self })
    }

    /// The number behind this one in the same list.
    pub(crate) fn after(self) -> Self {
        Self { value: self.value.saturating_add(1), ..self }
    }
}

const fn is_bullet(c: char) -> bool {
    matches!(
        c,
        '-' | '*'
            | '•'
            | '·'
            | '∙'
            | '◦'
            | '▪'
            | '▫'
            | '‣'
            | '⁃'
            | '●'
            | '○'
            | '■'
            | '□'
            | '►'
            | '▶'
            | '▸'
            | '✓'
            | '✔'
            | '➤'
            | '–'
    )
}

/// The marker at the start of `line`, which has no white space in front, and its length in bytes with the
/// white space behind it.
pub(crate) fn read(line: &str) -> Option<(Marker, usize)> {
    let first = line.chars().next()?;
    // Most lines begin with a letter that is followed by another one.
    if first.is_ascii_uppercase() {
        return None;
    }
    let (marker, length) = match first {
        '#' => {
            let hashes = line.len() - line.trim_start_matches('#').len();
            (hashes <= 6).then_some((Marker::Heading, hashes))?
        }
        '>' => {
            let rest = line.trim_start_matches(['>', ' ']);
            return (!rest.trim().is_empty()).then_some((Marker::Quote, line.len() - rest.len()));
        }
        c if is_bullet(c) => (Marker::Bullet, c.len_utf8()),
        _ => read_number(line)?,
    };
    let rest = line.get(length..)?;
    let text = rest.trim_start();
    let has_words = text.chars().any(char::is_alphanumeric);
    // "•Item" is a bullet; "-5 degrees" and "*note" are not.
    let spaced = text.len() < rest.len()
        || !matches!(first, '-' | '*' | '–' | '·' | '#' | '0'..='9' | 'a'..='z' | '(');
    (has_words && spaced).then_some((marker, line.len() - text.len()))
}

fn read_number(line: &str) -> Option<(Marker, usize)> {
    let opened = line.starts_with('(');
    let body = if opened { line.get(1..)? } else { line };
    let name_length = body.bytes().take(4).take_while(u8::is_ascii_alphanumeric).count();
    let name = body.get(..name_length)?;
    let after = body.get(name_length..)?;
    let (tail, tail_length) = if opened {
        after.starts_with(')').then_some((Tail::Brackets, 2))?
    } else if after.starts_with(".)") {
        (Tail::Both, 2)
    } else if after.starts_with(')') {
        (Tail::Bracket, 1)
    } else if after.starts_with('.') {
        (Tail::Stop, 1)
    } else {
        return None;
    };
    let number = if name.bytes().all(|b| b.is_ascii_digit()) {
        (1..=3).contains(&name_length).then_some(())?;
        Number { style: Style::Digits(tail), value: name.parse().ok()? }
    } else if let Some(value) = roman(name) {
        // "i." begins Roman numbers, "v." and "x." stand in lists of letters only after "u." and "w.".
        Number { style: Style::Roman(tail), value }
    } else if let &[letter @ b'a'..=b'z'] = name.as_bytes() {
        Number { style: Style::Letter(tail), value: u32::from(letter - b'a') + 1 }
    } else {
        return None;
    };
    Some((Marker::Number(number), name_length + tail_length))
}

/// The value of a Roman number of the letters i, v, x: 1 to 39.
fn roman(name: &str) -> Option<u32> {
    let mut value = 0;
    let mut next = 0;
    for byte in name.bytes().rev() {
        let digit = match byte {
            b'i' => 1,
            b'v' => 5,
            b'x' => 10,
            _ => return None,
        };
        if digit < next {
            value -= digit;
        } else {
            value += digit;
            next = digit;
        }
    }
    (value > 0).then_some(value as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_behind(line: &str) -> &str {
        read(line).map_or(line, |(_, length)| &line[length..])
    }

    #[test]
    fn bullets_and_numbers_are_told_from_text() {
        for (line, text) in [
            ("- an item", "an item"),
            ("• an item", "an item"),
            ("•an item", "an item"),
            ("1. Geopolitical Proximity", "Geopolitical Proximity"),
            ("2.) the second", "the second"),
            ("(3) the third", "the third"),
            ("b) the second", "the second"),
            ("iv. the fourth", "the fourth"),
            ("## Heading", "Heading"),
            ("> quoted", "quoted"),
            ("-5 degrees", "-5 degrees"),
            ("*note", "*note"),
            ("#metoo", "#metoo"),
            ("2024. The year", "2024. The year"),
            ("3.5 million", "3.5 million"),
            ("U.S. officials", "U.S. officials"),
            ("---", "---"),
            ("6", "6"),
            ("— said he", "— said he"),
        ] {
            assert_eq!(text_behind(line), text, "{line}");
        }
    }

    #[test]
    fn numbers_are_neighbours_in_the_same_style_only() {
        let number = |line| match read(line) {
            Some((Marker::Number(number), _)) => number,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(number("1. a").after(), number("2. b"));
        assert_eq!(number("iv) b").before(), Some(number("iii) a")));
        assert_ne!(number("1. a").after(), number("2) b"));
    }
}
