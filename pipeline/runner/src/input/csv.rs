//! CSV: a header, then one article a row.

use std::io;

use csv_core::ReadRecordResult;
use postil_contract::text_hash;
use serde_json::{Map, Value};

use super::decode::{can_be_cut, decode_piece, mark_length};
use super::fields::Fields;
use super::stream::Stream;
use super::walk::Source;
use super::{BadInput, Input, Read, Reading, Records, record, too_long};

/// Bytes of a row for each byte of a text that is allowed, for the other fields.
const ROW_FACTOR: u64 = 2;
/// Bytes of a row's values to begin with, and places of their ends.
const FIRST_BYTES: usize = 1 << 14;
const FIRST_FIELDS: usize = 32;
/// Fields of a row at most.
const MAX_FIELDS: usize = 1 << 16;
/// What may stand between two fields, where the format does not say. The first is the usual one.
const DELIMITERS: [u8; 3] = *b",;\t";

/// Reads one row after another; never the whole file. Rows are cut by the machine of the `csv` crate
/// (RFC 4180: quotes, quotes in quotes, line ends in quotes), with our own bound of memory around it.
pub(super) struct Csv {
    name: String,
    stream: Stream,
    reading: Reading,
    machine: csv_core::Reader,
    /// The line on which the row began.
    line: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    header: Vec<String>,
    fields: Option<Fields>,
    over: bool,
}

/// What was read.
enum Row {
    /// So many fields.
    Fields(usize),
    /// A row of so many bytes, which are too many.
    TooLong(u64),
    End,
}

impl Csv {
    /// Opens an input and reads its header. The delimiter, where the format does not name it, is the
    /// one that the first line has most of.
    pub(super) fn open(
        source: &Source,
        mut stream: Stream,
        delimiter: Option<u8>,
        reading: &Reading,
    ) -> io::Result<Self> {
        let head = stream.peek()?;
        can_be_cut(head, reading.encoding).map_err(io::Error::other)?;
        let mark = mark_length(head);
        stream.consume(mark);
        let delimiter = match delimiter {
            Some(delimiter) => delimiter,
            None => usual_delimiter(stream.peek()?),
        };
        let mut csv = Self {
            name: source.place.to_string(),
            stream,
            reading: reading.clone(),
            machine: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            line: 1,
            bytes: vec![0; FIRST_BYTES],
            ends: vec![0; FIRST_FIELDS],
            header: Vec::new(),
            fields: None,
            over: false,
        };
        let columns = match csv.read_row()? {
            Row::Fields(fields) => fields,
            Row::End => return Err(io::Error::other("there is no header")),
            Row::TooLong(bytes) => {
                return Err(io::Error::other(format!(
                    "the header has no end within {bytes} bytes: is a quote not closed?"
                )));
            }
        };
        let mut header: Vec<String> = Vec::with_capacity(columns);
        for at in 0..columns {
            let name = decode_piece(csv.field(at), reading.encoding)
                .map_err(|error| io::Error::other(format!("header: {error}")))?;
            let mut unique = name.trim().to_owned();
            let mut uses = 1;
            while header.contains(&unique) {
                uses += 1;
                unique = format!("{} {uses}", name.trim());
            }
            header.push(unique);
        }
        let names: Vec<&str> = header.iter().map(String::as_str).collect();
        csv.fields = Some(Fields::find_all(&reading.fields, &names).map_err(io::Error::other)?);
        csv.header = header;
        Ok(csv)
    }

    /// Reads a row into `bytes` and `ends`.
    fn read_row(&mut self) -> io::Result<Row> {
        let max = self.reading.max_article_bytes.saturating_mul(ROW_FACTOR);
        let (mut bytes, mut fields) = (0_usize, 0_usize);
        let mut dropped: u64 = 0;
        self.skip_line_ends()?;
        self.line = self.machine.line();
        loop {
            let input = self.stream.peek()?;
            let (result, read, written, ended) = self.machine.read_record(
                input,
                self.bytes.get_mut(bytes..).unwrap_or_default(),
                self.ends.get_mut(fields..).unwrap_or_default(),
            );
            self.stream.consume(read);
            bytes += written;
            fields += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.bytes.len() as u64 >= max => {
                    // Over the bound only the end of the row is looked for.
                    dropped += bytes as u64;
                    bytes = 0;
                }
                ReadRecordResult::OutputFull => {
                    let size = (self.bytes.len() as u64).saturating_mul(2).min(max);
                    self.bytes.resize(usize::try_from(size).unwrap_or(usize::MAX), 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() >= MAX_FIELDS => {
                    dropped += 1;
                    fields = 0;
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record if dropped > 0 => {
                    return Ok(Row::TooLong(dropped + bytes as u64));
                }
                ReadRecordResult::Record => return Ok(Row::Fields(fields)),
                ReadRecordResult::End => return Ok(Row::End),
            }
        }
    }

    /// Passes what is left of the last row's end, and empty lines, so that a row's line is its own.
    fn skip_line_ends(&mut self) -> io::Result<()> {
        while let Some(end @ (b'\n' | b'\r')) = self.stream.peek()?.first().copied() {
            self.stream.consume(1);
            self.machine.set_line(self.machine.line() + u64::from(end == b'\n'));
        }
        Ok(())
    }

    /// A field of the row that was read.
    fn field(&self, at: usize) -> &[u8] {
        let end = |at: usize| self.ends.get(at).copied().unwrap_or(0);
        let start = at.checked_sub(1).map_or(0, end);
        self.bytes.get(start..end(at)).unwrap_or_default()
    }

    /// The values of the row, by the names of the header.
    fn record(&self, fields: usize) -> Result<Map<String, Value>, String> {
        if fields != self.header.len() {
            return Err(format!(
                "expected {} fields, as in the header, found {fields}: is a quote missing?",
                self.header.len()
            ));
        }
        let mut record = Map::with_capacity(fields);
        for (at, name) in self.header.iter().enumerate() {
            let value = decode_piece(self.field(at), self.reading.encoding)
                .map_err(|error| format!("\"{name}\": {error}"))?;
            record.insert(name.clone(), Value::String(value.into_owned()));
        }
        Ok(record)
    }

    fn bad(&mut self, error: String, id: Option<String>, fields: usize) -> BadInput {
        let end = fields.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0);
        let raw = self.bytes.get(..end).unwrap_or_default();
        BadInput {
            source: format!("{}:{}", self.name, self.line),
            article_id: id,
            error,
            content_hash: (fields > 0).then(|| text_hash(&String::from_utf8_lossy(raw))),
            bytes: self.stream.bytes(),
        }
    }
}

impl Records for Csv {
    fn next(&mut self) -> Option<Read> {
        if self.over {
            return None;
        }
        let fields = match self.read_row() {
            Ok(Row::Fields(fields)) => fields,
            Ok(Row::End) => return None,
            Ok(Row::TooLong(bytes)) => {
                let error = too_long(bytes, self.reading.max_article_bytes);
                return Some(Err(self.bad(error, None, 0)));
            }
            Err(error) => {
                self.over = true;
                let error = format!("can't be read: {error}; the rest of the file is not read");
                return Some(Err(self.bad(error, None, 0)));
            }
        };
        let source = format!("{}:{}", self.name, self.line);
        let article = match (self.record(fields), &self.fields) {
            (Ok(record), Some(names)) => record::article(record, names, &source, &self.reading),
            (Ok(_), None) => return None,
            (Err(error), _) => Err((error, None)),
        };
        Some(match article {
            Ok(article) => Ok(Input { article, bytes: self.stream.bytes() }),
            Err((error, id)) => Err(self.bad(error, id, fields)),
        })
    }

    fn fields(&self) -> Option<&Fields> {
        self.fields.as_ref()
    }
}

/// The delimiter of which the first line has most, outside quotes.
fn usual_delimiter(head: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => {
                for (count, delimiter) in counts.iter_mut().zip(DELIMITERS) {
                    *count += usize::from(*byte == delimiter);
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let best = counts.iter().zip(DELIMITERS).find(|(count, _)| **count == most);
    best.map_or(b',', |(_, delimiter)| delimiter)
}
