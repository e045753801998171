"""Reads `stance_essays.txt`: freely written paragraphs with known stance, each with every form of its topic's target."""

from __future__ import annotations

import random
from pathlib import Path

from stance_data import Pair, words
from stance_targets import FLIP

NAMES = {"f": "favor", "a": "against", "n": "neutral", "u": "unrelated"}


def topics(split: str) -> list[dict]:
    out = []
    for number, line in enumerate((Path(__file__).parent / "stance_essays.txt").read_text().splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("=="):
            name = line[2:].strip()
            out.append({"name": name, "split": "dev" if name.endswith("[dev]") else "train", "with": [], "turned": [], "texts": []})
        elif line.startswith("+ "):
            out[-1]["with"].append(line[2:])
        elif line.startswith("- "):
            out[-1]["turned"].append(line[2:])
        elif line[1:3] == "| " and line[0] in NAMES:
            out[-1]["texts"].append((NAMES[line[0]], line[3:]))
        else:
            raise ValueError(f"line {number} of stance_essays.txt starts with none of the signs its head names")
    return [t for t in out if t["split"] == split]


def kind(topic: dict) -> str:
    """A topic without turned targets is a name."""
    return "claim" if topic["turned"] else "entity"


def pairs(split: str, rng: random.Random, foreign: int = 2) -> list[Pair]:
    """Every paragraph with every target of its topic, and with `foreign` targets of other topics."""
    all_topics = topics(split)
    out = []
    for topic in all_topics:
        for label, text in topic["texts"]:
            out += [Pair(t, text, label, "essays", kind(topic)) for t in topic["with"]]
            out += [Pair(t, text, FLIP[label], "essays", kind(topic)) for t in topic["turned"]]
            others = [t for t in all_topics if t is not topic]
            for other in rng.sample(others, foreign):
                target = rng.choice(other["with"] + other["turned"])
                if not words(target) & words(text):
                    out.append(Pair(target, text, "unrelated", "essays", kind(other)))
    return out
