"""Predictions as lines of their claims' files: one added, taken out, or carried to another claim; comments stay."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import takewhile
from typing import Any

from kg.contribute.change import Refused
from kg.contribute.nodes import compose

FIELD = "predictions"


def added(text: str, item: Callable[[int], list[str]], path: str) -> str:
    """``text`` of a claim's file with one prediction more, the last of its list: the lines that ``item`` gives for an
    indent. Raises Refused."""
    lines = text.rstrip("\n").split("\n")
    keys = [(key, value) for key, value in compose(text).value]
    at = next((i for i, (key, _) in enumerate(keys) if key.value == FIELD), None)
    if at is None:
        return "\n".join([*lines, f"{FIELD}:", *item(2)]) + "\n"
    listed = _block(keys[at][1], path)
    end = _end(lines, keys[at + 1][0].start_mark.line if at + 1 < len(keys) else len(lines))
    return "\n".join([*lines[:end], *item(listed.start_mark.column), *lines[end:]]) + "\n"


def taken(text: str, name: str, path: str) -> tuple[str, list[str]]:
    """``text`` of a claim's file without the prediction ``name``, and its lines, not indented. Raises Refused."""
    lines = text.rstrip("\n").split("\n")
    keys = [(key, value) for key, value in compose(text).value]
    at = next(i for i, (key, _) in enumerate(keys) if key.value == FIELD)
    listed = _block(keys[at][1], path)
    after = keys[at + 1][0].start_mark.line if at + 1 < len(keys) else len(lines)
    first, end = next(
        (_above(lines, item.start_mark.line), _end(lines, last))
        for item, last in zip(listed.value, [*(one.start_mark.line for one in listed.value[1:]), after], strict=True)
        if _id(item) == name
    )
    rows = [line[listed.start_mark.column :] for line in lines[first:end]]
    if len(listed.value) == 1:
        first = keys[at][0].start_mark.line
    return "\n".join([*lines[:first], *lines[end:]]) + "\n", rows


def renamed(rows: list[str], old: str, new: str) -> list[str]:
    """The lines of a prediction with its id ``old`` replaced."""
    named = re.compile(rf"(\s*(?:- )?id: *['\"]?){re.escape(old)}(?![\w.-])")
    at = next(number for number, row in enumerate(rows) if named.match(row))
    return [*rows[:at], named.sub(lambda found: found[1] + new, rows[at]), *rows[at + 1 :]]


def indented(rows: list[str], indent: int) -> list[str]:
    return [" " * indent + row if row else row for row in rows]


def _block(listed: Any, path: str) -> Any:
    if listed.flow_style or not listed.value or any(item.flow_style for item in listed.value):
        raise Refused(f"{path}: its predictions stand in brackets; put each on lines of its own, then try again")
    return listed


def _id(item: Any) -> str:
    return next((str(value.value) for key, value in item.value if key.value == "id"), "")


def _above(lines: list[str], first: int) -> int:
    """Where the comments begin that stand directly above line ``first``."""
    return first - len(list(takewhile(lambda line: line.lstrip().startswith("#"), reversed(lines[:first]))))


def _end(lines: list[str], end: int) -> int:
    """``end`` without the blank lines and comments before it: they belong to what follows."""
    while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
        end -= 1
    return end
