"""Writes an article on which offsets go wrong when they are counted in the wrong unit, and one that is
not UTF-8.

usage: odd_article.py FOLDER
"""

import sys
from pathlib import Path

PARAGRAPHS = [
    "🎉🎉 Ana Müller flew from Zürich to Kazakhstan 🇰🇿 on November 7, 2025. 👩‍👩‍👧‍👦 “It is time,” she said in Astana.",
    "E\u0301lodie a\u0300 Que\u0301bec said the Abraham Accords divide the Middle East. Z\u034f\u0335a\u0321lgo agreed in Israel.",
    "习近平主席在北京会见了马克龙总统。他们讨论了以色列和哈萨克斯坦。",
    "وصل الرئيس إلى القاهرة. Mr. O\u2019Neill of the U.S. met him there \u2014 in Cairo.",
    "\u2022 \U0001f600 Pakistan should join the Abraham Accords, the White House said.",
    "\U0001d400\U0001d401\U0001d402 Reuters reported that Saudi Arabia\u00a0would wait. \ufeffIran did not answer.",
]

folder = Path(sys.argv[1])
(folder / "odd.txt").write_bytes("\r\n\r\n".join(PARAGRAPHS).encode() + b"\r\n")
(folder / "latin.txt").write_bytes("A café in Zürich.".encode("latin-1"))
