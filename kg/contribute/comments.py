"""The comments of a YAML file, which its parser drops: each one with the entry that it belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from kg.contribute.nodes import Place, entries, leaves

_AT_END = re.compile(r"(?:^|[ \t])(#.*)$")


@dataclass
class Comments:
    """``before`` holds the comment lines (and single blank lines, as '') above an entry, ``beside`` the comment at the
    end of its first line, ``after`` those below the last entry."""

    before: dict[Place, list[str]] = field(default_factory=dict)
    beside: dict[Place, str] = field(default_factory=dict)
    after: list[str] = field(default_factory=list)

    def inside(self, node: Any) -> bool:
        """Whether any comment belongs to an entry of ``node``."""
        return any(at in self.before or at in self.beside for at in entries(node))


def read(text: str, root: Any) -> Comments:
    """The comments of ``text``, whose only document is ``root``."""
    lines = text.split("\n")
    taken, ends = _scalars(lines, root)
    first: dict[int, Place] = {}
    for at in entries(root):
        first.setdefault(at[0], at)
    found, waiting, last = Comments(), list[str](), (0, 0)
    for number, line in enumerate(lines):
        here = first.get(number)
        if number in taken:
            continue
        if not line.strip() or (line.lstrip().startswith("#") and number not in ends):
            if line.strip() or (waiting[-1:] != [""] and number):
                waiting.append(line.strip())
            continue
        last = here or last
        if here and waiting:
            found.before[here] = waiting
        waiting = []
        if comment := _AT_END.search(line, ends.get(number, 0)):
            if here:
                found.beside[here] = comment[1].rstrip()
            else:  # below the first line of what it belongs to
                found.before.setdefault(last, []).append(comment[1].rstrip())
    found.after = waiting if any(waiting) else []
    while found.after and not found.after[-1]:
        found.after.pop()
    return found


def _scalars(lines: list[str], root: Any) -> tuple[set[int], dict[int, int]]:
    """The lines that lie inside a text of several lines, and the column at which the last text of a line ends."""
    taken: set[int] = set()
    ends: dict[int, int] = {}
    for node in leaves(root):
        first, last = node.start_mark.line, node.end_mark.line
        if node.style in ("|", ">"):
            inside = _block(lines, first)
            taken.update(inside)
            ends[first] = max(ends.get(first, 0), node.start_mark.column)
        else:
            taken.update(range(first + 1, last))
            ends[last] = max(ends.get(last, 0), node.end_mark.column)
            if last > first:
                ends[first] = len(lines[first])
    return taken, ends


def _block(lines: list[str], header: int) -> list[int]:
    """The lines of a literal or folded text below its ``header``: blank ones, and those indented like its first."""
    inside: list[int] = []
    indent: int | None = None
    for number in range(header + 1, len(lines)):
        line = lines[number]
        own = len(line) - len(line.lstrip(" "))
        if line.strip():
            indent = own if indent is None else indent
            if own < indent:
                break
        inside.append(number)
    while inside and not lines[inside[-1]].strip():
        inside.pop()
    return inside
