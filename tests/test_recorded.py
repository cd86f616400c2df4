"""Recorded runs: staleness, the rules about runs, and the swap of expected and rival on the real record."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg import checks, runs, verdicts
from kg.declarations import Prediction
from kg.evidence import Evidence, PredictionEvidence
from kg.graph import load
from kg.runs import Result, Run
from tests import toytree

ROOT = Path(__file__).parent.parent
ONSET = "prediction:stability-limit/onset"
CLAIM = "data/claims/stability-limit.yaml"
SCRIPT = "scripts/quadratic_onset.py"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return toytree.copy(tmp_path)


def record(
    tree: Path,
    budget: str = "quick",
    started: str = "2026-11-24T10:15:00Z",
    script: str = "quadratic_onset",
    first_seed: int = 0,
) -> Run:
    """A run of the toy script as it is now, stored with the fingerprints of the declarations as they are now."""
    out = tree / "result.json"
    subprocess.run(
        [sys.executable, tree / SCRIPT, "--seeds", "5", "--first-seed", str(first_seed), "--out", out],
        check=True,
        capture_output=True,
    )
    graph = load(tree)
    declarations = {
        address: verdicts.fingerprint(prediction)
        for address, _, prediction in graph.corpus.predictions()
        if prediction.scripts
    }
    provenance = {
        "started": started,
        "script_sha256": graph.corpus.scripts["quadratic_onset"].sha256,
        "data_sha256": None,
        "declarations": declarations,
    }
    run = Run(script, budget, "ok", json.loads(out.read_text(encoding="utf-8")), provenance)
    runs.write(tree, runs.RECORDED, run)
    out.unlink()
    return run


def onset(tree: Path) -> PredictionEvidence:
    return Evidence(load(tree)).predictions[ONSET]


def test_a_recorded_run_lifts_its_claim(tree: Path) -> None:
    """A fresh run that agrees reproduces its prediction and its claim."""
    record(tree)

    evidence = Evidence(load(tree))
    outcome = evidence.predictions[ONSET].outcomes[0]

    assert outcome.judgement is not None
    assert (outcome.judgement.verdict, outcome.stale, outcome.amended) == ("agrees", False, False)
    assert evidence.claims["stability-limit"].standing == "reproduced"
    assert [str(f) for f in toytree.findings(tree)] == []


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (SCRIPT, "STEPS = 400", "STEPS = 401"),
        (CLAIM, "tolerance: {value: 0.05,", "tolerance: {value: 0.06,"),
        (CLAIM, 'expected: "2"', 'expected: "2.01"'),
        (CLAIM, 'expected: "1"', 'expected: "1.1"'),
        (CLAIM, "curvature: [1, 4]", "curvature: [1]"),
        (CLAIM, "at-least: 0.5", "at-least: 0.4"),
        (CLAIM, "    control: {name: half the step, quantity: onset_halved}\n", ""),
    ],
)
def test_what_the_verdict_uses_makes_a_run_stale(tree: Path, path: str, old: str, new: str) -> None:
    """A change of script or of the verdict-relevant declaration makes the run stale; it then counts as not run."""
    record(tree)
    toytree.edit(tree, path, old, new)

    found = onset(tree)

    assert found.outcomes[0].stale
    assert found.outcomes[0].judgement is not None  # stale runs are judged too
    assert found.rerun == "not run"
    assert found.outcomes[0].amended == (path == CLAIM)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("statement: Divergence sets in", "statement: It diverges"),
        ("- id: onset", "- id: start-of-divergence"),
        ("evidence: [{paper: cohen2021gradient, outcome: agrees, depth: abstract}]", "evidence: []"),
        ("why: \"slow growth near the onset over the steps taken\"", "why: slow growth"),
        ("tolerance: {value: 0.05,", "tolerance: {value: 5e-2,"),
        ("refuted-if: The onset lies", "refuted-if: It lies"),
    ],
)  # fmt: skip
def test_prose_evidence_and_ids_leave_a_run_fresh(tree: Path, old: str, new: str) -> None:
    """What the verdict does not use does not count, nor how a number is written."""
    record(tree)
    toytree.edit(tree, CLAIM, old, new)

    (found,) = [p for address, p in Evidence(load(tree)).predictions.items() if "stability-limit" in address]

    assert not found.outcomes[0].stale
    assert found.rerun == "reproduced"


def test_new_data_makes_a_run_stale(tree: Path) -> None:
    """A file below data/inputs/<script>/ is part of what the run used."""
    record(tree)
    (tree / "data/inputs/quadratic_onset").mkdir(parents=True)
    (tree / "data/inputs/quadratic_onset/points.csv").write_text("1,2\n", encoding="utf-8")

    assert onset(tree).outcomes[0].stale


def test_the_newest_full_run_counts(tree: Path) -> None:
    """A full run goes before a newer quick one; of one budget the newest counts."""
    record(tree, "quick", "2026-11-26T00:00:00Z")
    record(tree, "full", "2026-11-24T00:00:00Z")
    newest = record(tree, "full", "2026-11-25T00:00:00Z")

    run = onset(tree).outcomes[0].run

    assert run is not None
    assert (run.budget, run.started) == ("full", newest.started)


def test_a_smoke_run_is_no_record(tree: Path) -> None:
    """A smoke run among the recorded ones is a finding and counts for nothing."""
    record(tree, "smoke")

    assert {f.rule for f in toytree.findings(tree)} == {"recorded-smoke-run"}
    assert onset(tree).rerun == "not run"


def test_chosen_seeds_are_found_and_count_for_nothing(tree: Path) -> None:
    """A recorded run with other seeds than 0 to n - 1 is an error and lifts no claim."""
    record(tree, first_seed=1000)

    assert {f.rule for f in toytree.findings(tree)} == {"chosen-seeds"}
    assert onset(tree).rerun == "not run"


def test_a_run_before_its_declaration_is_found(tree: Path) -> None:
    """A run older than the day on which its declaration was frozen is a finding."""
    record(tree, started="2026-11-19T23:59:00Z")

    (finding,) = toytree.findings(tree)

    assert finding.rule == "run-before-declaration"
    assert finding.place.path == CLAIM


def test_a_run_without_its_script_is_found(tree: Path) -> None:
    """Runs that are left behind by a renamed script are a warning."""
    record(tree, script="quadratic_offset")

    assert {f.rule for f in toytree.findings(tree)} == {"orphan-run"}


# ---- the real record

GRAPH = load(ROOT)
EVIDENCE = Evidence(GRAPH)
RECORDED = [
    (address, outcome.test.script, outcome.run)
    for address, found in EVIDENCE.predictions.items()
    for outcome in found.outcomes
    if outcome.run is not None
]
AGREEING = [(a, s, r) for a, s, r in RECORDED if EVIDENCE.predictions[a].outcomes[0].judgement.verdict == "agrees"]  # type: ignore[union-attr]
SWAPS = [(address, run, i) for address, _, run in AGREEING for i in range(len(GRAPH.node(address).record.rivals))]


def swapped(prediction: Prediction, result: Result, i: int) -> tuple[Prediction, Result]:
    """The declaration, and the run's from-run values, with expected and the rival ``i`` in each other's place."""
    rival = prediction.rivals[i]
    changed: dict[str, Any] = {}
    if prediction.type in {"ordering", "switch"}:
        pytest.skip("an ordering and a switch have no expected value to swap")
    name = next(n for n in ("expected", "at_most", "at_least") if getattr(prediction, n) is not None)
    changed[name] = rival.expected
    others = [r for j, r in enumerate(prediction.rivals) if j != i]
    changed["rivals"] = (rival.model_copy(update={"expected": prediction.target}), *others)
    raw = result.model_dump()
    for row in raw["quantities"].get(prediction.quantity, []):
        expected, told = row.get("expected"), (row.get("rivals") or {}).get(rival.name)
        row["expected"] = told if rival.expected == "from-run" else expected
        if prediction.target == "from-run":
            row["rivals"] = {**(row.get("rivals") or {}), rival.name: expected}
    return prediction.model_copy(update=changed), Result.model_validate(raw)


@pytest.mark.parametrize(("address", "run", "i"), SWAPS, ids=[f"{a}-{i}" for a, _, i in SWAPS])
def test_a_rival_in_the_place_of_the_expected_value_does_not_agree(address: str, run: Run, i: int) -> None:
    """Each recorded agreement excludes each of its rivals: with the two swapped it is none."""
    prediction = GRAPH.node(address).record
    assert run.measured is not None

    judged = verdicts.judge(*swapped(prediction, run.measured, i))

    assert judged.verdict != "agrees"


@pytest.mark.parametrize(("address", "run"), [(a, r) for a, _, r in AGREEING], ids=[a for a, _, _ in AGREEING])
def test_a_null_control_in_the_place_of_the_quantity_does_not_agree(address: str, run: Run) -> None:
    """The control of a recorded agreement, judged as the quantity itself, fails to agree."""
    prediction = GRAPH.node(address).record
    if prediction.control is None:
        pytest.skip("declares no control")
    assert run.measured is not None
    raw = run.measured.model_dump()
    own = {json.dumps(row["condition"], sort_keys=True): row for row in raw["quantities"][prediction.quantity]}
    for row in raw["quantities"][prediction.control.quantity]:
        twin = own.get(json.dumps(row["condition"], sort_keys=True))
        if twin is not None:
            row["expected"], row["rivals"] = twin["expected"], twin["rivals"]
    alone = prediction.model_copy(update={"quantity": prediction.control.quantity, "control": None})

    assert verdicts.judge(alone, Result.model_validate(raw)).verdict != "agrees"


def test_runs_name_a_commit_of_this_repository() -> None:
    """Every recorded run was made from a clean commit that is in the history: its declaration came first."""
    shallow = subprocess.run(
        ["git", "rev-parse", "--is-shallow-repository"], cwd=ROOT, capture_output=True, check=False
    )
    if shallow.stdout.strip() != b"false":
        pytest.skip("not a git checkout with its history")
    for run in GRAPH.corpus.runs:
        commit = str(run.provenance["commit"])
        known = subprocess.run(
            ["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=ROOT, capture_output=True, check=False
        )
        assert known.returncode == 0, f"{run.address} was made from {commit}, which is not in the history"
        assert run.provenance["dirty"] is False


def test_the_real_record_has_no_errors() -> None:
    """kg check finds nothing wrong with the record of this repository."""
    assert [str(f) for f in checks.run(GRAPH) if f.severity == "error"] == []


def test_stored_runs_are_those_that_were_written() -> None:
    """Reading a stored run and writing it again gives the same bytes."""
    for run in GRAPH.corpus.runs:
        assert (ROOT / str(run.path)).read_bytes() == replace(run).content
