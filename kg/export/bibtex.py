"""The works behind a selection as one BibTeX file: types, keys and TeX as their files have them."""

from __future__ import annotations

from collections.abc import Iterable

from kg import cite
from kg.corpus import Corpus


def dump(corpus: Corpus, keys: Iterable[str]) -> str:
    """The entries of the papers ``keys`` in their order (``kg.cite`` says what is left out and made harmless)."""
    return cite.written(cite.entries(corpus, keys).values())
