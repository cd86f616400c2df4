"""What comes into reach, and the standard lists in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.graph import Graph, load
from kg.reading import reading_list
from kg.standardlists import pages
from kg.whatnext import learned, reach
from tests.test_reading import graph, tree  # noqa: F401  # the toy record with readings

ROOT = Path(__file__).parent.parent


def test_readings_and_claims_come_into_reach(graph: Graph) -> None:  # noqa: F811
    """From nothing two readings can be begun; with gradient descent known, curvature can, and then its claim."""
    assert reach(graph, {}).readings == ("calculus-short", "both")
    known = reach(graph, {"calculus": "meet", "descent": "meet"})
    assert (known.readings, known.claims) == (("curved",), ())
    assert reach(graph, {"curvature": "use"}).claims == ("claim:plateau",)
    assert reach(graph, {"curvature": "use"}).questions == ("question:why-two",)


def test_after_a_list_its_target_is_in_reach(graph: Graph) -> None:  # noqa: F811
    """Who reads the list for a claim can follow the claim."""
    found = reading_list(graph, "claim:plateau")

    assert "claim:plateau" in reach(graph, learned({}, found.items)).claims


@pytest.mark.parametrize("name", ["field", "one-afternoon", "from-physics", "from-statistics", "hyperparameters"])
def test_standard_lists_are_written(name: str) -> None:
    """Each standard list opens with what one can do after it, and numbers its readings."""
    text = pages(ROOT, load(ROOT))[f"docs/reading/{name}.md"]

    assert "After it you have met" in text
    assert "You will be able to" in text
    assert "\n1. " in text
