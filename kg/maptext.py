"""A map as text: signs on a grid, a legend of counts, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kg.fields import Setting
from kg.mapverdicts import SIGNS, STATES, MapCell, Mapped
from kg.sweeps import argument


def lines(mapped: Mapped) -> Iterator[str]:
    """The newest map of a prediction: where it was run, what is stale, the grid."""
    name = f"{mapped.run.script}/{(mapped.run.path or '').rpartition('/')[2].removesuffix('.json')}"
    yield f"map         {name}" + (f" — stale: {mapped.stale} changed since" if mapped.stale else "")
    yield from (f"            {row}" for row in grid(mapped.axes, mapped.cells))


def grid(axes: Mapping[str, Sequence[Setting]], cells: Sequence[MapCell]) -> Iterator[str]:
    """The second axis runs up, the first across. Round brackets: outside the declared regime. A star: the critic's."""
    (across, columns), (up, rows) = axes.items()
    by_setting = {(cell.setting[across], cell.setting[up]): cell for cell in cells}
    heads = [argument(value) for value in columns]
    sides = [argument(value) for value in rows]
    wide = max(5, *map(len, heads)) + 1
    margin = max(len(up), *map(len, sides))
    yield f"{up:>{margin}} |"
    for value, side in reversed(list(zip(rows, sides, strict=True))):
        signs = [_sign(by_setting.get((column, value))) for column in columns]
        yield f"{side:>{margin}} |" + "".join(f"{sign:^{wide}}" for sign in signs)
    yield " " * margin + " +" + "-" * (wide * len(heads))
    yield " " * margin + "  " + "".join(f"{head:^{wide}}" for head in heads) + f" {across}"
    counts = {state: sum(cell.state == state for cell in cells) for state in STATES}
    told = [f"{SIGNS[state]} {state} {n}" for state, n in counts.items() if n]
    marks = ["( ) outside the declared regime"] if any(not cell.inside for cell in cells) else []
    marks += ["* the critic's cell"] if any(cell.critic for cell in cells) else []
    yield ", ".join(told + marks)


def _sign(cell: MapCell | None) -> str:
    if cell is None:
        return "."
    sign = SIGNS[cell.state] + ("*" if cell.critic else "")
    return sign if cell.inside else f"({sign})"


def as_dict(address: str, axes: Mapping[str, Sequence[Setting]], cells: Sequence[MapCell]) -> dict[str, Any]:
    """The map as other programs read it."""
    rows = [
        {
            "setting": cell.setting,
            "state": cell.state,
            "share": cell.share,
            "inside": cell.inside,
            "critic": cell.critic,
            "reason": cell.judgement.reason,
        }
        for cell in cells
    ]
    return {"prediction": address, "axes": {name: list(values) for name, values in axes.items()}, "cells": rows}
