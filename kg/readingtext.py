"""A reading list as plain text, for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from kg.plain import plain
from kg.reading import Item, ReadingList

_WIDTH = 100


def duration(minutes: int) -> str:
    """``40 min``, ``3 h``, ``2 h 35 min``."""
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]))


def text(found: ReadingList) -> str:
    """The whole list: how long it takes, each reading with its part, minutes and reason, and what was left out."""
    within = f", within {found.hours:g} h" if found.hours is not None else ""
    number = f"{len(found.items)} reading{'' if len(found.items) == 1 else 's'}"
    parts = [f"{plain(found.title)}\nfor a {found.reader}{within}: {number}, about {duration(found.minutes)}"]
    if not found.items:
        parts.append(nothing(found))
    parts += [_item(number, item) for number, item in enumerate(found.items, 1)]
    if found.left_out:
        parts.append("\n".join(["left out", *(f"  {line}" for line in left_out(found))]))
    return "\n\n".join(parts)


def left_out(found: ReadingList) -> Iterator[str]:
    """A line for each goal that the list does not reach, with the reason."""
    for goal in found.left_out:
        yield f"{plain(goal.title)} ({goal.level}): {goal.why}"


def nothing(found: ReadingList) -> str:
    """Why a list is empty."""
    if found.left_out:
        return "No reading fits."
    return "Nothing to read: all that it needs is known." if found.goals else "Nothing to read: it needs no concept."


def _item(number: int, item: Item) -> str:
    head = f"{number:>3}. {plain(item.title)}"
    rule = f" ({item.rule})" if item.rule else ""
    lines = [f"{item.paper}: {plain(item.where)}", f"about {duration(item.minutes)}{rule}", plain(item.why)]
    wrapped = [textwrap.fill(line, _WIDTH, initial_indent="     ", subsequent_indent="     ") for line in lines]
    return "\n".join([textwrap.fill(head, _WIDTH, subsequent_indent="     "), *wrapped])
