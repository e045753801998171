"""Scores the models of this repository on the labelled sets, and writes the tables of figures.

    python3 evaluate.py --data FOLDER [NAME ...]     score (all sets, or those named), write results/*.json and the tables
    python3 evaluate.py --tables                     write the tables again from results/*.json
    python3 evaluate.py --check                      fail where a table or a result is out of date

Standard library only. FOLDER holds the sets as ../train/README.md names them. The figures come from
`postil eval`; what it was told stands in each row. The binary is target/release/postil, or --postil.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE / "results"
MARK = ("<!-- figures: models/eval/evaluate.py -->", "<!-- end of figures -->")

def stance(*options: str) -> tuple[str, ...]:
    """Options of the stance stage, and those that spare it embeddings and entities: the texts are judged as they are."""
    alone = ("holders=false", "gate=mentions", "names=capitals", "entity_targets=0")
    return tuple(part for option in (*options, *alone) for part in ("--set", f"stances.{option}"))


# The classes of these sets leave no third way, and every text speaks of its target.
PAIRS = stance("assume_related=true")
# Every text is read, and may turn out not to speak of its target.
OPEN = stance("relevance=0.0")
CROSSNER = "politician=PER,person=PER,organisation=ORG,politicalparty=ORG,location=LOC,country=LOC"


@dataclass
class Set:
    """A labelled set: where its gold file is, what `postil eval` is told, and what is shown of it."""

    name: str
    what: str
    title: str
    gold: str  # below the data folder, below the repository after "./", or a function of stance_data after "pairs:"
    options: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()  # rows; the first one alone where there is none
    front: bool = False  # whether the README of the repository shows it


SETS = [
    Set("sentences-ewt", "sentence ends", "UD English EWT dev", "sentences/en_ewt-ud-dev.conllu", front=True),
    Set("sentences-golden-rules", "texts split right", "Golden Rules", "sentences/golden_rules_en.json", (), ("whole texts",), True),
    Set(
        "entities-ewt", "entities, PER/ORG/LOC", "UNER English EWT dev", "ner/uner_en_ewt/en_ewt-ud-dev.iob2",
        ("--labels", "PER,ORG,LOC"), ("all", "PER", "ORG", "LOC"), True,
    ),
    Set(
        "entities-politics", "entities, PER/ORG/LOC", "CrossNER politics dev", "ner/crossner_politics/dev.txt",
        ("--labels", "PER,ORG,LOC", "--map", CROSSNER), ("all", "PER", "ORG", "LOC"), True,
    ),
    Set("stance-perspectrum", "stance, two classes", "Perspectrum dev", "stance/perspectrum/dev.jsonl", PAIRS, (), True),
    Set("stance-argkp", "stance, two classes", "ArgKP dev", "pairs:argkp", PAIRS),
    Set("stance-ibm", "stance, two classes", "IBM claims, six topics set aside", "pairs:ibm", PAIRS),
    Set("stance-news", "stance towards entities in news", "NewsMTSC, articles set aside", "pairs:newsmtsc", PAIRS, (), True),
    Set("stance-vast", "stance, many targets, not trained on", "VAST dev", "pairs:vast_dev", OPEN, (), True),
    Set(
        "stance-seeds", "stance of articles and paragraphs", "the seeds", "./seeds/gold/stance.jsonl", (),
        ("articles", "paragraphs", "paragraphs, macro F1"), True,
    ),
    Set(
        "stance-held-out", "stance of articles and paragraphs", "eight articles of other subjects", "./stages/stance/cases/articles/gold/stance.jsonl", (),
        ("articles", "paragraphs", "paragraphs, macro F1"),
    ),
    Set(
        "stance-written", "stance of articles and paragraphs", "24 written articles, subjects held out", "articles:", (),
        ("articles", "paragraphs", "paragraphs, macro F1", "paragraphs, favor", "paragraphs, against", "paragraphs, neutral", "paragraphs, unrelated"), True,
    ),
]

MEASURES = {"micro_f1": "F1", "macro_f1": "macro F1", "accuracy": "accuracy"}


def gold_file(entry: Set, data: Path, work: Path) -> Path:
    """The gold file of a set; sets in formats of their own are written as JSON lines first."""
    if entry.gold.startswith("./"):
        return ROOT / entry.gold
    sys.path.insert(0, str(ROOT / "models/train"))
    if entry.gold == "articles:":
        import stance_articles

        stance_articles.export(work / "written", stance_articles.read("dev"))
        return work / "written/gold/stance.jsonl"
    if not entry.gold.startswith("pairs:"):
        return data / entry.gold
    import stance_data

    read = getattr(stance_data, entry.gold.removeprefix("pairs:"))
    pairs = read(data) if entry.gold.endswith("vast_dev") else read(data, "dev")
    path = work / f"{entry.name}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for pair in pairs:
            print(json.dumps({"target": pair.target, "text": pair.text, "stance": pair.label}, ensure_ascii=False), file=file)
    return path


def command(entry: Set) -> str:
    """What was run, for people."""
    gold = entry.gold.removeprefix("./")
    if entry.gold.endswith(":") or entry.gold.startswith("pairs:"):
        gold = "written/gold/stance.jsonl" if entry.gold == "articles:" else f"{entry.name}.jsonl"
    return " ".join(["postil eval", gold, *entry.options])


def score(entry: Set, data: Path, postil: Path) -> None:
    with tempfile.TemporaryDirectory() as work:
        gold = gold_file(entry, data, Path(work))
        if not gold.is_file():
            sys.exit(f"{entry.name}: expected the file {gold}")
        # In a folder without a postil.toml, so that the default pipeline runs unless the set brings a config.
        run = subprocess.run(
            [postil, "eval", gold, "--json", "--models", ROOT / "models", *entry.options], cwd=work, stdout=subprocess.PIPE, text=True
        )
    if run.returncode != 0:
        sys.exit(f"{entry.name}: `{command(entry)}` failed with {run.returncode}")
    [result] = json.loads(run.stdout)
    result = {"command": command(entry), **result}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{entry.name}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    row = rows_of(entry, result)[0]
    print(f"{entry.name}: {MEASURES[row['measure']]} {row['value']:.4f}", flush=True)


def load(entry: Set) -> dict | None:
    path = RESULTS / f"{entry.name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def rows_of(entry: Set, result: dict) -> list[dict]:
    names = entry.shown or (result["rows"][0]["name"],)
    return [next(row for row in result["rows"] if row["name"] == name) for name in names]


def figure(row: dict) -> str:
    if row["measure"] == "accuracy":
        return f"{row['right']} of {row['gold']}"
    return f"{row['value']:.3f}"


def interval(row: dict) -> str:
    low, high = row["interval"]
    return f"{low:.3f} to {high:.3f}"


def front_table() -> str:
    lines = ["| what | set | measure | figure | 95 % |", "|---|---|---|---|---|"]
    for entry in SETS:
        result = load(entry)
        if result is None or not entry.front:
            continue
        shown = rows_of(entry, result)
        whole = entry.what.startswith("stance of articles")
        for row in shown[:2] if whole else shown[:1]:
            what = f"{entry.what}: {row['name']}" if whole else entry.what
            lines.append(f"| {what} | {entry.title} | {MEASURES[row['measure']]} | {figure(row)} | {interval(row)} |")
    return "\n".join(lines)


def full_table() -> str:
    lines = ["| set | row | measure | figure | 95 % | precision | recall | right, predicted, gold |", "|---|---|---|---|---|---|---|---|"]
    for entry in SETS:
        result = load(entry)
        if result is None:
            continue
        for row in rows_of(entry, result):
            parts = f"{row['precision']:.3f} | {row['recall']:.3f}" if row["measure"] == "micro_f1" else " | "
            counts = f"{row['right']:,}, {row['predicted']:,}, {row['gold']:,}"
            lines.append(f"| {entry.title} | {row['name']} | {MEASURES[row['measure']]} | {row['value']:.4f} | {interval(row)} | {parts} | {counts} |")
    lines += ["", "| set | command | drawn | stages |", "|---|---|---|---|"]
    for entry in SETS:
        result = load(entry)
        if result is None:
            continue
        stages = ", ".join(f"{s['stage']} {s['version']}" + (f" ({s['model']} {s['model_sha256'][:8]})" if "model" in s else "") for s in result["pipeline"])
        lines.append(f"| {entry.title} | `{result['command']}` | {result['units']:,} x {result['unit']} | {stages} |")
    return "\n".join(lines)


def with_table(path: Path, table: str) -> str:
    text = path.read_text(encoding="utf-8")
    begin, end = (re.escape(mark) for mark in MARK)
    if not re.search(f"{begin}.*?{end}", text, re.S):
        sys.exit(f"{path}: expected a place for the table between `{MARK[0]}` and `{MARK[1]}`")
    return re.sub(f"({begin}).*?({end})", lambda m: f"{m[1]}\n{table}\n{m[2]}", text, flags=re.S)


def tables() -> dict[Path, str]:
    pages = {ROOT / "README.md": front_table(), HERE / "README.md": full_table()}
    return {path: with_table(path, table) for path, table in pages.items()}


def out_of_date() -> list[str]:
    """What does not fit together: tables and results, results and the models' weights."""
    wrong = []
    for path, text in tables().items():
        if path.read_text(encoding="utf-8") != text:
            wrong.append(f"{path.relative_to(ROOT)}: the table is not that of models/eval/results; run evaluate.py --tables")
    hashes = {}
    for manifest in (ROOT / "models").glob("*/model.toml"):
        model = tomllib.loads(manifest.read_text(encoding="utf-8"))
        hashes[model["name"]] = model["sha256"]["model.safetensors"]
    for entry in SETS:
        result = load(entry)
        if result is None:
            wrong.append(f"models/eval/results/{entry.name}.json: expected a result, found none; run evaluate.py --data FOLDER {entry.name}")
            continue
        for stage in result["pipeline"]:
            name = stage.get("model")
            if name in hashes and hashes[name] != stage["model_sha256"]:
                wrong.append(f"models/eval/results/{entry.name}.json: scored with other weights of {name}; run evaluate.py --data FOLDER {entry.name}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="the sets to score; all of them by default")
    parser.add_argument("--data", type=Path, help="the folder of labelled sets")
    parser.add_argument("--postil", type=Path, default=ROOT / "target/release/postil", help="the binary")
    parser.add_argument("--tables", action="store_true", help="only write the tables")
    parser.add_argument("--check", action="store_true", help="only check tables and results")
    args = parser.parse_args()
    if args.check:
        wrong = out_of_date()
        print("\n".join(wrong) or "the tables and the results are up to date")
        sys.exit(1 if wrong else 0)
    if not args.tables:
        known = {entry.name for entry in SETS}
        for name in args.names:
            if name not in known:
                sys.exit(f"unknown set `{name}`; expected one of: {', '.join(sorted(known))}")
        if args.data is None:
            parser.error("expected --data FOLDER, --tables or --check")
        for entry in SETS:
            if not args.names or entry.name in args.names:
                score(entry, args.data.resolve(), args.postil.resolve())
    for path, text in tables().items():
        path.write_text(text, encoding="utf-8")


main()
