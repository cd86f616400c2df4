"""The list of scripts: every tested prediction with what its newest recorded run gave, renewed by recording."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kg import scriptlist
from kg.cli import main
from kg.evidence import Evidence
from kg.generate import lists
from kg.rerun import experiment
from tests import toytree
from tests.test_cli_rerun_many import Perform

ROOT = Path(__file__).parent.parent
ROW = "| `stability-limit/onset` | Gradient descent on a quadratic is stable up to two over the curvature | `kg rerun quadratic_onset` | simulated-model | "


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return toytree.copy(tmp_path)


def test_the_list_is_fresh() -> None:
    """scripts/README.md is what the record gives now (python -m kg.generate, or --record, writes it)."""
    for path, wanted in lists(ROOT).items():
        assert (ROOT / path).read_text(encoding="utf-8") == wanted


def text(tree: Path) -> str:
    return scriptlist.text(Evidence(toytree.graph(tree)))


def test_a_row_says_what_the_newest_run_gave(tree: Path) -> None:
    """Not run; then the newest run with CPU seconds, verdict, cause and date; stale once the script changed."""
    assert ROW + "– | – | – |" in text(tree)
    assert "1 test by 1 script: 1 not run." in text(tree)
    toytree.record(tree, 2.0, day=20)
    toytree.record(tree, 2.3, day=24)
    assert ROW + "3.2 | disagrees (claim fails) | 2026-11-24 |" in text(tree)
    toytree.edit(tree, "scripts/quadratic_onset.py", "STEPS = 400", "STEPS = 401")
    assert ROW + "3.2 | disagrees (claim fails), *stale* | 2026-11-24 |" in text(tree)
    assert "1 test by 1 script: 1 disagrees, 1 stale." in text(tree)


def test_the_strands_with_tests_are_its_parts(tree: Path) -> None:
    """A strand without tests has no part; a script that nothing names is told of."""
    (tree / "scripts/idle.py").write_text('"""Idle."""\n')

    parts = [line for line in text(tree).splitlines() if line.startswith("## ")]

    assert parts == ["## " + toytree.graph(tree).node("strand:solvable-settings").title]
    assert "No prediction names: `idle`." in text(tree)


def test_titles_stay_inside_their_cell(tree: Path) -> None:
    """A pipe, a link or code in a contributed title is shown as written."""
    old = "title: Gradient descent on a quadratic is stable up to two over the curvature"
    toytree.edit(tree, "data/claims/stability-limit.yaml", old, "title: 'a | b [l](x) `c` <i>'")

    assert "| a \\| b \\[l\\](x) \\`c\\` \\<i\\> |" in text(tree)


@pytest.mark.parametrize("arguments", [["quadratic_onset"], ["--all"]])
def test_recording_renews_the_list(tree: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """Where the tree has the list, --record writes it anew; a run that is not recorded leaves it."""
    monkeypatch.setattr(experiment, "perform", Perform())
    (tree / scriptlist.PATH).write_text("old")

    CliRunner().invoke(main, ["--root", str(tree), "rerun", *arguments], catch_exceptions=False)
    before = (tree / scriptlist.PATH).read_text()
    CliRunner().invoke(main, ["--root", str(tree), "rerun", *arguments, "--record"], catch_exceptions=False)

    assert before == "old"
    assert (tree / scriptlist.PATH).read_text() == text(tree)
    assert "| agrees | 2026-11-24 |" in text(tree)
