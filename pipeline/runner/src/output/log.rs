//! The lines of `postil.log.jsonl`: one JSON object a commit.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Version of the log's format.
pub(super) const FORMAT: u32 = 1;

/// One line of the log. Unknown keys are passed over, so that a later version may add some.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    /// [`FORMAT`].
    pub(super) format: u32,
    /// The run; none in the first line, which only says whose folder this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) run_id: Option<String>,
    /// When, RFC 3339, UTC.
    pub(super) at: String,
    /// What the run was started with; in the first line of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) command: Option<Command>,
    /// Parts that count from here on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) added: Vec<Added>,
    /// Files that do not count any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) removed: Vec<String>,
    /// Stages that the log has not named before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) stages: Vec<StageMark>,
    /// Whether articles wait to be compared with the others from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) join: Option<Join>,
}

/// What a run was started with, so that it can be started again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The folder from which relative paths count.
    pub folder: PathBuf,
    /// The arguments, without the program's name.
    pub args: Vec<String>,
}

/// A part that a commit adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Added {
    pub(super) table: String,
    /// Path below the output folder, `/`-separated.
    pub(super) file: String,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    /// The smallest id of an article in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) first: Option<String>,
    /// The greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<String>,
    /// Whether its articles wait to be compared with the others.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) pending: bool,
}

/// What a stage hash stands for, as far as a later run without that stage must know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StageMark {
    pub(super) stage: String,
    pub(super) hash: String,
    /// The layers it read.
    pub(super) needs: Vec<String>,
}

/// The state of the comparison of all articles with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Join {
    /// Something has changed since the last one.
    Pending,
    /// Pairs were lost: all articles are to be compared with each other again.
    All,
    /// Everything before this line is compared.
    Done,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's `skip_serializing_if` passes a reference
fn is_false(value: &bool) -> bool {
    !value
}

/// The lines of a log, and the bytes of it that they take: a torn last line is left out.
///
/// # Errors
/// Where an earlier line is damaged, or written by a later version.
pub(super) fn read(path: &Path) -> Result<(Vec<Line>, u64), Error> {
    let raw = std::fs::read(path).map_err(Error::io("read", path))?;
    let mut lines = Vec::new();
    let mut good = 0;
    let mut pieces = raw.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
    while let Some((at, piece)) = pieces.next() {
        let is_last = pieces.peek().is_none();
        let damaged = |reason: String| Error::Log { path: path.to_owned(), line: at + 1, reason };
        match serde_json::from_slice::<Line>(piece) {
            Ok(line) if line.format > FORMAT => {
                return Err(damaged(format!(
                    "expected format {FORMAT} of the log, found {}: use a newer postil",
                    line.format
                )));
            }
            Ok(line) if piece.ends_with(b"\n") => {
                good += piece.len() as u64;
                lines.push(line);
            }
            // The machine stopped while the line was written: the commit has not happened.
            Err(_) if is_last => {}
            // Only a last line can lack its end.
            Ok(_) => {}
            Err(error) => {
                return Err(damaged(format!(
                    "expected one JSON object of a commit, found something else ({error}): \
                     put the log back from a copy, or annotate again into a new folder"
                )));
            }
        }
    }
    Ok((lines, good))
}

/// The log, open for new lines.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
    length: u64,
}

impl Log {
    /// Opens the log, cut to its good lines.
    pub(super) fn open(path: &Path, good: u64) -> Result<Self, Error> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(Error::io("write", path))?;
        file.set_len(good).map_err(Error::io("write", path))?;
        file.seek(SeekFrom::End(0)).map_err(Error::io("write", path))?;
        Ok(Self { file, length: good })
    }

    /// Adds a line and syncs it: the moment at which a commit has happened. Where that fails, the
    /// log is as before.
    pub(super) fn append(&mut self, path: &Path, line: &Line) -> Result<(), Error> {
        let mut text = serde_json::to_string(line).unwrap_or_default();
        text.push('\n');
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_all());
        if let Err(source) = written {
            // If cutting fails as well, the torn line is cut when the folder is opened next.
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::End(0));
            return Err(Error::Io { action: "write", path: path.to_owned(), source });
        }
        self.length += text.len() as u64;
        Ok(())
    }
}
