"""Score, calibrate and export the stance cross-encoder.

    python stance_eval.py score  FOLDER --data FOLDER [--seeds FOLDER]
    python stance_eval.py export --base FOLDER --data FOLDER --work FOLDER --out FOLDER
    python stance_eval.py pairs  --base FOLDER --data FOLDER --out PAIRS.jsonl
    python stance_eval.py table  PROBABILITIES.jsonl --base FOLDER --data FOLDER

`pairs` writes the dev pairs for the Rust runtime (the example `score` of the
stance stage), and `table` makes the figures from what it answered: the same as
`score`, some times faster. `export` fits the temperature, picks the abstain threshold, writes the model
folder and checks that the int8 weights lose nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tomllib
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import f1_score

from modelfolder import load_model, write_folder
from stance_data import LABEL_ID, LABELS, Pair, argkp, ibm, near_targets, newsmtsc, perspectrum, unrelated, vast_dev, words
import stance_articles
from stance_essays import pairs as essays
from stance_prose import Prose
from stance_reports import Reports
from stance_retold import Retold
from stance_targets import FLIP, negate, noun_phrase, question
from stance_train import batch_tensors, embedder, fresh_model, load_tokenizer

AGAINST, FAVOR, NEUTRAL, UNRELATED = range(4)


@torch.no_grad()
def logits(model, tokenizer, pairs: list[Pair]) -> np.ndarray:
    """Raw scores, `[len(pairs), 4]`. Pairs of one length share a batch, so that no padding enters."""
    encoded = tokenizer.encode_batch([(p.first(), p.text) for p in pairs])
    order = sorted(range(len(pairs)), key=lambda i: len(encoded[i].ids))
    out = np.zeros((len(pairs), 4), dtype=np.float64)
    for start in range(0, len(order), 32):
        chunk = order[start : start + 32]
        out[chunk] = model(**batch_tensors([encoded[i] for i in chunk])).logits.float().numpy()
    return out


def softmax(x: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    x = x / temperature
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def bootstrap(score, gold: np.ndarray, guess: np.ndarray, rounds: int = 1000) -> tuple[float, float]:
    """The 95 % interval of a score over resampled pairs."""
    rng = np.random.default_rng(0)
    values = []
    for _ in range(rounds):
        pick = rng.integers(0, len(gold), len(gold))
        values.append(score(gold[pick], guess[pick]))
    return float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5))


def macro(classes):
    return lambda gold, guess: f1_score(gold, guess, labels=classes, average="macro", zero_division=0)


def accuracy(gold, guess):
    return float(np.mean(gold == guess))


def two_way(p: np.ndarray) -> np.ndarray:
    return np.where(p[:, FAVOR] >= p[:, AGAINST], FAVOR, AGAINST)


def three_way(p: np.ndarray) -> np.ndarray:
    return p[:, :3].argmax(1)


def silent_is_neutral(p: np.ndarray) -> np.ndarray:
    """VAST calls a text that does not speak of the target neutral: the two are one class there."""
    return np.stack([p[:, AGAINST], p[:, FAVOR], p[:, NEUTRAL] + p[:, UNRELATED]], 1).argmax(1)


def dev_sets(data: Path, near) -> dict[str, tuple[list[Pair], object, object]]:
    """Name -> pairs, how to read a prediction, how to score it."""
    rng = random.Random(11)
    claims = perspectrum(data, "dev")
    known = {p.text.lower() for p in perspectrum(data, "train")}
    news = newsmtsc(data, "dev")
    targets = sorted({p.target for p in claims})
    far = unrelated(claims, [(t, "claim") for t in targets], 350, rng, "far")
    far += unrelated(news, [(t, "claim") for t in targets], 250, rng, "far")
    hard = []
    while len(hard) < 300:
        p = rng.choice(claims)
        options = [t for t in near(targets)[p.target] if not words(t) & words(p.text)]
        if options:
            hard.append(Pair(rng.choice(options), p.text, "unrelated", "near"))
    related = rng.sample(claims, 500) + rng.sample(news, 400)
    flipped = []
    for p in claims:
        other = negate(p.target, rng)
        if other:
            flipped.append(Pair(other, p.text, FLIP[p.label], "flip"))
    phrased = [Pair(form, p.text, p.label, "form") for p in claims for form in (noun_phrase(p.target, rng), question(p.target, rng)) if form]
    phrased = rng.sample(phrased, 1200)
    return {
        "Perspectrum dev": (claims, two_way, macro([0, 1])),
        "Perspectrum dev, texts that train lacks": ([p for p in claims if p.text.lower() not in known], two_way, macro([0, 1])),
        "Perspectrum dev, negated targets": (flipped, two_way, macro([0, 1])),
        "Perspectrum dev, noun phrases and questions": (phrased, two_way, macro([0, 1])),
        "ArgKP dev": (argkp(data, "dev"), two_way, macro([0, 1])),
        "IBM claims, six topics held out": (ibm(data, "dev"), two_way, macro([0, 1])),
        "NewsMTSC dev split": (news, three_way, macro([0, 1, 2])),
        "VAST dev (never trained on)": (vast_dev(data), silent_is_neutral, macro([0, 1, 2])),
        "written prose, frames held out": (Prose("dev").pairs(800, random.Random(5)), lambda p: p.argmax(1), macro([0, 1, 2, 3])),
        "news reports of plans, sentences held out": (Reports(data, "dev").pairs(600, random.Random(5)), lambda p: p.argmax(1), macro([0, 1, 2, 3])),
        "arguments retold, targets held out": (Retold(claims).pairs(600, random.Random(5)), lambda p: p.argmax(1), macro([0, 1, 2])),
        "written paragraphs, topics held out": (essays("dev", random.Random(5)), lambda p: p.argmax(1), macro([0, 1, 2, 3])),
        "written articles, subjects held out": (stance_articles.dev_pairs(), lambda p: p.argmax(1), macro([0, 1, 2, 3])),
        "views of others in written articles": (stance_articles.dev_views(), three_way, macro([0, 1, 2])),
        "related or not: other topics": (far + related, lambda p: np.where(p.argmax(1) == UNRELATED, UNRELATED, 0), accuracy),
        "related or not: near topics": (hard + related[:500], lambda p: np.where(p.argmax(1) == UNRELATED, UNRELATED, 0), accuracy),
    }


def near_of(base: Path):
    cache = {}

    def near(targets):
        key = tuple(targets)
        if key not in cache:
            cache[key] = near_targets(targets, embedder(base))
        return cache[key]

    return near


def score_sets(predict, sets, intervals: bool = True) -> dict[str, dict]:
    out = {}
    for name, (pairs, read, score) in sets.items():
        raw = predict(pairs)
        gold = np.array([LABEL_ID[p.label] for p in pairs])
        if name.startswith("related"):
            gold = np.where(gold == UNRELATED, UNRELATED, 0)
        guess = read(softmax(raw))
        value = score(gold, guess)
        out[name] = {"n": len(pairs), "score": value, "raw": raw, "gold": gold}
        if intervals:
            out[name]["interval"] = bootstrap(score, gold, guess)
    return out


def print_table(results) -> None:
    for name, r in results.items():
        low, high = r.get("interval", (float("nan"),) * 2)
        print(f"| {name} | {r['n']} | {r['score']:.3f} | {low:.3f} to {high:.3f} |")


def paired(predict, claims: list[Pair]) -> dict[str, float]:
    """Each text with its target and with that target negated: how often the answer turns, and how often both are right.

    The two-way reading, so that "both right" is one minus the errors of a forced choice.
    """
    rng = random.Random(17)
    both = [(p, negate(p.target, rng)) for p in claims]
    both = [(p, other) for p, other in both if other]
    plain = two_way(softmax(predict([p for p, _ in both])))
    turned = two_way(softmax(predict([Pair(other, p.text, FLIP[p.label], "flip") for p, other in both])))
    gold = np.array([LABEL_ID[p.label] for p, _ in both])
    right = plain == gold
    return {"pairs": len(both), "turns": float(np.mean(plain != turned)), "turns where the plain form is right": float(np.mean((plain != turned)[right])), "both right": float(np.mean(right & (turned != gold)))}


def sided(sets) -> dict[str, list[Pair]]:
    """The pairs that take a side of a claim, for the test of paired targets."""
    names = ("Perspectrum dev", "written paragraphs, topics held out")
    return {name: [p for p in sets[name][0] if p.label in {"favor", "against"} and p.kind == "claim"] for name in names}


def dev_pairs(sets) -> list[tuple[str, str]]:
    """All (target, text) that a table needs, in a fixed order."""
    asked: dict[tuple[str, str], None] = {}

    def note(pairs):
        asked.update(((p.first(), p.text), None) for p in pairs)
        return np.zeros((len(pairs), 4))

    for pairs, _, _ in sets.values():
        note(pairs)
    for pairs in sided(sets).values():
        paired(note, pairs)
    return list(asked)


CALIBRATION = ("Perspectrum dev", "NewsMTSC dev split", "written paragraphs, topics held out", "written articles, subjects held out")


def calibration_pool(results, sets):
    """Scores and labels of the calibration sets and unrelated pairs, in halves: one to fit, one to report."""
    raw, gold = [], []
    for name in CALIBRATION:
        raw.append(results[name]["raw"])
        gold.append(results[name]["gold"])
    pairs = sets["related or not: other topics"][0]
    silent = np.array([p.label == "unrelated" for p in pairs])
    raw.append(results["related or not: other topics"]["raw"][silent])
    gold.append(np.full(int(silent.sum()), UNRELATED))
    raw, gold = np.concatenate(raw), np.concatenate(gold)
    half = np.random.default_rng(3).permutation(len(gold)) % 2 == 0
    return (raw[half], gold[half]), (raw[~half], gold[~half])


def ece(p: np.ndarray, gold: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error of the top label (Guo et al. 2017)."""
    top, hit = p.max(1), p.argmax(1) == gold
    edges = np.linspace(0, 1, bins + 1)
    total = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (top > low) & (top <= high)
        if inside.any():
            total += inside.mean() * abs(hit[inside].mean() - top[inside].mean())
    return float(total)


def fit_temperature(raw: np.ndarray, gold: np.ndarray) -> float:
    grid = np.arange(0.5, 3.01, 0.02)
    loss = [-np.log(softmax(raw, t)[np.arange(len(gold)), gold] + 1e-12).mean() for t in grid]
    return round(float(grid[int(np.argmin(loss))]), 2)


def pick_abstain(raw, gold, temperature: float, wanted: float = 0.80) -> tuple[float, float, float]:
    """The lowest probability at which the answers that remain are right `wanted` of the time: (threshold, coverage, accuracy)."""
    p = softmax(raw, temperature)
    top, hit = p.max(1), p.argmax(1) == gold
    for threshold in np.arange(0.30, 0.95, 0.01):
        keep = top >= threshold
        if keep.any() and hit[keep].mean() >= wanted:
            return round(float(threshold), 2), float(keep.mean()), float(hit[keep].mean())
    return 0.95, float((top >= 0.95).mean()), float("nan")


# The seed articles: looked at, never trained on.
SEED_TARGETS = {
    "accords": "Muslim-majority states should join the Abraham Accords",
    "normalization": "Relations with Israel should be normalized",
    "kazakhstan": "Kazakhstan should join the Abraham Accords",
    "mediator": "Pakistan should mediate between Israel and Iran",
}


def paragraphs(text: str) -> list[str]:
    """Lines, with the indented continuation of a list item joined to it; list signs taken off."""
    out = []
    for line in text.replace("\r", "").split("\n"):
        if not line.strip():
            continue
        if re.match(r"^ {4,}\S", line) and out and not line.strip().startswith("•"):
            out[-1] += " " + line.strip()
        else:
            out.append(line.strip())
    return out


def bare(paragraph: str) -> str:
    return re.sub(r"^([-•]|\d+\.)\s+", "", paragraph)


def score_seeds(predict, seeds: Path, temperature: float, show: bool) -> None:
    gold = [json.loads(line) for line in (seeds / "gold/stance.jsonl").open()]
    by_article = {}
    for row in gold:
        by_article.setdefault(row["article"], []).append(row)
    agree = {"all": [], "related": [], "body, related by either": []}
    print("| article | target | read | gold | p against, favor, neutral (weights: relevance x words) |\n|---|---|---|---|---|")
    lines = []
    for article, rows in by_article.items():
        texts = paragraphs((seeds / f"{article.split('/')[-1]}.txt").read_text())
        for target_id, target in SEED_TARGETS.items():
            mine = [r for r in rows if r["target_id"] == target_id]
            whole = next(r for r in mine if r["paragraph"] is None)
            mine = [r for r in mine if r["paragraph"] is not None]
            assert len(mine) == len(texts)
            p = softmax(predict([Pair(target, bare(t), "neutral", "seed") for t in texts]), temperature)
            for row, text, q in zip(mine, texts, p):
                guess = LABELS[int(q.argmax())]
                hit = guess == row["stance"]
                agree["all"].append(hit)
                if row["stance"] != "unrelated":
                    agree["related"].append(hit)
                if len(text.split()) >= 8 and (row["stance"] != "unrelated" or guess != "unrelated"):
                    agree["body, related by either"].append(hit)
                if show and (row["stance"] != "unrelated" or guess != "unrelated"):
                    lines.append(f"{'  ' if hit else '! '}{article[6:9]} {target_id[:6]:6} gold {row['stance']:9} read {guess:9} {np.round(q, 2)} {text[:100]}")
            stance, share = article_stance(p, [len(t.split()) for t in texts])
            print(f"| {article[6:9]} | {target_id} | {stance} | {whole['stance']} | {np.round(share, 2)} |")
    print()
    for name, hits in agree.items():
        print(f"seed paragraphs, {name}: {np.mean(hits):.3f} of {len(hits)}")
    print("\n".join(lines))


def article_stance(p: np.ndarray, lengths: list[int]) -> tuple[str, np.ndarray]:
    """An article's stance from its paragraphs: each counts by its relevance (1 - p unrelated) and its words.

    Unrelated where no paragraph is more likely related than not. Otherwise favour or against
    where the one outweighs the other by a third of the whole or is the largest share; else neutral.
    """
    related = p[:, UNRELATED] < 0.5
    if not related.any():
        return "unrelated", np.zeros(3)
    weight = np.array(lengths, dtype=float) * related
    share = (p[:, :3] * weight[:, None]).sum(0)
    share = share / share.sum()
    if share[:2].max() > share[2] or abs(share[0] - share[1]) > 1 / 3:
        return LABELS[int(share[:2].argmax())], share
    return "neutral", share


def read_toml(folder: Path) -> dict:
    with (folder / "model.toml").open("rb") as file:
        return tomllib.load(file)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("what", choices=["score", "export", "weights", "pairs", "table"])
    p.add_argument("folder", nargs="?", help="model folder; for `table` the probabilities")
    p.add_argument("--base", help="folder of the unpacked all-MiniLM-L6-v2")
    p.add_argument("--data", required=True)
    p.add_argument("--work")
    p.add_argument("--stage", default="second")
    p.add_argument("--out")
    p.add_argument("--seeds")
    p.add_argument("--show", action="store_true", help="print each seed paragraph")
    args = p.parse_args()
    base, data = Path(args.base), Path(args.data)
    tokenizer = load_tokenizer(base)
    sets = dev_sets(data, near_of(base))
    if args.what in {"pairs", "table"}:
        every = dev_pairs(sets)
    if args.what == "pairs":
        with open(args.out, "w") as file:
            for target, text in every:
                # Sets differ in the label of a pair, and only its probabilities are asked for.
                file.write(json.dumps({"target": target, "text": text, "label": "neutral"}) + "\n")
        return
    model, temperature = None, 1.0
    if args.what == "score":
        model = load_model(args.folder)
        temperature = read_toml(Path(args.folder))["temperature"]
    elif args.what != "table":
        model = fresh_model(base, 1)
        model.load_state_dict(torch.load(Path(args.work) / f"stance-{args.stage}.pt", weights_only=True))
        model.eval()

    known = {}
    if args.what == "table":
        with open(args.folder) as file:
            known = dict(zip(every, (np.log(np.array(json.loads(line)) + 1e-9) for line in file)))

    def predict(pairs):
        fresh = sorted({(p.first(), p.text) for p in pairs} - known.keys())
        if fresh:
            known.update(zip(fresh, logits(model, tokenizer, [Pair(t, x, "neutral", "") for t, x in fresh])))
        return np.stack([known[p.first(), p.text] for p in pairs])

    results = score_sets(predict, sets)
    print_table(results)
    for name, pairs in sided(sets).items():
        print(f"paired targets, {name}:", ", ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in paired(predict, pairs).items()))
    fit, report = calibration_pool(results, sets)
    if args.what != "score":
        temperature = fit_temperature(*fit)
    threshold, coverage, right = pick_abstain(*report, temperature)
    print(f"temperature {temperature}; ECE {ece(softmax(report[0], 1.0), report[1]):.3f} before, {ece(softmax(report[0], temperature), report[1]):.3f} after")
    print(f"abstain under {threshold}: answers {coverage:.3f} of the pairs, {right:.3f} of them right")
    if args.seeds:
        score_seeds(predict, Path(args.seeds), temperature, args.show)
    if args.what != "export":
        return
    with (base / "config.json").open() as file:
        config = json.load(file)
    write_folder(
        args.out, model.state_dict(), config=config, tokenizer=str(base / "tokenizer.json"), name="stance-minilm-l6", task="sequence-classification",
        labels=LABELS, max_length=256, token_types="segment", pooling="cls", temperature=temperature, thresholds={"abstain": threshold},
        reads=("context", "holder"),
        license="CC-BY-SA-4.0", source="fine-tuned from all-MiniLM-L6-v2 (Apache-2.0) by models/train", keep_pooler=True,
    )
    small = load_model(args.out)
    rounded = score_sets(lambda pairs: logits(small, tokenizer, pairs), sets, intervals=False)
    bad = []
    for name in sets:
        drop = results[name]["score"] - rounded[name]["score"]
        # Of a small set one pair more or less is a tenth of a point and more.
        if drop > (0.003 if results[name]["n"] >= 1000 else 0.01):
            bad.append(f"{name}: {drop:.4f}")
        print(f"int8: {name}: {rounded[name]['score']:.4f} (float {results[name]['score']:.4f})")
    if bad:
        sys.exit(f"int8 loses more than 0.003 (0.01 on sets under 1,000 pairs): {', '.join(bad)}")


if __name__ == "__main__":
    main()
