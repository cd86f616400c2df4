"""The verdict of a run on a prediction, always computed from the present declaration (rules.md 1).

In this order: error, not-in-regime, and at each look agrees or disagrees; after the last look of which the
run has enough seeds, cannot-discriminate. A run with fewer seeds than the first look cannot discriminate:
what it measured is sound and too little. A failed precondition counts before a null: a run that left its
regime is not-in-regime even where some value could, for that, not be measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg import intervals, measurements, regions
from kg.declarations import Prediction, Verdict
from kg.fingerprints import fingerprint
from kg.intervals import ERROR, Interval
from kg.measurements import MISMATCH, Series
from kg.regions import Region
from kg.results import Result
from kg.summaries import ConditionJudgement, Summary, conditions
from kg.terms import show

__all__ = ["ConditionJudgement", "Judgement", "Summary", "fingerprint", "judge", "undecided"]

LEAST_SURVIVORS = 5
_NUMBER = {
    "difference": "measured less expected",
    "ratio": "measured over expected",
    "step": "the step",
    "share": "the share of seeds on the stated side",
}


@dataclass(frozen=True)
class Judgement:
    """A verdict, why in one sentence, and the numbers. ``seeds``: how many the deciding look used.

    ``favours``: the rival nearest to a measurement that disagrees. ``seeds_needed``: how many would decide,
    where seeds would. ``survivors``: how many of them satisfy ``conditioned-on``.
    """

    verdict: Verdict
    reason: str
    seeds: int = 0
    favours: str | None = None
    seeds_needed: int | None = None
    survivors: int | None = None
    conditions: tuple[ConditionJudgement, ...] = ()


def judge(prediction: Prediction, result: Result | None, status: str = "ok", detail: str = "") -> Judgement:
    """The verdict of a run that ended with ``status``; ``result`` is what it measured. Never raises for bad runs."""
    if status != "ok" or result is None:
        ended = "without a result" if status == "ok" else f"with {status}"
        return Judgement("error", f"The run ended {ended}{f': {detail}' if detail else ''}.")
    if prediction.type == "qualitative":
        return Judgement("error", "A qualitative prediction is judged by what others report, never by a run.")
    found = measurements.read(prediction, result)
    n = len(result.seeds)
    looks = [look for look in prediction.looks if look <= n]

    def survivors(look: int) -> int | None:
        return found.survivors(look) if prediction.conditioned_on else None

    if found.problems or found.constant:
        same = f"{prediction.quantity} is the same for all {n} seeds in every condition: does the script use its seed?"
        return Judgement("error", _sentence(found.problems or [same]), n, survivors=survivors(n))
    if found.outside:
        last = looks[-1] if looks else n
        shown = () if found.gaps else conditions(prediction, found.series, found.survivors(last))
        return Judgement("not-in-regime", _sentence(found.outside), n, survivors=survivors(n), conditions=shown)
    if found.gaps:
        return Judgement("error", _sentence(found.gaps), n, survivors=survivors(n))
    if not looks:
        first = prediction.looks[0]
        shown = conditions(prediction, found.series, found.survivors(n))
        reason = f"{n} seed{'s' * (n > 1)}, and the first look is after {first}."
        return Judgement("cannot-discriminate", reason, n, None, first, survivors(n), shown)
    for look in looks:
        judged = _look(prediction, found.series, look, found.survivors(look))
        if judged.verdict != "cannot-discriminate":
            break
    return judged


def undecided(prediction: Prediction, result: Result) -> bool:
    """Whether more seeds may still change the verdict: it is open, and a later look is declared."""
    return len(result.seeds) < prediction.looks[-1] and judge(prediction, result).verdict == "cannot-discriminate"


def _look(prediction: Prediction, series: Sequence[Series], look: int, n: int) -> Judgement:
    """The verdict after ``look`` seeds, of which ``n`` count."""
    rows = conditions(prediction, series, n)
    region = regions.accepted(prediction)
    survivors = n if prediction.conditioned_on else None
    after = f"After {look} seeds" if look > 1 else "In one run"
    if survivors is not None:
        after += f", {survivors} of which survive,"

    def cannot(reason: str, needed: int | None = None) -> Judgement:
        return Judgement("cannot-discriminate", f"{after} {reason}.", look, None, needed, survivors, rows)

    if survivors is not None and survivors < LEAST_SURVIVORS:
        return cannot(f"{LEAST_SURVIVORS} survivors are not reached")
    outside = [row for row in rows if row.outcome == "outside"]
    straddling = [row for row in rows if row.outcome == "straddles"]
    if outside:
        favours = _favoured(region, outside)
        reason = f"{after} {_says(outside[0])} lies outside {_accepted(outside[0].region)}{_of(outside, rows)}"
        nearest = f"; nearest to it is {favours!r}" if favours else ""
        return Judgement("disagrees", f"{reason}{nearest}.", look, favours, None, survivors, rows)
    if straddling:
        needed = _needed(prediction, region, series, rows, look)
        plan = f"; about {needed} seeds would do" if needed else "; no number of seeds that one can run would do"
        plan = "" if prediction.deterministic else plan
        edge = f"the edge of {_accepted(straddling[0].region)}"
        corrected = region.excludes(straddling[0].interval)  # outside alone, and not over all conditions
        over = f" once the interval is widened for {len(rows)} conditions" if corrected else ""
        reason = f"{_says(straddling[0])} straddles {edge}{over}{_of(straddling, rows)}"
        return cannot(reason + plan, needed)
    for row in rows:
        if row.control is not None and not region.excludes(row.control.interval):
            passes = "passes too" if region.holds(row.control.interval) else "does not clearly fail"
            return cannot(f"the control {passes}: at {show(row.condition)} it gives {_span(row.control.interval)}")
    for name in rows[0].rivals:
        if not any(region.far(row.rivals[name]) for row in rows):
            best = max(region.beyond(row.rivals[name]) for row in rows)
            far = f"at most {best:.4g} outside {_accepted(rows[0].region)}, and {region.tolerance:.4g} is needed"
            return cannot(f"the rival {name!r} is too close at run time: {far}")
    tight = min(rows, key=lambda row: min(row.interval[0] - region.lo, region.hi - row.interval[1]))
    where = "lies" if len(rows) == 1 else f"and every other of {len(rows)} conditions lies"
    reason = f"{after} {_says(tight)} {where} inside {_accepted(tight.region)}."
    return Judgement("agrees", reason, look, None, None, survivors, rows)


def _says(row: ConditionJudgement) -> str:
    at = f" at {show(row.condition)}" if row.condition else ""
    kind = "error included" if row.estimate == "value" else "98 % interval"
    return f"{_NUMBER[row.number]}{at}, {row.centre:.4g} ({kind} {_span(row.interval)}),"


def _span(interval: Interval) -> str:
    lo, hi = interval
    if lo == -math.inf and hi < math.inf:
        return f"at most {hi:.4g}"
    return f"at least {lo:.4g}" if hi == math.inf and lo > -math.inf else f"{lo:.4g} to {hi:.4g}"


def _accepted(region: Interval) -> str:
    span = _span(region)
    return span if all(map(math.isfinite, region)) else f"the accepted region, {span}"


def _of(some: Sequence[ConditionJudgement], rows: Sequence[ConditionJudgement]) -> str:
    return f" (so in {len(some)} of {len(rows)} conditions)" if len(rows) > 1 else ""


def _sentence(problems: Sequence[str]) -> str:
    shown = "; ".join(problem.removesuffix(MISMATCH) for problem in problems[:5])
    shown += f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
    shown += MISMATCH if any(problem.endswith(MISMATCH) for problem in problems) else ""  # once for all of them
    words = shown.startswith(("the ", "at ", "after "))  # else it begins with a quantity's key, which keeps its case
    shown = f"{shown[0].upper()}{shown[1:]}" if words else shown
    return shown if shown.endswith("?") else f"{shown}."


def _favoured(region: Region, outside: Sequence[ConditionJudgement]) -> str | None:
    """The rival nearest to the measured centres of these conditions, if it is nearer than the accepted region."""

    def distance(name: str) -> float:
        return sum(abs(row.centre - row.rivals[name]) if row.centre != row.rivals[name] else 0.0 for row in outside)

    nearest = min(outside[0].rivals, key=distance, default=None)
    own = sum(region.beyond(row.centre) for row in outside)
    return nearest if nearest is not None and distance(nearest) < own else None


def _needed(
    prediction: Prediction, region: Region, series: Sequence[Series], rows: Sequence[ConditionJudgement], look: int
) -> int | None:
    """How many seeds would decide if they go on like these: all inside, or the first condition outside."""
    outside = any(region.beyond(row.centre) > 0 for row in rows)
    error = ERROR / len(rows) if outside else ERROR
    counts = [
        _seeds(region, row, one.number.values[: row.n], error)
        for row, one in zip(rows, series, strict=True)
        if not outside or region.beyond(row.centre) > 0
    ]
    known = [count for count in counts if count is not None]
    if not known or (len(known) < len(counts) and not outside):
        return None
    count = min(known) if outside else max(known)
    count = max(look + 1, math.ceil(count * look / rows[0].n))
    return next((later for later in prediction.looks if later >= count), count)


def _seeds(region: Region, row: ConditionJudgement, values: NDArray[np.float64], error: float) -> int | None:
    """How many seeds would bring one interval to the side of the region's edges on which its centre lies."""
    if row.estimate == "value":
        return None
    if row.estimate == "share":
        return intervals.seeds_for_share(row.centre, error)
    if row.estimate == "mean" and row.sd is not None:
        return intervals.seeds_for_mean(row.sd, region.beyond(row.centre) or region.margin(row.centre), error)
    if region.beyond(row.centre) > 0:
        across = (values <= region.hi) if row.centre > region.hi else (values >= region.lo)
        return intervals.seeds_for_median(float(across.mean()), error)
    beyond = max(float((values < region.lo).mean()), float((values > region.hi).mean()))
    return intervals.seeds_for_median(beyond, error)
