"""Which scripts of a call for many have ended, so that the next call can go on where the last was stopped.

A file below ``.kg/reruns/``, one for each way of asking. It is gone once all have ended, and counts for a script only
while script, data and declarations are what they were.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from kg import runs, verdicts
from kg.jsonfile import Unreadable, decode, read_regular
from kg.rerun import experiment
from kg.rerun.experiment import Plan
from kg.rerun.many import Job, Options

FOLDER = ".kg/reruns"
MAX_BYTES = 1_000_000


class Ledger:
    """The ended jobs of one way of asking: ``asked`` (such as ``all`` or ``strand-universality``) with ``options``."""

    def __init__(self, root: Path, asked: str, options: Options) -> None:
        kept = "record" if options.record else "unsandboxed" if not options.sandboxed else "local"
        self._root = root
        self._path = root / FOLDER / f"{asked}-{options.budget}-{options.first_seed}-{kept}.json"
        self._done = _read(self._path)

    def __len__(self) -> int:
        """How many jobs ended, in an earlier call or this one."""
        return len(self._done)

    def begin_anew(self) -> None:
        """Forget the earlier call; the file itself stays until the first job has ended."""
        self._done = {}

    def take_up(self, jobs: list[Job]) -> None:
        """Set those of ``jobs`` to ended that had ended, with the verdicts as they are judged now."""
        for job in jobs:
            held = self._done.get(job.name)
            if job.plan is None or held is None or held.get("identity") != identity(job.plan):
                continue
            run, _ = runs.read(self._root, held.get("run", ""))
            if run is not None:
                job.done, job.where = experiment.judged(job.plan, run), self._root / str(run.path)
                job.state, job.earlier = "ended", True

    def add(self, job: Job) -> None:
        """Note that ``job`` ended and where its run is kept. Raises OSError."""
        if job.plan is None or job.where is None:
            return
        kept = job.where.relative_to(self._root).as_posix()
        self._done[job.name] = {"identity": identity(job.plan), "run": kept}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(json.dumps({"schema": 1, "done": self._done}, indent=1) + "\n", encoding="utf-8")
        temporary.replace(self._path)

    def close(self) -> None:
        """All have ended: nothing is left to go on with."""
        self._path.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, dict[str, str]]:
    """What the file holds; nothing where it is missing or no ledger."""
    try:
        content: Any = decode(read_regular(path, MAX_BYTES))
    except Unreadable:
        return {}
    held = content.get("done") if isinstance(content, dict) and content.get("schema") == 1 else None
    if not isinstance(held, dict):
        return {}
    rows = {name: row for name, row in held.items() if isinstance(row, dict)}
    return {name: row for name, row in rows.items() if all(isinstance(value, str) for value in row.values())}


def identity(plan: Plan) -> str:
    """A digest of all that a run's verdicts depend on: script, its data, what the verdicts use of the declarations."""
    declared = sorted((address, verdicts.fingerprint(found)) for address, found in plan.predictions.items())
    told = [plan.script.sha256, runs.data_sha256(plan.root, plan.script.name), declared]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
