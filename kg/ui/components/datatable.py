"""A real table: sorted by its headings, full text in its cells, links that open in a new tab, readable to a reader.

Streamlit's own draws on a canvas: it cuts text, holds no links within the page, and a keyboard can be caught in it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

import streamlit as st

from kg.plain import plain
from kg.ui import state
from kg.ui.components.parts import part

_table = part("datatable", '<div class="scroll"></div>')

Cell = str | int | float | dict[str, Any] | list[Any] | None
"""Plain text, a number, a link (``linklist.row``), ``value`` or ``text``, or several of them."""


def column(title: str, kind: str = "", help: str = "") -> dict[str, str]:
    """A column; ``kind``: ``number`` (to the right, largest first when sorted), ``words`` (wide), ``short``."""
    return {"title": title, "kind": kind, "help": help}


def value(shown: str, sort: float | str | None = None, note: str = "") -> dict[str, Any]:
    """A cell that reads ``shown`` and sorts as ``sort``, with a ``note`` below."""
    if isinstance(sort, float) and not math.isfinite(sort):
        sort = None if math.isnan(sort) else math.copysign(sys.float_info.max, sort)  # JSON has no infinity
    return {"text": plain(shown), "sort": shown if sort is None else sort, "note": plain(note)}


def table(
    key: str,
    columns: Sequence[dict[str, str]],
    rows: Sequence[Sequence[Cell]],
    caption: str,
    most: int = 0,
    *,
    inside: bool = False,
    into: str = "node",
) -> None:
    """The table; a click on a link opens the explorer there. ``inside``: the page stays, and the node's address is put
    into its own, as the parameter ``into``.

    Beyond ``most`` rows the rest is one click away.
    """

    def select() -> None:
        if isinstance(address := st.session_state[key].clicked, str):
            state.put(address, into)

    data = {"columns": list(columns), "rows": [list(row) for row in rows], "caption": caption, "most": most}
    data |= {"base": "" if inside else "explore", "into": into}
    told = _table(key=key, data=data, on_clicked_change=select if inside else lambda: None)
    if not inside and isinstance(told.clicked, str):
        st.switch_page(state.EXPLORE, query_params={"node": told.clicked})
