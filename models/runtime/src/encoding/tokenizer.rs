//! The tokenizer of a model folder.

use std::ops::Range;
use std::path::Path;

use super::packed::Sequence;
use super::text::EncodedText;
use crate::error::{EncodeError, LoadError};
use crate::folder::{ModelFolder, TOKENIZER, TokenTypes};

/// What parts the first text of a pair: see [`Tokenizer::encode_first`].
pub const SEPARATOR: &str = " [SEP] ";

/// Turns texts into pieces, and windows of pieces into sequences.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    /// `[CLS]`.
    begin: u32,
    /// `[SEP]`.
    separator: u32,
    token_types: TokenTypes,
    max_length: usize,
}

impl Tokenizer {
    /// Special tokens of a single text: `[CLS] text [SEP]`.
    pub const SPECIAL_OF_SINGLE: usize = 2;
    /// Special tokens of a pair: `[CLS] first [SEP] second [SEP]`.
    pub const SPECIAL_OF_PAIR: usize = 3;

    /// The tokenizer of a folder, with the folder's window and token types.
    ///
    /// Padding and truncation that `tokenizer.json` may set are switched off. Special tokens that
    /// stand in a text (`[SEP]`) are read as text.
    ///
    /// # Errors
    /// When `tokenizer.json` is not one, or does not frame texts as BERT does.
    pub fn open(folder: &ModelFolder) -> Result<Self, LoadError> {
        let path = folder.file(TOKENIZER);
        Self::from_file(&path, folder.manifest.token_types, folder.manifest.max_length)
            .map_err(|reason| LoadError::Tokenizer { path, reason })
    }

    fn from_file(path: &Path, token_types: TokenTypes, max_length: usize) -> Result<Self, String> {
        let mut inner = tokenizers::Tokenizer::from_file(path).map_err(|e| e.to_string())?;
        inner.with_padding(None);
        inner.with_truncation(None).map_err(|e| e.to_string())?;
        inner.set_encode_special_tokens(true);
        // The frame is read from what the tokenizer does, not from the names of its tokens.
        let frame = inner.encode("", true).map_err(|e| e.to_string())?;
        let [begin, separator] = *frame.get_ids() else {
            return Err(format!(
                "an empty text has the special tokens {:?}, expected two, as [CLS] and [SEP]",
                frame.get_tokens()
            ));
        };
        Ok(Self { inner, begin, separator, token_types, max_length })
    }

    /// Longest sequence in pieces, special tokens included.
    pub fn max_length(&self) -> usize {
        self.max_length
    }

    /// Shortens the window to what the network has positions for.
    pub(crate) fn limit(&mut self, max_positions: usize) {
        self.max_length = self.max_length.min(max_positions);
    }

    /// Pieces of one text in a window of its own.
    pub fn room_of_single(&self) -> usize {
        self.max_length.saturating_sub(Self::SPECIAL_OF_SINGLE).max(1)
    }

    /// Pieces of the second text in a window, beside a first text of this many pieces.
    ///
    /// # Errors
    /// When the first takes more than half of the window.
    pub fn room_of_second(&self, first: &EncodedText) -> Result<usize, EncodeError> {
        let room = self.max_length.saturating_sub(Self::SPECIAL_OF_PAIR);
        let most = room / 2;
        match first.len() {
            pieces if pieces > most => Err(EncodeError::FirstTooLong { pieces, most }),
            pieces => Ok((room - pieces).max(1)),
        }
    }

    /// All pieces of a text, however long it is, in linear time.
    ///
    /// # Errors
    /// When the tokenizer fails, which BERT's does only without an `[UNK]` token.
    pub fn encode(&self, text: &str) -> Result<EncodedText, EncodeError> {
        let encoding =
            self.inner.encode(text, false).map_err(|e| EncodeError::Tokenizer(e.to_string()))?;
        let mut encoded = EncodedText::default();
        let mut last = None;
        let pieces = encoding.get_ids().iter().zip(encoding.get_offsets());
        for ((&id, &(start, end)), &word) in pieces.zip(encoding.get_word_ids()) {
            encoded.push(id, start..end, word.is_none() || word != last);
            last = word;
        }
        encoded.finish(text);
        Ok(encoded)
    }

    /// The pieces of the first text of a pair. Where it has a [`SEPARATOR`], as between a target and
    /// the context of a text, the network reads its own separator there. Elsewhere, and in the second
    /// text, such words are words.
    ///
    /// # Errors
    /// As for [`Tokenizer::encode`].
    pub fn encode_first(&self, text: &str) -> Result<EncodedText, EncodeError> {
        let mut encoded = EncodedText::default();
        let mut start = 0;
        for (number, part) in text.split(SEPARATOR).enumerate() {
            if number > 0 {
                encoded.push_word(self.separator, start + 1..start + SEPARATOR.len() - 1);
                start += SEPARATOR.len();
            }
            encoded.append(self.encode(part)?, start);
            start += part.len();
        }
        Ok(encoded)
    }

    /// `[CLS] pieces [SEP]`.
    pub fn single(&self, text: &EncodedText, pieces: Range<usize>) -> Sequence {
        let mut sequence = Sequence::default();
        sequence.push(self.begin, 0);
        self.push_pieces(&mut sequence, text, pieces, 0);
        sequence.push(self.separator, 0);
        sequence
    }

    /// `[CLS] first [SEP] pieces [SEP]`.
    pub fn pair(
        &self,
        first: &EncodedText,
        second: &EncodedText,
        pieces: Range<usize>,
    ) -> Sequence {
        let segment = u32::from(self.token_types == TokenTypes::Segment);
        let mut sequence = Sequence::default();
        sequence.push(self.begin, 0);
        self.push_pieces(&mut sequence, first, 0..first.len(), 0);
        sequence.push(self.separator, 0);
        self.push_pieces(&mut sequence, second, pieces, segment);
        sequence.push(self.separator, segment);
        sequence
    }

    fn push_pieces(
        &self,
        sequence: &mut Sequence,
        text: &EncodedText,
        pieces: Range<usize>,
        segment: u32,
    ) {
        sequence.text_start = sequence.ids.len();
        let ids = text.ids.get(pieces.clone()).unwrap_or_default();
        let words = text.words.get(pieces).unwrap_or_default();
        for (&id, &word) in ids.iter().zip(words) {
            let token_type = match self.token_types {
                TokenTypes::WordShape => text.shapes.get(word).copied().unwrap_or_default(),
                TokenTypes::Segment => segment,
                TokenTypes::Zero => 0,
            };
            sequence.push(id, token_type);
        }
        sequence.text_pieces = ids.len();
    }
}
