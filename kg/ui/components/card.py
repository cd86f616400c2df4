"""The card of a node: what it says, how it stands, and everything that it touches as links."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kg import why
from kg.draw import LINKED_OTHERWISE
from kg.graph import Node
from kg.relations import RELATIONS, Relation
from kg.ui import words
from kg.ui.components import (
    claimcard,
    groundcard,
    papercard,
    questioncard,
    rerunpanel,
    runhistory,
    scriptcard,
    strandcard,
    terms,
)  # fmt: skip
from kg.ui.components.cardfoot import foot
from kg.ui.components.linklist import Row, heading, links, row
from kg.ui.components.predictioncard import prediction
from kg.ui.components.sharing import sharing
from kg.ui.state import World
from kg.ui.words import inert

MOST_LINKS = 60


def card(world: World, address: str, *, proposed: bool = False) -> None:
    """Everything about the node at ``address``; of one that is only ``proposed`` nothing can be cited or reported."""
    head(world, address, proposed=proposed)
    body(world, address, proposed=proposed)


def head(world: World, address: str, *, proposed: bool = False) -> None:
    """What a reader looks for first: the title, and how the node stands; of a claim also its statement."""
    node = world.graph.node(address)
    st.caption(_kind(world, node))
    st.subheader(inert(node.title), anchor=False)
    if not proposed:
        sharing(world, node)
    if node.kind == "claim":
        claimcard.standing(world, node)
    elif node.kind != "prediction" and (said := why.of(world.evidence, node)):
        st.markdown(f":gray[{inert(said)}]")


def body(world: World, address: str, *, proposed: bool = False) -> None:
    """What is below the head of a card."""
    node = world.graph.node(address)
    runhistory.marks(world, address)
    draw = {
        "claim": claimcard.claim, "prediction": _prediction, "question": _question, "paper": papercard.paper,
        "reproduction": _reproduction, "strand": _strand, "assumption": _assumption, "concept": _concept,
        "argument": _argument,
    }[node.kind]  # fmt: skip
    draw(world, node)
    if not proposed:
        foot(world, node)


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
    questioncard.question(world, node)
    related(world, node, without=("would_settle", "in_strand"))


def _reproduction(world: World, node: Node) -> None:
    scriptcard.script(world, node)


def _strand(world: World, node: Node) -> None:
    st.markdown(terms.linked(world, node.record.statement))
    strandcard.strand(world, node)


def _assumption(world: World, node: Node) -> None:
    st.markdown(terms.linked(world, node.record.statement))
    groundcard.assumption(world, node)
    related(world, node, without=("assumes",))


def _concept(world: World, node: Node) -> None:
    if node.record.statement:
        st.markdown(terms.linked(world, node.record.statement, own=node.address))
    groundcard.concept(world, node)


def _argument(world: World, node: Node) -> None:
    argument = node.record
    if argument.by == "machine":
        st.info("Made by a machine. No person wrote it, and it is not the word of any paper's authors.")
    said = [argument.stance, *([argument.severity] if argument.severity else [])]
    said += [f"concedes: {argument.concedes}"] if argument.concedes else []
    said += [f"revision: {argument.revision}"] if argument.revision else []
    st.caption(" · ".join(said))
    st.markdown(terms.linked(world, argument.statement))
    if f"paper:{argument.paper}" in world.graph:
        paper = world.graph.node(f"paper:{argument.paper}")
        links("made-in", [row(world, paper, before="Made in:", note=argument.where or "")], "Where it is made")
    related(world, node)


def related(world: World, node: Node, without: Sequence[str] = ()) -> None:
    """The relations of a node that are not shown otherwise: the four verbs first, the others one click away."""
    open_ = [r for r in RELATIONS.values() if r.name not in without and (r.verb or node.kind in LINKED_OTHERWISE)]
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
