"""The toy tree, whole or broken in one place."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

from kg import checks, runs, verdicts
from kg.findings import Finding
from kg.graph import Graph, load
from kg.runs import Run

TOY = Path(__file__).parent / "toy"
BROKEN = Path(__file__).parent / "broken"
MAP = """
    map:
      axes: {curvature: [1, 2, 3, 4, 5], shift: [0, 0.02, 0.2, 0.4, 0.8]}
      regime-axes: {curvature: depth, shift: step-size}
      critic: {cell: {curvature: 5, shift: 0.8}, why: "the shift moves the onset"}
"""
"""A map of the toy tree's one tested prediction, as its YAML has it."""


def copy(folder: Path) -> Path:
    """A copy of the toy tree that a test may change."""
    target = folder / "tree"
    shutil.copytree(TOY, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


CONCEPTS = """\
calculus: {title: Calculus}
descent: {title: Gradient descent, requires: [calculus]}
curvature: {title: Curvature, requires: [descent]}
chaos: {title: Chaos}
"""
READINGS = """\
both: {paper: cohen2021gradient, where: "whole paper, 20 pages", minutes: 60, teaches: {calculus: meet, descent: meet}}
calculus-short: {paper: saxe2014exact, where: "Sec. 1, 3 pages", minutes: 10, teaches: {calculus: meet}, requires: {}}
curved: {paper: cohen2021gradient, where: "Sec. 2, 5 pages", minutes: 30, teaches: {curvature: use}, requires: {descent: meet}}
descent-short: {paper: saxe2014exact, where: Sec. 2, minutes: 15, teaches: {descent: meet}, requires: {calculus: meet}}
"""


def with_readings(tree: Path) -> Path:
    """``tree`` with four concepts, one of which nobody teaches; claim plateau needs curvature, the other chaos."""
    (tree / "data/concepts.yaml").write_text(CONCEPTS, encoding="utf-8")
    (tree / "data/readings.yaml").write_text(READINGS, encoding="utf-8")
    for claim, needs in (("plateau", "[curvature]"), ("stability-limit", "[descent, chaos]")):
        path = tree / f"data/claims/{claim}.yaml"
        path.write_text(f"needs: {needs}\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    return tree


def edit(tree: Path, path: str, old: str, new: str) -> None:
    """Replace the one text ``old`` in a file of the tree."""
    text = (tree / path).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    (tree / path).write_text(text.replace(old, new), encoding="utf-8")


def break_as(tree: Path, case: str) -> tuple[str, int]:
    """Break the tree as ``tests/broken/<case>/case.toml`` says; the file and line at which that must be found."""
    spec = tomllib.loads((BROKEN / case / "case.toml").read_text(encoding="utf-8"))
    if "edit" in spec:
        edit(tree, spec["edit"], spec["replace"], spec["with"])
    else:
        target = tree / spec["new"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(spec["text"], encoding="utf-8")
    found = spec["found"]
    if "line" in found:
        return found["file"], found["line"]
    lines = (tree / found["file"]).read_text(encoding="utf-8").splitlines()
    numbers = [number for number, line in enumerate(lines, 1) if found["line-of"] in line]
    return found["file"], numbers[-1] if found.get("last") else numbers[0]


def findings(tree: Path) -> list[Finding]:
    return checks.run(load(tree))


def graph(tree: Path = TOY) -> Graph:
    return load(tree)


def record(tree: Path, onset: float = 2.0, *, day: int = 24, budget: str = "quick", status: str = "ok") -> Run:
    """Keep a run of ``quadratic_onset`` of that day, of the present script and declaration, that measured ``onset``."""
    here = load(tree)
    address = "prediction:stability-limit/onset"
    numbers = [onset + 0.001 * seed for seed in range(5)]
    rows = [{"condition": {"curvature": c}, "measured": numbers} for c in (1.0, 4.0)]
    halved = [{"condition": {"curvature": c}, "measured": [x / 2 for x in numbers]} for c in (1.0, 4.0)]
    far = {"start_distance": [{"condition": {}, "measured": [0.5] * 5}]}
    quantities = {"onset": rows, "onset_halved": halved}
    result = {"seeds": [0, 1, 2, 3, 4], "quantities": quantities, "preconditions": far, "cpu_seconds": 1.0}
    known = {
        "started": f"2026-11-{day:02}T10:00:00Z", "first_seed": 0, "cpu_seconds": 3.25, "commit": "c0ffee" * 6,
        "detail": "" if status == "ok" else "over 300 s", "script_sha256": here.corpus.scripts["quadratic_onset"].sha256,
        "declarations": {address: verdicts.fingerprint(here.node(address).record)},
    }  # fmt: skip
    run = Run("quadratic_onset", budget, status, result if status == "ok" else None, known)
    runs.write(tree, runs.RECORDED, run)
    return run
