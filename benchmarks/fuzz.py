"""Coverage-guided fuzzing of everything that reads a file of unknown origin: YAML, BibTeX, run files, scripts.

Run it as ``python benchmarks/fuzz.py [-max_total_time=60] [-runs=N] [FOLDER …]`` with the dependency group ``fuzz``
(atheris; options are libFuzzer's). It begins from the toy tree and the hostile inputs of the tests; inputs that reach
new code are kept in the first FOLDER, if one is given. It stops, with the input written beside it, at the first
exception, hang of 10 s, 2 GB of memory, or answer that is neither a value nor a finding on a line of the file.
"""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = ROOT / ".kg" / "fuzz"
RUN = "20261124T101500Z-00000000.json"
OPTIONS = ("-timeout=10", "-rss_limit_mb=2048", "-max_len=20000", "-len_control=10")

atheris: Any = importlib.import_module("atheris")  # it has no types
sys.path.insert(0, str(ROOT))
with atheris.instrument_imports(include=["kg", "bibtexparser"]):
    from kg import bibfile, papers, records, runs, scriptfile, yamlfile
    from kg.findings import Finding, as_github, as_json, as_text
    from kg.validation import Origin, build
    from tests import toytree
    from tests.hostile import build as hostile


def read_yaml(root: Path) -> tuple[object, list[Finding]]:
    """The file as every kind of record."""
    file = yamlfile.load(root, "x.yaml")
    findings = list(file.findings)
    if file.value is not None:
        for model in (records.Claim, records.Question, records.Argument, records.Concept, records.Reading):
            findings += build(model, file.value, Origin("x.yaml", file.lines))[1]
        list(yamlfile.read_otherwise((root / "x.yaml").read_text(encoding="utf-8-sig"), "x.yaml"))
    return file.value, findings


def read_bib(root: Path) -> tuple[object, list[Finding]]:
    file = bibfile.load(root, "x.bib")
    read = [papers.from_entry(entry) for entry in file.entries]
    return file.entries, [*file.findings, *(finding for _, found in read for finding in found)]


def read_run(root: Path) -> tuple[object, list[Finding]]:
    found, findings = runs.read_all(root)
    for run in found:
        _ = run.measured, run.declarations, run.detail, run.day, run.content
    return found, findings


def read_script(root: Path) -> tuple[object, list[Finding]]:
    return scriptfile.load(root, "x.py")


READERS: tuple[tuple[str, Callable[[Path], tuple[object, list[Finding]]]], ...] = (
    ("x.yaml", read_yaml),
    ("x.bib", read_bib),
    (f"data/runs/x/{RUN}", read_run),
    ("x.py", read_script),
)


def attempt(root: Path, content: bytes) -> None:
    """Read ``content`` as the kind of file that its first byte names. Raises where the reader breaks its promise."""
    if not content:
        return
    path, read = READERS[content[0] % len(READERS)]
    (root / path).write_bytes(content[1:])
    value, findings = read(root)
    if not value and not findings:
        raise AssertionError(f"{path} gave neither a value nor a finding")
    lines = content.count(b"\n") + 1
    for finding in findings:
        if not 1 <= finding.place.line <= lines or not str(finding).isprintable():
            raise AssertionError(f"{finding!r} in a file of {lines} lines")
    for printed in (as_text(findings), as_json(findings), as_github(findings)):
        printed.encode()


def seeds() -> Iterator[bytes]:
    """The files of the toy tree and the small hostile inputs, each behind the byte that names its kind."""
    kinds = {".yaml": b"\0", ".bib": b"\1", ".json": b"\2", ".py": b"\3"}
    for path in toytree.TOY.rglob("*.*"):
        if path.suffix in kinds:
            yield kinds[path.suffix] + path.read_bytes()
    for case in hostile.cases():
        if "make" not in case.row:
            yield kinds[Path(case.at).suffix or ".json"] + hostile.content(case.row)


def main() -> None:
    """Fuzz until libFuzzer's options end it."""
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    folders = [word for word in sys.argv[1:] if not word.startswith("-")]
    shutil.rmtree(SCRATCH, ignore_errors=True)  # libFuzzer ends the process, so the last one's is still there
    root, corpus = SCRATCH / "tree", SCRATCH / "seeds"
    for folder in (root / "data/runs/x", corpus):
        folder.mkdir(parents=True)
    for number, seed in enumerate(seeds()):
        (corpus / str(number)).write_bytes(seed)
    atheris.Setup([sys.argv[0], *OPTIONS, *options, *folders, str(corpus)], lambda content: attempt(root, content))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
