"""Plans of least minutes: they can be followed, reach their goals, and are near the best of all sets of steps."""

from __future__ import annotations

import itertools
import random

import pytest

from kg.plan import plan, within
from kg.steps import Step, bits, ordered, reached


def problem(seed: int, steps: int = 11, facts: int = 8) -> tuple[list[Step], int]:
    """Random steps over few facts, and random goals among what they reach."""
    draw = random.Random(seed)
    found = []
    for place in range(steps):
        gives = sum(1 << fact for fact in draw.sample(range(facts), draw.choice([1, 1, 2, 3])))
        asks = sum(1 << fact for fact in draw.sample(range(facts), draw.choice([0, 0, 1, 2]))) & ~gives
        found.append(Step(f"s{place:02}", draw.randint(1, 12) * 5, asks, gives))
    goals = sum(1 << fact for fact in draw.sample(range(facts), 3))
    return found, goals & reached(0, found)


def best(steps: list[Step], goals: int) -> int:
    """The least minutes over all subsets of steps, by trying every one."""
    return min(
        sum(step.minutes for step in some)
        for size in range(len(steps) + 1)
        for some in itertools.combinations(steps, size)
        if not goals & ~reached(0, some)
    )


def most(steps: list[Step], goals: int, minutes: int) -> int:
    """The largest number of goals over all subsets of steps that fit into ``minutes``."""
    return max(
        (goals & reached(0, some)).bit_count()
        for size in range(len(steps) + 1)
        for some in itertools.combinations(steps, size)
        if sum(step.minutes for step in some) <= minutes
    )


def followed(steps: list[Step], known: int = 0) -> int:
    """What is known after the steps in this very order; fails at a step that cannot be begun."""
    for step in steps:
        assert not step.asks & ~known, step.id
        known |= step.gives
    return known


def test_a_plan_can_be_followed_and_reaches_its_goals() -> None:
    """Each step of a plan is begun with what it asks for, and all goals that can be reached are, with none to spare."""
    for seed in range(60):
        steps, goals = problem(seed)
        found = plan(steps, 0, goals)

        assert not goals & ~followed(found)
        for step in found:
            assert goals & ~reached(0, [other for other in found if other is not step]), step.id


def test_plans_are_near_the_best_of_all_subsets() -> None:
    """Over random problems small enough to try every subset, minutes are within 2 % of the least on average."""
    ratios = []
    for seed in range(60):
        steps, goals = problem(seed)
        if goals:
            ratios.append(sum(step.minutes for step in plan(steps, 0, goals)) / best(steps, goals))

    assert min(ratios) >= 1
    assert sum(ratios) / len(ratios) < 1.02


def test_within_minutes_nearly_as_many_goals_as_can_be() -> None:
    """A list within minutes keeps to them, can be followed, and misses few of the goals that any subset reaches."""
    got = could = 0
    for seed in range(60):
        steps, goals = problem(seed)
        some = within(steps, 0, goals, 60)

        assert sum(step.minutes for step in some) <= 60
        got += (followed(some) & goals).bit_count()
        could += most(steps, goals, 60)
    assert got >= 0.95 * could


def test_a_cheap_step_that_cannot_be_begun_is_not_taken() -> None:
    """Set cover would take the 5 minutes that wait for a fact which nothing gives; a plan takes the 50 that need none."""
    steps = [Step("cheap", 5, 0b10, 0b01), Step("dear", 50, 0, 0b01)]

    assert [step.id for step in plan(steps, 0, 0b01)] == ["dear"]


def test_what_is_known_costs_nothing() -> None:
    """A fact known before is neither a goal nor in the way."""
    steps = [Step("a", 10, 0, 0b01), Step("b", 10, 0b01, 0b10)]

    assert [step.id for step in plan(steps, 0b01, 0b11)] == ["b"]


def test_the_order_of_the_file_is_no_matter() -> None:
    """The same steps in any order give the same plan."""
    for seed in range(10):
        steps, goals = problem(seed)
        turned = plan(steps[::-1], 0, goals)

        assert turned == plan(steps, 0, goals)


def test_steps_that_cannot_be_ordered_are_refused() -> None:
    """Two steps that wait for each other have no order, and both are named."""
    with pytest.raises(ValueError, match="a, b"):
        ordered(0, [Step("a", 5, 0b01, 0b10), Step("b", 5, 0b10, 0b01)])


def test_bits_are_places() -> None:
    """Bits come lowest first."""
    assert list(bits(0b10110)) == [1, 2, 4]
