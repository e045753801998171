//! The peer: DuckDB writes the same text to Parquet once.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::run;

/// What DuckDB took.
pub struct Peer {
    pub seconds: f64,
    pub cpu_seconds: f64,
}

impl Peer {
    pub fn line(&self, text_bytes: u64) -> String {
        run::line(text_bytes, self.seconds, self.cpu_seconds)
    }
}

/// Reads the articles as DuckDB does best and writes them with the compression that we use.
const SCRIPT: &str = r#"
import json, resource, sys, time
import duckdb
source, target, threads = sys.argv[1:]
database = duckdb.connect()
database.execute("set enable_progress_bar = false")
if int(threads):
    database.execute(f"set threads = {threads}")
start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
if source.endswith((".jsonl", ".ndjson")):
    read = f"select id, text from read_json('{source}', format='newline_delimited', maximum_object_size=268435456)"
else:
    read = f"select filename as id, content as text from read_text('{source}/**/*.txt')"
database.execute(f"copy ({read}) to '{target}' (format parquet, codec 'zstd', compression_level 3)")
after = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "seconds": time.perf_counter() - start,
    "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
}))
"#;

/// Writes the texts of `source` into `target`, which is removed again.
pub fn write(python: &str, source: &Path, target: &Path, threads: usize) -> anyhow::Result<Peer> {
    let output = Command::new(python)
        .args(["-c", SCRIPT])
        .args([source, target])
        .arg(threads.to_string())
        .output()
        .with_context(|| format!("expected to start `{python}`"))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        bail!("{}", error.trim().lines().last().unwrap_or("it failed without a word").to_owned());
    }
    // Best effort: the folder it stands in is removed in the end.
    let _ = std::fs::remove_file(target);
    let told = String::from_utf8_lossy(&output.stdout);
    let told: Value = serde_json::from_str(told.trim().lines().last().unwrap_or_default())?;
    let number = |key: &str| told.get(key).and_then(Value::as_f64).unwrap_or(0.0);
    Ok(Peer { seconds: number("seconds"), cpu_seconds: number("cpu_seconds") })
}
