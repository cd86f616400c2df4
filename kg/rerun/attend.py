"""A started process until its end: its output read, its limits held, its exit told in one word."""

from __future__ import annotations

import math
import os
import re
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from kg.findings import visible
from kg.rerun.watchdog import Limits, Usage, Watchdog
from kg.runs import Status

TICK_SECONDS = 0.1
GRACE_SECONDS = 1.0
"""From the end of the main process to the end of its output: then whoever holds the pipe is killed."""
TAIL_LINES, LINE_CHARACTERS = 40, 400
_FRAME = re.compile(r'File "[^"]*/scripts?/([^"/]+\.py)", line (\d+), in (\S+)')


@dataclass(frozen=True)
class Outcome:
    """How a process ended. ``result`` holds the bytes of its ``result.json``, and only where ``status`` is ok.

    ``exit_code`` is None where the process was stopped or never began. ``tail`` is the last of what it printed,
    with control characters escaped.
    """

    status: Status
    detail: str
    exit_code: int | None = None
    result: bytes | None = None
    tail: tuple[str, ...] = ()
    usage: Usage = field(default_factory=lambda: Usage(wall_seconds=0.0, cpu_seconds=0.0, peak_rss_bytes=0))


class Attended:
    """A process and everything that is watched about it until its end."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        limits: Limits,
        on_line: Callable[[str], None],
        on_tick: Callable[[Usage], None],
        cancel: threading.Event,
    ) -> None:
        self._process = process
        self._limits = limits
        self._on_line = on_line
        self._on_tick = on_tick
        self._cancel = cancel
        self._watchdog = Watchdog(process.pid, limits)
        self._begin = time.monotonic()
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._partial = b""
        self._printed = 0
        self._result = bytearray()
        self._cpu_seconds = 0.0
        self._kernel_peak = 0
        self._code: int | None = None
        self._wall_seconds = 0.0

    def outcome(self) -> Outcome:
        """Attend the process to its end; nothing of it is left alive, whatever happens."""
        printed, returned = self._process.stdout, self._process.stderr
        if printed is None or returned is None:
            raise ValueError("expected a process with pipes for stdout and stderr")
        with printed, returned:
            try:
                stopped = self._attend(printed.fileno(), returned.fileno())
            finally:
                self._watchdog.kill()
                self._reap(0)
        if self._partial:
            self._line(self._partial)
        status, detail = stopped or self._verdict()
        return Outcome(
            status,
            detail,
            exit_code=None if stopped else self._code,
            result=bytes(self._result) if status == "ok" else None,
            tail=tuple(self._tail),
            usage=self._usage(),
        )

    def _attend(self, printed: int, returned: int) -> tuple[Status, str] | None:
        """Read both pipes until they close and the process ends: None. Or the limit that stopped it."""
        limits, ended, next_look = self._limits, math.inf, 0.0
        with selectors.DefaultSelector() as pipes:
            for pipe in (printed, returned):
                os.set_blocking(pipe, False)
                pipes.register(pipe, selectors.EVENT_READ)
            while pipes.get_map() or self._code is None:
                for key, _ in pipes.select(TICK_SECONDS):
                    if not (chunk := os.read(key.fd, 65536)):
                        pipes.unregister(key.fd)
                    elif key.fd == printed:
                        self._print(chunk)
                    else:
                        self._result += chunk
                now = time.monotonic()
                if self._code is None and self._reap(os.WNOHANG):
                    ended = now
                if now > ended + GRACE_SECONDS:
                    return None
                if self._printed > limits.output_bytes or len(self._result) > limits.result_bytes + 65536:
                    return "output", f"printed more than {limits.output_bytes:,} bytes"
                if self._cancel.is_set():
                    return "cancelled", "stopped on request"
                if now > self._begin + limits.wall_seconds:
                    return "timeout", f"over {limits.wall_seconds:g} s"
                if now >= next_look:
                    next_look = now + TICK_SECONDS
                    if self._code is None and (excess := self._watchdog.look()):
                        return excess
                    self._on_tick(self._usage())
        return None

    def _reap(self, options: int) -> bool:
        """Collect the process where it has ended; its CPU seconds hold those of all that it waited for."""
        if self._code is None:
            pid, status, used = os.wait4(self._process.pid, options)
            if pid:
                self._code = self._process.returncode = os.waitstatus_to_exitcode(status)
                self._cpu_seconds = used.ru_utime + used.ru_stime
                self._kernel_peak = used.ru_maxrss * 1024  # of the largest process; KiB on Linux
                self._wall_seconds = time.monotonic() - self._begin
        return self._code is not None

    def _usage(self) -> Usage:
        return Usage(
            wall_seconds=self._wall_seconds or time.monotonic() - self._begin,
            cpu_seconds=max(self._cpu_seconds, self._watchdog.cpu_seconds),
            peak_rss_bytes=self._watchdog.peak_rss_bytes or self._kernel_peak,
        )

    def _print(self, chunk: bytes) -> None:
        self._printed += len(chunk)
        *lines, self._partial = (self._partial + chunk).split(b"\n")
        for line in lines:
            self._line(line)

    def _line(self, line: bytes) -> None:
        text = visible(line.decode("utf-8", "backslashreplace").rstrip("\r").expandtabs())
        self._tail.append(text if len(text) <= LINE_CHARACTERS else text[: LINE_CHARACTERS - 1] + "…")
        self._on_line(text)

    def _verdict(self) -> tuple[Status, str]:
        """What the exit code and the result file say."""
        code, result, limits = self._code or 0, bytes(self._result), self._limits
        if code == 0:
            if not result:
                return "no-result", "ended without writing a regular file at --out"
            if len(result) > limits.result_bytes:
                return "no-result", f"the result is over {limits.result_bytes:,} bytes"
            return "ok", ""
        said = [visible(line) for line in result.decode("utf-8", "backslashreplace").splitlines()[-5:]]
        if said and said[0].startswith("bwrap: "):
            return "no-sandbox", said[0][:LINE_CHARACTERS]
        self._tail.extend(line[:LINE_CHARACTERS] for line in said)
        number = -code if code < 0 else code - 128
        if number == signal.SIGXCPU:
            return "timeout", f"over {limits.cpu_seconds:g} CPU seconds"
        if number in set(signal.Signals):
            return "signal", f"ended by {signal.Signals(number).name}"
        return "exit", f"exit code {code}" + (f": {self._tail[-1]}{self._raised()}" if self._tail else "")

    def _raised(self) -> str:
        """Where in the script the exception of the last lines was raised, if they hold its traceback."""
        frames = [frame for line in self._tail if (frame := _FRAME.search(line))]
        return f" (scripts/{frames[-1][1]}:{frames[-1][2]}, in {frames[-1][3]})" if frames else ""
