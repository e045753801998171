//! The SQL that names exactly the files that count.

use std::fmt::Write as _;
use std::path::Path;

use super::manifest::Manifest;

/// One DuckDB view a table, over the exact list of its files, which also holds while a run is active.
pub(super) fn current(root: &Path, manifest: &Manifest) -> String {
    let folder = quoted(&folder(root));
    let mut sql = String::from(
        "-- The tables as of the last commit: `duckdb -init current.sql`.\n\
         -- `from 'articles/*.parquet'` says the same whenever no run is active.\n",
    );
    for (table, parts) in manifest.parts.iter().filter(|(_, parts)| !parts.is_empty()) {
        let files: Vec<String> =
            parts.iter().map(|part| format!("  '{folder}/{}'", quoted(&part.file))).collect();
        // Writing to a String cannot fail.
        let _ = write!(
            sql,
            "create or replace view {} as from read_parquet([\n{}\n], union_by_name = true);\n",
            table.name(),
            files.join(",\n")
        );
    }
    sql
}

/// The output folder as a query names it: as it was given, without a slash at the end.
pub(super) fn folder(root: &Path) -> String {
    let folder = root.display().to_string();
    match folder.trim_end_matches('/') {
        "" => folder,
        trimmed => trimmed.to_owned(),
    }
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}
