"""What rests on what in the toy tree, and what falls."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import pytest

from kg import textcard, trace
from kg.evidence import Evidence
from kg.graph import Graph
from tests import toytree


@pytest.fixture(scope="module")
def graph() -> Graph:
    return toytree.graph()


def reached(steps: list[trace.Step]) -> dict[str, trace.Step]:
    return {step.address: step for step in steps if not step.again}


def test_a_claim_rests_on_sources_assumptions_and_runs(graph: Graph) -> None:
    """From the plateau down: its paper, the claim it builds on, that claim's premise, prediction and script."""
    found = reached(trace.rests_on(graph, "claim:plateau"))

    assert {
        "paper:cohen2021gradient",
        "claim:stability-limit",
        "paper:saxe2014exact",
        "assumption:quadratic-loss",
        "prediction:stability-limit/onset",
        "reproduction:quadratic_onset",
    } <= set(found)
    assert found["reproduction:quadratic_onset"].path == (
        "claim:plateau", "claim:stability-limit", "prediction:stability-limit/onset", "reproduction:quadratic_onset",
    )  # fmt: skip


def test_nothing_above_is_rested_on(graph: Graph) -> None:
    """The claim below does not rest on the claim above, on questions or on arguments."""
    found = reached(trace.rests_on(graph, "claim:stability-limit"))

    assert not {address for address in found if address.split(":")[0] in ("question", "argument", "strand")}
    assert "claim:plateau" not in found


def test_falls_follow_the_load(graph: Graph) -> None:
    """If the load-bearing premise falls, its claim falls, what builds on it, and the question that presumes that."""
    found = reached(trace.falls(graph, "assumption:quadratic-loss"))

    assert found["claim:stability-limit"].effect == "falls"
    assert found["claim:plateau"].effect == "falls"
    assert found["question:why-two"].effect == "falls"
    assert found["question:why-two"].path[0] == "assumption:quadratic-loss"


def test_an_assumption_without_load_weakens(graph: Graph) -> None:
    """An assumption that bears no load weakens its claim and what follows from it."""
    found = reached(trace.falls(graph, "assumption:edge-holds"))

    assert found["claim:plateau"].effect == "weakens"
    assert found["prediction:plateau/two-over-eta"].effect == "weakens"


def test_one_of_two_sources_weakens(graph: Graph) -> None:
    """A paper whose word stands beside another's weakens a prediction; the only source of a claim fells it."""
    found = reached(trace.falls(graph, "paper:cohen2021gradient"))

    assert found["claim:plateau"].effect == "falls"
    assert found["prediction:stability-limit/onset"].effect == "falls"  # the only paper that reports on it


def test_a_failing_prediction_contests_its_claim(graph: Graph) -> None:
    """A prediction's fall reaches its claim and what builds on that."""
    found = reached(trace.falls(graph, "prediction:stability-limit/onset"))

    assert set(found) >= {"claim:stability-limit", "claim:plateau", "question:why-two"}


def test_a_failing_prediction_spares_its_siblings(tmp_path: Path) -> None:
    """The walk never turns from one prediction of a claim to another."""
    tree = toytree.copy(tmp_path)
    toytree.edit(
        tree, "data/claims/plateau.yaml", "    refuted-if: Sharpness settles elsewhere.",
        "    refuted-if: Sharpness settles elsewhere.\n"
        "  - {id: other, statement: again, type: qualitative, about: field, "
        "frozen: {date: 2026-11-20, pilot: true}, refuted-if: never}",
    )  # fmt: skip

    found = reached(trace.falls(toytree.graph(tree), "prediction:plateau/two-over-eta"))

    assert "claim:plateau" in found
    assert "prediction:plateau/other" not in found


def test_a_premise_that_is_a_claim_leads_on(graph: Graph) -> None:
    """An assumption with a claim of its own rests on it, and falls with it."""
    assert "claim:plateau" in reached(trace.rests_on(graph, "assumption:edge-holds"))
    assert reached(trace.falls(graph, "claim:plateau"))["assumption:edge-holds"].effect == "falls"


def test_depth_limits_the_walk(graph: Graph) -> None:
    """At depth one only neighbours are reached."""
    assert {step.depth for step in trace.rests_on(graph, "claim:plateau", 1)} == {1}


def test_children_stand_below_their_parent(graph: Graph) -> None:
    """The list reads as a tree: each step's parent is the nearest earlier step one level up."""
    levels: list[str] = ["claim:plateau"]
    for step in trace.rests_on(graph, "claim:plateau"):
        del levels[step.depth :]
        assert levels[step.depth - 1] == step.parent
        levels.append(step.address)


def test_support_and_contradiction_side_by_side(graph: Graph) -> None:
    """Sources and tests of a claim stand on the side of support while nothing contradicts."""
    sides = trace.evidence_of(graph, Evidence(graph), "claim:stability-limit")

    assert {step.address for step in sides.support} == {"paper:saxe2014exact", "paper:cohen2021gradient"}
    assert sides.against == []
    assert [step.address for step in sides.uncounted] == ["reproduction:quadratic_onset"]  # never run


@pytest.mark.parametrize(
    ("item", "side"),
    [
        ("{paper: saxe2014exact, outcome: differs, depth: abstract}", "against"),
        ("{paper: saxe2014exact, outcome: withdrawn, depth: abstract}", "against"),
        ("{paper: saxe2014exact, outcome: mixed, depth: abstract}", "uncounted"),
        ("{paper: saxe2014exact, outcome: differs, depth: abstract, in-regime: false}", "uncounted"),
        ("{paper: saxe2014exact, outcome: agrees, depth: abstract}", "support"),
    ],
)
def test_a_report_stands_on_its_side_though_its_paper_is_a_source(item: str, side: str, tmp_path: Path) -> None:
    """What a source of the claim reports on its prediction is told where it belongs, never swallowed."""
    tree = toytree.copy(tmp_path)
    claim = "data/claims/stability-limit.yaml"
    toytree.edit(
        tree, claim, "evidence: [{paper: cohen2021gradient, outcome: agrees, depth: abstract}]", f"evidence: [{item}]"
    )
    broken = toytree.graph(tree)

    sides = trace.evidence_of(broken, Evidence(broken), "claim:stability-limit")

    told = [step for step in getattr(sides, side) if step.relation == "reports"]
    assert [step.address for step in told] == ["paper:saxe2014exact"]
    assert "reports" in {
        step.relation
        for step in trace.rests_on(broken, "claim:stability-limit")
        if step.address == "paper:saxe2014exact"
    }


def test_what_differs_carries_nothing(tmp_path: Path) -> None:
    """If a paper falls that reports the contrary, or from outside the regime, the prediction loses no ground."""
    tree = toytree.copy(tmp_path)
    toytree.edit(
        tree, "data/claims/stability-limit.yaml", "outcome: agrees, depth: abstract}]",
        "outcome: differs, depth: abstract}, {paper: damian2022self, outcome: agrees, depth: abstract, in-regime: false}]",
    )  # fmt: skip
    broken = toytree.graph(tree)

    for paper in ("paper:cohen2021gradient", "paper:damian2022self"):
        assert "prediction:stability-limit/onset" not in reached(trace.falls(broken, paper))


def test_the_text_says_where_a_node_stands_in_full(graph: Graph) -> None:
    """A node met again refers up or down the page to where it stands in full, and not at all if nothing is below it."""
    evidence, start = Evidence(graph), "claim:plateau"
    steps = trace.rests_on(graph, start)
    limit = replace(reached(steps)["claim:stability-limit"], again=True)
    paper = replace(reached(steps)["paper:cohen2021gradient"], again=True)

    lines = click.unstyle(textcard.tree(evidence, start, [limit, *steps, limit, paper], False)).split("\n")

    shown = [line for line in lines if "claim:stability-limit" in line]
    assert [line.endswith(" (see below)") for line in shown] == [True, False, False]
    assert [line.endswith(" (see above)") for line in shown] == [False, False, True]
    assert not lines[-1].endswith(")")
