"""The wording of records: what is too long, several claims in one, copied, or in capitals."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import checks
from kg.checks import prose
from kg.graph import load
from kg.names import authors
from tests import toytree

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("title", "wrong"),
    [
        ("Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability", True),
        ("Gradient descent on neural networks typically occurs at the edge of stability", False),
        ("On the Spectrum of Gaussian, Rademacher and Student Matrices: the Marchenko law of Pastur", True),
        ("Learning with the neural tangent kernel in Hilbert spaces of Gaussian processes", False),
        ("Deep Learning", False),
        ("BERT, GPT and ResNet are alike", False),
    ],
)
def test_titles_are_in_sentence_case(title: str, wrong: bool) -> None:
    """Most longer words in capitals is a title in title case; names and acronyms among others are none."""
    assert (prose.title_problem(title) is not None) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Cohen, Jeremy M.", False), ("van der Berg, Anna", False), ("COHEN, Jeremy", True), ("Cohen et al, J.", True),
        ("Cohen1, Jeremy", True), ("{OpenAI}", False), ("{ATLAS 2 Collaboration}", False), ("LeCun, Yann", False),
    ],
)  # fmt: skip
def test_names_are_those_of_people_or_bodies(text: str, wrong: bool) -> None:
    """Shouted names, digits and 'et al' are no name of a person; bodies in braces are as they call themselves."""
    assert (prose.name_problem(authors(text).authors[0]) is not None) == wrong


def findings(tree: Path, rule: str) -> list[str]:
    return [str(finding) for finding in checks.run(load(tree)) if finding.rule == rule]


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ("Loss falls. Sharpness rises.", 0),
        ("Loss falls. Sharpness rises. Noise helps.", 1),
        ("As e.g. in Fig. 2 of J. Doe et al. it falls by 0.5. It rises later.", 0),
    ],
)
def test_a_claim_is_a_sentence_or_two(statement: str, count: int, tmp_path: Path) -> None:
    """Three sentences are several claims; abbreviations and decimals end none."""
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, "data/claims/plateau.yaml", r"Sharpness rises and then hovers at $2/\eta$.", statement)
    assert len(findings(tree, "two-claims")) == count


@pytest.mark.parametrize(("words", "count"), [(60, 0), (61, 1)])
def test_a_statement_has_an_end(words: int, count: int, tmp_path: Path) -> None:
    """Sixty words are the most."""
    tree = toytree.copy(tmp_path)
    text = " ".join(f"w{i}" for i in range(words))
    toytree.edit(tree, "data/claims/plateau.yaml", r"Sharpness rises and then hovers at $2/\eta$.", text)
    assert len(findings(tree, "long-statement")) == count


@pytest.mark.parametrize(("kept", "count"), [(11, 0), (12, 1)])
def test_a_shared_run_is_told_once_a_pair(kept: int, count: int, tmp_path: Path) -> None:
    """Twelve words in a row are shared, whatever stands between them; eleven are not."""
    tree = toytree.copy(tmp_path)
    words = [f"w{i}" for i in range(20)]
    other = [*words[:kept], "else", "entirely"]
    toytree.edit(tree, "data/claims/plateau.yaml", r"Sharpness rises and then hovers at $2/\eta$.", ", ".join(words))
    path = "data/claims/stability-limit.yaml"
    text = next(line for line in (tree / path).read_text().splitlines() if line.startswith("statement: "))
    toytree.edit(tree, path, text, f"statement: {'; '.join(other).upper()}")
    found = findings(tree, "shared-words")
    assert len(found) == count
    assert all("w0 w1 w2" in line and "claim:plateau" in line for line in found)
