//! A folder, and the binary at work in it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// What a finished command left.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    #[track_caller]
    pub fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        let said = format!("{}\n{}", self.out, self.err);
        assert!(said.contains(text), "expected `{text}` in:\n{said}");
        self
    }

    #[track_caller]
    pub fn fails_with(&self, text: &str) {
        self.exits(1);
        assert!(self.err.contains(text), "expected `{text}` in:\n{}", self.err);
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.exits(0).out).unwrap()
    }

    /// The rows of a table that `-o -` printed.
    pub fn rows(&self, table: &str) -> Vec<Value> {
        let rows = self.out.lines().map(|line| serde_json::from_str(line).unwrap());
        rows.filter(|row: &Value| row["table"] == table).collect()
    }

    /// A column of such a table, a line a row.
    pub fn column(&self, table: &str, column: &str) -> Vec<String> {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        self.rows(table).iter().map(|row| text(&row[column])).collect()
    }
}

/// A temporary folder in which the binary runs.
pub struct Desk(tempfile::TempDir);

impl Desk {
    /// With these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            desk.write(name, text);
        }
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn command<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postil"));
        command
            .args(args)
            .current_dir(self.0.path())
            .env_remove("POSTIL_MODELS")
            .env_remove("POSTIL_LOG");
        command
    }

    /// Runs the binary with arguments between spaces.
    pub fn postil(&self, args: &str) -> Run {
        run(self.command(args.split(' ')))
    }

    pub fn postil_with(&self, args: &[&str]) -> Run {
        run(self.command(args.iter().copied()))
    }

    pub fn postil_reads(&self, args: &[&str], stdin: &[u8]) -> Run {
        let mut command = self.command(args.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin).unwrap();
        finished(child.wait_with_output().unwrap())
    }

    /// Starts the binary and does not wait for it.
    pub fn start(&self, args: &str) -> Child {
        let mut command = self.command(args.split(' '));
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    #[track_caller]
    pub fn digest(&self, output: &str) -> String {
        self.postil(&format!("verify --digest {output}")).exits(0).out.trim().to_owned()
    }

    /// The parts of an output on the disk, by table.
    pub fn parts(&self, output: &str, table: &str) -> Vec<PathBuf> {
        let folder = fs::read_dir(self.path(output).join(table));
        let mut parts: Vec<PathBuf> = folder
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "parquet"))
            .collect();
        parts.sort();
        parts
    }

    /// Lines of the log: one that says whose folder it is, and one for each commit.
    pub fn lines_of_log(&self, output: &str) -> usize {
        let log = fs::read_to_string(self.path(output).join("postil.log.jsonl"));
        log.unwrap_or_default().matches('\n').count()
    }
}

pub fn run(mut command: Command) -> Run {
    finished(command.output().unwrap())
}

fn finished(output: std::process::Output) -> Run {
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
