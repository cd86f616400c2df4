"""Which claim shows a newcomer most: the one that a first walk through the record goes along.

Much can be seen at a claim that sources support and dispute, that a run of ours measured, that rests on something named
and about which something is open.
"""

from __future__ import annotations

from kg import trace
from kg.evidence import Evidence


def first_claim(evidence: Evidence) -> str | None:
    """The address of the claim with most to see; None where no claim has a standing."""
    ranked = [(*_sights(evidence, name), name) for name, found in evidence.claims.items() if found.standing]
    return f"claim:{max(ranked)[2]}" if ranked else None


def _sights(evidence: Evidence, name: str) -> tuple[int, int]:
    """How many kinds of things there are to see, and how many sources."""
    graph, address = evidence.graph, f"claim:{name}"
    sides = trace.evidence_of(graph, evidence, address)
    predictions = [edge.target for edge in graph.out(address, "implies")]
    outcomes = [evidence.predictions[at].primary for at in predictions]
    seen = (
        bool(sides.support),
        bool(sides.against),
        any(outcome and outcome.judgement and outcome.judgement.conditions for outcome in outcomes),
        any(at in evidence.maps for at in predictions),
        any(edge.data.get("load-bearing") for edge in graph.out(address, "assumes")),
        bool(graph.into(address, "asks_about")),
        bool(graph.into(address, "builds_on")),
        bool(graph.out(address, "needs")),
    )
    return sum(seen), len(sides.support) + len(sides.against)
