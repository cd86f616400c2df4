"""What a reading list can be for: the choice that home and the page of lists share."""

from __future__ import annotations

import streamlit as st

from kg.goals import FIELD, KINDS
from kg.plain import plain
from kg.ui.state import World

HINT = "a strand, a question, a claim or a concept"


@st.cache_data(max_entries=2, show_spinner=False)
def targets(_world: World, stamp: str) -> dict[str, str]:
    """Each target with how it is called, the field first."""
    found = {FIELD: "The whole field"}
    for kind in KINDS:
        found |= {node.address: f"{plain(node.title)} ({kind})" for node in _world.graph.nodes(kind)}
    return found
