"""How marks and lines look: shape says the kind, fill the strand, border the standing, a dashed line a contradiction.

Colours are Okabe and Ito's, told apart under every common colour blindness; the words ``text``, ``muted`` and ``faint``
stand for the page's own colours. Nothing is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kg.graph import Edge, Graph, Node
from kg.plain import plain
from kg.relations import RELATIONS

SHAPES = {
    "paper": "square", "strand": "box", "concept": "ellipse", "assumption": "triangle", "claim": "dot",
    "prediction": "diamond", "question": "star", "argument": "triangleDown", "reproduction": "hexagon",
}  # fmt: skip
STRAND_COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7")
NO_STRAND = "#A6A6A6"
CONTRADICTION = "#D55E00"
BORDERS: dict[str | None, tuple[str, float, bool]] = {
    "conjectured": ("muted", 1.5, True), "reported": ("muted", 1.5, False), "corroborated": ("text", 3.0, False),
    "reproduced": ("#0072B2", 4.0, False), "contested": (CONTRADICTION, 4.0, False),
    "refuted": (CONTRADICTION, 4.0, True), None: ("muted", 1.0, False),
}  # fmt: skip
"""Colour, width and dash of a border, by standing."""

MOST_LABELLED = 90
"""Above so many marks only strands and the selected one have labels; the others say theirs on hover."""

_SIZES = {
    "claim": 13, "prediction": 11, "question": 13, "paper": 9, "argument": 10, "reproduction": 12, "assumption": 11,
}  # fmt: skip
INSIDE = ("box", "ellipse")
"""Shapes that hold their label inside."""

Box = tuple[float, float]

_LETTER, _LINE = 0.47, 1.12
"""Width of a letter on average, and height of a line, of the page's font, for 1 px of its size."""


def label_box(count: int) -> Box:
    """Width and height that a mark takes with its label, in a picture of ``count`` marks."""
    if count > MOST_LABELLED:
        return 42.0, 40.0
    wide, lines = _label_size(count)
    return 14 * _LETTER * wide + 12, 32 + 14 * _LINE * lines


def extent(node: Node, said: str, looks: Mapping[str, Any]) -> tuple[float, float, float]:
    """Width of a mark with its label ``said``, and how far it reaches above and below its middle, with a margin."""
    font, lines = looks["font"]["size"], said.strip().split("\n")
    wide, high = _LETTER * font * max(map(len, lines)), _LINE * font * len(lines) if said.strip() else 0.0
    if SHAPES[node.kind] == "box":
        return wide + 28, high / 2 + 14, high / 2 + 14
    if SHAPES[node.kind] == "ellipse":
        return 1.3 * wide + 20, high / 1.4 + 12, high / 1.4 + 12
    size = looks["size"]
    return max(wide, 2.0 * size) + 12, size + 6, size + high + 10


def _label_size(count: int) -> tuple[int, int]:
    """The longest line of a label, in characters, and how many lines it has at most."""
    return (20, 3) if count <= 16 else (18, 3)


def mark(node: Node, fill: str, standing: str | None, selected: bool, *, short: bool = False) -> dict[str, Any]:
    """The looks of a mark, as vis-network names them; a ``short`` one is no larger where it is the selected one."""
    border, width, dashed = BORDERS[standing]
    tooltip = f"{node.kind}: {plain(node.title)}" + (f"\n{standing}" if standing else "")
    large = selected and not short
    looks: dict[str, Any] = {
        "size": _SIZES.get(node.kind, 12) * (1.5 if large else 1), "title": tooltip,
        "color": {"background": fill, "border": "text" if selected and standing is None else border},
        "borderWidth": width,
        "shapeProperties": {"borderDashes": [4, 3] if dashed else False, "borderRadius": 6},
        "font": {"color": "text", "size": 17 if large else 14, "strokeWidth": 4, "strokeColor": "background"},
    }  # fmt: skip
    if SHAPES[node.kind] in INSIDE:
        looks["font"] = {"color": "#111111", "size": 15, "strokeWidth": 0}
        looks["margin"] = 7
    return looks


def label(node: Node, selected: bool, count: int, *, short: bool = False) -> str:
    """The title in a few short lines; nothing where there are too many marks for labels. The selected one has more
    room, unless it has to be ``short`` as well."""
    if count > MOST_LABELLED and not selected and node.kind != "strand":
        return " "
    wide, most = _label_size(count if short or not selected else 1)
    lines: list[str] = []
    for word in plain(node.title).split():
        if lines and len(lines[-1]) + len(word) < wide:
            lines[-1] += f" {word}"
        elif len(lines) == most:
            lines[-1] += " …"
            break
        else:
            lines.append(word if len(word) <= wide + 5 else word[: wide + 4] + "…")
    return "\n".join(lines)


def speaks_against(edge: Edge) -> bool:
    """Whether it contradicts, objects, or reports within the regime that something differs."""
    if edge.relation == "contradicts" or edge.data.get("stance") == "objects":
        return True
    return edge.data.get("outcome") in ("differs", "withdrawn") and bool(edge.data.get("in-regime", True))


def line(graph: Graph, edges: Sequence[Edge], selected: str | None, count: int) -> dict[str, Any]:
    """The looks of the one line for all ``edges`` of a pair of nodes, in a picture of ``count`` marks."""
    says = ", ".join(dict.fromkeys(RELATIONS[edge.relation].says for edge in edges))
    against = any(map(speaks_against, edges))
    first = edges[0]
    told = f"{plain(graph.node(first.source).title)}\n→ {says} →\n{plain(graph.node(first.target).title)}"
    looks: dict[str, Any] = {
        "title": f"{told}\n(click for the reason)",
        "dashes": [7, 5] if against else False, "width": 2 if against else 1, "hoverWidth": 1.5, "selectionWidth": 1.5,
        "color": {"color": CONTRADICTION if against else "faint", "highlight": "text", "hover": "text"},
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.45}}, "smooth": False,
    }  # fmt: skip
    if selected in (first.source, first.target) and count <= 9:
        looks |= {"label": says, "font": {"size": 11, "color": "muted", "strokeWidth": 4, "strokeColor": "background"}}
    return looks
