"""Run files: one immutable JSON file a run, ``data/runs/<script>/<utc>-<hash8>.json`` (``kg.stored``)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from kg import jsonfile, results, stored
from kg.findings import Finding, Place, rule, visible
from kg.jsonfile import Unreadable, decode
from kg.results import KEYS, Budget, Curve, Reading, Result, Row, Run, Status, merge
from kg.stored import MAX_BYTES, STALE_SECONDS, is_script
from kg.stored import NotWritten as RunNotWritten
from kg.textfile import Gate, open_gate

__all__ = [
    "MAX_BYTES", "STALE_SECONDS", "Budget", "Curve", "Reading", "Result", "Row", "Run", "RunNotWritten", "Status",
    "data_sha256", "is_script", "merge", "read", "read_all", "write",
]  # fmt: skip

_RESTORE = "restore the file from git, or delete it and run again"
RECORDED, LOCAL = "data/runs", ".kg/runs"

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
    return stored.write(root, folder, run.script, run.started, content)


def read_all(root: Path, folder: str = RECORDED, *, gate: Gate = open_gate) -> tuple[list[Run], list[Finding]]:
    """Every run below ``root/folder`` in the order of script and start, and what is wrong with the other files.

    Never raises for what the files hold. Names that begin with a dot (temporary files among them) are passed over.
    """
    runs: list[Run] = []
    findings: list[Finding] = []
    for path in stored.paths(root, folder, _BAD, findings, gate):
        run, wrong = read(root, path)
        findings += wrong
        runs += [run] if run else []
    return runs, findings


def read(root: Path, path: str) -> tuple[Run | None, list[Finding]]:
    """The run in the file at ``path`` below ``root``, or None, and what is wrong with it. Never raises."""
    try:
        raw, named = stored.read(root, path)
        content = decode(raw)
    except Unreadable as reason:
        return None, [_BAD.at(Place(visible(path), reason.line), f"{reason}; {_RESTORE}")]
    wrong = _problems(content, path.split("/")[-2], named)
    if wrong or not isinstance(content, dict):
        return None, [_BAD.at(Place(path), f"{line}; {_RESTORE}") for line in wrong]
    content["provenance"].setdefault("started", named)
    run = Run(**{key: content[key] for key in KEYS if key != "schema"}, path=path)
    if (found := stored.file_id(run.started, raw)) != run.id:
        message = f"found the content of {found}, and runs are never edited; {_RESTORE}"
        return run, [_CHANGED.at(Place(path), message)]
    return run, []


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
    if not stored.is_time(started):
        wrong.append(f"provenance.started: found {started!r:.80}, expected a time such as 2026-11-24T10:15:00Z")
    if content["status"] == "ok":
        wrong += [f"result: {line}" for line in results.problems(result)]
    elif result is not None:
        wrong.append("result: expected null where the status is not ok")
    return wrong + [f"provenance: {line}" for line in jsonfile.hazards(provenance)]


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
