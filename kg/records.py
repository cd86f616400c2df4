"""Closed models of everything that people write, apart from predictions (``kg.declarations``).

The file's name is a record's id, so ids are not fields. Unknown fields are errors. What each field
means stands beside it; ``data/schema/`` is generated from these models for editors.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from kg.declarations import Evidence, Prediction, Source
from kg.fields import (
    Address,
    Day,
    Nonempty,
    Number,
    PaperKey,
    PredictionRef,
    Record,
    RecordId,
    RegimeValue,
    SettingName,
    Text,
    Truth,
    Whole,
    exactly_one,
)

Level = Literal["meet", "use", "derive"]
Outcome = Literal["full", "partial", "negative"]


class Checked(Record):
    """When a record was last held against its sources, and how."""

    date: Day
    how: Literal["machine-assisted", "by-hand"]


def _assumption(entry: Any) -> Any:
    return {"id": entry} if isinstance(entry, str) else entry


class Assumes(Record):
    id: RecordId
    load_bearing: Truth = False


class Bridge(Record):
    """A link to a claim of another strand, with the paper that makes it."""

    claim: RecordId
    how: Literal["proves", "derives", "measures", "argues"]
    why: Text = Field(description="what joins the two claims")
    paper: PaperKey = Field(description="the paper that makes the link")
    where: Text | None = None


class Contradiction(Record):
    """What this claim (or its prediction ``from``) denies: exactly one of ``claim`` and ``prediction``."""

    claim: RecordId | None = None
    prediction: PredictionRef | None = None
    from_: RecordId | None = None
    regime: Text = Field(description="where the two cannot both hold")
    why: Text = Field(description="what the two say differently")
    paper: PaperKey | None = None

    _one_target = model_validator(mode="after")(exactly_one("claim", "prediction"))


class CounterSearch(Record):
    """A search for contrary evidence."""

    date: Day
    where: Text = Field(description="what was searched")
    found: Text = Field(description="what was found against the claim")


class Claim(Record):
    """A statement about learning, its sources and links, its predictions and their tests.

    ``needs`` names the concepts that a reader must know to follow it: the goals of its reading list.
    """

    title: Text = Field(description="one line that says it")
    statement: Text = Field(description="what is claimed, in your own words")
    kind: Literal["theorem", "derivation", "law", "observation", "conjecture", "framing"]
    needs: tuple[RecordId, ...] = ()
    strands: Nonempty[RecordId] = Field(description="the lines of research that it belongs to")
    assumes: tuple[Annotated[Assumes, BeforeValidator(_assumption, json_schema_input_type=str | Assumes)], ...] = ()
    regime: dict[SettingName, RegimeValue] = {}
    builds_on: tuple[RecordId, ...] = ()
    implies: tuple[PredictionRef, ...] = ()
    contradicts: tuple[Contradiction, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    sources: Nonempty[Source] = Field(description="where it is stated")
    evidence: tuple[Evidence, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    counter_search: tuple[CounterSearch, ...] = ()
    checked: Checked | None = None


class Origin(Record):
    paper: PaperKey
    where: Text | None = None


class Settles(Record):
    """What would settle a question: a ``text`` with its ``answer``, or a ``prediction`` with both of its outcomes."""

    text: Text | None = None
    answer: Text | None = None
    prediction: PredictionRef | None = None
    if_agrees: Text | None = None
    if_disagrees: Text | None = None

    _one_way = model_validator(mode="after")(exactly_one("text", "prediction"))


class Attempt(Record):
    paper: PaperKey | None = None
    claim: RecordId | None = None
    outcome: Outcome
    where: Text | None = None
    note: Text | None = None

    _one_author = model_validator(mode="after")(exactly_one("paper", "claim"))


class Event(Record):
    """One entry of a question's history; the last one is its present state."""

    date: Day
    state: Literal["open", "claimed", "partial", "answered", "dissolved"]
    because: Address
    note: Text | None = None


class Question(Record):
    """An open problem."""

    title: Text
    statement: Text
    strands: Nonempty[RecordId]
    origin: tuple[Origin, ...] = ()
    asks_about: tuple[Address, ...] = ()
    presumes: tuple[RecordId, ...] = ()
    settled_by: Nonempty[Settles] = Field(description="what would settle it")
    stakes: Text = Field(description="what changes with the answer")
    difficulty: Literal["easy", "medium", "hard"]
    attempts: tuple[Attempt, ...] = ()
    history: Nonempty[Event] = Field(description="its states with their days, the present one last")
    checked: Checked | None = None

    @property
    def state(self) -> str:
        return self.history[-1].state


class Argument(Record):
    """An objection, or a reply to one; ``by: machine`` where no person made it."""

    title: Text
    statement: Text
    paper: PaperKey
    where: Text | None = None
    by: Literal["person", "machine"]
    stance: Literal["objects", "replies"]
    targets: Nonempty[Address]
    severity: Literal["major", "minor"] | None = None
    concedes: Literal["full", "partial", "none"] | None = None
    revision: Literal["made", "partial", "none"] | None = None
    checked: Checked | None = None


class Assumption(Record):
    """A named assumption; ``claim`` where the premise is itself a claim of the record."""

    title: Text
    statement: Text
    regime: dict[SettingName, RegimeValue] = {}
    claim: RecordId | None = None


class Concept(Record):
    """What a reader must know, and what must be known before it."""

    title: Text
    aliases: tuple[
        Text, ...
    ] = ()  # other names of exactly this: found by search, and one word when claims are compared
    statement: Text | None = None
    requires: tuple[RecordId, ...] = ()


class Strand(Record):
    title: Text
    role: Literal["strand", "perspective"]
    statement: Text


class Axis(Record):
    """An axis on which claims are limited."""

    title: Text
    aliases: tuple[Text, ...] = ()  # other names of exactly this
    symbol: Text | None = None
    unit: Text | None = None
    meaning: Text


class Reading(Record):
    """What a stretch of a source teaches, in how many minutes (an estimate)."""

    paper: PaperKey
    where: Text
    minutes: Whole
    teaches: dict[RecordId, Level]
    requires: dict[RecordId, Level] | None = None


class MeterYear(Record):
    """The works of one year from which the meter's sample is drawn, as frozen."""

    year: Whole
    papers: Nonempty[PaperKey]


class Excluded(Record):
    """A drawn work that is left out of the meter, and why: it only argues for convergence."""

    paper: PaperKey
    why: Text


class Meter(Record):
    """The convergence meter (rules.md 4): a seeded draw from a frozen list, and what counts as failure.

    ``fails_below``: the field is not converging where the upper end of the interval of rho lies below it.
    """

    date: Day
    seed: Whole
    per_year: Whole
    second_window_from: Whole
    fails_below: Number
    why: Text
    population: Nonempty[MeterYear]
    sample: Nonempty[PaperKey]
    excluded: tuple[Excluded, ...] = ()


class Retired(Record):
    """An address that is no longer used, and where it leads now (nowhere when withdrawn)."""

    id: Address
    to: tuple[Address, ...]
    date: Day
    why: Text
