//! The real binary, in a temporary folder, as a user meets it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod batch;
mod eval;
mod inputs;
mod runs;
mod support;
