"""The BibTeX entries of papers as their files have them, macros written out: to be copied into a manuscript."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bibtexparser.library import Library
from bibtexparser.model import Entry, Field
from bibtexparser.writer import BibtexFormat
from bibtexparser.writer import write as write_library

from kg import bibfile, identifiers, texsafe
from kg.bibfile import BibEntry
from kg.corpus import Corpus

_REMARK = "note"
"""Our remarks are about the record and not the work: they are left out."""

_IDENTIFIERS: dict[str, Callable[[str], object]] = {
    "url": identifiers.is_url,
    "doi": identifiers.doi,
    "eprint": identifiers.is_arxiv_id,
}


def entries(corpus: Corpus, keys: Iterable[str]) -> dict[str, BibEntry]:
    """The entries of ``keys`` in their order, each file read once; without those that are not there any more."""
    wanted = dict.fromkeys(keys)
    found: dict[str, BibEntry] = {}
    for path in dict.fromkeys(corpus.place(f"paper:{key}").path for key in wanted):
        if path.endswith(".bib"):
            found |= {one.key: one for one in bibfile.load(corpus.root, path).entries if one.key in wanted}
    return {key: found[key] for key in wanted if key in found}


def written(found: Iterable[BibEntry]) -> str:
    """``found`` as the text of a BibTeX file. TeX that would run, read files or end early is shown in place of run."""
    library = Library()
    for one in found:
        told = ((name, _value(name, text)) for name, text in one.fields.items() if name != _REMARK)
        library.add(Entry(one.type, one.key, [Field(name, f"{{{text}}}") for name, text in told if text]))
    layout = BibtexFormat()  # type: ignore[no-untyped-call]
    layout.indent, layout.trailing_comma, layout.block_separator = "  ", True, "\n"
    return write_library(library, layout)


def _value(name: str, text: str) -> str:
    """The value of a field; empty for an identifier that is none, as the paper has none then."""
    if name in _IDENTIFIERS:
        return text if _IDENTIFIERS[name](text.strip()) else ""
    return texsafe.shown(text)
