"""The head of every page: its heading, on the screen before the rest is sent, and the box that finds above it.

The scripts of our components and the box belong to ``app.py`` and not to a page, so that they stay when one goes to
another page. Where a session begins they are sent behind the first page's heading; later, before the page.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kg.ui.components import parts
from kg.ui.components.findbox import findbox

PAINT_S = 0.05
"""What a browser needs to paint the heading: whatever comes sooner is drawn first, and holds it back for longer."""

BOX_PX = 48
"""The room of the box that finds, kept from the start, so that nothing moves when it comes."""

AWAITED = "head"
"""In the session's state: the rooms that are filled behind the first heading, and None once they are."""


def page_head() -> None:
    """Called by ``app.py`` before the page: what all pages share, or at first the room for it."""
    rooms = (st.container(key="findplace", height=BOX_PX, border=False), st.container(key="parts"))
    if AWAITED in st.session_state and st.session_state[AWAITED] is None:
        _fill(*rooms)
    else:
        st.session_state[AWAITED] = rooms


def page_heading(text: str, *, large: bool = False) -> None:
    """The heading ``text``; where a session begins, it is painted before anything that follows."""
    (st.title if large else st.header)(text, anchor=False)
    if rooms := st.session_state.get(AWAITED):
        time.sleep(PAINT_S)
        with _of_the_app():
            _fill(*rooms)
        st.session_state[AWAITED] = None


def _fill(above: DeltaGenerator, aside: DeltaGenerator) -> None:
    with aside:
        parts.mount()
    with above:
        findbox()


def _of_the_app() -> AbstractContextManager[None]:
    """What is drawn within belongs to ``app.py``: what belongs to a page goes when the page does."""
    context = get_script_run_ctx()
    return context.run_with_active_hash(context.pages_manager.main_script_hash) if context else nullcontext()
