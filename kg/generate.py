"""Write, or check, the files of the tree that are generated: ``python -m kg.generate [--check]``.

The list of scripts is written too, and told of by ``--check``, which it does not fail: it changes with every recorded
run, and two branches that each record one would stand in each other's way. A test of its own holds it fresh.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from kg import scriptlist, standardlists, yamlfile
from kg.corpus import find_root
from kg.evidence import Evidence
from kg.graph import Graph, load
from kg.layout import FOLDERS, SINGLES
from kg.records import Retired


def generated(root: Path) -> dict[str, str]:
    """The text of every generated file, by its path below ``root``."""
    pins = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]["constraint-dependencies"]
    files = {"constraints.txt": "# generated from pyproject.toml by python -m kg.generate\n" + "\n".join(pins) + "\n"}
    models: dict[str, type[BaseModel]] = {name.removesuffix("s"): model for name, model in FOLDERS.items()}
    models |= {**SINGLES, "retired": Retired}
    for name, model in models.items():
        schema = model.model_json_schema(by_alias=True)
        if name in SINGLES:
            schema = {
                "type": "object",
                "additionalProperties": {"$ref": f"#/$defs/{model.__name__}"},
                **_lifted(schema, model.__name__),
            }
        if name == "retired":
            schema = {"type": "array", "items": {"$ref": "#/$defs/Retired"}, **_lifted(schema, "Retired")}
        files[f"data/schema/{name}.schema.json"] = json.dumps(schema, indent=1, sort_keys=True) + "\n"
    graph = load(root)
    return {**files, "docs/seed-map.md": _seed_map(root, graph), **standardlists.pages(root, graph)}


def lists(root: Path) -> dict[str, str]:
    """The text of what changes with every recorded run, by its path below ``root``."""
    return {scriptlist.PATH: scriptlist.text(Evidence(load(root)))}


def _seed_map(root: Path, graph: Graph) -> str:
    """Which node holds each part of the seed page, of the paper that it is about, and of the companion site.

    Raises KeyError where ``docs/seed-map.yaml`` names a node that is not in the record.
    """
    rows = cast("tuple[dict[str, str], ...]", yamlfile.load(root, "docs/seed-map.yaml").value or ())
    lines = [
        "# Where each part of the seed is found",
        "",
        "The parts of the page that this project began from, of the paper that it reviews (2604.21691) and of its",
        "companion site, and the node that holds each. Generated from `seed-map.yaml`.",
        "",
        "| part | where | node | its title |",
        "|---|---|---|---|",
    ]
    for row in rows:
        title = graph.node(row["node"]).title.replace("|", "\\|")
        lines.append(f"| {row['part']} | {row['where']} | `{row['node']}` | {title} |")
    return "\n".join(lines) + "\n"


def _lifted(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """The definitions of ``schema`` with itself among them under ``name``."""
    return {"$defs": {**schema.pop("$defs", {}), name: schema}}


def main() -> None:
    root, check = find_root(), sys.argv[1:] == ["--check"]
    stale, failing = [], generated(root)
    for path, text in (failing | lists(root)).items():
        target = root / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            stale.append(path)
            if not check:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
    print("\n".join(f"{'stale' if check else 'wrote'} {path}" for path in stale) or "all generated files are fresh")
    sys.exit(1 if check and any(path in failing for path in stale) else 0)


if __name__ == "__main__":
    main()
