//! Texts as the word pieces of a checkpoint.

use std::ops::Range;
use std::path::Path;

use postil_models::{EncodedText, ModelFolder, Sequence, Tokenizer};
use tokenizers::normalizers::bert::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::{
    Normalizer as _, OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _,
};

/// The tokenizer of a checkpoint.
pub(crate) enum Pieces {
    /// Of a folder with a `model.toml`: the runtime's own encoding, with the token types that the
    /// folder names.
    Described(Tokenizer),
    /// Of any other: what its `tokenizer.json` does.
    HuggingFace(HuggingFace),
}

impl Pieces {
    pub(crate) fn described(folder: &ModelFolder) -> Result<Self, String> {
        Tokenizer::open(folder).map(Self::Described).map_err(|error| error.to_string())
    }

    pub(crate) fn encode(&self, text: &str) -> Result<EncodedText, String> {
        match self {
            Self::Described(tokenizer) => tokenizer.encode(text).map_err(|error| error.to_string()),
            Self::HuggingFace(tokenizer) => tokenizer.encode(text),
        }
    }

    /// The pieces of the first text of a pair, which may hold the runtime's separator.
    pub(crate) fn encode_first(&self, text: &str) -> Result<EncodedText, String> {
        match self {
            Self::Described(tokenizer) => {
                tokenizer.encode_first(text).map_err(|error| error.to_string())
            }
            Self::HuggingFace(tokenizer) => tokenizer.encode(text),
        }
    }

    /// Pieces of a text in a window of its own.
    pub(crate) fn room_of_single(&self) -> usize {
        match self {
            Self::Described(tokenizer) => tokenizer.room_of_single(),
            Self::HuggingFace(tokenizer) => tokenizer.room_of_single(),
        }
    }

    /// Some pieces of a text with their special tokens.
    pub(crate) fn single(&self, text: &EncodedText, pieces: Range<usize>) -> Sequence {
        match self {
            Self::Described(tokenizer) => tokenizer.single(text, pieces),
            Self::HuggingFace(tokenizer) => tokenizer.single(text, pieces),
        }
    }

    /// Pieces of the second text of a pair in a window, beside the whole first text.
    pub(crate) fn room_of_second(&self, first: &EncodedText) -> Result<usize, String> {
        match self {
            Self::Described(tokenizer) => {
                tokenizer.room_of_second(first).map_err(|error| error.to_string())
            }
            Self::HuggingFace(tokenizer) => tokenizer.room_beside(first),
        }
    }

    /// The first text and some pieces of the second, with their special tokens.
    pub(crate) fn pair(
        &self,
        first: &EncodedText,
        second: &EncodedText,
        pieces: Range<usize>,
    ) -> Sequence {
        match self {
            Self::Described(tokenizer) => tokenizer.pair(first, second, pieces),
            Self::HuggingFace(tokenizer) => tokenizer.pair(first, 0..first.len(), second, pieces),
        }
    }
}

/// A special token: its id and token type.
type Special = (u32, u32);

/// What stands around texts, read off what the tokenizer does with a short one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Frame {
    /// Before the first text, after each text.
    specials: Vec<Vec<Special>>,
    /// Token type of each text.
    types: Vec<u32>,
}

impl Frame {
    fn of(encoding: &tokenizers::Encoding, texts: usize) -> Result<Self, String> {
        let mut frame = Self { specials: vec![Vec::new()], types: Vec::new() };
        let pieces = encoding.get_ids().iter().zip(encoding.get_type_ids());
        for ((&id, &token_type), text) in pieces.zip(encoding.get_sequence_ids()) {
            match text {
                Some(text) if text >= frame.types.len() => {
                    frame.types.push(token_type);
                    frame.specials.push(Vec::new());
                }
                Some(_) => {}
                None => {
                    if let Some(specials) = frame.specials.last_mut() {
                        specials.push((id, token_type));
                    }
                }
            }
        }
        match frame.types.len() == texts {
            true => Ok(frame),
            false => Err("its template puts the second text before the first, which is not read \
                          here"
                .to_owned()),
        }
    }

    /// Number of special tokens.
    fn len(&self) -> usize {
        self.specials.iter().map(Vec::len).sum()
    }

    /// The texts with the special tokens around them; `main` is the one whose pieces are asked for.
    fn fill(&self, texts: &[&[u32]], main: usize) -> Sequence {
        let mut sequence = Sequence::default();
        for (at, specials) in self.specials.iter().enumerate() {
            for &(id, token_type) in specials {
                sequence.ids.push(id);
                sequence.token_types.push(token_type);
            }
            let Some(text) = texts.get(at) else { continue };
            if at == main {
                sequence.text_start = sequence.ids.len();
                sequence.text_pieces = text.len();
            }
            let token_type = self.types.get(at).copied().unwrap_or_default();
            sequence.ids.extend_from_slice(text);
            sequence.token_types.extend(std::iter::repeat_n(token_type, text.len()));
        }
        sequence
    }
}

/// A `tokenizer.json` of any kind: word pieces, byte pairs, unigrams.
///
/// The words are the same for all: what BERT splits a text into before it looks for pieces, which the
/// rules of the entities stage are written for. A word is labelled by its first piece. Byte pairs and
/// unigrams take a comma or a quotation mark into the piece of its word at times; the words do not.
pub(crate) struct HuggingFace {
    inner: tokenizers::Tokenizer,
    single: Frame,
    pair: Frame,
    max_length: usize,
}

impl HuggingFace {
    /// Opens the `tokenizer.json` of a folder, for windows of `max_length` pieces.
    ///
    /// Padding and truncation that it asks for are switched off, and special tokens that stand in a
    /// text are read as text.
    pub(crate) fn open(folder: &Path, max_length: usize) -> Result<Self, String> {
        let path = folder.join("tokenizer.json");
        if !path.is_file() {
            return Err(format!(
                "{} is missing; to make it of a vocabulary, load the tokenizer in Python and call \
                 save_pretrained",
                path.display()
            ));
        }
        let at = |reason: String| format!("{}: {reason}", path.display());
        let mut inner =
            tokenizers::Tokenizer::from_file(&path).map_err(|error| at(error.to_string()))?;
        inner.with_padding(None);
        inner.with_truncation(None).map_err(|error| at(error.to_string()))?;
        inner.set_encode_special_tokens(true);
        let single = inner.encode("a", true).map_err(|error| at(error.to_string()))?;
        let pair = inner.encode(("a", "a"), true).map_err(|error| at(error.to_string()))?;
        let (single, pair) = (Frame::of(&single, 1).map_err(at)?, Frame::of(&pair, 2).map_err(at)?);
        if max_length < 2 * pair.len() + 2 {
            return Err(at(format!("a window of {max_length} pieces has no room for two texts")));
        }
        Ok(Self { inner, single, pair, max_length })
    }

    /// All pieces of a text, however long it is.
    pub(crate) fn encode(&self, text: &str) -> Result<EncodedText, String> {
        let encoding = self.inner.encode(text, false).map_err(|error| error.to_string())?;
        let mut encoded = EncodedText::default();
        let (mut start, mut end) = (0, 0);
        for (&id, &(from, to)) in encoding.get_ids().iter().zip(encoding.get_offsets()) {
            // The space before a word belongs to its piece, and not to the word.
            let piece = text.get(from..to).unwrap_or_default();
            start = start.max(from + (piece.len() - piece.trim_start().len()));
            end = end.max(start).max(from + piece.trim_end().len());
            encoded.ids.push(id);
            encoded.offsets.push(start..end);
        }
        let mut piece = 0;
        for word in words(text)? {
            while encoded.offsets.get(piece).is_some_and(|offset| offset.end <= word.start) {
                piece += 1;
            }
            // Characters that the tokenizer deletes are in no piece.
            if encoded.offsets.get(piece).is_some_and(|offset| offset.start < word.end) {
                encoded.word_starts.push(piece);
                encoded.word_spans.push(word);
            }
        }
        let starts = &encoded.word_starts;
        encoded.words = (0..encoded.ids.len())
            .map(|piece| starts.partition_point(|&start| start <= piece).saturating_sub(1))
            .collect();
        Ok(encoded)
    }

    pub(crate) fn room_of_single(&self) -> usize {
        self.max_length.saturating_sub(self.single.len()).max(1)
    }

    /// Pieces of one text of a pair in a window, beside the whole other text.
    pub(crate) fn room_beside(&self, other: &EncodedText) -> Result<usize, String> {
        let room = self.max_length.saturating_sub(self.pair.len());
        let (pieces, most) = (other.len(), room / 2);
        match pieces > most {
            true => Err(format!(
                "it has {pieces} word pieces, expected at most {most} so that the text has room beside it; \
                 shorten it"
            )),
            false => Ok(room - pieces),
        }
    }

    pub(crate) fn single(&self, text: &EncodedText, pieces: Range<usize>) -> Sequence {
        self.single.fill(&[some(text, pieces)], 0)
    }

    /// Some pieces of two texts; those of the second are the sequence's own.
    pub(crate) fn pair(
        &self,
        first: &EncodedText,
        of_first: Range<usize>,
        second: &EncodedText,
        of_second: Range<usize>,
    ) -> Sequence {
        self.pair.fill(&[some(first, of_first), some(second, of_second)], 1)
    }
}

fn some(text: &EncodedText, pieces: Range<usize>) -> &[u32] {
    text.ids.get(pieces).unwrap_or_default()
}

/// The words of a text, in bytes: runs without white space, in which each punctuation character and
/// each CJK ideograph is a word of its own.
fn words(text: &str) -> Result<Vec<Range<usize>>, String> {
    let (clean, ideographs, accents, lower) = (true, true, Some(false), false);
    let normalizer = BertNormalizer::new(clean, ideographs, accents, lower);
    let mut split = PreTokenizedString::from(text);
    split
        .normalize(|part| normalizer.normalize(part))
        .and_then(|()| BertPreTokenizer.pre_tokenize(&mut split))
        .map_err(|error| error.to_string())?;
    let words = split.get_splits(OffsetReferential::Original, OffsetType::Byte);
    Ok(words.into_iter().map(|(_, (start, end), _)| start..end).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_bytes_of_the_text() {
        let text = "José’s café 🎉 in 東京, U.S.";
        let words = words(text).unwrap();
        let words: Vec<&str> = words.into_iter().map(|word| &text[word]).collect();
        assert_eq!(
            words,
            ["José", "’", "s", "café", "🎉", "in", "東", "京", ",", "U", ".", "S", "."]
        );
    }
}
