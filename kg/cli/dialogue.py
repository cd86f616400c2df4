"""A terminal's side of the asking: one question after the other, what is wrong told at it, and a way back.

Answers are kept by question. To go back, the command begins again, is given all answers but the last, and asks that one
once more with what was said as its default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import click

BACK = "<"
LIST = "?"
OPENING = f"asked is what no flag gives; {BACK} goes back to the question before, Ctrl-C ends without writing"


class Back(Exception):
    """The question before is to be asked again."""


class Dialogue:
    """The answers so far, each by what it answers, in the order of the questions."""

    def __init__(self) -> None:
        self._answers: list[tuple[str, str]] = []
        self._before: dict[str, str] = {}
        self._at = 0
        self._opened = False

    def begin(self) -> None:
        """Start over, with the answers so far."""
        self._at = 0

    def step_back(self) -> None:
        """Forget the last answer, which stays its question's default."""
        if not self._answers:
            click.echo("  there is no question before; what a flag gave is changed on the command line", err=True)
            return
        flag, answer = self._answers.pop()
        self._before[flag] = answer

    def answer(self, flag: str, ask: Callable[[str], str]) -> str:
        """The answer kept for ``flag``, else what ``ask`` gives when it is called with the default. Raises Back."""
        if self._at == len(self._answers):
            if not self._opened:
                click.echo(OPENING, err=True)
                self._opened = True
            self._answers.append((flag, ask(self._before.get(flag, ""))))
        self._at += 1
        return self._answers[self._at - 1][1]


def typed(question: str, default: str = "") -> str:
    """What is typed, or ``default`` where that is nothing. Raises Back."""
    answer = str(click.prompt(question, default=default, show_default=bool(default), err=True)).strip()
    if answer == BACK:
        raise Back
    return answer


def agreed(question: str) -> bool | str:
    """Whether the answer is yes, which is the default; other words where neither yes nor no is said. Raises Back."""
    answer = typed(f"{question} [Y/n]")
    known = {"": True, "y": True, "yes": True, "1": True, "n": False, "no": False}
    return known.get(answer.lower(), answer)


def sound(
    question: str,
    default: str,
    among: Sequence[str] | Mapping[str, str] = (),
    wrong: Callable[[str], Sequence[str]] = lambda _: (),
    needed: bool = True,
) -> str:
    """What is typed, one of ``among`` if there are any; asked again until it is that and nothing is ``wrong`` with it.

    What is not ``needed`` may be left empty. Raises Back.
    """
    said = f"{question} ({', '.join(among)})" if among else question
    while True:
        answer = typed(said, default)
        if not answer and not needed:
            return ""
        told = wrong(answer) if answer and (not among or answer in among) else None
        if told is not None and not told:
            return answer
        if told:
            for line in told:
                click.echo(f"  {line}", err=True)
            continue
        found = f"found {answer!r}" if answer else "this needs an answer"
        if not among:
            click.echo(f"  {found}: {question}", err=True)
            continue
        width = max(map(len, among))
        means = among if isinstance(among, Mapping) else dict.fromkeys(among, "")
        click.echo(f"  {found}, one of", err=True)
        for value, meaning in means.items():
            click.echo(f"    {value:{width}}  {meaning}".rstrip(), err=True)
