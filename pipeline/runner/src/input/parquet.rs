//! Parquet: one article a row.

use std::fs::File;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, make_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::json::LineDelimitedWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::reader::ChunkReader;
use serde_json::{Map, Value};

use super::fields::Fields;
use super::walk::{Place, Source};
use super::{BadInput, Input, Read, Reading, Records, guarded, record};

/// Bytes of a batch of rows, about.
const BATCH_BYTES: u64 = 4_000_000;
/// Rows of a batch, at most.
const MAX_BATCH: u64 = 1024;

/// Reads some rows after others; never a row group as a whole.
pub(super) struct Parquet {
    name: String,
    reading: Reading,
    reader: ParquetRecordBatchReader,
    fields: Fields,
    rows: std::vec::IntoIter<Map<String, Value>>,
    /// The row that was read last, from 1.
    row: u64,
    /// Bytes of the file a row, about.
    row_bytes: u64,
    over: bool,
}

impl Parquet {
    /// Opens a file and finds its columns.
    ///
    /// # Errors
    /// Why no row of it can be read.
    pub(super) fn open(source: &Source, reading: &Reading) -> Result<Self, String> {
        let Place::File(path) = &source.place else {
            return Err("Parquet can't be read from the standard input: name a file".to_owned());
        };
        let file = File::open(path).map_err(|error| format!("can't be read: {error}"))?;
        Self::new(source, file, reading)
    }

    /// Finds the columns of what is a file, or like one.
    pub(super) fn new(
        source: &Source,
        file: impl ChunkReader + 'static,
        reading: &Reading,
    ) -> Result<Self, String> {
        guarded(move || Self::read_footer(source, file, reading))?
    }

    fn read_footer(
        source: &Source,
        file: impl ChunkReader + 'static,
        reading: &Reading,
    ) -> Result<Self, String> {
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
        let schema = Arc::clone(builder.schema());
        let names: Vec<&str> = schema
            .fields()
            .iter()
            .filter(|field| reading.fields.is_told(field.name()) || !field.data_type().is_nested())
            .map(|field| field.name().as_str())
            .collect();
        let fields = Fields::find_all(&reading.fields, &names)?;
        let groups = builder.metadata().row_groups();
        let unsigned = |number: i64| u64::try_from(number).unwrap_or(0);
        let rows: u64 = groups.iter().map(|group| unsigned(group.num_rows())).sum::<u64>().max(1);
        let bytes: u64 = groups.iter().map(|group| unsigned(group.total_byte_size())).sum();
        let batch = (BATCH_BYTES / (bytes / rows).max(1)).clamp(1, MAX_BATCH);
        let reader = builder
            .with_batch_size(usize::try_from(batch).unwrap_or(1))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self {
            name: source.place.to_string(),
            reading: reading.clone(),
            reader,
            fields,
            rows: Vec::new().into_iter(),
            row: 0,
            row_bytes: source.bytes / rows,
            over: false,
        })
    }

    /// The next rows; `None` at the end.
    fn next_rows(&mut self) -> Result<Option<Vec<Map<String, Value>>>, String> {
        let (reader, fields) = (&mut self.reader, &self.fields);
        guarded(move || {
            let Some(batch) = reader.next() else { return Ok(None) };
            let batch = batch.map_err(|error| error.to_string())?;
            rows(&batch, fields).map(Some)
        })?
    }

    fn bad(&self, row: u64, error: String, id: Option<String>) -> BadInput {
        BadInput {
            source: format!("{}:{row}", self.name),
            article_id: id,
            error,
            content_hash: None,
            bytes: self.row_bytes,
        }
    }
}

impl Records for Parquet {
    fn next(&mut self) -> Option<Read> {
        loop {
            if let Some(row) = self.rows.next() {
                self.row += 1;
                let source = format!("{}:{}", self.name, self.row);
                return Some(match record::article(row, &self.fields, &source, &self.reading) {
                    Ok(article) => Ok(Input { article, bytes: self.row_bytes }),
                    Err((error, id)) => Err(self.bad(self.row, error, id)),
                });
            }
            if self.over {
                return None;
            }
            match self.next_rows() {
                Ok(Some(rows)) => self.rows = rows.into_iter(),
                Ok(None) => self.over = true,
                Err(error) => {
                    self.over = true;
                    let error = format!("can't be read: {error}; the rest of the file is not read");
                    return Some(Err(self.bad(self.row + 1, error, None)));
                }
            }
        }
    }

    fn fields(&self) -> Option<&Fields> {
        Some(&self.fields)
    }
}

/// The rows of a batch as records: the text straight from its column, everything else as the JSON
/// that Arrow writes for it.
fn rows(batch: &RecordBatch, fields: &Fields) -> Result<Vec<Map<String, Value>>, String> {
    let schema = batch.schema();
    let told = |error: arrow::error::ArrowError| error.to_string();
    let mut texts: Option<StringArray> = None;
    let mut others: (Vec<Field>, Vec<ArrayRef>) = Default::default();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        if *field.name() == fields.text {
            // What is no UTF-8 becomes null, and the row a dead letter.
            let text = cast(column, &DataType::Utf8).map_err(told)?;
            texts = Some(text.as_string::<i32>().clone());
            continue;
        }
        let column = plain(column).map_err(told)?;
        others.0.push(Field::new(field.name(), column.data_type().clone(), true));
        others.1.push(column);
    }
    let mut records: Vec<Map<String, Value>> = match others.1.is_empty() {
        true => vec![Map::new(); batch.num_rows()],
        false => {
            let others = RecordBatch::try_new(Arc::new(Schema::new(others.0)), others.1);
            let mut writer = LineDelimitedWriter::new(Vec::new());
            writer.write(&others.map_err(told)?).map_err(told)?;
            writer.finish().map_err(told)?;
            let lines = writer.into_inner();
            serde_json::Deserializer::from_slice(&lines)
                .into_iter()
                .collect::<Result<_, _>>()
                .map_err(|error| error.to_string())?
        }
    };
    if let Some(texts) = texts {
        for (record, text) in records.iter_mut().zip(&texts) {
            let text = text.map_or(Value::Null, |text| Value::String(text.to_owned()));
            record.insert(fields.text.clone(), text);
        }
    }
    Ok(records)
}

/// A column as it can be written as JSON: bytes as the text they mostly are, times of a named zone as
/// UTC, which is what they are stored in.
fn plain(column: &ArrayRef) -> Result<ArrayRef, arrow::error::ArrowError> {
    match column.data_type() {
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            let text = cast(column, &DataType::Utf8)?;
            // Bytes that are no text stay bytes (in hexadecimal).
            Ok(if text.null_count() == column.null_count() { text } else { Arc::clone(column) })
        }
        DataType::Timestamp(unit, Some(_)) => {
            let utc = DataType::Timestamp(*unit, Some("+00:00".into()));
            Ok(make_array(column.to_data().into_builder().data_type(utc).build()?))
        }
        _ => Ok(Arc::clone(column)),
    }
}
