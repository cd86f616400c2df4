"""The box at the head of a card: its address, how to cite the entry, and the works behind it to cite and export.

What is in it is sent when it is opened.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import streamlit as st

from kg.export import selection
from kg.graph import Node
from kg.ui.components.downloads import downloads
from kg.ui.state import World
from kg.ui.words import inert


def sharing(world: World, node: Node) -> None:
    """Share, cite and export ``node``."""

    def entry() -> None:
        st.caption(f"The address of this card; its name in the record is {inert(node.address)}.")
        st.code(shared(node.address), language=None, wrap_lines=True)
        if node.kind != "paper":  # a paper is cited as itself
            st.caption("This entry as BibTeX. Cite the works behind it as well:")
            st.code(cited(world, node), language=None, wrap_lines=True)

    def chosen() -> selection.Selection:
        return selection.of(node.title, [node.address])

    downloads(world, f"node-{node.address}", chosen, "Share, cite, export", entry)


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
