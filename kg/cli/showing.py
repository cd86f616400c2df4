"""The node that one means by an address, an id, the beginning of one, or the file in which it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from kg.cli.common import Refusal, resolved

if TYPE_CHECKING:
    from kg.graph import Graph

SHOWN = 8
_PLACE = re.compile(r"(?:\./)?((?:data|bib|scripts)/[^:]+)(?::(\d+))?")


def named(graph: Graph, text: str) -> str:
    """The address of the node that ``text`` names: also by ``data/claims/x.yaml`` or ``bib/x.bib:12``, as kg prints
    places, and by how it begins. Raises Refusal where it names none or several."""
    if place := _PLACE.fullmatch(text):
        return _written(graph, place[1], int(place[2]) if place[2] else None)
    retired = any(text in (one.id, one.id.partition(":")[2]) for one in graph.corpus.retired)
    if graph.resolve(text) == (None, []) and not retired and (begun := _begun(graph, text)):
        if len(begun) > 1:
            more = f" and {len(begun) - SHOWN} more" if len(begun) > SHOWN else ""
            raise Refusal(f"several begin with {text!r}; say which: {', '.join(begun[:SHOWN])}{more}")
        click.echo(f"{text} is the beginning of {begun[0]}", err=True)
        return begun[0]
    return resolved(graph, text)


def _begun(graph: Graph, text: str) -> list[str]:
    """The nodes whose id or address begins with ``text``; predictions only where it goes past their claim's id."""
    return [
        node.address
        for node in graph.nodes()
        if (node.id.startswith(text) or (":" in text and node.address.startswith(text)))
        and (node.kind != "prediction" or "/" in text)
        and text not in ("", f"{node.kind}:")
    ]


def _written(graph: Graph, path: str, line: int | None) -> str:
    """The node that is written in the file, at or before the line."""
    places = [(graph.corpus.place(node.address), node) for node in graph.nodes()]
    here = sorted(
        ((place.line, node.kind == "prediction", node.address) for place, node in places if place.path == path)
    )
    if not here:
        raise Refusal(f"no node is written in {path!r}; kg find looks by words, kg check says what could not be read")
    if line is None:
        whole = [address for _, own, address in here if not own]
        if len(whole) > 1:
            raise Refusal(f"{path} holds {len(whole)} nodes; say the line or the node, as in: kg show {whole[0]}")
        return (whole or [here[0][2]])[0]
    before = [address for at, _, address in here if at <= line]
    return before[-1] if before else here[0][2]
