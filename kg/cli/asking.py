"""What a command needs: from its flags, else asked on a terminal; without one, all that is missing is named at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.search import Index

NEAR = 6  # ids offered


def interactive() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


class Asker:
    """Collects answers; ``done`` refuses with every flag that was neither given nor could be asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.missing: list[str] = []
        self.unknown: list[str] = []

    @cached_property
    def index(self) -> Index:
        from kg.search import Index

        return Index(self.graph)

    def text(
        self, flag: str, given: str | None, question: str, among: Sequence[str] = (), usual: str | None = None
    ) -> str:
        """The answer; without a terminal it is ``usual``, which is told, where there is such a thing."""
        if given and among and given not in among:
            raise click.UsageError(f"{flag}: found {given!r}, expected {', '.join(among[:-1])} or {among[-1]}")
        if given:
            return given
        if not interactive() and usual:
            click.echo(f"{flag.lstrip('-')}: {usual}, as no {flag} was given", err=True)
            return usual
        if not interactive():
            self.missing.append(f"{flag} ({'|'.join(among) or question})")
            return ""
        return str(click.prompt(question, type=click.Choice(list(among)) if among else str, err=True))

    def reference(self, flag: str, given: str | None, kind: str, question: str) -> str:
        """An id of a node of ``kind``; words that name none bring the nearest ones."""
        if given:
            return self.known(flag, given, kind)
        if not interactive():
            self.missing.append(f"{flag} ({question})")
            return ""
        while True:
            words = str(click.prompt(f"{question} (id or words)", err=True))
            if (found := self._id(words, kind)) is not None:
                return found
            near = self._near(words, kind)
            if len(near) == 1:
                click.echo(f"{_shown(near)}, the only one", err=True)
                return near[0][0]
            click.echo(_shown(near) or "  nothing near; other words?", err=True)

    def references(self, flag: str, given: Sequence[str], kind: str, question: str, *, needed: bool) -> list[str]:
        """Ids of nodes of ``kind``; asked for only where one is ``needed``."""
        if given or not needed:
            return [self.known(flag, each, kind) for each in given]
        return [one] if (one := self.reference(flag, None, kind, question)) else []

    def known(self, flag: str, text: str, kind: str) -> str:
        """The id that ``text`` names; where it names none, ``done`` will tell so, with the nearest."""
        found = self._id(text, kind)
        if found is None:
            near = _shown(self._near(text, kind)) or "  nothing"
            self.unknown.append(f"{flag}: there is no {kind} {text!r}; near it:\n{near}")
        return found or text

    def address(self, text: str) -> str:
        """The address that ``text`` names by an id alone, where that is one node's; else ``text``."""
        found, others = self.graph.resolve(text)
        return found if found and not others else text

    def done(self) -> None:
        """Raise UsageError with all that was named and is not there, and all that was not given."""
        problems = list(self.unknown)
        if self.missing:
            problems.append("there is no terminal to ask on; these flags are missing:\n  " + "\n  ".join(self.missing))
        if problems:
            raise click.UsageError("\n".join(problems))

    def _id(self, text: str, kind: str) -> str | None:
        address, _ = self.graph.resolve(text if text.startswith(f"{kind}:") else f"{kind}:{text}")
        return address.partition(":")[2] if address and address.startswith(f"{kind}:") else None

    def _near(self, words: str, kind: str) -> list[tuple[str, str]]:
        """Ids and titles of the nodes of ``kind`` that ``words`` find."""
        spaced = words.partition(":")[2] or words
        hits = self.index.find(spaced.replace("-", " "), kind, NEAR)
        return [(hit.address.partition(":")[2], hit.title) for hit in hits]


def _shown(near: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"  {name}  {title}" for name, title in near)
