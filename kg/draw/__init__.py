"""The network as a picture's data: which nodes, where, and how they look. pyvis builds it; nothing here draws.

``looks`` (marks and lines), ``facets`` (what a reader filters by), ``layout`` (places), ``plain`` (TeX as characters).
At most ``MOST`` nodes, fewer at first: the strands with what belongs to them, or the surroundings of one node.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Literal

from kg.draw import layout as layouts
from kg.draw.facets import (
    LINKED_OTHERWISE,
    MORE,
    OVERVIEW_KINDS,
    VERBS,
    Facets,
    Shown,
    facets,
    standing_of,
    strand_colours,
    strands_of,
    verb,
)  # fmt: skip
from kg.draw.layout import Layout
from kg.draw.looks import BORDERS, CONTRADICTION, NO_STRAND, SHAPES, extent, label, label_box, line, mark
from kg.evidence import Evidence
from kg.graph import Edge, Graph, Node
from kg.relations import KINDS

__all__ = [
    "BORDERS", "CONTRADICTION", "LINKED_OTHERWISE", "MORE", "MOST", "NO_STRAND", "OVERVIEW_KINDS", "READABLE", "SHAPES",
    "VERBS", "Facets", "Picture", "Shown", "Way", "around", "facets", "overview", "standing_of", "strand_colours",
    "strands_of", "verb",
]  # fmt: skip

READABLE = 60
"""Labelled nodes that a reader can take in at once."""
MOST = 300
"""Nodes that a browser draws smoothly, beyond which nothing is drawn."""
WIDE, TALL = 1.65, 0.9
"""Width over height of the place where the overview, and the surroundings of one node, are shown."""
MAIN_SHARE = 4
"""How many of a strand's nodes are drawn for one of a perspective's."""

Way = Literal["rings", "timeline"]


@dataclass(frozen=True)
class Picture:
    """``payload``: JSON of vis-network's nodes, edges and options, and what is drawn behind. ``addresses`` are drawn,
    in the order of weight, of ``total`` that the filter lets through. ``counts`` are of all that could be shown,
    filtered or not, by kind, strand, standing and verb; ``steps`` lead from the selected node to each of ``addresses``.
    """

    payload: bytes
    addresses: tuple[str, ...]
    total: int
    edges: tuple[Edge, ...] = ()
    counts: Mapping[str, Counter[str]] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)

    @property
    def shown(self) -> int:
        return len(self.addresses)


def overview(evidence: Evidence, shown: Shown | None = None, most: int = READABLE, way: Way = "rings") -> Picture:
    """The strands, each with what weighs most of what belongs to it (claims and questions, where no filter is given).

    A perspective that holds nothing of what is drawn is left out.
    """
    graph, known = evidence.graph, facets(evidence)
    wanted = shown or Shown(frozenset(OVERVIEW_KINDS))
    passing = [address for address in known.listed if known.passes(address, wanted)]
    hubs = [address for address in passing if address.startswith("strand:")]
    members = [address for address in passing if not address.startswith("strand:")]
    of_strand: dict[str, list[str]] = {hub.partition(":")[2]: [] for hub in hubs}
    for address in sorted(members, key=known.rank.__getitem__):
        of_strand.setdefault(known.strand.get(address, ""), []).append(address)
    holding = {edge.target for address in members for edge in graph.out(address, "in_strand")}
    held = {hub for hub in hubs if _is_main(graph, hub) or hub in holding}
    turns: list[Sequence[str]] = []
    for name, found in of_strand.items():
        mixed = _mixed(found)
        main = f"strand:{name}" in graph and _is_main(graph, f"strand:{name}")
        turns += [mixed[i::MAIN_SHARE] for i in range(MAIN_SHARE)] if main else [mixed]
    fair = [address for turn in zip_longest(*turns) for address in turn if address]
    drawn_hubs = [] if way == "timeline" else [hub for hub in hubs if hub in held]  # there they are rows
    chosen = [*drawn_hubs, *fair][: min(most, MOST)]
    placed = _timeline(evidence, chosen, None) if way == "timeline" else _sectors(evidence, chosen)
    counts = known.counts(known.listed) | {"verbs": known.verbs}
    return _picture(evidence, chosen, len(drawn_hubs) + len(members), placed, None, way, wanted, counts, {})


def _is_main(graph: Graph, hub: str) -> bool:
    return bool(graph.node(hub).record.role == "strand")


def _mixed(ranked: Sequence[str]) -> list[str]:
    """The kinds of a strand's nodes taken in turn, three claims to one of each other kind."""
    by_kind = {kind: [a for a in ranked if a.startswith(f"{kind}:")] for kind in KINDS}
    claims = by_kind.pop("claim")
    turns = zip_longest(claims[::3], claims[1::3], claims[2::3], *by_kind.values())
    return [address for turn in turns for address in turn if address]


def _sectors(evidence: Evidence, chosen: Sequence[str]) -> Layout:
    """The five strands as hubs; the perspectives and what belongs to none share a sector of their own."""
    graph, known = evidence.graph, facets(evidence)
    hubs = [address for address in chosen if address.startswith("strand:") and _is_main(graph, address)]
    groups: list[tuple[str | None, list[str]]] = [(hub, []) for hub in hubs]
    index = {hub.partition(":")[2]: i for i, hub in enumerate(hubs)}
    rest: list[str] = []
    for address in chosen:
        if address not in hubs:
            at = index.get(known.strand.get(address, ""))
            (rest if at is None else groups[at][1]).append(address)
    rest.sort(key=lambda address: (known.strand.get(address, ""), not address.startswith("strand:"), address))
    extents = {address: extent(*drawn) for address, drawn in _drawn(evidence, chosen, None).items()}
    return layouts.sectors([*groups, (None, rest)] if rest else groups, label_box(len(chosen)), WIDE, extents)


def around(
    evidence: Evidence, address: str, depth: int, shown: Shown | None = None, most: int = READABLE, way: Way = "rings"
) -> Picture:
    """``address`` in the middle of its neighbours up to ``depth`` steps away, along the verbs that ``shown`` names."""
    known, wanted = facets(evidence), shown or Shown()
    near = reach(evidence.graph, address, depth, wanted)
    passing = [other for other in near if other == address or known.passes(other, wanted)]
    passing.sort(key=lambda other: (near[other], known.rank[other]))
    chosen = passing[: min(most, MOST)]
    if way == "timeline":
        placed = _timeline(evidence, chosen, address)
    else:
        extents = {drawn: extent(*looks) for drawn, looks in _drawn(evidence, chosen, address).items()}
        placed = layouts.rings(evidence.graph, chosen, near, label_box(len(chosen)), TALL, extents)
    counts = known.counts(near) | {"verbs": Counter(map(verb, evidence.graph.around(address)))}
    steps = {other: near[other] for other in chosen}
    return _picture(evidence, chosen, len(passing), placed, address, way, wanted, counts, steps)


def reach(graph: Graph, address: str, depth: int, shown: Shown) -> dict[str, int]:
    """Addresses within ``depth`` steps along the relations that are shown, and their distance, nearest first.

    What a strand, concept or assumption is linked with is none of the four verbs: from such a node all are followed.
    """
    free = address.partition(":")[0] in LINKED_OTHERWISE
    return graph.neighbourhood(address, depth, shown.relations(), all_at_first=free)


def _timeline(evidence: Evidence, chosen: Sequence[str], selected: str | None) -> Layout:
    """Years across; the rows are strands in the overview and kinds about one node."""
    graph, known = evidence.graph, facets(evidence)
    if selected is None:
        titles = {node.id: node.title for node in graph.nodes("strand")}
        rows = {address: titles.get(known.strand.get(address, ""), "no strand") for address in chosen}
        names = [*titles.values(), "no strand"]
    else:
        rows, names = {address: address.partition(":")[0] for address in chosen}, list(KINDS)
    years = {address: known.year.get(address) for address in chosen}
    wide, high = label_box(len(chosen))
    return layouts.timeline(years, rows, names, chosen, (wide, high + 6), TALL if selected else WIDE)


def _picture(
    evidence: Evidence, chosen: Sequence[str], total: int, placed: Layout, selected: str | None, way: Way, shown: Shown,
    counts: Mapping[str, Counter[str]], steps: Mapping[str, int],
) -> Picture:  # fmt: skip
    joined = _joined(evidence.graph, chosen, shown, selected)
    payload = _payload(evidence, chosen, placed, selected, way, joined)
    edges = tuple(edge for edges in joined.values() for edge in edges)
    return Picture(payload, tuple(chosen), total, edges, counts, steps)


def _payload(
    evidence: Evidence, addresses: Sequence[str], placed: Layout, selected: str | None, way: Way,
    joined: Mapping[tuple[str, str], Sequence[Edge]],
) -> bytes:  # fmt: skip
    from pyvis.edge import Edge as Line  # noqa: PLC0415  # pyvis brings IPython along: 0.2 s that only a picture needs
    from pyvis.network import Network  # noqa: PLC0415
    from pyvis.node import Node as Mark  # noqa: PLC0415

    network = Network(directed=True)
    drawn = _drawn(evidence, addresses, selected, short=way == "timeline")
    for address, (node, said, looks) in drawn.items():  # add_node() searches a list for each; this is the same data
        x, y = placed.places[address]
        network.nodes.append(Mark(address, SHAPES[node.kind], said, x=round(x), y=round(y), **looks).options)
    for (source, target), edges in joined.items():
        looks = line(evidence.graph, edges, selected, len(addresses))
        network.edges.append(Line(source, target, True, **looks).options)
    network.set_options(
        json.dumps({"physics": False, "interaction": {"hover": True, "tooltipDelay": 150, "multiselect": False}})
    )
    nodes, edges_, *_, options = network.get_network_data()
    picture = {"nodes": nodes, "edges": edges_, "options": json.loads(options), "selected": selected, "layout": way}
    return json.dumps(picture | {"back": placed.back}, sort_keys=True).encode()


def _drawn(
    evidence: Evidence, addresses: Sequence[str], selected: str | None, *, short: bool = False
) -> dict[str, tuple[Node, str, dict[str, Any]]]:
    """Each node with its label and its looks."""
    graph, known, colours = evidence.graph, facets(evidence), strand_colours(evidence.graph)
    found = {}
    for address in addresses:
        node, is_selected = graph.node(address), address == selected
        fill = colours.get(known.strand.get(address, ""), NO_STRAND)
        said = label(node, is_selected, len(addresses), short=short)
        found[address] = node, said, mark(node, fill, known.standing[address], is_selected, short=short)
    return found


def _joined(
    graph: Graph, addresses: Collection[str], shown: Shown, selected: str | None
) -> dict[tuple[str, str], list[Edge]]:
    """The edges between ``addresses`` that are shown, by their ends: one line for each pair."""
    inside, relations = set(addresses), shown.relations()
    free = selected if selected and selected.partition(":")[0] in LINKED_OTHERWISE else None
    pairs: dict[tuple[str, str], list[Edge]] = {}
    for address in addresses:
        for edge in graph.out(address):
            wanted = relations is None or edge.relation in relations or (free and free in (edge.source, edge.target))
            if edge.target in inside and wanted:
                pairs.setdefault((edge.source, edge.target), []).append(edge)
    return dict(sorted(pairs.items()))
