"""The meter's sample: a draw that depends on the seed and the list alone, and is held to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import checks, meter
from kg.graph import load
from kg.records import MeterYear
from tests import toytree

ROOT = Path(__file__).parent.parent
YEARS = [
    MeterYear.model_validate({"year": str(year), "papers": tuple(f"k{i}" for i in range(5))}) for year in (2001, 2000)
]
HEAD = (
    "date: 2026-11-25\nseed: 1\nper-year: 1\nsecond-window-from: 2020\nfails-below: 1.5\nwhy: w\n"
    "population:\n  - {year: 2014, papers: [saxe2014exact]}\n  - {year: 2021, papers: [cohen2021gradient]}\n"
)


def test_the_draw_is_by_year_and_repeats() -> None:
    """Two of each year, years in order, the same for any order of the list, another for another seed."""
    drawn = meter.draw(YEARS, 2, 7)
    assert len(drawn) == 4
    assert drawn == meter.draw(list(reversed(YEARS)), 2, 7)
    shuffled = [MeterYear.model_validate({"year": str(y.year), "papers": tuple(reversed(y.papers))}) for y in YEARS]
    assert drawn == meter.draw(shuffled, 2, 7)
    assert len({meter.draw(YEARS, 2, seed) for seed in range(20)}) > 5
    assert meter.draw(YEARS, 9, 7) == tuple(f"k{i}" for i in range(5)) * 2


def test_every_work_can_be_drawn() -> None:
    """Over many seeds each of five works is drawn about as often: 200 draws of one, 40 each, within four deviations."""
    drawn = [meter.draw(YEARS[:1], 1, seed)[0] for seed in range(200)]
    counts = [drawn.count(f"k{i}") for i in range(5)]
    assert min(counts) > 40 - 4 * (200 * 0.2 * 0.8) ** 0.5
    assert max(counts) < 40 + 4 * (200 * 0.2 * 0.8) ** 0.5


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        ("[saxe2014exact, cohen2021gradient]", ""),
        ("[cohen2021gradient, saxe2014exact]", "is not in the order drawn; expected"),
        (
            "[saxe2014exact]",
            "lacks cohen2021gradient; expected what seed, list and number a year draw: saxe2014exact, cohen",
        ),
        ("[saxe2014exact, cohen2021gradient, tibshirani1996]", "has tibshirani1996, not drawn; expected"),
    ],
)
def test_another_sample_than_the_draw_is_found(sample: str, told: str, tmp_path: Path) -> None:
    """A sample that was chosen in place of drawn is a finding that says what differs."""
    tree = toytree.copy(tmp_path)
    (tree / "data/meter.yaml").write_text(f"{HEAD}sample: {sample}\n", encoding="utf-8")
    found = [finding for finding in checks.run(load(tree)) if finding.rule == "meter-sample"]
    assert any(told in finding.message for finding in found) if told else not found
    assert all(finding.place.path == "data/meter.yaml" and finding.place.line == 10 for finding in found[:1])


def test_a_drawn_work_without_claims_is_found_unless_excluded(tmp_path: Path) -> None:
    """A work of the sample has to be in bib/ and to state a claim; one that only argues is excluded with a reason."""
    tree = toytree.copy(tmp_path)
    entry = "@misc{silent, title = {x}, author = {Lovelace, Ada}, year = {2014}}"
    (tree / "bib/x.bib").write_text(entry, encoding="utf-8")
    text = HEAD.replace("papers: [saxe2014exact]", "papers: [silent]").replace("cohen2021gradient", "absent")
    text += "sample:\n  - silent\n  - absent\n"
    (tree / "data/meter.yaml").write_text(text, encoding="utf-8")
    rules = [str(finding) for finding in checks.run(load(tree)) if finding.rule == "meter-sample"]
    assert any("no claim has 'silent'" in line for line in rules)
    assert any("'absent' is not in bib/" in line for line in rules)
    excluded = text + "excluded:\n  - {paper: silent, why: it only argues}\n"
    (tree / "data/meter.yaml").write_text(excluded, encoding="utf-8")
    rules = [str(finding) for finding in checks.run(load(tree)) if finding.rule == "meter-sample"]
    assert not any("silent" in line for line in rules)


def test_the_committed_sample_is_the_draw() -> None:
    """The record's own sample is what its seed draws."""
    found = load(ROOT).corpus.meter
    assert found is not None
    assert found.sample == meter.expected(found)
