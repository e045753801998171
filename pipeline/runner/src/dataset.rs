//! A finished output, read only.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use postil_contract::nearest;
use postil_contract::{Article, ClusterRole, ClusterRow, DuplicatePair, LayerSet, ParagraphKey};
use postil_tables::read::{self, text_column};
use postil_tables::{DeadLetterRow, RunRow, TableId, digest, parquet_io};

use crate::error::Error;
use crate::output::{self, Command, LOG, Manifest, Part, check_part};
use crate::plan::read_layers;
use crate::verify::{self, Verification};

/// The output of runs, read only. It may be read while a run writes to it: it shows the last commit
/// before it was opened, as long as the parts of that are still there.
#[derive(Debug)]
pub struct Dataset {
    root: PathBuf,
    manifest: Manifest,
}

/// A part that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartInfo {
    /// The file.
    pub path: PathBuf,
    /// Its rows.
    pub rows: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

impl Dataset {
    /// Opens an output folder.
    ///
    /// # Errors
    /// Where it holds no log, or a damaged one.
    pub fn open(root: &Path) -> Result<Self, Error> {
        if !root.join(LOG).is_file() {
            return Err(Error::NoDataset { path: root.to_owned() });
        }
        let (manifest, _) = Manifest::read(root)?;
        Ok(Self { root: root.to_owned(), manifest })
    }

    /// The folder, as given.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The tables, in order.
    #[must_use]
    pub fn tables(&self) -> Vec<TableId> {
        let parts = self.manifest.parts.iter();
        parts.filter(|(_, parts)| !parts.is_empty()).map(|(table, _)| table.clone()).collect()
    }

    /// The parts of a table that count.
    #[must_use]
    pub fn parts(&self, table: &TableId) -> Vec<PartInfo> {
        self.manifest
            .parts(table)
            .iter()
            .map(|part| PartInfo {
                path: self.root.join(&part.file),
                rows: part.rows,
                bytes: part.bytes,
                sha256: part.sha256.clone(),
            })
            .collect()
    }

    /// Rows of a table.
    #[must_use]
    pub fn rows(&self, table: &TableId) -> u64 {
        self.manifest.rows(table)
    }

    /// Commits so far.
    #[must_use]
    pub const fn commits(&self) -> usize {
        self.manifest.commits
    }

    /// Whether articles wait to be compared with the others.
    #[must_use]
    pub const fn join_pending(&self) -> bool {
        self.manifest.join_pending
    }

    /// When the output was written to last, RFC 3339, UTC; `None` before the first commit.
    #[must_use]
    pub fn last_commit(&self) -> Option<&str> {
        self.manifest.last_commit.as_deref()
    }

    /// The process that works on the output at the moment, where there is one: its id, or `0` where
    /// that is not known.
    #[must_use]
    pub fn in_use(&self) -> Option<u32> {
        output::holder(&self.root)
    }

    /// What the runs were started with whose dead letters are still there, in order of the runs. A run
    /// of which the log does not say it (it was not started from a command line) is left out.
    ///
    /// # Errors
    /// Where a part is missing or damaged.
    pub fn failed_commands(&self) -> Result<Vec<Command>, Error> {
        let mut runs: Vec<String> =
            self.dead_letters()?.into_iter().map(|letter| letter.run_id).collect();
        runs.sort();
        runs.dedup();
        let mut commands: Vec<Command> = Vec::new();
        for command in runs.iter().filter_map(|run| self.manifest.commands.get(run)) {
            if !commands.contains(command) {
                commands.push(command.clone());
            }
        }
        Ok(commands)
    }

    /// All rows of a table, part by part.
    ///
    /// # Errors
    /// Where a part is missing or damaged.
    pub fn batches(&self, table: &TableId) -> Result<Vec<RecordBatch>, Error> {
        let mut batches = Vec::new();
        for part in self.manifest.parts(table) {
            batches.extend(self.read(part)?);
        }
        Ok(batches)
    }

    fn read(&self, part: &Part) -> Result<Vec<RecordBatch>, Error> {
        check_part(&self.root, part)?;
        Ok(parquet_io::read(&self.root.join(&part.file))?)
    }

    /// The ids of all articles, sorted.
    ///
    /// # Errors
    /// Where a part is missing or damaged.
    pub fn ids(&self) -> Result<Vec<String>, Error> {
        let table = TableId::Articles;
        let mut ids = Vec::new();
        for part in self.manifest.parts(&table) {
            check_part(&self.root, part)?;
            let path = self.root.join(&part.file);
            for batch in parquet_io::read_columns(&path, Some(&["article_id"]))? {
                let column = text_column(table.name(), &batch, "article_id")?;
                ids.extend(column.iter().flatten().map(str::to_owned));
            }
        }
        ids.sort();
        Ok(ids)
    }

    /// The id that a person means: itself, else the only one that ends so, else the only one whose
    /// last part begins so (`001` for `seeds/001_4d27f343bf8ecd32`).
    ///
    /// # Errors
    /// Where no id is meant, or several are.
    pub fn find(&self, name: &str) -> Result<String, Error> {
        find(&self.ids()?, name, &self.root)
    }

    /// An article, and all its layers that have a table, spans in bytes.
    ///
    /// # Errors
    /// Where there is no article of this id, or a part is missing or damaged.
    pub fn article(&self, id: &str) -> Result<(Article, LayerSet), Error> {
        self.articles(&[id])?.pop().ok_or_else(|| Error::NoSuchArticle {
            id: id.to_owned(),
            path: self.root.clone(),
            help: String::new(),
        })
    }

    /// The articles of these ids that there are, sorted by id, each with all its layers that have a
    /// table, spans in bytes. A part is read once, however many of them it holds.
    ///
    /// # Errors
    /// Where a part is missing or damaged.
    pub fn articles(&self, ids: &[&str]) -> Result<Vec<(Article, LayerSet)>, Error> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        let mut articles: Vec<Article> = Vec::new();
        for part in self.manifest.parts(&TableId::Articles) {
            if part.holds(&self.root, &TableId::Articles, &ids)? {
                let found = read::articles(&self.read(part)?)?.into_iter().map(|row| row.article);
                articles.extend(found.filter(|a| ids.binary_search(&a.id.as_str()).is_ok()));
            }
        }
        articles.sort_by(|a, b| a.id.cmp(&b.id));
        let tables = BTreeSet::from([
            TableId::Paragraphs,
            TableId::Sentences,
            TableId::Entities,
            TableId::Stances,
            TableId::Signatures,
        ]);
        let refs: Vec<&Article> = articles.iter().collect();
        let mut layers = read_layers(&self.root, &self.manifest, &refs, &tables)?;
        let with_layers = |article: Article| {
            let layers = layers.remove(&article.id).unwrap_or_default();
            (article, layers)
        };
        Ok(articles.into_iter().map(with_layers).collect())
    }

    /// All verified pairs of paragraphs that repeat each other, sorted by key.
    ///
    /// # Errors
    /// Where a part is missing or damaged.
    pub fn pairs(&self) -> Result<Vec<DuplicatePair>, Error> {
        let mut pairs = read::pairs(&self.batches(&TableId::Duplicates)?)?;
        pairs.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
        Ok(pairs)
    }

    /// The pairs with a paragraph of this article, sorted by key.
    ///
    /// # Errors
    /// Where a part is missing or damaged.
    pub fn pairs_of(&self, id: &str) -> Result<Vec<DuplicatePair>, Error> {
        let mut pairs = Vec::new();
        for part in self.manifest.parts(&TableId::Duplicates) {
            if part.holds(&self.root, &TableId::Duplicates, &[id])? {
                pairs.extend(read::pairs(&self.read(part)?)?);
            }
        }
        pairs.retain(|pair| pair.a.article_id == id || pair.b.article_id == id);
        pairs.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
        Ok(pairs)
    }

    /// The clusters of repeats, sorted by key.
    ///
    /// # Errors
    /// Where a part is missing or damaged.
    pub fn clusters(&self) -> Result<Vec<ClusterRow>, Error> {
        let table = TableId::DuplicateClusters;
        let mut rows = Vec::new();
        for batch in self.batches(&table)? {
            let text = |column| text_column(table.name(), &batch, column);
            let (id, cluster, role) = (text("article_id")?, text("cluster_id")?, text("role")?);
            let (idx, size) = (verify::ints(&batch, "paragraph_idx"), verify::ints(&batch, "size"));
            for row in 0..batch.num_rows() {
                let int = |column: &[Option<i32>]| {
                    let value = column.get(row).copied().flatten();
                    value.and_then(|value| u32::try_from(value).ok()).unwrap_or(0)
                };
                rows.push(ClusterRow {
                    key: ParagraphKey {
                        article_id: id.value(row).to_owned(),
                        paragraph_idx: int(&idx),
                    },
                    cluster_id: cluster.value(row).to_owned(),
                    role: ClusterRole::parse(role.value(row)).unwrap_or(ClusterRole::Member),
                    size: int(&size),
                });
            }
        }
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(rows)
    }

    /// The rows of `runs`, in order of the runs.
    ///
    /// # Errors
    /// Where a part is missing or damaged.
    pub fn runs(&self) -> Result<Vec<RunRow>, Error> {
        let mut rows = read::runs(&self.batches(&TableId::Runs)?)?;
        rows.sort_by(|a, b| a.run_id.cmp(&b.run_id));
        Ok(rows)
    }

    /// What failed and has not been put right, by source.
    ///
    /// # Errors
    /// Where a part is missing or damaged.
    pub fn dead_letters(&self) -> Result<Vec<DeadLetterRow>, Error> {
        let mut rows = read::dead_letters(&self.batches(&TableId::DeadLetters)?)?;
        rows.sort_by(|a, b| a.source.cmp(&b.source));
        Ok(rows)
    }

    /// Reads everything again, and checks hashes, order, keys, joins and spans.
    ///
    /// # Errors
    /// Where the system refuses to read; what is wrong with the data is in the [`Verification`].
    pub fn verify(&self) -> Result<Verification, Error> {
        verify::verify(&self.root, &self.manifest)
    }

    /// One hash (64 lower-case hexadecimal digits) over the rows of all tables that tell of articles,
    /// whatever their order, their files, and the runs that wrote them.
    ///
    /// # Errors
    /// Where a part is missing or damaged.
    pub fn digest(&self) -> Result<String, Error> {
        let mut digests: Vec<(TableId, String)> = Vec::new();
        for table in self.tables().into_iter().filter(digest::counts) {
            if self.rows(&table) == 0 {
                continue;
            }
            let mut of_table = digest::TableDigest::default();
            for part in self.manifest.parts(&table) {
                for batch in self.read(part)? {
                    of_table.update(&table, &batch)?;
                }
            }
            digests.push((table, of_table.finish()));
        }
        Ok(digest::combine(digests.iter().map(|(table, digest)| (table, digest.as_str()))))
    }
}

fn find(ids: &[String], name: &str, root: &Path) -> Result<String, Error> {
    if ids.iter().any(|id| id == name) {
        return Ok(name.to_owned());
    }
    let last = |id: &str| id.rsplit('/').next().map(str::to_owned).unwrap_or_default();
    let mut matches: Vec<&String> = ids.iter().filter(|id| id.ends_with(name)).collect();
    if matches.is_empty() {
        matches = ids.iter().filter(|id| last(id).starts_with(name)).collect();
    }
    match matches.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let lasts: Vec<String> = ids.iter().map(|id| last(id)).collect();
            let near = nearest(name, ids.iter().chain(&lasts).map(String::as_str));
            let help = near.map_or_else(
                || format!(": it holds {} articles", ids.len()),
                |near| format!(" (did you mean `{near}`?)"),
            );
            Err(Error::NoSuchArticle { id: name.to_owned(), path: root.to_owned(), help })
        }
        several => {
            const SHOWN: usize = 5;
            let shown: Vec<&str> = several.iter().take(SHOWN).map(|id| id.as_str()).collect();
            let more = if several.len() > SHOWN { ", ..." } else { "" };
            Err(Error::AmbiguousArticle {
                id: name.to_owned(),
                count: several.len(),
                matches: format!("{}{more}", shown.join(", ")),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_found_by_a_unique_suffix_or_the_beginning_of_its_name() {
        let ids: Vec<String> =
            ["a/seeds/001_4d27", "a/seeds/002_a3b4", "b/001_4d27"].map(str::to_owned).to_vec();
        let find = |name| find(&ids, name, Path::new("output"));
        assert_eq!(find("a3b4").unwrap(), "a/seeds/002_a3b4");
        assert_eq!(find("b/001_4d27").unwrap(), "b/001_4d27");
        assert_eq!(find("002").unwrap(), "a/seeds/002_a3b4");
        let error = find("001_4d27").unwrap_err().to_string();
        assert!(error.contains("2 ids: a/seeds/001_4d27, b/001_4d27"), "{error}");
        let error = find("002_a3b5").unwrap_err().to_string();
        assert!(error.contains("did you mean"), "{error}");
    }
}
