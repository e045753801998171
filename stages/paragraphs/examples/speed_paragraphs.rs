//! Measures splitting on one core: megabytes of text a second, without and with word counts and fingerprints.
//!
//! `cargo run --release -p postil-paragraphs --example speed_paragraphs -- FILE...`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Instant;

use postil_paragraphs::{Wrap, paragraphs, split};

/// How long to measure, in seconds.
const LONG_ENOUGH: f64 = 2.0;

fn main() -> ExitCode {
    let mut articles = Vec::new();
    for path in std::env::args().skip(1) {
        match std::fs::read_to_string(&path) {
            Ok(text) => articles.push(text),
            Err(error) => {
                eprintln!("cannot read {path}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    measure("split", &articles, |text| split(text, Wrap::Auto).len());
    measure("split, words and fingerprints", &articles, |text| paragraphs(text).len());
    ExitCode::SUCCESS
}

fn measure(what: &str, articles: &[String], work: impl Fn(&str) -> usize) {
    let size: usize = articles.iter().map(String::len).sum();
    let (start, mut rounds, mut count) = (busy(), 0_u32, 0_usize);
    while busy() - start < LONG_ENOUGH {
        rounds += 1;
        count = articles.iter().map(|text| work(text)).sum();
    }
    let seconds = (busy() - start) / f64::from(rounds.max(1));
    #[expect(clippy::cast_precision_loss, reason = "sizes of texts are exact in f64")]
    let megabytes = size as f64 / 1e6;
    println!(
        "{what}: {count} paragraphs, {megabytes:.2} MB, {rounds} rounds: {:.1} MB/s",
        megabytes / seconds
    );
}

/// Seconds this thread has run: on Linux without the time it waited for a core, elsewhere by the clock.
fn busy() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let clock = START.elapsed().as_secs_f64();
    let Ok(times) = std::fs::read_to_string("/proc/thread-self/schedstat") else { return clock };
    let nanoseconds = times.split_whitespace().next().and_then(|field| field.parse::<f64>().ok());
    nanoseconds.map_or(clock, |nanoseconds| nanoseconds / 1e9)
}
