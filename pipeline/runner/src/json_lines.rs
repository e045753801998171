//! The rows of a dataset as JSON lines.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::json::LineDelimitedWriter;
use postil_tables::TableId;

use crate::dataset::Dataset;
use crate::error::Error;

impl Dataset {
    /// Writes every row of every table as a line: `{"table": "sentences", "article_id": ..., ...}`,
    /// without the columns that are null. Left out are the signatures, which say nothing to people,
    /// and the runs.
    ///
    /// # Errors
    /// Where a part is missing or damaged, or `out` can't be written.
    pub fn write_json_lines(&self, out: &mut impl Write) -> Result<(), Error> {
        let mut writer = LineDelimitedWriter::new(out);
        let failed = |error: arrow::error::ArrowError| Error::Print { reason: error.to_string() };
        for table in self.tables() {
            if matches!(table, TableId::Signatures | TableId::Runs) {
                continue;
            }
            for batch in self.batches(&table)? {
                writer.write(&named(table.name(), &batch).map_err(failed)?).map_err(failed)?;
            }
        }
        writer.finish().map_err(failed)
    }
}

/// The batch with the table's name before its columns.
fn named(table: &str, batch: &RecordBatch) -> Result<RecordBatch, arrow::error::ArrowError> {
    let name: ArrayRef = Arc::new(StringArray::from(vec![table; batch.num_rows()]));
    let mut columns = vec![name];
    columns.extend(batch.columns().iter().cloned());
    let mut fields = vec![Arc::new(Field::new("table", DataType::Utf8, false))];
    fields.extend(batch.schema().fields().iter().cloned());
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}
