"""Texts that say nothing are refused, field by field, and short ones that do say something are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.checks import hollow
from kg.contribute.proposal import propose
from kg.graph import load
from tests import toytree
from tests.test_new import CLAIM, Kg, kg, tree

__all__ = ["kg", "tree"]  # fixtures

PLATEAU, WHY = "data/claims/plateau.yaml", "data/questions/why-two.yaml"


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("claim", "title", "y"), ("claim", "title", "Sharpness"), ("claim", "title", "todo"), ("claim", "title", "..."),
        ("claim", "statement", "x"), ("claim", "statement", "It holds."), ("claim", "statement", "a b c d"),
        ("claim", "statement", "foo bar baz"), ("claim", "statement", "Noise helps. TODO: say when"),
        ("claim", "statement", "blah blah blah blah"), ("concept", "title", "xxx"), ("concept", "title", "A"),
        ("question", "stakes", "tbd"), ("question", "text", "A proof."), ("question", "answer", "?"),
        ("question", "answer", "TBD"), ("question", "if-agrees", "-"), ("prediction", "refuted-if", "R."),
        ("prediction", "refuted-if", "It fails."),
        ("prediction", "refuted-if", "The prediction turns out to be false."), ("prediction", "why", "w"), ("prediction", "why", "placeholder"),
        ("prediction", "why", "noise"), ("retired", "why", "no"), ("retired", "why", "wrong"),
        ("retired", "why", "It was not true."), ("retired", "why", "renamed"),
    ],
)  # fmt: skip
def test_what_says_nothing_is_told(kind: str, name: str, text: str) -> None:
    """Too few words or letters, a stand-in, a mark in capitals and one word again and again each say nothing."""
    told = hollow.problem(kind, name, text)
    assert told is not None
    assert "; write " in told


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("concept", "title", "SGD"), ("claim", "title", "Noise helps"), ("claim", "statement", "None is better here."),
        ("claim", "statement", "Noise may fail."), ("question", "answer", "no"), ("prediction", "why", "Euler bias"),
        ("prediction", "refuted-if", "The gain is 0."), ("prediction", "refuted-if", "It is not 2 at all."), ("prediction", "statement", r"Late sharpness is $2/\eta$."),
        ("claim", "where", "x"), ("retired", "why", "one law"), ("retired", "why", "its proof is wrong"),
    ],
)  # fmt: skip
def test_what_is_short_and_says_something_is_not(kind: str, name: str, text: str) -> None:
    """Short names, sentences, answers and reasons pass, and fields that hold no words of one's own are not looked at."""
    assert hollow.problem(kind, name, text) is None


@pytest.mark.parametrize(
    ("path", "old", "new", "part"),
    [
        (PLATEAU, "Full-batch training settles where sharpness is two over the step size", "Todo", "title: "),
        (PLATEAU, r"Sharpness rises and then hovers at $2/\eta$.",
         "full-batch training settles where sharpness is two over the step size", "statement: found the same words as in title"),
        (PLATEAU, "refuted-if: Sharpness settles elsewhere.", r"refuted-if: Late sharpness is $2/\eta$",
         "refuted-if: found the same words as in statement"),
        (WHY, "stakes: Says whether quadratic models describe training.", "stakes: tbd", "stakes: found 'tbd'"),
        (WHY, "A mechanism that predicts the drift of the sharpness.", "xxx", "text: found 'xxx'"),
        (WHY, "answer: found", "answer: '?'", "answer: "),
        (WHY, "if-disagrees: moot", "if-disagrees: '...'", "if-disagrees: "),
        ("data/claims/stability-limit.yaml", "why: a start at the minimum shows nothing", "why: w", "why: found 'w'"),
        ("data/concepts.yaml", "Repeated small steps against the gradient.", "Gradient descent.", "statement: found 'Grad"),
        ("data/assumptions.yaml", "The curvature is the same everywhere.", "The loss is quadratic", "statement: found the"),
        ("data/retired.yaml", "why: it names the plateau", "why: wrong", "why: found 'wrong'"),
        ("data/arguments/small-nets.yaml", "The law may fail at scale.", "Tbd.", "statement: found 'Tbd.'"),
    ],
)  # fmt: skip
def test_each_field_is_held_to_it(path: str, old: str, new: str, part: str, tmp_path: Path) -> None:
    """In every kind of record a hollow text is the one finding, on its own line."""
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, path, old, new)
    rows = (tree / path).read_text().splitlines()
    line = max(number for number, row in enumerate(rows, 1) if new in row)

    [found] = toytree.findings(tree)

    assert (found.rule, found.place.path, found.place.line) == ("hollow-text", path, line)
    assert part in found.message


def test_kg_new_tells_it_at_the_flag(tree: Path, kg: Kg) -> None:
    """Both hollow texts of a new claim are refused at their flags, and nothing is written."""
    said = kg(*CLAIM, "--title", "y", "--statement", "x", code=1).output

    assert "--title: hollow-text: found 'y'" in said
    assert "--statement: hollow-text: found 'x'" in said
    assert len(list((tree / "data/claims").iterdir())) == 2


def test_the_page_that_proposes_tells_it_too() -> None:
    """A proposal is held to it like a file, at the line of the field."""
    path = "data/claims/plateau.yaml"
    text = (toytree.TOY / path).read_text().replace(r"Sharpness rises and then hovers at $2/\eta$.", "todo")

    [found] = propose(load(toytree.TOY), path, text).findings

    assert (found.rule, found.place.line) == ("hollow-text", 2)
