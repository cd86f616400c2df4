"""``kg rerun``: measure again, in the sandbox, and judge."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from kg.cli.common import as_json, cancelled_by_ctrl_c, loaded, put
from kg.cli.mapping import rerun_map

if TYPE_CHECKING:
    from kg.runs import Budget


@click.command()
@click.argument("experiment")
@click.option("--budget", type=click.Choice(["smoke", "quick", "full"]), default="quick", show_default=True)
@click.option("--seed", type=click.IntRange(0, 1_000_000), default=0, show_default=True, help="The first seed.")
@click.option("--map", "map_", is_flag=True, help="Run the map of a prediction: every cell of its two axes.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Cells of a map at once.")
@click.option("--record", is_flag=True, help="Keep the run in data/runs/ (a map in data/maps/) for a pull request.")
@click.option("--unsandboxed", is_flag=True, help="Run without the sandbox; written into the run.")
@as_json
@click.pass_obj
def rerun(
    root: Path | None,
    experiment: str,
    budget: Budget,
    seed: int,
    map_: bool,
    jobs: int,
    record: bool,
    unsandboxed: bool,
    json_: bool,
) -> None:
    """Run an EXPERIMENT (a script, or a prediction that it tests) in the sandbox and judge it.

    \b
    kg rerun edge_of_stability --budget smoke
    kg rerun edge-of-stability/two-over-eta --record
    kg rerun heavy-ball-edge/plateau --map
    """
    from kg import textcard
    from kg.rerun import experiment as experiments

    if map_:
        if click.get_current_context().get_parameter_source("budget") is not ParameterSource.DEFAULT or seed:
            raise click.UsageError("a map has the budget that its declaration names, and seeds from 0 on")
        rerun_map(root, experiment, record=record, jobs=jobs, sandboxed=not unsandboxed, json_=json_)
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

        with cancelled_by_ctrl_c() as cancel:
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
