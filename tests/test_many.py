"""Many reruns: any executor, each kept as it ends, stopped cleanly, and taken up where they were stopped."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg import runs
from kg.graph import load
from kg.rerun import experiment
from kg.rerun.experiment import CannotRun, Done, Plan, Progress
from kg.rerun.ledger import Ledger, identity
from kg.rerun.many import Job, Live, Many, Options, jobs_for
from kg.runs import Run
from kg.scriptfile import Script
from tests import toytree

PATIENCE = 20.0  # seconds until a test gives up; none waits that long when all is well
QUICK = Options("quick")


def plan(root: Path, name: str) -> Plan:
    return Plan(root, Script(name, f"scripts/{name}.py", "", "", "0"), {}, ())


def jobs(root: Path, *names: str) -> list[Job]:
    return jobs_for({name: plan(root, name) for name in names})


def done(plan: Plan, options: Options, live: Live) -> Done:
    """Stands for a run that ends at once; ``broken`` raises, ``failing`` gives no result."""
    if plan.script.name == "broken":
        raise RuntimeError("the disk is full")
    live.tell(Progress(1.0, 5, (), 1.0, 1.5))
    known = {"started": "2026-11-24T10:00:00Z", "first_seed": options.first_seed, "cpu_seconds": 2.5, "detail": ""}
    result = {"seeds": [0], "quantities": {"q": [{"condition": {}, "measured": [1.0]}]}, "cpu_seconds": 2.0}
    failing = plan.script.name == "failing"
    return Done(
        Run(plan.script.name, options.budget, "exit" if failing else "ok", None if failing else result, known), {}
    )


class Cluster(Executor):
    """Another machine: what goes there and comes back is pickled, and nothing else is shared."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        made.append(self)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        there = pickle.loads(pickle.dumps((fn, args)))
        try:
            future.set_result(pickle.loads(pickle.dumps(there[0](*there[1]))))
        except Exception as problem:
            future.set_exception(problem)
        return future


made: list[Cluster] = []


def test_a_cluster_can_take_the_place_of_the_threads(tmp_path: Path) -> None:
    """Jobs, plans with predictions, and what comes back survive pickling; the executor gets the count of workers."""
    made.clear()
    graph = toytree.graph()
    real = replace(experiment.plan(graph, "quadratic_onset"), root=tmp_path)
    todo = [*jobs(tmp_path, "one"), Job("quadratic_onset", real)]
    ended: list[str] = []

    Many(QUICK, workers=3, pool=Cluster, work=done, on_end=lambda job: ended.append(job.name)).run(todo)

    assert [cluster.workers for cluster in made] == [3]
    assert ended in (["one", "quadratic_onset"], ["quadratic_onset", "one"])
    assert [(job.state, job.cpu_seconds, job.live.progress) for job in todo] == [("ended", 2.5, None)] * 2
    assert all(job.where and job.where.exists() for job in todo)


def test_one_that_fails_stops_no_other(tmp_path: Path) -> None:
    """What raises, what gives no result and what could not be planned are told; all others are run and kept."""
    todo = jobs_for({name: plan(tmp_path, name) for name in ("one", "broken", "failing", "two")} | {"gone": "no such"})

    Many(QUICK, work=done).run(todo)

    told = {job.name: (job.state, job.erred) for job in todo}
    assert told == {
        "one": ("ended", False), "broken": ("failed", True), "failing": ("ended", True), "two": ("ended", False),
        "gone": ("failed", True),
    }  # fmt: skip
    assert "the disk is full" in todo[1].problem
    assert len(runs.read_all(tmp_path, runs.LOCAL)[0]) == 3
    assert not (tmp_path / runs.RECORDED).exists()


def test_what_cannot_be_kept_is_still_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a run cannot be stored its result stays with the job, beside the reason."""

    def refuse(*_: Any, **__: Any) -> None:
        raise CannotRun("make room")

    monkeypatch.setattr(experiment, "keep", refuse)
    (job,) = todo = jobs(tmp_path, "one")
    Many(QUICK, work=done).run(todo)

    assert (job.state, job.problem, job.erred, job.done is not None) == ("ended", "make room", True, True)


def test_cancelling_stops_what_runs_and_withdraws_what_waits(tmp_path: Path) -> None:
    """With two workers: the two that run are told to stop, the third never begins, nothing is kept."""
    both_run, begun = threading.Barrier(3), []

    def waits(plan: Plan, options: Options, live: Live) -> Done:
        begun.append(plan.script.name)
        both_run.wait(PATIENCE)
        assert live.cancel.wait(PATIENCE)
        return Done(Run(plan.script.name, "quick", "cancelled", None, {"started": "2026-11-24T10:00:00Z"}), {})

    cancel, todo = threading.Event(), jobs(tmp_path, "one", "two", "three")
    threading.Thread(target=lambda: (both_run.wait(PATIENCE), cancel.set())).start()
    Many(QUICK, workers=2, work=waits).run(todo, cancel)

    assert sorted(begun) == ["one", "two"]
    assert {job.state for job in todo} == {"cancelled"}
    assert not (tmp_path / ".kg").exists()


def test_when_the_printing_fails_nothing_runs_on(tmp_path: Path) -> None:
    """What ``on_end`` raises reaches the caller once the running jobs were told to stop and the others withdrawn."""
    stopped = threading.Event()

    def second_waits(plan: Plan, options: Options, live: Live) -> Done:
        if plan.script.name == "two" and live.cancel.wait(PATIENCE):
            stopped.set()
        return done(plan, options, live)

    def refuse(_: Job) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        Many(QUICK, workers=2, pool=ThreadPoolExecutor, work=second_waits, on_end=refuse).run(
            jobs(tmp_path, "one", "two", "three")
        )
    assert stopped.is_set()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return toytree.copy(tmp_path)


def real_job(tree: Path) -> Job:
    return Job("quadratic_onset", experiment.plan(load(tree), "quadratic_onset"))


def test_a_ledger_takes_up_what_had_ended(tree: Path) -> None:
    """A later call finds the run of the first with its verdicts, and what had not ended waits."""
    first = real_job(tree)
    ledger = Ledger(tree, "all", QUICK)
    Many(QUICK, work=done, on_end=ledger.add).run([first])

    later, other = real_job(tree), Job("other", plan(tree, "other"))
    Ledger(tree, "all", QUICK).take_up([later, other])

    assert (later.state, later.earlier, later.where) == ("ended", True, first.where)
    assert later.done is not None
    assert [judged.verdict for judged in later.done.judgements.values()] == [
        "error"
    ]  # done() measures another quantity
    assert other.state == "waiting"


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("scripts/quadratic_onset.py", "STEPS = 400", "STEPS = 401"),
        ("data/claims/stability-limit.yaml", "{value: 0.05,", "{value: 0.06,"),
    ],
)
def test_a_ledger_forgets_what_changed(tree: Path, path: str, old: str, new: str) -> None:
    """Once the script or what the verdict uses of a declaration is another, the script is run again."""
    ledger = Ledger(tree, "all", QUICK)
    Many(QUICK, work=done, on_end=ledger.add).run([real_job(tree)])
    toytree.edit(tree, path, old, new)

    later = real_job(tree)
    Ledger(tree, "all", QUICK).take_up([later])

    assert later.state == "waiting"


def test_data_is_part_of_what_a_run_depends_on(tree: Path) -> None:
    """Another input file is another identity; prose of a declaration is not."""
    before = identity(experiment.plan(load(tree), "quadratic_onset"))
    toytree.edit(tree, "data/claims/stability-limit.yaml", "Divergence sets in", "The divergence sets in")
    assert identity(experiment.plan(load(tree), "quadratic_onset")) == before
    (tree / "data/inputs/quadratic_onset").mkdir(parents=True)
    (tree / "data/inputs/quadratic_onset/a.csv").write_text("1")
    assert identity(experiment.plan(load(tree), "quadratic_onset")) != before


def test_other_ways_of_asking_have_ledgers_of_their_own(tree: Path) -> None:
    """Another budget, seed, choice of scripts or place to keep runs does not take up these."""
    ledger = Ledger(tree, "all", QUICK)
    Many(QUICK, work=done, on_end=ledger.add).run([real_job(tree)])

    assert len(Ledger(tree, "all", QUICK)) == 1
    for asked, options in (
        ("stale", QUICK), ("all", Options("full")), ("all", Options("quick", 5)), ("all", Options("quick", record=True)),
        ("all", Options("quick", sandboxed=False)),
    ):  # fmt: skip
        assert len(Ledger(tree, asked, options)) == 0
    ledger.close()
    assert len(Ledger(tree, "all", QUICK)) == 0


@pytest.mark.parametrize(
    "text",
    ["", "[", "[]", '{"schema": 2, "done": {}}', '{"schema": 1}', '{"schema": 1, "done": {"one": 3}}',
     '{"schema": 1, "done": {"quadratic_onset": {}}}', '{"schema": 1, "done": {"quadratic_onset": {"identity": 1}}}'],
)  # fmt: skip
def test_a_broken_ledger_is_none(tree: Path, text: str) -> None:
    """Whatever the file holds, the call begins anew."""
    ledger = Ledger(tree, "all", QUICK)
    Many(QUICK, work=done, on_end=ledger.add).run([real_job(tree)])
    (held,) = (tree / ".kg/reruns").iterdir()
    held.write_text(text)

    job = real_job(tree)
    Ledger(tree, "all", QUICK).take_up([job])

    assert job.state == "waiting"


def test_what_waits_on_a_cluster_is_withdrawn(tmp_path: Path) -> None:
    """Where nothing begins and workers hear of no event, Ctrl-C withdraws the jobs themselves."""

    class Busy(Cluster):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            return Future()

    cancel, todo = threading.Event(), jobs(tmp_path, "one", "two")
    Many(QUICK, pool=Busy, work=done, on_look=cancel.set).run(todo, cancel)

    assert [job.state for job in todo] == ["cancelled", "cancelled"]
