"""Run files: one immutable JSON file a run, ``data/runs/<script>/<utc>-<hash8>.json``.

A file's name holds the time at which the run began and the first eight hexadecimal digits of the SHA-256 of its
content, so a run that was edited afterwards is found out. Reading is total: whatever lies in the folder becomes runs
and findings. Writing is atomic: a killed writer leaves at most a temporary file, which the next one sweeps.
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
from typing import get_args

from kg import jsonfile, results
from kg.findings import Finding, Place, rule, visible
from kg.jsonfile import Unreadable, decode, read_regular
from kg.results import KEYS, Budget, Curve, Reading, Result, Row, Run, Status, merge, run_id
from kg.textfile import Gate, left_out, open_gate

__all__ = [
    "Budget", "Curve", "Reading", "Result", "Row", "Run", "RunNotWritten", "Status",
    "data_sha256", "merge", "read", "read_all", "write",
]  # fmt: skip

RECORDED, LOCAL = "data/runs", ".kg/runs"
MAX_BYTES = 16_000_000
STALE_SECONDS = 3600.0
"""A temporary file older than this has no writer any more: writing takes well under a second."""

_SCRIPT = re.compile(r"[a-z][a-z0-9_]{0,79}\Z", re.ASCII)
_NAME = re.compile(r"(\d{8}T\d{6}Z)-([0-9a-f]{8})\.json\Z", re.ASCII)
_STARTED = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z\Z", re.ASCII)
_BAD = rule(
    "bad-run-file",
    "A run file is a JSON object written by 'kg rerun': schema, script, budget, result, provenance, status.",
    '{"schema": 1, "script": "deep_linear_modes", "result": NaN}',
)
_CHANGED = rule(
    "run-file-changed",
    "A run is never edited: its file's name holds its start and the hash of its content.",
    "data/runs/deep_linear_modes/20261124T101500Z-00000000.json, the measured value corrected by hand",
    severity="warning",
)


class RunNotWritten(Exception):
    """A run could not be stored; the message says why and what to do."""


def is_script(name: str) -> bool:
    """Whether ``name`` can be a script's: a Python module's name in lower case."""
    return _SCRIPT.match(name) is not None


def write(root: Path, folder: str, run: Run) -> Path:
    """Store ``run`` below ``root/folder`` and return the file's path; the same run twice is one file.

    Raises RunNotWritten where the run is no valid one or the disk refuses it; then no file is left behind.
    """
    try:
        content = run.content
    except (ValueError, TypeError, RecursionError) as reason:
        raise RunNotWritten(f"the run of {run.script!r} is not JSON: {reason}") from reason
    try:
        wrong = [] if is_script(run.script) else [f"{run.script!r} is not the name of a script"]
        wrong += _problems(decode(content), run.script)
    except Unreadable as reason:
        wrong = [str(reason)]
    if wrong:
        raise RunNotWritten(f"the run of {visible(run.script)} is not valid: {'; '.join(wrong)}")
    name = f"{run_id(run.started, content)}.json"
    target = root / folder / run.script / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        if target.exists():
            if target.read_bytes() != content:
                raise RunNotWritten(f"{folder}/{run.script}/{name} exists with other content; restore it from git")
            return target
        _replace(target, content)
    except OSError as reason:
        raise RunNotWritten(
            f"cannot write {folder}/{run.script}/{name}: {reason.strerror or reason}; "
            "make room or make the folder writable, then run again"
        ) from reason
    return target


def _replace(target: Path, content: bytes) -> None:
    """Put ``content`` at ``target`` in one step. A file that appears meanwhile has the same hash, thus the content."""
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


def _sweep(folder: Path) -> None:
    for leftover in folder.glob(".tmp-*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - leftover.lstat().st_mtime > STALE_SECONDS:
                leftover.unlink()


def read_all(root: Path, folder: str = RECORDED, *, gate: Gate = open_gate) -> tuple[list[Run], list[Finding]]:
    """Every run below ``root/folder`` in the order of script and start, and what is wrong with the other files.

    Never raises for what the files hold. Names that begin with a dot (temporary files among them) are passed over.
    """
    runs: list[Run] = []
    findings: list[Finding] = []
    for path in _entries(root, folder, findings):
        if not is_script(path.rpartition("/")[2]):
            findings.append(_BAD.at(Place(visible(path)), "expected a folder named after a script; move it away"))
            continue
        for entry in _entries(root, path, findings):
            if (why := gate(entry)) is not None:
                findings.append(left_out(entry, why))
                continue
            run, wrong = read(root, entry)
            findings += wrong
            runs += [run] if run else []
    return runs, findings


def _entries(root: Path, folder: str, findings: list[Finding]) -> Iterator[str]:
    """The paths in ``folder``, sorted; a folder that is none is a finding, a missing one is empty."""
    try:
        if not stat.S_ISDIR((root / folder).lstat().st_mode):
            findings.append(
                _BAD.at(Place(visible(folder)), "expected a folder named after a script; move this file away")
            )
            return
        names = sorted(entry.name for entry in (root / folder).iterdir())
    except FileNotFoundError:
        return
    except OSError as reason:
        findings.append(_BAD.at(Place(visible(folder)), f"cannot be listed: {reason.strerror}"))
        return
    yield from (f"{folder}/{name}" for name in names if not name.startswith("."))


def read(root: Path, path: str) -> tuple[Run | None, list[Finding]]:
    """The run in the file at ``path`` below ``root``, or None, and what is wrong with it. Never raises."""
    folder, _, file = path.rpartition("/")
    try:
        if not (name := _NAME.match(file)):
            wanted = "20261124T101500Z-1a2b3c4d.json"
            raise Unreadable(f"expected a name such as {wanted}; run files are written by 'kg rerun'")
        raw = read_regular(root / path, MAX_BYTES).replace(b"\r\n", b"\n")
        content = decode(raw)
    except Unreadable as reason:
        return None, [_BAD.at(Place(visible(path), reason.line), str(reason))]
    wrong = _problems(content, folder.rpartition("/")[2], _time_of(name[1]))
    if wrong or not isinstance(content, dict):
        return None, [_BAD.at(Place(path), line) for line in wrong]
    content["provenance"].setdefault("started", _time_of(name[1]))
    run = Run(**{key: content[key] for key in KEYS if key != "schema"}, path=path)
    if (found := run_id(run.started, raw)) != run.id:
        message = f"the content is that of {found}; runs are never edited: restore the file from git, or run again"
        return run, [_CHANGED.at(Place(path), message)]
    return run, []


def _time_of(utc: str) -> str:
    """``20261124T101500Z`` of a file's name as ``2026-11-24T10:15:00Z``."""
    return f"{utc[:4]}-{utc[4:6]}-{utc[6:11]}:{utc[11:13]}:{utc[13:]}"


def _problems(content: object, script: str, named: str | None = None) -> list[str]:
    """What keeps ``content`` from being a run file of ``script``; ``named`` is the start in the file's name."""
    if not isinstance(content, dict) or set(content) != set(KEYS):
        found = ", ".join(map(repr, content)) if isinstance(content, dict) else type(content).__name__
        return [f"expected an object with the keys {', '.join(KEYS)}; found {found:.200}"]
    provenance, result = content["provenance"], content["result"]
    started = provenance.get("started", named) if isinstance(provenance, dict) else None
    allowed = {"schema": (1,), "script": (script,), "budget": get_args(Budget), "status": get_args(Status)}
    wrong = [
        f"{key}: found {content[key]!r:.80}, expected {' or '.join(map(str, values))}"
        for key, values in allowed.items()
        if content[key] not in values or isinstance(content[key], bool)
    ]
    if not _is_time(started):
        wrong.append(f"provenance.started: found {started!r:.80}, expected a time such as 2026-11-24T10:15:00Z")
    if content["status"] == "ok":
        wrong += [f"result: {line}" for line in results.problems(result)]
    elif result is not None:
        wrong.append("result: expected null where the status is not ok")
    return wrong + [f"provenance: {line}" for line in jsonfile.hazards(provenance)]


def _is_time(started: object) -> bool:
    if not isinstance(started, str) or not _STARTED.match(started):
        return False
    try:
        return bool(datetime.datetime.fromisoformat(started))
    except ValueError:
        return False


def data_sha256(root: Path, script: str) -> str | None:
    """SHA-256 over the names and contents below ``data/inputs/<script>/``, None where there is none.

    Links count by where they point, other things that are no regular file, or cannot be read, by being there.
    """
    top = root / "data" / "inputs" / script
    if not top.is_dir():
        return None
    total = hashlib.sha256()
    for path in sorted([top] if top.resolve() != root.resolve() / "data" / "inputs" / script else _below(top)):
        mode = path.lstat().st_mode
        total.update(os.fsencode(f"{path.relative_to(top).as_posix()}\0{stat.S_IFMT(mode):o}\0"))
        if stat.S_ISLNK(mode):
            total.update(hashlib.sha256(os.fsencode(path.readlink())).digest())
        elif stat.S_ISREG(mode):
            with contextlib.suppress(PermissionError), open(path, "rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _below(top: Path) -> Iterator[Path]:
    """Everything below ``top`` that is no folder; links are not followed, closed folders are passed over."""
    folders = [top]
    while folders:
        with contextlib.suppress(PermissionError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                else:
                    yield Path(entry.path)
