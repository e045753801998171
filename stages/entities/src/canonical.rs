//! The fullest name that an article uses for the same thing.
//!
//! Links only what is unambiguous: where "Bush" may be either of two, it stays "Bush". Every rule
//! looks a name up by a key, so that the time grows with the number of mentions.

use std::collections::HashMap;

use postil_contract::Span;

use crate::kind::Kind;
use crate::places;
use crate::words::{is_all_caps, key, one_line, without_possessive};

/// A mention as this module sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'a> {
    pub text: &'a str,
    pub span: Span,
    pub kind: Kind,
}

/// More fuller names than this make a name ambiguous without a closer look.
const MANY: usize = 16;

/// All mentions with the same key and the same sort.
#[derive(Debug)]
struct Form {
    sort: Sort,
    /// The words of the key.
    tokens: Vec<String>,
    /// The way of writing it that the article uses most (of equal ones the first; small letters
    /// before capitals throughout).
    display: String,
    /// A full name that the article itself puts in front of this one in brackets.
    defined_as: Option<usize>,
}

/// What may be linked with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sort {
    Person,
    Place,
    Organisation,
    Group,
    Date,
    /// Events, works, agreements.
    Thing,
}

impl Sort {
    const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Person => Self::Person,
            Kind::Place => Self::Place,
            Kind::Organisation => Self::Organisation,
            Kind::Group => Self::Group,
            Kind::Date => Self::Date,
            Kind::Event | Kind::Other => Self::Thing,
        }
    }
}

/// The canonical name of each mention, in order. `names` are sorted by position in `text`.
pub(crate) fn canonical(text: &str, names: &[Name<'_>]) -> Vec<String> {
    let (mut forms, of_name) = forms(names);
    define(text, names, &of_name, &mut forms);
    let index = Index::new(&forms);
    let resolved: Vec<usize> = (0..forms.len()).map(|form| index.fullest(&forms, form)).collect();
    of_name
        .iter()
        .map(|form| {
            let fullest = resolved.get(*form).and_then(|fullest| forms.get(*fullest));
            fullest.map(|form| form.display.clone()).unwrap_or_default()
        })
        .collect()
}

/// The distinct names, and which of them each mention is.
fn forms(names: &[Name<'_>]) -> (Vec<Form>, Vec<usize>) {
    let mut forms: Vec<Form> = Vec::new();
    let mut writings: Vec<HashMap<String, (usize, usize)>> = Vec::new();
    let mut by_key: HashMap<(Sort, String), usize> = HashMap::new();
    let mut of_name = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        let sort = Sort::of(name.kind);
        let key = match sort {
            Sort::Date => one_line(name.text),
            _ => key(name.text).replace(',', ""),
        };
        let tokens = key.split(' ').map(str::to_owned).collect();
        let form = *by_key.entry((sort, key)).or_insert_with(|| {
            forms.push(Form { sort, tokens, display: String::new(), defined_as: None });
            writings.push(HashMap::new());
            forms.len() - 1
        });
        of_name.push(form);
        if let Some(writings) = writings.get_mut(form) {
            let writing = one_line(without_possessive(name.text.trim()));
            writings.entry(writing).or_insert((0, at)).0 += 1;
        }
    }
    for (form, writings) in forms.iter_mut().zip(writings) {
        let best = writings.into_iter().max_by(|(one, (n, first)), (other, (m, second))| {
            let shouts = |text: &str| text.len() > 5 && is_all_caps(text);
            (!shouts(one), n, second).cmp(&(!shouts(other), m, first))
        });
        form.display = best.map(|(writing, _)| writing).unwrap_or_default();
    }
    (forms, of_name)
}

/// Notes which short names the article explains: "United Nations (UN)".
fn define(text: &str, names: &[Name<'_>], of_name: &[usize], forms: &mut [Form]) {
    for (pair, of) in names.windows(2).zip(of_name.windows(2)) {
        let ([full, short], &[full_form, short_form]) = (pair, of) else { continue };
        let between = text.get(full.span.end..short.span.start).unwrap_or_default();
        let after = text.get(short.span.end..).unwrap_or_default();
        let is_defined = between.trim_start() == "("
            && after.starts_with(')')
            && is_all_caps(short.text)
            && full.text.contains(char::is_whitespace)
            && !matches!(full.kind, Kind::Person | Kind::Date | Kind::Group);
        if is_defined
            && let Some(form) = forms.get_mut(short_form)
            && form.defined_as.is_none()
        {
            form.defined_as = Some(full_form);
        }
    }
}

/// Where to look for fuller names.
#[derive(Debug, Default)]
struct Index {
    /// Names of several words by their last word (of persons: without "Jr.").
    by_last: HashMap<(Sort, String), Vec<usize>>,
    /// Names of several words by their first word.
    by_first: HashMap<(Sort, String), Vec<usize>>,
    /// Names of several words by their initials.
    by_initials: HashMap<String, Vec<usize>>,
    /// The fullest name the article uses for a place of the table, with its rank.
    places: HashMap<usize, (usize, usize)>,
}

impl Index {
    fn new(forms: &[Form]) -> Self {
        let mut index = Self::default();
        for (at, form) in forms.iter().enumerate() {
            if form.sort == Sort::Place
                && let Some(name) = places::find(&form.display)
            {
                let best = index.places.entry(name.place).or_insert((name.rank, at));
                if name.rank < best.0 {
                    *best = (name.rank, at);
                }
            }
            let (body, _) = body(form);
            let (Some(first), Some(last), true) =
                (body.first(), body.last(), form.tokens.len() > 1)
            else {
                continue;
            };
            index.by_last.entry((form.sort, last.clone())).or_default().push(at);
            index.by_first.entry((form.sort, first.clone())).or_default().push(at);
            if !matches!(form.sort, Sort::Person | Sort::Date | Sort::Group) {
                let mut all = initials(&form.tokens);
                all.dedup();
                for initials in all {
                    index.by_initials.entry(initials).or_default().push(at);
                }
            }
        }
        index
    }

    /// The fullest form for a form; itself where there is none, or more than one.
    fn fullest(&self, forms: &[Form], at: usize) -> usize {
        let Some(form) = forms.get(at) else { return at };
        let known = form.defined_as.unwrap_or(at);
        if form.sort == Sort::Place
            && let Some((_, fullest)) =
                places::find(&form.display).and_then(|name| self.places.get(&name.place))
        {
            return *fullest;
        }
        if known != at {
            return known;
        }
        match form.sort {
            Sort::Date | Sort::Group => at,
            Sort::Person => self.person(forms, form).unwrap_or(at),
            Sort::Place => self.acronym(forms, form).unwrap_or(at),
            Sort::Organisation | Sort::Thing => {
                self.acronym(forms, form).or_else(|| self.longer(forms, form)).unwrap_or(at)
            }
        }
    }

    /// "Trump" for "Donald Trump", "Xi" for "Xi Jinping": by the last name or by the first, where
    /// only one of them is somebody's.
    fn person(&self, forms: &[Form], form: &Form) -> Option<usize> {
        let (body, _) = body(form);
        let is_first =
            |fuller: &Form| form.tokens.len() == 1 && fuller.tokens.first() == form.tokens.first();
        let last = self.candidates(&self.by_last, form.sort, body.last()?);
        let first = self.candidates(&self.by_first, form.sort, body.first()?);
        let fits = |candidates: &[usize], fits: &dyn Fn(&Form) -> bool| {
            candidates.iter().filter_map(|at| forms.get(*at)).any(fits)
        };
        match (fits(last, &|fuller| is_shorter_person(form, fuller)), fits(first, &is_first)) {
            (true, false) => one(forms, last, |fuller| is_shorter_person(form, fuller)),
            (false, true) => one(forms, first, is_first),
            _ => None,
        }
    }

    /// "UN" for "United Nations".
    fn acronym(&self, forms: &[Form], form: &Form) -> Option<usize> {
        let [short] = form.tokens.as_slice() else { return None };
        if !is_all_caps(&form.display) {
            return None;
        }
        let all = self.by_initials.get(short).map_or(&[][..], Vec::as_slice);
        one(forms, all, |fuller| fuller.sort == form.sort).or_else(|| one(forms, all, |_| true))
    }

    /// "Accords" for "Abraham Accords", "Apple" for "Apple Inc."
    fn longer(&self, forms: &[Form], form: &Form) -> Option<usize> {
        let last = self.candidates(&self.by_last, form.sort, form.tokens.last()?);
        let first = self.candidates(&self.by_first, form.sort, form.tokens.first()?);
        one(forms, last, |fuller| {
            fuller.tokens.len() > form.tokens.len() && fuller.tokens.ends_with(&form.tokens)
        })
        .or_else(|| {
            one(forms, first, |fuller| {
                fuller.tokens.strip_prefix(form.tokens.as_slice()).is_some_and(|rest| {
                    !rest.is_empty() && rest.iter().all(|word| COMPANY.contains(&word.as_str()))
                })
            })
        })
    }

    fn candidates<'i>(
        &self,
        index: &'i HashMap<(Sort, String), Vec<usize>>,
        sort: Sort,
        word: &str,
    ) -> &'i [usize] {
        index.get(&(sort, word.to_owned())).map_or(&[], Vec::as_slice)
    }
}

/// What companies add to their names.
const COMPANY: [&str; 16] = [
    "inc",
    "corp",
    "corporation",
    "co",
    "company",
    "ltd",
    "limited",
    "llc",
    "plc",
    "ag",
    "sa",
    "gmbh",
    "group",
    "holdings",
    "nv",
    "se",
];

/// The fullest of the candidates that fit, where all the others are short for it.
fn one(forms: &[Form], candidates: &[usize], fits: impl Fn(&Form) -> bool) -> Option<usize> {
    if candidates.len() > MANY {
        return None;
    }
    let fitting: Vec<(usize, &Form)> = candidates
        .iter()
        .filter_map(|at| Some((*at, forms.get(*at)?)))
        .filter(|(_, form)| fits(form))
        .collect();
    let fullness = |(at, form): &&(usize, &Form)| {
        (form.tokens.len(), form.tokens.iter().map(String::len).sum::<usize>(), usize::MAX - at)
    };
    let (at, fullest) = *fitting.iter().max_by_key(fullness)?;
    let is_unambiguous = fitting.iter().all(|(other, form)| {
        *other == at
            || match form.sort {
                Sort::Person => is_shorter_person(form, fullest),
                _ => fullest.tokens.ends_with(&form.tokens),
            }
    });
    is_unambiguous.then_some(at)
}

/// The tokens of a person's name without "Jr." and the like, and that ending; other names whole.
fn body(form: &Form) -> (&[String], Option<&str>) {
    const ENDINGS: [&str; 6] = ["jr", "sr", "ii", "iii", "iv", "phd"];
    match form.tokens.split_last() {
        Some((last, rest))
            if form.sort == Sort::Person
                && !rest.is_empty()
                && ENDINGS.contains(&last.as_str()) =>
        {
            (rest, Some(last))
        }
        _ => (&form.tokens, None),
    }
}

/// Whether `short` leaves out names or letters of `full`: the last name is the same, and its other
/// names stand in `full` in the same order, whole or as initials. Father and son ("Jr.") differ.
fn is_shorter_person(short: &Form, full: &Form) -> bool {
    let ((short_body, short_end), (full_body, full_end)) = (body(short), body(full));
    if short.tokens.len() > full.tokens.len()
        || short.tokens == full.tokens
        || short_end != full_end
    {
        return false;
    }
    let (Some((short_last, short_first)), Some((full_last, full_first))) =
        (short_body.split_last(), full_body.split_last())
    else {
        return false;
    };
    let mut rest = full_first.iter();
    short_last == full_last
        && short_first.iter().all(|name| {
            rest.any(|other| {
                other == name || (name.chars().count() == 1 && other.starts_with(name.as_str()))
            })
        })
}

/// The initials of a name of several words: of all of them, and without "of", "the" and the like.
fn initials(tokens: &[String]) -> Vec<String> {
    const SMALL: [&str; 12] =
        ["of", "the", "and", "for", "in", "on", "de", "la", "&", "to", "du", "des"];
    let letters = |all: bool| -> String {
        tokens
            .iter()
            .filter(|token| all || !SMALL.contains(&token.as_str()))
            .filter_map(|token| token.chars().find(|c| c.is_alphanumeric()))
            .collect()
    };
    vec![letters(true), letters(false)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The canonical names of the mentions in `[kind|...]`.
    fn names(marked: &str) -> Vec<String> {
        let mut text = String::new();
        let mut spans = Vec::new();
        let mut rest = marked;
        while let Some((before, after)) = rest.split_once('[') {
            text.push_str(before);
            let (mention, after) = after.split_once(']').unwrap();
            let (kind, name) = mention.split_once('|').unwrap();
            spans.push((Span::new(text.len(), text.len() + name.len()), Kind::of(kind)));
            text.push_str(name);
            rest = after;
        }
        text.push_str(rest);
        let names: Vec<Name<'_>> = spans
            .iter()
            .map(|(span, kind)| Name { text: span.slice(&text).unwrap(), span: *span, kind: *kind })
            .collect();
        canonical(&text, &names)
    }

    #[test]
    fn persons_take_the_fullest_name() {
        assert_eq!(
            names("[PER|Trump] met [PER|Donald Trump]; [PER|TRUMP] and [PER|D. Trump] are he."),
            ["Donald Trump"; 4]
        );
        assert_eq!(
            names("[PER|Xi Jinping], [PER|Xi], [PER|Kassym-Jomart Tokayev], [PER|Tokayev]"),
            ["Xi Jinping", "Xi Jinping", "Kassym-Jomart Tokayev", "Kassym-Jomart Tokayev"]
        );
        assert_eq!(
            names("[PER|John F. Kennedy] [PER|John Kennedy] [PER|Kennedy]"),
            ["John F. Kennedy"; 3]
        );
    }

    #[test]
    fn two_persons_of_one_name_stay_apart() {
        assert_eq!(
            names("[PER|Jeb Bush] [PER|George W. Bush] [PER|Bush] [PER|George Bush] [PER|Jeb]"),
            ["Jeb Bush", "George W. Bush", "Bush", "George W. Bush", "Jeb Bush"]
        );
        assert_eq!(
            names("[PER|Donald Trump Jr.] [PER|Donald Trump] [PER|Trump]"),
            ["Donald Trump Jr.", "Donald Trump", "Donald Trump"]
        );
        assert_eq!(
            names("[PER|Kim Jong Un] [PER|Lee Kim] [PER|Kim]"),
            ["Kim Jong Un", "Lee Kim", "Kim"]
        );
    }

    #[test]
    fn organisations_and_agreements_by_initials_and_last_words() {
        assert_eq!(
            names("the [ORG|United Nations] ([ORG|UN]); the [ORG|U.N.]"),
            ["United Nations"; 3]
        );
        assert_eq!(
            names("[ORG|Bundesministerium des Innern] ([ORG|BMI]); [ORG|BMI]"),
            ["Bundesministerium des Innern"; 3]
        );
        assert_eq!(names("the [MISC|Accords], the [MISC|Abraham Accords]"), ["Abraham Accords"; 2]);
        assert_eq!(
            names("[MISC|Accords], [MISC|Abraham Accords], [MISC|Oslo Accords]"),
            ["Accords", "Abraham Accords", "Oslo Accords"]
        );
        assert_eq!(names("[ORG|Apple], [ORG|Apple Inc.]"), ["Apple Inc."; 2]);
        assert_eq!(names("[ORG|Google], [ORG|Google Research]"), ["Google", "Google Research"]);
    }

    #[test]
    fn places_by_the_table_and_never_by_a_part() {
        assert_eq!(names("[LOC|US], [LOC|U.S.], [LOC|United States]"), ["United States"; 3]);
        assert_eq!(names("[LOC|America], [LOC|US]"), ["US"; 2]);
        assert_eq!(names("[LOC|America]"), ["America"]);
        assert_eq!(names("[LOC|UAE] [LOC|United Arab Emirates]"), ["United Arab Emirates"; 2]);
        assert_eq!(names("[LOC|Africa] [LOC|South Africa]"), ["Africa", "South Africa"]);
        assert_eq!(names("[LOC|Asia] [LOC|Central Asia]"), ["Asia", "Central Asia"]);
    }

    #[test]
    fn case_possessives_and_line_breaks_make_no_difference() {
        assert_eq!(
            names("[LOC|ISLAMABAD] [LOC|Islamabad] [LOC|New\r\nYork] [LOC|New York]"),
            ["Islamabad", "Islamabad", "New York", "New York"]
        );
        assert_eq!(names("[DATE|May 5] [DATE|MAY 5]"), ["May 5", "MAY 5"]);
    }

    #[test]
    fn sorts_do_not_mix() {
        assert_eq!(names("[PER|Chelsea Clinton] [ORG|Chelsea]"), ["Chelsea Clinton", "Chelsea"]);
        assert_eq!(names("[NORP|Israeli] [LOC|Israel]"), ["Israeli", "Israel"]);
    }
}
