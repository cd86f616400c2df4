"""A strand or a perspective: how its claims stand, the seven desiderata, what links it with others, what is open."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from kg import scorecard
from kg.effort import UNSETTLED
from kg.graph import Edge, Node
from kg.ui import words
from kg.ui.components.datatable import Cell, column, value
from kg.ui.components.datatable import table as data_table
from kg.ui.components.linklist import Row, heading, links, row
from kg.ui.state import World
from kg.ui.words import counted

MOST = 40


def strand(world: World, node: Node) -> None:
    """The parts as tabs, each with its count."""
    graph = world.graph
    claims = [
        graph.node(edge.source) for edge in graph.into(node.address, "in_strand") if edge.source.startswith("claim:")
    ]
    questions = [
        graph.node(e.source) for e in graph.into(node.address, "in_strand") if e.source.startswith("question:")
    ]
    still = [question for question in questions if question.record.state in UNSETTLED]
    bridges = scorecard.bridges(graph, node.id)
    argued = graph.into(node.address, "targets")
    names = [f"Claims {len(claims)}", f"Bridges {len(bridges)}", f"Open questions {len(still)}"]
    scored = node.record.role == "strand"
    tabs = st.tabs(names + ["Seven desiderata"] * scored + [f"Arguments {len(argued)}"] * bool(argued))
    with tabs[0]:
        _claims(world, claims)
    with tabs[1]:
        _bridges(world, node, bridges)
    with tabs[2]:
        _questions(world, still, len(questions))
    if scored:
        with tabs[3]:
            _scores(world, node)
    if argued:
        with tabs[-1]:
            links("strand-arguments", [row(world, graph.node(edge.source)) for edge in argued], "Arguments about it")


def _claims(world: World, claims: list[Node]) -> None:
    """The claims by standing."""
    if not claims:
        st.caption("No claim of this line is in the record yet: a claim names its strands in its file.")
        return
    rows: list[Row] = []
    standings = {claim.address: world.evidence.claims[claim.id].standing for claim in claims}
    for name in ("contested", "refuted", "reproduced", "corroborated", "reported", "conjectured", None):
        mine = [claim for claim in claims if standings[claim.address] == name]
        mine.sort(key=lambda claim: claim.title.casefold())
        if mine:
            rows.append(heading(f"{len(mine)} {name or 'framing'}: {_meaning(name)}"))
            rows += [row(world, claim) for claim in mine]
    links("strand-claims", rows, "Claims by standing")


def _meaning(standing: str | None) -> str:
    return words.STANDINGS[standing] if standing else "A way of looking, which no experiment could refute."


def _bridges(world: World, node: Node, bridges: list[Edge]) -> None:
    """Links to the other strands, by strand."""
    graph = world.graph
    if not bridges:
        st.caption("No bridge: no source in the record links a claim of this line with one of another strand.")
        return
    by_strand: dict[str, list[Edge]] = {}
    for edge in bridges:
        far = edge.source if node.id in graph.node(edge.target).record.strands else edge.target
        for name in graph.node(far).record.strands:
            by_strand.setdefault(name, []).append(edge)
    rows: list[Row] = []
    for name, edges in sorted(by_strand.items(), key=lambda item: -len(item[1])):
        title = graph.node(f"strand:{name}").title if f"strand:{name}" in graph else name
        rows.append(heading(f"{counted(len(edges), 'bridge')} with {title}"))
        for edge in edges[:MOST]:
            rows.append(row(world, graph.node(edge.source)))
            note = "; ".join(str(edge.data[k]) for k in ("why", "where") if k in edge.data)
            rows.append(
                row(
                    world,
                    graph.node(edge.target),
                    before=f"{edge.data.get('how', 'is linked to')}:",
                    note=note,
                    depth=1,
                )
            )
    links("strand-bridges", rows, "Bridges to other strands")


def _questions(world: World, still: list[Node], total: int) -> None:
    if not still:
        st.caption("No question of this line is open in the record." if total else "No question is recorded yet.")
        return
    counts = Counter(question.record.difficulty for question in still)
    st.caption(", ".join(f"{n} {name}" for name, n in counts.items()) + f"; {total - len(still)} settled or dissolved.")
    rows = [row(world, one, note=f"{one.record.state}, {one.record.difficulty}: {one.record.stakes}") for one in still]
    links("strand-questions", rows, "Open questions")


def _scores(world: World, node: Node) -> None:
    found = scorecard.scorecard(world.evidence, node.id)
    if not found:
        st.caption("The desiderata are not in the record.")
        return
    st.caption("What the seed paper asks of a theory, and what the record can count of it. A count is no verdict.")
    rows: list[list[Cell]] = []
    for one in found:
        asked = world.graph.node(one.claim)
        share = value(f"{one.some} of {one.total}", sort=one.some / one.total) if one.total else value("–", sort=-1.0)
        percent = f"{100 * one.some / one.total:.0f} %" if one.total else "not counted"
        rows.append([row(world, asked, note=asked.record.statement), share, percent, one.measure])
    columns = (
        column("desideratum", "words"),
        column("count", "number"),
        column("share", "number"),
        column("what is counted", "words"),
    )
    data_table("desiderata", columns, rows, "The seven desiderata", inside=True)
