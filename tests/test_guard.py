"""Reading in a child process first: whatever ends it costs the file that did, and never the server."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kg import guard, reader
from kg.guard import Limits, Vetted, Vetting
from kg.ui import LOCAL, ROOT
from tests import toytree

REPOSITORY = Path(__file__).parent.parent
DYING = (sys.executable, "-m", "tests.dying_reader")
HASTY = Limits(cpu_seconds=4, memory_bytes=3 << 29)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return toytree.copy(tmp_path)


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children that die of files whose names say so."""
    monkeypatch.setattr(guard, "COMMAND", DYING)


def add_claim(tree: Path, name: str) -> str:
    """A sound claim under ``name``, and its path."""
    path = f"data/claims/{name}.yaml"
    text = (tree / "data/claims/plateau.yaml").read_text().partition("predictions:")[0]
    (tree / path).write_text(text)
    return path


def test_a_sound_tree_passes_whole(tree: Path) -> None:
    """Nothing is left out, and the gate lets every file in."""
    vetted = Vetting(tree).result()

    assert vetted == Vetted()
    assert reader.load(tree, vetted.gate) == reader.load(tree)


def test_a_file_with_errors_is_no_danger(tree: Path) -> None:
    """What the readers refuse with a finding is read by the app too."""
    (tree / "data/claims/broken.yaml").write_text("title: [unclosed\n")

    assert Vetting(tree).result() == Vetted()


@pytest.mark.usefixtures("dying")
def test_each_file_that_ends_a_child_is_left_out_with_the_reason(tree: Path) -> None:
    """Four files, four ways to die: each is named, and nothing else is lost."""
    ways = {
        "exit": "ended the reader (status 9)", "crash": "ended the reader by SIGSEGV",
        "memory": "needed more than 1.5 GB of memory", "raise": "failed with RuntimeError",
    }  # fmt: skip
    expected = {add_claim(tree, f"dies-{way}"): f"reading it {why}" for way, why in ways.items()}

    assert Vetting(tree, HASTY).result() == Vetted(expected)


@pytest.mark.usefixtures("dying")
def test_a_file_that_uses_the_processor_for_ever_is_left_out(tree: Path) -> None:
    """The limit on processor time ends the child."""
    path = add_claim(tree, "dies-spin")

    assert Vetting(tree, HASTY).result() == Vetted({path: "reading it needed more than 4 s of processor time"})


@pytest.mark.usefixtures("dying")
def test_a_child_that_is_silent_is_ended(tree: Path) -> None:
    """A read that waits forever is cut off; the time is a limit and not a speed."""
    path = add_claim(tree, "dies-hang")
    vetted = Vetting(tree, Limits(silence=2.0)).result()

    assert vetted.left_out == {path: "reading it took longer than 2 s"}


@pytest.mark.usefixtures("dying")
def test_a_file_that_ends_the_whole_is_found_by_halving(tree: Path) -> None:
    """The files are read, and then the checks die of one claim: that one is left out."""
    path = add_claim(tree, "poison")
    found = Vetting(tree, HASTY).result()

    assert found.left_out == {path: "reading it ended the reader (status 7)"}


@pytest.mark.usefixtures("dying")
def test_after_too_many_deaths_nothing_is_read(tree: Path) -> None:
    """The app then shows an empty record with the reason, and not a record that may end it."""
    for number in range(3):
        add_claim(tree, f"dies-exit-{number}")
    vetted = Vetting(tree, Limits(rounds=1)).result()

    assert "no single file explains it" in vetted.refused
    read = reader.load(tree, vetted.gate)
    assert not read.claims
    assert not read.papers


def test_a_child_that_cannot_start_is_said(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the files are read without limits, which the app says; it is no reason to show nothing."""
    monkeypatch.setattr(guard, "COMMAND", ("/nowhere/python",))
    assert "no process can be started" in Vetting(tree).result().unguarded
    monkeypatch.setattr(guard, "COMMAND", (*DYING, "start"))
    vetted = Vetting(tree).result()

    assert "status 3" in vetted.unguarded
    assert vetted.gate("data/claims/plateau.yaml") is None


LEFT_OUT = ("bib/toy.bib", "data/claims/plateau.yaml", "data/strands.yaml", "data/retired.yaml",
            "scripts/quadratic_onset.py")  # fmt: skip


@pytest.mark.parametrize("path", LEFT_OUT)
def test_a_file_that_is_left_out_is_a_finding_and_explains_what_refers_to_it(path: str, tree: Path) -> None:
    """One error at its path, and none about references to what it holds."""
    read = reader.load(tree, {path: "reading it took too long"}.get)

    assert [f.rule for f in read.findings if f.place.path == path] == ["left-out-file"]
    assert "reading it took too long, so it is left out" in str(read.findings)
    from kg import checks
    from kg.graph import Graph

    others = [f for f in checks.run(Graph(read)) if f.severity == "error" and f.rule != "left-out-file"]
    assert others == []


@pytest.mark.usefixtures("dying")
def test_the_app_serves_the_rest_and_names_the_file(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a file that kills its reader, every page works; the banner names the file, the other claims are there."""
    path = add_claim(tree, "dies-exit")
    monkeypatch.setenv(ROOT, str(tree))
    monkeypatch.delenv(LOCAL, raising=False)
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    app.query_params["node"] = "claim:plateau"
    app.switch_page("kg/ui/pages/explore.py").run()

    assert not app.exception
    assert [box.label for box in app.expander if "1 error in 1 file" in box.label]
    assert any(path in str(code.value) and "status 9" in str(code.value) for code in app.code)
    assert any("Full\\-batch training settles" in str(title.value) for title in app.subheader)
