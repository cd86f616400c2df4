"""What libyaml says of a file that it cannot parse, in the words of whoever wrote the file."""

from __future__ import annotations

import re
from collections.abc import Sequence

_AFTER_QUOTE = re.compile(r""":\s+(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")\s*[^\s#,\]}]""")
_NO_SPACE = re.compile(r"\s*(?:- +)?([A-Za-z][\w-]*):[^\s:/]")
_NO_COLON = re.compile(r"\s*(?:- +)?[A-Za-z][\w-]*\s*(?:#.*)?\Z")

_TAB = "found a tab; indent with spaces"


def told(context: str, problem: str, lines: Sequence[str], line: int, stopped: tuple[int, int]) -> str:
    """What was found on ``line`` of ``lines`` and what to do; the parser stopped at line and column ``stopped``.

    ``line`` and the line of ``stopped`` count from 1, the column from 0. What is not known to be a common slip is told
    in the parser's words.
    """
    here, at = _line(lines, line), _line(lines, stopped[0])[stopped[1] : stopped[1] + 1]
    until = f" by line {stopped[0]}" if stopped[0] != line else ""
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
        opened, closed = ("[", "]") if "sequence" in context else ("{", "}")
        return f"found neither ',' nor '{closed}' after '{opened}' of this line{until}; close it, or put the comma"
    if "mapping values" in problem:
        return "found a second ': ' or a line too far in; put quotes around a value with ': ' in it, or indent as above"
    if "expected ':'" in problem:
        slip = "a line that goes on with a text stands further in than its key" if not _NO_COLON.match(here) else ""
        return f"found no ': ' after a key{until}; write 'key: value'{f'; {slip}' if slip else ''}"
    if "'-' indicator" in problem or "expected key" in problem:
        above = next((row for row in reversed(lines[: line - 1]) if row.strip()), "")
        found = f"found {_spaces(here)} before this line, where the one above has {_indent(above)}"
        mend = "begin a key in the column of the keys beside it, and an entry of a list with '- '"
        return f"{found}: it belongs to nothing above; {mend}"
    said = f"{context}: {problem}" if context else problem
    return f"{said}{until}; check quotes, brackets and indentation near here"


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(" "))


def _spaces(row: str) -> str:
    return f"{_indent(row)} space{'' if _indent(row) == 1 else 's'}"


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""
