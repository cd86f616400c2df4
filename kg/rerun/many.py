"""Many reruns, some at a time. The executor is any of ``concurrent.futures``: threads here, a cluster elsewhere.

A job's arguments and result can be pickled, so an executor may carry it to another process or machine that sees the
same tree. Progress and Ctrl-C reach only jobs of this process; of others, those that have not begun are withdrawn.
"""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kg.findings import visible
from kg.rerun import experiment
from kg.rerun.experiment import CannotRun, Done, Plan, Progress
from kg.runs import Budget

State = Literal["waiting", "running", "ended", "failed", "cancelled"]

LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Options:
    """How every job of a call is run."""

    budget: Budget
    first_seed: int = 0
    sandboxed: bool = True
    record: bool = False


class Live:
    """What passes between a job and those who watch it; pickled, it arrives with nobody behind it."""

    def __init__(self, cancel: threading.Event | None = None) -> None:
        self.cancel = cancel or threading.Event()
        self.progress: Progress | None = None

    def tell(self, at: Progress) -> None:
        self.progress = at

    def __reduce__(self) -> tuple[type[Live], tuple[()]]:
        return Live, ()


@dataclass(eq=False)
class Job:
    """One script from being asked for to its verdicts.

    ``done`` is there once ``state`` is ended; ``problem`` says why it could not be run or kept. ``earlier``: it had
    ended in a call before, and was not run again.
    """

    name: str
    plan: Plan | None
    live: Live = field(default_factory=Live)
    state: State = "waiting"
    done: Done | None = None
    where: Path | None = None
    problem: str = ""
    earlier: bool = False

    @property
    def cpu_seconds(self) -> float:
        """Used so far, over all processes of the job."""
        if self.done is not None:
            return self.done.run.cpu_seconds or 0.0
        return self.live.progress.cpu_seconds if self.live.progress else 0.0

    @property
    def erred(self) -> bool:
        """Whether it gave no result to judge, could not be run, or could not be kept."""
        return bool(self.problem) or (self.done is not None and self.done.erred)


Work = Callable[[Plan, Options, Live], Done]
Pool = Callable[[int], Executor]
"""Makes an executor with that many workers."""


def work(plan: Plan, options: Options, live: Live) -> Done:
    """One job, wherever the executor has it run."""
    return experiment.perform(
        plan,
        budget=options.budget,
        first_seed=options.first_seed,
        sandboxed=options.sandboxed,
        on_progress=live.tell,
        cancel=live.cancel,
    )


def _begin(work: Work, plan: Plan, options: Options, live: Live) -> Done:
    if live.cancel.is_set():  # a worker became free after Ctrl-C, before the job was withdrawn
        raise concurrent.futures.CancelledError
    return work(plan, options, live)


class Many:
    """Runs jobs on ``workers`` workers of ``pool`` and keeps each run as it ends; one that errs stops no other.

    ``on_end`` is called for each job that ended or failed, ``on_look`` five times a second; both in the caller's
    thread.
    """

    def __init__(
        self,
        options: Options,
        *,
        workers: int = 1,
        pool: Pool = ThreadPoolExecutor,
        work: Work = work,
        on_end: Callable[[Job], None] = lambda job: None,
        on_look: Callable[[], None] = lambda: None,
    ) -> None:
        self._options = options
        self._workers = workers
        self._pool = pool
        self._work = work
        self._on_end = on_end
        self._on_look = on_look

    def run(self, jobs: Sequence[Job], cancel: threading.Event | None = None) -> None:
        """Run those of ``jobs`` that wait, in their order, until all have ended or ``cancel`` is set."""
        cancel = cancel or threading.Event()
        with self._pool(self._workers) as pool:
            waiting: dict[Future[Done], Job] = {}
            try:
                for job in jobs:
                    if job.state == "waiting" and job.plan is not None:
                        job.live = Live(cancel)
                        waiting[pool.submit(_begin, self._work, job.plan, self._options, job.live)] = job
                while waiting:
                    self._look(waiting, cancel)
            finally:  # also when printing or the disk fails here: leaving the block waits for what still runs
                if waiting:
                    cancel.set()
                    self._withdraw(waiting)

    def _look(self, waiting: dict[Future[Done], Job], cancel: threading.Event) -> None:
        first = concurrent.futures.FIRST_COMPLETED
        for future in concurrent.futures.wait(waiting, timeout=LOOK_SECONDS, return_when=first).done:
            self._end(waiting.pop(future), future)
        if cancel.is_set():
            self._withdraw(waiting)
        for future, job in waiting.items():
            job.state = "running" if future.running() else "waiting"
        self._on_look()

    def _withdraw(self, waiting: dict[Future[Done], Job]) -> None:
        for future in [future for future in waiting if future.cancel()]:
            waiting.pop(future).state = "cancelled"

    def _end(self, job: Job, future: Future[Done]) -> None:
        try:
            job.done = future.result()
            job.state = "cancelled" if job.done.interrupted else "ended"
        except concurrent.futures.CancelledError:
            job.state = "cancelled"
        except Exception as problem:  # whatever it was, the others go on and the reader is told
            job.problem = visible(f"{type(problem).__name__}: {problem}")[:500]
            job.state = "failed"
        if job.state == "ended" and job.plan and job.done:
            try:
                job.where = experiment.keep(job.plan, job.done, record=self._options.record)
            except CannotRun as problem:  # its verdicts are told all the same
                job.problem = str(problem)
        if job.state != "cancelled":
            self._on_end(job)


def jobs_for(plans: dict[str, Plan | str]) -> list[Job]:
    """A job for each script; one whose plan is a text has failed already, for that reason."""
    return [
        Job(name, None, state="failed", problem=plan) if isinstance(plan, str) else Job(name, plan)
        for name, plan in plans.items()
    ]
