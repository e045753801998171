//! The verdict on two paragraphs, from their texts.

use std::borrow::Cow;
use std::sync::OnceLock;

use postil_contract::{
    CorpusArticle, CorpusParagraph, DuplicateKind, DuplicatePair, ParagraphKey, ParagraphSignature,
};

use crate::align::{Alignment, dot};
use crate::config::LexicalSemanticConfig;
use crate::context::{Context, shared_words};
use crate::paraphrase::{Features, LEAST_EVIDENCE, NEIGHBOURS};
use crate::shingles::{self, Overlap};
use crate::signature::asserts;
use crate::words;

/// Shingles that a contained paragraph shares at least, besides its share: five formulaic words are
/// no quotation.
const LEAST_SHARED: usize = 5;
/// Words of the shorter paragraph of a paraphrase, at least.
const LEAST_WORDS: usize = 10;
/// Cosine of two paragraphs below which no paraphrase has reached either model's threshold.
const LEAST_COSINE: f32 = 0.4;

/// A paragraph that takes part in the join.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    /// Position of its article among all.
    pub(crate) article: usize,
    pub(crate) id: &'a str,
    pub(crate) paragraph_idx: u32,
    pub(crate) model: Option<&'a str>,
    pub(crate) signature: &'a ParagraphSignature,
    pub(crate) paragraph: &'a CorpusParagraph,
    pub(crate) words: usize,
    /// Its shingles, sorted.
    pub(crate) shingles: Cow<'a, [u64]>,
}

impl Item<'_> {
    pub(crate) fn key(&self) -> ParagraphKey {
        ParagraphKey { article_id: self.id.to_owned(), paragraph_idx: self.paragraph_idx }
    }

    pub(crate) fn same_words(&self, other: &Self) -> bool {
        self.paragraph.fingerprint == other.paragraph.fingerprint
            && words::same(&self.paragraph.text, &other.paragraph.text)
    }

    /// Whether it may be (part of) a paraphrase.
    pub(crate) fn retells(&self) -> bool {
        let text = self.paragraph.text.trim_end();
        let question = text.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '?');
        asserts(self.paragraph.kind)
            && self.words >= LEAST_WORDS
            && !self.signature.embedding.is_empty()
            // Where a paragraph of one sentence asks, it asserts nothing.
            && !(self.paragraph.sentences.len() <= 1 && question.ends_with('?'))
    }
}

/// Compares paragraphs.
pub(crate) struct Judge<'a> {
    config: &'a LexicalSemanticConfig,
    articles: &'a [&'a CorpusArticle],
    contexts: Vec<OnceLock<Context>>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        config: &'a LexicalSemanticConfig,
        articles: &'a [&'a CorpusArticle],
    ) -> Self {
        let contexts = articles.iter().map(|_| OnceLock::new()).collect();
        Self { config, articles, contexts }
    }

    /// The pair, if `a` and `b` (in this order) repeat each other.
    pub(crate) fn pair(&self, a: &Item<'_>, b: &Item<'_>) -> Option<DuplicatePair> {
        let overlap = shingles::overlap(&a.shingles, &b.shingles);
        let kind = self.same_words_kind(a, b, overlap).or_else(|| self.paraphrase(a, b))?;
        let alignment = Alignment::new(a.signature, b.signature).filter(|_| a.model == b.model);
        Some(DuplicatePair {
            a: a.key(),
            b: b.key(),
            kind,
            jaccard: overlap.jaccard,
            containment_a_in_b: overlap.a_in_b,
            containment_b_in_a: overlap.b_in_a,
            cosine: cosine(a, b),
            aligned: alignment.map_or_else(Vec::new, |al| al.pairs(a.paragraph, b.paragraph)),
            a_text: a.paragraph.text.clone(),
            b_text: b.paragraph.text.clone(),
        })
    }

    fn same_words_kind(&self, a: &Item<'_>, b: &Item<'_>, over: Overlap) -> Option<DuplicateKind> {
        let of_shorter = match a.shingles.len() <= b.shingles.len() {
            true => over.a_in_b,
            false => over.b_in_a,
        };
        if a.same_words(b) {
            Some(DuplicateKind::Exact)
        } else if over.jaccard >= self.config.near {
            Some(DuplicateKind::Near)
        } else if over.shared >= LEAST_SHARED && of_shorter >= self.config.contained {
            Some(DuplicateKind::Contained)
        } else {
            None
        }
    }

    fn paraphrase(&self, a: &Item<'_>, b: &Item<'_>) -> Option<DuplicateKind> {
        if !self.config.paraphrase {
            return None;
        }
        let features = self.features(a, b)?;
        if features.evidence < LEAST_EVIDENCE {
            return None;
        }
        let holds = if a.article != b.article {
            features.sentences() >= self.config.paraphrase_between
        } else {
            let apart = a.paragraph_idx.abs_diff(b.paragraph_idx);
            let least = match apart {
                0 | 1 => self.config.paraphrase_within.max(NEIGHBOURS),
                _ => self.config.paraphrase_within,
            };
            features.whole() >= least || features.sentences() >= least
        };
        holds.then_some(DuplicateKind::Paraphrase)
    }

    /// `None` where the two can't be paraphrases by kind or length, have no vectors of one model, or
    /// are too far apart to be looked at.
    pub(crate) fn features(&self, a: &Item<'_>, b: &Item<'_>) -> Option<Features> {
        if !(a.retells() && b.retells()) {
            return None;
        }
        let cosine = cosine(a, b).filter(|cosine| *cosine >= LEAST_COSINE)?;
        let short_is_a = a.words <= b.words;
        let alignment = Alignment::new(a.signature, b.signature)?;
        let coverage =
            alignment.coverage(short_is_a, if short_is_a { a.paragraph } else { b.paragraph });
        let shared = shared_words(
            (self.context(a.article)?, a.paragraph_idx as usize),
            (self.context(b.article)?, b.paragraph_idx as usize),
            short_is_a,
        );
        Some(Features { cosine, coverage, shared: shared.share_of_short, evidence: shared.weight })
    }

    fn context(&self, article: usize) -> Option<&Context> {
        let of = self.articles.get(article)?;
        Some(self.contexts.get(article)?.get_or_init(|| Context::new(of)))
    }
}

/// The cosine of two paragraphs' vectors, where both have one, of the same model.
fn cosine(a: &Item<'_>, b: &Item<'_>) -> Option<f32> {
    let (x, y) = (&a.signature.embedding, &b.signature.embedding);
    if x.is_empty() || x.len() != y.len() || a.model != b.model {
        return None;
    }
    let norm = (dot(x, x) * dot(y, y)).sqrt();
    (norm > 0.0).then(|| (dot(x, y) / norm).clamp(-1.0, 1.0))
}
