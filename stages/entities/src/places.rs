//! A small open table of countries: which names belong to one place, and which words are countries.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::words::key;

/// A name of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlaceName {
    /// Which place; the line of the table.
    pub place: usize,
    /// 0 for the fullest name; greater ones are shorter.
    pub rank: usize,
}

/// The table, by [`key`].
static NAMES: LazyLock<HashMap<String, PlaceName>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    let lines = include_str!("places.tsv").lines().filter(|line| !line.starts_with('#'));
    for (place, line) in lines.enumerate() {
        for (rank, name) in line.split(['|', '~']).enumerate() {
            names.insert(key(name), PlaceName { place, rank });
        }
    }
    names
});

/// Most words (hyphens apart) of a name of the table.
pub(crate) const LONGEST: usize = 9;

/// First words of the names of several words, in lower case.
static FIRST_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let several = NAMES.keys().filter_map(|name| name.split_once(' '));
    several.map(|(first, _)| first.to_owned()).collect()
});

/// Whether a name of several words may begin with this word.
pub(crate) fn begins_long_name(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && FIRST_WORDS.contains(&word.to_lowercase())
}

/// The entry of a name, whatever its case, dots and apostrophes: `U.S.` and `US` are one.
pub(crate) fn find(name: &str) -> Option<PlaceName> {
    NAMES.get(&key(name)).copied()
}

/// Whether the name, written with a capital, is one of a country.
pub(crate) fn is_country(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && find(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_place_share_it_and_the_fullest_comes_first() {
        let (short, full) = (find("U.S.").unwrap(), find("United States").unwrap());
        assert_eq!(short.place, full.place);
        assert!(full.rank < short.rank && short.rank < find("America").unwrap().rank);
        assert!(find("us").is_some() && !is_country("us"));
        assert_eq!(find("Côte d’Ivoire").map(|n| n.place), find("Ivory Coast").map(|n| n.place));
        assert_eq!(find("Latin America"), None);
    }
}
