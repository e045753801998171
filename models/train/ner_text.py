"""Reads `ner_text/*.txt`: text of kinds that the open sets lack, written for this recipe, with its names marked.

A line is a sentence or whatever stands alone, an empty line ends a document:

    [PER Dana Whitlock] from [ORG Enerdyne] called about the [LOC Houston] closing.
"""

from __future__ import annotations

import re
from pathlib import Path

from ner_data import Example, Lexicon, Mention, Token, example

FOLDER = Path(__file__).parent / "ner_text"
MARK = re.compile(r"\[(PER|ORG|LOC) ([^\[\]]+)\]")
WORD = re.compile(r"(?:[A-Za-z]\.){2,}|'s\b|’s\b|n't\b|\w+|[^\w\s]")
TAUGHT = {"PER", "ORG", "LOC"}


def tokens_of(text: str, space: bool) -> list[Token]:
    """The words and marks of a text; `space`: whether one stands before it."""
    out, end = [], 0
    for found in WORD.finditer(text):
        out.append(Token(found[0], space if not out and found.start() == 0 else found.start() > end or (not out and space)))
        end = found.end()
    return out


def parse(line: str) -> tuple[list[Token], list[Mention]]:
    tokens, mentions, end = [], [], 0

    def plain(part: str):
        if "[" in part or "]" in part:
            raise ValueError(f"a bracket that marks no PER, ORG or LOC: {line}")
        tokens.extend(tokens_of(part, part[:1].isspace() or (bool(tokens) and line[:end][-1:].isspace())))

    for found in MARK.finditer(line):
        plain(line[end : found.start()])
        start = len(tokens)
        tokens.extend(tokens_of(found[2], line[: found.start()][-1:].isspace()))
        mentions.append(Mention(start, len(tokens), (found[1],)))
        end = found.end()
    plain(line[end:])
    return tokens, mentions


def read(lexicon: Lexicon) -> list[Example]:
    """All lines; those of a document share its number."""
    out, doc = [], 0
    for path in sorted(FOLDER.glob("*.txt")):
        doc += 1
        for line in path.read_text().splitlines():
            if not line.strip():
                doc += 1
                continue
            tokens, mentions = parse(line.strip())
            if tokens:
                out.append(example([t.text for t in tokens], mentions, TAUGHT, lexicon, "written", doc, tokens))
    return out
