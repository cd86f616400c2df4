"""``kg read``: what to read, in which order, to follow a claim, a question, a concept, a strand or the field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import as_json, put, resolved, searched

if TYPE_CHECKING:
    from kg.goals import Reader
    from kg.graph import Graph


NEAR = 3  # of each kind, offered where nothing is called so


@click.command()
@click.argument("target")
@click.option(
    "--level",
    type=click.Choice(["beginner", "graduate", "researcher"]),
    default="beginner",
    show_default=True,
    help="Whether to meet the concepts, to use them, or to derive them.",
)
@click.option("--hours", type=click.FloatRange(0, 10000, min_open=True), help="The best list that fits into them.")
@click.option(
    "--knows",
    metavar="ID,ID…",
    default="",
    help="Concepts, papers and readings that you know.",
)
@as_json
@click.pass_obj
def read(root: Path | None, target: str, level: Reader, hours: float | None, knows: str, json_: bool) -> None:
    """The least reading that leads to TARGET and can be followed in order.

    TARGET is a claim, a question, a concept, a strand, or "field". Minutes are estimates, by the pages or words of each
    part and the level to which it teaches. With --json: a list of paper, title, where, minutes, why, teaches and needs
    (a level, meet, use or derive, for each concept); what was left out is then said on stderr.

    \b
    kg read edge-of-stability
    kg read concept:lazy-and-rich --hours 12 --knows calculus,linear-algebra
    kg read field --level graduate --json
    """
    from kg import readingtext
    from kg.goals import FIELD
    from kg.reading import reading_list

    graph = searched(root)
    names = [name.strip() for name in knows.split(",") if name.strip()]
    try:
        found = reading_list(graph, target if target == FIELD else aim(graph, target), level, hours, names)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    if json_:
        put([item.as_dict() for item in found.items], True)
        for line in readingtext.left_out(found):
            click.echo(line, err=True)
    else:
        put(readingtext.text(found), False)


def aim(graph: Graph, text: str) -> str:
    """The address that ``text`` names, of those kinds that have a list where several have the id."""
    from kg.goals import KINDS
    from kg.search import Index
    from kg.validation import did_you_mean

    first, others = graph.resolve(text)
    fitting = [one for one in (first, *others) if one and one.partition(":")[0] in KINDS]
    if len(fitting) == 1:
        return fitting[0]
    if first or others or any(text in (one.id, one.id.partition(":")[2]) for one in graph.corpus.retired):
        return resolved(graph, text)
    index = Index(graph)
    if len(called := index.named(text)) == 1:
        click.echo(f"{text} is {called[0]}", err=True)
        return called[0]
    known = [node.id for kind in KINDS for node in graph.nodes(kind)]
    words = (text.partition(":")[2] or text).replace("-", " ")
    near = [hit for kind in ("concept", "claim", "question", "strand") for hit in index.find(words, kind, NEAR)]
    shown = "".join(f"\n  {hit.address}  {hit.title}" for hit in near)
    raise click.UsageError(
        f"there is no {text!r} to read towards{did_you_mean(text, known)}{f'; near it:{shown}' if near else ''}"
    )
