"""Reads ``data/``, ``bib/`` and ``scripts/`` into a Corpus, with everything that is wrong with them.

``kg.layout`` alone knows which file holds what. One bad file, or one bad record, costs its own content
only: it becomes findings, its ids are remembered as ``broken``, and reading goes on.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from kg import bibfile, identifiers, layout, mapfiles, papers, runs, scriptfile, textfile, yamlfile, yamlrest
from kg.corpus import Corpus
from kg.findings import Finding, Place, rule, visible
from kg.layout import DATA, FOLDERS, HELD, KIND_OF, RECORD, SINGLES, UNEXPECTED, folder_of
from kg.modelfields import Location
from kg.records import Meter, Retired
from kg.relations import KINDS
from kg.textfile import Gate, first_problems, open_gate
from kg.validation import WRONG_SHAPE, Origin, build

DUPLICATE_ID = rule(
    "duplicate-id", "An id names one record, whatever its case.", "@book{Saxe2014} beside @book{saxe2014}"
)
BAD_RECORD_ID = rule(
    "bad-record-id",
    "A record's id is lower-case letters, digits, '.', '_' and '-'.",
    "data/concepts.yaml: Kernel Regression: ...",
)
NO_CORPUS = rule("no-corpus", "A root holds data/ or bib/.", "kg --root /tmp check")


def load(root: Path, gate: Gate = open_gate) -> Corpus:
    """Read what ``gate`` lets in of the tree at ``root``. Never raises on what the files hold: it becomes findings."""
    with uncollected():
        return _Reader(root.absolute(), gate).read()


@contextmanager
def uncollected() -> Iterator[None]:
    """The cyclic garbage collector off: with it on, validating 100 000 records takes five times as long."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _may_stand_in_scripts(name: str) -> bool:
    return scriptfile.is_script_name(name) or name in ("README.md", "__pycache__")


class _Reader:
    def __init__(self, root: Path, gate: Gate) -> None:
        self.root, self.gate = root, gate
        self.records: dict[str, dict[str, Any]] = {kind: {} for kind in (*KIND_OF.values(), "paper", "reproduction")}
        self.findings: list[Finding] = []
        self.warnings: list[Finding] = []
        self.origins: dict[str, Origin] = {}
        self.broken: set[str] = set()
        self.unbuilt: dict[str, Mapping[str, Any]] = {}
        self.folded: dict[tuple[str, str], str] = {}
        self.retired: list[Retired] = []
        self.meter: Meter | None = None

    def read(self) -> Corpus:
        if not (self.root / "data").is_dir() and not (self.root / "bib").is_dir():
            self.findings.append(
                NO_CORPUS.at(Place("data/"), f"neither data/ nor bib/ is in {self.root.name!r}; set --root")
            )
        for name in self._names("bib", lambda name: name.endswith(".bib"), "paper"):
            self._bib(f"bib/{name}")
        singles = {f"{stem}.yaml": model for stem, model in SINGLES.items()}
        for name in self._names("data", DATA.__contains__, *KIND_OF.values()):
            if name in singles:
                self._single(f"data/{name}", singles[name])
            elif name == "retired.yaml":
                self._retired(f"data/{name}")
            elif name == "meter.yaml":
                self._meter(f"data/{name}")
        for folder, model in FOLDERS.items():
            for name in self._names(f"data/{folder}", lambda name: name.endswith(".yaml"), KIND_OF[model]):
                self._record_file(f"data/{folder}/{name}", model)
        for name in self._names("scripts", _may_stand_in_scripts, "reproduction"):
            if name.endswith(".py"):
                self._script(f"scripts/{name}")
        for name in self._names("data/inputs", lambda name: runs.is_script(name) or name == "README.md"):
            if name != "README.md":
                self.findings += textfile.names_in(self.root, f"data/inputs/{name}")[1]
        found_runs, findings = runs.read_all(self.root, gate=self.gate)
        found_maps, more = mapfiles.read_all(self.root, gate=self.gate)
        self.findings += [*findings, *more]
        wrong = {finding.place for finding in self.findings}  # a line's error says more than its form
        of = {kind: MappingProxyType(records) for kind, records in self.records.items()}
        return Corpus(
            self.root,
            of["paper"],
            of["strand"],
            of["concept"],
            of["reading"],
            of["assumption"],
            of["axis"],
            of["claim"],
            of["question"],
            of["argument"],
            of["reproduction"],
            tuple(self.retired),
            tuple(found_runs),
            tuple(sorted({*self.findings, *(w for w in self.warnings if w.place not in wrong)})),
            frozenset(self.broken),
            tuple(found_maps),
            self.meter,
            MappingProxyType(self.unbuilt),
            MappingProxyType(self.origins),
        )

    def _names(self, folder: str, expected: Callable[[str], bool], *kinds: str) -> list[str]:
        """The names in ``folder``, the place of ``kinds``, that are expected there; a finding for each other one."""
        names, findings = textfile.names_in(self.root, folder)
        self.findings += findings
        if findings:
            self.broken |= {f"{kind}:*" for kind in kinds}
        for name in names:
            if not expected(name):
                shown = visible(name)
                held, mend = HELD.get(folder, "<id>.yaml"), layout.mend(self.root, self.gate, folder, name)
                message = f"found '{shown}', expected {held} in {folder}/; {mend}"
                self.findings.append(UNEXPECTED.at(Place(f"{folder}/{shown}"), message))
                self._unexpected(folder, name)
        return [name for name in names if expected(name)]

    def _unexpected(self, folder: str, name: str) -> None:
        """Hold what looks like a record, in a file that is not expected where it stands, to the rules for its kind."""
        path = f"{folder}/{name}"
        if not name.endswith((".yaml", ".yml")) or self.gate(path) is not None:
            return
        file = yamlrest.load(self.root, path)
        where = folder_of(file.value) if file else None
        if file is not None and where is not None:
            self.findings += file.findings
            self._record(
                FOLDERS[where], Path(name).stem, file.value, Origin(visible(path), file.lines, lost=file.lost), True
            )

    def _left_out(self, path: str, *broken: str) -> bool:
        """Whether the gate is shut for ``path``; then ``broken`` are the addresses that are lost with it."""
        why = self.gate(path)
        if why is not None:
            self.findings.append(textfile.left_out(path, why))
            self.broken |= set(broken)
        return why is not None

    def _keep(self, kind: str, name: str, record: Any, origin: Origin) -> None:
        twin = self.folded.setdefault((kind, name.casefold()), name)
        if twin in self.records[kind]:
            first = self.origins[f"{kind}:{twin}"].place()
            self.findings.append(
                DUPLICATE_ID.at(origin.place(), f"{name!r} is taken by {first}; rename one or merge them")
            )
            return
        self.records[kind][name] = record
        self.origins[f"{kind}:{name}"] = origin

    def _bib(self, path: str) -> None:
        if self._left_out(path, "paper:*"):
            return
        file = bibfile.load(self.root, path)
        self.findings += file.findings
        if file.findings and not file.entries and not file.broken:
            self.broken.add("paper:*")
        self.broken |= {f"paper:{key}" for key in file.broken}
        for entry in file.entries:
            paper, findings = papers.from_entry(entry)
            self.findings += findings
            lines: dict[Location, int] = {(name,): line for name, line in entry.lines.items()}
            self._keep("paper", paper.key, paper, Origin(path, lines, (), entry.place.line))

    def _record(self, model: type[BaseModel], name: str, value: Any, origin: Origin, misplaced: bool = False) -> None:
        """Keep a record whose id and fields are right; one that is ``misplaced`` is only held to the rules."""
        kind = KIND_OF[model]
        fits, expected = identifiers.is_record_id, "lower-case letters, digits, '.', '_' and '-' (at most 80)"
        if kind == "axis":
            fits, expected = identifiers.is_setting_name, "a letter, then letters, digits and '_./*-' (at most 40)"
        if not fits(name) and not misplaced:
            self.findings.append(BAD_RECORD_ID.at(origin.place(), f"found {name[:80]!r}, expected {expected}"))
        record, findings = build(model, value, origin)
        self.findings += first_problems(findings)
        if record is not None and fits(name) and not misplaced and not origin.losses():
            self._keep(kind, name, record, origin)
            return
        self.broken.add(f"{kind}:{name}")
        if isinstance(value, dict):
            self.unbuilt[f"{kind}:{name}"] = value
            self.origins.setdefault(f"{kind}:{name}", origin)
        nested = value.get("predictions") if isinstance(value, dict) else None
        for prediction in nested if isinstance(nested, tuple) else ():
            if isinstance(prediction, dict):
                self.broken.add(f"prediction:{name}/{prediction.get('id')}")

    def _yaml(self, path: str) -> yamlfile.YamlFile:
        """The file, or the rest of one with faults of form."""
        file = yamlfile.load(self.root, path)
        if file.value is None and (rest := yamlrest.load(self.root, path)) is not None:
            misnamed = [found for found in file.findings if found.rule == textfile.BAD_NAME.name]
            file = replace(rest, findings=(*misnamed, *rest.findings))
        told = file.findings if file.value is not None else file.findings[:-1]
        self.findings += told
        for last in file.findings[len(told) :]:  # such a file gives no value, so no other rule has seen what it holds
            unread = f"{last.message}; the rest of this file is not checked until its form is mended"
            self.findings.append(last if last.rule == textfile.FORBIDDEN.name else replace(last, message=unread))
        self.warnings += file.warnings
        return file

    def _record_file(self, path: str, model: type[BaseModel]) -> None:
        stem = Path(path).stem
        if self._left_out(path, f"{KIND_OF[model]}:{stem}"):
            return
        file = self._yaml(path)
        where = folder_of(file.value)
        origin = Origin(visible(path), file.lines, lost=file.lost)
        if file.value is None:
            self.broken.add(f"{KIND_OF[model]}:{stem}")
        elif where is not None and FOLDERS[where] is not model:
            folder = path.rpartition("/")[0]
            message = (
                f"looks like {RECORD[where]}, and {folder}/ holds {folder.rpartition('/')[2]}; move it to data/{where}/"
            )
            self.findings.append(UNEXPECTED.at(Place(path), message))
            self.broken |= {f"{KIND_OF[FOLDERS[where]]}:{stem}", f"{KIND_OF[model]}:{stem}"}
            self._record(FOLDERS[where], stem, file.value, origin, misplaced=True)
        else:
            misnamed = any(found.rule == textfile.BAD_NAME.name for found in file.findings)
            self._record(model, stem, file.value, origin, misnamed)

    def _single(self, path: str, model: type[BaseModel]) -> None:
        kind = KIND_OF[model]
        if self._left_out(path, f"{kind}:*"):
            return
        file = self._yaml(path)
        if file.value is None or not isinstance(file.value, dict):
            self.broken.add(f"{kind}:*")
            if file.value is not None:
                self.findings.append(WRONG_SHAPE.at(Place(path), "expected a mapping of ids to records"))
            return
        # a line that is too far in, or not enough, is told with the record above it: each name may be that of a record
        self.broken |= {f"{kind}:{name}" for names in file.lost.values() for name in names or ("*",)}
        for name, value in file.value.items():
            self._record(model, name, value, Origin(path, file.lines, (name,), lost=file.lost))

    def _retired(self, path: str) -> None:
        if self._left_out(path):
            return
        file = self._yaml(path)
        if file.value is None:
            self.broken |= {f"{kind}:*" for kind in KINDS}  # one of them may be retired
            return
        if not isinstance(file.value, tuple):
            self.findings.append(WRONG_SHAPE.at(Place(path), "expected a list of retired ids"))
            return
        self.broken |= {name for names in file.lost.values() for name in names if ":" in name}
        for index, value in enumerate(file.value):
            origin = Origin(path, file.lines, (index,), lost=file.lost)
            record, findings = build(Retired, value, origin)
            self.findings += findings
            if record is not None and not origin.losses():
                self.origins[f"retired:{len(self.retired)}"] = origin
                self.retired.append(record)
            elif isinstance(value, dict):
                self.broken.add(str(value.get("id")))

    def _meter(self, path: str) -> None:
        if self._left_out(path):
            return
        file = self._yaml(path)
        if file.value is None:
            return
        origin = Origin(path, file.lines, lost=file.lost)
        meter, findings = build(Meter, file.value, origin)
        self.findings += findings
        if meter is not None and not origin.losses():
            self.meter = meter
            self.origins["meter:"] = origin

    def _script(self, path: str) -> None:
        if self._left_out(path, f"reproduction:{Path(path).stem}"):
            return
        script, findings = scriptfile.load(self.root, path)
        self.findings += findings
        if script is None:
            self.broken.add(f"reproduction:{Path(path).stem}")
        else:
            self._keep("reproduction", script.name, script, Origin(path))
