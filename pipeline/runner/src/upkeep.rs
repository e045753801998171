//! What is done to an output outside of a run.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use postil_tables::TableId;

use crate::error::Error;
use crate::output::{self, Compaction, Store};
use crate::run::run_id;

/// Merges the small parts of every table of an output into parts of a hundred megabytes and more,
/// sorted by the table's key. The rows stay the same. `tell` hears of each merge: the table, its parts
/// before and after.
///
/// # Errors
/// Where the output is in use, damaged, or can't be written. What was merged before stays.
pub fn compact(
    root: &Path,
    stop: &AtomicBool,
    tell: impl FnMut(&TableId, usize, usize),
) -> Result<Compaction, Error> {
    let mut store = Store::open_existing(root)?;
    store.check()?;
    let run_id = run_id(jiff::Timestamp::now(), store.manifest());
    output::compact(&mut store, &run_id, stop, tell)
}
