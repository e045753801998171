//! Bytes of an input, decompressed and counted, never more of them in memory than asked for.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::walk::{Place, Source};

const GZIP: &[u8] = &[0x1F, 0x8B];
const ZSTD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];
/// Bytes that tell how an input is compressed.
const MAGIC: usize = 4;
/// Bytes read ahead of a reader.
const BUFFER: usize = 1 << 16;

/// The bytes of an input as its author wrote them.
pub(super) struct Stream {
    reader: Box<dyn BufRead + Send>,
    /// Bytes read from the disk, which is fewer where they are compressed.
    from_disk: Arc<AtomicU64>,
    taken: u64,
}

impl Stream {
    /// Opens an input. What its first bytes say about compression counts, not its name.
    pub(super) fn open(source: &Source) -> io::Result<Self> {
        let raw: Box<dyn Read + Send> = match &source.place {
            Place::File(path) => Box::new(File::open(path)?),
            Place::Stdin => Box::new(io::stdin()),
        };
        Self::new(raw)
    }

    pub(super) fn new(raw: Box<dyn Read + Send>) -> io::Result<Self> {
        let from_disk = Arc::new(AtomicU64::new(0));
        let mut raw = Counted { raw, bytes: Arc::clone(&from_disk) };
        let mut head = Vec::with_capacity(MAGIC);
        raw.by_ref().take(MAGIC as u64).read_to_end(&mut head)?;
        let is = |magic: &[u8]| head.starts_with(magic);
        let (is_gzip, is_zstd) = (is(GZIP), is(ZSTD));
        let whole = Cursor::new(head).chain(raw);
        let reader: Box<dyn BufRead + Send> = match () {
            // Several members one after another are one file, as gzip itself reads them.
            () if is_gzip => Box::new(BufReader::with_capacity(
                BUFFER,
                flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(BUFFER, whole)),
            )),
            () if is_zstd => {
                Box::new(BufReader::with_capacity(BUFFER, zstd::stream::read::Decoder::new(whole)?))
            }
            () => Box::new(BufReader::with_capacity(BUFFER, whole)),
        };
        Ok(Self { reader, from_disk, taken: 0 })
    }

    /// Bytes read from the disk since the last call.
    pub(super) fn bytes(&mut self) -> u64 {
        let all = self.from_disk.load(Ordering::Relaxed);
        let new = all.saturating_sub(self.taken);
        self.taken = all;
        new
    }

    /// The next bytes, which stay there to be read.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.reader.consume(bytes);
    }

    /// All bytes; `None` where there are more than `max`.
    pub(super) fn read_all(&mut self, expected: u64, max: u64) -> io::Result<Option<Vec<u8>>> {
        let expected = usize::try_from(expected.min(max)).unwrap_or(0);
        let mut bytes = Vec::with_capacity(expected);
        self.reader.by_ref().take(max.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok((bytes.len() as u64 <= max).then_some(bytes))
    }

    /// The next line, without its end, into an empty `line`; what is over `max` bytes of it is read
    /// and thrown away.
    pub(super) fn read_line(&mut self, line: &mut Vec<u8>, max: u64) -> io::Result<Line> {
        line.clear();
        let mut length: u64 = 0;
        let mut is_there = false;
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            is_there = true;
            let end = memchr::memchr(b'\n', chunk);
            let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
            length += part.len() as u64;
            if length <= max {
                line.extend_from_slice(part);
            } else {
                *line = Vec::new();
            }
            let used = end.map_or(chunk.len(), |end| end + 1);
            self.reader.consume(used);
            if end.is_some() {
                break;
            }
        }
        Ok(match () {
            () if !is_there => Line::End,
            () if length > max => Line::TooLong(length),
            () => Line::Whole,
        })
    }
}

/// What [`Stream::read_line`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A line.
    Whole,
    /// One of so many bytes, which are too many.
    TooLong(u64),
    /// No more lines.
    End,
}

struct Counted {
    raw: Box<dyn Read + Send>,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
