"""A reproduction run from seeds to file: batches, provenance, failures. The scripts need only the standard library."""

from __future__ import annotations

import getpass
import hashlib
import random
import shutil
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg import runs
from kg.rerun import provenance, runner, sandbox
from kg.rerun.runner import Progress, rerun, save
from kg.rerun.sandbox import Limits
from kg.runs import Result
from tests.needs import needs_bwrap

HEAD = '''"""A toy: one random number a seed."""

import argparse, json, os, random, sys

parser = argparse.ArgumentParser()
for option, kind in {"seeds": int, "first-seed": int, "budget": str, "out": str}.items():
    parser.add_argument(f"--{option}", type=kind, required=True)
args = parser.parse_args()
seeds = list(range(args.first_seed, args.first_seed + args.seeds))


def emit(**changes):
    rows = [{"condition": {"mode": 1}, "measured": [random.Random(seed).random() for seed in seeds]}]
    result = {"seeds": seeds, "quantities": {"q": rows}, "cpu_seconds": 0.5}
    with open(args.out, "w") as file:
        json.dump(result | changes, file)


'''


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Path]:
    """Writes ``scripts/toy.py`` with the given body and returns the root that holds it."""
    (tmp_path / "scripts").mkdir()

    def write(body: str) -> Path:
        (tmp_path / "scripts" / "toy.py").write_text(HEAD + body)
        return tmp_path

    return write


Script = Callable[[str], Path]


def measured(run: runs.Run) -> list[float | None]:
    assert run.measured is not None, (run.status, run.detail)
    return run.measured.quantities["q"][0].measured


@needs_bwrap
def test_further_seeds_are_run_only_while_undecided(script: Script) -> None:
    """After 5 and 8 seeds the caller is asked; each look runs only the new seeds, and all are joined in order."""
    root = script("print('ran', seeds, flush=True)\nemit()")
    asked: list[list[int]] = []

    def undecided(result: Result) -> bool:
        asked.append(result.seeds)
        return len(result.seeds) < 8

    logs: list[tuple[str, ...]] = []
    run = rerun(root, "toy", budget="quick", undecided=undecided, on_progress=lambda p: logs.append(p.log))
    assert (run.status, run.detail) == ("ok", "")
    assert asked == [[0, 1, 2, 3, 4], list(range(8))]
    assert logs[-1] == ("ran [0, 1, 2, 3, 4]", "ran [5, 6, 7]")
    assert measured(run) == [random.Random(seed).random() for seed in range(8)]
    assert run.provenance["seeds"] == list(range(8))
    assert run.measured is not None
    assert run.measured.cpu_seconds == 1.0


@needs_bwrap
def test_looks_end_at_the_last(script: Script) -> None:
    """Undecided to the end is a result all the same; seeds may start elsewhere."""
    run = rerun(script("emit()"), "toy", budget="smoke", first_seed=1000, looks=(1, 2), undecided=lambda _: True)
    assert measured(run) == [random.Random(seed).random() for seed in (1000, 1001)]


@needs_bwrap
def test_progress_never_falls_and_ends_at_one(script: Script) -> None:
    """Progress is a share of the most seeds; nonsense in a progress line is no progress and no crash."""
    lines = ["0.9", "0.2", "-1", "NaN", "1e999", '"x"', "null", "true", "[" * 99, ""]
    body = "\n".join("print(" + repr(f'{{"progress": {line}}}') + ", flush=True); time.sleep(0.15)" for line in lines)
    seen: list[Progress] = []
    run = rerun(
        script("import time\n" + body + "\nprint('a\\x1b[2Jb')\nemit()"), "toy", budget="smoke", looks=(4, 8),
        undecided=lambda result: False, on_progress=seen.append,
    )  # fmt: skip
    assert run.status == "ok"
    fractions = [at.fraction for at in seen]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= 0.45
    assert set(fractions) <= {0, 0.45, 0.5, 1}
    assert seen[-1].fraction == 1
    assert seen[-1].seeds == 4
    assert "a\\x1b[2Jb" in seen[-1].log


@needs_bwrap
def test_provenance_says_what_ran_and_not_who_or_where(script: Script) -> None:
    """Hashes, versions, machine and limits are written; no user, host, home or path of this machine."""
    root = script("print(os.path.abspath(args.out), sys.prefix, os.uname().nodename, flush=True)\nemit()")
    (root / "data" / "inputs" / "toy").mkdir(parents=True)
    (root / "data" / "inputs" / "toy" / "a.csv").write_text("1,2")
    run = rerun(root, "toy", budget="quick", looks=(5,), extra_provenance={"declarations": {"prediction:a/b": "ff"}})
    known = run.provenance
    assert run.script_sha256 == hashlib.sha256((root / "scripts" / "toy.py").read_bytes()).hexdigest()
    assert run.data_sha256 == runs.data_sha256(root, "toy")
    assert run.declarations == {"prediction:a/b": "ff"}
    assert known["started"] <= known["ended"]
    assert known["sandbox"] == {"kind": "bubblewrap", "version": sandbox.version()}
    assert known["limits"]["cpu_seconds"] == runner.BUDGETS["quick"].cpu_seconds
    assert known["python"].endswith(".".join(map(str, sys.version_info[:3])))
    assert known["packages"].keys() <= set(provenance.STACK)
    assert len(known["freeze_sha256"]) == 64
    assert known["exit_code"] == 0
    assert known["peak_rss_bytes"] > 0
    assert known["output_tail"] == ["/run/result.json <environment> rerun"]
    text = run.content.decode()
    names = [socket.gethostname(), str(Path.home()), str(root), sys.prefix, sys.base_prefix]
    names += [getpass.getuser()] if getpass.getuser() != "root" else []
    assert [name for name in names if name in text] == []


def test_paths_are_taken_out_of_text(tmp_path: Path) -> None:
    """Longer paths win over those that hold them, and what is no path of this machine stays."""
    root = Path.home() / "somewhere"
    text = f"{root}/scripts/toy.py {sys.prefix}/lib {Path.home()}/x /usr/lib /run/result.json"
    assert provenance.anonymous(text, root) == "<root>/scripts/toy.py <environment>/lib ~/x /usr/lib /run/result.json"


def test_the_named_packages_are_those_that_scripts_need() -> None:
    """Every package of the reproduce extra is recorded with its version."""
    project = tomllib.loads((Path(runs.__file__).parent.parent / "pyproject.toml").read_text())
    extra = {line.partition(">")[0] for line in project["project"]["optional-dependencies"]["reproduce"]}
    assert extra <= set(provenance.STACK)


def test_commit_and_dirt_come_from_git(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorded runs alone do not make a checkout dirty; a changed script does; outside git both are unknown."""
    root = script("emit()")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(root.parent))
    outside = provenance.circumstances(root, "toy", Limits(), False)
    assert (outside["commit"], outside["dirty"], outside["sandbox"]) == (None, None, {"kind": "none"})

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", "-C", str(root), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def dirt() -> tuple[str, bool]:
        known = provenance.circumstances(root, "toy", Limits(), False)
        return known["commit"], known["dirty"]

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "toy")
    head = git("rev-parse", "HEAD")
    assert dirt() == (head, False)
    runs.write(root, runs.RECORDED, runs.Run("toy", "quick", "exit", None, {"started": "2026-11-24T10:15:00Z"}))
    assert dirt() == (head, False)
    (root / "scripts" / "other.py").write_text("")
    assert dirt() == (head, True)


@needs_bwrap
@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("sys.exit(4)", "exit", "exit code 4"),
        ("1 / 0", "exit", "exit code 1: ZeroDivisionError: division by zero (scripts/toy.py:"),
        ("import ctypes; ctypes.string_at(0)", "signal", "SIGSEGV"),
        ("pass", "no-result", "without writing"),
        ("open(args.out, 'w').write('ok')", "no-result", "is not JSON"),
        ("emit(seeds=[7, 8, 9, 10, 11])", "no-result", "found the seeds [7, 8, 9, 10, 11], expected [0, 1, 2, 3, 4]"),
        ("emit(seeds=[0])", "no-result", "has 5 entries; expected 1"),
        ("emit(cpu_seconds=float('nan'))", "no-result", "holds NaN"),
        ("emit(cpu_seconds=10**400)", "no-result", "cpu_seconds"),
        ("emit(verdict='agrees')", "no-result", "verdict: Extra inputs are not permitted"),
        ("emit(quantities={})", "no-result", "at least 1 item"),
        ("open(args.out, 'w').write('[' * 100_000)", "no-result", "nested too deeply"),
        ("open(args.out, 'wb').write(b'\\xff')", "no-result", "is not UTF-8"),
        ("emit(); sys.exit(1)", "exit", "exit code 1"),
        ("emit() if seeds[0] == 0 else sys.exit(5)", "exit", "exit code 5"),
        ("emit(**({} if seeds[0] == 0 else {'quantities': {'r': []}}))", "no-result", "quantities.r has no condition"),
        (
            "emit(preconditions={} if seeds[0] == 0 else {'p': [{'condition': {}, 'measured': [1, 2, 3]}]})",
            "no-result",
            "cannot be joined: preconditions.p is only in one",
        ),
    ],
)
def test_a_failure_is_a_run_that_says_why(script: Script, body: str, status: str, said: str) -> None:
    """Whatever a script does wrong, at the first look or later, is a stored run with a status and a reason."""
    root = script(body)
    run = rerun(root, "toy", budget="quick", undecided=lambda _: True)
    assert (run.status, run.result) == (status, None)
    assert said in run.detail
    save(root, run, record=True)
    (back,), findings = runs.read_all(root)
    assert (back.status, back.detail, findings) == (status, run.detail, [])


@needs_bwrap
def test_limits_hold_for_all_looks_together(script: Script) -> None:
    """Each look gets what the earlier ones left of the CPU seconds."""
    root = script("import time\nwhile time.process_time() < 0.4: pass\nemit()")
    limits = Limits(wall_seconds=60, cpu_seconds=1)
    run = rerun(root, "toy", budget="quick", looks=range(1, 9), undecided=lambda _: True, limits=limits)
    assert (run.status, run.result) == ("timeout", None)
    assert 1 < len(run.provenance["seeds"]) < 8
    assert run.provenance["limits"]["cpu_seconds"] == 1


@needs_bwrap
def test_cancelling_gives_a_run(script: Script) -> None:
    """A cancelled run is one, without a result, and is not recorded."""
    cancel = threading.Event()
    root = script("import time\ntime.sleep(600)")
    run = rerun(root, "toy", budget="full", cancel=cancel, on_progress=lambda _: cancel.set())
    assert (run.status, run.result, run.provenance["exit_code"]) == ("cancelled", None, None)
    with pytest.raises(ValueError, match="did not run to its end"):
        save(root, run, record=True)


@needs_bwrap
def test_what_is_hashed_is_what_runs(script: Script) -> None:
    """An edit in mid-run reaches neither the later looks nor the hash."""
    root = script("emit()")
    before = hashlib.sha256((root / "scripts" / "toy.py").read_bytes()).hexdigest()
    run = rerun(
        root, "toy", budget="quick", looks=(1, 2),
        undecided=lambda _: bool((root / "scripts" / "toy.py").write_text("raise SystemExit(9)")),
    )  # fmt: skip
    assert (run.status, run.script_sha256) == ("ok", before)
    assert len(measured(run)) == 2


def test_unsandboxed_is_the_same_run_and_says_so(script: Script) -> None:
    """Only on request, with the same result, and written into the run."""
    root = script("print(__file__)\nemit()")
    run = rerun(root, "toy", budget="quick", looks=(5,), sandboxed=False)
    assert measured(run) == [random.Random(seed).random() for seed in range(5)]
    assert run.provenance["sandbox"] == {"kind": "none"}
    assert run.provenance["output_tail"][0].startswith("<temporary>/")


def test_without_a_sandbox_the_run_says_so(script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing runs unprotected by default."""
    root = script(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.setenv("PATH", str(tmp_path))
    run = rerun(root, "toy", budget="quick")
    assert (run.status, run.result) == ("no-sandbox", None)
    assert "install" in run.detail
    assert not (tmp_path / "ran").exists()
    with pytest.raises(ValueError, match="did not run to its end"):
        save(root, run, record=True)


@pytest.mark.parametrize(
    ("name", "said"),
    [("../evil", "not the name of a script"), ("Toy", "not the name"), ("missing", r"scripts/missing.py cannot be")],
)
def test_only_scripts_of_the_record_run(script: Script, name: str, said: str) -> None:
    """A name leads to scripts/ or nowhere."""
    with pytest.raises(ValueError, match=said):
        rerun(script("emit()"), name, budget="smoke")


def test_links_out_of_the_record_are_refused(script: Script, tmp_path: Path) -> None:
    """Neither a script nor its inputs may be a link: it would show the script what lies elsewhere."""
    root = script("emit()")
    (root / "scripts" / "linked.py").symlink_to(root / "scripts" / "toy.py")
    with pytest.raises(ValueError, match="not a link"):
        rerun(root, "linked", budget="smoke")
    (root / "data" / "inputs").mkdir(parents=True)
    (root / "data" / "inputs" / "toy").symlink_to(Path.home())
    with pytest.raises(ValueError, match="not as links"):
        rerun(root, "toy", budget="smoke")
    (root / "data" / "inputs" / "toy").unlink()
    shutil.rmtree(root / "data" / "inputs")
    (root / "data" / "inputs").symlink_to(tmp_path / "scripts")
    (tmp_path / "scripts" / "toy").mkdir()
    with pytest.raises(ValueError, match="not as links"):
        rerun(root, "toy", budget="smoke")


@pytest.mark.parametrize("looks", [(), (0,), (8, 5), (5, 5)])
def test_looks_must_grow(script: Script, looks: tuple[int, ...]) -> None:
    """Counts of seeds that make no sense are refused before anything runs."""
    with pytest.raises(ValueError, match="expected growing counts"):
        rerun(script("emit()"), "toy", budget="smoke", looks=looks)


def test_further_provenance_cannot_replace_what_was_observed(script: Script) -> None:
    """A name that the run records itself is refused."""
    with pytest.raises(ValueError, match="records commit, seeds"):
        rerun(script("emit()"), "toy", budget="smoke", extra_provenance={"seeds": [1], "commit": "x", "mine": 1})


def a_run(**changes: Any) -> runs.Run:
    kept = {"started": "2026-11-24T10:15:00Z", "first_seed": 0} | changes.pop("provenance", {})
    return runs.Run(
        **({"script": "toy", "budget": "quick", "status": "exit", "result": None} | changes), provenance=kept
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"budget": "smoke"}, "a smoke run"), ({"provenance": {"first_seed": 1000}}, "seeds from 0 on")],
)
def test_only_runs_that_count_are_recorded(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """Smoke runs and chosen seeds are kept locally at most."""
    with pytest.raises(ValueError, match=said):
        save(tmp_path, a_run(**changes), record=True)
    assert save(tmp_path, a_run(**changes), record=False).is_relative_to(tmp_path / ".kg" / "runs" / "toy")
    assert save(tmp_path, a_run(), record=True).is_relative_to(tmp_path / "data" / "runs" / "toy")
    assert [run.script for run in runs.read_all(tmp_path)[0]] == ["toy"]
