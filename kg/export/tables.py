"""The whole graph as two CSV files: a line a node, and a line a relation."""

from __future__ import annotations

from collections.abc import Sequence

from kg.evidence import Evidence
from kg.export import cells, flat

NODES, EDGES = "nodes.csv", "edges.csv"


def dump(evidence: Evidence) -> dict[str, str]:
    """The texts of ``nodes.csv`` and ``edges.csv``: the first columns name what it is, the others follow by name.

    Lists and mappings are JSON, truth values ``true`` and ``false``. ``kg.export.cells`` says how cells that a
    spreadsheet would run are made harmless, and its ``read`` gives them back.
    """
    nodes, relations = flat.rows(evidence)
    return {
        NODES: _table(nodes, ("id", "kind", "title")),
        EDGES: _table(relations, ("source", "relation", "target")),
    }


def _table(rows: list[dict[str, flat.Scalar]], first: Sequence[str]) -> str:
    others = sorted({name for row in rows for name in row} - set(first))
    return cells.dump([*first, *others], [{name: _cell(value) for name, value in row.items()} for row in rows])


def _cell(value: flat.Scalar) -> cells.Value:
    return str(value).lower() if isinstance(value, bool) else value
