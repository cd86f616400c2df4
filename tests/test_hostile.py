"""Hostile inputs one at a time: refused with a rule and a line, or read exactly; never a traceback, hang or signal."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.findings import RULES
from tests import toytree
from tests.hostile import build

CASES = list(build.cases())
ROOT = Path(__file__).parent.parent

Trial = Callable[[Path], dict[str, Any]]


@pytest.fixture(scope="module")
def trial() -> Iterator[Trial]:
    """Load a tree in a process of its own with limits, and say how that ended (``tests/hostile/trial.py``)."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.hostile.trial"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    ) as server:  # fmt: skip
        asked, answers = server.stdin, server.stdout
        assert asked is not None
        assert answers is not None

        def attempt(root: Path) -> dict[str, Any]:
            print(json.dumps(str(root)), file=asked, flush=True)
            answer: dict[str, Any] = json.loads(answers.readline())
            return answer

        yield attempt


@pytest.fixture(scope="module")
def clean(trial: Trial) -> dict[str, Any]:
    """What is said of the toy tree as it is."""
    answer: dict[str, Any] = trial(toytree.TOY)["said"]
    assert answer["findings"] == []
    return answer


def kept(snapshot: dict[str, Any], addresses: set[str]) -> dict[str, Any]:
    """The nodes of a snapshot at ``addresses``, and its relations between them."""
    nodes = {node["id"]: node for node in snapshot["nodes"] if node["id"] in addresses}
    relations = [row for row in snapshot["relations"] if row["source"] in nodes and row["target"] in nodes]
    return nodes | {"relations": relations}


FORM = {
    "needs-quotes",
    "hollow-text",
}  # how a text that is read exactly looks to other readers; a case says no more than it needs


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_refused_on_its_line_or_read_exactly(
    case: build.Case, trial: Trial, clean: dict[str, Any], tmp_path: Path
) -> None:
    """The input is refused where it is wrong, or says what it says; the rest of the tree stays as it is."""
    root, path, above = build.tree(case, tmp_path)
    answer = trial(root)
    shutil.rmtree(root)
    assert answer["ended"] == "well", answer
    found, nodes = answer["said"]["findings"], {node["id"]: node for node in answer["said"]["snapshot"]["nodes"]}
    shown = [f"{row['path']}:{row['line']} {row['rule']}: {row['message'][:200]}" for row in found]
    if case.refused:
        rule, line = case.refused
        assert (path, line + above, rule) in {(row["path"], row["line"], row["rule"]) for row in found}, shown
        assert {row["rule"] for row in found} - {rule, *FORM} <= case.also, shown
    else:
        assert {row["rule"] for row in found} - FORM == case.told, shown
        assert {name: nodes[case.node].get(name) for name in case.read} == case.read
    assert case.keeps <= set(nodes)
    old = {node["id"] for node in clean["snapshot"]["nodes"]} - case.costs
    assert kept(answer["said"]["snapshot"], old) == kept(clean["snapshot"], old)


@pytest.mark.parametrize(
    ("body", "ended"),
    [
        ("{}['x']", "traceback"),
        ("os.abort()", "signal 6"),
        ("time.sleep(60)", "hang"),
        ("[0] * 10**10", "traceback"),
        ("sys.exit(3)", "traceback"),
    ],
)
def test_a_trial_sees_what_it_is_for(body: str, ended: str) -> None:
    """A traceback, a signal, a hang, too much memory and an exit are told apart from a tree that was read."""
    program = (
        "import json, os, sys, time; from pathlib import Path; from tests.hostile import trial\n"
        f"trial.WALL_SECONDS, trial.said = 1.0, lambda root: {body}\n"
        "print(json.dumps(trial.attempt(Path('x'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["ended"] == ended


def test_the_manifest_names_every_file_and_only_rules_that_are() -> None:
    """No input lies about unused, no rule is misspelt, and no id stands twice."""
    files = {f"{folder}/{path.name}" for folder in ("yaml", "bib") for path in (build.HERE / folder).iterdir()}
    named = {rule for case in CASES for rule in (*case.also, *case.told, *(case.refused or ())[:1])}
    assert files == {case.row["file"] for case in CASES if "file" in case.row}
    assert named <= set(RULES)
    assert len({case.id for case in CASES}) == len(CASES)
