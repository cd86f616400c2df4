"""A rerun from end to end: which script and predictions, the run, the verdicts, where it is kept.

Command line and app both go through here, so both give the same verdict.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg import git, verdicts
from kg.declarations import Prediction
from kg.graph import Graph
from kg.rerun import runner
from kg.rerun.runner import Progress
from kg.runs import Budget, Result, Run, RunNotWritten
from kg.scriptfile import PLACEHOLDER, Script
from kg.validation import did_you_mean
from kg.verdicts import Judgement

__all__ = ["CannotRun", "Done", "Plan", "Progress", "judged", "keep", "perform", "plan", "require_recordable"]


class CannotRun(Exception):
    """There is nothing to run, or the result cannot be kept; the message says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """A script and the predictions that it tests, by address."""

    root: Path
    script: Script
    predictions: dict[str, Prediction]
    files: tuple[str, ...]

    def looks(self, budget: Budget) -> tuple[int, ...]:
        """After how many seeds the run is judged; a smoke run looks once."""
        if not self.predictions:
            return (5,)
        if budget == "smoke":
            return (max(prediction.looks[0] for prediction in self.predictions.values()),)
        return tuple(sorted({look for prediction in self.predictions.values() for look in prediction.looks}))


@dataclass(frozen=True)
class Done:
    """A finished run and its verdicts, by prediction."""

    run: Run
    judgements: dict[str, Judgement]

    @property
    def interrupted(self) -> bool:
        return self.run.status == "cancelled"

    @property
    def erred(self) -> bool:
        """Whether it gave nothing to judge, or some verdict is error, at any budget."""
        return self.run.status != "ok" or any(judged.verdict == "error" for judged in self.judgements.values())


def plan(graph: Graph, text: str) -> Plan:
    """The plan for a script's name, its address, or a prediction that it tests. Raises CannotRun."""
    scripts = graph.corpus.scripts
    name = text.removeprefix("reproduction:")
    if name not in scripts:
        address, _ = graph.resolve(text if text.startswith("prediction:") else f"prediction:{text}")
        tests = graph.node(address).record.scripts if address and address.startswith("prediction:") else ()
        tested = [test.script for test in tests if test.script in scripts]
        if not tested:
            raise CannotRun(_no_script(graph, text))
        name = tested[0]
    if reason := runner.obstacle(graph.corpus.root, name):
        raise CannotRun(f"{reason}; mend that, then run again")
    predictions = {edge.target: graph.node(edge.target).record for edge in graph.out(f"reproduction:{name}", "tests")}
    files = {graph.corpus.place(address).path for address in predictions}
    return Plan(graph.corpus.root, scripts[name], predictions, (scripts[name].path, *sorted(files)))


def _no_script(graph: Graph, text: str) -> str:
    """Why ``text`` names no script, and what to name in its place."""
    address, _ = graph.resolve(text)
    kind, _, name = (address or "").partition(":")
    if kind == "prediction":
        return f"{text!r} is a prediction without a test that runs; kg new reproduction begins one"
    if kind != "claim":
        near = did_you_mean(text.removeprefix("reproduction:"), graph.corpus.scripts)
        return f"{text!r} is neither a script nor a prediction with a test{near}"
    tests = [
        f"{edge.target.partition(':')[2]} (script {test.script})"
        for edge in graph.out(str(address), "implies")
        for test in graph.node(edge.target).record.scripts
        if test.script in graph.corpus.scripts
    ]
    if not tests:
        return f"{name!r} is a claim, and no script tests its predictions; kg new reproduction begins one"
    return f"{name!r} is a claim; name a prediction or a script: {', '.join(tests)}"


def require_recordable(*plans: Plan) -> None:
    """A recorded run is of a script that measures, committed before it with its declarations. Raises CannotRun.

    Outside a git checkout nothing can be held to the latter; the run then says that it has no commit.
    """
    if not plans:
        return
    if bare := [f"{plan.script.path}:{plan.script.placeholder}" for plan in plans if plan.script.placeholder]:
        raise CannotRun(f"{PLACEHOLDER} is still in {', '.join(bare)}; put there what the script measures first")
    root, named = plans[0].root, sorted({path for plan in plans for path in plan.files})
    try:
        files = git.changed(root, *named)
    except git.GitError:
        return
    if files:
        raise CannotRun(
            f"not committed: {', '.join(files)}; commit the declaration and the script before a recorded run"
        )


def perform(
    plan: Plan,
    *,
    budget: Budget,
    first_seed: int = 0,
    sandboxed: bool = True,
    on_progress: Callable[[Progress], None] = lambda at: None,
    cancel: threading.Event | None = None,
) -> Done:
    """Run the script, look after 5, 8 and 16 seeds (or as declared) until every verdict is decided, and judge."""

    def undecided(result: Result) -> bool:
        return any(verdicts.undecided(prediction, result) for prediction in plan.predictions.values())

    declarations = {address: verdicts.fingerprint(prediction) for address, prediction in plan.predictions.items()}
    run = runner.rerun(
        plan.root,
        plan.script.name,
        budget=budget,
        first_seed=first_seed,
        looks=plan.looks(budget),
        undecided=undecided,
        on_progress=on_progress,
        cancel=cancel or threading.Event(),
        sandboxed=sandboxed,
        extra_provenance={"declarations": declarations},
    )
    return judged(plan, run)


def judged(plan: Plan, run: Run) -> Done:
    """``run`` with its verdict on each prediction of ``plan``."""
    return Done(run, {address: judge(prediction, run) for address, prediction in plan.predictions.items()})


def judge(prediction: Prediction, run: Run) -> Judgement:
    """The verdict of ``run`` on ``prediction`` as it is declared now."""
    return verdicts.judge(prediction, run.measured, run.status, run.detail)


def keep(plan: Plan, done: Done, *, record: bool) -> Path | None:
    """Store the run: in data/runs/ when recorded, else in .kg/runs/. A cancelled run is not kept. Raises CannotRun."""
    if done.interrupted:
        return None
    try:
        return runner.save(plan.root, done.run, record=record)
    except (RunNotWritten, ValueError) as problem:
        raise CannotRun(str(problem)) from None
