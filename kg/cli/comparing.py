"""``kg diff``: what a change does to the graph."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from kg.cli.common import as_json, put


@click.command()
@click.argument("base")
@click.argument("head", required=False)
@as_json
@click.option("--markdown", is_flag=True, help="For the summary of a pull request.")
@click.pass_obj
def diff(root: Path | None, base: str, head: str | None, json_: bool, markdown: bool) -> None:
    """What changes from commit BASE to commit HEAD, or to the files as they are: nodes, relations, standings, verdicts,
    reading lists, and what loses its ground.

    \b
    kg diff HEAD
    kg diff main my-branch --markdown
    """
    if json_ and markdown:
        raise click.UsageError("--json and --markdown exclude one another; give one")
    from kg import graph
    from kg.contribute import difftext
    from kg.contribute.diff import difference
    from kg.contribute.revision import NoRevisionError, tree_at
    from kg.corpus import find_root
    from kg.evidence import Evidence

    tree = (root or find_root()).absolute()
    try:
        with tree_at(tree, base) as before, tree_at(tree, head) if head else nullcontext(tree) as after:
            found = difference(Evidence(graph.load(before)), Evidence(graph.load(after)))
    except NoRevisionError as problem:
        raise click.UsageError(str(problem)) from None
    if json_:
        put(difftext.as_dict(found), True)
    else:
        click.echo(difftext.markdown(found) if markdown else difftext.text(found), nl=not markdown)
