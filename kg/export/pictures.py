"""Every picture of the record as SVG: one a tested prediction, one a map, and the figure of all residuals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg import stored
from kg.evidence import Evidence
from kg.figures import course, labels, mapgrid, residuals, strip, svg
from kg.plain import plain

SUMMARY = "residuals.svg"


def pictures(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """(file name, SVG): the summary first, then by claim and prediction. Raises CannotDraw as ``svg.render`` does."""
    if (text := summary(evidence)) is not None:
        yield SUMMARY, text
    regimes = evidence.corpus.regimes
    for address, _, prediction in evidence.corpus.predictions():
        name = address.partition(":")[2].replace("/", ".")
        outcome = evidence.predictions[address].primary
        if outcome and outcome.judgement and outcome.judgement.conditions:
            measured = outcome.run.measured if outcome.run else None
            drawn = course.chart(prediction, outcome.judgement, measured) or strip.chart(
                prediction, outcome.judgement, measured
            )
            if drawn is not None:
                yield f"{name}.svg", svg.render(drawn, f"{address.partition(':')[2]}: {outcome.judgement.verdict}")
        mapped = evidence.maps.get(address)
        if mapped and mapped.cells and prediction.map_:
            sweep = prediction.map_
            titles = [labels.axis(axis, regimes.get(sweep.axis(axis))) for axis in mapped.axes]
            drawn = mapgrid.chart(mapped.axes, mapped.cells, titles)
            yield f"{name}.map.svg", svg.render(drawn, f"{address.partition(':')[2]}: where it holds")


def summary(evidence: Evidence) -> str | None:
    """The figure of all residuals; None where nothing was measured."""
    titles = {name: plain(strand.title) for name, strand in evidence.corpus.strands.items()}
    drawn = residuals.chart(residuals.residuals(evidence), titles)
    return None if drawn is None else svg.render(drawn)


def write(evidence: Evidence, folder: Path) -> list[Path]:
    """Write every picture into ``folder`` and return the files. Raises OSError where the disk refuses one."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in pictures(evidence):
        stored.replace(folder / name, text.encode())
        written.append(folder / name)
    return written
