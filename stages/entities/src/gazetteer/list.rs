//! Reads a list of names, and reports everything that is wrong with it.

use std::collections::HashMap;
use std::path::Path;

use postil_contract::Problem;
use serde::Deserialize;

use super::matcher::fold;

/// Longest name of a list, in bytes.
const LONGEST: usize = 1000;

/// Problems of one list that are told one by one; the rest is counted.
const MANY: usize = 20;

/// A name of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: String,
    pub label: String,
    pub id: Option<String>,
    /// Line of the file, from 1.
    pub line: usize,
}

/// A list of names without conflicts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NameList {
    pub entries: Vec<Entry>,
}

/// A line of a .jsonl list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonLine {
    name: String,
    label: String,
    #[serde(default)]
    id: Option<String>,
    /// Other names of the same.
    #[serde(default)]
    aliases: Vec<String>,
}

/// Reads a list by the extension of its path.
///
/// # Errors
/// All problems, each with its line.
pub(super) fn parse(
    path: &Path,
    bytes: &[u8],
    case_sensitive: bool,
) -> Result<NameList, Vec<Problem>> {
    let mut reader = Reader { file: path.display().to_string(), ..Reader::default() };
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            match extension.as_str() {
                "tsv" | "tab" | "txt" => reader.table(text, b'\t'),
                "csv" => reader.table(text, b','),
                "jsonl" | "ndjson" => reader.json_lines(text),
                other => reader.problem(
                    0,
                    format!("expected a .tsv, .csv or .jsonl file, found the extension `{other}`"),
                ),
            }
        }
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            reader.problem(line, "is not UTF-8; save the file as UTF-8".to_owned());
        }
    }
    reader.finish(case_sensitive)
}

#[derive(Debug, Default)]
struct Reader {
    file: String,
    entries: Vec<Entry>,
    problems: Vec<Problem>,
}

impl Reader {
    fn problem(&mut self, line: usize, message: String) {
        let place = match line {
            0 => self.file.clone(),
            line => format!("{}:{line}", self.file),
        };
        self.problems.push(Problem::new("path", format!("{place}: {message}")));
    }

    fn add(&mut self, line: usize, name: &str, label: &str, id: Option<&str>) {
        let (name, label) = (name.trim(), label.trim());
        if name.is_empty() || label.is_empty() {
            let missing = if name.is_empty() { "name" } else { "label" };
            self.problem(line, format!("expected a {missing}, found an empty field"));
        } else if !name.contains(char::is_alphanumeric) {
            self.problem(line, format!("`{name}` has no letter and no digit"));
        } else if name.len() > LONGEST {
            self.problem(
                line,
                format!("a name of {} bytes is over the limit of {LONGEST}", name.len()),
            );
        } else {
            let id = id.map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned);
            self.entries.push(Entry { name: name.to_owned(), label: label.to_owned(), id, line });
        }
    }

    /// Columns name, label, id in this order, or as a first line that has `name` and `label` says.
    fn table(&mut self, text: &str, delimiter: u8) {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .quoting(delimiter == b',')
            .comment(Some(b'#'))
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut columns = (0, 1, Some(2));
        for (number, record) in reader.records().enumerate() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(0, |at| at.line());
                    self.problem(usize::try_from(line).unwrap_or(0), error.to_string());
                    continue;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            let line = usize::try_from(line).unwrap_or(0);
            if number == 0 {
                let find = |name: &str| {
                    record.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name))
                };
                if let (Some(name), Some(label)) = (find("name"), find("label")) {
                    columns = (name, label, find("id"));
                    continue;
                }
            }
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            match (record.get(columns.0), record.get(columns.1)) {
                (Some(name), Some(label)) => {
                    let id = columns.2.and_then(|id| record.get(id));
                    self.add(line, name, label, id);
                }
                _ => self.problem(
                    line,
                    format!("expected name, label and id, found {} field(s)", record.len()),
                ),
            }
        }
    }

    fn json_lines(&mut self, text: &str) {
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str::<JsonLine>(line) {
                Ok(entry) => {
                    for name in std::iter::once(&entry.name).chain(&entry.aliases) {
                        self.add(number + 1, name, &entry.label, entry.id.as_deref());
                    }
                }
                Err(error) => self.problem(number + 1, error.to_string()),
            }
        }
    }

    /// The list without repetitions, or all problems: also names that mean two things.
    fn finish(mut self, case_sensitive: bool) -> Result<NameList, Vec<Problem>> {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut entries: Vec<Entry> = Vec::new();
        for entry in std::mem::take(&mut self.entries) {
            let key = fold(&entry.name, case_sensitive);
            match seen.get(&key).and_then(|first| entries.get(*first)) {
                Some(first) if (&first.label, &first.id) == (&entry.label, &entry.id) => {}
                Some(first) => {
                    let what = |entry: &Entry| match &entry.id {
                        Some(id) => format!("{} {id}", entry.label),
                        None => entry.label.clone(),
                    };
                    let message = format!(
                        "`{}` is {} here and {} in line {}; keep one of them",
                        entry.name,
                        what(&entry),
                        what(first),
                        first.line
                    );
                    self.problem(entry.line, message);
                }
                None => {
                    seen.insert(key, entries.len());
                    entries.push(entry);
                }
            }
        }
        if entries.is_empty() && self.problems.is_empty() {
            self.problem(0, "has no names".to_owned());
        }
        if self.problems.is_empty() {
            return Ok(NameList { entries });
        }
        let rest = self.problems.len().saturating_sub(MANY);
        if rest > 0 {
            self.problems.truncate(MANY);
            self.problem(0, format!("and {rest} more problems"));
        }
        Err(self.problems)
    }
}
