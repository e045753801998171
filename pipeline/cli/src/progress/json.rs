//! A run as JSON lines on standard output, for programs.

use std::io::Write as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use postil_runner::{Event, Progress, Report};
use serde_json::{Value, json};

use super::meter::{Meter, Reading, lock};
use crate::usage;

/// Time between two lines of progress.
const EVERY: Duration = Duration::from_secs(1);

/// Writes one JSON object a line. Every object has an `event`: `listed`, `progress` (once a second),
/// `failed`, `committed`, `joining`, `joined`, `warning`, and at the end `done`.
pub struct JsonLines {
    meter: Mutex<Meter>,
    shown: Mutex<Instant>,
}

impl JsonLines {
    /// Lines that have not begun.
    pub fn new() -> Self {
        let now = Instant::now();
        Self { meter: Mutex::new(Meter::new(now)), shown: Mutex::new(now) }
    }

    /// The last line.
    pub fn done(&self, report: &Report, exit_code: i32) {
        let reading = lock(&self.meter).reading(Instant::now());
        let stages: Vec<Value> = report
            .stages
            .iter()
            .map(|stage| {
                json!({
                    "layer": stage.layer.as_str(),
                    "implementation": stage.implementation,
                    "model": stage.model,
                    "articles": stage.articles,
                    "failed": stage.failed,
                    "skipped": stage.skipped,
                    "rows": stage.rows,
                    "seconds": stage.seconds,
                })
            })
            .collect();
        let mut line = progress("done", &reading);
        if let Value::Object(line) = &mut line {
            line.remove("seconds_left");
            let more = json!({
                "exit_code": exit_code,
                "run_id": report.run_id,
                "output": report.output,
                "annotated": report.n_annotated,
                "text_bytes": report.bytes,
                "cpu_seconds": usage::cpu_seconds(),
                "peak_memory_bytes": usage::peak_memory_bytes(),
                "partly": report.partly,
                "failed": report.failed,
                "failed_before": report.failed_before,
                "pairs": report.pairs,
                "interrupted": report.interrupted,
                "stopped_at_failure": report.halted,
                "dry_run": report.dry_run,
                "join_pending": report.join_pending,
                "stages": stages,
            });
            if let Value::Object(more) = more {
                line.extend(more);
            }
        }
        write(&line);
    }

    fn show(&self) {
        {
            let Ok(mut shown) = self.shown.try_lock() else { return };
            if shown.elapsed() < EVERY {
                return;
            }
            *shown = Instant::now();
        }
        write(&progress("progress", &lock(&self.meter).reading(Instant::now())));
    }
}

fn progress(event: &str, reading: &Reading) -> Value {
    json!({
        "event": event,
        "articles": reading.articles,
        "unchanged": reading.unchanged,
        "failed": reading.failed,
        "words": reading.words,
        "bytes": reading.bytes,
        "total_bytes": reading.total_bytes,
        "words_per_second": reading.words_per_second.round(),
        "slowest_stage": reading.slowest.as_ref().map(|(stage, _)| stage),
        "seconds": reading.elapsed.as_secs_f64(),
        "seconds_left": reading.left.map(|left| left.as_secs_f64().round()),
    })
}

fn write(line: &Value) {
    let mut out = std::io::stdout().lock();
    // A program that has stopped listening is no reason to stop annotating.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

impl Progress for JsonLines {
    fn event(&self, event: Event<'_>) {
        lock(&self.meter).event(&event, Instant::now());
        match event {
            Event::Listed { sources, bytes } => {
                write(&json!({"event": "listed", "sources": sources, "bytes": bytes}));
            }
            Event::Skipped { extension, files } => {
                write(&json!({"event": "skipped", "extension": extension, "files": files}));
            }
            Event::Reading { source, how } => {
                write(&json!({"event": "reading", "source": source, "how": how}));
            }
            Event::Article { id, failed: Some(reason), .. } => {
                write(&json!({"event": "failed", "article": id, "reason": reason}));
            }
            Event::Committed { articles, parts, bytes, seconds } => write(&json!({
                "event": "committed",
                "articles": articles,
                "parts": parts,
                "bytes": bytes,
                "seconds": seconds,
            })),
            Event::Joining { articles, new } => {
                write(&json!({
                    "event": "joining",
                    "articles": articles,
                    "new": new,
                    "cpu_seconds": usage::cpu_seconds(),
                    "peak_memory_bytes": usage::peak_memory_bytes(),
                }));
            }
            Event::Joined { candidates, pairs, seconds } => write(&json!({
                "event": "joined",
                "candidates": candidates,
                "pairs": pairs,
                "seconds": seconds,
                "cpu_seconds": usage::cpu_seconds(),
            })),
            Event::Warning(text) => write(&json!({"event": "warning", "text": text})),
            Event::Unchanged { .. } | Event::Article { failed: None, .. } | Event::Stage { .. } => {
            }
        }
        self.show();
    }
}
