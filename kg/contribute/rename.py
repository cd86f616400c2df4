"""References rewritten wherever they stand, and nothing else: comments, quotes and line breaks stay as they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from kg.checks.references import Reference, references
from kg.contribute import mend
from kg.contribute.nodes import compose, leaves
from kg.corpus import Corpus

LOOSE = ("data/meter.yaml", "docs/seed-map.yaml")  # files of names that are no references of a record


def referring(corpus: Corpus, targets: Mapping[str, str] | set[str]) -> list[Reference]:
    """Every reference to one of ``targets``, in the order of the record."""
    return [reference for reference in references(corpus) if reference.target in targets]


def rewritten(corpus: Corpus, moves: Mapping[str, str]) -> dict[str, str]:
    """The text of each file that names a key of ``moves``, with the address that it leads to in its place."""
    edits: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
    trees: dict[str, Any] = {}
    for reference in referring(corpus, moves):
        origin = corpus.origins[reference.source]
        tree = _tree(corpus.root, origin.path, trees)
        forms = _forms(reference.target, moves[reference.target], str(reference.location[-1]))
        node = _named(tree, (*origin.prefix, *reference.location), forms)
        if node is not None:
            edits[origin.path].append((node.start_mark.line, node.start_mark.column, node.value, forms[node.value]))
    for path in LOOSE:
        if (corpus.root / path).is_file():
            forms = {old: new for a, b in moves.items() for old, new in _forms(a, b, "").items()}
            for node in leaves(_tree(corpus.root, path, trees)):
                if node.value in forms:
                    edits[path].append((node.start_mark.line, node.start_mark.column, node.value, forms[node.value]))
    return {path: _edited(mend.read(corpus.root, path), rows) for path, rows in edits.items()}


def mentions(root: Path, names: set[str]) -> list[str]:
    """``path:line`` of texts outside of the record that name one of ``names``; they are for people to look at."""
    pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in sorted(names)))
    found = []
    for path in sorted([*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("scripts/*.py")]):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(root).as_posix()}:{number}")
    return found


def _tree(root: Path, path: str, trees: dict[str, Any]) -> Any:
    if path not in trees:
        trees[path] = compose(mend.read(root, path))
    return trees[path]


def _forms(old: str, new: str, field: str) -> dict[str, str]:
    """The ways in which ``old`` is written, each with ``new`` written so."""
    forms = {old: new, old.partition(":")[2]: new.partition(":")[2]}
    if field == "from":  # a prediction of the same claim goes by the last part of its name
        forms[old.rpartition("/")[2]] = new.rpartition("/")[2]
    return forms


def _named(node: Any, location: tuple[str | int, ...], forms: Mapping[str, str]) -> Any:
    """The scalar at ``location`` that is one of ``forms``: the value, a field of it, or the key."""
    key = None
    for step in location:
        if isinstance(node, yaml.SequenceNode):
            node, key = node.value[int(step)], None
        elif isinstance(node, yaml.MappingNode):
            key, node = next((pair for pair in node.value if pair[0].value == step), (None, None))
        if node is None:
            return None
    inside = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else []
    candidates = [node, *inside, *([key] if key is not None else [])]
    return next((c for c in candidates if isinstance(c, yaml.ScalarNode) and c.value in forms), None)


def _edited(text: str, rows: list[tuple[int, int, str, str]]) -> str:
    """``text`` with the scalars at (line, column) replaced, last ones first so that places stay true."""
    lines = text.split("\n")
    for line, column, old, new in sorted(set(rows), reverse=True):
        at = lines[line].index(old, column)  # a quote may stand before it
        lines[line] = lines[line][:at] + new + lines[line][at + len(old) :]
    return "\n".join(lines)
