//! What a name is called decides what it is: an accord is no organisation, a people no place.

use std::ops::Range;

use crate::kind::Kind;
use crate::places;
use crate::words::{Words, is_capitalised};

/// Last words of agreements, laws and prizes.
const AGREEMENTS: [&str; 19] = [
    "accord",
    "accords",
    "treaty",
    "treaties",
    "pact",
    "protocol",
    "agreement",
    "agreements",
    "declaration",
    "constitution",
    "charter",
    "covenant",
    "amendment",
    "act",
    "prize",
    "prizes",
    "award",
    "awards",
    "medal",
];

/// Agreements that texts seldom name in full.
const KNOWN_AGREEMENTS: [&str; 12] = [
    "AfCFTA", "CAFTA", "CETA", "CPTPP", "GATT", "JCPOA", "NAFTA", "NPT", "RCEP", "TPP", "TTIP",
    "USMCA",
];

/// Last words of events.
const EVENTS: [&str; 10] = [
    "war",
    "wars",
    "summit",
    "olympics",
    "revolution",
    "uprising",
    "intifada",
    "massacre",
    "genocide",
    "earthquake",
];

/// Last words of regional adjectives: "Middle Eastern", "South Asian".
const ADJECTIVES: [&str; 11] = [
    "eastern",
    "asian",
    "asians",
    "african",
    "africans",
    "european",
    "europeans",
    "american",
    "americans",
    "australian",
    "australians",
];

/// Peoples and creeds without a country of their name, which models take for places.
const PEOPLES: [&str; 40] = [
    "baloch",
    "baluch",
    "bedouin",
    "bedouins",
    "berber",
    "berbers",
    "buddhist",
    "catholic",
    "christian",
    "christians",
    "druze",
    "fulani",
    "hausa",
    "hindu",
    "hindus",
    "houthi",
    "houthis",
    "hutu",
    "igbo",
    "islamic",
    "jew",
    "jewish",
    "jews",
    "kurd",
    "kurdish",
    "kurds",
    "muslim",
    "muslims",
    "oromo",
    "pashtun",
    "pashtuns",
    "rohingya",
    "shia",
    "shiite",
    "sikh",
    "sunni",
    "tutsi",
    "uighur",
    "uyghur",
    "uyghurs",
];

/// Whether a name is a well-known agreement's initials.
pub(crate) fn is_known_agreement(name: &str) -> bool {
    KNOWN_AGREEMENTS.contains(&name)
}

/// Whether a word is the last of an agreement's, a law's or a prize's name.
pub(crate) fn is_agreement(word: &str) -> bool {
    is_capitalised(word) && AGREEMENTS.contains(&word.to_lowercase().as_str())
}

/// Countries whose names persons have, too.
const GIVEN_NAMES: [&str; 13] = [
    "america", "chad", "cuba", "cyprus", "england", "georgia", "holland", "india", "ireland",
    "israel", "jordan", "kenya", "wales",
];

/// Whether a name is a country's and nobody's: models take little-known ones for persons.
fn is_only_country(name: &str) -> bool {
    places::is_country(name) && !GIVEN_NAMES.contains(&name.to_lowercase().as_str())
}

/// Whether the name is a country's short form in capitals: "U.S.", "UAE".
fn is_initials(name: &str) -> bool {
    !name.contains(char::is_lowercase) && places::is_country(name)
}

/// The name with the word behind it, where that makes it an agreement's: of "Abraham Accords
/// expansion" models may mark "Abraham" alone.
pub(super) fn with_agreement(words: Words<'_>, range: Range<usize>, kind: Kind) -> Range<usize> {
    let next = words.get(range.end);
    let belongs = matches!(kind, Kind::Person | Kind::Place | Kind::Organisation | Kind::Other)
        && is_capitalised(words.get(range.end.saturating_sub(1)))
        && is_agreement(next);
    range.start..range.end + usize::from(belongs)
}

/// What a name is by its last word, where that leaves no choice; else `kind`.
pub(crate) fn kind_of(words: Words<'_>, range: &Range<usize>, kind: Kind) -> Kind {
    let last = words.get(range.end.saturating_sub(1));
    let is_name = is_capitalised(last);
    let last = last.to_lowercase();
    let several = range.len() > 1;
    match kind {
        // The name of a country is neither a people nor, in this guideline, an office.
        Kind::Group | Kind::Organisation if places::is_country(words.slice(range)) => Kind::Place,
        Kind::Organisation | Kind::Place if is_known_agreement(words.slice(range)) => Kind::Other,
        // "U.S. President": initials of a country are nobody's.
        Kind::Person if is_initials(words.slice(range)) || is_only_country(words.slice(range)) => {
            Kind::Place
        }
        Kind::Organisation | Kind::Place | Kind::Person
            if is_name
                && (several || last.ends_with('s'))
                && AGREEMENTS.contains(&last.as_str()) =>
        {
            Kind::Other
        }
        Kind::Organisation | Kind::Place | Kind::Person
            if is_name && several && EVENTS.contains(&last.as_str()) =>
        {
            Kind::Event
        }
        Kind::Place if is_name && !several && PEOPLES.contains(&last.as_str()) => Kind::Group,
        Kind::Place
            if is_name && ADJECTIVES.contains(&last.as_str()) && (several || last != "eastern") =>
        {
            Kind::Group
        }
        kind => kind,
    }
}
