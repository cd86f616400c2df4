"""Figures against known coordinates, and SVG that is inert and the same to the byte."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from kg.figures import course, labels, mapgrid, residuals, strip, svg
from kg.figures.look import geometric
from kg.mapverdicts import MapCell, State
from kg.records import Axis
from kg.results import Result
from kg.verdicts import Judgement, judge
from tests.declared import EQUALITY, prediction

HOSTILE = '</text><script>alert(1)</script><img src=x onerror=alert(1)> & "quoted" $x$ {{y}}'
SPREAD = (-0.01, -0.005, 0.0, 0.005, 0.01)


def values(chart: Any) -> list[dict[str, Any]]:
    spec = chart.to_dict()
    found = [
        one for part in spec.get("layer", spec.get("vconcat", [])) for one in part.get("data", {}).get("values", [])
    ]
    found += [one for part in spec.get("vconcat", []) for layer in part["layer"] for one in layer["data"]["values"]]
    return found


def doubling(at: list[float], factor: float = 2.0) -> tuple[Any, Judgement, Result]:
    """The prediction 2w ± 10 % with a rival at w, measured at ``factor`` times these widths w."""
    grid = ", ".join(f"{value:g}" for value in at)
    declared = prediction(
        EQUALITY, expected='"2*w"', compare="ratio", conditions=f"{{grid: {{w: [{grid}]}}}}",
        rivals='[{name: half, expected: "w"}]',
    )  # fmt: skip
    rows = [{"condition": {"w": w}, "measured": [w * (factor + s) for s in SPREAD]} for w in at]
    result = Result.model_validate({"seeds": [0, 1, 2, 3, 4], "cpu_seconds": 0.0, "quantities": {"q": rows}})
    return declared, judge(declared, result), result


def test_a_course_has_measured_predicted_rival_and_band_in_natural_units() -> None:
    """At width 64 the line is at 128, the band 10 % about it, the rival at 64, seeds where they were measured."""
    declared, judged, result = doubling([8, 64, 512])
    chart = course.chart(declared, judged, result)
    assert chart is not None
    rows = values(chart)
    (point,) = [one for one in rows if one.get("expected") and one["x"] == 64][:1]
    assert (point["expected"], point["low"], point["high"]) == (128, pytest.approx(115.2), pytest.approx(140.8))
    assert (point["y"], judged.verdict) == (pytest.approx(128), "agrees")
    assert point["lo"] < 128 < point["hi"]
    assert {"x": 64.0, "rival": "half", "y": pytest.approx(64)} in rows
    assert sorted(one["y"] for one in rows if set(one) == {"x", "y"} and one["x"] == 64) == pytest.approx(
        [64 * (2 + s) for s in SPREAD]
    )
    scales = [layer["encoding"]["x"]["scale"]["type"] for layer in chart.to_dict()["layer"]]
    assert set(scales) == {"log"}


def test_a_course_needs_one_setting_that_varies() -> None:
    """Two places are no course; then each condition is a strip, with a tick a seed in units of what is judged."""
    declared, judged, result = doubling([8, 64])
    assert course.chart(declared, judged, result) is None
    rows = values(strip.chart(declared, judged, result))
    assert sorted(one["x"] for one in rows if set(one) == {"at", "x"} and one["at"] == "w = 8")[1:] == pytest.approx(
        [1 + s / 2 for s in SPREAD]
    )
    assert {"x": pytest.approx(0.9), "x2": pytest.approx(1.1)} in rows


def test_sizes_that_double_are_drawn_on_a_log_axis() -> None:
    """Factors rather than steps, over a span of eight; never values of 0 or below."""
    assert geometric([16, 64, 256])
    assert geometric([1, 2, 4, 8])
    assert not geometric([1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert not geometric([0, 64, 4096])
    assert not geometric([1, 2, 4])


def cell(x: float, y: float, state: State, inside: bool, critic: bool = False) -> MapCell:
    return MapCell({"eta": x, "beta": y}, state, 0.6, Judgement("agrees", HOSTILE), inside, critic)


AXES = {"eta": (0.1, 0.2), "beta": (0.0, 0.9)}
CELLS = [
    cell(0.1, 0.0, "holds", True), cell(0.2, 0.0, "breaks", False),
    cell(0.1, 0.9, "not in regime", True), cell(0.2, 0.9, "undecided", False, critic=True),
]  # fmt: skip


def test_a_map_places_cells_shares_regime_and_critic() -> None:
    """Each cell is one square with its state and share; the outline runs around the cells inside; the critic is named."""
    rows = values(mapgrid.chart(AXES, CELLS, ("Step size η", "Momentum β")))
    squares = {(one["x"], one["y"]): one for one in rows if "state" in one}
    assert {place: one["state"] for place, one in squares.items()} == {
        (0, 0): "holds",
        (1, 0): "breaks",
        (0, 1): "not in regime",
        (1, 1): "undecided",
    }
    assert squares[(0, 0)]["share"] == "60 %"
    edges = {(one["x"], one["y"], one["x2"], one["y2"]) for one in rows if set(one) == {"x", "y", "x2", "y2"}}
    assert edges == {(0, 0, 0, 1), (0, 1, 0, 2), (0, 0, 1, 0), (0, 2, 1, 2), (1, 0, 1, 1), (1, 1, 1, 2)}
    spec = mapgrid.chart(AXES, CELLS).to_dict()
    points = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "point")
    assert points["encoding"]["shape"]["field"] == points["encoding"]["color"]["field"] == "state"
    assert len(set(points["encoding"]["shape"]["scale"]["range"])) == 4


def test_axes_are_named_with_symbol_and_unit() -> None:
    """``Width n (neurons)``, Greek as letters; a setting without a record keeps its name."""
    record = Axis.model_validate(
        {"title": "Step size times sharpness", "symbol": r"\eta\lambda_0", "unit": "1", "meaning": "m"}
    )
    assert labels.axis("s", record) == "Step size times sharpness ηλ₀ (1)"
    assert labels.axis("width", None) == "width"
    assert [labels.number(v) for v in (16384.0, 0.03125, -2.5, 1.5e7)] == ["16384", "0.03125", "−2.5", "1.5e+07"]


def residual(value: float, accepted: tuple[float, float] = (-1.0, 1.0), state: str = "agrees") -> residuals.Residual:
    return residuals.Residual("a/b", "laws", state, value, (value - 0.1, value + 0.1), accepted, HOSTILE)


def test_residuals_stand_in_tolerances_and_do_not_leave_the_picture() -> None:
    """Half a tolerance is 0.5; what lies ten tolerances off is an arrowhead at the margin that points outwards."""
    rows = values(residuals.chart([residual(0.5), residual(10.0, state="disagrees")], {"laws": "Laws"}))
    near, far = (next(one for one in rows if one.get("x") == x and "state" in one) for x in (0.5, residuals.REACH))
    assert (near["beyond"], near["lo"], near["hi"], near["from"], near["to"]) == (
        False,
        pytest.approx(0.4),
        pytest.approx(0.6),
        -1,
        1,
    )
    assert (far["beyond"], far["angle"], far["state"]) == (True, 90, "disagrees")
    assert residuals.chart([], {}) is None


def test_hostile_text_is_text_in_svg() -> None:
    """A title, a rival and an axis that hold markup are drawn as letters; the same chart gives the same bytes."""
    declared, judged, result = doubling([8, 64])
    hostile = declared.model_copy(update={"rivals": (declared.rivals[0].model_copy(update={"name": HOSTILE}),)})
    drawn = svg.render(strip.chart(hostile, judge(hostile, result), result), HOSTILE)
    assert svg.contained(drawn) is None
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn
    ElementTree.fromstring(drawn)
    assert drawn == svg.render(strip.chart(hostile, judge(hostile, result), result), HOSTILE)
    for chart in (mapgrid.chart(AXES, CELLS, (HOSTILE, HOSTILE)), residuals.chart([residual(0.5)], {"laws": HOSTILE})):
        assert svg.contained(svg.render(chart)) is None
    assert judged.verdict == "agrees"


@pytest.mark.parametrize("text", ["<svg><script>1</script></svg>", '<svg onload="x"/>', '<svg><a href="x"/></svg>', "<svg><foreignObject/></svg>", '<svg><rect style="x"/></svg>'])  # fmt: skip
def test_what_is_no_shape_or_text_is_refused(text: str) -> None:
    """Scripts, events, links, styles and foreign elements are found."""
    assert svg.contained(text) is not None
