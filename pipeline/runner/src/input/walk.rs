//! Lists the files behind the paths that a person names.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use ignore::{DirEntry, WalkBuilder};
use postil_contract::{Problem, nearest};

use crate::error::Error;

/// The input that stands for the standard input.
pub const STDIN: &str = "-";
/// The files that are read in a folder, for people.
const KNOWN: &str = ".txt, .md, .html, .jsonl, .csv, .tsv or .parquet";
/// Characters that make a path a pattern.
const WILDCARDS: [char; 4] = ['*', '?', '[', '{'];

/// How an input is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One article, verbatim.
    Text,
    /// One article: the main text of a web page.
    Html,
    /// One JSON object a line, each an article.
    JsonLines,
    /// A header and one article a row, fields apart by commas (or semicolons, or tabs).
    Csv,
    /// The same, fields apart by tabs.
    Tsv,
    /// One article a row.
    Parquet,
}

impl Format {
    const ALL: [Self; 6] =
        [Self::Text, Self::Html, Self::JsonLines, Self::Csv, Self::Tsv, Self::Parquet];

    /// The name by which it is asked for.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Html => "html",
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Parquet => "parquet",
        }
    }

    /// The format of a name.
    ///
    /// # Errors
    /// Where there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, Problem> {
        let names = Self::ALL.map(Self::as_str);
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == name)
            .ok_or_else(|| Problem::unknown("--format", "format", name, names))
    }

    /// Whether an input of it is one article.
    #[must_use]
    pub const fn is_one_article(self) -> bool {
        matches!(self, Self::Text | Self::Html)
    }
}

/// Where an input is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    File(PathBuf),
    Stdin,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Stdin => f.write_str("stdin"),
        }
    }
}

/// An input to be read.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) place: Place,
    /// How it is read; `None` where its first bytes must tell.
    pub(crate) format: Option<Format>,
    /// The article's id; `None` for a file of many, and for the standard input.
    pub(crate) id: Option<String>,
    /// Its length on the disk; 0 where that is not known.
    pub(crate) bytes: u64,
}

/// What the inputs hold.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Sorted by id; files of records after those of one article, by path.
    pub(crate) sources: Vec<Source>,
    /// Files passed over, by extension (with its dot).
    pub(crate) skipped: BTreeMap<String, usize>,
    /// Folders and files that could not be looked at.
    pub(crate) warnings: Vec<String>,
}

/// Lists the files of the inputs, without reading any. Every one is read as `format`, where that is
/// given.
///
/// # Errors
/// A path that is not there, two files of one id, or no article at all.
pub(crate) fn list(
    inputs: &[PathBuf],
    output: &Path,
    format: Option<Format>,
) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    let mut seen = HashSet::new();
    let mut found: Vec<Found> = Vec::new();
    let mut from_stdin = false;
    for input in inputs {
        if input.as_os_str() == STDIN {
            from_stdin = true;
            continue;
        }
        let metadata = match std::fs::metadata(input) {
            Ok(metadata) => metadata,
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
                let Some(pattern) = Pattern::new(input)? else { return Err(no_such_input(input)) };
                let before = found.len();
                walk(&pattern.folder.clone(), Some(&pattern), output, &mut listing, &mut found);
                if found.len() == before {
                    let help = ": no file fits the pattern".to_owned();
                    return Err(Error::NoSuchInput { path: input.clone(), help });
                }
                continue;
            }
            Err(source) => return Err(Error::Io { action: "read", path: input.clone(), source }),
        };
        if metadata.is_dir() {
            walk(input, None, output, &mut listing, &mut found);
        } else {
            // A file is what it would be if its folder were named: `seeds/*.txt` is `seeds`.
            let folder = input.parent().filter(|parent| !parent.as_os_str().is_empty());
            found.push(Found {
                prefix: folder_name(folder.unwrap_or(Path::new("."))),
                relative: input.file_name().map(PathBuf::from).unwrap_or_default(),
                format: named(input),
                bytes: metadata.len(),
                path: input.clone(),
            });
        }
    }
    // A file named twice, or inside a folder that is named too, is one file.
    found.retain(|file| {
        seen.insert(std::fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone()))
    });
    if let Some(format) = format {
        for file in &mut found {
            file.format = format;
        }
    }
    listing.sources = identify(found)?;
    if from_stdin {
        listing.sources.push(Source { place: Place::Stdin, format, id: None, bytes: 0 });
    }
    if listing.sources.is_empty() {
        return Err(no_articles(inputs, &listing));
    }
    Ok(listing)
}

/// A path with wildcards: the folder it begins with, and what the paths below it must look like.
struct Pattern {
    folder: PathBuf,
    rest: GlobMatcher,
    /// Whether it ends in an extension that no reader knows: then its files are named directly.
    names_kind: bool,
}

impl Pattern {
    /// The pattern of a path, if it is one. `*` and `?` stay inside a folder, `**` does not.
    fn new(input: &Path) -> Result<Option<Self>, Error> {
        let has_wildcard =
            |part: &Component<'_>| part.as_os_str().to_string_lossy().contains(WILDCARDS);
        let parts: Vec<Component<'_>> = input.components().collect();
        let Some(first) = parts.iter().position(has_wildcard) else { return Ok(None) };
        let (folder, rest) = parts.split_at_checked(first).unwrap_or_default();
        let rest: PathBuf = rest.iter().collect();
        let bad = |reason: String| Error::Pattern { pattern: input.to_owned(), reason };
        let text = rest.to_str().ok_or_else(|| bad("it is not UTF-8".to_owned()))?;
        let glob = GlobBuilder::new(text).literal_separator(true).build();
        let rest_matcher = glob.map_err(|error| bad(error.kind().to_string()))?.compile_matcher();
        let extension = rest.extension().map(|extension| extension.to_string_lossy().into_owned());
        let folder: PathBuf = match folder {
            [] => PathBuf::from("."),
            parts => parts.iter().collect(),
        };
        Ok(Some(Self {
            folder,
            rest: rest_matcher,
            names_kind: extension.is_some_and(|extension| !extension.contains(WILDCARDS)),
        }))
    }
}

struct Found {
    /// Name of the input argument's folder.
    prefix: String,
    /// Path below it.
    relative: PathBuf,
    path: PathBuf,
    format: Format,
    bytes: u64,
}

fn walk(
    folder: &Path,
    pattern: Option<&Pattern>,
    output: &Path,
    listing: &mut Listing,
    found: &mut Vec<Found>,
) {
    let prefix = folder_name(folder);
    let output = std::fs::canonicalize(output).ok();
    let is_output = move |entry: &DirEntry| {
        let Some(output) = &output else { return false };
        entry.file_type().is_some_and(|kind| kind.is_dir())
            && output.file_name() == Some(entry.file_name())
            && std::fs::canonicalize(entry.path()).is_ok_and(|path| path == *output)
    };
    let walk = WalkBuilder::new(folder)
        .standard_filters(false)
        .hidden(true)
        .follow_links(true)
        .add_custom_ignore_filename(".postilignore")
        .filter_entry(move |entry| {
            entry.depth() == 0
                || !(is_output(entry)
                    || entry.file_name() == "gold"
                        && entry.file_type().is_some_and(|kind| kind.is_dir()))
        })
        .build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                listing.warnings.push(error.to_string());
                continue;
            }
        };
        if !entry.file_type().is_some_and(|kind| kind.is_file()) || is_of_the_folder(&entry) {
            continue;
        }
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_owned();
        if pattern.is_some_and(|pattern| !pattern.rest.is_match(&relative)) {
            continue;
        }
        let is_named = pattern.is_some_and(|pattern| pattern.names_kind);
        let format = format_of_listed(entry.path());
        let Some(format) = format.or_else(|| is_named.then(|| named(entry.path()))) else {
            let extension = entry.path().extension().map(|e| format!(".{}", e.to_string_lossy()));
            *listing.skipped.entry(extension.unwrap_or_default()).or_default() += 1;
            continue;
        };
        found.push(Found {
            prefix: prefix.clone(),
            relative,
            bytes: entry.metadata().map_or(0, |metadata| metadata.len()),
            path: entry.into_path(),
            format,
        });
    }
}

/// Whether the file speaks of its folder instead of being an article.
fn is_of_the_folder(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().to_ascii_uppercase();
    name.starts_with("README") || name.starts_with("LICENSE") || name == "POSTIL.TOML"
}

/// How a file of this name is read; `None` where no reader knows it. A compressed one is what it is
/// when it is not.
fn format_of_listed(path: &Path) -> Option<Format> {
    match extension(path).as_str() {
        "gz" | "zst" => format_of_listed(Path::new(path.file_stem()?)),
        "txt" | "md" => Some(Format::Text),
        "html" | "htm" | "xhtml" => Some(Format::Html),
        "jsonl" | "ndjson" => Some(Format::JsonLines),
        "csv" => Some(Format::Csv),
        "tsv" => Some(Format::Tsv),
        "parquet" => Some(Format::Parquet),
        _ => None,
    }
}

/// How a file is read that a person named, whatever its name.
fn named(path: &Path) -> Format {
    format_of_listed(path).unwrap_or(match extension(path).as_str() {
        "json" => Format::JsonLines,
        _ => Format::Text,
    })
}

fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// A path without its extension, also without that of its compression.
fn without_extension(path: &Path) -> PathBuf {
    let is_compressed = matches!(extension(path).as_str(), "gz" | "zst");
    let plain = if is_compressed { path.with_extension("") } else { path.to_owned() };
    plain.with_extension("")
}

/// The name of a folder, also of `.` and `..`; empty for the root.
fn folder_name(folder: &Path) -> String {
    let named = match folder.components().next_back() {
        Some(Component::Normal(name)) => Some(name.to_owned()),
        _ => std::fs::canonicalize(folder)
            .ok()
            .and_then(|path| path.file_name().map(OsStr::to_owned)),
    };
    named.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Gives every file of one article its id: its path below the input's parent, without extension,
/// which stays where two would be the same.
fn identify(found: Vec<Found>) -> Result<Vec<Source>, Error> {
    let id = |file: &Found, relative: &Path| {
        let parts = relative.components().map(|part| part.as_os_str().to_string_lossy());
        let mut id = file.prefix.clone();
        for part in parts {
            if !id.is_empty() {
                id.push('/');
            }
            id.push_str(&part);
        }
        id
    };
    let short = |file: &Found| id(file, &without_extension(&file.relative));
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for file in found.iter().filter(|file| file.format.is_one_article()) {
        *uses.entry(short(file)).or_default() += 1;
    }
    let mut sources: Vec<Source> = found
        .into_iter()
        .map(|file| {
            let id = file.format.is_one_article().then(|| {
                let short = short(&file);
                match uses.get(&short) {
                    Some(1) => short,
                    _ => id(&file, &file.relative),
                }
            });
            Source {
                id,
                place: Place::File(file.path),
                format: Some(file.format),
                bytes: file.bytes,
            }
        })
        .collect();
    let path = |source: &Source| source.place.to_string();
    sources.sort_by(|a, b| {
        let key = |source: &Source| (source.id.is_none(), source.id.clone());
        key(a).cmp(&key(b)).then_with(|| path(a).cmp(&path(b)))
    });
    for pair in sources.windows(2) {
        if let [first, second] = pair
            && let (Some(id), true) = (&first.id, first.id == second.id)
        {
            return Err(Error::SameId { id: id.clone(), first: path(first), second: path(second) });
        }
    }
    Ok(sources)
}

fn no_such_input(path: &Path) -> Error {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let names: Vec<String> = std::fs::read_dir(folder.unwrap_or(Path::new(".")))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let near = nearest(&name, names.iter().map(String::as_str));
    let help = near.map_or_else(String::new, |near| {
        let near = folder.map_or_else(|| PathBuf::from(near), |folder| folder.join(near));
        format!(" (did you mean `{}`?)", near.display())
    });
    Error::NoSuchInput { path: path.to_owned(), help }
}

fn no_articles(inputs: &[PathBuf], listing: &Listing) -> Error {
    let inputs: Vec<String> = inputs.iter().map(|path| path.display().to_string()).collect();
    let skipped: Vec<String> = listing
        .skipped
        .iter()
        .map(|(extension, files)| match extension.as_str() {
            "" => format!("{files} without extension"),
            extension => format!("{files} {extension}"),
        })
        .collect();
    let reason = match (inputs.is_empty(), skipped.is_empty()) {
        (true, _) => "no input was named".to_owned(),
        (_, true) => {
            format!(
                "no {KNOWN} file in it (README*, LICENSE*, gold/, hidden files and the output \
                 folder are passed over)"
            )
        }
        (_, false) => format!(
            "only files of other kinds than {KNOWN} ({}); a file that you name itself is read as text",
            skipped.join(", ")
        ),
    };
    Error::NoArticles { inputs: inputs.join(", "), reason }
}
