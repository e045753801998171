"""Golden scores for the tests of stages/rust-bert: small networks of other architectures than our own
models', with weights that script and test both make by the same formula.

    python golden_torch.py ../../stages/rust-bert/tests/checkpoints

Writes for each family a folder with tokenizer.json (trained on the seeds) and a config for each task, and
golden.json: what transformers gives for some texts and pairs, in float32.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
VOCABULARY = 600
NER = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
NLI = ["contradiction", "entailment", "neutral"]

TEXTS = [
    "Kazakhstan joined the Abraham Accords on November 7, 2025.",
    "José Müller flew from São Paulo to Zürich 🎉; the café was “closed”.",
    "The U.S. president met Kassym-Jomart Tokayev in Washington, D.C.",
]
PAIRS = [
    ("Muslim-majority states should join the accords", "Pakistan has rejected the demand — twice 🙂."),
    ("wind farms", "The council voted for the turbines; the president cheered."),
]
TEMPLATE = "The author is in favor of {}."


def weight(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    """Numbers from the name of a tensor: FNV-1a of it starts a SplitMix64; the upper 24 bits of each
    output, exact in float32, become -0.25 to 0.25. Weights of norms are around 1."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    values = (z >> np.uint64(40)).astype(np.float32) / np.float32(2**25) - np.float32(0.25)
    if "LayerNorm.weight" in name or name.endswith("layer_norm.weight"):
        values = values + np.float32(1)
    return torch.from_numpy(values).reshape(shape)


def byte_pairs() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train([str(p) for p in SEEDS], trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=special, initial_alphabet=alphabet, show_progress=False))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer


def word_pieces() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train([str(p) for p in SEEDS], trainers.WordPieceTrainer(
        vocab_size=VOCABULARY, special_tokens=special, show_progress=False))
    tokenizer.post_processor = template()
    # What a tokenizer.json asks for at times, and the engine must not follow.
    tokenizer.enable_padding(length=64, pad_id=0, pad_token="[PAD]")
    tokenizer.enable_truncation(max_length=8)
    return tokenizer


def unigrams() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    special = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
    tokenizer.train([str(p) for p in SEEDS], trainers.UnigramTrainer(
        vocab_size=VOCABULARY, special_tokens=special, unk_token="[UNK]", show_progress=False))
    tokenizer.post_processor = template(cls=1, sep=2)
    return tokenizer


def template(cls: int = 2, sep: int = 3):
    return processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", cls), ("[SEP]", sep)])


def sizes(**more) -> dict:
    return {
        "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64,
        "max_position_embeddings": 66, **more}


def labelled(labels: list[str]) -> dict:
    return {"id2label": dict(enumerate(labels)), "label2id": {label: i for i, label in enumerate(labels)}}


def checkpoints() -> dict:
    """Family: tokenizer, sizes, and for each task the classes of configuration and model."""
    roberta = sizes(type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2, layer_norm_eps=1e-5)
    distilbert = {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 64, "max_position_embeddings": 64}
    albert = sizes(embedding_size=16, num_hidden_groups=1, type_vocab_size=2, classifier_dropout_prob=0.1)
    electra = sizes(embedding_size=16, type_vocab_size=2)
    fnet = {"hidden_size": 32, "num_hidden_layers": 2, "intermediate_size": 64, "max_position_embeddings": 64,
            "type_vocab_size": 2}
    mobilebert = sizes(
        embedding_size=16, type_vocab_size=2, true_hidden_size=32, intra_bottleneck_size=32, num_feedforward_networks=2,
        classifier_activation=True)
    longformer = sizes(attention_window=[8, 8], type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2)
    xlnet = {"d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 64}
    t = transformers
    pairs, pieces, grams = byte_pairs(), word_pieces(), unigrams()

    def both(name: str) -> dict:
        return {"ner": getattr(t, f"{name}ForTokenClassification"), "nli": getattr(t, f"{name}ForSequenceClassification")}

    return {
        "roberta": (pairs, roberta, t.RobertaConfig, both("Roberta")),
        "distilbert": (pieces, distilbert, t.DistilBertConfig, both("DistilBert")),
        "albert": (grams, albert, t.AlbertConfig, both("Albert")),
        "electra": (pieces, electra, t.ElectraConfig, {"ner": t.ElectraForTokenClassification}),
        "fnet": (pieces, fnet, t.FNetConfig, both("FNet")),
        "longformer": (pairs, longformer, t.LongformerConfig, both("Longformer")),
        "mobilebert": (pieces, mobilebert, t.MobileBertConfig, both("MobileBert")),
        "xlnet": (grams, xlnet, t.XLNetConfig, both("XLNet")),
    }


def words_of(text: str) -> list[tuple[int, int]]:
    """Code points of the words, as BERT splits them."""
    return [span for _, span in pre_tokenizers.BertPreTokenizer().pre_tokenize_str(text)]


def first_piece(text: str, word: tuple[int, int], offsets: list[tuple[int, int]]) -> int | None:
    for index, (start, end) in enumerate(offsets):
        if start < end and text[start:end].strip() and end > word[0]:
            start += len(text[start:end]) - len(text[start:end].lstrip())
            return index if start < word[1] else None
    return None


def rounded(numbers: torch.Tensor) -> list:
    return [round(x, 6) for x in numbers.tolist()]


@torch.no_grad()
def golden(model, tokenizer: Tokenizer, task: str, types: bool) -> list[dict]:
    def run(encoding):
        more = {"token_type_ids": torch.tensor([encoding.type_ids])} if types else {}
        return model(input_ids=torch.tensor([encoding.ids]), **more).logits[0].softmax(-1)

    cases = []
    if task == "ner":
        for text in TEXTS:
            encoding = tokenizer.encode(text)
            rows = run(encoding)
            found = [(word, first_piece(text, word, encoding.offsets)) for word in words_of(text)]
            found = [(word, piece) for word, piece in found if piece is not None]
            as_bytes = [[len(text[:start].encode()), len(text[:end].encode())] for (start, end), _ in found]
            cases.append({
                "text": text, "words": as_bytes,
                "probabilities": [rounded(rows[piece]) for _, piece in found]})
    else:
        for target, text in PAIRS:
            pair = tokenizer.encode(target, text)
            zero_shot = tokenizer.encode(text, TEMPLATE.format(target))
            cases.append({
                "target": target, "text": text, "probabilities": rounded(run(pair)),
                "zero_shot": rounded(run(zero_shot))})
    return cases


def main(out: Path) -> None:
    all_cases, saved = [], {}
    for family, (tokenizer, shape, configuration, kinds) in checkpoints().items():
        folder = out / family
        folder.mkdir(parents=True, exist_ok=True)
        if not any(used is tokenizer for used in saved.values()):
            saved[family] = tokenizer
            tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        for task, kind in kinds.items():
            labels = labelled(NER if task == "ner" else NLI)
            config = configuration(
                **shape, **labels, vocab_size=tokenizer.get_vocab_size(), architectures=[kind.__name__])
            config.to_json_file(folder / f"{task}.json")
            model = kind(config).eval()
            floats = {key: value for key, value in model.state_dict().items() if value.is_floating_point()}
            left = model.load_state_dict({key: weight(key, tuple(value.shape)) for key, value in floats.items()}, strict=False)
            assert not left.unexpected_keys and all("position_ids" in key for key in left.missing_keys), left
            all_cases.append({
                "family": family, "task": task,
                "tokenizer": next(name for name, used in saved.items() if used is tokenizer),
                "tensors": {key: list(value.shape) for key, value in floats.items()},
                "cases": golden(model, tokenizer, task, getattr(config, "type_vocab_size", 0) > 1)})
    (out / "golden.json").write_text(json.dumps(all_cases, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
