"""How records and entries are worded: runs of words shared, statements too long or of two claims, names and titles.

All are warnings: a reader is served worse, and nothing is false. What no rule sees is on the reviewer's checklist in
CONTRIBUTING.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kg.corpus import Corpus
from kg.findings import Finding, rule
from kg.names import Author

SHARED_WORDS = 12
"""The length at which a run of words shared with a source counts as copied, applied between records too."""
STATEMENT_WORDS = 60
"""A judgement: of 610 statements in the record the median has 25 words and the longest 59."""

SHARED = rule(
    "shared-words",
    f"No two records share a run of {SHARED_WORDS} words: one of them repeats the other, or both a source.",
    "the statement of one claim pasted into another",
    severity="warning",
)
LONG = rule(
    "long-statement",
    f"A statement has at most {STATEMENT_WORDS} words.",
    "a claim whose statement retells its paper",
    severity="warning",
)
TWO = rule(
    "two-claims",
    "A claim is one sentence or two; with more it is several claims that stand or fall apart.",
    "statement: Loss falls. Sharpness rises. Noise helps.",
    severity="warning",
)
CASE = rule(
    "title-case",
    "Titles of papers are in sentence case, names and acronyms apart, so that lists and searches are uniform.",
    "title = {Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability}",
    severity="warning",
)
NAME = rule(
    "author-form",
    "An author is a person's name as on the work, family name first or last, or a body in braces.",
    "author = {COHEN, J. and et al.}",
    severity="warning",
)

_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<![A-Z])(?<!e\.g)(?<!i\.e)(?<!vs)(?<!al)[.!?](?=\s+[A-Z$]|\s*\Z)")
_TITLE_WORD = re.compile(r"(?<![\w-])[A-Za-z]{4,}")
_SHOUTED = re.compile(r"[A-Z]{4,}\Z")


def check(corpus: Corpus) -> Iterator[Finding]:
    texts = list(_texts(corpus))
    yield from _shared(corpus, texts)
    for address, name, text in texts:
        if name == "statement":
            yield from _statement(corpus, address, text)
    for key, paper in corpus.papers.items():
        if problem := title_problem(paper.title):
            yield CASE.at(corpus.place(f"paper:{key}", "title"), problem)
        for author in paper.authors:
            if problem := name_problem(author):
                yield NAME.at(corpus.place(f"paper:{key}", "author"), problem)


def _texts(corpus: Corpus) -> Iterator[tuple[str, str, str]]:
    """(address, field, text) of what people wrote in their own words."""
    written: tuple[tuple[str, Mapping[str, Any], tuple[str, ...]], ...] = (
        ("claim", corpus.claims, ("title", "statement")),
        ("question", corpus.questions, ("title", "statement", "stakes")),
        ("argument", corpus.arguments, ("title", "statement")),
        ("assumption", corpus.assumptions, ("title", "statement")),
        ("concept", corpus.concepts, ("title", "statement")),
    )
    for kind, records, names in written:
        for record_id, record in records.items():
            for name in names:
                yield f"{kind}:{record_id}", name, getattr(record, name, None) or ""
    for address, _, prediction in corpus.predictions():
        yield address, "statement", prediction.statement


def _shared(corpus: Corpus, texts: list[tuple[str, str, str]]) -> Iterator[Finding]:
    """One finding a pair of records, at the later one; predictions of one claim may be variants of each other."""
    seen: dict[tuple[str, ...], tuple[str, str]] = {}
    told: dict[tuple[str, str], tuple[str, str]] = {}
    for address, name, text in texts:
        words = _WORD.findall(text.casefold())
        for start in range(len(words) - SHARED_WORDS + 1):
            key = tuple(words[start : start + SHARED_WORDS])
            first, _ = seen.setdefault(key, (address, name))
            if first != address and _claim(first) != _claim(address):
                told.setdefault((first, address), (name, " ".join(key)))
    for (first, address), (name, run) in told.items():
        yield SHARED.at(
            corpus.place(address, name),
            f"shares {run!r} with {first}; say it in other words, or refer to that record",
        )


def _claim(address: str) -> str:
    return address.partition("/")[0] if address.startswith("prediction:") else address


def _statement(corpus: Corpus, address: str, text: str) -> Iterator[Finding]:
    count = len(text.split())
    if count > STATEMENT_WORDS:
        yield LONG.at(
            corpus.place(address, "statement"), f"found {count} words, expected at most {STATEMENT_WORDS}; shorten it"
        )
    sentences = len(_SENTENCE.findall(text))
    if address.startswith("claim:") and sentences > 2:
        yield TWO.at(
            corpus.place(address, "statement"),
            f"found {sentences} sentences, expected one or two; make each a claim of its own",
        )


def title_problem(title: str) -> str | None:
    """Why ``title`` is not in sentence case, or None. Short titles and those of names are left in peace."""
    words = _TITLE_WORD.findall(title)[1:]
    capitals = [word for word in words if word[0].isupper()]
    if len(words) >= 4 and len(capitals) > 0.7 * len(words):
        found = f"found {len(capitals)} of {len(words)} longer words with a capital"
        return f"{found}, expected sentence case; keep capitals for names"
    return None


def name_problem(author: Author) -> str | None:
    """Why the name cannot be a person's as it stands, or None. Bodies, written in braces, have no given name."""
    if not author.given:
        return None
    if re.search(r"\bet al\b", author.text) or re.search(r"\d", author.text):
        return f"found {author.text!r}, expected a name; an incomplete list ends in 'and others'"
    if _SHOUTED.match(author.family):
        return f"found {author.text!r} in capitals, expected {author.family.title()!r}; write it so"
    return None
