"""The least minutes of steps that can be put in an order: delete-free planning (rules.md 3), on sets of bits.

A step asks for facts and gives facts; a fact is a bit. The problem is NP-hard, so this is a heuristic, which the tests
hold against an exact solver: the cheapest derivation of each goal first, then what is superfluous goes, then each
chosen step is forbidden in turn and what it gave is derived anew at the cost of what is not chosen yet.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
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


def ordered(known: int, steps: Iterable[Step]) -> list[Step]:
    """``steps`` by repeatedly taking the shortest one that can be begun; ties by id. Raises ValueError if none can."""
    left, order = sorted(steps, key=lambda step: (step.minutes, step.id)), []
    while left:
        ready = next((step for step in left if not step.asks & ~known), None)
        if ready is None:
            raise ValueError(f"cannot be put in an order: {', '.join(step.id for step in left)}")
        left.remove(ready)
        order.append(ready)
        known |= ready.gives
    return order


class Planner:
    """Plans over one set of steps. Deterministic: steps are taken by id where nothing else tells them apart.

    Chosen steps are a set of bits too, by their places in ``steps``.
    """

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps: Sequence[Step] = sorted(steps, key=lambda step: step.id)
        self._place = {step.id: place for place, step in enumerate(self.steps)}
        self._costs = [step.minutes for step in self.steps]
        self._waiting: dict[int, list[int]] = {}
        for place, step in enumerate(self.steps):
            for fact in bits(step.asks):
                self._waiting.setdefault(fact, []).append(place)

    def plan(self, known: int, goals: int) -> list[Step]:
        """Steps of few minutes, in order, that give all ``goals`` but those that no steps reach."""
        goals &= reached(known, self.steps) & ~known
        return ordered(known, self._those(self._lighter(known, goals, self._added(known, goals, 0, None) or 0)))

    def within(self, known: int, goals: int, minutes: int) -> list[Step]:
        """Steps of at most ``minutes`` in all, in order, that reach many of ``goals``.

        Goals are taken greedily: once by the minutes that each still costs, once by the minutes for each goal that
        comes with it. What is taken is planned anew, which may leave minutes for more. The better of the two stays.
        """
        goals &= reached(known, self.steps) & ~known
        found = [self._grown(known, goals, minutes, each) for each in (False, True)]
        best = max(found, key=lambda one: ((self._after(known, one) & goals).bit_count(), -self._minutes(one)))
        return ordered(known, self._those(best))

    def minutes_more(self, known: int, goals: int) -> dict[int, int]:
        """The minutes of the cheapest derivation of each of ``goals`` by itself; without those out of reach."""
        return {fact: self._minutes(used) for fact, used in self._support(known, goals, None).items()}

    def _grown(self, known: int, goals: int, minutes: int, each: bool) -> int:
        chosen = 0
        while True:
            have, left = self._after(known, chosen), minutes - self._minutes(chosen)
            offers = []
            for goal, added in self._support(have, goals & ~have, None).items():
                costs = self._minutes(added)
                if goals >> goal & 1 and costs <= left:
                    gained = (self._after(have, added) & goals & ~have).bit_count() if each else 1
                    offers.append((costs / gained, costs, goal, added))
            if offers:
                chosen |= min(offers)[-1]
                continue
            lighter = self._lighter(known, goals & have, chosen)
            if self._minutes(lighter) == self._minutes(chosen):
                return lighter
            chosen = lighter

    def _lighter(self, known: int, goals: int, chosen: int) -> int:
        """``chosen`` after each of its steps was forbidden in turn, as long as that makes the plan shorter."""
        chosen, again = self._pruned(known, goals, chosen), True
        while again:
            again = False
            for step in self._longest_first(chosen):
                place = self._place[step.id]
                if not chosen >> place & 1:
                    continue
                other = self._added(known, goals, chosen & ~(1 << place), place)
                if other is None:
                    continue
                other = self._pruned(known, goals, other)
                if self._minutes(other) < self._minutes(chosen):
                    chosen, again = other, True
        return chosen

    def _added(self, known: int, goals: int, chosen: int, forbidden: int | None) -> int | None:
        """``chosen`` with the cheapest derivations of the ``goals`` that it leaves; None where there are none."""
        known = self._after(known, chosen)
        goals &= ~known
        support = self._support(known, goals, forbidden)
        for goal in bits(goals):
            if goal not in support:
                return None
            chosen |= support[goal]
        return chosen

    def _support(self, known: int, goals: int, forbidden: int | None) -> dict[int, int]:
        """For each fact that is reached until all ``goals`` are, the steps of its cheapest derivation from ``known``.

        Dijkstra over facts: a step costs its minutes and those of all steps in the derivations of what it asks for,
        each counted once.
        """
        support: dict[int, int] = {}
        missing: dict[int, int] = {}
        queue: list[tuple[int, int, int]] = []
        for place, step in enumerate(self.steps):
            if place == forbidden or not step.gives & ~known:
                continue
            missing[place] = unmet = (step.asks & ~known).bit_count()
            if not unmet:
                queue.append((step.minutes, place, 1 << place))
        heapq.heapify(queue)
        done = known
        while queue and goals & ~done:
            _, place, used = heapq.heappop(queue)
            for fact in bits(self.steps[place].gives & ~done):
                support[fact] = used
                done |= 1 << fact
                for later in self._waiting.get(fact, ()):
                    if later not in missing:
                        continue
                    missing[later] -= 1
                    if not missing[later]:
                        union = 1 << later
                        for asked in bits(self.steps[later].asks & ~known):
                            union |= support[asked]
                        heapq.heappush(queue, (self._minutes(union), later, union))
        return support

    def _pruned(self, known: int, goals: int, chosen: int) -> int:
        """``chosen`` less what is superfluous, the longest first."""
        left = self._longest_first(chosen)
        while True:
            needed, once, twice = goals, 0, 0
            for step in left:
                needed |= step.asks
                twice |= once & step.gives
                once |= step.gives
            sole = needed & once & ~twice & ~known  # given by one step only: that step stays
            for step in left:
                if step.gives & sole:
                    continue
                rest = [other for other in left if other is not step]
                if not goals & ~reached(known, rest):
                    left = rest
                    break
            else:
                return sum(1 << self._place[step.id] for step in left)

    def _after(self, known: int, chosen: int) -> int:
        return reached(known, self._those(chosen))

    def _those(self, chosen: int) -> list[Step]:
        return [self.steps[place] for place in bits(chosen)]

    def _longest_first(self, chosen: int) -> list[Step]:
        return sorted(self._those(chosen), key=lambda step: (-step.minutes, step.id))

    def _minutes(self, chosen: int) -> int:
        total, costs = 0, self._costs
        while chosen:  # bits(), written out: half of the time of a plan is spent here
            low = chosen & -chosen
            total += costs[low.bit_length() - 1]
            chosen ^= low
        return total
