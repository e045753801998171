//! What stands on both sides of a place where a sentence may end.

use crate::chars::{is_closer, is_dash, is_opener, is_quote, is_stop};

/// How far a word is read to either side of a candidate, in bytes.
const REACH: usize = 48;

/// The kind of mark in front of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A letter or a digit: nothing marks an end.
    None = 0,
    /// One full stop.
    Period,
    /// One or more `!`.
    Exclamation,
    /// One or more `?`, or a mix of `?` and `!`.
    Question,
    /// Two full stops or more, or `…`.
    Ellipsis,
    /// `:`
    Colon,
    /// `;`
    Semicolon,
    /// `,`
    Comma,
    /// A hyphen or dash.
    Dash,
    /// A closing quote with no stop before it.
    Quote,
    /// A closing bracket with no stop before it.
    Bracket,
    /// Any other symbol.
    Symbol,
    /// A stop of another script.
    Foreign,
}

impl Mark {
    /// Whether the mark is one that ends sentences as a rule.
    pub(crate) fn is_stop(self) -> bool {
        matches!(self, Self::Period | Self::Exclamation | Self::Question | Self::Ellipsis | Self::Foreign)
    }
}

/// What a word looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No letter or digit.
    Empty = 0,
    /// "word"
    Lower,
    /// "Word"
    Capitalised,
    /// "WORD"
    Upper,
    /// "W"
    Initial,
    /// "w"
    Letter,
    /// "12", "3.5", "1,000"
    Number,
    /// "U.S", "J.K"
    DottedUpper,
    /// "a.m", "e.g"
    DottedLower,
    /// "iPhone", "eBay", "5th", "McDonald"
    Mixed,
    /// An address of a page or a mailbox.
    Address,
    /// A script without case.
    Uncased,
}

/// One word beside a candidate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'t> {
    /// The word without the marks around it.
    pub(crate) core: &'t str,
    pub(crate) shape: Shape,
    /// Hash of the lower-cased core.
    pub(crate) hash: u32,
}

impl<'t> Word<'t> {
    fn new(core: &'t str) -> Self {
        Self { core, shape: shape(core), hash: hash_lower(core) }
    }

    const fn none() -> Self {
        Self { core: "", shape: Shape::Empty, hash: 0 }
    }
}

/// A place between two words where a sentence may end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'t> {
    pub(crate) mark: Mark,
    /// Closing quote behind the stop.
    pub(crate) quote_after: bool,
    /// Closing bracket behind the stop.
    pub(crate) bracket_after: bool,
    /// Closing quote or bracket between the word and the stop.
    pub(crate) closed_before: bool,
    /// The token in front of the candidate as it stands, cut at [`REACH`].
    pub(crate) left_token: &'t str,
    pub(crate) left: Word<'t>,
    pub(crate) before_left: Word<'t>,
    /// The token behind the candidate as it stands, cut at [`REACH`].
    pub(crate) right_token: &'t str,
    pub(crate) right: Word<'t>,
    /// The first character of the right token where it is not a letter or digit.
    pub(crate) right_opens: Opening,
    /// The right token ends in a full stop.
    pub(crate) right_dotted: bool,
    pub(crate) after_right: Word<'t>,
    /// Bytes since the last boundary.
    pub(crate) since: usize,
    /// Open brackets since the last boundary.
    pub(crate) depth: i32,
    /// An odd number of straight double quotes, or an unclosed curly one, since the last boundary.
    pub(crate) quoted: bool,
}

/// How the token behind a candidate begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// With its word.
    Word = 0,
    /// With an opening quote.
    Quote,
    /// With an opening bracket.
    Bracket,
    /// With a dash or a bullet.
    Dash,
    /// With another symbol.
    Symbol,
}

/// The token that ends at `at`, and its start.
fn token_before(text: &str, at: usize) -> (&str, usize) {
    let bytes = text.as_bytes();
    let floor = at.saturating_sub(REACH);
    let mut start = at;
    while start > floor && bytes.get(start - 1).is_some_and(|b| !b.is_ascii_whitespace()) {
        start -= 1;
    }
    while !text.is_char_boundary(start) {
        start += 1;
    }
    (text.get(start..at).unwrap_or(""), start)
}

/// The token that starts at `at`, and its end.
fn token_after(text: &str, at: usize) -> (&str, usize) {
    let bytes = text.as_bytes();
    let ceiling = bytes.len().min(at.saturating_add(REACH));
    let mut end = at;
    while end < ceiling && bytes.get(end).is_some_and(|b| !b.is_ascii_whitespace()) {
        end += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (text.get(at..end).unwrap_or(""), end)
}

fn skip_space_back(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    while at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_whitespace) {
        at -= 1;
    }
    at
}

fn skip_space(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// What stands before the gap, taken apart from the right: "Inc.)" is core, stop, closer.
struct LeftParts<'t> {
    core: &'t str,
    mark: Mark,
    quote_after: bool,
    bracket_after: bool,
    closed_before: bool,
}

fn take_closers<'t>(token: &'t str, quote: &mut bool, bracket: &mut bool) -> &'t str {
    let mut rest = token;
    while let Some(c) = rest.chars().next_back() {
        if !is_closer(c) {
            break;
        }
        let shorter = rest.get(..rest.len() - c.len_utf8()).unwrap_or("");
        // A reference such as "[12]" is closed with its number.
        if c == ']'
            && let Some(open) = shorter.rfind('[')
            && let Some(inside) = shorter.get(open + 1..)
            && !inside.is_empty()
            && inside.bytes().all(|b| b.is_ascii_digit())
            && open > 0
        {
            rest = shorter.get(..open).unwrap_or("");
            continue;
        }
        if is_quote(c) {
            *quote = true;
        } else {
            *bracket = true;
        }
        rest = shorter;
    }
    rest
}

fn left_parts(token: &str) -> LeftParts<'_> {
    let (mut quote_after, mut bracket_after) = (false, false);
    let body = take_closers(token, &mut quote_after, &mut bracket_after);
    let word = body.trim_end_matches(is_stop);
    let stops = body.get(word.len()..).unwrap_or("");
    let mut closed_before = false;
    let (core, mark) = if stops.is_empty() {
        match body.chars().next_back() {
            _ if quote_after => (body, Mark::Quote),
            _ if bracket_after => (body, Mark::Bracket),
            Some(c) if c.is_alphanumeric() => (body, Mark::None),
            Some(c) => {
                let mark = match c {
                    ':' | '：' => Mark::Colon,
                    ';' | '；' => Mark::Semicolon,
                    ',' | '，' | '、' => Mark::Comma,
                    c if is_dash(c) => Mark::Dash,
                    _ => Mark::Symbol,
                };
                (body.get(..body.len() - c.len_utf8()).unwrap_or(""), mark)
            }
            None => (body, Mark::Symbol),
        }
    } else {
        let (mut quote, mut bracket) = (false, false);
        let core = take_closers(word, &mut quote, &mut bracket);
        closed_before = quote || bracket;
        (core, stop_mark(stops))
    };
    LeftParts { core: core.trim_start_matches(is_opener), mark, quote_after, bracket_after, closed_before }
}

fn stop_mark(stops: &str) -> Mark {
    let mut periods = 0;
    let mut question = false;
    let mut exclamation = false;
    for c in stops.chars() {
        match c {
            '.' => periods += 1,
            '…' | '‥' => periods += 3,
            '?' => question = true,
            '!' => exclamation = true,
            _ => return Mark::Foreign,
        }
    }
    if question {
        Mark::Question
    } else if exclamation {
        Mark::Exclamation
    } else if periods > 1 {
        Mark::Ellipsis
    } else {
        Mark::Period
    }
}

fn right_parts(token: &str) -> (&str, Opening, bool) {
    let body = token.trim_start_matches(is_opener);
    let opening = match token.chars().next() {
        Some(c) if is_quote(c) => Opening::Quote,
        Some(c) if is_opener(c) => Opening::Bracket,
        Some(c) if c.is_alphanumeric() => Opening::Word,
        Some(c) if is_dash(c) || crate::chars::is_bullet(c) => Opening::Dash,
        _ => Opening::Symbol,
    };
    let core = body.trim_end_matches(|c: char| !c.is_alphanumeric());
    let dotted = body.get(core.len()..).is_some_and(|rest| rest.starts_with('.'));
    (core, opening, dotted)
}

impl<'t> Context<'t> {
    /// The context of the gap `at..next` in `text`.
    pub(crate) fn new(text: &'t str, at: usize, next: usize) -> Self {
        let (left_token, left_start) = token_before(text, at);
        let mut parts = left_parts(left_token);
        let mut before_end = skip_space_back(text, left_start);
        // A stop or a closing quote that stands alone belongs to the word in front of it.
        if parts.core.is_empty() && before_end > 0 {
            let only_closers = left_token.chars().all(is_closer);
            if only_closers || left_token.chars().all(|c| is_stop(c) || is_closer(c)) {
                let (token, start) = token_before(text, before_end);
                let word = left_parts(token);
                parts.core = word.core;
                parts.closed_before |= word.closed_before;
                if only_closers && word.mark != Mark::None {
                    parts.mark = word.mark;
                    parts.quote_after |= word.quote_after;
                    parts.bracket_after |= word.bracket_after;
                }
                before_end = skip_space_back(text, start);
            }
        }
        let before_left = if before_end == 0 {
            Word::none()
        } else {
            let (token, _) = token_before(text, before_end);
            Word::new(token.trim_matches(|c: char| !c.is_alphanumeric()))
        };
        let mut left = Word::new(parts.core);
        if parts.core.is_empty() {
            left.hash = hash_lower(left_token);
        }
        let (right_token, right_end) = token_after(text, next);
        let (right_core, right_opens, right_dotted) = right_parts(right_token);
        let after_start = skip_space(text, right_end);
        let (after, _) = token_after(text, after_start);
        Self {
            mark: parts.mark,
            quote_after: parts.quote_after,
            bracket_after: parts.bracket_after,
            closed_before: parts.closed_before,
            left_token,
            left,
            before_left,
            right_token,
            right: Word::new(right_core),
            right_opens,
            right_dotted,
            after_right: Word::new(after.trim_matches(|c: char| !c.is_alphanumeric())),
            since: 0,
            depth: 0,
            quoted: false,
        }
    }
}

/// FNV-1a over the bytes, ASCII letters lower-cased.
fn hash_lower(word: &str) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    for byte in word.bytes() {
        hash = (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193);
    }
    hash
}

fn shape(word: &str) -> Shape {
    let (mut upper, mut lower, mut digits, mut dots, mut others) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    let mut uncased = 0_u32;
    let mut first_upper = false;
    let mut letters = 0_u32;
    for (i, c) in word.chars().enumerate() {
        match c {
            'a'..='z' => lower += 1,
            'A'..='Z' => {
                upper += 1;
                first_upper |= i == 0;
            }
            '0'..='9' => digits += 1,
            '.' => dots += 1,
            '@' => return Shape::Address,
            '/' if word.contains("://") || word.starts_with("www.") => return Shape::Address,
            c if c.is_ascii() => others += 1,
            c if c.is_uppercase() => {
                upper += 1;
                first_upper |= i == 0;
            }
            c if c.is_lowercase() => lower += 1,
            c if c.is_alphabetic() => uncased += 1,
            c if c.is_numeric() => digits += 1,
            _ => others += 1,
        }
        letters = upper + lower + uncased;
    }
    if letters + digits == 0 {
        Shape::Empty
    } else if letters == 0 {
        Shape::Number
    } else if uncased > 0 {
        Shape::Uncased
    } else if dots > 0 && digits == 0 {
        if word.starts_with("www.") {
            Shape::Address
        } else if upper > 0 && lower <= upper {
            Shape::DottedUpper
        } else if dots + 1 >= letters || lower <= 4 {
            Shape::DottedLower
        } else {
            Shape::Address
        }
    } else if digits > 0 {
        Shape::Mixed
    } else if lower == 0 {
        if upper == 1 { Shape::Initial } else { Shape::Upper }
    } else if upper == 0 {
        if lower == 1 && others == 0 { Shape::Letter } else { Shape::Lower }
    } else if first_upper && upper == 1 {
        Shape::Capitalised
    } else if first_upper && word.contains(['-', '\'', '’', '/']) {
        // "Al-Zaman", "O'Neill", "Israeli-Palestinian"
        Shape::Capitalised
    } else {
        Shape::Mixed
    }
}
