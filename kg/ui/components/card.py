"""The card of a node: what it says, how it stands, and everything that it touches as links."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kg.graph import Node
from kg.relations import RELATIONS, Relation
from kg.scriptfile import Script
from kg.ui import words
from kg.ui.components import claimcard, downloads, papercard, rerunpanel, runhistory
from kg.ui.components.linklist import Row, heading, links, row
from kg.ui.components.predictioncard import prediction
from kg.ui.state import World
from kg.ui.words import inert

MOST_LINKS = 60
_LINKED_OTHERWISE = ("strand", "concept", "assumption")
"""Kinds whose links are none of the four verbs: what they hold, require and carry is what one comes for."""


def card(world: World, address: str) -> None:
    """Everything about the node at ``address``."""
    node = world.graph.node(address)
    st.caption(_kind(world, node))
    st.subheader(inert(node.title), anchor=False)
    downloads.node(world, address)
    if node.kind != "claim":  # a claim's card says first how it stands
        runhistory.marks(world, address)
    if node.kind == "claim":
        claimcard.claim(world, node)
    elif node.kind == "prediction":
        _prediction(world, node)
    elif node.kind == "question":
        _question(world, node)
    elif node.kind == "paper":
        papercard.paper(world, node)
    elif node.kind == "reproduction":
        _reproduction(world, node)
    else:
        if node.kind == "argument":
            _argument(node)
        if statement := getattr(node.record, "statement", None):
            st.markdown(inert(statement))
        related(world, node)
    st.caption(f"Written in `{inert(str(world.graph.corpus.place(address))).replace(chr(92), '')}`")


def _kind(world: World, node: Node) -> str:
    detail = {"claim": "kind", "strand": "role", "prediction": "type"}.get(node.kind)
    said = [node.kind, *([str(getattr(node.record, detail))] if detail else [])]
    if node.kind == "strand" and node.record.role == "strand":
        said = ["strand"]
    own = [world.graph.node(edge.target).title for edge in world.graph.out(node.address, "in_strand")]
    return inert(" · ".join(said)) + (f" · {inert(words.listed(own))}" if own else "")


def _prediction(world: World, node: Node) -> None:
    claim = world.graph.node(f"claim:{node.id.partition('/')[0]}")
    links("of-claim", [row(world, claim, before="Follows from:")], "Its claim")
    prediction(world, node.address, in_claim=False)
    for script in dict.fromkeys(
        test.script for test in node.record.scripts if test.script in world.graph.corpus.scripts
    ):
        rerunpanel.panel(world, script)
    shown = ("reports", "implies") if len(world.graph.into(node.address, "implies")) == 1 else ("reports",)
    related(world, node, without=shown)


def _question(world: World, node: Node) -> None:
    question = node.record
    now = question.history[-1]
    with st.container(horizontal=True, gap="small"):
        st.badge(question.state, color="blue" if question.state == "open" else "gray", help=f"Since {now.date}.")
        st.badge(f"{question.difficulty}", color="gray", help="How hard its curators think it is.")
    st.markdown(inert(question.statement))
    st.markdown(f"**Why it matters** {inert(question.stakes)}")
    st.markdown("**What would settle it**")
    for way in question.settled_by:
        if way.text:
            st.markdown(f"- {inert(way.text)} *Then: {inert(way.answer or 'settled')}.*")
    ways = [way for way in question.settled_by if way.prediction and f"prediction:{way.prediction}" in world.graph]
    rows = [
        row(
            world,
            world.graph.node(f"prediction:{w.prediction}"),
            note=f"if it agrees: {w.if_agrees}; if it disagrees: {w.if_disagrees}",
        )
        for w in ways
    ]
    if rows:
        links("settles", rows, "Predictions that would settle it")
    with st.expander("History"):
        for event in reversed(question.history):
            note = f": {inert(event.note)}" if event.note else ""
            st.markdown(f"- {event.date} **{event.state}** (because of {inert(event.because)}){note}")
    related(world, node, without=("would_settle", "in_strand"))


def _reproduction(world: World, node: Node) -> None:
    script: Script = node.record
    rerunpanel.panel(world, script.name)
    runhistory.of_script(world, script.name)
    related(world, node)
    with st.expander("What the script does", expanded=True):
        st.code(script.docstring, language=None)


def _argument(node: Node) -> None:
    argument = node.record
    if argument.by == "machine":
        st.info("Made by a machine. No person wrote it, and it is not the word of any paper's authors.")
    said = [argument.stance, *([argument.severity] if argument.severity else [])]
    said += [f"concedes: {argument.concedes}"] if argument.concedes else []
    said += [f"revision: {argument.revision}"] if argument.revision else []
    st.caption(" · ".join(said))


def related(world: World, node: Node, without: Sequence[str] = ()) -> None:
    """The relations of a node that are not shown otherwise: the four verbs first, the others one click away."""
    open_ = [r for r in RELATIONS.values() if r.name not in without and (r.verb or node.kind in _LINKED_OTHERWISE)]
    rest = [r for r in RELATIONS.values() if r.name not in without and r not in open_]
    if rows := _relations(world, node, open_):
        links(f"related-{node.address}", rows, "What it is linked with")
    if rows := _relations(world, node, rest):
        with st.expander("More links"):
            links(f"more-{node.address}", rows, "More links")


def _relations(world: World, node: Node, relations: Sequence[Relation]) -> list[Row]:
    """Links along ``relations``, below what each of them says."""
    rows: list[Row] = []
    for relation in relations:
        sides = ((world.graph.out, relation.says, "target"), (world.graph.into, relation.says_back, "source"))
        for edges, says, end in sides:
            found = edges(node.address, relation.name)
            if found:
                rows.append(heading(says))
                rows += [claimcard.edge_row(world, edge, getattr(edge, end)) for edge in found[:MOST_LINKS]]
                if len(found) > MOST_LINKS:
                    rows.append(heading(f"and {len(found) - MOST_LINKS:,} more"))
    return rows
