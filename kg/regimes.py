"""What a declared regime holds: one axis at a time, ``"= 2"``, ``"<= 0.01"``, ``"64..1024"``, or words with ``|``."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping

from kg.fields import Setting, setting

_COMPARES: dict[str, Callable[[float, float], bool]] = {
    "=": math.isclose,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def holds(regime: str, value: Setting) -> bool:
    """Whether ``value`` of an axis lies inside; a number is never inside words, nor a word inside numbers."""
    sign, _, number = regime.partition(" ")
    if sign in _COMPARES and number:
        return isinstance(value, float) and _COMPARES[sign](value, float(number))
    low, dots, high = regime.partition("..")
    if dots:
        return isinstance(value, float) and float(low) <= value <= float(high)
    return value in [setting(word) for word in regime.split(" | ")]


def inside(regime: Mapping[str, str], cell: Mapping[str, Setting]) -> bool:
    """Whether a cell, by the names of its axes, lies inside; an axis that the regime does not name limits nothing."""
    return all(holds(regime[axis], value) for axis, value in cell.items() if axis in regime)


def meet(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two regimes have a point in common; an axis that only one of them names parts nothing."""
    return all(_overlap(one[axis], other[axis]) for axis in one.keys() & other.keys())


def _overlap(one: str, other: str) -> bool:
    first, second = _span(one), _span(other)
    if first is None or second is None:
        words = ({*one.split(" | ")}, {*other.split(" | ")})
        return first is second and not words[0].isdisjoint(words[1])
    low, high = max(first[0], second[0]), min(first[1], second[1])
    return low < high or (low == high and holds(one, low) and holds(other, low))


def _span(regime: str) -> tuple[float, float] | None:
    """The ends of a regime of numbers, open or closed; None for words."""
    sign, _, number = regime.partition(" ")
    if sign in _COMPARES and number:
        value = float(number)
        return (value if sign in ("=", ">", ">=") else -math.inf, value if sign in ("=", "<", "<=") else math.inf)
    low, dots, high = regime.partition("..")
    return (float(low), float(high)) if dots else None
