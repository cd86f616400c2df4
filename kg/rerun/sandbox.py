"""One process in bubblewrap: no network, no home, no secrets, nothing of the host writable, and limits that hold.

The script sees the system's programs, the Python environment and its own inputs read-only, and three small scratch
folders in memory. Nothing is shared with the host that it could write: stdout and stderr come back through one
pipe, the result file through a second, both capped. Without bubblewrap nothing runs, unless asked for by name.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from kg.findings import visible
from kg.rerun.attend import LINE_CHARACTERS, Attended, Outcome
from kg.rerun.watchdog import Limits, Usage

__all__ = ["LINE_CHARACTERS", "Limits", "Outcome", "Usage", "available", "run", "version"]

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "USER": "rerun",
    "PYTHONHASHSEED": "0",  # sets of strings in one order
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
} | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC"), "1")
_PYTHON = ("-P", "-s", "-B", "-X", "utf8")
_COLLECT = """
bytes=$1
shift
{ echo 10 > /proc/self/autogroup; } 2> /dev/null
"$@" 2>&1
code=$?
if [ -f result.json ] && [ ! -L result.json ]; then head -c "$bytes" result.json >&2; fi
exit $code
"""
"""Runs the script with both of its streams in stdout; the result follows through stderr. A signal shows as 128 + n.

Linux shares the processor among sessions, and ``nice`` tells within one only: the session itself steps back too.
"""


def available() -> str | None:
    """None where scripts can be run contained, else the reason and what to do about it."""
    if sys.platform != "linux":
        return f"reruns need Linux and bubblewrap; this is {sys.platform}"
    if missing := [name for name in ("bwrap", "prlimit", "sh", "head") if not shutil.which(name)]:
        return f"{' and '.join(missing)} not found: install the packages bubblewrap (0.8 or later) and util-linux"
    check = _contained(None, None, Limits())
    done = _ask([*check, "true"])
    if done.returncode == 0:
        return None
    said = visible(done.stderr.strip())[:300]
    if "nknown option" in said:
        return f"{said}; install bubblewrap 0.8 or later"
    return f"{said}; allow user namespaces (Ubuntu 24.04 and later: an AppArmor profile for bwrap with 'userns,')"


def version() -> str | None:
    """The version of bubblewrap, None without one."""
    if not (program := shutil.which("bwrap")):
        return None
    done = _ask([program, "--version"])
    return visible(done.stdout.strip().removeprefix("bubblewrap "))[:40]


def _ask(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30, check=False)


def run(
    script: Path,
    arguments: Sequence[str],
    *,
    limits: Limits,
    inputs: Path | None = None,
    on_line: Callable[[str], None] = lambda line: None,
    on_tick: Callable[[Usage], None] = lambda usage: None,
    cancel: threading.Event | None = None,
    sandboxed: bool = True,
) -> Outcome:
    """Run ``python script *arguments --out result.json`` until it ends, is cancelled or exceeds a limit.

    ``on_line`` gets each line printed, ``on_tick`` the usage ten times a second; both are called in this thread, and
    what they raise ends the run. ``inputs`` is the folder that the script reads; it finds the path in ``$INPUTS``.
    """
    if reason := available() if sandboxed else _not_posix():
        return Outcome("no-sandbox", reason)
    with contextlib.ExitStack() as stack:
        try:
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="rerun-", ignore_cleanup_errors=True))
        except OSError as problem:
            return no_room(problem)
        python = ["nice", "-n", "10", *_limited(limits, sandboxed), sys.executable, *_PYTHON]
        main = f"/script/{script.name}" if sandboxed else str(script.absolute())
        collect = ["sh", "-c", _COLLECT, "sh", str(limits.result_bytes + 1)]
        command = [*collect, *python, main, *arguments, "--out", "result.json"]
        environment = _ENVIRONMENT | {"HOME": scratch, "TMPDIR": scratch}
        if inputs is not None:
            environment["INPUTS"] = str(inputs.absolute())
        if sandboxed:
            environment |= {"HOME": "/run", "TMPDIR": "/run"} | ({"INPUTS": "/inputs"} if inputs is not None else {})
            command = [*_contained(script, inputs, limits), *command]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                cwd=scratch,
                start_new_session=True,
            )
        except OSError as problem:
            return no_room(problem)
        return Attended(process, limits, on_line, on_tick, cancel or threading.Event()).outcome()


def no_room(reason: OSError) -> Outcome:
    """The outcome of a script that could not be started because the machine lacks room for it."""
    said = reason.strerror or str(reason)
    return Outcome("no-sandbox", f"cannot be started: {said}; make room (disk, memory, processes), then run again")


def _not_posix() -> str | None:
    return None if os.name == "posix" else f"scripts can be stopped only on Linux and macOS; this is {sys.platform}"


def _contained(script: Path | None, inputs: Path | None, limits: Limits) -> list[str]:
    """The start of the command line, up to the program to run. Order matters: a later mount hides an earlier one."""
    scratch = ["--size", str(limits.scratch_bytes), "--tmpfs"]
    program = shutil.which("bwrap") or "bwrap"
    command = [program, "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"]
    command += ["--cap-drop", "ALL", "--hostname", "rerun"]
    for place in map(Path, _SYSTEM):
        if place.is_symlink():
            command += ["--symlink", str(place.readlink()), str(place)]
        elif place.is_dir():
            command += ["--ro-bind", str(place), str(place)]
    command += ["--proc", "/proc", "--dev", "/dev", *scratch, "/dev/shm", "--remount-ro", "/dev"]  # noqa: S108
    command += [*scratch, "/tmp"]  # noqa: S108
    command += ["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"]
    for path in _interpreter():
        command += ["--ro-bind", path, path]
    if script is not None:
        command += ["--ro-bind", str(script.absolute()), f"/script/{script.name}"]
    if inputs is not None:
        command += ["--ro-bind", str(inputs.absolute()), "/inputs"]
    return [*command, *scratch, "/run", "--remount-ro", "/", "--chdir", "/run", "--"]


def _interpreter() -> list[str]:
    """The folders that this Python runs from: the environment, its base, and the installations on the way."""
    folders = {sys.prefix, sys.base_prefix, os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)}
    link = Path(sys.executable)
    while link.is_symlink():
        link = link.parent / link.readlink()
        if any(link.parent.parent.glob("lib/python3*/os.py")):
            folders.add(os.path.normpath(link.parent.parent))
    return sorted(folder for folder in folders if not folder.startswith("/usr/") and folder not in ("/", "/usr"))


def _limited(limits: Limits, sandboxed: bool) -> list[str]:
    """The kernel's limits. Outside the sandbox the count of threads would be that of all of the user's programs."""
    if not shutil.which("prlimit"):
        return []
    cpu = max(1, int(limits.cpu_seconds) + 1)
    held = {"cpu": f"{cpu}:{cpu + 5}", "as": limits.address_space_bytes, "fsize": limits.scratch_bytes}
    held |= {"nofile": 256, "core": 0} | ({"nproc": limits.threads} if sandboxed else {})
    return ["prlimit", *(f"--{name}={value}" for name, value in held.items()), "--"]
