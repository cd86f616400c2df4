"""What is typed into the fields of a form as the text of a file, and an attempt put into a question's file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from kg.contribute import drafts, mend
from kg.contribute.nodes import compose
from kg.contribute.yamlstyle import CannotFormatError


def filled(value: Any) -> Any:
    """``value`` without what was left empty, at every depth; None where nothing is left. White space is collapsed."""
    if isinstance(value, str):
        return " ".join(value.split()) or None
    if isinstance(value, Mapping):
        return {name: left for name, inner in value.items() if (left := filled(inner)) is not None} or None
    if isinstance(value, list | tuple):
        return [left for inner in value if (left := filled(inner)) is not None] or None
    return value


def text(fields: Mapping[str, Any], more: str = "") -> str:
    """The fields that were filled in as YAML, one below the other, with lines of YAML written by hand after them."""
    return drafts.record(filled(fields) or {}) + (more.strip("\n") + "\n" if more.strip() else "")


def with_attempt(question: str, path: str, attempt: Mapping[str, Any]) -> str:
    """The text of a question's file with ``attempt`` as its last one, in canonical form where it can be.

    What was in the file stays. Raises CannotFormatError where ``question`` is not a mapping in block form.
    """
    item = json.dumps(filled(attempt) or {}, ensure_ascii=False)  # which YAML reads alike
    root = compose(question)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise CannotFormatError(f"{path}: expected fields one below the other")
    lines = question.rstrip("\n").split("\n")
    held = next((value for key, value in root.value if key.value == "attempts"), None)
    if held is None:
        lines += ["attempts:", f"  - {item}"]
    elif held.flow_style:
        mark = held.end_mark
        row, comma = lines[mark.line], ", " if held.value else ""
        lines[mark.line] = f"{row[: mark.column - 1]}{comma}{item}{row[mark.column - 1 :]}"
    else:
        lines.insert(_end(lines, held.value[-1]), f"{' ' * held.start_mark.column}- {item}")
    out = "\n".join(lines) + "\n"
    try:
        return mend.formatted(out, path)
    except CannotFormatError:
        return out


def _end(lines: list[str], node: Any) -> int:
    """The number, from 0, of the line after the last one of ``node`` that is not blank."""
    end = node.end_mark.line + (node.end_mark.column > 0)
    while end > node.start_mark.line + 1 and (end > len(lines) or not lines[end - 1].strip()):
        end -= 1
    return int(end)
