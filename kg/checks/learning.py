"""Reading lists can be computed: each concept is taught, each reading can be begun, minutes follow one rule."""

from __future__ import annotations

from collections.abc import Iterator

from kg.corpus import Corpus
from kg.findings import Finding, rule
from kg.levels import has, minutes, requirements
from kg.records import Level, Reading

UNTAUGHT = rule(
    "untaught-concept",
    "Some reading teaches each concept: else no reading list can have it as a goal.",
    "an entry of concepts.yaml that no reading teaches",
    severity="warning",
)
UNREACHED = rule(
    "reading-out-of-reach",
    "What a reading requires is taught, at the level required, by readings that can be begun before it.",
    "a: {teaches: {x: meet}, requires: {y: meet}}, b: {teaches: {y: meet}, requires: {x: meet}}",
    severity="warning",
)
MINUTES = rule(
    "minutes-off-rule",
    "The minutes of a reading follow from the pages or words that its `where` names and the highest level it teaches.",
    'where: "whole paper, 10 pages", minutes: 30, teaches: {ntk: use}',
    severity="warning",
)


def check(corpus: Corpus) -> Iterator[Finding]:
    """The findings of concepts and readings; silent on reach where one that may teach could not be read."""
    for name, reading in corpus.readings.items():
        due = minutes(reading)
        if due is not None and due != reading.minutes:
            message = f"found {reading.minutes} minutes for {reading.where!r}, expected {due}; mend one of the two"
            yield MINUTES.at(corpus.place(f"reading:{name}", "minutes"), message)
    if any(address.startswith(("reading:", "concept:")) for address in corpus.broken):
        return
    taught = {concept for reading in corpus.readings.values() for concept in reading.teaches}
    for concept in corpus.concepts:
        if concept not in taught:
            message = f"no reading teaches {concept!r}; add one to readings.yaml, or take the concept out"
            yield UNTAUGHT.at(corpus.place(f"concept:{concept}"), message)
    known = reachable(corpus)
    for name, reading in corpus.readings.items():
        for concept, level in requirements(corpus, reading).items():
            if concept in corpus.concepts and not has(known, concept, level):
                message = (
                    f"nothing that can be read before {name!r} teaches {concept!r} to {level}; "
                    "add such a reading, or ask for less"
                )
                yield UNREACHED.at(corpus.place(f"reading:{name}"), message)
                break


def reachable(corpus: Corpus) -> dict[str, Level]:
    """The highest level of each concept that one can come to from nothing, by readings in an order that can be kept."""
    known: dict[str, Level] = {}
    left = list(corpus.readings.values())
    while left:
        ready: list[Reading] = []
        later: list[Reading] = []
        for reading in left:
            begun = all(has(known, concept, level) for concept, level in requirements(corpus, reading).items())
            (ready if begun else later).append(reading)
        if not ready:
            break
        for reading in ready:
            for concept, level in reading.teaches.items():
                if not has(known, concept, level):
                    known[concept] = level
        left = later
    return known
