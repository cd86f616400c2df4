"""The works behind a selection as CSL-JSON, which Zotero, Pandoc and every citation processor read.

Schema: https://docs.citationstyles.org/en/stable/specification.html. ``id`` is the BibTeX key. A body is ``literal``,
and so is 'others' at the end of a list of authors that goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from kg.corpus import Corpus
from kg.export import works
from kg.export.works import Work
from kg.names import Author

OTHERS = "others"
_TYPES = {
    "article": "article-journal", "book": "book", "booklet": "pamphlet", "conference": "paper-conference",
    "inbook": "chapter", "incollection": "chapter", "inproceedings": "paper-conference", "manual": "report",
    "mastersthesis": "thesis", "misc": "document", "online": "webpage", "phdthesis": "thesis", "proceedings": "book",
    "report": "report", "software": "software", "techreport": "report", "thesis": "thesis",
    "unpublished": "manuscript", "dataset": "dataset", "patent": "patent",
}  # fmt: skip
_GENRES = {"phdthesis": "PhD thesis", "mastersthesis": "Master's thesis"}


def dump(corpus: Corpus, keys: Iterable[str]) -> str:
    """The papers ``keys`` in their order; ``<`` and ``&`` are escaped, so the text may stand in a page's script."""
    text = json.dumps([item(work) for work in works.load(corpus, keys)], indent=1, ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace("&", "\\u0026") + "\n"


def item(work: Work) -> dict[str, Any]:
    """One work as an item of CSL-JSON; what is empty has no variable. Without a year it has no ``issued``."""
    paper, fields = work.paper, work.fields
    people = [name(author) for author in paper.authors] + [{"literal": OTHERS}] * paper.incomplete
    found: dict[str, Any] = {
        "id": paper.key,
        "type": _type(work),
        "title": paper.title,
        "editor" if work.edited else "author": people,
        "issued": {"date-parts": [[paper.year]]} if paper.year else None,
        "container-title": work.container,
        "publisher": work.publisher,
        "genre": _GENRES.get(paper.type),
        "volume": fields.get("volume"),
        "issue" if work.container else "number": fields.get("number"),
        "edition": fields.get("edition"),
        "page": "-".join(work.pages),
        "DOI": paper.doi,
        "URL": "" if paper.doi else work.address,
    }
    if work.is_preprint:
        found["number"] = f"arXiv:{paper.arxiv}"
    return {variable: value for variable, value in found.items() if value}


def _type(work: Work) -> str:
    if work.paper.type == "misc":
        if work.is_preprint:
            return "article"
        return "webpage" if work.paper.url else "document"
    return _TYPES.get(work.paper.type, "document")


def name(author: Author) -> dict[str, str]:
    """``family``, ``given`` and ``suffix`` of a person; ``literal`` of a body or a person of one name."""
    if not author.given:
        return {"literal": author.text}
    parts = {"family": author.family, "given": author.given, "suffix": author.suffix}
    return {part: text for part, text in parts.items() if text}
