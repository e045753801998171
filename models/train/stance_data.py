"""The labelled sets of the stance models, read into (target, text, label) pairs.

Only sets with an open licence feed the training. VAST, which states none, is
read for evaluation alone.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

from ner_lexicon import COUNTRIES

LABELS = ["against", "favor", "neutral", "unrelated"]
LABEL_ID = {label: index for index, label in enumerate(LABELS)}
PRONOUNS = {"he", "she", "it", "they", "him", "her", "his", "hers", "them", "their", "theirs", "i", "me", "my", "we", "us", "our", "you", "your", "who", "whose", "himself", "herself", "this", "that"}
STOPWORDS = set(
    "a an the and or but of to in on at for by with from as is are was were be been being it its this that these those we they he she "
    "you i our their his her not no should must would will can could may might do does did have has had more most than then there "
    "all any some should've who which what when where why how if so such into over under about against between through during "
    "people one also just only other state states country countries world new make made use used us".split()
)


@dataclass(frozen=True)
class Pair:
    """One text with one target. `kind`: claim, or entity (whose target is never rephrased).

    `sure` is false where the annotators of a set had no majority. `context` is what the reader of the text
    has read before it; empty for a text on its own. `holder` is whose stance is asked for; empty for the author's.
    """

    target: str
    text: str
    label: str
    source: str
    kind: str = "claim"
    sure: bool = True
    context: str = ""
    holder: str = ""

    def first(self) -> str:
        """The first segment of the model's input: the target, whose view of it, and the context behind a separator."""
        target = f"According to {self.holder}: {self.target}" if self.holder else self.target
        return f"{target} [SEP] {self.context}" if self.context else target


def words(text: str) -> set[str]:
    """Content words with a crude stem, for overlap tests."""
    return {w[:6] for w in re.findall(r"[a-z]+", text.lower()) if len(w) > 2 and w not in STOPWORDS}


def bucket(key: str, of: int) -> int:
    """A stable bucket of a key, for splits that never move."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % of


def tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().strip("`").strip()


def perspectrum(data: Path, split: str) -> list[Pair]:
    rows = [json.loads(line) for line in (data / "stance/perspectrum" / f"{split}.jsonl").open()]
    if split == "train":
        kept_back = {json.loads(line)["target"] for line in (data / "stance/perspectrum/dev.jsonl").open()}
        rows = [r for r in rows if r["target"] not in kept_back]
    names = {"SUPPORT": "favor", "UNDERMINE": "against"}
    return [
        Pair(tidy(r["target"]), tidy(r["text"]), names[r["label"]], "perspectrum", sure=r["label5"] != "NO_MAJORITY_LABEL") for r in rows
    ]


def argkp(data: Path, split: str) -> list[Pair]:
    with (data / "stance/argkp" / f"arguments_{split}.csv").open() as file:
        return [
            Pair(tidy(r["topic"]), tidy(r["argument"]), "favor" if r["stance"] == "1" else "against", "argkp")
            for r in csv.DictReader(file)
        ]


def house(topic: str) -> str:
    """"This house would X" -> "We should X"; "This house believes that X" -> "X"."""
    for start, replacement in (
        ("This house believes that ", ""),
        ("This house would ", "We should "),
        ("This house supports ", "We should support "),
    ):
        if topic.startswith(start):
            topic = replacement + topic[len(start) :]
            return topic[0].upper() + topic[1:]
    return topic


# Six of the 25 topics, by a part of their wording.
IBM_DEV_TOPICS = {
    "open primaries",
    "build hydroelectric dams",
    "the use of truth and reconciliation commissions",
    "raising the school leaving age to 18",
    "ASEAN",
    "burning the stars and stripes",
}


def ibm(data: Path, split: str) -> list[Pair]:
    """The IBM claims; six of the 25 topics are set aside as the dev split."""
    out = []
    for line in (data / "stance/ibm_claim_stance/train.jsonl").open():
        r = json.loads(line)
        held = any(r["topic_target"].lower().startswith(t.lower()) or t.lower() in r["topic"].lower() for t in IBM_DEV_TOPICS)
        if held == (split == "dev"):
            out.append(Pair(house(tidy(r["topic"])), tidy(r["claim"]), "favor" if r["label"] == "PRO" else "against", "ibm"))
    return out


def newsmtsc(data: Path, split: str) -> list[Pair]:
    """News sentences with an entity target. A tenth of the articles is the dev split."""
    polarity = {2.0: "against", 4.0: "neutral", 6.0: "favor"}
    out = []
    for line in (data / "stance/newsmtsc/train.jsonl").open():
        r = json.loads(line)
        for t in r["targets"]:
            gid = t["Input.gid"]
            parts = gid.split("_")
            article = "_".join(parts[:3]) if parts[0] == "polusa" else "_".join(parts[:2])
            if (bucket(article, 10) == 0) != (split == "dev"):
                continue
            mention = tidy(t["mention"])
            name = tidy(parts[-3]).lstrip("’'” ").strip() if len(parts) > 4 else mention
            if split == "dev":
                out.append(Pair(mention, tidy(r["sentence_normalized"]), polarity[t["polarity"]], "newsmtsc", "entity"))
                continue
            # A pronoun is no target anybody writes: the entity's name where the set tells it.
            target = name if mention.lower() in PRONOUNS and len(name) > 2 else mention
            if bucket(gid, 4) == 0 and len(name) > 3:
                target = name
            out.append(Pair(target, tidy(r["sentence_normalized"]), polarity[t["polarity"]], "newsmtsc", "entity"))
    return out


def vast_dev(data: Path) -> list[Pair]:
    """VAST's dev file, to evaluate only."""
    names = {"0": "against", "1": "favor", "2": "neutral"}
    with (data / "stance/vast/dev.csv").open() as file:
        return [Pair(tidy(r["Target"]), tidy(r["Tweet"]), names[r["Stance"]], "vast") for r in csv.DictReader(file)]


def gmb_sentences(data: Path) -> list[tuple[str, list[tuple[str, str]]]]:
    """News sentences of GMB with the names (text, label) in them: factual prose for negatives."""
    with zipfile.ZipFile(data / "ner/gmb/ner_dataset.csv.zip") as archive:
        name = archive.namelist()[0]
        rows = csv.reader(archive.read(name).decode("latin-1").split("\n"))
        next(rows)
        out, tokens, tags = [], [], []

        def close():
            if len(tokens) < 8:
                return
            text = re.sub(r"\s+([.,;:!?%)']|'s\b|n't\b)", r"\1", " ".join(tokens)).replace("( ", "(").replace("$ ", "$")
            names, run, kind = [], [], ""
            for token, tag in list(zip(tokens, tags)) + [("", "O")]:
                if tag.startswith("I-") and run:
                    run.append(token)
                    continue
                if run:
                    names.append((" ".join(run), kind))
                run, kind = ([token], tag[2:]) if tag.startswith("B-") else ([], "")
            out.append((text, names))

        for row in filter(None, rows):
            if row[0]:
                close()
                tokens, tags = [], []
            tokens.append(row[1])
            tags.append(row[3])
        close()
    return out


# Names and topics of the seed articles stay out of everything that trains.
SEED_WORDS = re.compile(r"abraham|accords|kazakh|tokayev|netanyahu|israel|pakistan|islamabad|tehran|witkoff", re.I)


def unrelated(pairs: list[Pair], targets: list[tuple[str, str]], count: int, rng: random.Random, source: str) -> list[Pair]:
    """Texts with targets of other topics: no content word in common with the text or its own target."""
    out = []
    while len(out) < count:
        pair = rng.choice(pairs)
        target, kind = rng.choice(targets)
        if target == pair.target or words(target) & (words(pair.text) | words(pair.target)):
            continue
        out.append(Pair(target, pair.text, "unrelated", source, kind))
    return out


COUNTRY = re.compile(r"\b(" + "|".join(sorted((c for c in COUNTRIES if c not in {"America", "Georgia", "Jordan", "Chad"}), key=len, reverse=True)) + r")\b")
ELSEWHERE = [c for c in COUNTRIES if len(c) > 4 and not SEED_WORDS.search(c)]


def another_country(p: Pair, rng: random.Random) -> Pair | None:
    """The same claim for another country: what the text says of one says nothing of the other. None where the text does not name it."""
    found = COUNTRY.search(p.target)
    if not found or found[0][:5].lower() not in p.text.lower():
        return None
    other = rng.choice(ELSEWHERE)
    if other[:5].lower() in (p.text + p.context + p.target).lower():
        return None
    return replace(p, target=p.target[: found.start()] + other + p.target[found.end() :], label="unrelated")


def near_targets(targets: list[str], embed) -> dict[str, list[str]]:
    """Targets of the same area that are not the same question: cosine 0.25 to 0.45, no shared content word beyond one."""
    import numpy as np

    vectors = embed(targets)
    cosine = vectors @ vectors.T
    out = {}
    for i, target in enumerate(targets):
        order = np.argsort(-cosine[i])
        own = words(target)
        near = [targets[j] for j in order if 0.22 <= cosine[i, j] <= 0.42 and len(own & words(targets[j])) <= 1]
        out[target] = near[:12]
    return out
