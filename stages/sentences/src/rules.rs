//! What is decided without the model.

use crate::chars::{is_bullet, is_closer, is_stop};
use crate::context::{Context, Mark, Opening, Shape};
use crate::lexicon::{Abbreviation, is_opener_word, is_reporting, is_shouted_name, is_unit};

/// How far the rules look to either side, in bytes.
const WINDOW: usize = 256;

/// Words of the longest name of a speaker, with title.
const NAME: usize = 4;

/// Bytes of the longest marker of a list item, with bullet and space.
const LONGEST_MARKER: usize = 16;

/// What the rules say of a candidate; `None` leaves it to the model.
///
/// `sentence` is the text since the last boundary, up to the candidate; `rest` the text from the candidate on.
pub(crate) fn verdict(
    context: &Context<'_>,
    abbreviation: Option<Abbreviation>,
    sentence: &str,
    rest: &str,
) -> Option<bool> {
    if context.mark == Mark::Foreign {
        return Some(true);
    }
    if let Some(answer) = spaced_ellipsis(context, sentence, rest) {
        return Some(answer);
    }
    if is_list_marker(sentence) {
        return Some(false);
    }
    // "(We left early. ) Then": the bracket still belongs to the sentence.
    if matches!(context.right_token, ")" | "]" | "”" | "»") {
        return Some(false);
    }
    let continues = context.right_opens == Opening::Word
        && matches!(context.right.shape, Shape::Lower | Shape::Letter);
    match context.mark {
        Mark::Period
            if !context.closed_before && !context.quote_after && !context.bracket_after =>
        {
            match abbreviation {
                Some(_) if continues => return Some(false),
                Some(Abbreviation::Before) => return Some(false),
                Some(Abbreviation::BeforeNumber) if starts_number(context) => return Some(false),
                Some(_) if context.right.shape == Shape::Number && is_unit(context.left.core) => {
                    return Some(false);
                }
                Some(Abbreviation::Calendar) if context.right.shape == Shape::Number => {
                    return Some(false);
                }
                _ => {}
            }
            if let Some(answer) = ends_abbreviated(context, abbreviation, sentence) {
                return Some(answer);
            }
            if continues
                && matches!(
                    context.left.shape,
                    Shape::Initial | Shape::DottedUpper | Shape::DottedLower
                )
            {
                return Some(false);
            }
            if initials(context) || is_saint(context) || is_street(context) {
                return Some(false);
            }
        }
        Mark::Exclamation | Mark::Question
            if (continues || context.right.core == "Inc")
                && context.left.shape == Shape::Capitalised
                && is_shouted_name(&context.left.core.to_lowercase()) =>
        {
            return Some(false);
        }
        _ => {}
    }
    if context.mark.is_stop() && opens_bracketed_sentence(rest) {
        return Some(true);
    }
    if is_emoticon(context.left_token)
        && matches!(context.right.shape, Shape::Capitalised | Shape::Upper)
    {
        return Some(true);
    }
    if context.left.shape == Shape::Address
        && context.right.shape == Shape::Address
        && !sentence.ends_with(',')
    {
        return Some(true);
    }
    if is_pictures(context.right_token) && context.mark.is_stop() {
        return Some(false);
    }
    let opens = matches!(context.right.shape, Shape::Capitalised | Shape::Upper | Shape::Uncased);
    if is_pictures(context.left_token) && opens && follows_stop(sentence) {
        return Some(true);
    }
    if matches!(context.mark, Mark::Exclamation | Mark::Question)
        && context.quote_after
        && names_speaker(rest)
    {
        return Some(false);
    }
    if context.mark == Mark::Dash && continues {
        return Some(false);
    }
    if context.mark == Mark::Colon && is_label(sentence) {
        return Some(false);
    }
    // "..., which he called for," a cleric said
    if context.mark == Mark::Quote && context.left.core.ends_with(',') {
        return Some(false);
    }
    // "This is great." she said
    if context.mark.is_stop() && continues && context.quote_after {
        return Some(false);
    }
    // (He previously worked for 5 years as an engineer.) at the local university
    if context.mark.is_stop() && continues && context.bracket_after {
        return Some(false);
    }
    None
}

fn starts_number(context: &Context<'_>) -> bool {
    context.right.shape == Shape::Number
        || context.right.core.bytes().next().is_some_and(|b| b.is_ascii_digit())
        || (!context.right.core.is_empty()
            && context.right.core.bytes().all(|b| matches!(b, b'I' | b'V' | b'X')))
}

/// Whether `rest` goes on with who said it: "President Trump said".
fn names_speaker(rest: &str) -> bool {
    let mut words = head(rest).split_whitespace().take(NAME + 1).enumerate();
    words.find_map(|(index, word)| {
        if index > 0 && is_reporting(word.trim_end_matches([',', '.', ':'])) {
            return Some(true);
        }
        let is_name = word.starts_with(char::is_uppercase) && !is_opener_word(word);
        (!is_name).then_some(false)
    }) == Some(true)
}

/// Emoji and other pictures, which belong to the sentence in front.
fn is_pictures(token: &str) -> bool {
    !token.is_empty()
        && token
            .chars()
            .all(|c| matches!(u32::from(c), 0x2600..=0x27bf | 0x1f000..=0x1faff | 0xfe0f | 0x200d))
}

/// Whether a stop stands in front of the last token of `sentence`.
fn follows_stop(sentence: &str) -> bool {
    let before = sentence.trim_end_matches(|c: char| !c.is_whitespace());
    before.trim_end().trim_end_matches(is_closer).ends_with(is_stop)
}

/// The plainest end: a stop behind an ordinary word or a closed bracket, and a capital behind it.
///
/// The model hardly ever says otherwise; this keeps it so for words and quotation marks it never met. It is no part of
/// [`verdict`], because the model must learn from these ends too.
pub(crate) fn is_plain_end(context: &Context<'_>, abbreviation: Option<Abbreviation>) -> bool {
    let capital = context.right.shape == Shape::Capitalised
        && matches!(context.right_opens, Opening::Word | Opening::Quote);
    match context.mark {
        Mark::Period => {
            let ordinary = context.left.shape == Shape::Lower && context.left.core.len() >= 4;
            let uncased =
                context.left.shape == Shape::Uncased && context.left.core.chars().count() > 1;
            abbreviation.is_none()
                && ((capital && (ordinary || context.closed_before))
                    || (uncased && (capital || context.right.shape == Shape::Uncased)))
        }
        Mark::Exclamation | Mark::Question => {
            let ordinary = matches!(context.left.shape, Shape::Lower | Shape::Uncased);
            ordinary && !context.quote_after && (capital || context.right.shape == Shape::Uncased)
        }
        _ => false,
    }
}

/// Whether an abbreviation also ends its sentence: "in the U.S. How", "at 6 p.m. Mr. Smith"; but not "At 5
/// a.m. Mr. Smith", which only says when. `None` leaves it open.
fn ends_abbreviated(
    context: &Context<'_>,
    abbreviation: Option<Abbreviation>,
    sentence: &str,
) -> Option<bool> {
    /// Words that a time of day needs in front of it to be a sentence of its own.
    const CLAUSE: usize = 3;
    if abbreviation != Some(Abbreviation::Either) && context.left.shape != Shape::DottedUpper {
        return None;
    }
    let is = |name: &str| context.left.core.eq_ignore_ascii_case(name);
    if is("p.s") || is("a.k.a") {
        return None;
    }
    if context.right_opens == Opening::Word && is_opener_word(context.right.core) {
        return Some(true);
    }
    let is_time = (is("a.m") || is("p.m"))
        && context.right.shape == Shape::Capitalised
        && context.right_opens == Opening::Word;
    let words = sentence.split_whitespace().take(CLAUSE + 1).count();
    if is_time && words <= CLAUSE && sentence.split_whitespace().next().is_some_and(says_when) {
        return Some(false);
    }
    let is_title = matches!(context.right.core, "Mr" | "Mrs" | "Ms" | "Dr");
    (is_time && is_title && words > CLAUSE).then_some(true)
}

/// Words before a time of day.
fn says_when(word: &str) -> bool {
    matches!(
        word,
        "At" | "By" | "Around" | "About" | "Before" | "After" | "Until" | "Since" | "From" | "On"
    )
}

/// "J. K. Rowling", "J.K. Rowling", "Albert I. Jones": initials before a name.
fn initials(context: &Context<'_>) -> bool {
    if context.right_opens != Opening::Word || is_opener_word(context.right.core) {
        return false;
    }
    let next_is_name = context.right.shape == Shape::Capitalised;
    match context.left.shape {
        Shape::Initial => {
            let before_is_name =
                matches!(context.before_left.shape, Shape::Capitalised | Shape::Initial);
            let next_is_initial = context.right.shape == Shape::Initial && context.right_dotted;
            next_is_initial || (before_is_name && next_is_name)
        }
        _ => false,
    }
}

/// "the former St. Thomas", but not "Main St. Police": a street has a name in front of it.
fn is_saint(context: &Context<'_>) -> bool {
    context.left.core == "St"
        && context.before_left.shape != Shape::Capitalised
        && context.right_opens == Opening::Word
        && context.right.shape == Shape::Capitalised
        && !is_opener_word(context.right.core)
}

/// "the corner of S. 10th and Federal": a point of the compass before a numbered street.
fn is_street(context: &Context<'_>) -> bool {
    matches!(context.left.core, "N" | "S" | "E" | "W")
        && context.right_opens == Opening::Word
        && context.right.core.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
}

/// A label in front of what it names: "Reduced Escalation Risk: Even modest channels ...".
///
/// One word alone is none: it may be whom a letter is to.
fn is_label(sentence: &str) -> bool {
    const LONGEST: usize = 64;
    const WORDS: std::ops::RangeInclusive<usize> = 2..=7;
    if sentence.len() > LONGEST || !sentence.starts_with(char::is_uppercase) {
        return false;
    }
    let small = ["a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with"];
    WORDS.contains(&sentence.split_whitespace().count())
        && sentence
            .split_whitespace()
            .all(|word| word.starts_with(char::is_uppercase) || small.contains(&word))
}

/// A bracket that holds a whole sentence: "(Laughter.)"
fn opens_bracketed_sentence(rest: &str) -> bool {
    let Some(inside) = rest.strip_prefix(['(', '[']) else { return false };
    let inside = head(inside);
    inside.starts_with(char::is_uppercase)
        && inside
            .find([')', ']'])
            .and_then(|close| inside.get(..close))
            .is_some_and(|inside| inside.ends_with(is_stop))
}

fn is_emoticon(token: &str) -> bool {
    matches!(
        token,
        ":)" | ":-)" | ";)" | ";-)" | ":(" | ":-(" | ":D" | ":-D" | ":P" | ":-P" | "=)" | "<3"
    )
}

/// Ellipses written with spaces: ". . ."
///
/// Three continue a sentence; four or more, or a stop that touches its word, end it before a capital.
fn spaced_ellipsis(context: &Context<'_>, sentence: &str, rest: &str) -> Option<bool> {
    let is_dots = |token: &str| {
        let dots = token.trim_end_matches(is_closer);
        !dots.is_empty() && dots.bytes().all(|b| b == b'.')
    };
    let right_dots = is_dots(context.right_token);
    let left_dots = is_dots(context.left_token) && context.left_token.len() == 1;
    if !right_dots && !left_dots {
        return None;
    }
    let (sentence, rest) = (tail(sentence), head(rest));
    if sentence.bytes().all(|b| b == b'.' || b.is_ascii_whitespace()) {
        return Some(false);
    }
    let capital_follows = |text: &str| {
        text.trim_start_matches(|c: char| {
            c == '.' || c.is_whitespace() || crate::chars::is_opener(c)
        })
        .chars()
        .next()
        .is_some_and(char::is_uppercase)
    };
    if right_dots {
        let touching = !left_dots && context.left_token.ends_with('.');
        return Some(touching && capital_follows(rest));
    }
    let next = rest.trim_start_matches(crate::chars::is_opener);
    let says_i =
        next.strip_prefix('I').is_some_and(|after| !after.starts_with(char::is_alphanumeric));
    let dots = sentence
        .bytes()
        .rev()
        .take_while(|b| *b == b'.' || b.is_ascii_whitespace())
        .filter(|b| *b == b'.')
        .count();
    match dots {
        ..=1 => None,
        2..=3 => Some(capital_follows(rest) && !says_i),
        _ => Some(capital_follows(rest)),
    }
}

/// The first [`WINDOW`] bytes of `text`, or a few less: no rule looks further, so that no text takes quadratic time.
fn head(text: &str) -> &str {
    text.get(..text.floor_char_boundary(WINDOW)).unwrap_or(text)
}

/// The last [`WINDOW`] bytes of `text`, or a few less.
fn tail(text: &str) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(WINDOW))..).unwrap_or(text)
}

/// Whether `text` is nothing but the marker of a list item: "1.", "2.)", "a.", "• 9.".
pub(crate) fn is_list_marker(text: &str) -> bool {
    if text.len() > LONGEST_MARKER {
        return false;
    }
    let text = text.trim_start_matches(|c: char| is_bullet(c) || c == '(' || c.is_whitespace());
    if text.len() > 5 {
        return false;
    }
    let name = text.trim_end_matches(['.', ')', ']']);
    if name.len() == text.len() || name.is_empty() {
        return false;
    }
    name.bytes().all(|b| b.is_ascii_digit())
        || (name.len() == 1 && name.bytes().all(|b| b.is_ascii_alphabetic()))
        || name.bytes().all(|b| matches!(b, b'i' | b'v' | b'x'))
        || (name.bytes().all(|b| matches!(b, b'I' | b'V' | b'X')))
}

/// Whether a sentence ends inside the token around the stop at `at`: "the end.The next".
///
/// `at` is the first byte behind the stop and its closers. Only a lower-case word of three letters or more in front
/// and a capitalised one behind count, or any word behind `?` and `!`; and nothing that looks like an address.
pub(crate) fn missing_space(text: &str, stop: usize, at: usize) -> bool {
    let bytes = text.as_bytes();
    let before = bytes.get(..stop).unwrap_or(&[]);
    let lower_before = before.iter().rev().take_while(|b| b.is_ascii_lowercase()).count();
    if lower_before < 3 {
        return false;
    }
    // An opening quote may stand in front of the next word, if it can be told from a closing one.
    let tail = text.get(at..).unwrap_or("");
    let behind = tail.strip_prefix(['“', '„', '«', '(']).unwrap_or(tail).as_bytes();
    let (Some(first), Some(second)) = (behind.first(), behind.get(1)) else {
        return false;
    };
    let single = matches!(first, b'I' | b'A') && second.is_ascii_whitespace();
    let capitalised = first.is_ascii_uppercase() && second.is_ascii_lowercase();
    let word_length = behind.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    // "recruits foreigners?thanks to all": no address asks or shouts in front of a word alone.
    let asked = matches!(bytes.get(at.saturating_sub(1)), Some(b'?' | b'!'))
        && first.is_ascii_lowercase()
        && word_length >= 3
        && behind.get(word_length).is_none_or(u8::is_ascii_whitespace);
    if !capitalised && !single && !asked {
        return false;
    }
    let address = |b: &u8| matches!(b, b'@' | b'/' | b'\\' | b'_' | b'=' | b'&');
    let token_before = before.iter().rev().take(60).take_while(|b| !b.is_ascii_whitespace());
    let token_behind = behind.iter().take(60).take_while(|b| !b.is_ascii_whitespace());
    let dotted_before = token_before.clone().any(|b| *b == b'.');
    let domain = behind.get(..word_length).is_some_and(|w| {
        [&b"Com"[..], b"Net", b"Org", b"Co", b"Js", b"Io", b"Gov", b"Edu", b"Ai"].contains(&w)
    });
    !dotted_before && !domain && !token_before.chain(token_behind).any(address)
}

/// The end of the run of stops and closers that starts at `at`.
pub(crate) fn end_of_stop(text: &str, at: usize) -> usize {
    let tail = text.get(at..).unwrap_or("");
    let rest = tail.trim_start_matches(is_stop);
    let rest = rest.trim_start_matches(is_closer);
    text.len() - rest.len()
}
