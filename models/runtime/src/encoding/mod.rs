//! Texts as word pieces: ids, positions, token types and offsets, made here for every engine.
//!
//! 1. [`Tokenizer::encode`] turns a whole text into its pieces, once, without special tokens.
//! 2. [`EncodedText::windows`] groups the pieces along the units of the text (its sentences).
//! 3. [`Tokenizer::single`] and [`Tokenizer::pair`] make the [`Sequence`] of a window.
//! 4. [`Packed`] lays sequences one after the other, without padding.

mod input;
mod packed;
mod shape;
mod text;
mod tokenizer;
mod windows;

pub use input::{Input, PairInput};
pub use packed::{Packed, Sequence};
pub use shape::shape;
pub use text::EncodedText;
pub use tokenizer::{SEPARATOR, Tokenizer};
pub use windows::Window;
