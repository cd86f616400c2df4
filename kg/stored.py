"""Immutable JSON files that machines write: ``<folder>/<script>/<utc>-<hash8>.json``.

A file's name holds the time at which what it tells began and the first eight hexadecimal digits of the SHA-256 of its
content, so a file that was edited afterwards is found out. Reading is total: whatever lies in the folder becomes
content and findings. Writing is atomic: a killed writer leaves at most a temporary file, which the next one sweeps.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kg.findings import Finding, Place, Rule, visible
from kg.jsonfile import Unreadable, read_regular
from kg.textfile import Gate, left_out, open_gate

MAX_BYTES = 16_000_000
STALE_SECONDS = 3600.0
"""A temporary file older than this has no writer any more: writing takes well under a second."""

_SCRIPT = re.compile(r"[a-z][a-z0-9_]{0,79}\Z", re.ASCII)
_NAME = re.compile(r"(\d{8}T\d{6}Z)-([0-9a-f]{8})\.json\Z", re.ASCII)
_STARTED = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z\Z", re.ASCII)


class NotWritten(Exception):
    """A file could not be stored; the message says why and what to do."""


def is_script(name: str) -> bool:
    """Whether ``name`` can be a script's: a Python module's name in lower case."""
    return _SCRIPT.match(name) is not None


def file_id(started: str, content: bytes) -> str:
    """``<utc>-<hash8>``: the start and the first digits of the SHA-256 of the file."""
    return f"{started.replace('-', '').replace(':', '')}-{hashlib.sha256(content).hexdigest()[:8]}"


def write(root: Path, folder: str, script: str, started: str, content: bytes) -> Path:
    """Store ``content`` below ``root/folder/script`` and return the file's path; the same content twice is one file.

    Raises NotWritten where the disk refuses it; then no file is left behind.
    """
    name = f"{file_id(started, content)}.json"
    target = root / folder / script / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
        if target.exists():
            if target.read_bytes() != content:
                raise NotWritten(f"{folder}/{script}/{name} exists with other content; restore it from git")
            return target
        replace(target, content)
    except OSError as reason:
        raise NotWritten(
            f"cannot write {folder}/{script}/{name}: {reason.strerror or reason}; "
            "make room or make the folder writable, then run again"
        ) from reason
    return target


def replace(target: Path, content: bytes) -> None:
    """Put ``content`` at ``target`` in one step. Raises OSError where the disk refuses it."""
    handle, temporary = tempfile.mkstemp(prefix=".tmp-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sweep(folder: Path) -> None:
    """Take away what killed writers left in ``folder``."""
    for leftover in folder.glob(".tmp-*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - leftover.lstat().st_mtime > STALE_SECONDS:
                leftover.unlink()


def paths(root: Path, folder: str, bad: Rule, findings: list[Finding], gate: Gate = open_gate) -> Iterator[str]:
    """Every file below ``root/folder`` in the order of script and start; a ``bad`` finding for what is none.

    Names that begin with a dot (temporary files among them) are passed over, and what ``gate`` leaves out is told.
    """
    for path in _entries(root, folder, bad, findings):
        if not is_script(path.rpartition("/")[2]):
            findings.append(bad.at(Place(visible(path)), "expected a folder named after a script; move it away"))
            continue
        for entry in _entries(root, path, bad, findings):
            if (why := gate(entry)) is not None:
                findings.append(left_out(entry, why))
            else:
                yield entry


def _entries(root: Path, folder: str, bad: Rule, findings: list[Finding]) -> Iterator[str]:
    """The paths in ``folder``, sorted; a folder that is none is a finding, a missing one is empty."""
    try:
        if not stat.S_ISDIR((root / folder).lstat().st_mode):
            findings.append(
                bad.at(Place(visible(folder)), "expected a folder named after a script; move this file away")
            )
            return
        names = sorted(entry.name for entry in (root / folder).iterdir())
    except FileNotFoundError:
        return
    except OSError as reason:
        findings.append(bad.at(Place(visible(folder)), f"cannot be listed: {reason.strerror}"))
        return
    yield from (f"{folder}/{name}" for name in names if not name.startswith("."))


def read(root: Path, path: str, writer: str = "kg rerun") -> tuple[bytes, str]:
    """The bytes of the file at ``path`` and the time in its name. Raises Unreadable for another name, links, pipes."""
    name = _NAME.match(path.rpartition("/")[2])
    if not name:
        raise Unreadable(f"expected a name such as 20261124T101500Z-1a2b3c4d.json; they are written by '{writer}'")
    return read_regular(root / path, MAX_BYTES).replace(b"\r\n", b"\n"), _time_of(name[1])


def _time_of(utc: str) -> str:
    """``20261124T101500Z`` of a file's name as ``2026-11-24T10:15:00Z``."""
    return f"{utc[:4]}-{utc[4:6]}-{utc[6:11]}:{utc[11:13]}:{utc[13:]}"


def is_time(started: object) -> bool:
    """Whether ``started`` is a UTC time such as 2026-11-24T10:15:00Z."""
    if not isinstance(started, str) or not _STARTED.match(started):
        return False
    try:
        return bool(datetime.datetime.fromisoformat(started))
    except ValueError:
        return False
