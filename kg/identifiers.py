"""The grammars of every identifier in the record: record ids, citation keys, DOIs, arXiv ids, addresses, file names.

ASCII only and anchored at both ends, so no look-alike digit and no trailing line break passes. An identifier
that does not fit is refused, never mended; only a DOI has several spellings of one value (``doi``).
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

MAX_URL = 2_000  # characters; longer addresses are cut by browsers and mail programs

_RECORD_ID = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,78}[a-z0-9])?\Z", re.ASCII)
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,105}\Z", re.ASCII)
_SETTING = re.compile(r"[A-Za-z][A-Za-z0-9_./*-]{0,39}\Z", re.ASCII)
_CITATION_KEY = re.compile(r"[A-Za-z0-9._:+/-]{1,120}\Z", re.ASCII)
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)", re.ASCII)  # no Windows checkout can hold these
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\\]+\Z")
_DOI_LINK = re.compile(r"https?://(?:dx\.)?doi\.org/", re.ASCII | re.IGNORECASE)
_DOI_PREFIX = re.compile(r"doi:\s*", re.ASCII | re.IGNORECASE)
_MONTH = r"(?:0[1-9]|1[0-2])"
_ARXIV = re.compile(
    rf"(?:[0-9]{{2}}{_MONTH}\.[0-9]{{4,5}}|[a-z]+(?:-[a-z]+)*(?:\.[A-Z]{{2}})?/[0-9]{{2}}{_MONTH}[0-9]{{3}})"
    r"(?:v[1-9][0-9]{0,2})?\Z",
    re.ASCII,
)
_ARXIV_TOLD = re.compile(r"(?:arxiv:\s*|https?://arxiv\.org/(?:abs|pdf|html)/)?(.+?)(?:\.pdf)?\Z", re.IGNORECASE)
_VERSION = re.compile(r"v[0-9]+\Z")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TOP_LABEL = r"(?=[a-z0-9-]*[a-z])" + _LABEL
_HOST = re.compile(
    rf"https?://(?:{_LABEL}\.)+{_TOP_LABEL}(?::(?P<port>[0-9]{{1,5}}))?(?=[/?#]|\Z)", re.ASCII | re.IGNORECASE
)
_UNSAFE_IN_URL = re.compile(r"[\s\"'<>`\\]")


def is_record_id(text: str) -> bool:
    """Lower-case letters, digits, ``.``, ``_`` and ``-``, at most 80, with a letter or digit at both ends."""
    return _RECORD_ID.match(text) is not None and ".." not in text and _DEVICE.match(text) is None


def is_file_name(name: str, suffix: str = "") -> bool:
    """A name that every file system keeps as it is: lower case, no spaces, no device names."""
    return (
        _FILE_NAME.match(name) is not None
        and ".." not in name
        and _DEVICE.match(name) is None
        and name.endswith(suffix)
        and name != suffix
    )


def is_setting_name(text: str) -> bool:
    """A letter, then letters, digits and ``_ . / * -``, at most 40: ``width``, ``weight-decay``."""
    return _SETTING.match(text) is not None


def is_citation_key(text: str) -> bool:
    """A BibTeX key of at most 120 letters, digits and ``. _ : + / -``. It may hold slashes, so it is never a path."""
    return _CITATION_KEY.match(text) is not None and ".." not in text and "//" not in text


def doi(text: str) -> str | None:
    """The DOI in lower case without ``doi:`` or the resolver's address, or None if ``text`` is not one.

    DOIs are compared without case (DOI Handbook, 2.4), so ``10.1000/ABC`` and ``10.1000/abc`` are one.
    """
    text = text.strip()
    if link := _DOI_LINK.match(text):
        text = unquote(text[link.end() :])
    elif prefix := _DOI_PREFIX.match(text):
        text = text[prefix.end() :]
    text = text.lower()
    return text if _DOI.match(text) and text.isprintable() and "\ufffd" not in text and len(text) <= MAX_URL else None


def doi_url(doi: str) -> str:
    """The resolver's address of a DOI, percent-encoded: old DOIs hold ``<``, ``>``, ``;`` and ``#``."""
    return "https://doi.org/" + quote(doi, safe="/:;().-_")


def is_arxiv_id(text: str) -> bool:
    """``2103.00065`` or ``hep-th/9901001``, with or without a version; the month is one of the calendar.

    Source: https://info.arxiv.org/help/arxiv_identifier.html
    """
    return _ARXIV.match(text) is not None


def arxiv(text: str) -> str | None:
    """The arXiv id that ``text`` is, bare, with its prefix or as an address; None where it is none."""
    found = _ARXIV_TOLD.match(text.strip())
    return found[1] if found and is_arxiv_id(found[1]) else None


def without_version(arxiv: str) -> str:
    """``2103.00065`` of ``2103.00065v2``."""
    return _VERSION.sub("", arxiv)


def arxiv_url(arxiv: str) -> str:
    """The address of the abstract."""
    return f"https://arxiv.org/abs/{arxiv}"


def is_url(text: str) -> bool:
    """An absolute http or https address of a named ASCII host, without user name, spaces, quotes or ``<>``."""
    host = _HOST.match(text) if len(text) <= MAX_URL and text.isprintable() else None
    return host is not None and int(host["port"] or 0) < 65_536 and _UNSAFE_IN_URL.search(text) is None
