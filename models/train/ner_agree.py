"""Weigh the bronze labels against a first model: where both agree they stand, where
they differ both are allowed, and what was left open takes the model's sure answers."""

from __future__ import annotations

import numpy as np

from ner_data import ALL, I_BITS, ID, LABELS, Example, Token
from ner_encode import mention_runs
from ner_eval import log_probs, viterbi
from wordshape import encode

SURE = 0.9
KEPT = {"DATE", "NORP"}  # labels that lists and patterns decide


def first_words(spans, word_spans) -> list[int | None]:
    """The index of the first word of each token."""
    out, w = [], 0
    for a, b in spans:
        while w < len(word_spans) and word_spans[w][1] <= a:
            w += 1
        out.append(w if w < len(word_spans) and word_spans[w][0] < b else None)
    return out


def agree(model, tokenizer, examples: list[Example], bf16: bool = True) -> tuple[list[Example], dict[str, int]]:
    """Copies of the examples with their masks weighed, and what was changed."""
    texts = [e.text() for e in examples]
    encoded = [encode(tokenizer, t) for t, _ in texts]
    short = [k for k, e in enumerate(encoded) if 2 < len(e.ids) <= 256]
    logps = dict(zip(short, log_probs(model, [encoded[k] for k in short], bf16)))
    counts = {"kept": 0, "widened": 0, "retyped": 0, "filled": 0, "added": 0}
    out = []
    for k, e in enumerate(examples):
        if k not in logps:
            continue
        path = viterbi(logps[k])
        confidence = np.exp(logps[k][np.arange(len(path)), path])
        spans = texts[k][1]
        at = first_words(spans, encoded[k].word_spans)
        masks = [t.mask for t in e.tokens]
        # the model's labels per token: a mention that begins inside a token is not one of ours
        label = [LABELS[path[w]] if w is not None else "O" for w in at]
        sure = [float(confidence[w]) if w is not None else 0.0 for w in at]
        for t in range(len(label)):
            if label[t].startswith("I-") and (t == 0 or label[t - 1][2:] != label[t][2:]):
                label[t] = "B-" + label[t][2:]
        found, t = {}, 0
        while t < len(label):
            if label[t] == "O":
                t += 1
                continue
            j = t + 1
            while j < len(label) and label[j] == "I-" + label[t][2:]:
                j += 1
            found[(t, j)] = label[t][2:]
            t = j
        settled = set()
        for i, j, kind in mention_runs(e.tokens):
            settled.update(range(i, j))
            other = found.get((i, j))
            if kind in KEPT or other == kind:
                counts["kept"] += 1
                continue
            if other and min(sure[i:j]) > 0.95:
                for t in range(i, j):
                    masks[t] = 1 << ID[("B-" if t == i else "I-") + other]
                counts["retyped"] += 1
                continue
            for t in range(i, j):
                masks[t] |= 1 << ID[label[t]]
            counts["widened"] += 1
        for (i, j), kind in found.items():
            if settled.intersection(range(i, j)):
                for t in range(i, j):
                    if t not in settled:
                        masks[t] |= 1 << ID[label[t]]
                continue
            if all(masks[t] == ALL for t in range(i, j)) and min(sure[i:j]) > SURE:
                for t in range(i, j):
                    masks[t] = 1 << ID[label[t]]
                counts["filled"] += 1
            elif min(sure[i:j]) > 0.7:
                for t in range(i, j):
                    masks[t] |= 1 << ID[label[t]]
                counts["added"] += 1
        for t, m in enumerate(masks):
            if m == ALL and label[t] == "O" and sure[t] > SURE:
                masks[t] = 1
        # an I- label must have something it can follow
        for t, m in enumerate(masks):
            if m & I_BITS == m and (t == 0 or not masks[t - 1] & (m | m >> 1)):
                masks[t] = m | m >> 1
        out.append(Example([Token(t.text, t.space, m) for t, m in zip(e.tokens, masks)], e.source, e.doc))
    return out, counts
