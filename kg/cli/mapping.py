"""``kg rerun PREDICTION --map``: where a prediction holds over two axes of its regime."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from kg.cli.common import cancelled_by_ctrl_c, loaded, put


def rerun_map(root: Path | None, text: str, *, record: bool, jobs: int, sandboxed: bool, json_: bool) -> NoReturn:
    """Run the map of the prediction that ``text`` names, print it, and with ``record`` keep it in data/maps/."""
    from kg import maptext
    from kg.rerun import experiment, mapping

    graph = loaded(root).graph
    try:
        task = mapping.plan(graph, text)
        if record:
            experiment.require_recordable(task.plan)
    except experiment.CannotRun as problem:
        raise click.UsageError(str(problem)) from None
    cells = len(task.sweep.cells)
    label = f"{task.address.partition(':')[2]}, {cells} cells ({task.sweep.budget})"
    with click.progressbar(length=cells, label=label, file=sys.stderr, show_pos=True) as bar:

        def progress(at: mapping.MapProgress) -> None:
            bar.label = f"{label}, {at.cpu_seconds:.0f} CPU s" + (f", {at.reused} from before" if at.reused else "")
            bar.update(at.done - bar.pos)

        try:
            with cancelled_by_ctrl_c() as cancel:
                done = mapping.perform(task, jobs=jobs, sandboxed=sandboxed, on_progress=progress, cancel=cancel)
        except experiment.CannotRun as problem:
            raise click.ClickException(str(problem)) from None
    where, unkept = None, ""
    try:
        where = mapping.keep(task, done) if record else None
    except experiment.CannotRun as problem:
        unkept = str(problem)
    if json_:
        told = maptext.as_dict(task.address, task.sweep.axes, done.cells)
        put({**told, "missing": done.missing, "file": str(where) if where else None}, True)
    else:
        kept = f"kept in {where}" if where else "not recorded; --record keeps it in data/maps/"
        put("\n".join(["", *maptext.grid(task.sweep.axes, done.cells), done.why or kept]), False)
    if unkept:
        raise click.ClickException(unkept)
    if done.missing:
        sys.exit(130)
    sys.exit(1 if any(cell.state == "error" for cell in done.cells) else 0)
