//! Whether two paragraphs say the same in other words.
//!
//! Two logistic models of two features each, fitted by `models/train/duplicates` on summaries of
//! news documents by different authors (which retell each other) against paragraphs of other texts
//! (which do not), and a floor under both: enough particular words in common.

/// What the verdict is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Features {
    /// Cosine of the paragraphs' vectors.
    pub(crate) cosine: f32,
    /// How well the sentences of the shorter are told again in the longer, by vectors.
    pub(crate) coverage: f32,
    /// Share of the shorter's particular words that stand in the longer.
    pub(crate) shared: f32,
    /// Weight of the shared words, in nats.
    pub(crate) evidence: f32,
}

/// Least weight of the shared words, in nats: some six words that stand nowhere else in two articles
/// of ten paragraphs, or ten that do now and then.
pub(crate) const LEAST_EVIDENCE: f32 = 15.0;

/// Probability asked of paragraphs that stand next to each other: they go on with one matter,
/// usually without saying the same.
pub(crate) const NEIGHBOURS: f32 = 0.95;

/// `weights[0] * x + weights[1] * shared + bias`.
#[derive(Debug, Clone, Copy)]
struct Model {
    weights: [f32; 2],
    bias: f32,
}

/// By the vectors of the whole paragraphs: two tellings of one matter.
const WHOLE: Model = Model { weights: [21.06, 12.64], bias: -19.21 };
/// By the vectors of the sentences: each sentence of the shorter has its counterpart.
const SENTENCES: Model = Model { weights: [20.18, 6.47], bias: -15.41 };

impl Model {
    fn probability(self, x: f32, shared: f32) -> f32 {
        let [of_x, of_shared] = self.weights;
        1.0 / (1.0 + (-(of_x * x + of_shared * shared + self.bias)).exp())
    }
}

impl Features {
    /// Probability that the whole paragraphs are two tellings of one matter, 0 to 1.
    pub(crate) fn whole(self) -> f32 {
        WHOLE.probability(self.cosine, self.shared)
    }

    /// Probability that the sentences of the shorter are told again in the longer, 0 to 1.
    pub(crate) fn sentences(self) -> f32 {
        SENTENCES.probability(self.coverage, self.shared)
    }
}
