//! One hash for what a dataset says, however it is cut into files and by whichever run.

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::xxh3_128;

use crate::error::TableError;
use crate::parquet_io::hex;
use crate::schema::TableId;

/// Columns that differ from run to run and say nothing of the articles.
const IGNORED: [&str; 1] = ["run_id"];

/// Whether a table counts for the digest: `runs` and `dead_letters` tell of runs, not of articles.
#[must_use]
pub const fn counts(table: &TableId) -> bool {
    !matches!(table, TableId::Runs | TableId::DeadLetters)
}

/// The digest of one table under construction. Rows may come in any order.
#[derive(Debug, Default)]
pub struct TableDigest {
    rows: Vec<u128>,
}

impl TableDigest {
    /// Takes in the rows of a batch.
    ///
    /// # Errors
    /// Where a column is of a type that can't be shown.
    pub fn update(&mut self, table: &TableId, batch: &RecordBatch) -> Result<(), TableError> {
        let options = FormatOptions::default().with_null("\u{0}null");
        let schema = batch.schema();
        let columns: Vec<_> = schema
            .fields()
            .iter()
            .zip(batch.columns())
            .filter(|(field, _)| !IGNORED.contains(&field.name().as_str()))
            .map(|(_, column)| ArrayFormatter::try_new(column.as_ref(), &options))
            .collect::<Result<_, _>>()
            .map_err(TableError::arrow(table.name()))?;
        let mut line = String::new();
        for row in 0..batch.num_rows() {
            line.clear();
            for column in &columns {
                use std::fmt::Write as _;
                let value = column.value(row);
                value.write(&mut line).map_err(TableError::arrow(table.name()))?;
                // A separator that no shown number holds keeps ("ab", "c") from ("a", "bc").
                let _ = write!(line, "\u{1f}");
            }
            self.rows.push(xxh3_128(line.as_bytes()));
        }
        Ok(())
    }

    /// Rows taken in.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The digest: SHA-256 over the sorted hashes of the rows, 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.rows.sort_unstable();
        let mut hash = Sha256::new();
        for row in self.rows {
            hash.update(row.to_le_bytes());
        }
        hex(&hash.finalize())
    }
}

/// The digest of a dataset from those of its tables, in the order of their names.
pub fn combine<'a>(tables: impl IntoIterator<Item = (&'a TableId, &'a str)>) -> String {
    let mut tables: Vec<(&str, &str)> =
        tables.into_iter().map(|(table, digest)| (table.name(), digest)).collect();
    tables.sort_unstable();
    let mut hash = Sha256::new();
    for (table, digest) in tables {
        hash.update(format!("{table} {digest}\n"));
    }
    hex(&hash.finalize())
}
