"""``import kg; g = kg.load()``: the graph with its claims, questions, papers and lists at hand, for a notebook.

A Library is a Graph, so everything that takes one takes it. A name is an id, or an address where an id is shared.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from kg import reader, reading
from kg.corpus import find_root
from kg.evidence import Evidence
from kg.export import formats, selection
from kg.goals import Reader
from kg.graph import Graph, Node
from kg.library.several import ReadingList, Views
from kg.library.views import Claim, Paper, Prediction, Question, Script, View
from kg.search import Index
from kg.validation import did_you_mean

_CLASSES: dict[str, type[View]] = {
    "paper": Paper, "claim": Claim, "prediction": Prediction, "question": Question, "reproduction": Script,
}  # fmt: skip


def load(root: str | Path | None = None) -> Library:
    """The record at ``root``, or the nearest one at or above the working directory."""
    return Library(reader.load(Path(root) if root is not None else find_root()))


class Library(Graph):
    """A Graph with typed access to what it holds. Treat it as read-only."""

    @cached_property
    def evidence(self) -> Evidence:
        """Both axes and the standing of every claim and prediction."""
        return Evidence(self)

    @cached_property
    def _index(self) -> Index:
        return Index(self)

    def __getitem__(self, name: str) -> View:
        """The node that ``name`` (an address, an id, or a retired address) leads to. Raises KeyError beside."""
        address, several = self.resolve(name)
        if address is None:
            known = [node.address for node in self.nodes()] + [node.id for node in self.nodes()]
            hint = f"; it leads to {', '.join(several)}" if several else did_you_mean(name, known)
            raise KeyError(f"there is no {name!r}{hint}")
        return self.view(address)

    def view(self, address: str) -> View:
        """The node at ``address``. Raises KeyError when there is none."""
        node = self.node(address)
        return _CLASSES.get(node.kind, View)(self, node)

    def views(self, addresses: Iterable[str]) -> Views[View]:
        """The nodes at ``addresses``, each once."""
        return Views(self.view(address) for address in dict.fromkeys(addresses))

    def claim(self, name: str) -> Claim:
        """``g.claim("edge-of-stability")``. Raises KeyError, with a near name, where there is none."""
        return Claim(self, self._node("claim", name))

    def prediction(self, name: str) -> Prediction:
        """``g.prediction("edge-of-stability/two-over-eta")``. Raises KeyError where there is none."""
        return Prediction(self, self._node("prediction", name))

    def question(self, name: str) -> Question:
        """A question by its id. Raises KeyError where there is none."""
        return Question(self, self._node("question", name))

    def paper(self, key: str) -> Paper:
        """A paper by its BibTeX key. Raises KeyError where there is none."""
        return Paper(self, self._node("paper", key))

    def script(self, name: str) -> Script:
        """A reproduction by its script's name. Raises KeyError where there is none."""
        return Script(self, self._node("reproduction", name))

    def claims(self, strand: str | None = None, standing: str | None = None, kind: str | None = None) -> Views[Claim]:
        """The claims, or those of a strand, of a standing (``framing`` for those that have none), of a kind."""
        every = (Claim(self, node) for node in self.nodes("claim"))
        return Views(
            one for one in every
            if strand in (None, *one.strands) and standing in (None, one.standing) and kind in (None, one.record.kind)
        )  # fmt: skip

    def predictions(self, verdict: str | None = None, strand: str | None = None) -> Views[Prediction]:
        """The predictions, or those of a verdict (``not-run`` for those without one), of the claims of a strand."""
        every = (Prediction(self, node) for node in self.nodes("prediction"))
        return Views(
            one for one in every
            if verdict in (None, one.verdict or "not-run") and (strand is None or strand in one.claim.strands)
        )  # fmt: skip

    def questions(
        self, state: str | None = None, strand: str | None = None, difficulty: str | None = None
    ) -> Views[Question]:
        """The questions, or those of a state (open, claimed, partial, answered, dissolved), strand or difficulty."""
        every = (Question(self, node) for node in self.nodes("question"))
        return Views(
            one for one in every
            if state in (None, one.state) and (strand is None or strand in one.record.strands)
            and difficulty in (None, one.record.difficulty)
        )  # fmt: skip

    def papers(self, author: str | None = None, year: int | None = None) -> Views[Paper]:
        """The papers, or those by an author whose name holds ``author``, whatever its case, or of a year."""
        every = (Paper(self, node) for node in self.nodes("paper"))
        wanted = (author or "").casefold()
        return Views(
            one for one in every
            if any(wanted in name.casefold() for name in one.authors or ("",)) and year in (None, one.year)
        )  # fmt: skip

    def claims_at(self, addresses: Iterable[str]) -> Views[Claim]:
        """The claims among ``addresses``, and those of the predictions among them, each once."""
        kinds = [address.partition(":") for address in addresses]
        names = [name.partition("/")[0] for kind, _, name in kinds if kind in ("claim", "prediction")]
        return Views(Claim(self, self.node(f"claim:{name}")) for name in dict.fromkeys(names))

    def predictions_at(self, addresses: Iterable[str]) -> Views[Prediction]:
        """The predictions among ``addresses``, each once."""
        found = [one for one in dict.fromkeys(addresses) if one.startswith("prediction:")]
        return Views(Prediction(self, self.node(address)) for address in found)

    def questions_at(self, addresses: Iterable[str]) -> Views[Question]:
        """The questions among ``addresses``, each once."""
        found = [one for one in dict.fromkeys(addresses) if one.startswith("question:")]
        return Views(Question(self, self.node(address)) for address in found)

    def papers_of(self, keys: Iterable[str]) -> Views[Paper]:
        """The papers of these BibTeX keys, each once."""
        return Views(Paper(self, self.node(f"paper:{key}")) for key in dict.fromkeys(keys))

    def find(self, words: str, kind: str | None = None, limit: int = 20) -> Views[View]:
        """What a search for ``words`` finds, best first; typos are forgiven."""
        return self.views(hit.address for hit in self._index.find(words, kind, limit))

    def reading_list(
        self, target: str, level: Reader = "beginner", hours: float | None = None, knows: Iterable[str] = ()
    ) -> ReadingList:
        """The least reading that leads to ``target``: a claim, question, concept or strand, or ``field``.

        Raises ValueError for a target or known concept that is none.
        """
        goal = target if target == "field" else (self.resolve(target)[0] or target)
        return ReadingList(self, reading.reading_list(self, goal, level, hours, knows))

    def export(self, format_: str = "bibtex") -> str:
        """The whole record in a format of ``kg.export.formats.FORMATS``. Raises KeyError beside."""
        return formats.dump(self.evidence, selection.everything(self), format_)

    def _node(self, kind: str, name: str) -> Node:
        """The node of ``kind`` that ``name`` says, by id or address."""
        address = name if name.startswith(f"{kind}:") else f"{kind}:{name}"
        if address not in self:
            live, _ = self.resolve(address)
            if live is None:
                hint = did_you_mean(name, [node.id for node in self.nodes(kind)])
                raise KeyError(f"there is no {kind} {name!r}{hint}")
            address = live
        return self.node(address)
