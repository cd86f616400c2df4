"""A selection as CSV, one line a node; ``kg.export.cells`` says how formulas are made harmless."""

from __future__ import annotations

from kg.evidence import Evidence
from kg.export import cells
from kg.export.describe import described
from kg.export.selection import Selection

COLUMNS = (
    "address", "kind", "title", "authors", "year", "venue", "arxiv", "doi", "url", "standing", "statement", "where",
    "minutes", "why",
)  # fmt: skip


def dump(evidence: Evidence, selection: Selection) -> str:
    """The nodes in the order of the selection; authors are joined by a semicolon."""
    rows = []
    for one in described(evidence, selection):
        row: dict[str, cells.Value] = {name: getattr(one, name) for name in COLUMNS if name != "authors"}
        rows.append({**row, "authors": "; ".join(one.authors)})
    return cells.dump(COLUMNS, rows)
