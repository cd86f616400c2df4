"""kg rerun from the command line to a verdict, in the sandbox, on the toy tree."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.evidence import Evidence
from kg.graph import load
from kg.rerun import experiment
from kg.runs import Run
from kg.verdicts import Judgement
from tests import toytree
from tests.needs import needs_bwrap

ONSET = "prediction:stability-limit/onset"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return toytree.copy(tmp_path)


def rerun(tree: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(tree), "rerun", *arguments], catch_exceptions=False)


@needs_bwrap
def test_a_rerun_judges_and_changes_nothing(tree: Path) -> None:
    """Without --record the run goes to .kg/runs/, the verdict is printed, and the record stays as it was."""
    result = rerun(tree, "quadratic_onset", "--budget", "smoke", "--json")

    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert told["verdicts"][ONSET]["verdict"] == "agrees"
    assert told["verdicts"][ONSET]["measured"]["mean"] == pytest.approx(2.0, abs=0.01)
    assert ".kg/runs/quadratic_onset" in told["file"]
    assert not (tree / "data/runs").exists()
    assert Evidence(load(tree)).predictions[ONSET].rerun == "not run"


@needs_bwrap
def test_a_recorded_run_counts(tree: Path) -> None:
    """With --record the run lands in data/runs/ with its provenance, and the standing follows it."""
    result = rerun(tree, "stability-limit/onset", "--record")

    evidence = Evidence(load(tree))
    (run,) = evidence.corpus.runs
    assert result.exit_code == 0
    assert evidence.claims["stability-limit"].standing == "reproduced"
    assert run.provenance["sandbox"]["kind"] == "bubblewrap"
    assert {"commit", "python", "platform", "packages", "limits", "script_sha256", "declarations"} <= set(
        run.provenance
    )
    assert toytree.findings(tree) == []


def test_no_run_of_a_skeleton_is_recorded(tree: Path) -> None:
    """While the skeleton's mark is left in the script, --record is refused with its line."""
    toytree.edit(tree, "scripts/quadratic_onset.py", "rows = []", "rows = []  # PLACEHOLDER")
    [at] = [
        n
        for n, row in enumerate((tree / "scripts/quadratic_onset.py").read_text().split("\n"), 1)
        if "PLACEHOLDER" in row
    ]

    result = rerun(tree, "quadratic_onset", "--record")

    assert result.exit_code == 2
    assert f"scripts/quadratic_onset.py:{at}" in result.stderr
    assert not (tree / "data/runs").exists()


@needs_bwrap
def test_a_run_of_a_skeleton_gives_placeholders_and_no_verdict(tree: Path) -> None:
    """While the mark is left a run says that its numbers are placeholders and what to replace, and tells no verdict."""
    toytree.edit(tree, "scripts/quadratic_onset.py", "rows = []", "rows = []  # PLACEHOLDER")

    told = rerun(tree, "quadratic_onset", "--budget", "smoke").stdout

    assert "its numbers are placeholders" in " ".join(told.split())
    assert "Replace measure()" in " ".join(told.split())
    assert "no verdict: the numbers are placeholders" in told
    assert "verdict   " not in told
    assert "seeds" not in told


@needs_bwrap
def test_a_mark_left_in_a_docstring_holds_no_verdict_back(tree: Path) -> None:
    """Once measure() is written its run is judged; which docstring still has the mark is told."""
    toytree.edit(tree, "scripts/quadratic_onset.py", "\n\nClaim: eta", "\n\nPLACEHOLDER: this skeleton.\nClaim: eta")

    told = rerun(tree, "quadratic_onset", "--budget", "quick").stdout

    assert "the mark PLACEHOLDER is left on line 3 (the docstring)" in " ".join(told.split())
    assert "no verdict" not in told
    assert "verdict     " in told


@needs_bwrap
def test_a_run_that_cannot_be_judged_is_not_ok(tree: Path) -> None:
    """Where the script measures another condition than is declared, the first line says that nothing could be judged."""
    toytree.edit(tree, "scripts/quadratic_onset.py", "enumerate((1.0, 4.0))", "enumerate((1.0, 5.0))")

    told = rerun(tree, "quadratic_onset", "--budget", "smoke").stdout.splitlines()

    assert told[0] == "quadratic_onset: ended, and no prediction could be judged (smoke)"
    assert any(row.startswith("verdict     error") for row in told)


@needs_bwrap
def test_a_smoke_run_gives_numbers_and_no_verdict(tree: Path) -> None:
    """Where a quick run disagrees, a smoke run of the same numbers says that it is too short for a verdict."""
    toytree.edit(tree, "data/claims/stability-limit.yaml", 'expected: "2"', 'expected: "3"')

    quick = rerun(tree, "quadratic_onset", "--budget", "quick").stdout
    smoke = rerun(tree, "quadratic_onset", "--budget", "smoke").stdout
    many = rerun(tree, "--all", "--budget", "smoke").output

    assert "verdict     disagrees" in quick
    assert "no verdict  a smoke run is too short for one; it measured" in smoke
    assert re.findall(r"curvature [14] .*n = \d+", smoke) == re.findall(r"curvature [14] .*n = \d+", quick) != []
    assert "disagree" not in smoke + many
    assert many.count("no verdict") >= 2


@needs_bwrap
def test_another_first_seed_is_run_and_not_kept_as_record(tree: Path) -> None:
    """--seed starts elsewhere, for a second look at the same declaration."""
    told = json.loads(rerun(tree, "quadratic_onset", "--seed", "500", "--json").stdout)
    run = json.loads(Path(told["file"]).read_text(encoding="utf-8"))

    assert run["result"]["seeds"] == [500, 501, 502, 503, 504]
    assert told["verdicts"][ONSET]["verdict"] == "agrees"


@needs_bwrap
def test_a_failing_script_is_verdict_error_and_exit_1(tree: Path) -> None:
    """A script that ends without a result gives verdict error with what happened, and exit code 1."""
    toytree.edit(tree, "scripts/quadratic_onset.py", "rows = []", "raise SystemExit('no data')")

    result = rerun(tree, "quadratic_onset", "--budget", "smoke")

    assert result.exit_code == 1
    assert "error" in result.stdout
    assert "no data" in result.stdout


def test_no_sandbox_is_refused_with_the_reason(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where bubblewrap is missing nothing runs, and the message says what to install."""
    monkeypatch.setenv("PATH", "/nonexistent")

    result = rerun(tree, "quadratic_onset", "--budget", "smoke")

    assert result.exit_code == 1
    assert "bubblewrap" in result.stdout
    assert not (tree / "data/runs").exists()


def test_unsandboxed_only_by_flag_and_written_into_the_run(tree: Path) -> None:
    """--unsandboxed runs without bubblewrap, and the run says so."""
    told = json.loads(rerun(tree, "quadratic_onset", "--budget", "smoke", "--unsandboxed", "--json").stdout)

    assert json.loads(Path(told["file"]).read_text(encoding="utf-8"))["provenance"]["sandbox"] == {"kind": "none"}


@needs_bwrap
def test_record_wants_a_committed_declaration(tree: Path) -> None:
    """In a git checkout --record is refused while the declaration or the script differs from the commit."""
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(tree)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "declare"], check=True)
    toytree.edit(tree, "data/claims/stability-limit.yaml", "{value: 0.05,", "{value: 0.06,")

    refused = rerun(tree, "quadratic_onset", "--record")
    subprocess.run([*git, "commit", "-qam", "amend"], check=True)
    accepted = rerun(tree, "quadratic_onset", "--record")

    assert refused.exit_code == 2
    assert "data/claims/stability-limit.yaml" in refused.stderr
    assert accepted.exit_code == 0


@pytest.mark.parametrize(
    ("budget", "status", "verdict", "erred"),
    [
        ("smoke", "ok", "error", True),
        ("quick", "ok", "error", True),
        ("smoke", "exit", "error", True),
        ("smoke", "ok", "disagrees", False),
        ("quick", "ok", "not-in-regime", False),
    ],
)
def test_a_run_errs_on_a_verdict_of_error_alone(budget: Any, status: Any, verdict: Any, erred: bool) -> None:
    """At any budget a null or a script that does not end well is a failure; an unwelcome verdict is none."""
    done = experiment.Done(Run("x", budget, status, None, {}), {"prediction:c/p": Judgement(verdict, "So it came.")})
    assert done.erred == erred
