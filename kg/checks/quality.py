"""What a reader would miss: warnings, and TeX that cannot render."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel

from kg.corpus import Corpus
from kg.evidence import Evidence
from kg.findings import Finding, rule
from kg.papers import RUN_TOGETHER, given_names, run_together

COUNTER = rule(
    "no-counter-search",
    "A corroborated claim says where contrary evidence was sought.",
    "a claim with two independent sources and no counter-search",
    severity="warning",
)
UNUSED = rule(
    "unused-assumption",
    "An assumption is one that some claim makes.",
    "an entry of assumptions.yaml that no claim assumes",
    severity="warning",
)
TEX = rule(
    "unbalanced-tex",
    "Mathematics stands between two $, without a blank next to them, with its braces closed.",
    "statement: the plateau is $2/\\eta",
)
WORDS = frozenset(
    ("answer", "found", "if-agrees", "if-disagrees", "meaning", "note", "refuted-if", "regime", "stakes", "statement",
     "text", "title", "why")
)  # fmt: skip
"""The fields that hold sentences."""
_MATH = re.compile(r"(?<!\\)\$")


def check(corpus: Corpus, evidence: Evidence) -> Iterator[Finding]:
    for name, found in evidence.claims.items():
        if found.literature == "corroborated" and not corpus.claims[name].counter_search:
            yield COUNTER.at(
                corpus.place(f"claim:{name}"),
                f"{name!r} is corroborated, and no search for contrary evidence is recorded; search, then write "
                "counter-search: [{date: …, where: …, found: …}]",
            )
    used = {assumed.id for claim in corpus.claims.values() for assumed in claim.assumes}
    unread = any(address.startswith("claim:") for address in corpus.broken)  # it may be what an unread claim assumes
    for name in corpus.assumptions:
        if name not in used and not unread:
            yield UNUSED.at(corpus.place(f"assumption:{name}"), f"no claim assumes {name!r}; use it or take it out")
    yield from tex(corpus)
    given = given_names(corpus.papers.values())
    for key, paper in corpus.papers.items():
        if joined := run_together(paper, given):
            yield RUN_TOGETHER.at(corpus.place(f"paper:{key}", "author"), joined)


def tex(corpus: Corpus) -> Iterator[Finding]:
    """Mathematics that cannot be typeset, in what people wrote in their own words."""
    for address, _, record in records(corpus):
        for at, text in written(record):
            if problem := tex_problem(text):
                yield TEX.at(corpus.place(address, *at), f"{at[-1]}: {problem}")
    for address, _, prediction in corpus.predictions():
        if prediction.formula and (problem := tex_problem(f"${prediction.formula.strip()}$")):
            yield TEX.at(corpus.place(address, "formula"), f"formula: {problem}")


def records(corpus: Corpus) -> Iterator[tuple[str, str, BaseModel]]:
    """What people wrote sentences in, with its address and kind."""
    for kind, held in (
        ("claim", corpus.claims),
        ("question", corpus.questions),
        ("argument", corpus.arguments),
        ("assumption", corpus.assumptions),
        ("concept", corpus.concepts),
        ("strand", corpus.strands),
    ):
        yield from ((f"{kind}:{name}", kind, record) for name, record in held.items())
    yield from ((address, "prediction", prediction) for address, _, prediction in corpus.predictions())


def written(record: BaseModel) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What people wrote in a record in their own words: where, as keys of its YAML, and what.

    Predictions of a claim are records of their own, and left out.
    """
    for name, field in type(record).model_fields.items():
        key, value = field.alias or name, getattr(record, name)
        if key in WORDS and isinstance(value, str):
            yield (key,), value
        elif isinstance(value, BaseModel):
            yield from (((key, *at), text) for at, text in written(value))
        elif isinstance(value, tuple | list) and key != "predictions":
            for number, one in enumerate(value):
                if isinstance(one, BaseModel):
                    yield from (((key, number, *at), text) for at, text in written(one))


def tex_problem(text: str) -> str | None:
    """Why the mathematics in ``text`` cannot render, or None.

    Unpaired $; between a pair nothing, a blank at an end (a shell took the first word of '$N$ units and $P$ patterns'),
    unbalanced braces or an environment that is not ended; TeX outside of them.
    What only a typesetter knows, such as an unknown macro, the browser tests find.
    """
    parts = _MATH.split(text)
    if len(parts) % 2 == 0:
        return "found an odd number of $, expected pairs; write \\$ for a dollar sign"
    for math in parts[1::2]:
        depth = 0
        for brace in re.findall(r"(?<!\\)[{}]", math):
            depth += 1 if brace == "{" else -1
            if depth < 0:
                break
        if depth:
            return f"found unbalanced braces in ${math}$, expected each {{ closed"
        if not math.strip():
            return "found nothing between two $, expected mathematics"
        if math != math.strip():
            return f"found a blank at an end of ${math}$, expected mathematics that begins and ends at its $"
        if sorted(re.findall(r"\\begin\{(\w+\*?)\}", math)) != sorted(re.findall(r"\\end\{(\w+\*?)\}", math)):
            return f"found \\begin without its \\end in ${math}$, expected both"
    for outside in parts[::2]:
        if found := re.search(r"\\[A-Za-z]+", outside):
            return f"found {found[0]} outside of $, expected mathematics between two $"
    return None
