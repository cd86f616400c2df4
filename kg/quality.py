"""How well the record is kept, by strand: locators, depth of reading, numbers, searches for contrary evidence, ages."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

from kg.corpus import Corpus
from kg.evidence import Evidence
from kg.records import Claim

_DEPTHS = ("secondary", "abstract", "section", "full-text")


def quality(evidence: Evidence, today: datetime.date) -> dict[str, Any]:
    """The object that ``kg stats --quality --json`` prints: counts for each strand, of papers, and of maps.

    ``days_since_checked`` is the median over the strand's claims; a claim of several strands counts in each.
    """
    corpus = evidence.corpus
    return {
        "strands": {
            name: _strand(evidence, [(n, c) for n, c in corpus.claims.items() if name in c.strands], today)
            for name, strand in corpus.strands.items()
            if strand.role == "strand"
        },
        "papers": _papers(corpus),
        "maps": {
            "declared": sum(prediction.map_ is not None for _, _, prediction in corpus.predictions()),
            "recorded": len(evidence.maps),
            **Counter(cell.state for mapped in evidence.maps.values() for cell in mapped.cells),
        },
    }


def _strand(evidence: Evidence, claims: list[tuple[str, Claim]], today: datetime.date) -> dict[str, Any]:
    sources = [source for _, claim in claims for source in claim.sources]
    predictions = [prediction for _, claim in claims for prediction in claim.predictions]
    depths: Counter[str] = Counter(source.depth or "unsaid" for source in sources)
    ages = sorted((today - claim.checked.date).days for _, claim in claims if claim.checked)
    corroborated = [name for name, _ in claims if evidence.claims[name].literature == "corroborated"]
    return {
        "claims": len(claims),
        "sources": len(sources),
        "with_locator": sum(source.where is not None for source in sources),
        "by_depth": {depth: depths[depth] for depth in (*_DEPTHS, "unsaid") if depths[depth]},
        "predictions": len(predictions),
        "quantitative": sum(prediction.type != "qualitative" for prediction in predictions),
        "tested": sum(bool(prediction.tests) for prediction in predictions),
        "corroborated": len(corroborated),
        "with_counter_search": sum(bool(evidence.corpus.claims[name].counter_search) for name in corroborated),
        "unchecked": sum(claim.checked is None for _, claim in claims),
        "days_since_checked": ages[len(ages) // 2] if ages else None,
    }


def _papers(corpus: Corpus) -> dict[str, int]:
    papers = list(corpus.papers.values())
    return {
        "total": len(papers),
        "without_identifier": sum(not paper.has_identifier for paper in papers),
        "incomplete_authors": sum(paper.incomplete for paper in papers),
        "without_year": sum(paper.year is None for paper in papers),
    }
