//! One run at a time on an output folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::error::Error;

/// Name of the lock file. It stays after a run; the system's lock on it goes with the process, so
/// that a killed run leaves no stale one.
pub(super) const LOCK: &str = ".postil.lock";

/// The process that holds a folder, where one does; 0 where the file does not say which.
pub(crate) fn holder(folder: &Path) -> Option<u32> {
    let mut file = File::open(folder.join(LOCK)).ok()?;
    // A lock that several may share tells whether one process has it for itself.
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // What the file says is only for people; that it is locked is what counts.
            let _ = file.read_to_string(&mut holder);
            Some(holder.trim().parse().unwrap_or(0))
        }
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

/// Held while a run works on a folder.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Locks the folder.
    ///
    /// # Errors
    /// Where another process holds it (its id is named), or the folder can't be written.
    pub(super) fn take(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(LOCK);
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(Error::io("write", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // What the file says is only for people; that it is locked is what counts.
                let _ = file.read_to_string(&mut holder);
                let holder = match holder.trim().parse::<u32>() {
                    Ok(process) => format!("another postil (process {process})"),
                    Err(_) => "another postil".to_owned(),
                };
                return Err(Error::Locked { path: folder.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => {
                return Err(Error::Io { action: "lock", path, source });
            }
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(Error::io("write", &path))?;
        Ok(Self { _file: file })
    }
}
