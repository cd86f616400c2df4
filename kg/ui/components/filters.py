"""The filter of the explorer, in the address: which kinds, strands, standings and verbs are shown.

The legend is its control. ``?without=`` names what is taken out of what is shown by default, ``?with=`` what is added,
so that one address filters the overview and the surroundings of a node alike, in a new tab and after a reload.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import streamlit as st

from kg import draw
from kg.graph import Node
from kg.plain import plain
from kg.relations import KINDS, RELATIONS
from kg.ui import words
from kg.ui.components.linklist import glyph, legend
from kg.ui.state import World

IN_STRAND = "in."
"""Before a strand's id in the address, so that it cannot be taken for a kind, a verb or a standing."""

_VERBS = {
    "states": "a source states a claim; a claim implies a prediction",
    "supports": "sources and runs report, claims build on claims, strands are linked",
    "contradicts": "claims deny each other, arguments object; dashed where it speaks against",
    "asks": "what questions ask about, presume, and would be settled by",
}


def shown(selected: bool) -> draw.Shown:
    """What the address lets through, about a selected node or in the overview."""
    without, added = _named("without"), _named("with")
    kinds = frozenset(KINDS if selected else draw.OVERVIEW_KINDS)
    verbs = frozenset(draw.VERBS)
    hidden = {name.removeprefix(IN_STRAND) for name in without if name.startswith(IN_STRAND)}
    hidden |= without & set(words.STANDINGS)
    return draw.Shown(
        (kinds - without) | (added & set(KINDS)),
        (verbs - without) | (added & {*draw.VERBS, draw.MORE}),
        frozenset(hidden),
    )


def _named(parameter: str) -> frozenset[str]:
    return frozenset(filter(None, str(st.query_params.get(parameter, ""))[:2000].split(",")))


def active() -> bool:
    """Whether the reader has filtered anything."""
    return bool(_named("without") or _named("with"))


def reset() -> None:
    """Show what is shown at first."""
    for parameter in ("without", "with"):
        st.query_params.pop(parameter, None)


def _toggle(name: str, on: bool) -> None:
    """Put ``name`` out of what is shown where it is ``on``, else into it."""
    lists = {"without": set(_named("without")), "with": set(_named("with"))}
    remove, add = ("with", "without") if on else ("without", "with")
    if name in lists[remove]:
        lists[remove].discard(name)
    else:
        lists[add].add(name)
    for parameter, names in lists.items():
        if names:
            st.query_params[parameter] = ",".join(sorted(names))
        else:
            st.query_params.pop(parameter, None)


def show(world: World, now: draw.Shown, counts: Mapping[str, Counter[str]]) -> None:
    """The legend, with how many there are of each; what is neither there nor filtered out is left out."""
    main = [node for node in world.graph.nodes("strand") if node.record.role == "strand"]
    groups = {
        "shape": [(kind, counts["kinds"][kind], kind in now.kinds) for kind in KINDS],
        "fill": [(IN_STRAND + node.id, counts["strands"][node.id], node.id not in now.hidden) for node in main],
        "border": [(name, counts["standings"][name], name not in now.hidden) for name in words.STANDINGS],
        "line": [(verb, counts["verbs"][verb], verb in now.verbs) for verb in (*_VERBS, draw.MORE)],
    }
    on = {name: shown for chips in groups.values() for name, _, shown in chips}
    there = [(title, [chip for chip in chips if chip[1] or not chip[2]]) for title, chips in groups.items()]

    def toggled(name: str) -> None:
        if name in on:
            _toggle(name, on[name])

    legend("legend", _meanings(world, main), [group for group in there if group[1]], toggled)


def _meanings(world: World, strands: list[Node]) -> dict[str, dict[str, Any]]:
    """Of each chip by name: what it is called, what it means, and its mark."""

    def chip(label: str, told: str, mark: dict[str, Any]) -> dict[str, Any]:
        return {"label": label, "help": told, "glyph": mark}

    found = {kind: chip(kind, says, glyph(kind)) for kind, says in KINDS.items()}
    for node in strands:
        mark = glyph("claim", world.colours[node.id])
        found[IN_STRAND + node.id] = chip(plain(node.title), plain(node.record.statement), mark)
    found |= {name: chip(name, says, glyph("claim", "", name)) for name, says in words.STANDINGS.items()}
    found |= {verb: chip(verb, says, line(verb == "contradicts")) for verb, says in _VERBS.items()}
    others = sorted(relation.says for relation in RELATIONS.values() if not relation.verb)
    said = f"all other relations: {words.listed(others)}"
    return found | {draw.MORE: chip("all other relations", said, line(against=False))}


def line(against: bool) -> dict[str, Any]:
    """The mark of a verb: a line, dashed where it contradicts."""
    colour = draw.CONTRADICTION if against else "muted"
    return {"shape": "line", "fill": "", "border": colour, "width": 2.4, "dashed": against}
