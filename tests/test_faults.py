"""Kills, interrupts, full and read-only disks, closed files: nothing is torn, nothing is lost in silence, nothing lives on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from kg import runs, scriptfile
from tests import toytree
from tests.needs import needs_bwrap

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0


@dataclass
class Lab:
    """A toy tree whose script has a name of its own, so that its processes can be told from all others."""

    tree: Path
    script: str

    def start(self, *arguments: str, temporary: Path | None = None) -> subprocess.Popen[str]:
        """``kg`` on the tree, with a folder of its own for temporary files."""
        temporary = temporary or Path(tempfile.mkdtemp(dir=self.tree.parent))
        return subprocess.Popen(
            [sys.executable, "-m", "kg", "--root", str(self.tree), *arguments],
            cwd=ROOT, env={**os.environ, "TMPDIR": str(temporary)}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def done(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code and both outputs of ``kg`` on the tree."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in err
        return process.returncode, out, err

    def alive(self) -> list[psutil.Process]:
        """The live processes of the script: bubblewrap, shell and Python."""
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            words = process.info["cmdline"] or []
            if any(f"{self.script}.py" in word for word in words) and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process)
        return found

    def wait_until_all_ended(self) -> None:
        until = time.monotonic() + PATIENCE
        while self.alive() and time.monotonic() < until:
            psutil.wait_procs(self.alive(), timeout=0.1)
        assert self.alive() == []


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    tree, name = toytree.copy(tmp_path), f"onset_{uuid.uuid4().hex[:12]}"
    toytree.edit(tree, "data/claims/stability-limit.yaml", "script: quadratic_onset", f"script: {name}")
    (tree / "scripts/quadratic_onset.py").rename(tree / f"scripts/{name}.py")
    made = Lab(tree, name)
    yield made
    for process in made.alive():
        process.kill()


def slow(lab: Lab) -> None:
    """Make the script sleep, until it is ended."""
    path = lab.tree / f"scripts/{lab.script}.py"
    path.write_text(path.read_text().replace("STEPS = 400", "time.sleep(3600)"))


def until_it_runs(lab: Lab, process: subprocess.Popen[str]) -> None:
    """Wait for the script's own Python, the last process to start."""
    until = time.monotonic() + PATIENCE
    while not any(p.name().startswith("python") for p in lab.alive()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)


@needs_bwrap
def test_forty_kills_tear_nothing_and_leave_nobody(lab: Lab) -> None:
    """Recorded reruns killed at random moments, four at once: every stored run reads, and the next one works."""
    moments = [random.Random(seed).uniform(0.3, 1.6) for seed in range(40)]
    kept, lock = 0, threading.Lock()

    def killed(after: float) -> None:
        nonlocal kept
        process = lab.start("rerun", lab.script, "--record")
        try:
            out, _ = process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
        with lock:
            kept += "kept in" in out

    with ThreadPoolExecutor(4) as four:
        list(four.map(killed, moments))
    lab.wait_until_all_ended()
    found, findings = runs.read_all(lab.tree)
    assert findings == []
    assert kept <= len(found) < 40
    assert {run.status for run in found} <= {"ok"}
    assert lab.done("check") == (0, "", "0 errors, 0 warnings\n")
    code, out, _ = lab.done("rerun", lab.script, "--record")
    assert (code, "agrees" in out) == (0, True)
    assert len(runs.read_all(lab.tree)[0]) == len(found) + 1


@needs_bwrap
def test_writers_at_once_lose_nothing(lab: Lab) -> None:
    """Four recorded reruns side by side are four runs, each whole."""
    started = [lab.start("rerun", lab.script, "--record", "--json") for _ in range(4)]
    said = [json.loads(process.communicate(timeout=PATIENCE)[0]) for process in started]
    found, findings = runs.read_all(lab.tree)
    assert findings == []
    assert sorted(run.address for run in found) == sorted(row["run"] for row in said)
    assert len({row["run"] for row in said}) == 4


@needs_bwrap
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP)]
)
def test_a_signal_ends_the_script_too(number: signal.Signals, code: int, lab: Lab) -> None:
    """Ctrl-C stops a rerun and says so, exit 130; whatever ends the command ends the script, and nothing is kept."""
    slow(lab)
    process = lab.start("rerun", lab.script, "--record")
    until_it_runs(lab, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    lab.wait_until_all_ended()
    assert process.returncode == code
    assert "Traceback" not in err
    assert list(lab.tree.glob("**/runs/**/*.json")) == []
    if number == signal.SIGINT:
        assert "cancelled" in out
        assert "not kept" in out


@needs_bwrap
def test_a_kill_ends_the_script_too(lab: Lab) -> None:
    """Even where the command has no time to clean up, its script does not live on."""
    slow(lab)
    process = lab.start("rerun", lab.script)
    until_it_runs(lab, process)
    process.kill()
    process.communicate(timeout=PATIENCE)
    lab.wait_until_all_ended()


FULL = """
import os, subprocess, sys
with open(sys.argv[1] + "/filler", "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        pass
os.execv(sys.executable, [sys.executable, "-m", "kg", "--root", *sys.argv[2:]])
"""


@needs_bwrap
@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize(
    ("disk", "said"), [("full", "No space left on device"), ("read-only", "Read-only file system")]
)
def test_a_run_that_cannot_be_kept_is_still_told(disk: str, said: str, record: bool, lab: Lab) -> None:
    """On a real full or read-only disk the verdict is printed, then why it was not kept and what to do; exit 1."""
    folder = lab.tree / ("data/runs" if record else ".kg/runs")
    (folder / lab.script).mkdir(parents=True)
    mount = {"full": ["--size", "65536", "--tmpfs"], "read-only": ["--ro-bind", str(folder)]}[disk]
    begin = ["-c", FULL, str(folder)] if disk == "full" else ["-m", "kg", "--root"]
    command = [sys.executable, *begin, str(lab.tree), "rerun", lab.script, *["--record"] * record]
    done = subprocess.run(
        ["bwrap", "--dev-bind", "/", "/", *mount, str(folder), "--", *command],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "agrees" in done.stdout
    assert "not kept" in done.stdout
    assert f"{said}; make room or make the folder writable, then run again" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(folder.rglob("*.json")) == []


@needs_bwrap
def test_an_export_onto_a_full_disk_leaves_nothing_torn(lab: Lab) -> None:
    """The file that was there stays as it was, no part of the new one is left, and a line says what to do; exit 1."""
    folder = lab.tree / "out"
    folder.mkdir()
    begin = (
        FULL.replace("with open", "open(sys.argv[1] + '/graph.json', 'w').write('old')\nwith open", 1)
        .replace(
            "os.execv(sys.executable, [sys.executable, ",
            "subprocess.run([sys.executable, ",
        )
        .replace(
            "*sys.argv[2:]])",
            "*sys.argv[2:]])\nprint(sorted(os.listdir(sys.argv[1])), open(sys.argv[1] + '/graph.json').read())",
        )
    )
    export = ["export", "snapshot", "--out", str(folder / "graph.json")]
    done = subprocess.run(
        ["bwrap", "--dev-bind", "/", "/", "--size", "65536", "--tmpfs", str(folder), "--",
         sys.executable, "-c", begin, str(folder), str(lab.tree), *export],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert "No space left on device; choose another --out" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines()[-1] == "['filler', 'graph.json'] old"


def test_an_export_into_a_pipe_goes_through_it(lab: Lab, tmp_path: Path) -> None:
    """What is no regular file is written to and never replaced by one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "kg", "--root", str(lab.tree), "export", "snapshot", "--out", str(pipe)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
        text = pipe.read_text(encoding="utf-8")
        process.communicate(timeout=PATIENCE)
    assert json.loads(text)["schema"] == 1
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("arguments", [["check", "--json"], ["show", "plateau"], ["export", "snapshot", "--out", "-"]])
def test_output_that_cannot_be_written_is_said_in_one_line(arguments: list[str], lab: Lab) -> None:
    """Standard output on a full disk ends a command with a line and exit 1, without a traceback."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kg", "--root", str(lab.tree), *arguments],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert (
        done.stderr.splitlines()[-1] == "Error: the output: No space left on device; make room, or choose another place"
    )
    assert len(done.stderr.splitlines()) == 1


@needs_bwrap
def test_without_room_for_temporary_files_nothing_runs(lab: Lab) -> None:
    """Where no temporary folder can be written, the rerun says so and fails; no run is recorded."""
    command = [sys.executable, "-m", "kg", "--root", str(lab.tree), "rerun", lab.script, "--record"]
    done = subprocess.run(
        ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--", *command],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 1
    assert "cannot be started: No usable temporary directory" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert runs.read_all(lab.tree) == ([], [])


@needs_bwrap
def test_a_torn_run_costs_only_itself(lab: Lab) -> None:
    """A run file cut short, as by another program, is one finding on its line; the other runs count."""
    assert lab.done("rerun", lab.script, "--record")[0] == 0
    (whole,), _ = runs.read_all(lab.tree)
    path = lab.tree / str(whole.path)
    torn = path.with_name(f"20991231T000000Z-{'0' * 8}.json")
    torn.write_bytes(path.read_bytes()[:300])
    code, out, _ = lab.done("check")
    line = torn.read_bytes().count(b"\n") + 1
    assert code == 1
    assert f"{torn.relative_to(lab.tree)}:{line}: bad-run-file: is not JSON" in out
    assert "agrees" in lab.done("show", "prediction:stability-limit/onset")[1]
    assert lab.done("rerun", lab.script, "--record")[0] == 0


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.symlink_to("/"), "not a folder of its own"),
        (lambda path: path.write_text("x"), "not a folder of its own"),
    ],
)
def test_inputs_that_lie_elsewhere_are_refused_before_anything_runs(make: object, said: str, lab: Lab) -> None:
    """A link in the place of a script's inputs is a usage error of rerun and a finding of check."""
    (lab.tree / "data/inputs").mkdir()
    make(lab.tree / "data/inputs" / lab.script)  # type: ignore[operator]
    code, _, err = lab.done("rerun", lab.script)
    assert (code, said in err) == (2, True)
    assert "data/inputs" in lab.done("check")[1]


def test_a_script_that_changes_while_it_is_read_is_refused(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The title of one version never stands beside the hash of another."""
    path = f"scripts/{lab.script}.py"
    monkeypatch.setattr(scriptfile, "read_regular", lambda *_: b"another version")
    script, findings = scriptfile.load(lab.tree, path)
    assert script is None
    assert [(f.rule, f.place.path) for f in findings] == [("unreadable-file", path)]


ORDINARY = """
import os, sys; from pathlib import Path
from kg import checks, findings, runs
from kg.graph import load
root = Path(sys.argv[1])
checks.run(load(root))  # what is imported later could not be read any more
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
print(findings.as_text(checks.run(load(root))))
try:
    runs.write(root, runs.RECORDED, runs.Run("x", "quick", "exit", None, {"started": "2026-11-24T10:15:00Z"}))
except runs.RunNotWritten as reason:
    print(reason)
"""


def test_closed_files_and_folders_are_told_to_an_ordinary_user() -> None:
    """What may not be read is one finding each and costs itself alone; what may not be written is said."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        tree = toytree.copy(Path(folder))
        closed = [tree / "data/claims/plateau.yaml", tree / "data/questions", tree / "data"]
        closed[0].chmod(0)
        closed[1].chmod(0)
        closed[2].chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", ORDINARY, str(tree)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for path in reversed(closed):
            path.chmod(0o755)
    told = [line for line in done.stdout.splitlines() if "unreadable-file" in line]
    assert [line.partition(": ")[0] for line in told] == ["data/claims/plateau.yaml:1", "data/questions:1"]
    assert all("Permission denied; restore it or its permissions" in line for line in told)
    assert len(done.stdout.splitlines()) == 3
    assert "cannot write data/runs/x/" in done.stdout
    assert "Permission denied; make room or make the folder writable" in done.stdout
