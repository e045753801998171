//! Date expressions as a whole: written dates with words around them, and dates relative to the day
//! of publication.

use jiff::civil::Weekday;

use super::explicit;
use super::when::{Unit, When, Which};
use crate::words::{Words, is_hyphen, is_punctuation};

/// Words before a date that change nothing in its normal form.
const BEFORE: [&str; 19] = [
    "the", "on", "in", "since", "until", "by", "from", "around", "about", "circa", "early", "late",
    "mid", "of", "year", "during", "before", "after", "month",
];

/// Parts of a day.
const PARTS: [&str; 6] = ["morning", "afternoon", "evening", "night", "noon", "midnight"];

/// What an expression says; `None` where some word of it is not understood.
pub(super) fn parse(words: Words<'_>) -> Option<When> {
    let mut at = 0;
    while BEFORE.contains(&words.get(at).to_lowercase().as_str())
        || (at > 0 && is_hyphen(words.get(at)))
    {
        at += 1;
    }
    let (when, end) = named(words, at)
        .or_else(|| explicit::parse(words, at))
        .or_else(|| shifted(words, at))
        .or_else(|| ago(words, at))?;
    let is_rest = |word: usize| is_punctuation(words.get(word));
    (end..words.len()).all(is_rest).then_some(when)
}

/// "Thursday", "last Thursday", "next March", "Thursday evening".
fn named(words: Words<'_>, at: usize) -> Option<(When, usize)> {
    let (which, at) = match which(words.get(at)) {
        Some(which) => (which, at + 1),
        None => (Which::Bare, at),
    };
    if let Some(day) = explicit::weekday(words.get(at)) {
        let end = at + 1 + usize::from(PARTS.contains(&words.get(at + 1)));
        // "Friday, November 7" is a written date.
        let weekday = Weekday::from_monday_zero_offset(day).ok()?;
        return (end >= words.len()).then_some((When::Weekday(which, weekday), end));
    }
    if which == Which::Bare {
        return None;
    }
    let (month, end) = explicit::month(words, at)?;
    Some((When::NamedMonth(which, month), end))
}

/// "today", "last week", "this morning".
fn shifted(words: Words<'_>, at: usize) -> Option<(When, usize)> {
    let word = words.get(at).to_lowercase();
    let day = match word.as_str() {
        "today" | "tonight" => Some(0),
        "yesterday" => Some(-1),
        "tomorrow" => Some(1),
        _ => None,
    };
    if let Some(day) = day {
        let end = at + 1 + usize::from(PARTS.contains(&words.get(at + 1)));
        return Some((When::Shift(Unit::Day, day), end));
    }
    let count = match which(&word)? {
        Which::Last => -1,
        Which::Next => 1,
        Which::This | Which::Bare => 0,
    };
    let next = words.get(at + 1);
    let when = match (unit(next), PARTS.contains(&next)) {
        (Some(unit), _) if !next.ends_with('s') => When::Shift(unit, count),
        (_, true) => When::Shift(Unit::Day, count),
        _ => return None,
    };
    Some((when, at + 2))
}

/// "two days ago", "a year ago".
fn ago(words: Words<'_>, at: usize) -> Option<(When, usize)> {
    let count = count(words.get(at))?;
    let unit = unit(words.get(at + 1))?;
    (words.get(at + 2) == "ago").then_some((When::Shift(unit, -count), at + 3))
}

fn which(word: &str) -> Option<Which> {
    match word.to_lowercase().as_str() {
        "last" | "past" | "previous" => Some(Which::Last),
        "this" | "current" => Some(Which::This),
        "next" | "coming" => Some(Which::Next),
        _ => None,
    }
}

fn unit(word: &str) -> Option<Unit> {
    match word {
        "day" | "days" => Some(Unit::Day),
        "week" | "weeks" => Some(Unit::Week),
        "month" | "months" => Some(Unit::Month),
        "year" | "years" => Some(Unit::Year),
        _ => None,
    }
}

fn count(word: &str) -> Option<i64> {
    const NUMBERS: [&str; 13] = [
        "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    if matches!(word, "a" | "an") {
        return Some(1);
    }
    let lower = word.to_lowercase();
    let named = NUMBERS.iter().position(|number| *number == lower).filter(|at| *at > 0);
    named.and_then(|at| i64::try_from(at).ok()).or_else(|| word.parse().ok().filter(|n| *n >= 0))
}
