"""Words for the reader: contributed text made inert, and what each term means.

Everything that people contributed passes through ``inert`` (Markdown) or ``kg.plain`` (components, which set
it as text). Neither lets it become a link, an image, an icon, HTML or a heading.
"""

from __future__ import annotations

from kg import meanings
from kg.english import counted, listed
from kg.figures.labels import condition, interval, number
from kg.inert import formula, inert
from kg.meanings import DEPTHS, LEVELS

__all__ = ["DEPTHS", "LEVELS", "condition", "counted", "formula", "inert", "interval", "listed", "number"]


def verdict(name: str) -> str:
    """A verdict as it is read: ``cannot discriminate``."""
    return name.replace("-", " ")


STANDINGS = {
    "conjectured": "No source reports a result of its own, and no rerun of ours has settled it.",
    "reported": "One source (or several that share authors or data) reports it.",
    "corroborated": "Two or more sources that share no author and no data report it.",
    "reproduced": "Our own rerun at the level that the claim speaks of agrees with it, and no source disputes it.",
    "contested": "A source disputes it, another claim contradicts it, or our rerun does not reproduce it.",
    "refuted": "Independent sources refute it, or its authors have withdrawn it.",
}
LITERATURE = {
    "unreported": "No source reports a result of its own.",
    "reported": "One independent source agrees, none differs.",
    "corroborated": "Two or more independent sources agree, none differs.",
    "disputed": "At least one source differs, or an open contradiction stands against it.",
    "refuted": "Two or more independent sources differ with at most one agreeing, or it was withdrawn.",
}
RERUNS = {
    "not run": "No recorded run of ours speaks on it, or the run is stale.",
    "undecided": "Our runs neither agree nor disagree: too few seeds, or outside the regime.",
    "in part": "Our runs agree, but on a simpler system than the claim speaks of, or for some predictions only.",
    "reproduced": "Our recorded runs agree with every prediction that they test.",
    "not reproduced": "A recorded run of ours lies outside what the prediction allows.",
}
VERDICTS = {
    "agrees": "In every condition the 98 % interval lies inside the accepted region, and every rival is excluded.",
    "disagrees": "In some condition the interval lies wholly outside the accepted region.",
    "cannot-discriminate": "The interval straddles an edge of the region, or a rival or control is too close.",
    "not-in-regime": "A precondition fails: the run says nothing about the prediction.",
    "error": "The run gave no valid result.",
}
VERDICT_COLOURS = {
    "agrees": "blue", "disagrees": "orange", "cannot-discriminate": "gray", "not-in-regime": "gray", "error": "red",
}  # fmt: skip
STANDING_COLOURS = {
    "conjectured": "gray", "reported": "gray", "corroborated": "violet", "reproduced": "blue", "contested": "orange",
    "refuted": "red",
}  # fmt: skip
QUESTION_STATES = {
    "open": "Nobody has settled it.",
    "claimed": "Somebody says to have settled it; not examined yet.",
    "partial": "Settled in part.",
    "answered": "Settled.",
    "dissolved": "It turned out to be wrongly put.",
}
ROLES = {role: role.replace("-", " ") for role in meanings.ROLES}
