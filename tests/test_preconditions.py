"""What keeps a run from being judged: preconditions, survival, missing rows and values, idle seeds."""

from __future__ import annotations

from typing import Any

import pytest

from kg import measurements
from kg.results import Result
from tests.declared import EQUALITY, SWITCH, prediction, row, run
from tests.test_measurements import A, read

REQUIRED = "[{quantity: loss, at-most: 0.1}]"


@pytest.mark.parametrize(
    ("rows", "outside"),
    [
        ([row([0.1] * 5)], False),
        ([row([0.1, 0.1, 0.2, 0.1, 0.1])], True),
        ([row([0.1, 0.1, None, 0.1, 0.1])], True),
        ([row([0.1] * 5, {"w": 8}), row([0.1] * 5, {"w": 16})], False),
        ([row([0.1] * 5, {"w": 8}), row([0.1] * 4 + [0.3], {"w": 16})], True),
        ([row([0.1] * 5, {"w": 8}), row([0.1] * 5, {"w": 16}), row([0.3] * 5, {"w": 32})], False),
        ([row([0.1] * 5, {"seeded": "yes"}), row([0.3] * 5, {"seeded": "no"})], True),
    ],
)
def test_preconditions(rows: list[dict[str, Any]], outside: bool) -> None:
    """Every row that agrees with a declared condition counts, in every seed; a null is no proof that it holds."""
    declared = prediction(EQUALITY, conditions="{grid: {w: [8, 16]}}", preconditions=REQUIRED)
    result = run(row(A, {"w": 8}), row(A, {"w": 16}), preconditions={"loss": rows})

    assert bool(read(declared, result).outside) == outside


def test_precondition_says_where_it_fails() -> None:
    """The message names quantity, value, place, seed and limit, and how many more there are."""
    declared = prediction(EQUALITY, conditions="[{w: 8}]", preconditions="[{quantity: loss, at-least: 0.5}]")
    rows = [row([0.9, 0.4, 0.5, 0.3, 0.6], {"w": 8})]

    assert read(declared, run(row(A, {"w": 8}), preconditions={"loss": rows})).outside == [
        "loss is 0.4 at w 8 in seed 1, where at least 0.5 is required (and 1 more)"
    ]


def test_survivors_are_whole_seeds() -> None:
    """A seed that misses ``conditioned-on`` in any condition is dropped from all, nulls and preconditions included."""
    declared = prediction(
        EQUALITY,
        conditions="{grid: {w: [8, 16]}}",
        conditioned_on="{quantity: alive, at-least: 1}",
        preconditions=REQUIRED,
    )
    result = run(
        row([1.0, 2.0, 3.0, None], {"w": 8}),
        row([1.5, 2.5, None, 4.5], {"w": 16}),
        preconditions={
            "alive": [row([1, 1, 1, 0], {"w": 8}), row([1, 1, 0, 1], {"w": 16})],
            "loss": [row([0.1, 0.1, 9.0, None])],
        },
    )

    found = read(declared, result)

    assert found.kept == (0, 1)
    assert (found.survivors(1), found.survivors(4)) == (1, 2)
    assert found.outside == []
    assert [series.measured.values.tolist() for series in found.series] == [[1.0, 2.0], [1.5, 2.5]]


@pytest.mark.parametrize(
    ("changes", "result", "says"),
    [
        ({"quantity": "other"}, run(row(A)), "does not measure 'other'; it measures q"),
        ({"conditions": "[{w: 8}]"}, run(row(A, {"w": 9})), "no row of 'q' at w 8"),
        ({"conditions": "[{w: 8}]"}, run(row(A)), "no row of 'q' at w 8"),
        ({"expected": "from-run"}, run(row(A)), "no expected at the one condition; the declaration says from-run"),
        ({"rivals": "[{name: o, expected: from-run}]"}, run(row(A, rivals={"p": A})), "no rival 'o'"),
        ({"rivals": "[{name: o}]"}, run(row(A)), "'o'"),
        ({"preconditions": REQUIRED}, run(row(A)), "precondition 'loss' was not measured"),
        ({"conditioned_on": "{quantity: loss, at-most: 1}"}, run(row(A)), "precondition 'loss' was not measured"),
        ({"control": "{name: c, quantity: c}"}, run(row(A)), "does not measure 'c'"),
        ({"deterministic": "true"}, run(row([2.0])), "no numerical_error"),
        (
            {"contrast": "{of: a, minus: b}"},
            run(row(A, {"arm": "a"})),
            "no row of 'q' at the one condition in the arm b",
        ),
        (
            {"contrast": "{of: a, minus: b}"},
            run(row(A, {"arm": "a"}), row(A, {"arm": "b"}), row(A, {"net": "a"})),
            "several rows of 'q' at the one condition in the arm a",
        ),
        ({"tolerance": None}, run(row(A)), "does not say tolerance"),
        ({"expected": "w"}, run(row(A)), "'w' is no setting"),
        ({"compare": "ratio", "expected": '"0"'}, run(row(A)), "compare by difference"),
        (
            {"type": "threshold", "searched": "[0, 9]", "expected": "from-run"},
            run(row(A, expected=[2, 2, 2, 2, 10])),
            "search past both ends",
        ),
        (
            {"type": "threshold", "searched": "[0, 9]", "rivals": "[{name: o, expected: from-run}]"},
            run(row(A, rivals={"o": [12.0] * 5})),
            "search past both ends",
        ),
    ],
)
def test_problems_say_what_is_missing(changes: dict[str, str | None], result: Result, says: str) -> None:
    """What the run or the declaration lacks is named, and nothing is taken in its place."""
    found = measurements.read(prediction(EQUALITY, **changes), result)

    assert any(says in problem for problem in found.problems), found.problems


def test_all_problems_at_once() -> None:
    """Missing rows, rivals and preconditions are named together."""
    declared = prediction(EQUALITY, conditions="{grid: {w: [1, 2, 3]}}", preconditions=REQUIRED)

    assert len(measurements.read(declared, run(row(A, {"w": 2}))).problems) == 5


@pytest.mark.parametrize(
    ("changes", "rows", "constant"),
    [
        ({}, [row([2.0, 2.0])], True),
        ({}, [row([2.0, 2.1])], False),
        ({}, [row([2.0])], False),
        ({"conditions": "{grid: {w: [1, 2]}}"}, [row([2.0, 2.0], {"w": 1}), row([2.0, 2.1], {"w": 2})], False),
        ({"conditions": "{grid: {w: [1, 2]}}"}, [row([2.0, 2.0], {"w": 1}), row([1.0, 1.0], {"w": 2})], True),
        ({"expected": "from-run"}, [row([2.0, 2.0], expected=[2.0, 2.1])], True),
        ({"type": "threshold", "searched": "[0, 9]"}, [row([None, None])], False),
        ({"type": "threshold", "searched": "[0, 9]"}, [row([2.0, 2.0])], True),
    ],
)
def test_constant(changes: dict[str, str], rows: list[dict[str, Any]], constant: bool) -> None:
    """A quantity is constant when no measured value differs between two or more seeds, nor is censored."""
    assert read(prediction(EQUALITY, **changes), run(*rows)).constant == constant


def test_switch_and_deterministic_may_be_constant() -> None:
    """A switch may come out the same for all seeds, and a deterministic quantity must."""
    switch = run(row([1.0, 1.0], {"decay": 1}), row([0.0, 0.0], {"decay": 0}))

    assert not read(prediction(SWITCH), switch).constant
    declared = prediction(EQUALITY, deterministic="true")
    assert not read(declared, run(row([2.0, 2.0]), numerical_error={"q": 0.0})).constant
