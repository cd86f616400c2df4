"""What a tree of processes uses, when it uses too much, and its end.

The kernel's own limits are per process; this one sums over the tree, ten times a second.
"""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import asdict, dataclass
from typing import Literal, TypedDict

import psutil

Excess = Literal["timeout", "memory", "processes"]

_MB = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Where a run is aborted. Bytes, seconds and counts; the defaults are those of a quick run."""

    wall_seconds: float = 900.0
    """Several times the CPU seconds: a loaded machine is slow, and a sleeping script uses none."""
    cpu_seconds: float = 300.0
    """Over the tree; five times the budget of a quick run, because machines differ that much."""
    memory_bytes: int = 4_000 * _MB
    """Resident, summed over the tree, pages shared between processes counted once for each."""
    address_space_bytes: int = 12_000 * _MB
    """Per process, held by the kernel: stops one huge allocation between two looks; libraries reserve far
    more than they use."""
    processes: int = 32
    """The sandbox's own four among them."""
    threads: int = 512
    """Per user inside the sandbox, held by the kernel; it does not bind root, ``processes`` does."""
    output_bytes: int = 1 * _MB
    """Of stdout and stderr: some ten thousand lines."""
    result_bytes: int = 16 * _MB
    """Of the result file: as much as a run file may hold."""
    scratch_bytes: int = 64 * _MB
    """Of each of the three writable places; they lie in memory."""

    def as_json(self) -> dict[str, float]:
        """The limits as they are written into a run."""
        return asdict(self)


class Usage(TypedDict):
    """Seconds since the start, CPU seconds of the tree (in the sandbox up to one look, 0.1 s, short), and the
    highest resident bytes seen; where the script ended before the first look, what the kernel says of the collected
    process, which may count pages of the process that started it."""

    wall_seconds: float
    cpu_seconds: float
    peak_rss_bytes: int


class Watchdog:
    """The tree below process ``pid``, and whatever left it after it was seen once.

    ``cpu_seconds`` counts the live processes and the children that they waited for, as of the last look.
    """

    def __init__(self, pid: int, limits: Limits) -> None:
        self._limits = limits
        self._pid = pid
        self._seen = {psutil.Process(pid)}
        self.cpu_seconds = 0.0
        self.peak_rss_bytes = 0

    def look(self) -> tuple[Excess, str] | None:
        """Measure the tree; the limit that it exceeds, and by what."""
        tree, rss, cpu = self._tree(), 0, 0.0
        for process in tree:
            with contextlib.suppress(psutil.Error), process.oneshot():
                rss += process.memory_info().rss
                cpu += sum(process.cpu_times()[:4])  # user, system, and both of the children waited for
        self.peak_rss_bytes = max(self.peak_rss_bytes, rss)
        self.cpu_seconds = max(self.cpu_seconds, cpu)
        if len(tree) > self._limits.processes:
            return "processes", f"{len(tree)} processes at once; {self._limits.processes} are allowed"
        if rss > self._limits.memory_bytes:
            return "memory", f"{rss / _MB:,.0f} MB resident; {self._limits.memory_bytes / _MB:,.0f} MB are allowed"
        if cpu > self._limits.cpu_seconds:
            return "timeout", f"over {self._limits.cpu_seconds:g} CPU seconds"
        return None

    def kill(self) -> None:
        """SIGKILL the process group and everything seen, until none is left or 5 s have passed."""
        for _ in range(50):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, signal.SIGKILL)
            alive = [process for process in self._tree() if process.pid != self._pid]
            for process in alive:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            if not alive:
                return
            psutil.wait_procs(alive, timeout=0.1)

    def _tree(self) -> list[psutil.Process]:
        children: dict[int, list[psutil.Process]] = {}
        for process in psutil.process_iter(["ppid", "status"]):
            if process.info["status"] != psutil.STATUS_ZOMBIE:
                children.setdefault(process.info["ppid"], []).append(process)
        self._seen = {process for process in self._seen if _alive(process)}
        waiting = list(self._seen)
        while waiting:
            for child in children.get(waiting.pop().pid, []):
                if child not in self._seen:
                    self._seen.add(child)
                    waiting.append(child)
        return list(self._seen)


def _alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
