"""Finding nodes in the toy tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.graph import load
from kg.search import Index, marked, parts, snippet, terms_of
from kg.slips import is_slip
from tests import toytree


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(toytree.graph())


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("claim:plateau", "claim:plateau"),
        ("plateau", "claim:plateau"),
        ("1312.6120", "paper:saxe2014exact"),
        ("Talwalkar", "paper:cohen2021gradient"),
        ("divergence quadratic", "claim:stability-limit"),
        ("claim:edge", "claim:plateau"),
        ("nonlinear dynamics linear networks", "paper:saxe2014exact"),
        ("arXiv:1312.6120v3", "paper:saxe2014exact"),
        ("https://arxiv.org/abs/1312.6120", "paper:saxe2014exact"),
    ],
)
def test_the_right_node_comes_first(index: Index, query: str, first: str) -> None:
    """An address, id, arXiv number, author, words of a statement, or a retired address finds its node."""
    assert index.find(query)[0].address == first


@pytest.mark.parametrize("query", ["sharpnss", "sharpnss setles", "stabilty"])
def test_typos_are_mended_and_said(index: Index, query: str) -> None:
    """A mistyped word is searched as the nearest known one, and the hit says so."""
    hits = index.find(query)

    assert hits
    assert hits[0].mended


@pytest.mark.parametrize("query", ['"', "AND OR NOT", "a*b(c", "x" * 5000, "'; DROP TABLE nodes; --", "\0", "", "   "])
def test_no_query_breaks_the_index(index: Index, query: str) -> None:
    """Operators of the index and hostile text are words like others."""
    index.find(query)

    assert index.find("plateau")


def test_kind_and_limit(index: Index) -> None:
    """Only the kind asked for, no more than the limit, each node once."""
    hits = index.find("gradient", kind="paper", limit=1)

    assert [hit.kind for hit in hits] == ["paper"]
    everything = [hit.address for hit in index.find("gradient descent sharpness", limit=50)]
    assert len(everything) == len(set(everything))


@pytest.mark.parametrize("query", ["\\eta", "η", "eta", "$\\eta$", "sharpness at 2/η"])
def test_a_symbol_is_found_however_it_is_spelled(index: Index, query: str) -> None:
    """TeX, the Greek letter and its name find the same claim."""
    assert "claim:plateau" in [hit.address for hit in index.find(query)]


def test_a_letter_in_a_word_is_one_word_with_it() -> None:
    """``μP`` and its TeX are searched as muP, and ``λ_max`` as two words."""
    assert terms_of(None, "μP") == terms_of(None, "$\\mu$P") == ["mup"]
    assert terms_of(None, "λ_max") == ["lambda", "max"]


def test_common_words_do_not_narrow_a_search(index: Index) -> None:
    """What is on every page is left out where other words are there, and sought where it is all there is."""
    assert terms_of(None, "where the sharpness is at") == ["sharpness"]
    assert terms_of(None, "at the") == ["at", "the"]
    assert index.find("the sharpness of which")[0].address == index.find("sharpness")[0].address


def test_words_are_spelled_as_the_index_spells_them() -> None:
    """Accents and case go, Greek letters and commands become names, places stay those of the text."""
    text = "Jastrzębski: $\\lambda$ and Η"

    assert parts(text) == [(0, 11, "jastrzebski"), (14, 21, "lambda"), (23, 26, "and"), (27, 28, "eta")]
    assert [text[start:end] for start, end in marked(text, ["jastrz", "eta"])] == ["Jastrzębski", "Η"]


def test_a_snippet_holds_the_words_sought_and_cuts_no_formula() -> None:
    """The stretch with most of the words, with dots where it is cut, and formulas whole."""
    text = "alpha " * 40 + "sharpness hovers near $2/\\eta + " + "x + " * 40 + "y$ and more " + "omega " * 40
    found = snippet(text, ["sharpness", "hovers"])

    assert found.startswith("…")
    assert found.endswith("…")
    assert "sharpness hovers near $2/\\eta" in found
    assert found.count("$") == 2
    assert snippet("short text", ["absent"]) == "short text"


def test_a_concept_is_found_by_any_of_its_names(tmp_path: Path) -> None:
    """A concept that is called as was asked comes first, by title or alias, in words of a question too."""
    tree = toytree.copy(tmp_path)
    path = tree / "data/concepts.yaml"
    path.write_text(path.read_text() + "\nntk: {title: Neural tangent kernel, aliases: [NTK, tangent kernel]}\n")
    index = Index(load(tree))

    for query in ("neural tangent kernels", "NTK", "tangent kernel", "what to read first on the tangent kernel"):
        assert index.find(query)[0].address == "concept:ntk", query
        assert index.named(query) == ["concept:ntk"]
    assert index.named("kernel") == []


def test_words_of_asking_find_nothing_by_themselves(index: Index) -> None:
    """What to read first on a thing finds what the thing finds."""
    asked = [hit.address for hit in index.find("what to read first on sharpness", limit=100)]

    assert asked == [hit.address for hit in index.find("sharpness", limit=100)]


def test_a_plural_finds_the_singular_and_the_other_way_round(tmp_path: Path) -> None:
    """Plurals in -ies and -es are folded in what is indexed and in what is asked, and marked in what is shown."""
    tree = toytree.copy(tmp_path)
    path = tree / "data/concepts.yaml"
    path.write_text(path.read_text() + "\nstore: {title: Associative memories, aliases: [losses of a net]}\n"
                    "penalty: {title: Penalty, statement: A loss to which a memory is added in series.}\n")  # fmt: skip
    index = Index(load(tree))

    assert index.apart("associative memory") == ""
    for query in ("associative memory", "associative memories", "net loss", "net losses"):
        assert index.find(query)[0].address == "concept:store", query
    for query in ("memories added", "penalties", "losses added", "added series"):
        assert index.find(query)[0].address == "concept:penalty", query
    assert marked("two memories", terms_of(None, "memory")) == [(4, 12)]


def test_of_many_words_what_holds_most_comes_first_and_one_common_word_is_not_enough(tmp_path: Path) -> None:
    """Beside nodes with two of three words or more, one that holds one is shown only where that word is rare."""
    tree = toytree.copy(tmp_path)
    path = tree / "data/concepts.yaml"
    rows = [f"common-{number}: {{title: 'Phase number {number}'}}" for number in range(15)]
    rows += [
        "most: {title: Covariance phase transition}",
        "two: {title: Phase transition}",
        "rare: {title: Spiked things}",
    ]
    path.write_text("\n".join([path.read_text(), *rows, ""]))
    index = Index(load(tree))

    found = [hit.address for hit in index.find("spiked covariance phase transition", limit=100)]

    assert found == ["concept:most", "concept:two", "concept:rare"]
    assert len(index.find("phase absentword otherword", limit=100)) == 18 - 1


SLIPS = [
    "kernell",
    "momentun",
    "lerning",
    "graident",
    "stabilty",
    "generalisaton",
    "universalty",
    "hyperparamter",
    "wieght",
    "initalisation",
    "convergance",
    "infinte",
    "regresion",
    "perceptrn",
    "grokng",
    "neurl",
    "colapse",
    "catapolt",
    "quadrtic",
    "spectrm",
    "entropi",
    "symetry",
    "trasnfer",
    "depht",
    "widht",
    "laerning",
    "optimiser",
    "exponant",
    "manifld",
    "hessain",
]
MEANT = [
    "kernel",
    "momentum",
    "learning",
    "gradient",
    "stability",
    "generalisation",
    "universality",
    "hyperparameter",
    "weight",
    "initialisation",
    "convergence",
    "infinite",
    "regression",
    "perceptron",
    "grokking",
    "neural",
    "collapse",
    "catapult",
    "quadratic",
    "spectrum",
    "entropy",
    "symmetry",
    "transfer",
    "depth",
    "width",
    "learning",
    "optimizer",
    "exponent",
    "manifold",
    "hessian",
]
ABSENT = [
    "dead",
    "hebbian",
    "oja",
    "protein",
    "glycine",
    "tomato",
    "weather",
    "fluid",
    "galaxy",
    "banana",
    "enzyme",
    "vaccine",
    "tariff",
    "poetry",
    "violin",
    "receptor",
    "dopamine",
    "genome",
    "traffic",
    "satellite",
    "auction",
    "bond",
    "glacier",
    "cathode",
    "ribosome",
    "whale",
    "monsoon",
    "soccer",
    "cathedral",
    "bread",
]


def test_a_near_word_is_offered_for_a_slip_alone() -> None:
    """Of 30 slips 29 or more are mended to the word that is meant; of 30 words that the full record lacks, none is."""
    full = Index(load(Path(__file__).parent.parent))
    near = {word: full.absent(word) for word in (*SLIPS, *ABSENT)}

    mended = [word for word, meant in zip(SLIPS, MEANT, strict=True) if near[word] == [(word, meant)]]

    assert len(SLIPS) == len(ABSENT) == 30
    assert len(mended) >= 29, set(SLIPS) - set(mended)
    assert [near[word] for word in ABSENT] == [[(word, "")] for word in ABSENT]


def test_a_slip_keeps_its_beginning_and_strikes_a_near_key() -> None:
    """The first letter stands or swaps; a letter for another is a vowel for a vowel, or a key for its neighbour."""
    assert is_slip("momentun", "momentum")
    assert is_slip("wdith", "width")
    assert is_slip("iwdth", "width")
    assert not is_slip("dead", "read")
    assert not is_slip("tomato", "tomaso")
    assert not is_slip("bond", "bound")
    assert not is_slip("hebbian", "hessian")


def test_two_words_that_never_meet_give_what_holds_the_rarer(index: Index) -> None:
    """That no node holds both is said; what is shown holds the rarer of the two, and nothing where none does."""
    rarer = index.find("eigenvalue", limit=100) or index.find("dynamics", limit=100)

    assert (
        index.apart("sharpness dynamics")
        == "no record holds both 'sharpness' and 'dynamics'; what follows holds 'dynamic'"
    )
    assert [hit.address for hit in index.find("sharpness dynamics", limit=100)] == [hit.address for hit in rarer]
    assert index.apart("sharpness oja") == "no record holds both 'sharpness' and 'oja'"
    assert index.find("sharpness oja") == []
    assert index.apart("gradient descent") == index.apart("sharpness") == index.apart("claim:plateau") == ""
    assert index.apart("oja rule sharpness") == "no record holds all of these words; what follows holds some of them"
