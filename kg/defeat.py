"""Defeat travels: what rests on a prediction that a run of ours contradicts, or whose run is stale, bears a mark.

A mark names that prediction and the path from it. It changes no standing: that follows from a node's own evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from kg import trace
from kg.evidence import Evidence
from kg.trace import EFFECTS, Effect

Defeat = Literal["disagrees", "stale"]

DEFEATS: dict[Defeat, str] = {
    "disagrees": "a recorded run disagrees with it",
    "stale": "its recorded run is stale: script, data or declaration changed since",
}
"""What befell a prediction, in the order of weight."""


@dataclass(frozen=True)
class Mark:
    """``prediction`` is in the state ``defeat``, and ``path`` leads from it to the marked node."""

    prediction: str
    defeat: Defeat
    effect: Effect
    path: tuple[str, ...]


@lru_cache(maxsize=2)
def fallen(evidence: Evidence) -> Mapping[str, Defeat]:
    """The predictions that are not reproduced, and those of which a run that would count is stale."""
    found: dict[str, Defeat] = {}
    for address, held in evidence.predictions.items():
        if held.rerun == "not reproduced":
            found[address] = "disagrees"
        elif any(outcome.stale for outcome in held.outcomes):
            found[address] = "stale"
    return found


@lru_cache(maxsize=2)
def marks(evidence: Evidence) -> Mapping[str, tuple[Mark, ...]]:
    """The marks of every node that has some, the heaviest and nearest first; a fallen prediction has none of itself."""
    found: dict[str, list[Mark]] = {}
    for prediction, defeat in fallen(evidence).items():
        for step in trace.falls(evidence.graph, prediction, concerned=True):
            mark = Mark(prediction, defeat, step.effect or "falls", step.path)
            found.setdefault(step.address, []).append(mark)
    return {address: tuple(sorted(held, key=_order)) for address, held in found.items()}


def _order(mark: Mark) -> tuple[int, int, int, str]:
    return list(DEFEATS).index(mark.defeat), EFFECTS.index(mark.effect), len(mark.path), mark.prediction


def as_dict(mark: Mark) -> dict[str, Any]:
    """The mark for ``--json``."""
    return {"prediction": mark.prediction, "defeat": mark.defeat, "effect": mark.effect, "path": list(mark.path)}
