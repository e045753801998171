//! One stance of an article from those of its paragraphs.
//!
//! With the paragraphs `i` in the author's voice that speak of the target, their probabilities
//! `f`, `a`, `n` (favor, against, neutral, given that they speak of it) and their weights
//!
//! ```text
//! w = relevance * length * position        length = min(words, 120) / 60, at least 1/4, square root of it
//! F = sum(w max(f - a, 0))    A = sum(w max(a - f, 0))    N = sum(w n)
//! B = min(F, A)                            what stands on both sides
//! favor : against : neutral = F - B/2 : A - B/2 : N/4 + B
//! ```
//!
//! What a paragraph gives to both sides alike is the classifier's doubt and no balance of the text: it
//! counts for neither. An article may report for nine paragraphs and argue in the tenth, so a neutral
//! paragraph counts a fourth of one that takes a side. Where both sides are argued alike, the article is balanced: half of what
//! cancels out counts as neutral.

use postil_contract::ParagraphKind;

use crate::classifier::Probabilities;

/// What a neutral paragraph counts beside one that takes a side.
const NEUTRAL_WEIGHT: f32 = 0.25;
/// What is taken from each side for as much of it as stands on the other too.
const BALANCE: f32 = 0.5;
/// Words of a paragraph of length 1, and where more words count no more.
const USUAL_WORDS: f32 = 60.0;
const MOST_WORDS: f32 = 120.0;
/// The length of a title or a line.
const SHORTEST: f32 = 0.25;

/// A paragraph's part in the article's stance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    /// How much it speaks of the target, 0 to 1.
    pub(crate) relevance: f32,
    /// Its words.
    pub(crate) words: usize,
    /// Its weight by kind and place, see [`position_weight`].
    pub(crate) position: f32,
    /// Its probabilities.
    pub(crate) probabilities: Probabilities,
}

/// The weight of a paragraph by its kind and place: the title, the first and the last paragraph of
/// running text count half as much again; what others ask or say counts half.
pub(crate) const fn position_weight(kind: ParagraphKind, first: bool, last: bool) -> f32 {
    match kind {
        ParagraphKind::Title => 2.0,
        ParagraphKind::Heading => 1.0,
        ParagraphKind::Quote | ParagraphKind::Question => 0.5,
        ParagraphKind::Boilerplate => 0.0,
        ParagraphKind::Body | ParagraphKind::ListItem if first || last => 1.5,
        ParagraphKind::Body | ParagraphKind::ListItem => 1.0,
    }
}

/// The article's probabilities; `None` where no part has weight.
pub(crate) fn article(parts: &[Part]) -> Option<Probabilities> {
    let (mut favor, mut against, mut neutral) = (0.0_f32, 0.0_f32, 0.0_f32);
    for part in parts {
        let length = (part.words as f32).min(MOST_WORDS) / USUAL_WORDS;
        let weight = part.relevance * length.max(SHORTEST).sqrt() * part.position;
        let given = part.probabilities.related();
        favor += weight * (given.favor - given.against).max(0.0);
        against += weight * (given.against - given.favor).max(0.0);
        neutral += weight * given.neutral;
    }
    let both = favor.min(against) * BALANCE;
    let (favor, against) = (favor - both, against - both);
    let neutral = neutral * NEUTRAL_WEIGHT + 2.0 * both;
    let sum = favor + against + neutral;
    (sum > f32::EPSILON).then(|| Probabilities {
        against: against / sum,
        favor: favor / sum,
        neutral: neutral / sum,
        unrelated: 0.0,
    })
}

/// How far the likeliest of an article's three stances leads the next.
pub(crate) fn lead(all: &Probabilities) -> f32 {
    let mut shares = [all.favor, all.against, all.neutral];
    shares.sort_by(|a, b| b.total_cmp(a));
    let [first, second, _] = shares;
    first - second
}

#[cfg(test)]
mod tests {
    use super::*;
    use postil_contract::StanceLabel;

    fn part(against: f32, favor: f32, neutral: f32) -> Part {
        Part {
            relevance: 0.8,
            words: 60,
            position: 1.0,
            probabilities: Probabilities { against, favor, neutral, unrelated: 0.0 },
        }
    }

    #[test]
    fn reporting_and_one_argument_make_an_argument() {
        let mut parts = vec![part(0.1, 0.2, 0.7); 3];
        parts.push(Part { position: 1.5, ..part(0.05, 0.9, 0.05) });
        assert_eq!(article(&parts).unwrap().best(), StanceLabel::Favor);
    }

    #[test]
    fn a_report_that_closes_with_a_hope_is_for() {
        let mut parts = vec![part(0.02, 0.05, 0.93); 5];
        parts.push(Part { position: 1.5, ..part(0.05, 0.85, 0.1) });
        assert_eq!(article(&parts).unwrap().best(), StanceLabel::Favor);
    }

    #[test]
    fn doubt_between_the_sides_is_no_balance() {
        let parts = [part(0.5, 0.45, 0.05), part(0.5, 0.4, 0.1), part(0.75, 0.15, 0.1)];
        assert_eq!(article(&parts).unwrap().best(), StanceLabel::Against);
    }

    #[test]
    fn reports_alone_are_neutral() {
        let parts = vec![part(0.1, 0.15, 0.75); 5];
        assert_eq!(article(&parts).unwrap().best(), StanceLabel::Neutral);
    }

    #[test]
    fn both_sides_alike_are_neutral() {
        let parts = [part(0.9, 0.05, 0.05), part(0.05, 0.9, 0.05)];
        assert_eq!(article(&parts).unwrap().best(), StanceLabel::Neutral);
    }

    #[test]
    fn three_for_and_one_against_are_for() {
        let parts = [vec![part(0.1, 0.8, 0.1); 3], vec![part(0.8, 0.1, 0.1)]].concat();
        assert_eq!(article(&parts).unwrap().best(), StanceLabel::Favor);
    }

    #[test]
    fn the_probabilities_sum_to_one_and_nothing_gives_none() {
        let all = article(&[part(0.3, 0.3, 0.2), part(0.1, 0.5, 0.4)]).unwrap();
        assert!((all.against + all.favor + all.neutral - 1.0).abs() < 1e-6);
        assert_eq!(article(&[]), None);
    }
}
