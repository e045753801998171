//! Builds the columns of one batch by name, so that a row's code reads like the row.

use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, Float32Builder, Int32Builder, RecordBatch, StringBuilder,
    StringDictionaryBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Int32Type, SchemaRef};

use crate::error::TableError;

enum Builder {
    Text(StringBuilder),
    Label(StringDictionaryBuilder<Int32Type>),
    Int(Int32Builder),
    Float(Float32Builder),
    Timestamp(TimestampMicrosecondBuilder),
    /// Built elsewhere and given as a whole.
    Whole(Option<ArrayRef>),
}

/// A batch under construction.
pub(crate) struct Columns {
    table: String,
    schema: SchemaRef,
    /// By place in the schema.
    builders: Vec<Builder>,
    /// The column behind the last one written: rows are mostly written in the schema's order.
    next: usize,
}

impl Columns {
    pub(crate) fn new(table: &str, schema: SchemaRef) -> Self {
        let builders = schema
            .fields()
            .iter()
            .map(|field| match field.data_type() {
                DataType::Utf8 => Builder::Text(StringBuilder::new()),
                DataType::Dictionary(_, _) => Builder::Label(StringDictionaryBuilder::new()),
                DataType::Int32 => Builder::Int(Int32Builder::new()),
                DataType::Float32 => Builder::Float(Float32Builder::new()),
                DataType::Timestamp(_, _) => Builder::Timestamp(TimestampMicrosecondBuilder::new()),
                _ => Builder::Whole(None),
            })
            .collect();
        Self { table: table.to_owned(), schema, builders, next: 0 }
    }

    fn builder(&mut self, column: &str) -> Option<&mut Builder> {
        let fields = self.schema.fields();
        let at = match fields.get(self.next) {
            Some(field) if field.name() == column => self.next,
            _ => fields.iter().position(|field| field.name() == column)?,
        };
        self.next = if at + 1 < fields.len() { at + 1 } else { 0 };
        self.builders.get_mut(at)
    }

    /// Makes room in a column of text for so many rows and bytes. A column that grows by itself is
    /// copied each time that it does, and in the end holds up to twice what it needs.
    pub(crate) fn expect_text(&mut self, column: &str, rows: usize, bytes: usize) {
        if let Some(builder @ Builder::Text(_)) = self.builder(column) {
            *builder = Builder::Text(StringBuilder::with_capacity(rows, bytes));
        }
    }

    // A name that is not in the schema, or of another type, leaves its column short, and `finish`
    // refuses the batch with the column's name.

    pub(crate) fn text<'v>(&mut self, column: &str, value: impl Into<Option<&'v str>>) {
        let value = value.into();
        match self.builder(column) {
            Some(Builder::Text(builder)) => builder.append_option(value),
            Some(Builder::Label(builder)) => builder.append_option(value),
            _ => {}
        }
    }

    pub(crate) fn int(&mut self, column: &str, value: impl Into<Option<i32>>) {
        if let Some(Builder::Int(builder)) = self.builder(column) {
            builder.append_option(value.into());
        }
    }

    pub(crate) fn float(&mut self, column: &str, value: impl Into<Option<f32>>) {
        if let Some(Builder::Float(builder)) = self.builder(column) {
            builder.append_option(value.into());
        }
    }

    pub(crate) fn timestamp(&mut self, column: &str, value: impl Into<Option<i64>>) {
        if let Some(Builder::Timestamp(builder)) = self.builder(column) {
            builder.append_option(value.into());
        }
    }

    pub(crate) fn whole(&mut self, column: &str, array: ArrayRef) {
        if let Some(Builder::Whole(slot)) = self.builder(column) {
            *slot = Some(array);
        }
    }

    pub(crate) fn finish(self) -> Result<RecordBatch, TableError> {
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.builders.len());
        for (field, builder) in self.schema.fields().iter().zip(self.builders) {
            let array: Option<ArrayRef> = match builder {
                Builder::Text(mut builder) => {
                    let mut array = builder.finish();
                    // The builder may have room for up to twice as much.
                    array.shrink_to_fit();
                    Some(Arc::new(array))
                }
                Builder::Label(mut builder) => Some(Arc::new(builder.finish())),
                Builder::Int(mut builder) => Some(Arc::new(builder.finish())),
                Builder::Float(mut builder) => Some(Arc::new(builder.finish())),
                Builder::Timestamp(mut builder) => Some(Arc::new(builder.finish())),
                Builder::Whole(array) => array,
            };
            arrays.push(array.ok_or_else(|| TableError::Column {
                table: self.table.clone(),
                column: field.name().clone(),
                expected: "the schema's type",
                found: "nothing".to_owned(),
            })?);
        }
        RecordBatch::try_new(self.schema, arrays).map_err(TableError::arrow(&self.table))
    }
}

/// A count as a column holds it.
pub(crate) fn int32(what: &'static str, value: usize) -> Result<i32, TableError> {
    i32::try_from(value).map_err(|_| TableError::TooLarge { what, value })
}

/// An index as a column holds it.
pub(crate) fn index32(what: &'static str, value: u32) -> Result<i32, TableError> {
    int32(what, value as usize)
}
