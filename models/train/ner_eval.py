"""Decode with BIO constraints, and score exact spans.

    python ner_eval.py --model ../ner-minilm-l6 --data FOLDER
    python ner_eval.py --model ../ner-minilm-l6 --text FILE...     prints the mentions of each line
"""

from __future__ import annotations

import argparse
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
    encoded = [encode(tokenizer, t) for t in texts]
    for e in encoded:
        if len(e.ids) > 510:
            raise ValueError(f"a text of {len(e.ids)} word pieces is over the model's window")
    out = []
    for text, e, logp in zip(texts, encoded, log_probs(model, encoded, bf16)):
        out.append(spans_of(viterbi(logp), e.word_spans, text) if len(e.word_spans) else [])
    return out


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


def evaluate(model, tokenizer, data, bf16: bool = False) -> dict[str, float]:
    """Scores on the tuning sets."""
    out = {}
    for name, examples, types in (
        ("UNER EWT dev", data.uner_dev, NAMES),
        ("CrossNER politics dev", data.crossner_dev, NAMES),
        ("CrossNER politics dev, EVENT", data.crossner_dev, ["EVENT"]),
        ("CrossNER politics dev, MISC", data.crossner_dev, ["MISC"]),
        ("GMB held out", data.bronze_held, TYPES),
    ):
        predicted = predict(model, tokenizer, [e.text()[0] for e in examples], bf16)
        out[name] = report(name, score(examples, predicted, set(types)), types)
    return out


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--model", required=True)
    p.add_argument("--data")
    p.add_argument("--text", nargs="*", default=[])
    args = p.parse_args()
    torch.set_num_threads(2)
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
