"""Other ways to say a target: negated, as a noun phrase, as a question.

Every rule is conservative: where it is not sure of the grammar it returns
None and the caller keeps the target as it was.
"""

from __future__ import annotations

import random
import re

MODALS = ("should", "must", "ought to", "shall", "would", "will", "can", "could", "may")
MODAL = re.compile(r"\b(should|must|ought to|shall|would|will|can|could|may)\b(\s+not\b)?", re.I)
COPULA = re.compile(r"\b(is|are|was|were)\b(\s+not\b)?", re.I)
BLOCKED = re.compile(r"\b(never|neither|nor|no longer|n't|cannot|unless|until|than|if|whether|that|which|who|because)\b|\?", re.I)

# Opposite actions after "We should ..." and "... should be ...": both directions are read.
OPPOSITES = [
    ("ban", "allow"),
    ("prohibit", "permit"),
    ("forbid", "permit"),
    ("abolish", "keep"),
    ("abandon", "keep"),
    ("legalize", "outlaw"),
    ("legalise", "outlaw"),
    ("introduce", "reject"),
    ("adopt", "reject"),
    ("subsidize", "stop subsidizing"),
    ("support", "oppose"),
    ("join", "stay out of"),
    ("leave", "remain in"),
    ("ratify", "reject"),
    ("accept", "reject"),
    ("increase", "reduce"),
    ("raise", "lower"),
    ("encourage", "discourage"),
    ("protect", "stop protecting"),
    ("fund", "stop funding"),
    ("close", "keep open"),
]
OPPOSITE = {a: b for a, b in OPPOSITES} | {b: a for a, b in OPPOSITES if " " not in b}

DOUBLES = {"ban", "cut", "get", "let", "put", "set", "stop", "run", "win", "plan", "permit", "submit", "commit", "admit", "cap", "drop", "quit", "scrap", "ship", "step", "strip"}


def ing(verb: str) -> str:
    """The -ing form of a base verb."""
    verb = verb.lower()
    if verb == "be":
        return "being"
    if verb in DOUBLES:
        return verb + verb[-1] + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    return verb + "ing"


def lower_first(text: str) -> str:
    word = text.split(" ", 1)[0]
    if word in {"The", "A", "An", "We", "All", "Some", "Every", "This", "These", "It", "More", "Any", "Our", "There"}:
        return text[0].lower() + text[1:]
    return text


def split_modal(target: str):
    """(subject, modal, negated, rest) of a simple modal statement, or None."""
    target = target.strip().rstrip(".")
    if BLOCKED.search(target):
        return None
    found = MODAL.search(target)
    if not found or found.start() == 0:
        return None
    subject = target[: found.start()].strip()
    rest = target[found.end() :].strip()
    if not rest or len(subject.split()) > 12 or MODAL.search(rest):
        return None
    return subject, found.group(1).lower(), bool(found.group(2)), rest


def negate(target: str, rng: random.Random) -> str | None:
    """The target with the opposite meaning: who favours one is against the other."""
    parts = split_modal(target)
    if parts:
        subject, modal, negated, rest = parts
        if negated:
            return f"{subject} {modal} {rest}"
        first, _, tail = rest.partition(" ")
        if modal in {"should", "must", "would"} and first.lower() in OPPOSITE and tail and rng.random() < 0.4:
            swap = OPPOSITE[first.lower()]
            if swap == "keep open":
                return f"{subject} {modal} keep {tail} open"
            return f"{subject} {modal} {swap} {tail}"
        if modal in {"should", "must"} and rng.random() < 0.15:
            return f"It is wrong to say that {lower_first(subject)} {modal} {rest}"
        return f"{subject} {modal} not {rest}"
    clean = target.strip().rstrip(".")
    if BLOCKED.search(clean) or MODAL.search(clean) or len(clean.split()) > 14:
        return None
    found = COPULA.search(clean)
    if found and found.start() > 0 and len(COPULA.findall(clean)) == 1:
        head, tail = clean[: found.start()].strip(), clean[found.end() :].strip()
        if found.group(2):
            return f"{head} {found.group(1)} {tail}"
        return f"{head} {found.group(1)} not {tail}"
    return None


def noun_phrase(target: str, rng: random.Random) -> str | None:
    """"We should ban X" -> "banning X"; "A should join B" -> "A joining B"."""
    parts = split_modal(target)
    if not parts:
        return None
    subject, modal, negated, rest = parts
    if modal not in {"should", "must", "ought to", "shall"}:
        return None
    first, _, tail = rest.partition(" ")
    if not first.isalpha() or first.lower().endswith(("ly", "so")) or first.lower() in {"have", "only", "all", "also", "always", "have", "still"}:
        return None
    phrase = f"{'not ' if negated else ''}{ing(first)} {tail}".strip()
    if subject.lower() in {"we", "you", "one", "people", "governments", "the government"}:
        return phrase
    return f"{lower_first(subject)} {phrase}"


def question(target: str, rng: random.Random) -> str | None:
    """"We should ban X" -> "Should we ban X?": favour means yes."""
    parts = split_modal(target)
    if parts:
        subject, modal, negated, rest = parts
        if modal == "ought to":
            return None
        if negated:
            return None
        return f"{modal.capitalize()} {lower_first(subject)} {rest}?"
    clean = target.strip().rstrip(".")
    found = COPULA.search(clean)
    if found and not found.group(2) and 0 < found.start() and len(clean[: found.start()].split()) <= 3 and not BLOCKED.search(clean):
        return f"{found.group(1).capitalize()} {lower_first(clean[: found.start()].strip())} {clean[found.end() :].strip()}?"
    return None


FLIP = {"favor": "against", "against": "favor", "neutral": "neutral", "unrelated": "unrelated"}


def vary(target: str, label: str, rng: random.Random, rates=(0.25, 0.10, 0.08)) -> tuple[str, str]:
    """A random form of a claim target, with the label that fits it.

    `rates`: chances of the negated form, the noun phrase and the question.
    """
    draw = rng.random()
    flip, noun, ask = rates
    if draw < flip:
        other = negate(target, rng)
        if other:
            target, label = other, FLIP[label]
            draw = flip + rng.random() * (1 - flip)
    if flip <= draw < flip + noun:
        other = noun_phrase(target, rng)
        return (other or target), label
    if flip + noun <= draw < flip + noun + ask:
        other = question(target, rng)
        return (other or target), label
    return target, label
