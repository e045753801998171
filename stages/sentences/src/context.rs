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
        matches!(
            self,
            Self::Period | Self::Exclamation | Self::Question | Self::Ellipsis | Self::Foreign
        )
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
    /// Whether the core has a vowel or a letter beyond ASCII: most abbreviations have none.
    pub(crate) has_vowel: bool,
}

impl<'t> Word<'t> {
    fn new(core: &'t str) -> Self {
        let mut counts = Counts::default();
        let mut hash = HASH_START;
        for byte in core.bytes() {
            let class = LETTERS[usize::from(byte)];
            counts.add(class);
            hash = hash_step(hash, byte);
        }
        let shape = if counts.beyond_ascii > 0 { unicode_shape(core) } else { counts.shape(core) };
        Self { core, shape, hash, has_vowel: counts.vowels > 0 || counts.beyond_ascii > 0 }
    }

    pub(crate) const fn none() -> Self {
        Self { core: "", shape: Shape::Empty, hash: 0, has_vowel: false }
    }

    /// The word inside `token`, without the marks on either side.
    pub(crate) fn inside(token: &'t str) -> Self {
        let is_plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = token.as_bytes();
        if is_plain(bytes.first()) && is_plain(bytes.last()) {
            return Self::new(token);
        }
        Self::new(token.trim_matches(|c: char| !c.is_alphanumeric()))
    }
}

/// What a byte is to the shape of a word.
mod letter {
    pub(super) const OTHER: u8 = 0;
    pub(super) const LOWER: u8 = 1;
    pub(super) const UPPER: u8 = 2;
    pub(super) const DIGIT: u8 = 3;
    pub(super) const DOT: u8 = 4;
    pub(super) const AT: u8 = 5;
    pub(super) const SLASH: u8 = 6;
    pub(super) const BEYOND_ASCII: u8 = 7;
    pub(super) const VOWEL: u8 = 8;
}

const LETTERS: [u8; 256] = {
    let mut table = [letter::OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' => letter::LOWER | letter::VOWEL,
            b'A' | b'E' | b'I' | b'O' | b'U' | b'Y' => letter::UPPER | letter::VOWEL,
            b'a'..=b'z' => letter::LOWER,
            b'A'..=b'Z' => letter::UPPER,
            b'0'..=b'9' => letter::DIGIT,
            b'.' => letter::DOT,
            b'@' => letter::AT,
            b'/' => letter::SLASH,
            0x80.. => letter::BEYOND_ASCII,
            _ => letter::OTHER,
        };
        byte += 1;
    }
    table
};

/// What a word is made of.
#[derive(Default)]
struct Counts {
    classes: [u8; 8],
    vowels: u8,
    beyond_ascii: u8,
}

impl Counts {
    #[inline]
    fn add(&mut self, class: u8) {
        // A word is at most REACH bytes long, so that no count overflows.
        if let Some(count) = self.classes.get_mut(usize::from(class & 7)) {
            *count = count.saturating_add(1);
        }
        self.vowels |= class & letter::VOWEL;
        self.beyond_ascii |= u8::from(class == letter::BEYOND_ASCII);
    }

    fn shape(&self, word: &str) -> Shape {
        let [others, lower, upper, digits, dots, at, slashes, _] = self.classes;
        if at > 0 || (slashes > 0 && word.contains("://")) || (dots > 0 && word.starts_with("www."))
        {
            return Shape::Address;
        }
        if lower > 0 && upper + digits + dots + others + slashes == 0 {
            return if lower == 1 { Shape::Letter } else { Shape::Lower };
        }
        let first_upper = word.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase());
        cased_shape(upper, lower, digits, dots, first_upper, word)
    }
}

const HASH_START: u32 = 0x811c_9dc5;

/// A step of FNV-1a, ASCII letters lower-cased.
#[inline]
fn hash_step(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
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
    let bytes = token.as_bytes();
    if let (Some(first), Some(last)) = (bytes.first(), bytes.last())
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return LeftParts {
            core: token,
            mark: Mark::None,
            quote_after: false,
            bracket_after: false,
            closed_before: false,
        };
    }
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
    LeftParts {
        core: core.trim_start_matches(is_opener),
        mark,
        quote_after,
        bracket_after,
        closed_before,
    }
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
    let bytes = token.as_bytes();
    if let (Some(first), Some(last)) = (bytes.first(), bytes.last())
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return (token, Opening::Word, false);
    }
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
            Word::inside(token)
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
            after_right: Word::inside(after),
            since: 0,
            depth: 0,
            quoted: false,
        }
    }
}

fn hash_lower(word: &str) -> u32 {
    word.bytes().fold(HASH_START, hash_step)
}

/// The shape of a word with letters beyond ASCII.
fn unicode_shape(word: &str) -> Shape {
    let (mut upper, mut lower, mut digits, mut dots, mut uncased) = (0_u8, 0_u8, 0_u8, 0_u8, 0_u8);
    for c in word.chars() {
        let count = match c {
            '@' => return Shape::Address,
            '.' => &mut dots,
            c if c.is_uppercase() => &mut upper,
            c if c.is_lowercase() => &mut lower,
            c if c.is_alphabetic() => &mut uncased,
            c if c.is_numeric() => &mut digits,
            _ => continue,
        };
        *count = count.saturating_add(1);
    }
    if uncased > 0 {
        return Shape::Uncased;
    }
    cased_shape(upper, lower, digits, dots, word.starts_with(char::is_uppercase), word)
}

/// The shape of a word from the numbers of its upper-case and lower-case letters, digits and full stops.
fn cased_shape(upper: u8, lower: u8, digits: u8, dots: u8, first_upper: bool, word: &str) -> Shape {
    let letters = upper.saturating_add(lower);
    match (letters, digits) {
        (0, 0) => Shape::Empty,
        (0, _) => Shape::Number,
        (_, 0) if dots > 0 => {
            if upper > 0 && lower <= upper {
                Shape::DottedUpper
            } else if dots.saturating_add(1) >= letters || lower <= 4 {
                Shape::DottedLower
            } else {
                Shape::Address
            }
        }
        (_, 0) if lower == 0 && upper == 1 => Shape::Initial,
        (_, 0) if lower == 0 => Shape::Upper,
        (1, 0) => Shape::Letter,
        (_, 0) if upper == 0 => Shape::Lower,
        // "Washington"; "Al-Zaman", "O'Neill"
        (_, 0) if first_upper && (upper == 1 || word.contains(['-', '\'', '’', '/'])) => {
            Shape::Capitalised
        }
        _ => Shape::Mixed,
    }
}
