"""Every prediction with what our runs say of it now, in units of its tolerance: the rows of the page of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kg.evidence import Evidence, TestOutcome
from kg.figures.residuals import Residual, residuals

State = Literal["disagrees", "undecided", "agrees", "not run", "no test"]
STATES: dict[State, str] = {
    "disagrees": "Our newest run lies outside what the prediction allows.",
    "undecided": "Our newest run neither agrees nor disagrees, was outside the regime, or gave no result.",
    "agrees": "Our newest run lies inside what the prediction allows, and every rival is excluded.",
    "not run": "A test is declared, and no run of it is recorded.",
    "no test": "Nobody has written a test for it yet.",
}
"""What a row says, the most telling first."""


@dataclass(frozen=True, slots=True)
class Tested:
    """One prediction. ``residual``: None where nothing was measured; ``outcome``: the run that a reader sees first."""

    address: str
    claim: str
    strands: tuple[str, ...]
    state: State
    stale: bool
    residual: Residual | None
    outcome: TestOutcome | None


def tested(evidence: Evidence) -> list[Tested]:
    """All predictions: those that disagree first, and in each state those farthest from what was expected."""
    far: Mapping[str, Residual] = {f"prediction:{one.address}": one for one in residuals(evidence)}
    rows = []
    for address, claim, prediction in evidence.corpus.predictions():
        outcome = evidence.predictions[address].primary
        judged = outcome.judgement if outcome else None
        state: State = "not run" if prediction.tests else "no test"
        if judged:
            verdict = judged.verdict
            state = verdict if verdict in ("agrees", "disagrees") else "undecided"
        stale = any(outcome.stale for outcome in evidence.predictions[address].outcomes)
        strands = evidence.corpus.claims[claim].strands
        rows.append(Tested(address, claim, strands, state, stale, far.get(address), outcome))
    return sorted(rows, key=lambda row: (list(STATES).index(row.state), -_distance(row), row.address))


def _distance(row: Tested) -> float:
    return abs(row.residual.value) if row.residual else 0.0
