"""A file as somebody proposes it, held against the record as it stands: what is wrong, and the graph that it gives.

Nothing is written. What needs all runs and maps to be judged again is left to ``kg check``.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from kg import bibfile, identifiers, papers, textfile, unfinished, yamlfile
from kg.checks import declarations, hollow, learning, links, order, prose, quality, references, rivalry
from kg.contribute import mend, modeline
from kg.contribute.yamlstyle import CannotFormatError
from kg.corpus import Corpus
from kg.findings import Finding, Place, beyond
from kg.graph import Edge, Graph
from kg.layout import FOLDERS
from kg.modelfields import Location
from kg.reader import DUPLICATE_ID, uncollected
from kg.validation import Origin, build

_KINDS = {"claims": "claim", "questions": "question", "arguments": "argument"}


@dataclass(frozen=True)
class Proposal:
    """``text`` is canonical where it can be read. ``findings`` are on its lines, ``elsewhere`` what it does to others.

    ``graph`` is the record with it, None where it cannot be read; ``address`` is the node that it writes.
    ``fields`` has the findings by the field of the record at whose place they stand, '' where there is none.
    """

    path: str
    text: str
    address: str
    findings: tuple[Finding, ...]
    elsewhere: tuple[Finding, ...] = ()
    graph: Graph | None = None
    fields: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong but what may wait (warnings)."""
        return self.graph is not None and not any(f.severity == "error" for f in (*self.findings, *self.elsewhere))


def propose(graph: Graph, path: str, text: str, *, is_new: bool = False) -> Proposal:
    """The file ``path`` of the record of ``graph`` as ``text``: a claim, question or argument, or an entry of ``bib/``.

    A YAML file takes the place of the one at ``path``, of which there is none where it ``is_new``; an entry stands
    beside those of its file. Never raises.
    """
    with uncollected():
        return _entry(graph, path, text) if path.endswith(".bib") else _file(graph, path, text, is_new)


def neighbours(proposal: Proposal) -> list[Edge]:
    """The relations between the proposed node, with its predictions, and the rest of the record."""
    if proposal.graph is None or proposal.address not in proposal.graph:
        return []
    graph = proposal.graph
    own = {proposal.address, *(edge.target for edge in graph.out(proposal.address, "implies"))}
    return [edge for address in sorted(own) for edge in graph.around(address) if edge.other(address) not in own]


def _file(graph: Graph, path: str, text: str, is_new: bool) -> Proposal:
    folder, stem = PurePosixPath(path).parent.name, PurePosixPath(path).stem
    address = f"{_KINDS[folder]}:{stem}"
    if unread := [*_forbidden(path, text)]:
        return Proposal(path, text, address, (*_unfit(path, stem), *unread))
    unnamed = [*_unfit(path, stem)]
    if is_new and address in graph:
        unnamed.append(
            DUPLICATE_ID.at(Place(path), f"{stem!r} is there already; choose another name, or correct that one")
        )
    with suppress(CannotFormatError):  # the reader says why, on the lines as they are
        text = mend.formatted(modeline.put(text, path) if is_new else text, path)
    file = yamlfile.parse(text, path)
    if file.value is None:
        found = (*unnamed, *file.findings)
        return Proposal(path, text, address, found, fields=_by_field(found, file.lines))
    origin = Origin(path, file.lines)
    record, findings = build(FOLDERS[folder], file.value, origin)
    whole, found = record is not None and not unnamed, (*unnamed, *file.warnings, *findings)
    draft = unfinished.completed(FOLDERS[folder], file.value, origin) if isinstance(file.value, dict) else None
    if draft is None:
        return Proposal(path, text, address, found, fields=_by_field(found, file.lines))
    corpus, name = graph.corpus, unfinished.NAME if unnamed else stem
    written = f"{_KINDS[folder]}:{name}"
    records: dict[str, Any] = {folder: MappingProxyType({**getattr(corpus, folder), name: draft.record})}
    changed = replace(
        corpus,
        **records,
        origins=MappingProxyType({**corpus.origins, written: draft.origin}),
        findings=(),
        broken=corpus.broken - {written} if whole else corpus.broken | {written},
    )
    return _held(graph, changed, Proposal(path, text, address, found), file.lines, None if whole else draft)


def _entry(graph: Graph, path: str, text: str) -> Proposal:
    with suppress(CannotFormatError):
        text = mend.mended(text, path)
    if wrong := tuple(_forbidden(path, text)):
        return Proposal(path, text, "", wrong)
    read = bibfile.parse(text, path)
    if len(read.entries) > 1:
        several = f"found {len(read.entries)} entries, expected one; propose them one by one"
        wrong = (bibfile.TOO_MANY.at(Place(path), several),)
    if wrong or len(read.entries) != 1:
        return Proposal(path, text, "", (*wrong, *read.findings))
    [entry] = read.entries
    paper, findings = papers.from_entry(entry)
    corpus, address = graph.corpus, f"paper:{paper.key}"
    twin = next((key for key in corpus.papers if key.casefold() == paper.key.casefold()), None)
    if twin is not None:
        where = corpus.place(f"paper:{twin}")
        findings.append(DUPLICATE_ID.at(entry.place, f"{paper.key!r} is taken by {where}; choose another key"))
    lines: dict[Location, int] = {(name,): line for name, line in entry.lines.items()}
    changed = replace(
        corpus,
        papers=MappingProxyType({**corpus.papers, paper.key: paper}),
        origins=MappingProxyType({**corpus.origins, address: Origin(path, lines, (), entry.place.line)}),
        findings=(),
        broken=corpus.broken - {address},
    )
    return _held(graph, changed, Proposal(path, text, address, (*read.findings, *findings)), lines)


def _unfit(path: str, stem: str) -> Iterator[Finding]:
    if not identifiers.is_record_id(stem):
        what = f"found {stem[:80]!r}, expected lower-case letters, digits, '.', '_' and '-' (at most 80)"
        yield textfile.BAD_NAME.at(Place(path), what)


def _forbidden(path: str, text: str) -> Iterator[Finding]:
    for offset, what in textfile.forbidden(text):
        yield textfile.FORBIDDEN.at(Place(path, text.count("\n", 0, offset) + 1), f"found {what}; delete it")


def _held(
    graph: Graph,
    changed: Corpus,
    proposal: Proposal,
    lines: Mapping[Location, int],
    draft: unfinished.Completed[Any] | None = None,
) -> Proposal:
    """The proposal with what the rules across records say of it, beyond what they say of the record already.

    With a ``draft`` the record in ``changed`` has stand-ins, of which nothing is told and no graph is given.
    """
    after = Graph(changed)
    fresh = beyond(_across(after), [f for f in _known(graph) if f.place.path != proposal.path])
    if draft:
        fresh = list(draft.told(fresh))
    mine = (*proposal.findings, *(f for f in fresh if f.place.path == proposal.path))
    mine = tuple(sorted(dict.fromkeys(mine), key=lambda finding: finding.place))
    others = tuple(f for f in fresh if f.place.path != proposal.path)
    return replace(
        proposal, findings=mine, elsewhere=others, graph=None if draft else after, fields=_by_field(mine, lines)
    )


@lru_cache(maxsize=1)
def _known(graph: Graph) -> tuple[Finding, ...]:
    """What the rules across records say of the record as it stands."""
    return tuple(_across(graph))


def _across(graph: Graph) -> list[Finding]:
    """What the rules across records say that need no run."""
    corpus = graph.corpus
    return sorted({
        *references.check(corpus), *declarations.check(corpus), *order.cycles(graph), *order.dates(corpus),
        *links.check(corpus), *learning.check(corpus), *quality.tex(corpus), *prose.check(corpus),
        *hollow.check(corpus), *rivalry.check(corpus),
    })  # fmt: skip


def _by_field(findings: tuple[Finding, ...], lines: Mapping[Location, int]) -> dict[str, tuple[Finding, ...]]:
    """The findings by the first-level field on or below whose line they stand."""
    starts = sorted((line, str(at[0])) for at, line in lines.items() if len(at) == 1)
    found: dict[str, tuple[Finding, ...]] = {}
    for finding in findings:
        at = bisect.bisect_right([line for line, _ in starts], finding.place.line) - 1
        whole = at < 0 or (finding.rule == "missing-field" and finding.place.line == starts[0][0])
        name = "" if whole else starts[at][1]
        found[name] = (*found.get(name, ()), finding)
    return found
