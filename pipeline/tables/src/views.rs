//! The joined views people want, as SQL for DuckDB.

/// The views over the folder `output`, as the repository's `output/views.sql` shows them.
const VIEWS: &str = include_str!("../../../output/views.sql");

/// The views over another folder, named as DuckDB shall find it.
#[must_use]
pub fn sql(folder: &str) -> String {
    let folder = folder.trim_end_matches('/').replace('\'', "''");
    VIEWS.replace("'output/", &format!("'{folder}/"))
}
