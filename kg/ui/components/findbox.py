"""The one box that finds, on every page: ``/`` leads to it, suggestions by kind while one types, Enter to all results.

It is a fragment of its own: what is typed runs the search and not the page, and the record is read at the first word.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from kg.ui import state

if TYPE_CHECKING:
    from kg.search import Hit
    from kg.ui.state import World

KEY = "find"
MOST_SEARCHED, MOST_A_KIND, MOST_KINDS = 120, 3, 5
_HERE = Path(__file__).parent

_box = st.components.v2.component(
    "find_box",
    html="""<form role="search" aria-label="Find in the record">
<div class="field">
<input type="search" role="combobox" aria-label="Find" aria-autocomplete="list" aria-expanded="false"
 aria-controls="found" autocomplete="off" spellcheck="false"
 placeholder="Find a claim, a paper, an author, 2/η, 2103.00065 …">
<kbd aria-hidden="true">/</kbd>
</div>
<div class="found" id="found" popover="manual" role="listbox" aria-label="What was found"></div>
<div class="out" role="status"></div>
</form>
""",
    css=(_HERE / "find.css").read_text(encoding="utf-8"),
    js=(_HERE / "glyph.js").read_text(encoding="utf-8") + (_HERE / "find.js").read_text(encoding="utf-8"),
)


@st.fragment
def findbox() -> None:
    """The box; what is chosen opens in the explorer, and words without a choice open the page of results."""
    kept = st.session_state.get(KEY)
    query = str(getattr(kept, "query", None) or "")[:400]
    told = _box(
        key=KEY, data=suggestions(query), default={"query": ""},
        on_query_change=lambda: None, on_chosen_change=lambda: None,
    )  # fmt: skip
    chosen = told.chosen
    if not isinstance(chosen, dict):
        return
    if isinstance(node := chosen.get("node"), str):
        st.switch_page(state.EXPLORE, query_params={"node": node[:400]})
    if isinstance(words := chosen.get("query"), str):
        st.switch_page(state.FIND, query_params={"q": words[:400]})


def suggestions(query: str) -> dict[str, Any]:
    """What the box shows for ``query``: the best few of each kind, the kind of the best hit first."""
    if not query.strip():
        return {"query": "", "groups": [], "says": ""}
    world = state.world()
    from kg import search

    hits = world.index.find(query, limit=MOST_SEARCHED)
    terms = search.terms_of(hits[0] if hits else None, query)
    groups = []
    for kind, found in by_kind(hits)[:MOST_KINDS]:
        shown = [_shown(world, hit, terms) for hit in found[:MOST_A_KIND]]
        groups.append({"title": f"{kind} · {len(found)}", "hits": shown})
    missing = search.absence(world.index.absent(query), "“”") or [world.index.apart(query)]
    said = "".join(f"{told[0].upper()}{told[1:]}. " for told in filter(None, missing))
    if not hits:
        return {"query": query, "groups": [], "says": f"{said}Nothing found. Try fewer words, or another spelling."}
    most = f"the best {len(hits)}" if len(hits) == MOST_SEARCHED else f"{len(hits)} found"
    return {"query": query, "groups": groups, "says": f"{said}{most}; Enter shows all, arrows choose."}


def by_kind(hits: Iterable[Hit]) -> list[tuple[str, list[Hit]]]:
    """The hits of each kind, in the order in which the kinds first come up."""
    kinds: dict[str, list[Hit]] = {}
    for hit in hits:
        kinds.setdefault(hit.kind, []).append(hit)
    return list(kinds.items())


def _shown(world: World, hit: Hit, terms: list[str]) -> dict[str, Any]:
    from kg import search
    from kg.ui.components.linklist import row

    told = row(world, world.graph.node(hit.address), note=hit.snippet)
    note = str(told.get("note", ""))
    marks = {"titleMarks": search.marked(str(told["title"]), terms), "noteMarks": search.marked(note, terms)}
    return told | {"note": note, **marks}
