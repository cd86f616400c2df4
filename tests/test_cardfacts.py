"""What ``kg show`` tells of each kind that its app's card tells."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from kg import textcard
from kg.evidence import Evidence
from kg.relations import KINDS
from tests import toytree


def shown(address: str, tree: Path = toytree.TOY) -> str:
    text = click.unstyle(textcard.card(Evidence(toytree.graph(tree)), address))
    return " ".join(text.split())


def test_an_objection_says_to_what_and_which_replies_it_has() -> None:
    """The claim objected to has its title and standing; each reply has its title, who made it and what it concedes."""
    told = shown("argument:small-nets")

    title = "Full-batch training settles where sharpness is two over the step size"
    assert f"objects to claim:plateau {title} (reported)" in told
    reply = "argument:small-nets-reply Larger ones follow (machine-made; replies); concedes partial"
    assert f"answered by {reply}" in told
    assert "made in paper:saxe2014exact" in told
    assert "weight minor" in told
    last = shown("argument:small-nets-reply")
    assert "replies to argument:small-nets Only small networks were tried (objects)" in last
    assert "answered by no reply on record" in last


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("claim:plateau", "kind law"),
        ("prediction:stability-limit/onset", "declared 2026-"),
        ("prediction:stability-limit/onset", "control "),
        ("prediction:stability-limit/onset", "measures "),
        ("prediction:stability-limit/onset", "measure it kg rerun quadratic_onset"),
        ("claim:stability-limit", "measure it kg rerun quadratic_onset"),
        ("question:why-two", "matters "),
        ("question:why-two", "difficulty "),
        ("reproduction:quadratic_onset", "verdict stability-limit/onset: no run that counts"),
        ("strand:empirical-laws", "role strand"),
    ],
)
def test_what_the_app_tells_the_terminal_tells(address: str, said: str) -> None:
    """Kind, declaration, stakes, verdicts and role stand in a card for the terminal."""
    assert said in shown(address)


def test_a_neighbour_has_its_standing() -> None:
    """Where a card lists claims it says how they stand."""
    assert "[reported" in shown("assumption:edge-holds")


def test_every_kind_has_a_card(tmp_path: Path) -> None:
    """All nodes of the nine kinds can be shown, with recorded runs."""
    tree = toytree.with_readings(toytree.copy(tmp_path))
    toytree.record(tree, 2.0)
    evidence = Evidence(toytree.graph(tree))

    cards = {node.address: textcard.card(evidence, node.address) for node in evidence.graph.nodes()}

    assert {address.partition(":")[0] for address in cards} == set(KINDS)
    assert "verdict     stability-limit/onset: agrees" in click.unstyle(cards["reproduction:quadratic_onset"])
