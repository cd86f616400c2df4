"""What the host runs on a stranger's pull request, tried on pull requests planted in a repository of the test's own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from kg.declarations import Source
from kg.records import Attempt, Claim, Question
from tests import toytree
from tests.needs import needs_bwrap

ROOT = Path(__file__).parent.parent
FORMS = [path for path in sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
LOOSE = "raise SystemExit(0)  # a gate that lets everything through"


def read(path: Path) -> dict[str, Any]:
    found = yaml.load(
        path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader
    )  # keys stay as written: `on` is no truth value
    assert isinstance(found, dict)
    return found


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@dataclass
class PullRequest:
    """Checkouts of a base commit and of a pull request to it, and what the host's steps say of them."""

    base: Path
    head: Path
    summary: Path

    def run(self, step: str, *more: str) -> tuple[int, str]:
        """Exit code and log of ``.ci/<step> base head``, as the workflow calls it."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "GITHUB_STEP_SUMMARY": str(self.summary)}
        command = [str(ROOT / ".ci" / step), str(self.base), str(self.head), *more]
        ran = subprocess.run(
            command, capture_output=True, text=True, env=environment, check=False, cwd=self.base.parent
        )
        return ran.returncode, ran.stdout + ran.stderr

    @property
    def told(self) -> str:
        return self.summary.read_text(encoding="utf-8") if self.summary.exists() else ""


@pytest.fixture
def pull_request(tmp_path: Path) -> PullRequest:
    """A pull request to the toy tree that changes nothing yet."""
    (tmp_path / "base").mkdir()
    base = toytree.copy(tmp_path / "base").rename(tmp_path / "b")
    git(base, "init", "--quiet")
    git(base, "add", "--all")
    git(base, "commit", "--quiet", "--message", "base")
    head = Path(shutil.copytree(base, tmp_path / "h"))
    return PullRequest(base, head, tmp_path / "summary.md")


def test_a_bad_pull_request_is_annotated_on_its_line_by_the_rules_of_the_base(pull_request: PullRequest) -> None:
    """An unknown paper fails with an annotation on its line, though the pull request brings a gate that lets it pass."""
    head = pull_request.head
    toytree.edit(head, "data/claims/plateau.yaml", "{paper: cohen2021gradient, role", "{paper: cohen2021gradeint, role")
    lines = (head / "data/claims/plateau.yaml").read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "gradeint" in line)
    (head / "kg").mkdir()
    (head / ".ci").mkdir()
    for name in ("kg/__init__.py", "kg/__main__.py", "conftest.py", "sitecustomize.py"):
        (head / name).write_text(LOOSE)
    (head / ".ci/judge").write_text("#!/bin/sh\nexit 0\n")
    (head / ".gitattributes").write_text("data/claims/plateau.yaml export-ignore\n")

    code, log = pull_request.run("judge")

    assert code == 1
    errors = [line for line in log.splitlines() if line.startswith("::error")]
    assert errors[0].startswith(f"::error file=data/claims/plateau.yaml,line={number},title=unknown-paper::")
    assert "cohen2021gradient" in errors[0]
    assert "unknown-paper" in pull_request.told.replace("\\", "")


def test_a_good_pull_request_passes_and_its_summary_names_what_it_adds(pull_request: PullRequest) -> None:
    """A new claim is no error, and the summary tells its node as text that is no link."""
    text = (pull_request.head / "data/claims/plateau.yaml").read_text(encoding="utf-8")
    text = text.replace(text.splitlines()[0], 'title: "Another plateau [here](https://evil.example)"')
    (pull_request.head / "data/claims/another-plateau.yaml").write_text(text, encoding="utf-8")

    code, log = pull_request.run("judge")

    assert (code, [line for line in log.splitlines() if line.startswith("::error")]) == (0, [])
    assert "claim:another-plateau" in pull_request.told.replace("\\", "").replace("\u2060", "")
    assert "](https" not in pull_request.told


def test_a_folder_that_is_a_link_is_refused(pull_request: PullRequest, tmp_path: Path) -> None:
    """A pull request whose record is a link to another folder of the machine is an error, and the folder stays as it is."""
    outside = (pull_request.head / "bib").rename(tmp_path / "outside")
    before = sorted(path.name for path in outside.rglob("*"))
    (pull_request.head / "bib").symlink_to(outside)

    code, log = pull_request.run("judge")

    assert code == 1
    assert "::error file=bib," in log
    assert sorted(path.name for path in outside.rglob("*")) == before


@needs_bwrap
def test_only_changed_scripts_run_and_what_they_print_is_no_command(pull_request: PullRequest) -> None:
    """An unchanged tree runs nothing; a changed script runs, its verdict is told, and the commands that it prints are void."""
    code, log = pull_request.run("rerun-changed", "smoke")
    assert (code, log.splitlines()[-1], pull_request.told) == (0, "0 changed scripts run", "")

    script = pull_request.head / "scripts/quadratic_onset.py"
    script.write_text(
        script.read_text(encoding="utf-8") + '\nprint("::error file=README.md::forged")\n', encoding="utf-8"
    )
    code, log = pull_request.run("rerun-changed", "smoke")

    assert (code, log.splitlines()[-1]) == (0, "1 changed scripts run"), log
    stop, end = re.search(r"^::stop-commands::(\S+)$(?:.|\n)*^::(\1)::$", log, re.MULTILINE), log.find("::error")
    assert stop
    assert end == -1 or stop.start() < end < stop.end()
    assert "prediction:stability-limit/onset" in pull_request.told
    assert (pull_request.base / "data/runs").exists() == (pull_request.head / "data/runs").exists()


@needs_bwrap
def test_a_script_that_breaks_fails_on_its_file(pull_request: PullRequest) -> None:
    """A changed script without a result fails the step with an annotation on the script."""
    (pull_request.head / "scripts/quadratic_onset.py").write_text('"""Breaks."""\nraise SystemExit(3)\n')

    code, log = pull_request.run("rerun-changed", "smoke")

    assert code == 1
    assert "::error file=scripts/quadratic_onset.py,title=rerun::" in log


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_hold_no_power_over_the_repository(path: Path) -> None:
    """Read-only token in each job, no secret, no trigger with the base's rights, pinned actions, no event in a shell line."""
    workflow = read(path)

    assert workflow["permissions"] in ({}, "{}")
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(workflow["on"])
    assert "secrets." not in path.read_text(encoding="utf-8")
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read"}
        assert int(job["timeout-minutes"]) <= 60
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step.get("uses", "a/b@" + "0" * 40))
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] == "false"


def test_the_gate_is_that_of_the_base() -> None:
    """The validator and the runner are installed from the base's checkout and called from there, on the base and the head."""
    jobs = read(ROOT / ".github/workflows/check.yml")["jobs"]
    for job, gate in (("data", "judge"), ("rerun", "rerun-changed")):
        steps = jobs[job]["steps"]
        refs = {
            step["with"]["path"]: step["with"].get("ref", "") for step in steps if "checkout" in step.get("uses", "")
        }
        assert refs == {"base": "${{ github.event.pull_request.base.sha }}", "head": ""}
        installs, judges = [step["run"] for step in steps if "name" in step]
        assert re.search(r"pip install .* '?\./base(\[reproduce\])?'?$", installs.strip())
        assert judges == f'PATH="/tmp/kg/bin:$PATH" base/.ci/{gate} base head'


def test_forms_offer_the_words_of_the_record() -> None:
    """The choices of the issue forms are those of the models and the strands that the record has."""
    fields = {path.stem: {row["id"]: row for row in read(path)["body"] if "id" in row} for path in FORMS}

    def offered(form: str, field: str) -> set[str]:
        return set(fields[form][field]["attributes"]["options"])

    def words(model: Any, field: str) -> set[str]:
        return set(get_args(model.model_fields[field].annotation))

    assert set(fields) == {"new-claim", "wrong-claim", "new-question", "answer", "duplicate"}
    assert offered("new-claim", "kind") == words(Claim, "kind")
    assert offered("new-claim", "depth") == words(Source, "depth")
    assert offered("new-claim", "strands") == set(read(ROOT / "data/strands.yaml"))
    assert offered("new-question", "difficulty") == words(Question, "difficulty")
    assert offered("answer", "outcome") == words(Attempt, "outcome")
