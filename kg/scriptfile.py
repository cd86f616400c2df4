"""A reproduction script as a node: its title and declaration text, read and never run."""

from __future__ import annotations

import ast
import codecs
import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.findings import Finding, Place, rule
from kg.jsonfile import Unreadable, read_regular
from kg.textfile import FORBIDDEN, UNREADABLE, first_problems, forbidden, read_text

SCRIPT_LIMIT = 200_000  # bytes; one readable experiment is a tenth of that
MAX_TITLE = 300  # characters; lists and graphs show it
BAD = rule(
    "bad-script",
    f"A script is Python that parses, its docstring begins with a title of at most {MAX_TITLE} characters.",
    "import numpy  # no docstring",
)
UNWRITTEN = rule(
    "placeholder-script",
    "A script measures what its prediction speaks of: no run of a skeleton is recorded.",
    '"""PLACEHOLDER, Eq. 1: it ignores ``condition``."""',
    severity="warning",
)
PLACEHOLDER = "PLACEHOLDER"
"""Stands in a skeleton wherever the science is still to be written."""
MEASURE = "return float(1 + rng.standard_normal(draws).mean())"
"""What measure() of a skeleton does."""
IMPORTS = rule(
    "script-import",
    "A script stands alone: it imports neither kg nor another script, so that it sees no tolerance and no rival.",
    "import kg",
)
_CODE = "the code"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,79}\.py\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Script:
    """One experiment: ``name`` is the file's stem and the reproduction's id; ``sha256`` is of its bytes.

    ``marks`` are the lines that still hold the skeleton's mark, each with where it stands. ``unwritten``: what it gives
    means nothing yet, as measure() is the skeleton's, or a mark stands outside the docstrings. ``quantities`` and
    ``conditions``: the line and the entries of the lists that say what it measures, None where it computes them.
    """

    name: str
    path: str
    title: str
    docstring: str
    sha256: str
    marks: tuple[tuple[int, str], ...] = ()
    unwritten: bool = False
    quantities: tuple[int, tuple[str, ...]] | None = None
    conditions: tuple[int, tuple[tuple[tuple[str, float | str], ...], ...]] | None = None

    @property
    def placeholder(self) -> int:
        """The first line that still holds the skeleton's mark, 0 where none does."""
        return self.marks[0][0] if self.marks else 0


def is_script_name(name: str) -> bool:
    return _NAME.match(name) is not None


def load(root: Path, path: str) -> tuple[Script | None, list[Finding]]:
    """The script at ``path`` below ``root``, with what is wrong with it; None where it cannot be read."""
    text, findings = read_text(root, path, SCRIPT_LIMIT)
    if text is None:
        return None, findings
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as problem:
        line = getattr(problem, "lineno", None) or 1
        what = getattr(problem, "msg", None) or str(problem)
        return None, [BAD.at(Place(path, line), f"does not parse as Python: {what}; mend it")]
    except (RecursionError, MemoryError):
        rows = text.split("\n")
        line = 1 + rows.index(max(rows, key=len))
        return None, [BAD.at(Place(path, line), "an expression nests too deep to be read, likely here; take it apart")]
    docstring = ast.get_docstring(tree) or ""
    title = docstring.strip().partition("\n")[0].strip().rstrip(".")
    place = Place(path, tree.body[0].lineno if tree.body else 1)
    if problems := list(_problems(docstring, title, place)):
        return None, first_problems(problems)
    try:
        raw = read_regular(root / path, SCRIPT_LIMIT)
    except Unreadable as problem:
        return None, [UNREADABLE.at(Place(path), f"{problem}; read it again when nothing writes to it")]
    if raw.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n") != text.encode():
        return None, [UNREADABLE.at(Place(path), "changed while it was read; read it again when nothing writes to it")]
    marks = _marks(text, tree) if PLACEHOLDER in text else ()
    unwritten = bool(marks) and (_is_skeleton(tree) or any(where == _CODE for _, where in marks))
    script = Script(Path(path).stem, path, title, docstring, hashlib.sha256(raw).hexdigest(), marks, unwritten,
                    _quantities(tree), _conditions(tree))  # fmt: skip
    return script, [*first_problems(list(_imports(root, path, tree))), *_unwritten(script)]


def _unwritten(script: Script) -> Iterator[Finding]:
    if script.unwritten:
        told = "the skeleton's placeholder is still here; put the measurement in its place before a run is recorded"
    elif script.marks:
        where = script.marks[0][1]
        told = f"{PLACEHOLDER} is still in {where}; say there what the script measures before a run is recorded"
    else:
        return
    yield UNWRITTEN.at(Place(script.path, script.placeholder), told)


def _marks(text: str, tree: ast.Module) -> tuple[tuple[int, str], ...]:
    """The lines that hold the skeleton's mark, each with where it stands."""
    inside: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            where = "the docstring" if isinstance(node, ast.Module) else f"the docstring of {node.name}"
            inside |= dict.fromkeys(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1), where)
    rows = enumerate(text.split("\n"), 1)
    return tuple((number, inside.get(number, _CODE)) for number, row in rows if PLACEHOLDER in row)


def _plain_list(tree: ast.Module, name: str) -> tuple[int, list[Any]] | None:
    """The line and entries of the list ``name`` of the module; None where it is not written out, or changed after."""
    for node in ast.walk(tree):
        named = isinstance(node, ast.Attribute | ast.Subscript) and getattr(node.value, "id", None) == name
        if named and (isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load)):  # type: ignore[attr-defined]
            return None
    stored = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]
    if sum(isinstance(node.ctx, ast.Store) for node in stored) != 1:
        return None
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and target.id == name:
            try:
                found = ast.literal_eval(node.value) if node.value else None
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                return None
            return (node.lineno, list(found)) if isinstance(found, list | tuple) else None
    return None


def _quantities(tree: ast.Module) -> tuple[int, tuple[str, ...]] | None:
    """QUANTITIES, with each name by which the script files something else."""
    found = _plain_list(tree, "QUANTITIES")
    if found is None or not all(isinstance(name, str) for name in found[1]):
        return None
    keys = [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
    keys += [key for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys if key is not None]
    also = [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return found[0], (*found[1], *also)


def _conditions(tree: ast.Module) -> tuple[int, tuple[tuple[tuple[str, float | str], ...], ...]] | None:
    """CONDITIONS; None where a row of the result has another condition than one of them, or none."""
    found = _plain_list(tree, "CONDITIONS")
    if found is None or not all(isinstance(row, dict) for row in found[1]):
        return None
    dicts = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    for key, value in ((key, value) for node in dicts for key, value in zip(node.keys, node.values, strict=True)):
        again = isinstance(value, ast.Subscript) and getattr(value.slice, "value", None) == "condition"
        plain = again or isinstance(value, ast.Name) or (isinstance(value, ast.Dict) and not value.keys)
        if isinstance(key, ast.Constant) and key.value == "condition" and not plain:
            return None
    rows = [tuple(row.items()) for row in found[1]]
    if not all(isinstance(name, str) and isinstance(value, int | float | str) for row in rows for name, value in row):
        return None
    return found[0], tuple(rows)


def _is_skeleton(tree: ast.Module) -> bool:
    """Whether measure() is as the skeleton has it."""
    skeleton = ast.dump(ast.parse(f"def measure():\n    {MEASURE}").body[0].body[0])  # type: ignore[attr-defined]
    made = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "measure")
    return any(ast.dump(node.body[-1]) == skeleton for node in made)


def source(root: Path, script: Script) -> str | None:
    """The text of ``script`` as it was read, None where its file is another one by now."""
    try:
        raw = read_regular(root / script.path, SCRIPT_LIMIT)
    except Unreadable:
        return None
    same = hashlib.sha256(raw).hexdigest() == script.sha256
    return raw.removeprefix(codecs.BOM_UTF8).decode("utf-8").replace("\r\n", "\n") if same else None


def _imports(root: Path, path: str, tree: ast.Module) -> Iterator[Finding]:
    """A finding for each import of the package or of another script."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or name.name for name in node.names] if node.level else [node.module or ""]
        else:
            continue
        for module in dict.fromkeys(module.partition(".")[0] for module in modules):
            script = f"{module}.py"
            beside = module not in sys.stdlib_module_names and is_script_name(script)
            if module == "kg" or (beside and (root / Path(path).parent / script).is_file()):
                message = f"imports {module!r}, and a script stands alone; write out here what it needs of that"
                yield IMPORTS.at(Place(path, node.lineno), message)


def _problems(docstring: str, title: str, place: Place) -> Iterator[Finding]:
    if not title:
        yield BAD.at(place, "has no docstring; its first line is the reproduction's title")
    if len(title) > MAX_TITLE:
        yield BAD.at(place, f"has a title of {len(title):,} characters, at most {MAX_TITLE} fit; shorten it")
    for _, what in forbidden(docstring):  # raw ones never get here, so these were written as escapes
        yield FORBIDDEN.at(place, f"the docstring holds an escape for {what}; delete it")
