"""Every reference leads to a node of the kind that it is for; retired ids are not used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from kg.corpus import Corpus
from kg.english import listed
from kg.findings import Finding, Rule, rule
from kg.records import Claim, Question
from kg.relations import KINDS, RELATIONS, split_address
from kg.validation import NEAR, did_you_mean, nearest

_WHERE = {
    "paper": "bib/",
    "strand": "data/strands.yaml",
    "concept": "data/concepts.yaml",
    "assumption": "data/assumptions.yaml",
    "claim": "data/claims/",
    "prediction": "data/claims/",
    "question": "data/questions/",
    "argument": "data/arguments/",
    "reproduction": "scripts/",
    "run": "data/runs/",
    "axis": "data/regimes.yaml",
}
_ENTER = {  # how what is missing comes to be there
    "paper": "add it with kg add, or name one that is there",
    "strand": "name one that is there",
    "axis": "name it there, or use one that is there",
    "reproduction": "write the script (kg new reproduction), or name one that is there",
    "run": "record it (kg rerun --record), or name one that is there",
    **{
        kind: f"write it (kg new {kind}), or name one that is there"
        for kind in ("concept", "claim", "prediction", "question", "argument")
    },
    "assumption": "write it there, or name one that is there",
}
UNKNOWN: dict[str, Rule] = {
    kind: rule(f"unknown-{kind}", f"A reference to a {kind} names one that is in {where}.", example)
    for kind, where, example in (
        ("paper", _WHERE["paper"], "sources: [{paper: saxe2013exact, …}]"),
        ("strand", _WHERE["strand"], "strands: [solvable]"),
        ("concept", _WHERE["concept"], "requires: [linear-algbra]"),
        ("assumption", _WHERE["assumption"], "assumes: [small-init]"),
        ("claim", _WHERE["claim"], "builds-on: [edge-of-stabilty]"),
        ("prediction", _WHERE["prediction"], "implies: [edge-of-stability/two]"),
        ("question", _WHERE["question"], "targets: ['question:nobody-asked']"),
        ("argument", _WHERE["argument"], "targets: ['argument:nobody-made']"),
        ("reproduction", _WHERE["reproduction"], "tests: [{script: edge, level: trained-network}]"),
        ("run", _WHERE["run"], "because: run:edge_of_stability/20260101T000000Z-00000000"),
        ("axis", _WHERE["axis"], "regime: {widht: '>= 64'}"),
    )
}
WRONG_KIND = rule(
    "wrong-kind", "A relation joins only the kinds that its row of the table names.", "targets: ['prediction:x/y']"
)
RETIRED = rule("retired-id", "A retired id is not used; its replacement is.", "builds-on: [ntk-frozen]")
RETIRED_ALIVE = rule(
    "retired-id-alive",
    "An id is retired or in use, not both.",
    "retired.yaml: {id: claim:x, …} beside data/claims/x.yaml",
)
SELF = rule("self-reference", "A record does not refer to itself.", "builds-on: [itself]")

MOST_GUESSES = 100  # each guess compares with every id of its kind

_SHORT = {
    "strands": "strand",
    "needs": "concept",
    "assumes": "assumption",
    "builds-on": "claim",
    "presumes": "claim",
    "implies": "prediction",
}

_FIELD_OF = {  # by the kind of the record: which of its fields names a record of another kind
    "claim": {
        "concept": "needs", "assumption": "assumes", "strand": "strands", "claim": "builds-on", "axis": "regime",
        "paper": "sources",
    },
    "question": {"strand": "strands", "claim": "presumes", "paper": "origin"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """``source`` names ``target`` at ``location``; ``kinds`` are those that may stand there."""

    source: str
    location: tuple[str | int, ...]
    target: str
    kinds: tuple[str, ...]


def check(corpus: Corpus) -> Iterator[Finding]:
    """Dangling, wrongly typed, retired and self references."""
    retired = {record.id: record for record in corpus.retired}
    known = _known(corpus)
    unknown = 0
    for reference in references(corpus):
        kind, name = split_address(reference.target)
        place = corpus.place(reference.source, *reference.location)
        if kind not in reference.kinds:
            expected = " or ".join(reference.kinds)
            yield WRONG_KIND.at(place, f"found {reference.target!r}, a {kind}; expected a {expected}")
        elif reference.target == reference.source:
            yield SELF.at(place, f"{reference.target!r} refers to itself; name another or take it out")
        elif reference.target in retired:
            record = retired[reference.target]
            to = " or ".join(map(repr, record.to))
            mend = f"use {to}" if to else "it was withdrawn: take the reference out"
            yield RETIRED.at(place, f"{reference.target!r} was retired ({record.why}); {mend}")
        elif name not in known[kind] and not _broken(corpus, kind, name):
            unknown += 1
            near = did_you_mean(name, _written(corpus, kind, known)) if unknown <= MOST_GUESSES else ""
            if kind == "axis" and fuzz.ratio(name, nearest(name, corpus.regimes) or "") < NEAR:
                near = f"; the axes are {listed(sorted(corpus.regimes))}: {_ENTER[kind]}"
            said = f"{name!r} is not in {_WHERE[kind]}{near or f'; {_ENTER[kind]}'}"
            yield UNKNOWN[kind].at(place, _of_another_kind(reference, known) or said)
    for index, record in enumerate(corpus.retired):
        kind, name = split_address(record.id)
        if name in known[kind]:
            yield RETIRED_ALIVE.at(
                corpus.place(f"retired:{index}", "id"),
                f"{record.id!r} is retired here and is still there ({corpus.place(record.id)}); delete that record, "
                "or this entry",
            )


def _written(corpus: Corpus, kind: str, known: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The ids of a kind, those of records whose fields are wrong among them."""
    return [*known[kind], *(name for of, name in map(split_address, corpus.unbuilt) if of == kind)]


def _of_another_kind(reference: Reference, known: Mapping[str, Mapping[str, Any]]) -> str:
    """What the name is instead, and where the record has a field for that; "" where it is nothing."""
    kind, name = split_address(reference.target)
    other = next((other for other in _FIELD_OF["claim"] if other != kind and name in known[other]), None)
    if other is None:
        return ""
    fieldname = _FIELD_OF.get(split_address(reference.source)[0], {}).get(other)
    mend = f"put it under {fieldname}" if fieldname else f"name {_a(kind)} that is in {_WHERE[kind]}"
    return f"{name!r} is {_a(other)}; {mend}"


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _broken(corpus: Corpus, kind: str, name: str) -> bool:
    """Whether the node is written but could not be read: that is said where it is written, once."""
    claim_of_prediction = {f"claim:{name.partition('/')[0]}", "claim:*"} if kind == "prediction" else set()
    return bool({f"{kind}:{name}", f"{kind}:*", *claim_of_prediction} & corpus.broken)


def _known(corpus: Corpus) -> Mapping[str, Mapping[str, Any]]:
    return {
        "paper": corpus.papers,
        "strand": corpus.strands,
        "concept": corpus.concepts,
        "assumption": corpus.assumptions,
        "claim": corpus.claims,
        "question": corpus.questions,
        "argument": corpus.arguments,
        "reproduction": corpus.scripts,
        "axis": corpus.regimes,
        "prediction": {address.partition(":")[2]: p for address, _, p in corpus.predictions()},
        "run": {run.address.partition(":")[2]: run for run in corpus.runs},
    }


def references(corpus: Corpus) -> Iterator[Reference]:
    """Every reference that people wrote."""
    for name, claim in corpus.claims.items():
        yield from _of_claim(f"claim:{name}", claim)
    for name, question in corpus.questions.items():
        yield from _of_question(f"question:{name}", question)
    for name, argument in corpus.arguments.items():
        address = f"argument:{name}"
        yield Reference(address, ("paper",), f"paper:{argument.paper}", ("paper",))
        for i, target in enumerate(argument.targets):
            yield Reference(address, ("targets", i), target, RELATIONS["targets"].targets)
    for name, assumption in corpus.assumptions.items():
        if assumption.claim:
            yield Reference(f"assumption:{name}", ("claim",), f"claim:{assumption.claim}", ("claim",))
        yield from _axes(f"assumption:{name}", (), assumption.regime)
    for name, concept in corpus.concepts.items():
        for i, required in enumerate(concept.requires):
            yield Reference(f"concept:{name}", ("requires", i), f"concept:{required}", ("concept",))
    for name, reading in corpus.readings.items():
        address = f"reading:{name}"
        yield Reference(address, ("paper",), f"paper:{reading.paper}", ("paper",))
        for fieldname, concepts in (("teaches", reading.teaches), ("requires", reading.requires or {})):
            for concept_id in concepts:
                yield Reference(address, (fieldname, concept_id), f"concept:{concept_id}", ("concept",))
    for index, retired in enumerate(corpus.retired):
        for i, target in enumerate(retired.to):
            yield Reference(f"retired:{index}", ("to", i), target, tuple(KINDS))


def _axes(address: str, location: tuple[str | int, ...], regime: Mapping[str, str]) -> Iterator[Reference]:
    for axis in regime:
        yield Reference(address, (*location, "regime", axis), f"axis:{axis}", ("axis",))


def _of_claim(address: str, claim: Claim) -> Iterator[Reference]:
    yield from _axes(address, (), claim.regime)
    for fieldname, values in (
        ("strands", claim.strands),
        ("needs", claim.needs),
        ("assumes", [a.id for a in claim.assumes]),
        ("builds-on", claim.builds_on),
        ("implies", claim.implies),
    ):
        kind = _SHORT[fieldname]
        for i, value in enumerate(values):
            yield Reference(address, (fieldname, i), f"{kind}:{value}", (kind,))
    for fieldname, papers in (
        ("sources", [source.paper for source in claim.sources]),
        ("evidence", [item.paper for item in claim.evidence]),
    ):
        for i, paper in enumerate(papers):
            yield Reference(address, (fieldname, i, "paper"), f"paper:{paper}", ("paper",))
    for i, bridge in enumerate(claim.bridges):
        yield Reference(address, ("bridges", i, "claim"), f"claim:{bridge.claim}", ("claim",))
        yield Reference(address, ("bridges", i, "paper"), f"paper:{bridge.paper}", ("paper",))
    for i, denial in enumerate(claim.contradicts):
        key = "claim" if denial.claim else "prediction"
        yield Reference(address, ("contradicts", i, key), f"{key}:{denial.claim or denial.prediction}", (key,))
        if denial.from_:
            own = f"prediction:{address.partition(':')[2]}/{denial.from_}"
            yield Reference(address, ("contradicts", i, "from"), own, ("prediction",))
        if denial.paper:
            yield Reference(address, ("contradicts", i, "paper"), f"paper:{denial.paper}", ("paper",))
    for i, prediction in enumerate(claim.predictions):
        at: tuple[str | int, ...] = ("predictions", i)
        yield from _axes(address, at, prediction.regime)
        if prediction.source:
            yield Reference(address, (*at, "source", "paper"), f"paper:{prediction.source.paper}", ("paper",))
        for j, item in enumerate(prediction.evidence):
            yield Reference(address, (*at, "evidence", j, "paper"), f"paper:{item.paper}", ("paper",))
        for j, rival in enumerate(prediction.rivals):
            if rival.claim and rival.claim != address.partition(":")[2]:  # a claim may carry both sides of its own trap
                yield Reference(address, (*at, "rivals", j, "claim"), f"claim:{rival.claim}", ("claim",))
        for j, test in enumerate(prediction.tests):
            if test.script:
                yield Reference(address, (*at, "tests", j, "script"), f"reproduction:{test.script}", ("reproduction",))


def _of_question(address: str, question: Question) -> Iterator[Reference]:
    for i, strand in enumerate(question.strands):
        yield Reference(address, ("strands", i), f"strand:{strand}", ("strand",))
    for i, origin in enumerate(question.origin):
        yield Reference(address, ("origin", i, "paper"), f"paper:{origin.paper}", ("paper",))
    for i, target in enumerate(question.asks_about):
        yield Reference(address, ("asks-about", i), target, RELATIONS["asks_about"].targets)
    for i, claim in enumerate(question.presumes):
        yield Reference(address, ("presumes", i), f"claim:{claim}", ("claim",))
    for i, way in enumerate(question.settled_by):
        if way.prediction:
            yield Reference(address, ("settled-by", i, "prediction"), f"prediction:{way.prediction}", ("prediction",))
    for i, attempt in enumerate(question.attempts):
        key = "paper" if attempt.paper else "claim"
        yield Reference(address, ("attempts", i, key), f"{key}:{attempt.paper or attempt.claim}", (key,))
    for i, event in enumerate(question.history):
        yield Reference(address, ("history", i, "because"), event.because, (*KINDS, "run"))
