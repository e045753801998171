"""Write and read model folders: int8 weights with one scale per output row.

A folder holds `config.json`, `tokenizer.json`, `model.safetensors`, `model.toml`
and, written by hand, `README.md` and `LICENSE`. Encoder and pooler matrices and
the word-embedding table are symmetric int8 (-127..127) with a companion F32
tensor `<name>_scale`: `w = q * scale[row]`. Everything else is F32.
"""

from __future__ import annotations

import hashlib
import json
import os

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tokenizers import Tokenizer

FORMAT = 1


def is_quantised(name: str) -> bool:
    """Whether a tensor of this name is stored as int8."""
    if name == "embeddings.word_embeddings.weight" or name == "pooler.dense.weight":
        return True
    return name.startswith("encoder.") and name.endswith(".weight") and "LayerNorm" not in name


def quantise(w: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of `w` as int8, and the scale of each row."""
    scale = w.abs().amax(dim=1).clamp_min(1e-8) / 127.0
    q = torch.round(w / scale[:, None]).clamp_(-127, 127).to(torch.int8)
    return q, scale


def plain_names(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """A Hugging Face state dict under the folder's names: no `bert.` prefix, no buffers."""
    out = {}
    for name, tensor in state.items():
        name = name.removeprefix("bert.")
        if name.endswith("position_ids"):
            continue
        out[name] = tensor.detach().float().contiguous()
    return out


def sha256(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as f:
        while block := f.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def write_folder(
    folder: str,
    state: dict[str, torch.Tensor],
    *,
    config: dict,
    tokenizer: str,
    name: str,
    task: str,
    labels: list[str],
    max_length: int,
    token_types: str,
    license: str,
    source: str,
    pooling: str | None = None,
    temperature: float = 1.0,
    thresholds: dict[str, float] | None = None,
    languages: tuple[str, ...] = ("en",),
    keep_pooler: bool = False,
    reads: tuple[str, ...] = (),
) -> None:
    """Quantise `state` and write the folder, `model.toml` last.

    `tokenizer` is the path of a `tokenizer.json`; its truncation and padding are
    taken out. `config` is the BertConfig as a dict; `id2label` is filled from `labels`.
    The pooler is dropped unless `keep_pooler`. `reads`: what a classifier of pairs was trained to
    read beside target and text ("context", "holder").
    """
    os.makedirs(folder, exist_ok=True)
    tensors = {}
    for key, w in plain_names(state).items():
        if key.startswith("pooler.") and not keep_pooler:
            continue
        if is_quantised(key):
            tensors[key], tensors[key + "_scale"] = quantise(w)
        else:
            tensors[key] = w
    save_file(tensors, f"{folder}/model.safetensors", metadata={"format": "pt"})
    os.chmod(f"{folder}/model.safetensors", 0o644)

    keep = (
        "attention_probs_dropout_prob classifier_dropout hidden_act hidden_dropout_prob hidden_size "
        "initializer_range intermediate_size layer_norm_eps max_position_embeddings model_type "
        "num_attention_heads num_hidden_layers pad_token_id position_embedding_type type_vocab_size vocab_size"
    ).split()
    written = {k: config[k] for k in keep if k in config}
    heads = {"token-classification": "BertForTokenClassification", "sequence-classification": "BertForSequenceClassification"}
    written["architectures"] = [heads.get(task, "BertModel")]
    if labels:
        written["id2label"] = {str(i): label for i, label in enumerate(labels)}
        written["label2id"] = {label: i for i, label in enumerate(labels)}
    with open(f"{folder}/config.json", "w") as f:
        json.dump(written, f, indent=2, sort_keys=True)
        f.write("\n")

    t = Tokenizer.from_file(tokenizer)
    t.no_truncation()
    t.no_padding()
    t.save(f"{folder}/tokenizer.json", pretty=False)

    lines = [
        f"format = {FORMAT}",
        f"name = {json.dumps(name)}",
        f"task = {json.dumps(task)}",
        'architecture = "bert"',
        f"labels = {json.dumps(labels)}",
        f"max_length = {max_length}",
        f"token_types = {json.dumps(token_types)}",
    ]
    if pooling:
        lines.append(f"pooling = {json.dumps(pooling)}")
    if reads:
        lines.append(f"reads = {json.dumps(list(reads))}")
    lines += [
        f"languages = {json.dumps(list(languages))}",
        f"temperature = {float(temperature)!r}",
        f"license = {json.dumps(license)}",
        f"source = {json.dumps(source)}",
    ]
    if thresholds:
        lines += ["", "[thresholds]"] + [f"{k} = {float(v)!r}" for k, v in thresholds.items()]
    lines += ["", "[sha256]"]
    for file in ("model.safetensors", "tokenizer.json", "config.json"):
        lines.append(f'"{file}" = "{sha256(f"{folder}/{file}")}"')
    with open(f"{folder}/model.toml", "w") as f:
        f.write("\n".join(lines) + "\n")


def read_state(folder: str) -> dict[str, torch.Tensor]:
    """The folder's weights, dequantised to float32, under the folder's names."""
    state = {}
    with safe_open(f"{folder}/model.safetensors", "pt") as f:
        names = set(f.keys())
        for name in sorted(names):
            if name.endswith("_scale"):
                continue
            w = f.get_tensor(name)
            if name + "_scale" in names:
                w = w.float() * f.get_tensor(name + "_scale")[:, None]
            state[name] = w.float()
    return state


def load_model(folder: str):
    """The folder as a transformers model on dequantised weights, in eval mode."""
    from transformers import BertConfig, BertForSequenceClassification, BertForTokenClassification, BertModel

    with open(f"{folder}/config.json") as f:
        config = BertConfig(**json.load(f))
    state = read_state(folder)
    architecture = config.architectures[0]
    if architecture == "BertModel":
        model = BertModel(config, add_pooling_layer="pooler.dense.weight" in state)
    else:
        cls = {"BertForTokenClassification": BertForTokenClassification, "BertForSequenceClassification": BertForSequenceClassification}[architecture]
        model = cls(config)
        state = {k if k.startswith("classifier.") else "bert." + k: v for k, v in state.items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    missing = [m for m in missing if not m.endswith("position_ids")]
    if missing or unexpected:
        raise ValueError(f"weights of {folder} do not fit its config: missing {missing}, unexpected {unexpected}")
    return model.eval()
