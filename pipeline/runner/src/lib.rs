//! Runs a pipeline over articles and leaves tables behind. It knows no model and no concrete stage.
//!
//! # The life of a run
//!
//! 1. [`Config`] reads `postil.toml`, reports everything that is wrong with it at once, and builds a
//!    [`Pipeline`]: the stages in order, each with a hash of everything that decides its rows.
//! 2. The inputs are listed, which is cheap, and nothing is written before that has worked: a path
//!    that is not there, or two files of one id, end the run here.
//! 3. The output folder is opened: locked, and put in order after a run that was killed. The log
//!    `postil.log.jsonl` alone says which parts count; a torn last line is cut off, and parts that
//!    the log does not name are removed.
//! 4. Articles are read one after another. What the output holds of each decides what is left to do:
//!    nothing; all of it, where the article is new or its text has changed; or the stages whose hash
//!    has changed, for which the earlier layers are read back from the tables.
//! 5. Two megabytes of them make a *unit*. Threads take small batches of it, run the stages in order,
//!    and validate what comes back. An article that fails, or that makes a stage panic, becomes a dead
//!    letter; the others go on. Meanwhile the next unit is read and the one before is written.
//! 6. A unit's rows go to the disk, into parts under names that do not end in `.parquet`. After a few
//!    units, or a minute, these are committed: synced, read back, renamed; then one line is added to
//!    the log and synced; then the parts that are replaced go. Killed at any moment, a run loses at
//!    most what is not committed.
//! 7. After the last unit a corpus stage joins what is new with everything that is there. The log
//!    tells whether that has happened; where it has not, the next run does it.
//!
//! The rows depend on nothing but the articles and the pipeline: not on the number of threads, the
//! size of the batches, the order of the inputs or the cuts between runs. [`Dataset::digest`] is the
//! measure of that.

mod changes;
mod committer;
pub mod config;
mod dataset;
mod error;
mod ids;
pub mod input;
mod intake;
mod join;
mod json_lines;
mod language;
mod memory;
mod output;
mod pipeline;
mod plan;
mod progress;
mod report;
mod run;
mod schedule;
mod upkeep;
mod verify;

pub use config::{Config, StageEntry};
pub use dataset::{Dataset, PartInfo};
pub use error::Error;
pub use memory::{InMemory, annotate_in_memory};
pub use output::{Command, Compaction, LARGE_PART_BYTES};
pub use pipeline::{Pipeline, PipelineStage};
pub use progress::{Event, Progress};
pub use report::{DeadLetter, MAX_LISTED, Report, StageReport};
pub use run::{
    DEFAULT_BATCH_SIZE, DEFAULT_COMMIT_BYTES, DEFAULT_COMMIT_SECONDS, Options, annotate,
};
pub use upkeep::compact;
pub use verify::Verification;
