"""What a prediction accepts, and how far its rivals lie from it, in units of the number that each seed gives.

The number is measured minus expected, or measured over expected (``compare``); a step, taken in the stated
direction; or 1 where an arm of a switch is on the stated side, else 0. So one region serves all conditions.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kg import arithmetic
from kg.declarations import Prediction, Rival
from kg.fields import Setting
from kg.intervals import Interval

FROM_RUN = "from-run"
ROUNDING = 1e-9
"""In tolerances: 0.28 + 2 * 0.045 is an edge that binary fractions miss by less than this."""

Form = Literal["difference", "ratio", "step", "share"]


@dataclass(frozen=True)
class Region:
    """The numbers from ``lo`` to ``hi``, edges included. A rival must lie ``tolerance`` outside."""

    lo: float
    hi: float
    tolerance: float

    @property
    def _rounding(self) -> float:
        return ROUNDING * self.tolerance

    def holds(self, interval: Interval) -> bool:
        return interval[0] >= self.lo - self._rounding and interval[1] <= self.hi + self._rounding

    def excludes(self, interval: Interval) -> bool:
        return interval[0] > self.hi + self._rounding or interval[1] < self.lo - self._rounding

    def beyond(self, number: float) -> float:
        """How far outside the number lies; 0 inside."""
        return max(self.lo - number, number - self.hi, 0.0)

    def margin(self, number: float) -> float:
        """How far inside the number lies from the nearer edge; 0 outside."""
        return max(min(number - self.lo, self.hi - number), 0.0)

    def far(self, number: float) -> bool:
        """Whether a rival that predicts this number may stand (rules.md 1)."""
        return self.beyond(number) >= self.tolerance - self._rounding


def form(prediction: Prediction) -> Form:
    """What the number of a seed is."""
    if prediction.type == "switch":
        return "share"
    return "step" if prediction.type == "ordering" else prediction.compare


def accepted(prediction: Prediction) -> Region:
    """The accepted region. Raises ValueError where the declaration says too little to have one."""
    if prediction.type == "switch":
        return Region(0.5, 1.0, 0.5)
    if prediction.type == "ordering" and prediction.min_gap is not None:
        # a tolerance outside the region is then a step of 0, the least that a rival must say
        return Region(prediction.min_gap.value, math.inf, prediction.min_gap.value)
    if prediction.tolerance is None or prediction.target is None:
        raise ValueError(f"the declaration does not say {', '.join(prediction.missing) or 'what it accepts'}")
    tolerance = prediction.tolerance.value
    centre = 1.0 if prediction.compare == "ratio" else 0.0
    lo = -math.inf if prediction.bound_side == "at-most" else centre - tolerance
    hi = math.inf if prediction.bound_side == "at-least" else centre + tolerance
    return Region(lo, hi, tolerance)


def compare(prediction: Prediction, value: float, target: float) -> float:
    """The number of a measured or rival ``value`` against ``target``, the expected value or the bound.

    Raises ValueError where the ratio has no sense: to zero, or to a negative bound, where more becomes less.
    """
    if prediction.compare == "difference":
        return value - target
    if target == 0 or (target < 0 and prediction.bound_side != "two-sided"):
        kind = "an expected value of 0" if target == 0 else f"a bound of {target:g}"
        raise ValueError(f"a ratio to {kind} says nothing; compare by difference")
    return value / target


def conditions(prediction: Prediction) -> tuple[dict[str, Setting], ...]:
    """The conditions in which the numbers are formed; a prediction without any is measured in the empty one."""
    if prediction.passes and prediction.fails:
        return (prediction.passes.condition, prediction.fails.condition)
    return prediction.conditions or ({},)


def steps(prediction: Prediction) -> tuple[tuple[Setting, Setting], ...]:
    """The neighbouring values of an ordering, in its order."""
    return tuple(itertools.pairwise(prediction.order or ()))


def rival_numbers(prediction: Prediction, rival: Rival) -> list[float] | None:
    """What a rival says of each condition (each step, each arm); None where only a run can tell.

    Raises FormulaError or ValueError where it says nothing, or nothing finite, of some condition.
    """
    if prediction.type == "switch":
        if rival.passes is None or rival.fails is None:
            raise ValueError(f"the rival {rival.name!r} does not say whether both arms pass")
        return [float(rival.passes), float(rival.fails)]
    if prediction.type == "ordering":
        if rival.gaps is None or len(rival.gaps) != len(steps(prediction)):
            raise ValueError(f"the rival {rival.name!r} does not give one gap for each step")
        return list(rival.gaps)
    if rival.expected is None:
        raise ValueError(f"the rival {rival.name!r} does not say what it expects")
    if FROM_RUN in (rival.expected, prediction.target) or prediction.target is None:
        return None
    target, other = arithmetic.parse(prediction.target), arithmetic.parse(rival.expected)
    return [compare(prediction, other.value(c), target.value(c)) for c in conditions(prediction)]


def nearness(prediction: Prediction, region: Region, numbers: Sequence[float]) -> str:
    """What a rival with these ``numbers`` expects, what is accepted and from where on a rival counts.

    All in the units of the quantity, in the condition where the rival lies furthest out. The target has a value there.
    """
    at = max(range(len(numbers)), key=lambda i: region.beyond(numbers[i]))
    where = conditions(prediction)[at]
    target = arithmetic.parse(prediction.target or "").value(where)

    def value(number: float) -> float:
        return target * number if prediction.compare == "ratio" else target + number

    lo, hi = sorted((value(region.lo), value(region.hi)))
    low, high = sorted((value(region.lo - region.tolerance), value(region.hi + region.tolerance)))
    ends = [f"{end:.4g}" for end in (lo, hi) if math.isfinite(end)]
    accepted_ = " to ".join(ends) if len(ends) > 1 else f"{'at most' if math.isinf(lo) else 'at least'} {ends[0]}"
    counts = [f"at {low:.4g} or below"] * math.isfinite(low) + [f"at {high:.4g} or above"] * math.isfinite(high)
    lies = "too near" if region.beyond(numbers[at]) > ROUNDING * region.tolerance else "inside"
    named = ", ".join(f"{name} {v:g}" if isinstance(v, float) else f"{name} {v}" for name, v in where.items())
    furthest = f" (at {named}, where it lies furthest out)" if len(numbers) > 1 else ""
    return (
        f"expects {value(numbers[at]):.4g}, {lies} what is accepted ({accepted_}){furthest}; a rival counts "
        f"{', or '.join(counts)}; name one that lies there, or lower the tolerance"
    )


def reach(prediction: Prediction, targets: list[float], rivals: list[float]) -> str | None:
    """Why ``searched`` does not reach past the region about each target and past each rival, all in natural units.

    None where it does. A rival that never sets in (infinite) needs no reach.
    """
    if prediction.searched is None or prediction.tolerance is None:
        return None
    lo, hi = prediction.searched
    tolerance = prediction.tolerance.value
    edges = [
        target + side * tolerance * (abs(target) if prediction.compare == "ratio" else 1.0)
        for target in targets
        for side in (-1, 1)
    ]
    needed = edges + [value for value in rivals if math.isfinite(value)]
    if all(lo < value < hi for value in needed):
        return None
    return (
        f"searched from {lo:g} to {hi:g}, but the accepted region and the rivals lie from {min(needed):g} "
        f"to {max(needed):g}; search past both ends, or a threshold never reached would count as one above"
    )
