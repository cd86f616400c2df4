"""The command line by which ``kg.rerun.sandbox`` contains a script, word by word, and what it says where it cannot."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from kg.rerun import sandbox
from kg.rerun.sandbox import Limits, Outcome

LIMITS = Limits(
    wall_seconds=30, cpu_seconds=20.5, memory_bytes=7, address_space_bytes=2_000, processes=20, threads=64,
    output_bytes=200, result_bytes=1_000, scratch_bytes=5_000,
)  # fmt: skip
PYTHON = ["nice", "-n", "10"]
KERNEL = ["prlimit", "--cpu=21:26", "--as=2000", "--fsize=5000", "--nofile=256", "--core=0", "--nproc=64", "--"]
ALONE = ["prlimit", "--cpu=21:26", "--as=2000", "--fsize=5000", "--nofile=256", "--core=0", "--"]
BEGIN = "--unshare-all --unshare-user --disable-userns --die-with-parent --new-session --cap-drop ALL --hostname rerun"
MOUNTS = (
    "--proc /proc --dev /dev --size 5000 --tmpfs /dev/shm --remount-ro /dev --size 5000 --tmpfs /tmp "
    "--ro-bind-try /etc/alternatives /etc/alternatives"
)
END = "--size 5000 --tmpfs /run --remount-ro / --chdir /run --"
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "USER": "rerun", "PYTHONHASHSEED": "0",
    "JAX_PLATFORMS": "cpu", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NPROC": "1",
}  # fmt: skip


class Started:
    """Stands for Popen: keeps what would be started, and says that there is no room."""

    def __init__(self) -> None:
        self.command: list[str] = []
        self.options: dict[str, Any] = {}

    def __call__(self, command: list[str], **options: Any) -> Any:
        self.command, self.options = command, options
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """A machine with bwrap and prlimit on which nothing starts."""
    found = Started()
    monkeypatch.setattr(sandbox.subprocess, "Popen", found)
    monkeypatch.setattr(sandbox, "available", lambda: None)
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: f"/bin/{name}")
    return found


def system() -> list[str]:
    """The mounts of the system's folders of this machine, links as links."""
    words = []
    for name in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(name):
            words += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            words += ["--ro-bind", name, name]
    return words


def interpreter() -> list[str]:
    """The mounts of the Python installations on the way from this interpreter to its base, outside /usr."""
    words = []
    for folder in sandbox._interpreter():
        words += ["--ro-bind", folder, folder]
    return words


def collected(main: str) -> list[str]:
    return [
        "sh", "-c", sandbox._COLLECT, "sh", "1001", *PYTHON, *KERNEL, sys.executable, "-P", "-s", "-B", "-X", "utf8",
        main, "--seeds", "5", "--out", "result.json",
    ]  # fmt: skip


def test_the_contained_command_is_exactly_this(started: Started, tmp_path: Path, monkeypatch: Any) -> None:
    """Every namespace is left, every mount is read-only or scratch of a bounded size, and the root is locked last."""
    monkeypatch.chdir(tmp_path)
    outcome = sandbox.run(Path("x.py"), ["--seeds", "5"], limits=LIMITS, inputs=Path("in"))

    assert started.command == [
        "/bin/bwrap", *BEGIN.split(), *system(), *MOUNTS.split(), *interpreter(),
        "--ro-bind", f"{tmp_path}/x.py", "/script/x.py", "--ro-bind", f"{tmp_path}/in", "/inputs", *END.split(),
        *collected("/script/x.py"),
    ]  # fmt: skip
    scratch = started.options.pop("cwd")
    assert Path(scratch).name.startswith("rerun-")
    assert not Path(scratch).exists()
    assert started.options == {
        "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True,
        "env": ENVIRONMENT | {"HOME": "/run", "TMPDIR": "/run", "INPUTS": "/inputs"},
    }  # fmt: skip
    assert outcome == Outcome(
        "no-sandbox",
        "cannot be started: Resource temporarily unavailable; make room (disk, memory, processes), then run again",
    )


def test_without_inputs_there_is_no_place_for_them(started: Started) -> None:
    """Neither a mount nor a variable of the environment names a folder that was not given."""
    sandbox.run(Path("/x.py"), [], limits=LIMITS)
    assert "/inputs" not in started.command
    assert started.options["env"] == ENVIRONMENT | {"HOME": "/run", "TMPDIR": "/run"}


def test_the_uncontained_command_keeps_the_limits(started: Started, tmp_path: Path, monkeypatch: Any) -> None:
    """Without the sandbox, only asked for by name, the same program runs in a scratch folder; threads are not counted."""
    monkeypatch.chdir(tmp_path)
    sandbox.run(Path("x.py"), ["--seeds", "5"], limits=LIMITS, inputs=Path("in"), sandboxed=False)
    expected = collected(f"{tmp_path}/x.py")
    at = expected.index("prlimit")
    assert started.command == [*expected[:at], *ALONE, *expected[at + len(KERNEL) :]]
    scratch = started.options["cwd"]
    assert started.options["env"] == ENVIRONMENT | {"HOME": scratch, "TMPDIR": scratch, "INPUTS": f"{tmp_path}/in"}
    started.options.clear()
    sandbox.run(Path("x.py"), [], limits=LIMITS, sandboxed=False)
    assert "INPUTS" not in started.options["env"]


@pytest.mark.parametrize(("seconds", "soft"), [(0.2, 1), (1.0, 2), (20.5, 21)])
def test_the_kernel_counts_whole_seconds_beyond_the_limit(started: Started, seconds: float, soft: int) -> None:
    """The limit of CPU time is rounded up to a second or more, with five to end by."""
    limits = Limits(cpu_seconds=seconds)
    assert sandbox._limited(limits, True)[1] == f"--cpu={soft}:{soft + 5}"


def test_without_prlimit_the_watchdog_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a system without util-linux there is no command to put before the script."""
    asked: list[str] = []
    monkeypatch.setattr(sandbox.shutil, "which", asked.append)
    assert sandbox._limited(LIMITS, False) == []
    assert asked == ["prlimit"]
    monkeypatch.setattr(sandbox, "_interpreter", list)
    assert sandbox._contained(None, None, LIMITS)[0] == "bwrap"


def test_no_room_for_the_scratch_folder_is_said(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary directory that cannot be made ends the run before it starts, with the system's word or its own."""

    def full(**options: Any) -> Any:
        assert options == {"prefix": "rerun-", "ignore_cleanup_errors": True}
        raise OSError("all is full")

    monkeypatch.setattr(sandbox.tempfile, "TemporaryDirectory", full)
    outcome = sandbox.run(Path("/x.py"), [], limits=LIMITS)
    assert (outcome.status, outcome.detail) == (
        "no-sandbox",
        "cannot be started: all is full; make room (disk, memory, processes), then run again",
    )
    assert started.command == []


def test_where_processes_cannot_be_stopped_nothing_runs(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even uncontained, a script runs only where its whole tree of processes can be ended."""
    with monkeypatch.context() as windows:
        windows.setattr(sandbox.os, "name", "nt")
        windows.setattr(sandbox.sys, "platform", "win32")
        said = sandbox._not_posix()
    assert said == "scripts can be stopped only on Linux and macOS; this is win32"
    assert sandbox._not_posix() is None
    monkeypatch.setattr(sandbox, "_not_posix", lambda: said)
    assert sandbox.run(Path("/x.py"), [], limits=LIMITS, sandboxed=False) == Outcome("no-sandbox", said)
    assert started.command == []


def test_the_outcome_of_an_obstacle_carries_its_reason(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ``available`` says is what a refused run says."""
    monkeypatch.setattr(sandbox, "available", lambda: "no bwrap here")
    assert sandbox.run(Path("/x.py"), [], limits=LIMITS) == Outcome("no-sandbox", "no bwrap here")
    assert started.command == []


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What ``_ask`` starts, and what the program is to answer."""
    told: dict[str, Any] = {"answer": (0, "", "")}

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        told["command"], told["options"] = command, options
        code, out, err = told["answer"]
        return subprocess.CompletedProcess(command, code, out, err)

    monkeypatch.setattr(sandbox.subprocess, "run", run)
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(sandbox.sys, "platform", "linux")
    return told


def test_the_version_is_what_the_program_says(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """``bwrap --version`` without its name, at most forty characters that print; None without the program."""
    asked["answer"] = (0, " bubblewrap 0.8.0\n", "")
    assert sandbox.version() == "0.8.0"
    assert asked["command"] == ["/bin/bwrap", "--version"]
    assert asked["options"] == {
        "capture_output": True, "text": True, "stdin": subprocess.DEVNULL, "timeout": 30, "check": False
    }  # fmt: skip
    asked["answer"] = (0, "\x1b" + 50 * "9", "")
    assert sandbox.version() == "\\x1b" + 36 * "9"
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: {"bwrap": None}.get(name, f"/bin/{name}"))
    assert sandbox.version() is None


def test_a_sandbox_that_works_has_no_obstacle(asked: dict[str, Any]) -> None:
    """It is tried with the program ``true`` under the limits by default; success says nothing."""
    assert sandbox.available() is None
    assert asked["command"] == [*sandbox._contained(None, None, Limits()), "true"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (" bwrap: Unknown option --x \n", "bwrap: Unknown option --x; install bubblewrap 0.8 or later"),
        ("unknown option", "unknown option; install bubblewrap 0.8 or later"),
        (
            "setting up uid map: Permission denied",
            "setting up uid map: Permission denied; allow user namespaces "
            "(Ubuntu 24.04 and later: an AppArmor profile for bwrap with 'userns,')",
        ),
        (400 * "x", 300 * "x" + "; allow user namespaces (Ubuntu 24.04 and later: an AppArmor profile for bwrap with 'userns,')"),
    ],
)  # fmt: skip
def test_a_sandbox_that_fails_says_what_to_do(asked: dict[str, Any], said: str, told: str) -> None:
    """The program's own complaint, at most 300 characters of it, and what mends it."""
    asked["answer"] = (1, "", said)
    assert sandbox.available() == told


def test_missing_programs_are_named_together(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the four programs is looked for; on another system nothing is."""
    for missing in ("bwrap", "prlimit", "sh", "head"):
        monkeypatch.setattr(sandbox.shutil, "which", lambda name, gone=missing: None if name == gone else "/bin/x")
        said = f"{missing} not found: install the packages bubblewrap (0.8 or later) and util-linux"
        assert sandbox.available() == said
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    assert (sandbox.available() or "").startswith("bwrap and prlimit and sh and head not found: ")
    monkeypatch.setattr(sandbox.sys, "platform", "darwin")
    assert sandbox.available() == "reruns need Linux and bubblewrap; this is darwin"


def test_the_interpreter_is_bound_wherever_it_is_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment, its base and every installation that the program is a link into; nothing below /usr."""
    base, middle, env = (tmp_path / name for name in ("base", "middle", "env"))
    for folder in (base, middle, env):
        (folder / "bin").mkdir(parents=True)
    for folder in (base, middle):
        (folder / "lib/python3.11").mkdir(parents=True)
        (folder / "lib/python3.11/os.py").touch()
    (base / "bin/python").touch()
    (middle / "bin/python").symlink_to("../../base/bin/python")
    (env / "bin/python").symlink_to(middle / "bin/python")
    alias = tmp_path / "alias"
    alias.symlink_to(env)
    monkeypatch.setattr(sandbox.sys, "prefix", str(alias))
    monkeypatch.setattr(sandbox.sys, "base_prefix", "/usr")
    monkeypatch.setattr(sandbox.sys, "executable", str(env / "bin/python"))
    assert sandbox._interpreter() == sorted(map(str, (alias, env, middle, base)))
    monkeypatch.setattr(sandbox.sys, "executable", str(base / "bin/python"))
    monkeypatch.setattr(sandbox.sys, "base_prefix", "/usr/local")
    monkeypatch.setattr(sandbox.sys, "prefix", "/")
    assert sandbox._interpreter() == []


def test_the_callbacks_and_the_cancel_reach_the_attendant(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the caller gives is what the started process is attended with; without a cancel there is a new one."""
    told: list[Any] = []

    class Attendant:
        def __init__(self, *given: Any) -> None:
            told.extend(given)

        def outcome(self) -> Outcome:
            return Outcome("ok", "")

    monkeypatch.setattr(sandbox, "available", lambda: None)
    monkeypatch.setattr(sandbox, "Attended", Attendant)
    monkeypatch.setattr(sandbox.subprocess, "Popen", lambda command, **options: "process")
    line, tick, cancel = (lambda text: None), (lambda usage: None), threading.Event()
    outcome = sandbox.run(Path("/x.py"), [], limits=LIMITS, on_line=line, on_tick=tick, cancel=cancel)
    assert (outcome, told) == (Outcome("ok", ""), ["process", LIMITS, line, tick, cancel])
    told.clear()
    sandbox.run(Path("/x.py"), [], limits=LIMITS)
    assert isinstance(told[4], threading.Event)
    assert (told[2]("x"), told[3](None)) == (None, None)
