//! From paths to articles: listing first, which is cheap, then one article after another.

mod decode;
mod records;
mod walk;

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use encoding_rs::Encoding;
use postil_contract::{Article, text_hash};

use crate::error::Error;
use records::Records;

pub(crate) use walk::{Kind, Listing, Source, list};

/// The encoding of a label, as the WHATWG standard names them: `windows-1252`, `utf-16le`.
///
/// # Errors
/// Where there is none of that label.
pub fn encoding(label: &str) -> Result<&'static Encoding, Error> {
    Encoding::for_label(label.trim().as_bytes())
        .ok_or_else(|| Error::UnknownEncoding { label: label.to_owned() })
}

/// An article that was read.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) article: Article,
    /// Bytes of its input.
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
    /// Its bytes.
    pub(crate) bytes: u64,
}

/// Reads the articles of a listing, one at a time, in its order.
pub(crate) struct Articles {
    sources: std::vec::IntoIter<Source>,
    encoding: Option<&'static Encoding>,
    records: Option<Records>,
    /// Ids given so far, where records may repeat one.
    seen: Option<HashSet<String>>,
}

impl Articles {
    pub(crate) fn new(listing: Listing, encoding: Option<&'static Encoding>) -> Self {
        let has_records = listing.sources.iter().any(|source| source.kind == Kind::Records);
        Self {
            sources: listing.sources.into_iter(),
            encoding,
            records: None,
            seen: has_records.then(HashSet::new),
        }
    }

    /// Refuses an id that was given before.
    fn once(&mut self, read: Result<Input, BadInput>) -> Result<Input, BadInput> {
        let (Some(seen), Ok(one)) = (&mut self.seen, &read) else { return read };
        if seen.insert(one.article.id.clone()) {
            return read;
        }
        Err(BadInput {
            error: format!(
                "the id `{}` was given to an earlier article of this run",
                one.article.id
            ),
            source: one.article.source.clone(),
            article_id: None,
            content_hash: Some(one.article.content_hash()),
            bytes: one.bytes,
        })
    }
}

impl Iterator for Articles {
    type Item = Result<Input, BadInput>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(records) = &mut self.records {
                if let Some(record) = records.next() {
                    return Some(self.once(record));
                }
                self.records = None;
            }
            let source = self.sources.next()?;
            match source.kind {
                Kind::Text => {
                    let read = read_text(&source, self.encoding);
                    return Some(self.once(read));
                }
                Kind::Records => match Records::open(&source) {
                    Ok(records) => self.records = Some(records),
                    Err(error) => {
                        return Some(Err(bad(&source, error.to_string(), None, source.bytes)));
                    }
                },
            }
        }
    }
}

fn bad(source: &Source, error: String, content_hash: Option<String>, bytes: u64) -> BadInput {
    BadInput {
        source: source.path.display().to_string(),
        article_id: source.id.clone(),
        error,
        content_hash,
        bytes,
    }
}

fn read_text(source: &Source, encoding: Option<&'static Encoding>) -> Result<Input, BadInput> {
    let raw = read_bytes(&source.path, source.bytes)
        .map_err(|error| bad(source, format!("can't be read: {error}"), None, source.bytes))?;
    let bytes = raw.len() as u64;
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
    let mut article = Article::new(source.id.clone().unwrap_or_default(), text);
    article.source = source.path.display().to_string();
    Ok(Input { article, bytes })
}

fn read_bytes(path: &Path, expected: u64) -> std::io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(path)?;
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
