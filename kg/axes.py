"""The axis of our own reruns, and how both axes give a standing (rules.md 2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kg import literature

Rerun = Literal["not run", "undecided", "in part", "reproduced", "not reproduced"]
Standing = Literal["conjectured", "reported", "corroborated", "reproduced", "contested", "refuted"]

RERUNS: tuple[Rerun, ...] = ("not run", "undecided", "in part", "reproduced", "not reproduced")
STANDINGS: dict[literature.State, tuple[Standing, ...]] = {
    "unreported": ("conjectured", "conjectured", "conjectured", "reported", "contested"),
    "reported": ("reported", "reported", "reported", "reproduced", "contested"),
    "corroborated": ("corroborated", "corroborated", "corroborated", "reproduced", "contested"),
    "disputed": ("contested", "contested", "contested", "contested", "contested"),
    "refuted": ("refuted", "refuted", "refuted", "contested", "refuted"),
}
_RANK = {"unreported": 0, "reported": 1, "corroborated": 2}


def standing(lit: literature.State, rerun: Rerun) -> Standing:
    return STANDINGS[lit][RERUNS.index(rerun)]


def claim_literature(
    own: literature.State,
    all_predictions: Sequence[literature.State],
    with_evidence: Sequence[literature.State],
    denied: bool,
) -> literature.State:
    """The literature axis of a claim from its own and its predictions' (``with_evidence``: those with their own)."""
    if own == "refuted" or (with_evidence and all(state == "refuted" for state in with_evidence)):
        return "refuted"
    if denied or own == "disputed" or any(state in ("disputed", "refuted") for state in all_predictions):
        return "disputed"
    return max([own, *all_predictions], key=lambda state: _RANK[state])


def claim_rerun(tested: Sequence[Rerun]) -> Rerun:
    """The rerun axis of a claim from those of its predictions that declare tests."""
    ran = [state for state in tested if state != "not run"]
    if "not reproduced" in ran:
        return "not reproduced"
    if ran and all(state == "reproduced" for state in ran):
        return "reproduced"
    if "in part" in ran or "reproduced" in ran:
        return "in part"
    return "undecided" if ran else "not run"
