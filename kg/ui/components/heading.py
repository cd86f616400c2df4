"""The heading of a page, on the screen before the rest is sent."""

from __future__ import annotations

import time

import streamlit as st

PAINT_S = 0.05
"""What a browser needs to paint the heading: whatever comes sooner is drawn first, and holds it back for longer."""


def page_heading(text: str, *, large: bool = False) -> None:
    """The heading ``text``; where a session begins, it is painted before anything that follows."""
    (st.title if large else st.header)(text, anchor=False)
    if "painted" not in st.session_state:
        st.session_state.painted = True
        time.sleep(PAINT_S)
