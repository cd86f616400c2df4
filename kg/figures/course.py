"""A prediction in natural units against the setting that is varied: measured, predicted, rivals, tolerance.

Drawn where one numeric setting takes three values or more and the others stand still; else the strip is clearer. Log
axes where the values are spread by factors.
"""

from __future__ import annotations

import math
from typing import Any

import altair as alt

from kg import measurements
from kg.declarations import Prediction
from kg.figures import labels
from kg.figures.look import blue, data, geometric, ink, rivals_of
from kg.results import Result
from kg.summaries import ConditionJudgement
from kg.verdicts import Judgement

LEAST_PLACES = 3


def varied(judged: Judgement | None) -> str | None:
    """The one numeric setting that the conditions vary, None where there is not exactly one with enough values."""
    rows = judged.conditions if judged else ()
    if (
        not rows
        or any(row.expected is None for row in rows)
        or any(row.number not in ("ratio", "difference") for row in rows)
    ):
        return None
    names = dict.fromkeys(name for row in rows for name in row.condition)
    moving = [name for name in names if len({row.condition.get(name) for row in rows}) > 1]
    if len(moving) != 1 or any(not isinstance(row.condition.get(moving[0]), float) for row in rows):
        return None
    return moving[0] if len(rows) >= LEAST_PLACES else None


def chart(
    prediction: Prediction, judged: Judgement, result: Result | None = None, *, dark: bool = False, axis: str = ""
) -> Any | None:
    """The figure; None where ``varied`` names no setting. ``axis`` is the title across, else the setting's name."""
    name = varied(judged)
    if name is None:
        return None
    rows = sorted(judged.conditions, key=lambda row: float(row.condition[name]))
    points = [_point(prediction, row, name) for row in rows]
    rivals: list[dict[str, Any]] = [
        {"x": float(row.condition[name]), "rival": rival, "y": _natural(prediction, row, value)}
        for row in rows
        for rival, value in row.rivals.items()
    ]
    seeds = _seeds(prediction, judged, result, name) if result is not None else []
    shown: list[float] = [
        p[k] for p in points for k in ("y", "lo", "hi", "expected", "low", "high") if math.isfinite(p[k])
    ]
    shown += [row["y"] for row in [*rivals, *seeds] if math.isfinite(row["y"])]
    log_y = geometric(shown, span=20.0)
    floor, top = _domain(shown, log_y)

    def clip(row: dict[str, Any]) -> dict[str, Any]:
        held = {k: min(max(v, floor), top) for k, v in row.items() if isinstance(v, float) and k != "x"}
        return {**row, **held}

    xs = [p["x"] for p in points]
    across = alt.Scale(type="log" if geometric(xs) else "linear", zero=False, nice=False, padding=18)
    up = alt.Scale(type="log" if log_y else "linear", domain=[floor, top], nice=False, zero=False)
    x = alt.X(
        "x:Q", title=axis or name, scale=across, axis=alt.Axis(values=xs, grid=False, format="~r", labelOverlap=True)
    )
    title = prediction.quantity.replace("_", " ") if prediction.quantity else "measured"

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", title=title, scale=up)

    colour, clipped = blue(dark), [clip(p) for p in points]
    told = [
        alt.Tooltip("at:N", title="condition"),
        alt.Tooltip("says:N", title="measured"),
        alt.Tooltip("due:N", title="expected"),
    ]
    base = data(clipped)
    layers = [
        base.mark_area(opacity=0.16, color=colour).encode(x=x, y=y("low"), y2="high:Q"),
        base.mark_errorbar(color=colour, thickness=8, opacity=0.22).encode(x=x, y=y("low"), y2="high:Q"),
        base.mark_line(color=ink(dark), strokeWidth=1.4).encode(x=x, y=y("expected")),
    ]
    if rivals:
        hue, shape = rivals_of(list(dict.fromkeys(row["rival"] for row in rivals)))
        drawn = data([clip(row) for row in rivals if math.isfinite(row["y"])])
        layers.append(drawn.mark_line(strokeDash=[4, 3], strokeWidth=1.4).encode(x=x, y=y("y"), color=hue))
        layers.append(drawn.mark_point(size=42, filled=True, opacity=1).encode(x=x, y=y("y"), color=hue, shape=shape))
    if seeds:
        layers.append(
            data([clip(row) for row in seeds]).mark_point(size=14, color=colour, opacity=0.55).encode(x=x, y=y("y"))
        )
    layers.append(base.mark_rule(color=colour, strokeWidth=2.5).encode(x=x, y=y("lo"), y2="hi:Q"))
    layers.append(base.mark_point(color=colour, filled=True, size=80, opacity=1).encode(x=x, y=y("y"), tooltip=told))
    height = 260 + 22 * len({row["rival"] for row in rivals})
    return alt.layer(*layers).properties(height=height).configure_view(strokeOpacity=0)


def _natural(prediction: Prediction, row: ConditionJudgement, number: float) -> float:
    """A judged number in the quantity's own units."""
    expected = row.expected or 0.0
    return number * expected if prediction.compare == "ratio" else number + expected


def _point(prediction: Prediction, row: ConditionJudgement, name: str) -> dict[str, Any]:
    ends = sorted(_natural(prediction, row, end) for end in row.interval)
    band = sorted(_natural(prediction, row, end) for end in row.region)
    expected = row.expected or 0.0
    return {
        "x": float(row.condition[name]), "y": _natural(prediction, row, row.centre), "lo": ends[0], "hi": ends[1],
        "expected": expected, "low": band[0], "high": band[1], "at": labels.condition(row.condition),
        "says": f"{labels.number(row.measured.centre)} {labels.interval(row.measured.interval)}",
        "due": labels.number(expected),
    }  # fmt: skip


def _seeds(prediction: Prediction, judged: Judgement, result: Result, name: str) -> list[dict[str, Any]]:
    found = measurements.read(prediction, result)
    count = found.survivors(judged.seeds)
    return [
        {"x": float(series.condition[name]), "y": float(value)}
        for series in found.series
        for value in series.measured.values[:count]
        if math.isfinite(value)
    ]


def _domain(shown: list[float], log: bool) -> tuple[float, float]:
    low, high = min(shown), max(shown)
    if log:
        room = (high / low) ** 0.06
        return low / room, high * room
    room = (high - low or abs(high) or 1.0) * 0.08
    return low - room, high + room
