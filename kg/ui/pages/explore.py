"""Explore: list, graph and card in step. ``?node=kind:id`` is what is selected, and everything follows from it."""

from __future__ import annotations

import streamlit as st

from kg.ui import state

st.header("Explore", anchor=False)

from rapidfuzz import process  # noqa: E402  # the heading is on the screen before anything is imported or read

from kg import draw  # noqa: E402
from kg.export import selection  # noqa: E402
from kg.relations import KINDS  # noqa: E402
from kg.ui.components import filters  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.card import card  # noqa: E402
from kg.ui.components.downloads import downloads  # noqa: E402
from kg.ui.components.graphview import graph  # noqa: E402
from kg.ui.components.linklist import Row, heading, links, row  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted, inert  # noqa: E402

MOST_LISTED = 300
MOST_SUGGESTED = 5


def resolved(world: World) -> tuple[str, list[str]]:
    """The selected node's address ('' for none) and the candidates where ``?node=`` says no single one."""
    wanted = state.wanted()
    if not wanted:
        return "", []
    address, several = world.graph.resolve(wanted)
    if address is not None:
        return address, []
    return "", several or nearest(world, wanted)


def nearest(world: World, wanted: str) -> list[str]:
    """The addresses most like a mistyped one, then what a search for its words finds."""
    known = [node.address for node in world.graph.nodes()]
    alike = [address for address, _, _ in process.extract(wanted, known, limit=3, score_cutoff=80)]
    found = [hit.address for hit in world.index.find(wanted.partition(":")[2] or wanted, limit=MOST_SUGGESTED)]
    return list(dict.fromkeys(alike + found))[:MOST_SUGGESTED]


@st.cache_resource(max_entries=128, show_spinner=False)
def picture(_world: World, stamp: str, address: str, depth: int, keep: frozenset[str]) -> draw.Picture:
    """The drawn network, kept by the record's stamp and what is shown."""
    return draw.around(_world.evidence, address, depth, keep) if address else draw.overview(_world.evidence, keep)


def browse(world: World, shown: set[str], address: str) -> None:
    """The sidebar: search, and the list of what the filter shows or the search finds."""
    if "search" not in st.session_state and st.query_params.get("q"):
        st.session_state["search"] = str(st.query_params["q"])[:200]
    query = st.text_input("Search", key="search", placeholder="sharpness, cohen 2021, 2103.00065 …", type="search")
    if query and query.strip():
        hits = world.index.find(query, limit=MOST_LISTED)
        for wrong, near in hits[0].mended if hits else ():
            st.caption(f"Searched for “{inert(near)}” in the place of “{inert(wrong)}”.")
        rows = [row(world, world.graph.node(hit.address), note=hit.kind) for hit in hits]
        st.caption(f"{counted(len(rows), 'result')}." if rows else "Nothing found. Try fewer words.")
        if rows:
            downloads(world, "found", lambda: selection.of(f"Search for “{query}”", [h.address for h in hits]))
    else:
        found = [node for node in world.graph.nodes() if filters.passes(world, node, shown)]
        found.sort(key=lambda node: "" if node.kind == "strand" else node.title.casefold())
        rows = []
        for kind in sorted(KINDS, key=lambda kind: kind != "strand"):
            mine = [node for node in found if node.kind == kind]
            rows += [heading(counted(len(mine), kind))] * bool(mine) + [row(world, node) for node in mine]
        listed = min(len(found), MOST_LISTED)
        st.caption(f"Showing {listed:,} of {len(world.graph):,} nodes.")
        downloads(world, "shown", lambda: selection.of("Explored", [node.address for node in found]))
        if filters.active():
            st.button("Show the usual kinds again", on_click=filters.reset, type="tertiary")
    links("list", rows[: MOST_LISTED + len(KINDS)], "Nodes of the record", current=address)


def network(world: World, shown: set[str], address: str) -> None:
    """Legend, graph, and how much of it is drawn."""
    keep = frozenset(node.address for node in world.graph.nodes() if filters.passes(world, node, shown))
    depth = 1
    if address:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            links("up", overview_link(world), "Back to the strands")
            depth = (
                2 if st.toggle("two steps", key="two-steps", help="Also what the neighbours are linked with.") else 1
            )
    drawn = picture(world, world.stamp, address, depth, keep)
    graph(drawn.payload)
    what = "nodes about the selected one" if address else "nodes"
    how_many = f"{drawn.shown:,} of {drawn.total:,} {what}; the record has {len(world.graph):,}"
    st.caption(f"{how_many}. Drag to move; ctrl and the wheel zoom.")
    filters.show(world, shown)


def overview_link(world: World) -> list[Row]:
    """The way back to no selection, as a link."""
    return [{"id": "", "title": "← all strands"}]


def missing(world: World, candidates: list[str]) -> None:
    """What ``?node=`` says does not lead to one node."""
    wanted = inert(state.wanted())
    retired = next((entry for entry in world.graph.corpus.retired if entry.id == state.wanted()), None)
    if retired and not retired.to:
        st.warning(f"“{wanted}” was withdrawn on {retired.date}: {inert(retired.why)}")
    elif retired:
        st.warning(f"“{wanted}” was split on {retired.date}: {inert(retired.why)}")
    else:
        st.warning(f"There is no “{wanted}” in the record." + (" Did you mean one of these?" if candidates else ""))
    if candidates:
        links("candidates", [row(world, world.graph.node(at), note=at) for at in candidates], "Did you mean")


def page() -> None:
    """Draw everything from the address bar."""
    world = state.world()
    address, candidates = resolved(world)
    shown = filters.kinds(KINDS if address else draw.OVERVIEW_KINDS)
    listed = filters.kinds(draw.OVERVIEW_KINDS)
    with st.sidebar:
        browse(world, listed, address)
    banner(world)
    if not address:
        if state.wanted():
            missing(world, candidates)
        st.markdown(
            "Each mark is a line of research, a claim or an open question. **Shape** says what it is, **fill** its "
            "strand, the **border** how well it stands; a dashed line contradicts. Click a mark, or a name in the list."
        )
        network(world, shown, address)
        return
    left, right = st.columns([11, 10], gap="medium")
    with right:
        network(world, shown, address)  # first: it is quick, and figures on the card may not be
    with left:
        if address != state.wanted() and ":" in state.wanted():
            st.info(f"{inert(state.wanted())} was retired; this is what took its place.")
        card(world, address)


page()
