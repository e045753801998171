//! What can go wrong, one enum for each layer.

use std::fmt;
use std::path::PathBuf;

use crate::folder::Task;

/// A model folder that can not be used: everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("model folder {} can not be used: {}", path.display(), list(problems))]
pub struct FolderError {
    /// The folder.
    pub path: PathBuf,
    /// All that was found, at least one.
    pub problems: Vec<FolderProblem>,
}

/// One thing that is wrong with a model folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FolderProblem {
    /// There is no such folder.
    #[error("there is no such folder; name a folder that holds model.toml")]
    NoFolder,
    /// A file that the model needs is not there.
    #[error("{file} is missing; copy it into the folder, or restore it from where the model came")]
    MissingFile {
        /// Name inside the folder.
        file: String,
    },
    /// A file is there and can not be read.
    #[error("{file} can not be read: {reason}")]
    Unreadable {
        /// Name inside the folder.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// A file does not have the shape its name promises.
    #[error("{file} is not valid: {reason}")]
    Invalid {
        /// Name inside the folder.
        file: String,
        /// What was expected and what stands there.
        reason: String,
    },
    /// The folder was written for a newer version of this program.
    #[error("model.toml has format {found}, this program reads formats up to {known}; update it")]
    FormatTooNew {
        /// The format that the folder names.
        found: u32,
        /// The newest format this program reads.
        known: u32,
    },
    /// A file is not the one that model.toml describes.
    #[error(
        "{file} has the wrong sha256: expected {expected} (model.toml), found {found}; restore \
         the file, or put the found hash into model.toml if the change is meant"
    )]
    WrongHash {
        /// Name inside the folder.
        file: String,
        /// The hash in model.toml.
        expected: String,
        /// The hash of the file.
        found: String,
    },
    /// model.toml gives no hash for a file.
    #[error("model.toml gives no sha256 for {file}; add \"{file}\" = \"{found}\" under [sha256]")]
    NoHash {
        /// Name inside the folder.
        file: String,
        /// The hash of the file.
        found: String,
    },
}

fn list(problems: &[FolderProblem]) -> impl fmt::Display {
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

/// A model folder that is in order, and still does not make the model that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder itself is at fault.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The model was made for something else.
    #[error("model {model} does {found}, expected a model for {expected}; name another model")]
    Task {
        /// Name of the model.
        model: String,
        /// What was asked for.
        expected: Task,
        /// What the folder says.
        found: Task,
    },
    /// Nothing here runs this architecture.
    #[error(
        "model {model} has the architecture {found:?}, expected one of: {known}; use another \
         model, or an engine that runs it"
    )]
    Architecture {
        /// Name of the model.
        model: String,
        /// What the folder says.
        found: String,
        /// What there is.
        known: String,
    },
    /// `config.json` describes a network that is not run here.
    #[error("{}: {reason}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What was expected and what stands there.
        reason: String,
    },
    /// `tokenizer.json` can not be used.
    #[error("{}: {reason}", path.display())]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// What was expected and what stands there.
        reason: String,
    },
    /// The weights do not fit the config.
    #[error("{}: {reason}", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// What was expected and what stands there.
        reason: String,
    },
    /// The number of labels is not the number of classes of the network.
    #[error(
        "{}: classifier.weight has {rows} rows, but model.toml names {labels} labels; they must \
         be the same, in the order of the rows", path.display()
    )]
    Labels {
        /// The weights file.
        path: PathBuf,
        /// Rows of the classifier.
        rows: usize,
        /// Labels of the manifest.
        labels: usize,
    },
}

/// A text that can not be turned into pieces.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The tokenizer refused the text.
    #[error("the tokenizer failed: {0}")]
    Tokenizer(String),
    /// The first text of a pair, which is never cut, leaves too little room for the second.
    #[error(
        "the first text of a pair has {pieces} word pieces, expected at most {most} so that the \
         second has room beside it; shorten it"
    )]
    FirstTooLong {
        /// Its pieces.
        pieces: usize,
        /// How many it may have.
        most: usize,
    },
    /// The units of a text are not in order.
    #[error(
        "unit {index} is the bytes {start}..{end} of a text of {length}, expected ascending \
         ranges that do not overlap and end inside the text"
    )]
    Units {
        /// Which one.
        index: usize,
        /// Where it starts.
        start: usize,
        /// Where it ends.
        end: usize,
        /// Bytes of the text.
        length: usize,
    },
}

/// A network that can not read its batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// A sequence is longer than the position table.
    #[error("sequence {index} has {pieces} pieces, expected at most {most}")]
    TooLong {
        /// Which sequence of the batch.
        index: usize,
        /// Its pieces.
        pieces: usize,
        /// Rows of the position table.
        most: usize,
    },
    /// An id outside its table: the tokenizer and the weights are not of one model.
    #[error(
        "{what} {id} lies outside its table of {rows} rows; check that tokenizer and weights belong together"
    )]
    OutOfTable {
        /// Word piece, or token type.
        what: &'static str,
        /// The id.
        id: u32,
        /// Rows of the table.
        rows: usize,
    },
    /// Another engine's own failure.
    #[error("{0}")]
    Other(String),
}

/// A model that can not annotate its inputs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// One of the inputs is at fault.
    #[error("input {input}: {source}")]
    Input {
        /// Which one, counted from 0.
        input: usize,
        /// What is wrong with it.
        source: EncodeError,
    },
    /// The network failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}
