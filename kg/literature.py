"""The literature axis: how many independent sources agree and differ (rules.md 2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import networkx as nx

from kg.corpus import Corpus
from kg.declarations import Evidence, Prediction, Source
from kg.names import Author
from kg.records import Claim

State = Literal["unreported", "reported", "corroborated", "disputed", "refuted"]


@dataclass(frozen=True, slots=True)
class Item:
    """One source's word on a claim or prediction. ``authors`` are identities: family name and first initial."""

    paper: str
    outcome: str
    authors: frozenset[str]
    data: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Literature:
    """The state, with the independent items that make it: the largest sets of which no two share an author."""

    state: State
    agreeing: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


def of_prediction(corpus: Corpus, claim: Claim, prediction: Prediction) -> Literature:
    """Its own source and evidence; where it names no source, its claim's sources count."""
    sources = (prediction.source,) if prediction.source else claim.sources
    return weigh(items(corpus, sources, prediction.evidence))


def of_claim(corpus: Corpus, claim: Claim) -> Literature:
    """The claim's own sources and evidence, without its predictions'."""
    return weigh(items(corpus, claim.sources, claim.evidence))


def items(corpus: Corpus, sources: Iterable[Source], evidence: Sequence[Evidence]) -> list[Item]:
    """What counts: own results and outcomes in the regime; conjecture and background count nothing.

    An evidence item that counts takes the place of its paper's being a source: it says more (its data, its outcome).
    """
    told = {item.paper for item in evidence if item.in_regime and item.outcome != "mixed"}
    own = [
        Item(s.paper, "agrees", _authors(corpus, s.paper))
        for s in sources
        if s.role == "own-result" and s.paper not in told
    ]
    reported = [
        Item(e.paper, e.outcome, _authors(corpus, e.paper), e.data, e.code)
        for e in evidence
        if e.in_regime and e.outcome != "mixed"
    ]
    return own + reported


def weigh(counted: Iterable[Item]) -> Literature:
    """a and d are sizes of largest independent sets; a's items share no data set and no code either."""
    by_outcome: dict[str, list[Item]] = {"agrees": [], "differs": [], "withdrawn": []}
    for item in counted:
        by_outcome[item.outcome].append(item)
    agreeing = _independent(by_outcome["agrees"], material=True)
    differing = _independent(by_outcome["differs"], material=False)
    withdrawn = tuple(sorted({item.paper for item in by_outcome["withdrawn"]}))
    return Literature(_state(len(agreeing), len(differing), bool(withdrawn)), agreeing, differing, withdrawn)


def _state(a: int, d: int, withdrawn: bool) -> State:
    if withdrawn or (d >= 2 and a <= 1):
        return "refuted"
    if d >= 1:
        return "disputed"
    if a >= 2:
        return "corroborated"
    return "reported" if a == 1 else "unreported"


def _authors(corpus: Corpus, paper: str) -> frozenset[str]:
    entry = corpus.papers.get(paper)
    return frozenset(map(identity, entry.authors)) if entry else frozenset()


def identity(author: Author) -> str:
    """Family name and first initial without accents or case: two items that share one are not independent."""
    folded = unicodedata.normalize("NFKD", f"{author.family or author.text}, {author.given[:1]}").casefold()
    return "".join(character for character in folded if not unicodedata.combining(character))


def dependent(one: Item, other: Item, material: bool) -> bool:
    """Whether two items share a paper or an author or, where ``material`` counts, a data set or code."""
    if one.paper == other.paper or one.authors & other.authors:
        return True
    return material and any(
        mine is not None and mine == theirs for mine, theirs in ((one.data, other.data), (one.code, other.code))
    )


def _independent(found: Sequence[Item], *, material: bool) -> tuple[str, ...]:
    """The papers of a largest set of pairwise independent items: a largest clique of the graph of independence."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(found)))
    graph.add_edges_from(
        (i, j) for i in range(len(found)) for j in range(i) if not dependent(found[i], found[j], material)
    )
    clique, _ = nx.max_weight_clique(graph, weight=None)
    return tuple(sorted(found[i].paper for i in clique))
