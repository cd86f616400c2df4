"""Find: everything that a search finds, grouped by kind, with the matching words. The words are in the address."""

from __future__ import annotations

import streamlit as st

from kg.ui.components.heading import page_heading

page_heading("Find")

from kg.export import selection  # noqa: E402  # the heading is on the screen before anything is imported or read
from kg.relations import KINDS  # noqa: E402
from kg.search import absence  # noqa: E402
from kg.ui import state  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.downloads import downloads  # noqa: E402
from kg.ui.components.findbox import by_kind  # noqa: E402
from kg.ui.components.linklist import links_to_explore, row  # noqa: E402
from kg.ui.components.picks import picks  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted, inert  # noqa: E402

MOST = 300
MOST_A_KIND = 12
EXAMPLES = (
    ("words", "sharpness settles"), ("a symbol", "2/η"), ("the same in TeX", r"2/\eta"), ("an author", "Saxe"),
    ("an arXiv number", "2103.00065"), ("a typing error", "neural colapse"),
)  # fmt: skip


def results(world: World, query: str) -> None:
    """The hits by kind, each with the stretch of its text that matches."""
    hits = world.index.find(query, limit=MOST)
    missing = absence(world.index.absent(query), "“”", inert) or [inert(world.index.apart(query))]
    for said in filter(None, missing):
        st.caption(f"{said[0].upper()}{said[1:]}.")
    groups = dict(by_kind(hits))
    if not hits:
        st.info(f"Nothing found for “{inert(query)}”. Try fewer words, one of an author's names, or a part of a word.")
        return
    chosen = picks("kind", {kind: f"{kind} {len(groups[kind])}" for kind in KINDS if kind in groups})
    st.caption(f"{counted(len(hits), 'result')}" + (": the best ones" if len(hits) == MOST else "") + ".")
    shown_kinds = [hit.address for kind, found in groups.items() if not chosen or kind in chosen for hit in found]
    downloads(world, "found", lambda: selection.of(f"Search for “{query}”", shown_kinds), "Export results")
    for kind, found in groups.items():
        if chosen and kind not in chosen:
            continue
        st.subheader(counted(len(found), kind), anchor=False)
        shown = found if chosen else found[:MOST_A_KIND]
        rows = [row(world, world.graph.node(hit.address), note=hit.snippet) for hit in shown]
        links_to_explore(f"found-{kind}", rows, kind)
        if len(found) > len(shown):
            st.caption(f"The best {len(shown)}; choose {kind} above for all.")


def page() -> None:
    """The results, or what one may look for."""
    query = str(st.query_params.get("q", ""))[:400].strip()
    if query:
        st.markdown(f"What the record has on **{inert(query)}**:")
    world = state.world()
    banner(world)
    if query:
        results(world, query)
        return
    st.markdown("Type into the box above; the key `/` leads there from every page. One can look for")
    st.markdown("\n".join(f"- {name}: `{example}`" for name, example in EXAMPLES))


page()
