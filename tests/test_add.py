"""kg add on a copy of the toy tree: entries as the others are, each work once, the network only where it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from kg.cli import asking
from kg.contribute import addpaper, fetch
from tests import fixtures, toytree
from tests.test_new import Kg, files, kg, tree

__all__ = ["kg", "tree"]  # fixtures

PASTED = """@Article{Some_Key,
 title="Stability of Everything in {ReLU} Networks", author={Test, Ada}, journal = {arXiv preprint arXiv:2601.00002},
 year=2026, abstract={Long.}, url={https://arxiv.org/abs/2601.00002v3}, month=jan}
"""


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


def test_a_key_of_another_form_is_kept_and_told(tree: Path, kg: Kg) -> None:
    """The key that was given stays, with the usual form beside it; --key sets another, but none that is taken."""
    said = kg("add", "-", "--strand", "toy", text=PASTED).output
    assert "the key 'Some_Key' was kept, and is for good; the record's keys read 'test2026stability'" in said

    other = PASTED.replace("00002", "00003").replace("Stability of Everything", "Decay of Anything")
    assert (
        "is taken; choose another --key"
        in kg("add", "-", "--strand", "toy", "--key", "some_key", text=other, code=1).output
    )
    assert "is no citation key" in kg("add", "-", "--strand", "toy", "--key", "a b", text=other, code=1).output
    said = kg("add", "-", "--strand", "toy", "--key", "test2026decay", text=other).output
    assert "added test2026decay to bib/toy.bib" in said
    assert "was kept" not in said


@pytest.mark.parametrize(
    ("fields", "made"),
    [("booktitle={Proceedings of Tests}", "inproceedings"), ("note={A talk}", "misc"), ("journal={J}", "article")],
)
def test_another_type_is_told(fields: str, made: str, tree: Path, kg: Kg) -> None:
    """An article without a journal is what its fields make it, and that is said."""
    pasted = f"@article{{test2026decay, title={{Decay of it}}, author={{Test, Ada}}, year={{2026}}, {fields}}}"

    said = kg("add", "-", "--strand", "toy", text=pasted).output

    assert f"@{made}{{test2026decay," in (tree / "bib/toy.bib").read_text()
    assert (f"@article without a journal was made @{made}" in said) == (made != "article")


def test_a_warning_is_called_one(tree: Path, kg: Kg) -> None:
    """What the new entry makes the check warn of is printed as a warning, and the entry is added."""
    pasted = "@article{test2026decay, title={Decay of it}, author={TEST, Ada}, year={2026}, journal={J}}"

    said = kg("add", "-", "--strand", "toy", text=pasted).output

    assert "warning: bib/toy.bib:" in said
    assert "added test2026decay" in said


def test_a_file_that_is_missing_is_no_matter_of_room(tree: Path, kg: Kg) -> None:
    """A path with a mistake in it is told to be looked at, not to be given room."""
    said = kg("add", "nothere.bib", "--strand", "toy", code=1).output

    assert "nothere.bib: No such file or directory; check how it is spelled" in said
    assert "room" not in said


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
    ("answers", "key"),
    [(["", ""], "Saxe2014exacta"), (["a b", "cohen2021gradient", "test2026all"], "test2026all")],
)
def test_on_a_terminal_a_taken_key_is_asked_for(
    answers: list[str], key: str, tree: Path, kg: Kg, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The work that has the key is named, Enter takes the free one, and what is no key or taken too is told."""
    monkeypatch.setattr(asking, "interactive", lambda: True)
    (tmp_path / "mine.bib").write_text(PASTED.replace("Some_Key", "Saxe2014exact"))

    said = kg("add", str(tmp_path / "mine.bib"), "--strand", "toy", text="\n".join(answers)).output

    assert "the key 'Saxe2014exact' is taken by another work: Saxe" in said
    assert "which key, then, for good [Saxe2014exacta]" in said
    assert ("is no citation key" in said, "is taken too" in said) == (len(answers) > 2, len(answers) > 2)
    assert f"added {key} to bib/toy.bib" in said
    assert toytree.findings(tree) == []


def test_a_work_that_is_there_is_refused_before_a_key_is_asked_for(
    tree: Path, kg: Kg, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where key and work are both there it is the same work, and no other key makes it another."""
    monkeypatch.setattr(asking, "interactive", lambda: True)
    text = (tree / "bib/toy.bib").read_text()
    (tmp_path / "mine.bib").write_text("@" + text.split("@")[1])

    said = kg("add", str(tmp_path / "mine.bib"), "--strand", "toy", code=1).output

    assert "this work seems to be there already" in said
    assert "which key" not in said


@pytest.mark.parametrize(
    "broken", ["@article{x, title={A}", "<html>", "@misc{x, title={A}, year={MMXX}, author={B, C}}"]
)
def test_broken_bibtex_is_told_with_its_line(broken: str, tree: Path, kg: Kg) -> None:
    """What cannot be read is a finding with a line, and nothing is written."""
    assert "the BibTeX given:1: " in kg("add", "-", "--strand", "toy", text=broken, code=1).output
    assert files(tree) == files(toytree.TOY)


@pytest.mark.parametrize(
    ("names", "write"),
    [
        ("Sanger, T. D., Oja, E., Linsker, R.", "write Sanger, T. D. and Oja, E. and Linsker, R."),
        ("Sanger, T. D. et al.", "write Sanger, T. D. and others"),
    ],
)
def test_names_that_do_not_split_are_refused(names: str, write: str, tree: Path, kg: Kg) -> None:
    """Before anything is written: the line of the names, how to write them, and no key made of a broken name."""
    pasted = f"@article{{x,\n title={{Decay of it}},\n author={{{names}}},\n year={{2026}}, journal={{J}}}}"

    said = kg("add", "-", "--strand", "toy", text=pasted, code=1).output

    assert f"the BibTeX given:3: unsplit-name: {names!r} does not split into given and family name; {write}" in said
    assert "key" not in said
    assert files(tree) == files(toytree.TOY)


def test_authors_that_a_comma_joins_are_refused(tree: Path, kg: Kg) -> None:
    """Where both names begin as others' do nothing is written; where nothing is known, how they were read is told."""
    pasted = "@article{{x,\n title={{Decay of it}},\n author={{{}}},\n year={{2026}}, journal={{J}}}}"

    said = kg("add", "-", "--strand", "toy", text=pasted.format("Andrew Saxe, Surya Ganguli"), code=1).output
    assert "the BibTeX given:3: authors-run-together: found 'Andrew Saxe' as the family name of 'Surya Ganguli'" in said
    assert "write Andrew Saxe and Surya Ganguli" in said
    assert files(tree) == files(toytree.TOY)

    said = kg("add", "-", "--strand", "toy", text=pasted.format("Teuvo Kohonen, Jane Doe")).output
    assert "'Teuvo Kohonen' was read as the family name of 'Jane Doe'; if these are two authors, join them" in said


def test_a_number_is_no_key_for_good(tree: Path, kg: Kg) -> None:
    """A key of digits alone, as a host exports it, gives way to the usual one, and --key may still say it."""
    said = kg("add", "-", "--strand", "toy", text=PASTED.replace("Some_Key", "1057328")).output
    assert "the key '1057328' is a number that tells nothing, so this is 'test2026stability' (--key sets it)" in said
    assert "added test2026stability to bib/toy.bib" in said

    other = PASTED.replace("00002", "00003").replace("Stability of Everything", "Decay of Anything")
    assert "added 1057328 to" in kg("add", "-", "--strand", "toy", "--key", "1057328", text=other).output


def test_what_was_added_says_how_to_take_it_back(tree: Path, kg: Kg) -> None:
    """One entry or several are named with their file, as the last ones of it."""
    two = PASTED + PASTED.replace("Some_Key", "b").replace("00002", "00003").replace("Stability", "Decay")

    said = kg("add", "-", "--strand", "toy", text="@misc{c, title={Growth}, author={Roe, Sam}, year={2020}}").output
    assert "to take it back: delete c, the last entry of bib/toy.bib" in said
    said = kg("add", "-", "--strand", "toy", text=two).output
    assert "to take it back: delete Some_Key and b, the last 2 entries of bib/toy.bib" in said


def test_of_several_works_the_new_ones_are_named(tree: Path, kg: Kg) -> None:
    """Where one of two is there, nothing is written; which is new and which key is to be cited is told."""
    known = "@article{x, title={Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural Networks}, author={Saxe, A. and Ganguli, S.}, year={2013}, journal={J}}"

    said = kg("add", "-", "--strand", "toy", text=f"{known}\n{PASTED}", code=1).output

    assert "cite it as it is there, --paper saxe2014exact; --force adds it all the same" in said
    assert "the title is the same, and the lists of authors overlap" in said
    assert "nothing was written; not there yet, to be given without the others:\n  Some_Key: Test 2026" in said
    assert files(tree) == files(toytree.TOY)


def test_a_plain_reference_is_told_to_be_none(tree: Path, kg: Kg) -> None:
    """Text without an entry is told as what it is, with the form of BibTeX, and with nothing else."""
    said = kg(
        "add", "-", "--strand", "toy", text="\nOja, E. (1982). A simplified neuron. J. Math. Biol.\n", code=1
    ).output

    assert "the BibTeX given:2: bib-syntax: found 'Oja, E. (1982)." in said
    assert "this is not BibTeX; it reads @article{key, title = {…}" in said
    assert "empty-bib" not in said
    assert files(tree) == files(toytree.TOY)


@pytest.mark.parametrize("start", ["@article{,", "@article{", "@article{two words,"])
def test_an_entry_without_a_key_has_one_finding(start: str, kg: Kg) -> None:
    """What is wrong is the key; that there is no other entry is not told."""
    said = kg(
        "add", "-", "--strand", "toy", text=f"{start} title={{A}}, year={{2026}}, author={{B, C}}}}", code=1
    ).output

    assert said.count("the BibTeX given:") == 1
    assert "key" in said


def test_an_unknown_strand_brings_the_nearest(tree: Path, kg: Kg) -> None:
    """Words of a strand that has a bibliography bring it; others bring all bibliographies."""
    (tree / "bib/solvable-settings.bib").write_text(PASTED)

    said = kg("add", "-", "--strand", "solvable", text=PASTED, code=2).output
    assert "--strand: there is no bib/solvable.bib; near it:\n  solvable-settings  Solvable settings" in said
    assert "one of solvable-settings, toy" in kg("add", "-", "--strand", "zzz", text=PASTED, code=2).output


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
