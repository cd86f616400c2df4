"""One JSON file of unknown origin -> Python values; refuses what is dangerous.

Links are not followed, pipes and devices not read, sizes capped; NaN, infinities, duplicate keys, deep nesting
and text that does not print are named, with the line where the parser stopped, rather than passed on.
"""

from __future__ import annotations

import json
import math
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MAX_DEPTH = 12

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


class Unreadable(ValueError):
    """A file that cannot be used; ``line`` counts from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file. Raises Unreadable for links, pipes, devices, and files over ``limit`` bytes."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as reason:
        raise Unreadable(f"cannot be opened ({reason.strerror}); expected a regular file, not a link") from reason
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Unreadable("expected a regular file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            raw = file.read(limit + 1)
    except OSError as reason:
        raise Unreadable(f"cannot be read ({reason.strerror})") from reason
    finally:
        os.close(handle)
    if len(raw) > limit:
        raise Unreadable(f"is over {limit:,} bytes, the most that is read")
    return raw


def decode(raw: bytes) -> Any:
    """JSON in UTF-8 without NaN, infinities or duplicate keys. Raises Unreadable with the line of the break."""
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_not_finite, object_pairs_hook=_without_duplicates)
    except UnicodeDecodeError as reason:
        raise Unreadable(f"is not UTF-8 at byte {reason.start}", raw.count(b"\n", 0, reason.start) + 1) from reason
    except json.JSONDecodeError as reason:
        raise Unreadable(
            f"is not JSON: {reason.msg.removesuffix(' at')} at column {reason.colno}", reason.lineno
        ) from reason
    except RecursionError as reason:
        raise Unreadable("is nested too deeply") from reason
    except Unreadable:
        raise
    except ValueError as reason:  # an integer of thousands of digits
        raise Unreadable(f"holds a number that cannot be read: {reason}") from reason


def _not_finite(token: str) -> float:
    raise Unreadable(f"holds {token}; numbers are finite, and null stands for what was never reached")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        names = [name for name, _ in pairs]
        raise Unreadable(f"gives the key {next(n for n in names if names.count(n) > 1)!r:.80} twice")
    return table


def hazards(value: object) -> Iterator[str]:
    """What makes free-form JSON unfit to be shown or stored: control characters, infinite numbers, depth."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner += [*item, *item.values()]
            elif isinstance(item, list):
                inner += item
            elif isinstance(item, str) and (found := _UNSAFE.search(item)):
                yield f"holds the control character U+{ord(found[0]):04X}; escape it"
            elif isinstance(item, float) and not math.isfinite(item):
                yield "holds a number too large to be finite"
        level = inner
    if level:
        yield f"is nested more than {MAX_DEPTH} deep"
