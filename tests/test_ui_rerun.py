"""Guess, run, be told, keep: the panel of a rerun, driven without a browser and with a run measured before."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from kg import guesses
from kg.graph import load
from kg.rerun.experiment import Done, Plan, judge
from kg.rerun.registry import Registry
from kg.runs import Run
from kg.ui import ROOT
from tests import toytree
from tests.test_ui import local, page, said, server, use

__all__ = ["local", "server"]  # fixtures

SCRIPT, ONSET = "quadratic_onset", "prediction:stability-limit/onset"
pytestmark = pytest.mark.usefixtures("local")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The toy tree in a git checkout, all of it committed, shown by the app."""
    tree = toytree.copy(tmp_path)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(tree)]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "declare"]):
        subprocess.run([*git, *command], check=True)
    monkeypatch.setenv(ROOT, str(tree))
    return tree


@pytest.fixture
def registry(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Reruns that measure at once what agrees with the prediction."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    measured = toytree.record(toytree.copy(elsewhere))

    def perform(plan: Plan, *, budget: str, **_: Any) -> Done:
        run = Run(measured.script, budget, measured.status, measured.result, measured.provenance)
        return Done(run, {address: judge(prediction, run) for address, prediction in plan.predictions.items()})

    return use(monkeypatch, perform)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def run(registry: Registry, budget: str, guess: str = "") -> AppTest:
    """The page of the script once a run of ``budget`` has ended; ``guess`` is what was guessed before, 90 % sure."""
    app = page("explore", node=f"reproduction:{SCRIPT}")
    if guess:
        app.session_state[f"guess-{ONSET}"] = guess
        app.run()
        app.session_state[f"sure-{ONSET}"] = 0.9
    app.session_state[f"budget-{SCRIPT}"] = budget
    app = press(app.run(), "Run")
    [name] = app.query_params["run"] if isinstance(app.query_params["run"], list) else [app.query_params["run"]]
    live = registry.get(name)
    assert live is not None
    assert live.ended.wait(20)
    return app.run()


@pytest.mark.parametrize(("guess", "right"), [("agrees", True), ("disagrees", False)])
def test_a_guess_is_kept_and_told_with_the_calibration(
    tree: Path, registry: Registry, guess: guesses.Said, right: bool
) -> None:
    """What was guessed before the run stands in the file with its outcome, and the page says how it went."""
    text = said(run(registry, "quick", guess))

    [kept] = guesses.load(tree)
    assert (kept.prediction, kept.said, kept.confidence, kept.outcome) == (ONSET, guess, 0.9, "agrees")
    assert ("✓ as you guessed" in text) == right
    assert ("✗ not as you guessed" in text) == (not right)
    assert f"right in {right:.0%}" in text
    brier = (0.9 - right) ** 2
    assert f"Brier score {brier:.2f}" in text


def test_a_smoke_run_settles_no_guess(tree: Path, registry: Registry) -> None:
    """A guess at a run that is too short for a verdict has no outcome, and the page says so."""
    assert "Your guess stays open" in said(run(registry, "smoke", "agrees"))
    assert [kept.outcome for kept in guesses.load(tree)] == [None]


def test_without_a_guess_nothing_is_kept(tree: Path, registry: Registry) -> None:
    """The form may be left: the run is made, and no file of guesses."""
    assert "as you guessed" not in said(run(registry, "quick"))
    assert not (tree / guesses.FILE).exists()


def test_a_run_is_kept_here_or_recorded_for_a_pull_request(tree: Path, registry: Registry) -> None:
    """The one goes where git does not look and moves nothing; the other is a run file that the record counts."""
    press(run(registry, "quick"), "Keep as a run file")
    [kept] = (tree / ".kg/runs").rglob("*.json")
    assert load(tree).corpus.runs == ()

    app = press(run(registry, "full"), "Record for a pull request")
    [recorded] = (tree / "data/runs" / SCRIPT).glob("*.json")
    assert json.loads(recorded.read_text(encoding="utf-8"))["budget"] == "full"
    assert json.loads(kept.read_text(encoding="utf-8"))["budget"] == "quick"
    assert f"Kept in {recorded.relative_to(tree)}" in said(app).replace("\\", "").replace("\u2060", "")
    assert [one.budget for one in load(tree).corpus.runs] == ["full"]


def test_what_may_not_be_recorded_has_no_button_and_says_why(tree: Path, registry: Registry) -> None:
    """A smoke run never, and it speaks no verdict; a run begun before its declaration was committed neither."""
    smoke = run(registry, "smoke")
    assert "a smoke run only shows that the script works" in said(smoke)
    assert "no verdict" in said(smoke)
    assert "no verdict" not in said(run(registry, "quick"))

    toytree.edit(tree, "data/claims/stability-limit.yaml", "{value: 0.05,", "{value: 0.06,")
    uncommitted = run(registry, "quick")
    assert "not committed" in said(uncommitted)
    for app in (smoke, uncommitted):
        assert "Record for a pull request" not in {button.label for button in app.button}
        assert "Keep as a run file" in {button.label for button in app.button}
