"""Explore: list, graph and card in step. ``?node=kind:id`` is what is selected, and everything follows from it."""

from __future__ import annotations

import streamlit as st

from kg.ui import state
from kg.ui.components.heading import page_heading

page_heading("Explore")

from rapidfuzz import process  # noqa: E402  # the heading is on the screen before anything is imported or read

from kg import draw  # noqa: E402
from kg.export import selection  # noqa: E402
from kg.relations import KINDS, RELATIONS  # noqa: E402
from kg.ui.components import card, edgecard, filters, parts, retired  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.datatable import Cell, column, table  # noqa: E402
from kg.ui.components.downloads import downloads  # noqa: E402
from kg.ui.components.graphview import graph  # noqa: E402
from kg.ui.components.linklist import Row, following, heading, packed_list, row  # noqa: E402
from kg.ui.components.picks import pick  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted  # noqa: E402

MOST_LISTED = 300
MOST_SUGGESTED = 5
MOST_ROWS = 30
WAYS = {"rings": "Rings", "timeline": "Timeline", "table": "Table"}
DEPTHS = {"1": "1 step", "2": "2", "3": "3"}


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


@st.cache_resource(max_entries=256, show_spinner=False)
def picture(
    _world: World, stamp: str, address: str, depth: int, shown: draw.Shown, most: int, way: draw.Way
) -> tuple[draw.Picture, bytes]:
    """The drawn network and what is sent of it, kept by the record's stamp and what is shown."""
    if address:
        drawn = draw.around(_world.evidence, address, depth, shown, most, way)
    else:
        drawn = draw.overview(_world.evidence, shown, most, way)
    return drawn, parts.packed(drawn.payload)


@st.cache_resource(max_entries=64, show_spinner=False)
def listed(_world: World, stamp: str, shown: draw.Shown) -> tuple[bytes, int]:
    """The list of what the filter lets through, packed, and how many there are."""
    known = draw.facets(_world.evidence)
    found = [address for address in known.listed if known.passes(address, shown)]
    rows: list[Row] = []
    for kind in sorted(KINDS, key=lambda kind: kind != "strand"):
        mine = [_world.graph.node(address) for address in found if address.startswith(f"{kind}:")]
        room = MOST_LISTED - len(rows)
        rows += [heading(counted(len(mine), kind))] * bool(mine and room > 0)
        rows += [row(_world, node) for node in mine[: max(room, 0)]]
    return packed_list(rows, "Nodes of the record"), len(found)


def browse(world: World) -> None:
    """The sidebar: the list of what the filter shows, to go to and to take along."""
    shown = filters.shown(selected=False)
    data, found = listed(world, world.stamp, shown)

    def chosen() -> selection.Selection:
        known = draw.facets(world.evidence)
        return selection.of("Explored", [address for address in known.listed if known.passes(address, shown)])

    st.caption(f"Showing {min(found, MOST_LISTED):,} of {len(world.graph):,} nodes.")
    downloads(world, "shown", chosen)
    if filters.active():
        st.button("Show the usual kinds again", on_click=filters.reset, type="tertiary")
    following("list", data)


def network(world: World, address: str) -> None:
    """Controls, the graph or the same as a table, how much of it is shown, the clicked line, and the legend."""
    depth = "1"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="controls"):
        if address:
            st.button("← all strands", on_click=state.select, args=("",), type="tertiary", key="up")
        way = pick("view", WAYS)
        if address:
            told = "What it rests on, what speaks against it, and what falls with it."
            st.page_link(state.TRACE, label="Trace", query_params={"node": address}, help=told)
            depth = pick("depth", DEPTHS, "How many steps from the selected node are shown.")
    shown = filters.shown(selected=bool(address))
    most = draw.MOST if st.query_params.get("most") == str(draw.MOST) else draw.READABLE
    drawn, data = picture(
        world, world.stamp, address, int(depth), shown, most, "timeline" if way == "timeline" else "rings"
    )
    if way == "table":
        as_table(world, drawn, address)
    else:
        graph(data)
    edgecard.panel(world)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(how_many(world, drawn, address, way))
        if drawn.shown < drawn.total and most < draw.MOST:
            st.button(f"Show {min(drawn.total, draw.MOST)}", on_click=_all, type="tertiary")
    filters.show(world, shown, drawn.counts)


def how_many(world: World, drawn: draw.Picture, address: str, way: str) -> str:
    """How many of how many nodes are shown."""
    what = "nodes about the selected one" if address else "nodes"
    told = f"{drawn.shown:,} of {drawn.total:,} {what}; the record has {len(world.graph):,}."
    return told if way == "table" else f"{told} Click a mark or a line; drag to move; ctrl and the wheel zoom."


def _all() -> None:
    st.query_params["most"] = str(draw.MOST)


def as_table(world: World, drawn: draw.Picture, address: str) -> None:
    """What the graph shows, to be read, sorted and followed by keyboard: first the nodes, then the relations."""
    known, graph_ = draw.facets(world.evidence), world.graph
    titles = {node.id: node.title for node in graph_.nodes("strand")}
    nodes: list[list[Cell]] = [
        [
            row(world, graph_.node(at)), at.partition(":")[0], titles.get(known.strand.get(at, ""), ""),
            known.standing[at], known.year.get(at), *([drawn.steps[at]] if address else []),
        ]
        for at in drawn.addresses
    ]  # fmt: skip
    columns = [column("node", "words"), *map(column, ("kind", "strand", "standing")), column("year", "number")]
    columns += [column("steps", "number", "How far from the selected node.")] * bool(address)
    table("nodes", columns, nodes, "The nodes of the graph", most=MOST_ROWS, inside=True)
    if drawn.edges:
        told: list[list[Cell]] = [
            [
                row(world, graph_.node(edge.source)), RELATIONS[edge.relation].says,
                row(world, graph_.node(edge.target)),
                "; ".join(f"{name.lower()}: {value}" for name, value in edgecard.reasons(edge) if edge.data),
            ]
            for edge in drawn.edges
        ]  # fmt: skip
        st.caption(f"{counted(len(told), 'relation')} between them.")
        columns = [
            column("from", "words"),
            column("says", "short"),
            column("to", "words"),
            column("reason and place", "words"),
        ]
        table("relations", columns, told, "The relations of the graph", most=MOST_ROWS, inside=True)


def page() -> None:
    """Draw everything from the address bar."""
    world = state.world()
    address, candidates = resolved(world)
    parts.cursor(address)
    with st.sidebar:
        browse(world)
    banner(world)
    if not address:
        if state.wanted():
            retired.missing(world, candidates)
        st.markdown(
            "Each mark is a line of research, a claim or an open question. **Shape** says what it is, **fill** its "
            "strand, the **border** how well it stands; a dashed line contradicts. Click a mark, or a name in the list."
        )
        network(world, address)
        return
    left, right = st.columns([10, 11], gap="medium")
    with left:
        retired.replaced(world, address)
        card.head(world, address)
    with right, st.container(key="beside" if st.query_params.get("view") != "table" else "tabled"):
        network(world, address)  # before the rest of the card: it is quick, and figures may not be
    with left:
        card.body(world, address)


page()
