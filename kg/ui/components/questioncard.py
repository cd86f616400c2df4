"""An open question: what would settle it in full, where to begin, who tried, and its history."""

from __future__ import annotations

import streamlit as st

from kg import effort
from kg.graph import Node
from kg.ui import words
from kg.ui.components import terms
from kg.ui.components.linklist import Row, links, row
from kg.ui.state import World
from kg.ui.words import inert


def question(world: World, node: Node) -> None:
    """The card below its title; nothing that settles it is folded away."""
    record = node.record
    now = record.history[-1]
    with st.container(horizontal=True, gap="small"):
        told = f"{words.QUESTION_STATES[record.state]} Since {now.date}."
        st.badge(record.state, color="blue" if record.state in effort.UNSETTLED else "gray", help=told)
        st.badge(record.difficulty, color="gray", help="How hard its curators think it is.")
        if effort.for_an_afternoon(world.evidence, node):
            st.badge(
                "laptop, afternoon", color="gray", help="A script of the record measures in its setting in that time."
            )
    st.markdown(terms.linked(world, record.statement))
    st.markdown(f"**Why it matters** {inert(record.stakes)}")
    st.markdown("**What would settle it**")
    for way in record.settled_by:
        if way.text:
            st.markdown(f"- {inert(way.text)} *Then: {inert(way.answer or 'settled')}.*")
    rows = []
    for way in record.settled_by:
        if way.prediction and f"prediction:{way.prediction}" in world.graph:
            note = f"if it agrees: {way.if_agrees}; if it disagrees: {way.if_disagrees}"
            rows.append(row(world, world.graph.node(f"prediction:{way.prediction}"), note=note))
    if rows:
        links("settles", rows, "Predictions that would settle it")
    _begin(world, node)
    _history(world, node)


def _begin(world: World, node: Node) -> None:
    rows: list[Row] = []
    for start in effort.starts(world.evidence, node):
        cost = "no recorded run" if start.cpu_seconds is None else f"its run took {start.cpu_seconds:,.0f} CPU seconds"
        title = world.graph.node(start.prediction).title
        rows.append(row(world, world.graph.node(f"reproduction:{start.script}"), note=f"{start.via}; {cost}: {title}"))
    st.markdown("**To begin with**")
    if rows:
        links("begin", rows, "Scripts to begin with")
    else:
        st.caption(
            "No script of the record measures in its setting yet. scripts/edge_of_stability.py is the model for one."
        )


def _history(world: World, node: Node) -> None:
    st.markdown("**History**")
    lines, because = [], []
    for event in reversed(node.record.history):
        note = f": {inert(event.note)}" if event.note else ""
        lines.append(f"- {event.date} **{event.state}**{note}")
        if event.because in world.graph:
            because.append(row(world, world.graph.node(event.because), before=f"{event.date}, because of:"))
    st.markdown("\n".join(lines))
    if because:
        links("because", because, "Because of")
