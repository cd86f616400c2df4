"""What all figures share: colours that colour-blind readers tell apart (Okabe and Ito), shapes, data, scales."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt

RIVAL_COLOURS = ("#D55E00", "#CC79A7", "#E69F00", "#009E73")
RIVAL_SHAPES = ("cross", "triangle-up", "square", "diamond")


def blue(dark: bool) -> str:
    """The colour of what we measured and accept."""
    return "#56B4E9" if dark else "#0072B2"


def ink(dark: bool) -> str:
    """The colour of text and outlines."""
    return "#E6E6E6" if dark else "#333333"


def data(rows: Iterable[dict[str, Any]]) -> Any:
    """A chart of ``rows``, which travel inside its specification."""
    return alt.Chart(alt.Data(values=list(rows)))  # type: ignore[no-untyped-call]


def cycled(values: Sequence[str], names: Sequence[str]) -> list[str]:
    """As many ``values`` as ``names``, begun again where they run out."""
    return [values[i % len(values)] for i in range(len(names))]


def rivals_of(names: Sequence[str]) -> tuple[Any, Any]:
    """The colour and the shape of rivals, in one legend below."""
    lines = "split(replace(datum.label, regexp('(.{18,38}) ', 'g'), '$1\\n'), '\\n')"
    wrapped = f"length(datum.label) > 42 ? {lines} : datum.label"  # a name may be a sentence
    legend = alt.Legend(title=None, orient="bottom", direction="vertical", labelLimit=420, columns=1, labelExpr=wrapped)
    colour = alt.Scale(domain=list(names), range=cycled(RIVAL_COLOURS, names))
    shape = alt.Scale(domain=list(names), range=cycled(RIVAL_SHAPES, names))
    return alt.Color("rival:N", legend=legend, scale=colour), alt.Shape("rival:N", legend=legend, scale=shape)


def geometric(values: Sequence[float], span: float = 8.0) -> bool:
    """Whether positive values spread over more than ``span`` and by factors rather than by steps: a log axis then."""
    if not values or min(values) <= 0 or max(values) / min(values) < span:
        return False
    rising = sorted(set(values))
    if len(rising) < 3:
        return True
    factors = [math.log(b / a) for a, b in itertools.pairwise(rising)]
    steps = [b - a for a, b in itertools.pairwise(rising)]
    return max(factors) / min(factors) < max(steps) / min(steps)
