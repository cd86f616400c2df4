"""What ``kg find`` answers: one query or several, by words and by how nodes stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kg.graph import Graph
from kg.search import Hit, Index, absence

if TYPE_CHECKING:  # a search by words alone weighs no evidence
    from kg.evidence import Evidence
    from kg.picking import Picked


@dataclass(frozen=True)
class Answer:
    """The hits of one ``query``; ``more`` is how many there are where some are left out, else 0.

    ``absent`` says of each word that the record does not hold what was searched for in its place, and whether no node
    holds all words.
    """

    query: str
    hits: tuple[Hit, ...]
    more: int = 0
    absent: tuple[str, ...] = ()


def asked(words: Sequence[str]) -> list[str]:
    """The words as one query; where one of them is a phrase (it was in quotes), each is a query of its own."""
    phrases = [" ".join(word.split()) for word in words]
    if any(" " in phrase for phrase in phrases):
        return [phrase for phrase in phrases if phrase]
    return [" ".join(phrases)]


def answers(
    graph: Graph,
    texts: Sequence[str],
    kind: str | None,
    limit: int,
    evidence: Evidence | None = None,
    picked: Picked | None = None,
) -> list[Answer]:
    """The answer to each query, '' for every node; with ``picked``, of the nodes that ``evidence`` lets it hold only.

    At most ``limit`` hits each, of one ``kind`` where it is given.
    """
    index = Index(graph) if any(texts) else None
    found = []
    for query in texts:
        if index and query:
            hits = index.find(query, kind, len(graph) if picked else limit)
        else:
            hits = [Hit(node.address, node.kind, node.title, "") for node in graph.nodes(kind)]
        if evidence and picked:
            hits = [hit for hit in hits if picked.holds(evidence, graph.node(hit.address))]
        absent = absence(index.absent(query)) if index and query else []
        if index and query and (apart := index.apart(query, kind)):
            absent.append(apart)
        found.append(Answer(query, tuple(hits[:limit]), len(hits) if len(hits) > limit else 0, tuple(absent)))
    return found


def as_json(found: Sequence[Answer]) -> list[dict[str, Any]]:
    """The hits of one query; of several, a list of each query with its hits."""
    rows = [[{**asdict(hit), "mended": dict(hit.mended)} for hit in answer.hits] for answer in found]
    if len(found) == 1:
        return rows[0]
    return [{"query": answer.query, "hits": hits} for answer, hits in zip(found, rows, strict=True)]
