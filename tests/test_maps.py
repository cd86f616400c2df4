"""Maps: cells judged by the present declaration, the file that holds them, the check against the regime."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kg import mapfiles, maptext, mapverdicts, regimes, runs
from kg.cli import main
from kg.evidence import Evidence
from kg.fingerprints import fingerprint
from kg.graph import load
from kg.mapfiles import CellRun, MapRun
from kg.rerun import mapping, sandbox
from kg.rerun.experiment import CannotRun
from kg.results import Result
from kg.stored import NotWritten
from kg.sweeps import argument, cells
from tests import toytree
from tests.needs import needs_bwrap

ONSET = "prediction:stability-limit/onset"
CLAIM = "data/claims/stability-limit.yaml"
AXES = """parser.add_argument("--curvature", type=float)
parser.add_argument("--shift", type=float, default=0.0)
args = parser.parse_args()
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The toy tree with a map: the onset measured lies ``shift`` above 2, and the start is off at curvature 5."""
    tree = toytree.copy(tmp_path)
    toytree.edit(
        tree,
        CLAIM,
        "    tests: [{script: quadratic_onset, level: simulated-model}]",
        f"    tests: [{{script: quadratic_onset, level: simulated-model}}]{toytree.MAP.rstrip()}",
    )
    script = "scripts/quadratic_onset.py"
    toytree.edit(tree, script, "args = parser.parse_args()\n", AXES)
    toytree.edit(
        tree, script, "enumerate((1.0, 4.0))", "enumerate((1.0, 4.0) if args.curvature is None else (args.curvature,))"
    )
    toytree.edit(
        tree,
        script,
        '"condition": {"curvature": curvature}, "measured": [onset(curvature, seed) for',
        '"condition": {"curvature": curvature, **({"shift": args.shift} if args.curvature else {})}, "measured": [args.shift + onset(curvature, seed) for',
    )
    toytree.edit(
        tree, script, '"measured": [0.5] * len(seeds)', '"measured": [0.4 if args.curvature == 5 else 0.5] * len(seeds)'
    )
    return tree


def cell(curvature: float, shift: float, measured: list[float], distance: float = 0.5) -> CellRun:
    condition = {"curvature": curvature, "shift": shift}
    result = Result.model_validate({
        "seeds": list(range(len(measured))), "cpu_seconds": 0.1,
        "quantities": {"onset": [{"condition": condition, "measured": measured}]},
        "preconditions": {"start_distance": [{"condition": {}, "measured": [distance] * len(measured)}]},
    })  # fmt: skip
    return CellRun(setting=condition, status="ok", result=result, started="2026-11-25T10:15:00Z", cpu_seconds=0.1)


def a_map(tree: Path, **changes: Any) -> MapRun:
    """The map as a careful script would measure it, written into the tree."""
    graph = load(tree)
    prediction = graph.node(ONSET).record
    spread = [0.0, 0.004, -0.004, 0.002, -0.002]
    rows = [
        cell(
            float(one["curvature"]),
            float(one["shift"]),
            [2 + float(one["shift"]) + s for s in spread],
            0.4 if one["curvature"] == 5 else 0.5,
        )
        for one in prediction.map_.cells
    ]
    provenance = {
        "started": "2026-11-25T10:15:00Z", "script_sha256": graph.corpus.scripts["quadratic_onset"].sha256,
        "data_sha256": None, "declarations": {ONSET: fingerprint(prediction)},
    }  # fmt: skip
    run = MapRun("quadratic_onset", ONSET, "smoke", dict(prediction.map_.axes), {}, tuple(rows), provenance)
    return replace(run, **changes)


def test_a_cell_is_judged_as_a_run_in_its_one_setting(tree: Path) -> None:
    """2 ± 0.05: shifted by 0.02 it holds, by 0.2 it breaks, on the edge it is undecided, out of its regime it is that."""
    prediction = load(tree).node(ONSET).record

    def judged(row: CellRun) -> mapverdicts.MapCell:
        return mapverdicts.judge(prediction, prediction.map_, {"depth": "= 1", "step-size": "<= 0.1"}, row)

    spread = (-0.01, -0.005, 0.0, 0.005, 0.01)
    shown = {mean: judged(cell(1, 0.02, [mean + s for s in spread])) for mean in (2.0, 2.02, 2.05, 2.2)}
    assert {mean: one.state for mean, one in shown.items()} == {
        2.0: "holds",
        2.02: "holds",
        2.05: "undecided",
        2.2: "breaks",
    }
    assert {mean: one.share for mean, one in shown.items()} == {2.0: 1.0, 2.02: 1.0, 2.05: pytest.approx(0.6), 2.2: 0.0}
    left = judged(cell(1, 0.02, [2 + s for s in spread], distance=0.4))
    assert (left.state, left.share) == ("not in regime", 1.0)
    failed = CellRun(
        setting={"curvature": 1, "shift": 0.02},
        status="exit",
        detail="exit code 1",
        result=None,
        started="2026-11-25T10:15:00Z",
        cpu_seconds=0,
    )
    assert (judged(failed).state, judged(failed).share) == ("error", None)
    assert judged(cell(1, 0.02, list(spread))).inside
    assert not judged(cell(4, 0.02, list(spread))).inside
    assert judged(cell(5, 0.8, list(spread))).critic


def test_a_waived_precondition_is_not_asked_for(tree: Path) -> None:
    """What a map waives does not take a cell out of its regime; the law alone decides."""
    toytree.edit(tree, CLAIM, "      critic: {cell", "      waives: [start_distance]\n      critic: {cell")
    prediction = load(tree).node(ONSET).record

    assert (
        mapverdicts.judge(prediction, prediction.map_, {}, cell(1, 0.2, [2.2, 2.21, 2.19, 2.2, 2.22], 0.1)).state
        == "breaks"
    )


def test_a_file_of_a_map_is_read_as_written_and_never_changes(tree: Path) -> None:
    """Written twice it is one file; read back it says the same; an edited one is told, and so is one without a cell."""
    run = a_map(tree)
    path = mapfiles.write(tree, run)
    assert mapfiles.write(tree, run) == path
    (back,), found = mapfiles.read_all(tree)
    assert found == []
    assert (back.content, dict(back.axes), back.cells) == (run.content, dict(run.axes), run.cells)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2.004", "2.003", 1), encoding="utf-8")
    assert [f.rule for f in mapfiles.read_all(tree)[1]] == ["map-file-changed"]
    path.write_text(text.replace('"status": "ok"', '"status": "good"', 1), encoding="utf-8")
    assert [f.rule for f in mapfiles.read_all(tree)[1]] == ["bad-map-file"]
    with pytest.raises(NotWritten, match="each once"):
        mapfiles.write(tree, replace(run, cells=run.cells[1:]))


def test_the_newest_map_of_a_prediction_is_computed_never_stored(tree: Path) -> None:
    """The record's map follows the declaration: a wider tolerance makes cells hold that broke, and marks it stale."""
    path = mapfiles.write(tree, a_map(tree))
    assert "holds" not in path.read_text(encoding="utf-8")
    mapped = Evidence(load(tree)).maps[ONSET]
    assert (mapped.stale, {state: len(mapped.of(state)) for state in mapverdicts.STATES}) == (
        "", {"holds": 8, "breaks": 12, "undecided": 0, "not in regime": 5, "error": 0},
    )  # fmt: skip
    assert mapped.at(5.0, 0.8).critic
    toytree.edit(tree, CLAIM, "tolerance: {value: 0.05", "tolerance: {value: 0.3")
    wider = Evidence(load(tree)).maps[ONSET]
    assert (wider.stale, len(wider.of("holds"))) == ("the declaration", 12)


def test_text_shows_signs_regime_and_critic(tree: Path) -> None:
    """A row a value of the second axis, the largest on top; brackets outside the regime, a star at the critic's cell."""
    mapfiles.write(tree, a_map(tree))
    rows = list(maptext.lines(Evidence(load(tree)).maps[ONSET]))
    assert rows[2].split() == ["0.8", "|", "✗", "(✗)", "(✗)", "(✗)", "(–*)"]
    assert rows[6].split() == ["0", "|", "✓", "(✓)", "(✓)", "(✓)", "(–)"]
    assert rows[-1].strip().startswith("✓ holds 8, ✗ breaks 12, – not in regime 5, ( ) outside")


def rules(tree: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for finding in toytree.findings(tree):
        found[finding.rule] = f"{found.get(finding.rule, '')}{finding.message}; "
    return found


def test_the_regime_is_held_against_the_map(tree: Path) -> None:
    """A cell that breaks inside the regime is told, a row that holds just outside too; a regime that fits is silent."""
    mapfiles.write(tree, a_map(tree))
    regime = '    regime: {depth: "= 1"}'
    assert "breaks inside the declared regime at curvature 1, shift 0.2" in rules(tree)["regime-and-map"]
    toytree.edit(tree, CLAIM, regime, '    regime: {depth: "1..2", step-size: "<= 0.1"}')
    assert "holds throughout at 3; widen" in rules(tree)["regime-and-map"]
    toytree.edit(tree, CLAIM, 'depth: "1..2", step-size: "<= 0.1"', 'depth: "1..4", step-size: "<= 0"')
    assert "ends at shift 0, and the map holds throughout at 0.02" in rules(tree)["regime-and-map"]
    toytree.edit(tree, CLAIM, 'step-size: "<= 0"', 'step-size: "<= 0.1"')
    assert rules(tree) == {}


def test_a_stale_map_is_told(tree: Path) -> None:
    """Another script, other axes or another prediction: the map is to be run again, or moved away."""
    mapfiles.write(tree, a_map(tree))
    toytree.edit(tree, CLAIM, "curvature: [1, 2, 3, 4, 5]", "curvature: [1, 2, 3, 4, 5, 6]")
    assert "its axes changed since" in rules(tree)["stale-map"]
    toytree.edit(tree, CLAIM, toytree.MAP.strip("\n").replace("[1, 2, 3, 4, 5]", "[1, 2, 3, 4, 5, 6]"), "")
    assert "no prediction with a map" in rules(tree)["stale-map"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("curvature: [1, 2, 3, 4, 5]", "curvature: [1, 2]", "found 10 cells"),
        ("curvature: [1, 2, 3, 4, 5]", "curvature: [1, 2, 4, 3, 5]", "not in rising order"),
        ("curvature: [1, 2, 3, 4, 5]", "curvature: [1, 2, 3, 3, 5]", "a value twice"),
        ("  axes: {c", "  axes: {more: [1], c", "found 3 axes"),
        ("cell: {curvature: 5, ", "cell: {curvature: 6, ", "the critic's cell"),
        ("shift: step-size", "shift: stepsize", "'stepsize' is not in data/regimes.yaml"),
        ("shift: step-size", "shift: step-size, beta: depth", "no axis of the map"),
        ("      critic", "      waives: [loss]\n      critic", "no precondition"),
        ("      critic", "      fixed: {shift: 1}\n      critic", "an axis and fixed"),
    ],
)
def test_a_map_that_cannot_be_run_is_refused(tree: Path, old: str, new: str, says: str) -> None:
    """Two axes in rising order, 25 cells, the critic's among them, names that are known."""
    toytree.edit(tree, CLAIM, old, new)
    assert says in rules(tree)["bad-map"]


def test_the_map_is_no_part_of_the_fingerprint(tree: Path) -> None:
    """Declaring or changing a map makes no run stale."""
    with_map = load(tree).node(ONSET).record
    assert fingerprint(with_map) == fingerprint(toytree.graph().node(ONSET).record)


def test_regimes_hold_values() -> None:
    """Comparisons, ranges and words; an axis that is not named limits nothing."""
    for regime, value, held in (("= 2", 2.0, True), ("<= 0.01", 0.02, False), ("64..1024", 64.0, True), ("> 1", 1.0, False), ("tanh | relu", "relu", True), ("tanh", 1.0, False), ("2 | 3", 3.0, True)):  # fmt: skip
        assert regimes.holds(regime, value) is held
    assert regimes.inside({"width": ">= 64"}, {"depth": 1.0})


def test_cells_and_arguments() -> None:
    """The first axis runs fastest, and whole numbers go to a script without a point."""
    assert cells({"a": (1.0, 2.0), "b": ("x", "y")}) == (
        {"a": 1, "b": "x"},
        {"a": 2, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "y"},
    )
    assert [argument(value) for value in (64.0, 0.1, 1e-5, "relu")] == ["64", "0.1", "1e-05", "relu"]


def faked(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], stop_after: int = 99, cancel: threading.Event | None = None
) -> None:
    """Runs that measure 2 + shift at once, in the place of the sandbox."""

    def rerun(root: Path, script: str, *, arguments: list[str], cancel: threading.Event, **_: Any) -> runs.Run:
        asked.append(" ".join(arguments))
        if len(asked) >= stop_after:
            cancel.set()
        curvature, shift = float(arguments[1]), float(arguments[3])
        row = cell(curvature, shift, [2 + shift + s for s in (0, 0.001, -0.001, 0.002, -0.002)])
        sha = load(root).corpus.scripts[script].sha256
        provenance = {"started": "2026-11-25T10:15:00Z", "script_sha256": sha, "cpu_seconds": 0.1, "detail": ""}
        assert row.result is not None
        return runs.Run(script, "smoke", "ok", row.result.as_json(), provenance)

    monkeypatch.setattr(mapping.runner, "rerun", rerun)
    monkeypatch.setattr(sandbox, "available", lambda: None)


def test_a_stopped_map_goes_on_where_it_stood(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished cells are kept; the next run asks only for the others; another declaration begins anew."""
    asked: list[str] = []
    faked(monkeypatch, asked, stop_after=7)
    task = mapping.plan(load(tree), "stability-limit/onset")
    first = mapping.perform(task)
    assert (len(asked), first.run, first.missing, len(first.cells)) == (7, None, 18, 7)
    with pytest.raises(CannotRun, match="18 cells are missing"):
        mapping.keep(task, first)
    faked(monkeypatch, asked)
    seen: list[mapping.MapProgress] = []
    second = mapping.perform(task, on_progress=seen.append)
    assert (len(asked), len(set(asked)), second.missing, seen[0].reused, seen[-1].done) == (25, 25, 0, 7, 25)
    where = mapping.keep(task, second)
    assert [finding.rule for finding in mapfiles.read_all(tree)[1]] == []
    assert Evidence(load(tree)).maps[ONSET].stale == ""
    assert mapping.keep(task, mapping.perform(task)) == where
    assert len(asked) == 25
    toytree.edit(tree, CLAIM, "tolerance: {value: 0.05", "tolerance: {value: 0.06")
    mapping.perform(mapping.plan(load(tree), "stability-limit/onset"))
    assert len(asked) == 50


def test_a_map_that_takes_too_long_stops(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the CPU seconds of a map nothing more is begun, and it says why."""
    asked: list[str] = []
    faked(monkeypatch, asked)
    monkeypatch.setattr(mapping, "MOST_CPU_SECONDS", 0.25)
    done = mapping.perform(mapping.plan(load(tree), ONSET))
    assert (len(asked), done.missing) == (3, 22)
    assert "over 0.25 CPU seconds" in done.why


def test_a_prediction_without_a_map_is_refused() -> None:
    """--map on a prediction that declares none, or on a script, says so."""
    with pytest.raises(CannotRun, match="declares no map"):
        mapping.plan(toytree.graph(), ONSET)
    with pytest.raises(CannotRun, match="no prediction"):
        mapping.plan(toytree.graph(), "quadratic_onset")


@needs_bwrap
def test_a_map_from_the_command_line(tree: Path) -> None:
    """In the sandbox, cell by cell, to a file and a grid; once recorded the record draws it."""
    toytree.edit(tree, CLAIM, "curvature: [1, 2, 3, 4, 5]", "curvature: [1, 5]")
    toytree.edit(tree, CLAIM, "[0, 0.02, 0.2, 0.4, 0.8]", "[0, 0.8]")
    told = CliRunner().invoke(
        main,
        ["--root", str(tree), "rerun", "stability-limit/onset", "--map", "--record", "--json"],
        catch_exceptions=False,
    )
    assert told.exit_code == 0, told.output
    grid = json.loads(told.stdout)
    assert [one["state"] for one in grid["cells"]] == ["holds", "not in regime", "breaks", "not in regime"]
    assert "data/maps/quadratic_onset" in grid["file"]
    shown = CliRunner().invoke(main, ["--root", str(tree), "show", "stability-limit/onset"], catch_exceptions=False)
    assert "✓ holds 1, ✗ breaks 1, – not in regime 2" in shown.output
