"""CSV that no spreadsheet runs: RFC 4180, UTF-8, lines that end in CR LF, text in quotes.

A text that begins with ``= + - @``, a tab, a line break or one of the first four in full width would be run as a
formula, and gets an apostrophe in front; so does a text that begins with an apostrophe. ``read`` takes one apostrophe
away again wherever a cell begins with one, so every text comes back as it was. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

_RUN = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'")

Value = str | int | float | None


def guarded(value: Value) -> Value:
    """The cell that stands for ``value``; None is an empty cell."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_RUN) else value
    return value


def dump(columns: Sequence[str], rows: Iterable[Mapping[str, Value]]) -> str:
    """The text of a file with one line for the names of ``columns`` and one for each of ``rows``."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guarded("" if (value := row.get(name)) is None else value) for name in columns] for row in rows)
    return held.getvalue()


def read(text: str) -> list[dict[str, str]]:
    """The rows of such a file as text, with the apostrophes taken away."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [{name: (cell or "").removeprefix("'") for name, cell in row.items()} for row in rows]
