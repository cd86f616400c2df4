"""What a reading list is for, and what its reader knows already: concepts with a level each (rules.md 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from kg.graph import Graph
from kg.levels import LEVELS
from kg.records import Level
from kg.validation import did_you_mean

Reader = Literal["beginner", "graduate", "researcher"]

TO_LEVEL: Mapping[Reader, Level] = MappingProxyType({"beginner": "meet", "graduate": "use", "researcher": "derive"})
"""A beginner is to meet each goal, a graduate student to use it, a researcher to derive it."""

FIELD = "field"
"""The target that stands for all strands."""

KINDS = ("strand", "question", "claim", "concept")
"""What else a list can be for."""


def goals_of(graph: Graph, target: str, level: Level = "meet") -> dict[str, Level]:
    """What to know for ``target``, an address or ``field``, in the order of concepts.yaml.

    A claim has the concepts that it needs; a question those that it asks about and those of the claims (and of the
    claims of the predictions) that it asks about or presumes; a concept itself; a strand those of all its claims.
    Raises ValueError for a target of another kind, or none.
    """
    corpus = graph.corpus
    if target != FIELD and (target not in graph or target.partition(":")[0] not in KINDS):
        claims = [edge.target for edge in graph.out(target, "states")] if target in graph else []
        near = f", such as {', '.join(claims[:3])}, which it states" if claims else ""
        raise ValueError(f"{target!r} has no reading list; give a {', a '.join(KINDS)}, or {FIELD}{near}")
    wanted: set[str] = set()
    for address in _about(graph, target):
        there, _, what = address.partition(":")
        if there == "concept":
            wanted.add(what)
        elif claim := corpus.claims.get(what.partition("/")[0]):  # a prediction is its claim's
            wanted |= set(claim.needs)
    return {concept: level for concept in corpus.concepts if concept in wanted}


def _about(graph: Graph, target: str) -> list[str]:
    """The concepts, claims and predictions whose concepts are the goals."""
    kind, _, name = target.partition(":")
    if kind in (FIELD, "strand"):
        claims = graph.corpus.claims.items()
        return [f"claim:{claim_id}" for claim_id, claim in claims if kind == FIELD or name in claim.strands]
    if kind == "question":
        return [edge.target for edge in graph.out(target, "asks_about", "presumes")]
    return [target]


def known_from(graph: Graph, names: Iterable[str]) -> dict[str, Level]:
    """What one knows who knows ``names``: a concept, at every level, a paper, with all its readings, or one reading.

    Raises ValueError, with a near name, for what is none of these.
    """
    corpus = graph.corpus
    known: dict[str, Level] = {}
    for text in names:
        address, others = graph.resolve(text)
        named = [one for one in (address, *others) if one and one.startswith(("concept:", "paper:"))]
        kind, _, name = named[0].partition(":") if named else ("reading", "", text)
        if not named and name not in corpus.readings:
            near = did_you_mean(text, [*corpus.concepts, *corpus.papers, *corpus.readings])
            raise ValueError(f"{text!r} is no concept, no paper and no reading{near}; kg find looks by words")
        taught: list[tuple[str, Level]] = [(name, LEVELS[-1])]
        if kind != "concept":
            read = [one for key, one in corpus.readings.items() if name == (key if kind == "reading" else one.paper)]
            taught = [pair for one in read for pair in one.teaches.items()]
        for concept, level in taught:
            known[concept] = max(known.get(concept, LEVELS[0]), level, key=LEVELS.index)
    return known
