//! Items written one after another in running text: "1) one 2) two", "a. one b. two", "• one • two".

use crate::chars::is_bullet;

/// The byte offsets at which an item after the first begins, ascending.
///
/// Only a paragraph that itself begins with an item is taken for such a list, and the numbers must run on.
pub(crate) fn item_starts(text: &str) -> Vec<usize> {
    let start = text.len() - text.trim_start().len();
    let Some(first) = text.get(start..).and_then(|rest| rest.chars().next()) else {
        return Vec::new();
    };
    if is_bullet(first) {
        return bulleted(text, start, first);
    }
    match Marker::read(text, start) {
        Some(marker) => numbered(text, marker),
        None => Vec::new(),
    }
}

fn bulleted(text: &str, start: usize, bullet: char) -> Vec<usize> {
    let body = start + bullet.len_utf8();
    text.get(body..)
        .unwrap_or("")
        .match_indices(bullet)
        .map(|(at, _)| body + at)
        .filter(|&at| text.get(..at).is_some_and(|before| before.ends_with(char::is_whitespace)))
        .collect()
}

/// "1.", "1)", "1.)", "a."
#[derive(Clone, Copy)]
struct Marker {
    number: u32,
    letter: bool,
    tail: &'static str,
    end: usize,
}

impl Marker {
    fn read(text: &str, at: usize) -> Option<Self> {
        let rest = text.get(at..)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, letter, length) = match (digits, rest.bytes().next()) {
            (1..=2, _) => (rest.get(..digits)?.parse().ok()?, false, digits),
            (0, Some(b @ b'a'..=b'z')) => (u32::from(b - b'a') + 1, true, 1),
            _ => return None,
        };
        let after = rest.get(length..)?;
        let tail = [".)", ")", "."].into_iter().find(|tail| after.starts_with(tail))?;
        let body = after.get(tail.len()..)?;
        let end = at + length + tail.len();
        body.starts_with(char::is_whitespace).then_some(Self { number, letter, tail, end })
    }

    fn name(self) -> Option<String> {
        if self.letter {
            char::from_u32(u32::from(b'a') + self.number - 1)
                .filter(char::is_ascii_lowercase)
                .map(String::from)
        } else {
            Some(self.number.to_string())
        }
    }
}

fn numbered(text: &str, first: Marker) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut current = first;
    loop {
        let wanted = Marker { number: current.number + 1, ..current };
        let Some(name) = wanted.name() else { break };
        let needle = format!("{name}{}", wanted.tail);
        let body = text.get(current.end..).unwrap_or("");
        let found = body.match_indices(&needle).map(|(at, _)| current.end + at).find(|&at| {
            let spaced = text.get(..at).is_some_and(|before| before.ends_with(char::is_whitespace));
            let item = text.get(at + needle.len()..).unwrap_or("");
            let opens = item.trim_start().chars().next();
            let fits = if wanted.tail == "." {
                opens.is_some_and(char::is_uppercase)
            } else {
                opens.is_some()
            };
            spaced && item.starts_with(char::is_whitespace) && fits
        });
        let Some(at) = found else { break };
        starts.push(at);
        current = Marker { end: at + needle.len(), ..wanted };
    }
    starts
}
