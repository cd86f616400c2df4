"""The table beside the graph, the line in the address, and the trace, driven without a browser."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kg.ui.components import card, graphview, heading, parts
from tests.test_ui import TOY, page, said, server

__all__ = ["server"]  # the fixture that every test here uses


def cells(app: AppTest, key: str) -> list[list[str]]:
    """The words of the table ``key``, row by row."""
    found = next(element for element in app.get("bidi_component") if key in element.proto.id)
    rows = parts.unpacked(found.proto.bytes)["rows"]
    return [[str(cell["title"] if isinstance(cell, dict) else cell) for cell in row] for row in rows]


def test_what_is_read_first_is_sent_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The heading before the scripts and the box that finds, a card's head before the graph, the rest of it last."""
    order: list[str] = []

    def told(of: Any, name: str) -> None:
        was = getattr(of, name)

        def sent(*args: Any, **rest: Any) -> Any:
            order.append(name)
            return was(*args, **rest)

        monkeypatch.setattr(of, name, sent)

    for of, name in ((st, "header"), (parts, "mount"), (heading, "findbox"), (card, "head"), (card, "body")):
        told(of, name)
    told(graphview, "graph")
    page("explore", node="claim:plateau")

    assert list(dict.fromkeys(order)) == ["header", "mount", "findbox", "head", "graph", "body"]


def test_the_table_holds_what_the_graph_shows() -> None:
    """As a table: every drawn node with kind and standing, every relation with its reason and place."""
    app = page("explore", node="claim:plateau", view="table")

    title = TOY.node("claim:stability-limit").title
    nodes, relations = cells(app, "nodes"), cells(app, "relations")
    assert any(row[0] == title and row[1:3] == ["claim", TOY.node("strand:solvable-settings").title] for row in nodes)
    linked = next(row for row in relations if row[1] == "is linked to")
    assert "reason: the plateau is the stability limit of the quadratic" in linked[3]
    assert f"{len(nodes)} of {len(nodes)} nodes" in said(app)
    stated = next(row for row in relations if row[1] == "states" and row[2] == TOY.node("claim:plateau").title)
    assert "where: abstract" in stated[3]


def test_a_line_in_the_address_is_told() -> None:
    """``?edge=`` shows what the line between two nodes carries; one that is not there shows nothing."""
    between = "claim:plateau claim:stability-limit"
    text = said(page("explore", node="claim:plateau", edge=between))

    assert "**How** measures" in text
    assert "**Reason** the plateau is the stability limit of the quadratic" in text
    assert "Reason" not in said(page("explore", node="claim:plateau", edge="claim:plateau claim:nowhere"))


@pytest.mark.parametrize("where", ["explore", "trace"])
def test_an_old_address_says_what_became_of_it_since_when_and_why(where: str) -> None:
    """A renamed node is shown with the reason; of a withdrawn one only the reason is left."""
    told = said(page(where, node="claim:edge"))
    assert "was retired on 2026-11-20: it names the plateau. This is what took its place." in told
    assert TOY.node("claim:plateau").title in told
    assert "was withdrawn on 2026-11-20: an identity" in said(page(where, node="claim:withdrawn"))


PARTS_IN_TURN = itertools.cycle(["walk", "table", "sides", "falls", "nonsense"])


@pytest.mark.parametrize(
    ("address", "part"), list(zip(sorted(node.address for node in TOY.nodes()), PARTS_IN_TURN, strict=False))
)
def test_every_node_has_a_trace(address: str, part: str) -> None:
    """Any node can be traced; an unknown part of the page is the first one."""
    assert " ".join(TOY.node(address).title.split()) in said(page("trace", node=address, part=part))


def test_a_trace_leads_down_and_weighs_and_says_what_falls() -> None:
    """The walk stands at ``?at=``; the sides are counted by independent sources; what falls has its path."""
    walked = said(page("trace", node="claim:plateau", at="prediction:stability-limit/onset"))
    assert r"\eta\lambda = 2" in walked
    assert "The path ends here" not in walked

    weighed = said(page("trace", node="claim:stability-limit", part="sides"))
    assert "**2 independent sources**" in weighed
    assert "**0 independent sources**" in weighed

    falling = page("trace", node="assumption:quadratic-loss", part="falls")
    row = next(row for row in cells(falling, "falls") if row[0] == TOY.node("claim:plateau").title)
    assert row[1] == "falls"
    assert row[-1] == "quadratic-loss → stability-limit → plateau"
