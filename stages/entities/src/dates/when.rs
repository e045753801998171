//! What a date expression says, and its ISO 8601 form.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan as _};

/// A unit of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// Which one: the nearest, or as "last", "this", "next" say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// The word alone.
    Bare,
    Last,
    This,
    Next,
}

/// What a date expression says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Day {
        year: Option<i16>,
        month: i8,
        day: i8,
    },
    /// Two days of one month.
    Days {
        year: Option<i16>,
        month: i8,
        first: i8,
        last: i8,
    },
    Month {
        year: i16,
        month: i8,
    },
    Year(i16),
    Years(i16, i16),
    /// A month without its year.
    NamedMonth(Which, i8),
    Weekday(Which, Weekday),
    /// So many units after the present one (before it, where negative).
    Shift(Unit, i64),
}

impl When {
    /// The ISO 8601 form; `None` for days that do not exist, and where it takes the day of
    /// publication and there is none.
    pub(super) fn iso(self, published: Option<Date>) -> Option<String> {
        match self {
            Self::Day { year, month, day } => {
                Some(self.day(year, month, day, published)?.to_string())
            }
            Self::Days { year, month, first, last } => {
                let first = self.day(year, month, first, published)?;
                let last = Date::new(first.year(), month, last).ok()?;
                (first < last).then(|| format!("{first}/{last}"))
            }
            Self::Month { year, month } => Some(iso_month(year, month)),
            Self::Year(year) => Some(format!("{year:04}")),
            Self::Years(first, last) => (first < last).then(|| format!("{first:04}/{last:04}")),
            Self::NamedMonth(which, month) => named_month(which, month, published?),
            Self::Weekday(which, weekday) => {
                Some(named_day(which, weekday, published?)?.to_string())
            }
            Self::Shift(unit, count) => shifted(unit, count, published?),
        }
    }

    /// A day; without a year, the last one up to two months after the day of publication: news look
    /// back further than they look ahead.
    fn day(self, year: Option<i16>, month: i8, day: i8, published: Option<Date>) -> Option<Date> {
        if let Some(year) = year {
            return Date::new(year, month, day).ok();
        }
        let published = published?;
        let latest = published.checked_add(AHEAD.months()).ok()?;
        // Eight years: 29 February may be that far away.
        (-8..=1)
            .rev()
            .filter_map(|shift| Date::new(published.year().checked_add(shift)?, month, day).ok())
            .find(|date| *date <= latest)
    }
}

/// Months that a date without a year may lie after the day of publication.
const AHEAD: i32 = 2;

fn iso_month(year: i16, month: i8) -> String {
    format!("{year:04}-{month:02}")
}

fn named_month(which: Which, month: i8, published: Date) -> Option<String> {
    let months = |year: i16, month: i8| i32::from(year) * 12 + i32::from(month);
    let now = months(published.year(), published.month());
    let mut years = (-1..=1).filter_map(|shift| published.year().checked_add(shift));
    let year = match which {
        Which::Bare => years.rev().find(|year| months(*year, month) <= now + AHEAD)?,
        Which::This => published.year(),
        Which::Last => years.rev().find(|year| months(*year, month) < now)?,
        Which::Next => years.find(|year| months(*year, month) > now)?,
    };
    Some(iso_month(year, month))
}

/// A weekday alone is the last one up to the day of publication, as news use it.
fn named_day(which: Which, weekday: Weekday, published: Date) -> Option<Date> {
    match which {
        Which::Bare if published.weekday() == weekday => Some(published),
        Which::Bare | Which::Last => published.nth_weekday(-1, weekday).ok(),
        Which::Next => published.nth_weekday(1, weekday).ok(),
        Which::This => {
            let days =
                weekday.to_monday_zero_offset() - published.weekday().to_monday_zero_offset();
            published.checked_add(i64::from(days).days()).ok()
        }
    }
}

fn shifted(unit: Unit, count: i64, published: Date) -> Option<String> {
    let add = |span: Result<Span, jiff::Error>| published.checked_add(span.ok()?).ok();
    match unit {
        Unit::Day => Some(add(Span::new().try_days(count))?.to_string()),
        Unit::Week => {
            let week = add(Span::new().try_weeks(count))?.iso_week_date();
            Some(format!("{:04}-W{:02}", week.year(), week.week()))
        }
        Unit::Month => {
            let date = add(Span::new().try_months(count))?;
            Some(iso_month(date.year(), date.month()))
        }
        Unit::Year => {
            let date = add(Span::new().try_years(count))?;
            (date.year() >= 0).then(|| format!("{:04}", date.year()))
        }
    }
}
