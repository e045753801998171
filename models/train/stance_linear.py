"""The fast stance baseline: logistic regression over hashed word features.

    python stance_linear.py --base FOLDER --data FOLDER --out ../stance-linear

The features are defined in `../stance-linear/README.md`, so exactly that another
program can compute them; `golden.json` there proves it.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
import torch
import xxhash
from safetensors.torch import save_file
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from modelfolder import sha256
from stance_data import LABEL_ID, LABELS, Pair
from stance_eval import calibration_pool, dev_sets, ece, fit_temperature, near_of, pick_abstain, print_table, score_sets, softmax
from stance_train import Stage

BUCKETS = 1 << 17
WINDOW = 3
STOP = frozenset(
    "a an and are as at be been being by can could did do does for from had has have he her his how i in is it its may might more most must of on or our "
    "ought shall she should so some such than that the their them then there these they this those to was we were what when where which who why will with would you your".split()
)
NEGATIVE = frozenset(
    "abandon abolish abolishing against avoid ban banned banning bar block cancel cease close closing criminalise criminalize cut deny disband end ending forbid "
    "halt halting illegal leave leaving mistake never no nobody not oppose opposition outlaw prohibit prohibited prohibiting quit refuse refusing reject rejecting remove resist scrap shut stop stopping "
    "unjustified without wrong".split()
)


def words(text: str) -> list[str]:
    """Runs of word characters, ASCII letters lower-cased: see the README of the folder."""
    out, run = [], []
    for char in text:
        code = ord(char)
        if code < 128:
            keep = char.isalnum()
            char = char.lower()
        else:
            keep = code >= 0xC0 and not 0x2000 <= code <= 0x206F
        if keep:
            run.append(char)
        elif run:
            out.append("".join(run))
            run = []
    if run:
        out.append("".join(run))
    return out


def blocks(target: str, text: str) -> list[tuple[float, set[str]]]:
    """The four blocks of feature names, each with its weight."""
    t, x = words(target), words(text)
    sign = "-" if sum(w in NEGATIVE for w in t) % 2 else "+"
    topic = {w for w in t if w not in STOP}
    plain = {f"x {w}" for w in x} | {f"x {a} {b}" for a, b in zip(x, x[1:])}
    signed = {f"{sign} {w}" for w in x} | {f"{sign} {a} {b}" for a, b in zip(x, x[1:])}
    crossed = {f"c {a} {b}" for a in topic for b in x if b not in STOP}
    near = set()
    for i, w in enumerate(x):
        if w in topic:
            for j in range(max(0, i - WINDOW), min(len(x), i + WINDOW + 1)):
                if x[j] not in topic:
                    near.add(f"n {sign} {x[j]}")
    found = len(topic & set(x))
    overlap = {f"o {min(found, 4)}", f"q {4 * found // max(1, len(topic))}", f"l {sign} {min(len(x) // 8, 8)}"}
    return [(1.0, plain), (1.0, signed), (1.0, crossed), (0.5, near), (1.0, overlap)]


def features(target: str, text: str) -> dict[int, float]:
    """Bucket -> value. A block of n names gives each the value weight / sqrt(n); values of one bucket add up."""
    out: dict[int, float] = {}
    for weight, names in blocks(target, text):
        value = weight / len(names) ** 0.5 if names else 0.0
        for name in names:
            bucket = xxhash.xxh3_64_intdigest(name.encode("utf-8"), seed=0) % BUCKETS
            out[bucket] = out.get(bucket, 0.0) + value
    return out


def matrix(pairs: list[Pair]) -> csr_matrix:
    indptr, indices, data = [0], [], []
    for p in pairs:
        row = features(p.target, p.text)
        indices += row.keys()
        data += row.values()
        indptr.append(len(indices))
    return csr_matrix((np.array(data, dtype=np.float32), indices, indptr), shape=(len(pairs), BUCKETS))


GOLDEN = [
    ("Wind farms should be built at sea", "The council voted for the turbines at sea; they will pay for themselves."),
    ("Wind farms should not be built at sea", "The council voted for the turbines at sea; they will pay for themselves."),
    ("a tax on sugar", "Nobody needs it, the minister said: “It would hit the poor.”"),
    ("The Minister", "Ministers met in Geneva on Tuesday."),
    ("", "A text without a target."),
    ("A target without a text", ""),
    ("", ""),
    ("Café opening hours", "The CAFÉ in São Paulo — closed on Sundays — won’t open."),
    ("banning plastic bags", "Plastic bags choke rivers. Ban them, and ban them now."),
    ("Bags of plastic should be allowed", "Plastic bags choke rivers. Ban them, and ban them now."),
    ("Tokyo", "東京 hosted the summit; Tokyo paid."),
    ("Emoji 🎉 are fine", "🎉🎉 what a day 🎉"),
    ("We should raise the voting age to 21", "3.5% of 18-year-olds voted in 2024."),
    ("Should Norway join the union?", "Norway has said no twice. It would be wise to say it again."),
    ("Norway joining the union", "Norway has said no twice. It would be wise to say it again."),
    ("free buses", "free buses free buses free buses"),
    ("it is not wrong to stop", "stop"),
    ("trams", "a\u00a0b\u2009c\u200bd e\tf\ng"),
    ("Rents should be capped", "A cap keeps teachers in the quarter they teach in, says the tenants' union; landlords disagree."),
    ("ALL CAPS TARGET", "All caps target: small text."),
]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--base", required=True, help="folder of the unpacked all-MiniLM-L6-v2 (finds targets of the same area)")
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--strength", type=float, default=2.0, help="inverse of the L2 penalty")
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    base, data, out = Path(args.base), Path(args.data), Path(args.out)
    torch.set_num_threads(2)
    random.seed(args.seed)
    pairs = Stage("second", base, data, args.seed).epoch(0)
    model = LogisticRegression(C=args.strength, max_iter=300)
    model.fit(matrix(pairs), np.array([LABEL_ID[q.label] for q in pairs]))
    assert list(model.classes_) == [0, 1, 2, 3]
    weight = torch.tensor(model.coef_, dtype=torch.float32).half()
    bias = torch.tensor(model.intercept_, dtype=torch.float32)
    w = weight.float().numpy()

    def predict(some):
        return matrix(some) @ w.T + bias.numpy()

    sets = dev_sets(data, near_of(base))
    results = score_sets(predict, sets)
    print_table(results)
    fit, report = calibration_pool(results, sets)
    temperature = fit_temperature(*fit)
    threshold, coverage, right = pick_abstain(*report, temperature, wanted=0.70)
    print(f"temperature {temperature}; ECE {ece(softmax(report[0]), report[1]):.3f} before, {ece(softmax(report[0], temperature), report[1]):.3f} after")
    print(f"abstain under {threshold}: answers {coverage:.3f} of the pairs, {right:.3f} of them right")

    out.mkdir(parents=True, exist_ok=True)
    save_file({"weight": weight.contiguous(), "bias": bias}, str(out / "model.safetensors"))
    (out / "model.safetensors").chmod(0o644)
    (out / "model.toml").write_text(
        f"""format = 1
name = "stance-linear"
task = "sequence-classification"
architecture = "hashed-linear"
labels = {json.dumps(LABELS)}
buckets = {BUCKETS}
languages = ["en"]
temperature = {temperature!r}
license = "CC-BY-SA-4.0"
source = "trained by models/train"

[thresholds]
abstain = {threshold!r}

[sha256]
"model.safetensors" = "{sha256(str(out / 'model.safetensors'))}"
"""
    )
    cases = []
    for target, text in GOLDEN:
        row = features(target, text)
        raw = predict([Pair(target, text, "neutral", "golden")])
        cases.append(
            {
                "target": target,
                "text": text,
                "features": [[b, round(row[b], 6)] for b in sorted(row)],
                "probabilities": [round(float(v), 5) for v in softmax(raw, temperature)[0]],
            }
        )
    with (out / "golden.json").open("w") as file:
        head = {"model": "stance-linear", "model_sha256": sha256(str(out / "model.safetensors")), "labels": LABELS, "temperature": temperature}
        file.write("{\n" + "".join(f"  {json.dumps(k)}: {json.dumps(v)},\n" for k, v in head.items()) + '  "cases": [\n')
        file.write(",\n".join("    " + json.dumps(c, separators=(",", ":")) for c in cases) + "\n  ]\n}\n")


if __name__ == "__main__":
    main()
