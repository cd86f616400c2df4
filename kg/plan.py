"""The least minutes of steps that can be put in an order: delete-free planning (rules.md 3), on sets of bits.

A step asks for facts and gives facts; a fact is a bit. The problem is NP-hard, so this is a heuristic, which the tests
hold against an exact solver: the cheapest derivation of each goal first, then what is superfluous goes, then each
chosen step is forbidden in turn and what it gave is derived anew at the cost of what is not chosen yet. Short plans are
also begun again without one of their longest steps.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence

from kg.steps import Step, begun, bits, ordered, reached, shortest_first

_RESTARTS = 150
"""So many steps in all the lists that are planned anew without one of the longest: 7 lists of 20 steps, 1 of 100."""


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


def _sole(facts: int, steps: Iterable[Step]) -> int:
    """Of ``facts`` and what ``steps`` ask for, that which one of them gives and no other does."""
    once = twice = 0
    for step in steps:
        facts |= step.asks
        twice |= once & step.gives
        once |= step.gives
    return facts & once & ~twice


class _Search:
    """Sets of steps, as bits by their places, that give sets of facts; what is known before is left out of both."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps: Sequence[Step] = sorted(steps, key=lambda step: step.id)
        self._place = {step.id: place for place, step in enumerate(self.steps)}
        self._costs = [step.minutes for step in self.steps]
        self._sums: dict[int, int] = {}
        self._waiting: dict[int, list[int]] = {}
        for place, step in enumerate(self.steps):
            for fact in bits(step.asks):
                self._waiting.setdefault(fact, []).append(place)
        self._begun = [(1 << self._place[step.id], step) for step in shortest_first(0, self.steps)]
        self._longest = [(1 << self._place[step.id], step) for step in sorted(self.steps, key=lambda one: -one.minutes)]

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
            for goal, added in self.support(have, goals & ~have, None, left, nearest=not each).items():
                if goals >> goal & 1:
                    costs = self.minutes(added)
                    steps = (self.steps[place] for place in bits(added))
                    gained = (reached(have, steps) & goals & ~have).bit_count() if each else 1
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
        chosen, again = self._pruned(goals, chosen) or 0, True
        while again:
            again = False
            for step in self._longest_first(chosen):
                place = self._place[step.id]
                if not chosen >> place & 1:
                    continue
                other = self._added(goals, chosen & ~(1 << place), place)
                if other is not None:
                    other = self._pruned(goals, other, self.minutes(chosen))
                if other is not None:
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

    def support(
        self, known: int, goals: int, forbidden: int | None, most: float = math.inf, nearest: bool = False
    ) -> dict[int, int]:
        """For each fact that is reached until all ``goals`` are, the steps of its cheapest derivation from ``known``.

        Derivations of more than ``most`` minutes are left out; with ``nearest``, those of more than the first goal's.
        Dijkstra over facts: a step costs its minutes and those of all steps in the derivations of what it asks for,
        each counted once.
        """
        support: dict[int, int] = {}
        new = ~known
        missing = [0] * len(self.steps)
        queue: list[tuple[int, int, int]] = []
        for place, step in enumerate(self.steps):
            if not step.gives & new or place == forbidden:
                continue
            if unmet := step.asks & new:
                missing[place] = unmet.bit_count()
            else:
                queue.append((step.minutes, place, 1 << place))
        heapq.heapify(queue)
        while queue and goals & new:
            costs, place, used = heapq.heappop(queue)
            if costs > most:
                break
            if nearest and self.steps[place].gives & new & goals:
                most = costs
            for fact in bits(self.steps[place].gives & new):
                support[fact] = used
                new ^= 1 << fact
                for later in self._waiting.get(fact, ()):
                    if not missing[later]:
                        continue
                    missing[later] -= 1
                    if not missing[later]:
                        union = 1 << later
                        for asked in bits(self.steps[later].asks & ~known):
                            union |= support[asked]
                        heapq.heappush(queue, (self.minutes(union), later, union))
        return support

    def _pruned(self, goals: int, chosen: int, below: int | None = None) -> int | None:
        """``chosen`` less what is superfluous, the longest first; None where that is not below ``below`` minutes."""
        left = begun(0, self._those(chosen))
        needed, sole = self._needed(goals, left), _sole(goals, left)
        least = self.minutes(needed)
        open_, at = self._longest_first(chosen & ~needed), 0
        while at < len(open_) and (below is None or least < below):
            step = open_[at]
            if step.gives & sole:  # stays for now
                at += 1
                continue
            del open_[at]
            rest = [other for other in left if other is not step]
            if goals & ~reached(0, rest):
                least += step.minutes  # what is needed goes on being needed when others go
            else:
                chosen ^= 1 << self._place[step.id]
                left, sole, at = rest, _sole(goals, rest), 0
        return chosen if below is None or self.minutes(chosen) < below else None

    def _needed(self, goals: int, chosen: Sequence[Step]) -> int:
        """Steps of which no plan for ``goals`` within ``chosen`` can do without one; there may be more."""
        facts, needed, before = goals, 0, -1
        sole = _sole(-1, chosen)
        while needed != before:
            before = needed
            for step in reversed(chosen):
                if step.gives & facts & sole:
                    needed |= 1 << self._place[step.id]
                    facts |= step.asks
        return needed

    def _after(self, chosen: int) -> int:
        return reached(0, self._those(chosen))

    def _those(self, chosen: int) -> list[Step]:
        """In an order in which all steps together can be begun: a choice of them is mostly followed in one go."""
        return [step for place, step in self._begun if chosen & place]

    def _longest_first(self, chosen: int) -> list[Step]:
        return [step for place, step in self._longest if chosen & place]

    def minutes(self, chosen: int) -> int:
        known = self._sums.get(chosen)
        if known is None:
            known = self._sums[chosen] = sum(self._costs[place] for place in bits(chosen))
        return known
