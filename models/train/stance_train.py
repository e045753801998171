"""Train the stance cross-encoder in two stages, with checkpoints.

    python stance_train.py --stage first  --base FOLDER --data FOLDER --work FOLDER
    python stance_train.py --stage second --base FOLDER --data FOLDER --work FOLDER [--start WEIGHTS] [--name NAME]

The first stage reads the labelled sets. The second goes on from its weights, or
from those of `--start` (a `.pt` file or a model folder), with the sets, reports
of plans, and the written prose and articles. A killed run goes on from its
last checkpoint. The result is `<work>/stance-<name>.pt`: averaged weights
(exponential moving average) under transformers' names. `OMP_NUM_THREADS` sets the number of threads.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import time
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification, BertModel

from modelfolder import load_model
from stance_data import LABEL_ID, LABELS, SEED_WORDS, Pair, argkp, gmb_sentences, ibm, near_targets, newsmtsc, perspectrum, unrelated, words
from stance_articles import end_of
from stance_articles import pairs as articles
from stance_essays import pairs as essays
from stance_targets import vary

MAX_LENGTH = 256


def load_tokenizer(base: Path) -> Tokenizer:
    """The base tokenizer, set to shorten only the text of a pair."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_LENGTH, strategy="only_second")
    return tokenizer


def batch_tensors(encodings) -> dict[str, torch.Tensor]:
    """Encodings padded to the longest of them."""
    length = max(len(e.ids) for e in encodings)
    out = {}
    for key, field in (("input_ids", "ids"), ("token_type_ids", "type_ids"), ("attention_mask", "attention_mask")):
        out[key] = torch.tensor([getattr(e, field) + [0] * (length - len(e.ids)) for e in encodings])
    return out


def fresh_model(base: Path, seed: int) -> BertForSequenceClassification:
    torch.manual_seed(seed)
    config = BertConfig.from_pretrained(
        base, num_labels=len(LABELS), id2label=dict(enumerate(LABELS)), label2id=LABEL_ID, architectures=["BertForSequenceClassification"]
    )
    return BertForSequenceClassification.from_pretrained(base, config=config)


def embedder(base: Path):
    """Mean-pooled unit vectors of the base encoder, to find targets of the same area."""
    model = BertModel.from_pretrained(base, add_pooling_layer=False).eval()
    tokenizer = load_tokenizer(base)

    @torch.no_grad()
    def embed(texts: list[str]):
        rows = []
        for i in range(0, len(texts), 64):
            batch = batch_tensors(tokenizer.encode_batch(texts[i : i + 64]))
            hidden = model(**batch).last_hidden_state
            mask = batch["attention_mask"][..., None].float()
            mean = (hidden * mask).sum(1) / mask.sum(1)
            rows.append(torch.nn.functional.normalize(mean, dim=1))
        return torch.cat(rows).numpy()

    return embed


def labelled(data: Path, split: str) -> list[Pair]:
    """The open sets of a split, without pairs on the seed articles' names."""
    pairs = perspectrum(data, split) + argkp(data, split) + ibm(data, split) + newsmtsc(data, split)
    return [p for p in pairs if split == "dev" or not SEED_WORDS.search(p.target + " " + p.text)]


def factual(data: Path, rng: random.Random, count: int) -> list[Pair]:
    """News prose of GMB about a named place or organisation: it speaks of it and takes no side.

    Sentences with words of judgement or harm stay out, since there an author's side may be read.
    """
    import re

    loaded = re.compile(r"kill|attack|accus|critic|condemn|violen|prais|welcom|bomb|milit|terror|abus|corrupt|arrest|war\b|dead|death|fear|threat|crisis|blam|reject|fail|suspect|guilty|success|best|worst", re.I)
    out = []
    sentences = gmb_sentences(data)
    rng.shuffle(sentences)
    for text, names in sentences:
        if loaded.search(text) or SEED_WORDS.search(text) or len(text.split()) < 12:
            continue
        fitting = [n for n, kind in names if kind in {"geo", "org", "per"} and len(n) > 4 and not n.startswith(("President", "Prime"))]
        if fitting:
            out.append(Pair(rng.choice(fitting), text, "neutral", "gmb", "entity"))
        if len(out) == count:
            break
    return out


class Stage:
    """The pairs of every epoch of a stage; the same for the same seed."""

    def __init__(self, stage: str, base: Path, data: Path, seed: int):
        self.stage, self.seed = stage, seed
        rng = random.Random(seed)
        pairs = labelled(data, "train")
        # The noisy pairs serve the first stage only.
        self.claims = [p for p in pairs if p.kind == "claim" and (p.sure or stage == "first")]
        self.entities = [p for p in pairs if p.kind == "entity"]
        self.claim_targets = sorted({p.target for p in self.claims})
        self.entity_targets = sorted({p.target for p in self.entities if len(p.target) > 4})
        self.near = near_targets(self.claim_targets, embedder(base))
        self.facts = factual(data, rng, 6000)
        self.prose = None
        if stage == "second":
            from stance_prose import Prose
            from stance_reports import Reports
            from stance_retold import Retold

            self.prose = Prose("train")
            self.reports = Reports(data, "train")
            self.retold = Retold(self.claims)
            self.by_target = {}
            for p in self.claims:
                self.by_target.setdefault(p.target, []).append(p.text)
            self.about = {}
            for p in self.facts:
                self.about.setdefault(p.target, []).append(p)
            self.places = sorted(t for t, texts in self.about.items() if len(texts) > 2)

    def epoch(self, index: int) -> list[Pair]:
        rng = random.Random(self.seed * 1000 + index)
        out = []
        rates = (0.25, 0.10, 0.08) if self.stage == "first" else (0.45, 0.10, 0.08)
        for p in self.claims if self.stage == "first" else self.sample(rng):
            target, label = vary(p.target, p.label, rng, rates)
            out.append(Pair(target, p.text, label, p.source))
        if self.stage == "first":
            out += self.entities
            out += rng.sample(self.facts, 900)
            out += self.negatives(rng, 5200)
        else:
            out += self.entities
            out += rng.sample(self.facts, 400)
            out += self.negatives(rng, 1800)
            out += self.bystanders(rng, 900)
            out += self.prose.pairs(2500, rng)
            out += self.reports.pairs(2500, rng)
            out += self.retold.pairs(2500, rng)
            for _ in range(2):
                out += essays("train", rng)
            out = [self.behind(p, rng) for p in out]
            out += articles("train", rng)
        rng.shuffle(out)
        return out

    def behind(self, p: Pair, rng: random.Random) -> Pair:
        """One claim's text in five is read behind another one on its target, of either side: what comes before a text is not what it says."""
        others = self.by_target.get(p.target)
        if p.kind != "claim" or not others or rng.random() > 0.2:
            return p
        return replace(p, context=end_of(rng.choice(others)))

    def sample(self, rng: random.Random) -> list[Pair]:
        """The claims of an epoch of the second stage: ArgKP, with 24 motions, in part; the others whole."""
        motions = [p for p in self.claims if p.source == "argkp"]
        return [p for p in self.claims if p.source != "argkp"] + rng.sample(motions, 2000)

    def bystanders(self, rng: random.Random, count: int) -> list[Pair]:
        """News about a place, with a proposal for that place of which the news says nothing."""
        out = []
        while len(out) < count:
            place = rng.choice(self.places)
            text = " ".join(p.text for p in rng.sample(self.about[place], min(len(self.about[place]), rng.choice([1, 1, 2, 3]))))
            target = self.prose.claim_about(place, rng)
            if not (words(target) - words(place)) & words(text):
                out.append(Pair(target, text, "unrelated", "bystander"))
        return out

    def negatives(self, rng: random.Random, count: int) -> list[Pair]:
        """Texts with targets they do not speak of: of other topics, of near topics, and names that do not occur."""
        far = [(t, "claim") for t in self.claim_targets]
        names = [(t, "entity") for t in self.entity_targets]
        out = unrelated(self.claims, far, count * 5 // 16, rng, "far")
        out += unrelated(self.claims, names, count // 16, rng, "far")
        out += unrelated(self.entities, names, count * 2 // 16, rng, "far")
        out += unrelated(self.entities + self.facts, far, count * 4 // 16, rng, "far")
        while len(out) < count:
            p = rng.choice(self.claims)
            near = [t for t in self.near.get(p.target, ()) if len(words(t) & words(p.text)) == 0]
            if near:
                out.append(Pair(rng.choice(near), p.text, "unrelated", "near"))
        varied = []
        for p in out:
            target = vary(p.target, p.label, rng, (0.15, 0.15, 0.08))[0] if p.kind == "claim" else p.target
            varied.append(Pair(target, p.text, p.label, p.source, p.kind))
        return varied


def batches(pairs: list[Pair], tokenizer: Tokenizer, size: int, rng: random.Random):
    """Batches of like length in random order."""
    encoded = tokenizer.encode_batch([(p.first(), p.text) for p in pairs])
    order = sorted(range(len(pairs)), key=lambda i: len(encoded[i].ids) + rng.random() * 8)
    chunks = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(chunks)
    return [([encoded[i] for i in chunk], [LABEL_ID[pairs[i].label] for i in chunk]) for chunk in chunks]


def parameter_groups(model, rate: float, decay: float = 0.92):
    """Lower rates for lower layers; no weight decay on biases and norms."""
    layers = model.config.num_hidden_layers
    groups = []
    for name, p in model.named_parameters():
        if "embeddings" in name:
            depth = layers + 1
        elif "encoder.layer." in name:
            depth = layers - int(name.split("encoder.layer.")[1].split(".")[0])
        else:
            depth = 0
        plain = name.endswith("bias") or "LayerNorm" in name
        factor = decay**depth * (3.0 if name.startswith("classifier") else 1.0)
        groups.append({"params": [p], "lr": rate * factor, "weight_decay": 0.0 if plain else 0.01, "peak": rate * factor})
    return groups


def train(args) -> None:
    work = Path(args.work)
    work.mkdir(parents=True, exist_ok=True)
    base, data = Path(args.base), Path(args.data)
    name = args.name or args.stage
    result, checkpoint = work / f"stance-{name}.pt", work / f"stance-{name}.ckpt"
    if result.exists() and not args.again:
        print(f"{result} stands already; --again trains anew")
        return
    stage = Stage(args.stage, base, data, args.seed)
    tokenizer = load_tokenizer(base)
    model = fresh_model(base, args.seed)
    if args.stage == "second":
        start = Path(args.start) if args.start else work / "stance-first.pt"
        if start.is_dir():
            model = load_model(str(start))
        else:
            model.load_state_dict(torch.load(start, weights_only=True))
    model.train()
    optimizer = torch.optim.AdamW(parameter_groups(model, args.rate), betas=(0.9, 0.98))
    average = {k: v.detach().clone() for k, v in model.state_dict().items()}
    per_epoch = math.ceil(len(stage.epoch(0)) / args.batch)
    total = int(per_epoch * args.epochs)
    warm = max(1, int(total * 0.06))
    step = 0
    if checkpoint.exists() and not args.again:
        saved = torch.load(checkpoint, weights_only=False)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average, step = saved["average"], saved["step"]
        print(f"going on from step {step} of {total}", flush=True)
    started, seen, losses = time.time(), 0, []
    while step < total:
        epoch = step // per_epoch
        pairs = stage.epoch(epoch)
        chunks = batches(pairs, tokenizer, args.batch, random.Random(args.seed + epoch))
        # Epochs differ a little in length; each has as many batches as the first.
        chunks = [chunks[i % len(chunks)] for i in range(per_epoch)]
        for encodings, labels in chunks[step - epoch * per_epoch :]:
            if step >= total:
                break
            torch.manual_seed(args.seed * 100003 + step)
            scale = step / warm if step < warm else max(0.02, (total - step) / (total - warm))
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * scale
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(**batch_tensors(encodings)).logits
            loss = torch.nn.functional.cross_entropy(logits.float(), torch.tensor(labels), label_smoothing=0.05)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
            losses.append(loss.item())
            keep = min(args.average, (1 + step) / (10 + step))
            with torch.no_grad():
                for k, v in model.state_dict().items():
                    if v.dtype.is_floating_point:
                        average[k].lerp_(v, 1 - keep)
            seen += len(labels)
            if step % 100 == 0:
                print(f"step {step}/{total} loss {sum(losses[-100:]) / len(losses[-100:]):.3f} {seen / (time.time() - started):.0f} pairs/s", flush=True)
            if step % 400 == 0:
                torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "average": average, "step": step}, f"{checkpoint}.new")
                os.replace(f"{checkpoint}.new", checkpoint)
    torch.save(average, f"{result}.new")
    os.replace(f"{result}.new", result)
    checkpoint.unlink(missing_ok=True)
    (work / f"stance-{name}.json").write_text(
        json.dumps({"stage": args.stage, "steps": total, "pairs_per_epoch": len(stage.epoch(0)), "seconds": round(time.time() - started), "seed": args.seed, "rate": args.rate})
    )
    print(f"{result}: {total} steps, {time.time() - started:.0f} s")


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--stage", choices=["first", "second"], required=True)
    p.add_argument("--base", required=True, help="folder of the unpacked all-MiniLM-L6-v2")
    p.add_argument("--data", required=True, help="data root; reads stance/ and ner/gmb")
    p.add_argument("--work", required=True, help="folder of checkpoints and results")
    p.add_argument("--start", help="weights (.pt) or model folder that the second stage goes on from, instead of the first stage's weights")
    p.add_argument("--name", help="name of the result, instead of the stage's")
    p.add_argument("--epochs", type=float, default=1)
    p.add_argument("--rate", type=float, default=6e-5)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--average", type=float, default=0.998, help="decay of the moving average of the weights")
    p.add_argument("--again", action="store_true", help="start over")
    train(p.parse_args())
