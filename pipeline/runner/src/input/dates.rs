//! From what an input writes about its date to a time, where that can mean one time only.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;

use crate::error::Error;

/// How an input writes its dates: a pattern of `strptime`, such as `%d/%m/%Y`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormat(String);

impl DateFormat {
    /// Takes a pattern after trying it.
    ///
    /// # Errors
    /// Where it holds an unknown directive, or says too little to name a day.
    pub fn new(pattern: &str) -> Result<Self, Error> {
        let bad = |reason: String| Error::DateFormat { pattern: pattern.to_owned(), reason };
        let some_day = Date::constant(2001, 2, 3).at(4, 5, 6, 0).to_zoned(TimeZone::UTC);
        let some_day = some_day.map_err(|error| bad(error.to_string()))?;
        let written =
            strtime::format(pattern, &some_day).map_err(|error| bad(error.to_string()))?;
        let format = Self(pattern.to_owned());
        let read = BrokenDownTime::parse(pattern, &written).and_then(|time| time.to_date());
        match read {
            Ok(day) if day == some_day.date() => Ok(format),
            Ok(_) => Err(bad("it does not name one day".to_owned())),
            Err(error) => Err(bad(error.to_string())),
        }
    }

    fn read(&self, raw: &str) -> Option<i64> {
        micros_of(&BrokenDownTime::parse(&self.0, raw).ok()?)
    }
}

/// Microseconds since 1970 UTC of a date or time as an input writes it; UTC where it names no zone.
/// `None` for what may mean several days (`03/04/2025`), unless the format tells which.
///
/// Unambiguous are: ISO 8601 and RFC 3339; RFC 2822; a month as an English word; a year first; day
/// and month in figures where one is over 12 or both are the same; and the seconds, milliseconds,
/// microseconds or nanoseconds since 1970 that have 10, 13, 16 or 19 digits.
pub(super) fn utc_micros(raw: &str, format: Option<&DateFormat>) -> Option<i64> {
    let raw = raw.trim();
    // Nothing that is a date is longer, and every rule below reads all of it.
    const MAX_BYTES: usize = 64;
    if raw.is_empty() || raw.len() > MAX_BYTES {
        return None;
    }
    format
        .and_then(|format| format.read(raw))
        .or_else(|| iso(raw))
        .or_else(|| since_1970(raw))
        .or_else(|| {
            let timestamp = rfc2822::DateTimeParser::new().parse_timestamp(raw).ok()?;
            Some(timestamp.as_microsecond())
        })
        .or_else(|| words(raw))
        .or_else(|| figures(raw))
}

fn micros_of(time: &BrokenDownTime) -> Option<i64> {
    if let Ok(timestamp) = time.to_timestamp() {
        return Some(timestamp.as_microsecond());
    }
    match time.to_datetime() {
        Ok(at) => micros(at),
        Err(_) => micros(time.to_date().ok()?.at(0, 0, 0, 0)),
    }
}

fn micros(at: DateTime) -> Option<i64> {
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

fn iso(raw: &str) -> Option<i64> {
    if let Ok(timestamp) = raw.parse::<Timestamp>() {
        return Some(timestamp.as_microsecond());
    }
    let at = match raw.len() {
        // 2025-11-07, or 20251107.
        8 | 10 => raw.parse::<Date>().ok()?.at(0, 0, 0, 0),
        _ => raw.parse::<DateTime>().ok()?,
    };
    micros(at)
}

/// `1762473600`, `1762473600000`, `1762473600.25`.
fn since_1970(raw: &str) -> Option<i64> {
    let (whole, fraction) = raw.split_once('.').unwrap_or((raw, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    match whole.len() {
        10 => {
            let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
            Some(number * 1_000_000 + micros.parse::<i64>().ok()?)
        }
        13 if fraction.is_empty() => Some(number * 1000),
        16 if fraction.is_empty() => Some(number),
        19 if fraction.is_empty() => Some(number / 1000),
        _ => None,
    }
}

/// `Friday, 7 November 2025, 10:30`, `Nov 7th, 2025 10:30 PM`, `2025/11/07`.
fn words(raw: &str) -> Option<i64> {
    const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    const ZERO_ZONES: [&str; 3] = ["utc", "gmt", "z"];
    const DATES: [&str; 6] =
        ["%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%Y/%m/%d", "%Y.%m.%d"];
    const FIRST_YEAR: i16 = 1000;
    const TIMES: [&str; 5] = ["", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"];
    let mut plain: Vec<String> = Vec::new();
    for word in raw.split([' ', ',', '\u{a0}', '\u{202f}']).filter(|word| !word.is_empty()) {
        let lower = word.to_lowercase();
        let is_weekday = plain.is_empty()
            && lower.trim_end_matches('.').ends_with(|c: char| c.is_ascii_alphabetic())
            && WEEKDAYS.iter().any(|day| lower.starts_with(day));
        if is_weekday || lower == "at" || lower == "on" {
            continue;
        }
        let word = match lower.trim_end_matches('.') {
            "sept" => "Sep".to_owned(),
            ordinal if ordinal.starts_with(|c: char| c.is_ascii_digit()) => {
                let day = ordinal.strip_suffix("st").or(ordinal.strip_suffix("nd"));
                let day = day.or(ordinal.strip_suffix("rd")).or(ordinal.strip_suffix("th"));
                day.unwrap_or(ordinal).to_owned()
            }
            other => other.replace('.', ""),
        };
        plain.push(word);
    }
    if plain.len() > 1 && plain.last().is_some_and(|last| ZERO_ZONES.contains(&last.as_str())) {
        plain.pop();
    }
    let plain = plain.join(" ");
    DATES.iter().find_map(|date| {
        TIMES.iter().find_map(|time| {
            let read = BrokenDownTime::parse(format!("{date}{time}"), &plain).ok()?;
            // `%Y` takes the 25 of `7 Nov 25` for the year 25.
            read.year().is_some_and(|year| year >= FIRST_YEAR).then(|| micros_of(&read))?
        })
    })
}

/// `25/12/2025`, `12/25/2025`, `3-3-2025`, with or without a time of the day.
fn figures(raw: &str) -> Option<i64> {
    let (day, time) = raw.split_once([' ', 'T']).unwrap_or((raw, ""));
    let parts: Vec<&str> = day.split(['/', '-', '.']).collect();
    let [a, b, year] = parts.as_slice() else { return None };
    if year.len() != 4 || a.len() > 2 || b.len() > 2 {
        return None;
    }
    let number = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i8>().ok()).flatten()
    };
    let (a, b) = (number(a)?, number(b)?);
    let year: i16 = year.bytes().all(|byte| byte.is_ascii_digit()).then(|| year.parse().ok())??;
    let (day, month) = match (a > 12, b > 12) {
        (true, false) => (a, b),
        (false, true) => (b, a),
        (false, false) if a == b => (a, b),
        _ => return None,
    };
    let date = Date::new(year, month, day).ok()?;
    let time = match time.trim() {
        "" => jiff::civil::Time::midnight(),
        time => time.parse().ok()?,
    };
    micros(date.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(raw: &str, format: Option<&str>) -> String {
        let format = format.map(|pattern| DateFormat::new(pattern).unwrap());
        match utc_micros(raw, format.as_ref()) {
            Some(micros) => Timestamp::from_microsecond(micros).unwrap().to_string(),
            None => "null".to_owned(),
        }
    }

    #[test]
    fn what_can_mean_one_time_only_becomes_that_time() {
        for (raw, expected) in [
            ("2025-11-07", "2025-11-07T00:00:00Z"),
            (" 2025-11-07T10:30 ", "2025-11-07T10:30:00Z"),
            ("2025-11-07 10:30:01.5", "2025-11-07T10:30:01.5Z"),
            ("2025-11-07T10:30:00+02:00", "2025-11-07T08:30:00Z"),
            ("20251107", "2025-11-07T00:00:00Z"),
            ("2025/11/07", "2025-11-07T00:00:00Z"),
            ("2025.11.07 10:30", "2025-11-07T10:30:00Z"),
            ("Fri, 07 Nov 2025 10:30:00 -0500", "2025-11-07T15:30:00Z"),
            ("Fri, 07 Nov 2025 10:30:00 GMT", "2025-11-07T10:30:00Z"),
            ("7 Nov 2025 10:30 EST", "2025-11-07T15:30:00Z"),
            ("7 November 2025", "2025-11-07T00:00:00Z"),
            ("Friday, November 7th, 2025", "2025-11-07T00:00:00Z"),
            ("Nov. 7, 2025 at 10:30 p.m.", "2025-11-07T22:30:00Z"),
            ("Sept 7, 2025, 10:30 UTC", "2025-09-07T10:30:00Z"),
            ("25/12/2025", "2025-12-25T00:00:00Z"),
            ("12/25/2025 08:05", "2025-12-25T08:05:00Z"),
            ("3.3.2025", "2025-03-03T00:00:00Z"),
            ("1762473600", "2025-11-07T00:00:00Z"),
            ("1762473600.25", "2025-11-07T00:00:00.25Z"),
            ("1762473600000", "2025-11-07T00:00:00Z"),
        ] {
            assert_eq!(told(raw, None), expected, "{raw}");
        }
    }

    #[test]
    fn what_may_mean_several_days_or_none_stays_null() {
        for raw in [
            "03/04/2025",
            "3.4.2025",
            "03-04-2025 10:30",
            "03/04/25",
            "7 Nov 25",
            "25/11/07",
            "25/13/2025",
            "30/02/2025",
            "yesterday",
            "November 2025",
            "2025",
            "7 November 2025 10:30 CET",
            "12345",
            "99999999999999999999999999",
            "-1.-1.2025",
            "",
        ] {
            assert_eq!(told(raw, None), "null", "{raw}");
        }
    }

    #[test]
    fn a_format_tells_day_and_month_apart() {
        assert_eq!(told("03/04/2025", Some("%d/%m/%Y")), "2025-04-03T00:00:00Z");
        assert_eq!(told("03/04/2025", Some("%m/%d/%Y")), "2025-03-04T00:00:00Z");
        assert_eq!(told("03.04.25 10:30", Some("%d.%m.%y %H:%M")), "2025-04-03T10:30:00Z");
        assert_eq!(
            told("03/04/2025 10:30 +0200", Some("%d/%m/%Y %H:%M %z")),
            "2025-04-03T08:30:00Z"
        );
        // What does not fit it is read as without it.
        assert_eq!(told("2025-11-07", Some("%d/%m/%Y")), "2025-11-07T00:00:00Z");
        for wrong in ["%Q", "%H:%M", "%d/%m", ""] {
            assert!(DateFormat::new(wrong).is_err(), "{wrong}");
        }
    }
}
