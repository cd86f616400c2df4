"""A strand against the seven desiderata that the seed paper asks of a theory: what the record can count of each.

A count is no verdict. Where nothing of the record measures a desideratum, the row says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.declarations import Prediction
from kg.evidence import Evidence
from kg.graph import Edge, Graph
from kg.records import Claim


@dataclass(frozen=True, slots=True)
class Row:
    """``some`` of ``total`` things are as the desideratum at ``claim`` asks; ``total`` 0 where nothing was counted."""

    claim: str
    measure: str
    some: int
    total: int


_Counts = tuple[str, int, int]


@dataclass(frozen=True)
class _Strand:
    evidence: Evidence
    name: str
    claims: dict[str, Claim]
    predictions: dict[str, Prediction]


def scorecard(evidence: Evidence, strand: str) -> list[Row]:
    """The rows of the strand with the id ``strand``, for those desiderata that the record holds."""
    claims = {
        name: claim
        for name, claim in evidence.corpus.claims.items()
        if strand in claim.strands and claim.kind != "framing"
    }
    predictions = {at: one for at, name, one in evidence.corpus.predictions() if name in claims}
    held = _Strand(evidence, strand, claims, predictions)
    return [Row(f"claim:{name}", *count(held)) for name, count in _COUNTS.items() if f"claim:{name}" in evidence.graph]


def bridges(graph: Graph, strand: str) -> list[Edge]:
    """The bridges with one end in the strand and the other in another of the five."""
    lines = {node.id for node in graph.nodes("strand") if node.record.role == "strand"}
    found = []
    for edge in graph.edges("bridges"):
        ends = [set(graph.node(at).record.strands) for at in (edge.source, edge.target)]
        if any(strand in one and (other - {strand}) & lines for one, other in (ends, ends[::-1])):
            found.append(edge)
    return found


def _fundamental(held: _Strand) -> _Counts:
    taken = {assumed.id for claim in held.claims.values() for assumed in claim.assumes}
    known = [held.evidence.corpus.assumptions[name] for name in taken if name in held.evidence.corpus.assumptions]
    return (
        "of its assumptions are themselves explained by a claim",
        sum(one.claim is not None for one in known),
        len(known),
    )


def _mathematical(held: _Strand) -> _Counts:
    numbers = sum(one.type != "qualitative" for one in held.predictions.values())
    return "of its predictions are numbers with a tolerance or bound", numbers, len(held.predictions)


def _predictive(held: _Strand) -> _Counts:
    ran = sum(held.evidence.predictions[at].rerun != "not run" for at in held.predictions)
    return "of its predictions were measured by our own runs", ran, len(held.predictions)


def _comprehensive(held: _Strand) -> _Counts:
    graph = held.evidence.graph
    lines = {node.id for node in graph.nodes("strand") if node.record.role == "strand"} - {held.name}
    reached = {
        name
        for edge in bridges(graph, held.name)
        for at in (edge.source, edge.target)
        for name in graph.node(at).record.strands
    }
    return "other strands are linked with it by a bridge", len(reached & lines), len(lines)


def _intuitive(held: _Strand) -> _Counts:
    return "nothing in the record counts insight", 0, 0


def _useful(held: _Strand) -> _Counts:
    real = [at for at, one in held.predictions.items() if one.about == "trained-network"]
    agree = sum(held.evidence.predictions[at].rerun == "reproduced" for at in real)
    return "of its predictions about trained networks are reproduced by our runs", agree, len(real)


def _humble(held: _Strand) -> _Counts:
    bounded = sum(_bounded(claim.regime, claim.assumes, claim.predictions) for claim in held.claims.values())
    return "of its claims name a regime or an assumption", bounded, len(held.claims)


def _bounded(regime: object, assumes: Sequence[object], predictions: Sequence[Prediction]) -> bool:
    return bool(regime or assumes or any(one.regime or one.preconditions for one in predictions))


_COUNTS: dict[str, Callable[[_Strand], _Counts]] = {
    "desideratum-fundamental": _fundamental,
    "desideratum-mathematical": _mathematical,
    "desideratum-predictive": _predictive,
    "desideratum-comprehensive": _comprehensive,
    "desideratum-intuitive": _intuitive,
    "desideratum-useful": _useful,
    "desideratum-humble": _humble,
}
"""What is counted for each desideratum, by its claim's id."""
