"""The formats of a selection by name: one table for the command line, the app and Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kg.corpus import Corpus
from kg.evidence import Evidence
from kg.export import bibtex, csl, markdown, ris, table, webpage
from kg.export.selection import Selection, works


@dataclass(frozen=True, slots=True)
class Format:
    """``of_works``: it holds the works behind the nodes; else the nodes themselves."""

    name: str
    title: str
    suffix: str
    mime: str
    of_works: bool


FORMATS = {
    one.name: one
    for one in (
        Format("bibtex", "BibTeX", ".bib", "application/x-bibtex", True),
        Format("ris", "RIS", ".ris", "application/x-research-info-systems", True),
        Format("csl", "CSL-JSON", ".json", "application/vnd.citationstyles.csl+json", True),
        Format("markdown", "Markdown", ".md", "text/markdown", False),
        Format("html", "HTML", ".html", "text/html", False),
        Format("csv", "CSV", ".csv", "text/csv", False),
    )
}


def dump(evidence: Evidence, selection: Selection, name: str) -> str:
    """``selection`` in the format ``name``. Raises KeyError for a name that is not in ``FORMATS``."""
    return _WRITERS[name](evidence, selection)


def of_works(writer: Callable[[Corpus, Iterable[str]], str]) -> Callable[[Evidence, Selection], str]:
    """A writer of papers as a writer of whatever has papers behind it."""
    return lambda evidence, selection: writer(evidence.corpus, works(evidence.graph, selection).keys)


_WRITERS: dict[str, Callable[[Evidence, Selection], str]] = {
    "bibtex": of_works(bibtex.dump),
    "ris": of_works(ris.dump),
    "csl": of_works(csl.dump),
    "markdown": markdown.dump,
    "html": webpage.dump,
    "csv": table.dump,
}
