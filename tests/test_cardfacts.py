"""What ``kg show`` tells of each kind that its app's card tells."""

from __future__ import annotations

import re
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
    reply = "argument:small-nets-reply Larger ones follow (machine-made; replies); concedes part of it"
    assert f"answered by {reply}" in told
    assert "made in paper:saxe2014exact, Saxe, McClelland and Ganguli 2014, arXiv:1312.6120" in told
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


def test_a_claim_says_what_it_has_none_of(tmp_path: Path) -> None:
    """No search for contrary evidence, no objection and no neighbour are said; one that is there takes the line away."""
    tree = toytree.copy(tmp_path)
    whole = shown("claim:plateau", tree)
    assert "contrary no search for contrary evidence is recorded" in whole
    assert "objections none" not in whole
    assert "neighbours none" not in whole
    assert "objections none on record" in shown("claim:stability-limit", tree)
    text = (tree / "data/claims/plateau.yaml").read_text(encoding="utf-8").replace("builds-on: [stability-limit]\n", "")
    search = "counter-search: [{date: 2026-11-20, where: two reviews, found: nothing}]\n"
    text = text[: text.index("bridges:")] + search + text[text.index("sources:") :]
    (tree / "data/claims/plateau.yaml").write_text(text, encoding="utf-8")

    assert "neighbours none: no claim builds on it" in shown("claim:stability-limit", tree)
    alone = shown("claim:plateau", tree)
    assert "contrary sought on 2026-11-20 in two reviews: nothing" in alone
    assert "no search for contrary" not in alone


def test_where_a_source_says_it_and_how_far_it_was_read_have_their_names(tmp_path: Path) -> None:
    """A locator and a depth that are one word are told apart, and the paper comes with its identifier."""
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, "data/claims/plateau.yaml", "where: abstract", "where: Abstract")
    assert re.search(r"arXiv:2103.00065 \[own-result; at: Abstract; read: abstract\]", shown("claim:plateau", tree))


def test_what_from_run_is_held_against_is_said(tmp_path: Path) -> None:
    """The measured quantity, what it is held against, how near, and the law as a formula."""
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, "data/claims/stability-limit.yaml", 'expected: "2"', "expected: from-run")
    told = shown("prediction:stability-limit/onset", tree)

    assert r"law \eta\lambda = 2" in told
    assert "onset, as measured, is equal to the value that the script computes for the same run from the law" in told
    assert "(from-run); measured less expected is within 0 ± 0.05" in told
