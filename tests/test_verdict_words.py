"""The sentence of each verdict, whole: a reader takes the numbers, the place and the advice from it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from kg import verdicts
from tests.declared import BOUND, EQUALITY, ORDERING, SWITCH, THRESHOLD, judge, prediction, row, sample

TWO = "[{w: 1}, {w: 2}]"
LEAST = {"type": "bound", "expected": None, "at_least": '"2"', "rivals": '[{name: other, expected: "1"}]'}
CONTROL = "{name: c, quantity: r}"
FIRST = "After 5 seeds measured less expected"


def told(rows: list[dict[str, Any]], text: str = EQUALITY, rest: dict[str, Any] | None = None, **changes: Any) -> str:
    return judge(prediction(text, **changes), *rows, **(rest or {})).reason


def two(first: float, second: float, sd: float = 0.02, n: int = 5) -> list[dict[str, Any]]:
    return [row(sample(n, first, sd), {"w": 1}), row(sample(n, second, 0.02), {"w": 2})]


# the half-width of five seeds at sd 0.02 is 3.747 * 0.02 / sqrt(5) = 0.03351
@pytest.mark.parametrize(
    ("mean", "said"),
    [
        (2.01, ", 0.01 (98 % interval -0.02351 to 0.04351), lies inside -0.1 to 0.1."),
        (2.6, ", 0.6 (98 % interval 0.5665 to 0.6335), lies outside -0.1 to 0.1; nearest to it is 'other'."),
        (2.55, ", 0.55 (98 % interval 0.5165 to 0.5835), lies outside -0.1 to 0.1."),
        (1.5, ", -0.5 (98 % interval -0.5335 to -0.4665), lies outside -0.1 to 0.1."),
    ],
)
def test_one_condition_is_named_without_place(mean: float, said: str) -> None:
    """Inside or outside, with the interval; a rival is favoured only where it is nearer than the accepted region."""
    assert told([row(sample(5, mean, 0.02))]) == FIRST + said


def test_several_conditions_are_counted() -> None:
    """The tightest speaks for those inside, and those that fail are counted."""
    inside = (
        " at w 2, 0.01 (98 % interval -0.02351 to 0.04351), and every other of 2 conditions lies inside -0.1 to 0.1."
    )
    assert told(two(2, 2.01), conditions=TWO) == FIRST + inside
    outside = (
        " at w 1, 0.6 (98 % interval 0.5665 to 0.6335), lies outside -0.1 to 0.1 (so in 1 of 2 conditions); "
        "nearest to it is 'other'."
    )
    assert told(two(2.6, 2.01), conditions=TWO) == FIRST + outside


def test_a_run_that_straddles_is_told_how_many_seeds_would_do() -> None:
    """18 seeds at sd 0.08 bring the half-width below 0.05 (17: 0.0501), and 90 at sd 0.2 (89: 0.0502)."""
    said = ", 0.05 (98 % interval -0.08405 to 0.1841), straddles the edge of -0.1 to 0.1; about 18 seeds would do."
    assert told([row(sample(5, 2.05, 0.08))]) == FIRST + said
    late = (
        "After 16 seeds measured less expected at w 1, 0.05 (98 % interval -0.08012 to 0.1801), straddles the edge of "
        "-0.1 to 0.1 (so in 1 of 2 conditions); about 90 seeds would do."
    )
    assert told(two(2.05, 2.01, sd=0.2, n=16), conditions=TWO) == late


@pytest.mark.parametrize(
    ("changes", "mean", "said"),
    [
        (BOUND, 1.9, ", -0.1 (98 % interval -0.1335 to -0.06649), lies inside the accepted region, at most 0.1."),
        (LEAST, 2.9, ", 0.9 (98 % interval 0.8665 to 0.9335), lies inside the accepted region, at least -0.1."),
        (
            LEAST,
            1.2,
            ", -0.8 (98 % interval -0.8335 to -0.7665), lies outside the accepted region, at least -0.1; "
            "nearest to it is 'other'.",
        ),
    ],
)
def test_a_bound_has_one_side(changes: dict[str, Any], mean: float, said: str) -> None:
    """The accepted region of a bound is told by its one end."""
    assert told([row(sample(5, mean, 0.02))], **changes) == FIRST + said


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (2.05, 0.01, ", 0.05 (error included 0.04 to 0.06), lies inside -0.1 to 0.1."),
        (2.09, 0.03, ", 0.09 (error included 0.06 to 0.12), straddles the edge of -0.1 to 0.1."),
        (2.5, 0.03, ", 0.5 (error included 0.47 to 0.53), lies outside -0.1 to 0.1."),
    ],
)
def test_one_run_has_an_error_and_no_seeds(value: float, error: float, said: str) -> None:
    """What is deterministic has no interval of seeds, and no number of seeds is advised."""
    reason = told([row([value])], rest={"numerical_error": {"q": error}}, deterministic="true")
    assert reason == "In one run measured less expected" + said


def test_what_is_never_reached_is_infinite() -> None:
    """Eight censored onsets lie beyond every number."""
    said = "After 8 seeds measured less expected, inf (98 % interval at least inf), lies outside -0.1 to 0.1."
    assert told([row([None] * 8)], **THRESHOLD) == said


def test_shares_and_steps_are_called_so() -> None:
    """A switch is about seeds on the stated side, an ordering about a step between two settings."""
    arms = [row([1.0] * 8, {"decay": 1}), row([0.5] * 8, {"decay": 0})]
    said = (
        "After 8 seeds the share of seeds on the stated side at decay 0, 0 (98 % interval 0 to 0.4377), lies outside "
        "0.5 to 1 (so in 1 of 2 conditions); nearest to it is 'time'."
    )
    assert told(arms, SWITCH) == said
    arms = [row([1.0] * 7 + [0.5], {"decay": 1}), row([0.1] * 8, {"decay": 0})]
    assert told(arms, SWITCH).endswith(
        "straddles the edge of 0.5 to 1 (so in 1 of 2 conditions); about 16 seeds would do."
    )
    steps = [row(sample(5, mean, 0.01, i), {"width": 4 ** (2 + i)}) for i, mean in enumerate((1.0, 1.1, 1.1))]
    said = (
        "After 5 seeds the step at width 64 to 256, 0 (98 % interval -0.009206 to 0.009206), lies outside the accepted "
        "region, at least 0.03 (so in 1 of 2 conditions)."
    )
    assert told(steps, ORDERING) == said


def test_controls_and_rivals_that_undo_an_agreement_are_named() -> None:
    """A control inside, a control on the edge, and a rival that turned out to be near."""
    for mean, said in ((2.0, "passes too"), (2.1, "does not clearly fail")):
        control = {"r": [row(sample(5, mean, 0.02))]}
        reason = told([row(sample(5, 2, 0.02))], rest=control, control=CONTROL)
        assert reason.startswith(f"After 5 seeds the control {said}: at the one condition it gives ")
        assert reason.endswith({2.0: "-0.03351 to 0.03351.", 2.1: "0.06649 to 0.1335."}[mean])
    near = [row(sample(5, 2, 0.02), rivals={"other": [2.12] * 5})]
    said = (
        "After 5 seeds the rival 'other' is too close at run time: at most 0.02 outside -0.1 to 0.1, and 0.1 is needed."
    )
    assert told(near, rivals="[{name: other, expected: from-run}]") == said


def test_survivors_are_counted() -> None:
    """Four survivors of eight decide nothing; five of the first five do."""
    for alive, said in (
        (4, "After 8 seeds, 4 of which survive, 5 survivors are not reached."),
        (8, f"{FIRST.replace(' m', ', 5 of which survive, m', 1)}, "),
    ):
        lived = {"preconditions": {"alive": [row([1] * alive + [0] * (8 - alive))]}}
        reason = told([row(sample(8, 2, 0.02))], rest=lived, conditioned_on="{quantity: alive, at-least: 1}")
        assert reason.startswith(said)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("at x", "At x."), ("after y", "After y."), ("the z", "The z."), ("q is", "q is."), ("why?", "why?"),
        ("attempts", "attempts."), ("afterglow", "afterglow."), ("theta", "theta."),
    ],
)  # fmt: skip
def test_a_problem_is_a_sentence(problem: str, said: str) -> None:
    """It begins with a capital unless with the key of a quantity, and ends with a point or a question mark."""
    assert verdicts._sentence([problem]) == said


def test_many_problems_are_five_and_a_count() -> None:
    """A run in which everything is missing does not fill the screen."""
    assert verdicts._sentence([f"p{i}" for i in range(5)]) == "p0; p1; p2; p3; p4."
    assert verdicts._sentence([f"p{i}" for i in range(7)]) == "p0; p1; p2; p3; p4; and 2 more."


def test_a_constant_quantity_is_asked_about() -> None:
    """The one sentence that is a question keeps its mark."""
    same = "q is the same for all 5 seeds in every condition: does the script use its seed?"
    assert told([row([2.0] * 5)]) == same


@pytest.mark.parametrize(
    ("interval", "said"),
    [((1.0, 2.0), "1 to 2"), ((-math.inf, 2.0), "at most 2"), ((1.0, math.inf), "at least 1"),
     ((-math.inf, math.inf), "-inf to inf"), ((math.inf, math.inf), "at least inf"), ((-math.inf, -math.inf), "at most -inf")],
)  # fmt: skip
def test_intervals_with_one_end_are_told_by_it(interval: tuple[float, float], said: str) -> None:
    """Infinite ends are left out where the other says all; with none the word for the region is spared."""
    assert verdicts._span(interval) == said
    finite = all(map(math.isfinite, interval))
    assert verdicts._accepted(interval) == (said if finite else f"the accepted region, {said}")


ADVICE = "; the declaration and the script (its CONDITIONS or QUANTITIES) differ: change one of them and run it again."


def test_a_run_that_lacks_what_is_declared_says_what_to_do() -> None:
    """Rows or a quantity that the run does not have are named, and then once that declaration or script is to change."""
    rows = [row(sample(5, 2.0, 0.02), {"w": 3})]

    assert told(rows, conditions=TWO) == f"The run has no row of 'q' at w 1; the run has no row of 'q' at w 2{ADVICE}"
    assert told(rows, quantity="p") == f"The run does not measure 'p'; it measures q{ADVICE}"
