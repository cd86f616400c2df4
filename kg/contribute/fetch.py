"""The metadata of a work by its DOI or arXiv number. The only module that speaks to the network, for ``kg add`` alone.

DOIs: content negotiation at the resolver (https://citation.doi.org/docs.html), answered in BibTeX.
arXiv: the export API (https://info.arxiv.org/help/api/user-manual.html), answered in Atom.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

from kg import identifiers

TIMEOUT = (5.0, 20.0)  # seconds to connect, and between two parts of the answer
MAX_BYTES = 1_000_000
AGENT = "learning-mechanics-kg (adds one paper to a bibliography when a person asks)"
_ATOM = {"a": "http://www.w3.org/2005/Atom", "x": "http://arxiv.org/schemas/atom"}

Ask = Callable[[str, str], str]
"""The text at an address, in a media type."""


class CannotFetch(ValueError):
    """No metadata came; the text says why and what to do."""


def ask(url: str, accept: str) -> str:
    """The answer at ``url``. Raises CannotFetch where none comes in time, or it is no text of a sane size."""
    import requests  # noqa: PLC0415  # nothing else of kg needs it

    host = url.split("/")[2]
    offline = "paste its BibTeX instead: kg add - (that needs no network)"
    try:
        with requests.get(url, headers={"Accept": accept, "User-Agent": AGENT}, timeout=TIMEOUT, stream=True) as answer:
            if answer.status_code == 404:
                raise CannotFetch(f"{host} does not know it; check the identifier")
            if answer.status_code != 200:
                raise CannotFetch(f"{host} answered {answer.status_code} {answer.reason}; try later, or {offline}")
            raw = b""
            for part in answer.iter_content(65_536):
                raw += part
                if len(raw) > MAX_BYTES:
                    raise CannotFetch(f"{host} sent more than {MAX_BYTES:,} bytes, which is no metadata; {offline}")
        return raw.decode("utf-8")
    except requests.RequestException as problem:
        raise CannotFetch(f"no answer from {host} ({type(problem).__name__}); {offline}") from None
    except UnicodeDecodeError:
        raise CannotFetch(f"{host} sent no UTF-8 text; {offline}") from None


def bibtex(identifier: str, ask: Ask = ask) -> str:
    """The work ``identifier`` (a DOI or arXiv number, bare or as an address) in BibTeX. Raises CannotFetch."""
    if number := identifiers.arxiv(identifier):
        return _from_atom(ask(f"https://export.arxiv.org/api/query?id_list={number}", "application/atom+xml"), number)
    if doi := identifiers.doi(identifier):
        if doi.startswith("10.48550/arxiv."):
            return bibtex(doi.removeprefix("10.48550/arxiv."), ask)
        return ask(identifiers.doi_url(doi), "application/x-bibtex")
    raise CannotFetch(
        f"{identifier!r} is no DOI (10.1000/182), arXiv number (2103.00065) or .bib file; - reads BibTeX from the input"
    )


def _from_atom(text: str, number: str) -> str:
    """The one entry of an Atom answer as BibTeX."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise CannotFetch("export.arxiv.org sent a document type, which no answer of it has; try later")
    try:
        feed = ET.fromstring(text)  # noqa: S314  # entities are refused above, the size is bounded
    except ET.ParseError:
        raise CannotFetch(f"export.arxiv.org sent no Atom feed ({text.strip()[:60]!r}); try later") from None
    entry = feed.find("a:entry", _ATOM)
    title = _said(entry, "a:title")
    if entry is None or not title or "/api/errors" in _said(entry, "a:id"):
        raise CannotFetch(f"arXiv does not know {number}; check the number")
    people = " and ".join(" ".join((name.text or "").split()) for name in entry.iterfind("a:author/a:name", _ATOM))
    fields = {
        "author": people,
        "title": title,
        "year": _said(entry, "a:published")[:4],
        "eprint": identifiers.without_version(number),
        "archiveprefix": "arXiv",
        "doi": _said(entry, "x:doi"),
    }
    rows = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{arxiv,\n{rows}\n}}\n"


def _said(entry: ET.Element | None, path: str) -> str:
    found = entry.find(path, _ATOM) if entry is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""
