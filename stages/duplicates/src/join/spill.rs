//! What is too much for the memory: written to a file of the join's own, and read back in pieces.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use postil_contract::StageError;

/// Three numbers, of which the first two are the key.
pub(super) type Record = [u32; 3];

const RECORD_BYTES: usize = 12;
/// Records of a partition that are written at a time: some 8 kB.
const CHUNK: usize = 680;

/// A file that has no name any more, or loses it when it is closed: nothing stays, whatever happens.
pub(super) struct Disk {
    file: File,
    length: u64,
    /// The first error, told by [`Disk::check`]: those who write can't stop.
    failed: Option<io::Error>,
}

impl Disk {
    pub(super) fn new(folder: Option<&Path>) -> Result<Self, StageError> {
        let file = match folder {
            Some(folder) => tempfile::tempfile_in(folder),
            None => tempfile::tempfile(),
        };
        Ok(Self { file: file.map_err(failed)?, length: 0, failed: None })
    }

    /// Adds bytes; gives their place.
    pub(super) fn append(&mut self, bytes: &[u8]) -> u64 {
        let place = self.length;
        self.length += bytes.len() as u64;
        let written = self.file.seek(SeekFrom::Start(place));
        if let Err(error) = written.and_then(|_| self.file.write_all(bytes)) {
            self.failed.get_or_insert(error);
        }
        place
    }

    /// Reads as many bytes as there is room for.
    pub(super) fn read(&mut self, place: u64, bytes: &mut [u8]) -> Result<(), StageError> {
        self.file
            .seek(SeekFrom::Start(place))
            .and_then(|_| self.file.read_exact(bytes))
            .map_err(failed)
    }

    /// Whether all that was added is there.
    pub(super) fn check(&mut self) -> Result<(), StageError> {
        self.failed.take().map_or(Ok(()), |error| Err(failed(error)))
    }
}

fn failed(error: io::Error) -> StageError {
    StageError::failed(format!(
        "expected room for a temporary file of the comparison (12 bytes for each band of a paragraph): {error}"
    ))
}

/// Records in partitions, written from several threads.
pub(super) struct Spill {
    disk: Mutex<Disk>,
    partitions: Vec<Mutex<Partition>>,
}

#[derive(Default)]
struct Partition {
    waiting: Vec<Record>,
    /// Where full chunks stand.
    chunks: Vec<u64>,
}

impl Spill {
    pub(super) fn new(folder: Option<&Path>, partitions: usize) -> Result<Self, StageError> {
        let partitions = (0..partitions.max(1)).map(|_| Mutex::default()).collect();
        Ok(Self { disk: Mutex::new(Disk::new(folder)?), partitions })
    }

    pub(super) fn partitions(&self) -> usize {
        self.partitions.len()
    }

    /// Adds a record to a partition.
    pub(super) fn push(&self, partition: usize, record: Record) {
        let Some(partition) = self.partitions.get(partition) else { return };
        let mut partition = lock(partition);
        partition.waiting.push(record);
        if partition.waiting.len() < CHUNK {
            return;
        }
        let mut bytes = Vec::with_capacity(CHUNK * RECORD_BYTES);
        for number in partition.waiting.drain(..).flatten() {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        let place = lock(&self.disk).append(&bytes);
        partition.chunks.push(place);
    }

    /// Records of a partition.
    pub(super) fn len(&self, partition: usize) -> usize {
        self.partitions
            .get(partition)
            .map(lock)
            .map_or(0, |partition| partition.chunks.len() * CHUNK + partition.waiting.len())
    }

    /// The records of a partition that are to be kept.
    pub(super) fn read(
        &self,
        partition: usize,
        keep: impl Fn(&Record) -> bool,
    ) -> Result<Vec<Record>, StageError> {
        let mut disk = lock(&self.disk);
        disk.check()?;
        let Some(partition) = self.partitions.get(partition).map(lock) else {
            return Ok(Vec::new());
        };
        let mut records: Vec<Record> = Vec::new();
        let mut bytes = vec![0; CHUNK * RECORD_BYTES];
        for place in &partition.chunks {
            disk.read(*place, &mut bytes)?;
            records.extend(bytes.chunks_exact(RECORD_BYTES).map(record).filter(|one| keep(one)));
        }
        records.extend(partition.waiting.iter().filter(|one| keep(one)));
        Ok(records)
    }
}

fn record(bytes: &[u8]) -> Record {
    let mut record = Record::default();
    for (number, bytes) in record.iter_mut().zip(bytes.chunks_exact(4)) {
        *number = bytes.try_into().map_or(0, u32::from_le_bytes);
    }
    record
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that can panic runs while one of these is held.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_from_disk_and_memory() {
        let spill = Spill::new(None, 3).unwrap();
        let count = 2 * u32::try_from(CHUNK).unwrap() + 7;
        for number in 0..count {
            spill.push(1, [number, number + 1, number + 2]);
        }
        assert_eq!([0, 1, 2].map(|partition| spill.len(partition)), [0, count as usize, 0]);
        let all = spill.read(1, |_| true).unwrap();
        assert!(all.iter().zip(0..).all(|(record, n)| *record == [n, n + 1, n + 2]));
        assert_eq!(all.len(), count as usize);
        assert_eq!(spill.read(1, |record| record[0] % 100 == 0).unwrap().len(), 14);
        // More can come after some was read.
        spill.push(1, [0; 3]);
        assert_eq!(spill.len(1), count as usize + 1);
    }
}
