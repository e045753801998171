//! The output folder, open for a run.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use postil_tables::{TableId, views};

use super::commit::Committed;
use super::lock::{LOCK, Lock};
use super::log::{Command, FORMAT, Line, Log};
use super::manifest::{Manifest, Part};
use super::parts::{NewPart, Unfinished};
use super::{LOG, TEMPORARY, is_part_name, sql};
use crate::error::Error;

/// The output folder, locked and in order.
#[derive(Debug)]
pub(crate) struct Store {
    pub(super) root: PathBuf,
    pub(super) log: Log,
    pub(super) manifest: Manifest,
    /// Number of the next part of this run.
    next_part: usize,
    /// What this run was started with, until its first commit has written it down.
    command: Option<Command>,
    /// What this run has made of the folder, to be undone where nothing is ever committed.
    made: Made,
    _lock: Lock,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Folder,
    Log,
    Nothing,
}

/// Files that may stand in a folder before the first run.
const WELCOME: [&str; 2] = ["README.md", "views.sql"];

impl Store {
    /// Opens a folder for a run: makes it where it is not there, locks it, cuts a torn line off the
    /// log, and removes the parts that the log does not name. Parts that are missing or have another
    /// length than the log says are for [`super::repair`].
    ///
    /// # Errors
    /// Where the folder is not ours, is in use, or can't be written.
    pub(crate) fn open(root: &Path, command: Option<Command>) -> Result<Self, Error> {
        let existed = root.exists();
        let has_log = root.join(LOG).is_file();
        if existed && !has_log {
            refuse_foreign(root)?;
        }
        fs::create_dir_all(root).map_err(Error::io("create", root))?;
        let lock = Lock::take(root)?;
        let (manifest, good) = match has_log {
            true => Manifest::read(root)?,
            false => (Manifest::default(), 0),
        };
        let path = root.join(LOG);
        let mut log = Log::open(&path, good)?;
        if good == 0 {
            // Says whose folder this is before anything else stands in it.
            let line = Line { format: FORMAT, at: now(), ..Line::default() };
            log.append(&path, &line)?;
        }
        let made = match (existed, has_log) {
            (false, _) => Made::Folder,
            (true, false) => Made::Log,
            (true, true) => Made::Nothing,
        };
        let root = root.to_owned();
        let store = Self { root, log, manifest, next_part: 0, command, made, _lock: lock };
        for stranger in strangers(&store.root, &store.manifest)? {
            fs::remove_file(&stranger).map_err(Error::io("remove", &stranger))?;
        }
        Ok(store)
    }

    /// Opens a folder that holds an output, for work other than a run.
    ///
    /// # Errors
    /// As [`Store::open`], and where there is no output.
    pub(crate) fn open_existing(root: &Path) -> Result<Self, Error> {
        match root.join(LOG).is_file() {
            true => Self::open(root, None),
            false => Err(Error::NoDataset { path: root.to_owned() }),
        }
    }

    /// Looks whether every part is there, with its length.
    ///
    /// # Errors
    /// Where one is not.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.manifest.parts.values().flatten().try_for_each(|part| check_part(&self.root, part))
    }

    /// What a run was started with, for its first commit.
    pub(super) fn command_of(&self, run_id: &str) -> Option<Command> {
        self.command.clone().filter(|_| !self.manifest.commands.contains_key(run_id))
    }

    /// Names the next part of a table, and sees to it that its folder is there.
    pub(super) fn new_part(&mut self, table: &TableId, run_id: &str) -> Result<NewPart, Error> {
        let folder = self.root.join(table.name());
        fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        let name = format!("part-{run_id}-{:05}.parquet", self.next_part);
        self.next_part += 1;
        Ok(NewPart {
            table: table.clone(),
            file: format!("{}/{name}", table.name()),
            temporary: folder.join(format!(".{name}{TEMPORARY}")),
            path: folder.join(name),
        })
    }

    /// Gives the parts of a line their names, makes these durable, and writes the line: from then on
    /// they count, and those that they replace go.
    pub(super) fn publish(
        &mut self,
        line: Line,
        mut unfinished: Unfinished,
    ) -> Result<(Committed, BTreeMap<TableId, Vec<String>>), Error> {
        let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
        let mut files: BTreeMap<TableId, Vec<String>> = BTreeMap::new();
        for part in &line.added {
            let (folder, name) = part.file.split_once('/').unwrap_or(("", &part.file));
            let folder = self.root.join(folder);
            fs::rename(folder.join(format!(".{name}{TEMPORARY}")), folder.join(name))
                .map_err(Error::io("rename", &folder.join(name)))?;
            folders.insert(folder);
            files.entry(TableId::from_name(&part.table)).or_default().push(part.file.clone());
        }
        for folder in &folders {
            sync_folder(folder)?;
        }
        sync_folder(&self.root)?;
        self.log.append(&self.root.join(LOG), &line)?;
        // From here on the commit has happened.
        unfinished.forget();
        self.manifest.apply(&line);
        self.write_sql()?;
        for file in &line.removed {
            // One that can't be removed now is removed when the folder is opened next.
            let _ = fs::remove_file(self.root.join(file));
        }
        let bytes = line.added.iter().map(|part| part.bytes).sum();
        Ok((Committed { parts: line.added.len(), bytes }, files))
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Writes the SQL files that show the last commit. They hold nothing that the log does not, so
    /// they are not synced.
    pub(super) fn write_sql(&self) -> Result<(), Error> {
        replace_file(&self.root.join("current.sql"), |file| {
            sql::write_current(file, &self.root, &self.manifest)
        })?;
        let views = views::sql(&sql::folder(&self.root));
        let path = self.root.join("views.sql");
        match fs::read_to_string(&path).is_ok_and(|old| old == views) {
            true => Ok(()),
            false => replace_file(&path, |file| file.write_all(views.as_bytes())),
        }
    }
}

/// A folder in which nothing was committed is left as it was found.
impl Drop for Store {
    fn drop(&mut self) {
        if self.made == Made::Nothing || self.manifest.commits > 0 {
            return;
        }
        // Best effort: what can't be removed does no harm, the next run takes it over.
        for table in TableId::BUILT_IN {
            let _ = fs::remove_dir(self.root.join(table.name()));
        }
        let _ = fs::remove_file(self.root.join(LOG));
        let _ = fs::remove_file(self.root.join(LOCK));
        if self.made == Made::Folder {
            let _ = fs::remove_dir(&self.root);
        }
    }
}

pub(super) fn refuse_foreign(root: &Path) -> Result<(), Error> {
    if !root.is_dir() {
        return Err(Error::ForeignOutput {
            path: root.to_owned(),
            found: "a file of that name".to_owned(),
        });
    }
    let mut foreign: Vec<String> = fs::read_dir(root)
        .map_err(Error::io("read", root))?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && !WELCOME.contains(&name.as_str()))
        .collect();
    foreign.sort();
    const SHOWN: usize = 3;
    if foreign.is_empty() {
        return Ok(());
    }
    let mut found = foreign.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if foreign.len() > SHOWN {
        found.push_str(", ...");
    }
    Err(Error::ForeignOutput { path: root.to_owned(), found })
}

/// Parts, finished or not, that the log does not name: those of a run that was killed, and those that
/// were replaced and could not be removed.
///
/// # Errors
/// Where a folder can't be read.
pub(crate) fn strangers(root: &Path, manifest: &Manifest) -> Result<Vec<PathBuf>, Error> {
    let mut strangers = Vec::new();
    for entry in fs::read_dir(root).map_err(Error::io("read", root))?.flatten() {
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let table = TableId::from_name(&entry.file_name().to_string_lossy());
        let live: HashSet<&str> =
            manifest.parts(&table).iter().map(|part| part.file.as_str()).collect();
        let folder = entry.path();
        for file in fs::read_dir(&folder).map_err(Error::io("read", &folder))?.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            let relative = format!("{}/{name}", table.name());
            if is_part_name(&name) && !live.contains(relative.as_str()) {
                strangers.push(file.path());
            }
        }
    }
    strangers.sort();
    Ok(strangers)
}

/// Looks whether a part is there, with its length.
pub(crate) fn check_part(root: &Path, part: &Part) -> Result<(), Error> {
    let path = root.join(&part.file);
    let found = match fs::metadata(&path) {
        Ok(metadata) if metadata.len() == part.bytes => return Ok(()),
        Ok(metadata) => format!("one of {} bytes", metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => "nothing".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(Error::Part { path, expected: part.bytes, found })
}

/// Makes the names in a folder durable.
fn sync_folder(folder: &Path) -> Result<(), Error> {
    // Only Unix can open a folder to sync it; elsewhere the rename itself has to do.
    if cfg!(unix) {
        File::open(folder).and_then(|file| file.sync_all()).map_err(Error::io("sync", folder))?;
    }
    Ok(())
}

fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), Error> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(TEMPORARY);
    let temporary = PathBuf::from(temporary);
    let replace = || {
        let mut file = BufWriter::new(File::create(&temporary)?);
        write(&mut file)?;
        file.flush()?;
        fs::rename(&temporary, path)
    };
    replace().map_err(|source| {
        let _ = fs::remove_file(&temporary);
        Error::Io { action: "write", path: path.to_owned(), source }
    })
}

/// The time, RFC 3339, UTC, to the second.
pub(super) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
