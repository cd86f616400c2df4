"""Everything people wrote, as one immutable Corpus; ``kg.reader`` reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.declarations import Prediction
from kg.findings import Finding, Place
from kg.mapfiles import MapRun
from kg.papers import Paper
from kg.records import Argument, Assumption, Axis, Claim, Concept, Meter, Question, Reading, Retired, Strand
from kg.runs import Run
from kg.scriptfile import Script
from kg.validation import Origin


@dataclass(frozen=True)
class Corpus:
    """Everything people wrote, as read. Mappings are by id; ``findings`` are the readers' alone."""

    root: Path
    papers: Mapping[str, Paper]
    strands: Mapping[str, Strand]
    concepts: Mapping[str, Concept]
    readings: Mapping[str, Reading]
    assumptions: Mapping[str, Assumption]
    regimes: Mapping[str, Axis]
    claims: Mapping[str, Claim]
    questions: Mapping[str, Question]
    arguments: Mapping[str, Argument]
    scripts: Mapping[str, Script]
    retired: tuple[Retired, ...]
    runs: tuple[Run, ...]
    findings: tuple[Finding, ...]
    broken: frozenset[str] = frozenset()
    """Addresses that are written and could not be read; ``kind:*`` where it is not known which."""
    maps: tuple[MapRun, ...] = ()
    meter: Meter | None = None
    unbuilt: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    """What is written of records whose fields are wrong, by address: it is held to the rules with stand-ins."""
    origins: Mapping[str, Origin] = field(default_factory=dict, repr=False)

    def predictions(self) -> Iterator[tuple[str, str, Prediction]]:
        """(address, claim id, prediction), in the order of the files."""
        for name, claim in self.claims.items():
            for prediction in claim.predictions:
                yield f"prediction:{name}/{prediction.id}", name, prediction

    def names(self, address: str) -> tuple[str, ...]:
        """The address, and the retired ones that lead to it alone: runs and maps keep the name that it had."""
        return (address, *(retired.id for retired in self.retired if retired.to == (address,)))

    def place(self, address: str, *location: str | int) -> Place:
        """The file and line of ``location`` inside the record at ``address``."""
        if address in self.origins:
            return self.origins[address].place(*location)
        kind, _, name = address.partition(":")
        if kind == "prediction":
            claim_id, _, prediction_id = name.partition("/")
            claim = self.claims.get(claim_id)
            index = next((i for i, p in enumerate(claim.predictions) if p.id == prediction_id), 0) if claim else 0
            return self.place(f"claim:{claim_id}", "predictions", index, *location)
        return Place("data/")


def find_root(start: Path | None = None) -> Path:
    """The nearest folder at or above ``start`` that holds data/ and bib/, else the package's own checkout."""
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        if (folder / "data").is_dir() and (folder / "bib").is_dir():
            return folder
    return Path(__file__).absolute().parent.parent
