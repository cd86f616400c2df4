"""A change to the record, held to every rule in a copy before a file is touched; then each file in one step."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from kg import checks, graph, stored
from kg.contribute import mend, modeline
from kg.contribute.yamlstyle import CannotFormatError
from kg.findings import Finding, as_text, beyond
from kg.layout import TREE


class Refused(ValueError):
    """Nothing was written; the text says why and what to do, with the ``findings`` where the rules refused it."""

    def __init__(self, text: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(text)
        self.findings = tuple(findings)


def apply(
    root: Path,
    files: Mapping[str, str],
    *,
    new: frozenset[str] = frozenset(),
    gone: frozenset[str] = frozenset(),
    keep_form: bool = False,
) -> list[Finding]:
    """Write ``files`` (text by path below ``root``) in canonical form, take ``gone`` away; the warnings that it brings.

    ``keep_form``: the texts stay as they are, so that a change of names shows nothing else.
    Raises Refused where one of ``new`` is there already, or where the change brings an error; then nothing is written.
    """
    for path in (*files, *gone):
        if ".." in path.split("/"):
            raise Refused(f"{path!r} leads out of its folder; an id is lower-case letters, digits, '.', '_' and '-'")
    for path in new:
        if (root / path).exists():
            raise Refused(
                f"{path} is there already, and nothing is overwritten; give it another --id, or edit the file"
            )
    try:
        texts = {
            path: text if keep_form else _formed(path, text, not (root / path).exists()) for path, text in files.items()
        }
    except CannotFormatError as problem:
        raise Refused(str(problem)) from None
    with tempfile.TemporaryDirectory(prefix="kg-") as folder:
        tree = Path(folder) / "tree"
        for name in TREE:
            if (root / name).is_dir():
                shutil.copytree(root / name, tree / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        for path, text in texts.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(text, encoding="utf-8")
        for path in gone:
            (tree / path).unlink()
        found = checks.run(graph.load(tree))
    brought = beyond(found, checks.run(graph.load(root))) if found else []
    if errors := [finding for finding in brought if finding.severity == "error"]:
        said = "nothing was written, as kg check would refuse it; lines are those that it would have:\n"
        raise Refused(said + as_text(errors), errors)
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        stored.replace(root / path, text.encode())
    for path in gone:
        (root / path).unlink()
    return brought


def _formed(path: str, text: str, new: bool) -> str:
    if not path.startswith(("data/", "bib/")):
        return text
    return mend.formatted(modeline.put(text, path) if new else text, path)
