"""The NER sets under one guideline, with partial labels.

Every token carries the *set* of BIO labels it may have, as a bit mask. A set that
does not teach a label leaves it open on the tokens it calls O (only where it could
be: on capitalised ones), so that no set unteaches what another teaches.
"""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

import ner_lexicon as lex

TYPES = ["PER", "ORG", "LOC", "NORP", "EVENT", "DATE", "MISC"]
LABELS = ["O"] + [f"{p}-{t}" for t in TYPES for p in "BI"]
ID = {label: i for i, label in enumerate(LABELS)}
O = 1
ALL = (1 << len(LABELS)) - 1


def begin(*types: str) -> int:
    return sum(1 << ID["B-" + t] for t in types)


def inside(*types: str) -> int:
    return sum(1 << ID["I-" + t] for t in types)


def open_to(*types: str) -> int:
    """O, or any part of a mention of these types."""
    return O | begin(*types) | inside(*types)


B_BITS = begin(*TYPES)
I_BITS = inside(*TYPES)


def rest(mask: int) -> int:
    """What the later words of a token may be, given what its first word may be."""
    out = (mask & I_BITS) | ((mask & B_BITS) << 1) | (mask & O)
    return out | (mask & B_BITS if mask & O else 0)


@dataclass
class Token:
    text: str
    space: bool = True  # a space before it
    mask: int = O


@dataclass
class Example:
    """One text as tokens with their allowed labels."""

    tokens: list[Token]
    source: str
    doc: int = 0  # neighbours with one number may be joined to a longer text

    def text(self) -> tuple[str, list[tuple[int, int]]]:
        """The text, and the code point span of each token."""
        out, spans, at = [], [], 0
        for i, t in enumerate(self.tokens):
            if t.space and i:
                out.append(" ")
                at += 1
            spans.append((at, at + len(t.text)))
            out.append(t.text)
            at += len(t.text)
        return "".join(out), spans


@dataclass
class Mention:
    start: int
    end: int
    types: tuple[str, ...]  # more than one: any of them


# ---------------------------------------------------------------- text from tokens

CLOSERS = {",", ".", ";", ":", "!", "?", ")", "]", "%", "'s", "'S", "n't", "'re", "'ve", "'ll", "'d", "'m", "''", "...", "’s"}
OPENERS = {"(", "[", "$", "``", "£", "€"}


def spaced(words: list[str]) -> list[Token]:
    """Tokens with the spaces that running text would have."""
    tokens: list[Token] = []
    quote_open = single_open = False
    glue_next = False
    for i, w in enumerate(words):
        space = not glue_next
        glue_next = False
        if w in CLOSERS:
            space = False
        elif w in OPENERS:
            glue_next = True
        elif w == '"':
            if quote_open:
                space = False
            else:
                glue_next = True
            quote_open = not quote_open
        elif w == "'":
            if single_open or (i and words[i - 1].endswith("s") and not single_open):
                space, single_open = False, False
            else:
                glue_next, single_open = True, True
        elif w in ("/", "–") or (w == "-" and i and words[i - 1][-1:].isdigit() and i + 1 < len(words) and words[i + 1][:1].isdigit()):
            space, glue_next = False, True
        if w in ("``", "''"):
            w = '"'
        tokens.append(Token(w, space))
    return tokens


# ---------------------------------------------------------------- pattern annotators

YEAR = re.compile(r"(1[5-9]\d\d|20\d\d)$")
DECADE = re.compile(r"(1[5-9]\d0|20\d0)s$")
DAY = re.compile(r"([1-9]|[12]\d|3[01])(st|nd|rd|th)?$")
ISO = re.compile(r"(\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/(\d\d|\d{4}))$")
CENTURY = re.compile(r"\d\d?(st|nd|rd|th)$|[a-z]+(th|first|second|third)$")
NORP_ENDING = re.compile(r"^[A-Z][a-z]{3,}(ese|ians?|ish|ists?|crats?)$")
YEAR_BEFORE = set("in since of from until till by before after during between and to early late mid around about through , ( -".split())


def is_month(w: str) -> bool:
    return w[:1].isupper() and w.lower() in lex.MONTHS


def date_spans(words: list[str]) -> tuple[list[tuple[int, int]], set[int]]:
    """Calendar expressions that need no context, and the positions that may be one."""
    spans, unsure = [], set()
    n, i = len(words), 0
    while i < n:
        w = words[i]
        low = w.lower()
        j = i
        if ISO.match(w):
            j = i + 1
        elif low in lex.WEEKDAYS and w[0].isupper():
            j = i + 1
            k = j + 1 if j < n and words[j] == "," else j
            if k < n and is_month(words[k]) and k + 1 < n and DAY.match(words[k + 1]):
                j = month_end(words, k)
        elif is_month(w):
            end = month_end(words, i)
            if end > i + 1 or low.rstrip(".") not in lex.AMBIGUOUS_MONTHS:
                j = end
            elif i and words[i - 1].lower() in ("in", "last", "next", "since", "early", "late", "mid", "this", "until", "of", "by", "from"):
                j = end
            else:
                unsure.add(i)
        elif DAY.match(w) and i + 1 < n and is_month(words[i + 1]):
            j = i + 2
            if j < n and YEAR.match(words[j]):
                j += 1
        elif DECADE.match(w):
            j = i + 1
        elif low in lex.DAY_WORDS:
            j = i + 1
        elif YEAR.match(w):
            before = words[i - 1].lower() if i else ""
            after = words[i + 1] if i + 1 < n else "."
            if before in ("in", "since", "early", "late", "until", "during", "year") or (
                before in YEAR_BEFORE and not after[:1].isalnum()
            ):
                j = i + 1
            else:
                unsure.add(i)
        elif i + 1 < n and words[i + 1] in ("century", "Century") and CENTURY.match(low):
            j = i + 2
        if j > i:
            spans.append((i, j))
            i = j
        else:
            i += 1
    return spans, unsure


def month_end(words: list[str], i: int) -> int:
    """End of a date that begins with the month at `i`."""
    n = len(words)
    j = i + 1
    if j < n and DAY.match(words[j]):
        j += 1
        if j + 1 < n and words[j] == "," and YEAR.match(words[j + 1]):
            j += 2
        elif j < n and YEAR.match(words[j]):
            j += 1
    elif j < n and YEAR.match(words[j]):
        j += 1
    elif j + 1 < n and words[j] in (",", "of") and YEAR.match(words[j + 1]):
        j += 2
    return j


def is_name_word(w: str) -> bool:
    return w[:1].isupper() and (w.lower() not in lex.MONTHS | lex.WEEKDAYS)


ALONE = {"Accord", "Accords", "Treaty", "Pact", "Protocol", "Act", "Declaration", "Covenant", "Olympics", "Holocaust"}


def head_spans(words: list[str], common: set[str]) -> list[tuple[int, int, str]]:
    """Named events and agreements by their head: "Gulf War", "Battle of Mosul", "Kyoto Protocol"."""
    found = []
    n = len(words)
    for i, w in enumerate(words):
        if w in lex.EVENT_STARTS and i + 1 < n:
            j = i + 1
            if w in ("Battle", "Siege"):
                if words[j] != "of":
                    continue
                j += 1
            if w == "Tropical":
                if words[j] != "Storm":
                    continue
                j += 1
            start = j
            while j < n and is_name_word(words[j]) and words[j] not in lex.EVENT_HEADS:
                j += 1
            if j > start:
                found.append((i, j, "EVENT"))
        kind = "EVENT" if w in lex.EVENT_HEADS else "MISC" if w in lex.MISC_HEADS else None
        if not kind:
            continue
        end = i + 1
        if w in ("War", "Wars") and end < n and words[end] in ("I", "II", "One", "Two"):
            end += 1
        if end < n and words[end] in ("of", "on", "for") and end + 1 < n and is_name_word(words[end + 1]):
            continue
        start = i
        while start and (
            is_name_word(words[start - 1])
            or (start > 1 and words[start - 1] in ("of", "and", "&") and is_name_word(words[start - 2]) and kind == "MISC")
        ):
            start -= 1
        while start < i and (words[start].lower() in common or words[start].lower() in lex.TITLES or words[start] in ("The", "A", "This")):
            start += 1
        if start == i and w in ALONE and i and words[i - 1].lower() in ("the", "these", "this", "that") and not (end < n and is_name_word(words[end])):
            found.append((i, end, kind))
        if i - start >= 1 and (end < n and is_name_word(words[end])) is False:
            found.append((start, end, kind))
    return found


# ---------------------------------------------------------------- one guideline

@dataclass
class Lexicon:
    """Surfaces with one meaning: from the lists, and from the majority of the bronze set."""

    places: set[str]
    peoples: set[str]
    orgs: set[str]
    persons: set[str]  # single words
    common: set[str]  # lower-case words that are more common in lower case
    majority: dict[str, str]
    longest: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_first = defaultdict(list)
        for surface in self.places | {p for p in self.peoples if " " in p}:
            parts = tuple(surface.split(" "))
            if len(parts) > 1:
                by_first[parts[0]].append(parts)
        self.longest = {k: sorted(v, key=len, reverse=True) for k, v in by_first.items()}

    def kind(self, surface: str) -> str | None:
        if surface in self.places:
            return "LOC"
        if surface in self.peoples:
            return "NORP"
        if surface in self.orgs:
            return "ORG"
        return None


def paint(tokens: list[Token], mentions: list[Mention], base: list[int]) -> None:
    """Write the masks: `base` outside mentions, B and I inside."""
    for t, mask in zip(tokens, base):
        t.mask = mask
    for m in mentions:
        for k in range(m.start, m.end):
            tokens[k].mask = begin(*m.types) if k == m.start else inside(*m.types)


def outside_masks(words: list[str], taught: set[str], lexicon: Lexicon, unsure_dates: set[int]) -> list[int]:
    """What a token outside every mention may be, given what the set teaches."""
    masks = []
    free = [t for t in TYPES if t not in taught and t != "DATE"]
    for i, w in enumerate(words):
        mask = O
        low = w.lower()
        starts_text = i == 0 or words[i - 1] in (".", "!", "?", '"', ":", "“")
        if w[:1].isupper() and w != "I" and free and not (starts_text and low in lexicon.common) and low not in lex.TITLES:
            mask = open_to(*free)
        elif w.capitalize() in lexicon.peoples and "NORP" not in taught:
            mask = open_to("NORP")
        if i in unsure_dates:
            mask |= open_to("DATE")
        masks.append(mask)
    return masks


def annotate(words: list[str], mentions: list[Mention], taught: set[str], lexicon: Lexicon) -> tuple[list[Mention], list[int]]:
    """Mentions of a gold set, completed by what the patterns and lists are sure of."""
    taken = set()
    fixed = set()
    for m in mentions:
        if len(m.types) == 1:
            fixed.update(range(m.start, m.end))
        taken.update(range(m.start, m.end))
    out = []
    dates, unsure = date_spans(words)
    heads = head_spans(words, lexicon.common)
    head_at = {(s, e): kind for s, e, kind in heads}
    for m in mentions:
        if len(m.types) > 1:
            surface = " ".join(words[m.start : m.end])
            kind = head_at.get((m.start, m.end))
            if surface in lexicon.peoples or (m.end - m.start == 1 and surface.capitalize() in lexicon.peoples):
                m = replace(m, types=("NORP",))
            elif kind and kind in m.types:
                m = replace(m, types=(kind,))
            elif any(words[k] in lex.EVENT_HEADS for k in range(m.start, m.end)) and "EVENT" in m.types:
                m = replace(m, types=("EVENT", "MISC"))
            elif m.end - m.start > 1:
                m = replace(m, types=("MISC",))
            elif NORP_ENDING.search(words[m.start]):
                m = replace(m, types=("NORP",))
            else:
                m = replace(m, types=tuple(t for t in m.types if t != "EVENT"))
        out.append(m)
    if "DATE" not in taught:
        for s, e in dates:
            if not taken.intersection(range(s, e)):
                out.append(Mention(s, e, ("DATE",)))
                taken.update(range(s, e))
    for s, e, kind in heads:
        if kind not in taught and not taken.intersection(range(s, e)):
            out.append(Mention(s, e, (kind,)))
            taken.update(range(s, e))
    if "NORP" not in taught:
        i = 0
        while i < len(words):
            n = 2 if i + 1 < len(words) and f"{words[i]} {words[i + 1]}" in lexicon.peoples else 1 if words[i] in lexicon.peoples else 0
            if n and not taken.intersection(range(i, i + n)):
                out.append(Mention(i, i + n, ("NORP",)))
                taken.update(range(i, i + n))
            i += max(n, 1)
    out.sort(key=lambda m: m.start)
    return out, outside_masks(words, taught, lexicon, unsure)


def example(words, mentions, taught, lexicon, source, doc, tokens=None) -> Example:
    tokens = tokens or spaced(words)
    mentions, base = annotate(words, mentions, taught, lexicon)
    paint(tokens, mentions, base)
    return Example(tokens, source, doc)


# ---------------------------------------------------------------- GMB

GMB_TYPES = {"per": "PER", "org": "ORG", "geo": "LOC", "gpe": "NORP", "tim": "DATE", "art": "MISC", "eve": "EVENT", "nat": "NAT"}
MANGLED = re.compile(r"\d\d-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)$")
LAKH = re.compile(r"(\d{1,2}),(\d\d),(\d{3})$")


def read_gmb(data: str) -> list[tuple[list[str], list[str]]]:
    """Sentences as words and tags, spreadsheet damage left out or repaired."""
    with zipfile.ZipFile(f"{data}/ner/gmb/ner_dataset.csv.zip") as z:
        rows = csv.reader(io.StringIO(z.read("ner_dataset.csv").decode("latin-1")))
    next(rows)
    sentences: list[tuple[list[str], list[str]]] = []
    for number, word, _, tag in rows:
        if number:
            sentences.append(([], []))
        m = LAKH.match(word)
        sentences[-1][0].append(m.group(1) + m.group(2) + "," + m.group(3) if m else word)
        sentences[-1][1].append(tag)
    return sentences


def tag_runs(tags: list[str]) -> list[tuple[int, int, str]]:
    runs, i = [], 0
    while i < len(tags):
        if tags[i] == "O":
            i += 1
            continue
        kind = tags[i][2:]
        j = i + 1
        while j < len(tags) and tags[j] == "I-" + kind:
            j += 1
        runs.append((i, j, kind))
        i = j
    return runs


def make_lexicon(sentences) -> Lexicon:
    """Lists plus what the bronze set says often and in one voice."""
    surfaces: dict[str, Counter] = defaultdict(Counter)
    word_types: dict[str, Counter] = defaultdict(Counter)
    upper, lower = Counter(), Counter()
    for words, tags in sentences:
        for k, w in enumerate(words):
            if w.islower():
                lower[w] += 1
            elif w[:1].isupper() and k:
                upper[w.lower()] += 1
            word_types[w][tags[k][2:] or "O"] += 1
        for i, j, kind in tag_runs(tags):
            surfaces[" ".join(words[i:j])][kind] += 1
    common = {w for w, n in lower.items() if n > upper[w]}
    places = set(lex.COUNTRIES) | set(lex.PLACES)
    peoples = set(lex.PEOPLES) - lex.NOT_PEOPLES
    orgs = set(lex.ORGANISATIONS)
    majority = {}
    for surface, kinds in surfaces.items():
        total = sum(kinds.values())
        kind, n = kinds.most_common(1)[0]
        single = " " not in surface
        outside = word_types[surface]["O"] if single else 0
        known = surface in places or surface in peoples or surface in orgs
        if known or surface in lex.FRAGMENTS or surface in lex.NOT_LEARNT or not surface[:1].isupper():
            continue
        if kind == "geo" and n >= 8 and n / (total + outside) >= 0.85:
            places.add(surface)
        elif kind == "gpe" and n >= 3 and n / total >= 0.7 and surface not in lex.NOT_PEOPLES:
            peoples.add(surface)
        elif kind == "org" and n >= 8 and n / (total + outside) >= 0.85:
            orgs.add(surface)
        if total >= 8 and n / total >= 0.75:
            majority[surface] = kind
    persons = set()
    for w, kinds in word_types.items():
        tagged = sum(n for k, n in kinds.items())
        if w[:1].isupper() and w.lower() not in lex.TITLES | lex.TITLE_MODIFIERS and kinds["per"] >= 15 and kinds["per"] / tagged >= 0.6:
            persons.add(w)
    return Lexicon(places, peoples, orgs, persons - places - peoples, common, majority)


HYPHEN_PREFIXES = {"pro", "anti", "non", "ex", "mid", "post", "pre", "then", "sub", "trans", "inter", "un"}


def split_hyphens(words, tags, lexicon) -> tuple[list[str], list[str], set[int]]:
    """Split "U.S.-led" and "Israeli-Palestinian" at the hyphen; returns also which parts take no space."""
    out_words, out_tags, glued = [], [], set()
    for w, tag in zip(words, tags):
        if "-" in w and any(c.isupper() for c in w) and lexicon.kind(w) is None and not MANGLED.match(w):
            cuts = [k for k, c in enumerate(w) if c == "-" and 0 < k < len(w) - 1]
            best = None
            for k in cuts:
                left, right = w[:k], w[k + 1 :]
                lk, rk = lexicon.kind(left), lexicon.kind(right)
                if (lk and (right.islower() or rk)) or (rk and left.lower() in HYPHEN_PREFIXES):
                    best = (left, right, lk, rk)
            if best and not tag.startswith("I-per"):
                left, right, lk, rk = best
                back = {"LOC": "B-geo", "NORP": "B-gpe", "ORG": "B-org", None: "O"}
                for part, kind in ((left, lk), ("-", None), (right, rk)):
                    if out_words and part != left:
                        glued.add(len(out_words))
                    out_words.append(part)
                    out_tags.append(back[kind])
                continue
        out_words.append(w)
        out_tags.append(tag)
    return out_words, out_tags, glued


def strip_title(words: list[str], lexicon: Lexicon) -> int:
    """How many leading words of a person mention are titles."""
    last = 0
    for k, w in enumerate(words):
        low = w.lower()
        if low in lex.TITLES:
            last = k + 1
        elif not (low in lex.TITLE_MODIFIERS or lexicon.kind(w)):
            break
    if last == 0:
        while last < len(words) and words[last].lower() in ("prime", "vice", "former", "the"):
            last += 1
    return last


def clean_gmb(words: list[str], tags: list[str], lexicon: Lexicon, doc: int) -> Example | None:
    """One bronze sentence under the guideline; what stays doubtful is left open."""
    if any(MANGLED.match(w) for w in words) or len(words) < 4:
        return None
    words, tags, glued = split_hyphens(words, tags, lexicon)
    n = len(words)
    base = [O] * n
    kinds: list[str | None] = [None] * n  # label of the mention at this place
    starts = [False] * n
    word_open: set[int] = set()

    def put(i, j, kind):
        for k in range(i, j):
            kinds[k], starts[k] = kind, k == i

    for i, j, tag in tag_runs(tags):
        kind = GMB_TYPES[tag]
        # "Kazakhstan and Kyrgyzstan" as one mention
        parts, at = [], i
        for k in range(i, j + 1):
            if k == j or words[k] in ("and", ","):
                if k > at:
                    parts.append((at, k))
                at = k + 1
        if len(parts) > 1 and all(lexicon.kind(" ".join(words[a:b])) for a, b in parts):
            for a, b in parts:
                put(a, b, lexicon.kind(" ".join(words[a:b])))
            continue
        if kind == "DATE":
            word_open.update(range(i, j))
            continue
        while i < j and words[i] in ("the", "The", "a", "an", "of", "'s", "in") and " ".join(words[i:j]) != "The Hague":
            i += 1
        while j > i and (words[j - 1] in ("'s", ",", "of", "the", "and", "'", '"', "in") or words[j - 1] == "-"):
            j -= 1
        if i == j:
            continue
        if kind == "PER":
            skipped = strip_title(words[i:j], lexicon)
            if skipped == j - i and (j - i > 1 or words[i].lower() in lex.TITLES | {"prime", "vice", "former"}):
                continue
            if skipped < j - i:
                i += skipped
        elif kind == "LOC":
            while i < j - 1 and words[i].islower():
                i += 1
        elif kind == "ORG" and j - i > 1:
            if words[i].lower() in lex.TITLES and words[i] != "General":
                word_open.update(range(i, j))
                continue
            while j > i + 1 and words[j - 1].lower() in lex.TITLES:
                j -= 1
        surface = " ".join(words[i:j])
        known = lexicon.kind(surface)
        if known:
            put(i, j, known)
        elif j - i == 1 and words[i] in lexicon.persons and kind != "PER":
            put(i, j, "PER")
        elif surface in lex.FRAGMENTS or kind == "NAT" or not any(w[:1].isupper() for w in words[i:j]):
            word_open.update(range(i, j))
        elif surface in lexicon.majority and GMB_TYPES[lexicon.majority[surface]] != kind:
            major = GMB_TYPES[lexicon.majority[surface]]
            if major in ("DATE", "NAT"):
                word_open.update(range(i, j))
            else:
                put(i, j, major)
        elif kind == "NORP" and j - i > 2:
            word_open.update(range(i, j))
        elif kind == "MISC":
            last = words[j - 1]
            if last in ("Airport", "Zoo", "Stadium", "Hotel", "Prison", "Street", "Monument", "Dome"):
                put(i, j, "LOC")
            elif last in ("Times", "Post", "Journal", "News", "Herald", "Mirror", "Daily"):
                put(i, j, "ORG")
            else:
                put(i, j, "MISC")
        elif kind == "EVENT":
            if j - i == 1:
                word_open.add(i)
            else:
                put(i, j, "EVENT")
        else:
            put(i, j, kind)

    # "Mr. Bush" with the name called something else
    for k in range(n - 1):
        if words[k] in ("Mr.", "Ms.", "Mrs.") and words[k + 1][:1].isupper() and kinds[k + 1] != "PER":
            put(k + 1, k + 2, "PER")

    # names of several words that the bronze labels cut in two
    k = 0
    while k < n:
        step = 1
        for parts in lexicon.longest.get(words[k], ()):
            m = len(parts)
            if tuple(words[k : k + m]) == parts:
                before = k > 0 and kinds[k] is not None and not starts[k]
                after = k + m < n and kinds[k + m] is not None and not starts[k + m] and kinds[k + m] == kinds[k + m - 1]
                if not before and not after:
                    put(k, k + m, lexicon.kind(" ".join(parts)))
                    word_open.difference_update(range(k, k + m))
                    step = m
                break
        k += step

    # known words that were left out; capitalised words that may have been
    for k, w in enumerate(words):
        if kinds[k] is not None:
            continue
        known = lexicon.kind(w)
        beside = (k and kinds[k - 1] is not None and kinds[k - 1] != known) or (k + 1 < n and kinds[k + 1] is not None and kinds[k + 1] != known and w.lower() not in lex.TITLES)
        if known == "NORP" or (known == "LOC" and w[:1].isupper()):
            if known == "NORP" and k + 1 < n and words[k + 1] in ("Party", "Council", "Movement", "Army", "Church", "League", "Front"):
                word_open.add(k)
            else:
                put(k, k + 1, known)
                word_open.discard(k)
        elif known == "ORG":
            put(k, k + 1, known)
        elif w[:1].isupper() and k and not beside and w.lower() not in lexicon.common and w.lower() not in lex.TITLES and w.lower() not in lex.MONTHS | lex.WEEKDAYS:
            word_open.add(k)

    dates, unsure = date_spans(words)
    for s, e in dates:
        if all(kinds[k] is None or kinds[k] == "DATE" for k in range(s, e)):
            put(s, e, "DATE")
            word_open.difference_update(range(s, e))
    for s, e, kind in head_spans(words, lexicon.common):
        edge = (kinds[s] is not None and not starts[s]) or (e < n and kinds[e] is not None and not starts[e])
        if edge or any(kinds[k] == "PER" for k in range(s, e)):
            continue
        while s < e - 2 and lexicon.kind(words[s]) == "NORP" and kind == "MISC":
            s += 1
        if kind == "EVENT" and words[e - 1] in ("Conference", "Convention", "Initiative") and any(kinds[k] == "ORG" for k in range(s, e)):
            continue
        put(s, e, kind)
        word_open.difference_update(range(s, e))

    mentions, k = [], 0
    while k < n:
        if kinds[k] is None:
            k += 1
            continue
        j = k + 1
        while j < n and kinds[j] == kinds[k] and not starts[j]:
            j += 1
        mentions.append(Mention(k, j, (kinds[k],)))
        k = j
    for k in word_open:
        if kinds[k] is None:
            base[k] = ALL if words[k][:1].isupper() else open_to("DATE")
    for k in unsure:
        base[k] |= open_to("DATE")
    tokens = spaced(words)
    for k in glued:
        tokens[k].space = False
    paint(tokens, mentions, base)
    return Example(tokens, "gmb", doc)


# ---------------------------------------------------------------- gold sets

def conll_blocks(path: str):
    """Sentences of a column file as lists of column lists, with their comment lines."""
    rows, comments = [], []
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            line = line.rstrip("\n")
            if not line.strip():
                if rows:
                    yield rows, comments
                rows, comments = [], []
            elif re.match(r"# (newdoc|sent_id|text)\b", line):
                comments.append(line)
            else:
                rows.append(line.split("\t") if "\t" in line else line.split(" "))
    if rows:
        yield rows, comments


def runs(tags: list[str], bio: bool = True) -> list[tuple[int, int, str]]:
    """Mentions of BIO tags, or of IO tags (`bio` false)."""
    out, i = [], 0
    while i < len(tags):
        if tags[i] in ("O", "-", "_", ""):
            i += 1
            continue
        kind = tags[i].split("-", 1)[-1]
        j = i + 1
        while j < len(tags) and tags[j] == "I-" + kind:
            j += 1
        out.append((i, j, kind))
        i = j
    return out


OPEN3 = ("MISC", "NORP", "EVENT")


def read_uner(path: str, lexicon: Lexicon) -> list[Example]:
    examples, doc = [], 0
    for rows, comments in conll_blocks(path):
        if any(c.startswith("# newdoc") for c in comments):
            doc += 1
        text = next(c[len("# text = ") :] for c in comments if c.startswith("# text"))
        words, at, tokens = [], 0, []
        for r in rows:
            w = r[1]
            k = text.find(w, at)
            gap = text[at:k] if k >= 0 else " "
            tokens.append(Token(w, bool(gap)))
            at = k + len(w) if k >= 0 else at
            words.append(w)
        mentions = []
        for i, j, kind in runs([r[2] if r[2] != "B-O" else "O" for r in rows]):
            mentions.append(Mention(i, j, OPEN3 if kind == "OTH" else (kind,)))
        examples.append(example(words, uner_rules(words, mentions), {"PER", "ORG", "LOC"}, lexicon, "uner", doc, tokens))
    return examples


def uner_rules(words: list[str], mentions: list[Mention]) -> list[Mention]:
    """The two places where the guideline differs from the set: seats of government, and "US" as ORG."""
    out = []
    for m in mentions:
        if " ".join(words[m.start : m.end]) in ("White House", "Kremlin", "US", "U.S.", "Washington") and m.types == ("ORG",):
            m = replace(m, types=("LOC",))
        out.append(m)
    return out


def read_wikigold(path: str, lexicon: Lexicon) -> list[Example]:
    examples, doc = [], 0
    for rows, _ in conll_blocks(path):
        words = [r[0] for r in rows]
        if words == ["-DOCSTART-"]:
            doc += 1
            continue
        mentions = [Mention(i, j, OPEN3 if k == "MISC" else (k,)) for i, j, k in runs([r[-1] for r in rows])]
        mentions = split_dates(words, mentions)
        examples.append(example(words, mentions, {"PER", "ORG", "LOC", "MISC"}, lexicon, "wikigold", doc))
    return examples


def split_dates(words: list[str], mentions: list[Mention]) -> list[Mention]:
    """IO tags join neighbours; nothing to cut but a comma at the edge."""
    out = []
    for m in mentions:
        s, e = m.start, m.end
        while s < e and words[s] in (",", ".", '"'):
            s += 1
        while e > s and words[e - 1] in (",", '"'):
            e -= 1
        if e > s:
            out.append(Mention(s, e, m.types))
    return out


CROSSNER = {
    "politician": ("PER",), "person": ("PER",), "politicalparty": ("ORG",), "organisation": ("ORG",),
    "location": ("LOC",), "country": ("LOC",), "election": ("EVENT",), "event": ("EVENT",), "misc": OPEN3,
}  # fmt: skip


def read_crossner(path: str, lexicon: Lexicon) -> list[Example]:
    examples = []
    for rows, _ in conll_blocks(path):
        words = [r[0] for r in rows]
        mentions = [Mention(i, j, CROSSNER[k]) for i, j, k in runs([r[-1] for r in rows])]
        examples.append(example(words, mentions, {"PER", "ORG", "LOC", "MISC", "EVENT"}, lexicon, "crossner", len(examples)))
    return examples


TWEET_TYPES = {"person": ("PER",), "location": ("LOC",), "corporation": ("ORG",), "group": ("ORG",), "creative-work": ("MISC",), "product": ("MISC",), "PER": ("PER",), "LOC": ("LOC",), "ORG": ("ORG",)}


def read_tweets(path: str, lexicon: Lexicon, source: str, limit: int) -> list[Example]:
    """Posts with cased mentions only: a little robustness, not a habit of lower case."""
    examples = []
    for rows, _ in conll_blocks(path):
        words = [r[0].replace("&amp;", "&") for r in rows]
        mentions = [Mention(i, j, TWEET_TYPES[k]) for i, j, k in runs([r[-1].strip() for r in rows]) if k in TWEET_TYPES]
        if not mentions or any(not words[m.start][:1].isupper() for m in mentions) or any(not w for w in words):
            continue
        taught = {"PER", "ORG", "LOC"} | ({"MISC"} if source == "wnut" else set())
        examples.append(example(words, mentions, taught, lexicon, source, len(examples)))
        if len(examples) == limit:
            break
    return examples


GUM_TYPES = {"person": ("PER",), "organization": ("ORG",), "place": ("LOC",), "event": ("EVENT",)}
PRONOUNS = set("i we he she it they you our my his her their its your us me".split())
GUM_LOOK_AT = ("crane", "korea", "hackers", "election")


def read_gum(folder: str, lexicon: Lexicon, names: list[str]) -> list[Example]:
    """Named mentions: the longest capitalised run of a mention that is linked to an encyclopedia or all proper.

    Nested mentions: the outermost named one wins; what is named in no sure way is left open.
    """
    examples = []
    for doc, name in enumerate(names):
        sentence: list[list[str]] = []
        with open(f"{folder}/GUM_news_{name}.tsv", encoding="utf-8") as f:
            lines = [line.rstrip("\n") for line in f] + [""]
        for line in lines:
            if line.startswith("#"):
                continue
            if line:
                sentence.append(line.split("\t"))
                continue
            if sentence:
                examples.append(gum_sentence(sentence, lexicon, doc))
            sentence = []
    return examples


def gum_sentence(rows, lexicon, doc) -> Example:
    words = [r[2] for r in rows]
    groups: dict[str, list] = {}
    for k, r in enumerate(rows):
        linked = {p.rsplit("[", 1)[-1]: True for p in r[6].split("|") if p not in ("_", "*")} if len(r) > 6 else {}
        solo = len(r) > 6 and r[6] not in ("_", "*") and "[" not in r[6]
        for p in r[3].split("|"):
            if p == "_":
                continue
            kind, _, number = p.partition("[")
            key = number or f"solo{k}"
            g = groups.setdefault(key, [kind, k, k + 1, False])
            g[2] = k + 1
            g[3] = g[3] or (number in linked) or (solo and not number)
    mentions, open_words = [], set()
    taken = set()
    for kind, s, e, linked in sorted(groups.values(), key=lambda g: g[1] - g[2]):
        proper = [k for k in range(s, e) if words[k][:1].isupper() and words[k].lower() not in PRONOUNS and not (k == 0 and words[k].lower() in lexicon.common)]
        if not proper or kind == "time":
            continue
        while s < e and (words[s].lower() in ("the", "a", "an", "this", "its", "his") or words[s].lower() in lex.TITLES):
            s += 1
        while e > s and words[e - 1] in ("'s", ",", "'", ".", "’s"):
            e -= 1
        if kind == "person":
            # a mention reaches to the end of "Gary Chan of DAB"; the name does not
            e = next((k for k in range(s + 1, e) if words[k] in lex.NAME_JOINTS - {"de", "-"}), e)
        region = set(range(s, e))
        named = e > s and all(k in proper or words[k] in lex.NAME_JOINTS for k in region) and s in proper
        if named and not taken & region:
            if kind in GUM_TYPES and (linked or (kind == "person" and (e - s > 1 or s > 0))):
                known = lexicon.kind(" ".join(words[s:e]))
                mentions.append(Mention(s, e, (known,) if known else GUM_TYPES[kind]))
            else:
                open_words |= region
            taken |= region
        else:
            open_words |= set(proper)
    open_words -= {k for m in mentions for k in range(m.start, m.end)}
    taught = {"PER", "ORG", "LOC", "EVENT"}
    out, base = annotate(words, sorted(mentions, key=lambda m: m.start), taught, lexicon)
    for k in open_words:
        base[k] = ALL
    tokens = spaced(words)
    paint(tokens, out, base)
    return Example(tokens, "gum", doc)


# ---------------------------------------------------------------- everything

@dataclass
class Data:
    lexicon: Lexicon
    bronze: list[Example]
    bronze_held: list[Example]
    gold: list[Example]
    uner_dev: list[Example]
    crossner_dev: list[Example]
    gum_dev: list[Example]


def load(data: str) -> Data:
    sentences = read_gmb(data)
    lexicon = make_lexicon(sentences)
    bronze, held, seen = [], [], set()
    for n, (words, tags) in enumerate(sentences):
        key = tuple(words)
        if key in seen:
            continue
        seen.add(key)
        block = n // 50
        e = clean_gmb(words, tags, lexicon, block)
        if e:
            e.doc = n
            (held if block % 40 == 7 else bronze).append(e)
    ner = f"{data}/ner"
    gum = sorted(
        n for n in
        "afghan asylum clock crane defector election expo flag hackers imprisoned korea lanterns questionnaire sensitive soccer stampede taxes warhol".split()
        if n not in GUM_LOOK_AT
    )  # fmt: skip
    gold = read_uner(f"{ner}/uner_en_ewt/en_ewt-ud-train.early.iob2", lexicon)
    gold += read_wikigold(f"{ner}/wikigold/train.conll", lexicon)
    gold += read_crossner(f"{ner}/crossner_politics/train.txt", lexicon)
    gold += read_gum(f"{ner}/gum_news", lexicon, gum)
    gold += read_tweets(f"{ner}/wnut17/wnut17train.conll", lexicon, "wnut", 500)
    for part in "abh":
        gold += read_tweets(f"{ner}/btc/{part}.conll", lexicon, "btc", 150)
    return Data(
        lexicon, bronze, held, gold,
        read_uner(f"{ner}/uner_en_ewt/en_ewt-ud-dev.iob2", lexicon),
        read_crossner(f"{ner}/crossner_politics/dev.txt", lexicon),
        read_gum(f"{ner}/gum_news", lexicon, list(GUM_LOOK_AT)),
    )  # fmt: skip
