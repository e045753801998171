"""New texts from the arguments of the labelled sets: told by somebody else, set side by side, or strung together.

An argument that "opponents bring" is not the author's; both sides in one paragraph
are nobody's; three arguments of one side are as clear as one. So the reporting
register comes with the targets of hundreds of real debates.
"""

from __future__ import annotations

import random

from stance_data import Pair
from stance_targets import lower_first, noun_phrase, question, vary

WHO = [
    "critics", "supporters", "opponents", "campaigners", "a spokesman", "several experts", "the minister", "the opposition", "some residents", "a petition",
    "the association's chair", "religious leaders", "trade unions", "business leaders", "one columnist", "a former judge", "researchers", "many parents", "the report's authors", "officials",
]  # fmt: skip
# Those whom the stage finds as holders are mostly names.
HOLDERS = [
    "Ingrid Solheim", "Mayor Okoye", "Prime Minister Laurent", "Rafael Duarte", "Norway", "the Treasury", "Greenpeace", "the National Union of Teachers", "Senator Whitlock", "Kenya", "the European Commission",
    "Dr. Farah Qureshi", "the Liberal Party", "President Mendoza", "Ms. Tan", "Bolivia", "the World Bank", "Amnesty International", "Canada", "the Chamber of Commerce", "Professor Lindgren", "Viktor Hale", "Seoul", "the Vatican", "Governor Reyes",
]  # fmt: skip
SAID = ["said that", "argue that", "argued on {day} that", "claim that", "believe that", "told reporters that", "have long held that", "suggested that", "warned that", "maintain that", "reportedly think that"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
NEWS = [
    "Parliament will debate {np} on {day}.",
    "A committee heard both sides on {np} for three hours and adjourned without a vote.",
    "The question \"{q}\" was put to a thousand people; 43 percent said yes, 41 percent no.",
    "{q} That was the subject of a public hearing on {day}.",
    "The government has announced a consultation on {np}, open until the end of March.",
    "A bill about {np} was sent to committee. Its text will be published next week.",
    "According to the agency, discussions on {np} began last year and involve four ministries.",
    "The city archive shows that {np} was discussed as early as 1974.",
    "Newspapers report that a draft on {np} is circulating among officials. A spokeswoman declined to comment.",
    "How other countries deal with {np} varies, a study of nineteen states has found.",
    "{q} Opinions differ, and no decision is expected before the autumn.",
    "A motion on {np} is on the agenda of the party conference in June.",
]
BUT = ["But", "Yet", "Still,", "That misses the point:", "In truth,", "Even so,", "What they overlook is this:"]


def clause(text: str) -> str:
    """An argument as the clause after "that"."""
    text = text.strip().rstrip(".!;")
    first = text.split(" ", 1)[0]
    if len(first) > 1 and (first[1:].islower() or first == "A") and not first.endswith(("'s", "’s")):
        keep = lower_first(text)
        return keep if keep != text else text[0].lower() + text[1:]
    return text


def sentence(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def reported(text: str, rng: random.Random, who: str | None = None) -> str:
    who = who or rng.choice(WHO)
    said = rng.choice(SAID).format(day=rng.choice(DAYS))
    if rng.random() < 0.15:
        return f"\"{sentence(text)[:-1]},\" {who} said."
    if rng.random() < 0.15:
        return f"According to {who}, {clause(text)}."
    if rng.random() < 0.1:
        return f"{sentence(clause(text))[:-1]}, {who} said."
    return f"{who[0].upper()}{who[1:]} {said} {clause(text)}."


class Retold:
    def __init__(self, claims: list[Pair]):
        self.sides: dict[str, dict[str, list[str]]] = {}
        for p in claims:
            if 5 <= len(p.text.split()) <= 45:
                self.sides.setdefault(p.target, {}).setdefault(p.label, []).append(p.text)
        self.both = sorted(t for t, s in self.sides.items() if len(s) == 2)
        self.targets = sorted(self.sides)

    def news(self, target: str, rng: random.Random) -> str | None:
        noun, ask = noun_phrase(target, rng), question(target, rng)
        if not noun or not ask:
            return None
        return rng.choice(NEWS).format(np=noun, q=ask, day=rng.choice(DAYS))

    def held(self, rng: random.Random) -> Pair:
        """The view that a text reports, asked for by its holder: alone, beside the other camp's, or before the author's own."""
        target = rng.choice(self.both)
        label = rng.choice(["favor", "against"])
        who, other = rng.sample(HOLDERS + WHO, 2)
        mine, theirs = self.sides[target][label], self.sides[target]["against" if label == "favor" else "favor"]
        text = reported(rng.choice(mine), rng, who)
        draw = rng.random()
        if draw < 0.35:
            two = [text, reported(rng.choice(theirs), rng, other)]
            rng.shuffle(two)
            text = " ".join(two)
        elif draw < 0.55:
            text = f"{text} {rng.choice(BUT)} {clause(rng.choice(theirs))}."
        elif draw < 0.70:
            lead = self.news(target, rng)
            text = f"{lead} {text}" if lead else text
        target, label = vary(target, label, rng, (0.3, 0.12, 0.1))
        return Pair(target, text, label, "retold", holder=who)

    def one(self, rng: random.Random) -> Pair | None:
        if rng.random() < 0.25:
            return self.held(rng)
        draw = rng.random()
        target = rng.choice(self.both)
        favor, against = self.sides[target]["favor"], self.sides[target]["against"]
        if draw < 0.12:
            text = self.news(target, rng)
            label = "neutral"
            if text and rng.random() < 0.5:
                text += " " + reported(rng.choice(favor + against), rng)
        elif draw < 0.36:
            text = reported(rng.choice(favor if rng.random() < 0.5 else against), rng)
            lead = self.news(target, rng)
            if lead and rng.random() < 0.6:
                text = f"{lead} {text}"
            label = "neutral"
        elif draw < 0.50:
            two = [rng.choice(favor), rng.choice(against)]
            rng.shuffle(two)
            joint = rng.choice([" ", " ", " Others disagree. ", " On the other hand: ", " By contrast, "])
            text = f"{reported(two[0], rng)}{joint}{reported(two[1], rng)}"
            label = "neutral"
        elif draw < 0.66:
            label = rng.choice(["favor", "against"])
            mine, theirs = (favor, against) if label == "favor" else (against, favor)
            text = f"{reported(rng.choice(theirs), rng)} {rng.choice(BUT)} {clause(rng.choice(mine))}."
            if rng.random() < 0.5:
                text += " " + sentence(rng.choice(mine))
        else:
            label = rng.choice(["favor", "against"])
            mine = self.sides[target][label]
            text = " ".join(sentence(t) for t in rng.sample(mine, min(len(mine), rng.choice([2, 2, 3, 4]))))
            lead = self.news(target, rng)
            if lead and rng.random() < 0.4:
                text = f"{lead} {text}"
        if not text:
            return None
        target, label = vary(target, label, rng, (0.3, 0.12, 0.1))
        return Pair(target, text, label, "retold")

    def pairs(self, count: int, rng: random.Random) -> list[Pair]:
        out = []
        while len(out) < count:
            pair = self.one(rng)
            if pair:
                out.append(pair)
        return out
