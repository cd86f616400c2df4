"""The works behind a selection as RIS, which Zotero, EndNote and Mendeley read. ``ID`` is the BibTeX key.

Tags: https://en.wikipedia.org/wiki/RIS_(file_format); rispy writes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rispy

from kg.corpus import Corpus
from kg.export import works
from kg.export.works import Work
from kg.names import Author

_TYPES = {
    "article": "JOUR", "book": "BOOK", "booklet": "PAMP", "conference": "CPAPER", "inbook": "CHAP",
    "incollection": "CHAP", "inproceedings": "CPAPER", "manual": "RPRT", "mastersthesis": "THES", "misc": "GEN",
    "online": "ELEC", "phdthesis": "THES", "proceedings": "CONF", "report": "RPRT", "software": "COMP",
    "techreport": "RPRT", "thesis": "THES", "unpublished": "UNPB", "dataset": "DATA", "patent": "PAT",
}  # fmt: skip


class _Plain(rispy.RisWriter):  # type: ignore[misc]
    """Without the numbers that rispy puts above each entry: they are no part of RIS."""

    def set_header(self, count: int) -> str:
        return ""


def dump(corpus: Corpus, keys: Iterable[str]) -> str:
    """The papers ``keys`` in their order. A list of authors that goes on has 'others' as its last."""
    return str(rispy.dumps([reference(work) for work in works.load(corpus, keys)], implementation=_Plain))


def reference(work: Work) -> dict[str, Any]:
    """One work by rispy's names of the tags; what is empty has no tag."""
    paper, fields, pages = work.paper, work.fields, work.pages
    people = [name(author) for author in paper.authors] + ["others"] * paper.incomplete
    found: dict[str, Any] = {
        "type_of_reference": _type(work),
        "id": paper.key,
        "title": paper.title,
        "secondary_authors" if work.edited else "authors": people,
        "year": str(paper.year or ""),
        "secondary_title": work.container,
        "publisher": work.publisher,
        "volume": fields.get("volume", ""),
        "number": fields.get("number", ""),
        "edition": fields.get("edition", ""),
        "start_page": pages[0] if pages else "",
        "end_page": pages[1] if len(pages) > 1 else "",
        "doi": paper.doi,
        "accession_number": f"arXiv:{paper.arxiv}" if paper.arxiv else "",
        "urls": [address for address in dict.fromkeys((work.address, paper.url)) if address],
    }
    return {tag: _one_line(value) for tag, value in found.items() if value}


def _type(work: Work) -> str:
    if work.paper.type == "misc":
        if work.is_preprint:
            return "UNPB"
        return "ELEC" if work.paper.url else "GEN"
    return _TYPES.get(work.paper.type, "GEN")


def name(author: Author) -> str:
    """``Family, Given, Suffix``; a body, or a person of one name, as it is."""
    return ", ".join(filter(None, [author.family, author.given, author.suffix])) if author.given else author.text


def _one_line(value: Any) -> Any:
    return [" ".join(part.split()) for part in value] if isinstance(value, list) else " ".join(value.split())
