"""A text file of unknown origin -> its text, or findings that say why it is refused.

Decides what a file may be (regular, below the root, no link on the way, small), what its bytes may be
(UTF-8; one byte order mark and CRLF line ends are allowed and dropped) and which characters text may hold:
none that a reader cannot see or that reorder others. A lone carriage return is refused rather than taken for
a line end, since editors and parsers disagree about it.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from kg.findings import Finding, Place, Rule, rule, visible
from kg.identifiers import is_file_name

MAX_PROBLEMS = 100  # reported per file: beyond these a file is not what it claims to be, and more lines do not help
MAX_MARKS = 30  # combining marks in a row: the bound of stream-safe text (Unicode UAX #15, section 13)

UNREADABLE = rule("unreadable-file", "A file can be opened and holds still while it is read.", "chmod 000 bib/laws.bib")
NOT_REGULAR = rule(
    "not-a-regular-file",
    "A file is a regular file below the root, not a link, folder, pipe or device, and no folder on its path is a link.",
    "ln -s /etc/passwd data/claims/x.yaml",
)
BAD_NAME = rule(
    "bad-file-name",
    "A file's name is lower-case letters, digits, '.', '_' and '-', with the ending of its kind.",
    "data/claims/My Claim.yaml",
)
TOO_LARGE = rule("file-too-large", "A file is small enough to be reviewed by people.", "a bib/laws.bib of 50 MB")
BAD_ENCODING = rule("bad-encoding", "A file is UTF-8 text.", "title: M\\xfcller (saved as Latin-1)")
FORBIDDEN = rule(
    "forbidden-character",
    "Text holds no control, bidirectional, zero-width, tag or non-character, raw or by an escape, "
    f"and at most {MAX_MARKS} combining marks in a row.",
    'title: "left \\u202E thgir"',
)
TOO_MANY_PROBLEMS = rule(
    "too-many-problems", f"A file's first {MAX_PROBLEMS} problems are told.", "cp page.html bib/x.bib"
)
CONFLICT = rule("conflict-marker", "A file holds one version of its text, not an unfinished merge.", "<<<<<<< HEAD")

LEFT_OUT = rule(
    "left-out-file",
    "A file can be read within the limits of time and memory that the app sets for reading.",
    "a file that takes the reader minutes, or ends it",
)

Gate = Callable[[str], str | None]
"""Asked before each file is read, by its path: None to read it, or why it is left out."""

_ZERO_WIDTH = "\u180e\u200b\u2060-\u2064\ufeff"  # U+200C and U+200D stay: several scripts are misspelt without them
_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_PLANES = range(0, 0x110000, 0x10000)
_NON_CHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane + last) for plane in _PLANES for last in (0xFFFE, 0xFFFF))
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u206a-\u206f\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
    + _ZERO_WIDTH + _BIDIRECTIONAL + _NON_CHARACTERS + "]"
)  # fmt: skip
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class _RefusalError(Exception):
    """The one reason why a file gives no text."""

    def __init__(self, broken: Rule, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.broken, self.message, self.line = broken, message, line


def open_gate(path: str) -> str | None:
    """Every file is read."""
    return None


def left_out(path: str, why: str) -> Finding:
    """The finding that the file at ``path`` was not read."""
    return LEFT_OUT.at(Place(visible(path)), f"{why}, so it is left out; take it apart or remove it")


def read_text(root: Path, path: str, limit: int, suffix: str | None = "") -> tuple[str | None, list[Finding]]:
    """The text of ``root / path`` with LF line ends, or None and the findings that refuse it. Never raises.

    ``path`` is relative to ``root`` with forward slashes and must end in ``suffix`` (None: any); ``limit`` is bytes.
    """
    shown = visible(path)
    try:
        if suffix is not None:
            _check_name(path, suffix)
        text = _decoded(_bytes(root, path, limit))
    except _RefusalError as reason:
        return None, [reason.broken.at(Place(shown, reason.line), reason.message)]
    findings = [
        FORBIDDEN.at(Place(shown, text.count("\n", 0, offset) + 1), f"found {what}; delete it")
        for offset, what in forbidden(text)
    ]
    for marker in _CONFLICT.finditer(text):
        place = Place(shown, text.count("\n", 0, marker.start()) + 1)
        findings.append(CONFLICT.at(place, f"found {marker[0].strip()!r}; finish the merge, then delete the marker"))
    return (None, first_problems(findings)) if findings else (text, [])


def names_in(root: Path, folder: str) -> tuple[list[str], list[Finding]]:
    """The names in ``root / folder``, sorted; none and a finding where it is a link, no folder or closed. Never raises.

    A folder that is not there holds nothing.
    """
    try:
        handle = _open_folder(root, folder.split("/"))
        try:
            return sorted(os.listdir(handle)), []
        finally:
            os.close(handle)
    except FileNotFoundError:
        return [], []
    except OSError as reason:
        refusal = _refusal(reason, "folder")
    return [], [refusal.broken.at(Place(folder), refusal.message)]


def first_problems(findings: list[Finding]) -> list[Finding]:
    """``findings`` of one file, cut after ``MAX_PROBLEMS`` with a last one that says so."""
    if len(findings) <= MAX_PROBLEMS:
        return findings
    message = f"found {len(findings):,} problems, {MAX_PROBLEMS} are told; mend those first"
    return [*findings[:MAX_PROBLEMS], TOO_MANY_PROBLEMS.at(findings[MAX_PROBLEMS].place, message)]


def forbidden(text: str) -> Iterator[tuple[int, str]]:
    """(offset, name) of the characters of ``text`` that no text may hold, at most ``MAX_PROBLEMS`` + 1 of them."""
    for match in islice(_FORBIDDEN.finditer(text), MAX_PROBLEMS + 1):
        yield match.start(), character_name(match[0])
    if not text.isascii():
        run = 0
        for offset, character in enumerate(text):
            run = run + 1 if unicodedata.combining(character) else 0
            if run == MAX_MARKS + 1:
                yield offset, f"more than {MAX_MARKS} combining marks in a row"
                return


def character_name(character: str) -> str:
    """``U+202E RIGHT-TO-LEFT OVERRIDE``; characters without a name of their own go by their class."""
    classes = {"Cc": "control character", "Cs": "surrogate", "Cn": "noncharacter"}
    name = unicodedata.name(character, classes.get(unicodedata.category(character), "unnamed character"))
    return f"U+{ord(character):04X} {name}"


def _decoded(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as reason:
        kind = " (it looks like UTF-16)" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        found = f"byte {reason.start} is 0x{raw[reason.start]:02x}, which is not UTF-8{kind}"
        line = raw.count(b"\n", 0, reason.start) + 1
        raise _RefusalError(BAD_ENCODING, f"{found}; save the file as UTF-8", line) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _check_name(path: str, suffix: str) -> None:
    *parents, name = path.split("/")
    for part, ending in [*((parent, "") for parent in parents), (name, suffix)]:
        if not is_file_name(part, ending):
            expected = "lower-case letters, digits, '.', '_' and '-', beginning with a letter or digit"
            also = f" and ending in {ending}" if ending else ""
            message = f"found the name {part!r}, expected {expected}{also}, and no device of Windows; rename it"
            raise _RefusalError(BAD_NAME, message)


def _bytes(root: Path, path: str, limit: int) -> bytes:
    """The bytes of the one file that was opened, checked through its descriptor so that no swap of names matters."""
    try:
        handle = _open(root, path)
        try:
            before = os.fstat(handle)
            if not stat.S_ISREG(before.st_mode):
                raise _RefusalError(NOT_REGULAR, "found a folder, pipe or device, expected a regular file; replace it")
            if before.st_size > limit:
                raise _RefusalError(TOO_LARGE, f"is {before.st_size:,} bytes, at most {limit:,} are read; split it")
            with os.fdopen(handle, "rb", closefd=False) as file:
                raw = file.read(limit + 1)
            after = os.fstat(handle)
        finally:
            os.close(handle)
    except OSError as reason:
        raise _refusal(reason, "regular file") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(raw) != before.st_size:
        raise _RefusalError(UNREADABLE, "changed while it was read; read it again when nothing writes to it")
    return raw


def _refusal(reason: OSError, expected: str) -> _RefusalError:
    """Why the system opened no file or folder, as one of the rules."""
    if reason.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
        found = "it or a folder on its path is a link, a socket or no folder"
        return _RefusalError(NOT_REGULAR, f"{found}; expected a {expected}; replace it")
    return _RefusalError(UNREADABLE, f"cannot be read: {reason.strerror}; restore it or its permissions")


def _open(root: Path, path: str) -> int:
    """A descriptor of ``root / path``, walked folder by folder without following links below ``root``."""
    *parents, name = path.split("/")
    folder = _open_folder(root, parents)
    try:
        return os.open(name, _FILE_FLAGS, dir_fd=folder)
    finally:
        os.close(folder)


def _open_folder(root: Path, parts: list[str]) -> int:
    folder = os.open(root, _FOLDER_FLAGS)
    for part in parts:
        try:
            inner = os.open(part, _FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=folder)
        finally:
            os.close(folder)
        folder = inner
    return folder
