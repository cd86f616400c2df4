"""A new record on the way to its file: held to its form, to what is there already, and to every rule."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from kg.cli import asking, neighbours
from kg.cli.asking import Asker
from kg.cli.flags import Location, told
from kg.findings import Finding


def today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def own_file(ask: Asker, kind: str, name: str, fields: Mapping[str, Any], force: bool) -> None:
    """Write a record into a file of its own. Raises Refusal or ClickException where it cannot stand."""
    from kg.contribute.drafts import record

    path = f"data/{kind}s/{name}.yaml"
    held(ask, kind, path, (), fields)
    near = _known_before(ask, kind, name, fields, force)
    written(ask, {path: record(dict(fields))}, path, (), new=frozenset({path}))
    click.echo(f"wrote {path}")
    neighbours.show(ask.graph, kind, near, f"rm {path}")


def entry(ask: Asker, kind: str, path: str, name: str, fields: Mapping[str, Any], force: bool) -> None:
    """Write a record as the last entry of the file at ``path``. Raises Refusal or ClickException as ``own_file``."""
    from kg.contribute import drafts

    held(ask, kind, path, (name,), fields)
    near = _known_before(ask, kind, name, fields, force)
    text = drafts.appended(ask.graph.corpus.root, path, drafts.entry(name, dict(fields)))
    written(ask, {path: text}, path, (name,))
    click.echo(f"added {name} to {path}")
    neighbours.show(ask.graph, kind, near, f"delete the entry {name}, the last one of {path}")


def held(ask: Asker, kind: str, path: str, at: Location, fields: Mapping[str, Any]) -> None:
    """End the asking: raise Refusal with all that was not given, and all that has not the form of its field."""
    from kg.validation import Origin, build

    _, findings = build(model_of(kind), as_read(dict(fields)), Origin(path, {}, at))
    ask.done(told(findings, path, at))


def written(
    ask: Asker,
    files: Mapping[str, str],
    path: str,
    at: Location,
    new: frozenset[str] = frozenset(),
    once: Mapping[str, Callable[[Sequence[Finding]], str]] | None = None,
) -> None:
    """Write the change, and tell the warnings that it brings; exit 1 where the rules refuse it.

    What they find in the record at ``at`` of the file at ``path`` is told by the flags that gave it; all findings of a
    rule that ``once`` has are told in the line that it makes of them.
    """
    from kg.contribute.change import Refused, apply

    try:
        warnings = apply(ask.graph.corpus.root, files, new=new)
    except Refused as problem:
        said = str(problem)
        if problem.findings:
            alone = {rule: [each for each in problem.findings if each.rule == rule] for rule in once or {}}
            lines = [made(alone[rule]) for rule, made in (once or {}).items() if alone[rule]]
            lines += [line for _, line in told([f for f in problem.findings if f.rule not in alone], path, at)]
            rules = " ".join(sorted({finding.rule for finding in problem.findings}))
            said = "\n".join(["nothing was written, as kg check would refuse it:", *lines, f"more: kg explain {rules}"])
        raise click.ClickException(said + ask.again()) from None
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


def _known_before(ask: Asker, kind: str, name: str, fields: Mapping[str, Any], force: bool) -> list[str]:
    """The nearest records, to be shown once this one is written; on a terminal they are shown before, and none is left.

    Raises ClickException where the record says what another says, and Exit where it is chosen among the nearest.
    """
    if "title" in fields and not force:
        neighbours.refuse_twins(ask.graph, kind, name, fields, ask.again())
    near = neighbours.near(ask.graph, kind, name, fields)
    if not asking.interactive():
        return near
    if same := neighbours.chosen(ask.graph, kind, near):
        place = ask.graph.corpus.place(f"{kind}:{same}")
        click.echo(f"nothing was written; it is {same} in {place.path}: add there what it lacks, such as your source")
        raise click.exceptions.Exit(0)
    return []


def model_of(kind: str) -> Any:
    """The model of the records of ``kind``."""
    from kg import records
    from kg.declarations import Prediction

    return Prediction if kind in ("prediction", "reproduction") else getattr(records, kind.capitalize())


def as_read(value: Any) -> Any:
    """``value`` as a file gives it: lists as tuples, and what is left out not there."""
    if isinstance(value, Mapping):
        return {name: as_read(inner) for name, inner in value.items() if inner not in (None, "", [], {})}
    return tuple(map(as_read, value)) if isinstance(value, list | tuple) else value
