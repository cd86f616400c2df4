"""The least minutes of steps that can be put in an order: delete-free planning (rules.md 3), on sets of bits.

A step asks for facts and gives facts; a fact is a bit. The problem is NP-hard, so this is a heuristic, which the tests
hold against an exact solver: the cheapest derivation of each goal first, then what is superfluous goes, then each
chosen step is forbidden in turn and what it gave is derived anew at the cost of what is not chosen yet. Short plans are
also begun again without one of their longest steps.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_RESTARTS = 150
"""So many steps in all the lists that are planned anew without one of the longest: 7 lists of 20 steps, 1 of 100."""


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


def ordered(known: int, steps: Iterable[Step], goals: int = 0) -> list[Step]:
    """``steps`` so that each can be begun: for one of ``goals`` after the other, what it asks for directly before it.

    Goals, and what a step asks for, are taken by their bits, lowest first. Which of two steps that give the same fact
    is there first is settled by taking the shortest that can be begun, again and again, ties by id; taken for the order
    itself, that would scatter each subject over the whole list (``benchmarks/reading_lists.py`` has the figures).
    Raises ValueError where the steps cannot be ordered.
    """
    shortest = _shortest_first(known, steps)
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


def _shortest_first(known: int, steps: Iterable[Step]) -> list[Step]:
    left, order = sorted(steps, key=lambda step: (step.minutes, step.id)), []
    while left:
        ready = next((step for step in left if not step.asks & ~known), None)
        if ready is None:
            raise ValueError(f"cannot be put in an order: {', '.join(step.id for step in left)}")
        left.remove(ready)
        order.append(ready)
        known |= ready.gives
    return order


def plan(steps: Iterable[Step], known: int, goals: int) -> list[Step]:
    """Of ``steps`` some of few minutes, in order, that give all ``goals`` but those that no steps reach.

    Deterministic: steps are taken by id where nothing else tells them apart.
    """
    steps = list(steps)
    goals &= reached(known, steps) & ~known
    search = _Search(_relevant(steps, known, goals))
    return ordered(known, search.named(search.least(goals), steps), goals)


def within(steps: Iterable[Step], known: int, goals: int, minutes: int) -> list[Step]:
    """Of ``steps`` some of at most ``minutes`` in all, in order, that reach many of ``goals``.

    Goals are taken greedily: once by the minutes that each still costs, once by the minutes for each goal that comes
    with it. What is taken is planned anew, which may leave minutes for more. The better of the two stays.
    """
    steps = list(steps)
    goals &= reached(known, steps) & ~known
    search = _Search(_relevant(steps, known, goals))
    return ordered(known, search.named(search.most(goals, minutes), steps), goals)


def minutes_more(steps: Iterable[Step], known: int, goals: int) -> dict[int, int]:
    """The minutes of a cheap derivation of each of ``goals`` by itself; without those that are out of reach."""
    search = _Search(_relevant(list(steps), known, goals))
    return {fact: search.minutes(used) for fact, used in search.support(0, goals, None).items()}


def _relevant(steps: list[Step], known: int, goals: int) -> list[Step]:
    """The steps that can have a part in a least plan, with only the facts that matter and are not known.

    Left out: what cannot be begun, what leads to no goal, and what another step does as well: it gives as much, asks
    for no more and takes no longer.
    """
    reach, facts, before = reached(known, steps), goals, 0
    while facts != before:
        before = facts
        for step in steps:
            if step.gives & facts and not step.asks & ~reach:
                facts |= step.asks & ~known
    facts &= ~known
    kept = [
        Step(step.id, step.minutes, step.asks & ~known, step.gives & facts)
        for step in sorted(steps, key=lambda step: (step.minutes, step.id))
        if step.gives & facts and not step.asks & ~reach
    ]
    best: list[Step] = []
    for step in kept:  # shortest first, so that only those before can do as well
        if not any(not step.gives & ~other.gives and not other.asks & ~step.asks for other in best):
            best.append(step)
    return best


class _Search:
    """Sets of steps, as bits by their places, that give sets of facts; what is known before is left out of both."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps: Sequence[Step] = sorted(steps, key=lambda step: step.id)
        self._place = {step.id: place for place, step in enumerate(self.steps)}
        self._costs = [step.minutes for step in self.steps]
        self._waiting: dict[int, list[int]] = {}
        for place, step in enumerate(self.steps):
            for fact in bits(step.asks):
                self._waiting.setdefault(fact, []).append(place)

    def named(self, chosen: int, steps: Iterable[Step]) -> list[Step]:
        """Those of ``steps`` that are chosen, with all that they ask for and give."""
        names = {step.id for step in self._those(chosen)}
        return [step for step in steps if step.id in names]

    def least(self, goals: int) -> int:
        best = self._lighter(goals, self._added(goals, 0, None) or 0)
        for step in self._longest_first(best)[: _RESTARTS // (best.bit_count() + 1)]:
            other = self._added(goals, 0, self._place[step.id])
            if other is not None:
                best = min(best, self._lighter(goals, other), key=self.minutes)
        return best

    def most(self, goals: int, minutes: int) -> int:
        found = [self._grown(goals, minutes, each) for each in (False, True)]
        return max(found, key=lambda one: ((self._after(one) & goals).bit_count(), -self.minutes(one)))

    def _grown(self, goals: int, minutes: int, each: bool) -> int:
        chosen = 0
        while True:
            have, left = self._after(chosen), minutes - self.minutes(chosen)
            offers = []
            for goal, added in self.support(have, goals & ~have, None).items():
                costs = self.minutes(added)
                if goals >> goal & 1 and costs <= left:
                    gained = (reached(have, self._those(added)) & goals & ~have).bit_count() if each else 1
                    offers.append((costs / gained, costs, goal, added))
            if offers:
                chosen |= min(offers)[-1]
                continue
            lighter = self._lighter(goals & have, chosen)
            if self.minutes(lighter) == self.minutes(chosen):
                return lighter
            chosen = lighter

    def _lighter(self, goals: int, chosen: int) -> int:
        """``chosen`` after each of its steps was forbidden in turn, as long as that makes the plan shorter."""
        chosen, again = self._pruned(goals, chosen), True
        while again:
            again = False
            for step in self._longest_first(chosen):
                place = self._place[step.id]
                if not chosen >> place & 1:
                    continue
                other = self._added(goals, chosen & ~(1 << place), place)
                if other is None:
                    continue
                other = self._pruned(goals, other)
                if self.minutes(other) < self.minutes(chosen):
                    chosen, again = other, True
        return chosen

    def _added(self, goals: int, chosen: int, forbidden: int | None) -> int | None:
        """``chosen`` with the cheapest derivations of the ``goals`` that it leaves; None where there are none."""
        known = self._after(chosen)
        goals &= ~known
        support = self.support(known, goals, forbidden)
        for goal in bits(goals):
            if goal not in support:
                return None
            chosen |= support[goal]
        return chosen

    def support(self, known: int, goals: int, forbidden: int | None) -> dict[int, int]:
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
                        heapq.heappush(queue, (self.minutes(union), later, union))
        return support

    def _pruned(self, goals: int, chosen: int) -> int:
        """``chosen`` less what is superfluous, the longest first."""
        left = self._longest_first(chosen)
        while True:
            needed, once, twice = goals, 0, 0
            for step in left:
                needed |= step.asks
                twice |= once & step.gives
                once |= step.gives
            sole = needed & once & ~twice  # given by one step only: that step stays
            for step in left:
                if step.gives & sole:
                    continue
                rest = [other for other in left if other is not step]
                if not goals & ~reached(0, rest):
                    left = rest
                    break
            else:
                return sum(1 << self._place[step.id] for step in left)

    def _after(self, chosen: int) -> int:
        return reached(0, self._those(chosen))

    def _those(self, chosen: int) -> list[Step]:
        return [self.steps[place] for place in bits(chosen)]

    def _longest_first(self, chosen: int) -> list[Step]:
        return sorted(self._those(chosen), key=lambda step: (-step.minutes, step.id))

    def minutes(self, chosen: int) -> int:
        total, costs = 0, self._costs
        while chosen:  # bits(), written out: half of the time of a plan is spent here
            low = chosen & -chosen
            total += costs[low.bit_length() - 1]
            chosen ^= low
        return total
