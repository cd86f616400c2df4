"""The head of every page: its heading, on the screen before the rest is sent, and the box that finds above it."""

from __future__ import annotations

import time

import streamlit as st

from kg.ui.components import parts
from kg.ui.components.findbox import findbox

PAINT_S = 0.05
"""What a browser needs to paint the heading: whatever comes sooner is drawn first, and holds it back for longer."""

BOX_PX = 48
"""The room of the box that finds, kept from the start, so that nothing moves when it comes."""


def page_heading(text: str, *, large: bool = False) -> None:
    """The heading ``text``, then what all pages share; where a session begins, the heading is painted before that."""
    above = st.container(key="findplace", height=BOX_PX, border=False)
    (st.title if large else st.header)(text, anchor=False)
    if "painted" not in st.session_state:
        st.session_state.painted = True
        time.sleep(PAINT_S)
    parts.mount()
    with above:
        findbox()
