//! The tables: what a run leaves behind.
//!
//! - [`TableId`]: the tables, their keys, their Arrow schemas.
//! - [`rows`]: layers and run records as [`arrow::array::RecordBatch`]es, spans turned from bytes
//!   into Unicode code points.
//! - [`read`]: the way back.
//! - [`parquet_io`]: files, with the settings and the footer every part has.
//! - [`digest`]: one hash for what a dataset says, however it is cut into files.
//! - [`views`]: the SQL views people want.

mod columns;
pub mod digest;
mod error;
pub mod parquet_io;
pub mod read;
pub mod rows;
mod schema;
pub mod views;

pub use error::TableError;
pub use rows::{
    ArticleRow, CoverageRow, CoverageStatus, DeadLetterRow, LayerTables, RunRow, articles_to_batch,
    clusters_to_batch, coverage_to_batch, dead_letters_to_batch, empty_batch, layers_to_batches,
    pairs_to_batch, runs_to_batch, without_articles,
};
pub use schema::{EMBEDDING_DIM, INTERVAL, OFFSET_UNIT, SCHEMA_VERSION, TableId};
