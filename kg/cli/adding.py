"""``kg add``: a paper into a bibliography, from its identifier or from BibTeX."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import Refusal, as_json, load, put
from kg.english import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kg.contribute.addpaper import Addition
    from kg.corpus import Corpus
    from kg.graph import Graph
    from kg.papers import Paper


@click.command()
@click.argument("source")
@click.option("--strand", default="context", show_default=True, help="The file of bib/ that it goes into.")
@click.option("--key", help="Its key, which is for good; else the one given, or one like saxe2014exact.")
@click.option("--force", is_flag=True, help="Add it although the same work seems to be there.")
@as_json
@click.pass_obj
def add(root: Path | None, source: str, strand: str, key: str | None, force: bool, json_: bool) -> None:
    """Add the paper SOURCE: a DOI, an arXiv number, a .bib file, or - for BibTeX on the input.

    Only a DOI or an arXiv number asks the network. A work that is there already is refused, with the entry shown.

    \b
    kg add 2103.00065 --strand empirical-laws
    kg add 10.1038/nature14539
    kg add - < pasted.bib
    """
    from kg.cli.asking import interactive
    from kg.contribute import addpaper, change, fetch, mend
    from kg.contribute.yamlstyle import CannotFormatError

    graph = load(root)
    corpus = graph.corpus
    path = f"bib/{strand}.bib"
    if not (corpus.root / path).is_file():
        raise Refusal(f"--strand: there is no {path}; {_strands(graph, strand)}")
    fetched = source != "-" and not source.endswith(".bib")
    try:
        if fetched:
            text = fetch.bibtex(source)
        else:
            text = sys.stdin.read(2_000_000) if source == "-" else Path(source).read_text(encoding="utf-8")
        name = {} if fetched or source == "-" else {"source": source}
        found = addpaper.additions(
            text, corpus.papers.values(), fresh_keys=fetched, key=key, choose=_key if interactive() else None, **name
        )
        if not force and (there := [addition for addition in found if addition.twins]):
            fresh = [addition.paper for addition in found if not addition.twins]
            raise change.Refused("\n".join([*(_pair(each, corpus) for each in there), *_only_new(fresh)]))
        before = mend.read(corpus.root, path)
        whole = "\n\n".join([before.rstrip("\n"), *(addition.text.rstrip("\n") for addition in found)]) + "\n"
        warnings = change.apply(corpus.root, {path: whole})
    except (fetch.CannotFetch, change.Refused, CannotFormatError) as problem:
        raise click.ClickException(str(problem)) from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{source} is not UTF-8 text; save it as UTF-8") from None
    keys = [addition.paper.key for addition in found]
    for addition in found:
        for note in addition.notes:
            click.echo(f"{addition.paper.key}: {note}", err=True)
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    last = "the last entry" if len(keys) == 1 else f"the last {len(keys)} entries"
    click.echo(f"to take it back: delete {listed(keys)}, {last} of {path}", err=True)
    rows = [{"key": each, "path": path} for each in keys]
    put(rows if json_ else "\n".join(f"added {each} to {path}" for each in keys), json_)


def _key(taken: str, free: str, holder: Paper, keys: Collection[str]) -> str:
    """The key that is typed for a work whose own another work has; Enter takes the free one."""
    from kg.identifiers import is_citation_key

    click.echo(f"the key {taken!r} is taken by another work: {holder.label}, {holder.title}", err=True)
    while True:
        answer = str(click.prompt("which key, then, for good", default=free, err=True)).strip()
        if not is_citation_key(answer):
            click.echo(f"  {answer!r} is no citation key; the record's keys read like 'saxe2014exact'", err=True)
        elif answer.casefold() in keys:
            click.echo(f"  {answer!r} is taken too", err=True)
        else:
            return answer


def _strands(graph: Graph, words: str) -> str:
    """The bibliographies of the strands that ``words`` find, else all that there are."""
    from kg.cli.asking import NEAR
    from kg.search import Index

    files = {file.stem for file in (graph.corpus.root / "bib").glob("*.bib")}
    hits = Index(graph).find(words.replace("-", " "), "strand", NEAR)
    near = [(hit.address.partition(":")[2], hit.title) for hit in hits]
    if rows := [f"  {name}  {title}" for name, title in near if name in files]:
        return "\n".join(["near it:", *rows])
    return f"--strand is one of {', '.join(sorted(files))}"


def _only_new(papers: Sequence[Paper]) -> list[str]:
    """That nothing was written, where some of the input is not there yet: which entries to give again."""
    if not papers:
        return []
    rows = [f"  {paper.key}: {paper.label}, {paper.title}" for paper in papers]
    return ["nothing was written; not there yet, to be given without the others:", *rows]


def _pair(addition: Addition, corpus: Corpus) -> str:
    """The new entry and the one that is the same work, side by side."""
    there = next((key for key, _ in addition.twins if key in corpus.papers), "")
    use = f"cite it as it is there, --paper {there}; " if there else ""
    lines = [f"this work seems to be there already; {use}--force adds it all the same"]
    for key, why in addition.twins:
        other = corpus.papers.get(key)
        if other is None:
            lines += [f"  there  {key}, in the same input", f"         {why}"]
            continue
        lines += [f"  there  {corpus.place(f'paper:{key}')} {key}: {other.label}, {other.title}", f"         {why}"]
        for name in ("doi", "arxiv"):
            if (value := getattr(addition.paper, name)) and not getattr(other, name):
                lines.append(f"         it has no {name}; add {value} to that entry")
    lines.append(f"  new    {addition.paper.key}: {addition.paper.label}, {addition.paper.title}")
    return "\n".join(lines)
