"""A BibTeX file in canonical form: one field a line, in one order, values in braces, a blank line between entries.

Values and comments never change; white space inside a value becomes single spaces, as BibTeX reads it.
"""

from __future__ import annotations

import re
from typing import Any

from bibtexparser.model import Entry, ImplicitComment

from kg import bibfile
from kg.contribute.yamlstyle import CannotFormatError

FIELDS = (
    "author", "editor", "title", "journal", "booktitle", "series", "volume", "howpublished", "number", "publisher",
    "pages", "school", "institution", "edition", "address", "month", "year", "eprint", "archiveprefix",
    "primaryclass", "doi", "isbn", "url", "note",
)  # fmt: skip
"""The order of fields; others follow as they were."""

_SPACES = re.compile(r"[ \t\n]+")
_QUOTED = re.compile(r'"([^"]*)"\Z')


def canonical(text: str, path: str) -> str:
    """The canonical form of the text of the BibTeX file at ``path``.

    Raises CannotFormatError where an entry cannot be read, or would read otherwise afterwards.
    """
    said = bibfile.parse(text, path)
    if wrong := [finding for finding in said.findings if finding.severity == "error"]:
        raise CannotFormatError("; ".join(map(str, wrong)))
    parts = [part for block in bibfile.blocks(text) if (part := _block(block))]
    out = "\n\n".join(parts) + "\n"
    if _said(bibfile.parse(out, path)) != _said(said):
        raise CannotFormatError(f"{path}: its values would change; write it in a plainer form")
    return out


def _said(read: bibfile.BibFile) -> list[tuple[str, str, dict[str, str]]]:
    return [(entry.key, entry.type, dict(entry.fields)) for entry in read.entries]


def _block(block: Any) -> str:
    if not isinstance(block, Entry):
        raw = bibfile.written(block.raw)
        lines = [line.strip() for line in raw.split("\n")] if isinstance(block, ImplicitComment) else [raw]
        return "\n".join(lines).strip()
    names = {name: index for index, name in enumerate(FIELDS)}
    fields = sorted(block.fields, key=lambda field: names.get(field.key.lower(), len(names)))
    lines = [f"  {field.key.lower()} = {_value(bibfile.written(field.value))}," for field in fields]
    return "\n".join([f"@{block.entry_type.lower()}{{{block.key},", *lines, "}"])


def _value(raw: str) -> str:
    value = _SPACES.sub(" ", raw).strip()
    if value.startswith("{") and value.endswith("}") and _closes_at_end(value):
        return f"{{{value[1:-1].strip()}}}"
    quoted = _QUOTED.match(value)
    return f"{{{quoted[1].strip()}}}" if quoted else value


def _closes_at_end(value: str) -> bool:
    """Whether the brace that opens ``value`` is closed by its last one: else pieces are joined."""
    depth = 0
    for at, mark in enumerate(value):
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if depth == 0:
            return at == len(value) - 1
    return False
