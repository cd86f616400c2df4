"""Downloads: what a page shows in every format, each file made when its button is pressed; and how to cite it.

Nothing is computed before the box is opened. The page says what is downloaded by a function that gives a
``kg.export.selection.Selection``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import streamlit as st

from kg.export import formats, selection
from kg.export.selection import Selection
from kg.plain import plain
from kg.ui.state import World
from kg.ui.words import counted, inert

MOST_CITED = 30
"""Works that are cited on the page: a citation takes a tenth of a second."""

_WORKS = "References"
_NODES = "As a list"


def downloads(
    world: World,
    key: str,
    chosen: Callable[[], Selection],
    label: str = "Export",
    first: Callable[[], None] | None = None,
) -> None:
    """A box that opens to one button a format for what ``chosen`` gives, and to citations in common styles.

    ``first`` draws what is above these.
    """
    box = st.popover(label, key=f"export-{key}", on_change="rerun", type="tertiary")
    if not box.open:
        return
    with box:
        if first:
            first()
        found = chosen()
        works = selection.works(world.graph, found)
        nodes = counted(len({item.address for item in found.items}), "node")
        st.caption(f"{inert(found.title)}: {nodes}, {counted(len(works.keys), 'work')} behind.")
        if works.without:
            st.caption(f"{counted(len(works.without), 'node')} with no work behind: in the list alone.")
        name = _file_name(found.title)
        for heading, of_works in ((_WORKS, True), (_NODES, False)):
            if of_works and not works.keys:
                continue
            st.markdown(f"**{heading}**")
            with st.container(horizontal=True, gap="small"):
                for format_ in formats.FORMATS.values():
                    if format_.of_works == of_works:
                        st.download_button(
                            format_.title,
                            partial(formats.dump, world.evidence, found, format_.name),
                            f"{name}{format_.suffix}",
                            format_.mime,
                            key=f"{key}-{format_.name}",
                            on_click="ignore",
                        )
        if works.keys:
            _citations(world, key, works.keys, name)
        if len(works.keys) == 1:
            st.code(formats.dump(world.evidence, found, "bibtex").strip(), language=None, wrap_lines=True)


def _citations(world: World, key: str, keys: tuple[str, ...], name: str) -> None:
    from kg.export import citations

    styles = {style: told.title for style, told in citations.STYLES.items()}
    style = st.selectbox("Cited in the style of", list(styles), format_func=styles.__getitem__, key=f"{key}-style")
    if len(keys) <= MOST_CITED:
        st.code(_written(world, world.stamp, keys, style), language=None, wrap_lines=True)
    else:
        made = partial(citations.dump, world.graph.corpus, keys, style)
        st.download_button(
            f"{len(keys)} citations", made, f"{name}.txt", "text/plain", key=f"{key}-cited", on_click="ignore"
        )
        st.caption(f"This takes about {max(1, round(len(keys) / 10))} seconds.")


@st.cache_data(max_entries=64, show_spinner="Setting the citations …")
def _written(_world: World, stamp: str, keys: tuple[str, ...], style: str) -> str:
    from kg.export import citations

    return citations.dump(_world.graph.corpus, keys, style)


def _file_name(title: str) -> str:
    """A file's name of the first words of ``title``: letters, digits and hyphens."""
    words = re.findall(r"[a-z0-9]+", plain(title).casefold())
    return "-".join(words[:6])[:60] or "export"
