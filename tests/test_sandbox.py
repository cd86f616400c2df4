"""Hostile scripts against ``kg.rerun.sandbox``: what they reach, and that they end."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from kg.rerun import sandbox
from kg.rerun.sandbox import Limits, Outcome
from kg.rerun.watchdog import Watchdog
from tests.needs import needs_bwrap, require

HOSTILE = Path(__file__).parent / "containment"
MB = 1_000_000
LIMITS = Limits(
    wall_seconds=30,
    cpu_seconds=20,
    memory_bytes=200 * MB,
    address_space_bytes=2_000 * MB,
    processes=20,
    threads=64,
    output_bytes=200_000,
    result_bytes=1 * MB,
    scratch_bytes=5 * MB,
)


def hostile(name: str, *arguments: str, **options: Any) -> Outcome:
    """Run one of the scripts in containment/ under the tests' narrow limits."""
    limits = options.pop("limits", LIMITS)
    return sandbox.run(HOSTILE / f"{name}.py", arguments, limits=limits, **options)


def written(outcome: Outcome) -> Any:
    """The JSON that a script wrote as its result."""
    assert outcome.status == "ok", outcome
    assert outcome.result is not None
    return json.loads(outcome.result)


def processes_with(token: str) -> list[psutil.Process]:
    """The live processes that have ``token`` on their command line."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if token in (process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


@pytest.fixture
def token() -> Iterator[str]:
    """A word of one test's own; whatever still carries it on its command line afterwards is ended."""
    word = uuid.uuid4().hex
    yield word
    for process in processes_with(word):
        process.kill()


@needs_bwrap
def test_a_fork_storm_is_stopped_and_nothing_of_it_is_left(token: str) -> None:
    """Processes are counted over the tree, for root too, whom the kernel's own limit does not bind."""
    outcome = hostile("fork_storm", token)
    assert outcome.status == "processes"
    assert "20 are allowed" in outcome.detail
    assert processes_with(token) == []


@needs_bwrap
@pytest.mark.parametrize("script", ["memory_single", "memory_many"])
def test_memory_counts_over_the_tree(script: str, token: str) -> None:
    """One process or eight: together they stay below the limit, give or take one look."""
    outcome = hostile(script, token)
    assert outcome.status == "memory"
    assert LIMITS.memory_bytes < outcome.usage["peak_rss_bytes"] < 10 * LIMITS.memory_bytes
    assert processes_with(token) == []


@needs_bwrap
def test_a_script_that_ends_before_the_first_look_has_a_peak_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no look saw is told by the kernel when the process is collected."""
    monkeypatch.setattr(Watchdog, "look", lambda self: None)
    script = tmp_path / "short.py"
    script.write_text("")
    outcome = sandbox.run(script, [], limits=LIMITS)
    assert outcome.usage["peak_rss_bytes"] > 1_000_000


@needs_bwrap
def test_one_huge_allocation_fails_inside_the_script(tmp_path: Path) -> None:
    """The kernel refuses address space before a look could see it used."""
    script = tmp_path / "huge.py"
    script.write_text("bytearray(3_000_000_000)")
    outcome = sandbox.run(script, [], limits=LIMITS)
    assert (outcome.status, outcome.exit_code) == ("exit", 1)
    assert outcome.tail[-1] == "MemoryError"


@needs_bwrap
def test_endless_output_is_cut_off() -> None:
    """Output is capped, and so is what is kept of it."""
    outcome = hostile("endless_stdout")
    assert outcome.status == "output"
    assert len(outcome.tail) <= 40
    assert max(map(len, outcome.tail)) <= 400


@needs_bwrap
def test_no_network_not_even_the_hosts_own() -> None:
    """Neither the loopback interface nor abstract sockets of the host can be reached; the host itself reaches them."""
    abstract = f"kg-test-{uuid.uuid4().hex}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind("\0" + abstract)
        unix.listen()
        port = str(tcp.getsockname()[1])
        inside = written(hostile("network", port, abstract))
        outside = written(hostile("network", port, abstract, sandboxed=False))
    assert inside == {"reached": [], "interfaces": ["lo"]}
    assert outside["reached"] == ["loopback", "abstract"], "the check itself must be able to see a leak"


@needs_bwrap
def test_secrets_of_the_host_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, environment, open files, processes and the home folder of the host stay outside."""
    secret = uuid.uuid4().hex
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("API_TOKEN", secret)
    (tmp_path / ".netrc").write_text(secret)
    seen_for = [str(tmp_path / ".netrc"), secret, str(os.getpid())]
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        found, outside = (written(hostile("secrets", *seen_for, sandboxed=sandboxed)) for sandboxed in (True, False))
    assert found == {
        "file": None, "beside": ["secrets.py"], "environment": False, "host process": False, "home": [],
        "passwd": None, "descriptors": [],
    }  # fmt: skip
    assert (outside["file"], outside["host process"]) == (secret, True), "the check must be able to see a leak"
    assert outside["environment"] is False


@needs_bwrap
def test_the_environment_is_the_same_for_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script sees a fixed environment and one order of sets, whatever the caller's environment holds."""
    script = tmp_path / "environment.py"
    script.write_text(
        "import json, os\n"
        "open('result.json', 'w').write(json.dumps([dict(os.environ), hash('abc'), os.uname().nodename]))"
    )
    monkeypatch.setenv("PYTHONHASHSEED", "17")
    monkeypatch.setenv("LD_PRELOAD_TOKEN", "secret")
    first, second = (written(sandbox.run(script, [], limits=LIMITS)) for _ in range(2))
    assert first == second
    assert first[0]["OMP_NUM_THREADS"] == "1"
    assert first[0]["JAX_PLATFORMS"] == "cpu"
    assert "LD_PRELOAD_TOKEN" not in first[0]
    assert first[2] == "rerun"


@needs_bwrap
@pytest.mark.parametrize("pipes", ["holding", "released"])
def test_a_daemon_ends_with_the_script(pipes: str, token: str) -> None:
    """Forked twice and in a session of its own, with or without the pipes in hand: it dies, and delays nothing."""
    outcome = hostile("daemon", token, pipes, "leave")
    assert outcome.status == "ok"
    assert processes_with(token) == []


@needs_bwrap
def test_cancel_ends_the_whole_tree(token: str) -> None:
    """Cancelling kills a script and its daemon."""
    cancel = threading.Event()
    outcome = hostile("daemon", token, "released", "stay", cancel=cancel, on_line=lambda line: cancel.set())
    assert outcome.status == "cancelled"
    assert outcome.exit_code is None
    assert processes_with(token) == []


def test_a_process_that_left_the_tree_after_it_was_seen_is_killed(token: str) -> None:
    """Where no sandbox holds it, a grandchild whose parent ended is remembered."""
    program = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        print(os.getppid(), os.getpid(), flush=True)\n"
        "    time.sleep(600)\n"
        "os.wait()\n"
        "print('reaped', flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, token], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        child, grandchild = (psutil.Process(int(pid)) for pid in process.stdout.readline().split())
        watchdog = Watchdog(process.pid, LIMITS)
        assert watchdog.look() is None
        child.kill()
        assert process.stdout.readline() == "reaped\n"
        assert grandchild.is_running()
        watchdog.kill()
    assert processes_with(token) == []


@needs_bwrap
@pytest.mark.parametrize("sandboxed", [True, False])
@pytest.mark.parametrize(
    ("tight", "said"),
    [
        (replace(LIMITS, wall_seconds=0.6), "over 0.6 s"),
        (replace(LIMITS, cpu_seconds=0.5), "over 0.5 CPU seconds"),
    ],
)
def test_no_signal_handler_outlives_the_time_limit(tight: Limits, said: str, sandboxed: bool, token: str) -> None:
    """A script that ignores all signals, closes its output and spins ends at the limit of wall or CPU seconds."""
    outcome = hostile("ignores_signals", token, limits=tight, sandboxed=sandboxed)
    assert (outcome.status, outcome.detail) == ("timeout", said)
    assert processes_with(token) == []


@needs_bwrap
def test_disk_is_bounded_and_nothing_of_the_host_is_writable(tmp_path: Path) -> None:
    """Three scratch places of a fixed size; everything else refuses, the script's own file included."""
    (tmp_path / "data.csv").write_text("1")
    got = written(hostile("disk_fill", str(tmp_path), inputs=tmp_path))
    for place in ("/run", "/tmp", "/dev/shm"):
        assert 0.8 * LIMITS.scratch_bytes < got.pop(place) <= LIMITS.scratch_bytes
    assert set(got.values()) == {0}
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]


@needs_bwrap
def test_no_further_rights_can_be_had() -> None:
    """No capabilities, mounts, namespaces or terminal, and limits cannot be raised again."""
    assert written(hostile("privileges")) == {"got": [], "capabilities": 0}


@needs_bwrap
@pytest.mark.parametrize("kind", ["none", "symlink", "pipe", "folder", "device"])
def test_only_a_regular_file_is_a_result(kind: str, tmp_path: Path) -> None:
    """Ending well without a regular result file is not a success, inside the sandbox and outside."""
    (tmp_path / "other.json").write_text("{}")
    for sandboxed in (True, False):
        outcome = hostile("bad_result", kind, str(tmp_path / "other.json"), sandboxed=sandboxed)
        assert (outcome.status, outcome.exit_code, outcome.result) == ("no-result", 0, None)


@needs_bwrap
def test_a_huge_result_is_refused() -> None:
    """A result over the cap is not cut and used: it is no result."""
    outcome = hostile("bad_result", "huge")
    assert outcome.status == "no-result"
    assert "over 1,000,000 bytes" in outcome.detail


@needs_bwrap
@pytest.mark.parametrize(
    ("way", "status", "said"),
    [("exit", "exit", "exit code 3"), ("raise", "exit", "RuntimeError: no such thing"), ("abort", "signal", "SIGABRT")],
)
def test_how_a_script_ended_is_said(way: str, status: str, said: str) -> None:
    """Exit codes, exceptions and signals are told apart; output is escaped, never lost."""
    outcome = hostile("ending", way)
    assert outcome.status == status
    assert said in outcome.detail
    assert outcome.tail[0] == "\\x1b[31mred\\x07 \\\\xff \\u202e".replace("\\\\", "\\")


@needs_bwrap
def test_inputs_are_found_by_the_variable(tmp_path: Path) -> None:
    """``$INPUTS`` leads to the script's data in the sandbox and outside."""
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "a.txt").write_text("[42]")
    script = tmp_path / "reads.py"
    script.write_text("import os\nopen('result.json', 'w').write(open(os.environ['INPUTS'] + '/a.txt').read())")
    for sandboxed in (True, False):
        assert written(sandbox.run(script, [], limits=LIMITS, inputs=tmp_path / "inputs", sandboxed=sandboxed)) == [42]


@needs_bwrap
def test_an_exception_of_the_caller_ends_the_script(token: str) -> None:
    """What a callback raises comes out, and the script does not run on without its watcher."""

    def fail(line: str) -> None:
        raise KeyError(line)

    with pytest.raises(KeyError, match="up"):
        hostile("daemon", token, "holding", "stay", on_line=fail)
    assert processes_with(token) == []


@needs_bwrap
def test_jax_computes_in_the_sandbox(tmp_path: Path) -> None:
    """The default limits leave room for jax, a compiled function and a gradient."""
    pytest.importorskip("jax")
    script = tmp_path / "gradient.py"
    script.write_text(
        "import json, jax, jax.numpy as jnp\n"
        "slope = jax.jit(jax.grad(lambda x: (x**3).sum()))(jnp.arange(3.0))\n"
        "open('result.json', 'w').write(json.dumps([float(jnp.ones(3).sum()), slope.tolist()]))"
    )
    assert written(sandbox.run(script, [], limits=Limits())) == [3.0, [0.0, 3.0, 12.0]]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH that holds everything that the sandbox needs, except bubblewrap."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("prlimit", "sh", "head"):
        if not (program := shutil.which(name)):
            require(f"{name} is not installed")
        else:
            (folder / name).symlink_to(program)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_without_bubblewrap_nothing_runs(programs: Path, tmp_path: Path) -> None:
    """The refusal says what to install, and the script is not started."""
    script = tmp_path / "touch.py"
    script.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    outcome = sandbox.run(script, [], limits=LIMITS)
    assert outcome.status == "no-sandbox"
    assert "bwrap not found" in outcome.detail
    assert "install the packages bubblewrap" in outcome.detail
    assert not (tmp_path / "ran").exists()
    assert sandbox.version() is None


@pytest.mark.parametrize(
    ("complaint", "advice"),
    [
        ("bwrap: setting up uid map: Permission denied", "AppArmor profile"),
        ("bwrap: Unknown option --disable-userns", "install bubblewrap 0.8 or later"),
    ],
)
def test_a_bubblewrap_that_fails_is_named_with_advice(programs: Path, complaint: str, advice: str) -> None:
    """An installed bubblewrap that cannot work is as good as none, and its own words are passed on."""
    fake = programs / "bwrap"
    fake.write_text(f"#!/bin/sh\necho '{complaint}' >&2\nexit 1\n")
    fake.chmod(0o755)
    reason = sandbox.available()
    assert reason is not None
    assert complaint in reason
    assert advice in reason


@needs_bwrap
@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel shares processors by process")
def test_a_session_of_a_script_steps_back(tmp_path: Path) -> None:
    """Not only the process but its session has the low priority, as processors are shared among sessions."""
    script = tmp_path / "priority.py"
    script.write_text("print(open('/proc/self/autogroup').read())\n", encoding="utf-8")

    assert any(line.endswith("nice 10") for line in sandbox.run(script, [], limits=LIMITS).tail)
