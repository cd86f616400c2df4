"""An assumption with what rests on it; a concept with its place among others, who needs it, and who teaches it."""

from __future__ import annotations

import streamlit as st

from kg import draw, trace
from kg.graph import Node
from kg.levels import LEVELS
from kg.ui.components.linklist import Row, heading, links, row
from kg.ui.state import World
from kg.ui.words import counted, inert

MOST = 60


def assumption(world: World, node: Node) -> None:
    """The regime that it fixes, whether it is itself a claim, who assumes it, and what rests on it."""
    graph, record = world.graph, node.record
    if record.regime:
        st.markdown("**It fixes** " + inert("; ".join(f"{name} {value}" for name, value in record.regime.items())))
    if record.claim and f"claim:{record.claim}" in graph:
        own = graph.node(f"claim:{record.claim}")
        standing = world.evidence.claims[own.id].standing or "framing"
        links("premise", [row(world, own, before="It is itself a claim:", note=standing)], "The premise as a claim")
    edges = graph.into(node.address, "assumes")
    falling = trace.falls(graph, node.address)
    direct, all_ = st.tabs([f"Assumed by {len(edges)}", f"What rests on it {len({s.address for s in falling})}"])
    with direct:
        groups = (
            ("cannot do without it", [edge for edge in edges if edge.data.get("load-bearing")]),
            ("assume it", [edge for edge in edges if not edge.data.get("load-bearing")]),
        )
        rows: list[Row] = []
        for title, mine in groups:
            rows += [heading(title)] * bool(mine)
            rows += [row(world, graph.node(e.source), note=_standing(world, e.source)) for e in mine]
        if rows:
            links("assumed-by", rows, "Who assumes it")
        else:
            st.caption("No claim of the record assumes it so far: a claim names it under “assumes” in its file.")
    with all_:
        st.caption("If it fails: what falls with it, and what loses some of its ground and keeps some.")
        rows = [
            row(
                world, graph.node(s.address), before=f"{s.effect}:", note=_standing(world, s.address), depth=s.depth - 1
            )
            for s in falling[:MOST]
        ]
        if rows:
            links("rests-on-it", rows, "What rests on it")
            if len(falling) > MOST:
                st.caption(f"The first {MOST} of {counted(len(falling), 'step')}.")
        else:
            st.caption("Nothing would lose its ground.")


def _standing(world: World, address: str) -> str:
    return draw.standing_of(world.evidence, address) or ""


def concept(world: World, node: Node) -> None:
    """What comes before and after it, the claims that need it, and the readings that teach it, the shortest first."""
    graph = world.graph
    before = [row(world, graph.node(edge.target)) for edge in graph.out(node.address, "requires")]
    after = [row(world, graph.node(edge.source)) for edge in graph.into(node.address, "requires")]
    left, right = st.columns(2)
    for place, title, rows, empty in (
        (left, "To know before", before, "Nothing beyond school."),
        (right, "It opens the way to", after, "No other concept builds on it yet."),
    ):
        with place:
            st.markdown(f"**{title}**")
            if rows:
                links(f"concept-{title}", rows, title)
            else:
                st.caption(empty)
    taught = sorted(
        graph.into(node.address, "teaches"), key=lambda e: (LEVELS.index(e.data["level"]), int(e.data["minutes"]))
    )
    st.markdown("**Where to read about it**")
    if taught:
        st.caption("From a first meeting to deriving it, the shortest first; minutes are estimates.")
        rows = []
        for level in LEVELS:
            mine = [edge for edge in taught if edge.data["level"] == level]
            rows += [heading({"meet": "to meet it", "use": "to use it", "derive": "to derive it"}[level])] * bool(mine)
            for edge in mine:
                note = f"about {edge.data['minutes']} minutes: {edge.data['where']}"
                rows.append(row(world, graph.node(edge.source), note=note))
        links("concept-readings", rows, "Where to read about it")
    else:
        st.caption("No reading teaches it yet: readings are written in data/readings.yaml.")
    needed = [row(world, graph.node(edge.source)) for edge in graph.into(node.address, "needs")]
    asked = [row(world, graph.node(edge.source)) for edge in graph.into(node.address, "asks_about")]
    for title, rows in ((f"Needed for {counted(len(needed), 'claim')}", needed), ("Asked about by", asked)):
        if rows:
            st.markdown(f"**{title}**")
            links(f"concept-{title[:6]}", rows, title)
