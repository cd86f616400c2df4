"""Which folder holds which kind of file, and what a file that stands elsewhere looks like and where it belongs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from kg import yamlfile
from kg.findings import rule, visible
from kg.records import Argument, Assumption, Axis, Claim, Concept, Question, Reading, Strand
from kg.textfile import Gate

UNEXPECTED = rule(
    "unexpected-file",
    "Only the files that the layout names stand in data/, bib/ and scripts/.",
    "data/claims/lazy.yml",
)

TREE = ("bib", "data", "scripts")
"""The folders that hold the record."""

FOLDERS: dict[str, type[BaseModel]] = {"claims": Claim, "questions": Question, "arguments": Argument}
RECORD = {"claims": "a claim", "questions": "a question", "arguments": "an argument"}
SINGLES: dict[str, type[BaseModel]] = {
    "strands": Strand,
    "concepts": Concept,
    "assumptions": Assumption,
    "regimes": Axis,
    "readings": Reading,
}
KIND_OF: dict[type[BaseModel], str] = {
    Claim: "claim",
    Question: "question",
    Argument: "argument",
    Strand: "strand",
    Concept: "concept",
    Assumption: "assumption",
    Axis: "axis",
    Reading: "reading",
}
_OTHER_DATA = {"runs", "maps", "schema", "inputs", "README.md"}  # read by kg.runs, kg.mapfiles; the rest no records
DATA = {*(f"{stem}.yaml" for stem in SINGLES), *FOLDERS, *_OTHER_DATA, "retired.yaml", "meter.yaml"}
HELD = {  # what a folder holds, where that is not one record a file
    "bib": "<strand>.bib",
    "data": f"one of {', '.join(sorted(DATA))}",
    "scripts": "<name>.py of lower-case letters, digits and '_'",
    "data/inputs": "a folder named after its script",
}


def folder_of(value: Any) -> str | None:
    """The folder for whose kind of record the fields of ``value`` speak: two more of them than of any other kind."""
    names = set(value) if isinstance(value, dict) else set()
    fit = sorted((len(names & _fields(model)), folder) for folder, model in FOLDERS.items())
    return fit[-1][1] if fit[-1][0] >= fit[-2][0] + 2 else None


def _fields(model: type[BaseModel]) -> set[str]:
    return {str(told.alias or name) for name, told in model.model_fields.items()}


def mend(root: Path, gate: Gate, folder: str, name: str) -> str:
    """What to do about the file ``name``, which nobody expects in ``folder``."""
    if name.endswith(".yml") and not name.startswith("."):
        return f"did you mean '{visible(name).removesuffix('.yml')}.yaml'?"
    if folder != "data" or not name.endswith(".yaml"):
        return "rename or move it"
    told = yamlfile.load(root, f"data/{name}").value if gate(f"data/{name}") is None else None
    if (where := folder_of(told)) is not None:
        return f"it looks like {RECORD[where]}: move it to data/{where}/"
    return "move it: a claim stands in data/claims/, a question in data/questions/, an argument in data/arguments/"
