//! Puts an output in order whose parts were damaged or removed by others.

use std::collections::HashMap;

use arrow::array::Array;
use arrow::datatypes::Int32Type;
use postil_contract::Layer;
use postil_tables::read::text_column;
use postil_tables::{CoverageStatus, TableId, parquet_io};
use xxhash_rust::xxh3::xxh3_64;

use super::commit::{Transaction, values, without};
use super::manifest::Part;
use super::parts::Parts;
use super::store::{Store, check_part};
use crate::error::Error;

/// Takes the parts that are missing or have another length than the log says out of the log, and with
/// them what `coverage` says of the rows that are lost, so that the run at hand makes these anew. Gives
/// the files and what was found of each.
pub(crate) fn repair(store: &mut Store, run_id: &str) -> Result<Vec<(String, String)>, Error> {
    let mut damaged: Vec<(TableId, Part, String)> = Vec::new();
    for (table, parts) in &store.manifest.parts {
        for part in parts {
            match check_part(&store.root, part) {
                Ok(()) => {}
                Err(Error::Part { found, .. }) => {
                    damaged.push((table.clone(), part.clone(), found));
                }
                Err(error) => return Err(error),
            }
        }
    }
    if damaged.is_empty() {
        return Ok(Vec::new());
    }
    let is_damaged = |part: &Part| damaged.iter().any(|(_, other, _)| other.file == part.file);
    // Rows that are left, by layer and article.
    let mut left: HashMap<TableId, HashMap<u64, usize>> = HashMap::new();
    for (table, _, _) in damaged.iter().filter(|(table, _, _)| is_of_a_layer(table)) {
        if left.contains_key(table) {
            continue;
        }
        let mut rows: HashMap<u64, usize> = HashMap::new();
        for part in store.manifest.parts(table).iter().filter(|part| !is_damaged(part)) {
            let path = store.root.join(&part.file);
            for batch in parquet_io::read_columns(&path, Some(&["article_id"]))? {
                for id in text_column(table.name(), &batch, "article_id")?.iter().flatten() {
                    *rows.entry(xxh3_64(id.as_bytes())).or_default() += 1;
                }
            }
        }
        left.insert(table.clone(), rows);
    }
    let (pairs, clusters) = (TableId::Duplicates, TableId::DuplicateClusters);
    let is_lost = |lost: &TableId| damaged.iter().any(|(table, _, _)| table == lost);
    let (lost_pairs, lost_clusters) = (is_lost(&pairs), is_lost(&clusters));

    let mut transaction = Transaction::new(store, run_id, Parts::default());
    for (_, part, _) in &damaged {
        transaction.remove_part(&part.file);
    }
    let coverage = TableId::Coverage;
    transaction.remove_rows(
        &coverage,
        |_| Ok(!left.is_empty()),
        |batch| {
            let id = values(&coverage, batch, "article_id")?;
            let stage = values(&coverage, batch, "stage")?;
            let status = values(&coverage, batch, "status")?;
            let n_rows = batch
                .column_by_name("n_rows")
                .and_then(|column| arrow::array::AsArray::as_primitive_opt::<Int32Type>(column));
            without(&coverage, batch, |row| {
                let Some(rows) = table_of(stage.value(row)).and_then(|table| left.get(&table))
                else {
                    return false;
                };
                let found = rows.get(&xxh3_64(id.value(row).as_bytes())).copied().unwrap_or(0);
                let expected = n_rows.filter(|column| column.is_valid(row)).map(|c| c.value(row));
                status.value(row) == CoverageStatus::Ok.as_str()
                    && expected.and_then(|rows| usize::try_from(rows).ok()) != Some(found)
            })
        },
    )?;
    if lost_pairs {
        transaction.compare_all();
    } else if lost_clusters {
        transaction.mark_join_pending();
    }
    transaction.commit()?;
    Ok(damaged.into_iter().map(|(_, part, found)| (part.file, found)).collect())
}

/// The table that a stage's rows are in, by the layer's name.
fn table_of(layer: &str) -> Option<TableId> {
    match layer.parse::<Layer>() {
        Ok(layer) => TableId::of_layer(&layer),
        Err(never) => match never {},
    }
}

/// Whether `coverage` counts the rows of this table.
const fn is_of_a_layer(table: &TableId) -> bool {
    !matches!(
        table,
        TableId::Articles
            | TableId::Coverage
            | TableId::Runs
            | TableId::DeadLetters
            | TableId::Duplicates
            | TableId::DuplicateClusters
    )
}
