//! What a corpus stage works on: signatures of all paragraphs, and the pairs and clusters it finds.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::layers::{ParagraphKind, vocabulary};
use crate::stage::StageError;

/// What a corpus stage keeps of one article; the next run joins on it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Signature {
    /// Raised when signatures of an earlier version can't be joined with new ones.
    pub version: u32,
    /// Name of the model behind the embeddings, if any.
    pub model: Option<String>,
    /// One for each paragraph that takes part, sorted by index.
    pub paragraphs: Vec<ParagraphSignature>,
}

/// The signature of one paragraph.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParagraphSignature {
    /// Index into the article's paragraphs.
    pub paragraph_idx: u32,
    /// Hashes, each already mixed with its band's number: two paragraphs that share a value are
    /// candidates.
    pub bands: Vec<i64>,
    /// Unit vector; empty where there is none. Stored as 16-bit floats: a stage rounds to those
    /// before it compares, so that a later run sees the same numbers.
    pub embedding: Vec<f32>,
    /// Unit vectors of the paragraph's sentences, one after another, each number times 127, rounded.
    /// Empty where there are none.
    pub sentence_codes: Vec<i8>,
}

/// All articles with a signature, old and new. Most of them are on the disk: what is asked for is read
/// when it is asked for, so that a join decides how much of them is in memory at a time.
///
/// An article's number is below [`CorpusStore::articles`] and follows the order of the ids.
pub trait CorpusStore: Sync {
    /// How many articles there are.
    fn articles(&self) -> usize;

    /// The id of an article; empty for a number that there is not.
    fn id(&self, number: usize) -> &str;

    /// Whether this run made the article's signature: a join returns the pairs with a new member.
    fn is_new(&self, number: usize) -> bool;

    /// One more than the greatest index of a paragraph of the article that has a signature.
    fn paragraphs(&self, number: usize) -> u32;

    /// Goes through the signatures of all paragraphs, in no particular order and from several threads.
    ///
    /// # Errors
    /// Where they can't be read.
    fn scan(&self, each: &(dyn Fn(BandRow<'_>) + Sync)) -> Result<(), StageError>;

    /// Goes through the articles once, with all their paragraphs by index, without sentences: in no
    /// particular order and from several threads.
    ///
    /// # Errors
    /// Where they can't be read.
    fn texts(&self, each: &(dyn Fn(usize, &[CorpusParagraph]) + Sync)) -> Result<(), StageError>;

    /// The articles of these numbers, whole, in no particular order. Each call looks for them in all
    /// that is on the disk, so a join asks for many at a time.
    ///
    /// # Errors
    /// Where they can't be read.
    fn fetch(&self, numbers: &[usize]) -> Result<Vec<CorpusArticle>, StageError>;

    /// A folder on a disk that has room for files that the join writes for itself and removes; `None`
    /// for the system's own.
    fn scratch(&self) -> Option<&Path> {
        None
    }
}

/// What a join did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JoinCounts {
    /// Pairs that were compared on their texts.
    pub candidates: u64,
}

/// The signature of a paragraph, without its vectors, as [`CorpusStore::scan`] comes across it.
#[derive(Debug, Clone, Copy)]
pub struct BandRow<'a> {
    /// The article's number.
    pub article: usize,
    /// Index into its paragraphs.
    pub paragraph_idx: u32,
    /// [`Signature::version`].
    pub version: u32,
    /// [`ParagraphSignature::bands`].
    pub bands: &'a [i64],
}

/// All articles with a signature, old and new, sorted by id, in memory.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    /// Sorted by id.
    pub articles: Vec<CorpusArticle>,
}

impl CorpusStore for Corpus {
    fn articles(&self) -> usize {
        self.articles.len()
    }

    fn id(&self, number: usize) -> &str {
        self.articles.get(number).map_or("", |article| article.id.as_str())
    }

    fn is_new(&self, number: usize) -> bool {
        self.articles.get(number).is_some_and(|article| article.new)
    }

    fn paragraphs(&self, number: usize) -> u32 {
        let rows = self.articles.get(number).map(|article| article.signature.paragraphs.iter());
        rows.into_iter().flatten().map(|row| row.paragraph_idx + 1).max().unwrap_or(0)
    }

    fn scan(&self, each: &(dyn Fn(BandRow<'_>) + Sync)) -> Result<(), StageError> {
        for (number, article) in self.articles.iter().enumerate() {
            for row in &article.signature.paragraphs {
                each(BandRow {
                    article: number,
                    paragraph_idx: row.paragraph_idx,
                    version: article.signature.version,
                    bands: &row.bands,
                });
            }
        }
        Ok(())
    }

    fn texts(&self, each: &(dyn Fn(usize, &[CorpusParagraph]) + Sync)) -> Result<(), StageError> {
        for (number, article) in self.articles.iter().enumerate() {
            each(number, &article.paragraphs);
        }
        Ok(())
    }

    fn fetch(&self, numbers: &[usize]) -> Result<Vec<CorpusArticle>, StageError> {
        Ok(numbers.iter().filter_map(|number| self.articles.get(*number).cloned()).collect())
    }
}

/// One article of a [`Corpus`].
#[derive(Debug, Clone, Default)]
pub struct CorpusArticle {
    /// The article's id.
    pub id: String,
    /// Whether this run made its signature: a join returns the pairs with a new member.
    pub new: bool,
    /// What [`crate::CorpusStage::signature`] returned.
    pub signature: Signature,
    /// All paragraphs of the article, by index.
    pub paragraphs: Vec<CorpusParagraph>,
}

/// One paragraph of a [`CorpusArticle`].
#[derive(Debug, Clone)]
pub struct CorpusParagraph {
    /// What it is.
    pub kind: ParagraphKind,
    /// Its text.
    pub text: String,
    /// Hash of its normalised text.
    pub fingerprint: i64,
    /// Its sentences, in order.
    pub sentences: Vec<CorpusSentence>,
}

/// A sentence of a [`CorpusParagraph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorpusSentence {
    /// Index into the article's sentences.
    pub sentence_idx: u32,
    /// Bytes of the paragraph's text at which it starts and ends, half open.
    pub start: usize,
    /// See `start`.
    pub end: usize,
}

/// The key of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParagraphKey {
    /// The article's id.
    pub article_id: String,
    /// Index into its paragraphs.
    pub paragraph_idx: u32,
}

impl fmt::Display for ParagraphKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.article_id, self.paragraph_idx)
    }
}

vocabulary! {
    /// How two paragraphs repeat each other; the first that holds, in this order.
    DuplicateKind {
        /// The same words.
        Exact = "exact",
        /// Nearly the same words.
        Near = "near",
        /// One holds the words of the other, and more.
        Contained = "contained",
        /// The same in other words.
        Paraphrase = "paraphrase",
    }
}

/// Two sentences that say the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aligned {
    /// Index into the first article's sentences.
    pub a_sentence_idx: u32,
    /// Index into the second article's sentences.
    pub b_sentence_idx: u32,
    /// Similarity, 0 to 1.
    pub score: f32,
}

/// A verified pair of paragraphs, `a` before `b`.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicatePair {
    /// The smaller key.
    pub a: ParagraphKey,
    /// The greater key.
    pub b: ParagraphKey,
    /// How they repeat each other.
    pub kind: DuplicateKind,
    /// Shared shingles over all shingles, 0 to 1.
    pub jaccard: f32,
    /// Share of `a`'s shingles that stand in `b`.
    pub containment_a_in_b: f32,
    /// Share of `b`'s shingles that stand in `a`.
    pub containment_b_in_a: f32,
    /// Cosine of the embeddings, where there are some.
    pub cosine: Option<f32>,
    /// Sentences that say the same, sorted.
    pub aligned: Vec<Aligned>,
    /// Text of `a`.
    pub a_text: String,
    /// Text of `b`.
    pub b_text: String,
}

vocabulary! {
    /// What a paragraph is to its cluster.
    ClusterRole {
        /// The one to keep: the smallest key.
        Canonical = "canonical",
        /// Repeats it.
        Member = "member",
        /// Repeats through many articles: a standing phrase of the source.
        Boilerplate = "boilerplate",
    }
}

/// The place of a paragraph in a cluster of repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterRow {
    /// The paragraph.
    pub key: ParagraphKey,
    /// The key of the cluster's smallest member, as text.
    pub cluster_id: String,
    /// What it is to the cluster.
    pub role: ClusterRole,
    /// Members of the cluster.
    pub size: u32,
}
