"""Opens a run's output in DuckDB and in Polars and checks what users rely on.

usage: check_tables.py OUTPUT [OUTPUT ...]

Keys are unique, joins find their rows, every span's text is the slice of the article that its offsets
name (by SQL and by Polars expressions), types are the documented ones, and the shipped views run.
Exits with 1 and a line a failure.
"""

import os
import sys
from pathlib import Path

import duckdb
import polars as pl

KEYS = {
    "articles": ["article_id"],
    "paragraphs": ["article_id", "paragraph_idx"],
    "sentences": ["article_id", "sentence_idx"],
    "entities": ["article_id", "entity_idx"],
    "stances": ["article_id", "stance_idx"],
    "duplicates": ["a_article_id", "a_paragraph_idx", "b_article_id", "b_paragraph_idx"],
    "duplicate_clusters": ["article_id", "paragraph_idx"],
    "signatures": ["article_id", "paragraph_idx"],
    "coverage": ["article_id", "stage"],
    "runs": ["run_id", "stage"],
    "dead_letters": ["run_id", "source"],
}
SPANS = ["paragraphs", "sentences", "entities"]
JOINS = [
    ("paragraphs", "article_id", "articles", "article_id"),
    ("sentences", "article_id, paragraph_idx", "paragraphs", "article_id, paragraph_idx"),
    ("entities", "article_id, paragraph_idx", "paragraphs", "article_id, paragraph_idx"),
    ("entities", "article_id, sentence_idx", "sentences", "article_id, sentence_idx"),
    ("stances", "article_id", "articles", "article_id"),
    ("coverage", "article_id", "articles", "article_id"),
    ("signatures", "article_id, paragraph_idx", "paragraphs", "article_id, paragraph_idx"),
    ("duplicate_clusters", "article_id, paragraph_idx", "paragraphs", "article_id, paragraph_idx"),
    ("duplicates", "a_article_id, a_paragraph_idx", "paragraphs", "article_id, paragraph_idx"),
    ("duplicates", "b_article_id, b_paragraph_idx", "paragraphs", "article_id, paragraph_idx"),
]
LABELS = {
    "paragraphs": ["kind"],
    "entities": ["label", "model"],
    "stances": ["unit", "target_id", "target", "target_kind", "holder_kind", "label", "stance", "model"],
    "duplicates": ["kind"],
    "duplicate_clusters": ["role"],
    "coverage": ["stage", "status"],
}

failures: list[str] = []
passed = 0


def check(holds: bool, what: str) -> None:
    global passed
    if holds:
        passed += 1
    else:
        failures.append(what)


def glob(output: Path, table: str) -> str:
    return str(output / table / "*.parquet")


def with_duckdb(output: Path) -> None:
    db = duckdb.connect()
    for table in KEYS:
        db.execute(f"create view {table} as from read_parquet('{glob(output, table)}')")

    def one(query: str) -> int:
        return db.execute(query).fetchone()[0]

    check(one("select count(*) from articles") > 0, f"{output}: articles is empty")
    for table, key in KEYS.items():
        columns = ", ".join(key)
        twice = one(f"select count(*) from (select {columns} from {table} group by all having count(*) > 1)")
        check(twice == 0, f"{output}: {table} has {twice} keys twice")
        types = {name: kind for name, kind, *_ in db.execute(f"describe {table}").fetchall()}
        unsigned = [name for name, kind in types.items() if kind.startswith("U")and kind != "UUID"]
        check(not unsigned, f"{output}: {table} has unsigned columns {unsigned}")
        for column in LABELS.get(table, []):
            check(types[column] == "VARCHAR", f"{output}: {table}.{column} is {types[column]} in DuckDB")
    for table in SPANS:
        wrong = one(
            f"""select count(*) from {table} t join articles a using (article_id)
            where substring(a.text, t.char_start + 1, t.char_end - t.char_start) <> t.text or t.char_start >= t.char_end"""
        )
        check(wrong == 0, f"{output}: DuckDB: {wrong} spans of {table} are not the slice they name")
    for left, left_key, right, right_key in JOINS:
        ons = zip(left_key.split(", "), right_key.split(", "))
        on = " and ".join(f"l.{a} = r.{b}" for a, b in ons)
        given = " and ".join(f"l.{a} is not null" for a in left_key.split(", "))
        lost = one(f"select count(*) from {left} l where {given} and not exists (from {right} r where {on})")
        check(lost == 0, f"{output}: {lost} rows of {left} have no {right}")
    # A paragraph lies in its article, a sentence in its paragraph, an entity in its sentence.
    for inner, outer, key in [("sentences", "paragraphs", "paragraph_idx"), ("entities", "sentences", "sentence_idx")]:
        outside = one(
            f"""select count(*) from {inner} i join {outer} o on i.article_id = o.article_id and i.{key} = o.{key}
            where i.char_start < o.char_start or i.char_end > o.char_end"""
        )
        check(outside == 0, f"{output}: {outside} rows of {inner} lie outside their {outer}")
    several = one(
        """select count(*) from (select article_id, target_id from stances
        where unit = 'article' and holder_kind = 'author' group by all having count(*) <> 1)"""
    )
    check(several == 0, f"{output}: {several} articles have not exactly one stance towards a target")
    missing = one(
        """select count(*) from (select distinct target_id from stances where target_kind = 'config') t, articles a
        where not exists (from stances s where s.article_id = a.article_id and s.target_id = t.target_id
        and s.unit = 'article' and s.holder_kind = 'author')
        and exists (from coverage c where c.article_id = a.article_id and c.stage = 'stances' and c.status = 'ok')"""
    )
    check(missing == 0, f"{output}: {missing} articles lack a stance towards a target of the config")
    scores = one("select count(*) from stances where not (score between 0 and 1)")
    check(scores == 0, f"{output}: {scores} stances have a score outside 0 to 1")
    disorder = one(
        "select count(*) from duplicates where (a_article_id, a_paragraph_idx) >= (b_article_id, b_paragraph_idx)"
    )
    check(disorder == 0, f"{output}: {disorder} duplicates have a behind b")
    differ = one("select count(*) from entities where char_end - char_start <> length(text)")
    check(differ == 0, f"{output}: {differ} entities have offsets in another unit than code points")
    footer = db.execute(
        f"select distinct decode(key), decode(value) from parquet_kv_metadata('{glob(output, 'entities')}')"
    ).fetchall()
    check(("postil.offset_unit", "unicode_code_point") in footer, f"{output}: the footer names no offset unit")
    check(("postil.interval", "half_open") in footer, f"{output}: the footer names no interval")

    # The views that come along, as a user runs them.
    for name in ["views.sql", "current.sql"]:
        script = output / name
        check(script.is_file(), f"{script} is missing")
        if script.is_file():
            views = duckdb.connect()
            views.execute(script.read_text())
            names = [row[0] for row in views.execute("select view_name from duckdb_views() where not internal").fetchall()]
            check(len(names) > 0, f"{script} makes no view")
            for view in names:
                views.execute(f"from {view}").fetchall()


def with_polars(output: Path) -> None:
    articles = pl.read_parquet(glob(output, "articles")).select("article_id", article="text")
    for table in KEYS:
        frame = pl.scan_parquet(glob(output, table)).collect()
        for column in LABELS.get(table, []):
            kind = frame.schema[column]
            check(kind == pl.Categorical, f"{output}: {table}.{column} is {kind} in Polars")
        unsigned = [name for name, kind in frame.schema.items() if kind.is_unsigned_integer()]
        check(not unsigned, f"{output}: {table} has unsigned columns {unsigned}")
    for table in SPANS:
        frame = pl.read_parquet(glob(output, table)).join(articles, on="article_id", how="left")
        wrong = frame.filter(
            pl.col("article").str.slice(pl.col("char_start"), pl.col("char_end") - pl.col("char_start")) != pl.col("text")
        )
        check(wrong.height == 0, f"{output}: Polars: {wrong.height} spans of {table} are not the slice they name")
        python = sum(row["article"][row["char_start"] : row["char_end"]] != row["text"] for row in frame.iter_rows(named=True))
        check(python == 0, f"{output}: Python: {python} spans of {table} are not the slice they name")
    signatures = pl.read_parquet(glob(output, "signatures"))
    check(signatures.schema["embedding"].is_nested(), f"{output}: signatures.embedding is not a list")


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    for name in sys.argv[1:]:
        # The scripts name the folder as the run was given it.
        output = Path(name)
        with_duckdb(output)
        with_polars(output)
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"tables in DuckDB {duckdb.__version__} and Polars {pl.__version__}:")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    os.environ.setdefault("POLARS_FMT_MAX_COLS", "20")
    sys.exit(main())
