//! The SQL that names exactly the files that count.

use std::io::{self, Write};
use std::path::Path;

use super::manifest::Manifest;

/// One DuckDB view a table, over the exact list of its files, which also holds while a run is active.
pub(super) fn write_current(
    sql: &mut impl Write,
    root: &Path,
    manifest: &Manifest,
) -> io::Result<()> {
    let folder = quoted(&folder(root));
    write!(
        sql,
        "-- The tables as of the last commit: `duckdb -init current.sql`.\n\
         -- `from 'articles/*.parquet'` says the same whenever no run is active.\n"
    )?;
    for (table, parts) in manifest.parts.iter().filter(|(_, parts)| !parts.is_empty()) {
        write!(sql, "create or replace view {} as from read_parquet([", table.name())?;
        for (at, part) in parts.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(sql, "{comma}\n  '{folder}/{}'", quoted(&part.file))?;
        }
        writeln!(sql, "\n], union_by_name = true);")?;
    }
    Ok(())
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
