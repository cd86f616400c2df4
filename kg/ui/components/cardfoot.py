"""The foot of every card: its address to share, how to cite it, its file, and where to mend or to report."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import streamlit as st

from kg import repository
from kg.goals import KINDS
from kg.graph import Node
from kg.ui import state
from kg.ui.state import World
from kg.ui.words import inert


def foot(world: World, node: Node) -> None:
    """Share, cite, source, edit, report. Where the repository has no address yet, the controls say so."""
    place = world.graph.corpus.place(node.address)
    base = repository.address(world.graph.corpus.root)
    st.divider()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if node.kind in ("claim", "prediction", "question", "argument"):
            about = {"kind": "correction", "about": node.address}
            st.page_link(state.PROPOSE, label="Propose a correction", query_params=about)
        _share(world, node)
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


def _share(world: World, node: Node) -> None:
    """The card's address, and how to cite it; sent when the box is opened."""
    cites = node.kind != "paper"  # a paper is cited as itself
    box = st.popover(
        "Share, cite this entry" if cites else "Share", key=f"share-{node.address}", on_change="rerun",
        help="The address of this card." + " The works behind it are under “Cite, export”." * cites,
    )  # fmt: skip
    if not box.open:
        return
    with box:
        st.code(shared(node.address), language=None, wrap_lines=True)
        st.caption(f"Its name in the record is {inert(node.address)}.")
        if cites:
            st.code(cited(world, node), language=None, wrap_lines=True)
            st.caption("Cite the works behind it as well.")


def _without_repository(node: Node, place: str) -> None:
    box = st.popover("Edit this, report a problem", key=f"edit-{node.address}", on_change="rerun")
    if not box.open:
        return
    with box:
        st.markdown(f"It is written in `{place}`. {repository.UNSET} In a checkout, edit that file, then:")
        st.code("uv run kg check", language="sh")
        st.markdown("To report a problem, tell whoever runs this server, with this name:")
        st.code(node.address, language=None)


def shared(address: str) -> str:
    """The address of the card on this server."""
    here = urlsplit(str(st.context.url or ""))
    start = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    return f"{start}/explore?node={quote(address, safe=':/')}"


def cited(world: World, node: Node) -> str:
    """The entry as BibTeX: its title and address in this record, as of its last check."""
    checked = getattr(node.record, "checked", None)
    held = {
        "title": "{" + " ".join(node.title.split()) + "}",
        "howpublished": "Learning mechanics: a knowledge graph of the science of deep learning",
        "note": f"{node.address}, in {world.graph.corpus.place(node.address).path}"
        + (f", checked {checked.date}" if checked else ""),
        "url": shared(node.address),
    }
    key = node.address.replace(":", "-").replace("/", "-")
    return "\n".join([f"@misc{{{key},", *(f"  {name} = {{{text}}}," for name, text in held.items()), "}"])
