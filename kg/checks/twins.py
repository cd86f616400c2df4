"""Nothing is entered twice under two names: works, claims, questions."""

from __future__ import annotations

from collections.abc import Iterator

from kg import duplicates, restatements
from kg.corpus import Corpus
from kg.findings import Finding, rule

SAME_WORK = rule(
    "same-work",
    "A work is one entry, also where it is preprint and article or typed in two ways; two arXiv ids are two works.",
    "title = {Edge of stabilty}, by the authors of another entry titled Edge of stability",
    severity="warning",
)
SAME_STATEMENT = rule(
    "same-statement",
    "A claim or question is entered once; one that adds to another is linked to it.",
    "a claim in the words of another, reordered, that neither builds on it nor contradicts it",
    severity="warning",
)


def check(corpus: Corpus) -> Iterator[Finding]:
    for twins in duplicates.works(corpus.papers.values()):
        one, other = corpus.papers[twins.first], corpus.papers[twins.second]
        if (one.doi and one.doi == other.doi) or (one.arxiv and one.arxiv == other.arxiv):
            continue  # same-identifier tells it
        first = corpus.place(f"paper:{twins.first}")
        message = (
            f"{twins.second!r} looks like {twins.first!r} ({first}): {twins.why}; keep one and retire the other key, "
            "or give both their own identifiers"
        )
        yield SAME_WORK.at(corpus.place(f"paper:{twins.second}"), message)
    same = restatements.synonyms(corpus)
    for kind, records in (("claim", corpus.claims), ("question", corpus.questions)):
        texts = {name: (record.title, record.statement) for name, record in records.items()}
        for twins in restatements.statements(texts, same):
            if kind == "claim" and linked(corpus, twins.first, twins.second):
                continue
            message = f"says what {kind}:{twins.first} says ({twins.why}); merge them, or say where they differ"
            yield SAME_STATEMENT.at(corpus.place(f"{kind}:{twins.second}", "statement"), message)


def linked(corpus: Corpus, one: str, other: str) -> bool:
    """Whether one of two claims names the other, so that their relation is told."""
    for name, far in ((one, other), (other, one)):
        claim = corpus.claims[name]
        if far in (*claim.builds_on, *(b.claim for b in claim.bridges), *(c.claim for c in claim.contradicts)):
            return True
    return False
