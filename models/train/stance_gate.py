"""Fits the gate of the stance stage (`with_vectors` in stages/stance/src/gate.rs) on the first batch of written articles.

    python stance_gate.py write FOLDER        the articles in eight parts, as the example `stance_gold` reads them
    for part in FOLDER/p*; do POSTIL_LOG=1 target/release/examples/stance_gold $part relevance=1.0 2> $part.log > /dev/null; done
    python stance_gate.py fit FOLDER          weights, and what passes at some thresholds
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

import stance_articles

PARTS = 8
FOREIGN = 20  # one in so many pairs with a target of another article
LINE = re.compile(r'article\{id="([^"]+)"\}: postil_stance::judge: target_id="([^"]+)" unit_idx=(\d+) .*Evidence \{ (.*) \}')
COSINE_RANGE, NEAREST_RANGE = (0.05, 0.65), (0.15, 0.7)


def value(text: str) -> float:
    text = text.removeprefix("Some(").removesuffix(")")
    return {"true": 1.0, "false": 0.0, "None": 0.0}.get(text) if text in {"true", "false", "None"} else float(text)


def ramp(x, limits):
    return np.clip((x - limits[0]) / (limits[1] - limits[0]), 0, 1)


def pairs(folder: Path):
    """(features, own target: 1 to 5, or 0 for a foreign one, whether it is spoken of) of every pair."""
    for part in sorted(folder.glob("p?")):
        gold: dict = {}
        for line in (part / "gold/stance.jsonl").open():
            row = json.loads(line)
            if row["paragraph"]:
                gold.setdefault((row["article"], row["target_id"]), []).append(row["stance"])
        for count, line in enumerate(part.with_suffix(".log").open()):
            found = LINE.search(line)
            if not found:
                continue
            key, at = (found[1], found[2]), int(found[3])
            if key in gold and at >= len(gold[key]) or key not in gold and count % FOREIGN:
                continue
            seen = dict(field.split(": ") for field in found[4].split(", "))
            alias = value(seen["alias"])
            yield (
                [alias, value(seen["topic"]), value(seen["matter_missing"]) * (1 - alias), ramp(value(seen["cosine"]), COSINE_RANGE), ramp(value(seen["nearest"]), NEAREST_RANGE)],
                int(found[2][-1]) if key in gold else 0,
                key in gold and gold[key][at] != "unrelated",
            )  # fmt: skip


def fit(folder: Path) -> None:
    features, own, related = (np.array(column) for column in zip(*pairs(folder)))
    model = LogisticRegression(C=10, max_iter=3000).fit(features, related, sample_weight=np.where(own > 0, 1, 3))
    print(dict(zip(("alias", "topic", "matter_missing", "cosine", "nearest"), model.coef_[0].round(2))), "bias", model.intercept_.round(2))
    p = model.predict_proba(features)[:, 1]
    for threshold in (0.03, 0.06, 0.1, 0.2, 0.5):
        passes = p >= threshold
        share = {"question of the article": passes[related & (own == 1)], "other claims": passes[related & (own == 2)], "names": passes[related & (own > 3)], "own, not spoken of": passes[(own > 0) & ~related], "foreign": passes[own == 0]}
        print(threshold, {name: round(float(part.mean()), 3) for name, part in share.items()})


if __name__ == "__main__":
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "fit":
        fit(folder)
    else:
        for part in range(PARTS):
            stance_articles.export(folder / f"p{part}", stance_articles.read("train")[part::PARTS])
