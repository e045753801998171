//! Words that point back to what the text spoke of before.

use crate::words::Word;

/// Nouns that stand for a claim, a plan or an act named before: "this development", "the demand".
const SHELL_NOUNS: [&str; 64] = [
    "accord",
    "act",
    "action",
    "agreement",
    "alliance",
    "amendment",
    "announcement",
    "approach",
    "arrangement",
    "attempt",
    "ban",
    "bid",
    "bill",
    "campaign",
    "compliance",
    "condition",
    "cooperation",
    "deal",
    "decision",
    "declaration",
    "demand",
    "development",
    "effort",
    "engagement",
    "expansion",
    "experiment",
    "facilitation",
    "framework",
    "gambit",
    "idea",
    "initiative",
    "invitation",
    "law",
    "measure",
    "mission",
    "move",
    "negotiation",
    "offer",
    "outreach",
    "pact",
    "partnership",
    "path",
    "plan",
    "policy",
    "practice",
    "pressure",
    "process",
    "programme",
    "program",
    "project",
    "proposal",
    "proposition",
    "push",
    "reform",
    "request",
    "role",
    "ruling",
    "scheme",
    "standoff",
    "step",
    "strategy",
    "treaty",
    "vote",
    "venture",
];

/// Words that make a shell noun point back.
const DEMONSTRATIVES: [&str; 6] = ["this", "that", "these", "those", "such", "the"];

/// Pronouns that, at the beginning of a paragraph, go on from the one before.
const OPENING_PRONOUNS: [&str; 8] = ["it", "this", "he", "she", "they", "these", "those", "that"];

/// How strongly a paragraph or sentence points back: 1 for a demonstrative with a shell noun ("this
/// development"), 0.7 for the article with one ("the demand"), 0.5 for a pronoun at its beginning, 0
/// for nothing.
pub(crate) fn strength(words: &[Word]) -> f32 {
    let mut best: f32 = 0.0;
    if words.first().is_some_and(|word| OPENING_PRONOUNS.contains(&word.lower.as_str())) {
        best = 0.5;
    }
    for (at, word) in words.iter().enumerate() {
        if !DEMONSTRATIVES.contains(&word.lower.as_str()) {
            continue;
        }
        // An adjective may stand between: "the broader initiative", "such an agreement".
        let near = words.iter().skip(at + 1).take(3);
        // "the Abraham Accords" is a name, and points to nothing but itself.
        let points =
            near.filter(|w| !w.capital).map(singular).any(|noun| SHELL_NOUNS.contains(&noun));
        if points {
            best = best.max(if word.lower == "the" { 0.7 } else { 1.0 });
        }
    }
    best
}

/// A plural in `s` without it.
fn singular(word: &Word) -> &str {
    let lower = word.lower.as_str();
    match lower.strip_suffix('s') {
        Some(stem) if SHELL_NOUNS.contains(&stem) => stem,
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;

    #[test]
    fn what_points_back_and_how_strongly() {
        let of = |text: &str| strength(&words(text));
        assert_eq!(of("Overall, this development presents a hopeful narrative."), 1.0);
        assert_eq!(of("Accepting such an agreement could trigger upheaval."), 1.0);
        assert_eq!(of("The demand has landed poorly."), 0.7);
        assert_eq!(of("They refused."), 0.5);
        assert_eq!(of("Since the signing of the Abraham Accords, trade has grown."), 0.0);
        assert_eq!(of("Trade has grown."), 0.0);
    }
}
