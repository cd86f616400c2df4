"""Steps that ask for facts and give facts, on sets of bits: what one comes to by them, and an order to take them in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """``asks`` and ``gives`` are sets of facts as bits; ``minutes`` is what it costs."""

    id: str
    minutes: int
    asks: int
    gives: int


def bits(facts: int) -> Iterator[int]:
    """The places of the bits of ``facts``, lowest first."""
    while facts:
        low = facts & -facts
        yield low.bit_length() - 1
        facts ^= low


def reached(known: int, steps: Iterable[Step]) -> int:
    """All facts that one comes to from ``known`` by ``steps``, each once what it asks for is known."""
    left = list(steps)
    while True:
        later = []
        for step in left:
            if step.asks & ~known:
                later.append(step)
            else:
                known |= step.gives
        if len(later) == len(left):
            return known
        left = later


def begun(known: int, steps: Iterable[Step]) -> list[Step]:
    """Those of ``steps`` that one comes to from ``known``, in an order in which each can be begun."""
    left, order = list(steps), []
    while True:
        later = []
        for step in left:
            if step.asks & ~known:
                later.append(step)
            else:
                order.append(step)
                known |= step.gives
        if len(later) == len(left):
            return order
        left = later


def ordered(known: int, steps: Iterable[Step], goals: int = 0) -> list[Step]:
    """``steps`` so that each can be begun: for one of ``goals`` after the other, what it asks for directly before it.

    Goals, and what a step asks for, are taken by their bits, lowest first. Which of two steps that give the same fact
    is there first is settled by taking the shortest that can be begun, again and again, ties by id; taken for the order
    itself, that would scatter each subject over the whole list (``benchmarks/reading_lists.py`` has the figures).
    Raises ValueError where the steps cannot be ordered.
    """
    shortest = shortest_first(known, steps)
    giver: dict[int, Step] = {}
    for step in shortest:
        for fact in bits(step.gives & ~known):
            giver.setdefault(fact, step)
    order: list[Step] = []
    have = known

    def learn(facts: int) -> None:
        nonlocal have
        for fact in bits(facts):
            if not have >> fact & 1:
                step = giver[fact]
                learn(step.asks)
                if step not in order:
                    order.append(step)
                    have |= step.gives

    learn(goals & (known | sum(1 << fact for fact in giver)))
    return [*order, *(step for step in shortest if step not in order)]


def shortest_first(known: int, steps: Iterable[Step]) -> list[Step]:
    left, order = sorted(steps, key=lambda step: (step.minutes, step.id)), []
    while left:
        ready = next((step for step in left if not step.asks & ~known), None)
        if ready is None:
            raise ValueError(f"cannot be put in an order: {', '.join(step.id for step in left)}")
        left.remove(ready)
        order.append(ready)
        known |= ready.gives
    return order
