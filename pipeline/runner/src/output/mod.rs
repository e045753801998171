//! The output folder: which parts count, and how others take their place.

mod commit;
mod compact;
mod lock;
mod log;
mod manifest;
mod parts;
mod repair;
mod sql;
mod store;

use std::path::Path;

use crate::error::Error;

pub(crate) use commit::{Committed, Transaction, is_one_of, values, without};
pub(crate) use compact::compact;
pub use compact::{Compaction, LARGE_PART_BYTES};
pub(crate) use lock::holder;
pub use log::Command;
pub(crate) use manifest::{Manifest, Part};
pub(crate) use parts::{Ids, Make, Parts};
pub(crate) use repair::repair;
pub(crate) use store::{Store, check_part, strangers};

/// The log's name in the output folder.
pub(crate) const LOG: &str = "postil.log.jsonl";

/// What the log of an output folder says, without opening it for a run; nothing for a folder that is
/// yet to be made.
///
/// # Errors
/// Where the folder is not ours, or its log is damaged.
pub(crate) fn peek(root: &Path) -> Result<Manifest, Error> {
    if root.join(LOG).is_file() {
        return Ok(Manifest::read(root)?.0);
    }
    if root.exists() {
        store::refuse_foreign(root)?;
    }
    Ok(Manifest::default())
}

/// Whether this is the name of a part, finished or under construction: `part-<run>-<number>.parquet`,
/// `.part-<run>-<number>.parquet.tmp`. Nothing else is ever removed from an output folder.
pub(crate) fn is_part_name(name: &str) -> bool {
    let finished =
        name.strip_prefix('.').and_then(|name| name.strip_suffix(TEMPORARY)).unwrap_or(name);
    let Some(middle) =
        finished.strip_prefix("part-").and_then(|name| name.strip_suffix(".parquet"))
    else {
        return false;
    };
    let Some((run, number)) = middle.rsplit_once('-') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(number) && is_run_id(run)
}

/// Ends the name of a part under construction, which no glob over `*.parquet` may find.
const TEMPORARY: &str = ".tmp";

/// Whether this is the id of a run: `20251122T174133Z-3f2a`.
fn is_run_id(text: &str) -> bool {
    let Some((time, tail)) = text.split_once('-') else { return false };
    let hex = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let time = time.as_bytes();
    time.len() == 16
        && time.iter().enumerate().all(|(at, byte)| match at {
            8 => *byte == b'T',
            15 => *byte == b'Z',
            _ => byte.is_ascii_digit(),
        })
        && tail.len() == 4
        && hex(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_parts_are_ours() {
        for ours in [
            "part-20251122T174133Z-3f2a-00007.parquet",
            ".part-20251122T174133Z-3f2a-00007.parquet.tmp",
        ] {
            assert!(is_part_name(ours), "{ours}");
        }
        for foreign in [
            "part-0.parquet",
            "part-2025-11-22.parquet",
            "part-20251122T174133Z-3f2a-x.parquet",
            "part-20251122T174133Z-3f2a-1.csv",
            "notes.txt",
            ".part-20251122T174133Z-3f2a-00007.parquet.bak",
        ] {
            assert!(!is_part_name(foreign), "{foreign}");
        }
    }
}
