"""How a flag's value comes about: given, or asked for as text, as one node, as several nodes, or read in its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from kg.cli.flags import such_as

if TYPE_CHECKING:
    from kg.cli.asking import Asker


def text_of(question: str, among: Sequence[str] | Mapping[str, str] = (), usual: str | None = None) -> Any:
    """How a flag's text is come by."""
    return lambda ask, flag, given: ask.text(flag, given, question, among, usual)


def node_of(kind: str, question: str) -> Any:
    """How the id of one node is come by."""
    return lambda ask, flag, given: ask.reference(flag, given, kind, question)


def nodes_of(kind: str, *, needed: bool = False) -> Any:
    """How ids of nodes are come by; they are asked for where one is ``needed``."""
    return lambda ask, flag, given: ask.references(flag, given or (), kind, kind, needed=needed)


def parts_of(read: Callable[[str, str], Any]) -> Any:
    """How what has parts is come by, each value in a form of ``kg.cli.forms``; never asked for."""

    def values(ask: Asker, flag: str, given: Sequence[str]) -> list[Any]:
        found = []
        for each in given or ():
            try:
                found.append(read(flag, each))
            except click.UsageError as problem:
                ask.wrong(flag, f"{problem.message.removeprefix(f'{flag}: ')}{such_as(flag)}")
        return found

    return values
