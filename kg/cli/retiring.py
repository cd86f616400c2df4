"""``kg retire``: an address taken out of use, with a redirect."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from kg.cli.common import as_json, load, put, resolved


@click.command()
@click.argument("node")
@click.option(
    "--to", multiple=True, help="Where it leads: a new address renames, one that is there merges, several split."
)
@click.option("--why", required=True, help="The reason, shown wherever the old address is asked for.")
@as_json
@click.pass_obj
def retire(root: Path | None, node: str, to: tuple[str, ...], why: str, json_: bool) -> None:
    """Take NODE out of use: rename, merge, split (--to several times) or withdraw it (no --to).

    The predictions of a claim go with it; one of them goes to another claim with --to prediction:OTHER/ID.
    References are rewritten through the whole record; comments stay. The old address redirects from then on.

    \b
    kg retire claim:old-name --to claim:new-name --why "says what it claims"
    """
    from kg.checks import hollow
    from kg.contribute import change, rename, retirecheck, retirerest
    from kg.contribute.retire import retire as retired

    graph = load(root)
    corpus = graph.corpus
    address = resolved(graph, node)
    kind = address.partition(":")[0]
    if node not in (address, address.partition(":")[2]):
        raise click.UsageError(f"{node!r} is retired already and leads to {address}")
    if said := hollow.problem("retired", "why", why):
        raise click.ClickException(f"--why: hollow-text: {said}")
    ends = tuple(
        each if each.startswith(f"{kind}:") or (":" in each and kind != "paper") else f"{kind}:{each}" for each in to
    )
    renames = len(ends) == 1 and ends[0] not in graph
    try:
        if refused := retirecheck.uncommitted(corpus, address, ends[0] if renames else ""):
            raise change.Refused(refused)
        done = retired(graph, address, ends, why, datetime.datetime.now(datetime.UTC).date())
        if refused := None if renames else retirecheck.lost(corpus, address, done):
            raise change.Refused(refused)
        undo = retirecheck.undoing(corpus.root, set(done.files) | done.gone)
        became = {path: "changed" if (corpus.root / path).exists() else "new" for path in done.files}
        became |= dict.fromkeys(done.gone, "removed")
        warnings = change.apply(corpus.root, done.files, gone=frozenset(done.gone), keep_form=True)
    except change.Refused as problem:
        raise click.ClickException(str(problem)) from None
    for warning in warnings:
        click.echo(str(warning), err=True)
    for left in retirerest.left_behind(graph, load(root)):
        click.echo(left, err=True)
    rest = rename.mentions(corpus.root, {address.partition(":")[2]})
    if "docs/seed-map.yaml" in done.files:
        click.echo("docs/seed-map.md is generated; renew it: uv run python -m kg.generate", err=True)
    if rest:
        click.echo(f"also named in {', '.join(rest)}; look there", err=True)
    if undo:
        click.echo(undo, err=True)
    rows = [f"  {path}  {how}" for path, how in sorted(became.items())]
    put({"done": done.what, "files": sorted(became)} if json_ else "\n".join([done.what, *rows]), json_)
