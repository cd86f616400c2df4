"""The relations of a node in a terminal: each neighbour, how it stands, what the relation carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from kg import cardfacts
from kg.evidence import Evidence
from kg.findings import visible
from kg.graph import Node
from kg.papers import Paper
from kg.relations import RELATIONS

_CARRIED = {"role": "", "outcome": "", "level": "", "where": "at: ", "depth": "read: ", "value": "", "why": ""}
"""What is shown of a relation, in this order: a locator and the depth of reading are alike, and have their names."""


def relations(evidence: Evidence, node: Node) -> Iterator[str]:
    """Lines below a heading for each kind of relation, either way; a paper has its DOI or arXiv number or address."""
    graph = evidence.graph
    for relation in RELATIONS.values():
        if node.kind == "argument" and relation.name == "targets":
            continue  # among its facts, with how both ends stand
        for edges, says, end in (
            (graph.out(node.address, relation.name), relation.says, "target"),
            (graph.into(node.address, relation.name), relation.says_back, "source"),
        ):
            if edges:
                yield from ("", click.style(says, underline=True))
                for edge in edges:
                    other = graph.node(getattr(edge, end))
                    at = cardfacts.found_at(other.record) if isinstance(other.record, Paper) else ""
                    said = carried(edge.data, cardfacts.stand(evidence, other.address))
                    yield f"  {other.address}  {visible(other.title)}{f', {visible(at)}' if at else ''}{said}"


def carried(data: dict[str, Any], how: str = "") -> str:
    """What an edge carries, after ``how`` the node at its end stands."""
    shown = [*([how] if how else []), *(["load-bearing"] if data.get("load-bearing") else [])]
    shown += [f"{name}{data[key]}" for key, name in _CARRIED.items() if key in data]
    if data.get("in-regime") is False:
        shown.insert(1 + bool(how), "outside its regime, not counted")
    return click.style(f"  [{visible('; '.join(shown))}]", dim=True) if shown else ""
