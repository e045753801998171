//! Whose view a sentence reports: the holder, found by reporting verbs and quotations.
//!
//! The rules prefer to miss a view than to invent one. A sentence reports a view where one of these
//! patterns stands in it; the README lists them with examples.

use std::ops::Range;

use crate::document::{Document, Passage};
use crate::lexicon::{self, Complement, ViewVerb};
use crate::names::{Mention, NameKind, TITLES};
use crate::words::Word;

/// A sentence whose view is not the author's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reported {
    /// Position in the passage's sentences.
    pub(crate) sentence: usize,
    /// Whose it is; `None` for people without a name ("critics", "analysts").
    pub(crate) holder: Option<Holder>,
}

/// Somebody with a name who holds a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The fullest name the article uses.
    pub(crate) name: String,
    /// Index into the entities layer, where the name comes from there.
    pub(crate) entity_idx: Option<u32>,
    /// What is named.
    kind: NameKind,
}

impl Holder {
    fn of(mention: &Mention) -> Self {
        Self { name: mention.canonical.clone(), entity_idx: mention.entity_idx, kind: mention.kind }
    }

    /// "Pakistani officials" speak for Pakistan: the state, where the article names it.
    pub(crate) fn speaking_for_its_state(mut self, document: &Document<'_>) -> Self {
        const SHORTEST_NAME: usize = 4;
        // "Israelis" are people, and speak for themselves.
        if self.kind != NameKind::Group || self.name.ends_with('s') {
            return self;
        }
        let group = self.name.to_lowercase();
        let state = document.passages.iter().flat_map(|passage| &passage.mentions).find(|place| {
            place.kind == NameKind::Place
                && place.canonical.len() >= SHORTEST_NAME
                && group.starts_with(&place.canonical.to_lowercase())
        });
        if let Some(state) = state {
            self.name.clone_from(&state.canonical);
        }
        self
    }
}

/// The reported sentences of a passage, in order.
pub(crate) fn reported(passage: &Passage<'_>) -> Vec<Reported> {
    let mut found: Vec<Reported> = Vec::new();
    let mut quoted: Option<Option<Holder>> = None;
    for (at, (_, range)) in passage.sentences.iter().enumerate() {
        let Some(text) = passage.text.get(range.clone()) else { continue };
        let sentence = Sentence::new(passage, range);
        let balance = QuoteBalance::of(text);
        let own = sentence.view();
        let holder = match (&quoted, own) {
            // A quotation that the sentence before opened goes on.
            (Some(holder), None) => Some(holder.clone()),
            (_, own) => own,
        };
        match balance {
            QuoteBalance::Opens if holder.is_some() => quoted.clone_from(&holder),
            QuoteBalance::Closes => quoted = None,
            QuoteBalance::Even if !inside_quote(text) => quoted = None,
            _ => {}
        }
        if let Some(holder) = holder {
            found.push(Reported { sentence: at, holder });
        }
    }
    attributed_below(passage, found)
}

/// A passage that ends in a dash and a name ("... — Pakistani government officials") is that name's.
fn attributed_below(passage: &Passage<'_>, found: Vec<Reported>) -> Vec<Reported> {
    const MAX_WORDS: usize = 6;
    let Some((at, dash)) = passage.text.char_indices().rev().find(|(_, c)| matches!(c, '—' | '―'))
    else {
        return found;
    };
    let tail = at + dash.len_utf8()..passage.text.len();
    let words = passage.words_in(&tail);
    let says_more = words.is_empty()
        || words.len() > MAX_WORDS
        || words.iter().any(|word| {
            !word.capital
                && !lexicon::is_role(&word.lower)
                && !matches!(word.lower.as_str(), "of" | "the" | "government")
        });
    if says_more {
        return found;
    }
    let holder = passage
        .mentions
        .iter()
        .find(|m| tail.contains(&m.span.start) && m.kind.can_hold_a_view())
        .map(Holder::of);
    let before = passage.words.partition_point(|word| word.span.start < at);
    match holder {
        Some(holder) if before > words.len() => (0..passage.sentences.len())
            .map(|sentence| Reported { sentence, holder: Some(holder.clone()) })
            .collect(),
        _ => found,
    }
}

/// Whether a sentence leaves a quotation open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QuoteBalance {
    Opens,
    Closes,
    Even,
}

impl QuoteBalance {
    fn of(text: &str) -> Self {
        let opening = text.matches('“').count();
        let closing = text.matches('”').count();
        let straight = text.matches('"').count();
        if opening > closing {
            return Self::Opens;
        }
        if closing > opening {
            return Self::Closes;
        }
        if straight.is_multiple_of(2) {
            return Self::Even;
        }
        // One straight mark: it closes where it stands at the end.
        let end = text.trim_end_matches(|c: char| c.is_whitespace() || c == '.' || c == ',');
        if end.ends_with('"') { Self::Closes } else { Self::Opens }
    }
}

/// Whether a sentence without quotation marks of its own may stand in an open quotation.
fn inside_quote(text: &str) -> bool {
    !text.contains(['“', '”', '"'])
}

/// A sentence and what stands in it.
struct Sentence<'p, 'd> {
    passage: &'p Passage<'d>,
    words: &'p [Word],
    start: usize,
}

impl<'p, 'd> Sentence<'p, 'd> {
    fn new(passage: &'p Passage<'d>, range: &Range<usize>) -> Self {
        Self { passage, words: passage.words_in(range), start: range.start }
    }

    /// Whose view the sentence reports: `None` for the author's, `Some(None)` for people without a
    /// name.
    fn view(&self) -> Option<Option<Holder>> {
        if let Some(holder) = self.according_to() {
            return Some(holder);
        }
        (0..self.words.len()).find_map(|at| {
            let verb = lexicon::view_verb(self.words.get(at..)?)?;
            let form = self.finite(at, &verb)?;
            let has_complement = self.complement(at + verb.len, &verb);
            if (has_complement || self.after_quotation(at))
                && let Some(holder) = self.subject(form.before)
            {
                return Some(holder);
            }
            self.inverted(at + verb.len, &verb)
        })
    }

    fn word(&self, at: usize) -> Option<&'p str> {
        self.words.get(at).map(|word| word.lower.as_str())
    }

    /// What stands between word `at - 1` and word `at`; before the first word, what the sentence
    /// begins with.
    fn gap(&self, at: usize) -> &'p str {
        let start = match at.checked_sub(1).and_then(|before| self.words.get(before)) {
            Some(before) => before.span.end,
            None => self.start,
        };
        let end = self.words.get(at).map_or(self.passage.text.len(), |word| word.span.start);
        let gap = self.passage.text.get(start..end).unwrap_or_default();
        // The last full stop of "U.S." is no mark.
        let abbreviated =
            at.checked_sub(1).and_then(|b| self.word(b)).is_some_and(|w| w.contains('.'));
        gap.strip_prefix('.').filter(|_| abbreviated).unwrap_or(gap)
    }

    /// The mention whose last word is word `at`.
    fn mention_ending(&self, at: usize) -> Option<&'p Mention> {
        let mention = self.mention_over(at)?;
        let next = self.words.get(at + 1);
        next.is_none_or(|next| next.span.start >= mention.span.end).then_some(mention)
    }

    /// The mention whose first word is word `at`.
    fn mention_starting(&self, at: usize) -> Option<&'p Mention> {
        let start = self.words.get(at)?.span.start;
        self.mention_over(at).filter(|mention| mention.span.start == start)
    }

    /// The mention of a possible holder that word `at` stands in.
    fn mention_over(&self, at: usize) -> Option<&'p Mention> {
        let word = self.words.get(at)?;
        let mentions = &self.passage.mentions;
        let after = mentions.partition_point(|mention| mention.span.start <= word.span.start);
        let mention = mentions.get(after.checked_sub(1)?)?;
        (word.span.start < mention.span.end && mention.kind.can_hold_a_view()).then_some(mention)
    }

    /// Position of the mention's first word.
    fn first_word(&self, mention: &Mention) -> Option<usize> {
        self.words.iter().position(|word| word.span.start == mention.span.start)
    }

    /// "according to Tokayev", "in the words of Trump".
    fn according_to(&self) -> Option<Option<Holder>> {
        const OPENINGS: [[&str; 2]; 2] = [["according", "to"], ["words", "of"]];
        (0..self.words.len()).find_map(|at| {
            let opens = OPENINGS
                .iter()
                .any(|[a, b]| self.word(at) == Some(a) && self.word(at + 1) == Some(b));
            if !opens {
                return None;
            }
            let mut next = at + 2;
            while self.word(next).is_some_and(|w| w == "the" || TITLES.contains(&w)) {
                next += 1;
            }
            match self.mention_starting(next) {
                Some(mention) => {
                    let person = self.person_of_role(next, mention);
                    Some(Some(Holder::of(person.unwrap_or(mention))))
                }
                None => lexicon::is_role(self.word(next)?).then_some(None),
            }
        })
    }

    /// "Afghan Ambassador to the United States Hamdullah Mohib": the person whose role begins with a
    /// name that starts at word `at`, up to the next mark.
    fn person_of_role(&self, at: usize, mention: &Mention) -> Option<&'p Mention> {
        const REACH: usize = 10;
        let is_role = |word: &str| lexicon::is_role(word) || TITLES.contains(&word);
        let after = (at..self.words.len())
            .find(|at| self.words.get(*at).is_some_and(|w| w.span.start >= mention.span.end))?;
        let mut role = false;
        for at in after..after + REACH {
            if !self.gap(at).trim().is_empty() {
                return None;
            }
            if let Some(other) = self.mention_starting(at).filter(|m| m.kind == NameKind::Person) {
                return role.then_some(other);
            }
            role = role || is_role(self.word(at)?);
        }
        None
    }

    /// Checks the verb group that word `at` is the main verb of, and finds where it begins: `None` for
    /// an infinitive, a participle, a passive, a modal or a negated report.
    fn finite(&self, at: usize, verb: &ViewVerb) -> Option<VerbGroup> {
        let surface = self.word(at)?;
        let mut before = at;
        let (mut be, mut have) = (false, false);
        while let Some(previous) = before.checked_sub(1) {
            let word = self.word(previous)?;
            if !self.gap(before).trim().is_empty() {
                break;
            }
            match word {
                "to" | "not" | "never" | "n't" | "may" | "might" | "could" | "would" | "should"
                | "can" | "must" | "if" | "who" | "which" => return None,
                "is" | "are" | "was" | "were" | "be" | "been" | "being" => be = true,
                "has" | "have" | "had" => have = true,
                "will" | "do" | "does" | "did" => {}
                _ if lexicon::is_adverb(word) => {}
                _ if word.ends_with("n't") => return None,
                _ => break,
            }
            before = previous;
        }
        let gerund = surface.ends_with("ing");
        let past = surface.ends_with("ed") || matches!(surface, "said" | "told" | "held" | "made");
        let is_passive = be && past && !gerund;
        let is_noun = have && !past && !gerund;
        if (gerund && !be) || is_passive || is_noun {
            return None;
        }
        // "U.S. support for Ukraine", "Pakistan demands": a noun as well as a verb.
        let helped = before < at;
        if lexicon::may_be_a_noun(surface) && !helped && !past {
            let next = self.word(at + verb.len)?;
            if !lexicon::follows_a_verb(next) {
                return None;
            }
        }
        Some(VerbGroup { before })
    }

    /// Whether what the verb asks for follows it.
    fn complement(&self, after: usize, verb: &ViewVerb) -> bool {
        const REACH: usize = 14;
        match verb.complement {
            Complement::Any => after < self.words.len(),
            Complement::That => {
                self.word(after) == Some("that")
                    || (self.word(after) == Some("on") && self.has_that(after, 6))
                    || self.gap(after).contains(['“', '"'])
            }
            Complement::ToldThat => {
                self.has_that(after, 7)
                    || (after..after + 7).any(|at| self.gap(at).contains(['“', '"']))
            }
            Complement::As => (after..after + REACH)
                .any(|at| self.word(at) == Some("as") && self.gap(at).trim().is_empty()),
            Complement::Noun => {
                let near = (after..after + 7).filter_map(|at| self.word(at));
                near.into_iter().any(lexicon::is_view_noun)
            }
        }
    }

    fn has_that(&self, after: usize, reach: usize) -> bool {
        (after..after + reach).any(|at| self.word(at) == Some("that"))
    }

    /// Whether the verb's subject follows a quotation: `"..." Trump said.`
    fn after_quotation(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at) else { return false };
        self.passage
            .text
            .get(self.start..word.span.start)
            .is_some_and(|before| before.contains(['”', '"']))
    }

    /// `"...," said Trump`.
    fn inverted(&self, after: usize, verb: &ViewVerb) -> Option<Option<Holder>> {
        let verb_at = after.checked_sub(verb.len)?;
        let closes = |gap: &str| gap.contains(['”', '"', '’']) || gap.trim() == ",";
        if !closes(self.gap(verb_at)) || !self.after_quotation(verb_at) {
            return None;
        }
        let mut next = after;
        while self.word(next).is_some_and(|w| w == "the" || TITLES.contains(&w)) {
            next += 1;
        }
        self.mention_starting(next).map(|mention| Some(Holder::of(mention)))
    }

    /// The holder who is the subject that ends before word `end`.
    fn subject(&self, end: usize) -> Option<Option<Holder>> {
        let mut last = end.checked_sub(1)?;
        // "Pakistan, a US ally, has ...": go back over the apposition.
        if matches!(self.gap(end).trim(), "," | "—" | "–") {
            last = self.before_apposition(end)?;
        } else if !self.gap(end).trim().is_empty() {
            return None;
        }
        let word = self.word(last)?;
        // "Officials there have suggested": the place named last before.
        if word == "there" {
            let role = last.checked_sub(1)?;
            if !lexicon::is_role(self.word(role)?) {
                return None;
            }
            // The first place of the sentence before, which is most often what that is about.
            let before = self.passage.sentences.iter().rev().find(|(_, r)| r.end <= self.start);
            let is_place = |m: &&Mention| matches!(m.kind, NameKind::Place | NameKind::Unknown);
            let places = || self.passage.mentions.iter().filter(is_place);
            let place = before
                .and_then(|(_, range)| places().find(|m| range.contains(&m.span.start)))
                .or_else(|| places().rev().find(|m| m.span.start < self.start))?;
            return Some(Some(Holder::of(place)));
        }
        if let Some(mention) = self.mention_ending(last) {
            let first = self.first_word(mention)?;
            // "leaders of Pakistan", "officials in Astana"
            let of_role = first.checked_sub(2).is_some_and(|role| {
                matches!(self.word(first - 1), Some("of" | "in" | "from" | "at"))
                    && self.word(role).is_some_and(lexicon::is_role)
            });
            let begins = if of_role { first.saturating_sub(2) } else { first };
            return self.begins_clause(begins).then(|| Some(Holder::of(mention)));
        }
        if !lexicon::is_role(word) {
            return None;
        }
        // "Pakistani officials", "the Trump administration": the name before the role, one word
        // between them at most.
        let named = (1..=2).find_map(|back| {
            let at = last.checked_sub(back)?;
            let near = (at + 1..=last).all(|at| self.gap(at).trim().is_empty());
            near.then(|| self.mention_ending(at)).flatten()
        });
        match named {
            Some(mention) => {
                let first = self.first_word(mention)?;
                self.begins_clause(first).then(|| Some(Holder::of(mention)))
            }
            None if lexicon::is_anonymous(word) && self.begins_clause(last) => Some(None),
            None => None,
        }
    }

    /// The last word before a pair of commas (or dashes) whose second stands before word `end`.
    fn before_apposition(&self, end: usize) -> Option<usize> {
        const REACH: usize = 25;
        let mark = self.gap(end).trim();
        let lowest = end.saturating_sub(REACH).max(1);
        let open = (lowest..end).rev().find(|at| self.gap(*at).trim() == mark)?;
        open.checked_sub(1)
    }

    /// Whether a clause can begin with the noun phrase that holds word `at`: titles and determiners
    /// before it belong to it, and before those stands the sentence's beginning, a mark or a
    /// conjunction.
    fn begins_clause(&self, at: usize) -> bool {
        let mut at = at;
        loop {
            let Some(before) = at.checked_sub(1) else { return true };
            if !self.gap(at).chars().all(char::is_whitespace) {
                return true;
            }
            let Some(word) = self.words.get(before) else { return false };
            let lower = word.lower.as_str();
            if lexicon::is_clause_start(lower) {
                return before.checked_sub(1).and_then(|b| self.word(b)) != Some("if");
            }
            let belongs = word.capital
                || TITLES.contains(&lower)
                || matches!(
                    lower,
                    "the" | "many" | "some" | "most" | "several" | "senior" | "both" | "other"
                );
            if !belongs || lower == "if" {
                return false;
            }
            at = before;
        }
    }
}

/// A finite verb group.
struct VerbGroup {
    /// The position of its first word (auxiliaries and adverbs included).
    before: usize,
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::document::Document;
    use crate::names::NameSource;
    use crate::options::JudgedUnit;
    use crate::testing;
    use postil_contract::ArticleView;

    #[derive(Deserialize)]
    struct Cases {
        case: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        name: String,
        text: String,
        names: Vec<String>,
        reported: Vec<(String, String)>,
    }

    #[test]
    fn whose_view_a_sentence_reports() {
        let cases: Cases = toml::from_str(include_str!("../cases/holders.toml")).unwrap();
        for case in cases.case {
            let (article, layers) = testing::article(&case.text, &case.names);
            let view = ArticleView { article: &article, layers: &layers };
            let document = Document::new(&view, NameSource::Entities, JudgedUnit::Paragraph);
            let passage = &document.passages[0];
            let found: Vec<(String, String)> = reported(passage)
                .into_iter()
                .map(|view| {
                    let range = passage.sentences[view.sentence].1.clone();
                    (
                        passage.text[range].to_owned(),
                        view.holder
                            .map_or_else(String::new, |h| h.speaking_for_its_state(&document).name),
                    )
                })
                .collect();
            let fits = found.len() == case.reported.len()
                && found.iter().zip(&case.reported).all(|(ours, expected)| {
                    ours.0.starts_with(&expected.0) && ours.1 == expected.1
                });
            assert!(fits, "{}: expected {:?}, found {found:?}", case.name, case.reported);
        }
    }
}
