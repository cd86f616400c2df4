"""What a command needs: from its flags, else asked on a terminal; without one, all that is missing is named at once."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import click

from kg.cli.flags import such_as

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.search import Index

NEAR = 6  # ids offered
MOST = 200  # counted, where there are more than those offered


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
        self,
        flag: str,
        given: str | None,
        question: str,
        among: Sequence[str] | Mapping[str, str] = (),
        usual: str | None = None,
    ) -> str:
        """The answer, one of ``among`` if there are any: these may have meanings, which an answer that is none brings.

        Without a terminal it is ``usual``, which is told, where there is such a thing.
        """
        if given and among and given not in among:
            from kg.validation import did_you_mean

            near = did_you_mean(given, list(among))
            *others, last = among
            self.wrong(flag, f"found {given!r}, expected {', '.join(others)} or {last}{near}")
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
        answer = _answered(question, among)
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

    def reference(self, flag: str, given: str | None, kind: str | None, question: str) -> str:
        """The id of a node of ``kind``, or the address of one of any kind; words that are none bring the nearest ones.

        Only an id that is typed whole is taken as it is; a number picks of the nearest that are shown.
        """
        if given:
            return self.known(flag, given, kind) if kind else self.address(flag, given)
        if not interactive():
            self.missing.append(f"{flag} ({question})")
            return ""
        listed: list[tuple[str, str]] = []
        while True:
            words = _answered(f"{question} (id or words{', or a number of the list' if listed else ''})")
            found = self._id(words, kind)
            near: list[tuple[str, str]] = []
            if found is None and words.isdecimal() and 0 < int(words) <= len(listed):
                found = listed[int(words) - 1][0]
            elif found is None or words not in (found, found.partition(":")[2], f"{kind}:{found}"):
                near = [(found, self._title(found, kind))] if found else self._near(words, kind, MOST)
                found = near[0][0] if len(near) == 1 and _takes(near[0]) else None
            if found is not None:
                self.answers.append((flag, found))
                return found
            if len(near) > 1:
                listed = near[:NEAR]
                click.echo(_shown(listed, numbered=True), err=True)
            if (more := len(near) - NEAR) > 0:
                least = "at least " if len(near) == MOST else ""
                click.echo(f"  and {least}{more} more; more words narrow it down", err=True)
            if len(near) < 2:
                click.echo("  other words?" if near else "  nothing near; other words?", err=True)

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

    def _id(self, text: str, kind: str | None) -> str | None:
        """The id of the node of ``kind`` that ``text`` names, or the address of one of any kind; a prediction also by
        its id within the claim, where only one is called so."""
        if kind is None:
            address, others = self.graph.resolve(text)
            return address if not others else None
        address, _ = self.graph.resolve(text if text.startswith(f"{kind}:") else f"{kind}:{text}")
        if address and address.startswith(f"{kind}:"):
            return address.partition(":")[2]
        called = self.graph.called(text) if kind == "prediction" else []
        return called[0].id if len(called) == 1 else None

    def _title(self, name: str, kind: str | None) -> str:
        return self.graph.node(f"{kind}:{name}" if kind else name).title

    def _near(self, words: str, kind: str | None, limit: int = NEAR) -> list[tuple[str, str]]:
        """Ids (of any kind: addresses) and titles of the nodes of ``kind`` that are called so, or that words find."""
        if kind == "prediction" and (called := self.graph.called(words)):
            return [(node.id, node.title) for node in called]
        spaced = words.partition(":")[2] or words
        hits = self.index.find(spaced.replace("-", " "), kind, limit)
        return [(hit.address.partition(":")[2] if kind else hit.address, hit.title) for hit in hits]


def _answered(question: str, among: Sequence[str] | Mapping[str, str] = ()) -> str:
    """What is typed, one of ``among`` if there are any; asked again, with what is needed, until it is that."""
    said = f"{question} ({', '.join(among)})" if among else question
    while True:
        answer = str(click.prompt(said, default="", show_default=False, err=True)).strip()
        if answer and (not among or answer in among):
            return answer
        found = f"found {answer!r}" if answer else "this needs an answer"
        if not among:
            click.echo(f"  {found}: {question}", err=True)
            continue
        width = max(map(len, among))
        means = among if isinstance(among, Mapping) else dict.fromkeys(among, "")
        click.echo(f"  {found}, one of", err=True)
        for value, meaning in means.items():
            click.echo(f"    {value:{width}}  {meaning}".rstrip(), err=True)


def _takes(near: tuple[str, str]) -> bool:
    return click.confirm(f"{_shown([near])}\ntake it?", default=True, err=True)


def _shown(near: Sequence[tuple[str, str]], *, numbered: bool = False) -> str:
    return "\n".join(
        f"  {f'{number}  ' if numbered else ''}{name}  {title}" for number, (name, title) in enumerate(near, 1)
    )
