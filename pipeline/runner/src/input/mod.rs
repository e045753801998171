//! From what a person names to articles: listing first, which is cheap, then one article after
//! another, never more than one of them in memory.
//!
//! | input | articles | id |
//! |---|---|---|
//! | `.txt`, `.md` | one, verbatim | its path |
//! | `.html`, `.htm`, `.xhtml` | one, the main text of the page | its path |
//! | `.jsonl`, `.ndjson` | one an object a line | its own, else a hash of its text |
//! | `.csv`, `.tsv` | one a row | the same |
//! | `.parquet` | one a row | the same |
//! | the standard input (`-`) | one text, or JSON lines where the first line is an object | the same |
//!
//! All but Parquet may be compressed by gzip or zstd. What can't be read becomes a [`BadInput`] with
//! its place, and the rest goes on.

mod csv;
mod dates;
mod decode;
mod fields;
mod html;
mod jsonl;
mod parquet;
mod record;
mod stream;
mod walk;

use std::collections::HashSet;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use encoding_rs::Encoding;
use postil_contract::{Article, text_hash};
use xxhash_rust::xxh3::xxh3_64;

use crate::error::Error;
use crate::language;
use crate::progress::{Event, Progress};
use crate::schedule::words;
use fields::Fields;
use stream::Stream;

pub use dates::DateFormat;
pub use fields::FieldNames;
pub use walk::{Format, STDIN};
pub(crate) use walk::{Listing, Place, Source, list};

/// Bytes of a text that is still read, where nothing else is said: 16 MB, some 2.5 million words.
pub const DEFAULT_MAX_ARTICLE_BYTES: u64 = 16_000_000;

/// How inputs are read. All of it decides what the articles are.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The encoding of texts and records; `None` for UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// Read every input as this, whatever its name.
    pub format: Option<Format>,
    /// Names of the fields of records, where they are not to be guessed.
    pub fields: FieldNames,
    /// How dates are written, where they are not unambiguous.
    pub date_format: Option<DateFormat>,
    /// The language of all articles (BCP 47), instead of the one that is found.
    pub lang: Option<String>,
    /// Bytes of a text at most; a longer one is refused before it is in memory.
    pub max_article_bytes: u64,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            encoding: None,
            format: None,
            fields: FieldNames::default(),
            date_format: None,
            lang: None,
            max_article_bytes: DEFAULT_MAX_ARTICLE_BYTES,
        }
    }
}

/// The encoding of a label, as the WHATWG standard names them: `windows-1252`, `utf-16le`.
///
/// # Errors
/// Where there is none of that label.
pub fn encoding(label: &str) -> Result<&'static Encoding, Error> {
    Encoding::for_label(label.trim().as_bytes())
        .ok_or_else(|| Error::UnknownEncoding { label: label.to_owned() })
}

/// A language code as the tables write it: `en`, `pt-br`.
///
/// # Errors
/// Where it can't be one.
pub fn language(code: &str) -> Result<String, Error> {
    match record::is_language(code) {
        true => Ok(record::language_tag(code)),
        false => Err(Error::UnknownLanguage { code: code.to_owned() }),
    }
}

/// An article that was read.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) article: Article,
    /// Bytes of its input on the disk.
    pub(crate) bytes: u64,
}

/// An input that is no article.
#[derive(Debug)]
pub(crate) struct BadInput {
    pub(crate) source: String,
    pub(crate) article_id: Option<String>,
    pub(crate) error: String,
    /// Hash of its bytes, where they could be read.
    pub(crate) content_hash: Option<String>,
    /// Its bytes on the disk.
    pub(crate) bytes: u64,
}

type Read = Result<Input, BadInput>;

/// Reads the articles of one input, one after another.
trait Records: Send {
    /// The next one.
    fn next(&mut self) -> Option<Read>;

    /// Which fields they are made of, once that is known.
    fn fields(&self) -> Option<&Fields>;
}

/// Reads the articles of a listing, one at a time, in its order.
pub(crate) struct Articles<'a> {
    sources: std::vec::IntoIter<Source>,
    reading: Reading,
    progress: &'a dyn Progress,
    /// The input of many articles that is being read.
    records: Option<Opened>,
    /// What was told last about fields: the same of the next file is not told again.
    told: String,
    /// Hashes of the ids given so far, where records may repeat one.
    seen: Option<HashSet<u64>>,
}

struct Opened {
    name: String,
    records: Box<dyn Records>,
    /// Whether it was told which fields are what.
    is_told: bool,
}

impl<'a> Articles<'a> {
    pub(crate) fn new(listing: Listing, reading: Reading, progress: &'a dyn Progress) -> Self {
        let is_many = |source: &Source| source.format.is_none_or(|format| !format.is_one_article());
        let has_records = listing.sources.iter().any(is_many);
        Self {
            sources: listing.sources.into_iter(),
            reading,
            progress,
            records: None,
            told: String::new(),
            seen: has_records.then(HashSet::new),
        }
    }

    /// Opens an input: an article, or the first of many.
    fn open(&mut self, source: &Source) -> Option<Read> {
        let mut found = None;
        let opened = open(source, &self.reading, &mut found);
        if let Some(format) = found {
            self.tell(&source.place, format);
        }
        match opened {
            Ok(Open::One(read)) => Some(*read),
            Ok(Open::Many(records)) => {
                let name = source.place.to_string();
                self.records = Some(Opened { name, records, is_told: false });
                None
            }
            Err(error) => Some(Err(bad(source, error, None, source.bytes))),
        }
    }

    fn tell(&self, place: &Place, format: Format) {
        let how = match format {
            Format::JsonLines => "JSON lines",
            _ => "one text",
        };
        let how = format!("read as {how} (--format to read it as something else)");
        self.progress.event(Event::Reading { source: &place.to_string(), how: &how });
    }

    /// The next article of the input that is open.
    fn next_record(&mut self) -> Option<Read> {
        let opened = self.records.as_mut()?;
        let read = opened.records.next();
        if !opened.is_told
            && let Some(fields) = opened.records.fields()
        {
            opened.is_told = true;
            let how = fields.told();
            if how != self.told {
                self.progress.event(Event::Reading { source: &opened.name, how: &how });
                self.told = how;
            }
        }
        if read.is_none() {
            self.records = None;
        }
        read
    }

    /// Refuses an id that was given before.
    fn once(&mut self, read: Read) -> Read {
        let (Some(seen), Ok(one)) = (&mut self.seen, &read) else { return read };
        // A hash takes the place of the id, which may be a long address. Among ten million ids the
        // chance that any two have the same is three in a million.
        if seen.insert(xxh3_64(one.article.id.as_bytes())) {
            return read;
        }
        let id = &one.article.id;
        let error = match *id == text_hash(&one.article.text) {
            true => "the same text as an earlier article of this run, and no id of its own: name \
                     a field that tells them apart with --id-field"
                .to_owned(),
            false => format!("the id `{id}` was given to an earlier article of this run"),
        };
        Err(BadInput {
            error,
            source: one.article.source.clone(),
            article_id: None,
            content_hash: Some(one.article.content_hash()),
            bytes: one.bytes,
        })
    }

    fn with_language(&self, mut read: Read) -> Read {
        if let Ok(Input { article, .. }) = &mut read {
            if let Some(lang) = &self.reading.lang {
                article.lang = Some(lang.clone());
            } else if article.lang.is_none() {
                article.lang = language::detect(&article.text).map(str::to_owned);
            }
        }
        read
    }
}

impl Iterator for Articles<'_> {
    type Item = Read;

    fn next(&mut self) -> Option<Read> {
        loop {
            if let Some(read) = self.next_record() {
                let read = self.once(read);
                return Some(self.with_language(read));
            }
            let source = self.sources.next()?;
            if let Some(read) = self.open(&source) {
                let read = self.once(read);
                return Some(self.with_language(read));
            }
        }
    }
}

/// What an input holds.
enum Open {
    One(Box<Read>),
    Many(Box<dyn Records>),
}

/// Opens an input. `found` becomes its format, where that was not known.
fn open(source: &Source, reading: &Reading, found: &mut Option<Format>) -> Result<Open, String> {
    if source.format == Some(Format::Parquet) {
        return Ok(Open::Many(Box::new(parquet::Parquet::open(source, reading)?)));
    }
    let failed = |error: io::Error| format!("can't be read: {error}");
    let mut stream = Stream::open(source).map_err(failed)?;
    let format = match source.format {
        Some(format) => format,
        None => *found.insert(sniff(&mut stream).map_err(failed)?),
    };
    open_stream(source, stream, format, reading)
}

fn open_stream(
    source: &Source,
    stream: Stream,
    format: Format,
    reading: &Reading,
) -> Result<Open, String> {
    let told = |error: io::Error| error.to_string();
    Ok(match format {
        Format::Text | Format::Html | Format::Parquet => {
            Open::One(Box::new(one_article(source, stream, format, reading)))
        }
        Format::JsonLines => {
            Open::Many(Box::new(jsonl::JsonLines::open(source, stream, reading).map_err(told)?))
        }
        Format::Csv => {
            Open::Many(Box::new(csv::Csv::open(source, stream, None, reading).map_err(told)?))
        }
        Format::Tsv => Open::Many(Box::new(
            csv::Csv::open(source, stream, Some(b'\t'), reading).map_err(told)?,
        )),
    })
}

/// Reads the articles of an input that is in memory: what a run would make of a file of these bytes,
/// but for ids that come from its path, ids given twice, and the language. For programs that want
/// the readers alone, and for the fuzzer.
///
/// # Errors
/// Of each article that can't be read, its place and why.
pub fn articles_of(
    bytes: Vec<u8>,
    format: Format,
    reading: &Reading,
) -> Vec<Result<Article, String>> {
    let length = bytes.len() as u64;
    let source = Source { place: Place::Stdin, format: Some(format), id: None, bytes: length };
    let opened = match format {
        Format::Parquet => parquet::Parquet::new(&source, bytes::Bytes::from(bytes), reading)
            .map(|records| Open::Many(Box::new(records))),
        _ => Stream::new(Box::new(io::Cursor::new(bytes)))
            .map_err(|error| error.to_string())
            .and_then(|stream| open_stream(&source, stream, format, reading)),
    };
    let told = |read: Read| match read {
        Ok(input) => Ok(input.article),
        Err(bad) => Err(format!("{}: {}", bad.source, bad.error)),
    };
    match opened {
        Ok(Open::One(read)) => vec![told(*read)],
        Ok(Open::Many(mut records)) => std::iter::from_fn(|| records.next()).map(told).collect(),
        Err(error) => vec![Err(error)],
    }
}

fn bad(source: &Source, error: String, content_hash: Option<String>, bytes: u64) -> BadInput {
    BadInput {
        source: source.place.to_string(),
        article_id: source.id.clone(),
        error,
        content_hash,
        bytes,
    }
}

/// Whether the standard input is one text or JSON lines: what its first line looks like.
fn sniff(stream: &mut Stream) -> io::Result<Format> {
    let head = stream.peek()?;
    let head = head.get(decode::mark_length(head)..).unwrap_or_default().trim_ascii_start();
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // A line longer than what was read ahead is taken for what its beginning looks like.
    let is_object = match line.len() < head.len() {
        true => serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line).is_ok(),
        false => {
            let after = line.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
            after.is_some_and(|after| after.starts_with(b"\""))
        }
    };
    Ok(if is_object { Format::JsonLines } else { Format::Text })
}

/// Reads an input that is one article.
fn one_article(source: &Source, mut stream: Stream, format: Format, reading: &Reading) -> Read {
    let max = reading.max_article_bytes;
    let raw = match stream.read_all(source.bytes, max) {
        Ok(Some(raw)) => raw,
        Ok(None) => return Err(bad(source, too_long(source.bytes, max), None, source.bytes)),
        Err(error) => {
            return Err(bad(source, format!("can't be read: {error}"), None, source.bytes));
        }
    };
    let bytes = stream.bytes();
    let encoding = match format {
        Format::Html => reading.encoding.or_else(|| html::named_encoding(&raw)),
        _ => reading.encoding,
    };
    let text = decode::decode(raw, encoding).and_then(|text| match text.trim().is_empty() {
        false => Ok(text),
        true if text.is_empty() => Err((text.into_bytes(), "file is empty".to_owned())),
        true => Err((text.into_bytes(), "file holds only white space".to_owned())),
    });
    let text = text.map_err(|(raw, error)| {
        // Only equality counts, so the hash of what the bytes look like does.
        let hash = text_hash(&String::from_utf8_lossy(&raw));
        bad(source, error, Some(hash), bytes)
    })?;
    let mut article = match format {
        Format::Html => html::article(&text, reading)
            .map_err(|error| bad(source, error, Some(text_hash(&text)), bytes))?,
        _ => Article::new("", text),
    };
    article.id = source.id.clone().unwrap_or_else(|| text_hash(&article.text));
    article.source = source.place.to_string();
    Ok(Input { article, bytes })
}

/// Why a text is not read. `bytes` is 0 where its length is not known.
fn too_long(bytes: u64, max: u64) -> String {
    let length = match bytes > max {
        true => format!("{bytes} bytes are"),
        false => "it is".to_owned(),
    };
    format!("too long: {length} over the limit of {max} bytes; raise it with --max-article-bytes")
}

/// Runs a library's code over bytes of unknown origin; a panic becomes its words.
fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    // What the library was at work on is dropped.
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|panic| format!("the reader panicked: {}", words(panic.as_ref())))
}

#[cfg(test)]
mod tests;
