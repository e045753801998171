//! What a run tells while it works.

use postil_contract::Layer;

/// Something that happened in a run. Bytes are bytes of the inputs; those of all
/// [`Event::Unchanged`] and [`Event::Article`] add up to about those of [`Event::Listed`].
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The inputs are listed; none is read yet.
    Listed {
        /// Files found.
        sources: usize,
        /// Their bytes on the disk.
        bytes: u64,
    },
    /// Files of an extension that no reader knows were passed over; told once an extension.
    Skipped {
        /// The extension with its dot; empty for files without one.
        extension: &'a str,
        /// How many files.
        files: usize,
    },
    /// How an input is read, where that was guessed.
    Reading {
        /// The input.
        source: &'a str,
        /// How.
        how: &'a str,
    },
    /// The output already holds everything there is to say about the article.
    Unchanged {
        /// The article.
        id: &'a str,
        /// Bytes of its input.
        bytes: u64,
    },
    /// An article is annotated, or has failed. It is not committed yet.
    Article {
        /// The article, or the place it was read from where it did not come so far as to have an id.
        id: &'a str,
        /// Bytes of its input.
        bytes: u64,
        /// Words of its paragraphs.
        words: u64,
        /// Why it failed, if it did.
        failed: Option<&'a str>,
    },
    /// A stage has worked on a batch.
    Stage {
        /// The layer it provides.
        layer: &'a Layer,
        /// Articles of the batch.
        articles: usize,
        /// Seconds of one thread.
        seconds: f64,
    },
    /// What is finished is committed: it stays, whatever happens.
    Committed {
        /// Articles of the commit.
        articles: usize,
        /// Parts written.
        parts: usize,
        /// Their bytes.
        bytes: u64,
        /// Seconds that writing and committing took, beside the work of the stages.
        seconds: f64,
    },
    /// The comparison of all articles with each other begins.
    Joining {
        /// Articles compared.
        articles: usize,
        /// Of these, new ones.
        new: usize,
    },
    /// The comparison has found its pairs; the clusters are made of them next.
    Joined {
        /// Pairs that were compared on their texts.
        candidates: u64,
        /// Of these, pairs that repeat each other.
        pairs: usize,
        /// Seconds that it took.
        seconds: f64,
    },
    /// Something a person should know that does not stop the run.
    Warning(&'a str),
}

/// Listens to a run; called from several threads.
pub trait Progress: Sync {
    /// Something happened.
    fn event(&self, event: Event<'_>);
}

/// Listens to nothing.
impl Progress for () {
    fn event(&self, _: Event<'_>) {}
}
