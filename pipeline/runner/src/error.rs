//! What can end a run, or keep an output from being read.

use std::io;
use std::path::{Path, PathBuf};

use postil_contract::{BuildError, Problem, StageError};
use postil_tables::TableError;

/// What can end a run, or keep an output from being read. Each says what, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The config is not TOML.
    #[error("{path}:{line}:{column}: {message}")]
    Syntax {
        /// The config file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Character of the line, from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// The config says what can't be done; every problem is listed.
    #[error("{}", problems_of(path.as_deref(), problems))]
    Config {
        /// The config file, where there is one.
        path: Option<PathBuf>,
        /// All problems.
        problems: Vec<Problem>,
    },
    /// A stage could not be built.
    #[error("stage `{stage}`: {source}")]
    Build {
        /// The implementation.
        stage: String,
        /// Why.
        source: BuildError,
    },
    /// An input path is not there.
    #[error("no such file or folder: {path}{help}")]
    NoSuchInput {
        /// The path.
        path: PathBuf,
        /// A cure, or nothing.
        help: String,
    },
    /// The inputs hold no article.
    #[error("no articles in {inputs}: {reason}")]
    NoArticles {
        /// The inputs.
        inputs: String,
        /// What was found instead.
        reason: String,
    },
    /// Two files would have the same id.
    #[error(
        "`{first}` and `{second}` would both be the article `{id}`: rename one folder, or name their common parent as the input"
    )]
    SameId {
        /// The id.
        id: String,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
    /// An encoding that is not known.
    #[error(
        "unknown encoding `{label}`: expected a label such as utf-8, windows-1252, iso-8859-1, utf-16le, shift_jis or gb18030"
    )]
    UnknownEncoding {
        /// The label asked for.
        label: String,
    },
    /// A pattern of files that can't be one.
    #[error("{pattern}: not a pattern of files: {reason}")]
    Pattern {
        /// The pattern.
        pattern: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A pattern of dates that can't be one.
    #[error(
        "`{pattern}` is no pattern of dates: {reason}; expected one such as %d/%m/%Y or %Y-%m-%d %H:%M"
    )]
    DateFormat {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A language code that can't be one.
    #[error("`{code}` is no language code: expected one such as en, de or pt-BR")]
    UnknownLanguage {
        /// What was given.
        code: String,
    },
    /// The rows could not be printed.
    #[error("can't print the rows: {reason}")]
    Print {
        /// Why.
        reason: String,
    },
    /// The output folder holds things that no run of ours has put there.
    #[error(
        "{path} is not empty and holds no postil.log.jsonl, so it is not an output of postil (found {found}): name an empty or a new folder with --output"
    )]
    ForeignOutput {
        /// The folder.
        path: PathBuf,
        /// Some of what stands there.
        found: String,
    },
    /// Another run works on this output.
    #[error(
        "{path} is in use by {holder}: wait for it to end, or name another folder with --output"
    )]
    Locked {
        /// The folder.
        path: PathBuf,
        /// The other process.
        holder: String,
    },
    /// The log is damaged beyond its last line, or of a later format.
    #[error("{path}:{line}: {reason}")]
    Log {
        /// The log.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A part that the log names is missing or has another length.
    #[error(
        "{path}: expected a part of {expected} bytes, found {found}: put it back, or annotate the same inputs again, which makes what is lost anew"
    )]
    Part {
        /// The part.
        path: PathBuf,
        /// Its length by the log.
        expected: u64,
        /// What stands there.
        found: String,
    },
    /// There are more articles than a comparison can name.
    #[error("expected ids of articles of at most 4 GB in all, found more: split the output")]
    ManyIds,
    /// A folder without our log was to be read.
    #[error("{path} holds no postil.log.jsonl: name the output folder of `postil annotate`")]
    NoDataset {
        /// The folder.
        path: PathBuf,
    },
    /// No article of the output has this id.
    #[error("no article `{id}` in {path}{help}")]
    NoSuchArticle {
        /// The id or suffix asked for.
        id: String,
        /// The output.
        path: PathBuf,
        /// A cure, or nothing.
        help: String,
    },
    /// Several articles end in this suffix.
    #[error("`{id}` is the end of {count} ids: {matches}; give more of it")]
    AmbiguousArticle {
        /// The suffix asked for.
        id: String,
        /// How many match.
        count: usize,
        /// Some of them.
        matches: String,
    },
    /// The system refused to read or write.
    #[error("can't {action} {path}: {source}{}", cure(source))]
    Io {
        /// What was tried: "read", "write".
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A table could not be made, written or read.
    #[error(transparent)]
    Table(TableError),
    /// The comparison of all articles with each other failed.
    #[error(
        "stage `{stage}` could not compare the articles: {source} (the articles themselves are committed; the next run compares them)"
    )]
    Join {
        /// The implementation.
        stage: String,
        /// Why.
        source: StageError,
    },
    /// The threads could not be started.
    #[error("can't start {threads} threads: {reason}: give fewer with --threads")]
    Threads {
        /// How many.
        threads: usize,
        /// The system's words.
        reason: String,
    },
}

impl Error {
    /// The problems of a config, where the error is one of a config.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Config { problems, .. } => problems,
            Self::Build { source: BuildError::Options(problems), .. } => problems,
            _ => &[],
        }
    }

    /// For `map_err`: an error of the system while doing `action` at `path`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

impl From<TableError> for Error {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Io { path, source } => Self::Io { action: "read or write", path, source },
            TableError::Parquet { path, source } => match io_error_in(&source) {
                Some(kind) => Self::Io { action: "write", path, source: kind.into() },
                None => Self::Table(TableError::Parquet { path, source }),
            },
            other => Self::Table(other),
        }
    }
}

/// The system's error behind one of the Parquet writer's, so that a full disk is told as such.
fn io_error_in(error: &parquet::errors::ParquetError) -> Option<io::ErrorKind> {
    let parquet::errors::ParquetError::External(source) = error else { return None };
    source.downcast_ref::<io::Error>().map(io::Error::kind)
}

fn cure(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            ": free some space, or name a folder on another disk with --output; what was committed before stays"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ": check who may read and write there, or name another folder"
        }
        _ => "",
    }
}

fn problems_of(path: Option<&Path>, problems: &[Problem]) -> String {
    let place = path.map_or_else(|| "the config".to_owned(), |path| path.display().to_string());
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    let count = match problems.len() {
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    };
    format!("{count} in {place}:\n{}", lines.join("\n"))
}
