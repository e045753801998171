//! How common words are in an article: what tells a shared subject from a shared statement.
//!
//! The verdict on a pair depends on the two articles it stands in and on nothing else, so that it
//! is the same whatever else is in the corpus, and whenever the articles came in.

use std::collections::HashMap;

use postil_contract::CorpusArticle;

use crate::signature::takes_part;
use crate::words;

/// Added to the number of other paragraphs: an article of two paragraphs says little about which
/// words are its subject.
const SMOOTHING: f32 = 8.0;

/// The content words of an article's paragraphs.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// Stems of each paragraph, by index; empty for boilerplate.
    content: Vec<Vec<u64>>,
    /// In how many paragraphs a stem stands.
    paragraphs_with: HashMap<u64, u32>,
    /// Paragraphs that are not boilerplate.
    paragraphs: usize,
}

/// What two paragraphs share beyond the subject of their articles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SharedWords {
    /// Sum over the shared stems of how rare each is in the two articles, in nats.
    pub(crate) weight: f32,
    /// That weight over the weight of all stems of the shorter paragraph, 0 to 1.
    pub(crate) share_of_short: f32,
}

impl Context {
    pub(crate) fn new(article: &CorpusArticle) -> Self {
        let mut context = Self::default();
        for paragraph in &article.paragraphs {
            if !takes_part(paragraph.kind) {
                context.content.push(Vec::new());
                continue;
            }
            let content = words::content(&paragraph.text);
            for stem in &content {
                *context.paragraphs_with.entry(*stem).or_insert(0) += 1;
            }
            context.paragraphs += 1;
            context.content.push(content);
        }
        context
    }

    fn of(&self, paragraph: usize) -> &[u64] {
        self.content.get(paragraph).map_or(&[], Vec::as_slice)
    }

    fn with(&self, stem: u64) -> u32 {
        self.paragraphs_with.get(&stem).copied().unwrap_or(0)
    }
}

/// Compares the content words of paragraph `a` of one article with those of `b` of another, or of
/// the same one. `short_is_a` says which of the two is the shorter.
///
/// A stem weighs `ln((n + 8) / (df + 1))`, where `df` of the `n` *other* paragraphs of the two
/// articles hold it: "Accords" weighs little where every paragraph speaks of them.
pub(crate) fn shared_words(
    (context_a, a): (&Context, usize),
    (context_b, b): (&Context, usize),
    short_is_a: bool,
) -> SharedWords {
    let same_article = std::ptr::eq(context_a, context_b);
    let all = match same_article {
        true => context_a.paragraphs,
        false => context_a.paragraphs + context_b.paragraphs,
    };
    let others = all.saturating_sub(2) as f32;
    let (words_a, words_b) = (context_a.of(a), context_b.of(b));
    let weight_of = |stem: u64| {
        let mut with = context_a.with(stem);
        if !same_article {
            with += context_b.with(stem);
        }
        let here = [words_a, words_b].iter().filter(|w| w.binary_search(&stem).is_ok()).count();
        let with = with.saturating_sub(u32::try_from(here).unwrap_or(0)) as f32;
        ((others + SMOOTHING) / (with + 1.0)).ln()
    };
    let (short, long) = match short_is_a {
        true => (words_a, words_b),
        false => (words_b, words_a),
    };
    let (mut weight, mut of_short) = (0.0_f32, 0.0_f32);
    for stem in short {
        let own = weight_of(*stem);
        of_short += own;
        if long.binary_search(stem).is_ok() {
            weight += own;
        }
    }
    // The 4 keeps a paragraph of two or three content words from being "wholly" shared.
    SharedWords { weight, share_of_short: weight / (of_short + 4.0) }
}
