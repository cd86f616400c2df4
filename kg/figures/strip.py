"""A prediction as a strip a condition: what it accepts, what its rivals say, what was measured, seed by seed.

The axis is the number that is judged: measured over expected, measured less expected, a step, or a share of seeds. So
one band of accepted numbers serves all conditions.
"""

from __future__ import annotations

import math
from typing import Any

import altair as alt

from kg import measurements, regions
from kg.arithmetic import FormulaError
from kg.declarations import Prediction
from kg.figures import labels
from kg.figures.look import blue, data, rivals_of
from kg.results import Result
from kg.verdicts import Judgement

AXES = {
    "ratio": "measured / expected", "difference": "measured − expected", "step": "step in the stated direction",
    "share": "share of seeds on the stated side",
}  # fmt: skip


def chart(
    prediction: Prediction, judged: Judgement | None, result: Result | None = None, *, dark: bool = False
) -> Any | None:
    """The accepted band with rivals and, where there is a run, the estimate and 98 % interval of each condition.

    With ``result`` each seed is a small dot. None where there is nothing to draw: the declaration says too little.
    """
    try:
        region = regions.accepted(prediction)
    except ValueError:
        return None
    rows, rivals = _of_run(judged) if judged and judged.conditions else _declared(prediction)
    if not rows:
        return None
    seeds = _seeds(prediction, judged, result) if judged and judged.conditions and result is not None else []
    return _chart(region, AXES[regions.form(prediction)], rows, rivals, seeds, dark)


def _of_run(judged: Judgement) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows, rivals = [], []
    for one in judged.conditions:
        at, (lo, hi) = labels.condition(one.condition) or "all", one.interval
        says = f"{labels.number(one.centre)} {labels.interval(one.interval)}"
        rows.append({"at": at, "centre": one.centre, "lo": lo, "hi": hi, "says": says})
        rivals += [{"at": at, "rival": name, "x": value} for name, value in one.rivals.items()]
    return rows, rivals


def _seeds(prediction: Prediction, judged: Judgement | None, result: Result) -> list[dict[str, Any]]:
    """The number of each seed that the deciding look used."""
    found = measurements.read(prediction, result)
    count = found.survivors(judged.seeds) if judged else 0
    return [
        {"at": labels.condition(series.condition) or "all", "x": float(value)}
        for series in found.series
        for value in series.number.values[:count]
        if math.isfinite(value)
    ]


def _declared(prediction: Prediction) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Conditions and rivals of a prediction without a run; rivals known only at run time are left out."""
    if prediction.type == "ordering":
        names = [f"{labels.setting(a)} → {labels.setting(b)}" for a, b in regions.steps(prediction)]
    else:
        names = [labels.condition(settings) or "all" for settings in regions.conditions(prediction)]
    rivals = []
    for rival in prediction.rivals:
        try:
            numbers = regions.rival_numbers(prediction, rival) or []
        except (ValueError, FormulaError):
            continue
        rivals += [{"at": at, "rival": rival.name, "x": x} for at, x in zip(names, numbers, strict=False)]
    return [{"at": at} for at in dict.fromkeys(names)], rivals


def _chart(
    region: regions.Region,
    axis: str,
    rows: list[dict[str, Any]],
    rivals: list[dict[str, Any]],
    seeds: list[dict[str, Any]],
    dark: bool,
) -> Any:
    ends = [region.lo, region.hi, *(row[k] for row in rows for k in ("centre", "lo", "hi") if k in row)]
    finite = [x for x in [*ends, *(r["x"] for r in [*rivals, *seeds])] if math.isfinite(x)] or [0.0]
    span = max(finite) - min(finite) or 1.0
    low = min(finite) - span * (0.3 if math.isinf(region.lo) else 0.08)
    high = max(finite) + span * (0.3 if math.isinf(region.hi) else 0.08)

    def clip(x: float) -> float:
        return float(min(max(x, low), high))

    x = alt.X("x:Q", title=axis, scale=alt.Scale(domain=[low, high], nice=False, zero=False))
    y = alt.Y("at:N", title=None, sort=None, axis=alt.Axis(labelLimit=260, ticks=False, domain=False))
    colour = blue(dark)
    band = data([{"x": clip(region.lo), "x2": clip(region.hi)}]).mark_rect(opacity=0.16, color=colour)
    edges = [{"x": edge} for edge in (region.lo, region.hi) if math.isfinite(edge)]
    lines = data(edges).mark_rule(color=colour, opacity=0.45, strokeDash=[3, 3]).encode(x=x)
    empty = data([{"at": row["at"], "x": clip(region.lo)} for row in rows]).mark_point(opacity=0).encode(x=x, y=y)
    layers = [band.encode(x=x, x2="x2:Q"), lines, empty]
    measured = [row for row in rows if "centre" in row]
    if seeds:
        layers.append(data(seeds).mark_tick(color=colour, thickness=1, size=14, opacity=0.55).encode(x=x, y=y))
    if measured:
        bars = [{"at": row["at"], "x": clip(row["lo"]), "x2": clip(row["hi"])} for row in measured]
        dots = [{"at": row["at"], "x": clip(row["centre"]), "says": row["says"]} for row in measured]
        told = [alt.Tooltip("at:N", title="condition"), alt.Tooltip("says:N", title="measured")]
        layers.append(data(bars).mark_rule(color=colour, strokeWidth=3).encode(x=x, x2="x2:Q", y=y))
        layers.append(
            data(dots).mark_point(color=colour, filled=True, size=90, opacity=1).encode(x=x, y=y, tooltip=told)
        )
    if rivals:
        hue, shape = rivals_of(list(dict.fromkeys(row["rival"] for row in rivals)))
        marks = [row | {"x": clip(row["x"]), "says": labels.number(row["x"])} for row in rivals]
        told = [alt.Tooltip("rival:N"), alt.Tooltip("at:N", title="condition"), alt.Tooltip("says:N", title="expects")]
        points = data(marks).mark_point(size=70, filled=True, opacity=1)
        layers.append(points.encode(x=x, y=y, color=hue, shape=shape, tooltip=told))
    each = 36 if len(rows) <= 12 else 20
    height = 96 + each * len({row["at"] for row in rows}) + 26 * len({row["rival"] for row in rivals})
    return alt.layer(*layers).properties(height=height).configure_view(strokeOpacity=0)
