"""What a command needs: from its flags, else asked on a terminal; without one, all that is missing is named at once."""

from __future__ import annotations

import functools
import shlex
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli import faults, naming
from kg.cli.common import Refusal, load
from kg.cli.dialogue import LIST, Back, Dialogue, agreed, sound, typed
from kg.cli.flags import Flag, given_flags, in_order, such_as

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.search import Index

NEAR = 6  # ids offered
FEW = 20  # nodes of a kind, which are all listed when that is asked for
MOST = 200  # counted, where there are more than those offered


def interactive() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def asked(command: Callable[..., None]) -> Callable[..., None]:
    """A command that is called with an ``Asker``, again from its start whenever the question before is wanted back."""

    @click.pass_obj
    @functools.wraps(command)
    def run(root: Path | None, /, **given: Any) -> None:
        ask = Asker(load(root))
        while True:
            ask.begin()
            try:
                return command(ask, **given)
            except Back:
                ask.talk.step_back()
            except click.Abort:
                if kept := ask.again():
                    click.echo(f"\nnothing was written{kept}", err=True)
                raise

    return run


class Asker:
    """Collects answers; ``done`` refuses with all at once that was given wrongly, or neither given nor asked for.

    ``said``: what each flag gave or was answered, as text.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.talk = Dialogue()
        self.begin()

    def begin(self) -> None:
        """Start over; the answers that were given stay."""
        self.talk.begin()
        self.missing: list[str] = []
        self.problems: list[tuple[str, str]] = []
        self.answers: list[tuple[str, str]] = []
        self.said: dict[str, str] = {}

    def collect(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What the present command's flags give, in the order in which its help lists them.

        On a terminal what is wrong with a flag is told before anything is asked.
        """
        found = dict(given)
        flags = [each for each in in_order(click.get_current_context().command.params) if isinstance(each, Flag)]
        early = [each for each in flags if given.get(str(each.name))] if interactive() else []
        later = [each for each in flags if each not in early]
        for group in (early, later):
            for each in group:
                if each.asks:
                    found[str(each.name)] = each.asks(self, each.flag, given.get(str(each.name)))
            if group is early and group and later and self.problems:
                self.done()
        return found

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
        wrong: Callable[[str], Sequence[str]] | None = None,
    ) -> str:
        """The answer, one of ``among`` if there are any: these may have meanings, which an answer that is none brings.

        Without a terminal it is ``usual``, which is told, where there is such a thing. ``wrong`` says what is wrong
        with an answer; by default what the rules find in it.
        """
        wrong = wrong or (lambda answer: faults.of_text(flag, answer, self.said))
        if given and among and given not in among:
            from kg.validation import did_you_mean

            near = did_you_mean(given, list(among))
            *others, last = among
            self.wrong(flag, f"found {given!r}, expected {', '.join(others)} or {last}{near}")
            return ""
        if given and given.strip():
            self.said[flag] = given
            return given
        if not interactive() and usual:
            click.echo(f"{flag.lstrip('-')}: {usual}, as no {flag} was given", err=True)
            return usual
        if not interactive():
            empty = "" if given is None else ": what was given is empty"
            self.missing.append(f"{flag} ({'|'.join(among) or question}){empty}{such_as(flag)}")
            return ""
        answer = self.talk.answer(flag, lambda default: sound(question, default, among, wrong))
        self.answers.append((flag, answer))
        self.said[flag] = answer
        return answer

    def optional(
        self, flag: str, question: str, wrong: Callable[[str], Sequence[str]], *, needed: bool = False, number: int = 1
    ) -> str:
        """An answer on a terminal that may be left empty unless ``needed``; ``number``: of the answers to this flag."""
        key = flag if number == 1 else f"{flag} {number}"
        answer = self.talk.answer(key, lambda default: sound(question, default, wrong=wrong, needed=needed))
        if answer:
            self.answers.append((flag, answer))
        return answer

    def told(self, read: Callable[[], Any]) -> list[str]:
        """What ``read`` finds wrong, for it to be told at once rather than by ``done``."""
        before = len(self.problems)
        read()
        lines = [line.partition(": ")[2] for _, line in self.problems[before:]]
        del self.problems[before:]
        return lines

    def name(self, given: str | None, title: str, taken: Collection[str] = (), flag: str = "--id") -> str:
        """The id that is given, else one made of the title; one that is none, or is ``taken``, is told by ``done``."""
        from kg.contribute.drafts import slug
        from kg.identifiers import is_record_id

        name = given or slug(title)
        if not given and name in taken and interactive():
            other = next(f"{name}-{number}" for number in range(2, len(taken) + 3) if f"{name}-{number}" not in taken)
            name = self.text(
                flag, None, f"its id, as {name!r} is taken; such as {other}",
                wrong=lambda answer: self.told(lambda: self.name(answer, "", taken, flag)),
            )  # fmt: skip
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
            self.said[flag] = self.known(flag, given, kind) if kind else self.address(flag, given)
            return self.said[flag]
        if not interactive():
            self.missing.append(f"{flag} ({question})")
            return ""
        found = self.talk.answer(flag, lambda default: self._found(question, kind, default))
        self.answers.append((flag, found))
        self.said[flag] = found
        return found

    def _found(self, question: str, kind: str | None, default: str) -> str:
        """The node that words on a terminal lead to. Raises Back."""
        listed: list[tuple[str, str]] = []
        words = ""
        few = [(node.id, node.title) for node in self.graph.nodes(kind)] if kind else []
        few = few if len(few) <= FEW else []
        offered = f"id or words{f', {LIST} lists them' if few else ''}"
        while True:
            words = words or typed(f"{question} ({offered}{', or a number of the list' if listed else ''})", default)
            if not words:
                click.echo("  this needs an answer", err=True)
                continue
            if words == LIST and few:
                listed, words = few, ""
                click.echo(_shown(listed, numbered=True), err=True)
                continue
            found = self._id(words, kind)
            near: list[tuple[str, str]] = []
            if found is None and words.isdecimal() and 0 < int(words) <= len(listed):
                found = listed[int(words) - 1][0]
            elif found is None or words not in (found, found.partition(":")[2], f"{kind}:{found}"):
                near = [(found, self._title(found, kind))] if found else self._near(words, kind, MOST)
                said = agreed(f"{_shown(near)}\ntake it?") if len(near) == 1 else False
                if isinstance(said, str):
                    words = said
                    continue
                found = near[0][0] if said else None
            if found is not None:
                return found
            words = ""
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
            slip = naming.spelled(text, [node.id for node in self.graph.nodes(kind)])
            lists = (
                f"did you mean {slip!r}?"
                if slip
                else f"near it:\n{near}"
                if near
                else f"kg find --kind {kind} WORDS lists what there is{such_as(flag)}"
            )
            self.wrong(flag, f"there is no {kind} {text!r}; {lists}")
        return found or text

    def address(self, flag: str, text: str) -> str:
        """The address that ``text`` names, by an id alone too, where that is one node's; else ``done`` will tell so."""
        found, others = self.graph.resolve(naming.of_file(text))
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
        """Raise Refusal with all that was given wrongly, and all that was not given.

        ``findings`` are (flag, line), told where nothing else is said of the flag.
        """
        named = {flag for flag, _ in self.problems} | {each.partition(" ")[0] for each in self.missing}
        findings = [(flag, line) for flag, line in findings if flag not in named]
        problems = [line for _, line in self.problems] + [line for _, line in findings]
        if problems or self.missing:  # then all that a text says wrongly too, which else kg check would tell
            silent = {
                flag: text for flag, text in self.said.items() if flag not in named | {flag for flag, _ in findings}
            }
            problems += [
                f"{flag}: {line}" for flag, text in silent.items() for line in faults.at_flag(flag, text, self.said)
            ]
        if self.missing:
            problems.append("there is no terminal to ask on; these flags are missing:\n  " + "\n  ".join(self.missing))
        if problems:
            raise Refusal("\n".join(problems) + self.again())

    def again(self) -> str:
        """What was given and answered, as flags that save answering it again; nothing where nothing was asked."""
        answers = [f"{flag} {shlex.quote(answer)}" for flag, answer in self.answers if answer]
        flags = " ".join([*given_flags(), *answers])
        return f"\nyour answers, to be given as flags the next time:\n  {flags}" if answers else ""

    def _id(self, text: str, kind: str | None) -> str | None:
        """The id of the node of ``kind`` that ``text`` names, or the address of one of any kind; a prediction also by
        its id within the claim, where only one is called so."""
        text = naming.of_file(text)
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


def _shown(near: Sequence[tuple[str, str]], *, numbered: bool = False) -> str:
    return "\n".join(
        f"  {f'{number}  ' if numbered else ''}{name}  {title}" for number, (name, title) in enumerate(near, 1)
    )
