"""Filters that live in the address: what is picked is a function of it, so links, Back and Forward keep it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def picks(name: str, titles: Mapping[str, str], help: str | None = None) -> list[str]:
    """The options picked under ``?name=a,b``, in the order of ``titles`` (inert Markdown); others drop out."""
    key = f"pick-{name}"
    wanted = str(st.query_params.get(name, "")).split(",")
    st.session_state[key] = [option for option in titles if option in wanted]

    def told() -> None:
        now = [option for option in titles if option in st.session_state[key]]
        if now:
            st.query_params[name] = ",".join(now)
        else:
            st.query_params.pop(name, None)

    return st.pills(
        name, list(titles), selection_mode="multi", key=key, format_func=lambda option: titles[option], help=help,
        label_visibility="collapsed", on_change=told,
    )  # fmt: skip


def pick(name: str, titles: Mapping[str, str], help: str | None = None, label: str = "") -> str:
    """The one option picked under ``?name=``; the first of ``titles`` is the default and not in the address.

    ``label`` stands above it, with ``help``; without one both are there for screen readers only.
    """
    key, first = f"pick-{name}", next(iter(titles))
    wanted = str(st.query_params.get(name, ""))
    st.session_state[key] = wanted if wanted in titles else first

    def told() -> None:
        now = st.session_state[key]
        if now and now != first:
            st.query_params[name] = now
        else:
            st.query_params.pop(name, None)

    found = st.segmented_control(
        label or name, list(titles), key=key, format_func=lambda option: titles[option], help=help, required=True,
        label_visibility="visible" if label else "collapsed", on_change=told,
    )  # fmt: skip
    return found or first
