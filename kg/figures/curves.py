"""The curves that a run emits: the measured course and the predicted one, a chart a unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from kg.figures.look import data
from kg.results import Curve

MOST_CURVES = 12
MOST_POINTS = 400


def charts(found: Sequence[Curve]) -> Iterator[tuple[Any, str, int]]:
    """(chart, unit, how many curves the unit has): of many curves the first are drawn, of many points some."""
    for unit in dict.fromkeys(curve.unit for curve in found):
        mine = [curve for curve in found if curve.unit == unit]
        rows = [
            {"x": x, "y": y, "curve": curve.name}
            for curve in mine[:MOST_CURVES]
            for x, y in list(zip(curve.x, curve.y, strict=True))[:: max(1, len(curve.x) // MOST_POINTS)]
            if y is not None
        ]
        legend = alt.Legend(title=None, orient="bottom", columns=2, labelLimit=280)
        x, y = alt.X("x:Q", title=None), alt.Y("y:Q", title=unit, scale=alt.Scale(zero=False))
        lines = data(rows).mark_line(strokeWidth=1.6)
        yield lines.encode(x=x, y=y, color=alt.Color("curve:N", legend=legend, sort=None)), unit, len(mine)
