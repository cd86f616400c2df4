"""The sample of the convergence meter (rules.md 4): works drawn by year from a frozen list, by a seed that is written.

The ratio itself is computed once enough links are in.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from kg.records import Meter, MeterYear


def draw(population: Iterable[MeterYear], per_year: int, seed: int) -> tuple[str, ...]:
    """The drawn keys in the order of years, at most ``per_year`` of each; the order within the list plays no part."""
    drawn: list[str] = []
    for of_year in sorted(population, key=lambda of_year: of_year.year):
        keys = sorted(set(of_year.papers))
        drawn += sorted(random.Random(f"{seed}:{of_year.year}").sample(keys, min(per_year, len(keys))))  # noqa: S311
    return tuple(drawn)


def expected(meter: Meter) -> tuple[str, ...]:
    """The sample that the frozen list, the seed and the number a year give."""
    return draw(meter.population, meter.per_year, meter.seed)
