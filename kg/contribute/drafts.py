"""New records as text: a file of their own, an entry of a file, or a prediction within its claim's file.

Text is written as JSON, which YAML reads alike, and put into canonical form by ``kg.contribute.change``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from kg.contribute import mend, predictions
from kg.contribute.change import Refused
from kg.contribute.nodes import compose
from kg.duplicates import SMALL_WORDS, words_of

_PLAIN = re.compile(r"(?:\d{4}-\d\d-\d\d|true|false|0|[1-9]\d{0,8}|0\.\d*[1-9])\Z", re.ASCII)  # all read alike
LONGEST = 40  # letters of an id that is made of a title; its first words have the point more often than its last
_LEADING = frozenset(
    ("are", "be", "between", "but", "can", "exactly", "if", "less", "more", "no", "not", "only", "over", "than", "that",
     "their", "then", "these", "this", "under", "when", "where", "which")
)  # fmt: skip
"""Words that lead on to another, at which no id ends."""

Fields = dict[str, Any]
"""A record by its YAML names: text, lists and mappings. None and empty lists are left out."""


def slug(title: str) -> str:
    """An id of the telling words of ``title``: ``sharpness-rises-before-plateau``."""
    words = [word for word in words_of(title) if word not in SMALL_WORDS]
    while len("-".join(words)) > LONGEST and len(words) > 1:
        words.pop()
    while len(words) > 1 and words[-1] in _LEADING:
        words.pop()
    plain = unicodedata.normalize("NFKD", "-".join(words)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9-]", "", plain).strip("-") or "new"


def record(fields: Fields, indent: int = 0) -> str:
    """The lines of one record, each field on its own, what it holds in brackets."""
    lines = []
    for name, value in fields.items():
        if value in (None, [], {}):
            continue
        if isinstance(value, list) and any(isinstance(item, dict) for item in value):
            lines += [f"{name}:", *(f"  - {flow(item)}" for item in value)]
        else:
            lines.append(f"{name}: {flow(value)}")
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


def entry(name: str, fields: Fields) -> str:
    """The lines of an entry ``name`` of a file that maps ids to records."""
    return f"{name}:\n{record(fields, 2)}"


def appended(root: Path, path: str, text: str) -> str:
    """The text of the file at ``path`` with ``text`` at its end; ``text`` alone where there is no file yet."""
    if not (root / path).exists():
        return text
    return mend.read(root, path).rstrip("\n") + "\n" + text


def with_prediction(text: str, fields: Fields, path: str) -> str:
    """``text`` of a claim's file with one prediction more, the last of its list. Raises Refused."""
    return predictions.added(text, lambda indent: _item(fields, indent), path)


def with_test(text: str, prediction: str, script: str, level: str, path: str) -> str:
    """``text`` of a claim's file in which ``prediction`` is tested by ``script``. Raises Refused."""
    lines = text.rstrip("\n").split("\n")
    root = compose(text)
    listed = next(value for key, value in root.value if key.value == "predictions")
    for item in listed.value:
        named = {key.value: (key, value) for key, value in item.value}
        if named["id"][1].value != prediction:
            continue
        if "tests" in named or item.flow_style or named["id"][0].start_mark.line != named["id"][1].end_mark.line:
            raise Refused(f"{path}: add {{script: {script}, level: {level}}} to the tests of {prediction!r} by hand")
        key = named["id"][0]
        row = f"{' ' * key.start_mark.column}tests: [{{script: {script}, level: {level}}}]"
        at = key.start_mark.line + 1
        return "\n".join([*lines[:at], row, *lines[at:]]) + "\n"
    raise Refused(f"{path} has no prediction {prediction!r}")


def _item(fields: Fields, indent: int) -> list[str]:
    rows = record(fields, indent + 2).splitlines()
    return [f"{' ' * indent}- {rows[0].strip()}", *rows[1:]]


def flow(value: Any) -> str:
    """``value`` in brackets on one line; None is left out of mappings."""
    if isinstance(value, dict):
        kept = {name: inner for name, inner in value.items() if inner is not None}
        return "{" + ", ".join(f"{json.dumps(name)}: {flow(inner)}" for name, inner in kept.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value) if _PLAIN.match(str(value)) else json.dumps(str(value), ensure_ascii=False)
