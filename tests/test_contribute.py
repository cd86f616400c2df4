"""kg new, kg add and kg retire on a copy of the toy tree: canonical, checked, never overwriting, never asking in vain."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from kg import measurements, results
from kg.cli import asking, main
from kg.contribute import addpaper, fetch, mend, skeleton
from kg.graph import load
from tests import experiment, fixtures, toytree
from tests.declared import EQUALITY, EXPONENT, ORDERING, SWITCH, prediction

Kg = Callable[..., Result]
CLAIM = [
    "new", "claim", "--title", "Momentum widens the stable range", "--statement", r"With momentum the edge is $(2+2\beta)/\eta$.",
    "--kind", "law", "--strand", "empirical-laws", "--paper", "cohen2021gradient", "--depth", "abstract",
]  # fmt: skip
TWIN = [
    "new", "claim", "--title", "Up to two over the curvature, gradient descent on quadratics is stable", "--statement",
    r"The step size $\eta$ leads to divergence on quadratics of curvature $\lambda$ exactly when $\eta\lambda>2$.",
    "--kind", "theorem", "--strand", "solvable-settings", "--paper", "saxe2014exact", "--depth", "abstract",
]  # fmt: skip
PASTED = """@Article{Some_Key,
 title="Stability of Everything in {ReLU} Networks", author={Test, Ada}, journal = {arXiv preprint arXiv:2601.00002},
 year=2026, abstract={Long.}, url={https://arxiv.org/abs/2601.00002v3}, month=jan}
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return toytree.copy(tmp_path)


@pytest.fixture
def kg(tree: Path) -> Kg:
    def run(*arguments: str, text: str = "", code: int = 0) -> Result:
        result = CliRunner().invoke(main, ["--root", str(tree), *arguments], input=text)
        assert (result.exit_code, result.exception if not isinstance(result.exception, SystemExit) else None) == (
            code,
            None,
        ), result.output
        return result

    return run


def files(tree: Path) -> dict[str, str]:
    return {p.relative_to(tree).as_posix(): p.read_text() for p in tree.rglob("*") if p.is_file()}


def test_a_claim_by_flags_is_canonical_and_clean(tree: Path, kg: Kg) -> None:
    """The file is there under an id made of the title, in canonical form, and breaks no rule."""
    kg(*CLAIM)

    path = "data/claims/momentum-widens-stable-range.yaml"
    assert mend.formatted((tree / path).read_text(), path) == (tree / path).read_text()
    assert toytree.findings(tree) == []


def test_without_a_terminal_every_missing_flag_is_named(tree: Path, kg: Kg) -> None:
    """Nothing is asked for where nobody can answer: one message names all that is missing, and nothing is written."""
    before = files(tree)

    said = kg("new", "claim", "--title", "T", code=2).output

    assert all(flag in said for flag in ("--statement", "--kind", "--strand", "--paper", "--depth"))
    assert "--title (" not in said
    assert files(tree) == before


def test_on_a_terminal_what_is_missing_is_asked_for(tree: Path, kg: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words in the place of an id bring the nearest ids, and the question is put again."""
    monkeypatch.setattr(asking, "interactive", lambda: True)
    answers = "Noise helps\nNoise lowers the loss.\nlaw\nempirical\nempirical-laws\nedge of stability\ncohen2021gradient\nabstract\n"

    said = kg("new", "claim", text=answers).output

    assert "cohen2021gradient  Gradient descent on neural networks" in said
    assert "strands: [empirical-laws]" in (tree / "data/claims/noise-helps.yaml").read_text()


def test_a_claim_that_is_there_is_refused_with_the_pair(tree: Path, kg: Kg) -> None:
    """Both statements are shown and nothing is written; --force writes it, and the check then warns of the pair."""
    said = kg(*TWIN, code=1).output

    assert "there  data/claims/stability-limit.yaml:1" in said
    assert "new    up-two-over-curvature" in said
    assert len(list((tree / "data/claims").iterdir())) == 2
    kg(*TWIN, "--force")
    assert [f.rule for f in toytree.findings(tree)] == ["same-statement"]


def test_nothing_is_overwritten(tree: Path, kg: Kg) -> None:
    """An id that is taken is refused, with --force too."""
    kg(*CLAIM, "--id", "plateau", "--force", code=1)

    assert files(tree) == files(toytree.TOY)


@pytest.mark.parametrize("name", ["../../escaped", "Upper", "a b"])
def test_an_id_that_is_none_is_refused(name: str, tree: Path, kg: Kg) -> None:
    """No id leads out of its folder or breaks the grammar of ids."""
    kg(*CLAIM, "--id", name, code=1)
    kg("retire", "claim:plateau", "--to", f"claim:{name}", "--why", "w", code=1)

    assert files(tree) == files(toytree.TOY)
    assert not (tree.parent / "escaped.yaml").exists()


def test_a_record_that_check_would_refuse_is_not_written(tree: Path, kg: Kg) -> None:
    """TeX that cannot render stops the claim, with the rule and the line."""
    said = kg(*CLAIM, "--statement", "The edge is $2/eta.", code=1).output

    assert "data/claims/momentum-widens-stable-range.yaml:2: unbalanced-tex" in said
    assert files(tree) == files(toytree.TOY)


def test_a_prediction_is_added_and_comments_stay(tree: Path, kg: Kg) -> None:
    """It becomes the last of the list, before what follows it and its comments."""
    path = "data/claims/stability-limit.yaml"
    toytree.edit(tree, path, "counter-search:", "# where it was sought\ncounter-search:")
    kg("new", "prediction", "--claim", "stability-limit", "--id", "tail", "--statement", "The loss grows.", "--type",
       "qualitative", "--about", "derived", "--refuted-if", "It does not.")  # fmt: skip

    text = (tree / path).read_text()
    assert text.index("id: onset") < text.index("id: tail") < text.index("# where it was sought\ncounter-search:")
    assert toytree.findings(tree) == []


def test_single_files_take_a_concept_and_a_reading(tree: Path, kg: Kg) -> None:
    """Both go to the end of their files; the warning that nobody teaches the concept is told and then settled."""
    said = kg("new", "concept", "--title", "Momentum", "--statement", "A mean of gradients.", "--requires", "curvature")
    assert "untaught-concept" in said.output
    kg(
        "new",
        "reading",
        "--paper",
        "damian2022self",
        "--where",
        "Sec. 1, 4 pages",
        "--minutes",
        "15",
        "--teaches",
        "momentum=meet",
    )
    kg("new", "question", "--title", "Why so?", "--statement", "What widens it?", "--strand", "empirical-laws", "--settled-by",
       "A sweep.", "--answer", "this", "--stakes", "Rates.", "--difficulty", "easy", "--paper", "damian2022self")  # fmt: skip
    kg("new", "argument", "--title", "Too small", "--statement", "It may fail.", "--paper", "damian2022self", "--by", "person",
       "--stance", "objects", "--target", "claim:plateau")  # fmt: skip

    assert toytree.findings(tree) == []


def test_a_reproduction_runs_and_measures_what_is_declared(tree: Path, kg: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    """The skeleton's file and its result have the form of the others', and the prediction finds its numbers."""
    toytree.edit(
        tree, "data/claims/stability-limit.yaml", "    tests: [{script: quadratic_onset, level: simulated-model}]\n", ""
    )
    kg("new", "reproduction", "onset_again", "--prediction", "stability-limit/onset", "--level", "simulated-model")
    monkeypatch.setattr(experiment, "SCRIPTS", tree / "scripts")

    result, said = experiment._run("onset_again", 2, experiment.SEED)

    assert toytree.findings(tree) == []
    assert results.problems(result) == []
    declared = load(tree).node("prediction:stability-limit/onset").record
    assert measurements.read(declared, results.Result.model_validate(result)).problems == []
    assert said[-1] == '{"progress": 1.0}'
    assert "PLACEHOLDER" in (tree / "scripts/onset_again.py").read_text()
    kg("new", "reproduction", "onset_again", "--prediction", "stability-limit/onset", "--level", "field", code=1)


@pytest.mark.parametrize("text", [EQUALITY, EXPONENT, ORDERING, SWITCH])
def test_every_type_has_a_skeleton_in_the_shared_form(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is declared, the script is what tests/test_scripts.py asks of every script."""
    from tests import test_scripts as shared

    (tmp_path / "made.py").write_text(skeleton.script("made", r"A claim of $\eta$.", prediction(text)))
    monkeypatch.setattr(experiment, "SCRIPTS", tmp_path)

    for hold in (shared.test_a_script_stands_alone, shared.test_the_shared_lines_are_the_same_everywhere,
                 shared.test_the_docstring_says_what_a_reader_needs):  # fmt: skip
        hold("made")


def test_pasted_bibtex_becomes_an_entry_as_the_others_are(tree: Path, kg: Kg) -> None:
    """Fields, identifiers, title case and key are as in the bibliography, and what is left out is told."""
    said = kg("add", "-", "--strand", "toy", text=PASTED).output

    expected = (
        "@misc{Some_Key,\n  author = {Test, Ada},\n  title = {Stability of everything in {ReLU} networks},\n"
        "  year = {2026},\n  eprint = {2601.00002},\n  archiveprefix = {arXiv},\n}\n"
    )
    assert (tree / "bib/toy.bib").read_text().endswith("}\n\n" + expected)
    assert "left out: abstract, month" in said
    assert toytree.findings(tree) == []


def test_a_work_that_is_there_is_refused_with_the_pair(tree: Path, kg: Kg) -> None:
    """The entry that is there is shown with its line and with the identifier that it lacks."""
    pasted = "@article{x, title={Exact Solutions to the Non-linear Dynamics of Learning in Deep Linear Neural Networks}, author={Saxe, A. and Ganguli, S.}, year={2013}, journal={J}, doi={10.1000/1}}"

    said = kg("add", "-", "--strand", "toy", text=pasted, code=1).output

    assert "bib/toy.bib:10 saxe2014exact" in said
    assert "it has no doi; add 10.1000/1" in said
    assert files(tree) == files(toytree.TOY)
    kg("add", "-", "--strand", "toy", "--force", text=pasted)
    assert [f.rule for f in toytree.findings(tree)] == ["same-work"]


def test_a_key_that_is_taken_gets_a_letter(tree: Path, kg: Kg) -> None:
    """Another work under a key that is there is another key, and that is said."""
    said = kg("add", "-", "--strand", "toy", text=PASTED.replace("Some_Key", "Saxe2014exact")).output

    assert "the key 'Saxe2014exact' is taken, so this is 'Saxe2014exacta'" in said


@pytest.mark.parametrize(
    "broken", ["@article{x, title={A}", "<html>", "@misc{x, title={A}, year={MMXX}, author={B, C}}"]
)
def test_broken_bibtex_is_told_with_its_line(broken: str, tree: Path, kg: Kg) -> None:
    """What cannot be read is a finding with a line, and nothing is written."""
    assert "the BibTeX given:1: " in kg("add", "-", "--strand", "toy", text=broken, code=1).output
    assert files(tree) == files(toytree.TOY)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("10.1000/MADE.up", "https://doi.org/10.1000/made.up"),
        ("https://doi.org/10.1000/made.up", "https://doi.org/10.1000/made.up"),
        ("arXiv:2601.00001v2", "https://export.arxiv.org/api/query?id_list=2601.00001v2"),
        ("https://arxiv.org/pdf/2601.00001.pdf", "https://export.arxiv.org/api/query?id_list=2601.00001"),
        ("10.48550/arXiv.2601.00001", "https://export.arxiv.org/api/query?id_list=2601.00001"),
    ],
)
def test_an_identifier_becomes_a_whole_entry(given: str, asked: str) -> None:
    """From the documented answer of either host comes the same work, with a key made of it."""
    seen = []

    def ask(url: str, accept: str) -> str:
        seen.append(url)
        return fixtures.DOI if accept == "application/x-bibtex" else fixtures.ARXIV

    (made,) = addpaper.additions(fetch.bibtex(given, ask), [], fresh_keys=True)

    assert seen == [asked]
    assert (made.paper.key, made.paper.year, made.paper.doi) == ("test2026made", 2026, "10.1000/made.up")
    assert made.paper.title == "A made-up title for a test of the reader"
    assert [author.family for author in made.paper.authors] == ["Test", "van Test"]
    assert made.paper.arxiv == ("" if "doi.org" in asked else "2601.00001")


@pytest.mark.parametrize(
    "answer", [fixtures.ARXIV_UNKNOWN, "Rate exceeded.", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"]
)
def test_an_answer_that_is_none_is_said_in_a_line(answer: str) -> None:
    """An unknown number, a refusal in words and a document type are no entries."""
    with pytest.raises(fetch.CannotFetch):
        fetch.bibtex("2601.00001", lambda url, accept: answer)


def test_without_network_the_way_out_is_said(tree: Path, kg: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that cannot be reached is one line and exit 1, and says that BibTeX can be pasted."""

    def unreachable(*_: object, **__: object) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr(requests, "get", unreachable)

    said = kg("add", "2103.00065", "--strand", "toy", code=1).output

    assert (
        said
        == "Error: no answer from export.arxiv.org (ConnectionError); paste its BibTeX instead: kg add - (that needs no network)\n"
    )


def test_only_add_loads_the_network(tree: Path) -> None:
    """No other module of kg imports the client."""
    sources = {p.name: p.read_text() for p in (Path(__file__).parent.parent / "kg").rglob("*.py")}

    assert [name for name, text in sources.items() if "import requests" in text or "urllib.request" in text] == [
        "fetch.py"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("claim:plateau", "claim:edge-plateau"),
        ("paper:damian2022self", "paper:damian2023self"),
        ("prediction:stability-limit/onset", "prediction:stability-limit/begin"),
        ("question:why-two", "question:why-there"),
        ("argument:small-nets", "argument:only-small-nets"),
        ("concept:gradient-descent", "concept:descent"),
        ("assumption:quadratic-loss", "assumption:constant-curvature"),
    ],
)
def test_a_rename_is_followed_everywhere(old: str, new: str, tree: Path, kg: Kg) -> None:
    """The check stays clean, comments stay, the old address and its bare id lead to the new one."""
    toytree.edit(tree, "data/assumptions.yaml", "quadratic-loss:", "# of one curvature\nquadratic-loss:")
    before = len(load(tree))

    kg("retire", old, "--to", new, "--why", "says it better")

    graph = load(tree)
    assert toytree.findings(tree) == []
    assert "# of one curvature\n" in (tree / "data/assumptions.yaml").read_text()
    assert (len(graph), new in graph) == (before, True)
    assert graph.resolve(old)[0] == graph.resolve(old.partition(":")[2])[0] == new
    assert "retired already" in kg("retire", old, "--why", "again", code=2).output


def test_merging_sends_references_to_the_other(tree: Path, kg: Kg) -> None:
    """A concept merged into another is gone, and what named it names that; a rename before it leads on to it."""
    kg("new", "concept", "--id", "step", "--title", "Steps", "--statement", "Moves.", "--requires", "gradient-descent")
    toytree.edit(tree, "data/readings.yaml", "teaches: {curvature: meet}", "teaches: {curvature: meet, step: meet}")
    kg("retire", "concept:step", "--to", "concept:stride", "--why", "a better word")
    toytree.edit(tree, "data/readings.yaml", "curvature: meet, stride: meet", "stride: meet")
    kg("retire", "concept:stride", "--to", "concept:curvature", "--why", "one thing")

    assert toytree.findings(tree) == []
    assert load(tree).resolve("concept:step")[0] == "concept:curvature"


def test_what_is_still_referred_to_is_not_withdrawn(tree: Path, kg: Kg) -> None:
    """Every reference is listed with its line, and nothing is written; without any, the record goes and the reason stays."""
    said = kg("retire", "paper:damian2022self", "--why", "wrong", code=1).output

    assert "data/questions/why-two.yaml:12 of question:why-two" in said
    assert files(tree) == files(toytree.TOY)
    kg("retire", "question:why-two", "--why", "nobody asks")
    assert "nobody asks" in kg("show", "why-two", code=2).output
    assert toytree.findings(tree) == []


def test_the_runner_is_no_terminal() -> None:
    """The tests above really run without one."""
    assert not sys.stdin.isatty()
