"""Reading lists can be computed: each concept is taught, each reading can be begun, minutes follow one rule."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from kg.corpus import Corpus
from kg.findings import Finding, rule
from kg.records import Level, Reading

UNTAUGHT = rule(
    "untaught-concept",
    "Some reading teaches each concept: else no reading list can have it as a goal.",
    "an entry of concepts.yaml that no reading teaches",
    severity="warning",
)
UNREACHED = rule(
    "reading-out-of-reach",
    "What a reading requires is taught, at the level required, by readings that can be begun before it.",
    "a: {teaches: {x: meet}, requires: {y: meet}}, b: {teaches: {y: meet}, requires: {x: meet}}",
    severity="warning",
)
MINUTES = rule(
    "minutes-off-rule",
    "The minutes of a reading follow from the pages or words that its `where` names and the highest level it teaches.",
    'where: "whole paper, 10 pages", minutes: 30, teaches: {ntk: use}',
    severity="warning",
)

LEVELS: tuple[Level, ...] = ("meet", "use", "derive")
"""From lowest to highest; a higher one gives the lower ones (rules.md 3)."""

MINUTES_A_PAGE: Mapping[Level, int] = {"meet": 3, "use": 6, "derive": 12}
WORDS_A_MINUTE: Mapping[Level, int] = {"meet": 200, "use": 100, "derive": 50}
ROUNDED_TO = 5  # minutes, upwards

_LENGTH = re.compile(r"\b(\d+) (pages|words)\b", re.ASCII)


def check(corpus: Corpus) -> Iterator[Finding]:
    """The findings of concepts and readings; silent on reach where one that may teach could not be read."""
    for name, reading in corpus.readings.items():
        due = minutes(reading)
        if due is not None and due != reading.minutes:
            message = f"found {reading.minutes} minutes for {reading.where!r}, expected {due}; mend one of the two"
            yield MINUTES.at(corpus.place(f"reading:{name}", "minutes"), message)
    if any(address.startswith(("reading:", "concept:")) for address in corpus.broken):
        return
    taught = {concept for reading in corpus.readings.values() for concept in reading.teaches}
    for concept in corpus.concepts:
        if concept not in taught:
            message = f"no reading teaches {concept!r}; add one to readings.yaml, or take the concept out"
            yield UNTAUGHT.at(corpus.place(f"concept:{concept}"), message)
    known = reachable(corpus)
    for name, reading in corpus.readings.items():
        for concept, level in requirements(corpus, reading).items():
            if concept in corpus.concepts and not _has(known, concept, level):
                message = (
                    f"nothing that can be read before {name!r} teaches {concept!r} to {level}; "
                    "add such a reading, or ask for less"
                )
                yield UNREACHED.at(corpus.place(f"reading:{name}"), message)
                break


def reachable(corpus: Corpus) -> dict[str, Level]:
    """The highest level of each concept that one can come to from nothing, by readings in an order that can be kept."""
    known: dict[str, Level] = {}
    left = list(corpus.readings.values())
    while left:
        ready: list[Reading] = []
        later: list[Reading] = []
        for reading in left:
            begun = all(_has(known, concept, level) for concept, level in requirements(corpus, reading).items())
            (ready if begun else later).append(reading)
        if not ready:
            break
        for reading in ready:
            for concept, level in reading.teaches.items():
                if not _has(known, concept, level):
                    known[concept] = level
        left = later
    return known


def requirements(corpus: Corpus, reading: Reading) -> dict[str, Level]:
    """What must be known before ``reading``: as written, else the direct prerequisites of what it teaches, at meet."""
    if reading.requires is not None:
        return reading.requires
    before = [
        concept
        for taught in reading.teaches
        if taught in corpus.concepts
        for concept in corpus.concepts[taught].requires
    ]
    return {concept: "meet" for concept in before if concept not in reading.teaches}


def minutes(reading: Reading) -> int | None:
    """The minutes by the rule at the head of readings.yaml, or None where ``where`` names no length."""
    length = _LENGTH.search(reading.where)
    if length is None or not reading.teaches:
        return None
    level = max(reading.teaches.values(), key=LEVELS.index)
    size = int(length[1])
    exact = size * MINUTES_A_PAGE[level] if length[2] == "pages" else size / WORDS_A_MINUTE[level]
    return max(1, math.ceil(exact / ROUNDED_TO)) * ROUNDED_TO


def _has(known: Mapping[str, Level], concept: str, level: Level) -> bool:
    return concept in known and LEVELS.index(known[concept]) >= LEVELS.index(level)
