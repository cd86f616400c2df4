"""Reading lists: for each kind of target, from nothing or from what is known, and what a list says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.goals import goals_of, known_from
from kg.graph import Graph, load
from kg.reading import ReadingList, Table, in_order, reading_list
from kg.steps import begun
from tests import toytree


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy tree with readings."""
    return toytree.with_readings(toytree.copy(tmp_path_factory.mktemp("reading")))


@pytest.fixture(scope="module")
def graph(tree: Path) -> Graph:
    return load(tree)


def run(tree: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(tree), "read", *arguments], catch_exceptions=False)


def readings(found: ReadingList) -> list[str]:
    return [item.reading for item in found.items]


def test_goals_of_each_kind_of_target(graph: Graph) -> None:
    """A claim has its needs, a question those of its claims, a strand and the field the union, a concept itself."""
    strand = graph.corpus.claims["plateau"].strands[0]

    assert goals_of(graph, "claim:plateau", "use") == {"curvature": "use"}
    assert goals_of(graph, "question:why-two") == {"curvature": "meet"}
    assert goals_of(graph, "concept:chaos", "derive") == {"chaos": "derive"}
    assert set(goals_of(graph, f"strand:{strand}")) >= {"curvature"}
    assert list(goals_of(graph, "field")) == ["descent", "curvature", "chaos"]


def test_a_list_begins_with_what_the_rest_needs(graph: Graph) -> None:
    """The two short readings (25 minutes) are taken in the place of the one that teaches both (60), in order."""
    found = reading_list(graph, "claim:plateau")

    assert readings(found) == ["calculus-short", "descent-short", "curved"]
    assert found.minutes == 55
    assert [item.why for item in found.items] == [
        "Teaches Calculus, which Gradient descent needs.",
        "Teaches Gradient descent, which Curvature needs.",
        "Teaches Curvature, which the claim needs.",
    ]


def test_all_readings_come_in_the_order_of_the_list_for_the_field(graph: Graph) -> None:
    """Every reading that one comes to has its place once what it asks for is taught, and the field's list keeps it."""
    order = in_order(graph)
    listed = readings(reading_list(graph, "field"))

    assert [name for name in order if name in listed] == listed
    assert order[0] == listed[0]
    assert set(order) == {step.id for step in begun(0, Table(graph).steps)}


def test_known_concepts_and_papers_cost_nothing(graph: Graph) -> None:
    """A concept known is not read up on; a paper known gives all that its readings teach."""
    assert readings(reading_list(graph, "claim:plateau", knows=["descent"])) == ["curved"]
    assert readings(reading_list(graph, "claim:plateau", knows=["saxe2014exact"])) == ["curved"]
    assert readings(reading_list(graph, "claim:plateau", knows=["cohen2021gradient"])) == []
    assert known_from(graph, ["paper:saxe2014exact"]) == {"calculus": "meet", "descent": "meet"}


def test_one_part_of_a_source_can_be_known(graph: Graph) -> None:
    """Who knows a reading knows what it teaches, at its level, and not what the other parts of its source teach."""
    assert known_from(graph, ["calculus-short"]) == {"calculus": "meet"}
    assert known_from(graph, ["curved", "calculus-short"]) == {"curvature": "use", "calculus": "meet"}
    assert readings(reading_list(graph, "claim:plateau", knows=["calculus-short"])) == ["descent-short", "curved"]


def test_a_goal_that_nobody_teaches_is_said(graph: Graph) -> None:
    """The list reaches what can be reached and names what cannot, or only at a lower level."""
    found = reading_list(graph, "field", "researcher")

    assert found.goals == {"descent": "meet", "curvature": "use"}
    assert [(goal.concept, goal.level, goal.why) for goal in found.left_out] == [
        ("descent", "derive", "no reading teaches it beyond the level 'meet'"),
        ("curvature", "derive", "no reading teaches it beyond the level 'use'"),
        ("chaos", "derive", "no reading teaches it"),
    ]


def test_within_hours_the_rest_is_left_out_with_its_minutes(graph: Graph) -> None:
    """In half an hour one comes to gradient descent; curvature would take its 30 minutes more."""
    found = reading_list(graph, "field", hours=0.5)

    assert readings(found) == ["calculus-short", "descent-short"]
    assert ("curvature", "it would take 30 minutes more") in [(goal.concept, goal.why) for goal in found.left_out]


def test_the_json_is_the_contract(tree: Path) -> None:
    """--json prints a list in reading order with the seven keys, teaches and needs as a level for each concept."""
    rows = json.loads(run(tree, "plateau", "--json").stdout)

    assert [list(row) for row in rows] == [["paper", "title", "where", "minutes", "why", "teaches", "needs"]] * 3
    assert (rows[2]["teaches"], rows[2]["needs"]) == ({"curvature": "use"}, {"descent": "meet"})


def test_the_text_says_minutes_rule_and_reason(tree: Path) -> None:
    """A reading shows its part, its minutes with the rule behind them, and why it is there."""
    shown = run(tree, "plateau").stdout

    assert "3 readings, about 55 min" in shown
    assert "about 10 min (3 pages at 3 minutes a page)" in shown
    assert "Teaches Calculus, which Gradient descent needs." in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plateu"], "did you mean 'plateau'?"),
        (["plateau", "--knows", "calculos"], "did you mean 'calculus'?"),
        (["saxe2014exact"], "give a strand, a question, a claim, a concept, or field"),
        (["plateau", "--hours", "0"], "0"),
        (["plateau", "--level", "expert"], "'researcher'"),
    ],
)
def test_errors_help(tree: Path, arguments: list[str], said: str) -> None:
    """What is no target, concept, paper, level or number of hours is a usage error that says what would do."""
    result = run(tree, *arguments)

    assert result.exit_code == 2
    assert said in result.stderr


def test_an_empty_list_says_why(tree: Path) -> None:
    """Where all is known, where nothing fits and where nobody teaches the goal, the text says which."""
    assert "all that it needs is known" in run(tree, "plateau", "--knows", "curvature").stdout
    assert "No reading fits" in run(tree, "plateau", "--hours", "0.1").stdout
    assert "Chaos (meet): no reading teaches it" in run(tree, "concept:chaos").stdout


def test_words_lead_to_what_has_a_list(tree: Path) -> None:
    """A concept's name is taken; other words bring nodes that have a list, and a paper the claims that it states."""
    assert "Gradient descent" in run(tree, "gradient descents").stdout
    near = run(tree, "quadratic curvature")
    assert near.exit_code == 2
    assert "to read towards" in near.stderr
    assert "claim:stability-limit" in near.stderr
    assert "paper:" not in near.stderr
    assert "such as claim:plateau, which it states" in run(tree, "cohen2021gradient").stderr
