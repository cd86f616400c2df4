"""Reading lists on the whole record: near the optimum of CP-SAT, followed by a simulation, in a teacher's order."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from benchmarks.reading_lists import followed, optimum, tau
from kg.goals import TO_LEVEL, Reader
from kg.graph import Graph, load
from kg.levels import has
from kg.reading import ReadingList, reading_list

ROOT = Path(__file__).parent.parent
READERS: list[Reader] = list(TO_LEVEL)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load(ROOT)


@pytest.fixture(scope="module")
def field(graph: Graph) -> dict[Reader, ReadingList]:
    return {reader: reading_list(graph, "field", reader) for reader in READERS}


def sample(graph: Graph) -> list[tuple[str, Reader]]:
    """Four claims, four questions, four concepts and a strand, spread over the record, with the levels in turn."""
    some = ["strand:interpretability"]
    for kind in ("claim", "question", "concept"):
        nodes = [node.address for node in graph.nodes(kind)]
        some += nodes[5 :: len(nodes) // 4 + 1]
    return list(zip(some, itertools.cycle(READERS), strict=False))


@pytest.fixture(scope="module")
def sampled(graph: Graph) -> dict[tuple[str, Reader], ReadingList]:
    return {(target, reader): reading_list(graph, target, reader) for target, reader in sample(graph)}


def test_minutes_are_near_the_optimum(graph: Graph, sampled: dict[tuple[str, Reader], ReadingList]) -> None:
    """Over a sample of targets at all levels the minutes exceed the proven optimum by less than 5 % on average."""
    over = []
    for (target, reader), found in sampled.items():
        best, proven = optimum(graph, target, reader)
        assert proven
        assert found.minutes >= best, target
        over.append(found.minutes / best - 1 if best else 0.0)

    assert len(over) >= 10
    assert sum(over) / len(over) < 0.05


def test_lists_can_be_followed_to_their_goals(
    field: dict[Reader, ReadingList], sampled: dict[tuple[str, Reader], ReadingList]
) -> None:
    """Read in order from nothing, each reading is begun with all that it asks for, and the goals are known at the end."""
    for found in [*field.values(), *sampled.values()]:
        known = followed(found.items)
        assert [concept for concept, level in found.goals.items() if not has(known, concept, level)] == []


def test_a_list_within_hours_can_be_followed(graph: Graph, field: dict[Reader, ReadingList]) -> None:
    """Five hours in the field are kept to, can be followed, and reach what the list says that they reach."""
    found = reading_list(graph, "field", hours=5)

    known = followed(found.items)
    assert found.minutes <= 300
    assert all(has(known, concept, level) for concept, level in found.goals.items())
    assert len(found.goals) + len(found.left_out) == len(field["beginner"].goals)


@pytest.mark.parametrize("target", ["concept:lazy-and-rich", "concept:mup", "strand:tractable-limits"])
def test_simple_models_come_before_wide_limits(graph: Graph, target: str) -> None:
    """A beginner meets deep linear networks and kernel regression before the tangent kernel and muP."""
    first: dict[str, int] = {}
    for place, item in enumerate(reading_list(graph, target).items):
        for concept in item.teaches:
            first.setdefault(concept, place)

    later = [first[concept] for concept in ("ntk", "mup") if concept in first]
    assert later
    assert max(first["deep-linear-network"], first["kernel-regression"]) < min(later)


def test_the_lazy_and_the_rich_fit_in_12_hours(graph: Graph) -> None:
    """With 12 hours nothing is left out of a beginner's list for lazy and rich learning, or for muP."""
    for target in ("concept:lazy-and-rich", "concept:mup"):
        found = reading_list(graph, target, hours=12)
        assert found.left_out == ()
        assert found.minutes <= 12 * 60


def test_the_field_is_read_in_the_order_of_a_course(field: dict[Reader, ReadingList]) -> None:
    """The order in which the list for the field first teaches concepts agrees with that of Physics 198 (tau > 0.7)."""
    assert [reader for reader in READERS if tau(field[reader].items) <= 0.7] == []


def test_no_long_review_stands_for_a_short_section(field: dict[Reader, ReadingList]) -> None:
    """A beginner's list has no reading above two hours that teaches but one concept."""
    assert [i.reading for i in field["beginner"].items if i.minutes > 120 and len(i.teaches) == 1] == []
