"""A paper with the fields of its entry in Unicode, as RIS and CSL need it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg import cite, identifiers, latex
from kg.corpus import Corpus
from kg.papers import Paper

_RANGE = re.compile(r"\s*(?:--+|–|-)\s*")
_CONTAINERS = ("journal", "booktitle")
_PUBLISHERS = ("publisher", "school", "institution", "organization", "howpublished")


@dataclass(frozen=True, slots=True)
class Work:
    """``fields`` are those of the entry in Unicode, one line each, by lower-case name; identifiers are ``paper``'s."""

    paper: Paper
    fields: Mapping[str, str]

    @property
    def edited(self) -> bool:
        """Whether the names are those of editors: no author is given."""
        return not self.fields.get("author") and bool(self.fields.get("editor"))

    @property
    def container(self) -> str:
        """The journal, proceedings or book that it stands in."""
        return next((self.fields[name] for name in _CONTAINERS if self.fields.get(name)), "")

    @property
    def publisher(self) -> str:
        """Its publisher, school or site; arXiv where it has been nowhere else."""
        named = next((self.fields[name] for name in _PUBLISHERS if self.fields.get(name)), "")
        return named or ("arXiv" if self.is_preprint else "")

    @property
    def is_preprint(self) -> bool:
        """On arXiv, and no journal, book or publisher is known."""
        return bool(self.paper.arxiv) and not self.container and not self.fields.get("publisher")

    @property
    def pages(self) -> list[str]:
        """The first page and the last, or the one page, or nothing."""
        return [part for part in _RANGE.split(self.fields.get("pages", ""), maxsplit=1) if part]

    @property
    def address(self) -> str:
        """The best address: the DOI's, arXiv's, or its own page."""
        if self.paper.doi:
            return identifiers.doi_url(self.paper.doi)
        return identifiers.arxiv_url(self.paper.arxiv) if self.paper.arxiv else self.paper.url


def load(corpus: Corpus, keys: Iterable[str]) -> list[Work]:
    """The papers ``keys`` in their order; of one whose file has changed meanwhile only what ``Paper`` says."""
    wanted = [key for key in dict.fromkeys(keys) if key in corpus.papers]
    entries = cite.entries(corpus, wanted)
    found = []
    for key in wanted:
        written = entries[key].fields if key in entries else {"author": "?"}
        fields = {name: " ".join(latex.to_text(text).split()) for name, text in written.items()}
        found.append(Work(corpus.papers[key], fields))
    return found
