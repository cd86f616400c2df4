"""What can be read of a YAML file with faults of form: all of it but the fields and entries that hold the faults.

A fault of form is told on a line. By the indentation of its lines the file falls into fields of mappings and entries
of lists; the smallest one around the fault whose lines, made blank, leave a file without that fault is left out. So
every further fault is found in a file that was written, on the line that it has there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kg import yamlfile
from kg.findings import Finding, visible
from kg.textfile import first_problems, read_text
from kg.yamlfile import Location, YamlFile

MAX_TEXT = 300_000  # characters; three times the longest list of the field
MAX_ROUNDS = 12  # faults of form that are looked behind: a file with more is none that people wrote
MAX_PARSED = 3_000_000  # characters parsed for one file: 0.7 s

_WHOLE = frozenset(("yaml-directive", "yaml-second-document", "empty-file", "too-many-nodes"))  # no part is at fault
_DASH = re.compile(r"-(?: +|\Z)")
_KEY = re.compile(r"""["']?([A-Za-z0-9_][\w./*+-]*)["']?\s*:""", re.ASCII)
_HEAD = re.compile(r"""(?: *-(?= |\Z))* *(?:["']?[A-Za-z0-9_][\w./*+-]*["']?\s*:)?\s*(?:#.*)?\Z""", re.ASCII)
_NAMED = re.compile(r"""(?:^[\s-]*|[{,]\s*)["']?([A-Za-z0-9_][\w./*+-]*)|([a-z]+:[A-Za-z0-9][\w.:+/-]*)""", re.ASCII)


@dataclass(frozen=True)
class _Unit:
    """A field, an entry of a list, or a line that is neither: the rows ``first`` to before ``end``, from a column."""

    first: int
    end: int
    column: int
    name: str | None = None
    entry: bool = False


def load(root: Path, path: str) -> YamlFile | None:
    """The rest of the file at ``path`` below ``root``, which ``yamlfile`` refuses; None where none can be told.

    Of a file whose name alone is refused that is all of it.
    """
    text, _ = read_text(root, path, yamlfile.MAX_BYTES, None)
    return None if text is None else parse(text, visible(path))


def parse(text: str, path: str) -> YamlFile | None:
    """What ``text`` says beside its faults of form, which are the findings; None where no such rest can be told.

    ``lost`` of the file has for each mapping and list of which something is left out the names that stand in that.
    """
    if len(text) > MAX_TEXT:
        return None
    rows = text.split("\n")
    findings: dict[Finding, None] = {}
    gone: list[_Unit] = []
    left = MAX_PARSED
    for _ in range(MAX_ROUNDS):
        left -= len(text)
        file = yamlfile.parse("\n".join(rows), path)
        if file.value is not None:
            findings_ = tuple(first_problems(sorted(findings)))
            return replace(file, findings=findings_, lost=_lost(text.split("\n"), gone, file.lines))
        if any(found.rule in _WHOLE for found in file.findings):
            return None
        findings |= dict.fromkeys(file.findings)
        for found in file.findings:
            if found.rule != yamlfile.SYNTAX.name:
                unit = next(_around(rows, found.place.line - 1), None)
                if unit is None:
                    return None
                rows = _without(rows, unit, gone)
        for found in file.findings:
            if found.rule == yamlfile.SYNTAX.name:
                for unit in _suspects(rows, found.place.line - 1):
                    tried, also = list(gone), _without(rows, unit, gone)
                    left -= len(text)
                    if left < 0:
                        return None
                    if not _is_text(also, unit) and _is_past(
                        yamlfile.parse("\n".join(also), path), _record(rows, unit)
                    ):
                        rows = also
                        break
                    gone[:] = tried
                else:
                    return None
    return None


def _suspects(rows: list[str], at: int) -> Iterator[_Unit]:
    """What encloses the row ``at``, then what encloses the one above, of which some faults are told a row too late."""
    if _is_tabbed(rows[at]):
        yield from _beside(rows, at)
    yield from _around(rows, at)
    if at:
        yield from _around(rows, at - 1)


def _is_tabbed(row: str) -> bool:
    """Whether a tab stands in the indentation of ``row``: then nothing tells what it belongs to."""
    return "\t" in row[: len(row) - len(row.lstrip())]


def _beside(rows: list[str], at: int) -> Iterator[_Unit]:
    """The tabbed row ``at`` and what stands in it, in the column of what begins above; with that, where it is empty."""
    inner = next((starts[0][0] for row in rows[at + 1 :] if (starts := _starts(row))), 0)
    below = at + 1
    if _HEAD.match(rows[at].strip()):  # what is further in than the rows after it stands below it
        below = _end(rows, at, inner - 1, False) if inner else _end(rows, at, 0, True)
    for first in range(at - 1, -1, -1):
        if starts := _starts(rows[first]):
            column, name, entry = starts[-1]
            if _HEAD.match(rows[first]):
                yield _Unit(first, max(_end(rows, at, column, not entry), below), column, name, entry)
            else:
                yield _Unit(at, max(_end(rows, at, column, not entry), below), column)
            return


def _record(rows: list[str], unit: _Unit) -> _Unit:
    """The entry of a list, or else the field of the file, in which ``unit`` is: of one there is one such fault told."""
    while not unit.entry and (above := _above(rows, unit)) is not None:
        unit = above
    return unit


def _is_text(rows: list[str], unit: _Unit) -> bool:
    """Whether of the mapping or list that ``unit`` was taken from only what is neither is left."""
    above = _above(rows, unit)
    inner = rows if above is None else rows[above.first + 1 : above.end]
    if above is not None and not _HEAD.match(rows[above.first]):
        return False
    left = next((row for row in inner if row.strip() and not row.lstrip().startswith("#")), None)
    return left is not None and not _starts(left)


def _is_past(file: YamlFile, unit: _Unit) -> bool:
    """Whether no fault of syntax is left in ``unit`` or before it, and what is left is not one piece of text."""
    wrong = [found for found in file.findings if found.rule in (yamlfile.SYNTAX.name, yamlfile.EMPTY.name)]
    return not isinstance(file.value, str) and all(
        found.rule == yamlfile.SYNTAX.name and found.place.line > unit.end for found in wrong
    )


def _starts(row: str) -> list[tuple[int, str | None, bool]]:
    """(column, name, whether it is an entry of a list) of what begins on a row, from the outermost."""
    column = len(row) - len(row.lstrip(" "))
    found: list[tuple[int, str | None, bool]] = []
    while dash := _DASH.match(row, column):
        found.append((column, None, True))
        column = dash.end()
    if key := _KEY.match(row, column):
        found.append((column, key[1], False))
    return found


def _around(rows: list[str], at: int) -> Iterator[_Unit]:
    """What encloses the row ``at``, from the innermost."""
    inner: tuple[float, bool] = (float("inf"), False)
    if not _starts(rows[at]):
        column = len(rows[at]) - len(rows[at].lstrip())
        yield _Unit(at, _end(rows, at, column, False), column)
    for first in range(at, -1, -1):
        for column, name, entry in reversed(_starts(rows[first])):
            if column < inner[0] or (column == inner[0] and inner[1] and not entry):
                yield _Unit(first, max(_end(rows, first, column, not entry), at + 1), column, name, entry)
                inner = (column, entry)


def _end(rows: list[str], first: int, column: int, is_field: bool) -> int:
    """The row before which what begins at ``column`` of the row ``first`` ends."""
    for number in range(first + 1, len(rows)):
        if starts := _starts(rows[number]):
            begins, _, entry = starts[0]
            if begins < column or (begins == column and not (is_field and entry)):
                return number
    return len(rows)


def _without(rows: list[str], unit: _Unit, gone: list[_Unit]) -> list[str]:
    """``rows`` with ``unit`` made blank, and what then holds nothing; what was made blank joins ``gone``."""
    kept = "" if _is_tabbed(rows[unit.first]) else rows[unit.first][: unit.column].rstrip()
    rows = [*rows[: unit.first], kept, *[""] * (unit.end - unit.first - 1), *rows[unit.end :]]
    gone.append(unit)
    above = _above(rows, unit)
    if above is not None and all(_HEAD.match(row) for row in rows[above.first : above.end][:1]):
        rest = rows[above.first + 1 : above.end]
        if all(not row.strip() or row.lstrip().startswith("#") for row in rest):
            gone.pop()
            return _without(rows, replace(above, end=max(above.end, unit.end)), gone)
    return rows


def _above(rows: list[str], unit: _Unit) -> _Unit | None:
    """The field or entry that ``unit`` stands in; None where that is the file itself."""
    for first in range(unit.first, -1, -1):
        for column, name, entry in reversed(_starts(rows[first])):
            if column < unit.column or (column == unit.column and unit.entry and not entry and first < unit.first):
                return _Unit(first, _end(rows, first, column, not entry), column, name, entry)
    return None


def _lost(rows: list[str], gone: list[_Unit], lines: Mapping[Location, int]) -> dict[Location, frozenset[str]]:
    """The names in what is left out, by the place of what it was left out of."""
    found: dict[Location, frozenset[str]] = {}
    for unit in gone:
        above = _above(rows, unit)
        at = () if above is None else _place(above, lines)
        row = rows[unit.first]
        text = [row if _is_tabbed(row) else row[unit.column :], *rows[unit.first + 1 : unit.end]]
        names = {name for row in text for pair in _NAMED.findall(row) for name in pair if name}
        found[at] = found.get(at, frozenset()) | names
    return found


def _place(unit: _Unit, lines: Mapping[Location, int]) -> Location:
    """Where ``unit`` stands in the value; an entry of a list begins on the line of its first field that is left."""
    if unit.entry:
        fits = [(line, len(at), at) for at, line in lines.items() if at and isinstance(at[-1], int)]
        return min((row for row in fits if unit.first < row[0] <= unit.end), default=(0, 0, ()))[2]
    return min(
        (at for at, line in lines.items() if at[-1:] == (unit.name,) and line == unit.first + 1), key=len, default=()
    )
