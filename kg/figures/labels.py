"""Numbers, intervals, settings and axes as a figure or a page shows them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kg.fields import Setting
from kg.plain import plain
from kg.records import Axis


def number(value: float | None) -> str:
    """Four significant digits, as ``0.0312`` or ``1.2e-05``; whole numbers up to a million as they are."""
    if value is None or math.isnan(value):
        return "–"
    if abs(value) <= 1e6 and value.is_integer():
        return f"{value:.0f}".replace("-", "−", 1)
    return {math.inf: "∞", -math.inf: "−∞"}.get(value) or f"{value:.4g}".replace("-", "−", 1)


def interval(ends: tuple[float, float]) -> str:
    """``[0.98, 1.02]``."""
    return f"[{number(ends[0])}, {number(ends[1])}]"


def setting(value: Setting) -> str:
    """One value of a setting."""
    return number(value) if isinstance(value, float) else value


def condition(settings: Mapping[str, Setting]) -> str:
    """``width = 256, depth = 3``."""
    return ", ".join(f"{name} = {setting(value)}" for name, value in settings.items())


def axis(name: str, record: Axis | None) -> str:
    """``Step size η`` or ``Width n (neurons)``: an axis of a regime, by its record."""
    if record is None:
        return name
    said = [record.title, *([plain(f"${record.symbol}$")] if record.symbol else [])]
    return " ".join(said) + (f" ({record.unit})" if record.unit else "")
