"""The page *Propose*, driven without a browser: each form gives a file that the rules judge, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kg import guard, repository
from kg.contribute import modeline
from kg.ui import LOCAL, ROOT
from tests import toytree
from tests.test_ui import labels, page, said


@pytest.fixture(autouse=True)
def tree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A read-only server of a copy of the toy tree."""
    monkeypatch.setattr(guard.Vetting, "__init__", lambda *_: None)
    monkeypatch.setattr(guard.Vetting, "result", lambda _: guard.Vetted())
    tree = toytree.copy(tmp_path)
    monkeypatch.setenv(ROOT, str(tree))
    monkeypatch.delenv(LOCAL, raising=False)
    repository.address.cache_clear()
    st.cache_data.clear()
    before = sorted((path.relative_to(tree), path.read_bytes()) for path in tree.rglob("*") if path.is_file())
    yield tree
    now = sorted((path.relative_to(tree), path.read_bytes()) for path in tree.rglob("*") if path.is_file())
    assert [path for path, _ in now if path.name != "pyproject.toml"] == [path for path, _ in before]
    assert [one for one in now if one[0].name != "pyproject.toml"] == before
    st.cache_data.clear()


def filled(app: AppTest, form: str, /, **fields: str | list[str]) -> AppTest:
    """The page after the fields were filled in; a name has _ for the hyphen."""
    every = {element.key: element for element in (*app.text_input, *app.text_area, *app.selectbox, *app.multiselect)}
    for name, typed in fields.items():
        every[f"propose:{form}/{name.replace('_', '-')}"].set_value(typed)
    app = app.run()
    assert not app.exception, [element.message for element in app.exception]
    return app


def claim(**changes: str | list[str]) -> dict[str, str | list[str]]:
    return {
        "title": "Momentum moves the edge", "statement": r"Sharpness hovers at $(2+2\beta)/\eta$.", "kind": "law",
        "strands": ["empirical-laws"], "paper": "cohen2021gradient", "role": "own-result", "depth": "abstract",
        "predicts": "Late sharpness rises with momentum.", "refuted_if": "The sharpness falls.", "about": "trained-network",
    } | changes  # fmt: skip


def test_a_claim_becomes_a_file_that_passes() -> None:
    """A filled form passes the rules, shows the card with its place in the graph, and its file can be copied."""
    app = filled(page("propose", kind="claim"), "claim", **claim())

    text = said(app)
    assert "It passes the rules" in "\n".join(str(one.value) for one in app.success)
    assert "data/claims/momentum-moves-edge.yaml" in text
    assert "Its place in the graph" in text
    [file] = [code.value for code in app.code if code.language == "yaml"]
    assert file.startswith(
        f"{modeline.of('data/claims/x.yaml')}\ntitle: Momentum moves the edge\nstatement: Sharpness hovers at $(2+2\\beta)/\\eta$.\n"
    )
    assert "refuted-if: The sharpness falls." in file
    assert "Open a pull request" in labels(app)
    assert repository.UNSET.split(" (")[0] in text


def test_what_is_missing_and_what_is_wrong_are_told_apart() -> None:
    """Fields left empty are still needed; an unknown claim is an error with its line and what to do."""
    app = filled(page("propose", kind="claim"), "claim", title="Momentum moves the edge", more="builds-on: [plateu]")

    [needed] = [str(one.value) for one in app.info]
    assert needed == "Still needed: *Statement* · *Kind* · *Strands* · *Source*."
    assert "did you mean 'plateau'" in said(app)
    app = filled(app, "claim", **claim(more="builds-on: [plateu]"))
    assert "did you mean 'plateau'" in said(app)
    assert "1 error to mend" in said(app)


def test_what_is_wrong_is_told_while_other_fields_are_empty() -> None:
    """A prediction that nothing refutes, a known title, an unknown claim, open TeX and a bad name are told at once."""
    app = filled(
        page("propose", kind="claim"), "claim", more="builds-on: [plateu]", predicts="Late sharpness is $2/\\eta.",
        title="Full-batch training settles where sharpness is two over the step size", id="Not An Id",
    )  # fmt: skip

    [needed] = [str(one.value) for one in app.info]
    assert needed == "Still needed: *Statement* · *Kind* · *Strands* · *Source* · *It speaks of*."
    told = said(app)
    for what in ("did you mean 'plateau'", "refuted-if is missing", "odd number of $", "found 'Not An Id'"):
        assert what in told
    assert "4 errors to mend" in told
    assert "seems to be there already" in told
    assert "still-needed" not in told


def test_an_address_of_the_repository_opens_the_way(tree: Path) -> None:
    """With an address set, a new file opens filled in, and a correction opens the file that it corrects."""
    (tree / "pyproject.toml").write_text('[project.urls]\nRepository = "https://git.example/a/b"\n')
    app = filled(page("propose", kind="claim"), "claim", **claim())
    [link] = [one.proto.url for one in app.get("link_button") if one.proto.label == "Open a pull request"]
    assert link.startswith(
        "https://git.example/a/b/new/main?filename=data%2Fclaims%2Fmomentum-moves-edge.yaml&value=%23%20yaml-language"
    )
    assert repository.new_file("https://h/a/b", "x.yaml", "é" * 4000) == "https://h/a/b/new/main?filename=x.yaml"

    app = page("propose", kind="correction", about="prediction:plateau/two-over-eta")
    [area] = app.text_area
    was = (tree / "data/claims/plateau.yaml").read_text(encoding="utf-8")
    assert area.value == was
    app = area.set_value(was.replace("kind: law", "kind: observation")).run()
    assert "+kind: observation" in "\n".join(code.value for code in app.code if code.language == "diff")
    [link] = [one.proto.url for one in app.get("link_button") if one.proto.label == "Open a pull request"]
    assert link == "https://git.example/a/b/edit/main/data/claims/plateau.yaml"


def test_attempts_arguments_and_sources() -> None:
    """The three other forms give files that pass: a question with one attempt more, an objection, a pasted entry."""
    app = filled(
        page("propose", kind="attempt", about="question:why-two"),
        "attempt",
        paper="cohen2021gradient",
        outcome="partial",
    )
    assert "- {paper: cohen2021gradient, outcome: partial}" in "\n".join(code.value for code in app.code) or (
        "{paper: cohen2021gradient, outcome: partial}]" in "\n".join(code.value for code in app.code)
    )
    assert app.success

    app = filled(
        page("propose", kind="argument", about="claim:plateau"), "argument", title="It is width", statement="Width alone sets it.",
        stance="objects", paper="saxe2014exact", by="person", severity="minor",
    )  # fmt: skip
    assert app.success, said(app)

    entry = "@article{new2026, author = {B, A}, title = {A title}, year = {2026}, journal = {J}}"
    app = filled(page("propose", kind="source"), "source", bibtex=entry)
    assert app.success, said(app)
    assert "@article{new2026,\n  author = {B, A},\n" in "\n".join(code.value for code in app.code)


def test_what_is_there_already_is_named() -> None:
    """A statement in other words and a work under another key are told as the same one, with the reason."""
    app = filled(
        page("propose", kind="claim"), "claim",
        **claim(title="Full-batch training settles where sharpness is two over the step size", statement=r"Sharpness rises and then hovers at $2/\eta$."),
    )  # fmt: skip
    assert "seems to be there already" in "\n".join(str(one.value) for one in app.warning)

    entry = (toytree.TOY / "bib/toy.bib").read_text(encoding="utf-8")
    entry = entry[entry.index("@") : entry.index("\n}") + 2]
    key = entry[entry.index("{") + 1 : entry.index(",")]
    app = filled(page("propose", kind="source"), "source", bibtex=entry.replace(key, "another2099key", 1))
    assert "seems to be there already" in "\n".join(str(one.value) for one in app.warning)


def test_a_source_that_is_not_there_yet_is_named_by_its_key() -> None:
    """A key typed below the list stands in the file; the list itself takes only what it has, so Enter picks from it."""
    app = filled(page("propose", kind="argument", about="claim:plateau"), "argument", new_paper="new2026")

    assert "paper: new2026" in "\n".join(code.value for code in app.code)
    assert "'new2026' is not in bib/" in said(app)
