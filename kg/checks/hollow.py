"""Words that say nothing: too few of them, stand-ins for what was to be written, a statement that repeats its title.

The bounds are about half of what the shortest text of the record has, field by field (in November 2026), so that they
refuse only what cannot be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg.checks import quality
from kg.corpus import Corpus
from kg.english import counted
from kg.findings import Finding, rule

HOLLOW = rule(
    "hollow-text",
    "Titles, statements, stakes, what settles a question, falsifiers and reasons say something.",
    "title: todo",
)

SHOWN = 60

_WORD = re.compile(r"[^\W_]+")
_STAND_INS = frozenset(
    ("asdf", "bar", "baz", "bla", "blah", "dummy", "etc", "fixme", "foo", "ipsum", "lorem", "nil", "none", "null",
     "placeholder", "qwerty", "tba", "tbc", "tbd", "todo", "undefined", "wip", "xyz")
)  # fmt: skip
_DENIALS = frozenset(
    ("a", "be", "claim", "does", "fail", "fails", "false", "hold", "if", "incorrect", "is", "it", "no", "not", "out",
     "prediction", "refuted", "statement", "the", "this", "to", "true", "turn", "turns", "untrue", "was", "when",
     "wrong")
)  # fmt: skip
"""Words with which one denies a prediction without naming an observation."""
_MARK = re.compile(r"\b(?:TODO|FIXME|TBD|TBA|XXX+)\b")
_LEAST: Mapping[str, tuple[int, int, str]] = {  # words, letters and digits, what to write; by kind and field, or field
    "concept.title": (1, 3, "the name of the thing"),
    "assumption.title": (1, 3, "the name of the thing"),
    "strand.title": (1, 3, "the name of the thing"),
    "title": (2, 5, "a line that says it"),
    "statement": (3, 8, "a sentence that says it"),
    "stakes": (2, 5, "what changes with the answer"),
    "text": (3, 8, "an observation that would settle it"),
    "answer": (1, 2, "the answer that this would give"),
    "if-agrees": (1, 2, "the answer that this would give"),
    "if-disagrees": (1, 2, "the answer that this would give"),
    "refuted-if": (3, 8, "what one would see, and where"),
    "retired.why": (2, 6, "what is wrong with it, or what it became"),
    "why": (2, 8, "the reason"),
}


def problem(kind: str, name: str, text: str) -> str | None:
    """Why ``text`` says nothing as the field ``name`` of a record of ``kind``, and what to do; None where it may do."""
    if (least := _LEAST.get(f"{kind}.{name}") or _LEAST.get(name)) is None:
        return None
    fewest, shortest, wanted = least
    words, shown = _WORD.findall(text), text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    marks = _MARK.search(text)
    if marks or (words and all(_stands_in(word) for word in words)) or _repeats(words):
        return f"found {marks[0] if marks else shown!r}, which stands for what was to be written; write {wanted}"
    if words and {word.casefold() for word in words} <= _DENIALS:
        if name == "refuted-if":
            return f"found {shown!r}, which denies the prediction and names no observation; write {wanted}"
        if (kind, name) == ("retired", "why"):
            return f"found {shown!r}, which gives no reason; write {wanted}"
    size = sum(map(len, words))
    if len(words) < fewest or size < shortest:
        counts = f"{counted(len(words), 'word')} of {counted(size, 'character')}"
        expected = f"{counted(fewest, 'word')} and {counted(shortest, 'character')} or more"
        return f"found {shown!r}, {counts}, expected {expected}; write {wanted}"
    return None


def repetition(first: str, second: str, name: str) -> str | None:
    """Why a text says nothing beyond the field ``name`` that holds ``first``; None where it does."""
    same = _plain(first) == _plain(second) != []
    return (
        f"found the same words as in {name}; write what that leaves open, or replace one of the two" if same else None
    )


def check(corpus: Corpus) -> Iterator[Finding]:
    """Each text that says nothing, and each statement or falsifier that repeats what stands above it."""
    for address, kind, record in quality.records(corpus):
        fields = list(quality.written(record))
        held = {at[0]: text for at, text in fields if len(at) == 1}
        for at, text in fields:
            name = str(at[-1])
            above = {"statement": "title", "refuted-if": "statement"}.get(name, "") if len(at) == 1 else ""
            said = problem(kind, name, text) or (above in held and repetition(held[above], text, above)) or None
            if said:
                yield HOLLOW.at(corpus.place(address, *at), f"{name}: {said}")
    for number, retired in enumerate(corpus.retired):
        if said := problem("retired", "why", retired.why):
            yield HOLLOW.at(corpus.place(f"retired:{number}", "why"), f"why: {said}")


def _stands_in(word: str) -> bool:
    """Whether the word is one that is typed in the place of another: ``todo``, or one letter again and again."""
    plain = word.casefold()
    return plain in _STAND_INS or (len(plain) > 2 and len(set(plain)) == 1 and not plain.isdecimal())


def _repeats(words: list[str]) -> bool:
    return len(words) > 1 and len({word.casefold() for word in words}) == 1


def _plain(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
