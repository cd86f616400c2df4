"""A line of the graph: what one node says of another, why, and where that stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kg.graph import Edge
from kg.relations import RELATIONS
from kg.ui import words
from kg.ui.components.linklist import links, row
from kg.ui.state import World
from kg.ui.words import inert

_NAMES = {
    "role": "As", "outcome": "Outcome", "stance": "Stance", "level": "Level", "how": "How", "why": "Reason",
    "regime": "Regime", "value": "Value", "note": "Note", "if-agrees": "If it agrees",
    "if-disagrees": "If it disagrees", "where": "Where", "depth": "Read", "minutes": "Minutes", "data": "Data",
    "code": "Code", "load-bearing": "Load-bearing", "in-regime": "Within the regime",
}  # fmt: skip


def wanted(world: World) -> list[Edge]:
    """The relations between the two nodes that ``?edge=`` names, in either direction; none where there are none."""
    source, _, target = str(st.query_params.get("edge", ""))[:800].partition(" ")
    if source not in world.graph or target not in world.graph:
        return []
    return [edge for edge in world.graph.around(source) if edge.other(source) == target]


def panel(world: World) -> None:
    """What the clicked line stands for, with a way to close it; nothing where none was clicked."""
    found = wanted(world)
    if not found:
        return
    with st.container(border=True):
        for i, edge in enumerate(found):
            ends = [
                row(world, world.graph.node(edge.source)),
                row(world, world.graph.node(edge.target), before=f"{RELATIONS[edge.relation].says}:"),
            ]
            links(f"edge-{i}", ends, "The two ends of the line")
            st.markdown("  \n".join(f"**{name}** {inert(value)}" for name, value in reasons(edge)))
            paper = f"paper:{edge.data['paper']}" if "paper" in edge.data else ""
            if paper in world.graph:
                links(f"edge-paper-{i}", [row(world, world.graph.node(paper), before="Says so:")], "Who says so")
        st.button("Close", on_click=_close, type="tertiary")


def reasons(edge: Edge) -> list[tuple[str, str]]:
    """What the relation carries, by name, in words: role or outcome, reason, place and depth of reading."""
    return carried(edge.data) or [("Written in", RELATIONS[edge.relation].written_in.replace("`", ""))]


def carried(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a relation carries, by name, in words."""
    usual = {"in-regime": True, "load-bearing": False}
    return [(_NAMES[n], _said(n, data[n])) for n in _NAMES if n in data and data[n] != usual.get(n)]


def _said(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    known = {"role": words.ROLES, "depth": words.DEPTHS, "level": words.LEVELS}.get(name, {})
    return known.get(str(value), str(value))


def _close() -> None:
    st.query_params.pop("edge", None)
