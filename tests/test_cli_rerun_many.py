"""kg rerun over many scripts: which, in what order, what is printed, how it exits, and going on after Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner, Result

from kg import runs
from kg.cli import main
from kg.cli.table import Table
from kg.evidence import Evidence
from kg.graph import load
from kg.rerun import choice, experiment
from kg.rerun.experiment import CannotRun, Done, Plan, Progress
from kg.rerun.many import Job
from kg.runs import Run
from tests import toytree
from tests.needs import needs_bwrap

ONSET = "prediction:stability-limit/onset"
OTHER = '"""Another experiment."""\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The toy tree with a second script, which tests nothing."""
    tree = toytree.copy(tmp_path)
    (tree / "scripts/another.py").write_text(OTHER)
    return tree


class Perform:
    """Stands for ``experiment.perform``: notes what is asked; ``another`` ends as ``status`` says."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int, bool]] = []
        self.status = "ok"

    def __call__(
        self, plan: Plan, *, budget: Any, first_seed: int, sandboxed: bool, on_progress: Any, cancel: threading.Event
    ) -> Done:
        self.asked.append((plan.script.name, budget, first_seed, sandboxed))
        on_progress(Progress(0.5, 2, (), 1.0, 1.5))
        status = self.status if plan.script.name == "another" else "ok"
        numbers = [2.0 + 0.001 * seed for seed in range(5)]
        rows = [{"condition": {"curvature": c}, "measured": numbers} for c in (1.0, 4.0)]
        halved = [{"condition": {"curvature": c}, "measured": [x / 2 for x in numbers]} for c in (1.0, 4.0)]
        far = {"start_distance": [{"condition": {}, "measured": [0.5] * 5}]}
        result: dict[str, Any] = {"seeds": list(range(first_seed, first_seed + 5)), "cpu_seconds": 1.0}
        result |= {"quantities": {"onset": rows, "onset_halved": halved}, "preconditions": far}
        known: dict[str, Any] = {"started": "2026-11-24T10:00:00Z", "first_seed": first_seed, "cpu_seconds": 3.25}
        known |= {"script_sha256": plan.script.sha256, "detail": "" if status == "ok" else "over 300 s"}
        known["declarations"] = {address: experiment.verdicts.fingerprint(p) for address, p in plan.predictions.items()}
        return experiment.judged(plan, Run(plan.script.name, budget, status, result if status == "ok" else None, known))


@pytest.fixture
def perform(monkeypatch: pytest.MonkeyPatch) -> Perform:
    fake = Perform()
    monkeypatch.setattr(experiment, "perform", fake)
    return fake


def rerun(tree: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(tree), "rerun", *arguments], catch_exceptions=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say what to run"),
        (["--all", "--stale"], "say what to run"),
        (["quadratic_onset", "--all"], "say what to run"),
        (["--strand", "solvable-setings"], "did you mean 'solvable-settings'"),
        (["quadratic_onset", "--jobs", "2"], "are for many scripts"),
        (["quadratic_onset", "--resume"], "are for many scripts"),
        (["--all", "--record", "--budget", "smoke"], "never recorded"),
        (["--all", "--record", "--seed", "3"], "starts at seed 0"),
    ],
)
def test_what_to_run_is_said_in_one_way(tree: Path, perform: Perform, arguments: list[str], said: str) -> None:
    """Nothing, two choices at once, or what makes no sense together is a usage error; nothing runs."""
    result = rerun(tree, *arguments)

    assert (result.exit_code, perform.asked) == (2, [])
    assert said in result.stderr


def test_all_runs_every_script_with_the_same_options(tree: Path, perform: Perform) -> None:
    """Budget, seed and sandbox reach every script; rows and sum say CPU seconds and verdicts; the record is as it was."""
    result = rerun(tree, "--all", "--budget", "full", "--seed", "7", "--unsandboxed", "--jobs", "2")

    assert sorted(perform.asked) == [("another", "full", 7, False), ("quadratic_onset", "full", 7, False)]
    assert result.exit_code == 0
    rows = result.stdout.splitlines()
    assert sorted(rows[1:3]) == ["another               3.2  tests nothing", "quadratic_onset       3.2  1 agrees"]
    assert rows[3].startswith("2 scripts, 6 CPU s")
    assert rows[3].endswith(": 1 agrees")
    assert not (tree / "data/runs").exists()
    assert len(runs.read_all(tree, runs.LOCAL)[0]) == 2


def test_json_holds_what_one_rerun_prints(tree: Path, perform: Perform) -> None:
    """--json: the object of each single rerun, and the sums; the rows go to standard error."""
    result = rerun(tree, "--strand", "solvable-settings", "--json")

    told = json.loads(result.stdout)
    assert "quadratic_onset" in result.stderr
    assert list(told) == ["reruns", "problems", "not_run", "cpu_seconds", "wall_seconds", "verdicts"]
    assert told["cpu_seconds"] == 3.25
    assert told["verdicts"] == {"agrees": 1, "disagrees": 0, "cannot-discriminate": 0, "not-in-regime": 0, "error": 0}
    (one,) = told["reruns"]
    assert set(one) == set(json.loads(rerun(tree, "quadratic_onset", "--json").stdout))
    assert one["verdicts"][ONSET]["verdict"] == "agrees"


def test_an_error_is_exit_1_and_the_others_are_run(tree: Path, perform: Perform) -> None:
    """A script that gives no result is told with what happened; the others end; so is one that cannot be planned."""
    perform.status = "timeout"
    (tree / "data/inputs").mkdir()
    (tree / "data/inputs/another").write_text("a file where a folder belongs")

    refused = rerun(tree, "--all")
    (tree / "data/inputs/another").unlink()
    failed = rerun(tree, "--all")

    assert (refused.exit_code, failed.exit_code) == (1, 1)
    assert "another               0.0  error: data/inputs/another is not a folder of its own" in refused.stdout
    assert "1 agrees, 1 could not be run" in refused.stdout
    assert "another               3.2  error: too slow here: timeout: over 300 s" in failed.stdout
    assert "quadratic_onset       3.2  1 agrees" in failed.stdout


def test_a_disagreement_is_told_and_no_error(tree: Path, perform: Perform) -> None:
    """Only error is exit code 1; a prediction that disagrees stands below its script with the reason."""
    toytree.edit(tree, "data/claims/stability-limit.yaml", 'expected: "2"', 'expected: "5"')

    result = rerun(tree, "--all")

    assert result.exit_code == 0
    assert "1 disagrees" in result.stdout
    assert f"{ONSET}: disagrees: After 5 seeds" in result.stdout


def test_stale_runs_what_no_run_counts_for(tree: Path, perform: Perform) -> None:
    """Before any run and after a change the script is stale; with a recorded run it is not."""

    def due() -> list[str]:
        return choice.stale(Evidence(load(tree)))

    assert due() == ["quadratic_onset"]
    assert rerun(tree, "--stale", "--record").exit_code == 0
    assert due() == []
    nothing = rerun(tree, "--stale")
    assert (nothing.exit_code, len(perform.asked)) == (0, 1)
    assert "nothing to run" in nothing.stderr
    toytree.edit(tree, "scripts/quadratic_onset.py", "STEPS = 400", "STEPS = 401")
    assert due() == ["quadratic_onset"]


def test_a_strand_has_the_scripts_of_its_claims(tree: Path) -> None:
    """The claim of the other strand has no test; an unknown strand is refused."""
    graph = load(tree)

    assert choice.of_strand(graph, "solvable-settings") == ["quadratic_onset"]
    assert choice.of_strand(graph, "strand:empirical-laws") == []
    with pytest.raises(CannotRun, match="there is no strand"):
        choice.of_strand(graph, "alchemy")


def test_long_ones_come_first(tree: Path, perform: Perform) -> None:
    """What never ran is begun first, then by the CPU seconds of the newest recorded run."""
    (tree / "scripts/aaa.py").write_text(OTHER)
    for script, day, seconds in (("another", 1, 900.0), ("another", 2, 5.0), ("quadratic_onset", 1, 40.0)):
        known = {"started": f"2026-11-0{day}T10:00:00Z", "first_seed": 0, "cpu_seconds": seconds}
        runs.write(tree, runs.RECORDED, Run(script, "quick", "exit", None, known))

    rerun(tree, "--all", "--budget", "smoke")

    assert [name for name, *_ in perform.asked] == ["aaa", "quadratic_onset", "another"]


def test_record_of_many_is_refused_before_anything_runs(tree: Path, perform: Perform) -> None:
    """One uncommitted script of several stops all, with the file named; committed, all are recorded."""
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(tree)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "declare"], check=True)
    (tree / "scripts/another.py").write_text(OTHER + "\n")

    refused = rerun(tree, "--all", "--record")

    assert (refused.exit_code, perform.asked) == (2, [])
    assert "scripts/another.py" in refused.stderr
    subprocess.run([*git, "commit", "-qam", "change"], check=True)
    assert rerun(tree, "--all", "--record").exit_code == 0
    assert {run.script for run in load(tree).corpus.runs} == {"another", "quadratic_onset"}


@needs_bwrap
def test_ctrl_c_leaves_nothing_running_and_resume_goes_on(tree: Path) -> None:
    """After Ctrl-C: exit 130, no process left; --resume runs the rest only, and then nothing is left to resume."""
    (tree / "scripts/zz_long.py").write_text('"""A long one."""\nimport time\ntime.sleep(600)\n')
    (tree / "scripts/another.py").unlink()
    command = [sys.executable, "-m", "kg", "--root", str(tree), "rerun", "--all", "--budget", "smoke"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("quadratic_onset"):
            assert process.poll() is None
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=60)
    assert (process.returncode, "--resume" in told[1]) == (130, True)
    assert "1 of 2 scripts" in told[0]
    assert psutil.wait_procs(children, timeout=20)[1] == []

    (tree / "scripts/zz_long.py").write_text('"""A short one now."""\nraise SystemExit(3)\n')
    resumed = rerun(tree, "--all", "--budget", "smoke", "--resume")

    assert "no verdict (smoke) (before)" in resumed.stdout
    assert "error: environment fails: exit: exit code 3" in resumed.stdout
    assert len(runs.read_all(tree, runs.LOCAL)[0]) == 2
    assert "(before)" not in rerun(tree, "--all", "--budget", "smoke", "--resume").stdout


def test_beginning_anew_says_that_one_could_go_on(tree: Path, perform: Perform) -> None:
    """Without --resume a stopped call is not taken up; a line says that it could be."""
    held = tree / ".kg/reruns/all-quick-0-local.json"
    held.parent.mkdir(parents=True)
    held.write_text('{"schema": 1, "done": {"another": {"identity": "x", "run": "y"}}}')

    result = rerun(tree, "--all")

    assert "stopped after 1; this one begins anew" in result.stderr
    assert len(perform.asked) == 2
    assert not held.exists()


def test_on_a_terminal_the_running_ones_are_drawn_in_place(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each look draws over the one before, no line wraps, and an ended row is written where the drawing was."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    plan = experiment.plan(load(tree), "quadratic_onset")
    jobs = [Job("quadratic_onset", plan), Job("another", plan)]
    table = Table(jobs)
    jobs[0].state = "running"
    jobs[0].live.tell(Progress(0.5, 2, (), 1.0, 12.5))
    table.look()
    first = capsys.readouterr().err
    table.look()
    second = capsys.readouterr().err
    jobs[0].state, jobs[0].problem = "failed", "the disk is full"
    table.ended(jobs[0])
    third = capsys.readouterr()

    assert first.splitlines()[0] == "quadratic_onset      12.5  ██████████··········  50%, 2 seed"[:59]
    assert second == "\x1b[2F\x1b[J" + first
    assert third.err == "\x1b[2F\x1b[J"
    assert third.out == "quadratic_onset      12.5  error: the disk is full\n"
