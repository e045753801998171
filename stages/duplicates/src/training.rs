//! What the recipe in `models/train/duplicates` fits the paraphrase models on.

use postil_contract::{Corpus, CorpusArticle, ParagraphKey};

use crate::config::LexicalSemanticConfig;
use crate::join::items;
use crate::verify::Judge;

/// Two paragraphs and the features of the paraphrase models.
#[derive(Debug, Clone, PartialEq)]
pub struct PairFeatures {
    /// The smaller key.
    pub a: ParagraphKey,
    /// The greater key.
    pub b: ParagraphKey,
    /// Cosine of the paragraphs' vectors.
    pub cosine: f32,
    /// How well the sentences of the shorter are told again in the longer, by vectors, -1 to 1.
    pub coverage: f32,
    /// Share of the shorter's particular words that stand in the longer, 0 to 1.
    pub shared: f32,
    /// Weight of the shared words, in nats.
    pub evidence: f32,
    /// Share of the shorter's three-word shingles that stand in the longer, 0 to 1.
    pub containment: f32,
}

/// The features of all pairs of a corpus that could be paraphrases: of one article, or (where
/// `between`) of two. Quadratic: for training only.
#[must_use]
pub fn features(corpus: &Corpus, between: bool) -> Vec<PairFeatures> {
    let config = LexicalSemanticConfig::default();
    let articles: Vec<&CorpusArticle> = corpus.articles.iter().collect();
    let items = items(&articles);
    let judge = Judge::new(&config, &articles);
    let mut rows = Vec::new();
    for (place, a) in items.iter().enumerate() {
        for b in items.iter().skip(place + 1) {
            if (a.article != b.article) != between {
                continue;
            }
            let Some(features) = judge.features(a, b) else { continue };
            let overlap = crate::shingles::overlap(&a.shingles, &b.shingles);
            rows.push(PairFeatures {
                a: a.key(),
                b: b.key(),
                cosine: features.cosine,
                coverage: features.coverage,
                shared: features.shared,
                evidence: features.evidence,
                containment: overlap.a_in_b.max(overlap.b_in_a),
            });
        }
    }
    rows
}
