"""By what a reader filters: kind, strand, standing and verb of every node and relation, and what a filter lets through.

Computed once for a record: a click must not look at every node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg.draw.looks import NO_STRAND, STRAND_COLOURS
from kg.evidence import Evidence
from kg.graph import Edge, Graph, Node
from kg.relations import KINDS, RELATIONS

OVERVIEW_KINDS = ("strand", "claim", "question")
VERBS = ("states", "supports", "contradicts", "asks")
MORE = "more"
"""The word for all relations beside the four verbs that a reader meets first."""

LINKED_OTHERWISE = ("strand", "concept", "assumption")
"""Kinds whose links are none of the four verbs: what they hold, require and carry is what one comes for."""


@dataclass(frozen=True)
class Shown:
    """A filter: the kinds and verbs that are shown, the strands and standings that are not. Hashable: a cache's key."""

    kinds: frozenset[str] = frozenset(KINDS)
    verbs: frozenset[str] = frozenset(VERBS)
    hidden: frozenset[str] = frozenset()
    """Ids of strands ('' for none) and names of standings."""

    def relations(self) -> frozenset[str] | None:
        """The names of the relations that are shown; None for all."""
        shown = frozenset(name for name, relation in RELATIONS.items() if (relation.verb or MORE) in self.verbs)
        return None if len(shown) == len(RELATIONS) else shown


@dataclass(frozen=True)
class Facets:
    """Of every node, by address; ``rank`` orders what a picture shows first, ``verbs`` counts the relations."""

    strand: Mapping[str, str]
    standing: Mapping[str, str | None]
    year: Mapping[str, int]
    rank: Mapping[str, tuple[bool, int, str]]
    listed: tuple[str, ...]
    verbs: Counter[str]

    def passes(self, address: str, shown: Shown) -> bool:
        """Whether the node is of a kind, strand and standing that ``shown`` lets through."""
        if address.partition(":")[0] not in shown.kinds:
            return False
        hidden = shown.hidden
        return not hidden or not (self.strand.get(address, "") in hidden or self.standing.get(address) in hidden)

    def counts(self, addresses: Collection[str]) -> dict[str, Counter[str]]:
        """How many of ``addresses`` there are of each kind, strand and standing."""
        return {
            "kinds": Counter(address.partition(":")[0] for address in addresses),
            "strands": Counter(self.strand.get(address, "") for address in addresses),
            "standings": Counter(name for address in addresses if (name := self.standing.get(address))),
        }


def verb(edge: Edge) -> str:
    """The verb of a relation, or ``MORE``."""
    return RELATIONS[edge.relation].verb or MORE


@lru_cache(maxsize=2)
def facets(evidence: Evidence) -> Facets:
    """The facets of the record behind ``evidence``."""
    graph = evidence.graph
    standing = {node.address: standing_of(evidence, node.address) for node in graph.nodes()}
    moved = ("contested", "refuted", "reproduced", "corroborated")
    rank = {
        address: (standing[address] not in moved, -graph.nx.degree(address), address) for address in standing
    }  # what evidence has moved, then what has most relations
    order = sorted(KINDS, key=lambda kind: kind != "strand")
    listed = sorted(
        graph.nodes(), key=lambda node: (order.index(node.kind), node.kind != "strand" and node.title.casefold())
    )
    return Facets(
        strands_of(graph),
        standing,
        {node.address: year for node in graph.nodes() if (year := _year(graph, node))},
        rank,
        tuple(node.address for node in listed),
        Counter(map(verb, graph.edges())),
    )


@lru_cache(maxsize=2)
def strands_of(graph: Graph) -> dict[str, str]:
    """The strand by which each node is coloured: its own first one, else the commonest among its neighbours'."""
    found = {node.address: node.id for node in graph.nodes("strand")}
    for node in graph.nodes():
        if own := graph.out(node.address, "in_strand"):
            found[node.address] = graph.node(own[0].target).id
    for _ in range(3):  # claim → prediction → reproduction → no node is further from a strand that matters
        near = {
            node.address: Counter(
                found[other] for edge in graph.around(node.address) if (other := edge.other(node.address)) in found
            )
            for node in graph.nodes()
            if node.address not in found and node.kind != "concept"
        }
        found |= {address: min(counts, key=lambda s: (-counts[s], s)) for address, counts in near.items() if counts}
    return found


def strand_colours(graph: Graph) -> dict[str, str]:
    """The fill of each strand; perspectives, which stand beside the five, are grey."""
    five = [node.id for node in graph.nodes("strand") if node.record.role == "strand"]
    colours = dict(zip(five, STRAND_COLOURS, strict=False))
    return {node.id: colours.get(node.id, NO_STRAND) for node in graph.nodes("strand")}


def standing_of(evidence: Evidence, address: str) -> str | None:
    """The standing of a claim or prediction; None for framing and for other kinds."""
    if address in evidence.predictions:
        return evidence.predictions[address].standing
    kind, _, name = address.partition(":")
    return evidence.claims[name].standing if kind == "claim" and name in evidence.claims else None


def _year(graph: Graph, node: Node) -> int | None:
    """The year of a paper; of a claim, that of the first source of its own; of what belongs to one, the same."""
    if node.kind == "paper":
        return int(node.record.year) if node.record.year else None
    if node.kind == "claim":
        return _first(graph, [edge for edge in graph.into(node.address, "states") if edge.data["role"] == "own-result"])
    if node.kind == "prediction":
        return _year(graph, graph.node(f"claim:{node.id.partition('/')[0]}"))
    if node.kind == "question":
        return _first(graph, graph.into(node.address, "raises")) or int(str(node.record.history[0].date)[:4])
    if node.kind == "argument":
        paper = f"paper:{node.record.paper}"
        return _year(graph, graph.node(paper)) if paper in graph else None
    return None


def _first(graph: Graph, edges: list[Edge]) -> int | None:
    years = [year for edge in edges if (year := _year(graph, graph.node(edge.source)))]
    return min(years, default=None)
