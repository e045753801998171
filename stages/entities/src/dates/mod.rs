//! Calendar expressions in English: what they say, and where a text has one that needs no model.
//!
//! [`normal`] gives ISO 8601: `2025-11-07`, `2025-11`, `2025`, `2025-W45`, or an interval
//! `2025-11-07/2025-11-09`. What the words alone do not fix ("Thursday", "last year", "November 7")
//! is taken relative to the day the article was published, and stays without a normal form where that
//! is not known.

mod explicit;
mod relative;
mod when;

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::words::{Words, split};

/// Dates of the text that are plain without context: "November 7, 2025", "7 Nov.", "2025-11-07",
/// "November 2025", "in 2020". Ranges of words, ascending.
pub(crate) fn find(words: Words<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match explicit::find_at(words, at) {
            Some(range) => {
                at = range.end;
                found.push(range);
            }
            None => at += 1,
        }
    }
    found
}

/// The ISO 8601 form of a date expression, where the words, or the day of publication, allow one.
pub(crate) fn normal(expression: &str, published: Option<Date>) -> Option<String> {
    let spans = split(expression);
    let words = Words { text: expression, spans: &spans };
    let when = relative::parse(words).or_else(|| single(words))?;
    when.iso(published)
}

/// The one explicit date among other words: "the Nov. 7, 2025, ceremony".
fn single(words: Words<'_>) -> Option<when::When> {
    let found = find(words);
    let [range] = found.as_slice() else { return None };
    explicit::parse(words, range.start).map(|(when, _)| when)
}

/// The UTC day of a time in microseconds since 1970.
pub(crate) fn day_of(microseconds: i64) -> Option<Date> {
    let time = Timestamp::from_microsecond(microseconds).ok()?;
    Some(time.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<String> {
        let spans = split(text);
        let words = Words { text, spans: &spans };
        find(words).iter().map(|range| words.slice(range).to_owned()).collect()
    }

    #[test]
    fn what_the_text_alone_fixes() {
        for (text, iso) in [
            ("November 7, 2025", "2025-11-07"),
            ("Friday, November 7th, 2025", "2025-11-07"),
            ("Nov. 7 2025", "2025-11-07"),
            ("7 November 2025", "2025-11-07"),
            ("7th of November, 2025", "2025-11-07"),
            ("NOVEMBER 7, 2025", "2025-11-07"),
            ("2025-11-07", "2025-11-07"),
            ("2025/11/07", "2025-11-07"),
            ("7.11.2025", "2025-11-07"),
            ("11/17/2025", "2025-11-17"),
            ("17/11/2025", "2025-11-17"),
            ("November 2025", "2025-11"),
            ("November of 2025", "2025-11"),
            ("Sept. 2001", "2001-09"),
            ("2020", "2020"),
            ("early 2020", "2020"),
            ("the year 2020", "2020"),
            ("mid-2020", "2020"),
            ("2019-2020", "2019/2020"),
            ("2019–21", "2019/2021"),
            ("November 7-9, 2025", "2025-11-07/2025-11-09"),
            ("29 February 2024", "2024-02-29"),
        ] {
            assert_eq!(normal(text, None).as_deref(), Some(iso), "{text}");
        }
    }

    #[test]
    fn what_needs_the_day_of_publication() {
        // A Friday.
        let day = date(2025, 11, 7);
        for (text, iso) in [
            ("Thursday", "2025-11-06"),
            ("Friday", "2025-11-07"),
            ("Saturday", "2025-11-01"),
            ("last Friday", "2025-10-31"),
            ("next Monday", "2025-11-10"),
            ("this Monday", "2025-11-03"),
            ("Thursday evening", "2025-11-06"),
            ("today", "2025-11-07"),
            ("Yesterday", "2025-11-06"),
            ("tomorrow", "2025-11-08"),
            ("last week", "2025-W44"),
            ("this week", "2025-W45"),
            ("last month", "2025-10"),
            ("next month", "2025-12"),
            ("last year", "2024"),
            ("this year", "2025"),
            ("two days ago", "2025-11-05"),
            ("three weeks ago", "2025-W42"),
            ("a year ago", "2024"),
            ("10 months ago", "2025-01"),
            ("November 3", "2025-11-03"),
            ("Dec. 30", "2025-12-30"),
            ("January 2", "2026-01-02"),
            ("June 30", "2025-06-30"),
            ("March", "2025-03"),
            ("January", "2026-01"),
            ("last November", "2024-11"),
            ("next March", "2026-03"),
        ] {
            assert_eq!(normal(text, Some(day)).as_deref(), Some(iso), "{text}");
            assert_eq!(normal(text, None), None, "{text}");
        }
    }

    #[test]
    fn what_no_one_can_know_has_no_normal_form() {
        for text in [
            "",
            "recent years",
            "November 31, 2025",
            "February 29, 2023",
            "7/8/2025",
            "44 BC",
            "the 1990s",
            "Monday and Tuesday",
            "99999999999999999999",
            "month",
            "2025-13-45",
            "9999999999 weeks ago",
            "10000 years ago",
            "summer",
        ] {
            assert_eq!(normal(text, Some(date(2025, 11, 7))), None, "{text}");
        }
    }

    #[test]
    fn full_dates_are_found_in_running_text() {
        assert_eq!(
            found("On Friday, November 7, 2025, he met them; on 5 May 2026 and in 2020 too."),
            ["Friday, November 7, 2025", "5 May 2026", "2020"]
        );
        assert_eq!(found("Since Nov. 7, and in November 2025."), ["Nov. 7", "November 2025"]);
        assert_eq!(found("It began 2025-11-07."), ["2025-11-07"]);
        assert_eq!(found("from November 7–9"), ["November 7–9"]);
    }

    #[test]
    fn what_only_looks_like_a_date_is_not_found() {
        for text in [
            "In May 5,000 people came.",
            "You may 5 times.",
            "Boeing 2020 and 2,020 more",
            "March on 2020 avenues",
            "version 1.2020-11-07",
            "in 2020 dollars",
            "Mar 3.5",
            "June Smith",
            "in 20201",
            "April may come",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn times_become_days() {
        assert_eq!(day_of(1_762_516_800_000_000), Some(date(2025, 11, 7)));
        assert_eq!(day_of(i64::MAX), None);
        assert_eq!(day_of(-1), Some(date(1969, 12, 31)));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in "\\PC{0,40}", day in proptest::option::of(-700_000_i64..700_000)) {
            let published = day.and_then(|day| day_of(day.saturating_mul(86_400_000_000)));
            let _ = (normal(&text, published), found(&text));
        }

        #[test]
        fn every_day_survives_its_american_form(year in 1000_i16..2999, month in 1_i8..=12, day in 1_i8..=28) {
            let day = date(year, month, day);
            let text = day.strftime("%B %-d, %Y").to_string();
            prop_assert_eq!(normal(&text, None), Some(day.to_string()));
        }
    }
}
