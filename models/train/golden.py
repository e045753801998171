"""Golden vectors for the runtime's tests: ids, token types, byte offsets and outputs
of a model folder, computed by transformers in float32 on the dequantised weights.

    python golden.py ../minilm-l6 ../runtime/tests/golden/minilm-l6.json
"""

from __future__ import annotations

import json
import os
import sys

import torch

from modelfolder import load_model, sha256
from wordshape import byte_offsets, encode, load_tokenizer

TEXTS = [
    "The parliament in Nairobi approved the budget on Tuesday.",
    "A",
    "one",
    "José Müller flew from São Paulo to Zürich; the café was closed.",
    "Cafe\u0301 noir, decomposed: e\u0301te\u0301.",
    "Great news 🎉🎉 from Reykjavík 🇮🇸 — see you in 2026!",
    "“Don’t,” said Mr. O’Neill—twice… (p. 4; §7) [1, 5]/100% @home #tag $3.50 a_b.",
    "MINISTERS MEET IN GENEVA AS iPhone PRICES RISE 3.5% IN Q4",
    "東京 hosted the summit. Москва и Київ. مرحبا بالعالم",
    "  leading spaces,\ttabs\r\nand  line ends \n",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis Qwxzkjv",
    "x\u200by zero\u00a0width ﬁne ﬂow ½ ² Ⅷ ß ẞ ǅ",
]

LONG = [
    f"In paragraph {i} the committee of Lower Saxony heard Dr. Anna Berg on water, rail and the price of bread."
    for i in range(1, 9)
]

PAIRS = [
    ("wind farms at sea", "The council voted for the turbines; residents of Århus cheered."),
    ("wind farms at sea", "The match ended in a draw."),
    ("A tax on sugar should be introduced", "“Nobody needs it,” the minister said — twice 🙂."),
    ("Genf", "MINISTERS MEET IN GENEVA"),
    ("According to the mayor: Trams should run at night [SEP] Night trams at last? ... The council met on Tuesday.", "“It is about time,” he said."),
    ("free public transport", " ".join("Free buses fill the town and empty the roads, said the mayor." for _ in range(14))),
]


def texts(tokenizer, room: int) -> list[str]:
    """The texts, the last as long as the model's window allows: each case is read in one go."""
    fits = [n for n in range(1, len(LONG) + 1) if len(tokenizer.encode(" ".join(LONG[:n])).ids) <= room]
    return [*TEXTS, " ".join(LONG[: fits[-1]])]


def rounded(t: torch.Tensor):
    def walk(x):
        return [walk(y) for y in x] if isinstance(x, list) else round(x, 6)

    return walk(t.tolist())


@torch.no_grad()
def text_case(model, tokenizer, text: str, token_types: str, task: str) -> dict:
    e = encode(tokenizer, text, token_types)
    out = model(input_ids=torch.tensor([e.ids]), token_type_ids=torch.tensor([e.token_types]))
    if task == "embedding":
        v = out.last_hidden_state[0].mean(0)
        output = rounded(v / v.norm())
    else:
        output = rounded(out.logits[0])
    return {
        "text": text,
        "ids": e.ids,
        "token_types": e.token_types,
        "offsets": byte_offsets(text, e.offsets),
        "words": e.words,
        "output": output,
    }


@torch.no_grad()
def pair_case(model, tokenizer, first: str, second: str) -> dict:
    e = tokenizer.encode(first, second)
    sides = [None if s else i for s, i in zip(e.special_tokens_mask, e.sequence_ids)]
    offsets = []
    for side, span in zip(sides, e.offsets):
        offsets.append((0, 0) if side is None else byte_offsets((first, second)[side], [span])[0])
    out = model(input_ids=torch.tensor([e.ids]), token_type_ids=torch.tensor([e.type_ids]))
    return {
        "text": first,
        "pair": second,
        "ids": e.ids,
        "token_types": e.type_ids,
        "offsets": offsets,
        "output": rounded(out.logits[0]),
    }


def main(folder: str, target: str) -> None:
    model = load_model(folder)
    tokenizer = load_tokenizer(folder)
    manifest = {}
    with open(f"{folder}/model.toml") as f:
        for line in f:
            if " = " in line:
                key, value = line.split(" = ", 1)
                manifest.setdefault(key, json.loads(value))
    task = manifest["task"]
    if task == "sequence-classification":
        cases = [pair_case(model, tokenizer, a, b) for a, b in PAIRS]
    else:
        cases = [text_case(model, tokenizer, t, manifest["token_types"], task) for t in texts(tokenizer, manifest["max_length"])]
    doc = {
        "model": manifest["name"],
        "task": task,
        "model_sha256": sha256(f"{folder}/model.safetensors"),
        "offset_unit": "utf8 bytes",
        "cases": cases,
    }
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    with open(target, "w") as f:
        f.write('{\n')
        head = {k: v for k, v in doc.items() if k != "cases"}
        f.write("".join(f"  {json.dumps(k)}: {json.dumps(v)},\n" for k, v in head.items()))
        f.write('  "cases": [\n')
        f.write(",\n".join("    " + json.dumps(c, ensure_ascii=True, separators=(",", ":")) for c in cases))
        f.write("\n  ]\n}\n")
    size = os.path.getsize(target)
    print(f"{target}: {len(cases)} cases, {size} bytes")
    if size > 600_000:
        raise SystemExit("the golden file is over 600 KB")


if __name__ == "__main__":
    main(*sys.argv[1:])
