"""Nodes as objects for a notebook: what they say, how they stand, and what they lead to.

A view holds a node and its library; what it answers is computed when asked for. Displays escape contributed text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from kg import trace as traces
from kg.draw.plain import plain
from kg.export import citations, formats, selection
from kg.export.describe import standing
from kg.graph import Edge, Node
from kg.inert import formula, inert
from kg.reading import Item, LeftOut
from kg.reading import ReadingList as Found

if TYPE_CHECKING:
    from kg.library import Library

V_co = TypeVar("V_co", bound="View", covariant=True)


class View:
    """One node. ``record`` is the model, paper or script behind it, with every field that was written."""

    def __init__(self, library: Library, node: Node) -> None:
        self._library = library
        self.node = node

    @property
    def address(self) -> str:
        """``kind:id``."""
        return self.node.address

    @property
    def id(self) -> str:
        return self.node.id

    @property
    def kind(self) -> str:
        return self.node.kind

    @property
    def title(self) -> str:
        """As written, TeX between dollar signs."""
        return self.node.title

    @property
    def record(self) -> Any:
        return self.node.record

    @property
    def statement(self) -> str:
        """What it says, in the record's own words; empty where the record says nothing beyond the title."""
        return str(getattr(self.record, "statement", None) or "")

    @property
    def standing(self) -> str:
        """How a claim or prediction stands, or a question's state; empty for other kinds."""
        return standing(self._library.evidence, self.address)

    def neighbours(self, *relations: str) -> Views[View]:
        """The nodes at the other end of its relations, of those named or of all (``kg.relations`` lists them)."""
        edges: list[Edge] = [e for e in self._library.around(self.address) if not relations or e.relation in relations]
        return self._library.views(edge.other(self.address) for edge in edges)

    def trace(self, depth: int = 12) -> list[traces.Step]:
        """What it rests on, depth first (``kg.trace.rests_on``)."""
        return traces.rests_on(self._library, self.address, depth)

    def falls(self, depth: int = 12) -> list[traces.Step]:
        """What loses its ground if it falls (``kg.trace.falls``)."""
        return traces.falls(self._library, self.address, depth)

    def works(self) -> Views[Paper]:
        """The papers behind it (``kg.export.selection.behind``)."""
        return self._library.papers_of(selection.behind(self._library, self.address))

    def export(self, format_: str = "bibtex") -> str:
        """The node, or the works behind it, in a format of ``kg.export.formats.FORMATS``. Raises KeyError beside."""
        return formats.dump(self._library.evidence, selection.of(self.title, [self.address]), format_)

    def bibtex(self) -> str:
        """The BibTeX entries of the works behind it."""
        return self.export("bibtex")

    def cite(self, style: str = "apa") -> str:
        """The works behind it as references in a style of ``kg.export.citations.STYLES``, one a line."""
        return citations.dump(self._library.corpus, selection.behind(self._library, self.address), style)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and (self._library is other._library and self.address == other.address)

    def __hash__(self) -> int:
        return hash(self.address)

    def __repr__(self) -> str:
        return f"<{self.address}: {plain(self.title)}>"

    def _told(self) -> list[tuple[str, str]]:
        """(name, contributed text) of what its display tells below the title."""
        return [("", self.statement)] if self.statement and self.statement != self.title else []

    def _repr_markdown_(self) -> str:
        head = " · ".join(filter(None, [self.kind, self.standing]))
        lines = [f"**{inert(self.title)}**", f"{inert(head)} `{self.address}`"]
        for name, text in self._told():
            shown = formula(text) if name == "formula" else inert(text)
            lines.append(f"*{name}* {shown}" if name and name != "formula" else shown)
        return "\n\n".join(lines)


class Paper(View):
    """A source: article, post, lecture, book."""

    @property
    def authors(self) -> tuple[str, ...]:
        return tuple(author.text for author in self.record.authors)

    @property
    def year(self) -> int | None:
        return self.record.year  # type: ignore[no-any-return]

    def claims(self) -> Views[Claim]:
        """The claims that it states or reports on, itself or by way of a prediction."""
        found = [edge.target for edge in self._library.out(self.address, "states", "reports")]
        return self._library.claims_at(found)

    def _told(self) -> list[tuple[str, str]]:
        return [("", ", ".join(filter(None, [*self.authors, self.record.venue, str(self.year or "")])))]


class Claim(View):
    """A statement about learning that sources make."""

    @property
    def strands(self) -> tuple[str, ...]:
        return tuple(self.record.strands)

    @property
    def reason(self) -> str:
        """Why it stands as it does, in one sentence."""
        return self._library.evidence.claims[self.id].reason

    def evidence(self) -> Evidence:
        """What speaks for it, what against, and what is told and not counted; its predictions' evidence with it."""
        return _evidence(self._library, self.address)

    def predictions(self) -> Views[Prediction]:
        """What it implies that one will measure."""
        return self._library.predictions_at(edge.target for edge in self._library.out(self.address, "implies"))

    def assumptions(self) -> Views[View]:
        """What it takes for granted."""
        return self._library.views(edge.target for edge in self._library.out(self.address, "assumes"))

    def questions(self) -> Views[Question]:
        """The questions that ask about it, presume it, or on which it bears."""
        asked = [edge.source for edge in self._library.into(self.address, "asks_about", "presumes")]
        return self._library.questions_at([*asked, *(e.target for e in self._library.out(self.address, "bears_on"))])

    def _told(self) -> list[tuple[str, str]]:
        return [("", self.statement), ("Why it stands so.", self.reason)]


class Prediction(View):
    """What a claim says one will measure."""

    @property
    def claim(self) -> Claim:
        """The claim in whose file it is written."""
        return self._library.claim(self.id.partition("/")[0])

    @property
    def verdict(self) -> str | None:
        """The verdict on its newest recorded run at the highest level; None where it was never run."""
        outcome = self._library.evidence.predictions[self.address].primary
        return outcome.judgement.verdict if outcome and outcome.judgement else None

    @property
    def stale(self) -> bool:
        """Whether script, data or declaration changed since that run."""
        outcome = self._library.evidence.predictions[self.address].primary
        return bool(outcome and outcome.stale)

    def evidence(self) -> Evidence:
        """What speaks for it, what against, and what is told and not counted."""
        return _evidence(self._library, self.address)

    def measured(self) -> list[dict[str, Any]]:
        """What its newest run gave: a dict for each condition, with the judged ``mean``, ``se``, ``n`` and
        ``interval`` (98 %) in the quantity's own units, and the ``condition``. Empty where it was never judged."""
        outcome = self._library.evidence.predictions[self.address].primary
        judged = outcome.judgement if outcome else None
        return [
            {
                "condition": dict(row.condition), "mean": row.measured.mean, "se": row.measured.se,
                "n": row.measured.n, "interval": tuple(row.measured.interval),
            }
            for row in (judged.conditions if judged else ())
        ]  # fmt: skip

    def runs(self) -> list[Run]:
        """The recorded runs of the scripts that test it, oldest first."""
        scripts = {test.script for test in self.record.scripts}
        return [_run(run) for run in self._library.corpus.runs if run.script in scripts]

    def _told(self) -> list[tuple[str, str]]:
        return [("formula", self.record.formula)] if self.record.formula else []


class Question(View):
    """An open problem, with what would settle it."""

    @property
    def state(self) -> str:
        """open, claimed, partial, answered or dissolved."""
        return str(self.record.state)

    def settled_by(self) -> Views[Prediction]:
        """The predictions whose outcome would settle it."""
        return self._library.predictions_at(e.source for e in self._library.into(self.address, "would_settle"))

    def claims(self) -> Views[Claim]:
        """The claims that it asks about, that it presumes, and that bear on it."""
        asked = [edge.target for edge in self._library.out(self.address, "asks_about", "presumes")]
        return self._library.claims_at([*asked, *(e.source for e in self._library.into(self.address, "bears_on"))])

    def _told(self) -> list[tuple[str, str]]:
        return [("", self.statement), ("Why it matters.", self.record.stakes)]


class Script(View):
    """A reproduction."""

    def runs(self) -> list[Run]:
        """Its recorded runs, oldest first."""
        return [_run(run) for run in self._library.corpus.runs if run.script == self.id]

    def predictions(self) -> Views[Prediction]:
        """What it tests."""
        return self._library.predictions_at(edge.target for edge in self._library.out(self.address, "tests"))


@dataclass(frozen=True, slots=True)
class Run:
    """A recorded run. ``quantities`` are by name lists of dicts: ``condition``, and ``measured``, ``expected`` and each
    of ``rivals`` as one number a seed (None where the threshold was never reached); ``provenance`` says how it came."""

    address: str
    script: str
    budget: str
    status: str
    seeds: tuple[int, ...]
    quantities: dict[str, list[dict[str, Any]]]
    provenance: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bearing:
    """One piece of evidence: which node, what it does (``says``), and what is told of it (where, outcome, value …)."""

    view: View
    says: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a claim or prediction, against it, and what is told and not counted (``kg.trace.Sides``)."""

    support: tuple[Bearing, ...]
    against: tuple[Bearing, ...]
    uncounted: tuple[Bearing, ...]

    def _repr_markdown_(self) -> str:
        lines = []
        for name, found in (("for", self.support), ("against", self.against), ("not counted", self.uncounted)):
            lines += [f"**{name}** ({len(found)})", ""]
            for one in found:
                where = f", {inert(str(one.data['where']))}" if one.data.get("where") else ""
                lines.append(f"- {inert(one.view.title)}{where}: {inert(one.says)} `{one.view.address}`")
            lines.append("")
        return "\n".join(lines)


class ReadingList(Sequence[Item]):
    """A reading list in its order (``kg.reading``). ``left_out`` are goals that it does not reach, and why."""

    def __init__(self, library: Library, found: Found) -> None:
        self._library = library
        self.found = found

    @property
    def title(self) -> str:
        return self.found.title

    @property
    def minutes(self) -> int:
        """An estimate."""
        return self.found.minutes

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        return self.found.left_out

    @overload
    def __getitem__(self, at: int) -> Item: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Item]: ...
    def __getitem__(self, at: int | slice) -> Item | Sequence[Item]:
        return self.found.items[at]

    def __len__(self) -> int:
        return len(self.found.items)

    def papers(self) -> Views[Paper]:
        """What is to be read, each paper once."""
        return self._library.papers_of(item.paper for item in self)

    def export(self, format_: str = "markdown") -> str:
        """The list in a format of ``kg.export.formats.FORMATS``, with order, minutes and reasons where it has them."""
        return formats.dump(self._library.evidence, selection.reading(self.found), format_)

    def __repr__(self) -> str:
        lines = [f"{at}. {plain(item.title)}, {item.where} ({item.minutes} min)" for at, item in enumerate(self, 1)]
        return "\n".join([f"<reading list: {plain(self.title)}, about {self.minutes} minutes>", *lines])

    def _repr_markdown_(self) -> str:
        return self.export("markdown")


class Views(Sequence[V_co], Generic[V_co]):
    """Views in an order, as a sequence; slicing gives such a sequence again."""

    def __init__(self, found: Iterable[V_co]) -> None:
        self._found: list[V_co] = list(found)

    @overload
    def __getitem__(self, at: int) -> V_co: ...
    @overload
    def __getitem__(self, at: slice) -> Views[V_co]: ...
    def __getitem__(self, at: int | slice) -> V_co | Views[V_co]:
        return Views(self._found[at]) if isinstance(at, slice) else self._found[at]

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[V_co]:
        return iter(self._found)

    def where(self, keep: Callable[[V_co], bool]) -> Views[V_co]:
        """Those that ``keep`` says True of."""
        return Views(one for one in self._found if keep(one))

    def export(self, format_: str = "bibtex", title: str = "Selection") -> str:
        """Them all, or the works behind them, in a format of ``kg.export.formats.FORMATS``."""
        if not self._found:
            return ""
        chosen = selection.of(title, (one.address for one in self._found))
        return formats.dump(self._found[0]._library.evidence, chosen, format_)

    def __repr__(self) -> str:
        shown = "\n ".join(map(repr, self._found[:20]))
        more = f"\n … {len(self) - 20} more" if len(self) > 20 else ""
        return f"[{shown}{more}]"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(one.kind)}</td><td>{escape(plain(one.title))}</td><td>{escape(one.standing)}</td>"
            f"<td><code>{escape(one.address)}</code></td></tr>"
            for one in self._found[:100]
        )
        more = f"<p>… {len(self) - 100} more</p>" if len(self) > 100 else ""
        return f"<table><tr><th>kind</th><th>title</th><th>standing</th><th>address</th></tr>{rows}</table>{more}"


def _evidence(library: Library, address: str) -> Evidence:
    sides = traces.evidence_of(library, library.evidence, address)

    def bearings(steps: Iterable[traces.Step]) -> tuple[Bearing, ...]:
        return tuple(Bearing(library.view(step.address), step.says, dict(step.data)) for step in steps)

    return Evidence(bearings(sides.support), bearings(sides.against), bearings(sides.uncounted))


def _run(run: Any) -> Run:
    result = run.result or {}
    quantities = {name: [dict(row) for row in rows] for name, rows in (result.get("quantities") or {}).items()}
    seeds = tuple(result.get("seeds") or ())
    return Run(run.address, run.script, run.budget, run.status, seeds, quantities, dict(run.provenance))
