//! Measures the splitter on one core: megabytes of text a second.
//!
//! `cargo run --release -p postil-sentences --example speed_sentences -- FILE...` takes each line as a paragraph.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Instant;

/// How long to measure, in seconds.
const LONG_ENOUGH: f64 = 2.0;

fn main() -> ExitCode {
    let mut text = String::new();
    for path in std::env::args().skip(1) {
        match std::fs::read_to_string(&path) {
            Ok(file) => text.push_str(&file),
            Err(error) => {
                eprintln!("cannot read {path}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    let paragraphs: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let splitter = postil_sentences::Splitter::default();
    let size: usize = paragraphs.iter().map(|paragraph| paragraph.len()).sum();
    let (start, mut rounds, mut sentences) = (busy(), 0_u32, 0_usize);
    while busy() - start < LONG_ENOUGH {
        rounds += 1;
        sentences = paragraphs.iter().map(|paragraph| splitter.split(paragraph).len()).sum();
    }
    let seconds = (busy() - start) / f64::from(rounds.max(1));
    #[expect(clippy::cast_precision_loss, reason = "sizes of texts are exact in f64")]
    let megabytes = size as f64 / 1e6;
    println!(
        "{} paragraphs, {sentences} sentences, {megabytes:.2} MB, {rounds} rounds: {:.1} MB/s",
        paragraphs.len(),
        megabytes / seconds
    );
    ExitCode::SUCCESS
}

/// Seconds this thread has run: on Linux without the time it waited for a core, elsewhere by the clock.
fn busy() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let clock = START.elapsed().as_secs_f64();
    let Ok(times) = std::fs::read_to_string("/proc/thread-self/schedstat") else { return clock };
    let nanoseconds = times.split_whitespace().next().and_then(|field| field.parse::<f64>().ok());
    nanoseconds.map_or(clock, |nanoseconds| nanoseconds / 1e9)
}
