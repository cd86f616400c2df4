"""``kg rerun``: measure again, in the sandbox, and judge."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.common import as_json, loaded, put

if TYPE_CHECKING:
    from kg.runs import Budget


@click.command()
@click.argument("experiment")
@click.option("--budget", type=click.Choice(["smoke", "quick", "full"]), default="quick", show_default=True)
@click.option("--seed", type=click.IntRange(0, 1_000_000), default=0, show_default=True, help="The first seed.")
@click.option("--record", is_flag=True, help="Keep the run in data/runs/ for a pull request.")
@click.option("--unsandboxed", is_flag=True, help="Run without the sandbox; written into the run.")
@as_json
@click.pass_obj
def rerun(
    root: Path | None, experiment: str, budget: Budget, seed: int, record: bool, unsandboxed: bool, json_: bool
) -> None:
    """Run an EXPERIMENT (a script, or a prediction that it tests) in the sandbox and judge it.

    \b
    kg rerun edge_of_stability --budget smoke
    kg rerun edge-of-stability/two-over-eta --record
    """
    from kg import textcard
    from kg.rerun import experiment as experiments

    if record and budget == "smoke":
        raise click.UsageError("smoke runs are never recorded; use --budget quick or full")
    if record and seed != 0:
        raise click.UsageError("a recorded run starts at seed 0, never at a chosen one; leave --seed out")
    graph = loaded(root)
    try:
        plan = experiments.plan(graph, experiment)
        if record:
            experiments.require_committed(plan)
    except experiments.CannotRun as problem:
        raise click.UsageError(str(problem)) from None
    with click.progressbar(length=1000, label=f"{plan.script.name} ({budget})", file=sys.stderr) as bar:

        def progress(at: experiments.Progress) -> None:
            bar.update(max(0, int(1000 * at.fraction) - bar.pos))

        with _cancelled_by_ctrl_c() as cancel:
            done = experiments.perform(
                plan, budget=budget, first_seed=seed, sandboxed=not unsandboxed, on_progress=progress, cancel=cancel
            )
    where, unkept = None, ""
    try:
        where = experiments.keep(plan, done, record=record)
    except experiments.CannotRun as problem:
        unkept = str(problem)  # what was measured is still said: it may have taken hours
    put(textcard.rerun_as_dict(done, where) if json_ else textcard.rerun(done, where), json_)
    if unkept:
        raise click.ClickException(unkept)
    if done.interrupted:
        sys.exit(130)
    sys.exit(1 if any(judged.verdict == "error" for judged in done.judgements.values()) else 0)


@contextlib.contextmanager
def _cancelled_by_ctrl_c() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, in the place of an exception in the middle of a run."""
    cancel = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: cancel.set())
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)
