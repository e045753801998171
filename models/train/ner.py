"""Train the NER model: all-MiniLM-L6-v2 with word-shape token types, in two stages.

Stage 1 reads bronze and gold sets, stage 2 the gold sets and a share of bronze at a lower
rate. The loss of a word is -log of the summed probability of the labels it may have.
A second pass goes on from the first pass's model with bronze labels weighed against it, and
averages the weights of that model and of several runs of the last stage.
A run that was killed goes on from its last checkpoint in `--work`.

    python ner.py --base FOLDER --data FOLDER --work FOLDER --out ../ner-minilm-l6
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import time

import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertForTokenClassification

import ner_data
import ner_frames
import ner_text
from modelfolder import load_model, write_folder
from ner_agree import agree
from ner_data import ID, LABELS, Example, Token, begin, inside
from ner_encode import AGREEMENT_NOUNS, EVENT_NOUNS, Pool, follow, mention_runs, pieces, windows
from ner_eval import evaluate
from wordshape import load_tokenizer

N = len(LABELS)
# Added to the biases of the head: labels left open make a model see too many names. Found on the tuning sets.
PRIORS = {"O": 0.6, "B-ORG": -0.3}
# The same for a finished model that goes on: it has the step already, and its last runs take a part of it back.
PRIORS_AGAIN = {"O": 0.4, "B-ORG": -0.2}
ALONE = 0.4  # share of windows that are one sentence
FRAMES = 1500  # sentences of our own making an epoch
BLOCK = 8  # bronze sentences are drawn in blocks that follow each other
BITS = torch.tensor([1 << k for k in range(N)])


def base_config(base: str, dropout: float = 0.1) -> BertConfig:
    with open(f"{base}/config.json") as f:
        config = json.load(f)
    config.update(type_vocab_size=4, num_labels=N, hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout)
    config.pop("architectures", None)
    return BertConfig(**config)


def fresh_model(base: str, seed: int) -> BertForTokenClassification:
    torch.manual_seed(seed)
    model = BertForTokenClassification(base_config(base))
    state = {k: v for k, v in load_file(f"{base}/model.safetensors").items() if not k.startswith("pooler.")}
    row = state["embeddings.token_type_embeddings.weight"][:1]
    state["embeddings.token_type_embeddings.weight"] = row.repeat(4, 1) + 0.02 * torch.randn(4, row.shape[1]) * torch.tensor([[0.0], [1.0], [1.0], [1.0]])
    _, unexpected = model.bert.load_state_dict(state, strict=False)
    unexpected = [k for k in unexpected if "position_ids" not in k]
    if unexpected:
        raise ValueError(f"the base model has tensors that do not fit: {unexpected}")
    return model


BATCH_PIECES = 1300


def batches(items, size: int, rng: random.Random) -> list[list]:
    """Length-sorted batches in random order; a batch holds up to `size` texts and `BATCH_PIECES` pieces."""
    order = sorted(items, key=lambda p: len(p.ids) + rng.random() * 4)
    out, batch = [], []
    for p in order:
        if batch and (len(batch) == size or (len(batch) + 1) * len(p.ids) > BATCH_PIECES):
            out.append(batch)
            batch = []
        batch.append(p)
    if batch:
        out.append(batch)
    rng.shuffle(out)
    return out


def collate(batch):
    width = max(len(p.ids) for p in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    types, attention, masks = ids.clone(), ids.clone(), ids.clone()
    for r, p in enumerate(batch):
        n = len(p.ids)
        ids[r, :n] = torch.tensor(p.ids)
        types[r, :n] = torch.tensor(p.types)
        masks[r, :n] = torch.tensor(p.masks)
        attention[r, :n] = 1
    return ids, types, attention, masks


def loss_of(logits: torch.Tensor, masks: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Mean over words of -log sum of the probabilities of the allowed labels."""
    keep = masks > 0
    logits, masks = logits[keep].float(), masks[keep]
    allowed = (masks[:, None] & BITS) > 0
    logp = logits.log_softmax(-1)
    loss = -torch.logsumexp(logp.masked_fill(~allowed, -1e9), -1)
    if smoothing:
        loss = (1 - smoothing) * loss - smoothing * logp.mean(-1)
    return loss.mean()


def train(model, make_epoch, *, epochs: int, lr: float, seed: int, checkpoint: str, size: int = 32, warmup: float = 0.06, smoothing: float = 0.0, every: int = 300):
    """One stage. `make_epoch(rng)` gives the encoded texts of an epoch; batches depend on the seed alone, so a resumed run repeats none."""
    decay = [p for n, p in model.named_parameters() if p.dim() > 1]
    plain = [p for n, p in model.named_parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}], lr=lr, fused=True)
    first = batches(make_epoch(random.Random(f"{seed}-0")), size, random.Random(f"{seed}-0-order"))
    total = len(first) * epochs
    step, start_epoch, skip = 0, 0, 0
    if os.path.exists(checkpoint):
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step, start_epoch, skip, total = saved["step"], saved["epoch"], saved["done"], saved["total"]
        print(f"resumed at step {step} of {total}", flush=True)
    torch.manual_seed(seed + step)
    model.train()
    began, running = time.time(), 0.0
    first_step = step
    for epoch in range(start_epoch, epochs):
        todo = first if epoch == 0 else batches(make_epoch(random.Random(f"{seed}-{epoch}")), size, random.Random(f"{seed}-{epoch}-order"))
        for k, batch in enumerate(todo):
            if epoch == start_epoch and k < skip:
                continue
            ids, types, attention, masks = collate(batch)
            warm = max(1, int(total * warmup))
            rate = lr * (step / warm if step < warm else max(0.0, (total - step) / max(1, total - warm)))
            for group in optimizer.param_groups:
                group["lr"] = rate
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(input_ids=ids, token_type_ids=types, attention_mask=attention).logits
            loss = loss_of(logits, masks, smoothing)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            running += loss.item()
            if step % 100 == 0:
                print(f"step {step}/{total} loss {running / 100:.4f} {(time.time() - began) / (step - first_step):.3f} s/step", flush=True)
                running = 0.0
            if step % every == 0:
                torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "epoch": epoch, "done": k + 1, "total": total}, checkpoint + ".part")
                os.replace(checkpoint + ".part", checkpoint)
                model.train()
    return model


def loosen(e: Example, lexicon) -> Example:
    """A bronze sentence for stage 2: PER, ORG and LOC keep their borders, not their type, unless the lists know the name."""
    names = ("PER", "ORG", "LOC")
    tokens = [Token(t.text, t.space, t.mask) for t in e.tokens]
    for i, j, kind in mention_runs(e.tokens):
        if kind in names and lexicon.kind(" ".join(t.text for t in e.tokens[i:j])) != kind:
            for k in range(i, j):
                tokens[k].mask = begin(*names) if k == i else inside(*names)
    return Example(tokens, e.source, e.doc)


def write(model, args, out: str) -> None:
    write_folder(
        out,
        model.state_dict(),
        config=base_config(args.base).to_dict(),
        tokenizer=f"{args.base}/tokenizer.json",
        name="ner-minilm-l6",
        task="token-classification",
        labels=LABELS,
        max_length=128,
        token_types="word-shape",
        license="CC-BY-SA-4.0",
        source="fine-tuned from all-MiniLM-L6-v2 (Apache-2.0) by models/train",
    )


def average(paths: list[str]) -> dict[str, torch.Tensor]:
    """The mean of several runs' weights (one begins where the other stands, so they lie in one basin)."""
    states = [load_file(p) for p in paths]
    return {k: torch.stack([s[k] for s in states]).mean(0) for k in states[0]}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--base", required=True, help="folder of the unpacked all-MiniLM-L6-v2")
    p.add_argument("--data", required=True, help="data root; reads ner/")
    p.add_argument("--work", required=True, help="folder of checkpoints")
    p.add_argument("--out", required=True, help="model folder to write")
    p.add_argument("--passes", type=int, default=2, choices=(1, 2), help="1: stop after the first model")
    p.add_argument("--first", help="an earlier model folder in place of the first pass")
    p.add_argument("--last-only", action="store_true", help="with --first: only the runs of the last stage, from its weights, the bronze labels as they are")
    p.add_argument("--weigh-only", action="store_true", help="stop before the second pass, the bronze labels weighed")
    p.add_argument("--bronze", type=int, nargs=2, default=(14000, 16000), help="bronze sentences an epoch of stage 1 in each pass")
    p.add_argument("--bronze2", type=int, default=3000, help="bronze sentences an epoch of stage 2")
    p.add_argument("--epochs", type=int, nargs=2, default=(2, 2), help="epochs of stage 1 in each pass")
    p.add_argument("--epochs2", type=int, nargs=2, default=(2, 2), help="epochs of stage 2 in each pass")
    p.add_argument("--lr", type=float, default=1e-4)
    p.add_argument("--lr2", type=float, default=6e-5)
    p.add_argument("--seeds", type=int, default=3, help="runs of the last stage whose weights are averaged")
    args = p.parse_args()
    os.makedirs(args.work, exist_ok=True)

    data = ner_data.load(args.data)
    data.gold += ner_text.read(data.lexicon)
    tokenizer = load_tokenizer(args.base)
    pool = Pool(data.bronze + data.gold, data.lexicon.peoples, ner_frames.names())
    after = follow(data.gold)
    small = [e for e in data.gold if e.source in ("crossner", "wikigold", "gum", "written")]
    crossner = [e for e in data.gold if e.source == "crossner"]

    def gold(rng):
        """Windows of the gold sets, the small ones twice; three in ten of those without a name."""
        runs = windows(data.gold, after, rng, ALONE) + windows(small, after, rng, ALONE)
        return [run for run in runs if any(not t.mask & 1 for e in run for t in e.tokens) or rng.random() < 0.3]

    def made(rng):
        return [[e] for e in ner_frames.sentences(FRAMES, rng, pool)]

    def stages(bronze, sentences):
        """The two makers of epochs on these bronze sentences."""
        loose = [loosen(e, data.lexicon) for e in bronze]
        rare = [e for e in bronze if any(LABELS[m.bit_length() - 1][2:] in ("MISC", "EVENT") for m in (t.mask for t in e.tokens) if m.bit_count() == 1)]
        treaties = [e for e in bronze if any(t.mask == 1 and t.text in AGREEMENT_NOUNS for t in e.tokens)]
        wars = [e for e in bronze if any(t.mask == 1 and t.text in EVENT_NOUNS for t in e.tokens)]
        print(f"bronze {len(bronze)}, with MISC or EVENT {len(rare)}, with an agreement {len(treaties)}, with an event {len(wars)}", flush=True)
        following = follow(bronze) | follow(loose)

        def seldom(rng):
            return rare + rng.sample(treaties, min(500, len(treaties))) + rng.sample(wars, min(250, len(wars)))

        def some(examples, count, rng):
            """Windows of about `count` sentences, from blocks that follow each other in the set."""
            starts = rng.sample(range(0, len(examples), BLOCK), min(count // BLOCK, -(-len(examples) // BLOCK)))
            return windows([e for s in starts for e in examples[s : s + BLOCK]], following, rng, ALONE)

        def stage1(rng):
            return pieces(tokenizer, some(bronze, sentences, rng) + [[e] for e in seldom(rng)] + made(rng) + gold(rng), rng, pool)

        def stage2(rng):
            loosened = [[loosen(e, data.lexicon)] for e in seldom(rng)]
            return pieces(tokenizer, some(loose, args.bronze2, rng) + loosened + made(rng) + gold(rng) + [[e] for e in crossner], rng, pool)

        return stage1, stage2

    def run(model, name, maker, epochs, lr, seed):
        """Train `model` unless the weights of this step are already there."""
        done = f"{args.work}/{name}.safetensors"
        if not os.path.exists(done):
            print(f"== {name}", flush=True)
            train(model, maker, epochs=epochs, lr=lr, seed=seed, checkpoint=f"{args.work}/{name}.pt")
            save_file(model.state_dict(), done)
            evaluate(model, tokenizer, data, bf16=True)
        model.load_state_dict(load_file(done))
        return done

    if args.first:
        model = load_model(args.first)
        first = f"{args.work}/first.safetensors"
        # Kept: `--out` may be the same folder, and a second call must not begin from its own result.
        if not os.path.exists(first):
            save_file(model.state_dict(), first)
        model.load_state_dict(load_file(first))
    else:
        stage1, stage2 = stages(data.bronze, args.bronze[0])
        model = fresh_model(args.base, 1)
        run(model, "first-1", stage1, args.epochs[0], args.lr, 1)
        first = run(model, "first-2", stage2, args.epochs2[0], args.lr2, 101)
    if args.last_only:
        _, stage2 = stages(data.bronze, args.bronze[1])
        ends = [first]
        for k in range(args.seeds):
            model.load_state_dict(average(ends))
            ends.append(run(model, f"last-{k}", stage2, args.epochs2[1], args.lr2, 301 + k))
        model.load_state_dict(average(ends))
    elif args.passes == 2:
        weighed = f"{args.work}/bronze.pickle"
        if not os.path.exists(weighed):
            bronze, counts = agree(model, tokenizer, data.bronze)
            print(f"bronze against the first model: {counts}", flush=True)
            with open(weighed, "wb") as f:
                pickle.dump(bronze, f)
        with open(weighed, "rb") as f:
            bronze = pickle.load(f)
        if args.weigh_only:
            return
        stage1, stage2 = stages(bronze, args.bronze[1])
        start = run(model, "second-1", stage1, args.epochs[1], args.lr * 0.8, 2)
        ends = [first]
        for k in range(args.seeds):
            # the first two go on from stage 1, the others from the mean of those before them
            model.load_state_dict(load_file(start) if k < 2 else average(ends))
            ends.append(run(model, f"second-2-{k}", stage2, args.epochs2[1], args.lr2, 201 + k))
        model.load_state_dict(average(ends))
    with torch.no_grad():
        for label, step in (PRIORS_AGAIN if args.last_only else PRIORS).items():
            model.classifier.bias[ID[label]] += step
    print("float weights", flush=True)
    evaluate(model, tokenizer, data)
    write(model, args, args.out)
    print("int8 weights", flush=True)
    evaluate(load_model(args.out), tokenizer, data)


if __name__ == "__main__":
    main()
