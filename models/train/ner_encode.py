"""Examples as the model reads them: variation of the text, then ids, shapes and masks."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

import ner_lexicon as lex
from ner_data import ALL, B_BITS, ID, LABELS, Example, Token, rest
from wordshape import encode

MAX_PIECES = 192
MAX_WORDS = 110  # of a window of several sentences


@dataclass
class Piece:
    """One encoded text: `masks` is 0 where the loss does not look."""

    ids: list[int]
    types: list[int]
    masks: list[int]


def mention_runs(tokens: list[Token]) -> list[tuple[int, int, str]]:
    """Mentions whose label is certain."""
    out, i = [], 0
    while i < len(tokens):
        m = tokens[i].mask
        if m & B_BITS == m and m.bit_count() == 1:
            kind = LABELS[m.bit_length() - 1][2:]
            j = i + 1
            while j < len(tokens) and tokens[j].mask == 1 << ID["I-" + kind]:
                j += 1
            out.append((i, j, kind))
            i = j
        else:
            i += 1
    return out


class Pool:
    """Names to put in place of others, so that the model learns the place and not the name."""

    def __init__(self, examples: list[Example], peoples: set[str], known: list[tuple[str, ...]]):
        self.known = known  # organisations from a list
        persons, orgs = set(), set()
        for e in examples:
            for i, j, kind in mention_runs(e.tokens):
                if kind == "ORG" and j - i <= 5 and e.source in ("uner", "wikigold", "crossner", "gum") and e.tokens[i].text[:1].isupper():
                    orgs.add(tuple(t.text for t in e.tokens[i:j]))
                if kind == "PER" and 2 <= j - i <= 3 and all(t.text[:1].isupper() for t in e.tokens[i:j]):
                    persons.add(tuple(t.text for t in e.tokens[i:j]))
        self.persons = sorted(persons)
        self.orgs = sorted(orgs)
        self.countries = [c for c in lex.COUNTRIES if "." not in c and c not in ("US", "USA", "UK")]
        self.country_set = set(self.countries)
        self.places = sorted({" ".join(t.text for t in e.tokens[i:j]) for e in examples[::7] for i, j, kind in mention_runs(e.tokens) if kind == "LOC" and e.source == "gmb"})
        self.adjectives = sorted(p for p in peoples if not p.endswith("s"))
        plain = Counter(t.text for e in examples[::5] for t in e.tokens if t.mask == 1 and t.text.isalpha() and t.text.islower() and len(t.text) > 3)
        self.nouns = sorted(w for w, n in plain.items() if n >= 5)
        self.peoples = {end: sorted(p for p in peoples if p.endswith("s") == end) for end in (False, True)}

    def organisation(self, rng: random.Random) -> list[str]:
        """Another organisation, or a made-up one: "Harbour Relief Fund"."""
        dice = rng.random()
        if dice < 0.3:
            return list(rng.choice(self.known))
        if dice < 0.65:
            return list(rng.choice(self.orgs))
        words = [w.capitalize() for w in rng.sample(self.nouns, rng.randint(1, 2))]
        head = rng.choice(["", "", *ORG_HEADS]) if len(words) == 2 else rng.choice(ORG_HEADS)
        return words + ([head] if head else [])

    def agreement(self, rng: random.Random) -> list[str]:
        """A made-up name of an agreement or law: "Nairobi Protocol", "Castro Act", "Clean Harbour Treaty"."""
        dice = rng.random()
        if dice < 0.4:
            first = rng.choice(self.places)
        elif dice < 0.75:
            first = rng.choice(rng.choice(self.persons))
        else:
            first = " ".join(w.capitalize() for w in rng.sample(self.nouns, rng.randint(1, 2)))
        middle = rng.choice(["", "", "", "", "Peace ", "Trade ", "Framework ", "Free Trade "])
        head = rng.choice(["Accords", "Accords", "Accord", "Treaty", "Pact", "Protocol", "Agreement", "Act", "Declaration", "Convention", "Initiative", "Charter"])
        return f"{first} {middle}{head}".split(" ")

    def event(self, rng: random.Random, noun: str) -> list[str]:
        """A made-up named event for a plain noun: "Kenya War", "Lima Summit", "2011 Kenyan general election"."""
        if noun in ("election", "elections"):
            kind = rng.choice(["presidential", "general", "parliamentary", "legislative"])
            return [str(rng.randint(1950, 2025)), *rng.choice(self.adjectives).split(" "), kind, noun]
        if noun == "war":
            name = rng.choice([rng.choice(self.adjectives), rng.choice(self.countries)])
            return [*name.split(" "), *rng.choice([["War"], ["War"], ["Civil", "War"]])]
        return [*rng.choice(self.places + self.countries).split(" "), rng.choice(["Summit", "Conference", "Games", "Festival"])]

    def christen(self, tokens: list[Token], rng: random.Random, share: float) -> list[Token]:
        """Give a name to some of the unnamed: "the peace treaty" becomes "the Nairobi Accords" (MISC), "the war" an EVENT."""
        out: list[Token] = []
        k = 0
        while k < len(tokens):
            out.append(tokens[k])
            k += 1
            if tokens[k - 1].text.lower() != "the" or tokens[k - 1].mask != 1 or rng.random() >= share:
                continue
            j = k
            while j < len(tokens) and j < k + 2 and tokens[j].mask == 1 and tokens[j].text in MIDDLES:
                j += 1
            if j >= len(tokens) or tokens[j].mask != 1 or (j + 1 < len(tokens) and tokens[j + 1].text.isalpha() and tokens[j + 1].text not in AFTER):
                continue
            noun = tokens[j].text
            if noun in AGREEMENT_NOUNS:
                words, kind = self.agreement(rng), "MISC"
            elif noun in EVENT_NOUNS and j == k:
                words, kind = self.event(rng, noun), "EVENT"
            else:
                continue
            out += [Token(w, True, 1 << ID[("I-" if n else "B-") + kind]) for n, w in enumerate(words)]
            k = j + 1
        return out

    def swap(self, tokens: list[Token], rng: random.Random, share: float) -> list[Token]:
        out, at = [], 0
        for i, j, kind in mention_runs(tokens):
            out += tokens[at:i]
            at = j
            words = None
            surface = " ".join(t.text for t in tokens[i:j])
            if rng.random() < share:
                if kind == "PER" and j - i >= 2:
                    words = rng.choice(self.persons)
                elif kind == "ORG" and tokens[i].text[:1].isupper() and rng.random() < 0.6:
                    words = self.organisation(rng)
                elif kind == "LOC" and surface in self.country_set:
                    words = rng.choice(self.countries).split(" ")
                elif kind == "MISC" and j - i >= 2 and tokens[j - 1].text in lex.MISC_HEADS:
                    words = self.agreement(rng)
                elif kind == "NORP" and j - i == 1:
                    words = rng.choice(self.peoples[surface.endswith("s")]).split(" ")
            if words is None:
                out += tokens[i:j]
            else:
                for k, w in enumerate(words):
                    label = ("B-" if k == 0 else "I-") + kind
                    out.append(Token(w, tokens[i].space if k == 0 else True, 1 << ID[label]))
        return out + tokens[at:]


ORG_HEADS = "Group Team Network Foundation Association Institute Media Council Fund Society Alliance Party Front Union Committee Agency Press Bank Club Service".split()
AGREEMENT_NOUNS = set("agreement agreements treaty accord accords pact deal law bill legislation convention protocol plan initiative".split())
EVENT_NOUNS = set("war summit conference election elections games festival".split())
MIDDLES = set("peace nuclear trade new draft final proposed historic landmark security border power-sharing international controversial free anti-terrorism climate".split())
AFTER = set("and or in on at by to for with from as is are was were has have had will would could should may after before when which that but signed said says".split())


def heading(tokens: list[Token], rng: random.Random) -> list[Token]:
    """A few plain words of the text in Title Case and a colon: what lists and reports put before a sentence."""
    plain = [t.text for t in tokens if t.mask == 1 and t.text.isalpha() and t.text.islower() and len(t.text) > 2]
    n = rng.randint(1, 4)
    if len(plain) < n + 2:
        return []
    at = rng.randrange(len(plain) - n + 1)
    words = [w if k and w in SMALL else w.capitalize() for k, w in enumerate(plain[at : at + n])]
    out = [Token(w) for w in words] + [Token(rng.choice([":", ":", "—", "."]), False)]
    if rng.random() < 0.4:
        out.insert(0, Token(rng.choice(["•", "-", "*", "1.", "2)", "–"])))
    return out


SMALL = set("a an the of in on at to for and or but by with from as is vs".split())
FORMS = {"U.S.": ["US", "US", "U.S.", "U.S.", "U.S."], "U.N.": ["UN", "U.N."], "US": ["US", "US", "U.S."], "UK": ["UK", "U.K.", "UK"]}


def vary(tokens: list[Token], rng: random.Random, pool: Pool | None, source: str) -> list[Token]:
    """A copy of the tokens with the typography, forms and names of other texts."""
    if pool:
        tokens = pool.swap(tokens, rng, 0.15 if source == "gmb" else 0.08)
        if source == "gmb":
            tokens = pool.christen(tokens, rng, 0.4)
    tokens = [Token(t.text, t.space, t.mask) for t in tokens]
    curly = rng.random() < 0.4
    tight = rng.random() < 0.6
    out: list[Token] = []
    glue = False
    for k, t in enumerate(tokens):
        if glue:
            t.space, glue = False, False
        if t.text in FORMS:
            t.text = rng.choice(FORMS[t.text])
        elif t.text in ("--", "-") and t.space and k and t.mask & 1 and k + 1 < len(tokens) and tokens[k + 1].space:
            t.text = "—" if tight or rng.random() < 0.5 else t.text
            if tight and t.text == "—":
                t.space, glue = False, True
        if curly:
            if t.text == '"':
                opens = k + 1 < len(tokens) and not tokens[k + 1].space
                t.text = "“" if opens else "”"
            else:
                t.text = t.text.replace("'", "’")
        out.append(t)
    dice = rng.random()
    if source not in ("wnut", "btc") and len(out) > 4:
        if dice < 0.02:
            for t in out:
                t.text = t.text.upper()
        elif dice < 0.05:
            for k, t in enumerate(out):
                if k == 0 or t.text not in SMALL:
                    t.text = t.text[:1].upper() + t.text[1:]
        elif dice < 0.09:
            out[0].space = True
            out.insert(0, Token(rng.choice(["•", "-", "*", "–", "·"]), False))
        elif dice < 0.13:
            before = heading(out, rng)
            out[0].space = bool(before) and before[-1].text != "—"
            out = before + out
        elif dice < 0.17 and out[-1].text == ".":
            out.pop()
        elif dice < 0.19 and source == "gmb":
            for t in out:
                if t.text == ",":
                    t.text, t.space = "—", False
                    break
    return out


def to_piece(tokenizer, tokens: list[Token], source: str = "") -> Piece | None:
    """Encode; `None` where nothing is left to learn or the text is too long."""
    text, spans = Example(tokens, source).text()
    e = encode(tokenizer, text)
    if len(e.ids) > MAX_PIECES or len(e.ids) < 3:
        return None
    masks = [0] * len(e.ids)
    token, last_word, previous = 0, -1, -1
    for p, w in enumerate(e.words):
        if w < 0 or w == last_word:
            continue
        last_word = w
        start = e.word_spans[w][0]
        while token + 1 < len(spans) and spans[token][1] <= start:
            token += 1
        mask = tokens[token].mask
        if token == previous:
            mask = rest(mask)
            # posts glue punctuation to a name: it is no part of it
            if mask != ALL and text[start] in ",;:!?)\"”" and not any(c.isalnum() for c in text[start : spans[token][1]]):
                mask = 1
        masks[p] = mask
        previous = token
    return Piece(e.ids, e.token_types, masks)


def windows(starts: list[Example], followers: dict[int, Example], rng: random.Random, alone: float) -> list[list[Example]]:
    """Runs of consecutive sentences, as the stage reads an article: each example is in one window only.

    A share of `alone` stays single sentences; the others reach a random length up to `MAX_WORDS`.
    """
    wanted = {id(e) for e in starts}
    out = []
    for e in starts:
        if id(e) not in wanted:
            continue
        wanted.discard(id(e))
        run, words = [e], len(e.tokens)
        goal = 0 if rng.random() < alone else rng.randint(20, MAX_WORDS)
        while (nxt := followers.get(id(run[-1]))) is not None and id(nxt) in wanted and words + len(nxt.tokens) <= goal:
            wanted.discard(id(nxt))
            run.append(nxt)
            words += len(nxt.tokens)
        out.append(run)
    return out


def pieces(tokenizer, runs: list[list[Example]], rng: random.Random, pool: Pool | None) -> list[Piece]:
    """Varied and encoded windows of one epoch."""
    out = []
    for run in runs:
        tokens: list[Token] = []
        for e in run:
            more = vary(e.tokens, rng, pool, e.source)
            if tokens:
                more[0].space = rng.random() > 0.03
            tokens += more
        p = to_piece(tokenizer, tokens, run[0].source)
        if p is not None:
            out.append(p)
    return out


def follow(examples: list[Example]) -> dict[int, Example]:
    """The example after each, where it is of the same document (gmb: the next row of the file)."""
    out = {}
    for a, b in zip(examples, examples[1:]):
        if a.source == b.source and ((a.source == "gmb" and b.doc == a.doc + 1) or (a.source in ("uner", "gum", "wikigold", "written") and a.doc == b.doc)):
            out[id(a)] = b
    return out
