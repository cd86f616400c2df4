"""kg new on a copy of the toy tree: canonical, checked, never overwriting, never asking in vain."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import click
import pytest
from click.testing import CliRunner, Result

from kg import declarations, meanings, measurements, results, scriptfile
from kg.cli import asking, main
from kg.contribute import mend, skeleton
from kg.declarations import Source
from kg.graph import load
from kg.records import Claim
from tests import experiment, toytree
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
    text = (tree / path).read_text()
    assert text.startswith("# yaml-language-server: $schema=../schema/claim.schema.json\ntitle: ")
    assert mend.formatted(text, path) == text
    assert toytree.findings(tree) == []


def test_without_a_terminal_every_missing_flag_is_named(tree: Path, kg: Kg) -> None:
    """Nothing is asked for where nobody can answer: one message names all that is missing, and nothing is written."""
    before = files(tree)

    said = kg("new", "claim", "--title", "T", code=2).output

    assert all(flag in said for flag in ("--statement", "--kind", "--strand", "--paper", "--depth"))
    assert "--title (" not in said
    assert files(tree) == before


def test_on_a_terminal_what_is_missing_is_asked_for(tree: Path, kg: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that find one id are it once that is confirmed; of several that they find a number picks one."""
    monkeypatch.setattr(asking, "interactive", lambda: True)
    answers = "Noise helps\nNoise lowers the loss.\nlaw\nempirical\n\nnetworks\n2\nbackground\nabstract\n\n"

    said = kg("new", "claim", text=answers).output

    assert "empirical-laws  Simple empirical laws\ntake it? [Y/n]" in said
    offered = [line.split()[1] for line in said.splitlines() if line.startswith(("  1  ", "  2  "))][:2]
    assert "cohen2021gradient" in offered
    assert "its source (id or words, ? lists them, or a number of the list)" in said
    written = (tree / "data/claims/noise-helps.yaml").read_text()
    assert "strands: [empirical-laws]" in written
    assert f"paper: {offered[1]}" in written
    assert "role: background" in written


def test_a_single_hit_may_be_declined(tree: Path, kg: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one thing that words find is not taken where the answer is no; an id that is typed whole is never asked of."""
    monkeypatch.setattr(asking, "interactive", lambda: True)
    flags = [*CLAIM[: CLAIM.index("--strand")], "--role", "background", "--depth", "abstract"]

    said = kg(*flags, text="empirical\nn\nsolvable-settings\nsaxe2014exact\n\n").output

    assert said.count("take it?") == 1
    assert "strands: [solvable-settings]" in (tree / "data/claims/momentum-widens-stable-range.yaml").read_text()


def test_other_words_may_follow_at_once(tree: Path, kg: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one thing is offered, 1 takes it, and words in the place of yes and no are looked up."""
    monkeypatch.setattr(asking, "interactive", lambda: True)
    flags = [*CLAIM[: CLAIM.index("--strand")], "--role", "background", "--depth", "abstract"]

    said = kg(*flags, text="empirical\nsolvable\n1\nsaxe2014exact\n\n").output

    assert said.count("take it?") == 2
    assert said.count("strand (id or words, ? lists them)") == 1
    assert "strands: [solvable-settings]" in (tree / "data/claims/momentum-widens-stable-range.yaml").read_text()


def test_a_list_says_how_many_more_there_are(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more hits than are shown it is said how many are left."""
    monkeypatch.setattr(asking, "NEAR", 1)
    monkeypatch.setattr(asking, "interactive", lambda: True)

    @click.command()
    def pick() -> None:
        click.echo(f"took {asking.Asker(load(tree)).reference('--paper', None, 'paper', 'its source')}")

    said = CliRunner().invoke(pick, input="learning\n2\n1\n").output

    assert "  and 1 more; more words narrow it down" in said
    assert "took " in said


def test_enter_at_a_choice_says_what_is_needed(kg: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter, or a word that is none of them, brings the allowed values with what each means."""
    monkeypatch.setattr(asking, "interactive", lambda: True)
    flags = [*CLAIM[: CLAIM.index("--kind")], *CLAIM[CLAIM.index("--strand") : CLAIM.index("--depth")]]

    said = kg(*flags, text="\nlore\nlaw\n\nbackground\n\nabstract\n\n").output

    assert "this needs an answer, one of" in said
    assert "found 'lore', one of" in said
    for values in (meanings.KINDS, meanings.ROLES, meanings.DEPTHS):
        assert all(f"    {value}  " in said and meaning in said for value, meaning in values.items())


def test_the_words_for_values_are_those_of_the_record() -> None:
    """Each allowed value has its meaning, and no other has one."""
    assert list(meanings.KINDS) == list(get_args(Claim.model_fields["kind"].annotation))
    assert set(meanings.ROLES) == set(get_args(Source.model_fields["role"].annotation))
    assert tuple(meanings.DEPTHS) == get_args(declarations.Depth)
    assert tuple(meanings.TYPES) == get_args(declarations.Type)
    assert tuple(meanings.LEVELS) == declarations.LEVELS


def test_a_role_that_was_not_given_is_told(tree: Path, kg: Kg) -> None:
    """By flags alone a source's role is its own result, and that is said; a role that is given is not repeated."""
    assert "role: own-result, as no --role was given" in kg(*CLAIM).output
    assert "role:" not in kg(*CLAIM, "--id", "again", "--force", "--role", "background").output


def test_a_claim_that_is_there_is_refused_with_the_pair(tree: Path, kg: Kg) -> None:
    """Both statements are shown and nothing is written; --force writes it, and the check then warns of the pair."""
    said = kg(*TWIN, code=1).output

    assert "there  data/claims/stability-limit.yaml:1" in said
    assert "new    up-two-over-curvature" in said
    assert len(list((tree / "data/claims").iterdir())) == 2
    kg(*TWIN, "--force")
    assert [f.rule for f in toytree.findings(tree)] == ["same-statement"]


def test_the_nearest_claims_are_shown(tree: Path, kg: Kg) -> None:
    """A claim that was written is followed by the nearest ones, with what they say, and by how to take it back."""
    said = kg(*CLAIM).output

    assert said.index("wrote data/claims/") < said.index("near it; is yours one of these")
    assert "Then take it back: rm data/claims/momentum-widens-stable-range.yaml" in said
    shown = said.partition("near it")[2].splitlines()[1:]
    assert "  plateau  Full-batch training settles where sharpness is two over the step size" in shown
    statements = [line for line in shown if line.startswith("      ")]
    assert shown[1] in statements


def test_the_nearest_questions_arguments_and_concepts_are_shown(tree: Path, kg: Kg) -> None:
    """A new question, argument or concept is followed by those that are nearest, a target in common counting double."""
    said = kg("new", "question", "--title", "Why is the plateau at two?", "--statement", "What makes it two?",
              "--strand", "empirical-laws", "--settled-by", "a bound on it", "--answer", "the bound", "--stakes", "the bound",
              "--difficulty", "hard", "--paper", "cohen2021gradient").output  # fmt: skip
    assert said.partition("near it")[2].splitlines()[1].startswith("  why-two  ")

    argument = ("new", "argument", "--statement", "In wide networks it is seen late.", "--paper", "cohen2021gradient",
                "--by", "person", "--stance", "objects", "--target", "claim:plateau")  # fmt: skip
    kg(*argument, "--title", "Width hides the plateau")
    said = kg(*argument, "--title", "Networks are not wide", "--force").output
    assert "  width-hides-plateau  Width hides the plateau" in said

    concept = ("new", "concept", "--statement", "Steps down the slope.", "--title")
    kg(*concept, "Descent in steps")
    assert "  descent-steps  Descent in steps" in kg(*concept, "Steps up the slope", "--force").output


def test_nothing_is_overwritten(tree: Path, kg: Kg) -> None:
    """An id that is taken is refused, with --force too."""
    said = kg(*CLAIM, "--id", "plateau", "--force", code=2).output

    assert "--id: 'plateau' is taken" in said

    assert files(tree) == files(toytree.TOY)


@pytest.mark.parametrize("name", ["../../escaped", "Upper", "a b"])
def test_an_id_that_is_none_is_refused(name: str, tree: Path, kg: Kg) -> None:
    """No id leads out of its folder or breaks the grammar of ids."""
    assert f"--id: found {name!r}, expected" in kg(*CLAIM, "--id", name, code=2).output
    kg("retire", "claim:plateau", "--to", f"claim:{name}", "--why", "one law", code=1)

    assert files(tree) == files(toytree.TOY)
    assert not (tree.parent / "escaped.yaml").exists()


def test_a_record_that_check_would_refuse_is_not_written(tree: Path, kg: Kg) -> None:
    """TeX that cannot render stops the claim, with the flag, the rule, and what a shell does to a dollar sign."""
    said = kg(*CLAIM, "--statement", "The edge is $2/eta.", code=1).output

    assert "--statement: unbalanced-tex: found an odd number of $" in said
    assert "put the text between single ones" in said
    assert "data/claims" not in said
    said = kg(*CLAIM, "--statement", "With $ units and $ patterns it holds.", code=1).output
    assert "--statement: unbalanced-tex: found a blank at an end of $ units and $" in said
    assert "a shell reads $ between double quotes" in said
    assert files(tree) == files(toytree.TOY)


def test_a_prediction_is_added_and_comments_stay(tree: Path, kg: Kg) -> None:
    """It becomes the last of the list, before what follows it and its comments."""
    path = "data/claims/stability-limit.yaml"
    toytree.edit(tree, path, "counter-search:", "# where it was sought\ncounter-search:")
    kg("new", "prediction", "--claim", "stability-limit", "--id", "tail", "--statement", "The loss grows.", "--type",
       "qualitative", "--about", "derived", "--refuted-if", "The loss stays small.")  # fmt: skip

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
       "A sweep of rates.", "--answer", "this", "--stakes", "The rates.", "--difficulty", "easy", "--paper", "damian2022self")  # fmt: skip
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

    assert [finding.rule for finding in toytree.findings(tree)] == ["placeholder-script"]
    assert results.problems(result) == []
    declared = load(tree).node("prediction:stability-limit/onset").record
    assert measurements.read(declared, results.Result.model_validate(result)).problems == []
    assert said[-1] == '{"progress": 1.0}'
    assert "PLACEHOLDER" in (tree / "scripts/onset_again.py").read_text()
    again = kg(
        "new", "reproduction", "onset_again", "--prediction", "stability-limit/onset", "--level", "field", code=1
    )
    assert "scripts/onset_again.py is there already; choose another NAME" in again.output
    assert "--id" not in again.output


def test_a_skeleton_is_unwritten_until_measure_is(tmp_path: Path) -> None:
    """Its marks are told with where they stand; with measure() replaced only the marks are left to be mended."""
    text = skeleton.script("made", r"A claim of $\eta$.", prediction(EQUALITY))
    (tmp_path / "made.py").write_text(text)
    made, found = scriptfile.load(tmp_path, "made.py")
    assert made is not None
    assert made.unwritten
    assert [where for _, where in made.marks] == ["the docstring", "the docstring", "the docstring of measure"]
    costs = next(number for number, row in enumerate(text.split("\n"), 1) if "CPU seconds of one core" in row)
    assert made.marks[1][0] == costs  # a cost that nobody measured
    assert "put the measurement in its place" in found[0].message

    (tmp_path / "made.py").write_text(
        text.replace(scriptfile.MEASURE, "return float(2 + rng.standard_normal() / draws)")
    )
    made, found = scriptfile.load(tmp_path, "made.py")
    assert made is not None
    assert (made.unwritten, len(made.marks)) == (False, 3)
    assert "PLACEHOLDER is still in the docstring" in found[0].message


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


def test_the_sizes_of_a_skeleton_stand_in_one_place() -> None:
    """Each number of draws is written once, so that changing a budget changes all that is said of it."""
    text = skeleton.script("made", "A claim.", prediction(EQUALITY))
    sizes = ("100", "10000", "1000000")

    assert [len(re.findall(rf"\b{size}\b", text.replace("_", "").replace(" 0", "0"))) for size in sizes] == [1, 1, 1]


def test_the_runner_is_no_terminal() -> None:
    """The tests above really run without one."""
    assert not sys.stdin.isatty()


def test_all_that_is_named_and_not_there_is_told_at_once(kg: Kg) -> None:
    """An unknown strand and an unknown claim are told in one go, each with what is near it."""
    words = list(CLAIM)
    words[words.index("empirical-laws")] = "empirical-lawz"
    said = kg(*words, "--builds-on", "platau", code=2).output

    assert "there is no strand 'empirical-lawz'" in said
    assert "there is no claim 'platau'" in said


def test_a_target_is_named_by_its_id_alone(tree: Path, kg: Kg) -> None:
    """An argument's target without its kind is the one node of that id."""
    kg("new", "argument", "--title", "Seen late", "--statement", "In wide networks it is seen late.", "--paper",
       "cohen2021gradient", "--by", "person", "--stance", "objects", "--target", "plateau")  # fmt: skip

    [made] = (tree / "data/arguments").glob("seen*.yaml")
    assert "claim:plateau" in made.read_text(encoding="utf-8")
