//! JSON lines: one object a line, one article an object.

use std::collections::HashSet;
use std::io;

use postil_contract::text_hash;
use serde_json::{Map, Value};

use super::decode::{can_be_cut, decode_piece, mark_length};
use super::fields::Fields;
use super::stream::{Line, Stream};
use super::walk::Source;
use super::{BadInput, Input, Read, Reading, Records, record, too_long};

/// Bytes of a line for each byte of a text that is allowed: JSON may write a character of two bytes
/// as an escape of six, and other fields need their room.
const LINE_FACTOR: u64 = 4;
/// Names of fields that are kept in mind.
const MAX_NAMES: usize = 1000;
/// Lines from the beginning of an input of which one must have a text.
const MAX_WITHOUT_TEXT: usize = 100;

/// Reads one record after another; never the whole file.
pub(super) struct JsonLines {
    name: String,
    stream: Stream,
    reading: Reading,
    line: usize,
    raw: Vec<u8>,
    /// Which fields the records have, once one had a text.
    fields: Option<Fields>,
    /// Every name of a field so far.
    names: HashSet<String>,
    without_text: usize,
    /// Whether the rest can't be read.
    over: bool,
}

impl JsonLines {
    pub(super) fn open(source: &Source, mut stream: Stream, reading: &Reading) -> io::Result<Self> {
        let head = stream.peek()?;
        can_be_cut(head, reading.encoding).map_err(io::Error::other)?;
        let mark = mark_length(head);
        stream.consume(mark);
        Ok(Self {
            name: source.place.to_string(),
            stream,
            reading: reading.clone(),
            line: 0,
            raw: Vec::new(),
            fields: None,
            names: HashSet::new(),
            without_text: 0,
            over: false,
        })
    }

    fn bad(&mut self, error: String, id: Option<String>) -> BadInput {
        BadInput {
            source: format!("{}:{}", self.name, self.line),
            article_id: id,
            error,
            content_hash: Some(text_hash(&String::from_utf8_lossy(&self.raw))),
            bytes: self.stream.bytes(),
        }
    }

    /// The record of the line that was read; `None` for a line without one.
    fn record(&self) -> Option<Result<Map<String, Value>, String>> {
        let line = match decode_piece(&self.raw, self.reading.encoding) {
            Ok(line) => line,
            Err(error) => return Some(Err(error)),
        };
        let line = line.trim();
        if line.is_empty() {
            return None;
        }
        Some(match serde_json::from_str(line) {
            Ok(Value::Object(record)) => Ok(record),
            Ok(_) => Err("expected a JSON object with a \"text\"".to_owned()),
            Err(error) => Err(format!("not JSON: {error}; write one object a line")),
        })
    }

    /// The fields of this input: the text's from the first record that has one, the others' from
    /// the first that has them.
    fn find_fields(&mut self, record: &Map<String, Value>) -> Result<(), String> {
        if self.fields.is_some() && record.keys().all(|name| self.names.contains(name)) {
            return Ok(());
        }
        // An object called `content` is not the text.
        let names: Vec<&str> = record
            .iter()
            .filter(|(_, value)| !matches!(value, Value::Object(_) | Value::Array(_)))
            .map(|(name, _)| name.as_str())
            .collect();
        if let Some(fields) = &mut self.fields {
            fields.complete(&names);
            if self.names.len() < MAX_NAMES {
                self.names.extend(record.keys().cloned());
            }
            return Ok(());
        }
        match Fields::find(&self.reading.fields, &names) {
            Ok(fields) => {
                self.fields = Some(fields);
                self.names.extend(record.keys().cloned());
                Ok(())
            }
            Err(error) => {
                self.without_text += 1;
                self.over = self.without_text >= MAX_WITHOUT_TEXT;
                Err(match self.over {
                    true => format!(
                        "{error} (as in the {MAX_WITHOUT_TEXT} records before; the rest of the \
                         file is not read)"
                    ),
                    false => error,
                })
            }
        }
    }
}

impl Records for JsonLines {
    fn next(&mut self) -> Option<Read> {
        while !self.over {
            let max = self.reading.max_article_bytes.saturating_mul(LINE_FACTOR);
            self.line += 1;
            match self.stream.read_line(&mut self.raw, max) {
                Ok(Line::End) => return None,
                Ok(Line::Whole) => {}
                Ok(Line::TooLong(bytes)) => {
                    let error = too_long(bytes, self.reading.max_article_bytes);
                    return Some(Err(BadInput { content_hash: None, ..self.bad(error, None) }));
                }
                Err(error) => {
                    self.over = true;
                    let error = format!("can't be read: {error}; the rest of the file is not read");
                    return Some(Err(BadInput { content_hash: None, ..self.bad(error, None) }));
                }
            }
            let record = match self.record() {
                Some(Ok(record)) => record,
                Some(Err(error)) => return Some(Err(self.bad(error, None))),
                None => continue,
            };
            if let Err(error) = self.find_fields(&record) {
                return Some(Err(self.bad(error, None)));
            }
            let Some(fields) = &self.fields else { continue };
            let source = format!("{}:{}", self.name, self.line);
            return Some(match record::article(record, fields, &source, &self.reading) {
                Ok(article) => Ok(Input { article, bytes: self.stream.bytes() }),
                Err((error, id)) => Err(self.bad(error, id)),
            });
        }
        None
    }

    fn fields(&self) -> Option<&Fields> {
        self.fields.as_ref()
    }
}
