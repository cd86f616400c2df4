"""The figures of ``kg.figures`` on a page, in the theme that the reader has, each with the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st
from altair.utils import schemapi

from kg.declarations import Prediction
from kg.figures import course, labels, mapgrid, residuals, strip
from kg.figures import curves as drawn_curves
from kg.mapverdicts import SIGNS, STATES, Mapped
from kg.records import Axis
from kg.results import Curve, Result
from kg.ui import words
from kg.ui.components.datatable import Cell, column, value
from kg.ui.components.datatable import table as draw_table
from kg.verdicts import Judgement

Spec = dict[str, Any]
MOST_KEPT = 400
PANEL = 720
"""Pixels across of a panel in the picture of all residuals, beside the names."""
_KEPT: dict[tuple[object, ...], tuple[tuple[object, ...], Any]] = {}
"""What was drawn from which objects, by their identity. The objects are held, so that no other one gets theirs."""


def _dark() -> bool:
    return bool(st.context.theme.type == "dark")


def kept(name: str, make: Callable[[], Any], *held: object) -> Any:
    """What ``make`` gives, made once from the same objects ``held``: Altair takes seconds, a click has less."""
    key = (name, *map(id, held))
    if key not in _KEPT:
        made = make()
        while len(_KEPT) >= MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[key] = (held, made)
    return _KEPT[key][1]


def _spec(name: str, draw: Callable[[bool], Any], *held: object) -> Spec | None:
    """The specification of the chart that ``draw`` makes in the reader's theme; None where there is nothing to draw."""
    dark = _dark()

    def make() -> Spec | None:
        with schemapi.debug_mode(False):  # tests hold the charts against the schema; here it costs most of the time
            drawn = draw(dark)
            return None if drawn is None else dict(drawn.to_dict(validate=False))

    found: Spec | None = kept(f"{name} {dark}", make, *held)
    return found


def _show(spec: Spec, key: str, width: Literal["stretch", "content"] = "stretch") -> None:
    st.vega_lite_chart(spec=spec, key=key, width=width)


def tested(prediction: Prediction, judged: Judgement | None, result: Result | None, key: str) -> None:
    """What is accepted, what rivals say and, where there is a run, what was measured, seed by seed."""
    held = (prediction, judged, result)
    drawn = _spec("course", lambda dark: judged and course.chart(prediction, judged, result, dark=dark), *held)
    if drawn is not None:
        _show(drawn, key)
        st.caption(
            "Line: predicted; band: accepted; dot and bar: our estimate and its 98 % interval; small dots: seeds; "
            "coloured marks: what rivals expect."
        )
        return
    drawn = _spec("strip", lambda dark: strip.chart(prediction, judged, result, dark=dark), *held)
    if drawn is None:
        return  # nothing to draw: the declaration says too little, and kg check says what
    said = "dot and bar: our estimate and its 98 % interval; ticks: seeds; " if judged and judged.conditions else ""
    _show(drawn, key)
    st.caption(f"Band: accepted; {said}coloured marks: what rivals expect.")


def curves(found: Sequence[Curve], key: str) -> None:
    """The curves of a run, one chart a unit."""

    def make() -> list[tuple[Spec, str, int]]:
        with schemapi.debug_mode(False):
            return [(drawn.to_dict(validate=False), unit, n) for drawn, unit, n in drawn_curves.charts(found)]

    for number, (spec, unit, count) in enumerate(kept("curves", make, found)):
        _show(spec, f"{key}-{number}")
        if count > drawn_curves.MOST_CURVES:
            st.caption(f"{drawn_curves.MOST_CURVES} of {count} curves in {words.inert(unit)}.")


def table(judged: Judgement, key: str) -> None:
    """The numbers behind the figure, in natural units: measured beside expected, what is accepted, and rivals."""
    rows: list[list[Cell]] = [
        [
            words.condition(one.condition) or "all",
            value(
                words.number(one.measured.centre), sort=one.measured.centre, note=words.interval(one.measured.interval)
            ),
            words.number(one.expected),
            value(words.number(one.centre), sort=one.centre, note=words.interval(one.interval)),
            words.interval(one.region),
            [value(f"{name}: {words.number(other)}") for name, other in one.rivals.items()],
            one.n,
        ]
        for one in judged.conditions
    ]
    columns = (
        column("condition"), column("measured", "number", "Our estimate, with its 98 % interval."),
        column("expected", "number"), column("judged", "number", "The number that is held against the region."),
        column("accepted", "number"), column("rivals expect", "words"), column("seeds", "number"),
    )  # fmt: skip
    draw_table(key, columns, rows, "The numbers behind the figure", inside=True)


def map_of(prediction: Prediction, mapped: Mapped, regimes: Mapping[str, Axis], key: str) -> None:
    """Where the prediction holds over two axes of its regime, and the same as a table."""
    sweep = prediction.map_
    if sweep is None or not mapped.cells:
        return
    counts = [f"{SIGNS[state]} {state} in {n}" for state in STATES if (n := len(mapped.of(state)))]
    st.markdown(f"**Where it holds** :gray[{words.inert(', '.join(counts))} of {len(mapped.cells)} cells]")
    titles = [labels.axis(axis, regimes.get(sweep.axis(axis))) for axis in mapped.axes]
    drawn = _spec("map", lambda dark: mapgrid.chart(mapped.axes, mapped.cells, titles, dark=dark), mapped)
    if drawn is not None:
        with st.container(key=f"wide-{key}"):
            _show(drawn, key, "content")
    st.caption(
        "In each cell the share of seeds inside the tolerance. Thick line: the declared regime. "
        f"The critic's cell: {words.inert(sweep.critic.why)}."
    )
    if mapped.stale:
        st.caption(f"Stale: {words.inert(mapped.stale)} changed since the map was run.")
    with st.expander("The map as a table"):
        named = [labels.axis(axis, regimes.get(sweep.axis(axis))) for axis in mapped.axes]
        columns = [column(name) for name in (*named, "the law", "seeds inside", "in the declared regime")]
        rows: list[list[Cell]] = [
            [
                *(labels.setting(setting) for setting in cell.setting.values()),
                cell.state,
                "–" if cell.share is None else f"{100 * cell.share:.0f} %",
                "yes" if cell.inside else "no",
                cell.judgement.reason,
            ]
            for cell in mapped.cells
        ]
        draw_table(f"{key}-table", [*columns, column("why", "words")], rows, "The map as a table", inside=True)


def summary(found: Sequence[residuals.Residual], titles: Mapping[str, str], key: str) -> None:
    """All tested predictions at once, in units of their tolerances."""
    same = hash((*found, *titles.items()))  # they are computed anew for each look at the page
    drawn = _spec(f"residuals {same}", lambda dark: residuals.chart(found, titles, width=PANEL, dark=dark))
    if drawn is None:
        return
    with st.container(key=f"wide-{key}"):  # wider than a phone: it scrolls by itself
        _show(drawn, key, "content")
    st.caption(
        "Each prediction at the condition that decides; bar: 98 % interval; band: accepted, one-sided for a bound or "
        "an ordering; arrowhead: beyond the picture."
    )
