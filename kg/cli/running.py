"""``kg rerun``: measure again, in the sandbox, and judge; one script, or many."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from kg.cli.common import as_json, cancelled_by_ctrl_c, loaded, put
from kg.cli.mapping import rerun_map

if TYPE_CHECKING:
    from kg.evidence import Evidence
    from kg.graph import Graph
    from kg.rerun.experiment import Plan
    from kg.rerun.many import Job, Options
    from kg.runs import Budget


@click.command()
@click.argument("experiment", required=False)
@click.option("--all", "all_", is_flag=True, help="Every script.")
@click.option("--stale", is_flag=True, help="Scripts with a prediction whose recorded run is stale or missing.")
@click.option("--strand", help="Scripts that test a claim of this strand.")
@click.option("--budget", type=click.Choice(["smoke", "quick", "full"]), default="quick", show_default=True)
@click.option("--seed", type=click.IntRange(0, 1_000_000), default=0, show_default=True, help="The first seed.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="How many scripts (or cells of a map) at a time.",
)
@click.option("--map", "map_", is_flag=True, help="Run the map of a prediction: every cell of its two axes.")
@click.option("--resume", is_flag=True, help="Go on where such a call was stopped.")
@click.option("--record", is_flag=True, help="Keep the runs in data/runs/ (a map in data/maps/) for a pull request.")
@click.option("--unsandboxed", is_flag=True, help="Run without the sandbox; written into the run.")
@as_json
@click.pass_obj
def rerun(
    root: Path | None,
    experiment: str | None,
    all_: bool,
    stale: bool,
    strand: str | None,
    budget: Budget,
    seed: int,
    jobs: int,
    map_: bool,
    resume: bool,
    record: bool,
    unsandboxed: bool,
    json_: bool,
) -> None:
    """Run an EXPERIMENT (a script, or a prediction that it tests) in the sandbox and judge it; or many.

    \b
    kg rerun edge_of_stability --budget smoke
    kg rerun edge-of-stability/two-over-eta --record
    kg rerun heavy-ball-edge/plateau --map --jobs 2
    kg rerun --all --budget smoke --jobs 2
    kg rerun --strand universality --resume
    """
    from kg.rerun.many import Options

    if sum(map(bool, (experiment, all_, stale, strand))) != 1:
        raise click.UsageError("say what to run: an EXPERIMENT, or one of --all, --stale, --strand STRAND")
    if record and budget == "smoke":
        raise click.UsageError("smoke runs are never recorded; use --budget quick or full")
    if record and seed != 0:
        raise click.UsageError("a recorded run starts at seed 0, never at a chosen one; leave --seed out")
    if map_:
        named = click.get_current_context().get_parameter_source("budget") is not ParameterSource.DEFAULT
        if not experiment or named or seed or resume:
            raise click.UsageError("--map takes a PREDICTION; budget and seeds are declared, and it goes on by itself")
        rerun_map(root, experiment, record=record, jobs=jobs, sandboxed=not unsandboxed, json_=json_)
    options = Options(budget, seed, not unsandboxed, record)
    if experiment:
        if resume or jobs > 1:
            raise click.UsageError("--jobs and --resume are for many scripts: --all, --stale or --strand STRAND")
        _one(loaded(root).graph, experiment, options, json_)
    else:
        _many(loaded(root), "all" if all_ else "stale" if stale else f"strand {strand}", options, jobs, resume, json_)


def _one(graph: Graph, experiment: str, options: Options, json_: bool) -> None:
    from kg import runcard
    from kg.rerun import experiment as experiments

    try:
        plan = experiments.plan(graph, experiment)
        if options.record:
            experiments.require_recordable(plan)
    except experiments.CannotRun as problem:
        raise click.UsageError(str(problem)) from None
    with click.progressbar(length=1000, label=f"{plan.script.name} ({options.budget})", file=sys.stderr) as bar:

        def progress(at: experiments.Progress) -> None:
            bar.update(max(0, int(1000 * at.fraction) - bar.pos))

        with cancelled_by_ctrl_c() as cancel:
            done = experiments.perform(
                plan,
                budget=options.budget,
                first_seed=options.first_seed,
                sandboxed=options.sandboxed,
                on_progress=progress,
                cancel=cancel,
            )
    where, unkept = None, ""
    try:
        where = experiments.keep(plan, done, record=options.record)
    except experiments.CannotRun as problem:
        unkept = str(problem)  # what was measured is still said: it may have taken hours
    if where and options.record:
        _renew_list(graph)
    put(runcard.rerun_as_dict(done, where) if json_ else runcard.rerun(done, where, plan.script), json_)
    if json_ and (told := runcard.left(plan.script)):
        click.echo(told, err=True)
    if unkept:
        raise click.ClickException(unkept)
    if done.interrupted:
        sys.exit(130)
    sys.exit(1 if done.erred else 0)


def _many(evidence: Evidence, asked: str, options: Options, workers: int, resume: bool, json_: bool) -> None:
    from kg import runcard
    from kg.cli.table import Table
    from kg.rerun.ledger import Ledger
    from kg.rerun.many import Many, jobs_for

    graph = evidence.graph
    jobs = jobs_for(_plans(evidence, asked, options))
    if not jobs:
        click.echo("nothing to run", err=True)
    ledger = Ledger(graph.corpus.root, asked.replace(" ", "-"), options)
    if resume:
        ledger.take_up(jobs)
    elif ledger:
        click.echo(f"such a call was stopped after {len(ledger)}; this one begins anew, --resume goes on", err=True)
        ledger.begin_anew()
    table = Table(jobs, rows_on_stderr=json_)
    table.head()
    for job in jobs:
        if job.state in ("ended", "failed"):
            table.ended(job)

    def ended(job: Job) -> None:
        table.ended(job)
        ledger.add(job)

    with cancelled_by_ctrl_c() as cancel:
        Many(options, workers=workers, on_end=ended, on_look=table.look).run(jobs, cancel)
    table.close()
    if options.record:
        _renew_list(graph)
    if json_:
        put(runcard.many_as_dict(jobs, table.seconds), True)
    if any(job.state == "cancelled" for job in jobs):
        click.echo("stopped; the same call with --resume goes on", err=True)
        sys.exit(130)
    ledger.close()
    sys.exit(1 if any(job.erred for job in jobs) else 0)


def _renew_list(graph: Graph) -> None:
    """Write the list of scripts anew after a recorded run, where the tree has one; the run itself is kept already."""
    from kg import scriptlist

    root = graph.corpus.root
    if not (root / scriptlist.PATH).exists():
        return
    try:
        scriptlist.write(root)
    except OSError as problem:
        click.echo(f"cannot write {scriptlist.PATH}: {problem.strerror}; python -m kg.generate will", err=True)


def _plans(evidence: Evidence, asked: str, options: Options) -> dict[str, Plan | str]:
    """The plan of each script that is ``asked`` for, or why there is none; those that take longest first."""
    from kg.rerun import choice
    from kg.rerun import experiment as experiments

    graph = evidence.graph
    plans: dict[str, Plan | str] = {}
    try:
        if asked.startswith("strand "):
            names = choice.of_strand(graph, asked.removeprefix("strand "))
        else:
            names = choice.stale(evidence) if asked == "stale" else choice.everything(graph)
        for name in choice.longest_first(evidence, names):
            try:
                plans[name] = experiments.plan(graph, name)
            except experiments.CannotRun as problem:
                plans[name] = str(problem)
        if options.record:
            experiments.require_recordable(*(plan for plan in plans.values() if not isinstance(plan, str)))
    except experiments.CannotRun as problem:
        raise click.UsageError(str(problem)) from None
    return plans
