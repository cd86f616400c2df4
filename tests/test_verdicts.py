"""The order of the verdicts, their looks, controls and rivals: each rule by a run on either side of it."""

from __future__ import annotations

import numpy as np
import pytest

from kg import verdicts
from kg.measurements import MISMATCH
from kg.results import Result
from kg.verdicts import Judgement
from tests.declared import BOUND, EQUALITY, ORDERING, SWITCH, THRESHOLD, judge, prediction, row, run, sample


def test_looks_stop_when_decided() -> None:
    """A look that decides stands, whatever the later seeds say; each look uses the first seeds of the run."""
    good, bad = sample(5, 2.0, 0.02), sample(11, 4.0, 0.02)

    judged = judge(prediction(EQUALITY), row(good + bad))

    assert (judged.verdict, judged.seeds) == ("agrees", 5)
    assert judged.conditions[0].n == 5
    assert judged.conditions[0].measured.mean == pytest.approx(2.0)


@pytest.mark.parametrize(("n", "look"), [(5, 5), (7, 5), (8, 8), (15, 8), (16, 16), (20, 16)])
def test_looks_after_five_eight_sixteen(n: int, look: int) -> None:
    """An open run is judged at the last of the looks that it has seeds for."""
    judged = judge(prediction(EQUALITY), row(sample(20, 2.1, 0.1)[:n]))

    assert (judged.verdict, judged.seeds) == ("cannot-discriminate", look)


@pytest.mark.parametrize(("n", "look"), [(15, 15), (16, 16), (31, 16), (32, 32)])
def test_declared_looks(n: int, look: int) -> None:
    """Declared seeds look at their start and their cap, and nowhere else."""
    declared = prediction(EQUALITY, seeds="{start: 16, cap: 32, why: w}")

    judged = judge(declared, row(sample(32, 2.1, 0.1)[:n]))

    assert (judged.verdict, judged.seeds) == ("cannot-discriminate", look)


def test_too_few_seeds_for_a_first_look() -> None:
    """Four seeds decide nothing, however clear they are; the first look is what is needed."""
    judged = judge(prediction(EQUALITY), row(sample(4, 2.0, 0.001)))

    assert (judged.verdict, judged.seeds, judged.seeds_needed) == ("cannot-discriminate", 4, 5)
    assert judged.reason == "4 seeds, and the first look is after 5."
    assert judge(prediction(EQUALITY), row(sample(2, 2.0, 0.001))).reason.startswith("2 seeds, and")
    assert judge(prediction(EQUALITY), row([2.0])).reason.startswith("1 seed, and")
    assert judged.conditions[0].n == 4
    assert verdicts.undecided(prediction(EQUALITY), run(row(sample(4, 2.0, 0.001))))


@pytest.mark.parametrize(
    ("mean", "n", "open_"),
    [(2.1, 5, True), (2.1, 8, True), (2.1, 16, False), (2.1, 20, False), (2.0, 5, False), (3.0, 5, False)],
)
def test_undecided(mean: float, n: int, open_: bool) -> None:
    """More seeds are asked for while the verdict is open and a later look is declared."""
    assert verdicts.undecided(prediction(EQUALITY), run(row(sample(n, mean, 0.02)))) == open_


def test_undecided_ends_with_errors_and_left_regimes() -> None:
    """No seed mends an error or brings a run back into its regime."""
    declared = prediction(EQUALITY, preconditions="[{quantity: loss, at-most: 1}]")

    assert not verdicts.undecided(declared, run(row(sample(5, 2.1, 0.1))))
    outside = run(row(sample(5, 2.1, 0.1)), preconditions={"loss": [row([2.0] * 5)]})
    assert not verdicts.undecided(declared, outside)


@pytest.mark.parametrize(
    ("result", "status", "detail", "says"),
    [
        (None, "timeout", "after 60 s", "The run ended with timeout: after 60 s."),
        (None, "no-sandbox", "", "The run ended with no-sandbox."),
        (run(row(sample(5, 2.0, 0.02))), "exit", "code 1", "The run ended with exit: code 1."),
        (run(row(sample(5, 2.0, 0.02))), "timeout", "", "The run ended with timeout."),
        (None, "ok", "", "The run ended without a result."),
    ],
)
def test_error_without_a_valid_result(result: Result | None, status: str, detail: str, says: str) -> None:
    """A run that did not end well is an error, whatever it left behind, and says how it ended."""
    judged = verdicts.judge(prediction(EQUALITY), result, status, detail)

    assert judged == Judgement("error", says, seeds=0)


@pytest.mark.parametrize("value", [2.0, 5.0])
def test_error_where_all_seeds_are_the_same(value: float) -> None:
    """A quantity that no seed changes is an error before it can agree or disagree."""
    judged = judge(prediction(EQUALITY), row([value] * 16))

    assert judged.verdict == "error"
    assert "does the script use its seed?" in judged.reason


def test_error_before_regime_before_verdict() -> None:
    """Missing rows come before a failed precondition, that before a null, and both before what the seeds say."""
    declared = prediction(EQUALITY, preconditions="[{quantity: loss, at-most: 1}]")
    fails, holds = {"loss": [row([2.0] * 5)]}, {"loss": [row([0.5] * 5)]}
    good, gap = sample(5, 2.0, 0.02), [2.0, None, 2.0, 2.0, 2.1]

    assert judge(declared, row(good, {"w": 1}), preconditions=fails).verdict == "error"
    assert judge(declared, row([2.0] * 5), preconditions=fails).verdict == "error"
    assert judge(declared, row(gap), preconditions=fails).verdict == "not-in-regime"
    assert judge(declared, row(gap), preconditions=holds).verdict == "error"
    assert judge(declared, row(good), preconditions=fails).verdict == "not-in-regime"
    assert judge(declared, row(sample(5, 9.0, 0.02)), preconditions=fails).verdict == "not-in-regime"
    assert judge(declared, row(good), preconditions=holds).verdict == "agrees"


def test_no_figures_beside_a_null() -> None:
    """A run out of its regime shows no figures where a value is missing: those of the rest would look like all."""
    declared = prediction(EQUALITY, conditions="{grid: {w: [1, 2]}}", preconditions="[{quantity: loss, at-most: 1}]")
    rows = [row(sample(5, 2.0, 0.02), {"w": 1}), row([2.0, None, 2.0, 2.0, 2.1], {"w": 2})]

    judged = judge(declared, *rows, preconditions={"loss": [row([2.0] * 5)]})

    assert (judged.verdict, judged.conditions) == ("not-in-regime", ())


def test_regime_counts_every_seed_of_the_run() -> None:
    """A precondition that fails in a seed after the deciding look still leaves the regime."""
    declared = prediction(EQUALITY, preconditions="[{quantity: loss, at-most: 1}]")
    values = sample(8, 2.0, 0.02)

    judged = judge(declared, row(values), preconditions={"loss": [row([0.5] * 7 + [1.5])]})

    assert judged.verdict == "not-in-regime"
    assert "seed 7" in judged.reason
    assert judged.conditions[0].n == 8


@pytest.mark.parametrize(("n", "shown"), [(4, 4), (5, 5), (7, 5), (9, 8), (20, 16)])
def test_figures_of_a_left_regime_are_those_of_the_last_look(n: int, shown: int) -> None:
    """A run out of its regime shows what the last look saw, or all of a run too short for one."""
    declared = prediction(EQUALITY, preconditions="[{quantity: loss, at-most: 1}]")

    judged = judge(declared, row(sample(n, 2.0, 0.02)), preconditions={"loss": [row([2.0] * n)]})

    assert (judged.verdict, judged.seeds, judged.conditions[0].n) == ("not-in-regime", n, shown)
    assert judged.survivors is None


@pytest.mark.parametrize(
    ("values", "preconditions", "verdict"),
    [
        ([2.0] * 6, {}, "error"),
        ([2.0, None, 2.0, 2.1, 2.0, 2.0], {}, "error"),
        (sample(6, 2.0, 0.02), {"loss": [row([2.0] * 6)]}, "not-in-regime"),
        (sample(6, 2.0, 0.02)[:4], {}, "cannot-discriminate"),
    ],
)
def test_survivors_are_told_without_a_look(
    values: list[float | None], preconditions: dict[str, list[dict[str, object]]], verdict: str
) -> None:
    """How many seeds survive is told of the whole run where no look decided, and only where it was asked."""
    conditioned = {
        "conditioned_on": "{quantity: alive, at-least: 1}",
        "preconditions": "[{quantity: loss, at-most: 1}]",
    }
    others = {"loss": [row([0.5] * len(values))], "alive": [row([0, *[1] * (len(values) - 1)])]} | preconditions

    judged = judge(prediction(EQUALITY, **conditioned), row(values), preconditions=others)

    assert (judged.verdict, judged.seeds, judged.survivors) == (verdict, len(values), len(values) - 1)


@pytest.mark.parametrize(
    ("control", "verdict", "says"),
    [
        (sample(5, 3.0, 0.02), "agrees", ""),
        (sample(5, 2.0, 0.02, seed=1), "cannot-discriminate", "the control passes too"),
        (sample(5, 2.1, 0.05, seed=1), "cannot-discriminate", "the control does not clearly fail"),
        ([3.0] * 5, "cannot-discriminate", "the control does not clearly fail"),
    ],
)
def test_control_must_fail(control: list[float], verdict: str, says: str) -> None:
    """The prediction agrees only where the control's own interval lies wholly outside."""
    judged = judge(prediction(EQUALITY, control="{name: n, quantity: c}"), row(sample(5, 2.0, 0.02)), c=[row(control)])

    assert judged.verdict == verdict
    assert says in judged.reason
    assert judged.conditions[0].control is not None
    assert judged.conditions[0].control.mean == pytest.approx(np.mean(control) - 2)


def test_control_must_fail_in_every_condition() -> None:
    """A control that passes in one of two conditions is enough to keep from agreeing."""
    declared = prediction(EQUALITY, control="{name: n, quantity: c}", conditions="{grid: {w: [1, 2]}}")
    rows = [row(sample(5, 2.0, 0.02), {"w": w}) for w in (1, 2)]
    controls = [row(sample(5, 3.0 - w + 1, 0.02, seed=1), {"w": w}) for w in (1, 2)]

    judged = judge(declared, *rows, c=controls)

    assert judged.verdict == "cannot-discriminate"
    assert "the control passes too: at w 2" in judged.reason


def test_control_does_not_save_from_disagreement() -> None:
    """A measurement outside disagrees, control or not."""
    declared = prediction(EQUALITY, control="{name: n, quantity: c}")

    assert judge(declared, row(sample(5, 4.0, 0.02)), c=[row(sample(5, 2.0, 0.02))]).verdict == "disagrees"


@pytest.mark.parametrize(
    ("rivals", "verdict"),
    [
        ([2.2, 2.2], "agrees"),
        ([2.19, 2.2], "agrees"),
        ([2.19, 2.19], "cannot-discriminate"),
        ([1.81, 2.0], "cannot-discriminate"),
        ([2.0, 1.8], "agrees"),
    ],
)
def test_rival_from_run_must_be_far_in_some_condition(rivals: list[float], verdict: str) -> None:
    """A rival known at run time counts by its mean over seeds: two tolerances from the expected value, somewhere."""
    declared = prediction(EQUALITY, rivals="[{name: o, expected: from-run}]", conditions="{grid: {w: [1, 2]}}")
    rows = [
        row(sample(5, 2.0, 0.02), {"w": w}, rivals={"o": sample(5, rival, 0.3, seed=4)})
        for w, rival in zip((1, 2), rivals, strict=True)
    ]

    judged = judge(declared, *rows)

    assert judged.verdict == verdict
    assert ("the rival 'o' is too close at run time" in judged.reason) == (verdict != "agrees")


def test_every_rival_must_be_far() -> None:
    """One of two rivals too close at run time keeps from agreeing, and is the one named."""
    declared = prediction(EQUALITY, rivals="[{name: a, expected: from-run}, {name: b, expected: from-run}]")

    judged = judge(declared, row(sample(5, 2.0, 0.02), rivals={"a": [3.0] * 5, "b": [2.1] * 5}))

    assert judged.verdict == "cannot-discriminate"
    assert "'b'" in judged.reason


def test_qualitative_is_never_judged_by_a_run() -> None:
    """A run that is held against a qualitative prediction is an error, not a verdict."""
    declared = prediction(EQUALITY, type="qualitative")

    assert judge(declared, row(sample(5, 2.0, 0.02))).verdict == "error"


@pytest.mark.parametrize(
    ("conditions", "more"), [(5, "w 5"), (6, "; and 1 more"), (7, "; and 2 more"), (12, "; and 7 more")]
)
def test_many_problems_are_cut_short(conditions: int, more: str) -> None:
    """A reason names the first five problems and how many more there are."""
    declared = prediction(EQUALITY, conditions=f"{{grid: {{w: {list(range(1, conditions + 1))}}}}}")

    reason = judge(declared, row(sample(5, 2.0, 0.02))).reason

    assert reason.startswith("The run has no row of 'q' at w 1; the run")
    assert reason.count("no row") == 5
    assert reason.endswith(f"{more}{MISMATCH}.")


def test_quantities_keep_their_case() -> None:
    """A reason begins with a capital, except where it begins with the key of a quantity."""
    declared = prediction(EQUALITY, preconditions="[{quantity: start_distance, at-most: 1}]")

    judged = judge(declared, row(sample(5, 2.0, 0.02)), preconditions={"start_distance": [row([2.0] * 5)]})

    assert judged.reason == "start_distance is 2 in seed 0, where at most 1 is required (and 4 more)."


TWO = {"conditions": "{grid: {w: [1, 2]}}"}
ALIVE = {"conditioned_on": "{quantity: alive, at-least: 1}"}
FLOOR = {**BOUND, "at_most": None, "at_least": '"2"'}


def at(w: float, mean: float, sd: float) -> dict[str, object]:
    return row(sample(5, mean, sd), {"w": w})


@pytest.mark.parametrize(
    ("judged", "says"),
    [
        (
            judge(prediction(EQUALITY), row(sample(5, 2.03, 0.02))),
            "After 5 seeds measured less expected, 0.03 (98 % interval -0.003514 to 0.06351), lies inside -0.1 to 0.1.",
        ),
        (
            judge(prediction(EQUALITY, **TWO), at(1, 2.01, 0.01), at(2, 2.03, 0.02)),
            "After 5 seeds measured less expected at w 2, 0.03 (98 % interval -0.003514 to 0.06351), and every other of "
            "2 conditions lies inside -0.1 to 0.1.",
        ),
        (
            judge(prediction(EQUALITY, **TWO), at(1, 1.96, 0.02), at(2, 2.03, 0.02)),
            "After 5 seeds measured less expected at w 1, -0.04 (98 % interval -0.07351 to -0.006486), and every other "
            "of 2 conditions lies inside -0.1 to 0.1.",
        ),
        (
            judge(prediction(EQUALITY, **TWO), at(1, 3.0, 0.02), at(2, 4.0, 0.02)),
            "After 5 seeds measured less expected at w 1, 1 (98 % interval 0.9665 to 1.034), lies outside -0.1 to 0.1 "
            "(so in 2 of 2 conditions); nearest to it is 'other'.",
        ),
        (
            judge(prediction(EQUALITY, **TWO), at(1, 2.0, 0.02), at(2, 2.2, 0.02)),
            "After 5 seeds measured less expected at w 2, 0.2 (98 % interval 0.1665 to 0.2335), lies outside "
            "-0.1 to 0.1 (so in 1 of 2 conditions).",
        ),
        (
            judge(prediction(EQUALITY, **TWO), at(1, 2.1, 0.02), at(2, 2.1, 0.04)),
            "After 5 seeds measured less expected at w 1, 0.1 (98 % interval 0.06649 to 0.1335), straddles the edge of "
            "-0.1 to 0.1 (so in 2 of 2 conditions); no number of seeds that one can run would do.",
        ),
        (
            judge(prediction(EQUALITY, **ALIVE), row([9.0, *sample(7, 2.03, 0.02)]), preconditions={"alive": [row([0] + [1] * 7)]}),
            "After 8 seeds, 7 of which survive, measured less expected, 0.03 (98 % interval 0.006244 to 0.05376), lies "
            "inside -0.1 to 0.1.",
        ),
        (
            judge(prediction(EQUALITY, **ALIVE), row(sample(8, 2.0, 0.02)), preconditions={"alive": [row([0, 1] * 4)]}),
            "After 8 seeds, 4 of which survive, 5 survivors are not reached.",
        ),
        (
            judge(prediction(EQUALITY, **BOUND), row(sample(5, 1.0, 0.02))),
            "After 5 seeds measured less expected, -1 (98 % interval -1.034 to -0.9665), lies inside the accepted "
            "region, at most 0.1.",
        ),
        (
            judge(prediction(EQUALITY, rivals="[{name: o, expected: 0}]", **FLOOR), row(sample(5, 1.0, 0.02))),
            "After 5 seeds measured less expected, -1 (98 % interval -1.034 to -0.9665), lies outside the accepted "
            "region, at least -0.1.",
        ),
        (
            judge(prediction(EQUALITY, deterministic="true"), row([2.05]), numerical_error={"q": 0.04}),
            "In one run measured less expected, 0.05 (error included 0.01 to 0.09), lies inside -0.1 to 0.1.",
        ),
        (
            judge(prediction(EQUALITY, deterministic="true"), row([2.05]), numerical_error={"q": 0.06}),
            "In one run measured less expected, 0.05 (error included -0.01 to 0.11), straddles the edge of -0.1 to 0.1.",
        ),
        (
            judge(
                prediction(EQUALITY, control="{name: n, quantity: c}"),
                row(sample(5, 2.03, 0.02)),
                c=[row(sample(5, 2.01, 0.02, seed=1))],
            ),
            "After 5 seeds the control passes too: at the one condition it gives -0.02351 to 0.04351.",
        ),
        (
            judge(
                prediction(EQUALITY, rivals="[{name: o, expected: from-run}]", **TWO),
                row(sample(5, 2.0, 0.02), {"w": 1}, rivals={"o": [2.12] * 5}),
                row(sample(5, 2.0, 0.02), {"w": 2}, rivals={"o": [2.15] * 5}),
            ),
            "After 5 seeds the rival 'o' is too close at run time: at most 0.05 outside -0.1 to 0.1, and 0.1 is needed.",
        ),
        (
            judge(prediction(SWITCH), row([0.95] * 8, {"decay": 1}), row([0.1] * 8, {"decay": 0})),
            "After 8 seeds the share of seeds on the stated side at decay 1, 1 (98 % interval 0.5623 to 1), and every "
            "other of 2 conditions lies inside 0.5 to 1.",
        ),
        (
            judge(
                prediction(ORDERING),
                *(row(sample(5, 0.1 * i, 0.01, seed=i), {"width": w}) for i, w in enumerate((16, 64, 256))),
            ),
            "After 5 seeds the step at width 16 to 64, 0.1 (98 % interval 0.07256 to 0.1274), and every other of "
            "2 conditions lies inside the accepted region, at least 0.03.",
        ),
        (
            judge(prediction(EQUALITY, **THRESHOLD), row([None] * 5)),
            "After 5 seeds measured less expected, inf (98 % interval -inf to inf), straddles the edge of -0.1 to 0.1; "
            "about 8 seeds would do.",
        ),
        (
            judge(prediction(EQUALITY, **THRESHOLD), row([2.0, *[None] * 7])),
            "After 8 seeds measured less expected, inf (98 % interval at least 0), straddles the edge of -0.1 to 0.1; "
            "about 16 seeds would do.",
        ),
        (
            judge(prediction(EQUALITY, compare="ratio"), row(sample(5, 2.04, 0.02))),
            "After 5 seeds measured over expected, 1.02 (98 % interval 1.003 to 1.037), lies inside 0.9 to 1.1.",
        ),
    ],
)  # fmt: skip
def test_the_reason_in_one_sentence(judged: Judgement, says: str) -> None:
    """A reason says after how many seeds, what was measured where, with its interval, against which region."""
    assert judged.reason == says
