"""kg new prediction takes every field of a declaration by flag, and asks on a terminal for what a test needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kg.cli import asking, main
from kg.cli.declaring import FIELDS
from kg.declarations import Prediction
from kg.graph import load
from tests import toytree
from tests.declared import record

HEAD = [
    "--claim",
    "plateau",
    "--id",
    "p",
    "--statement",
    "It is seen late.",
    "--about",
    "trained-network",
    "--refuted-if",
    "It is seen early.",
]
COMMON = {"id": "p", "statement": "It is seen late.", "about": "trained-network", "refuted-if": "It is seen early."}
WHY = {"why": "seen in theory"}
MAP = (
    "{axes: {eta: [1, 2, 3, 4, 5], width: [1, 2, 3, 4, 5]}, regime-axes: {eta: depth, width: depth},"
    " critic: {cell: {eta: 1, width: 5}, why: seen in theory}}"
)

# flags, and the record that they make
CASES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "exponent": (
        [
            "--formula", r"\eta^{-1}", "--quantity", "change", "--in", "width", "--over", "128,256,512,1024",
            "--at-most", "-0.5", "--tolerance", "0.1", "--tolerance-why", "seen in theory", "--seeds", "16,32", "--seeds-why", "seen in theory",
            "--rival", '{name: keeps, expected: "0", claim: plateau}', "--rival", "a=b=0.1", "--precondition", "loss<=1e-3",
            "--precondition", "rise >= 2: why it: must", "--conditioned-on", "alive>=1", "--control", "none=change_none",
            "--limit", "width -> inf=-0.5", "--regime", "depth=>= 2", "--foreseen", "agrees", "--foreseen-why", "seen in theory",
            "--source", "paper=saxe2014exact,role=background,where=Sec. 1.2, Eq. 11,depth=section", "--by", "2030-01-01",
            "--evidence", "paper=cohen2021gradient,outcome=mixed,depth=abstract,where=Fig. 3, left,in-regime=false",
        ],
        {
            "formula": r"\eta^{-1}", "quantity": "change", "in": "width", "over": ["128", "256", "512", "1024"],
            "at-most": "-0.5", "tolerance": {"value": "0.1"} | WHY, "seeds": {"start": "16", "cap": "32"} | WHY,
            "rivals": [{"name": "keeps", "expected": "0", "claim": "plateau"}, {"name": "a=b", "expected": "0.1"}],
            "preconditions": [
                {"quantity": "loss", "at-most": "0.001"}, {"quantity": "rise", "at-least": "2", "why": "why it: must"},
            ],
            "conditioned-on": {"quantity": "alive", "at-least": "1"},
            "control": {"name": "none", "quantity": "change_none"}, "limit": {"as": "width -> inf", "value": "-0.5"},
            "regime": {"depth": ">= 2"}, "foreseen": {"verdict": "agrees"} | WHY, "by": "2030-01-01",
            "source": {
                "paper": "saxe2014exact", "role": "background", "where": "Sec. 1.2, Eq. 11", "depth": "section",
            },
            "evidence": [
                {"paper": "cohen2021gradient", "outcome": "mixed", "where": "Fig. 3, left", "depth": "abstract",
                 "in-regime": "false"},
            ],
        },
    ),
    "ordering": (
        [
            "--quantity", "cka", "--contrast", "of=trained,minus=untrained", "--along", "width", "--order", "[16, 64, 256]",
            "--direction", "up", "--min-gap", "0.03", "--min-gap-why", "seen in theory", "--rival", "flat=0,0",
        ],
        {
            "quantity": "cka", "contrast": {"of": "trained", "minus": "untrained"}, "along": "width",
            "order": ["16", "64", "256"], "direction": "up", "min-gap": {"value": "0.03"} | WHY,
            "rivals": [{"name": "flat", "gaps": ["0", "0"]}],
        },
    ),
    "switch": (
        [
            "--quantity", "acc", "--passes", "weight-decay=1,at-least=0.9", "--fails",
            "{condition: {weight-decay: 0}, at-most: 0.2}", "--rival", "time=true,false",
        ],
        {
            "quantity": "acc", "passes": {"condition": {"weight-decay": "1"}, "at-least": "0.9"},
            "fails": {"condition": {"weight-decay": "0"}, "at-most": "0.2"},
            "rivals": [{"name": "time", "passes": "true", "fails": "false"}],
        },
    ),
    "threshold": (
        [
            "--quantity", "at", "--grid", "curvature=1,4", "--grid", "eta=0.1,0.2", "--expected", "4", "--searched", "1,6",
            "--tolerance", "0.04", "--tolerance-why", "seen in theory", "--rival", "quadratic=2", "--compare", "ratio",
        ],
        {
            "quantity": "at", "conditions": {"grid": {"curvature": ["1", "4"], "eta": ["0.1", "0.2"]}}, "expected": "4",
            "searched": ["1", "6"], "tolerance": {"value": "0.04"} | WHY,
            "rivals": [{"name": "quadratic", "expected": "2"}], "compare": "ratio",
        },
    ),
    "bound": (
        [
            "--quantity", "at", "--condition", "eta=0.1,beta=0", "--condition", "{eta: 0.2, beta: 0}", "--at-least", "4",
            "--tolerance", "0.04", "--tolerance-why", "seen in theory", "--rival", "quadratic=2", "--deterministic",
            "--test", "script=quadratic_onset,level=trained-network", "--map", MAP,
        ],
        {
            "quantity": "at", "conditions": [{"eta": "0.1", "beta": "0"}, {"eta": "0.2", "beta": "0"}], "at-least": "4",
            "tolerance": {"value": "0.04"} | WHY, "rivals": [{"name": "quadratic", "expected": "2"}],
            "deterministic": "true", "tests": [{"script": "quadratic_onset", "level": "trained-network"}],
            "map": {
                "axes": {"eta": ["1", "2", "3", "4", "5"], "width": ["1", "2", "3", "4", "5"]},
                "regime-axes": {"eta": "depth", "width": "depth"},
                "critic": {"cell": {"eta": "1", "width": "5"}} | WHY,
            },
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", CASES)
def test_flags_make_the_record_that_they_say(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The flags of each type give exactly the declaration that is written out beside them."""
    flags, said = CASES[kind]
    seen: list[dict[str, Any]] = []

    def keep(text: str, fields: dict[str, Any], path: str) -> str:
        seen.append(fields)
        raise SystemExit(0)

    monkeypatch.setattr("kg.contribute.drafts.with_prediction", keep)
    done = CliRunner().invoke(
        main, ["--root", str(toytree.TOY), "new", "prediction", *HEAD, "--type", kind, *flags], catch_exceptions=False
    )

    assert done.exit_code == 0, done.output
    plain = {name: _kept(value) for name, value in seen[0].items() if value != []}
    frozen = plain["frozen"]
    assert Prediction.model_validate(record(plain)) == Prediction.model_validate(
        record(COMMON | {"type": kind, "frozen": frozen} | said)
    )


def _kept(value: Any) -> Any:
    """What is written: None is left out."""
    if isinstance(value, dict):
        return {name: _kept(inner) for name, inner in value.items() if inner is not None}
    return [_kept(item) for item in value] if isinstance(value, list) else value


def test_an_exponent_is_written_and_clean(tmp_path: Path) -> None:
    """All the flags of the longest case at once make a file without a finding."""
    tree = toytree.copy(tmp_path)
    flags, _ = CASES["exponent"]

    done = CliRunner().invoke(main, ["--root", str(tree), "new", "prediction", *HEAD, "--type", "exponent", *flags])

    assert done.exit_code == 0, done.output
    assert toytree.findings(tree) == []
    assert load(tree).node("prediction:plateau/p").record.over == (128, 256, 512, 1024)


def test_every_field_has_a_flag() -> None:
    """No field of a declaration has to be written by hand."""
    asked = {"id", "statement", "type", "about", "refuted-if", "frozen"}

    assert {info.alias for info in Prediction.model_fields.values()} == asked | {f.field for f in FIELDS} - {"grid"}


ANSWERS = {
    "exponent": (
        ["change", "", "at-most -0.5", "width", "128,256,512,1024", "0.1", "drift of it", "keeps=0"],
        {"at_most": "-0.5", "in_": "width", "conditions": ()},
    ),
    "ordering": (
        ["cka", "eta=0.1; eta=0.2", "width", "16,64", "up", "0.03", "noise of it", "flat=0"],
        {"direction": "up"},
    ),
    "switch": (["acc", "decay=1,at-least=0.9", "decay=0,at-most=0.2", "time=true,false"], {"quantity": "acc"}),
    "bound": (["loss", "eta=0.1", "at-least 2", "0.1", "drift of it", "none=1"], {"at_least": "2", "expected": None}),
    "equality": ([""], {"quantity": None, "expected": None}),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_terminal_is_asked_for_what_a_test_needs(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers alone make a declaration that lacks nothing; without a quantity nothing more is asked."""
    tree = toytree.copy(tmp_path)
    monkeypatch.setattr(asking, "interactive", lambda: True)
    answers, said = ANSWERS[kind]

    done = CliRunner().invoke(
        main, ["--root", str(tree), "new", "prediction", *HEAD, "--type", kind], input="\n".join(answers) + "\n"
    )

    assert done.exit_code == 0, done.output
    made = load(tree).node("prediction:plateau/p").record
    assert made.missing == () or made.quantity is None
    assert {name: getattr(made, name) for name in said} == said
    assert ("a script can test it once" in done.output) == (made.quantity is None)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--type", "equalty"], "--type: found 'equalty', expected equality, bound,"),
        (["--type", "switch", "--passes", "decay=1"], "expected a setting and a bound, setting=value,at-least=number"),
        (["--type", "switch", "--rival", "time=true"], "expected name=true,false"),
        (["--type", "bound", "--precondition", "loss<1"], "expected 'quantity<=number'"),
        (["--type", "bound", "--regime", "depth=>=2 ="], "--regime: wrong-value: found '>= 2 ='"),
        (
            ["--type", "bound", "--tolerance", "1"],
            "--tolerance-why (why this tolerance, from outside of any run); such as --tolerance-why 'growth",
        ),
        (["--type", "bound", "--evidence", "papr=x"], "expected paper=…,outcome=…"),
        (["--type", "bound", "--rival", "{name: [}"], "--rival: "),
        (["--type", "bound", "--condition", "a=1", "--grid", "a=1,2"], "exclude each other"),
        (["--type", "bound", "--seeds", "16", "--seeds-why", "seen in theory"], "expected a start and a cap"),
        (["--type", "bound", "--regime", "depth"], "expected axis=value"),
        (["--type", "ordering", "--min-gap", "0.1"], "--min-gap-why"),
    ],
)
def test_a_flag_in_another_form_is_told_with_the_form(flags: list[str], said: str) -> None:
    """A usage error quotes the flag and the form that it has; nothing is written and nothing raises."""
    done = CliRunner().invoke(main, ["--root", str(toytree.TOY), "new", "prediction", *HEAD, *flags])

    assert done.exit_code == 2, done.output
    assert said in done.output
