"""What the rules across records say of records with wrong or missing fields, so that all is told in one run.

Such a record is not in the graph. Here it is made whole by stand-ins (``kg.unfinished``) and held to the rules that
need no run; what is said of a stand-in, or follows from what had to be left out, is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from kg.checks import declarations, hollow, learning, links, order, prose, quality, references, rivalry, twins
from kg.corpus import Corpus
from kg.findings import Finding, beyond
from kg.graph import Graph
from kg.layout import KIND_OF
from kg.unfinished import Completed, completed

_FIELD = {  # of the corpus, by kind
    "claim": "claims", "question": "questions", "argument": "arguments", "assumption": "assumptions",
    "concept": "concepts", "strand": "strands", "axis": "regimes", "reading": "readings",
}  # fmt: skip
_PAIRS = frozenset({"unlinked-rivals", "same-statement", "shared-words", "duplicate-id"})
"""Rules on two records that may be told at the other one."""


def check(corpus: Corpus, told: Iterable[Finding]) -> Iterator[Finding]:
    """What is to be said beyond what is ``told`` of the corpus without its unbuilt records."""
    drafts: dict[str, Completed[Any]] = {}
    records: dict[str, dict[str, Any]] = {}
    for address, written in corpus.unbuilt.items():
        kind, _, name = address.partition(":")
        [model] = [model for model, its in KIND_OF.items() if its == kind]
        held = getattr(corpus, _FIELD[kind])
        draft = completed(model, written, corpus.origins[address])
        if draft is not None and name not in held:
            records.setdefault(_FIELD[kind], dict(held))[name] = draft.record
            drafts[address] = draft
    if not drafts:
        return
    origins = {**corpus.origins, **{address: draft.origin for address, draft in drafts.items()}}
    changed: dict[str, Any] = {field: MappingProxyType(held) for field, held in records.items()}
    fresh = beyond(_across(replace(corpus, **changed, origins=MappingProxyType(origins), unbuilt={})), told)
    paths = {draft.origin.path for draft in drafts.values()}
    for finding in fresh:
        near = finding.place.path in paths or finding.rule in _PAIRS
        if near and all([*draft.told([finding])] for draft in drafts.values()):
            yield finding


def _across(corpus: Corpus) -> list[Finding]:
    """What the rules say that need neither run nor evidence."""
    return sorted({
        *references.check(corpus), *declarations.check(corpus), *order.cycles(Graph(corpus)), *order.dates(corpus),
        *links.check(corpus), *learning.check(corpus), *quality.tex(corpus), *prose.check(corpus),
        *hollow.check(corpus), *rivalry.check(corpus), *twins.check(corpus),
    })  # fmt: skip
