//! The features of the second look, for candidates that the first leaves in doubt.
//!
//! [`crate::features`] sees two words to either side. Headers and signatures of mail, lists of names
//! and headings that run into the text can't be told from a name in a sentence by so little. What tells
//! them is three words more, how the sentence so far is written, and how far the next stop is.

use crate::chars::{is_closer, is_stop};
use crate::context::{Context, Shape, Word};
use crate::features::{pair, spread};

/// Words that are told apart on either side.
const WORDS: usize = 4;
/// Words that are read behind the candidate, at least, to see how the text goes on.
const AHEAD: usize = 5;
/// How far is read to either side, in bytes: no text takes quadratic time.
const REACH: usize = 120;

/// What a token is beyond its shape.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Page,
    Mailbox,
    /// "03/27/2001"
    Date,
    /// "09:25"
    Time,
    /// "713.864.4149"
    Phone,
    Year,
    /// "Resume.doc"
    File,
    /// Signs alone, by the first, and whether there are more than three.
    Signs(u8, bool),
}

impl Kind {
    fn of(token: &str) -> Self {
        let around = |c: char| matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | ',' | '"');
        let token = token.trim_matches(around);
        let bytes = token.as_bytes();
        let count = |wanted: u8| bytes.iter().filter(|byte| **byte == wanted).count();
        let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
        let all = |signs: usize| digits > 0 && digits + signs == bytes.len();
        if token.contains("://") || token.starts_with("www.") {
            Self::Page
        } else if token.contains('@') {
            Self::Mailbox
        } else if all(count(b'/')) && count(b'/') == 2 {
            Self::Date
        } else if all(count(b':')) && count(b':') > 0 {
            Self::Time
        } else if all(count(b'-') + count(b'.')) && digits >= 7 {
            Self::Phone
        } else if all(0) && digits == 4 {
            Self::Year
        } else if !token.is_empty() && !token.chars().any(char::is_alphanumeric) {
            Self::Signs(bytes.first().copied().unwrap_or(0), bytes.len() > 3)
        } else if digits == 0
            && bytes.len() > 4
            && !token.ends_with('.')
            && bytes.iter().rev().take(5).any(|byte| *byte == b'.')
        {
            Self::File
        } else {
            Self::Word
        }
    }

    fn code(self) -> u32 {
        match self {
            Self::Word => 0,
            Self::Page => 1,
            Self::Mailbox => 2,
            Self::Date => 3,
            Self::Time => 4,
            Self::Phone => 5,
            Self::Year => 6,
            Self::File => 7,
            Self::Signs(first, long) => 8 + (u32::from(first) << 1 | u32::from(long)),
        }
    }
}

/// Words that sentences have, and names, headings and headers have not.
fn is_function_word(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "was"
            | "were"
            | "be"
            | "been"
            | "am"
            | "has"
            | "have"
            | "had"
            | "will"
            | "would"
            | "can"
            | "could"
            | "should"
            | "may"
            | "might"
            | "must"
            | "do"
            | "does"
            | "did"
            | "said"
            | "says"
            | "that"
            | "this"
            | "it"
            | "he"
            | "she"
            | "they"
            | "we"
            | "you"
            | "I"
            | "who"
            | "which"
            | "not"
            | "if"
            | "when"
            | "to"
    )
}

/// How the words of a stretch of text are written.
#[derive(Clone, Copy, Default)]
struct Stretch {
    words: u32,
    lower: u32,
    capitalised: u32,
    upper: u32,
    numbers: u32,
    function: u32,
}

impl Stretch {
    fn add(&mut self, word: &Word<'_>) {
        self.words += 1;
        match word.shape {
            Shape::Lower | Shape::Letter | Shape::DottedLower => self.lower += 1,
            Shape::Capitalised | Shape::Initial | Shape::Mixed => self.capitalised += 1,
            Shape::Upper | Shape::DottedUpper => self.upper += 1,
            Shape::Number | Shape::Address => self.numbers += 1,
            Shape::Empty | Shape::Uncased => {}
        }
        self.function += u32::from(is_function_word(word.core));
    }

    /// Which kinds of words there are, and which most are.
    fn style(self) -> u32 {
        let any = |count: u32| u32::from(count > 0);
        let most = |count: u32| u32::from(count * 2 > self.words);
        any(self.lower)
            | most(self.lower) << 1
            | most(self.capitalised) << 2
            | most(self.upper) << 3
            | any(self.numbers) << 4
            | any(self.function) << 5
    }

    /// The number of words, in steps, and their style.
    fn class(self) -> u32 {
        let words = match self.words {
            0..=4 => self.words,
            5..=6 => 5,
            7..=9 => 6,
            _ => 7,
        };
        words | self.style() << 3
    }
}

/// The words to one side, the nearest first, and the kinds of their tokens.
struct Side<'t> {
    words: [Word<'t>; WORDS],
    kinds: [Kind; WORDS],
}

impl<'t> Side<'t> {
    const fn new() -> Self {
        Self { words: [Word::none(); WORDS], kinds: [Kind::Word; WORDS] }
    }

    fn set(&mut self, at: usize, word: Word<'t>, token: &str) {
        if let (Some(slot), Some(kind)) = (self.words.get_mut(at), self.kinds.get_mut(at)) {
            *slot = word;
            *kind = Kind::of(token);
        }
    }

    fn hash(&self, at: usize) -> u32 {
        self.words.get(at).map_or(0, |word| word.hash)
    }

    /// The shapes of the first `count` words.
    fn shapes(&self, count: usize) -> u32 {
        let shapes = self.words.iter().take(count).enumerate();
        shapes.fold(0, |all, (at, word)| all | (word.shape as u32) << (4 * at))
    }

    fn kind(&self, at: usize) -> u32 {
        self.kinds.get(at).map_or(0, |kind| kind.code())
    }
}

/// Calls `add` with the hash of every feature of the second look, which come beside those of the first.
///
/// `sentence` is the text since the last boundary, up to the candidate; `rest` the text from it on.
pub(crate) fn each(context: &Context<'_>, sentence: &str, rest: &str, mut add: impl FnMut(u32)) {
    let tail = sentence.len().saturating_sub(REACH);
    let tail = sentence.get(sentence.ceil_char_boundary(tail)..).unwrap_or("");
    let head = rest.get(..rest.floor_char_boundary(REACH)).unwrap_or(rest);
    let (mut left, mut right) = (Side::new(), Side::new());
    let (mut before, mut after) = (Stretch::default(), Stretch::default());
    for (at, token) in tail.split_whitespace().rev().enumerate() {
        let word = Word::inside(token);
        before.add(&word);
        left.set(at, word, token);
    }
    // What follows, up to the next stop or colon.
    let mut stopped = 0;
    for (at, token) in head.split_whitespace().enumerate() {
        if stopped > 0 && at >= AHEAD {
            break;
        }
        let word = Word::inside(token);
        right.set(at, word, token);
        if stopped == 0 {
            after.add(&word);
            stopped = match token.trim_end_matches(is_closer).chars().next_back() {
                Some(last) if is_stop(last) => 1,
                Some(':') => 2,
                _ => 0,
            };
        }
    }
    let whole = u32::from(tail.len() == sentence.len());
    let goes_on = u32::from(head.len() < rest.len());
    // Headers of mail repeat the sender.
    let again = |hash: u32| u32::from(hash != 0 && left.words.iter().any(|word| word.hash == hash));
    let first = sentence.split_whitespace().next().map_or(0, |token| Word::inside(token).hash);

    let closers = u32::from(context.quote_after) | u32::from(context.bracket_after) << 1;
    let base = (context.mark as u32 | closers << 4).wrapping_mul(0x27d4_eb2f) ^ 0x7ed5_5d16;
    let mut template = 0_u32;
    let mut feature = |value: u32| {
        template = template.wrapping_add(0x1656_67b1);
        add(spread(value ^ base ^ template));
    };
    let next = right.shapes(1) | (context.right_opens as u32) << 4;
    feature(right.shapes(3));
    feature(right.shapes(4));
    feature(left.shapes(3));
    feature(left.shapes(4));
    feature(pair(left.shapes(3), right.shapes(3)));
    feature(pair(left.shapes(2), right.shapes(3)));
    feature(left.kind(0) | right.kind(0) << 12);
    feature(pair(right.kind(0), left.shapes(1)));
    feature(pair(right.kind(1), next));
    feature(pair(left.kind(1), left.shapes(3)));
    feature(before.class() | whole << 12);
    feature(pair(before.style() | whole << 12, after.style()));
    feature(pair(after.class() | stopped << 12 | goes_on << 14, next));
    feature(pair(after.style() | stopped << 12, left.shapes(1)));
    feature(again(right.hash(0)) | again(right.hash(1)) << 1 | next << 2);
    feature(pair(right.hash(0), right.hash(1)));
    feature(pair(left.hash(0), left.hash(1)));
    feature(pair(right.hash(0), before.style()));
    feature(pair(right.hash(2), next));
    feature(pair(left.hash(2), left.shapes(1)));
    feature(pair(first, next));
    feature(pair(first, before.class()));
}
