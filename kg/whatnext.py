"""What comes into reach with what one knows: readings that can be begun, claims and questions that can be followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.goals import goals_of
from kg.graph import Graph
from kg.levels import has, requirements
from kg.reading import Item
from kg.records import Level


@dataclass(frozen=True, slots=True)
class Reach:
    """``readings`` by their ids, the shortest first; ``claims`` and ``questions`` by address, as in the record."""

    readings: tuple[str, ...]
    claims: tuple[str, ...]
    questions: tuple[str, ...]


def reach(graph: Graph, known: Mapping[str, Level]) -> Reach:
    """What one can begin or follow who knows ``known``.

    A reading, where what it asks for is known and what it teaches is not all known; a claim or an unsettled question,
    where each concept of its reading list is known at ``meet`` or above. What needs no concept is left out.
    """
    readings = [
        (reading.minutes, name)
        for name, reading in graph.corpus.readings.items()
        if all(has(known, concept, level) for concept, level in requirements(graph.corpus, reading).items())
        and not all(has(known, concept, level) for concept, level in reading.teaches.items())
    ]
    followed = {
        kind: tuple(node.address for node in graph.nodes(kind) if _follows(graph, node.address, known))
        for kind in ("claim", "question")
    }
    unsettled = [one for one in followed["question"] if graph.node(one).record.state not in ("answered", "dissolved")]
    return Reach(tuple(name for _, name in sorted(readings)), followed["claim"], tuple(unsettled))


def learned(known: Mapping[str, Level], items: Iterable[Item]) -> dict[str, Level]:
    """What is known after the items of a list were read as well."""
    now = dict(known)
    for item in items:
        now |= {concept: level for concept, level in item.teaches.items() if not has(now, concept, level)}
    return now


def _follows(graph: Graph, address: str, known: Mapping[str, Level]) -> bool:
    goals = goals_of(graph, address)
    return bool(goals) and all(concept in known for concept in goals)
