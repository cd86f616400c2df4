"""A paper's place among others: its source and how to cite it, works that take it up, works that it leans on."""

from __future__ import annotations

import streamlit as st

from kg.graph import Node
from kg.papercard import PaperCard
from kg.papers import Paper
from kg.ui import words
from kg.ui.components.linklist import Row, heading, links, row
from kg.ui.state import World
from kg.ui.words import counted, inert

_SPEAKS = {"states": "also states", "reports": "reports on", "bears_on": "bears on"}


def source(world: World, node: Node) -> None:
    """Authors, year, venue, where it is found, and its BibTeX entry."""
    paper: Paper = node.record
    names = words.listed([author.text for author in paper.authors]) + (" and others" if paper.incomplete else "")
    st.markdown(inert(" · ".join(filter(None, [names, str(paper.year or ""), paper.venue]))))
    with st.container(horizontal=True, gap="small"):
        for name, address in paper.addresses:
            st.link_button(name, address)
    if not paper.has_identifier:
        st.caption("No identifier is known: none was seen in a source.")
    if paper.note:
        st.caption(inert(paper.note))


def around(world: World, card: PaperCard) -> None:
    """Who cites it, who speaks on its claims and questions, what it leans on, what it teaches."""
    graph = world.graph
    citing = [row(world, graph.node(m.paper), note=m.note) for m in card.mentions if m.relation in ("cites", "note")]
    speaking: dict[str, list[Row]] = {}
    for mention in card.mentions:
        if mention.relation in _SPEAKS:
            about = row(world, graph.node(mention.address), before=_SPEAKS[mention.relation] + ":", depth=1)
            speaking.setdefault(mention.paper, []).append(about)
    both = [item for key, rows in speaking.items() for item in (row(world, graph.node(key)), *rows)]
    leans = [row(world, graph.node(address)) for address in card.leans_on]
    cites = [row(world, graph.node(address)) for address in card.cites]
    teaches = []
    for edge in card.teaches:
        note = f"{edge.data['level']}; {edge.data['where']}; about {edge.data['minutes']} minutes"
        teaches.append(row(world, graph.node(edge.target), note=note))
    if citing:
        known = f"cited by {counted(len(citing), 'work')}, as far as is known"
        links("cited-by", [heading(known), *citing], "Cited by")
    else:
        st.caption("No work that cites it is recorded.")
    if both:
        told = f"{counted(len(speaking), 'other work')} on its claims and questions"
        with st.expander(told, expanded=len(speaking) <= 6):
            links("speaking", both, told)
    if leans:
        told = f"{counted(len(leans), 'work')} whose results it takes over"
        with st.expander(told, expanded=len(leans) <= 6):
            links("leans-on", leans, told)
    if teaches:
        links("teaches", [heading("teaches"), *teaches], "Teaches")
    others = len(graph.corpus.papers) - 1
    if cites:
        with st.expander(f"References: {counted(len(cites), 'work')} of the bibliography"):
            links("cites", cites, "References")
    else:
        st.caption(
            f"Its list of references is not entered link by link; the bibliography of the record holds "
            f"{counted(others, 'other work')}."
        )
