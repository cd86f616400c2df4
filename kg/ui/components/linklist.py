"""Lists of links to nodes, and the legend: real addresses for keyboards, new tabs and screen readers.

Titles reach the page as text, never as HTML or Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from kg import draw
from kg.graph import Node
from kg.plain import plain
from kg.ui import state
from kg.ui.components.parts import packed, part
from kg.ui.state import World

_links = part("links", "<nav></nav>")
_legend = part("legend", '<div class="legend"></div>')
_words = part("legendwords", "<span hidden></span>")

Row = dict[str, Any]


def glyph(kind: str, fill: str = "", standing: str | None = None) -> dict[str, Any]:
    """The mark of a node, as the graph draws it."""
    border, width, dashed = draw.BORDERS[standing]
    return {"shape": draw.SHAPES[kind], "fill": fill, "border": border, "width": width, "dashed": dashed}


def row(world: World, node: Node, note: str = "", before: str = "", depth: int = 0) -> Row:
    """One link: the node's mark and title, words ``before`` it and a ``note`` below."""
    fill = world.colours.get(world.strands.get(node.address, ""), draw.NO_STRAND)
    standing = draw.standing_of(world.evidence, node.address)
    said = {"note": plain(note), "before": plain(before), "depth": depth}
    shown = {"id": node.address, "title": title(node), "glyph": glyph(node.kind, fill, standing)}
    return shown | {"hint": ", ".join(filter(None, [node.kind, standing]))} | {k: v for k, v in said.items() if v}


def title(node: Node) -> str:
    """A node's title as plain text; a paper with its authors and year."""
    shown = plain(node.title)
    return f"{shown} ({node.record.label})" if node.kind == "paper" else shown


def heading(words: str) -> Row:
    """A row that is no link but names those below it."""
    return {"heading": words}


def links(key: str, rows: Iterable[Row], label: str, *, current: str = "", height: int = 0, into: str = "node") -> None:
    """A list of links; a click selects, or puts the address into another parameter of the page's address, ``into``.

    ``height`` limits it to so many pixels, with a scroll bar.
    """
    shown = [item | {"current": True} if current and item.get("id") == current else item for item in rows]
    data = {"key": key, "rows": shown, "label": label, "base": "", "height": height, "into": into}
    _links(key=key, data=data, on_clicked_change=lambda: _select(key, into))


def packed_list(rows: Iterable[Row], label: str) -> bytes:
    """A list for ``following``, to be kept from run to run."""
    return packed({"key": "all", "rows": list(rows), "label": label, "base": "", "height": 0, "follow": True})


def following(key: str, data: bytes) -> None:
    """A long list that marks whatever node is selected, without being sent again (``parts.cursor``)."""
    _links(key=key, data=data, on_clicked_change=lambda: _select(key))


def _select(key: str, into: str = "node") -> None:
    address = st.session_state[key].clicked
    if isinstance(address, str):
        state.put(address, into)


def links_to_explore(key: str, rows: Sequence[Row], label: str) -> None:
    """The same list on another page: a click opens the explorer at the node."""
    told = _links(
        key=key,
        data={"rows": list(rows), "label": label, "base": "explore", "height": 0},
        on_clicked_change=lambda: None,
    )
    if isinstance(told.clicked, str):
        st.switch_page(state.EXPLORE, query_params={"node": told.clicked})


def legend(
    key: str,
    words: Mapping[str, dict[str, Any]],
    groups: Sequence[tuple[str, Sequence[tuple[str, int, bool]]]],
    toggle: Callable[[str], None],
) -> None:
    """The legend: by group, the name of each chip, how many there are and whether it is on; a click calls ``toggle``.

    ``words`` say what each chip is called and means, and how it looks; they are sent once.
    """

    def toggled() -> None:
        told = st.session_state[key].toggled
        if isinstance(told, list | tuple) and len(told) == 2 and isinstance(told[1], str):
            toggle(told[1])

    with st.container(key="words"):
        _words(key=f"{key}-words", data=dict(words))
    _legend(key=key, data={"groups": groups}, on_toggled_change=toggled)
