"""Words, word shapes and piece offsets: the Python twin of the runtime's encoding.

A *word* is one pre-token of the BERT pre-tokenizer (split on whitespace and
punctuation, each punctuation character alone), taken from the original text.
Its *shape* goes to every piece of it as `token_type_id`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from tokenizers import Tokenizer

LOWER, CAPITALISED, UPPER, MIXED = 0, 1, 2, 3


def shape(word: str) -> int:
    """The shape of one word.

    3 with any number character (Unicode category N), or both cases in another
    pattern than Capitalised; 2 with two or more cased letters, all upper case;
    1 for a Capitalised word or a single upper-case letter; 0 otherwise.
    """
    upper = lower = 0
    first_letter_upper = None
    for c in word:
        if unicodedata.category(c)[0] == "N":
            return MIXED
        if c.isupper():
            upper += 1
        elif c.islower():
            lower += 1
        elif not c.isalpha():
            continue
        if first_letter_upper is None:
            first_letter_upper = c.isupper()
    if upper == 0:
        return LOWER
    if lower == 0:
        return UPPER if upper >= 2 else CAPITALISED
    return CAPITALISED if upper == 1 and first_letter_upper else MIXED


@dataclass
class Encoded:
    """One text as the model reads it, with [CLS] and [SEP]."""

    ids: list[int]
    token_types: list[int]
    offsets: list[tuple[int, int]]  # code points of each piece; (0, 0) for special tokens
    words: list[int]  # index of each piece's word, -1 for special tokens
    word_spans: list[tuple[int, int]]  # code points of each word


def load_tokenizer(folder: str) -> Tokenizer:
    """The tokenizer of a model folder, without truncation and padding."""
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encode(tokenizer: Tokenizer, text: str, token_types: str = "word-shape") -> Encoded:
    """Encode one text; `token_types` is "word-shape" or "zero"."""
    e = tokenizer.encode(text)
    spans: list[tuple[int, int]] = []
    words: list[int] = []
    for special, word, (start, end) in zip(e.special_tokens_mask, e.word_ids, e.offsets):
        if special or word is None:
            words.append(-1)
            continue
        if word == len(spans):
            spans.append((start, end))
        else:
            spans[word] = (spans[word][0], end)
        words.append(word)
    if token_types == "word-shape":
        shapes = [shape(text[a:b]) for a, b in spans]
        types = [0 if w < 0 else shapes[w] for w in words]
    else:
        types = [0] * len(words)
    return Encoded(e.ids, types, list(e.offsets), words, spans)


def byte_offsets(text: str, offsets: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Code point offsets as UTF-8 byte offsets."""
    at = [0]
    for c in text:
        at.append(at[-1] + len(c.encode("utf-8")))
    return [(at[a], at[b]) for a, b in offsets]
