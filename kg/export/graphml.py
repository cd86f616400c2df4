"""The whole graph as GraphML, which Gephi, Cytoscape, yEd, igraph and networkx read."""

from __future__ import annotations

import io

import networkx as nx

from kg.evidence import Evidence
from kg.export import flat


def dump(evidence: Evidence) -> str:
    """Nodes by address with ``kind``, ``title`` and what the snapshot says of them; edges with their ``relation``.

    A name that is a number on one node and text on another is text on all, as GraphML wants one type a name. The same
    to the byte on every run.
    """
    nodes, relations = flat.rows(evidence)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in _of_one_type(nodes):
        graph.add_node(node.pop("id"), **node)
    for row in _of_one_type(relations):
        graph.add_edge(row.pop("source"), row.pop("target"), **row)
    held = io.BytesIO()
    nx.write_graphml_xml(graph, held, encoding="utf-8", prettyprint=True)
    return held.getvalue().decode()


def _of_one_type(rows: list[dict[str, flat.Scalar]]) -> list[dict[str, flat.Scalar]]:
    """``rows`` with every value as text whose name stands for values of several types."""
    types: dict[str, set[type]] = {}
    for row in rows:
        for name, value in row.items():
            types.setdefault(name, set()).add(type(value))
    mixed = {name for name, found in types.items() if len(found) > 1}
    return [{name: _text(value) if name in mixed else value for name, value in row.items()} for row in rows]


def _text(value: flat.Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
