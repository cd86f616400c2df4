"""How well a concept is known, what a reading asks for, and the rule for its minutes (rules.md 3)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from kg.corpus import Corpus
from kg.records import Level, Reading

LEVELS: tuple[Level, ...] = ("meet", "use", "derive")
"""From lowest to highest; a higher one gives the lower ones."""

MINUTES_A_PAGE: Mapping[Level, int] = {"meet": 3, "use": 6, "derive": 12}
WORDS_A_MINUTE: Mapping[Level, int] = {"meet": 200, "use": 100, "derive": 50}
ROUNDED_TO = 5  # minutes, upwards

_LENGTH = re.compile(r"\b(\d+) (pages|words)\b", re.ASCII)


def has(known: Mapping[str, Level], concept: str, level: Level) -> bool:
    """Whether ``known`` holds ``concept`` at ``level`` or above."""
    return concept in known and LEVELS.index(known[concept]) >= LEVELS.index(level)


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


def rule(reading: Reading) -> str:
    """How the minutes came about, for a reader: ``12 pages at 6 minutes a page``; empty where no length is named."""
    length = _LENGTH.search(reading.where)
    if length is None or not reading.teaches:
        return ""
    level = max(reading.teaches.values(), key=LEVELS.index)
    if length[2] == "pages":
        return f"{length[1]} pages at {MINUTES_A_PAGE[level]} minutes a page"
    return f"{length[1]} words at {WORDS_A_MINUTE[level]} a minute"
