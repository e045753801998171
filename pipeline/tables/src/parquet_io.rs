//! Parquet files: the settings and the footer that every part has.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{DEFAULT_PAGE_SIZE, EnabledStatistics, WriterProperties};
use sha2::{Digest, Sha256};

use crate::error::TableError;
use crate::schema::{INTERVAL, OFFSET_UNIT, SCHEMA_VERSION, TableId};

/// Rows of a row group at most: DuckDB's own row group, so that one of its threads takes one of ours.
pub const MAX_ROW_GROUP_ROWS: usize = 122_880;
/// Encoded bytes of a row group at most, so that a table of long texts is read in pieces.
pub const MAX_ROW_GROUP_BYTES: usize = 64 << 20;

/// How much work and memory a file is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// For the parts of a run: zstd 1, which against zstd 3 saves a tenth of the CPU of a pipeline
    /// without models, for files that are a sixth larger; and small pages and a row group for each
    /// batch, because a run has a part of every table in work.
    Often,
    /// For what is written once to be kept: zstd 3, row groups as large as they may be.
    Once,
}

impl Effort {
    const fn level(self) -> i32 {
        match self {
            Self::Often => 1,
            Self::Once => 3,
        }
    }

    /// Bytes of a page before compression, about.
    const fn page_bytes(self) -> usize {
        match self {
            Self::Often => 128 << 10,
            Self::Once => DEFAULT_PAGE_SIZE,
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Rows of the file.
    pub rows: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// Columns of running text. Hardly a value repeats, so a dictionary would only be built to be thrown
/// away, and the least and the greatest text help no query.
const RUNNING_TEXT: [&str; 3] = ["text", "a_text", "b_text"];

/// Writes batches into one file of a run and syncs it to the disk. The batches must be sorted by the
/// table's key, one after another, and have one schema.
///
/// # Errors
/// Where the file can't be created or written; a file begun is left for the caller to remove.
pub fn write(path: &Path, table: &TableId, batches: &[RecordBatch]) -> Result<Written, TableError> {
    let schema = batches.first().map_or_else(|| table.schema(), RecordBatch::schema);
    let mut writer = PartWriter::create(path, table, schema, Effort::Often)?;
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()
}

/// A file that is written batch by batch, so that no more than a row group of it is in memory.
pub struct PartWriter {
    path: PathBuf,
    writer: ArrowWriter<Hashing<BufWriter<File>>>,
    effort: Effort,
    rows: u64,
}

impl PartWriter {
    /// Begins a file of a table with this schema.
    ///
    /// # Errors
    /// Where the file can't be created.
    pub fn create(
        path: &Path,
        table: &TableId,
        schema: SchemaRef,
        effort: Effort,
    ) -> Result<Self, TableError> {
        let parquet = |source: ParquetError| TableError::Parquet { path: path.to_owned(), source };
        let io = |source: std::io::Error| TableError::Io { path: path.to_owned(), source };
        let properties = properties(table, &schema, effort).map_err(parquet)?;
        let file = File::create(path).map_err(io)?;
        let hashing = Hashing { inner: BufWriter::new(file), sha256: Sha256::new(), bytes: 0 };
        let writer = ArrowWriter::try_new(hashing, schema, Some(properties)).map_err(parquet)?;
        Ok(Self { path: path.to_owned(), writer, effort, rows: 0 })
    }

    /// Adds rows, which must come after those before by the table's key.
    ///
    /// # Errors
    /// Where the schema is another, or the disk refuses.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        self.rows += batch.num_rows() as u64;
        let written = self.writer.write(batch).and_then(|()| match self.effort {
            Effort::Often => self.writer.flush(),
            Effort::Once => Ok(()),
        });
        written.map_err(|source| TableError::Parquet { path: self.path.clone(), source })
    }

    /// Bytes so far: those written, and about those of the row group in work.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        (self.writer.bytes_written() + self.writer.in_progress_size()) as u64
    }

    /// Writes the footer and syncs the file.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn finish(self) -> Result<Written, TableError> {
        let Self { path, mut writer, effort: _, rows } = self;
        let io = |source: std::io::Error| TableError::Io { path: path.clone(), source };
        writer.finish().map_err(|source| TableError::Parquet { path: path.clone(), source })?;
        // The writer's `into_inner` would tell a full disk in words alone, without the kind of error.
        writer.sync().map_err(io)?;
        let hashing = writer.inner_mut();
        hashing.flush().map_err(io)?;
        hashing.inner.get_ref().sync_all().map_err(io)?;
        let sha256 = hex(&hashing.sha256.clone().finalize());
        Ok(Written { rows, bytes: hashing.bytes, sha256 })
    }
}

fn properties(
    table: &TableId,
    schema: &SchemaRef,
    effort: Effort,
) -> Result<WriterProperties, ParquetError> {
    let footer = [
        ("postil.table", table.name()),
        ("postil.schema_version", SCHEMA_VERSION),
        ("postil.offset_unit", OFFSET_UNIT),
        ("postil.interval", INTERVAL),
    ];
    let sorting = table
        .key()
        .iter()
        .filter_map(|name| i32::try_from(schema.index_of(name).ok()?).ok())
        .map(|column_idx| SortingColumn { column_idx, descending: false, nulls_first: false })
        .collect();
    let level = ZstdLevel::try_new(effort.level())?;
    let mut builder = WriterProperties::builder()
        .set_created_by(concat!("postil ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_data_page_size_limit(effort.page_bytes())
        .set_max_row_group_row_count(Some(MAX_ROW_GROUP_ROWS))
        .set_max_row_group_bytes(Some(MAX_ROW_GROUP_BYTES))
        .set_sorting_columns(Some(sorting))
        .set_key_value_metadata(Some(
            footer
                .iter()
                .map(|(key, value)| KeyValue::new((*key).to_owned(), (*value).to_owned()))
                .collect(),
        ));
    for column in RUNNING_TEXT {
        builder = builder
            .set_column_dictionary_enabled(column.into(), false)
            .set_column_statistics_enabled(column.into(), EnabledStatistics::None);
    }
    Ok(builder.build())
}

/// Reads all batches of a file.
///
/// # Errors
/// Where the file is missing, truncated or not Parquet.
pub fn read(path: &Path) -> Result<Vec<RecordBatch>, TableError> {
    read_columns(path, None)
}

/// Reads all batches of a file, these columns only (all for `None`).
///
/// # Errors
/// Where the file is missing, truncated or not Parquet.
pub fn read_columns(path: &Path, columns: Option<&[&str]>) -> Result<Vec<RecordBatch>, TableError> {
    let parquet = |source: ParquetError| TableError::Parquet { path: path.to_owned(), source };
    let file =
        File::open(path).map_err(|source| TableError::Io { path: path.to_owned(), source })?;
    let mut builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(parquet)?;
    if let Some(columns) = columns {
        let mask = parquet::arrow::ProjectionMask::columns(
            builder.parquet_schema(),
            columns.iter().copied(),
        );
        builder = builder.with_projection(mask);
    }
    let reader = builder.build().map_err(parquet)?;
    reader
        .collect::<Result<_, _>>()
        .map_err(|error| parquet(ParquetError::ArrowError(error.to_string())))
}

/// Reads the batches of a file one at a time, each of at most `rows` rows, these columns only (all for
/// `None`).
///
/// # Errors
/// Where the file is missing or not Parquet; an item, where it is damaged further on.
pub fn stream(
    path: &Path,
    columns: Option<&[&str]>,
    rows: usize,
) -> Result<impl Iterator<Item = Result<RecordBatch, TableError>> + use<>, TableError> {
    let path = path.to_owned();
    let file = File::open(&path).map_err(|source| TableError::Io { path: path.clone(), source })?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|mut builder| {
            if let Some(columns) = columns {
                let mask = parquet::arrow::ProjectionMask::columns(
                    builder.parquet_schema(),
                    columns.iter().copied(),
                );
                builder = builder.with_projection(mask);
            }
            builder.with_batch_size(rows).build()
        })
        .map_err(|source| TableError::Parquet { path: path.clone(), source })?;
    Ok(reader.map(move |batch| {
        batch.map_err(|error| TableError::Parquet {
            path: path.clone(),
            source: ParquetError::ArrowError(error.to_string()),
        })
    }))
}

/// Rows of a file, from its footer alone.
///
/// # Errors
/// Where the file is missing, truncated or not Parquet.
pub fn rows(path: &Path) -> Result<u64, TableError> {
    let file =
        File::open(path).map_err(|source| TableError::Io { path: path.to_owned(), source })?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)
        .map_err(|source| TableError::Parquet { path: path.to_owned(), source })?;
    Ok(u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0))
}

/// The Arrow schema of a file, from its footer alone.
///
/// # Errors
/// Where the file is missing, truncated or not Parquet.
pub fn schema(path: &Path) -> Result<SchemaRef, TableError> {
    let file =
        File::open(path).map_err(|source| TableError::Io { path: path.to_owned(), source })?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)
        .map_err(|source| TableError::Parquet { path: path.to_owned(), source })?;
    Ok(builder.schema().clone())
}

/// SHA-256 of a file's bytes, 64 lower-case hexadecimal digits.
///
/// # Errors
/// Where the file can't be read.
pub fn sha256(path: &Path) -> Result<String, TableError> {
    const BUFFER: usize = 1 << 16;
    let io = |source: std::io::Error| TableError::Io { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(io)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = file.read(&mut buffer).map_err(io)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Hashes what it passes on, so that a part need not be read again for its hash.
struct Hashing<W> {
    inner: W,
    sha256: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.sha256.update(buffer.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
