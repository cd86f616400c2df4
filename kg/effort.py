"""Where one could begin on an open question with what the record has, and what that costs.

A way that would settle it may be a prediction that a script here tests already; else a claim that it is about has a
script that measures in its setting. The cost is what the script's recorded runs took.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kg.evidence import Evidence
from kg.graph import Node

UNSETTLED = ("open", "claimed", "partial")
AFTERNOON = 4 * 3600
"""CPU seconds of one core that an afternoon has."""
Via = Literal["would settle it", "measures what it is about"]


@dataclass(frozen=True, slots=True)
class Start:
    """``prediction`` is tested by ``script``; ``cpu_seconds`` of its longest recorded run, None without one."""

    script: str
    prediction: str
    via: Via
    cpu_seconds: float | None


def starts(evidence: Evidence, question: Node) -> list[Start]:
    """The scripts to begin from, each once: those of predictions that would settle the question come first."""
    costs: dict[str, float] = {}
    for run in evidence.corpus.runs:
        if run.cpu_seconds is not None and run.status == "ok":
            costs[run.script] = max(costs.get(run.script, 0.0), run.cpu_seconds)
    found: dict[str, Start] = {}
    for prediction, via in _predictions(evidence, question):
        for edge in evidence.graph.into(prediction, "tests"):
            script = edge.source.partition(":")[2]
            found.setdefault(script, Start(script, prediction, via, costs.get(script)))
    return list(found.values())


def _predictions(evidence: Evidence, question: Node) -> Iterator[tuple[str, Via]]:
    graph = evidence.graph
    for edge in graph.into(question.address, "would_settle"):
        yield edge.source, "would settle it"
    for edge in graph.out(question.address, "asks_about", "presumes"):
        if edge.target.startswith("prediction:"):
            yield edge.target, "measures what it is about"
        elif edge.target.startswith("claim:"):
            for implied in graph.out(edge.target, "implies"):
                yield implied.target, "measures what it is about"


def for_an_afternoon(evidence: Evidence, question: Node) -> bool:
    """Unsettled, not hard, and with a script to begin from whose recorded run fits into an afternoon on one core."""
    record = question.record
    if record.state not in UNSETTLED or record.difficulty == "hard":
        return False
    costs = (start.cpu_seconds for start in starts(evidence, question))
    return any(cost is not None and cost <= AFTERNOON for cost in costs)
