"""What the recorded runs said over time, and why where they did not agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from kg import history
from kg.cli import main
from kg.evidence import Evidence
from kg.history import CAUSES, Cause
from kg.results import Run, Status
from kg.verdicts import Judgement, Verdict
from tests import toytree

ONSET = "prediction:stability-limit/onset"
CLAIM = "data/claims/stability-limit.yaml"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return toytree.copy(tmp_path)


def entries(tree: Path) -> list[history.Entry]:
    return history.of_prediction(Evidence(toytree.graph(tree)), ONSET)


def shown(tree: Path, *arguments: str) -> str:
    return CliRunner().invoke(main, ["--root", str(tree), "show", *arguments], catch_exceptions=False).stdout


@pytest.mark.parametrize(
    ("status", "verdict", "expected"),
    [
        ("ok", "agrees", None), ("ok", "disagrees", "claim fails"), ("ok", "cannot-discriminate", "undecided"),
        ("ok", "not-in-regime", "regime not met"), ("ok", "error", "measurement fails"),
        ("timeout", "error", "too slow here"),
        *((status, "error", "environment fails") for status in get_args(Status) if status not in ("ok", "timeout")),
    ],
)  # fmt: skip
def test_each_way_to_miss_agreement_has_one_cause(status: str, verdict: Verdict, expected: Cause | None) -> None:
    """Status first, then the verdict: the cause, and a sentence for it."""
    run = Run("x", "quick", status, None, {"started": "2026-11-24T10:00:00Z"})

    found = history.cause(run, Judgement(verdict, "because"))

    assert found == expected
    assert found is None or CAUSES[found].endswith(".")


def test_every_verdict_and_cause_has_words() -> None:
    """No verdict is without a cause of its own, no cause without a meaning."""
    run = Run("x", "quick", "ok", None, {"started": "2026-11-24T10:00:00Z"})
    found = {history.cause(run, Judgement(verdict, "")) for verdict in get_args(Verdict)}

    assert len(found) == len(get_args(Verdict))
    assert set(CAUSES) == set(get_args(Cause))


def test_runs_stand_in_the_order_of_time_judged_as_declared_now(tree: Path) -> None:
    """Three runs, stored in another order: oldest first, each with its verdict, cause and what counts."""
    toytree.record(tree, day=22, status="timeout")
    toytree.record(tree, 2.3, day=20)
    toytree.record(tree, 2.0, day=24)

    assert [(e.run.started[8:10], e.judgement.verdict, e.cause, e.counts, e.seeds) for e in entries(tree)] == [
        ("20", "disagrees", "claim fails", False, 5), ("22", "error", "too slow here", False, 0),
        ("24", "agrees", None, True, 5),
    ]  # fmt: skip


def test_a_full_run_counts_before_a_newer_quick_one(tree: Path) -> None:
    """Which run counts is what the evidence says; exactly one does."""
    toytree.record(tree, 2.0, day=20, budget="full")
    toytree.record(tree, 2.3, day=24)

    assert [(e.run.budget, e.counts) for e in entries(tree)] == [("full", True), ("quick", False)]
    assert Evidence(toytree.graph(tree)).predictions[ONSET].rerun == "reproduced"


def test_an_amended_declaration_is_told_of_each_run(tree: Path) -> None:
    """After the tolerance changed, the older run is stale and made under another declaration; prose changes neither."""
    toytree.record(tree, 2.04, day=20)
    toytree.edit(tree, CLAIM, "{value: 0.05,", "{value: 0.02,")
    toytree.record(tree, 2.04, day=22)
    toytree.edit(tree, CLAIM, "Divergence sets in", "The divergence sets in")

    assert [(e.stale, e.amended, e.judgement.verdict) for e in entries(tree)] == [
        (True, True, "disagrees"), (False, False, "disagrees"),
    ]  # fmt: skip


def test_what_does_not_count_at_all_is_left_out(tree: Path) -> None:
    """A smoke run, put into data/runs by hand, is no entry; a prediction without runs has none."""
    assert entries(tree) == []
    toytree.record(tree, budget="smoke")
    assert entries(tree) == []


def test_a_script_tells_what_each_run_said(tree: Path) -> None:
    """Runs of a script with the entries of its predictions, also where a run gave no result."""
    toytree.record(tree, 2.3, day=20)
    toytree.record(tree, day=22, status="memory")

    found = history.of_script(Evidence(toytree.graph(tree)), "quadratic_onset")

    assert [(run.status, {a: e.cause for a, e in held.items()}) for run, held in found] == [
        ("ok", {ONSET: "claim fails"}), ("memory", {ONSET: "environment fails"}),
    ]  # fmt: skip


def test_show_prints_the_history(tree: Path) -> None:
    """A line a run with date, budget, seeds, verdict, cause and marks, for the prediction and for its script."""
    toytree.record(tree, 2.3, day=20)
    toytree.record(tree, day=24, status="timeout")

    told, script = shown(tree, ONSET), shown(tree, "reproduction:quadratic_onset")

    assert "history     2026-11-20 10:00  quick  5 seeds   disagrees (claim fails)  [commit c0ffeec0ff]" in told
    assert "2026-11-24 10:00  quick  0 seeds   error (too slow here)  [counts now, commit c0ffeec0ff]" in told
    assert "history     2026-11-20 10:00  quick       3.2 CPU s  1 disagrees (claim fails)" in script


def test_show_json_holds_the_history(tree: Path) -> None:
    """--json: an object a run, oldest first, with the cause; for the script an object a run with its predictions."""
    toytree.record(tree, 2.3, day=20)
    toytree.record(tree, 2.0, day=24)

    told = json.loads(shown(tree, ONSET, "--json"))["history"]
    script = json.loads(shown(tree, "reproduction:quadratic_onset", "--json"))["history"]

    assert [(row["verdict"], row["cause"], row["counts"]) for row in told] == [
        ("disagrees", "claim fails", False), ("agrees", None, True),
    ]  # fmt: skip
    assert [row["predictions"][ONSET]["verdict"] for row in script] == ["disagrees", "agrees"]
    assert set(told[0]) == {
        "run", "started", "budget", "seeds", "commit", "level", "verdict", "cause", "reason", "stale", "amended",
        "counts",
    }  # fmt: skip
