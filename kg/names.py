"""The people and bodies that an author or editor field names, split by BibTeX's rules (Patashnik, BibTeXing, 1988)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bibtexparser.middlewares.names import (
    InvalidNameError,
    NameParts,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)

from kg.latex import to_text

_SUFFIX = re.compile(r"(?:jr|sr|esq|m\.?d|ph\.?d|[ivx]+|[2-9](?:nd|rd|th))\.?\Z", re.ASCII | re.IGNORECASE)
_ET_AL = re.compile(r"[\s,]*\bet\.?\s+al\b\.?\Z", re.ASCII | re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]*){1,4}\Z")


@dataclass(frozen=True, slots=True)
class Author:
    """A person or body in Unicode. ``family`` includes particles ('van der Berg'); ``text`` is the name as read.

    A name that does not split has only its ``text``.
    """

    family: str
    given: str
    suffix: str
    text: str


@dataclass(frozen=True, slots=True)
class Authors:
    """The names of one field. ``incomplete``: it ended in 'and others'. ``unsplit``: the names kept verbatim."""

    authors: tuple[Author, ...]
    incomplete: bool = False
    unsplit: tuple[str, ...] = ()


def authors(value: str) -> Authors:
    """The names in an author or editor field, by BibTeX's rules."""
    names = split_multiple_persons_names(value)
    incomplete = bool(names) and names[-1] == "others"
    people, unsplit = [], []
    for name in names[:-1] if incomplete else names:
        author = _author(name)
        people.append(author or Author("", "", "", to_text(name)))
        if author is None:
            unsplit.append(name)
    return Authors(tuple(people), incomplete, tuple(unsplit))


def joining(name: str) -> str:
    """How to write the names that ``name``, which does not split, holds: in full where they are read without doubt."""
    rest = _ET_AL.sub("", name)
    others = " and others" if rest != name else ""
    parts = [part.strip() for part in rest.split(",")]
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) % 2 == 0 and all(family and given.isupper() and _INITIALS.match(given) for family, given in pairs):
        return f"write {' and '.join(f'{family}, {given}' for family, given in pairs)}{others}"
    such = "join names by ' and ', as in Curie, Marie and Curie, Pierre; one name with commas stands in braces"
    return f"{such}; in the place of 'et al.' write 'and others'" if others else such


def _author(name: str) -> Author | None:
    words = name.split()
    if not words or _ET_AL.search(name) or "and" in (words[0].lower(), words[-1].lower()):
        return None
    try:
        parts: NameParts = parse_single_name_into_parts(name)
    except InvalidNameError:
        return None
    family, given, suffix = (to_text(" ".join(part)) for part in (parts.von + parts.last, parts.first, parts.jr))
    if not family or (suffix and not _SUFFIX.match(suffix)):  # 'A, B, C' is three people more often than a suffix B
        return None
    return Author(family, given, suffix, ", ".join(filter(None, [f"{given} {family}".strip(), suffix])))
