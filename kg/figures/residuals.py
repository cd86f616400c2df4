"""All tested predictions in one figure: measured less expected in units of the tolerance, by strand.

A prediction stands at the condition that decides: the one nearest to an edge of what is accepted, or farthest beyond.
A bound accepts one side only, and so does a step of an ordering, whose unit is the least gap.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from kg import regions
from kg.evidence import Evidence
from kg.figures import labels
from kg.figures.look import blue, data, ink
from kg.regions import Region
from kg.summaries import ConditionJudgement

REACH = 3.0
"""What lies farther than so many tolerances is drawn at the margin, as an arrowhead."""
STATES = ("agrees", "disagrees", "undecided")
COLOURS = ("#0072B2", "#D55E00", "#7F7F7F")
ROW = 15
WIDER = 0.2
"""By what share another font may draw an address wider than the one that the figure is laid out with."""
_LETTER = 4.8  # px of a letter of an address, on average, at 10 px


@dataclass(frozen=True)
class Residual:
    """One prediction: where it lies and its 98 % interval, in tolerances; accepted is -1 to 1, or one side of it."""

    address: str
    strand: str
    state: str
    value: float
    interval: tuple[float, float]
    accepted: tuple[float, float]
    says: str


def residuals(evidence: Evidence) -> list[Residual]:
    """Every prediction with a run that measured something, by strand and address."""
    found = []
    for address, claim, prediction in evidence.corpus.predictions():
        outcome = evidence.predictions[address].primary
        judged = outcome.judgement if outcome else None
        if judged is None or not judged.conditions:
            continue
        region = regions.accepted(prediction)
        row = min(judged.conditions, key=lambda row, region=region: _room(region, row))  # type: ignore[misc]
        unit = region.tolerance
        middle = region.hi - unit if math.isfinite(region.hi) else region.lo + unit
        told = (
            f"{labels.condition(row.condition) or 'all'}: {labels.number(row.centre)} {labels.interval(row.interval)}"
        )
        found.append(
            Residual(
                address=address.partition(":")[2],
                strand=evidence.corpus.claims[claim].strands[0],
                state=judged.verdict if judged.verdict in STATES else "undecided",
                value=(row.centre - middle) / unit,
                interval=((row.interval[0] - middle) / unit, (row.interval[1] - middle) / unit),
                accepted=((region.lo - middle) / unit, (region.hi - middle) / unit),
                says=f"{judged.verdict.replace('-', ' ')}; {told}",
            )
        )
    return sorted(found, key=lambda one: (one.strand, one.address))


def _room(region: Region, row: ConditionJudgement) -> float:
    """How far inside the interval keeps from the nearest edge; below 0 outside."""
    return min(row.interval[0] - region.lo, region.hi - row.interval[1])


def chart(found: Sequence[Residual], titles: Mapping[str, str], *, width: int = 520, dark: bool = False) -> Any | None:
    """A panel a strand, over one axis; None without any residual. ``titles``: those of the strands, by id."""
    strands = sorted({one.strand for one in found}, key=lambda name: list(titles).index(name) if name in titles else 99)
    if not strands:
        return None
    panels = [
        _panel([one for one in found if one.strand == name], titles.get(name, name), width, dark, name == strands[-1])
        for name in strands
    ]
    room = round(WIDER * _LETTER * max(len(one.address) for one in found))
    whole = alt.vconcat(*panels, spacing=6, padding={"left": room, "right": 14, "top": 6, "bottom": 6})
    return whole.configure_view(strokeOpacity=0).configure_concat(spacing=6)


def _panel(found: Sequence[Residual], title: str, width: int, dark: bool, last: bool) -> Any:
    def clip(value: float) -> float:
        return float(min(max(value, -REACH), REACH))

    rows = [
        {
            "at": one.address, "x": clip(one.value), "lo": clip(one.interval[0]), "hi": clip(one.interval[1]),
            "from": clip(one.accepted[0]), "to": clip(one.accepted[1]), "state": one.state, "says": one.says,
            "beyond": abs(one.value) > REACH, "angle": 90 if one.value > 0 else -90,
        }
        for one in found
    ]  # fmt: skip
    axis = alt.Axis(labels=last, ticks=last, domain=last, values=[-3, -2, -1, 0, 1, 2, 3], grid=True, gridOpacity=0.25)
    said = "(measured − expected) / tolerance" if last else None
    scale = alt.Scale(domain=[-REACH - 0.15, REACH + 0.15], nice=False)
    x = alt.X("x:Q", title=said, axis=axis, scale=scale)
    y = alt.Y(
        "at:N",
        title=None,
        sort=None,
        axis=alt.Axis(labelLimit=0, labelOverlap=False, labelFlush=False, ticks=False, domain=False, labelFontSize=10),
    )
    legend = alt.Legend(title=None, orient="top")
    hue = alt.Scale(domain=list(STATES), range=[blue(dark), *COLOURS[1:]])
    colour = alt.Color("state:N", legend=legend, scale=hue)
    shape = alt.Shape(
        "state:N", legend=legend, scale=alt.Scale(domain=list(STATES), range=["circle", "cross", "triangle-up"])
    )
    told = [alt.Tooltip("at:N", title="prediction"), alt.Tooltip("says:N", title="our run")]
    base = data(rows)
    layers = [
        base.mark_bar(opacity=0.16, color=blue(dark), height=ROW - 1).encode(
            x=alt.X("from:Q", title=said, axis=axis, scale=scale), x2="to:Q", y=y
        ),
        data([{"x": 0}]).mark_rule(color=ink(dark), opacity=0.5, strokeDash=[2, 2]).encode(x=x),
        base.mark_rule(strokeWidth=2.2).encode(
            x=alt.X("lo:Q", title=said, axis=axis, scale=scale), x2="hi:Q", y=y, color=colour
        ),
        base.transform_filter("!datum.beyond")
        .mark_point(filled=True, size=58, opacity=1)
        .encode(x=x, y=y, color=colour, shape=shape, tooltip=told),
        base.transform_filter("datum.beyond")
        .mark_point(filled=True, size=70, opacity=1, shape="triangle")
        .encode(x=x, y=y, color=colour, angle=alt.Angle("angle:Q", scale=None), tooltip=told),
    ]
    heading = alt.TitleParams(title, anchor="start", frame="group", fontSize=12, color=ink(dark), dy=2)
    return alt.layer(*layers).properties(width=width, height=ROW * len(rows), title=heading)
