"""``kg export`` and ``kg app``: the record for other programs, and for the browser."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.common import loaded


@click.group()
def export() -> None:
    """Write the graph in another format."""


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
    from kg import stored
    from kg.evidence import Evidence
    from kg.export.snapshot import dump

    text = dump(Evidence(loaded(root)))
    if str(out) == "-":
        click.echo(text, nl=False)
        return
    try:
        if out.exists() and not out.is_file():  # a pipe or a device is written to, never replaced
            out.write_text(text, encoding="utf-8")
        else:
            stored.replace(out.resolve(), text.encode())
    except OSError as problem:
        raise click.ClickException(f"cannot write {out}: {problem.strerror}; choose another --out") from None
    click.echo(f"wrote {out}", err=True)


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
    from kg.evidence import Evidence
    from kg.export import pictures
    from kg.figures.svg import CannotDraw

    try:
        written = pictures.write(Evidence(loaded(root)), out)
    except CannotDraw as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"wrote {len(written)} pictures into {out}", err=True)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--open/--no-open", "open_", default=True, help="Open a browser window.")
@click.pass_obj
def app(root: Path | None, port: int, open_: bool) -> None:
    """Serve the explorer on this machine, with reruns where the sandbox works.

    \b
    kg app --port 8600
    """
    from kg.ui import launcher

    launcher.serve(root, port, open_)
