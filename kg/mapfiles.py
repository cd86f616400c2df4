"""Files of maps: one immutable JSON file a map that was run, ``data/maps/<script>/<utc>-<hash8>.json`` (``kg.stored``).

It holds what the script measured in each cell, seed by seed, and no verdict: verdicts follow from the present
declaration (``kg.mapverdicts``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from kg import jsonfile, results, stored
from kg.fields import Setting
from kg.findings import Finding, Place, rule, visible
from kg.jsonfile import Unreadable, decode
from kg.results import Closed, Condition, Result, Status, Words
from kg.results import Setting as Name
from kg.stored import NotWritten
from kg.sweeps import MOST_CELLS, cells
from kg.textfile import Gate, open_gate

_RESTORE = "restore the file from git, or delete it and run again"
RECORDED = "data/maps"

_BAD = rule(
    "bad-map-file",
    "A file of a map is a JSON object written by 'kg rerun --map': script, prediction, axes, and every cell once.",
    '{"schema": 1, "script": "edge_of_stability", "axes": {"eta": [0.1]}, "cells": []}',
)
_CHANGED = rule(
    "map-file-changed",
    "A map is never edited: its file's name holds its start and the hash of its content.",
    "data/maps/edge_of_stability/20261125T101500Z-00000000.json, one cell corrected by hand",
    severity="warning",
)


def _time(text: str) -> str:
    if not stored.is_time(text):
        raise ValueError("expected a time such as 2026-11-25T10:15:00Z")
    return text


class CellRun(Closed):
    """What the script measured in one cell. ``result`` is None where ``status`` is not ok; curves are left out."""

    setting: Condition
    status: Status
    detail: Annotated[str, Field(max_length=2_000)] = ""
    result: Result | None
    started: Annotated[str, AfterValidator(_time)]
    cpu_seconds: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _result_where_ok(self) -> CellRun:
        if (self.result is None) == (self.status == "ok"):
            raise ValueError("a cell has a result exactly where its status is ok")
        return self

    def as_json(self) -> dict[str, Any]:
        """The cell as its file holds it."""
        told = self.model_dump(exclude={"result"})
        return {**told, "result": None if self.result is None else self.result.as_json()}


class _Content(Closed):
    schema_: Annotated[Literal[1], Field(alias="schema")]
    script: str
    prediction: Words
    budget: Literal["smoke", "quick"]
    axes: Annotated[dict[Name, Annotated[list[float | Words], Field(min_length=1)]], Field(min_length=2, max_length=2)]
    fixed: Condition
    cells: Annotated[list[CellRun], Field(max_length=MOST_CELLS)]
    provenance: dict[str, Any]

    @model_validator(mode="after")
    def _every_cell_once(self) -> _Content:
        found = [cell.setting for cell in self.cells]
        if found != list(cells({name: tuple(values) for name, values in self.axes.items()})):
            raise ValueError("expected the cells of the axes, each once, the first axis running fastest")
        return self


@dataclass(frozen=True)
class MapRun:
    """One map that was run. ``prediction`` is an address; ``path`` is relative to the root, None until stored."""

    script: str
    prediction: str
    budget: str
    axes: Mapping[str, tuple[Setting, ...]]
    fixed: Mapping[str, Setting]
    cells: tuple[CellRun, ...]
    provenance: dict[str, Any]
    path: str | None = None

    @property
    def started(self) -> str:
        """When its first cell began, in UTC."""
        return str(self.provenance["started"])

    @property
    def cpu_seconds(self) -> float:
        return sum(cell.cpu_seconds for cell in self.cells)

    @property
    def declaration(self) -> str | None:
        """The fingerprint of the prediction when the map was run."""
        held = self.provenance.get("declarations")
        return str(held.get(self.prediction)) if isinstance(held, dict) else None

    @cached_property
    def content(self) -> bytes:
        """The bytes of its file, one cell a line. Raises ValueError where a value is not JSON."""
        parts: list[tuple[str, Any]] = [
            ("schema", 1),
            ("script", self.script),
            ("prediction", self.prediction),
            ("budget", self.budget),
            ("axes", dict(self.axes)),
            ("fixed", dict(self.fixed)),
        ]
        lines = [f" {json.dumps(name)}: {json.dumps(value, allow_nan=False)}," for name, value in parts]
        rows = ",\n".join(f"  {json.dumps(cell.as_json(), allow_nan=False)}" for cell in self.cells)
        provenance = json.dumps(self.provenance, indent=1, allow_nan=False).replace("\n", "\n ")
        body = "\n".join(["{", *lines, ' "cells": [', rows, " ],", f' "provenance": {provenance}', "}"])
        return body.encode() + b"\n"


def write(root: Path, run: MapRun) -> Path:
    """Store ``run`` below ``root/data/maps`` and return the file's path; the same map twice is one file.

    Raises NotWritten where it is no valid one or the disk refuses it; then no file is left behind.
    """
    try:
        wrong = [] if stored.is_script(run.script) else [f"{run.script!r} is not the name of a script"]
        wrong += _problems(decode(run.content), run.script)
    except (ValueError, TypeError, RecursionError) as reason:
        raise NotWritten(f"the map of {run.prediction!r} is not JSON: {reason}") from reason
    if wrong:
        raise NotWritten(f"the map of {visible(run.prediction)} is not valid: {'; '.join(wrong[:10])}")
    return stored.write(root, RECORDED, run.script, run.started, run.content)


def read_all(root: Path, *, gate: Gate = open_gate) -> tuple[list[MapRun], list[Finding]]:
    """Every map below ``data/maps`` in the order of script and start, and what is wrong with the other files."""
    found: list[MapRun] = []
    findings: list[Finding] = []
    for path in stored.paths(root, RECORDED, _BAD, findings, gate):
        try:
            raw, _ = stored.read(root, path, "kg rerun --map")
            content = decode(raw)
        except Unreadable as reason:
            findings.append(_BAD.at(Place(visible(path), reason.line), f"{reason}; {_RESTORE}"))
            continue
        if wrong := _problems(content, path.split("/")[-2]):
            findings += [_BAD.at(Place(path), f"{line}; {_RESTORE}") for line in wrong[:10]]
            continue
        run = _run(_Content.model_validate(content), path)
        if (name := stored.file_id(run.started, raw)) != Path(path).stem:
            message = f"found the content of {name}, and maps are never edited; {_RESTORE}"
            findings.append(_CHANGED.at(Place(path), message))
        found.append(run)
    return found, findings


def _run(content: _Content, path: str) -> MapRun:
    axes = {name: tuple(values) for name, values in content.axes.items()}
    return MapRun(
        content.script, content.prediction, content.budget, axes, content.fixed, tuple(content.cells),
        content.provenance, path,
    )  # fmt: skip


def _problems(content: object, script: str) -> list[str]:
    """What keeps ``content`` from being the file of a map of ``script``."""
    try:
        held = _Content.model_validate(content)
    except ValidationError as refusal:
        return results.explain(refusal)
    wrong = [f"script: found {held.script!r:.80}, expected {script}"] if held.script != script else []
    if not stored.is_time(held.provenance.get("started")):
        wrong.append("provenance.started: expected a time such as 2026-11-25T10:15:00Z")
    return wrong + [f"provenance: {line}" for line in jsonfile.hazards(held.provenance)]
