"""``kg app``: the record in the browser."""

from __future__ import annotations

from pathlib import Path

import click


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
