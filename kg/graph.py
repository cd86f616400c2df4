"""The Corpus as one typed graph: a thin face over ``networkx.MultiDiGraph``.

Nodes are addresses ``kind:id``; edges carry a relation of ``kg.relations`` and what was written with it.
A reference that leads nowhere makes no edge (``kg.checks.references`` reports it).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import networkx as nx
from pydantic import BaseModel

from kg import reader
from kg.corpus import Corpus, find_root
from kg.declarations import Prediction
from kg.records import Claim, Question, Retired
from kg.relations import RELATIONS


@dataclass(frozen=True, slots=True)
class Node:
    """``record`` is the model, Paper or Script behind the node."""

    address: str
    kind: str
    id: str
    title: str
    record: Any = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """``source`` –relation→ ``target``; ``data`` holds what the relation carries, by its YAML names."""

    source: str
    target: str
    relation: str
    data: dict[str, Any] = field(compare=False)

    def other(self, address: str) -> str:
        return self.target if address == self.source else self.source


class Graph:
    """The typed graph of one Corpus. Treat it as read-only."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.nx: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for node in _nodes(corpus):
            self.nx.add_node(node.address, node=node)
        for edge in _edges(corpus):
            if edge.source in self.nx and edge.target in self.nx:
                self.nx.add_edge(edge.source, edge.target, relation=edge.relation, edge=edge)

    def __contains__(self, address: str) -> bool:
        return address in self.nx

    def __len__(self) -> int:
        return int(self.nx.number_of_nodes())

    def node(self, address: str) -> Node:
        """The node at ``address``. Raises KeyError when there is none."""
        return self.nx.nodes[address]["node"]  # type: ignore[no-any-return]

    def nodes(self, kind: str | None = None) -> Iterator[Node]:
        """All nodes, or those of one kind, in the order of the record."""
        return (n for _, n in self.nx.nodes(data="node") if kind is None or n.kind == kind)

    def edges(self, relation: str | None = None) -> Iterator[Edge]:
        return (e for _, _, e in self.nx.edges(data="edge") if relation is None or e.relation == relation)

    def out(self, address: str, *relations: str) -> list[Edge]:
        """Edges that leave ``address``, of the given relations or of all."""
        return [e for _, _, e in self.nx.out_edges(address, data="edge") if not relations or e.relation in relations]

    def into(self, address: str, *relations: str) -> list[Edge]:
        """Edges that arrive at ``address``, of the given relations or of all."""
        return [e for _, _, e in self.nx.in_edges(address, data="edge") if not relations or e.relation in relations]

    def around(self, address: str) -> list[Edge]:
        """All edges at ``address``."""
        return [*self.out(address), *self.into(address)]

    def neighbourhood(
        self, address: str, depth: int, relations: Collection[str] | None = None, *, all_at_first: bool = False
    ) -> dict[str, int]:
        """Addresses within ``depth`` steps in either direction and their distance, nearest first.

        Steps go along ``relations``, or along all; with ``all_at_first`` the first step goes along all.

        Own breadth-first search: ``nx.ego_graph(undirected=True)`` copies the whole graph at each call.
        """
        distance = {address: 0}
        queue = deque([address])
        while queue:
            here = queue.popleft()
            if distance[here] == depth:
                continue
            wanted = None if all_at_first and here == address else relations
            for steps in (self.nx.succ[here], self.nx.pred[here]):
                for there, edges in steps.items():
                    if there in distance:
                        continue
                    if wanted is None or any(e["relation"] in wanted for e in edges.values()):
                        distance[there] = distance[here] + 1
                        queue.append(there)
        return distance

    def former(self, address: str) -> list[Retired]:
        """The retired addresses that lead to ``address``, and why."""
        return [retired for retired in self.corpus.retired if address in retired.to]

    def resolve(self, text: str) -> tuple[str | None, list[str]]:
        """The address that ``text`` names: an address, a bare id, a retired address that leads to one, or the last
        part of the id of one prediction.

        The second part lists what else it names: other kinds with the same id (a claim comes first); or, where there is
        no first, the parts of a record that was split, or predictions of several claims.
        """
        if text in self.nx:
            return text, []
        named = [f"{kind}:{text}" for kind in _BARE if f"{kind}:{text}" in self.nx]
        for retired in self.corpus.retired if not named else ():
            if text in (retired.id, retired.id.partition(":")[2]):
                live = [address for address in retired.to if address in self.nx]
                return (live[0], []) if len(live) == 1 else (None, live)
        if named:
            return named[0], named[1:]
        own = [node.address for node in self.called(text)]
        return (own[0], []) if len(own) == 1 else (None, own)

    def called(self, short: str) -> list[Node]:
        """The predictions whose id within their claims is ``short``."""
        return [node for node in self.nodes("prediction") if node.id.partition("/")[2] == short]


_BARE = ("claim", "prediction", "question", "paper", "reproduction", "strand", "concept", "assumption", "argument")


def load(root: str | Path | None = None) -> Graph:
    """The graph of the tree at ``root``, or of the nearest one at or above the working directory."""
    return Graph(reader.load(Path(root) if root is not None else find_root()))


def _nodes(corpus: Corpus) -> Iterator[Node]:
    for kind, records in (
        ("strand", corpus.strands),
        ("paper", corpus.papers),
        ("concept", corpus.concepts),
        ("assumption", corpus.assumptions),
        ("claim", corpus.claims),
        ("question", corpus.questions),
        ("argument", corpus.arguments),
        ("reproduction", corpus.scripts),
    ):
        for name, record in records.items():
            yield Node(f"{kind}:{name}", kind, name, record.title, record)
    for address, claim_id, prediction in corpus.predictions():
        yield Node(address, "prediction", f"{claim_id}/{prediction.id}", prediction.statement, prediction)


def _edges(corpus: Corpus) -> Iterator[Edge]:
    for name, claim in corpus.claims.items():
        yield from _claim_edges(f"claim:{name}", claim)
    for address, claim_id, prediction in corpus.predictions():
        yield Edge(f"claim:{claim_id}", address, "implies", {})
        yield from _prediction_edges(address, prediction)
    for name, question in corpus.questions.items():
        yield from _question_edges(f"question:{name}", question)
    for name, argument in corpus.arguments.items():
        for target in argument.targets:
            yield _edge(f"argument:{name}", target, "targets", argument)
    for name, concept in corpus.concepts.items():
        for required in concept.requires:
            yield Edge(f"concept:{name}", f"concept:{required}", "requires", {})
    for reading in corpus.readings.values():
        for taught, level in reading.teaches.items():
            data = {"level": level, "where": reading.where, "minutes": reading.minutes}
            yield Edge(f"paper:{reading.paper}", f"concept:{taught}", "teaches", data)


def _edge(source: str, target: str, relation: str, record: BaseModel) -> Edge:
    """An edge with those fields of ``record`` that the relation carries."""
    written = record.model_dump(by_alias=True, exclude_none=True)
    return Edge(source, target, relation, {n: written[n] for n in RELATIONS[relation].carries if n in written})


def _claim_edges(address: str, claim: Claim) -> Iterator[Edge]:
    for strand in claim.strands:
        yield Edge(address, f"strand:{strand}", "in_strand", {})
    for source in claim.sources:
        yield _edge(f"paper:{source.paper}", address, "states", source)
    for item in claim.evidence:
        yield _edge(f"paper:{item.paper}", address, "reports", item)
    for concept in claim.needs:
        yield Edge(address, f"concept:{concept}", "needs", {})
    for other in claim.builds_on:
        yield Edge(address, f"claim:{other}", "builds_on", {})
    for assumed in claim.assumes:
        yield _edge(address, f"assumption:{assumed.id}", "assumes", assumed)
    for bridge in claim.bridges:
        yield _edge(address, f"claim:{bridge.claim}", "bridges", bridge)
    for denial in claim.contradicts:
        source_address = f"prediction:{address.partition(':')[2]}/{denial.from_}" if denial.from_ else address
        target = f"claim:{denial.claim}" if denial.claim else f"prediction:{denial.prediction}"
        yield _edge(source_address, target, "contradicts", denial)
    for prediction in claim.implies:
        yield Edge(address, f"prediction:{prediction}", "implies", {})


def _prediction_edges(address: str, prediction: Prediction) -> Iterator[Edge]:
    for item in prediction.evidence:
        yield _edge(f"paper:{item.paper}", address, "reports", item)
    for test in prediction.scripts:
        yield _edge(f"reproduction:{test.script}", address, "tests", test)


def _question_edges(address: str, question: Question) -> Iterator[Edge]:
    for strand in question.strands:
        yield Edge(address, f"strand:{strand}", "in_strand", {})
    for origin in question.origin:
        yield _edge(f"paper:{origin.paper}", address, "raises", origin)
    for target in question.asks_about:
        yield Edge(address, target, "asks_about", {})
    for claim in question.presumes:
        yield Edge(address, f"claim:{claim}", "presumes", {})
    for way in question.settled_by:
        if way.prediction:
            yield _edge(f"prediction:{way.prediction}", address, "would_settle", way)
    for attempt in question.attempts:
        source = f"paper:{attempt.paper}" if attempt.paper else f"claim:{attempt.claim}"
        yield _edge(source, address, "bears_on", attempt)
