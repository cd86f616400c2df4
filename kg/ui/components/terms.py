"""Terms of the field in contributed text: each that ``concepts.yaml`` explains becomes a link that says what it means.

The first mention of a concept only, the longest term first, and never inside a formula. A link's title is shown by
browsers on hover; ``find.js`` shows it on keyboard focus as well and keeps a click within the session.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from kg.graph import Graph
from kg.plain import plain
from kg.ui.state import World
from kg.ui.words import inert

MOST = 6
_FORMULA = re.compile(r"\$[^$]+\$")
_SHORT = 4
"""Shorter titles (a letter, an abbreviation that is a word too) are not looked for, unless they are upper case."""


def linked(world: World, text: str, *, own: str = "") -> str:
    """``text`` as inert Markdown with up to ``MOST`` terms explained; the concept at ``own`` is left alone."""
    pattern, by_word = _terms(world.graph)
    if pattern is None:
        return inert(text)
    line = " ".join(text.split())
    formulas = [found.span() for found in _FORMULA.finditer(line)]
    parts, at, met = [], 0, {own}
    for found in pattern.finditer(line):
        address = by_word[_bare(found[0])]
        inside = any(start <= found.start() < end for start, end in formulas)
        if inside or address in met or len(met) > MOST:
            continue
        met.add(address)
        told = plain(world.graph.node(address).record.statement or "")
        parts += [inert(line[at : found.start()]), f"[{inert(found[0])}]({_target(address)} {_title(told)})"]
        if line[at : found.start()][-1:].isspace():
            parts[-2] += " "
        at = found.end()
        if line[at : at + 1].isspace():
            parts.append(" ")
    return "".join([*parts, inert(line[at:])])


def _target(address: str) -> str:
    return f"/explore?node={quote(address, safe=':-._')}"


def _title(told: str) -> str:
    """``told`` as the title of a Markdown link: it can end neither its quotes nor the link, and makes no entity."""
    return '"' + re.sub(r'([\\"`&<>\[\]()*_$:~^|!#{}])', r"\\\1", told) + '"'


def _bare(word: str) -> str:
    return " ".join(word.casefold().replace("-", " ").split())


@lru_cache(maxsize=2)
def _terms(graph: Graph) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    """A pattern of all titles of concepts, singular or plural, and the concept of each."""
    found: dict[str, str] = {}
    for node in graph.nodes("concept"):
        if not node.record.statement or "$" in node.title:
            continue
        for word in (node.title, *re.split(r" and ", node.title)):
            bare = _bare(re.sub(r"\s*\([^)]*\)", "", word))
            if len(bare) > _SHORT or word.isupper():
                found.setdefault(bare, node.address)
                found.setdefault(bare[:-1] + "ies" if bare.endswith("y") else bare + "s", node.address)
    if not found:
        return None, {}
    words = sorted(found, key=len, reverse=True)
    either = "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in words)
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.IGNORECASE), found
