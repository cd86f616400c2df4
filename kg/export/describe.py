"""What Markdown, HTML and CSV say of each node of a selection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.evidence import Evidence
from kg.export.selection import Item, Selection
from kg.papers import Paper


@dataclass(frozen=True, slots=True)
class Described:
    """One node. ``standing`` is a claim's or prediction's standing or a question's state; ``links`` are the names and
    addresses where a paper is found."""

    address: str
    kind: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    arxiv: str = ""
    doi: str = ""
    url: str = ""
    standing: str = ""
    statement: str = ""
    where: str = ""
    minutes: int | None = None
    why: str = ""
    links: tuple[tuple[str, str], ...] = ()

    @property
    def byline(self) -> str:
        """Authors, venue and year of a paper."""
        return ", ".join(filter(None, [*self.authors, self.venue, str(self.year or "")]))

    @property
    def told(self) -> str:
        """What a reading list says of it: the part, the minutes, the reason."""
        minutes = "" if self.minutes is None else f"about {self.minutes} min"
        return "; ".join(filter(None, [self.where, minutes, self.why]))


def described(evidence: Evidence, selection: Selection) -> Iterator[Described]:
    """Every item of ``selection`` in its order."""
    return (_described(evidence, item) for item in selection.items)


def _described(evidence: Evidence, item: Item) -> Described:
    node = evidence.graph.node(item.address)
    said = {"where": item.where, "minutes": item.minutes, "why": item.why}
    if isinstance(node.record, Paper):
        paper = node.record
        authors = (*(author.text for author in paper.authors), *(["et al."] if paper.incomplete else []))
        return Described(
            node.address, node.kind, node.title, authors, paper.year, paper.venue, paper.arxiv, paper.doi, paper.url,
            links=tuple(paper.addresses), **said,  # type: ignore[arg-type]  # one type a name
        )  # fmt: skip
    statement = getattr(node.record, "statement", None) or ""
    return Described(
        node.address, node.kind, node.title, standing=standing(evidence, item.address),
        statement="" if statement == node.title else statement, **said,  # type: ignore[arg-type]
    )  # fmt: skip


def standing(evidence: Evidence, address: str) -> str:
    """How a claim or prediction stands, or the state of a question; empty for every other node."""
    node = evidence.graph.node(address)
    if node.kind == "claim":
        return evidence.claims[node.id].standing or "framing"
    if node.kind == "prediction":
        return evidence.predictions[address].standing
    return str(node.record.state) if node.kind == "question" else ""
