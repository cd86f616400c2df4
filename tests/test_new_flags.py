"""The flags of kg new: each names the field that it gives, is told of what is wrong with it, and shows a value that works."""

from __future__ import annotations

import inspect
import shlex
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from kg import records
from kg.cli import asking, main, predicting, writing
from kg.cli.creating import new
from kg.cli.declaring import FIELDS
from kg.cli.flags import Flag, flag_of
from kg.contribute import drafts
from kg.declarations import Prediction, Test
from kg.validation import Origin, build
from tests import toytree
from tests.declared import record

MODELS: dict[str, type[BaseModel]] = {
    name: getattr(records, name.capitalize()) for name in ("claim", "question", "argument", "concept", "reading")
} | {"prediction": Prediction, "reproduction": Prediction}
NO_FIELD = {"--id", "--force", "--claim", "--prediction", "--help"}
GIVEN = [
    (name, one) for name, command in new.commands.items() for one in command.params if isinstance(one, click.Option)
]
PREDICTION = ["new", "prediction", "--claim", "plateau", "--id", "p", "--statement", "It is seen late.", "--about", "trained-network",
              "--refuted-if", "It is seen early.", "--type"]  # fmt: skip
COMMON = {
    "id": "p", "statement": "S.", "type": "bound", "about": "field", "frozen": {"date": "2026-11-26", "pilot": "false"},
}  # fmt: skip
CLAIM = ["new", "claim", "--title", "Noise helps", "--statement", "Noise lowers the loss.", "--kind", "law", "--strand",
         "empirical-laws", "--paper", "cohen2021gradient", "--depth", "abstract"]  # fmt: skip


QUESTION = ["new", "question", "--title", "Why sharp?", "--statement", "What makes it so sharp?", "--strand",
            "empirical-laws", "--settled-by", "The drift is measured.", "--answer", "yes", "--stakes", "The step size.",
            "--difficulty", "hard", "--paper", "cohen2021gradient"]  # fmt: skip


def kg(tree: Path, *arguments: str, text: str = "") -> click.testing.Result:
    return CliRunner().invoke(main, ["--root", str(tree), *arguments], input=text)


def has(model: Any, path: list[str]) -> bool:
    """Whether the closed model, or one within it, has the field."""
    if not path:
        return True
    models = [m for m in (model, *get_args(model)) if inspect.isclass(m) and issubclass(m, BaseModel)]
    if not models:
        return any(has(inner, path) for inner in get_args(model))
    fields = {info.alias: info for info in models[0].model_fields.values()}
    return path[0] in fields and has(fields[path[0]].annotation, path[1:])


@pytest.mark.parametrize(("name", "one"), GIVEN, ids=[f"{name}{one.opts[0]}" for name, one in GIVEN])
def test_every_flag_names_its_field(name: str, one: click.Option) -> None:
    """Each flag of each kind gives fields that the record has, and a finding about each is told by that flag."""
    assert isinstance(one, Flag), "declare it with kg.cli.flags.option"
    assert one.fields or one.flag in NO_FIELD
    context = click.Context(new.commands[name])
    context.params = {str(one.name): "given"}
    for field in one.fields:
        assert has(MODELS[name], field.split("."))
        assert flag_of(context, field) == one.flag


def examples() -> list[tuple[str, str, Any]]:
    return [(one.field, one.example, one) for one in FIELDS if one.example and one.field != "grid"]


@pytest.mark.parametrize(("field", "example", "one"), examples(), ids=[row[0] for row in examples()])
def test_the_example_of_each_flag_has_the_form_of_its_field(field: str, example: str, one: Any) -> None:
    """What help and refusals show of a declaration's flag is read, and the record takes it."""
    value = one.read(one.flag, example)
    if field == "rivals":
        value = {"name": value["name"], "expected": value["value"]}
    if field == "seeds":
        value = dict(zip(("start", "cap"), value, strict=True)) | {"why": "w"}
    value = {"verdict": value, "why": "w"} if field == "foreseen" else {"value": value, "why": "w"} if (
        one.why and field != "seeds") else dict([value]) if field == "regime" else value  # fmt: skip
    plain = {key: each for key, each in value.items() if each is not None} if isinstance(value, dict) else value
    made, found = build(
        Prediction, record(COMMON | {field: [plain] if one.many and field != "regime" else plain}), Origin("")
    )

    assert found == []
    assert made is not None
    assert "".join(shlex.quote(example).split()) in "".join(
        kg(toytree.TOY, "new", "prediction", "--help").output.split()
    )


def test_help_goes_from_what_is_predicted_to_where_it_comes_from() -> None:
    """The flags of a prediction stand under headings, in the order in which one fills them."""
    said = kg(toytree.TOY, "new", "prediction", "--help").output

    headings = ["What is predicted:", "What it expects:", "How sharply:", "Rivals:", "Preconditions:", "Control:",
                "Test:", "Provenance:", "Other:"]  # fmt: skip
    assert [line for line in said.splitlines() if line in headings] == headings


@pytest.mark.parametrize("name", list(new.commands))
def test_the_example_of_each_help_runs(name: str, tmp_path: Path) -> None:
    """The command that help shows first is at most three lines, and writes a clean record as it stands."""
    tree = toytree.copy(tmp_path)
    if name == "reproduction":
        toytree.edit(tree, "data/claims/stability-limit.yaml",
                     "    tests: [{script: quadratic_onset, level: simulated-model}]\n", "")  # fmt: skip
    shown = inspect.cleandoc(new.commands[name].help or "").partition("\b\n")[2].partition("\n\n")[0]

    done = kg(tree, *shlex.split(shown.replace("\\\n", ""))[1:])

    assert done.exit_code == 0, done.output
    assert len(shown.splitlines()) <= 3
    assert [f for f in toytree.findings(tree) if f.severity == "error"] == []


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["bound", "--tolerance", "5%", "--tolerance-why", "seen in theory"], "--tolerance: wrong-value: found '5%'"),
        (["bound", "--tolerance", "{value: 1}", "--tolerance-why", "seen in theory"], "--tolerance: wrong-"),
        (["bound", "--by", "2027"], "--by: wrong-value: found '2027'"),
        (["bound", "--compare", "relative"], "--compare: wrong-value: found 'relative'"),
        (["bound", "--order", "1,2"], "--order: misplaced-field"),
        (["bound", "--source", "paper=x"], "--source: 'role' of source is missing"),
        (
            ["bound", "--source", "paper=cohen2021gradien,role=own-result"],
            "--source: there is no paper 'cohen2021gradien'; did you",
        ),
        (
            ["bound", "--source", "cohen"],
            "--source 'paper=cohen2021gradient,role=own-result,where=Sec. 2,depth=section'",
        ),
        (["bound", "--rival", "slow=1", "--rival", "slow=2"], "--rival: repeated-rival: 'slow' is named twice"),
        (
            ["bound", "--regime", "depht<=2"],
            "--regime: there is no axis 'depht' in data/regimes.yaml; did you mean 'depth'?",
        ),
        (
            ["bound", "--regime", "units<=2"],
            "--regime: there is no axis 'units' in data/regimes.yaml; the axes are depth and step-size",
        ),
        (["bound", "--refuted-if", "$x"], "--refuted-if: unbalanced-tex"),
        (["bound", "--tolerance", "0.1", "--tolerance-why", "$x"], "--tolerance-why: unbalanced-tex"),
        (["switch", "--rival", "time=maybe,true"], "such as --rival 'time alone=true,false'"),
        (["switch", "--rival", "time=true"], "such as --rival 'time alone=true,false'"),
        (["switch", "--passes", "decay=1"], "such as --passes weight-decay=1,at-least=0.9"),
    ],
)
def test_a_refusal_names_the_flag(flags: list[str], said: str) -> None:
    """What the rules find is told by the flag that was typed, never by a line of a file that was not written."""
    done = kg(toytree.TOY, *PREDICTION, *flags)

    assert done.exit_code in (1, 2)
    assert said.replace("--source: 'role'", "--source: missing-field: 'role'") in done.output
    assert "plateau.yaml:" not in done.output


def test_all_that_is_wrong_is_told_at_once() -> None:
    """An unknown strand, a wrong kind, a wrong depth, an id that is none and a claim that is not there: in one go."""
    said = kg(toytree.TOY, *CLAIM, "--kind", "theory", "--strand", "x", "--depth", "full text", "--id", "A B", "--needs",
              "gradient-descent,nope").output  # fmt: skip

    for flag in ("--kind", "--strand", "--depth", "--id", "--needs"):
        assert f"{flag}: " in said
    assert "there is no concept 'gradient-descent'" not in said


def test_a_script_name_with_a_hyphen_brings_the_one_meant() -> None:
    """The name is told with the one that it would be, together with a wrong level."""
    said = kg(toytree.TOY, "new", "reproduction", "onset-again.py", "--prediction", "stability-limit/onset", "--level",
              "toy").output  # fmt: skip

    assert "did you mean onset_again?" in said
    assert "--level: found 'toy'" in said


@pytest.mark.parametrize(("answer", "written"), [("\n", True), ("1\n", False)])
def test_on_a_terminal_the_nearest_come_before(
    answer: str, written: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest claims and what they say are shown before the file is written; naming one of them writes nothing."""
    tree = toytree.copy(tmp_path)
    monkeypatch.setattr(asking, "interactive", lambda: True)

    done = kg(tree, *CLAIM, "--role", "background", "--title", "Sharpness rises to an edge", text=answer)

    assert done.exit_code == 0, done.output
    assert r"Sharpness rises and then hovers at $2/\eta$." in done.output.partition("wrote")[0]
    assert (tree / "data/claims/sharpness-rises-edge.yaml").exists() == written
    assert ("nothing was written; it is plateau in data/claims/plateau.yaml" in done.output) != written


def test_answers_are_kept_where_they_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was answered before a refusal, or before Ctrl-C, is given back as flags."""
    monkeypatch.setattr(asking, "interactive", lambda: True)
    said = "Descent in small steps along the gradient"
    refused = kg(toytree.TOY, "new", "concept", text=f"Gradient descents\n{said}\n")
    twice = kg(toytree.TOY, *CLAIM[: CLAIM.index("--kind")], "--kind", "law", text="empirical-laws\n")

    assert (refused.exit_code, twice.exit_code) == (1, 1)
    assert f"--title 'Gradient descents' --statement '{said}'" in refused.output
    assert (
        "nothing was written\nyour answers, to be given as flags the next time:\n  --title 'Noise helps' --statement "
        "'Noise lowers the loss.' --kind law --strand empirical-laws\n" in twice.output
    )


def test_the_level_of_a_test_is_a_field() -> None:
    """The line that a reproduction adds has the fields that its flags name."""
    assert {"script", "level"} <= {info.alias for info in Test.model_fields.values()}


def test_a_prediction_is_named_by_its_id_within_the_claim(tmp_path: Path) -> None:
    """One that alone is called so is taken; of several that are, each is named in full."""
    tree = toytree.copy(tmp_path)
    toytree.edit(tree, "data/claims/stability-limit.yaml",
                 "    tests: [{script: quadratic_onset, level: simulated-model}]\n", "")  # fmt: skip
    reproduction = ("new", "reproduction", "onset_again", "--level", "simulated-model", "--prediction", "onset")
    done = kg(tree, *reproduction)
    assert done.exit_code == 0, done.output

    (tree / "scripts/onset_again.py").unlink()
    toytree.edit(tree, "data/claims/plateau.yaml", "id: two-over-eta", "id: onset")
    done = kg(tree, *reproduction)
    assert done.exit_code == 2
    assert "there is no prediction 'onset'" in done.output
    assert "  plateau/onset  " in done.output
    assert "  stability-limit/onset  " in done.output


def test_what_words_find_is_named_for_a_concept_that_is_none(tmp_path: Path) -> None:
    """Words of a concept's statement that are nobody's id bring the concept."""
    done = kg(toytree.TOY, *CLAIM, "--needs", "small-steps")

    assert "--needs: there is no concept 'small-steps'; near it:\n  gradient-descent  " in done.output


def test_a_quantity_that_others_hold_is_told_once_at_its_flag(tmp_path: Path) -> None:
    """Two predictions that accept other values bring one line with a name that is free, and a rival that links them."""
    tree = toytree.copy(tmp_path)
    sharp = [
        "--tolerance",
        "0.05",
        "--tolerance-why",
        "seen in theory",
        "--quantity",
        "onset",
        "--condition",
        "curvature=1",
    ]
    same = ["--claim", "stability-limit", "--id", "again", "--expected", "2", *sharp]
    assert kg(tree, *PREDICTION, "equality", *same).exit_code == 0
    done = kg(tree, *PREDICTION, "equality", "--expected", "3", *sharp)

    assert done.exit_code == 1
    assert done.output.count("--quantity: ") == 1
    others = "prediction:stability-limit/onset and prediction:stability-limit/again, which accept other values"
    assert f"--quantity: 'onset' is already a quantity of {others}" in done.output
    assert "such as plateau_onset" in done.output
    assert "stability-limit.yaml:" not in done.output
    assert kg(tree, *PREDICTION, "equality", "--expected", "3", *sharp, "--quantity", "plateau_onset").exit_code == 0
    linked = ["--id", "q", "--rival", "{name: onset, expected: '2', claim: stability-limit}"]
    assert kg(tree, *PREDICTION, "equality", "--expected", "3", *sharp, *linked).exit_code == 0
    assert "the whole record" in " ".join(kg(tree, "new", "prediction", "--help").output.split())


WRITTEN_ALWAYS = {"history.state", "history.because"}
"""Given by what the command is: a new question is open, because of the paper that raises it."""


def leaves(value: Any, at: str = "") -> set[str]:
    """The paths of a record's texts, without the places in lists; settings and concepts are names of the user's own."""
    if isinstance(value, list | tuple):
        return set().union(*(leaves(item, at) for item in value)) if value else set()
    if isinstance(value, dict):
        return set().union(*(leaves(inner, f"{at}.{name}" if at else name) for name, inner in value.items()))
    return set() if value in (None, "") else {at}


@pytest.mark.parametrize("name", sorted(set(new.commands) - {"reproduction"}))
def test_every_field_that_is_written_has_a_flag(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever stands in the file of the help's example, days and reasons too, is given by a flag that says so."""
    seen: list[dict[str, Any]] = []
    held = writing.held

    def keep(ask: Any, kind: str, path: str, at: Any, fields: dict[str, Any]) -> None:
        seen.append(fields)
        held(ask, kind, path, at, fields)

    for module in (writing, predicting):
        monkeypatch.setattr(module, "held", keep)
    shown = inspect.cleandoc(new.commands[name].help or "").partition("\b\n")[2].partition("\n\n")[0]
    more = ["--checked", "by-hand"] if name == "claim" else []
    done = kg(toytree.copy(tmp_path), *shlex.split(shown.replace("\\\n", ""))[1:], *more)
    assert done.exit_code == 0, done.output

    own = [one for one in new.commands[name].params if isinstance(one, Flag)]
    given = {field for one in own for field in one.fields}
    whole = {field for field in given if not any(other.startswith(f"{field}.") for other in given)}
    lacking = {
        path
        for path in leaves(seen[0])
        if path not in given and not any(path.startswith(f"{field}.") for field in whole)
    }
    assert lacking - WRITTEN_ALWAYS == set()


@pytest.mark.parametrize(
    ("command", "flag", "path", "line"),
    [
        (CLAIM, ["--checked", "by-hand", "--checked-on", "2026-11-02"], "data/claims/noise-helps.yaml", "checked: {date: 2026-11-02"),
        (QUESTION, ["--open-since", "2021-02-26"], "data/questions/why-sharp.yaml", "- {date: 2021-02-26, state: open"),
        ([*PREDICTION, "bound"], ["--frozen", "2026-11-02", "--pilot"], "data/claims/plateau.yaml",
         "frozen: {date: 2026-11-02, pilot: true}"),
    ],
    ids=["claim", "question", "prediction"],
)  # fmt: skip
def test_a_day_is_given_by_its_flag(command: list[str], flag: list[str], path: str, line: str, tmp_path: Path) -> None:
    """The day stands in the file as given; one that is no day is told at the flag."""
    tree = toytree.copy(tmp_path)
    done = kg(tree, *command, *flag)
    assert done.exit_code == 0, done.output
    assert line in (tree / path).read_text()

    day = next(one for one in reversed(flag) if one.startswith("--") and one != "--pilot")
    done = kg(toytree.TOY, *command, *flag, day, "yesterday")
    assert done.exit_code == 2
    assert f"{day}: wrong-value: found 'yesterday'" in done.output


def test_a_day_of_checking_needs_its_how() -> None:
    """The day alone says not how the claim was held against its source; nothing is written."""
    done = kg(toytree.TOY, *CLAIM, "--checked-on", "2026-11-02")

    assert done.exit_code == 2
    assert "--checked (by-hand|machine-assisted)" in done.output


ARGUMENT = ["new", "argument", "--title", "Seen too late", "--statement", "In wide networks it is seen late.", "--paper",
            "cohen2021gradient", "--by", "person"]  # fmt: skip
CONCEPT = ["new", "concept", "--title", "Momentum", "--statement", "Each step keeps a share of the last."]


@pytest.mark.parametrize(
    ("command", "flags", "path", "lines"),
    [
        (CLAIM, ["--regime", "depth>=2", "--counter-search", "date=2026-11-24,where=two surveys, by title,found=nothing"],
         "data/claims/noise-helps.yaml",
         ['regime: {depth: ">= 2"}', '{date: 2026-11-24, where: "two surveys, by title", found: nothing}']),
        (QUESTION, ["--presumes", "plateau"], "data/questions/why-sharp.yaml", ["presumes: [plateau]"]),
        (ARGUMENT, ["--stance", "objects", "--target", "plateau", "--severity", "minor"],
         "data/arguments/seen-too-late.yaml", ["severity: minor"]),
        (ARGUMENT, ["--stance", "replies", "--target", "argument:small-nets", "--concedes", "partial", "--revision", "none"],
         "data/arguments/seen-too-late.yaml", ["concedes: partial", "revision: none"]),
        (CONCEPT, ["--alias", "heavy ball", "--alias", "Polyak's momentum"], "data/concepts.yaml",
         ["aliases: [heavy ball, Polyak's momentum]"]),
    ],
    ids=["claim", "question", "objection", "reply", "concept"],
)  # fmt: skip
def test_what_is_rarely_given_has_a_flag_too(
    command: list[str], flags: list[str], path: str, lines: list[str], tmp_path: Path
) -> None:
    """Regimes, searches, what is presumed, how much is at stake or granted, and other names stand in the file as given."""
    tree = toytree.copy(tmp_path)
    done = kg(tree, *command, *flags, "--id", path.rpartition("/")[2].removesuffix(".yaml"))

    assert done.exit_code == 0, done.output
    assert [line for line in lines if line not in (tree / path).read_text()] == []


def test_parts_in_another_form_are_told_at_their_flags() -> None:
    """A regime without a sign and a search without its parts are told at once, each with a value that works."""
    said = kg(toytree.TOY, *CLAIM, "--regime", "depth", "--counter-search", "surveys").output

    assert "--regime: found 'depth', expected axis=value" in said
    assert "--counter-search: found 'surveys', expected date=…,where=…,found=…" in said
    assert "such as --regime 'depth>=2'" in said


NUMBERS = ["--quantity", "late", "--tolerance", "0.1", "--tolerance-why", "growth is slow near it"]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["threshold", "--expected", "0.1", "--searched", "0.05-0.3"], "--searched: found '0.05-0.3', expected two numbers; write 0.05,0.3"),
        (["exponent", "--in", "width", "--over", "8..64"], "--over: found '8..64', expected four numbers or more; such as --over"),
        (["equality", "--expected", "0,138"], "--expected: found '0,138'; write 0.138"),
        (["equality", "--expected", "2", "--rival", "none=0,5"], "--rival: found '0,5'; write 0.5"),
        (["equality", "--expected", "2/N"], "--expected: found 'N' in '2/N', and no settings are given (--condition N=…)"),
        (["equality", "--expected", "2/eta", "--condition", "eta=1", "--rival", "r=2/N"],
         "--rival: found 'N' in '2/N', expected the setting eta (--condition)"),
        (["equality", "--expected", "a+b", "--condition", "a=1,c=2"], "found 'b' in 'a+b', expected one of the settings a and c"),
    ],
)  # fmt: skip
def test_one_fault_of_numbers_is_one_line_with_its_mend(flags: list[str], said: str) -> None:
    """A range for two numbers, a decimal comma and a name that is no setting are told once, and nothing else is."""
    done = kg(toytree.TOY, *PREDICTION, *flags, *NUMBERS)

    assert said in done.output
    assert done.output.count("\n") == 1, done.output


def test_all_that_is_wrong_is_told_in_one_call() -> None:
    """Forms, what is not there, a text that says nothing and its mathematics do not wait for each other."""
    done = kg(
        toytree.TOY, *PREDICTION, "equality", "--by", "next year", "--regime", "units>=2", "--source",
        "paper = cohen2021gradien, role=own-result, where=Sec. 2, Eq. 3", "--refuted-if", "With $ units and $ it is not.",
        "--rival", "q", "--tolerance", "0.1",
    )  # fmt: skip

    rows = [
        "--by: wrong-value", "--regime: there is no axis 'units'", "--source: there is no paper 'cohen2021gradien'",
        "--source: missing-field: 'depth' of source is missing", "--rival: found 'q'", "--tolerance-why (why this tolerance,",
        "--refuted-if: unbalanced-tex: found a blank at an end of $ units and $", "a shell reads $ between double quotes",
    ]  # fmt: skip
    assert [row for row in rows if row not in done.output] == [], done.output


def test_a_comma_within_where_is_kept(tmp_path: Path) -> None:
    """Blanks around the parts of --source do not count, and a comma ends a value only before the next part."""
    tree = toytree.copy(tmp_path)
    source = "paper = cohen2021gradient, role=own-result, where = Sec. 2, Eq. 3, depth=section"
    done = kg(tree, *PREDICTION, "qualitative", "--source", source)

    assert done.exit_code == 0, done.output
    assert 'where: "Sec. 2, Eq. 3"' in (tree / "data/claims/plateau.yaml").read_text()
    assert "without --source" not in done.output


def test_without_a_source_those_of_the_claim_are_named(tmp_path: Path) -> None:
    """A prediction says whose statement it counts as, and with flags what a test of it lacks."""
    done = kg(toytree.copy(tmp_path), *PREDICTION, "exponent", "--in", "width")

    assert "without --source it counts as stated by the sources of plateau: cohen2021gradient" in done.output
    assert (
        "can test it once --expected or --at-most or --at-least, --over, --quantity, --rival and --tolerance are given"
        in done.output
    )


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("data/claims/plateau.yaml", "added plateau/p"),
        ("/some/where/data/claims/plateau.yaml", "added plateau/p"),
        ("plataeu", "--claim: there is no claim 'plataeu'; did you mean 'plateau'?"),
        ("data/questions/why-two.yaml", "--claim: there is no claim 'data/questions/why-two.yaml'"),
    ],
)
def test_a_claim_is_named_by_its_file_and_a_slip_brings_one(claim: str, said: str, tmp_path: Path) -> None:
    """The path of a claim's file is that claim; an id that is nearly right brings that one alone."""
    done = kg(toytree.copy(tmp_path), *PREDICTION, "qualitative", "--claim", claim)

    assert said in done.output
    assert ("near it" in done.output) == ("questions" in claim)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Sharpness rises before the plateau", "sharpness-rises-before-plateau"),
        (
            "Beyond the capacity of the network no pattern of the set is recalled",
            "beyond-capacity-network-no-pattern-set",
        ),
        (
            "Retrieval of a stored pattern is lost at once, when the load is too high",
            "retrieval-stored-pattern-lost-once",
        ),
    ],
)
def test_an_id_made_of_a_title_is_short_and_ends_in_a_telling_word(title: str, name: str) -> None:
    """At most 40 letters of the first telling words, and the last of them leads on to no other."""
    assert drafts.slug(title) == name
    assert len(name) <= 40
