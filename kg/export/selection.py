"""What is exported: nodes of any kind in an order, with what a reading list says of each, and the works behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.graph import Graph
from kg.reading import ReadingList
from kg.readingtext import left_out


@dataclass(frozen=True, slots=True)
class Item:
    """One node of a selection. ``where``, ``minutes`` and ``why`` stand on reading lists only."""

    address: str
    where: str = ""
    minutes: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Nodes in the order in which they are to be read; one node may stand more than once (two parts of a book).

    ``left_out``: of a reading list, a line for each concept that it does not reach, with the reason; not TeX.
    """

    title: str
    items: tuple[Item, ...]
    left_out: tuple[str, ...] = ()

    @property
    def minutes(self) -> int:
        """The sum of the minutes of all items that have them."""
        return sum(item.minutes or 0 for item in self.items)


def of(title: str, addresses: Iterable[str]) -> Selection:
    """The nodes at ``addresses``, each once, in their order."""
    return Selection(title, tuple(Item(address) for address in dict.fromkeys(addresses)))


def joined(parts: Sequence[Selection]) -> Selection:
    """``parts`` one after another, each item once."""
    titles = dict.fromkeys(part.title for part in parts)
    items = dict.fromkeys(item for part in parts for item in part.items)
    return Selection("; ".join(titles), tuple(items), tuple(line for part in parts for line in part.left_out))


def reading(found: ReadingList) -> Selection:
    """A reading list in its order, with part, minutes and reason of each reading, and what it leaves out."""
    items = (Item(f"paper:{item.paper}", item.where, item.minutes, item.why) for item in found.items)
    within = f" (within {found.hours:g} h)" if found.hours is not None else ""
    return Selection(f"Reading list: {found.title}{within}", tuple(items), tuple(left_out(found)))


def everything(graph: Graph) -> Selection:
    """Every node of the record."""
    return of("The whole record", (node.address for node in graph.nodes()))


def strand(graph: Graph, address: str) -> Selection:
    """A strand, then its claims with their predictions, and its questions."""
    inside = [edge.source for edge in graph.into(address, "in_strand")]
    found = [address]
    for one in inside:
        found += [one, *(edge.target for edge in graph.out(one, "implies"))]
    return of(graph.node(address).title, found)


@dataclass(frozen=True, slots=True)
class Works:
    """The keys of the works behind a selection, each once, and the nodes that have none behind them."""

    keys: tuple[str, ...]
    without: tuple[str, ...]


def works(graph: Graph, selection: Selection) -> Works:
    """The works behind each node, in the order of the selection (``behind`` says which)."""
    keys: dict[str, None] = {}
    without = []
    for address in dict.fromkeys(item.address for item in selection.items):
        found = behind(graph, address)
        keys.update(dict.fromkeys(found))
        if not found:
            without.append(address)
    return Works(tuple(keys), tuple(without))


def behind(graph: Graph, address: str) -> list[str]:
    """The keys of the works that a node of any kind comes from, each once.

    A paper is its own. A claim: what states it and what reports on it or on its predictions. A prediction: its
    source (else its claim's) and what reports on it. A question: what raises it and what bears on it. An argument: its
    paper. A concept: what teaches it. An assumption: the works of its premise, or of the claims that assume it. A
    strand: those of its claims and questions. A reproduction: those of the predictions that it tests.
    """
    return list(dict.fromkeys(key for key in _behind(graph, address) if key in graph.corpus.papers))


def _behind(graph: Graph, address: str) -> Iterator[str]:
    node = graph.node(address)
    match node.kind:
        case "paper":
            yield node.id
        case "claim":
            yield from _papers(graph, address, "states", "reports")
            for edge in graph.out(address, "implies"):
                yield from _papers(graph, edge.target, "reports")
        case "prediction":
            if node.record.source:
                yield node.record.source.paper
            else:
                for edge in graph.into(address, "implies"):
                    yield from _papers(graph, edge.source, "states")
            yield from _papers(graph, address, "reports")
        case "question":
            yield from _papers(graph, address, "raises", "bears_on")
            for edge in graph.into(address, "bears_on"):
                if not edge.source.startswith("paper:"):
                    yield from _papers(graph, edge.source, "states")
        case "argument":
            yield node.record.paper
        case "concept":
            yield from _papers(graph, address, "teaches")
        case "assumption":
            premise = f"claim:{node.record.claim}" if node.record.claim else ""
            claims = [premise] if premise in graph else [e.source for e in graph.into(address, "assumes")]
            for claim in claims:
                yield from _papers(graph, claim, "states")
        case "strand":
            for edge in graph.into(address, "in_strand"):
                yield from _behind(graph, edge.source)
        case "reproduction":
            for edge in graph.out(address, "tests"):
                yield from _behind(graph, edge.target)


def _papers(graph: Graph, address: str, *relations: str) -> Iterator[str]:
    for edge in graph.into(address, *relations):
        kind, _, key = edge.source.partition(":")
        if kind == "paper":
            yield key
