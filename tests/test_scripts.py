"""What holds for every reproduction script: its file, its shared lines, and a small run of it."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import pytest

from kg import measurements, results
from kg.declarations import FIELDS
from kg.graph import Graph, load
from tests import experiment

ROOT = Path(__file__).parents[1]
LIBRARIES = {"jax", "numpy", "optax", "scipy", "sklearn", "tyro"}
ARGS = [
    ("seeds", "int", "8"),
    ("first_seed", "int", "0"),
    ("budget", "Literal['smoke', 'quick', 'full']", "'quick'"),
    ("out", "Path", "Path('result.json')"),
]
SECTIONS = ("Claim", "Source", "Equations", "Command", "Expected result", "Departures from the", "Tuning history")
WARY = re.compile(r"^    Over 60 CPU s in quick: (\d+) at (\d+) seeds \(on a busy machine\), as (?=\w)", re.MULTILINE)
NUMBERS = 'return [float(f"{value:.7g}") if np.isfinite(value) else None for value in values]'
RESULT = ["seeds", "quantities", "preconditions", "numerical_error", "curves", "cpu_seconds"]
TAIL = """
    args.out.write_text(json.dumps(result, indent=1, allow_nan=False) + "\\n")


if __name__ == "__main__":
    main(tyro.cli(Args))
"""
ONE_THREAD = 'os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"'
ON_THE_CPU = (
    'os.environ["JAX_PLATFORMS"] = "cpu"\n'
    'os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"\n'
)

every_script = pytest.mark.parametrize("name", experiment.NAMES)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load(ROOT)


def source(name: str) -> str:
    return (experiment.SCRIPTS / f"{name}.py").read_text(encoding="utf-8")


@every_script
def test_a_script_stands_alone(name: str) -> None:
    """It imports the standard library and the libraries of the `reproduce` extra, neither kg nor another script."""
    tree = ast.parse(source(name))
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    found |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {module.partition(".")[0] for module in found}
    assert roots - set(sys.stdlib_module_names) - LIBRARIES == set()


@every_script
def test_the_shared_lines_are_the_same_everywhere(name: str) -> None:
    """Threads, options, numbers as JSON, progress and the written result read alike in all scripts."""
    text = source(name)
    assert text.count(ONE_THREAD) == 1
    assert text.count(ON_THE_CPU) == (1 if "import jax" in text else 0)
    assert text.index(ONE_THREAD) < text.index("import numpy")  # libraries read it when they are imported
    tree = ast.parse(text)
    args = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Args")
    options = [
        (ast.unparse(node.target), ast.unparse(node.annotation), ast.unparse(node.value or ast.Constant(None)))
        for node in args.body
        if isinstance(node, ast.AnnAssign)
    ]
    assert options[:4] == ARGS
    assert all(kind.endswith("| None") and default == "None" for _, kind, default in options[4:])  # axes of a map
    numbers = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "numbers")
    assert ast.unparse(numbers.body[-1]) == ast.unparse(ast.parse(f"def f():\n {NUMBERS}").body[0].body[0])  # type: ignore[attr-defined]
    assert re.search(r'print\(json\.dumps\(\{"progress": round\(.+, 4\)\}\), flush=True\)', text)
    assert text.endswith(TAIL)
    result = next(node for node in ast.walk(tree) if isinstance(node, ast.Dict) and _keys(node)[:1] == ["seeds"])
    assert _keys(result) == RESULT


def _keys(node: ast.Dict) -> list[object]:
    return [key.value if isinstance(key, ast.Constant) else None for key in node.keys]


@every_script
def test_the_docstring_says_what_a_reader_needs(name: str) -> None:
    """Claim, source, equations, command, expectation, departures and tuning history stand in it, in this order."""
    docstring = ast.get_docstring(ast.parse(source(name))) or ""
    places = [re.search(rf"^{re.escape(section)}\b", docstring, re.MULTILINE) for section in SECTIONS]
    assert [section for section, place in zip(SECTIONS, places, strict=True) if place is None] == []
    assert [p.start() for p in places if p] == sorted(p.start() for p in places if p)
    assert f"python scripts/{name}.py --seeds 8 --first-seed 0 --budget quick --out result.json" in docstring


@every_script
def test_a_costly_script_says_what_it_costs_and_why(name: str, graph: Graph) -> None:
    """Where the newest quick run took more than 60 CPU s, the docstring gives such a cost (to a factor of 3) and a reason."""
    ran = [run for run in graph.corpus.runs if (run.script, run.budget, run.status) == (name, "quick", "ok")]
    newest = max(ran, key=lambda run: run.started)
    assert newest.measured is not None
    cost = newest.measured.cpu_seconds
    if cost <= 60:
        return
    said = WARY.search(ast.get_docstring(ast.parse(source(name)), clean=False) or "")
    assert said is not None, f"{cost:.0f} CPU s"
    a_seed = cost / len(newest.measured.seeds)
    assert 1 / 3 < int(said[1]) / int(said[2]) / a_seed < 3


def test_only_predictions_of_a_type_without_a_control_are_tested_without_one(graph: Graph) -> None:
    """Both arms of a switch are its own control; every other tested prediction names a null control."""
    tested = {edge.target for edge in graph.edges("tests")}
    without = {address for address in tested if graph.node(address).record.control is None}
    assert {graph.node(address).record.type for address in without} == {"switch"}
    assert "control" not in frozenset().union(*FIELDS["switch"])


@every_script
def test_a_smoke_run_measures_all_that_is_declared(name: str, graph: Graph) -> None:
    """The file has the closed shape of a result, and every tested prediction finds its quantities and conditions."""
    result, _ = experiment.smoke(name)
    assert results.problems(result) == []
    assert list(result) == RESULT
    assert result["seeds"] == [experiment.SEED, experiment.SEED + 1]
    read = results.Result.model_validate(result)
    for edge in graph.out(f"reproduction:{name}", "tests"):
        found = measurements.read(graph.node(edge.target).record, read)
        assert (edge.target, found.problems) == (edge.target, [])
    assert result["curves"]


@every_script
def test_a_smoke_run_reports_its_progress(name: str) -> None:
    """Every line on stdout is a share done, rising to 1."""
    shares = [json.loads(line)["progress"] for line in experiment.smoke(name)[1]]
    assert shares == sorted(set(shares))
    assert shares[-1] == 1


@every_script
def test_a_seed_measures_the_same_alone_as_among_others(name: str) -> None:
    """The second seed of the run, run alone as the first, gives the same numbers."""
    both, _ = experiment.smoke(name)
    alone = experiment.smoke_alone(name)
    for part in ("quantities", "preconditions"):
        for quantity, rows in both[part].items():
            for row, single in zip(rows, alone[part][quantity], strict=True):
                second = [None if value is None else pytest.approx(value, rel=1e-5) for value in row["measured"][1:]]
                assert (quantity, row["condition"], single["measured"]) == (quantity, row["condition"], second)
