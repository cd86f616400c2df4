"""A reproduction run: more seeds until it is decided, then one immutable ``Run``.

The verdict is the caller's: ``undecided`` looks at what was measured so far and says whether more seeds are needed.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kg import results, runs
from kg.jsonfile import Unreadable, decode, read_regular
from kg.rerun import provenance, sandbox
from kg.rerun.sandbox import Limits, Outcome, Usage
from kg.runs import Budget, Result, Run, merge

BUDGETS: dict[Budget, Limits] = {
    "smoke": Limits(wall_seconds=180, cpu_seconds=60),
    "quick": Limits(wall_seconds=900, cpu_seconds=300),
    "full": Limits(wall_seconds=86_400, cpu_seconds=43_200, memory_bytes=8_000_000_000),
}
"""Where a run, all its looks together, is aborted: five times the CPU seconds of a budget and more, because machines
differ; a script keeps its budget by itself."""

MAX_SCRIPT_BYTES = 1_000_000
LOG_LINES = 40


@dataclass(frozen=True)
class Progress:
    """How far a run is: ``fraction`` of the most seeds that it may take, never falling; 1 at the end.

    ``seeds`` counts the finished seeds; ``log`` is the last of what the script printed beside its progress.
    """

    fraction: float
    seeds: int
    log: tuple[str, ...]
    wall_seconds: float
    cpu_seconds: float


def rerun(
    root: Path,
    script: str,
    *,
    budget: Budget,
    first_seed: int = 0,
    looks: Sequence[int] = (5, 8, 16),
    undecided: Callable[[Result], bool] = lambda result: False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    cancel: threading.Event | None = None,
    limits: Limits | None = None,
    sandboxed: bool = True,
    arguments: Sequence[str] = (),
    extra_provenance: Mapping[str, Any] | None = None,
) -> Run:
    """Run ``scripts/<script>.py`` with ``looks[0]`` seeds, then with the further ones while ``undecided``.

    ``looks`` are growing totals of seeds, counted from ``first_seed``; each look runs only the seeds that are new.
    ``arguments`` go to the script besides. Whatever goes wrong inside the script becomes the run's status. Raises
    ValueError for looks that do not grow, an unknown script, inputs that lie elsewhere, and names in
    ``extra_provenance`` that are taken.
    """
    if not looks or list(looks) != sorted(set(looks)) or looks[0] < 1 or first_seed < 0:
        raise ValueError(f"found looks {list(looks)} from seed {first_seed}, expected growing counts such as 5, 8, 16")
    source, inputs = _source(root, script), _inputs(root, script)
    limits = limits or BUDGETS[budget]
    recorded = provenance.circumstances(root, script, limits, sandboxed)
    recorded |= {
        "first_seed": first_seed,
        "script_path": f"scripts/{script}.py",
        "script_sha256": hashlib.sha256(source).hexdigest(),
    }
    batches = _Batches(first_seed, looks[-1], on_progress)
    extra = dict(extra_provenance or {})
    if taken := sorted(extra.keys() & (recorded | batches.as_json(root)).keys()):
        raise ValueError(f"the run itself records {', '.join(taken)}; name the further provenance otherwise")
    with contextlib.ExitStack() as stack:
        try:
            folder = tempfile.TemporaryDirectory(prefix="script-", ignore_cleanup_errors=True)
            copy = Path(stack.enter_context(folder)) / f"{script}.py"
            copy.write_bytes(source)  # what was hashed is what runs, even when the file is edited meanwhile
        except OSError as reason:
            batches.end(sandbox.no_room(reason), [])
            looks = ()
        for look in looks:
            first, batches.running = first_seed + batches.seeds, look - batches.seeds
            batches.end(
                sandbox.run(
                    copy,
                    ["--seeds", str(batches.running), "--first-seed", str(first), "--budget", budget, *arguments],
                    limits=_left(limits, batches.used),
                    inputs=inputs,
                    on_line=batches.line,
                    on_tick=batches.tick,
                    cancel=cancel,
                    sandboxed=sandboxed,
                ),
                list(range(first, first_seed + look)),
            )
            if batches.result is None or not undecided(batches.result):
                break
    batches.finish()
    result = None if batches.result is None else batches.result.as_json()
    return Run(script, budget, batches.outcome.status, result, recorded | batches.as_json(root) | extra)


def obstacle(root: Path, script: str) -> str | None:
    """Why ``rerun`` would refuse the script or its inputs, None where it would not."""
    try:
        _source(root, script)
        _inputs(root, script)
    except ValueError as reason:
        return str(reason)
    return None


def save(root: Path, run: Run, *, record: bool) -> Path:
    """Store ``run``: with ``record`` among the committed runs, else among this checkout's own, which change nothing.

    Raises ValueError for a run that is never recorded (smoke, cancelled, without sandbox to run in, seeds that do not
    begin at 0), and RunNotWritten where it cannot be stored.
    """
    if record and (reason := unrecordable(run)):
        raise ValueError(f"not recorded: {reason}")
    return runs.write(root, runs.RECORDED if record else runs.LOCAL, run)


def unrecordable(run: Run) -> str | None:
    """Why ``run`` may not be recorded, None where it may."""
    if run.budget == "smoke":
        return "a smoke run only shows that the script works; use --budget quick or full"
    if run.status in ("cancelled", "no-sandbox"):
        return f"the script did not run to its end ({': '.join(filter(None, [run.status, run.detail]))})"
    if run.provenance.get("first_seed") != 0:
        return "recorded runs use the seeds from 0 on, never chosen ones"
    return None


class _Batches:
    """The looks of one run so far: the joined result, the last outcome, what was used, how far it is."""

    def __init__(self, first_seed: int, most_seeds: int, on_progress: Callable[[Progress], None]) -> None:
        self._started = _now()
        self._first_seed = first_seed
        self._most_seeds = most_seeds
        self._on_progress = on_progress
        self._fraction = 0.0
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self.result: Result | None = None
        self.outcome = Outcome("cancelled", "not begun")
        self.used = Usage(wall_seconds=0.0, cpu_seconds=0.0, peak_rss_bytes=0)
        self.seeds = 0
        self.running = 0

    def line(self, line: str) -> None:
        """One line that the script printed: progress of the present look, or log."""
        done = _progress(line)
        if done is None:
            self._log.append(line[: sandbox.LINE_CHARACTERS])
        else:
            self._fraction = max(self._fraction, (self.seeds + done * self.running) / self._most_seeds)

    def tick(self, usage: Usage) -> None:
        """Tell how far the run is."""
        total = _sum(self.used, usage)
        self._on_progress(
            Progress(self._fraction, self.seeds, tuple(self._log), total["wall_seconds"], total["cpu_seconds"])
        )

    def end(self, outcome: Outcome, seeds: list[int]) -> None:
        """Join a finished look; a result that cannot be used turns its status into no-result and drops the rest."""
        self.used = _sum(self.used, outcome.usage)
        try:
            result = _measured(outcome, seeds)
            if result and self.result:
                result = merge(self.result, result)
        except ValueError as reason:
            outcome, result = replace(outcome, status="no-result", detail=f"the result is not valid: {reason}"), None
        self.outcome, self.result = outcome, result
        self.seeds += self.running
        self._fraction = max(self._fraction, self.seeds / self._most_seeds)

    def finish(self) -> None:
        """The last message: nothing further will run."""
        self._fraction = 1.0
        self.tick(Usage(wall_seconds=0.0, cpu_seconds=0.0, peak_rss_bytes=0))

    def as_json(self, root: Path) -> dict[str, Any]:
        """What is written of them into the run, now being its end."""
        return {
            "started": self._started,
            "ended": _now(),
            "first_seed": self._first_seed,
            "seeds": list(range(self._first_seed, self._first_seed + self.seeds)),
            "detail": provenance.anonymous(self.outcome.detail, root),
            "exit_code": self.outcome.exit_code,
            "output_tail": [provenance.anonymous(line, root) for line in self.outcome.tail],
            **self.used,
        }


def _measured(outcome: Outcome, seeds: list[int]) -> Result | None:
    """The result of one look, None where the script failed. Raises ValueError where it is not a valid one."""
    if outcome.result is None:
        return None
    content = decode(outcome.result)
    if wrong := results.problems(content):
        raise ValueError("; ".join(wrong[:10]))
    result = Result.model_validate(content)
    if result.seeds != seeds:
        raise ValueError(f"found the seeds {result.seeds}, expected {seeds} as asked for")
    return result


def _progress(line: str) -> float | None:
    """The fraction in a line ``{"progress": 0.4}``, None in any other."""
    if not line.startswith('{"progress"') or len(line) > 100:
        return None
    try:
        fraction = decode(line.encode())["progress"]
    except Unreadable:
        return None
    if isinstance(fraction, bool) or not isinstance(fraction, int | float):
        return None
    return min(1.0, max(0.0, fraction))


def _sum(a: Usage, b: Usage) -> Usage:
    return Usage(
        wall_seconds=a["wall_seconds"] + b["wall_seconds"],
        cpu_seconds=a["cpu_seconds"] + b["cpu_seconds"],
        peak_rss_bytes=max(a["peak_rss_bytes"], b["peak_rss_bytes"]),
    )


def _left(limits: Limits, used: Usage) -> Limits:
    return replace(
        limits,
        wall_seconds=limits.wall_seconds - used["wall_seconds"],
        cpu_seconds=limits.cpu_seconds - used["cpu_seconds"],
    )


def _source(root: Path, script: str) -> bytes:
    if not runs.is_script(script):
        raise ValueError(f"{script!r:.80} is not the name of a script: lower-case letters, digits and '_'")
    try:
        return read_regular(root / "scripts" / f"{script}.py", MAX_SCRIPT_BYTES)
    except Unreadable as reason:
        raise ValueError(f"scripts/{script}.py {reason}") from reason


def _inputs(root: Path, script: str) -> Path | None:
    """The folder of the script's input data, if there is one; a link would show the script other folders."""
    inputs = root.resolve() / "data" / "inputs" / script
    if not inputs.exists() and not inputs.is_symlink():
        return None
    if inputs.resolve() != inputs or not inputs.is_dir():
        raise ValueError(f"data/inputs/{script} is not a folder of its own; inputs lie there as files, not as links")
    return inputs


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
