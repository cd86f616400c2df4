"""The one table of node kinds and relations.

Validation, graph, trace, legend and exports read it; nothing else repeats it.
Each relation says what it joins, what it carries, where a contributor writes it, and
which of its two ends rests on the other: the trace and "what falls" follow that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

KINDS = {
    "paper": "any citable source: article, post, lecture, book",
    "strand": "a line of research, or a perspective beside the five lines",
    "concept": "what a reader must know",
    "assumption": "what a result takes for granted, with the regime that it fixes",
    "claim": "a statement about learning that sources make",
    "prediction": "what a claim says one will measure, with what would refute it",
    "question": "an open problem, with what would settle it",
    "argument": "an objection, or a reply to one",
    "reproduction": "a script that measures what a prediction speaks of",
}

Rests = Literal["source", "target", "both", "neither"]
Verb = Literal["states", "supports", "contradicts", "asks"]


@dataclass(frozen=True, slots=True)
class Relation:
    """One row of the table.

    ``says`` reads from source to target, ``says_back`` from target to source. ``rests`` names the end
    that loses its ground when the other end falls. ``verb`` is one of the four that a reader meets first,
    or None for a relation shown on demand.
    """

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    says: str
    says_back: str
    carries: tuple[str, ...] = ()
    written_in: str = ""
    rests: Rests = "neither"
    verb: Verb | None = None
    acyclic: bool = False


_TABLE = (
    Relation(
        "in_strand",
        ("claim", "question"),
        ("strand",),
        "belongs to",
        "holds",
        (),
        "its `strands`",
    ),
    Relation(
        "states",
        ("paper",),
        ("claim",),
        "states",
        "is stated by",
        ("role", "where", "depth"),
        "claim `sources`",
        rests="target",
        verb="states",
    ),
    Relation(
        "reports",
        ("paper",),
        ("claim", "prediction"),
        "reports on",
        "is reported on by",
        ("outcome", "where", "depth", "value", "data", "code", "in-regime"),
        "`evidence` of either",
        rests="target",
        verb="supports",
    ),
    Relation("cites", ("paper",), ("paper",), "cites", "is cited by", (), "citations importer"),
    Relation(
        "builds_on",
        ("claim",),
        ("claim",),
        "builds on",
        "is built on by",
        (),
        "claim `builds-on`",
        rests="source",
        verb="supports",
        acyclic=True,
    ),
    Relation(
        "assumes",
        ("claim",),
        ("assumption",),
        "assumes",
        "is assumed by",
        ("load-bearing",),
        "claim `assumes`",
        rests="source",
    ),
    Relation(
        "bridges",
        ("claim",),
        ("claim",),
        "is linked to",
        "is linked from",
        ("how", "why", "paper", "where"),
        "the later claim's `bridges`",
        verb="supports",
    ),
    Relation(
        "contradicts",
        ("claim", "prediction"),
        ("claim", "prediction"),
        "contradicts",
        "is contradicted by",
        ("regime", "why", "paper"),
        "the later claim's `contradicts`",
        verb="contradicts",
    ),
    Relation(
        "implies",
        ("claim",),
        ("prediction",),
        "implies",
        "follows from",
        (),
        "nesting, or `implies` for another claim's prediction",
        rests="both",
        verb="states",
    ),
    Relation(
        "tests",
        ("reproduction",),
        ("prediction",),
        "tests",
        "is tested by",
        ("level",),
        "prediction `tests`",
        rests="target",
        verb="supports",
    ),
    Relation(
        "asks_about",
        ("question",),
        ("claim", "prediction", "concept"),
        "asks about",
        "is asked about by",
        (),
        "question `asks-about`",
        verb="asks",
    ),
    Relation(
        "presumes",
        ("question",),
        ("claim",),
        "presumes",
        "is presumed by",
        (),
        "question `presumes`",
        rests="source",
        verb="asks",
    ),
    Relation(
        "would_settle",
        ("prediction",),
        ("question",),
        "would settle",
        "would be settled by",
        ("if-agrees", "if-disagrees"),
        "question `settled-by`",
        verb="asks",
    ),
    Relation(
        "bears_on",
        ("paper", "claim"),
        ("question",),
        "bears on",
        "is approached by",
        ("outcome", "where", "note"),
        "question `attempts`",
        rests="target",
        verb="asks",
    ),
    Relation(
        "raises", ("paper",), ("question",), "raises", "is raised by", ("where",), "question `origin`", verb="asks"
    ),
    Relation(
        "targets",
        ("argument",),
        ("claim", "question", "strand", "paper", "argument"),
        "is about",
        "is argued over by",
        ("stance",),
        "argument `targets`",
        verb="contradicts",
        acyclic=True,
    ),
    Relation(
        "requires",
        ("concept",),
        ("concept",),
        "requires",
        "is required by",
        (),
        "`concepts.yaml`",
        rests="source",
        acyclic=True,
    ),
    Relation("needs", ("claim",), ("concept",), "needs", "is needed for", (), "claim `needs`"),
    Relation(
        "teaches", ("paper",), ("concept",), "teaches", "is taught by", ("level", "where", "minutes"), "`readings.yaml`"
    ),
)

RELATIONS: dict[str, Relation] = {relation.name: relation for relation in _TABLE}


def split_address(address: str) -> tuple[str, str]:
    """``kind:id`` split at the first colon (BibTeX keys may hold colons). Raises ValueError without one."""
    kind, colon, name = address.partition(":")
    if not colon or not kind or not name:
        raise ValueError(f"{address!r} is no address; an address is kind:id, such as claim:edge-of-stability")
    return kind, name
