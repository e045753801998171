//! What can go wrong with tables.

use std::path::PathBuf;

/// What can go wrong with tables.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Arrow refused: columns of unequal length, a value of another type.
    #[error("table `{table}`: {source}")]
    Arrow {
        /// The table.
        table: String,
        /// Arrow's words.
        source: arrow::error::ArrowError,
    },
    /// A file could not be written or read as Parquet.
    #[error("{path}: {source}")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// Parquet's words.
        source: parquet::errors::ParquetError,
    },
    /// A file could not be opened, written, synced or read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A column is missing or of another type than the schema says.
    #[error("table `{table}`: expected a column `{column}` of {expected}, found {found}")]
    Column {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The type expected.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A row says what no row of this table may say.
    #[error("table `{table}`, article `{article_id}`: {reason}")]
    Row {
        /// The table.
        table: String,
        /// The article of the row.
        article_id: String,
        /// What is wrong.
        reason: String,
    },
    /// A count or an offset does not fit the 32 bits of its column.
    #[error("{what} {value} is more than a table can hold ({max})", max = i32::MAX)]
    TooLarge {
        /// What was counted.
        what: &'static str,
        /// The count.
        value: usize,
    },
}

impl TableError {
    pub(crate) fn arrow(table: &str) -> impl FnOnce(arrow::error::ArrowError) -> Self + use<'_> {
        move |source| Self::Arrow { table: table.to_owned(), source }
    }
}
