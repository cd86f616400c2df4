"""A map from end to end: one sandboxed run of the script a cell, kept as soon as it is finished, then one file.

Finished cells lie below ``.kg/maps/`` and are used again while script, data, declaration and environment are the same,
so a map that was stopped goes on where it stood. Cells that failed are run again.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import mapfiles, mapverdicts, stored
from kg.declarations import Prediction
from kg.fields import Setting
from kg.fingerprints import fingerprint
from kg.graph import Graph
from kg.jsonfile import Unreadable, decode, read_regular
from kg.mapfiles import CellRun, MapRun
from kg.mapverdicts import MapCell
from kg.rerun import experiment, provenance, runner, sandbox
from kg.rerun.experiment import CannotRun, Plan
from kg.sweeps import SEEDS, Sweep, argument

LOCAL = ".kg/maps"
MOST_CPU_SECONDS = 600.0
"""Of a whole map: what is larger is made coarser, or its cells cheaper."""
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class MapPlan:
    """What to run: the ``plan`` of the script, the prediction at ``address``, its sweep, and its regime."""

    plan: Plan
    address: str
    prediction: Prediction
    sweep: Sweep
    regime: dict[str, str]

    @property
    def seeds(self) -> int:
        return 1 if self.prediction.deterministic else SEEDS


@dataclass(frozen=True)
class MapProgress:
    """``done`` of ``total`` cells, ``reused`` of which were kept from before; CPU seconds of this and earlier runs."""

    done: int
    total: int
    reused: int
    cpu_seconds: float


@dataclass(frozen=True)
class MapDone:
    """What was measured. ``run`` is None while cells are missing; ``why`` says what stopped it."""

    run: MapRun | None
    cells: tuple[MapCell, ...]
    missing: int
    why: str = ""


def plan(graph: Graph, text: str) -> MapPlan:
    """The plan for the map of a prediction. Raises CannotRun where there is none to run."""
    address, _ = graph.resolve(text if text.startswith("prediction:") else f"prediction:{text}")
    if address is None or not address.startswith("prediction:"):
        raise CannotRun(f"{text!r} is no prediction; a map is of one, such as heavy-ball-edge/plateau")
    prediction: Prediction = graph.node(address).record
    if prediction.map_ is None or prediction.type not in mapverdicts.TYPES:
        raise CannotRun(f"{address} declares no map; write map: {{axes: …, critic: …}} (CONTRIBUTING.md)")
    claim = graph.corpus.claims[address.partition(":")[2].partition("/")[0]]
    regime = {**claim.regime, **prediction.regime}
    return MapPlan(experiment.plan(graph, address), address, prediction, prediction.map_, regime)


def perform(
    task: MapPlan,
    *,
    jobs: int = 1,
    sandboxed: bool = True,
    on_progress: Callable[[MapProgress], None] = lambda at: None,
    cancel: threading.Event | None = None,
) -> MapDone:
    """Run every cell that is not kept from before, ``jobs`` at once, until all are done or ``cancel`` is set.

    Raises CannotRun where nothing can be run contained, where a cell cannot be kept, or where the script changes.
    """
    if sandboxed and (reason := sandbox.available()):
        raise CannotRun(reason)
    stop = cancel or threading.Event()
    root, name = task.plan.root, task.plan.script.name
    about = provenance.circumstances(root, name, runner.BUDGETS[task.sweep.budget], sandboxed)
    folder = root / LOCAL / name / _key(task, about)
    cells = task.sweep.cells
    found: dict[int, CellRun] = {at: cell for at, one in enumerate(cells) if (cell := _kept(folder, one)) is not None}
    reused, why = len(found), ""

    def tell() -> None:
        on_progress(MapProgress(len(found), len(cells), reused, sum(cell.cpu_seconds for cell in found.values())))

    def measure(at: int) -> CellRun | None:
        return None if stop.is_set() else _measure(task, cells[at], folder, sandboxed, stop)

    tell()
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting = [at for at in range(len(cells)) if at not in found]
        live: dict[Future[CellRun | None], int] = {}
        try:
            while (waiting or live) and not (stop.is_set() and not live):
                while waiting and len(live) < jobs and not stop.is_set():
                    at = waiting.pop(0)
                    live[pool.submit(measure, at)] = at
                for future in wait(live, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED).done:
                    at = live.pop(future)
                    if (cell := future.result()) is not None:
                        found[at] = cell
                tell()
                if sum(cell.cpu_seconds for cell in found.values()) > MOST_CPU_SECONDS and waiting:
                    why = f"the map takes over {MOST_CPU_SECONDS:g} CPU seconds; declare fewer or cheaper cells"
                    waiting = []
        except BaseException:
            stop.set()  # else the pool would wait for cells that nobody asks for any more
            raise
    measured = [found[at] for at in sorted(found)]
    judged = tuple(mapverdicts.judge(task.prediction, task.sweep, task.regime, cell) for cell in measured)
    missing = len(cells) - len(found)
    if missing:
        return MapDone(None, judged, missing, why or "stopped; the finished cells are kept, and the next run goes on")
    return MapDone(_whole(task, measured, about), judged, 0)


def _key(task: MapPlan, about: dict[str, Any]) -> str:
    """What a kept cell depends on: script, data, declaration, seeds, budget, and what the script computes with."""
    held = [
        task.plan.script.sha256, about["data_sha256"], fingerprint(task.prediction), task.sweep.budget, task.seeds,
        about["python"], about["packages"], about["sandbox"],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(held).encode()).hexdigest()[:16]


def _place(folder: Path, setting: dict[str, Setting]) -> Path:
    return folder / f"{hashlib.sha256(json.dumps(setting, sort_keys=True).encode()).hexdigest()[:16]}.json"


def _kept(folder: Path, setting: dict[str, Setting]) -> CellRun | None:
    """The cell as an earlier run kept it; None where it did not, or where the file is not whole."""
    try:
        cell = CellRun.model_validate(decode(read_regular(_place(folder, setting), stored.MAX_BYTES)))
    except (Unreadable, ValueError):
        return None
    return cell if cell.setting == setting and cell.status == "ok" else None


def _measure(
    task: MapPlan, setting: dict[str, Setting], folder: Path, sandboxed: bool, stop: threading.Event
) -> CellRun | None:
    """Run one cell and keep it; None where it was stopped. Raises CannotRun where it cannot be kept or the script
    changed meanwhile."""
    values = [word for name, value in setting.items() for word in (f"--{name.replace('_', '-')}", argument(value))]
    run = runner.rerun(
        task.plan.root, task.plan.script.name, budget=task.sweep.budget, looks=(task.seeds,), arguments=values,
        cancel=stop, sandboxed=sandboxed,
    )  # fmt: skip
    if run.status == "cancelled":
        return None
    if run.script_sha256 != task.plan.script.sha256:
        raise CannotRun(f"{task.plan.script.path} changed while the map was run; run it again")
    cell = CellRun(
        setting=setting,
        status=run.status,  # type: ignore[arg-type]  # a run's status is one of them
        detail=run.detail[:2_000],
        result=None if run.measured is None else run.measured.model_copy(update={"curves": []}),
        started=run.started,
        cpu_seconds=round(float(run.provenance["cpu_seconds"]), 2),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stored.replace(_place(folder, setting), json.dumps(cell.as_json(), allow_nan=False).encode())
    except OSError as reason:
        raise CannotRun(f"cannot keep a cell in {LOCAL}: {reason.strerror}; make room, then run again") from None
    return cell


def _whole(task: MapPlan, cells: list[CellRun], about: dict[str, Any]) -> MapRun:
    """The file of a map whose cells are all there."""
    told = {
        **about,
        "started": min(cell.started for cell in cells),
        "script_path": task.plan.script.path,
        "script_sha256": task.plan.script.sha256,
        "first_seed": 0,
        "seeds": task.seeds,
        "cpu_seconds": round(sum(cell.cpu_seconds for cell in cells), 2),
        "declarations": {task.address: fingerprint(task.prediction)},
    }
    sweep, script = task.sweep, task.plan.script.name
    return MapRun(script, task.address, sweep.budget, dict(sweep.axes), dict(sweep.fixed), tuple(cells), told)


def keep(task: MapPlan, done: MapDone) -> Path:
    """Record a whole map in data/maps/. Raises CannotRun where cells are missing or the disk refuses it."""
    if done.run is None:
        raise CannotRun(f"{done.missing} cells are missing: {done.why}")
    if any(cell.status == "no-sandbox" for cell in done.run.cells):
        raise CannotRun("the sandbox could not be started in every cell; mend that, then run again")
    try:
        return mapfiles.write(task.plan.root, done.run)
    except stored.NotWritten as reason:
        raise CannotRun(str(reason)) from None
