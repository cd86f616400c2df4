"""Counts as links: each leads to the items that it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

_HERE = Path(__file__).parent

_numbers = st.components.v2.component(
    "numbers",
    html="<nav></nav>\n",
    css=(_HERE / "numbers.css").read_text(encoding="utf-8"),
    js=(_HERE / "numbers.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Number:
    """``value`` things called ``label``, listed on the page ``page`` (``state.EVIDENCE`` …) under ``query``."""

    value: int
    label: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)
    help: str = ""


def numbers(key: str, found: Sequence[Number], label: str, *, current: int | None = None) -> None:
    """The counts in a line; a click opens the list behind one."""
    shown = [
        {
            "value": f"{one.value:,}",
            "label": one.label,
            "href": f"{Path(one.page).stem}?{urlencode(one.query)}".rstrip("?"),
            "help": one.help,
            "current": at == current,
        }
        for at, one in enumerate(found)
    ]
    told = _numbers(key=key, data={"numbers": shown, "label": label}, on_clicked_change=lambda: None)
    if isinstance(told.clicked, int | float) and 0 <= int(told.clicked) < len(found):
        chosen = found[int(told.clicked)]
        st.switch_page(chosen.page, query_params=dict(chosen.query))
