//! Names joined to other words: by hyphens, slashes, brackets, commas and "and".

use std::ops::Range;

use super::Found;
use crate::kind::Kind;
use crate::places;
use crate::words::{Words, is_capitalised, is_hyphen, is_lower};

/// Second halves of compounds, for headings, where they too are capitalised.
const TAILS: [&str; 24] = [
    "led",
    "backed",
    "based",
    "born",
    "majority",
    "minority",
    "style",
    "run",
    "held",
    "wide",
    "made",
    "built",
    "owned",
    "only",
    "friendly",
    "linked",
    "brokered",
    "sponsored",
    "funded",
    "aligned",
    "dominated",
    "controlled",
    "occupied",
    "facilitated",
];

/// First halves of compounds.
const PREFIXES: [&str; 16] = [
    "pro", "anti", "non", "post", "pre", "ex", "mid", "un", "sub", "trans", "inter", "intra",
    "neo", "then", "cross", "all",
];

/// Second halves that make one people or one creed of two.
const ONE_PEOPLE: [&str; 8] = [
    "american",
    "americans",
    "canadian",
    "canadians",
    "leninist",
    "leninists",
    "lutheran",
    "lutherans",
];

/// Words that go on with a name after a comma.
const AFTER_COMMA: [&str; 6] = ["jr", "sr", "ii", "iii", "iv", "inc"];

/// The mentions that a mention is made of; the mention itself where it is one.
pub(super) fn split(words: Words<'_>, mention: Found) -> Vec<Found> {
    let kind = mention.kind;
    let mut parts = vec![mention];
    let mut at = 0;
    while let Some(part) = parts.get(at).cloned() {
        let cut = part.words.clone().skip(1).find(|&word| is_cut(words, &part, word));
        match cut {
            Some(cut) => {
                let kind_of = |range: &Range<usize>| match kind {
                    Kind::Group if places::is_country(words.slice(range)) => Kind::Place,
                    _ => kind,
                };
                let (left, right) = (part.words.start..cut, cut + 1..part.words.end);
                let halves = [
                    Found { kind: kind_of(&left), words: left },
                    Found { kind: kind_of(&right), words: right },
                ];
                parts.splice(at..=at, halves);
                at += 1;
            }
            None => at += 1,
        }
    }
    // "Titanic (film)": what stands in brackets is a name only if it looks like one.
    let several = parts.len() > 1;
    parts.retain(|part| {
        !part.words.is_empty()
            && (!several || part.words.clone().any(|word| is_capitalised(words.get(word))))
    });
    parts
}

/// Whether two names meet at `word`, which belongs to neither.
fn is_cut(words: Words<'_>, part: &Found, word: usize) -> bool {
    let (left, right) = (part.words.start..word, word + 1..part.words.end);
    if right.is_empty() {
        return false;
    }
    let text = words.get(word);
    let both_countries =
        || places::is_country(words.slice(&left)) && places::is_country(words.slice(&right));
    let one_country =
        || places::is_country(words.slice(&left)) || places::is_country(words.slice(&right));
    match text {
        "(" | "[" => part.kind != Kind::Other,
        "/" => matches!(part.kind, Kind::Person | Kind::Place | Kind::Group),
        "," | ";" => {
            let next = words.get(word + 1).to_lowercase();
            part.kind == Kind::Person
                && !AFTER_COMMA.contains(&next.as_str())
                && !is_entry(words, &left, &right)
        }
        "and" | "&" => match part.kind {
            Kind::Person => true,
            Kind::Place => one_country() && !places::is_country(words.slice(&part.words)),
            Kind::Group => true,
            _ => false,
        },
        _ if is_hyphen(text) && words.is_glued(word) && words.is_glued_back(word) => {
            match part.kind {
                Kind::Group => are_two_peoples(words, &left, &right),
                Kind::Place | Kind::Organisation => {
                    both_countries() && !places::is_country(words.slice(&part.words))
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether a name stands as in an address book, alone in quotes with its last part first: "Lenhart, Matthew".
fn is_entry(words: Words<'_>, left: &Range<usize>, right: &Range<usize>) -> bool {
    let is_quote = |word: &str| matches!(word, "\"" | "\u{201c}" | "\u{201d}");
    left.len() == 1
        && right.len() <= 2
        && left.start.checked_sub(1).is_some_and(|before| is_quote(words.get(before)))
        && is_quote(words.get(right.end))
}

/// Whether the halves of a compound are two peoples ("Israeli-Palestinian"), and not one
/// ("African-American", "Franco-German": first halves in -o stand for no people of their own).
fn are_two_peoples(words: Words<'_>, left: &Range<usize>, right: &Range<usize>) -> bool {
    let (first, last) = (words.get(left.end - 1), words.get(right.start));
    is_capitalised(first)
        && is_capitalised(last)
        && !first.ends_with('o')
        && !PREFIXES.contains(&first.to_lowercase().as_str())
        && !TAILS.contains(&last.to_lowercase().as_str())
        && !ONE_PEOPLE.contains(&last.to_lowercase().as_str())
}

/// The range with the rest of a small word that it cuts at a hyphen: of "the Nukufetau by-election"
/// models may mark "Nukufetau by" or "Nukufetau by-".
pub(super) fn whole(words: Words<'_>, range: Range<usize>) -> Range<usize> {
    let joint = range.end - usize::from(!range.is_empty() && is_hyphen(words.get(range.end - 1)));
    let is_cut = joint > range.start + 1
        && is_lower(words.get(joint - 1))
        && is_hyphen(words.get(joint))
        && words.is_glued(joint)
        && words.is_glued_back(joint)
        && is_lower(words.get(joint + 1));
    range.start..if is_cut { joint + 2 } else { range.end }
}

/// The range without the common half of a compound: "Pakistan-facilitated", "pro-Iranian".
pub(super) fn trim(words: Words<'_>, mut range: Range<usize>, kind: Kind) -> Range<usize> {
    let is_joint = |word: usize| {
        is_hyphen(words.get(word)) && words.is_glued(word) && words.is_glued_back(word)
    };
    // Second names after a hyphen are often lower case: "Ban Ki-moon".
    if kind != Kind::Person
        && let Some(joint) = range.clone().skip(1).rfind(|&word| is_joint(word))
        && is_capitalised(words.get(joint - 1))
    {
        let tail = joint + 1..range.end;
        let last = words.get(tail.start).to_lowercase();
        let is_common = tail.clone().all(|word| is_lower(words.get(word)))
            || (tail.len() == 1
                && !matches!(kind, Kind::Other | Kind::Event)
                && (TAILS.contains(&last.as_str()) || (last.len() > 5 && last.ends_with("ed"))));
        if !tail.is_empty() && is_common && !is_arabic_article(words.get(joint - 1)) {
            range.end = joint;
        }
    }
    // "Nathan Law of Demosisto" is a person and where he belongs; "Catherine of Aragon" is one name.
    if kind == Kind::Person
        && let Some(of) = range.clone().skip(2).find(|&word| words.get(word) == "of")
    {
        range.end = of;
    }
    // Of "Pro-Beijing camp" models may mark "Pro" alone.
    let is_lone_prefix = range.len() == 1
        && PREFIXES.contains(&words.get(range.start).to_lowercase().as_str())
        && is_joint(range.end);
    if is_lone_prefix {
        range.end = range.start;
    }
    if range.len() > 2 && is_joint(range.start + 1) {
        let first = words.get(range.start);
        let is_prefix = PREFIXES.contains(&first.to_lowercase().as_str());
        // "Anti-Defamation League" is a name, "Anti-Israel" is none.
        if is_prefix && (is_lower(first) || matches!(kind, Kind::Group | Kind::Place)) {
            range.start += 2;
        }
    }
    range
}

/// "Al-qaeda" is one name.
fn is_arabic_article(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "al" | "el" | "ul" | "as" | "ash" | "an" | "ar" | "at" | "az"
    )
}
