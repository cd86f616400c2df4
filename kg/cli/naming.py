"""What a flag names: a record by its file, an id that is nearly spelled so, the axis of a regime."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process

from kg.english import listed

if TYPE_CHECKING:
    from kg.cli.asking import Asker

_FILE = re.compile(r"(?:.*/)?data/(claim|question|argument)s/([^/]+)\.ya?ml\Z")
LIKE = 80.0
"""The likeness of two spellings, of 100, from which one may be the other mistyped: 'units' is no 'init-scale'."""


def of_file(text: str) -> str:
    """The address of the record in the file that ``text`` is the path of; any other text as it is."""
    found = _FILE.match(text)
    return f"{found[1]}:{found[2]}" if found else text


def spelled(text: str, ids: Iterable[str]) -> str:
    """The id that ``text`` may be a slip of; "" where none is spelled like it."""
    near = process.extractOne(text, list(ids), scorer=fuzz.ratio, score_cutoff=LIKE)
    return near[0] if near else ""


def axis(ask: Asker, flag: str, name: str) -> None:
    """Leave it to ``ask`` that there is no axis ``name``, with those that there are."""
    known: Collection[str] = ask.graph.corpus.regimes
    if name not in known:
        near = spelled(name, known)
        mend = f"did you mean {near!r}?" if near else f"the axes are {listed(list(known))}"
        ask.wrong(flag, f"there is no axis {name!r} in data/regimes.yaml; {mend}")


def within(ask: Asker, flag: str, field: str, value: Any) -> None:
    """Leave it to ``ask`` where what has parts names a paper, claim or axis that is not there."""
    rows = value if isinstance(value, list) else [value]
    if field == "regime" and isinstance(value, Mapping):
        for name in value:
            axis(ask, flag, name)
    for row in rows if field in ("source", "evidence", "rivals") else ():
        kind = "claim" if field == "rivals" else "paper"
        if isinstance(row, Mapping) and isinstance(name := row.get(kind), str):
            for line in ask.told(partial(ask.known, flag, name, kind)):
                ask.problems.append((f"{flag} {kind}", f"{flag}: {line}"))  # beside what is wrong with its other parts
