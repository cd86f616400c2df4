"""What is there already of a new record: the same said before, which is refused, and the nearest, which is shown."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from kg.cli.dialogue import typed

if TYPE_CHECKING:
    from kg.graph import Graph, Node


def refuse_twins(graph: Graph, kind: str, name: str, fields: Mapping[str, Any], again: str) -> None:
    """Show the pair and stop where the record says what another one says; ``again``: what saves answering again."""
    from kg.restatements import of_statement, synonyms

    known = _known(graph, kind)
    twins = of_statement(name, fields["title"], fields["statement"], known, synonyms(graph.corpus))
    if not twins:
        return
    lines = [f"a {kind} that says this seems to be there already; --force writes it all the same"]
    for twin in twins:
        title, statement = known[twin.first]
        place = graph.corpus.place(f"{kind}:{twin.first}")
        lines += [f"  there  {place} {twin.first}: {title}", f"         {statement}", f"         {twin.why}"]
    lines += [f"  new    {name}: {fields['title']}", f"         {fields['statement']}"]
    raise click.ClickException("\n".join(lines) + again)


def near(graph: Graph, kind: str, name: str, fields: Mapping[str, Any]) -> list[str]:
    """The ids of the records nearest to a new one, those of its papers and targets counting double: it may be one of
    them in other words. None where it has no title."""
    from kg.restatements import nearest, synonyms

    if "title" not in fields:
        return []
    named = [*fields.get("sources", ()), *fields.get("origin", ()), fields]
    own = {f"paper:{one['paper']}" for one in named if "paper" in one} | set(fields.get("targets", ()))
    kin = [node.id for node in graph.nodes(kind) if own & _joined(graph, node)]
    return nearest(name, fields["title"], fields["statement"], _known(graph, kind), synonyms(graph.corpus), kin)


def chosen(graph: Graph, kind: str, names: Sequence[str]) -> str | None:
    """Show the nearest records on a terminal and ask whether the new one is one of them; its id, or None to go on.

    Raises Back."""
    if not names:
        return None
    click.echo(f"the nearest that are there; is your {kind} one of these, in other words?", err=True)
    _show(graph, kind, names, numbered=True)
    numbers = [str(number) for number in range(1, len(names) + 1)]
    while True:
        answer = typed(f"{', '.join(numbers)}, or n (Enter) if it is none of them")
        if answer.lower() in ("", "n", "no"):
            return None
        if answer in numbers:
            return names[int(answer) - 1]
        click.echo(
            f"  found {answer!r}, expected a number of the list, {' or '.join(numbers)}, or n for none", err=True
        )


def show(graph: Graph, kind: str, names: Sequence[str], undo: str) -> None:
    """Show the nearest records of one that was written, and how to take it back."""
    if not names:
        click.echo(f"to take it back: {undo}", err=True)
        return
    click.echo(f"near it; is yours one of these, in other words? Then take it back: {undo}", err=True)
    _show(graph, kind, names, numbered=False)


def _show(graph: Graph, kind: str, names: Sequence[str], numbered: bool) -> None:
    known = _known(graph, kind)
    for number, name in enumerate(names, 1):
        title, statement = known[name]
        click.echo(f"  {f'{number}  ' if numbered else ''}{name}  {title}", err=True)
        if statement:
            click.echo(textwrap.indent(textwrap.fill(statement, 100), "      "), err=True)


def _known(graph: Graph, kind: str) -> dict[str, tuple[str, str]]:
    return {node.id: (node.title, node.record.statement or "") for node in graph.nodes(kind)}


def _joined(graph: Graph, node: Node) -> set[str]:
    """What the node is joined with, and the paper that makes it where it is an argument."""
    made_in = {f"paper:{node.record.paper}"} if node.kind == "argument" else set()
    return made_in | {edge.other(node.address) for edge in graph.around(node.address)}
