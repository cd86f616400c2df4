"""A selection as a numbered Markdown list. Contributed text is inert; the only links are the papers' own addresses."""

from __future__ import annotations

from kg.evidence import Evidence
from kg.export.describe import Described, described
from kg.export.selection import Selection
from kg.inert import inert


def dump(evidence: Evidence, selection: Selection) -> str:
    """One item a node, in the order of the selection, with formulas between dollar signs."""
    lines = [f"# {inert(selection.title)}", ""]
    if selection.minutes:
        lines += [f"About {selection.minutes} minutes (an estimate).", ""]
    for number, one in enumerate(described(evidence, selection), 1):
        lines += _item(number, one)
    if selection.left_out:
        lines += ["## Left out", "", *(f"- {inert(line)}" for line in selection.left_out)]
    return "\n".join(lines) + "\n"


def _item(number: int, one: Described) -> list[str]:
    kind = " · ".join(filter(None, [one.kind, one.standing]))
    indent = " " * (len(str(number)) + 2)
    parts = [
        f"**{inert(one.title)}** ({kind} `{one.address}`)",
        inert(one.byline),
        " · ".join(f"[{inert(name)}](<{address}>)" for name, address in one.links),
        inert(one.statement),
        inert(one.told),
    ]
    first, *rest = [part for part in parts if part]
    return [f"{number}. {first}" + "\\" * bool(rest), *(f"{indent}{part}\\" for part in rest[:-1]),
            *(f"{indent}{part}" for part in rest[-1:]), ""]  # fmt: skip
