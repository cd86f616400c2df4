"""What rests on a prediction that a run contradicts, or whose run is stale, says so with the path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from kg import defeat, trace
from kg.defeat import DEFEATS, Defeat, Mark
from kg.evidence import Evidence
from kg.trace import EFFECTS, Effect
from tests import toytree

ONSET, LIMIT, PLATEAU = "prediction:stability-limit/onset", "claim:stability-limit", "claim:plateau"
TWO = "prediction:plateau/two-over-eta"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return toytree.copy(tmp_path)


def marks(tree: Path) -> dict[str, tuple[Mark, ...]]:
    return dict(defeat.marks(Evidence(toytree.graph(tree))))


def kg(tree: Path, *arguments: str) -> str:
    from kg.cli import main

    return CliRunner().invoke(main, ["--root", str(tree), *arguments], catch_exceptions=False).stdout


def test_nothing_is_marked_without_a_fall(tree: Path) -> None:
    """Neither before any run nor after one that agrees."""
    assert marks(tree) == {}
    toytree.record(tree, 2.0)
    assert marks(tree) == {}


def test_a_disagreement_travels_with_its_path(tree: Path) -> None:
    """Claim, claim above, its prediction, its question and argument are marked; standings but the claim's own stay."""
    before = Evidence(toytree.graph(tree))
    toytree.record(tree, 2.3)

    found = marks(tree)

    assert {address: (held[0].effect, held[0].path) for address, held in found.items()} == {
        LIMIT: ("falls", (ONSET, LIMIT)),
        PLATEAU: ("falls", (ONSET, LIMIT, PLATEAU)),
        TWO: ("falls", (ONSET, LIMIT, PLATEAU, TWO)),
        "assumption:edge-holds": ("falls", (ONSET, LIMIT, PLATEAU, "assumption:edge-holds")),
        "question:why-two": ("falls", (ONSET, LIMIT, PLATEAU, "question:why-two")),
        "argument:small-nets": ("concerns", (ONSET, LIMIT, PLATEAU, "argument:small-nets")),
    }
    assert {mark.defeat for held in found.values() for mark in held} == {"disagrees"}
    after = Evidence(toytree.graph(tree))
    assert after.claims["stability-limit"].standing == "contested"
    assert after.claims["plateau"].standing == before.claims["plateau"].standing


def test_a_stale_run_travels_too(tree: Path) -> None:
    """After the script changed, the same nodes bear the mark of a stale run; run again, they bear none."""
    toytree.record(tree, 2.0, day=20)
    toytree.edit(tree, "scripts/quadratic_onset.py", "STEPS = 400", "STEPS = 401")

    found = marks(tree)

    assert {LIMIT, PLATEAU, "question:why-two"} <= set(found)
    assert {mark.defeat for held in found.values() for mark in held} == {"stale"}
    toytree.record(tree, 2.0, day=22)
    assert marks(tree) == {}


def test_a_stale_disagreement_stays_one(tree: Path) -> None:
    """As on the rerun axis, a disagreement that went stale is still told as one."""
    toytree.record(tree, 2.3)
    toytree.edit(tree, "scripts/quadratic_onset.py", "STEPS = 400", "STEPS = 401")

    assert {mark.defeat for held in marks(tree).values() for mark in held} == {"disagrees"}


@pytest.mark.parametrize(
    ("how", "reached"), [("proves", True), ("derives", True), ("measures", False), ("argues", False)]
)
def test_a_derivation_that_falls_weakens_what_it_derived(tree: Path, how: str, reached: bool) -> None:
    """A claim reached by a bridge that proves or derives it keeps its other grounds; other bridges carry nothing."""
    toytree.edit(tree, "data/claims/plateau.yaml", "builds-on: [stability-limit]\n", "")
    toytree.edit(tree, "data/claims/plateau.yaml", "how: measures", f"how: {how}")

    graph = toytree.graph(tree)
    found = {step.address: step for step in trace.falls(graph, PLATEAU)}

    assert (LIMIT in found) == reached
    assert not reached or (found[LIMIT].effect, found[ONSET].effect) == ("weakens", "weakens")
    below = {step.address for step in trace.rests_on(graph, LIMIT)}
    assert (PLATEAU in below) == reached


def test_a_question_that_it_would_settle_is_concerned(tree: Path) -> None:
    """Asked for, the walk adds what only speaks of the fallen: the question to settle, and no further step."""
    toytree.edit(tree, "data/questions/why-two.yaml", "presumes: [plateau]\n", "")
    toytree.edit(tree, "data/questions/why-two.yaml", 'asks-about: ["claim:plateau"]\n', "")
    graph = toytree.graph(tree)

    plain = {step.address for step in trace.falls(graph, TWO)}
    found = {step.address: step for step in trace.falls(graph, TWO, concerned=True)}

    assert "question:why-two" not in plain
    assert (found["question:why-two"].effect, found["question:why-two"].path) == ("concerns", (TWO, "question:why-two"))
    assert "argument:small-nets-reply" not in found  # it speaks of the objection, which rests on nothing here


def test_every_effect_and_defeat_has_its_weight_and_words() -> None:
    """The orders and words are complete."""
    assert set(EFFECTS) == set(get_args(Effect))
    assert set(DEFEATS) == set(get_args(Defeat))


def test_show_names_what_fell_and_the_path(tree: Path) -> None:
    """kg show of a node above prints the mark; --json holds it; the fallen prediction itself has a verdict and no mark."""
    toytree.record(tree, 2.3)

    said = f"{ONSET}: a recorded run disagrees with it; {LIMIT} rests on it; {PLATEAU} rests on {LIMIT}, and loses its ground"
    assert said in " ".join(kg(tree, "show", PLATEAU).split())
    assert json.loads(kg(tree, "show", PLATEAU, "--json"))["marks"] == [
        {"prediction": ONSET, "defeat": "disagrees", "effect": "falls", "path": [ONSET, LIMIT, PLATEAU]}
    ]
    assert json.loads(kg(tree, "show", ONSET, "--json"))["marks"] == []


def test_traces_tell_what_has_fallen_already(tree: Path) -> None:
    """Downward and with --if-falls: the fallen prediction by a cross, what it reached by an arrow from it."""
    toytree.record(tree, 2.3)

    down, up = kg(tree, "trace", PLATEAU), kg(tree, "trace", "assumption:quadratic-loss", "--if-falls")

    assert any(
        line.lstrip().startswith("implies " + ONSET) and line.endswith("✗ disagrees") for line in down.splitlines()
    )
    assert down.splitlines()[0].endswith(f"← {ONSET} disagrees")
    assert any(LIMIT in line and line.endswith(f"falls  ← {ONSET} disagrees") for line in up.splitlines())
    rows = {row["id"]: row for row in json.loads(kg(tree, "trace", PLATEAU, "--json"))}
    assert (rows[ONSET]["defeat"], rows[ONSET]["marks"]) == ("disagrees", [])
    assert rows[LIMIT]["defeat"] is None
    assert rows[LIMIT]["marks"][0]["path"] == [ONSET, LIMIT]


def test_the_snapshot_is_as_it_was(tree: Path) -> None:
    """Marks and history are for readers; the snapshot's fields are those of before."""
    toytree.record(tree, 2.3)

    (node,) = (
        node for node in json.loads(kg(tree, "export", "snapshot", "--out", "-"))["nodes"] if node["id"] == ONSET
    )

    assert not {"marks", "history", "defeat"} & set(node)


def test_what_is_only_weakened_concerns_nobody(tree: Path) -> None:
    """An argument about a claim that keeps other grounds is not drawn in; one about the fallen claim is."""
    toytree.edit(tree, "data/claims/plateau.yaml", "builds-on: [stability-limit]\n", "")
    toytree.edit(tree, "data/claims/plateau.yaml", "how: measures", "how: proves")
    toytree.edit(tree, "data/arguments/small-nets-reply.yaml", '["argument:small-nets"]', '["claim:stability-limit"]')

    found = {step.address: step.effect for step in trace.falls(toytree.graph(tree), PLATEAU, concerned=True)}

    assert found[LIMIT] == "weakens"
    assert found["argument:small-nets"] == "concerns"
    assert "argument:small-nets-reply" not in found
