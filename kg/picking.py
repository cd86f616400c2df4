"""Nodes by how they stand: the verdict on a prediction, a standing, the state of a question, what it would cost."""

from __future__ import annotations

from dataclasses import dataclass

from kg import effort
from kg.evidence import Evidence
from kg.graph import Node


@dataclass(frozen=True, slots=True)
class Picked:
    """What is asked of a node; what is None or False asks nothing.

    ``verdict``: of the run that a prediction shows first, ``not-run`` where there is none. ``standing``: of a claim or
    prediction. ``state``: of a question. ``afternoon``: an open question for a laptop and an afternoon (``kg.effort``).
    """

    verdict: str | None = None
    standing: str | None = None
    state: str | None = None
    afternoon: bool = False

    def holds(self, evidence: Evidence, node: Node) -> bool:
        """Whether ``node`` is all that is asked."""
        return (
            self.verdict in (None, verdict(evidence, node))
            and self.standing in (None, standing(evidence, node))
            and (self.state is None or (node.kind == "question" and node.record.state == self.state))
            and (not self.afternoon or (node.kind == "question" and effort.for_an_afternoon(evidence, node)))
        )


def verdict(evidence: Evidence, node: Node) -> str:
    """The verdict of the run that a prediction shows first; empty for other nodes."""
    if node.kind != "prediction":
        return ""
    first = evidence.predictions[node.address].primary
    return first.judgement.verdict if first and first.judgement else "not-run"


def standing(evidence: Evidence, node: Node) -> str:
    """How a claim or prediction stands; empty for other nodes."""
    if node.kind == "claim":
        return evidence.claims[node.id].standing or ""
    return evidence.predictions[node.address].standing if node.kind == "prediction" else ""
