"""Where the nodes of a picture stand. Computed, the same on every run: no physics, nothing to wait for.

Lengths are in vis-network's units, pixels at full size. A *box* is what a mark takes with its label; marks stand on
lanes, ellipses about one box apart, as wide to high as the place where the picture is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import KDTree

from kg.draw.looks import Box
from kg.graph import Graph
from kg.relations import KINDS

Point = tuple[float, float]
CLOSER = 0.8
"""Lanes are nearer than a box by so much: few labels are as long as they may be, and what overlaps moves apart."""
Extent = tuple[float, float, float]
"""Width of a mark with its label, and how far it reaches above and below the mark's middle."""


@dataclass(frozen=True)
class Layout:
    """``places`` by address. ``back`` is what is drawn behind: ``rings`` [x, y, across, up], or a timeline's
    ``columns`` [left, right, year] and ``rows`` [top, bottom, name] within ``bounds`` [left, top, right, bottom].
    """

    places: Mapping[str, Point]
    back: Mapping[str, object] = field(default_factory=dict)


def sectors(
    groups: Sequence[tuple[str | None, Sequence[str]]], box: Box, aspect: float, extents: Mapping[str, Extent]
) -> Layout:
    """Each group's hub on an inner ring and its members outside it; a group without a hub has only members.

    A member is in one group. The share of the circle that a group gets is its share of the members.
    """
    members = [address for _, group in groups for address in group]
    turn = {address: (i + 0.5) / len(members) for i, address in enumerate(members)}
    hubs: list[tuple[str, float]] = []
    start = 0
    for hub, group in groups:
        if hub is not None:
            middle = (start + len(group) / 2) / max(len(members), 1) if group else len(hubs) / len(groups)
            hubs.append((hub, middle))
        start += len(group)
    inner = max(1.5, len(hubs) / 4)
    at = {hub: _lane(inner, box, aspect, middle) for hub, middle in hubs}
    for address, lane in _lanes(members, inner + 1.0).items():
        at[address] = _lane(lane, box, aspect, turn[address])
    return Layout(_spread(at, extents, aspect))


def rings(
    graph: Graph, addresses: Sequence[str], distance: Mapping[str, int], box: Box, aspect: float,
    extents: Mapping[str, Extent],
) -> Layout:  # fmt: skip
    """The first address in the middle, its neighbours about it grouped by kind, theirs outside and behind them."""
    kinds = list(KINDS)
    at, turn = {addresses[0]: (0.0, 0.0)}, {addresses[0]: 0.0}
    outer, back = 0.0, []
    for depth in range(1, max((distance[a] for a in addresses), default=0) + 1):
        ring = [a for a in addresses if distance[a] == depth]
        if not ring:
            continue
        if depth == 1:
            ring.sort(key=lambda a: (kinds.index(graph.node(a).kind), a))
        else:
            ring.sort(key=lambda a: (_behind(graph, a, depth, distance, turn), a))
            back.append([0, 0, *map(round, _axes(outer + 0.5, box, aspect))])
        for i, address in enumerate(ring):
            turn[address] = (i + 0.5) / len(ring)
        lanes = _lanes(ring, outer + 1.0)
        for address, lane in lanes.items():
            at[address] = _lane(lane, box, aspect, turn[address])
        outer = max(lanes.values())
    return Layout(_spread(at, extents, aspect), {"rings": back})


def timeline(
    years: Mapping[str, int | None], rows: Mapping[str, str], names: Sequence[str], addresses: Sequence[str], box: Box,
    aspect: float,
) -> Layout:  # fmt: skip
    """A column a year that any node is from, a row a name of ``rows``; what has no year stands before all years.

    Columns are as wide as they need to be: what is drawn of 2026 would else stand on one spot. Where the picture is
    higher than wide, more of a year stands one above the other.
    """
    cells: dict[tuple[int | None, str], list[str]] = {}
    for address in addresses:
        cells.setdefault((years.get(address), rows[address]), []).append(address)
    order: list[int | None] = [None] if any(year is None for year, _ in cells) else []
    order += sorted(year for year in {year for year, _ in cells} if year is not None)
    wide = {
        year: max(1, math.ceil(math.sqrt(max(len(c) for (y, _), c in cells.items() if y == year) * aspect) / 2))
        for year in order
    }
    used = [name for name in names if any(row == name for _, row in cells)]
    high = {
        name: max(math.ceil(len(cell) / wide[year]) for (year, row), cell in cells.items() if row == name)
        for name in used
    }
    left, columns, x0 = {}, [], 0.0
    for year in order:
        width = wide[year] * box[0] + 16
        left[year] = x0
        columns.append([round(x0), round(x0 + width), "undated" if year is None else str(year)])
        x0 += width
    top, bands, y0 = {}, [], 0.0
    for name in used:
        height = high[name] * box[1] + 22
        top[name] = y0
        bands.append([round(y0), round(y0 + height), name])
        y0 += height
    places = {}
    for (year, row), cell in cells.items():
        for i, address in enumerate(cell):
            column, line = i % wide[year], i // wide[year]
            places[address] = (left[year] + 8 + (column + 0.5) * box[0], top[row] + 20 + (line + 0.28) * box[1])
    bounds = [0, 0, round(x0), round(y0)]
    return Layout({a: places[a] for a in addresses}, {"columns": columns, "rows": bands, "bounds": bounds})


def _lanes(members: Sequence[str], first: float) -> dict[str, float]:
    """The lane of each member, in their order about the middle: inner lanes first, each as full as the others."""
    room: list[float] = []
    while sum(room) < len(members):
        room.append(max(5.0, 2 * math.pi * (first + len(room)) * 0.92))
    if len(room) > 1:  # the outermost need not be full
        scale = len(members) / sum(room)
        room = [share * scale for share in room]
    taken = [0] * len(room)
    found = {}
    for address in members:
        lane = min(range(len(room)), key=lambda k: ((taken[k] + 0.5) / room[k], k))
        taken[lane] += 1
        found[address] = first + lane
    return found


def _axes(lane: float, box: Box, aspect: float) -> Point:
    """Half the width and half the height of a lane."""
    shape = math.sqrt(aspect * box[1] / box[0])
    return CLOSER * lane * box[0] * shape, CLOSER * lane * box[1] / shape


def _lane(lane: float, box: Box, aspect: float, turn: float) -> Point:
    """The point at ``turn`` (of a whole turn, from the top, clockwise) on a lane."""
    across, up = _axes(lane, box, aspect)
    return across * math.sin(2 * math.pi * turn), -up * math.cos(2 * math.pi * turn)


def _behind(graph: Graph, address: str, depth: int, distance: Mapping[str, int], turn: Mapping[str, float]) -> float:
    """Where on its ring a node stands behind the neighbour that leads to it."""
    nearer = [other for edge in graph.around(address) if (other := edge.other(address)) in turn]
    return min((turn[other] for other in nearer if distance[other] == depth - 1), default=0.0)


def _spread(at: Mapping[str, Point], extents: Mapping[str, Extent], aspect: float) -> dict[str, Point]:
    return dict(zip(at, _apart(list(at.values()), [extents[address] for address in at], aspect), strict=True))


def _apart(points: Sequence[Point], extents: Sequence[Extent], aspect: float) -> list[Point]:
    """The marks moved until no two overlap, labels included; where there is no room, hardly. The first one stays.

    Two that overlap part by the shorter way, up and down or across; in a wide picture across costs less.
    """
    if not points:
        return []
    wide, above, below = np.array(extents, dtype=float).T
    boxes = np.column_stack([wide, above + below])
    shift = np.column_stack([np.zeros(len(wide)), (below - above) / 2])  # from a mark to the middle of its box
    start = np.array(points, dtype=float).reshape(-1, 2)
    at, largest, cost = start + shift, boxes.max(axis=0), np.array([1 / aspect, 1.0])
    for _ in range(400):
        pairs = KDTree(at / largest).query_pairs(1, p=np.inf, output_type="ndarray")
        first, second = pairs[np.lexsort(pairs.T[::-1])].T
        gap = at[first] - at[second]
        room = (boxes[first] + boxes[second]) / 2 - np.abs(gap)
        touching = (room > 0.5).all(axis=1)
        if not touching.any():
            break
        first, second, gap, room = first[touching], second[touching], gap[touching], room[touching]
        ways = room * cost
        shorter = np.where(ways[:, :1] < ways[:, 1:], [1.0, 0.0], [0.0, 1.0])
        push = 0.25 * shorter * room * np.where(gap < 0, -1.0, 1.0)
        np.add.at(at, first, push)
        np.add.at(at, second, -push)
    at -= shift
    at -= at[:1] - start[:1]
    return [(float(x), float(y)) for x, y in at]
