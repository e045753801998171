"""Decode with BIO constraints, and score exact spans.

    python ner_eval.py --model ../ner-minilm-l6 --data FOLDER
    python ner_eval.py --model ../ner-minilm-l6 --text FILE...     prints the mentions of each line
"""

from __future__ import annotations

import argparse
from bisect import bisect_left
from collections import defaultdict

import numpy as np
import torch

from ner_data import ID, LABELS, TYPES, Example, load
from ner_encode import mention_runs
from wordshape import Encoded, encode, load_tokenizer

N = len(LABELS)
START = np.zeros(N)
STEP = np.zeros((N, N))
for b, label in enumerate(LABELS):
    if label.startswith("I-"):
        START[b] = -1e9
        for a, before in enumerate(LABELS):
            if before[2:] != label[2:]:
                STEP[a, b] = -1e9


def viterbi(logp: np.ndarray) -> list[int]:
    """The most probable label sequence in which I-X follows B-X or I-X only."""
    score = logp[0] + START
    back = []
    for row in logp[1:]:
        total = score[:, None] + STEP
        best = total.argmax(0)
        score = total[best, np.arange(N)] + row
        back.append(best)
    path = [int(score.argmax())]
    for best in reversed(back):
        path.append(int(best[path[-1]]))
    return path[::-1]


@torch.no_grad()
def log_probs(model, encoded: list[Encoded], bf16: bool = False, tokens_per_batch: int = 4096) -> list[np.ndarray]:
    """Log probabilities of the labels of each word of each text."""
    model.eval()
    order = sorted(range(len(encoded)), key=lambda k: len(encoded[k].ids))
    out: list = [None] * len(encoded)
    batch: list[int] = []

    def flush():
        if not batch:
            return
        width = max(len(encoded[k].ids) for k in batch)
        ids = torch.zeros(len(batch), width, dtype=torch.long)
        types, attention = ids.clone(), ids.clone()
        for r, k in enumerate(batch):
            n = len(encoded[k].ids)
            ids[r, :n] = torch.tensor(encoded[k].ids)
            types[r, :n] = torch.tensor(encoded[k].token_types)
            attention[r, :n] = 1
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits = model(input_ids=ids, token_type_ids=types, attention_mask=attention).logits
        logp = logits.float().log_softmax(-1).numpy()
        for r, k in enumerate(batch):
            first, seen = [], -1
            for p, w in enumerate(encoded[k].words):
                if w >= 0 and w != seen:
                    first.append(p)
                    seen = w
            out[k] = logp[r, first]
        batch.clear()

    for k in order:
        if batch and (len(batch) + 1) * len(encoded[k].ids) > tokens_per_batch:
            flush()
        batch.append(k)
    flush()
    return out


EDGE = set(",;:!?-–—…/|\"“”‘`([{<>*•·@#=_~")


def spans_of(path: list[int], word_spans, text: str) -> list[tuple[int, int, str]]:
    """Mentions of a label path; a mention neither begins nor ends with punctuation that no name has there."""
    runs = []
    for k, label in enumerate(path):
        name = LABELS[label]
        if name.startswith("B-"):
            runs.append([k, k + 1, name[2:]])
        elif name.startswith("I-") and runs:
            runs[-1][1] = k + 1
    out = []
    for i, j, kind in runs:
        while i < j and text[word_spans[j - 1][0]] in EDGE:
            j -= 1
        while i < j and text[word_spans[i][0]] in EDGE:
            i += 1
        if i < j:
            out.append((word_spans[i][0], word_spans[j - 1][1], kind))
    return out


def predict(model, tokenizer, texts: list[str], bf16: bool = False) -> list[list[tuple[int, int, str]]]:
    """Mentions of each text as (start, end, label) in code points."""
    return predict_runs(model, tokenizer, [[t] for t in texts], bf16)


def predict_runs(model, tokenizer, runs: list[list[str]], bf16: bool = False) -> list[list[tuple[int, int, str]]]:
    """Mentions of each text of each run, in order; the texts of a run are read in one window and decoded one by one."""
    encoded = [encode(tokenizer, "\n".join(run)) for run in runs]
    for e in encoded:
        if len(e.ids) > 510:
            raise ValueError(f"a text of {len(e.ids)} word pieces is over the model's window")
    out = []
    for run, e, logp in zip(runs, encoded, log_probs(model, encoded, bf16)):
        starts = [a for a, _ in e.word_spans]
        at = 0
        for text in run:
            first, last = bisect_left(starts, at), bisect_left(starts, at + len(text))
            words = [(a - at, b - at) for a, b in e.word_spans[first:last]]
            out.append(spans_of(viterbi(logp[first:last]), words, text) if words else [])
            at += len(text) + 1
    return out


def article_runs(tokenizer, examples: list[Example], room: int) -> list[list[str]]:
    """The sentences of a document in windows of at most `room` word pieces, filled as the runtime fills them."""
    runs, last, used = [], None, 0
    for e in examples:
        text = e.text()[0]
        n = len(encode(tokenizer, text).ids) - 2
        if last == (e.source, e.doc) and used + n <= room - 2:
            runs[-1].append(text)
            used += n
        else:
            runs.append([text])
            used = n
        last = (e.source, e.doc)
    return runs


def score(examples: list[Example], predicted, types: set[str]) -> dict[str, tuple[int, int, int]]:
    """True positives, predicted and gold counts for each type.

    A predicted mention on words that the annotation leaves open to its type is not counted.
    """
    counts = defaultdict(lambda: [0, 0, 0])
    for e, found in zip(examples, predicted):
        _, spans = e.text()
        gold = {(spans[i][0], spans[j - 1][1], kind) for i, j, kind in mention_runs(e.tokens) if kind in types}
        for _, _, kind in gold:
            counts[kind][2] += 1
        for s, t, kind in found:
            if kind not in types:
                continue
            if (s, t, kind) in gold:
                counts[kind][0] += 1
                counts[kind][1] += 1
                continue
            bits = (1 << ID["B-" + kind]) | (1 << ID["I-" + kind])
            is_open = any(
                tok.mask & bits and tok.mask.bit_count() > 1 for tok, (a, b) in zip(e.tokens, spans) if a < t and s < b
            )
            if not is_open:
                counts[kind][1] += 1
    return {k: tuple(v) for k, v in counts.items()}


def f1(c) -> float:
    return 2 * c[0] / max(1, c[1] + c[2])


def report(name: str, counts, types) -> float:
    total = [sum(counts[t][k] for t in types if t in counts) for k in range(3)]
    parts = [f"{t} {f1(counts[t]):.3f} ({counts[t][2]})" for t in types if t in counts]
    p, r = total[0] / max(1, total[1]), total[0] / max(1, total[2])
    print(f"{name}: F1 {f1(total):.4f} P {p:.3f} R {r:.3f} | " + "  ".join(parts), flush=True)
    return f1(total)


NAMES = ["PER", "ORG", "LOC"]
ROOM = 128


def evaluate(model, tokenizer, data, bf16: bool = False, room: int = ROOM) -> dict[str, float]:
    """Scores on the tuning sets: sentence by sentence, and where the set has documents in windows of an article."""
    out = {}
    for name, examples, types, whole in (
        ("UNER EWT dev", data.uner_dev, NAMES, False),
        ("UNER EWT dev, articles", data.uner_dev, NAMES, True),
        ("GUM news kept out, articles", data.gum_dev, NAMES, True),
        ("CrossNER politics dev", data.crossner_dev, NAMES, False),
        ("CrossNER politics dev, EVENT", data.crossner_dev, ["EVENT"], False),
        ("CrossNER politics dev, MISC", data.crossner_dev, ["MISC"], False),
        ("GMB held out", data.bronze_held, TYPES, False),
    ):
        runs = article_runs(tokenizer, examples, room) if whole else [[e.text()[0]] for e in examples]
        predicted = predict_runs(model, tokenizer, runs, bf16)
        out[name] = report(name, score(examples, predicted, set(types)), types)
    return out


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--model", required=True)
    p.add_argument("--data")
    p.add_argument("--text", nargs="*", default=[])
    args = p.parse_args()
    from modelfolder import load_model

    model, tokenizer = load_model(args.model), load_tokenizer(args.model)
    if args.data:
        evaluate(model, tokenizer, load(args.data))
    for path in args.text:
        print(f"# {path}")
        with open(path, encoding="utf-8") as f:
            lines = [line.strip() for line in f if line.strip()]
        for line, found in zip(lines, predict(model, tokenizer, lines)):
            print(f"- {line[:100]}")
            print("    " + "; ".join(f"{line[s:t]} [{k}]" for s, t, k in found))


if __name__ == "__main__":
    main()
