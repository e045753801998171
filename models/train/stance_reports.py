"""Reports of plans and demands from GMB's news, each with the claim that the plan or demand is about.

"The government plans to close two mines" speaks of "The government should close
two mines" and takes no side: the labelled sets have no such text for a claim.
The claim is taken from the sentence by its parts of speech, so that thousands of
real sentences serve. With a verdict in the author's voice beside it the same
sentence is for or against; the verdict in somebody else's mouth leaves it neutral.
"""

from __future__ import annotations

import csv
import random
import re
import zipfile
from pathlib import Path

from stance_data import SEED_WORDS, Pair, another_country, bucket, words
from stance_targets import FLIP, ing, vary

# Verbs whose subject is to do the deed: "X plans to ...", "X refused to ...".
OWN = set(
    "plan plans planned agree agrees agreed decide decides decided vow vows vowed pledge pledges pledged promise promises promised intend intends intended "
    "want wants wanted hope hopes hoped offer offers offered refuse refuses refused decline declines declined threaten threatens threatened propose proposes "
    "proposed prepare prepares preparing expected set ready willing planning hoping seek seeks sought voted due".split()
)
# Verbs whose object is to do it: "Y urges X to ...".
OTHERS = set(
    "urge urges urged urging ask asks asked asking press presses pressed pressing tell tells told order orders ordered want wants wanted "
    "call calls called calling advise advised warn warned encourage encouraged push pushed pushing invite invited allow allows allowed persuade require requires required force forced".split()
)
NOUN_TAGS = {"NN", "NNS", "NNP", "NNPS"}
PHRASE_TAGS = NOUN_TAGS | {"DT", "JJ", "CD", "POS", "VBN"}
MODALS = {"will", "would", "should", "must"}
PRONOUNS = set("it he she they we i you who which that this there these those one all most some many both another others people".split())
# Nouns of plans and demands: "a plan to ...".
PLANS = set("plan plans proposal proposals bill law measure call calls decision deal agreement bid move effort efforts vote demand demands legislation resolution campaign initiative pledge request".split())
# Verbs whose object is the thing itself: "rejected a ban on ...".
ABOUT = set("rejected rejects rejecting opposes opposed opposing supports supported supporting backs backed approved approves welcomed endorsed criticized condemned discussed discuss discussing debated demanded demands demanding announced".split())
# Verbs after which a verdict on "it" can only be on that thing.
PLAIN = set("backs backed approved approves welcomed endorsed discussed discuss discussing debated announced".split())
# Which of these verbs say no, and which say neither.
REFUSING = set("refuse refuses refused decline declines declined rejected rejects rejecting opposes opposed opposing criticized condemned".split())
OPEN = set("discussed discuss discussing debated announced expected set due voted threaten threatens threatened prepare prepares preparing".split())
DULL = set("be have do say tell make take get go come die see know become face visit meet arrive attend begin continue win remain help try".split())
DAYS = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
TIMES = {"year", "week", "month", "day", "Officials", "officials"}
STOP = {",", ".", ";", "--", ":", "?", "!", '"', "``", "''", "(", "but", "while", "because", "although", "as", "who", "which", "whether", "after", "before", "until", "since", "when", "if", "that", "and", "by", "saying", "despite"}


def tagged(data: Path) -> list[list[tuple[str, str]]]:
    """The sentences of GMB as (token, part of speech)."""
    with zipfile.ZipFile(data / "ner/gmb/ner_dataset.csv.zip") as archive:
        rows = csv.reader(archive.read(archive.namelist()[0]).decode("latin-1").split("\n"))
        next(rows)
        out: list[list[tuple[str, str]]] = []
        for row in filter(None, rows):
            if row[0]:
                out.append([])
            out[-1].append((row[1], row[2]))
    return out


def prose(tokens: list[str]) -> str:
    text = " ".join(tokens)
    text = re.sub(r"\s+([.,;:!?%)']|'s\b|n't\b)", r"\1", text)
    return text.replace("( ", "(").replace("$ ", "$").replace("`` ", '"').replace(" ''", '"')


def phrase_before(sentence, end: int) -> list[str] | None:
    """The noun phrase that ends before `end`."""
    start = end
    while start > 0 and (sentence[start - 1][1] in PHRASE_TAGS or (sentence[start - 1][0] == "of" and start - 1 > 0 and sentence[start - 2][1] in NOUN_TAGS)):
        start -= 1
    tokens = [token for token, _ in sentence[start:end]]
    if not tokens or len(tokens) > 8 or sentence[end - 1][1] not in NOUN_TAGS or tokens[-1].lower() in PRONOUNS:
        return None
    if tokens[0] in DAYS:
        tokens = tokens[1:]
    # "his government" loses its pronoun, and with it what it stands for.
    if not tokens or tokens[-1] in DAYS | TIMES or (len(tokens) == 1 and sentence[end - 1][1] == "NN"):
        return None
    return tokens


def deed(sentence, start: int) -> list[str] | None:
    """The verb phrase from `start` to the end of its clause, two to fourteen words."""
    if start >= len(sentence) or sentence[start][1] not in {"VB", "VBP"} or sentence[start][0].lower() in DULL:
        return None
    out = []
    for token, tag in sentence[start:]:
        if token.lower() in STOP or tag in {"PRP", "PRP$", "WDT", "WP", "MD", "VBZ", "VBD"} or token in DAYS:
            break
        out.append(token)
    while out and out[-1].lower() in {"on", "in", "to", "of", "for", "with", "at", "next", "this", "a", "the", "from", "also", "or", "last", "later", "early"}:
        out.pop()
    return out if 2 <= len(out) <= 14 else None


def thing(sentence, start: int) -> list[str] | None:
    """The noun phrase from `start` on, three to ten words, with what hangs on it by "of", "on", "for" and the like."""
    out, nouns = [], 0
    for token, tag in sentence[start:]:
        if tag not in PHRASE_TAGS | {"IN", "TO", "VBG", "CC"} or token.lower() in STOP or token in DAYS:
            break
        nouns += tag in {"NN", "NNS"}
        out.append((token, tag))
    while out and out[-1][1] not in NOUN_TAGS:
        out.pop()
    if not 3 <= len(out) <= 10 or nouns < 2 or not any(tag in {"IN", "TO"} for _, tag in out):
        return None
    return [token for token, _ in out]


def subject(sentence, verb: int) -> str:
    """The name of who does `sentence[verb]`: one to four words of a proper noun, or nothing."""
    at = verb
    while at > 0 and sentence[at - 1][1] in {"VBZ", "VBD", "VBP", "RB", "MD"} and sentence[at - 1][0].lower() not in {"not", "n't"}:
        at -= 1
    who = phrase_before(sentence, at)
    return prose(who) if who and len(who) < 5 and sentence[at - 1][1] in {"NNP", "NNPS"} else ""


def view(sentence, verb: int) -> tuple[str, str]:
    """(holder, side) of a verb that tells what its subject thinks of a plan; ("", "") where none does."""
    word = sentence[verb][0].lower()
    before = {token.lower() for token, _ in sentence[max(0, verb - 4) : verb]}
    if word in OPEN or before & {"not", "n't", "never", "would", "could", "may", "might", "to"}:
        return "", ""
    return subject(sentence, verb), "against" if word in REFUSING else "favor"


def claim(sentence) -> tuple[str, str, bool, tuple[str, str]] | None:
    """(who, what, whether it is somebody's plan or demand, whose view it is) of what a sentence reports.

    `who` is empty for a deed without a doer, `what` for a thing. The view is as `view` gives it.
    """
    for at, (token, tag) in enumerate(sentence):
        lower = token.lower()
        if lower == "to" and at > 1:
            what = deed(sentence, at + 1)
            if not what:
                continue
            verb = sentence[at - 1][0].lower()
            if verb in PLANS and sentence[at - 1][1] in NOUN_TAGS:
                return "", prose(what), True, ("", "")
            held = "", ""
            if verb in OWN:
                held = view(sentence, at - 1)
                first = at - 1
                while first > 0 and (sentence[first - 1][1] in {"VBZ", "VBD", "VBP", "RB", "MD", "VB", "VBN"} and sentence[first - 1][0].lower() not in {"not", "n't"}):
                    first -= 1
                who = phrase_before(sentence, first)
            else:
                who = phrase_before(sentence, at)
                first = at - len(who) if who else 0
                before = [sentence[i][0].lower() for i in (first - 1, first - 2) if i >= 0]
                if not who or not any(w in OTHERS for w in before[:1]) and not (before[:1] in (["on"], ["for"]) and before[1:] and before[1] in OTHERS):
                    continue
                asking = next((i for i in (first - 1, first - 2) if i >= 0 and sentence[i][0].lower() in OTHERS), None)
                if asking is not None and sentence[asking][0].lower() not in {"allow", "allows", "allowed", "warn", "warned", "tell", "tells", "told"}:
                    held = view(sentence, asking)
            if who:
                return prose(who), prose(what), True, held
        if lower in MODALS and tag == "MD":
            what = deed(sentence, at + 1)
            who = phrase_before(sentence, at)
            if what and who:
                return prose(who), prose(what), False, ("", "")
        if lower in ABOUT or (lower == "for" and at > 1 and sentence[at - 1][0].lower() in {"call", "calls", "called", "calling"}):
            about = thing(sentence, at + 1)
            if about:
                return prose(about), "", lower in PLAIN, view(sentence, at) if lower in ABOUT else ("", "")
    return None


AGAINST = """
That would be a mistake.
It is hard to think of a worse idea.
The plan is short-sighted, and those who will pay for it were not asked.
It is a step in the wrong direction.
Nothing good will come of it.
It will make matters worse.
This is reckless, and the damage will outlast those who ordered it.
However good the intentions, the result will be harm.
The logic is not without merit, but the price is far too high.
It may look bold; it is in truth a sign of helplessness.
Such a move would cost more trust than it could ever win.
The people who would bear the burden have every reason to refuse.
A wiser course would be to leave things as they are.
It solves a problem that does not exist and creates one that does.
The sensible answer is no.
The step would undo years of patient work.
It asks too much of those who have least.
Past attempts of this kind have failed, and so will this one.
It is a promise that cannot be kept and should not have been made.
What looks like strength will be remembered as folly.
The decision is wrong in principle and useless in practice.
There is no excuse for it.
It would be far better to drop the idea.
The risks are obvious, and the gains exist only on paper.
It rests on the belief that pressure can replace consent. It cannot.
""".strip().splitlines()

FAVOR = """
That is the right decision.
It is high time.
The step deserves support.
It is a good idea, and it comes not a day too soon.
Much good will come of it.
It will make things better for those who have waited longest.
This is wise, and the benefit will outlast the quarrel about it.
Whatever the doubts about the details, the result will be progress.
The costs are real, but the gain is well worth them.
It may look modest; it is in truth a turning point.
Such a move would win back trust that was lost over many years.
The people concerned have every reason to welcome it.
There is no reason to delay any longer.
It solves a problem that has been ignored for too long.
The sensible answer is yes.
The step would reward years of patient work.
It is a fair deal for those who have least.
Attempts of this kind have worked elsewhere, and this one will too.
It is a promise worth keeping.
It raises the hope of calmer and more prosperous years.
The decision is right in principle and useful in practice.
It should be welcomed by everyone who wishes the country well.
It would be foolish to let the chance slip.
The gains are plain, and the risks can be managed.
It shows what can be reached by talking to each other.
""".strip().splitlines()

WHO = ["one opposition leader", "a former minister", "critics", "supporters", "a newspaper", "business groups", "the trade unions", "analysts", "a spokesman", "several diplomats", "a professor of law", "human rights groups"]
EVEN = [
    "Whether it will come to that remains to be seen.",
    "Opinions on this differ.",
    "Supporters and opponents accuse each other of bad faith.",
    "It is not clear what will follow.",
    "The stakes are high for all sides.",
    "It could bring gains. It could also backfire.",
    "The effects could be far-reaching, for better or worse.",
    "Further talks are planned.",
    "The decision marks a break with earlier practice.",
    "The step is seen as largely symbolic.",
    "It would be the first of its kind.",
    "Observers are watching closely.",
]


class Reports:
    """Reported claims of one split: a tenth of the sentences is set aside as `dev`."""

    def __init__(self, data: Path, split: str):
        sentences = tagged(data)
        texts = [prose([t for t, _ in s]) for s in sentences]
        self.found: list[tuple[int, str, str, bool, tuple[str, str]]] = []
        self.texts = texts
        self.by_subject: dict[str, list[int]] = {}
        seen = set()
        for at, sentence in enumerate(sentences):
            held_out = bucket(texts[at], 10) == 0
            if held_out != (split == "dev") or not 10 <= len(sentence) <= 50 or SEED_WORDS.search(texts[at]) or texts[at] in seen:
                continue
            seen.add(texts[at])
            parts = claim(sentence)
            if parts:
                self.by_subject.setdefault(parts[0], []).append(len(self.found))
                self.found.append((at, *parts))
        self.views = [found for found in self.found if found[-1][0]]

    def target(self, who: str, what: str, label: str, rng: random.Random) -> tuple[str, str]:
        """The claim in one of its forms, with the label that fits it."""
        first, _, rest = what.partition(" ")
        draw = rng.random()
        if not what:
            if draw < 0.08:
                return f"opposition to {who}", FLIP[label]
            return who, label
        if not who:
            if draw < 0.5:
                return f"{ing(first)} {rest}", label
            if draw < 0.75:
                return f"It is right to {what}", label
            return f"It {'would be' if draw < 0.87 else 'is'} wrong to {what}", FLIP[label]
        who = who[:1].upper() + who[1:]
        if draw < 0.1:
            return f"{who} {ing(first)} {rest}", label
        return vary(f"{who} should {what}", label, rng, (0.30, 0.08, 0.08))

    def around(self, at: int, rng: random.Random) -> str:
        """The sentence, now and then with the one after it."""
        text = self.texts[at]
        if rng.random() < 0.35 and at + 1 < len(self.texts) and not SEED_WORDS.search(self.texts[at + 1]):
            text += " " + self.texts[at + 1]
        return text

    def held(self, rng: random.Random) -> Pair:
        """The view that a sentence reports, asked for by its holder."""
        at, who, what, _, (holder, label) = rng.choice(self.views)
        text = self.around(at, rng)
        if rng.random() < 0.3:
            text += " " + rng.choice(AGAINST + FAVOR)
        target, label = self.target(who, what, label, rng)
        return Pair(target, text, label, "reports", holder=holder)

    def pair(self, rng: random.Random) -> Pair | None:
        if rng.random() < 0.2:
            return self.held(rng)
        index = rng.randrange(len(self.found))
        at, who, what, planned, _ = self.found[index]
        text = self.around(at, rng)
        label = "neutral"
        draw = rng.random()
        if draw < 0.40:
            pass
        elif draw < 0.48:
            text += " " + rng.choice(EVEN)
        elif draw < 0.58:
            verdict = said = rng.choice(AGAINST + FAVOR)
            other = rng.choice(WHO)
            verdict = f'"{verdict[:-1]}," {other} said.' if rng.random() < 0.6 else f"{other[0].upper()}{other[1:]} said that {verdict[0].lower()}{verdict[1:]}"
            text += " " + verdict
        elif draw < 0.86 and planned:
            label = rng.choice(["favor", "against"])
            verdicts = rng.sample(FAVOR if label == "favor" else AGAINST, rng.choice([1, 1, 2]))
            if rng.random() < 0.2:
                # What the other side says comes first, and is not what counts.
                other = rng.choice(AGAINST if label == "favor" else FAVOR)
                text += f' "{other[:-1]}," {rng.choice(WHO)} said. {rng.choice(["But", "Yet"])} {verdicts[0][0].lower()}{verdicts[0][1:]}'
                verdicts = verdicts[1:]
            text = " ".join([text, *verdicts])
        else:
            # The same subject, another plan.
            same = [i for i in self.by_subject[who] if self.found[i][0] != at]
            other = self.found[rng.choice(same)] if same and rng.random() < 0.8 else rng.choice(self.found)
            _, other_who, what, _, _ = other
            if words(what or other_who) & words(text):
                return None
            who, label = other_who, "unrelated"
        holder = ""
        if 0.48 <= draw < 0.58 and rng.random() < 0.5:
            holder, label = other, "favor" if said in FAVOR else "against"
        target, label = self.target(who, what, label, rng)
        return Pair(target, text, label, "reports", holder=holder)

    def pairs(self, count: int, rng: random.Random) -> list[Pair]:
        out = []
        while len(out) < count:
            pair = self.pair(rng)
            if pair and rng.random() < 0.12:
                pair = another_country(pair, rng) or pair
            if pair and not SEED_WORDS.search(pair.target):
                out.append(pair)
        return out


if __name__ == "__main__":
    import sys

    reports = Reports(Path(sys.argv[1]), "train")
    print(len(reports.found))
    for pair in reports.pairs(40, random.Random(3)):
        print(f"[{pair.label}] {pair.target}\n    {pair.text}\n")
