//! What a caller gives.

use std::ops::Range;

use crate::error::EncodeError;

/// A text and its units, usually the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input<'a> {
    /// The text.
    pub text: &'a str,
    /// Byte ranges into the text, ascending and without overlap. What lies between two units is
    /// read together with the one before it. Empty: the text is one unit.
    pub units: &'a [Range<usize>],
}

impl<'a> Input<'a> {
    /// A text with its units.
    pub fn new(text: &'a str, units: &'a [Range<usize>]) -> Self {
        Self { text, units }
    }

    /// A text that is one unit.
    pub fn whole(text: &'a str) -> Self {
        Self { text, units: &[] }
    }

    /// Checks that the units are ascending ranges inside the text.
    pub(crate) fn check(&self) -> Result<(), EncodeError> {
        let mut last = 0;
        for (index, unit) in self.units.iter().enumerate() {
            if unit.start < last || unit.end < unit.start || unit.end > self.text.len() {
                return Err(EncodeError::Units {
                    index,
                    start: unit.start,
                    end: unit.end,
                    length: self.text.len(),
                });
            }
            last = unit.end;
        }
        Ok(())
    }
}

/// Two texts that are read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairInput<'a> {
    /// The first, never cut: a stance target, and a context behind a [`SEPARATOR`](crate::SEPARATOR).
    pub first: &'a str,
    /// The second, cut into windows where it is too long.
    pub second: Input<'a>,
}
