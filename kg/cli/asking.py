"""What a command needs: from its flags, else asked on a terminal; without one, all that is missing is named at once."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import click

from kg.cli.flags import such_as

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.search import Index

NEAR = 6  # ids offered


def interactive() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


class Asker:
    """Collects answers; ``done`` refuses with all at once that was given wrongly, or neither given nor asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.missing: list[str] = []
        self.problems: list[tuple[str, str]] = []
        self.answers: list[tuple[str, str]] = []

    @cached_property
    def index(self) -> Index:
        from kg.search import Index

        return Index(self.graph)

    def wrong(self, flag: str, said: str) -> None:
        """Keep what is wrong with what a flag gives, to be told by ``done``."""
        self.problems.append((flag, f"{flag}: {said}"))

    def text(
        self, flag: str, given: str | None, question: str, among: Sequence[str] = (), usual: str | None = None
    ) -> str:
        """The answer; without a terminal it is ``usual``, which is told, where there is such a thing."""
        if given and among and given not in among:
            from kg.validation import did_you_mean

            near = did_you_mean(given, list(among))
            self.wrong(flag, f"found {given!r}, expected {', '.join(among[:-1])} or {among[-1]}{near}")
            return ""
        if given and given.strip():
            return given
        if not interactive() and usual:
            click.echo(f"{flag.lstrip('-')}: {usual}, as no {flag} was given", err=True)
            return usual
        if not interactive():
            empty = "" if given is None else ": what was given is empty"
            self.missing.append(f"{flag} ({'|'.join(among) or question}){empty}")
            return ""
        answer = str(click.prompt(question, type=click.Choice(list(among)) if among else str, err=True))
        self.answers.append((flag, answer))
        return answer

    def name(self, given: str | None, title: str, taken: Collection[str] = (), flag: str = "--id") -> str:
        """The id that is given, else one made of the title; one that is none, or is ``taken``, is told by ``done``."""
        from kg.contribute.drafts import slug
        from kg.identifiers import is_record_id

        name = given or slug(title)
        if not is_record_id(name):
            expected = "lower-case letters, digits, '.', '_' and '-', at most 80"
            self.wrong(flag, f"found {name!r}, expected {expected}; such as {flag} {slug(name)}")
        elif name in taken:
            self.wrong(flag, f"{name!r} is taken; give this one another {flag}, such as {name}-2")
        return name

    def reference(self, flag: str, given: str | None, kind: str, question: str) -> str:
        """An id of a node of ``kind``; words that name none bring the nearest ones."""
        if given:
            return self.known(flag, given, kind)
        if not interactive():
            self.missing.append(f"{flag} ({question})")
            return ""
        while True:
            words = str(click.prompt(f"{question} (id or words)", err=True))
            found = self._id(words, kind)
            near = self._near(words, kind) if found is None else []
            if len(near) == 1:
                click.echo(f"{_shown(near)}, the only one", err=True)
                found = near[0][0]
            if found is not None:
                self.answers.append((flag, found))
                return found
            click.echo(_shown(near) or "  nothing near; other words?", err=True)

    def references(self, flag: str, given: Sequence[str], kind: str, question: str, *, needed: bool) -> list[str]:
        """Ids of nodes of ``kind``, each by a flag or with commas between; asked for only where one is ``needed``."""
        if given or not needed:
            return [self.known(flag, name.strip(), kind) for each in given for name in each.split(",")]
        return [one] if (one := self.reference(flag, None, kind, question)) else []

    def known(self, flag: str, text: str, kind: str) -> str:
        """The id that ``text`` names; where it names none, ``done`` will tell so, with the nearest."""
        found = self._id(text, kind)
        if found is None:
            near = _shown(self._near(text, kind))
            lists = f"near it:\n{near}" if near else f"kg find --kind {kind} WORDS lists what there is{such_as(flag)}"
            self.wrong(flag, f"there is no {kind} {text!r}; {lists}")
        return found or text

    def address(self, flag: str, text: str) -> str:
        """The address that ``text`` names, by an id alone too, where that is one node's; else ``done`` will tell so."""
        found, others = self.graph.resolve(text)
        if found and not others:
            return found
        if others:
            self.wrong(flag, f"{text!r} names several; say which: {', '.join(others)}")
        elif text:
            near = self.index.find((text.partition(":")[2] or text).replace("-", " "), None, NEAR)
            lists = "near it:\n" + _shown([(hit.address, hit.title) for hit in near]) if near else "kg find WORDS looks"
            self.wrong(flag, f"there is no {text!r}; {lists}{such_as(flag)}")
        return text

    def done(self, findings: Iterable[tuple[str, str]] = ()) -> None:
        """Raise UsageError with all that was given wrongly, and all that was not given.

        ``findings`` are (flag, line), told where nothing else is said of the flag.
        """
        named = {flag for flag, _ in self.problems} | {each.partition(" ")[0] for each in self.missing}
        problems = [line for _, line in self.problems] + [line for flag, line in findings if flag not in named]
        if self.missing:
            problems.append("there is no terminal to ask on; these flags are missing:\n  " + "\n  ".join(self.missing))
        if problems:
            raise click.UsageError("\n".join(problems) + self.again())

    def again(self) -> str:
        """What was answered, as the flags that save answering it again; nothing where nothing was asked."""
        flags = " ".join(f"{flag} {shlex.quote(answer)}" for flag, answer in self.answers if answer)
        return f"\nyour answers, to be given as flags the next time:\n  {flags}" if flags else ""

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
