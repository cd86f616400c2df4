"""Nodes and relations as rows of text and numbers, for formats that know nothing deeper: GraphML and CSV.

They are those of the snapshot; a list or mapping stands as JSON. Characters that XML cannot hold (no file of the
record may hold them either; a program that builds a graph of its own might) become U+FFFD.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from kg.evidence import Evidence
from kg.export.snapshot import snapshot

Scalar = str | int | float | bool
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Source: XML 1.0 (fifth edition), section 2.2; a carriage return besides, which parsers make a line end of."""


def rows(evidence: Evidence) -> tuple[list[dict[str, Scalar]], list[dict[str, Scalar]]]:
    """Nodes with their ``id``; relations with ``source``, ``target`` and ``relation``. What is null has no entry."""
    written = snapshot(evidence)
    return [flat(node) for node in written["nodes"]], [flat(row) for row in written["relations"]]


def flat(written: Mapping[str, Any]) -> dict[str, Scalar]:
    """``written`` without what is null, and with nested values as JSON."""
    return {name: scalar(value) for name, value in written.items() if value is not None}


def scalar(value: Any) -> Scalar:
    """``value`` where it is text, a number or a truth value, else its JSON."""
    if isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)
    return _NOT_XML.sub("\ufffd", text)
