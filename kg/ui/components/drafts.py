"""Drafts of the page *Propose*: held in the session while one works, and in the reader's own browser beyond it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import streamlit as st

KEY, HELD, PREFIX = "drafts", "propose-drafts", "propose:"
MOST_FIELDS, MOST_CHARACTERS, MOST_CHOSEN = 300, 50_000, 100

_drafts = st.components.v2.component(
    "drafts",
    html="<span hidden></span>\n",
    js=(Path(__file__).parent / "drafts.js").read_text(encoding="utf-8"),
)

Typed = str | list[str]


def value(name: str) -> Typed:
    """What was typed into the field ``name``, or chosen there; '' where nothing was."""
    now = st.session_state.get(PREFIX + name, _held().get(name, ""))
    return "" if now is None else now


def put(name: str, typed: Typed) -> None:
    """Fill the field ``name``: before its widget is made, or in a callback."""
    _held()[name] = typed
    st.session_state[PREFIX + name] = typed


def key(name: str, options: Collection[str] | None = None, *, many: bool = False) -> str:
    """The key of the widget of the field ``name``, which then shows what was held, as far as ``options`` have it."""
    held, fits = value(name), options or ()
    if many:
        st.session_state[PREFIX + name] = [one for one in held if one in fits] if isinstance(held, list) else []
    elif options is not None:
        st.session_state[PREFIX + name] = held if isinstance(held, str) and held in fits else None
    else:
        st.session_state[PREFIX + name] = held if isinstance(held, str) else ""
    return PREFIX + name


def keep() -> None:
    """Hold what the widgets of this run say, here and in the browser. Once a run, after the widgets."""
    begun, held = st.session_state.get("propose-begun", False), _held()
    st.session_state["propose-begun"] = True
    for name in list(st.session_state):
        if isinstance(name, str) and name.startswith(PREFIX):
            held[name.removeprefix(PREFIX)] = st.session_state[name] or ""
    draft = {name: typed for name, typed in held.items() if typed}
    _drafts(key=KEY, data={"draft": draft, "begun": begun}, on_restored_change=_restore)


def discard(prefix: str) -> Callable[[], None]:
    """A callback that empties the fields whose names begin with ``prefix``."""

    def emptied() -> None:
        for name in [name for name in _held() if name.startswith(prefix)]:
            _held().pop(name)
        for key in [key for key in st.session_state if str(key).startswith(PREFIX + prefix)]:
            del st.session_state[key]

    return emptied


def _held() -> dict[str, Typed]:
    held: dict[str, Typed] = st.session_state.setdefault(HELD, {})
    return held


def _restore() -> None:
    """Fill the fields from what the browser kept, as far as that is a draft at all."""
    kept: Any = st.session_state[KEY].restored
    if not isinstance(kept, dict):
        return
    for name, typed in list(kept.items())[:MOST_FIELDS]:
        if not isinstance(name, str) or len(name) > 300:
            continue
        if isinstance(typed, str):
            put(name, typed[:MOST_CHARACTERS])
        elif isinstance(typed, list) and all(isinstance(one, str) for one in typed):
            put(name, [one[:300] for one in typed[:MOST_CHOSEN]])
