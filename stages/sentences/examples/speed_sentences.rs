//! Measures the splitter on one core: megabytes of text a second.
//!
//! `cargo run --release -p postil-sentences --example speed_sentences -- FILE...` takes each line as a paragraph.

use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How long to measure.
const LONG_ENOUGH: Duration = Duration::from_secs(2);

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
    let (start, mut rounds, mut sentences) = (Instant::now(), 0_u32, 0_usize);
    while start.elapsed() < LONG_ENOUGH {
        rounds += 1;
        sentences = paragraphs.iter().map(|paragraph| splitter.split(paragraph).len()).sum();
    }
    let seconds = start.elapsed().as_secs_f64() / f64::from(rounds.max(1));
    #[expect(clippy::cast_precision_loss, reason = "sizes of texts are exact in f64")]
    let megabytes = size as f64 / 1e6;
    println!(
        "{} paragraphs, {sentences} sentences, {megabytes:.2} MB, {rounds} rounds: {:.1} MB/s",
        paragraphs.len(),
        megabytes / seconds
    );
    ExitCode::SUCCESS
}
