"""A declaration and its script that disagree in plain lists are told; a script that computes them is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import scriptfile
from kg.checks import measures
from kg.contribute import skeleton
from tests.declared import EQUALITY, EXPONENT, ORDERING, SWITCH, prediction

CONTROLLED = EQUALITY + "conditions: [{width: 8}, {width: 16}]\ncontrol: {name: none, quantity: q_control}"
CONTRAST = EXPONENT + "contrast: {of: trained, minus: frozen}"
ALL = (EQUALITY, CONTROLLED, EXPONENT, ORDERING, SWITCH, CONTRAST)


def told(tmp_path: Path, declared: str, old: str = "", new: str = "") -> list[tuple[tuple[str, ...], str]]:
    """What is told of the skeleton of a declaration in which ``old`` is ``new``."""
    text = skeleton.script("made", "A claim.", prediction(declared))
    assert old in text
    (tmp_path / "made.py").write_text(text.replace(old, new, 1))
    script, _ = scriptfile.load(tmp_path, "made.py")
    assert script is not None
    return list(measures.missing(prediction(declared), script))


@pytest.mark.parametrize("declared", ALL)
def test_a_skeleton_measures_what_it_was_made_for(declared: str, tmp_path: Path) -> None:
    """Of no type of prediction is anything told as long as the lists are as they were made."""
    assert told(tmp_path, declared) == []
    assert told(tmp_path, declared, 'QUANTITIES = ["q"', 'QUANTITIES = ["p"')[0][0] == ("quantity",)


def test_what_differs_is_told_with_both_places(tmp_path: Path) -> None:
    """A control that is misspelt, and a condition or an arm that is another, each at its own field."""
    [(at, said)] = told(tmp_path, CONTROLLED, '"q_control"]', '"q_contrl"]')
    assert at == ("control", "quantity")
    assert said.startswith("'q_control' is not among the QUANTITIES of made.py:")
    assert said.endswith("; did you mean 'q_contrl'?")

    [(at, said)] = told(tmp_path, CONTROLLED, '{"width": 16}', '{"width": 32}')
    assert at == ("conditions",)
    assert said.startswith("width 16 is not among the CONDITIONS of made.py:")

    [(at, said)] = told(tmp_path, CONTRAST, '"width": 128, "arm": "trained"', '"width": 128, "arm": "trainde"')
    assert (at, said[:22]) == (("over",), "width 128, arm trained")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('QUANTITIES = ["q"]', 'QUANTITIES = list("p")'),
        ('QUANTITIES = ["q"]', 'QUANTITIES = ["p"]\nQUANTITIES.append("q")'),
        ('QUANTITIES = ["q"]', 'QUANTITIES = ["p"]\nQUANTITIES += ["q"]'),
        ('QUANTITIES = ["q"]', 'QUANTITIES = ["p"]\nQUANTITIES[0] = "q"'),
        ('quantities[name].append(row)', 'quantities["q"].append(row)'),
    ],
)  # fmt: skip
def test_what_a_script_computes_is_not_guessed(old: str, new: str, tmp_path: Path) -> None:
    """Lists that are built, or changed after, and results that are filed under a name of their own, are left alone."""
    text = skeleton.script("made", "A claim.", prediction(EQUALITY)).replace('QUANTITIES = ["q"]', 'QUANTITIES = ["p"]')
    (tmp_path / "made.py").write_text(text.replace(old.replace('["q"]', '["p"]'), new))
    script, _ = scriptfile.load(tmp_path, "made.py")

    assert script is not None
    assert list(measures.missing(prediction(EQUALITY), script)) == []
