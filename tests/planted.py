"""The faults that no edit of a text shows: bytes, sizes, links, permissions, files that machines write.

``PLANTS`` has for a rule the function that breaks a copy of the toy tree and says on which line that must be found;
the faults that an edit shows are tests/broken/<rule>/case.toml.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import checks, mapfiles, runs, stored, textfile
from kg.findings import Finding
from kg.fingerprints import fingerprint
from kg.graph import Graph, load
from kg.mapfiles import CellRun, MapRun
from kg.reader import load as read
from kg.results import Result
from kg.runs import Run
from tests import toytree

CLAIM = "data/claims/stability-limit.yaml"
QUESTION = "data/questions/why-two.yaml"
BIB = "bib/toy.bib"
ONSET = "prediction:stability-limit/onset"
TESTS = "    tests: [{script: quadratic_onset, level: simulated-model}]"

Found = tuple[str, int]
"""The file and the line on which a fault must be found."""
PLANTS: dict[str, Callable[[Path], Found]] = {}
HIDDEN = "data/claims/hidden.yaml"
"""What the system refuses to read, and what the app's gate shuts out."""


def plant(rule: str) -> Callable[[Callable[[Path], Found]], Callable[[Path], Found]]:
    def register(function: Callable[[Path], Found]) -> Callable[[Path], Found]:
        PLANTS[rule] = function
        return function

    return register


def findings(tree: Path, rule: str, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What ``kg check`` finds in the tree, as the app or an ordinary user reads it where the rule is about that."""
    if rule == "unreadable-file":
        opened = textfile._open

        def refuses(root: Path, path: str) -> int:
            if path == HIDDEN:
                raise PermissionError(13, "Permission denied")
            return opened(root, path)

        monkeypatch.setattr(textfile, "_open", refuses)
    if rule == "left-out-file":
        gate = {HIDDEN: "reading it needed more than 120 s of processor time"}.get
        return checks.run(Graph(read(tree, gate)))
    return toytree.findings(tree)


def _line(tree: Path, path: str, part: str) -> Found:
    lines = (tree / path).read_bytes().split(b"\n")
    return path, next(number for number, line in enumerate(lines, 1) if part.encode() in line)


def _edit(tree: Path, path: str, old: str, new: str) -> Found:
    toytree.edit(tree, path, old, new)
    return _line(tree, path, new.strip().splitlines()[0])


# ---- files that are no text of ours


@plant("bad-encoding")
def _latin(tree: Path) -> Found:
    path = tree / QUESTION
    path.write_bytes(path.read_bytes().replace(b"title: ", b"title: M\xfcller "))
    return QUESTION, 1


@plant("file-too-large")
def _large(tree: Path) -> Found:
    (tree / "data/claims/dump.yaml").write_text("# padding\n" * 110_000)
    return "data/claims/dump.yaml", 1


@plant("not-a-regular-file")
def _link(tree: Path) -> Found:
    (tree / "data/claims/passwd.yaml").symlink_to("/etc/passwd")
    return "data/claims/passwd.yaml", 1


def _hidden(tree: Path) -> Found:
    (tree / HIDDEN).write_text("title: x\n")
    return HIDDEN, 1


plant("unreadable-file")(_hidden)
plant("left-out-file")(_hidden)


@plant("no-corpus")
def _nothing(tree: Path) -> Found:
    for path in ("data", "bib", "scripts"):
        os.rename(tree / path, tree / f"{path}-elsewhere")
    return "data/", 1


@plant("too-many-problems")
def _page(tree: Path) -> Found:
    (tree / "bib/page.bib").write_text("<p>text</p>\n@string{a = x}\n" * 150)
    return "bib/page.bib", 101


# ---- texts too long, and YAML that a file does not hold


@plant("scalar-too-long")
def _long(tree: Path) -> Found:
    return _edit(tree, QUESTION, "difficulty:", f"stakes-of-all: {'word ' * 4_100}\ndifficulty:")


@plant("too-many-nodes")
def _nodes(tree: Path) -> Found:
    return _edit(tree, QUESTION, "difficulty:", f"many: [{'a, ' * 50_001}]\ndifficulty:")


@plant("yaml-directive")
def _directive(tree: Path) -> Found:
    path = tree / QUESTION
    path.write_text("%YAML 1.1\n---\n" + path.read_text())
    return QUESTION, 1


@plant("bib-value-too-long")
def _book(tree: Path) -> Found:
    return _edit(
        tree, BIB, "  title = {Exact solutions", "  abstract = {" + "x" * 100_001 + "},\n  title = {Exact solutions"
    )


@plant("too-many-entries")
def _archive(tree: Path) -> Found:
    (tree / "bib/archive.bib").write_text("".join(f"@misc{{k{number},t={{a}}}}\n" for number in range(20_001)))
    return "bib/archive.bib", 20_001


# ---- declarations


@plant("bad-sizes")
def _sizes(tree: Path) -> Found:
    return _edit(
        tree, "data/claims/plateau.yaml", "type: qualitative", "over: [1, 2, 4]\n    type: exponent\n    in: eta"
    )


@plant("bad-order")
def _order(tree: Path) -> Found:
    return _edit(tree, "data/claims/plateau.yaml", "type: qualitative", "order: [16]\n    type: ordering")


@plant("same-arms")
def _arms(tree: Path) -> Found:
    return _edit(tree, CLAIM, "    rivals:", "    contrast: {of: trained, minus: trained}\n    rivals:")


@plant("searched-too-short")
def _searched(tree: Path) -> Found:
    toytree.edit(tree, CLAIM, "type: equality", "type: threshold")
    return _edit(tree, CLAIM, "    rivals:", "    searched: [0.5, 2]\n    rivals:")


# ---- runs and maps


def _run(tree: Path, script: str = "quadratic_onset", first: int = 0, day: int = 24, budget: str = "quick") -> Run:
    """A run of the toy script that measured what is declared."""
    graph = load(tree)
    rows = [{"condition": {"curvature": c}, "measured": [2 + 0.001 * s for s in range(5)]} for c in (1.0, 4.0)]
    halved = [row | {"measured": [1.0 + 0.001 * s for s in range(5)]} for row in rows]
    result = {
        "seeds": [first + seed for seed in range(5)], "quantities": {"onset": rows, "onset_halved": halved},
        "preconditions": {"start_distance": [{"condition": {}, "measured": [0.5] * 5}]}, "cpu_seconds": 1.0,
    }  # fmt: skip
    known = {
        "started": f"2026-11-{day:02}T10:00:00Z", "script_sha256": graph.corpus.scripts["quadratic_onset"].sha256,
        "data_sha256": None, "declarations": {ONSET: fingerprint(graph.node(ONSET).record)},
    }  # fmt: skip
    run = Run(script, budget, "ok", result, known)  # type: ignore[arg-type]  # the budget is one
    runs.write(tree, runs.RECORDED, run)
    return run


def _file(tree: Path, folder: str = "data/runs") -> str:
    (path,) = (tree / folder).rglob("*.json")
    return path.relative_to(tree).as_posix()


@plant("chosen-seeds")
def _chosen(tree: Path) -> Found:
    _run(tree, first=1000)
    return _file(tree), 1


@plant("orphan-run")
def _orphan(tree: Path) -> Found:
    _run(tree, script="quadratic_offset")
    return _file(tree), 1


@plant("recorded-smoke-run")
def _smoke(tree: Path) -> Found:
    _run(tree, budget="smoke")
    return _file(tree), 1


@plant("run-before-declaration")
def _early(tree: Path) -> Found:
    _run(tree, day=19)
    return _line(tree, CLAIM, "frozen: {date: 2026-11-20")


@plant("run-file-changed")
def _corrected(tree: Path) -> Found:
    _run(tree)
    path = _file(tree)
    (tree / path).write_text((tree / path).read_text().replace("2.001", "2.002"))
    return path, 1


@plant("bad-run-file")
def _torn(tree: Path) -> Found:
    _run(tree)
    path = _file(tree)
    text = (tree / path).read_text()[:200]
    (tree / path).write_text(text)
    return path, text.count("\n") + 1


def _with_map(tree: Path) -> None:
    toytree.edit(tree, CLAIM, TESTS, f"{TESTS}{toytree.MAP.rstrip()}")


def _mapped(tree: Path, broken: float = 9.0) -> str:
    """A map that holds everywhere but at shifts of ``broken`` and more, in the tree."""
    graph = load(tree)
    prediction = graph.node(ONSET).record
    cells = []
    for setting in prediction.map_.cells:
        off = 0.5 if float(setting["shift"]) >= broken else 0.0
        result = Result.model_validate({
            "seeds": list(range(5)), "cpu_seconds": 0.1,
            "quantities": {"onset": [{"condition": setting, "measured": [2 + off + 0.001 * s for s in range(5)]}]},
            "preconditions": {"start_distance": [{"condition": {}, "measured": [0.5] * 5}]},
        })  # fmt: skip
        cells.append(CellRun(
            setting=setting, status="ok", result=result, started="2026-11-25T10:15:00Z", cpu_seconds=0.1,
        ))  # fmt: skip
    provenance = {
        "started": "2026-11-25T10:15:00Z", "script_sha256": graph.corpus.scripts["quadratic_onset"].sha256,
        "data_sha256": None, "declarations": {ONSET: fingerprint(prediction)},
    }  # fmt: skip
    axes = dict(prediction.map_.axes)
    mapfiles.write(tree, MapRun("quadratic_onset", ONSET, "smoke", axes, {}, tuple(cells), provenance))
    return _file(tree, "data/maps")


@plant("bad-map")
def _bad_map(tree: Path) -> Found:
    _with_map(tree)
    toytree.edit(tree, CLAIM, "curvature: [1, 2, 3, 4, 5]", "curvature: [2, 1, 3, 4, 5]")
    return _line(tree, CLAIM, "    map:")


@plant("regime-and-map")
def _regime(tree: Path) -> Found:
    _with_map(tree)
    _mapped(tree, broken=0.2)
    return _line(tree, CLAIM, "    map:")


@plant("stale-map")
def _stale(tree: Path) -> Found:
    _with_map(tree)
    _mapped(tree)
    toytree.edit(tree, CLAIM, "curvature: [1, 2, 3, 4, 5]", "curvature: [1, 2, 3, 4, 5, 6]")
    return _line(tree, CLAIM, "    map:")


@plant("stale-run")
def _stale_run(tree: Path) -> Found:
    _run(tree)
    toytree.edit(tree, CLAIM, "tolerance: {value: 0.05", "tolerance: {value: 0.06")
    return _line(tree, CLAIM, "  - id: onset")


@plant("map-file-changed")
def _edited_map(tree: Path) -> Found:
    _with_map(tree)
    path = _mapped(tree)
    toytree.edit(tree, CLAIM, 'regime: {depth: "= 1"}', 'regime: {depth: "<= 1e9", step-size: "<= 1e9"}')
    content = (tree / path).read_text()
    (tree / path).write_text(content.replace("2.001", "2.002", 1))
    return path, 1


@plant("bad-map-file")
def _bad_map_file(tree: Path) -> Found:
    _with_map(tree)
    path = tree / _mapped(tree)
    content = json.loads(path.read_bytes()) | {"cells": []}
    path.unlink()
    raw = json.dumps(content).encode()
    stored.write(tree, mapfiles.RECORDED, "quadratic_onset", "2026-11-25T10:15:00Z", raw)
    return _file(tree, "data/maps"), 1


@plant("declared-not-measured")
def _unmeasured(tree: Path) -> Found:
    script = "scripts/quadratic_onset.py"
    _edit(tree, script, "in enumerate((1.0, 4.0)):", "in enumerate((1.0, 4.0)):\n    condition = CONDITIONS[done]")
    _edit(tree, script, '{"curvature": curvature}', "condition")
    _edit(tree, script, "STEPS = 400", 'CONDITIONS = [{"curvature": 1}, {"curvature": 5}]\nSTEPS = 400')
    return _line(tree, CLAIM, "conditions: {grid")
