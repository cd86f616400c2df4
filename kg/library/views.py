"""Nodes as objects for a notebook: what they say, how they stand, and what they lead to.

A view holds a node and its library; what it answers is computed when asked for. Displays escape contributed text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg import trace as traces
from kg.export import citations, formats, selection
from kg.export.describe import standing
from kg.graph import Edge, Node
from kg.inert import formula, inert
from kg.library.bearing import Evidence, Run, evidence_of, run_of
from kg.plain import plain

if TYPE_CHECKING:
    from kg.library import Library
    from kg.library.several import Views


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
        return evidence_of(self._library, self.address)

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
        return evidence_of(self._library, self.address)

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
        return [run_of(run) for run in self._library.corpus.runs if run.script in scripts]

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
        return [run_of(run) for run in self._library.corpus.runs if run.script == self.id]

    def predictions(self) -> Views[Prediction]:
        """What it tests."""
        return self._library.predictions_at(edge.target for edge in self._library.out(self.address, "tests"))
