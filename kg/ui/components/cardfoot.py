"""The foot of every card: its file, and where to mend or to report."""

from __future__ import annotations

import streamlit as st

from kg import repository
from kg.goals import KINDS
from kg.graph import Node
from kg.ui import state
from kg.ui.state import World
from kg.ui.words import inert


def foot(world: World, node: Node) -> None:
    """Correct, read up to it, edit, report, source. Where the repository has no address yet, the controls say so."""
    place = world.graph.corpus.place(node.address)
    base = repository.address(world.graph.corpus.root)
    st.divider()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if node.kind in ("claim", "prediction", "question", "argument"):
            about = {"kind": "correction", "about": node.address}
            st.page_link(state.PROPOSE, label="Propose a correction", query_params=about)
        if node.kind in KINDS:
            st.page_link(state.READING, label="Read up to this", query_params={"target": node.address})
        if base:
            st.link_button("Edit this", repository.edit(base, place.path), help="Opens its file for a pull request.")
            told = repository.report(base, node.address, place.path, place.line or 1)
            st.link_button("Report a problem", told, help="Opens a new issue about this card.")
        else:
            _without_repository(node, str(place))
    checked = getattr(node.record, "checked", None)
    if checked and node.kind != "claim":  # a claim's card says it beside its sources
        st.caption(f"Held against its sources on {checked.date}, {checked.how.replace('-', ' ')}.")
    for retired in world.graph.former(node.address):
        st.caption(f"Formerly {inert(retired.id)}, until {retired.date}: {inert(retired.why)}")
    if base:
        st.caption(f"Written in [{inert(str(place))}]({repository.source(base, place.path, place.line or 1)})")
    else:
        st.caption(f"Written in {inert(str(place))}")


def _without_repository(node: Node, place: str) -> None:
    box = st.popover("Edit this, report a problem", key=f"edit-{node.address}", on_change="rerun")
    if not box.open:
        return
    with box:
        st.markdown(f"It is written in `{place}`. {repository.UNSET} In a checkout, edit that file, then:")
        st.code("uv run kg check", language="sh")
        st.markdown("To report a problem, tell whoever runs this server, with this name:")
        st.code(node.address, language=None)
