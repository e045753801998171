//! What is known of English abbreviations. Entries are lower case, without the last full stop.

/// What an abbreviation does to the full stop behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Abbreviation {
    /// Stands before a name or an explanation: "Mr.", "Gen.", "e.g.". Its stop ends no sentence.
    Before,
    /// Stands before a number: "No. 5", "p. 55".
    BeforeNumber,
    /// A month or a day of the week.
    Calendar,
    /// May end a sentence or stand inside one: "Inc.", "U.S.", "a.m.", "etc.".
    Either,
}

const BEFORE: &[&str] = &[
    "adm", "brig", "capt", "cdr", "cf", "cmdr", "col", "cpl", "dr", "e.g", "eg", "fr", "gen",
    "gov", "hon", "i.e", "ie", "insp", "lieut", "lt", "maj", "messrs", "mlle", "mme", "mr", "mrs",
    "ms", "msgr", "mt", "mx", "pfc", "ph", "pres", "prof", "pvt", "rep", "reps", "rev", "sen",
    "sens", "sgt", "supt", "viz", "vs", "sr.dr", "lt.col", "lt.gen", "maj.gen", "brig.gen",
    "ft.lt", "atty", "amb", "asst", "dist", "gens", "govs", "drs", "profs", "ps",
];

const BEFORE_NUMBER: &[&str] = &[
    "art", "arts", "ca", "ch", "chap", "circa", "eq", "ex", "fig", "figs", "n°", "no", "nos", "nr",
    "op", "p", "par", "para", "pp", "pt", "sec", "sect", "tab", "vol", "vols", "ver", "apt", "c",
    "approx", "§",
];

const CALENDAR: &[&str] = &[
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon",
    "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun",
];

const EITHER: &[&str] = &[
    "avg", "hr", "a.d", "a.k.a", "a.m", "ala", "al", "am", "ariz", "assn", "ave", "b.a", "b.c",
    "b.sc", "bldg", "blvd", "bros", "calif", "cal", "cent", "co", "colo", "conn", "corp", "d.c",
    "dept", "d.phil", "e.u", "ed", "eds", "esq", "est", "etc", "ext", "fla", "ft", "ga", "gov't",
    "govt", "hrs", "ill", "in", "inc", "incl", "ind", "inst", "int'l", "intl", "jr", "kan", "ky",
    "la", "lb", "lbs", "ltd", "m.a", "m.d", "m.sc", "mass", "max", "md", "mich", "min", "minn",
    "misc", "miss", "mo", "mont", "n.c", "n.d", "n.h", "n.j", "n.m", "n.y", "n.z", "nat'l", "neb",
    "nev", "okla", "ore", "oz", "p.a", "p.m", "p.o", "p.s", "pa", "ph.d", "plc", "pm", "pty",
    "r.i", "rd", "s.c", "s.d", "sq", "sr", "st", "ste", "tel", "temp", "tenn", "tex", "u.k", "u.n",
    "u.s", "u.s.a", "u.s.s.r", "univ", "va", "vt", "w.va", "wash", "wis", "wyo", "yr", "yrs",
];

/// Units before which and behind which a number stands: "5 ft. 7 in.".
const UNITS: &[&str] = &["ft", "hr", "hrs", "lb", "lbs", "oz"];

/// Verbs that tell who said what is quoted in front of them.
const REPORTING: &[&str] = &[
    "added",
    "agreed",
    "announced",
    "answered",
    "argued",
    "asked",
    "asks",
    "called",
    "cried",
    "declared",
    "exclaimed",
    "explained",
    "insisted",
    "joked",
    "muttered",
    "noted",
    "posted",
    "remarked",
    "replied",
    "responded",
    "said",
    "says",
    "screamed",
    "shouted",
    "told",
    "tweeted",
    "warned",
    "whispered",
    "wondered",
    "wrote",
    "yelled",
];

/// Whether `word` (lower case) is a unit that a number may follow.
pub(crate) fn is_unit(word: &str) -> bool {
    UNITS.contains(&word)
}

/// Whether `word` is a verb of saying.
pub(crate) fn is_reporting(word: &str) -> bool {
    REPORTING.binary_search(&word).is_ok()
}

/// Names that end in an exclamation mark.
const SHOUTED_NAMES: &[&str] =
    &["yahoo", "jeopardy", "e", "yum", "oklahoma", "mamma mia", "wham", "panic", "joomla"];

/// The abbreviations known to one splitter, sorted for binary search.
#[derive(Clone, Debug)]
pub(crate) struct Lexicon {
    entries: Vec<(Box<str>, Abbreviation)>,
}

impl Lexicon {
    /// The built-in abbreviations and `extra` ones, which stand before a name ("Sheikh Moh.").
    pub(crate) fn new<S: AsRef<str>>(extra: impl IntoIterator<Item = S>) -> Self {
        let mut entries: Vec<(Box<str>, Abbreviation)> = extra
            .into_iter()
            .map(|word| {
                let word = word.as_ref().trim().trim_end_matches('.').to_lowercase();
                (word.into_boxed_str(), Abbreviation::Before)
            })
            .collect();
        for (list, kind) in [
            (BEFORE, Abbreviation::Before),
            (BEFORE_NUMBER, Abbreviation::BeforeNumber),
            (CALENDAR, Abbreviation::Calendar),
            (EITHER, Abbreviation::Either),
        ] {
            entries.extend(list.iter().map(|word| (Box::from(*word), kind)));
        }
        // The sort is stable: a word that the user adds wins over the built-in entry.
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.dedup_by(|later, earlier| later.0 == earlier.0);
        Self { entries }
    }

    /// The kind of abbreviation `word` is: lower case, without its last stop.
    pub(crate) fn get(&self, word: &str) -> Option<Abbreviation> {
        let at = self.entries.binary_search_by(|(entry, _)| entry.as_ref().cmp(word)).ok()?;
        self.entries.get(at).map(|(_, kind)| *kind)
    }
}

/// Words that open sentences and hardly ever stand capitalised inside one.
const OPENERS: &[&str] = &[
    "About",
    "According",
    "After",
    "Against",
    "All",
    "Almost",
    "Also",
    "Although",
    "Among",
    "And",
    "Another",
    "Any",
    "As",
    "Asked",
    "At",
    "Because",
    "Before",
    "Between",
    "Both",
    "But",
    "By",
    "Can",
    "Despite",
    "Did",
    "Do",
    "Does",
    "During",
    "Each",
    "Earlier",
    "Even",
    "Every",
    "Everyone",
    "Everything",
    "Few",
    "For",
    "From",
    "Have",
    "He",
    "Her",
    "Here",
    "His",
    "How",
    "However",
    "I",
    "If",
    "In",
    "Instead",
    "Is",
    "It",
    "It's",
    "Its",
    "Just",
    "Later",
    "Let",
    "Like",
    "Many",
    "Meanwhile",
    "More",
    "Most",
    "My",
    "Nearly",
    "Never",
    "Next",
    "No",
    "Nobody",
    "Nor",
    "Not",
    "Nothing",
    "Now",
    "On",
    "Once",
    "One",
    "Only",
    "Or",
    "Other",
    "Others",
    "Our",
    "Over",
    "Perhaps",
    "Several",
    "She",
    "Since",
    "So",
    "Some",
    "Someone",
    "Something",
    "Still",
    "Such",
    "That",
    "The",
    "Their",
    "Then",
    "There",
    "These",
    "They",
    "This",
    "Those",
    "Though",
    "Through",
    "Thus",
    "To",
    "Today",
    "Under",
    "Unlike",
    "Until",
    "Was",
    "We",
    "Were",
    "What",
    "Whatever",
    "When",
    "Where",
    "Whether",
    "Which",
    "While",
    "Who",
    "Whoever",
    "Why",
    "Will",
    "With",
    "Without",
    "Yet",
    "You",
    "Your",
];

/// Whether `word` opens a sentence when it is capitalised.
pub(crate) fn is_opener_word(word: &str) -> bool {
    OPENERS.binary_search(&word).is_ok()
}

/// Whether `word` (lower case) is a name that is written with an exclamation mark.
pub(crate) fn is_shouted_name(word: &str) -> bool {
    SHOUTED_NAMES.contains(&word)
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_are_sorted_for_binary_search() {
        for list in [super::OPENERS, super::REPORTING] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{list:?}");
        }
    }
}
