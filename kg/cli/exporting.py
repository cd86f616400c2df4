"""``kg export``: the record, or a part of it, in other formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli.common import loaded, resolved
from kg.english import counted

if TYPE_CHECKING:
    from kg.export.selection import Selection
    from kg.goals import Reader
    from kg.graph import Graph

_BEHIND = (
    "A node that is no paper stands for the works behind it: a claim for those that state it and report on it, a "
    "question for those that raise it and bear on it, a concept for those that teach it."
)
MOST_FOUND = 200

to_file = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default="-",
    show_default=True,
    help="The file to write; - for standard output.",
)


@click.group()
def export() -> None:
    """Write the record, or a part of it, in another format."""


def write(out: Path, text: str) -> None:
    """Put ``text`` at ``out`` in one step, or on standard output. Raises ClickException where the disk refuses it."""
    from kg import stored

    if str(out) == "-":
        click.echo(text.encode(), nl=False)
        return
    try:
        if out.exists() and not out.is_file():  # a pipe or a device is written to, never replaced
            out.write_bytes(text.encode())
        else:
            stored.replace(out.resolve(), text.encode())
    except OSError as problem:
        raise click.ClickException(f"cannot write {out}: {problem.strerror}; choose another --out") from None
    click.echo(f"wrote {out}", err=True)


def selecting(command: Callable[..., None]) -> Callable[..., None]:
    """The argument and options that say what to export."""
    options: list[Callable[..., Any]] = [
        click.argument("nodes", nargs=-1),
        click.option("--find", "words", help=f"What a search for these words finds, {MOST_FOUND} nodes at most."),
        click.option("--read", "target", help="The reading list of kg read for this target, in its order."),
        click.option(
            "--level",
            type=click.Choice(["beginner", "graduate", "researcher"]),
            default="beginner",
            show_default=True,
            help="The level of that reading list.",
        ),
        click.option(
            "--hours", type=click.FloatRange(0, 10000, min_open=True), help="The hours that it is to fit into."
        ),
        click.option("--knows", metavar="ID,ID…", default="", help="What its reader knows, as for kg read."),
        click.option("--strand", help="A strand with its claims, predictions and questions."),
        click.option("--all", "all_", is_flag=True, help="The whole record."),
        to_file,
        click.pass_obj,
    ]
    for option in reversed(options):
        command = option(command)
    return command


def selected(
    graph: Graph,
    nodes: tuple[str, ...],
    words: str | None,
    target: str | None,
    level: Reader,
    hours: float | None,
    knows: str,
    strand: str | None,
    all_: bool,
) -> Selection:
    """What the options name, in their order. Raises UsageError where they name nothing."""
    from kg.cli.reading_lists import aim
    from kg.export import selection
    from kg.goals import FIELD
    from kg.reading import reading_list
    from kg.search import Index

    parts = []
    if nodes:
        found = [resolved(graph, node) for node in nodes]
        parts.append(selection.of(graph.node(found[0]).title if len(found) == 1 else "Selection", found))
    if words is not None:
        hits = [hit.address for hit in Index(graph).find(words, limit=MOST_FOUND)]
        if not hits:
            click.echo(f"nothing found for {words!r}; try fewer words", err=True)
        parts.append(selection.of(f"Search for “{words}”", hits))
    if target is not None:
        names = [name.strip() for name in knows.split(",") if name.strip()]
        try:
            aimed = reading_list(graph, target if target == FIELD else aim(graph, target), level, hours, names)
        except ValueError as problem:
            raise click.UsageError(str(problem)) from None
        parts.append(selection.reading(aimed))
        if aimed.left_out:
            number = counted(len(aimed.left_out), "concept")
            click.echo(f"{number} left out of the list; kg read, Markdown and HTML say which, and why", err=True)
    if strand is not None:
        address = resolved(graph, strand if strand.startswith("strand:") else f"strand:{strand}")
        if not address.startswith("strand:"):
            raise click.UsageError(f"{strand!r} is no strand; kg find --kind strand lists them")
        parts.append(selection.strand(graph, address))
    if all_:
        parts.append(selection.everything(graph))
    if not parts:
        raise click.UsageError(
            "say what to export: nodes by address or id, --find WORDS, --read TARGET, --strand ID or --all"
        )
    return parts[0] if len(parts) == 1 else selection.joined(parts)


def tell_works(graph: Graph, chosen: Selection) -> None:
    """How many works the file holds, and which nodes have none behind them, on standard error."""
    from kg.export.selection import works

    found = works(graph, chosen)
    nodes = len({item.address for item in chosen.items})
    click.echo(f"{counted(len(found.keys), 'work')} behind {counted(nodes, 'node')}", err=True)
    if found.without:
        named = ", ".join(found.without[:5]) + (" …" if len(found.without) > 5 else "")
        click.echo(f"{counted(len(found.without), 'node')} with no work behind, not in the file: {named}", err=True)


def _add(name: str, help_: str) -> None:
    """The command ``kg export NAME`` for one format of ``kg.export.formats``."""

    @export.command(name, help=help_)
    @selecting
    def command(root: Path | None, out: Path, **chosen: Any) -> None:
        from kg.export import formats

        evidence = loaded(root)
        graph = evidence.graph
        found = selected(graph, **chosen)
        if formats.FORMATS[name].of_works:
            tell_works(graph, found)
        else:
            click.echo(counted(len(found.items), "node"), err=True)
        write(out, formats.dump(evidence, found, name))


for _name, _title, _example in (
    ("bibtex", "BibTeX", "kg export bibtex saxe2014exact edge-of-stability --out refs.bib"),
    ("ris", "RIS, for Zotero, EndNote and Mendeley", 'kg export ris --find "edge of stability" --out refs.ris'),
    ("csl", "CSL-JSON, for Pandoc and citation processors", "kg export csl --strand empirical-laws --out refs.json"),
):
    _add(_name, f"The works behind a selection as {_title}.\n\n{_BEHIND}\n\n\b\n{_example}")
for _name, _title, _example in (
    ("markdown", "a numbered Markdown list", 'kg export markdown --find "scaling law" --out laws.md'),
    ("html", "one HTML page that asks for nothing else", "kg export html --strand universality --out page.html"),
    (
        "csv",
        "CSV, one line a node; a text that a spreadsheet would run as a formula gets an apostrophe in front",
        "kg export csv --all --out record.csv",
    ),
):
    _add(_name, f"The nodes of a selection as {_title}.\n\n\b\n{_example}")


@export.command()
@click.option("--style", default="apa", show_default=True, help="apa, chicago, ieee, mla, harvard, nature, aps or acm.")
@selecting
def citations(root: Path | None, out: Path, style: str, **chosen: Any) -> None:
    """The works behind a selection as a list of references in a common style.

    Works of one author and year are not told apart by a letter (2021a): do that by hand.

    \b
    kg export citations --style chicago cohen2021gradient
    """
    from kg.export.citations import STYLES, dump
    from kg.export.selection import works

    if style not in STYLES:
        raise click.UsageError(f"{style!r} is no style; the styles are {', '.join(STYLES)}")
    graph = loaded(root).graph
    found = selected(graph, **chosen)
    tell_works(graph, found)
    write(out, dump(graph.corpus, works(graph, found).keys, style))


@export.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write; - for standard output.",
)
@click.pass_obj
def snapshot(root: Path | None, out: Path) -> None:
    """Write every node and relation as one sorted JSON file, the same to the byte on every run.

    \b
    kg export snapshot --out graph.json
    """
    from kg.export.snapshot import dump

    write(out, dump(loaded(root)))


@export.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder to write into."
)
@click.pass_obj
def figures(root: Path | None, out: Path) -> None:
    """Write every picture as SVG: a tested prediction each, a map each, and residuals.svg with all of them.

    \b
    kg export figures --out pictures
    """
    from kg.export import pictures
    from kg.figures.svg import CannotDraw

    try:
        written = pictures.write(loaded(root), out)
    except CannotDraw as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"wrote {len(written)} pictures into {out}", err=True)


@export.command()
@to_file
@click.pass_obj
def graphml(root: Path | None, out: Path) -> None:
    """The whole graph as GraphML, for Gephi, Cytoscape, yEd, igraph and networkx.

    \b
    kg export graphml --out graph.graphml
    """
    from kg.export.graphml import dump

    write(out, dump(loaded(root)))


@export.command()
@click.option("--base", help="The address that nodes are named under, such as https://example.org/kg/.")
@to_file
@click.pass_obj
def jsonld(root: Path | None, base: str | None, out: Path) -> None:
    """The whole graph as JSON-LD with terms of schema.org and CiTO; the context stands in the file.

    \b
    kg export jsonld --out graph.jsonld
    """
    from kg.export.jsonld import BASE, dump
    from kg.identifiers import is_url

    if base is not None and not is_url(base):
        raise click.UsageError(f"{base!r} is no http or https address; give one such as https://example.org/kg/")
    write(out, dump(loaded(root), base or BASE))


@export.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder to write into."
)
@click.pass_obj
def tables(root: Path | None, out: Path) -> None:
    """The whole graph as two CSV files, nodes.csv and edges.csv.

    A text that a spreadsheet would run as a formula gets an apostrophe in front, and so does one that begins with an
    apostrophe; take one away from every cell that begins with one, and all texts are as they were.

    \b
    kg export tables --out graph
    """
    from kg.export.tables import dump

    written = dump(loaded(root))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise click.ClickException(f"cannot write {out}: {problem.strerror}; choose another --out") from None
    for name, text in written.items():
        write(out / name, text)
