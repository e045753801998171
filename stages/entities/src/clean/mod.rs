//! Trims the mentions that a model marks to the names the guideline asks for: no titles, no article,
//! no possessive, no quotes; compounds taken apart; countries kept whole.
//!
//! The rules work on words, not on characters, and each holds for any text: none knows a particular
//! article.

mod abbreviations;
mod compounds;
mod heads;
mod titles;

use std::ops::Range;

pub(crate) use heads::{is_agreement, is_known_agreement, kind_of as kind_by_last_word};

use crate::kind::Kind;
use crate::places;
use crate::words::{
    Words, is_all_caps, is_apostrophe, is_capitalised, is_punctuation, one_line, without_possessive,
};

/// A mention as words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Indices of the words.
    pub words: Range<usize>,
    /// What it is; rules may change it.
    pub kind: Kind,
}

/// Cleans all mentions of a text: `found` sorted and without overlap; so is what comes back.
pub(crate) fn clean(words: Words<'_>, found: Vec<Found>) -> Vec<Found> {
    let mut cleaned: Vec<Found> =
        found.into_iter().flat_map(|mention| clean_one(words, mention)).collect();
    join_countries(words, &mut cleaned);
    if let Some(first) = cleaned.first_mut()
        && is_dateline(words, &first.words)
    {
        first.kind = Kind::Place;
    }
    // A final dot may have been taken in; nothing else makes a mention grow.
    let mut end = 0;
    cleaned.retain(|mention| {
        let fits = mention.words.start >= end;
        if fits {
            end = mention.words.end;
        }
        fits
    });
    cleaned
}

/// Whether a name is the place that an agency's report begins with: "BAMAKO (Reuters) - ...".
fn is_dateline(words: Words<'_>, range: &Range<usize>) -> bool {
    const LONGEST_AGENCY: usize = 4;
    let open = range.end;
    let dash = (open + 2..words.len().min(open + 3 + LONGEST_AGENCY))
        .find(|&word| words.get(word) == ")")
        .map(|close| words.get(close + 1));
    range.start == 0
        && range.clone().all(|word| is_all_caps(words.get(word)))
        && words.get(open) == "("
        && dash.is_some_and(|dash| matches!(dash, "-" | "\u{2013}" | "\u{2014}"))
}

fn clean_one(words: Words<'_>, mention: Found) -> Vec<Found> {
    if mention.kind == Kind::Date {
        return trim_date(words, mention).into_iter().collect();
    }
    compounds::split(words, mention)
        .into_iter()
        .filter_map(|part| {
            let range = trim(words, compounds::whole(words, part.words), part.kind)?;
            let range = heads::with_agreement(words, range, part.kind);
            let kind = heads::kind_of(words, &range, part.kind);
            Some(Found { words: range, kind })
        })
        .collect()
}

/// The words of `range` without what is not part of the name; `None` where nothing is left.
fn trim(words: Words<'_>, range: Range<usize>, kind: Kind) -> Option<Range<usize>> {
    let mut range = range;
    loop {
        let before = range.clone();
        range = trim_punctuation(words, range);
        range = trim_possessive(words, range, kind);
        range = trim_article(words, range, kind);
        range = compounds::trim(words, range, kind);
        if kind == Kind::Person {
            range = titles::trim(words, range)?;
        }
        range = trim_lower(words, range, kind);
        if range.is_empty() {
            return None;
        }
        if range == before {
            break;
        }
    }
    let has_letter = words.slice(&range).contains(char::is_alphabetic);
    has_letter.then(|| abbreviations::with_final_dot(words, range))
}

fn trim_punctuation(words: Words<'_>, mut range: Range<usize>) -> Range<usize> {
    while !range.is_empty() && is_punctuation(words.get(range.start)) {
        range.start += 1;
    }
    while !range.is_empty()
        && is_punctuation(words.get(range.end - 1))
        && !abbreviations::is_final_dot(words, range.end - 1)
        && !is_own_mark(words, range.end - 1)
    {
        range.end -= 1;
    }
    range
}

/// Whether an exclamation mark is part of a name: "Yahoo!".
fn is_own_mark(words: Words<'_>, mark: usize) -> bool {
    const NAMES: [&str; 4] = ["yahoo", "jeopardy", "oklahoma", "wham"];
    words.get(mark) == "!"
        && words.is_glued_back(mark)
        && NAMES.contains(&words.get(mark - 1).to_lowercase().as_str())
}

/// Names that end in a possessive of their own.
const POSSESSIVE_NAMES: [&str; 24] = [
    "mcdonald",
    "moody",
    "lloyd",
    "sotheby",
    "christie",
    "macy",
    "lowe",
    "wendy",
    "kohl",
    "levi",
    "sainsbury",
    "domino",
    "denny",
    "kellogg",
    "hardee",
    "dillard",
    "papa john",
    "st. john",
    "trader joe",
    "dunkin",
    "harrah",
    "applebee",
    "carl",
    "bloomingdale",
];

/// Words that go on with a sentence and not with what somebody owns.
const GO_ON: [&str; 14] =
    ["for", "in", "on", "at", "and", "or", "but", "with", "to", "by", "from", "last", "this", "is"];

/// Whether a place ends with a possessive of its own: "dinner at Del Frisco's", where nothing follows
/// that would be Del Frisco's.
fn is_place_of_somebody(words: Words<'_>, range: &Range<usize>, kind: Kind) -> bool {
    let before = range.start.checked_sub(1).map_or("", |at| words.get(at));
    let next = words.get(range.end);
    kind == Kind::Place
        && matches!(before, "at" | "to" | "from" | "near" | "called")
        && (next.is_empty() || is_punctuation(next) || GO_ON.contains(&next))
        && !places::is_country(without_possessive(words.slice(range)))
}

fn trim_possessive(words: Words<'_>, range: Range<usize>, kind: Kind) -> Range<usize> {
    let Some(name_end) = range.end.checked_sub(2).filter(|end| *end > range.start) else {
        return range;
    };
    let is_possessive = is_apostrophe(words.get(name_end))
        && matches!(words.get(name_end + 1), "s" | "S")
        && words.is_glued(name_end);
    let name = one_line(words.slice(&(range.start..name_end))).to_lowercase();
    let is_own =
        POSSESSIVE_NAMES.contains(&name.as_str()) || is_place_of_somebody(words, &range, kind);
    match is_possessive && !is_own {
        true => range.start..name_end,
        false => range,
    }
}

fn trim_article(words: Words<'_>, range: Range<usize>, kind: Kind) -> Range<usize> {
    let first = words.get(range.start);
    let is_article = match first {
        "the" | "a" | "an" => true,
        // Titles of works keep their own article, and so does what is written large inside a sentence:
        // "joined The Becket Fund".
        "The" | "THE" => {
            let before = range.start.checked_sub(1).map_or("", |at| words.get(at));
            let is_first = before.is_empty() || (is_punctuation(before) && before != ",");
            is_first && kind != Kind::Other && words.get(range.start + 1) != "Hague"
        }
        _ => false,
    };
    match is_article && !words.is_glued(range.start) {
        true => range.start + 1..range.end,
        false => range,
    }
}

/// Lower-case words before a name that models take for its beginning.
const BEFORE: [&str; 16] = [
    "former", "then", "late", "current", "new", "ex", "interim", "deputy", "northern", "southern",
    "eastern", "western", "central", "of", "and", "in",
];

/// Drops what a lower-case word says of a name: "former Donald Trump", "southern Lebanon".
fn trim_lower(words: Words<'_>, mut range: Range<usize>, kind: Kind) -> Range<usize> {
    if matches!(kind, Kind::Person | Kind::Place | Kind::Organisation) {
        while range.len() > 1
            && BEFORE.contains(&words.get(range.start))
            && !words.is_glued(range.start)
            && is_capitalised(words.get(range.start + 1))
        {
            range.start += 1;
        }
    }
    range
}

fn trim_date(words: Words<'_>, mention: Found) -> Option<Found> {
    let mut range = mention.words;
    loop {
        let before = range.clone();
        range = trim_possessive(words, trim_punctuation(words, range), Kind::Date);
        if matches!(
            words.get(range.start),
            "the" | "The" | "on" | "On" | "in" | "In" | "since" | "of"
        ) {
            range.start += 1;
        }
        if range.is_empty() {
            return None;
        }
        if range == before {
            break;
        }
    }
    Some(Found { words: abbreviations::with_final_dot(words, range), kind: Kind::Date })
}

/// Makes one place of the name of a country that the model has cut, or marked in part.
fn join_countries(words: Words<'_>, found: &mut Vec<Found>) {
    let mut joined: Vec<Found> = Vec::with_capacity(found.len());
    let mut next = 0;
    while let Some(mention) = found.get(next) {
        let floor = joined.last().map_or(0, |last| last.words.end);
        let country = long_country_at(words, &mention.words, floor).and_then(|country| {
            let inside = found.iter().skip(next).take_while(|m| m.words.start < country.end);
            let (mut count, mut longest) = (0, 0);
            for mention in inside {
                count += 1;
                longest = longest.max(mention.words.end);
            }
            // A name that goes on beyond the country is a longer name: "South Africa Airways".
            (longest <= country.end).then_some((country, count))
        });
        match country {
            Some((country, count)) => {
                joined.push(Found { words: country, kind: Kind::Place });
                next += count;
            }
            None => {
                joined.push(mention.clone());
                next += 1;
            }
        }
    }
    *found = joined;
}

/// The longest country of several words that begins at a mention, or up to three words before it but
/// not before `floor`, and overlaps it.
fn long_country_at(words: Words<'_>, mention: &Range<usize>, floor: usize) -> Option<Range<usize>> {
    (mention.start.saturating_sub(3).max(floor)..=mention.start)
        .filter(|start| places::begins_long_name(words.get(*start)))
        .find_map(|start| {
            (start + 2..=(start + places::LONGEST).min(words.len()))
                .rev()
                .map(|end| start..end)
                .find(|range| range.end > mention.start && is_long_country(words, range))
        })
}

/// Whether the words are the name of a country of several words, each joined by a space or a hyphen.
fn is_long_country(words: Words<'_>, range: &Range<usize>) -> bool {
    let name = words.slice(range);
    name.contains(char::is_whitespace)
        && places::is_country(name)
        && without_possessive(name) == name
        && !is_punctuation(words.get(range.end - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::split;

    /// Cleans `marked`, in which `[...]` are mentions, each with its kind after a `|`.
    fn cleaned(marked: &str) -> Vec<String> {
        let mut text = String::new();
        let mut spans = Vec::new();
        let mut rest = marked;
        while let Some((before, after)) = rest.split_once('[') {
            text.push_str(before);
            let (mention, after) = after.split_once(']').unwrap();
            let (kind, name) = mention.split_once('|').unwrap();
            let start = text.len();
            text.push_str(name);
            spans.push((start..text.len(), Kind::of(kind)));
            rest = after;
        }
        text.push_str(rest);
        let all = split(&text);
        let words = Words { text: &text, spans: &all };
        let found = spans
            .into_iter()
            .map(|(span, kind)| {
                let start = all.iter().position(|w| w.start >= span.start).unwrap();
                let end = all.iter().position(|w| w.start >= span.end).unwrap_or(all.len());
                Found { words: start..end, kind }
            })
            .collect();
        clean(words, found)
            .iter()
            .map(|found| format!("{:?}|{}", found.kind, words.slice(&found.words)))
            .collect()
    }

    #[test]
    fn titles_stay_outside_persons() {
        assert_eq!(cleaned("[PER|President Trump] spoke."), ["Person|Trump"]);
        assert_eq!(
            cleaned("[PER|Israeli Prime Minister Benjamin Netanyahu]"),
            ["Person|Benjamin Netanyahu"]
        );
        assert_eq!(
            cleaned("[PER|Kazakhstan’s President Kassym-Jomart Tokayev]"),
            ["Person|Kassym-Jomart Tokayev"]
        );
        assert_eq!(
            cleaned("[PER|Mr. Smith] and [PER|Dr. Jane Doe]"),
            ["Person|Smith", "Person|Jane Doe"]
        );
        assert_eq!(cleaned("the [PER|Prime Minister] left"), Vec::<String>::new());
        assert_eq!(
            cleaned("\"[PER|Lenhart, Matthew]\" and [PER|Lenhart, Matthew]"),
            ["Person|Lenhart, Matthew", "Person|Lenhart", "Person|Matthew"]
        );
        assert_eq!(cleaned("[PER|Secretary of State Marco Rubio]"), ["Person|Marco Rubio"]);
        assert_eq!(cleaned("[PER|Nathan Law of Demosisto]"), ["Person|Nathan Law"]);
        assert_eq!(cleaned("[PER|Catherine of Aragon]"), ["Person|Catherine of Aragon"]);
        assert_eq!(cleaned("[PER|Martin Luther King Jr.] Day"), ["Person|Martin Luther King Jr."]);
    }

    #[test]
    fn articles_quotes_and_possessives_stay_outside() {
        assert_eq!(cleaned("[ORG|the United Nations’] seat"), ["Organisation|United Nations"]);
        assert_eq!(cleaned("[PER|“Trump’s”] plan"), ["Person|Trump"]);
        assert_eq!(
            cleaned("at [ORG|McDonald's] and [ORG|Tesla's]"),
            ["Organisation|McDonald's", "Organisation|Tesla"]
        );
        assert_eq!(
            cleaned("dinner at [LOC|Del Frisco's] in May, [LOC|Rome's] food, from [LOC|Russia's]"),
            ["Place|Del Frisco's", "Place|Rome", "Place|Russia"]
        );
        assert_eq!(cleaned("in [LOC|The Hague]"), ["Place|The Hague"]);
        assert_eq!(cleaned("read [MISC|The Godfather]"), ["Other|The Godfather"]);
        assert_eq!(cleaned("[PER|O’Brien’s] house"), ["Person|O’Brien"]);
    }

    #[test]
    fn the_dot_of_an_abbreviation_belongs_to_the_name() {
        assert_eq!(cleaned("the [LOC|U.S] . and"), ["Place|U.S"]);
        assert_eq!(cleaned("from the [LOC|U.S]."), ["Place|U.S."]);
        assert_eq!(cleaned("to [LOC|Norway.]"), ["Place|Norway"]);
        assert_eq!(cleaned("by [ORG|Apple Inc]. today"), ["Organisation|Apple Inc."]);
        assert_eq!(cleaned("by [PER|Malcolm X.]"), ["Person|Malcolm X"]);
    }

    #[test]
    fn compounds_are_taken_apart() {
        assert_eq!(
            cleaned("[NORP|Israeli-Palestinian] talks"),
            ["Group|Israeli", "Group|Palestinian"]
        );
        assert_eq!(cleaned("[LOC|US-Pakistan] ties"), ["Place|US", "Place|Pakistan"]);
        assert_eq!(cleaned("[LOC|U.S.-Israel] ties"), ["Place|U.S.", "Place|Israel"]);
        assert_eq!(cleaned("[NORP|Pakistan-facilitated] talks"), ["Place|Pakistan"]);
        assert_eq!(cleaned("A [LOC|Pakistan-Facilitated] Process"), ["Place|Pakistan"]);
        assert_eq!(cleaned("[NORP|Muslim-majority] states"), ["Group|Muslim"]);
        assert_eq!(
            cleaned("[NORP|pro-Iranian] and [NORP|post-Soviet]"),
            ["Group|Iranian", "Group|Soviet"]
        );
        assert_eq!(
            cleaned("[NORP|African-American] and [NORP|Franco-German]"),
            ["Group|African-American", "Group|Franco-German"]
        );
        assert_eq!(
            cleaned("in [LOC|Guinea-Bissau] and [LOC|Baden-Baden]"),
            ["Place|Guinea-Bissau", "Place|Baden-Baden"]
        );
        assert_eq!(
            cleaned("[ORG|al-Qaeda] and [PER|Kim Jong-un]"),
            ["Organisation|al-Qaeda", "Person|Kim Jong-un"]
        );
        assert_eq!(cleaned("the [EVENT|Pro]-Beijing camp"), Vec::<String>::new());
        assert_eq!(
            cleaned("a [EVENT|Nukufetau by]-election, a [EVENT|Leeds by-]election, [LOC|Suva]-led"),
            ["Event|Nukufetau by-election", "Event|Leeds by-election", "Place|Suva"]
        );
        assert_eq!(
            cleaned("[ORG|Anti-Defamation League]"),
            ["Organisation|Anti-Defamation League"]
        );
        assert_eq!(
            cleaned("the [ORG|United Nations (UN)]"),
            ["Organisation|United Nations", "Organisation|UN"]
        );
    }

    #[test]
    fn countries_are_places_and_whole() {
        assert_eq!(cleaned("[NORP|Saudi] [LOC|Arabia] and"), ["Place|Saudi Arabia"]);
        assert_eq!(cleaned("the [ORG|United Arab] Emirates and"), ["Place|United Arab Emirates"]);
        assert_eq!(cleaned("[ORG|Bahrain]"), ["Place|Bahrain"]);
        assert_eq!(cleaned("[PER|Tuvalu]’s Governor"), ["Place|Tuvalu"]);
        assert_eq!(cleaned("[PER|Chad] and [PER|Jordan]"), ["Person|Chad", "Person|Jordan"]);
        assert_eq!(
            cleaned("[ORG|BAMAKO (Reuters)] - Mali"),
            ["Place|BAMAKO", "Organisation|Reuters"]
        );
        assert_eq!(cleaned("[ORG|NATO] (see below) said"), ["Organisation|NATO"]);
        assert_eq!(cleaned("in [LOC|southern Lebanon]"), ["Place|Lebanon"]);
        assert_eq!(cleaned("[ORG|South Africa Airways]"), ["Organisation|South Africa Airways"]);
        assert_eq!(
            cleaned("[LOC|South] [ORG|Africa Airways]"),
            ["Place|South", "Organisation|Africa Airways"]
        );
    }

    #[test]
    fn the_last_word_tells_agreements_events_and_peoples() {
        assert_eq!(cleaned("the [ORG|Abraham Accords]"), ["Other|Abraham Accords"]);
        assert_eq!(cleaned("the [PER|Accords]"), ["Other|Accords"]);
        assert_eq!(cleaned("[ORG|NAFTA] and [ORG|NATO]"), ["Other|NAFTA", "Organisation|NATO"]);
        assert_eq!(cleaned("the [LOC|Gaza War]"), ["Event|Gaza War"]);
        assert_eq!(cleaned("[LOC|Middle Eastern] oil"), ["Group|Middle Eastern"]);
        assert_eq!(cleaned("[PER|War] by [ORG|Accord]"), ["Person|War", "Organisation|Accord"]);
    }

    #[test]
    fn dates_lose_their_prepositions() {
        assert_eq!(
            cleaned("[DATE|in 2020], [DATE|last year's] and [DATE|the 1990s]"),
            ["Date|2020", "Date|last year", "Date|1990s"]
        );
    }
}
