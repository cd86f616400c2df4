"""One BibTeX file -> its entries with their lines; what BibTeX would misread or drop is refused.

bibtexparser splits a file into blocks and fields. It passes over much in silence (a missing comma, an empty key,
an undefined macro, text between entries), so keys, names and values are judged again here. An entry with an error
is left out and its key is remembered as broken; the other entries stay. Lines that begin with ``%`` between
entries are comments.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bibtexparser.model import Entry, ImplicitComment, ParsingFailedBlock, Preamble, String
from bibtexparser.splitter import Splitter

from kg.bibvalue import SYNTAX, BrokenValueError, is_macro_name, joined
from kg.findings import Finding, Place, Rule, rule
from kg.identifiers import is_citation_key
from kg.names import Author, Authors, authors, joining
from kg.textfile import FORBIDDEN, first_problems, forbidden, read_text

__all__ = ["Author", "Authors", "BibEntry", "BibFile", "authors", "load", "parse"]

MAX_BYTES = 2_000_000  # some two thousand entries with abstracts
MAX_BLOCKS = 20_000  # 100 bytes each at that size; refuses 600 kB of '@a{' before the splitter spends seconds on it

STRAY = rule("bib-stray-text", "Between entries stand only blank lines and lines that begin with %.", "<!DOCTYPE html>")
EMPTY = rule("empty-bib", "A BibTeX file holds an entry.", "a bib/laws.bib with comments only")
TOO_MANY = rule("too-many-entries", f"A BibTeX file holds at most {MAX_BLOCKS:,} entries.", "a dump of an archive")
BAD_KEY = rule(
    "bad-citation-key",
    "A BibTeX key is at most 120 letters, digits and . _ : + / -, without '..' or '//'.",
    "@book{my key, title = {A}}",
)
DUPLICATE_MACRO = rule("duplicate-macro", "A file defines each macro once.", '@string{a = "x"} @string{A = "y"}')
DUPLICATE_FIELD = rule("duplicate-field", "An entry gives a field once, whatever its case.", "title = {A}, Title = {B}")
DUPLICATE_ENTRY = rule("duplicate-entry", "A file gives a key once, whatever its case.", "@book{a, ...} @misc{A, ...}")
PREAMBLE = rule("bib-preamble", "TeX code in @preamble is not read.", '@preamble{"\\newcommand{\\x}{y}"}', "warning")
UNSPLIT_NAME = rule(
    "unsplit-name",
    "A name is 'Given Family' or 'Family, Given', names are joined by ' and ', and 'et al.' is 'and others'.",
    "author = {Ada Lovelace, Charles Babbage, Luigi Menabrea}",
    "warning",
)

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_MONTH_MACROS = {month[:3].lower(): month for month in _MONTHS}
_MONTH_NUMBERS = {name.lower(): str(n) for n, month in enumerate(_MONTHS, 1) for name in (month, month[:3])}

_BLOCK_START = re.compile(r"@\w*[ \t]*[{(]")
_BLOCK_WORD = re.compile(r"@(\w*)")
_RAW_KEY = re.compile(r"@\w*[ \t]*[{(]\s*([^\s,{}=\"]+)")
_ENTRY_TYPE = re.compile(r"[a-z]+\Z", re.ASCII)
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+:.-]*\Z", re.ASCII)
_FIELD_LINE = re.compile(r"[ \t]*[A-Za-z][\w:.-]*[ \t]*=", re.ASCII)
_SPACES = re.compile(r"[ \t\n]+")
_BRACE_OR_QUOTE = re.compile(r"[{}\"]")
_ESCAPED_BRACE = re.compile(r"\\(?=[{}])")
_MASK = "\x01"  # no text that was read holds it

logging.getLogger("bibtexparser.splitter").setLevel(logging.CRITICAL)  # what it warns of is a finding here


@dataclass(frozen=True)
class BibEntry:
    """One entry. ``type`` and the names of ``fields`` are lower case; values are TeX with macros expanded, the outer
    braces removed and white space collapsed as BibTeX does; ``month`` is '1' to '12' where it names a month."""

    key: str
    type: str
    fields: Mapping[str, str]
    lines: Mapping[str, int]
    place: Place

    def at(self, name: str) -> Place:
        """The line of the field ``name``, or of the entry where it has none."""
        return Place(self.place.path, self.lines.get(name, self.place.line))


@dataclass(frozen=True)
class BibFile:
    """The entries of a file that are sound, what is wrong with it, and the keys of the entries that are not sound."""

    entries: tuple[BibEntry, ...]
    findings: tuple[Finding, ...]
    broken: frozenset[str] = frozenset()


def load(root: Path, path: str) -> BibFile:
    """The file at ``path`` (relative, forward slashes) below ``root``. Never raises on what the file holds."""
    text, findings = read_text(root, path, MAX_BYTES, ".bib")
    return BibFile((), tuple(findings)) if text is None else parse(text, path)


def parse(text: str, path: str) -> BibFile:
    """The entries of ``text``, which ``read_text`` has passed, as if it stood at ``path``. Never raises."""
    for count, start in enumerate(_BLOCK_START.finditer(text)):
        if count == MAX_BLOCKS:
            place = Place(path, text.count("\n", 0, start.start()) + 1)
            return BibFile((), (TOO_MANY.at(place, f"found more than {MAX_BLOCKS:,} entries; split the file"),))
    reader = _Reader(path)
    reader.read(blocks(text))
    return BibFile(tuple(reader.entries.values()), tuple(first_problems(reader.findings)), frozenset(reader.broken))


def blocks(text: str) -> Sequence[Any]:
    """The splitter's blocks. BibTeX counts a brace after a backslash like any other and the splitter would pass over
    it, so such a backslash is masked: ``written`` gives it back."""
    return Splitter(_ESCAPED_BRACE.sub(_MASK, text)).split().blocks


def written(raw: str) -> str:
    """The text of a block or value of ``blocks`` as it stands in the file."""
    return raw.replace(_MASK, "\\")


class _Reader:
    """The entries and findings of one file, from the splitter's blocks."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.macros = dict(_MONTH_MACROS)
        self.macro_lines: dict[str, int] = {}
        self.entries: dict[str, BibEntry] = {}  # by key without case
        self.broken: set[str] = set()
        self.begun = False  # whether there is an entry, sound or not
        self.findings: list[Finding] = []

    def add(self, broken: Rule, line: int, message: str) -> None:
        self.findings.append(broken.at(Place(self.path, line), message))

    def read(self, blocks: Sequence[Any]) -> None:
        entry_ends = text_ends = 0  # the last lines of the entry just kept and of the text between blocks
        torn = False  # whether the text after the last block may be the rest of a torn entry
        for block in blocks:
            line, raw = block.start_line + 1, written(block.raw)
            if isinstance(block, ImplicitComment):
                text_ends = line + raw.count("\n")
                if not torn and self.stray(raw, line) and line == entry_ends:
                    self.broken.add(self.entries.popitem()[1].key)  # it ended too early
                    entry_ends = 0
            elif line != text_ends:
                kept = len(self.entries)
                torn = self.block(block, raw, line)
                entry_ends = line + raw.count("\n") if len(self.entries) > kept else 0
            elif not torn:
                message = "an entry begins after other text; put it on a line of its own (to BibTeX, % is no comment)"
                self.tear(message, raw, line)
        if not self.begun:
            self.add(EMPTY, 1, "found no entry that can be read; write one or delete the file")

    def stray(self, text: str, line: int) -> bool:
        """One finding for the first line of ``text`` that is not a comment; whether there is one."""
        for offset, row in enumerate(text.split("\n")):
            if row.strip() and not row.lstrip().startswith("%"):
                message = f"{row.strip()[:60]!r} stands outside any entry; check braces near it, or begin it with %"
                self.add(STRAY, line + offset, message)
                return True
        return False

    def block(self, block: Any, raw: str, line: int) -> bool:
        """Keep one block; True if it is torn, so that the text after it may be its rest."""
        if isinstance(block, ParsingFailedBlock):
            if block.ignore_error_block is None:
                self.tear(str(block.error.abort_reason).rstrip("."), raw, line)  # type: ignore[attr-defined]
                return True
            block = block.ignore_error_block  # keys and fields given twice are judged below
        word = _BLOCK_WORD.match(raw)[1].lower()  # type: ignore[index]
        if isinstance(block, Entry):
            self.entry(block, line)
        elif word not in ("comment", "preamble", "string"):  # the splitter takes @commentary for @comment
            self.add(SYNTAX, line, f"found '@{word}', expected an entry type such as @article or @misc")
        elif isinstance(block, String):
            self.macro(block, line)
        elif isinstance(block, Preamble):
            self.add(PREAMBLE, line, "@preamble is not read; delete it, and write out what it defines")
        return False

    def tear(self, reason: str, raw: str, line: int) -> None:
        """An entry that cannot be split: told at the field without '=' or end, else where the entry begins.

        Of the splitter's ``reason`` what is not known here is told in its own words.
        """
        self.begun = True
        said = f"{' '.join(reason.split())}; check its commas, braces and quotes"
        if "Expected a `=`" in reason:
            line += raw.rstrip(" \t\n})").count("\n")
            said = "found a field without '='; write name = {value},"
            if "found `@" in reason:
                said = "found the next entry before the end of this one; close it with '}'"
        elif "still looking" in reason or "end of file" in reason:
            below = _unclosed(raw)
            line += below
            said = f"{'a brace or quote of this field' if below else 'the entry'} is never closed; close it"
        elif "comma after entry key" in reason:
            said = "found no citation key; write @type{key, and then the fields"
        self.add(SYNTAX, line, said)
        self.broken.update(filter(is_citation_key, _RAW_KEY.findall(raw)[:1]))

    def macro(self, block: String, line: int) -> None:
        name = block.key.lower()
        if name in self.macro_lines:
            self.add(DUPLICATE_MACRO, line, f"{name!r} is already on line {self.macro_lines[name]}; keep one")
        elif not is_macro_name(name):
            self.add(SYNTAX, line, f"{block.key[:60]!r} cannot be a macro's name; expected a word")
        else:
            self.macro_lines[name] = line
            value = self.value(block.value, line)
            if value is not None:
                self.macros[name] = value

    def entry(self, block: Entry, line: int) -> None:
        key, before, self.begun = block.key, len(self.findings), True
        fields: dict[str, str] = {}
        lines: dict[str, int] = {}
        if not is_citation_key(key):
            self.add(BAD_KEY, line, f"found the key {key[:80]!r}, expected letters, digits and . _ : + / -")
        if not _ENTRY_TYPE.match(block.entry_type):
            self.add(SYNTAX, line, f"found '@{block.entry_type}', expected an entry type such as @article or @misc")
        for field in block.fields:
            name = field.key.lower()
            at = max(line, field.start_line + 1 - field.key.count("\n"))  # a name over lines is placed at either end
            if not _FIELD_NAME.match(field.key):
                self.add(SYNTAX, at, f"found the field name {field.key[:60]!r}, expected a word; is a comma missing?")
            elif name in lines:
                self.add(DUPLICATE_FIELD, at, f"{name!r} is already on line {lines[name]}; keep one of the two")
            else:
                lines[name] = at
                fields[name] = self.value(field.value, at) or ""
        if twin := self.entries.get(key.casefold()):
            self.add(DUPLICATE_ENTRY, line, f"{key!r} is taken by line {twin.place.line}; rename one or merge them")
        elif len(self.findings) > before:
            self.broken |= {key} - {""}
        else:
            if month := _MONTH_NUMBERS.get(fields.get("month", "").lower().rstrip(".")):
                fields["month"] = month
            entry = BibEntry(key, block.entry_type, fields, lines, Place(self.path, line))
            self.entries[key.casefold()] = entry
            self.check_names(entry)

    def check_names(self, entry: BibEntry) -> None:
        for field in ("author", "editor"):
            for name in authors(entry.fields.get(field, "")).unsplit:
                message = f"{name[:80]!r} does not split into given and family name; {joining(name)}"
                self.findings.append(UNSPLIT_NAME.at(entry.at(field), message))

    def value(self, raw: str, line: int) -> str | None:
        """What a value says, its white space collapsed; None and a finding if it breaks a rule."""
        try:
            text = _SPACES.sub(" ", joined(written(raw), self.macros)).strip(" ")
        except BrokenValueError as problem:
            self.add(problem.broken, line + problem.lines, str(problem))
            return None
        for _, what in forbidden(text):  # pieces joined can hold what none of them does
            self.add(FORBIDDEN, line, f"found {what}; delete it")
            return None
        return unicodedata.normalize("NFC", text)


def _unclosed(raw: str) -> int:
    """How many lines below its first a torn entry has the last field that begins inside no open brace or quote."""
    depth = found = 0
    quoted = False
    for offset, row in enumerate(raw.split("\n")):
        if _FIELD_LINE.match(row):
            if depth > 1 or quoted:
                return found
            found = offset
        for mark in _BRACE_OR_QUOTE.findall(row):
            depth += {"{": 1, "}": -1, '"': 0}[mark]
            quoted ^= mark == '"' and depth == 1
    return found if depth > 1 or quoted else 0
