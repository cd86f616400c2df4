"""What ``?node=`` names no longer: where it leads now, since when and why, or what it may have meant."""

from __future__ import annotations

import streamlit as st

from kg.records import Retired
from kg.ui import state
from kg.ui.components.linklist import links, row
from kg.ui.state import World
from kg.ui.words import inert


def missing(world: World, candidates: list[str]) -> None:
    """That the address leads to no node, or to one of the ``candidates``."""
    wanted, entry = inert(state.wanted()), _entry(world)
    if entry and not entry.to:
        st.warning(f"“{wanted}” was withdrawn on {entry.date}: {inert(entry.why)}")
    elif entry:
        st.warning(f"“{wanted}” was split on {entry.date}: {inert(entry.why)}")
    else:
        st.warning(f"There is no “{wanted}” in the record." + (" Did you mean one of these?" if candidates else ""))
    if candidates:
        links("candidates", [row(world, world.graph.node(at), note=at) for at in candidates], "Did you mean")


def replaced(world: World, address: str) -> None:
    """That the node at ``address`` is what took the place of the one in the address bar."""
    if address == state.wanted() or ":" not in state.wanted():
        return
    entry = _entry(world)
    since = f" on {entry.date}: {inert(entry.why)}" if entry else ""
    st.info(f"{inert(state.wanted())} was retired{since}. This is what took its place.")


def _entry(world: World) -> Retired | None:
    return next((entry for entry in world.graph.corpus.retired if entry.id == state.wanted()), None)
