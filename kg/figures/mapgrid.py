"""A map: where a prediction holds over two axes of its regime, and where it breaks.

A cell has a colour and a shape (never colour alone) and the share of seeds inside the tolerance; a thick line goes
around the declared regime, and the critic's cell says so. Places are counted in cells, so values need no scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt

from kg.fields import Setting
from kg.figures import labels
from kg.figures.look import blue, data, ink
from kg.mapverdicts import STATES, MapCell, State

COLOURS: dict[State, str] = {
    "holds": "#0072B2", "breaks": "#D55E00", "undecided": "#8C8C8C", "not in regime": "#8C8C8C", "error": "#CC79A7",
}  # fmt: skip
SHAPES: dict[State, str] = {
    "holds": "circle", "breaks": "M-1,-1L1,1M-1,1L1,-1", "undecided": "triangle-up", "not in regime": "stroke",
    "error": "square",
}  # fmt: skip
FILLS: dict[State, float] = {"holds": 0.34, "breaks": 0.4, "undecided": 0.22, "not in regime": 0.05, "error": 0.3}
CELL = 62


def chart(
    axes: Mapping[str, Sequence[Setting]], cells: Sequence[MapCell], titles: Sequence[str] = (), *, dark: bool = False
) -> Any:
    """The grid of ``cells``; the first axis runs across. ``titles`` are those of the axes, else the settings' names."""
    (across, columns), (up, rows) = axes.items()
    told_across, told_up = titles or (across, up)
    text = ink(dark)
    x = alt.X("x:Q", title=told_across, axis=_axis(8), scale=_scale(-0.02, len(columns) + 0.02))
    y = alt.Y("y:Q", title=told_up, axis=_axis(34), scale=_scale(-0.02, len(rows) + 0.02))
    placed = [_placed(cell, columns.index(cell.setting[across]), rows.index(cell.setting[up])) for cell in cells]
    present = [state for state in STATES if any(row["state"] == state for row in placed)]
    legend = alt.Legend(
        title=None, orient="bottom", symbolOpacity=1, symbolStrokeWidth=2, columns=max(2, len(columns) * CELL // 95)
    )
    hues = {**COLOURS, "holds": blue(dark)}
    scale = alt.Scale(domain=present, range=[hues[state] for state in present])
    colour = alt.Color("state:N", legend=legend, scale=scale)
    shape = alt.Shape("state:N", legend=legend, scale=alt.Scale(domain=present, range=[SHAPES[s] for s in present]))
    alpha = alt.Opacity("state:N", legend=None, scale=alt.Scale(domain=present, range=[FILLS[s] for s in present]))
    told = [
        alt.Tooltip("at:N", title="cell"),
        alt.Tooltip("state:N", title="the law"),
        alt.Tooltip("says:N", title="why"),
    ]
    base = data(placed)
    layers = [
        base.mark_rect(stroke=text, strokeOpacity=0.25, strokeWidth=0.6).encode(
            x=x, x2="x2:Q", y=y, y2="y2:Q", color=colour, opacity=alpha, tooltip=told
        ),
        base.mark_point(size=110, filled=False, strokeWidth=2.2, opacity=1, yOffset=-9).encode(
            x=alt.X("cx:Q"), y=alt.Y("cy:Q"), color=colour, shape=shape, tooltip=told
        ),
        base.mark_text(fontSize=11, color=text, dy=13).encode(x="cx:Q", y="cy:Q", text="share:N"),
    ]
    if critics := [row for row in placed if row["critic"]]:
        marked = data(critics).mark_text(fontSize=10, fontStyle="italic", color=text, dy=-21)
        layers.append(marked.encode(x="cx:Q", y="cy:Q", text=alt.value("critic")))
    if lines := list(_outline(placed)):
        rules = data(lines).mark_rule(color=text, strokeWidth=3, strokeCap="square")
        layers.append(rules.encode(x="x:Q", x2="x2:Q", y="y:Q", y2="y2:Q"))
    below = [{"x": i + 0.5, "y": 0, "says": labels.setting(value)} for i, value in enumerate(columns)]
    beside = [{"x": 0, "y": i + 0.5, "says": labels.setting(value)} for i, value in enumerate(rows)]
    layers.append(data(below).mark_text(color=text, dy=11, fontSize=11).encode(x="x:Q", y="y:Q", text="says:N"))
    layers.append(
        data(beside).mark_text(color=text, dx=-7, align="right", fontSize=11).encode(x="x:Q", y="y:Q", text="says:N")
    )
    size = {"width": CELL * len(columns), "height": CELL * len(rows)}
    return alt.layer(*layers).properties(**size, autosize="pad").configure_view(strokeOpacity=0, clip=False)


def _axis(padding: int) -> Any:
    return alt.Axis(labels=False, ticks=False, grid=False, domain=False, titlePadding=padding + 10)


def _scale(low: float, high: float) -> Any:
    return alt.Scale(domain=[low, high], nice=False, zero=False)


def _placed(cell: MapCell, column: int, row: int) -> dict[str, Any]:
    share = "–" if cell.share is None else f"{100 * cell.share:.0f} %"
    return {
        "x": column, "x2": column + 1, "y": row, "y2": row + 1, "cx": column + 0.5, "cy": row + 0.5,
        "state": cell.state, "share": share, "critic": cell.critic, "inside": cell.inside,
        "at": labels.condition(cell.setting), "says": cell.judgement.reason,
    }  # fmt: skip


def _outline(placed: Sequence[dict[str, Any]]) -> Iterator[dict[str, float]]:
    """The edges between cells inside the declared regime and those, or nothing, outside of it."""
    inside = {(row["x"], row["y"]) for row in placed if row["inside"]}
    for x, y in sorted(inside):
        for dx, dy, edge in (
            (-1, 0, (x, y, x, y + 1)), (1, 0, (x + 1, y, x + 1, y + 1)),
            (0, -1, (x, y, x + 1, y)), (0, 1, (x, y + 1, x + 1, y + 1)),
        ):  # fmt: skip
            if (x + dx, y + dy) not in inside:
                yield {"x": edge[0], "y": edge[1], "x2": edge[2], "y2": edge[3]}
