"""Articles for fitting and judging the paraphrase models, as JSON Lines of id and text.

    python prepare.py DATA OUT

DATA is the data root (ner/, paraphrase/, sentences/). A paragraph is a line, with a blank line after it.
Fitted on (part = fit): GUM news, EWT train (answers, newsgroup, weblog, email), GMB sentences 20,000 to 26,000.
Judged on (part = test): EWT dev, GMB sentences 0 to 8,000, and retellings built from WikiSplit and STS-B.
"""

from __future__ import annotations

import csv
import glob
import io
import itertools
import json
import os
import random
import re
import sys
import zipfile


def untokenised(words: list[str]) -> str:
    text = " ".join(words)
    text = re.sub(r" ([.,;:?!%)]|'s|n't|'re|'ve)", r"\1", text)
    return text.replace("( ", "(").replace("$ ", "$").replace("``", '"').replace("''", '"')


def groups(sentences: list[str], size: int) -> list[str]:
    return [" ".join(sentences[i : i + size]) for i in range(0, len(sentences), size)]


def gum(data: str):
    """Documents with their summaries: (name, paragraphs, summaries)."""
    for path in sorted(glob.glob(f"{data}/ner/gum_news/*.tsv")):
        sentences, summaries = [], []
        with open(path, encoding="utf-8") as f:
            for line in f:
                if line.startswith("#Text="):
                    sentences.append(untokenised(line[6:].split()))
                elif m := re.match(r"#Summary\d=\([^)]*\) (.*)", line):
                    summaries.append(m[1])
        yield os.path.basename(path)[9:-4], groups(sentences, 3), summaries


def gmb(data: str, first: int, last: int):
    """Consecutive sentences: four a paragraph, five paragraphs an article."""
    archive = zipfile.ZipFile(f"{data}/ner/gmb/ner_dataset.csv.zip")
    name = next(n for n in archive.namelist() if n.endswith(".csv"))
    sentences: list[list[str]] = []
    for row in csv.reader(io.TextIOWrapper(archive.open(name), encoding="latin-1")):
        if row[0].startswith("Sentence:"):
            sentences.append([])
        if sentences:
            sentences[-1].append(row[1])
    paragraphs = groups([untokenised(s) for s in sentences[first:last]], 4)
    for i in range(0, len(paragraphs), 5):
        yield f"gmb-{first + 4 * i}", paragraphs[i : i + 5]


def ewt_train(data: str):
    documents: list[tuple[str, list[str]]] = []
    with open(f"{data}/ner/uner_en_ewt/en_ewt-ud-train.early.iob2", encoding="utf-8") as f:
        for line in f:
            if line.startswith("# newdoc"):
                documents.append((line.split("=")[1].strip(), []))
            elif line.startswith("# text ="):
                documents[-1][1].append(line[8:].strip())
    for name, sentences in documents:
        if name.split("-")[0] in ("answers", "newsgroup", "weblog", "email"):
            yield name, groups(sentences, 3)


def ewt_dev(data: str):
    documents: list[tuple[str, list[list[str]]]] = []
    with open(f"{data}/sentences/en_ewt-ud-dev.conllu", encoding="utf-8") as f:
        for line in f:
            if line.startswith("# newdoc"):
                documents.append((line.split("=")[1].strip(), []))
            elif line.startswith("# newpar"):
                documents[-1][1].append([])
            elif line.startswith("# text ="):
                if not documents[-1][1]:
                    documents[-1][1].append([])
                documents[-1][1][-1].append(line[8:].strip())
    for name, paragraphs in documents:
        yield name, [" ".join(p) for p in paragraphs]


def built(data: str, rng: random.Random):
    """Articles of ten paragraphs; the first two retell each other, the others are distractors.

    `wikisplit`: three sentences and their splits. `stsb`: three sentences and their paraphrases (similarity 4.2 and
    more). A distractor shares words with the retold: other sentences of the same first letters (WikiSplit is sorted), or
    (STS-B) sentences that were judged 1.5 to 3 against sentences of the same source.
    """
    with open(f"{data}/paraphrase/wikisplit/tune.tsv", encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f]
    split = [(untokenised(a.split()), untokenised(b.replace("<::::> ", "").split())) for a, b in rows]
    for n in range(50):
        at = rng.randrange(0, len(split) - 30)
        some = split[at : at + 30]
        a, b = " ".join(s[0] for s in some[:3]), " ".join(s[1] for s in some[:3])
        others = [" ".join(s[0] for s in some[i : i + 3]) for i in range(3, 27, 3)]
        yield f"wikisplit-{n}", [a, others[0], others[1], b, *others[2:]]
    with open(f"{data}/paraphrase/stsb/stsb-en-train.csv", newline="", encoding="utf-8") as f:
        pairs = [(r[0], r[1], float(r[2])) for r in csv.reader(f) if len(r) == 3]
    long = [p for p in pairs if min(len(p[0].split()), len(p[1].split())) >= 9]
    same = [i for i, p in enumerate(long) if p[2] >= 4.2 and p[0] != p[1]]
    other = [i for i, p in enumerate(long) if 1.5 <= p[2] <= 3.0]
    for n in range(50):
        at = rng.randrange(0, len(same) - 3)
        chosen = [long[i] for i in same[at : at + 3]]
        a, b = " ".join(p[0] for p in chosen), " ".join(p[1] for p in chosen)
        near = [i for i in other if abs(i - same[at]) < 200][:12]
        picked = [long[i] for i in near]
        distractors = [" ".join(p[side] for p in picked[i : i + 3]) for i in range(0, 12, 3) for side in (0, 1)]
        yield f"stsb-{n}", [a, distractors[0], distractors[2], b, *distractors[4::2]]


def main() -> None:
    data, out = sys.argv[1:3]
    os.makedirs(out, exist_ok=True)
    rng = random.Random(0)

    def write(name: str, articles) -> None:
        with open(f"{out}/{name}.jsonl", "w", encoding="utf-8") as f:
            for id_, paragraphs in articles:
                f.write(json.dumps({"id": id_, "text": "\n\n".join(p for p in paragraphs if p.strip())}) + "\n")

    documents = list(gum(data))
    write("fit-gum", ((name, paragraphs) for name, paragraphs, _ in documents))
    # Each pair of summaries of a document, at the end of the document: the last two paragraphs retell each other.
    write(
        "fit-summaries",
        (
            (f"{name}-{i}-{j}", [*paragraphs, "In short.", summaries[i], summaries[j]])
            for name, paragraphs, summaries in documents
            for i, j in itertools.combinations(range(len(summaries)), 2)
        ),
    )
    write("fit-ewt", ewt_train(data))
    write("fit-gmb", gmb(data, 20_000, 26_000))
    write("test-ewt", ewt_dev(data))
    write("test-gmb", gmb(data, 0, 8_000))
    write("test-built", built(data, rng))


if __name__ == "__main__":
    main()
