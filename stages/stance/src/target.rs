//! Targets, made ready for the gate.

use std::collections::BTreeMap;

use postil_contract::{ArticleView, Target, TargetKind};

use crate::words::{Word, is_stop_word, words};

/// A target with what the gate compares.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    /// The target itself.
    pub(crate) target: Target,
    /// Names in the statement.
    pub(crate) names: Vec<TargetName>,
    /// Stems of the other words of the statement that carry a topic, each once.
    pub(crate) topic: Vec<String>,
    /// The aliases as stems.
    pub(crate) aliases: Vec<Vec<String>>,
    /// Unit vector of the statement by the gate's model; `None` where the gate reads mentions alone.
    pub(crate) vector: Option<Vec<f32>>,
}

/// A name in a target's statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TargetName {
    /// Its stems, in order.
    pub(crate) stems: Vec<String>,
    /// Whether it is what the statement speaks about: `Kazakhstan` in "Kazakhstan should join ...".
    pub(crate) subject: bool,
}

impl Profile {
    /// Reads the statement and the aliases.
    pub(crate) fn new(target: Target, vector: Option<Vec<f32>>) -> Self {
        let statement = words(&target.statement);
        let is_entity = target.kind == TargetKind::Entity;
        let runs = if is_entity {
            std::iter::once(0..statement.len()).collect()
        } else {
            name_runs(&target, &statement)
        };
        let mut names = Vec::new();
        let mut named = vec![false; statement.len()];
        for run in runs {
            let stems: Vec<String> = statement
                .get(run.clone())
                .unwrap_or_default()
                .iter()
                .map(|w| w.stem.clone())
                .collect();
            named.iter_mut().take(run.end).skip(run.start).for_each(|flag| *flag = true);
            if !stems.is_empty() {
                names.push(TargetName { stems, subject: run.start == 0 });
            }
        }
        let mut topic = Vec::new();
        for (word, named) in statement.iter().zip(&named) {
            if !named && !is_stop_word(&word.lower) && !topic.contains(&word.stem) {
                topic.push(word.stem.clone());
            }
        }
        let aliases = target
            .aliases
            .iter()
            .map(|alias| {
                let all = words(alias);
                let content = all.iter().filter(|word| !is_stop_word(&word.lower));
                content.map(|word| word.stem.clone()).collect::<Vec<_>>()
            })
            .filter(|alias| !alias.is_empty())
            .collect();
        Self { target, names, topic, aliases, vector }
    }

    /// Whether the statement is a name and nothing else, whoever named the target.
    pub(crate) fn is_name(&self) -> bool {
        self.topic.is_empty() && self.names.len() == 1
    }

    /// Whether the target is a thing by its name, and not a claim about things.
    pub(crate) fn is_entity(&self) -> bool {
        self.target.kind == TargetKind::Entity
    }
}

/// Verbs that may follow the subject of a claim.
const AFTER_SUBJECT: [&str; 22] = [
    "should", "must", "ought", "shall", "will", "would", "can", "could", "may", "might", "is",
    "are", "was", "were", "has", "have", "had", "does", "do", "did", "needs", "deserves",
];

/// Endings of common nouns that begin a claim ("Abortion should ...", "Taxes must ...").
const COMMON_ENDINGS: [&str; 9] =
    ["s", "ing", "tion", "sion", "ism", "ment", "ity", "ness", "ship"];

/// The runs of words in a statement that are names.
///
/// A capital tells a name, apart from the first word. That one counts where the next is a capitalised
/// word too, or where a verb follows at once and the ending is not that of a common noun, or where an
/// alias writes it inside with a capital.
fn name_runs(target: &Target, statement: &[Word]) -> Vec<std::ops::Range<usize>> {
    let title_case = statement.iter().filter(|w| !is_stop_word(&w.lower)).all(|w| w.capital);
    let is_name = |at: usize| {
        let Some(word) = statement.get(at) else { return false };
        if !word.capital || is_stop_word(&word.lower) {
            return false;
        }
        if at > 0 {
            return true;
        }
        let in_alias = target.aliases.iter().any(|alias| {
            words(alias).iter().skip(1).any(|other| other.capital && other.stem == word.stem)
        });
        let hyphen =
            target.statement.get(word.span.end..).is_some_and(|rest| rest.starts_with('-'));
        let next = statement.get(1);
        let next_is_name = next.is_some_and(|next| next.capital && !is_stop_word(&next.lower));
        let verb_follows = next.is_none_or(|next| AFTER_SUBJECT.contains(&next.lower.as_str()));
        let common = COMMON_ENDINGS.iter().any(|ending| word.lower.ends_with(ending));
        in_alias || (!hyphen && (next_is_name || (verb_follows && !common)))
    };
    // A statement in title case throughout tells nothing by its capitals, unless it is one short name.
    if title_case && statement.len() > 4 {
        return Vec::new();
    }
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for at in 0..statement.len() {
        if !is_name(at) {
            continue;
        }
        let touches = at.checked_sub(1).and_then(|before| statement.get(before)).is_some_and(|b| {
            let gap =
                statement.get(at).and_then(|w| target.statement.get(b.span.end..w.span.start));
            gap.is_some_and(|gap| gap.chars().all(|c| c == ' ' || c == '-' || c == '.'))
        });
        match runs.last_mut() {
            Some(run) if run.end == at && touches => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// The targets of an article: those of the config, those it brought along (one of the same id takes
/// the config's place), and its own main entities where they are asked for.
pub(crate) fn of_article(
    config: &[Profile],
    view: &ArticleView<'_>,
    mut embed: impl FnMut(&str) -> Result<Option<Vec<f32>>, postil_contract::StageError>,
) -> Result<Vec<Profile>, postil_contract::StageError> {
    let mut all: Vec<Profile> = config.to_vec();
    let mut from_input: Vec<Profile> = Vec::new();
    for target in &view.article.targets {
        if from_input.iter().any(|profile| profile.target.id == target.id) {
            continue;
        }
        let vector = embed(&target.statement)?;
        let target = Target { kind: TargetKind::Input, ..target.clone() };
        from_input.push(Profile::new(target, vector));
    }
    all.retain(|profile| from_input.iter().all(|other| other.target.id != profile.target.id));
    all.extend(from_input);
    Ok(all)
}

/// The article's main persons, organisations and places: the `count` with the most mentions (of those
/// with as many, the one that comes first), with at least [`MIN_MENTIONS`] each.
pub(crate) fn main_entities(view: &ArticleView<'_>, count: usize) -> Vec<Profile> {
    struct Seen<'a> {
        mentions: usize,
        first: usize,
        surfaces: Vec<&'a str>,
    }
    let mut seen: BTreeMap<&str, Seen<'_>> = BTreeMap::new();
    for (position, entity) in view.entities().iter().enumerate() {
        if !matches!(entity.label.as_str(), "PER" | "ORG" | "LOC") {
            continue;
        }
        let entry = seen.entry(entity.canonical.as_str()).or_insert_with(|| Seen {
            mentions: 0,
            first: position,
            surfaces: Vec::new(),
        });
        entry.mentions += 1;
        let surface = view.slice(entity.span);
        if surface != entity.canonical && !entry.surfaces.contains(&surface) {
            entry.surfaces.push(surface);
        }
    }
    let mut ranked: Vec<(&str, Seen<'_>)> =
        seen.into_iter().filter(|(_, seen)| seen.mentions >= MIN_MENTIONS).collect();
    ranked.sort_by(|a, b| b.1.mentions.cmp(&a.1.mentions).then(a.1.first.cmp(&b.1.first)));
    ranked
        .into_iter()
        .take(count)
        .map(|(name, seen)| {
            let target = Target {
                id: format!("entity:{}", slug(name)),
                statement: name.to_owned(),
                aliases: seen.surfaces.into_iter().map(str::to_owned).collect(),
                kind: TargetKind::Entity,
            };
            Profile::new(target, None)
        })
        .collect()
}

/// Mentions below which a name is no main entity of its article.
const MIN_MENTIONS: usize = 2;

/// A name as part of an id: letters and digits in lower case, joined by hyphens.
fn slug(name: &str) -> String {
    let parts: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(statement: &str) -> Profile {
        let target = Target {
            id: "t".to_owned(),
            statement: statement.to_owned(),
            aliases: Vec::new(),
            kind: TargetKind::Config,
        };
        Profile::new(target, None)
    }

    fn names(statement: &str) -> Vec<(String, bool)> {
        profile(statement).names.into_iter().map(|n| (n.stems.join(" "), n.subject)).collect()
    }

    #[test]
    fn names_of_a_claim_and_which_of_them_is_its_subject() {
        assert_eq!(
            names("Kazakhstan should join the Abraham Accords"),
            [("kazakhstan".to_owned(), true), ("abraham accord".to_owned(), false)]
        );
        assert_eq!(
            names("Muslim-majority states should join the Abraham Accords"),
            [("abraham accord".to_owned(), false)]
        );
        assert_eq!(names("Taxes should be raised"), []);
        assert_eq!(names("Nuclear power is safe"), []);
        assert_eq!(names("Donald Trump"), [("donald trump".to_owned(), true)]);
    }

    #[test]
    fn the_topic_is_the_rest_without_stop_words() {
        assert_eq!(
            profile("We should ban the testing of cosmetics").topic,
            ["ban", "test", "cosmet"]
        );
    }
}
