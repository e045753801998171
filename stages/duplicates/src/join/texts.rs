//! The texts of candidates, on the disk, where each is found at once.

use std::path::Path;
use std::sync::Mutex;

use postil_contract::{CorpusParagraph, ParagraphKind, ParagraphSignature, StageError};

use super::spill::{Disk, lock};
use crate::shingles;
use crate::verify::Item;

/// Bytes that are written at a time.
const BUFFER: usize = 1 << 16;

/// Texts by item.
pub(super) struct Texts(Mutex<Inner>);

struct Inner {
    disk: Disk,
    /// Bytes that are not yet on the disk, and their place there.
    buffer: Vec<u8>,
    place: u64,
    /// Item, length and place of each text; sorted once they are read.
    places: Vec<(u32, u32, u64)>,
}

impl Texts {
    pub(super) fn new(folder: Option<&Path>) -> Result<Self, StageError> {
        let (buffer, places) = (Vec::with_capacity(BUFFER), Vec::new());
        Ok(Self(Mutex::new(Inner { disk: Disk::new(folder)?, buffer, place: 0, places })))
    }

    pub(super) fn push(&self, item: u32, paragraph: &CorpusParagraph) {
        let mut inner = lock(&self.0);
        let Ok(length) = u32::try_from(paragraph.text.len()) else { return };
        let place = inner.place + inner.buffer.len() as u64;
        inner.places.push((item, length, place));
        inner.buffer.extend_from_slice(&paragraph.fingerprint.to_le_bytes());
        inner.buffer.extend_from_slice(paragraph.text.as_bytes());
        if inner.buffer.len() >= BUFFER {
            inner.flush();
        }
    }

    /// Says that all texts are there.
    pub(super) fn finish(&self) -> Result<(), StageError> {
        let mut inner = lock(&self.0);
        inner.flush();
        inner.places.sort_unstable();
        inner.disk.check()
    }

    /// The paragraph of an item; `None` where there is no text of it.
    pub(super) fn read(&self, item: u32) -> Result<Option<Loaded>, StageError> {
        const FINGERPRINT: usize = 8;
        let mut inner = lock(&self.0);
        let at = inner.places.binary_search_by_key(&item, |(item, ..)| *item);
        let Some((_, length, place)) = at.ok().and_then(|at| inner.places.get(at)).copied() else {
            return Ok(None);
        };
        let mut bytes = vec![0; FINGERPRINT + length as usize];
        inner.disk.read(place, &mut bytes)?;
        drop(inner);
        let text = String::from_utf8(bytes.split_off(FINGERPRINT))
            .map_err(|error| StageError::failed(format!("a text came back damaged: {error}")))?;
        let fingerprint = bytes.try_into().map_or(0, i64::from_le_bytes);
        Ok(Some(Loaded::new(text, fingerprint)))
    }
}

impl Inner {
    fn flush(&mut self) {
        self.disk.append(&self.buffer);
        self.place += self.buffer.len() as u64;
        self.buffer.clear();
    }
}

/// A paragraph as far as its words are concerned.
pub(super) struct Loaded {
    paragraph: CorpusParagraph,
    shingles: Vec<u64>,
}

impl Loaded {
    pub(super) fn new(text: String, fingerprint: i64) -> Self {
        let shingles = shingles::set(&text);
        let (kind, sentences) = (ParagraphKind::Body, Vec::new());
        Self { paragraph: CorpusParagraph { kind, text, fingerprint, sentences }, shingles }
    }

    /// The item at a key, for a judge of words alone.
    pub(super) fn item<'a>(&'a self, (id, paragraph_idx): (&'a str, u32)) -> Item<'a> {
        static NO_VECTORS: ParagraphSignature = ParagraphSignature {
            paragraph_idx: 0,
            bands: Vec::new(),
            embedding: Vec::new(),
            sentence_codes: Vec::new(),
        };
        Item {
            article: 0,
            id,
            paragraph_idx,
            model: None,
            signature: &NO_VECTORS,
            paragraph: &self.paragraph,
            words: 0,
            shingles: (&self.shingles).into(),
        }
    }
}
