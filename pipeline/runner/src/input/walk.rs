//! Lists the files behind the paths that a person names.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};
use postil_contract::nearest;

use crate::error::Error;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One article, verbatim.
    Text,
    /// One JSON object a line, each an article.
    Records,
}

/// A file to be read.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
    /// The article's id; `None` for a file of many.
    pub(crate) id: Option<String>,
    /// Its length on the disk.
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

/// Lists the files of the inputs, without reading any.
///
/// # Errors
/// A path that is not there, two files of one id, or no article at all.
pub(crate) fn list(inputs: &[PathBuf], output: &Path) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    let mut seen = HashSet::new();
    let mut found: Vec<Found> = Vec::new();
    for input in inputs {
        let metadata = std::fs::metadata(input).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => no_such_input(input),
            _ => Error::Io { action: "read", path: input.clone(), source },
        })?;
        if metadata.is_dir() {
            walk(input, output, &mut listing, &mut found);
        } else {
            // A file is what it would be if its folder were named: `seeds/*.txt` is `seeds`.
            let folder = input.parent().filter(|parent| !parent.as_os_str().is_empty());
            found.push(Found {
                prefix: folder_name(folder.unwrap_or(Path::new("."))),
                relative: input.file_name().map(PathBuf::from).unwrap_or_default(),
                kind: kind(input).unwrap_or(Kind::Text),
                bytes: metadata.len(),
                path: input.clone(),
            });
        }
    }
    // A file named twice, or inside a folder that is named too, is one file.
    found.retain(|file| {
        seen.insert(std::fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone()))
    });
    listing.sources = identify(found)?;
    if listing.sources.is_empty() {
        return Err(no_articles(inputs, &listing));
    }
    Ok(listing)
}

struct Found {
    /// Name of the input argument's folder.
    prefix: String,
    /// Path below it.
    relative: PathBuf,
    path: PathBuf,
    kind: Kind,
    bytes: u64,
}

fn walk(folder: &Path, output: &Path, listing: &mut Listing, found: &mut Vec<Found>) {
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
        let Some(kind) = kind(entry.path()) else {
            let extension = entry.path().extension().map(|e| format!(".{}", e.to_string_lossy()));
            *listing.skipped.entry(extension.unwrap_or_default()).or_default() += 1;
            continue;
        };
        found.push(Found {
            prefix: prefix.clone(),
            relative: entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_owned(),
            bytes: entry.metadata().map_or(0, |metadata| metadata.len()),
            path: entry.into_path(),
            kind,
        });
    }
}

/// Whether the file speaks of its folder instead of being an article.
fn is_of_the_folder(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().to_ascii_uppercase();
    name.starts_with("README") || name.starts_with("LICENSE") || name == "POSTIL.TOML"
}

/// How a file of this extension is read; `None` where no reader knows it.
fn kind(path: &Path) -> Option<Kind> {
    let extension = path.extension()?.to_string_lossy().to_ascii_lowercase();
    match extension.as_str() {
        "txt" | "md" => Some(Kind::Text),
        "jsonl" | "ndjson" => Some(Kind::Records),
        _ => None,
    }
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
    let short = |file: &Found| id(file, &file.relative.with_extension(""));
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for file in found.iter().filter(|file| file.kind == Kind::Text) {
        *uses.entry(short(file)).or_default() += 1;
    }
    let mut sources: Vec<Source> = found
        .into_iter()
        .map(|file| {
            let id = (file.kind == Kind::Text).then(|| {
                let short = short(&file);
                match uses.get(&short) {
                    Some(1) => short,
                    _ => id(&file, &file.relative),
                }
            });
            Source { id, path: file.path, kind: file.kind, bytes: file.bytes }
        })
        .collect();
    sources.sort_by(|a, b| {
        let key = |source: &Source| (source.id.is_none(), source.id.clone());
        key(a).cmp(&key(b)).then_with(|| a.path.cmp(&b.path))
    });
    for pair in sources.windows(2) {
        if let [first, second] = pair
            && let (Some(id), true) = (&first.id, first.id == second.id)
        {
            return Err(Error::SameId {
                id: id.clone(),
                first: first.path.display().to_string(),
                second: second.path.display().to_string(),
            });
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
            "no .txt, .md or .jsonl file in it (README*, LICENSE*, gold/, hidden files and the \
             output folder are passed over)"
                .to_owned()
        }
        (_, false) => format!(
            "only files of other kinds than .txt, .md and .jsonl ({}); a file that you name itself \
             is read as text",
            skipped.join(", ")
        ),
    };
    Error::NoArticles { inputs: inputs.join(", "), reason }
}
