"""Fits the two paraphrase models of `duplicates.lexical-semantic`, and judges them.

    python fit.py FOLDER

FOLDER holds the CSV files that `examples/features.rs` made of what `prepare.py` wrote (see README.md).
Weights are kept from going below zero: more likeness never speaks against a retelling.
"""

from __future__ import annotations

import csv
import sys

import numpy as np
from scipy.optimize import minimize

EVIDENCE = 15.0  # nats, as LEAST_EVIDENCE in the stage
NEIGHBOURS = 0.95
BETWEEN = 0.95
COLUMNS = ("cosine", "coverage", "shared", "evidence", "containment")


def read(path: str, keep=lambda row: True):
    with open(path, newline="") as f:
        rows = [r for r in csv.DictReader(f) if keep(r)]
    values = np.array([[float(r[c]) for c in COLUMNS] for r in rows]).reshape(-1, len(COLUMNS))
    apart = np.array([abs(int(r["a_idx"]) - int(r["b_idx"])) for r in rows])
    return rows, values, apart


def fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Logistic weights and bias; both classes weigh the same."""
    scale = x.std(0)
    xs = x / scale
    weight = np.where(y == 1, (y == 0).sum() / (y == 1).sum(), 1.0) * (y == 1).sum() / (y == 0).sum()

    def loss(t):
        z = xs @ t[:-1] + t[-1]
        error = weight * (1 / (1 + np.exp(-z)) - y)
        value = (weight * (np.logaddexp(0, z) - y * z)).sum() + 0.025 * (t[:-1] ** 2).sum()
        return value, np.r_[xs.T @ error + 0.05 * t[:-1], error.sum()]

    bounds = [(0, None)] * x.shape[1] + [(None, None)]
    best = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 5000})
    return np.r_[best.x[:-1] / scale, best.x[-1]]


def main() -> None:
    folder = sys.argv[1]

    def last_two(rows):
        """The two summaries: the last two paragraphs of each article of fit-summaries."""
        last = {}
        for r in rows:
            last[r["a"]] = max(last.get(r["a"], 0), int(r["b_idx"]))
        return np.array([int(r["b_idx"]) == last[r["a"]] and int(r["a_idx"]) == last[r["a"]] - 1 for r in rows])

    rows, summaries, _ = read(f"{folder}/fit-summaries.within.csv")
    positives = summaries[last_two(rows)]
    negatives, apart = [], []
    for name in ("fit-ewt", "fit-gmb", "fit-gum"):
        _, values, distance = read(f"{folder}/{name}.within.csv")
        negatives.append(values)
        apart.append(distance)
    negatives, apart = np.concatenate(negatives), np.concatenate(apart)
    # What shares its words is no example of *not* repeating; neighbours have a threshold of their own.
    usable = (negatives[:, 4] < 0.2) & (apart > 1)
    gate = lambda values: values[values[:, 3] >= EVIDENCE]
    p, n = gate(positives), gate(negatives[usable])
    print(f"retellings {len(p)} of {len(positives)} with evidence; others {len(n)} of {usable.sum()}")
    y = np.r_[np.ones(len(p)), np.zeros(len(n))]
    whole = fit(np.concatenate([p, n])[:, [0, 2]], y)
    sentences = fit(np.concatenate([p, n])[:, [1, 2]], y)
    print("WHOLE     weights", whole[:2].round(2), "bias", whole[2].round(2))
    print("SENTENCES weights", sentences[:2].round(2), "bias", sentences[2].round(2))

    def probability(values, weights, column):
        z = values[:, [column, 2]] @ weights[:2] + weights[2]
        return np.where(values[:, 3] >= EVIDENCE, 1 / (1 + np.exp(-z)), 0)

    def within(values, distance):
        least = np.where(distance <= 1, NEIGHBOURS, 0.5)
        return (probability(values, whole, 0) >= least) | (probability(values, sentences, 1) >= least)

    def report(name, rows, values, found):
        new = found & (values[:, 4] < 0.5)
        print(f"{name}: {new.sum()} of {len(values)} pairs")
        return [rows[i] for i in np.flatnonzero(new)]

    print(f"retellings found (as if apart): {within(positives, np.full(len(positives), 9)).mean():.2f}")
    for name in ("fit-ewt", "fit-gmb", "fit-gum", "test-ewt", "test-gmb"):
        rows, values, distance = read(f"{folder}/{name}.within.csv")
        for r in report(f"{name} inside articles", rows, values, within(values, distance)):
            print("   ", r["a"], r["a_idx"], r["b_idx"], "evidence", r["evidence"][:5])
    for name in ("fit-gmb", "test-gmb"):
        rows, values, _ = read(f"{folder}/{name}.between.csv")
        for r in report(f"{name} between articles", rows, values, probability(values, sentences, 1) >= BETWEEN):
            print("   ", r["a"], r["a_idx"], r["b"], r["b_idx"])
    rows, values, distance = read(f"{folder}/test-built.within.csv")
    true = np.array([r["a_idx"] == "0" and r["b_idx"] == "3" for r in rows])
    found = within(values, distance) | (values[:, 4] >= 0.5)
    for kind in ("wikisplit", "stsb"):
        own = np.array([r["a"].startswith(kind) for r in rows])
        print(f"built from {kind}: found {found[own & true].sum()} of 50, false {found[own & ~true].sum()}")
    print("hand-set thresholds beside it (cosine alone): recall of retellings, false inside test-gmb, test-ewt")
    _, gmb, _ = read(f"{folder}/test-gmb.within.csv")
    _, ewt, _ = read(f"{folder}/test-ewt.within.csv")
    for least in (0.7, 0.75, 0.8, 0.85):
        print(f"    {least}: {(positives[:, 0] >= least).mean():.2f}, {(gmb[:, 0] >= least).sum()}, {(ewt[:, 0] >= least).sum()}")


if __name__ == "__main__":
    main()
