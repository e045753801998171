//! One run of this binary, measured.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::MB;

/// What a run told of itself.
#[derive(Debug, Default)]
pub struct Measured {
    pub seconds: f64,
    pub cpu_seconds: f64,
    /// Bytes of text annotated.
    pub text_bytes: u64,
    pub articles: u64,
    pub peak_bytes: Option<u64>,
    pub peak_before_join: Option<u64>,
    /// The comparison of all articles with each other, where there was one.
    pub join: Option<Join>,
    /// Seconds from the beginning of a commit to its end, summed.
    commit_seconds: f64,
    stages: Vec<(String, f64)>,
}

/// What the comparison took, and found.
#[derive(Debug, Default)]
pub struct Join {
    pub seconds: f64,
    pub cpu_seconds: f64,
    pub candidates: u64,
    pub pairs: u64,
}

/// Annotates `input` into `output`.
pub fn annotate(
    config: &Path,
    input: &Path,
    output: &Path,
    threads: usize,
) -> anyhow::Result<Measured> {
    let program = std::env::current_exe().context("expected to find this program")?;
    let mut child = Command::new(program)
        .args(["annotate", "--json-progress", "--threads", &threads.to_string(), "--config"])
        .arg(config)
        .arg("--output")
        .arg(output)
        .arg(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("expected to start this program again")?;
    let mut measured = Measured::default();
    let mut is_done = false;
    let mut cpu_before_join = 0.0;
    let lines = child.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines);
    for line in lines {
        let line: Value = serde_json::from_str(&line?)?;
        let number = |key: &str| line.get(key).and_then(Value::as_f64);
        match line.get("event").and_then(Value::as_str) {
            Some("committed") => measured.commit_seconds += number("seconds").unwrap_or(0.0),
            Some("joining") => {
                measured.peak_before_join = line.get("peak_memory_bytes").and_then(Value::as_u64);
                cpu_before_join = number("cpu_seconds").unwrap_or(0.0);
            }
            Some("joined") => {
                let count = |key: &str| line.get(key).and_then(Value::as_u64).unwrap_or(0);
                measured.join = Some(Join {
                    seconds: number("seconds").unwrap_or(0.0),
                    cpu_seconds: number("cpu_seconds").unwrap_or(0.0) - cpu_before_join,
                    candidates: count("candidates"),
                    pairs: count("pairs"),
                });
            }
            Some("done") => {
                is_done = true;
                measured.seconds = number("seconds").unwrap_or(0.0);
                measured.cpu_seconds = number("cpu_seconds").unwrap_or(0.0);
                measured.text_bytes = line.get("text_bytes").and_then(Value::as_u64).unwrap_or(0);
                measured.articles = line.get("annotated").and_then(Value::as_u64).unwrap_or(0);
                measured.peak_bytes = line.get("peak_memory_bytes").and_then(Value::as_u64);
                let stages = line.get("stages").and_then(Value::as_array);
                for stage in stages.into_iter().flatten() {
                    let layer = stage.get("layer").and_then(Value::as_str).unwrap_or_default();
                    let seconds = stage.get("seconds").and_then(Value::as_f64).unwrap_or(0.0);
                    measured.stages.push((layer.to_owned(), seconds));
                }
            }
            _ => {}
        }
    }
    let status = child.wait()?;
    if !is_done || !status.success() {
        bail!("expected the run to end well, found {status}");
    }
    Ok(measured)
}

impl Join {
    /// `comparison 1.20 s, 1.90 s of CPU, 91000 candidates, 20 pairs`.
    pub fn line(&self) -> String {
        let Self { seconds, cpu_seconds, candidates, pairs } = self;
        format!(
            "comparison {seconds:.2} s, {cpu_seconds:.2} s of CPU, {candidates} candidates, {pairs} pairs"
        )
    }
}

impl Measured {
    /// `88.6 MB of text in 2.10 s: 42.2 MB/s; 3.90 s of CPU: 22.7 MB a CPU second`.
    pub fn line(&self) -> String {
        line(self.text_bytes, self.seconds, self.cpu_seconds)
    }

    /// Where the time goes: what the stages took, the commits, and the rest of the CPU time.
    pub fn parts(&self) -> Vec<(String, f64)> {
        let mut parts = self.stages.clone();
        parts.push(("commit".to_owned(), self.commit_seconds));
        parts.push(("all CPU".to_owned(), self.cpu_seconds));
        parts
    }
}

pub fn line(text_bytes: u64, seconds: f64, cpu_seconds: f64) -> String {
    let mb = text_bytes as f64 / MB;
    format!(
        "{mb:.1} MB of text in {seconds:.2} s: {:.1} MB/s; {cpu_seconds:.2} s of CPU: {:.1} MB a second of it",
        mb / seconds.max(1e-9),
        mb / cpu_seconds.max(1e-9)
    )
}
