"""all-MiniLM-L6-v2 as a model folder, and what int8 costs it.

    python minilm.py --base FOLDER --data FOLDER --out ../minilm-l6
"""

from __future__ import annotations

import argparse
import csv
import json

import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertModel

from modelfolder import load_model, write_folder
from wordshape import encode, load_tokenizer


@torch.no_grad()
def vectors(model, tokenizer, sentences: list[str]) -> torch.Tensor:
    """Mean-pooled unit vectors, one sentence at a time."""
    rows = []
    for s in sentences:
        ids = torch.tensor([encode(tokenizer, s, "zero").ids])
        v = model(input_ids=ids).last_hidden_state[0].mean(0)
        rows.append(v / v.norm())
    return torch.stack(rows)


def pairs(path: str, n: int) -> tuple[list[str], list[str], list[float]]:
    """The first `n` pairs of an STS-B file: sentences and gold similarity."""
    with open(path, newline="", encoding="utf-8") as f:
        rows = [r for r in csv.reader(f) if len(r) == 3][:n]
    return [r[0] for r in rows], [r[1] for r in rows], [float(r[2]) for r in rows]


def spearman(a: torch.Tensor, b: torch.Tensor) -> float:
    """Rank correlation with average ranks for ties."""

    def ranks(x):
        _, inverse, counts = x.unique(return_inverse=True, return_counts=True)
        ends = counts.cumsum(0).double()
        return (ends - (counts.double() - 1) / 2)[inverse]

    return torch.corrcoef(torch.stack([ranks(a), ranks(b)]))[0, 1].item()


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--base", required=True, help="folder of the unpacked all-MiniLM-L6-v2")
    p.add_argument("--data", required=True, help="data root; reads paraphrase/stsb/stsb-en-dev.csv")
    p.add_argument("--out", required=True, help="model folder to write")
    args = p.parse_args()

    with open(f"{args.base}/config.json") as f:
        config = json.load(f)
    state = load_file(f"{args.base}/model.safetensors")
    write_folder(
        args.out,
        state,
        config=config,
        tokenizer=f"{args.base}/tokenizer.json",
        name="minilm-l6",
        task="embedding",
        labels=[],
        max_length=256,
        token_types="zero",
        pooling="mean",
        license="Apache-2.0",
        source="all-MiniLM-L6-v2 (Apache-2.0), rounded to int8 by models/train",
    )

    float_model = BertModel(BertConfig(**config), add_pooling_layer=False)
    float_model.load_state_dict({k: v for k, v in state.items() if not k.startswith("pooler.")}, strict=False)
    int8_model = load_model(args.out)
    tokenizer = load_tokenizer(args.out)
    left, right, gold = pairs(f"{args.data}/paraphrase/stsb/stsb-en-dev.csv", 1500)
    scores = {}
    made = {}
    for name, model in (("float", float_model.eval()), ("int8", int8_model)):
        a, b = vectors(model, tokenizer, left), vectors(model, tokenizer, right)
        made[name] = a
        scores[name] = spearman((a * b).sum(1), torch.tensor(gold))
    cosine = (made["float"][:500] * made["int8"][:500]).sum(1)
    print(f"cosine of int8 to float weights, 500 sentences: mean {cosine.mean():.5f}, least {cosine.min():.5f}")
    print(f"STS-B dev Spearman: float {scores['float']:.4f}, int8 {scores['int8']:.4f}")


if __name__ == "__main__":
    main()
