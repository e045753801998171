"""Writes the training text of the sentence boundary model: a sentence a line, an empty line between documents.

Standard library only; the Makefile says what is made of what.

    python prepare.py ewt TRAIN.iob2            the sentences of UD English EWT
    python prepare.py gmb-train DATA.csv[.zip]  the part of the Groningen Meaning Bank that is trained on
    python prepare.py gmb-test DATA.csv[.zip]   the part that is kept out
    python prepare.py webanno FILE.tsv...       the sentences of WebAnno files (GUM news)
"""

import csv
import io
import re
import sys
import zipfile

GMB_DOCUMENT = 20  # sentences: the file does not say where a document ends
GMB_TRAIN = slice(0, 1400, 2)  # documents
GMB_TEST = slice(1900, 2300)  # documents


def ewt(path):
    """The `# text` lines of an IOB2 file, within `# newdoc`."""
    document = []
    for line in open(path, encoding="utf-8"):
        if line.startswith("# newdoc"):
            if document:
                yield document
            document = []
        elif line.startswith("# text = "):
            document.append(line[len("# text = "):].strip())
    if document:
        yield document


def detokenise(tokens):
    """Joins tokens the way English is printed."""
    text = " ".join(tokens).replace("``", '"').replace("''", '"').replace(" n't", "n't")
    out, inside = [], False
    for part in re.split(r'( ?" ?)', text):
        if part.strip() == '"':
            out.append('" ' if inside else ' "')
            inside = not inside
        else:
            out.append(part)
    text = "".join(out)
    text = re.sub(r" ([.,;:!?%)\]}])", r"\1", text)
    text = re.sub(r"([(\[{$]) ", r"\1", text)
    text = re.sub(r" ('(?:s|re|ve|ll|d|m)\b)", r"\1", text)
    text = re.sub(r"(\w) - (\w)", r"\1-\2", text)
    text = re.sub(r" / ", "/", text)
    text = re.sub(r"(\b(?:[A-Za-z]\.)+)\.", r"\1", text)
    return re.sub(r"\s+", " ", text).strip()


def gmb(path):
    """The sentences of the Groningen Meaning Bank extract, in the order of the file."""
    if path.endswith(".zip"):
        archive = zipfile.ZipFile(path)
        stream = io.TextIOWrapper(archive.open(archive.namelist()[0]), encoding="latin-1")
    else:
        stream = open(path, encoding="latin-1", newline="")
    document, tokens = [], []
    for row in csv.reader(stream):
        if row[0].startswith("Sentence:"):
            if tokens:
                document.append(tokens)
            tokens = []
            if len(document) == GMB_DOCUMENT:
                yield from [clean(document)]
                document = []
        if row[0] != "Sentence #":
            tokens.append(row[1])
    if tokens:
        document.append(tokens)
    yield clean(document)


def clean(document):
    """Sentences that the extract cut short (no stop at their end) are left out."""
    texts = [detokenise(tokens) for tokens in document if tokens[-1] in {".", "?", "!", '"', "U.S.", "D.C."}]
    return [text for text in texts if text]


def webanno(*paths):
    """The `#Text=` lines of WebAnno TSV files, a document a file."""
    for path in paths:
        yield [
            detokenise(line[len("#Text="):].split())
            for line in open(path, encoding="utf-8")
            if line.startswith("#Text=")
        ]


def main():
    readers = {
        "ewt": ewt,
        "gmb-train": lambda path: list(gmb(path))[GMB_TRAIN],
        "gmb-test": lambda path: list(gmb(path))[GMB_TEST],
        "webanno": webanno,
    }
    if len(sys.argv) < 3 or sys.argv[1] not in readers:
        sys.exit(f"usage: prepare.py {{{','.join(readers)}}} FILE...")
    for document in readers[sys.argv[1]](*sys.argv[2:]):
        if document:
            print("\n".join(document), end="\n\n")


main()
