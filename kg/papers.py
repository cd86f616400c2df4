"""A BibTeX entry as a paper of the graph: authors, year, venue and identifiers, each checked for its form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg import identifiers, latex
from kg.bibfile import BibEntry
from kg.english import listed
from kg.findings import Finding, rule
from kg.names import Author, authors

MISSING_FIELD = rule(
    "paper-field-missing", "A paper has a title, an author (or organisation) and a year.", "@misc{x, title = {Y}}"
)
BAD_YEAR = rule("bad-year", "A year is four digits.", "year = {MMXX}")
BAD_DOI = rule("bad-doi", "A DOI is 10., a registrant number, a slash and a suffix.", "doi = {arXiv:2103.00065}")
BAD_ARXIV = rule(
    "bad-arxiv-id",
    "An eprint is an arXiv id such as 2103.00065 or hep-th/9901001, with archiveprefix arXiv.",
    "eprint = {2113.00065}",
)
CROSSREF = rule(
    "bib-crossref",
    "An entry stands on its own: nothing is inherited from another one.",
    "@inproceedings{x, crossref = {proceedings2021}}",
)
BAD_URL = rule(
    "bad-url", "A url is an absolute http or https address of at most 2000 characters.", "url = {javascript:alert(1)}"
)

RAW_MARK = rule(
    "raw-tex-mark",
    "In a title or the name of a venue, & % # and _ outside mathematics have a backslash: TeX breaks on them.",
    "title = {Salt & pepper}",
    severity="warning",
)
RUN_TOGETHER = rule(
    "authors-run-together",
    "Authors are joined by ' and '; a comma stands within a name, after the family name.",
    "author = {Ada Lovelace, Marie Curie}, where other entries have authors called Ada and Marie",
    severity="warning",
)

_NO_TEXT = re.compile(r"\\(?:url|path|nolinkurl)\s*\{[^{}]*\}|\\\(.*?\\\)|\\.|\$(?:[^$\\]|\\.)*\$", re.DOTALL)
_MARK = re.compile(r"[&%#_]")
_TWO_WORDS = re.compile(r"[^\W\d_a-z][^\W\d_]+ [^\W\d_a-z][^\W\d_]+\Z")  # no initial, hyphen or particle
_YEAR = re.compile(r"[12]\d{3}\Z", re.ASCII)
_VENUES = ("journal", "booktitle", "howpublished", "publisher", "school", "institution")


@dataclass(frozen=True, slots=True)
class Paper:
    """Any citable source. ``incomplete`` says that its author list ends in 'and others'.

    ``arxiv``, ``doi`` and ``url`` are empty where no source showed one.
    """

    key: str
    type: str
    title: str
    authors: tuple[Author, ...]
    incomplete: bool
    year: int | None
    venue: str
    arxiv: str
    doi: str
    url: str
    note: str

    @property
    def has_identifier(self) -> bool:
        return bool(self.arxiv or self.doi or self.url)

    @property
    def addresses(self) -> list[tuple[str, str]]:
        """Where it is found, each with a name: made of identifiers whose form was checked when they were read."""
        found = [(f"arXiv {self.arxiv}", identifiers.arxiv_url(self.arxiv))] if self.arxiv else []
        found += [("DOI", identifiers.doi_url(self.doi))] if self.doi else []
        return found + ([(f"page at {self.url.split('/')[2]}", self.url)] if self.url else [])

    @property
    def byline(self) -> str:
        """'Saxe, McClelland and Ganguli', or 'Cohen et al.' beyond three authors."""
        names = [author.family or author.text for author in self.authors]
        if self.incomplete or len(names) > 3:
            return f"{names[0]} et al." if names else "et al."
        return listed(names)

    @property
    def label(self) -> str:
        """How a reader cites it in running text: 'Cohen et al. 2021'."""
        return f"{self.byline} {self.year or ''}".strip()


def from_entry(entry: BibEntry) -> tuple[Paper, list[Finding]]:
    """The paper of one entry and what is wrong with its fields; a wrong identifier is left out, never mended."""
    findings = [*_missing(entry), *_marks(entry)]
    fields = entry.fields
    people = authors(fields.get("author") or fields.get("editor") or "")

    year = fields.get("year", "").strip()
    if year and not _YEAR.match(year):
        findings.append(BAD_YEAR.at(entry.at("year"), f"found {year!r}, expected four digits such as 2021"))
    doi = identifiers.doi(fields["doi"]) if "doi" in fields else ""
    if doi is None:
        findings.append(
            BAD_DOI.at(
                entry.at("doi"), f"found {fields['doi']!r}, expected 10.<number>/<suffix>; leave it out if unknown"
            )
        )
    arxiv = _arxiv(entry, findings)
    url = fields.get("url", "").strip()
    if url and not identifiers.is_url(url):
        findings.append(BAD_URL.at(entry.at("url"), f"found {url!r}, expected an absolute http or https address"))
        url = ""
    paper = Paper(
        key=entry.key,
        type=entry.type,
        title=latex.to_text(fields.get("title", "")) or entry.key,
        authors=tuple(people.authors),
        incomplete=people.incomplete,
        year=int(year) if _YEAR.match(year) else None,
        venue=latex.to_text(next((fields[name] for name in _VENUES if fields.get(name)), "")),
        arxiv=arxiv,
        doi=doi or "",
        url=url,
        note=latex.to_text(fields.get("note", "")),
    )
    return paper, findings


def two_full_names(paper: Paper) -> list[Author]:
    """The authors read from 'Two Words, Two Words': two people, or one with two family and two given names."""
    return [one for one in paper.authors if _TWO_WORDS.match(one.family) and _TWO_WORDS.match(one.given)]


def given_names(papers: Iterable[Paper]) -> frozenset[str]:
    """The first given names that are no part of a family name; authors read from two full names say nothing."""
    people = [one for paper in papers for one in paper.authors if one not in two_full_names(paper)]
    families = {word for author in people for word in author.family.split()}
    return frozenset(author.given.split()[0] for author in people if author.given) - families


def run_together(paper: Paper, given: frozenset[str]) -> str | None:
    """How to write two authors that a comma joins, or None; told where both begin with one of the ``given`` names."""
    for author in two_full_names(paper):
        if {author.family.split()[0], author.given.split()[0]} <= given:
            found = f"found {author.family!r} as the family name of {author.given!r}"
            return f"{found}, expected authors joined by ' and '; write {author.family} and {author.given}"
    return None


def _missing(entry: BibEntry) -> Iterator[Finding]:
    if "crossref" in entry.fields:
        message = f"{entry.key!r} refers to {entry.fields['crossref']!r}; copy its fields here, and take crossref out"
        yield CROSSREF.at(entry.at("crossref"), message)
    for names in (("title",), ("author", "editor", "organization"), ("year",)):
        if not any(entry.fields.get(name, "").strip() for name in names):
            yield MISSING_FIELD.at(entry.place, f"{entry.key!r} has no {' or '.join(names)}; add it from the source")


def _marks(entry: BibEntry) -> Iterator[Finding]:
    for name in ("title", *_VENUES):
        bare = _NO_TEXT.sub(" ", entry.fields.get(name, ""))
        if marks := list(dict.fromkeys(_MARK.findall(bare))):
            mends = listed([f"\\{mark}" for mark in marks])
            yield RAW_MARK.at(entry.at(name), f"{name}: found {listed(marks)}, which TeX breaks on; write {mends}")


def _arxiv(entry: BibEntry, findings: list[Finding]) -> str:
    eprint = entry.fields.get("eprint", "").strip()
    if not eprint:
        return ""
    prefix = entry.fields.get("archiveprefix", entry.fields.get("eprinttype", "")).strip()
    if prefix.lower() != "arxiv":
        message = f"eprint {eprint!r} has archiveprefix {prefix!r}, expected archiveprefix = {{arXiv}}"
        findings.append(BAD_ARXIV.at(entry.at("eprint"), message))
        return ""
    if not identifiers.is_arxiv_id(eprint):
        findings.append(
            BAD_ARXIV.at(
                entry.at("eprint"), f"found {eprint!r}, expected year and month, a dot and a number, such as 2103.00065"
            )
        )
        return ""
    return eprint
