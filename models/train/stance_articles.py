"""Reads `stance_articles/*.txt`: whole articles, written for this recipe, with the stance of every paragraph.

A paragraph is read with its context, as the stance stage gives it to the model: how the article
opens, and the end of the paragraph before. The files' form is told in `stance_articles/README.md`.
"""

from __future__ import annotations

import json
import random
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from stance_data import Pair, another_country, words
from stance_targets import FLIP

NAMES = {"f": "favor", "a": "against", "n": "neutral", "u": "unrelated"}
FOLDER = Path(__file__).parent / "stance_articles"
# The twins of constants in stages/stance/src/context.rs.
OPENING_WORDS = 30
BEFORE_WORDS = 40
ABROAD = 0.3  # share of the claims that are asked for another country, too
SILENT = 0.35  # share of the other targets that stay where a paragraph does not speak of them


@dataclass
class Target:
    kind: str
    plain: list[str] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)

    def forms(self) -> list[tuple[str, bool]]:
        return [(t, False) for t in self.plain] + [(t, True) for t in self.turned]


@dataclass
class Article:
    name: str
    genre: str
    targets: list[Target] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)  # of the article, one a target
    kinds: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    stances: list[list[str]] = field(default_factory=list)  # of each paragraph, one a target
    views: list[tuple[int, int, str, str]] = field(default_factory=list)  # (paragraph, target, stance, holder) of reported views


def read(split: str) -> list[Article]:
    """The articles of `train` or `dev`, in the order of the files."""
    out: list[Article] = []
    for path in sorted(FOLDER.glob("*.txt")):
        if (split == "dev") != (path.stem == "dev"):
            continue
        number = 0
        for number, line in enumerate(path.read_text().splitlines(), 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if found := re.match(r"== (.+?) \| (.+)$", line):
                out.append(Article(found[1], found[2]))
                claims: dict[str, Target] = {}
            elif found := re.match(r"(\d)([+-]) (.+)$", line):
                if found[1] not in claims:
                    claims[found[1]] = Target("claim")
                    out[-1].targets.append(claims[found[1]])
                (claims[found[1]].plain if found[2] == "+" else claims[found[1]].turned).append(found[3])
            elif found := re.match(r"> (\d) ([fanu]) (.+)$", line):
                out[-1].views.append((len(out[-1].texts) - 1, int(found[1]) - 1, NAMES[found[2]], found[3]))
            elif line.startswith("@ "):
                out[-1].targets.append(Target("entity", [line[2:]]))
            elif found := re.match(r"article\|()((?: [fanu])+)$", line) or re.match(r"(\w+)((?: [fanu])+)\| ?(.*)$", line):
                labels = [NAMES[letter] for letter in found[2].split()]
                if len(labels) != len(out[-1].targets):
                    raise ValueError(f"{path.name}, line {number}: expected {len(out[-1].targets)} letters, one a target, found {len(labels)}")
                if not found[1]:
                    out[-1].labels = labels
                else:
                    out[-1].kinds.append(found[1])
                    out[-1].texts.append(found[3])
                    out[-1].stances.append(labels)
            else:
                raise ValueError(f"{path.name}, line {number}: starts with none of the signs that the README names")
    return out


def opening_of(text: str) -> str:
    """The first words of a text, at most `OPENING_WORDS`."""
    return " ".join(text.split()[:OPENING_WORDS])


def end_of(text: str) -> str:
    """The last words of a text, at most `BEFORE_WORDS`."""
    return " ".join(text.split()[-BEFORE_WORDS:])


def context(texts: list[str], at: int, opening: bool = True, before: bool = True) -> str:
    """What a reader of paragraph `at` has read: how the text opens, and the end of the paragraph before."""
    parts = []
    if opening and at > 0:
        parts.append(opening_of(texts[0]))
    if before and at > 1:
        parts.append(end_of(texts[at - 1]))
    return " ... ".join(parts)


def pairs(split: str, rng: random.Random, plain: int = 1, foreign: int = 1) -> list[Pair]:
    """Paragraphs with targets: of the article's own question `plain` forms and a turned one, a form of each of
    the others (a third of them where they are not spoken of), and `foreign` targets of other articles; the views
    that they report with their holders. One in four lacks a part of its context or all of it."""
    articles = read(split)
    out = []
    for article in articles:
        others = [a for a in articles if a is not article]
        for at, (text, stances) in enumerate(zip(article.texts, article.stances)):

            def add(target: str, label: str, kind: str, holder: str = ""):
                draw = rng.random()
                seen = context(article.texts, at, opening=draw > 0.18, before=draw > 0.28 or draw < 0.10)
                pair = Pair(target, text, label, "articles", kind, context=seen, holder=holder)
                out.append(pair)
                if kind == "claim" and label != "unrelated" and rng.random() < ABROAD and (abroad := another_country(pair, rng)):
                    out.append(abroad)

            for number, (target, label) in enumerate(zip(article.targets, stances)):
                if number == 0:
                    for form in rng.sample(target.plain, min(plain, len(target.plain))):
                        add(form, label, "claim")
                    add(rng.choice(target.turned), FLIP[label], "claim")
                elif label != "unrelated" or rng.random() < SILENT:
                    form, is_turned = rng.choice(target.forms())
                    add(form, FLIP[label] if is_turned else label, target.kind)
            for other in rng.sample(others, foreign):
                target = rng.choice(other.targets)
                form, _ = rng.choice(target.forms())
                if not words(form) & words(text + " " + article.texts[0]):
                    add(form, "unrelated", target.kind)
            for where, number, label, holder in article.views:
                if where == at:
                    form, is_turned = rng.choice(article.targets[number].forms())
                    add(form, FLIP[label] if is_turned else label, article.targets[number].kind, holder)
    return out


def dev_pairs() -> list[Pair]:
    """Every paragraph of the dev articles, in its context, with the first form of their first two targets."""
    return [
        Pair(target.plain[0], text, stances[number], "articles", target.kind, context=context(article.texts, at))
        for article in read("dev")
        for at, (text, stances) in enumerate(zip(article.texts, article.stances))
        for number, target in enumerate(article.targets[:2])
    ]


def dev_views() -> list[Pair]:
    """The views that the dev articles report, asked for by their holders."""
    out = []
    for article in read("dev"):
        for at, number, label, holder in article.views:
            target = article.targets[number]
            if label != "unrelated":
                out.append(Pair(target.plain[0], article.texts[at], label, "articles", target.kind, context=context(article.texts, at), holder=holder))
    return out


def export(folder: Path, articles: list[Article]) -> None:
    """Writes articles as texts, targets and gold stances, as `postil eval` and a run read them.

    An article speaks of its own targets; those of all others are in the config, too, and `unrelated` for it as a whole.
    """
    (folder / "gold").mkdir(parents=True, exist_ok=True)
    config, gold = [], []
    ids = [[f"{re.sub(r'[^a-z0-9]+', '-', a.name.lower()).strip('-')}-{n + 1}" for n in range(len(a.targets))] for a in articles]
    for article, own in zip(articles, ids):
        name = own[0][:-2]
        text = "\n\n".join(f"- {t}" if kind == "item" else t for kind, t in zip(article.kinds, article.texts))
        (folder / f"{name}.txt").write_text(text + "\n")
        for target, target_id, whole in zip(article.targets, own, article.labels):
            config.append(f"[[targets]]\nid = {json.dumps(target_id)}\nstatement = {json.dumps(target.plain[0], ensure_ascii=False)}\n")
            gold.append((name, None, target_id, whole))
        for text, stances in zip(article.texts, article.stances):
            start = " ".join(text.split()[:9])
            gold += [(name, start, target_id, stance) for target_id, stance in zip(own, stances)]
        gold += [(name, None, other[0], "unrelated") for other in ids if other is not own]
    (folder / "postil.toml").write_text("\n".join(config))
    lines = (json.dumps(dict(zip(("article", "paragraph", "target_id", "stance"), (f"{folder.name}/{a}", *rest))), ensure_ascii=False) for a, *rest in gold)
    (folder / "gold/stance.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    export(Path(sys.argv[1]), read(sys.argv[2] if len(sys.argv) > 2 else "dev"))
