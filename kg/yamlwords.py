"""What libyaml says of a file that it cannot parse, in the words of whoever wrote the file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.textfile import character_name

_AFTER_QUOTE = re.compile(r""":\s+(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")\s*[^\s#,\]}]""")
_NO_SPACE = re.compile(r"\s*(?:- +)?([A-Za-z][\w-]*):[^\s:/]")
_NO_COLON = re.compile(r"\s*(?:- +)?[A-Za-z][\w-]*\s*(?:#.*)?\Z")
_TEXT_BESIDE = re.compile(r"""\s*(?:- +)*([A-Za-z][\w-]*):\s+[^\s"'\[{|>&*!%@`#][^#]*?:(?:\s|\Z)""")
_TEX_BRACES = re.compile(r"""\\[A-Za-z]+\s*\{|\$[^$"']*[{}][^$"']*\$|[_^]\{""")
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"\\]|\\.)*\"""")
_BEGINS = re.compile(r"""( *)((?:- +)*)(?:["']?[A-Za-z0-9_][\w./*+-]*["']?\s*:(?=\s|\Z))?""")
_FOLDED = re.compile(r":\s+[|>][-+0-9]*\s*(?:#.*)?\Z")
_ODD_SPACE = re.compile(r"\s*(?:- +)?[A-Za-z][\w-]*:?\s*")
_MEND = "begin a key in the column of the keys beside it, and an entry of a list with '- '"
_TAB = "found a tab; indent with spaces"


def told(context: str, problem: str, lines: Sequence[str], line: int, stopped: tuple[int, int]) -> str:
    """What was found on ``line`` of ``lines`` and what to do; the parser stopped at line and column ``stopped``.

    ``line`` and the line of ``stopped`` count from 1, the column from 0. What is not known to be a common slip is told
    in the parser's words.
    """
    here, at = _line(lines, line), _line(lines, stopped[0])[stopped[1] : stopped[1] + 1]
    until = f" by line {stopped[0]}" if stopped[0] != line else ""
    if "flow" not in context and "quoted" not in context and (odd := _odd_space(lines, line)):
        return odd
    for number in (line, line - 1):
        if _AFTER_QUOTE.search(_line(lines, number)):
            where = "" if number == line else f" on line {number}"
            slip = f"found text after a closing quote{where}"
            return f"{slip}; between '…' write '' for an apostrophe, between \"…\" write \\\" for a quote"
        if ("expected" in problem or "mapping values" in problem) and (key := _NO_SPACE.match(_line(lines, number))):
            return f"found no space after '{key[1]}:' on line {number}; write '{key[1]}: …'"
    if "cannot start any token" in problem or "scanning an alias" in context or "scanning an anchor" in context:
        if at == "\t":
            return _TAB if not _line(lines, stopped[0])[: stopped[1]].strip() else "found a tab; write a space for it"
        mark = at if "cannot start" in problem else "*" if "alias" in context else "&"
        return f"found a value that begins with {mark!r}, which YAML keeps for itself; put quotes around the value"
    if "tab character" in problem:
        return _TAB
    if "escape character" in problem and stopped[0] == line:
        return "found a backslash between double quotes, where it escapes; put TeX between single quotes, or none"
    if "quoted scalar" in context:
        return f"found a quote that is not closed{until}; close it"
    if "flow sequence" in context or "flow mapping" in context:
        if _TEX_BRACES.search(_QUOTED.sub("", here)):
            return "found TeX with braces in a value between brackets; put single quotes around that value: '$x_{1}$'"
        opened, closed = ("[", "]") if "sequence" in context else ("{", "}")
        return f"found neither ',' nor '{closed}' after '{opened}' of this line{until}; close it, or put the comma"
    if "mapping values" in problem:
        if cut := _TEXT_BESIDE.match(here):
            return f"found a second ': ' on this line; put quotes around the value of {cut[1]}"
        return "found a second ': ' or a line too far in; put quotes around a value with ': ' in it, or indent as above"
    if "expected ':'" in problem:
        slip = "a line that goes on with a text stands further in than its key" if not _NO_COLON.match(here) else ""
        return f"found no ': ' after a key{until}; write 'key: value'{f'; {slip}' if slip else ''}"
    if "'-' indicator" in problem or "expected key" in problem:
        return f"found {_beside(lines, line)}: it belongs to nothing above; {_MEND}"
    said = f"{context}: {problem}" if context else problem
    return f"{said}{until}; check quotes, brackets and indentation near here"


def _odd_space(lines: Sequence[str], line: int) -> str:
    """The space that is none to YAML, in the indentation or about the colon of a key, on ``line`` or the one before."""
    for number in (line, line - 1):
        row = _line(lines, number)
        begun = _ODD_SPACE.match(row)
        for at, mark in enumerate(begun[0] if begun else row[: len(row) - len(row.lstrip())]):
            if mark.isspace() and mark not in " \t":
                where = f"column {at + 1} of line {number}"
                return f"found {character_name(mark)} in {where}, which is no space to YAML; write a plain one there"
    return ""


def _beside(lines: Sequence[str], line: int) -> str:
    """How far in ``line`` stands, and how far what it seems to stand beside; folded text is beside nothing."""
    opened: list[tuple[int, bool]] = []
    text: int | None = None
    for row in lines[: line - 1]:
        if not row.strip() or row.lstrip().startswith("#") or (text is not None and _indent(row) > text):
            continue
        text = None
        starts = _starts(row)
        for column, entry in starts:
            opened = [start for start in opened if start[0] <= column and start != (column, entry)]
            opened.append((column, entry))
        if starts and _FOLDED.search(row):
            text = starts[-1][0]
    here = _line(lines, line)
    is_entry = here.lstrip().startswith("- ")
    alike = [column for column, entry in opened if entry == is_entry]
    near = min(alike, key=lambda column: (abs(column - _indent(here)), -column), default=None)
    what = "an entry" if is_entry else "a key"
    if near is None or near == _indent(here):
        return f"{what} in the column of {'keys' if is_entry else 'entries'}"
    return f"{_spaces(here)} before this line, where the {'entries' if is_entry else 'keys'} beside it have {near}"


def _starts(row: str) -> list[tuple[int, bool]]:
    """(column, whether it is an entry of a list) of what begins on ``row``."""
    begun = _BEGINS.match(row)
    if begun is None:
        return []
    at = len(begun[1])
    entries = [(at + dash.start(), True) for dash in re.finditer("-", begun[2])]
    key = at + len(begun[2])
    return [*entries, *([(key, False)] if begun.end() > key else [])]


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(" "))


def _spaces(row: str) -> str:
    return f"{_indent(row)} space{'' if _indent(row) == 1 else 's'}"


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""
