"""kg new on a terminal: questions in the order of the help, a way back, and each fault told at its own question."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kg.cli import asking, dialogue, main
from kg.cli.creating import new
from tests import toytree
from tests.test_new import CLAIM, files, tree

__all__ = ["tree"]  # fixture

TITLE, SAYS = "Noise lowers the edge", "In noisy training sharpness stays below the edge."
HEAD = ["plateau", "late", "It is late.", "{}", "derived", "It is seen early."]
SHARP = ["0.1", "drift of it", "slow=9"]
DIALOGUES: dict[str, list[str]] = {  # a whole dialogue by kind, or by type of prediction
    "claim": [TITLE, SAYS, "law", "empirical-laws", "cohen2021gradient", "background", "abstract", ""],
    "question": ["Why is it lower?", "What lowers the edge in noise?", "empirical-laws", "Choice of step size.", "hard",
                 "The drift is measured.", "yes", "", "cohen2021gradient", ""],
    "argument": ["Seen too late", "In wide networks it is seen late.", "objects", "plateau", "cohen2021gradient", "person", ""],
    "concept": ["Momentum of heavy balls", "Each step keeps a share of the last.", ""],
    "reading": ["cohen2021gradient", "Sec. 2, 4 pages", "15", "gradient-descent=meet"],
    "equality": [*HEAD, "late_size", "eta=1", "2", *SHARP],
    "bound": [*HEAD, "late_size", "eta=1", "at-most 2", *SHARP],
    "exponent": [*HEAD, "late_size", "", "-1", "width", "1,2,4,8", *SHARP],
    "threshold": [*HEAD, "late_size", "", "4", "1,9.5", "0.1", "drift of it", "slow=8"],
    "ordering": [*HEAD, "late_size", "", "width", "1,2", "up", "0.1", "drift of it", "flat=0"],
    "switch": [*HEAD, "late_size", "decay=1,at-least=0.9", "decay=0,at-most=0.2", "time=true,false"],
    "qualitative": HEAD,
}  # fmt: skip


@pytest.fixture(autouse=True)
def somebody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "interactive", lambda: True)


def kg(tree: Path, *arguments: str, answers: list[str]) -> Result:
    return CliRunner().invoke(main, ["--root", str(tree), "new", *arguments], input="".join(f"{a}\n" for a in answers))


def scripted(name: str) -> tuple[str, list[str]]:
    return (name if name in new.commands else "prediction"), [answer.format(name) for answer in DIALOGUES[name]]


@pytest.mark.parametrize("name", DIALOGUES)
def test_questions_come_in_the_order_of_the_help(name: str, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The flags that are asked for, one after the other, stand in the help one below the other."""
    asked: list[str] = []
    answered = dialogue.Dialogue.answer

    def noted(self: Any, flag: str, ask: Any) -> str:
        asked.append(flag)
        return answered(self, flag, ask)

    monkeypatch.setattr(dialogue.Dialogue, "answer", noted)
    kind, answers = scripted(name)

    done = kg(tree, kind, answers=answers)

    assert done.exit_code == 0, done.output
    listed = re.findall(
        r"^  (--[a-z-]+)\b(?! ')", CliRunner().invoke(main, ["new", kind, "--help"]).output, re.MULTILINE
    )
    assert [flag for flag in listed if flag in asked] == [flag for flag in asked if " " not in flag]  # of a second pair


@pytest.mark.parametrize("name", ["claim", "question", "reading", "exponent", "switch"])
def test_going_back_at_every_question_changes_nothing(name: str, tmp_path: Path) -> None:
    """After < the question before is asked with its answer as default, and Enter keeps it: the record is the same."""
    kind, answers = scripted(name)
    straight, wandering = toytree.copy(tmp_path / "a"), toytree.copy(tmp_path / "b")
    back = [answers[0], *(step for answer in answers[1:] for step in ("<", "", answer))]

    assert kg(straight, kind, answers=answers).exit_code == 0
    done = kg(wandering, kind, answers=back)

    assert done.exit_code == 0, done.output
    assert f"[{answers[0]}]:" in done.output
    assert files(wandering) == files(straight)


def test_a_second_thought_is_what_is_written(tree: Path) -> None:
    """Two steps back, another title: it is written, and the answers in between come as defaults."""
    _, answers = scripted("claim")
    done = kg(tree, "claim", answers=["<", *answers[:3], "<", "<", "<", "Noise lifts the edge", "", "", *answers[3:]])

    assert done.exit_code == 0, done.output
    assert "there is no question before" in done.output
    assert done.output.count(dialogue.OPENING) == 1
    text = (tree / "data/claims/noise-lifts-edge.yaml").read_text()
    assert (SAYS in text, "kind: law" in text) == (True, True)


def test_the_nearest_lead_back_too(tree: Path) -> None:
    """At the last question, whether it is one of the nearest, < asks for the one before."""
    _, answers = scripted("claim")
    done = kg(tree, "claim", answers=[*answers[:-1], "<", "section", ""])

    assert done.exit_code == 0, done.output
    assert "depth: section" in (tree / "data/claims/noise-lowers-edge.yaml").read_text()


@pytest.mark.parametrize(
    ("name", "at", "wrong", "said"),
    [
        ("claim", 0, "x", "hollow-text: found 'x'"), ("claim", 0, "The edge is $2", "unbalanced-tex: found an odd number"),
        ("claim", 1, r"It is $\frac{1$ at most.", "unbalanced-tex: found unbalanced braces"),
        ("claim", 1, r"It is \eta at most.", "found \\eta outside of $"),
        ("claim", 1, f"{TITLE}.", "hollow-text: found the same words as in title"),
        ("claim", 2, "lore", "found 'lore', one of"), ("claim", 3, "", "this needs an answer"),
        ("question", 3, "tbd", "hollow-text: found 'tbd'"), ("question", 5, "todo", "hollow-text: found 'todo'"),
        ("question", 6, "?", "hollow-text: found '?'"), ("reading", 2, "soon", "wrong-value: found 'soon'"),
        ("reading", 3, "nothing=meet", "there is no concept 'nothing'"), ("reading", 3, "a=b=", "expected concept=level"),
        ("equality", 1, "two-over-eta", "'two-over-eta' is taken"), ("equality", 1, "A B", "found 'A B', expected"),
        ("equality", 5, "It is late", "hollow-text: found the same words as in statement"),
        ("equality", 7, "eta", "found 'eta', expected name=value"), ("equality", 8, "2/", "bad-arithmetic: "),
        ("equality", 9, "5%", "wrong-value: found '5%'"), ("equality", 10, "w", "hollow-text: found 'w'"),
        ("equality", 11, "slow", "found 'slow', expected name=value"), ("bound", 8, "2", "expected at-most and a value"),
        ("threshold", 9, "4-9", "found '4-9', expected two numbers; write 4,9"), ("exponent", 10, "1,2,x,4", "wrong-value: found 'x'"), ("ordering", 10, "sideways", "wrong-value: found 'sideways'"),
        ("switch", 7, "decay=1", "expected a setting and a bound"), ("switch", 9, "time=true", "expected name=true,false"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_question(name: str, at: int, wrong: str, said: str, tree: Path) -> None:
    """What is wrong with an answer comes before the next question, which is the same again; then all goes its way."""
    kind, answers = scripted(name)

    done = kg(tree, kind, answers=[*answers[:at], wrong, *answers[at:]])

    assert done.exit_code == 0, done.output
    told = done.output.partition(said)
    assert told[1], done.output
    before, after = told[0].splitlines()[-2], (told[1] + told[2]).splitlines()
    again = next(line for line in after if line.startswith(before.partition(":")[0]))
    assert after.index(again) <= 7


def test_a_title_whose_id_is_taken_brings_the_question_of_an_id(tree: Path) -> None:
    """It is asked where the flag stands in the help, with an id that is free, and a taken one is told there."""
    (tree / "data/claims/noise-lowers-edge.yaml").write_text((tree / "data/claims/plateau.yaml").read_text())
    _, answers = scripted("claim")

    done = kg(tree, "claim", "--force", answers=[*answers[:4], "plateau", "noise-lowers-edge-2", *answers[4:]])

    assert "'noise-lowers-edge' is taken; such as noise-lowers-edge-2" in done.output
    assert "'plateau' is taken; give this one another --id" in done.output


def test_a_flag_that_is_wrong_is_told_before_anything_is_asked(tree: Path) -> None:
    """On a terminal a wrong strand costs no answers."""
    done = kg(tree, "claim", "--strand", "empirical-lawz", answers=[])

    assert done.exit_code == 2
    assert "there is no strand 'empirical-lawz'" in done.output
    assert dialogue.OPENING not in done.output


@pytest.mark.parametrize("flags", [["--strand", "nope"], ["--kind", "x"], ["--title", "y"], ["--id", "plateau"]])
def test_a_refusal_shows_no_usage(flags: list[str], tree: Path) -> None:
    """What was said is refused in words alone; only a command line that is none brings its usage."""
    done = kg(tree, *CLAIM[1:], "--role", "background", *flags, answers=[])

    assert done.exit_code in (1, 2)
    assert "Usage:" not in done.output
    assert "Try '" not in done.output
    assert "Usage:" in kg(tree, "claim", "--nope", answers=[]).output


def test_a_question_may_have_several_observations(tree: Path) -> None:
    """After a pair another is asked for until there is none; < leads through them, and each keeps its own answer."""
    _, answers = scripted("question")
    more = ["It stays at two.", "no, by step size", "<", "by step size", ""]
    done = kg(tree, "question", answers=[*answers[:7], *more, *answers[8:]])

    assert done.exit_code == 0, done.output
    (path,) = set((tree / "data/questions").iterdir()) - {tree / "data/questions/why-two.yaml"}
    rows = path.read_text().partition("settled-by:")[2]
    assert [row in rows for row in ("The drift is measured.", "It stays at two.", "answer: by step size")] == [True] * 3

    said = [
        "--settled-by",
        "The drift is measured.",
        "--answer",
        "yes",
        "--settled-by",
        "It stays at two.",
        "--answer",
        "no it is",
    ]
    done = kg(tree, "question", "--id", "again", "--force", *said, answers=[*answers[:5], *answers[8:]])
    assert done.exit_code == 0, done.output
    assert "It stays at two." in (tree / "data/questions/again.yaml").read_text()


def test_a_question_mark_lists_what_there_is(tree: Path) -> None:
    """Where a kind has few nodes ? shows them all with numbers, one of which is the answer."""
    _, answers = scripted("claim")
    done = kg(tree, "claim", answers=[*answers[:3], "?", "2", *answers[4:]])

    assert done.exit_code == 0, done.output
    assert "strand (id or words, ? lists them)" in done.output
    strands = list(toytree.graph().nodes("strand"))
    assert f"  2  {strands[1].id}  {strands[1].title}" in done.output
    assert strands[1].id in (tree / "data/claims/noise-lowers-edge.yaml").read_text()


def test_what_flags_gave_is_kept_with_the_answers(tree: Path) -> None:
    """Ctrl-C tells one command line: what it had, repeated flags and switches too, and what was answered since."""
    flags = ["--title", TITLE, "--builds-on", "plateau", "--builds-on", "stability-limit", "--force"]
    done = kg(tree, "claim", *flags, answers=[SAYS])

    kept = f"--title '{TITLE}' --builds-on plateau --builds-on stability-limit --force --statement '{SAYS}'"
    [told] = [line for line in done.output.splitlines() if line.startswith("  --")]
    assert sorted(told.split()) == sorted(kept.split())


def test_at_the_first_question_flags_are_pointed_to(tree: Path) -> None:
    """What a flag gave is no question to go back to."""
    done = kg(
        tree, "concept", "--title", "Momentum of heavy balls", answers=["<", "Each step keeps a share of the last.", ""]
    )

    assert "there is no question before; what a flag gave is changed on the command line" in done.output


@pytest.mark.parametrize("none", ["n", "no", ""])
def test_a_number_that_is_not_of_the_list_is_told_plainly(none: str, tree: Path) -> None:
    """The nearest are picked by their numbers, and n or Enter is none of them."""
    _, answers = scripted("claim")
    done = kg(tree, "claim", answers=[*answers[:-1], "99", none])

    assert done.exit_code == 0, done.output
    assert "  found '99', expected a number of the list, 1, or n for none" in done.output
