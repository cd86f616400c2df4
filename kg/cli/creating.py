"""``kg new``: a record written in canonical form, once it is held to every rule and to what is there already."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from kg.cli.asking import Asker
from kg.cli.common import load

if TYPE_CHECKING:
    from kg.graph import Graph, Node

DEPTHS = ("secondary", "abstract", "section", "full-text")
ROLES = ("own-result", "background", "conjecture")

_force = click.option("--force", is_flag=True, help="Write it although it seems to be there already.")
_id = click.option("--id", "id_", help="Its id; made of the title where it is left out.")
_title = click.option("--title", help="One line that says it.")
_statement = click.option("--statement", help="In your own words, TeX between dollar signs.")
_strands = click.option("--strand", "strands", multiple=True, help="A strand; may be repeated.")


@click.group()
def new() -> None:
    """Write a new record: what is not given as a flag is asked for.

    \b
    kg new claim
    kg new question --help
    """


@new.command()
@_id
@_title
@_statement
@click.option("--kind", help="theorem, derivation, law, observation, conjecture or framing.")
@_strands
@click.option("--paper", help="The key of its source in bib/ (kg add puts it there).")
@click.option("--role", type=click.Choice(ROLES), help="What the source does with it; own-result where it is left out.")
@click.option("--where", help="Equation, figure or section, only if you read it there.")
@click.option("--depth", type=click.Choice(DEPTHS), help="How far you read the source.")
@click.option("--needs", multiple=True, help="A concept that a reader must know; may be repeated.")
@click.option("--assumes", multiple=True, help="An assumption; may be repeated.")
@click.option("--builds-on", multiple=True, help="A claim that it builds on; may be repeated.")
@click.option("--checked", type=click.Choice(["by-hand", "machine-assisted"]), help="Held against its sources today.")
@_force
@click.pass_obj
def claim(root: Path | None, /, id_: str | None, force: bool, **given: Any) -> None:
    """A claim, from one source, in a file of its own.

    \b
    kg new claim --title T --statement S --kind law --strand universality --paper KEY --depth abstract
    """
    from kg.records import Claim

    graph = load(root)
    ask = Asker(graph)
    fields: dict[str, Any] = {
        "title": ask.text("--title", given["title"], "title, one line that says it"),
        "statement": ask.text("--statement", given["statement"], "statement, in your own words"),
        "kind": ask.text("--kind", given["kind"], "kind", get_args(Claim.model_fields["kind"].annotation)),
        "strands": ask.references("--strand", given["strands"], "strand", "strand", needed=True),
        "needs": ask.references("--needs", given["needs"], "concept", "concept", needed=False),
        "assumes": ask.references("--assumes", given["assumes"], "assumption", "assumption", needed=False),
        "builds-on": ask.references("--builds-on", given["builds_on"], "claim", "claim", needed=False),
    }
    source = {
        "paper": ask.reference("--paper", given["paper"], "paper", "its source"),
        "role": ask.text("--role", given["role"], "what the source does with it", ROLES, ROLES[0]),
        "where": given["where"],
        "depth": ask.text("--depth", given["depth"], "how far you read it", DEPTHS),
    }
    ask.done()
    fields["sources"] = [source]
    if given["checked"]:
        fields["checked"] = {"date": _today(), "how": given["checked"]}
    _own_file(graph, "claim", "claims", id_, fields, force)


@new.command()
@_id
@_title
@_statement
@_strands
@click.option("--settled-by", help="An observation that would settle it.")
@click.option("--answer", help="The answer that this observation would give.")
@click.option("--stakes", help="What depends on it.")
@click.option("--difficulty", help="easy, medium or hard.")
@click.option("--paper", help="The key of the source that raises it.")
@click.option("--asks-about", multiple=True, help="An address, such as claim:edge-of-stability; may be repeated.")
@_force
@click.pass_obj
def question(root: Path | None, /, id_: str | None, force: bool, **given: Any) -> None:
    """An open question, with what would settle it.

    \b
    kg new question --title T --statement S --strand universality --settled-by O --answer A --stakes W \\
        --difficulty medium --paper KEY
    """
    graph = load(root)
    ask = Asker(graph)
    fields: dict[str, Any] = {
        "title": ask.text("--title", given["title"], "title, as a question"),
        "statement": ask.text("--statement", given["statement"], "statement"),
        "strands": ask.references("--strand", given["strands"], "strand", "strand", needed=True),
        "settled-by": [
            {
                "text": ask.text("--settled-by", given["settled_by"], "an observation that would settle it"),
                "answer": ask.text("--answer", given["answer"], "the answer that it would give"),
            }
        ],
        "stakes": ask.text("--stakes", given["stakes"], "what depends on it"),
        "difficulty": ask.text("--difficulty", given["difficulty"], "difficulty", ("easy", "medium", "hard")),
        "asks-about": list(given["asks_about"]),
    }
    paper = ask.reference("--paper", given["paper"], "paper", "the source that raises it")
    ask.done()
    fields |= {
        "origin": [{"paper": paper}],
        "history": [{"date": _today(), "state": "open", "because": f"paper:{paper}"}],
    }
    _own_file(graph, "question", "questions", id_, fields, force)


@new.command()
@_id
@_title
@_statement
@click.option("--paper", help="The key of the source that makes it.")
@click.option("--where", help="Where in the source, only if you read it there.")
@click.option("--by", help="person or machine: who made it.")
@click.option("--stance", help="objects or replies.")
@click.option("--target", "targets", multiple=True, help="An address, such as claim:edge-of-stability.")
@_force
@click.pass_obj
def argument(root: Path | None, /, id_: str | None, force: bool, **given: Any) -> None:
    """An objection, or a reply to one.

    \b
    kg new argument --title T --statement S --paper KEY --by person --stance objects --target claim:ID
    """
    graph = load(root)
    ask = Asker(graph)
    fields: dict[str, Any] = {
        "title": ask.text("--title", given["title"], "title"),
        "statement": ask.text("--statement", given["statement"], "statement"),
        "paper": ask.reference("--paper", given["paper"], "paper", "the source that makes it"),
        "where": given["where"],
        "by": ask.text("--by", given["by"], "made by", ("person", "machine")),
        "stance": ask.text("--stance", given["stance"], "stance", ("objects", "replies")),
        "targets": [ask.address(one) for one in given["targets"]]
        or [ask.text("--target", None, "what it speaks to, an address kind:id")],
    }
    ask.done()
    _own_file(graph, "argument", "arguments", id_, fields, force)


@new.command()
@_id
@_title
@_statement
@click.option("--requires", multiple=True, help="A concept that must be known before; may be repeated.")
@_force
@click.pass_obj
def concept(root: Path | None, /, id_: str | None, force: bool, **given: Any) -> None:
    """A concept that a reader must know, in data/concepts.yaml.

    \b
    kg new concept --title T --statement S --requires gradient-descent
    """
    graph = load(root)
    ask = Asker(graph)
    fields = {
        "title": ask.text("--title", given["title"], "title"),
        "statement": ask.text("--statement", given["statement"], "statement that explains it to a beginner"),
        "requires": ask.references("--requires", given["requires"], "concept", "concept", needed=False),
    }
    ask.done()
    _entry(graph, "concept", "data/concepts.yaml", id_, fields, force)


@new.command()
@_id
@click.option("--paper", help="The key of the source.")
@click.option("--where", help="Which stretch, with its length: 'Sec. 2, 4 pages'.")
@click.option("--minutes", help="By the rule of CONTRIBUTING, from length and level.")
@click.option("--teaches", multiple=True, help="concept=meet, use or derive; may be repeated.")
@click.option("--requires", multiple=True, help="concept=level that it takes for granted; may be repeated.")
@_force
@click.pass_obj
def reading(root: Path | None, /, id_: str | None, force: bool, **given: Any) -> None:
    """What a stretch of a source teaches, in data/readings.yaml.

    \b
    kg new reading --paper KEY --where "Sec. 2, 4 pages" --minutes 15 --teaches kernel=meet
    """
    graph = load(root)
    ask = Asker(graph)
    fields: dict[str, Any] = {
        "paper": ask.reference("--paper", given["paper"], "paper", "the source"),
        "where": ask.text("--where", given["where"], "which stretch, with its length"),
        "minutes": ask.text("--minutes", given["minutes"], "minutes"),
    }
    teaches = given["teaches"] or [ask.text("--teaches", None, "what it teaches, as concept=meet|use|derive")]
    ask.done()
    for name, pairs in (("teaches", teaches), ("requires", given["requires"])):
        split = [pair.partition("=") for pair in pairs]
        fields[name] = {ask.known(f"--{name}", known, "concept"): level or "meet" for known, _, level in split}
    from kg.contribute.drafts import slug

    _entry(graph, "reading", "data/readings.yaml", id_ or slug(f"{fields['paper']} {fields['where']}"), fields, force)


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def _own_file(graph: Graph, kind: str, folder: str, id_: str | None, fields: Mapping[str, Any], force: bool) -> None:
    from kg.contribute.drafts import record, slug

    name = id_ or slug(fields["title"])
    _refuse_twins(graph, kind, name, fields, force)
    path = f"data/{folder}/{name}.yaml"
    written(graph, {path: record(dict(fields))}, new=frozenset({path}))
    click.echo(f"wrote {path}")
    _show_nearest(graph, kind, name, fields)


def _entry(graph: Graph, kind: str, path: str, id_: str | None, fields: Mapping[str, Any], force: bool) -> None:
    from kg.contribute.drafts import appended, entry, slug

    name = id_ or slug(fields["title"])
    known = {"concept": graph.corpus.concepts, "reading": graph.corpus.readings}[kind]
    if name in known:
        raise click.ClickException(f"{path} has a {kind} {name!r} already; give this one another --id")
    if "title" in fields:
        _refuse_twins(graph, kind, name, fields, force)
    written(graph, {path: appended(graph.corpus.root, path, entry(name, dict(fields)))})
    click.echo(f"added {name} to {path}")
    if "title" in fields:
        _show_nearest(graph, kind, name, fields)


def _known(graph: Graph, kind: str) -> dict[str, tuple[str, str]]:
    return {node.id: (node.title, node.record.statement or "") for node in graph.nodes(kind)}


def _show_nearest(graph: Graph, kind: str, name: str, fields: Mapping[str, Any]) -> None:
    """The records nearest to a new one, those of its papers and targets counting double, as the same in other words."""
    from kg.restatements import nearest, synonyms

    named = [*fields.get("sources", ()), *fields.get("origin", ()), fields]
    own = {f"paper:{one['paper']}" for one in named if "paper" in one} | set(fields.get("targets", ()))
    nodes = {node.id: node for node in graph.nodes(kind)}
    kin = [key for key, node in nodes.items() if own & _joined(graph, node)]
    near = nearest(name, fields["title"], fields["statement"], _known(graph, kind), synonyms(graph.corpus), kin)
    if near:
        click.echo("near it; is yours one of these? Then take back what was written", err=True)
    for key in near:
        click.echo(f"  {key}  {nodes[key].title}", err=True)
        if key == near[0] and nodes[key].record.statement:
            click.echo(textwrap.indent(textwrap.fill(nodes[key].record.statement, 100), "      "), err=True)


def _joined(graph: Graph, node: Node) -> set[str]:
    """What the node is joined with, and the paper that makes it where it is an argument."""
    made_in = {f"paper:{node.record.paper}"} if node.kind == "argument" else set()
    return made_in | {edge.other(node.address) for edge in graph.around(node.address)}


def _refuse_twins(graph: Graph, kind: str, name: str, fields: Mapping[str, Any], force: bool) -> None:
    """Show the pair and stop where the record says what another one says."""
    from kg.restatements import of_statement, synonyms

    known = _known(graph, kind)
    twins = of_statement(name, fields["title"], fields["statement"], known, synonyms(graph.corpus))
    if not twins or force:
        return
    lines = [f"a {kind} that says this seems to be there already; --force writes it all the same"]
    for twin in twins:
        title, statement = known[twin.first]
        place = graph.corpus.place(f"{kind}:{twin.first}")
        lines += [f"  there  {place} {twin.first}: {title}", f"         {statement}", f"         {twin.why}"]
    lines += [f"  new    {name}: {fields['title']}", f"         {fields['statement']}"]
    raise click.ClickException("\n".join(lines))


def written(graph: Graph, files: Mapping[str, str], new: frozenset[str] = frozenset()) -> None:
    """Write the change, and tell the warnings that it brings; one line and exit 1 where it is refused."""
    from kg.contribute.change import Refused, apply

    try:
        warnings = apply(graph.corpus.root, files, new=new)
    except Refused as problem:
        raise click.ClickException(str(problem)) from None
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
