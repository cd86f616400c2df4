"""The graph: vis-network as pyvis bundles it, fed with the data of ``kg.draw``, in a component of its own.

The library is a component that never changes, so it is sent once. pyvis' own page is never embedded: it runs
contributed HTML and calls out.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import streamlit as st

from kg.ui import state
from kg.ui.components.parts import part

KEY = "graph"


@cache
def _library() -> str:
    """pyvis' newest bundled vis-network, found without importing pyvis."""
    folder = Path(str(distribution("pyvis").locate_file("pyvis")))
    bundled = sorted(folder.glob("lib/vis-*/vis-network.min.js"))
    return bundled[-1].read_text(encoding="utf-8")


_loader = st.components.v2.component(
    "vis_network", html="<span hidden></span>", js=_library() + "\nexport default function () {}\n"
)
_graph = part(
    "graph", '<div class="graph" role="group" aria-label="The graph; as a table, the same content can be read"></div>'
)


def graph(payload: bytes) -> None:
    """Show the packed picture; a click on a node selects it, a click on a line says what it stands for."""
    with st.container(key="vis"):
        _loader(key="vis_network", height=1)
    _graph(key=KEY, data=payload, on_clicked_change=_clicked, on_line_change=_line)


def _clicked() -> None:
    address = st.session_state[KEY].clicked
    if isinstance(address, str):
        state.select(address)


def _line() -> None:
    ends = st.session_state[KEY].line
    if isinstance(ends, list | tuple) and len(ends) == 2 and all(isinstance(end, str) for end in ends):
        st.query_params["edge"] = " ".join(ends)
