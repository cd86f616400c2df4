"""Reading lists: the least reading that can be begun and followed in order (rules.md 3).

Pure functions of a Graph. ``kg.goals`` says which concepts a list is for, ``kg.plan`` finds the readings, and the
minutes are estimates by the rule of ``kg.levels``.

One departure from rules.md 3: there the shortest reading that can be begun comes next; here a list goes goal by goal in
the order of concepts.yaml, with what a goal needs directly before it. The readings and their minutes are the same, and
each can be begun either way. Shortest first scatters every subject over the list (neighbours lie 30 places of
concepts.yaml apart, not 7 to 11) and agrees less with a published course (``benchmarks/reading_lists.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.english import listed
from kg.goals import FIELD, TO_LEVEL, Reader, goals_of, known_from
from kg.graph import Graph
from kg.levels import LEVELS, requirements, rule
from kg.plan import minutes_more, plan, within
from kg.records import Level
from kg.steps import Step, begun, bits, ordered, reached


@dataclass(frozen=True, slots=True)
class Item:
    """One reading of a list. ``teaches`` and ``needs`` give a level for each concept, all that the reading does."""

    reading: str
    paper: str
    title: str
    where: str
    minutes: int
    rule: str
    """How the estimate came about: ``12 pages at 6 minutes a page``; empty where no length is named."""
    why: str
    teaches: Mapping[str, Level]
    needs: Mapping[str, Level]

    def as_dict(self) -> dict[str, Any]:
        """The item as ``kg read --json`` prints it; ``teaches`` and ``needs`` are ``{concept: level}``."""
        return {
            "paper": self.paper,
            "title": self.title,
            "where": self.where,
            "minutes": self.minutes,
            "why": self.why,
            "teaches": dict(self.teaches),
            "needs": dict(self.needs),
        }


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A goal that the list does not reach at ``level``, and why: a clause."""

    concept: str
    title: str
    level: Level
    why: str


@dataclass(frozen=True, slots=True)
class ReadingList:
    """``items`` in reading order; ``goals`` are what it reaches or was known before, each at its level."""

    target: str
    title: str
    reader: Reader
    hours: float | None
    knows: tuple[str, ...]
    items: tuple[Item, ...]
    goals: Mapping[str, Level]
    left_out: tuple[LeftOut, ...]

    @property
    def minutes(self) -> int:
        return sum(item.minutes for item in self.items)


def reading_list(
    graph: Graph, target: str, reader: Reader = "beginner", hours: float | None = None, knows: Iterable[str] = ()
) -> ReadingList:
    """The list for ``target`` (an address, or ``field``) and a reader who ``knows`` concepts and papers.

    With ``hours``, the list that fits and reaches most goals. A goal that no reading teaches is left out and said;
    one that is taught to a lower level only is reached at that level, and said. Raises ValueError for a target or a
    name that is none.
    """
    table, knows = Table(graph), tuple(knows)
    known = table.facts(known_from(graph, knows), below=True)
    reachable = reached(known, table.steps)
    goals: dict[str, Level] = {}
    left_out: list[LeftOut] = []
    for concept, level in goals_of(graph, target, TO_LEVEL[reader]).items():
        title = graph.corpus.concepts[concept].title
        highest = table.highest(concept, level, reachable)
        if highest is not None:
            goals[concept] = highest
        if highest != level:
            why = f"no reading teaches it beyond the level {highest!r}" if highest else "no reading teaches it"
            left_out.append(LeftOut(concept, title, level, why))
    wanted = table.facts(goals)
    if hours is None:
        steps = plan(table.steps, known, wanted)
    else:
        steps = within(table.steps, known, wanted, int(hours * 60))
        have = reached(known, steps)
        more = minutes_more(table.steps, have, wanted & ~have)
        for concept, level in goals.items():
            for fact in bits(table.facts({concept: level}) & ~have):
                why = f"it would take {more[fact]} minutes more"
                left_out.append(LeftOut(concept, graph.corpus.concepts[concept].title, level, why))
        goals = {concept: level for concept, level in goals.items() if not table.facts({concept: level}) & ~have}
    title = "The whole field" if target == FIELD else graph.node(target).title
    items = tuple(_items(graph, table, steps, known, target, goals))
    return ReadingList(target, title, reader, hours, knows, items, goals, tuple(left_out))


def in_order(graph: Graph, reader: Reader = "beginner") -> list[str]:
    """All readings that one comes to from nothing, in the order in which the list for the field takes its own.

    Their ids. No list is planned for it: a twentieth of the time.
    """
    table = Table(graph)
    goals = table.facts(goals_of(graph, FIELD, TO_LEVEL[reader]))
    return [step.id for step in ordered(0, begun(0, table.steps), goals)]


class Table:
    """Concepts at levels as bits, and the readings of a graph as the steps of a plan."""

    def __init__(self, graph: Graph) -> None:
        corpus = graph.corpus
        self._first = {concept: len(LEVELS) * place for place, concept in enumerate(corpus.concepts)}
        self._concepts = tuple(corpus.concepts)
        self.needs = {name: self._kept(requirements(corpus, one)) for name, one in corpus.readings.items()}
        self.steps = tuple(
            Step(name, one.minutes, self.facts(self.needs[name]), self.facts(self._kept(one.teaches), below=True))
            for name, one in corpus.readings.items()
        )

    def facts(self, levels: Mapping[str, Level], below: bool = False) -> int:
        """Each concept at its level as a bit; with ``below`` at the lower levels too, which it gives."""
        found = 0
        for concept, level in levels.items():
            place = LEVELS.index(level)
            found |= ((2 << place) - 1 if below else 1 << place) << self._first[concept]
        return found

    def levels(self, facts: int) -> dict[str, Level]:
        """The highest level of each concept among ``facts``."""
        pairs = [divmod(fact, len(LEVELS)) for fact in bits(facts)]
        return {self._concepts[concept]: LEVELS[level] for concept, level in pairs}

    def highest(self, concept: str, level: Level, facts: int) -> Level | None:
        """The highest level of ``concept`` among ``facts`` that is not above ``level``."""
        below = LEVELS[LEVELS.index(level) :: -1]
        return next((one for one in below if self.facts({concept: one}) & facts), None)

    def _kept(self, levels: Mapping[str, Level]) -> dict[str, Level]:
        """Only what is a concept: ``kg check`` tells of the rest."""
        return {concept: level for concept, level in levels.items() if concept in self._first}


def _items(
    graph: Graph, table: Table, steps: Sequence[Step], known: int, target: str, goals: Mapping[str, Level]
) -> Iterable[Item]:
    corpus, goal_facts = graph.corpus, table.facts(goals)
    for place, step in enumerate(steps):
        reading = corpus.readings[step.id]
        paper = corpus.papers.get(reading.paper)
        new = step.gives & ~known
        known |= new
        yield Item(
            step.id,
            reading.paper,
            paper.title if paper else reading.paper,
            reading.where,
            reading.minutes,
            rule(reading),
            _why(graph, table, new, goal_facts, steps[place + 1 :], target),
            dict(reading.teaches),
            dict(table.needs[step.id]),
        )


def _why(graph: Graph, table: Table, new: int, goals: int, later: Sequence[Step], target: str) -> str:
    """``Teaches X, which Y needs``: Y is the target, where X is a goal, else what a later reading teaches."""
    concepts = graph.corpus.concepts
    kind = target.partition(":")[0]
    here = [concepts[concept].title for concept in table.levels(new & goals)]
    parts = [f"{listed(here)}, {_FOR[kind]}"] if here else []
    told: set[str] = set(here)
    for step in later:
        used = [concepts[one].title for one in table.levels(step.asks & new & ~goals)]
        new &= ~step.asks
        if len(parts) < 2 and (used := [title for title in used if title not in told]):
            told |= set(used)
            taught = [concepts[one].title for one in graph.corpus.readings[step.id].teaches if one in concepts]
            needs = "needs" if len(taught) == 1 else "need"
            parts.append(f"{listed(used)}, which {listed(taught)} {needs}")
    return f"Teaches {'; and '.join(parts)}."


_FOR = {
    "claim": "which the claim needs",
    "question": "which the question needs",
    "strand": "which claims of the strand need",
    "concept": "which the list is for",
    FIELD: "which claims of the field need",
}
