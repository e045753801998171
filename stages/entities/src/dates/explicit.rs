//! Dates that are written out: with a month's name or with digits.

use std::ops::Range;

use super::when::When;
use crate::words::{Words, is_hyphen, is_lower};

/// Months by their first three letters, and the full names.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Weekdays, Monday first.
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Words after which four digits are a year.
const BEFORE_YEAR: [&str; 6] = ["in", "since", "until", "till", "during", "early"];

/// A date that needs no context, beginning at word `at`: the words it takes.
pub(super) fn find_at(words: Words<'_>, at: usize) -> Option<Range<usize>> {
    if words.is_glued_back(at) && !is_opening(words.get(at - 1)) {
        return None;
    }
    let (when, end) = parse(words, at)?;
    let is_plain = match when {
        When::Year(year) | When::Years(year, _) => {
            (1500..2100).contains(&year) && is_year(words, at, end)
        }
        When::NamedMonth(..) => false,
        _ => true,
    };
    // "3.5", "5,000", "2020s": the digits go on.
    let goes_on = words.is_glued(end - 1)
        && (words.get(end).chars().all(char::is_alphanumeric) || is_digits(words.get(end + 1)));
    (is_plain && !goes_on).then_some(at..end)
}

/// Whether a preposition stands before the digits, and after them no word that they may count:
/// "in 2020", not "in 2020 dollars".
fn is_year(words: Words<'_>, at: usize, end: usize) -> bool {
    let before = at.checked_sub(1).map(|before| words.get(before).to_lowercase());
    let after = words.get(end);
    let is_counted = matches!(after, "people" | "men" | "women" | "feet" | "of" | "%" | "percent")
        || (is_lower(after) && after.len() > 4 && after.ends_with('s'));
    before.is_some_and(|before| BEFORE_YEAR.contains(&before.as_str())) && !is_counted
}

fn is_opening(word: &str) -> bool {
    matches!(word, "(" | "[" | "\"" | "\u{201c}" | "\u{2018}" | "'" | "\u{2014}" | "/" | "*")
}

/// A written date at word `at`, and the word after it.
pub(super) fn parse(words: Words<'_>, at: usize) -> Option<(When, usize)> {
    numeric(words, at)
        .or_else(|| day_first(words, at))
        .or_else(|| month_first(words, at))
        .or_else(|| with_weekday(words, at))
        .or_else(|| year_alone(words, at))
}

/// "Friday, November 7": the weekday adds nothing.
fn with_weekday(words: Words<'_>, at: usize) -> Option<(When, usize)> {
    weekday(words.get(at))?;
    let comma = usize::from(words.get(at + 1) == ",");
    let article = usize::from(words.get(at + 1 + comma) == "the");
    let at = at + 1 + comma + article;
    let (when, end) = day_first(words, at).or_else(|| month_first(words, at))?;
    matches!(when, When::Day { .. }).then_some((when, end))
}

/// "November 7, 2025", "Nov. 7", "November 7-9", "November 2025", "November".
fn month_first(words: Words<'_>, at: usize) -> Option<(When, usize)> {
    let (month, mut end) = month(words, at)?;
    if let Some(day) = day(words, end) {
        let first = day;
        end += 1;
        let mut last = None;
        if is_hyphen(words.get(end)) && words.is_glued_back(end) {
            last = day_number(words, end + 1);
            end += if last.is_some() { 2 } else { 0 };
        }
        let (year, end) = year_after(words, end);
        return Some(match last {
            Some(last) => (When::Days { year, month, first, last }, end),
            None => (When::Day { year, month, day: first }, end),
        });
    }
    match year_after(words, end) {
        (Some(year), end) => Some((When::Month { year, month }, end)),
        (None, _) => Some((When::NamedMonth(super::when::Which::Bare, month), end)),
    }
}

/// "7 November 2025", "7th of November".
fn day_first(words: Words<'_>, at: usize) -> Option<(When, usize)> {
    let day = day_number(words, at)?;
    let of = usize::from(words.get(at + 1) == "of");
    let (month, end) = month(words, at + 1 + of)?;
    let (year, end) = year_after(words, end);
    Some((When::Day { year, month, day }, end))
}

/// A year at word `at`, also after a comma or "of"; and the word after it.
fn year_after(words: Words<'_>, at: usize) -> (Option<i16>, usize) {
    let joint = usize::from(matches!(words.get(at), "," | "of"));
    match year(words.get(at + joint)) {
        Some(year) if !goes_on(words, at + joint) => (Some(year), at + joint + 1),
        _ => (None, at),
    }
}

fn year_alone(words: Words<'_>, at: usize) -> Option<(When, usize)> {
    let first = year(words.get(at))?;
    let joint = words.get(at + 1);
    if is_hyphen(joint) && words.is_glued(at) && words.is_glued(at + 1) {
        let text = words.get(at + 2);
        let last = match text.len() {
            2 if is_digits(text) => text.parse::<i16>().ok().map(|short| first / 100 * 100 + short),
            _ => year(text),
        };
        if let Some(last) = last.filter(|last| *last > first) {
            return Some((When::Years(first, last), at + 3));
        }
    }
    Some((When::Year(first), at + 1))
}

/// "2025-11-07", "7.11.2025", "11/17/2025".
fn numeric(words: Words<'_>, at: usize) -> Option<(When, usize)> {
    let joint = words.get(at + 1);
    let is_one = matches!(joint, "-" | "/" | ".")
        && words.get(at + 3) == joint
        && (at..at + 4).all(|word| words.is_glued(word));
    if !is_one || goes_on(words, at + 4) {
        return None;
    }
    let number = |word: usize| -> Option<i8> {
        let text = words.get(word);
        (is_digits(text) && text.len() <= 2).then(|| text.parse().ok()).flatten()
    };
    let (year, month, day) = match (year(words.get(at)), year(words.get(at + 4))) {
        (Some(year), None) if joint != "." => (year, number(at + 2)?, number(at + 4)?),
        (None, Some(year)) => {
            let (first, second) = (number(at)?, number(at + 2)?);
            match joint {
                "/" if first > 12 || first == second => (year, second, first),
                "/" if second > 12 => (year, first, second),
                // Day and month can't be told apart.
                "/" => return None,
                _ => (year, second, first),
            }
        }
        _ => return None,
    };
    let is_day = (1..=12).contains(&month) && (1..=31).contains(&day);
    is_day.then_some((When::Day { year: Some(year), month, day }, at + 5))
}

/// The month named at word `at`, and the word after it (and after the dot of an abbreviation).
pub(super) fn month(words: Words<'_>, at: usize) -> Option<(i8, usize)> {
    let word = words.get(at);
    if !word.starts_with(char::is_uppercase) {
        return None;
    }
    let lower = word.to_lowercase();
    let is_short = |name: &&str| lower == "sept" || (lower.len() == 3 && name.starts_with(&lower));
    let number = |at: usize| i8::try_from(at + 1).ok();
    if let Some(found) = MONTHS.iter().position(|name| *name == lower) {
        return Some((number(found)?, at + 1));
    }
    let found = match lower.as_str() {
        "sept" => 8,
        _ => MONTHS.iter().position(is_short)?,
    };
    let dot = usize::from(words.get(at + 1) == "." && words.is_glued(at));
    Some((number(found)?, at + 1 + dot))
}

/// The weekday a word names, Monday being 0.
pub(super) fn weekday(word: &str) -> Option<i8> {
    if !word.starts_with(char::is_uppercase) {
        return None;
    }
    let lower = word.to_lowercase();
    WEEKDAYS.iter().position(|name| *name == lower).and_then(|at| i8::try_from(at).ok())
}

/// A day of the month that is not the beginning of a greater number.
fn day(words: Words<'_>, at: usize) -> Option<i8> {
    day_number(words, at).filter(|_| !goes_on(words, at))
}

fn day_number(words: Words<'_>, at: usize) -> Option<i8> {
    let word = words.get(at);
    let digits =
        ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    if !is_digits(digits) || digits.len() > 2 {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

/// Whether the number at word `at` goes on after a comma or a dot: "5,000", "3.5".
fn goes_on(words: Words<'_>, at: usize) -> bool {
    matches!(words.get(at + 1), "," | "." | ":")
        && words.is_glued(at)
        && words.is_glued(at + 1)
        && is_digits(words.get(at + 2))
}

/// Four digits that can be a year.
pub(super) fn year(word: &str) -> Option<i16> {
    let is_year = is_digits(word) && word.len() == 4;
    is_year.then(|| word.parse().ok()).flatten().filter(|year| (1000..3000).contains(year))
}

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}
