//! The features of a candidate, hashed into the table of weights.

use crate::context::{Context, Mark, Opening, Shape, Word};
use crate::lexicon::Abbreviation;

/// Joins two numbers that are no hashes yet.
pub(crate) const fn pair(a: u32, b: u32) -> u32 {
    a.wrapping_mul(0x9e37_79b1) ^ b.rotate_left(17).wrapping_mul(0x85eb_ca6b)
}

/// Spreads a number over all bits; the constants are those of MurmurHash3's finaliser.
pub(crate) const fn spread(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x85eb_ca6b);
    h ^= h >> 13;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

fn length_class(word: &Word<'_>) -> u32 {
    match word.core.len() {
        0..=1 => 0,
        2 => 1,
        3 => 2,
        4 => 3,
        5..=6 => 4,
        _ => 5,
    }
}

fn since_class(since: usize) -> u32 {
    match since {
        0..=3 => 0,
        4..=7 => 1,
        8..=15 => 2,
        16..=31 => 3,
        32..=63 => 4,
        64..=127 => 5,
        128..=255 => 6,
        _ => 7,
    }
}

/// Calls `add` with the hash of every feature of `context`.
///
/// Training and splitting go through this one function, so that they cannot differ.
pub(crate) fn each(
    context: &Context<'_>,
    abbreviation: Option<Abbreviation>,
    mut add: impl FnMut(u32),
) {
    let mark = context.mark as u32;
    let left = &context.left;
    let right = &context.right;
    let left_shape = left.shape as u32;
    let right_shape = right.shape as u32
        | ((context.right_opens as u32) << 4)
        | (u32::from(context.right_dotted) << 8);
    let closers = u32::from(context.quote_after)
        | (u32::from(context.bracket_after) << 1)
        | (u32::from(context.closed_before) << 2);
    let kind = abbreviation.map_or(0, |kind| kind as u32 + 1);
    let since = since_class(context.since);
    let nested = u32::from(context.depth > 0) | (u32::from(context.quoted) << 1);
    let cased = u32::from(matches!(right.shape, Shape::Lower | Shape::Letter));
    let base = (mark | (closers << 4)).wrapping_mul(0x27d4_eb2f);
    let mut template = 0_u32;
    let mut feature = |value: u32| {
        template = template.wrapping_add(0x1656_67b1);
        add(spread(value ^ base ^ template));
    };
    let shapes = left_shape | (right_shape << 4);
    feature(0);
    feature(left_shape);
    feature(right_shape);
    feature(shapes);
    feature(left.hash);
    feature(pair(left.hash, right_shape));
    feature(pair(right.hash, cased));
    feature(pair(right.hash, left_shape));
    feature(pair(kind, right_shape));
    feature(pair(right.hash, kind | (left_shape << 8)));
    feature(pair(context.before_left.shape as u32, shapes));
    feature(pair(context.before_left.hash, left_shape));
    feature(pair(context.after_right.shape as u32, right_shape));
    feature(pair(context.after_right.hash, right_shape));
    feature(pair(since, right_shape));
    feature(pair(since, left_shape));
    feature(pair(nested, right_shape));
    feature(pair(length_class(left) | (u32::from(left.has_vowel) << 8), shapes));
    feature(pair(
        context.before_left.shape as u32 | ((context.after_right.shape as u32) << 4),
        shapes,
    ));
    feature(pair(left.hash, right.hash));
}

/// The groups of candidates that have a threshold of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// `.`, `!`, `?`, `…` with or without closers.
    Stop = 0,
    /// `;`, dashes, symbols, closers without a stop.
    Other,
    /// A letter or digit.
    Bare,
    /// A colon or a comma: what follows mostly belongs to it.
    Colon,
}

/// The group `context` belongs to.
pub(crate) fn group(context: &Context<'_>) -> Group {
    if context.mark.is_stop() {
        Group::Stop
    } else if matches!(context.mark, Mark::Colon | Mark::Comma) {
        Group::Colon
    } else if context.mark == Mark::None {
        Group::Bare
    } else {
        Group::Other
    }
}

/// Whether the gap can be a boundary at all: after a letter or digit, a lower-case word continues.
pub(crate) fn is_open(context: &Context<'_>) -> bool {
    !(context.mark == Mark::None
        && context.right_opens == Opening::Word
        && matches!(context.right.shape, Shape::Lower | Shape::Letter | Shape::Uncased))
}
