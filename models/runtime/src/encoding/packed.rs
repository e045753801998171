//! Sequences, and many of them one after the other.

use std::ops::Range;

/// What a network reads of one window, special tokens included. Positions count from 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sequence {
    /// Ids.
    pub ids: Vec<u32>,
    /// Token types.
    pub token_types: Vec<u32>,
    /// Where the pieces of the text start (of a pair: of the second text).
    pub text_start: usize,
    /// How many there are.
    pub text_pieces: usize,
}

impl Sequence {
    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(super) fn push(&mut self, id: u32, token_type: u32) {
        self.ids.push(id);
        self.token_types.push(token_type);
    }
}

/// Any number of sequences, packed without padding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Packed {
    ids: Vec<u32>,
    token_types: Vec<u32>,
    positions: Vec<u32>,
    /// Where each sequence ends.
    ends: Vec<usize>,
}

impl Packed {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a sequence.
    pub fn push(&mut self, sequence: &Sequence) {
        self.ids.extend_from_slice(&sequence.ids);
        self.token_types.extend_from_slice(&sequence.token_types);
        self.positions.extend((0_u32..).take(sequence.len()));
        self.ends.push(self.ids.len());
    }

    /// Forgets all sequences and keeps the memory.
    pub fn clear(&mut self) {
        self.ids.clear();
        self.token_types.clear();
        self.positions.clear();
        self.ends.clear();
    }

    /// Id of each piece.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Token type of each piece.
    pub fn token_types(&self) -> &[u32] {
        &self.token_types
    }

    /// Position of each piece in its sequence.
    pub fn positions(&self) -> &[u32] {
        &self.positions
    }

    /// Number of pieces.
    pub fn pieces(&self) -> usize {
        self.ids.len()
    }

    /// Number of sequences.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no sequence.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The pieces of each sequence.
    pub fn sequences(&self) -> impl ExactSizeIterator<Item = Range<usize>> + '_ {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let range = start..end;
            start = end;
            range
        })
    }
}
