"""``kg show``, ``trace``, ``find`` and ``stats``: what the record holds."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click

from kg.cli.common import as_json, loaded, put, searched

VERDICTS = ("agrees", "disagrees", "cannot-discriminate", "not-in-regime", "error", "not-run")
STANDINGS = ("conjectured", "reported", "corroborated", "reproduced", "contested", "refuted")
STATES = ("open", "claimed", "partial", "answered", "dissolved")


@click.command()
@click.argument("node")
@as_json
@click.pass_obj
def show(root: Path | None, node: str, json_: bool) -> None:
    """Show one NODE (an address such as claim:edge-of-stability, an id, how it begins, or its file), with its evidence.

    \b
    kg show edge-of-stability
    kg show data/claims/edge-of-stability.yaml
    kg show prediction:edge-of-stability/two-over-eta --json
    """
    from kg import textcard
    from kg.cli.showing import named

    evidence = loaded(root)
    graph = evidence.graph
    address = named(graph, node)
    put(textcard.as_dict(evidence, address) if json_ else textcard.card(evidence, address), json_)


@click.command()
@click.argument("node")
@click.option(
    "--if-falls", is_flag=True, help="What loses its ground if NODE falls, in the place of what NODE rests on."
)
@click.option("--depth", type=click.IntRange(1, 50), default=12, show_default=True, help="How many steps to follow.")
@as_json
@click.pass_obj
def trace(root: Path | None, node: str, if_falls: bool, depth: int, json_: bool) -> None:
    """What NODE rests on: sources, assumptions, other claims, predictions, reproductions, runs.

    \b
    kg trace edge-of-stability
    kg trace assumption:gradient-flow --if-falls
    """
    from kg import textcard, trace
    from kg.cli.showing import named

    evidence = loaded(root)
    graph = evidence.graph
    address = named(graph, node)
    steps = trace.falls(graph, address, depth, concerned=True) if if_falls else trace.rests_on(graph, address, depth)
    if json_:
        put([textcard.step_as_dict(evidence, step) for step in steps], True)
    else:
        put(textcard.tree(evidence, address, steps, if_falls), False)


@click.command()
@click.argument("words", nargs=-1)
@click.option("--kind", help="Only nodes of this kind, such as claim.")
@click.option("--verdict", type=click.Choice(VERDICTS), help="Predictions on which our run says this.")
@click.option("--standing", type=click.Choice(STANDINGS), help="Claims and predictions that stand so.")
@click.option("--state", type=click.Choice(STATES), help="Questions in this state.")
@click.option("--afternoon", is_flag=True, help="Open questions for a laptop and an afternoon.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@as_json
@click.pass_obj
def find(root: Path | None, /, words: tuple[str, ...], kind: str | None, limit: int, json_: bool, **asked: Any) -> None:
    """Find nodes by words, ids, authors or arXiv numbers, or by how they stand; typos are forgiven.

    Where an argument is a phrase in quotes, each argument is a query of its own, told under its own heading.

    \b
    kg find sharpness
    kg find cohen 2021 --kind paper
    kg find "edge of stability" "neural collapse"
    kg find --verdict disagrees
    kg find --state open --afternoon
    """
    from kg import queries
    from kg.relations import KINDS

    picks = any(asked.values())
    if not words and not picks and kind is None:
        raise click.UsageError("give words, or one of --verdict, --standing, --state, --afternoon and --kind")
    if kind is not None and kind not in KINDS:
        raise click.UsageError(f"{kind!r} is no kind; the kinds are {', '.join(KINDS)}")
    evidence = loaded(root) if picks else None
    graph = evidence.graph if evidence else searched(root)
    picked = None
    if picks:
        from kg.picking import Picked

        picked = Picked(**asked)
    answers = queries.answers(graph, queries.asked(words), kind, limit, evidence, picked)
    if json_:
        for answer in answers:
            for said in answer.absent:
                click.echo(f"{answer.query}: {said}" if len(answers) > 1 else said, err=True)
        put(queries.as_json(answers), True)
        return
    several, above = len(answers) > 1, ""
    for answer in answers:
        notes = list(answer.absent)
        if answer.more:
            notes.append(f"the first {limit} of {answer.more}; --limit shows more")
        if not answer.hits:
            notes.append("nothing found; try other words, a part of one, or kg stats for what there is")
        if several and answer.hits:
            click.echo(above + click.style(answer.query, underline=True))
            above = "\n"
        for note in notes:
            click.echo(f"{answer.query}: {note}" if several else note, err=True)
        for hit in answer.hits:
            click.echo(f"{click.style(hit.address, bold=True)}  {hit.title}")


@click.command()
@click.option("--quality", is_flag=True, help="How well the record is kept, by strand, in the place of counts.")
@as_json
@click.pass_obj
def stats(root: Path | None, quality: bool, json_: bool) -> None:
    """Count what there is, how it stands, and what is missing.

    \b
    kg stats --json
    kg stats --quality
    """
    from kg import checks, textcard
    from kg.stats import stats

    evidence = loaded(root)
    graph = evidence.graph
    if quality:
        from kg import quality as kept

        found = kept.quality(evidence, datetime.datetime.now(datetime.UTC).date())
        put(found if json_ else textcard.quality(found), json_)
        return
    counted = stats(evidence, checks.run(graph, evidence))
    put(counted if json_ else textcard.stats(counted), json_)
