"""What a node rests on, what rests on it, and what falls if it falls.

Which end of a relation rests on the other stands in ``kg.relations``. A claim rests on its predictions
(as evidence) and each prediction on its claim (as ground); a walk never turns from one prediction of a
claim to another, so one failing prediction contests its claim and not its siblings.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from kg.evidence import Evidence
from kg.graph import Edge, Graph
from kg.relations import RELATIONS

Effect = Literal["falls", "weakens", "concerns"]
EFFECTS: tuple[Effect, ...] = ("falls", "weakens", "concerns")
"""From the heaviest: loses its ground; keeps some other ground; speaks of it and rests on it in nothing."""

_CARRYING = ("proves", "derives")
"""How a bridge must lead from a claim for the other end to rest on it: a derivation that falls leaves what it derived
with its other grounds."""


@dataclass(frozen=True)
class Step:
    """One node of a trace: reached from ``parent`` over ``relation``, read as ``says``.

    ``path`` leads from the start to here. ``effect`` is what the start's fall does to this node:
    'weakens' where some other ground stays (another source, an assumption that bears no load). ``again``: the
    node stands elsewhere in the trace with what it rests on itself.
    """

    address: str
    title: str
    depth: int
    parent: str | None
    relation: str
    says: str
    data: dict[str, Any]
    path: tuple[str, ...]
    effect: Effect | None = None
    again: bool = False


@dataclass(frozen=True)
class Sides:
    """What speaks for a claim or prediction, against it, and what is told and not counted."""

    support: list[Step]
    against: list[Step]
    uncounted: list[Step]


def rests_on(graph: Graph, address: str, depth: int = 12) -> list[Step]:
    """Everything that ``address`` rests on, depth first. A node that is met more than once stands in full where it is
    nearest, and ``again`` elsewhere.

    Raises KeyError when there is no such node.
    """
    return _tree(*_walk(graph, address, depth, _grounds))


def falls(graph: Graph, address: str, depth: int = 12, *, concerned: bool = False) -> list[Step]:
    """Everything that loses ground if ``address`` falls, with the path and whether it falls or weakens.

    ``concerned``: also the arguments and questions that speak of what falls, and the questions that it would settle.
    """
    return _tree(*_walk(graph, address, depth, _concerned if concerned else _dependents, repeat=False))


def evidence_of(graph: Graph, evidence: Evidence, address: str) -> Sides:
    """The sources, reports, runs and contradictions of a claim with its predictions, or of a prediction.

    Uncounted are what is mixed, outside the regime, background or conjecture, and runs that are undecided or stale.
    """
    sides = Sides([], [], [])
    own = [address, *(edge.target for edge in graph.out(address, "implies"))]
    for node in own:
        for edge in graph.into(node, "states", "reports", "tests"):
            step = _step(graph, edge.source, edge, None, 1, (node,))
            side = _run_side(sides, evidence, node, edge) if edge.relation == "tests" else _said_side(sides, edge)
            side.append(step)
        for edge in graph.around(node):
            if edge.relation == "contradicts":
                sides.against.append(_step(graph, edge.other(node), edge, None, 1, (node,)))
    return sides


def _said_side(sides: Sides, edge: Edge) -> list[Step]:
    if edge.relation == "states":
        return sides.support if edge.data.get("role") == "own-result" else sides.uncounted
    if not edge.data.get("in-regime", True) or edge.data.get("outcome") == "mixed":
        return sides.uncounted
    return sides.support if edge.data.get("outcome") == "agrees" else sides.against


def _run_side(sides: Sides, evidence: Evidence, prediction: str, edge: Edge) -> list[Step]:
    script = edge.source.partition(":")[2]
    found = evidence.predictions.get(prediction)
    for outcome in found.outcomes if found else ():
        if outcome.test.script == script and outcome.judgement:
            if outcome.judgement.verdict == "disagrees":
                return sides.against
            if outcome.judgement.verdict == "agrees" and not outcome.stale:
                return sides.support
    return sides.uncounted


_Next = Callable[[Graph, str, str], Iterator[tuple[str, Edge | None, Effect]]]


def _walk(
    graph: Graph, start: str, depth: int, following: _Next, *, repeat: bool = True
) -> tuple[dict[str, Step], list[Step]]:
    """Breadth first, so that each node is reached by a shortest path; a fall outweighs a weakening of equal length.

    The second part holds the further edges to nodes that were reached already.
    """
    further: list[Step] = []
    node = graph.node(start)
    found = {start: Step(start, node.title, 0, None, "", "", {}, (start,), "falls")}
    queue = deque([start])
    while queue:
        here = found[queue.popleft()]
        if here.depth == depth or here.effect == "concerns":
            continue
        ahead = sorted(following(graph, here.address, here.relation), key=lambda step: (_weight(step[2]), step[0]))
        for address, edge, effect in ahead:
            if effect == "concerns" and here.effect != "falls":
                continue
            passed_on = max(effect, here.effect or "falls", key=_weight)
            known = found.get(address)
            if known is not None and _weight(known.effect) <= _weight(passed_on):
                if repeat and address not in here.path:
                    step = _step(graph, address, edge, here, here.depth + 1, here.path, passed_on)
                    further.append(replace(step, again=True))
                continue
            found[address] = _step(graph, address, edge, here, here.depth + 1, here.path, passed_on)
            queue.append(address)
    return found, further


def _weight(effect: Effect | None) -> int:
    return EFFECTS.index(effect or "falls")


def _step(
    graph: Graph,
    address: str,
    edge: Edge | None,
    parent: Step | None,
    depth: int,
    path: tuple[str, ...],
    effect: Effect | None = None,
) -> Step:
    relation, says, data = "", "is the claim", {}
    if edge is not None:
        row = RELATIONS[edge.relation]
        relation, data = edge.relation, edge.data
        says = row.says if address == edge.target else row.says_back
    above = parent.address if parent else None
    return Step(address, graph.node(address).title, depth, above, relation, says, data, (*path, address), effect)


def _tree(found: dict[str, Step], further: list[Step]) -> list[Step]:
    """The steps as a tree read from the top: each below its parent, without the start itself."""
    children: dict[str | None, list[Step]] = {}
    for step in [*found.values(), *further]:
        children.setdefault(step.parent, []).append(step)
    ordered: list[Step] = []
    stack = list(reversed(children.get(None, [])))
    while stack:
        step = stack.pop()
        ordered.append(step)
        stack.extend(reversed([] if step.again else children.get(step.address, [])))
    return ordered[1:]


def _grounds(graph: Graph, address: str, arrived_by: str) -> Iterator[tuple[str, Edge | None, Effect]]:
    """The nodes that ``address`` rests on."""
    for edge in graph.out(address):
        if RELATIONS[edge.relation].rests in ("source", "both") and not arrived_by == edge.relation == "implies":
            yield edge.target, edge, "falls"
    for edge in graph.into(address):
        if RELATIONS[edge.relation].rests in ("target", "both") and not arrived_by == edge.relation == "implies":
            yield edge.source, edge, "falls"
    for edge in graph.into(address, "bridges"):
        if edge.data.get("how") in _CARRYING:
            yield edge.source, edge, "weakens"
    premise = graph.node(address)
    if premise.kind == "assumption" and premise.record.claim and f"claim:{premise.record.claim}" in graph:
        yield f"claim:{premise.record.claim}", None, "falls"


def _dependents(graph: Graph, address: str, arrived_by: str) -> Iterator[tuple[str, Edge | None, Effect]]:
    """The nodes that rest on ``address``, and whether each falls with it."""
    for edge in graph.into(address):
        if RELATIONS[edge.relation].rests in ("source", "both") and not arrived_by == edge.relation == "implies":
            bears = edge.relation != "assumes" or edge.data.get("load-bearing", False)
            yield edge.source, edge, "falls" if bears else "weakens"
    for edge in graph.out(address):
        if RELATIONS[edge.relation].rests in ("target", "both") and not arrived_by == edge.relation == "implies":
            if edge.relation not in ("states", "reports"):
                yield edge.target, edge, "falls"
            elif _carries(edge):
                alone = sum(map(_carries, graph.into(edge.target, "states", "reports"))) == 1
                yield edge.target, edge, "falls" if alone else "weakens"
    for edge in graph.out(address, "bridges"):
        if edge.data.get("how") in _CARRYING:
            yield edge.target, edge, "weakens"
    for premise in _premises(graph).get(address, ()):
        yield premise, None, "falls"


def _concerned(graph: Graph, address: str, arrived_by: str) -> Iterator[tuple[str, Edge | None, Effect]]:
    """Also what only speaks of ``address``."""
    yield from _dependents(graph, address, arrived_by)
    for edge in graph.out(address, "would_settle"):
        yield edge.target, edge, "concerns"
    for edge in graph.into(address, "targets", "asks_about"):
        yield edge.source, edge, "concerns"


@lru_cache(maxsize=2)
def _premises(graph: Graph) -> dict[str, list[str]]:
    """The assumptions that a claim states, by the claim's address."""
    found: dict[str, list[str]] = {}
    for node in graph.nodes("assumption"):
        if node.record.claim:
            found.setdefault(f"claim:{node.record.claim}", []).append(node.address)
    return found


def _carries(edge: Edge) -> bool:
    """Whether a paper's word is ground for what it speaks of: its own result or conjecture, or an agreeing report."""
    if edge.relation == "states":
        return edge.data.get("role") != "background"
    return edge.data.get("outcome") == "agrees" and bool(edge.data.get("in-regime", True))
