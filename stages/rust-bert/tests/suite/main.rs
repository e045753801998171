//! The stages on libtorch. One binary: linking rust-bert takes a while.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bugs;
mod command_line;
mod conformance;
mod golden;
mod parity;
mod support;
mod threads;
