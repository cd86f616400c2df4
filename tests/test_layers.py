"""Modules import in one direction, and only the app's folder knows streamlit."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

KG = Path(__file__).parent.parent / "kg"

# read downward: a module imports only from lines above its own (or from its own package)
LAYERS = """
english meanings git findings relations arithmetic latex plain intervals inert steps modelfields
plan identifiers bibvalue jsonfile texsafe
repository guesses slips
textfile names fields validation
stored sweeps regimes yamlwords
results
yamlfile bibfile scriptfile declarations runs mapfiles
papers records regions unfinished yamlrest
layout
corpus fingerprints terms meter
reader
graph preconditions levels
literature measurements search cite objections goals
duplicates
restatements
summaries axes reading
whatnext
verdicts
mapverdicts
evidence
history
checks trace stats quality draw rerun maptext
figures
tested readingtext
export
library weighing
papercard papercircle watch guarded runcard defeat
effort scorecard walk why
guard picking
secondseeds
queries cardfacts
cardlinks
textcard scriptlist
standardlists
contribute
ui
generate
cli
__init__
__main__
"""
ORDER = {name: level for level, line in enumerate(LAYERS.strip().splitlines()) for name in line.split()}
MODULES = sorted(path.relative_to(KG) for path in KG.rglob("*.py"))


def layer_of(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def imports(path: Path) -> set[tuple[str, str]]:
    """(layer, dotted name) of every module of kg that ``path`` imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse((KG / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "kg":
            names = [f"kg.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {(name.split(".")[1], name) for name in names if name.startswith("kg.")}
    return found


def test_every_module_has_a_layer() -> None:
    """A new module or folder of kg takes a place in the order before it lands."""
    assert {layer_of(path) for path in MODULES} == set(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_go_upward(path: Path) -> None:
    """A module imports only from layers above its own."""
    mine = layer_of(path)
    wrong = [
        name
        for layer, name in imports(path)
        if layer != mine and ORDER.get(layer, 99) >= ORDER[mine] and layer[0] != "_"
    ]

    assert wrong == []


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[0] != "ui"], ids=str)
def test_only_the_app_imports_streamlit(path: Path) -> None:
    """No module outside kg/ui imports streamlit."""
    tree = ast.parse((KG / path).read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]

    assert not [name for name in names if name.split(".")[0] == "streamlit"]
