"""Every rule of a declaration, broken alone, and the sound declarations next to the break."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kg.checks import declarations
from kg.checks.declarations import declaration_findings
from kg.declarations import FIELDS, Prediction
from kg.findings import RULES, Rule
from tests import toytree
from tests.declared import EQUALITY, EXPONENT, ORDERING, SWITCH, prediction, record

EXAMPLES = yaml.load((Path(__file__).parent / "declarations.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
BOUND = (
    "type: bound\nquantity: q\nat-most: '2'\ntolerance: {value: 0.1, why: w}\nrivals: [{name: other, expected: '3'}]"
)
THRESHOLD = EQUALITY.replace("equality", "threshold") + "searched: [1, 6]"
QUALITATIVE = "type: qualitative\nrefuted-if: it fails\ntests: []"
BASES = {
    "equality": EQUALITY, "bound": BOUND, "exponent": EXPONENT, "threshold": THRESHOLD,
    "ordering": ORDERING, "switch": SWITCH, "qualitative": QUALITATIVE,
}  # fmt: skip
Changes = dict[str, str | None]


def breaches(declared: Prediction) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(broken.name, location) for location, broken, _ in declaration_findings(declared)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_sound_examples(example: object) -> None:
    """The declarations that people are shown as examples break no rule."""
    assert breaches(Prediction.model_validate(record(example))) == []


@pytest.mark.parametrize("text", BASES.values(), ids=BASES)
def test_bases_are_sound(text: str) -> None:
    """The declarations that the cases below break are sound before."""
    assert breaches(prediction(text)) == []


@pytest.mark.parametrize(("kind", "text"), BASES.items())
def test_what_a_type_needs(kind: str, text: str) -> None:
    """Every field that a type needs is asked for when it is gone, and only for a tested prediction."""
    for names in FIELDS[kind][0]:  # type: ignore[index]
        name = next(name for name in names.split("|") if name in prediction(text).given)
        without = {name.replace("-", "_"): None}

        assert ("incomplete-declaration", (names.partition("|")[0],)) in breaches(prediction(text, **without))
        assert breaches(prediction(text, **without, tests="[]")) == []


EXTRA = {
    "conditions": "[{w: 1}]", "compare": "ratio", "contrast": "{of: a, minus: b}", "limit": "{as: w, value: v}",
    "tolerance": "{value: 1, why: w}", "expected": "from-run", "at-most": "from-run", "in": "w", "over": "[1, 2, 3, 4]",
    "searched": "[0, 9]", "along": "w", "order": "[1, 2]", "direction": "up", "min-gap": "{value: 1, why: w}",
    "passes": "{condition: {w: 1}, at-least: 1}", "fails": "{condition: {w: 0}, at-most: 0}", "seeds": "{start: 5, cap: 9, why: w}",
    "control": "{name: n, quantity: c}", "conditioned-on": "{quantity: c, at-least: 1}", "deterministic": "true",
    "preconditions": "[{quantity: c, at-least: 1}]",
}  # fmt: skip
ALLOWED = {
    "equality": {"conditions", "compare", "contrast", "limit", "seeds", "control", "conditioned-on", "deterministic", "preconditions"},
    "bound": {"conditions", "compare", "contrast", "limit", "seeds", "control", "conditioned-on", "deterministic", "preconditions"},
    "exponent": {"conditions", "compare", "contrast", "limit", "seeds", "control", "conditioned-on", "deterministic", "preconditions", "at-most"},
    "threshold": {"conditions", "compare", "limit", "seeds", "control", "conditioned-on", "deterministic", "preconditions"},
    "ordering": {"conditions", "contrast", "seeds", "control", "conditioned-on", "deterministic", "preconditions"},
    "switch": {"seeds", "conditioned-on", "deterministic", "preconditions"},
    "qualitative": set(),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), BASES.items())
def test_what_a_type_may_say(kind: str, text: str) -> None:
    """A field of another type is misplaced, where it stands; one of its own is not."""
    declared = prediction(text)
    for name, value in EXTRA.items():
        if name not in declared.given:
            found = breaches(prediction(text, **{name.replace("-", "_"): value}))
            assert (("misplaced-field", (name,)) in found) == (name not in ALLOWED[kind]), name


CASES: list[tuple[str, Changes, str, tuple[str | int, ...]]] = [
    (QUALITATIVE, {"refuted_if": None}, "no-refutation", ("refuted-if",)),
    (QUALITATIVE, {"tests": "[{script: x, level: derived}]"}, "no-refutation", ("tests",)),
    (QUALITATIVE, {"tests": "[{meter: x, level: derived}]"}, "no-refutation", ("tests",)),
    (EXPONENT, {"at_most": '"-1"'}, "two-targets", ("at-most",)),
    (BOUND, {"at_least": '"1"'}, "two-targets", ("at-least",)),
    (EQUALITY, {"rivals": None}, "no-rival", ("rivals",)),
    (EQUALITY, {"rivals": "[]"}, "no-rival", ("rivals",)),
    (SWITCH, {"rivals": None}, "no-rival", ("rivals",)),
    (EQUALITY, {"rivals": "[{name: o}]"}, "rival-without-value", ("rivals", 0)),
    (EQUALITY, {"rivals": "[{name: o, gaps: [0]}]"}, "rival-without-value", ("rivals", 0)),
    (EQUALITY, {"rivals": "[{name: o, expected: 3, passes: true}]"}, "rival-without-value", ("rivals", 0)),
    (ORDERING, {"rivals": "[{name: o, expected: 0}]"}, "rival-without-value", ("rivals", 0)),
    (ORDERING, {"rivals": "[{name: o, gaps: [0]}]"}, "rival-without-value", ("rivals", 0, "gaps")),
    (ORDERING, {"rivals": "[{name: o, gaps: [0, 0, 0]}]"}, "rival-without-value", ("rivals", 0, "gaps")),
    (SWITCH, {"rivals": "[{name: o, passes: false}]"}, "rival-without-value", ("rivals", 0)),
    (SWITCH, {"rivals": "[{name: o, expected: from-run}]"}, "rival-without-value", ("rivals", 0)),
    (EQUALITY, {"rivals": "[{name: o, expected: 3}, {name: o, expected: 4}]"}, "repeated-rival", ("rivals", 1, "name")),
    (EQUALITY, {"expected": "2/eta", "rivals": "[{name: o, expected: from-run}]"}, "no-finite-value", ("expected",)),
    (EQUALITY, {"rivals": "[{name: o, expected: 2/eta}]"}, "no-finite-value", ("rivals", 0, "expected")),
    (EQUALITY, {"expected": "2*w", "conditions": "[{w: sine}, {w: cosine}]"}, "no-finite-value", ("expected",)),
    (EQUALITY, {"conditions": "[{top: 1}, {top: four}, {top: 16}]"}, "mixed-setting", ("conditions", 1, "top")),
    (EQUALITY, {"conditions": "[{top: one}, {top: 4}, {top: all}]"}, "mixed-setting", ("conditions", 1, "top")),
    (EQUALITY, {"conditions": "{grid: {top: [1, four]}}"}, "mixed-setting", ("conditions", 1, "top")),
    (EQUALITY, {"expected": "2*w", "conditions": "[{w: 1}, {w: sine}]"}, "mixed-setting", ("conditions", 1, "w")),
    (EQUALITY, {"expected": "2/w", "conditions": "[{w: 1}, {w: 0}]"}, "no-finite-value", ("expected",)),
    (EXPONENT, {"expected": "-1/width"}, "no-finite-value", ("expected",)),
    (BOUND, {"at_most": "w"}, "no-finite-value", ("at-most",)),
    (EQUALITY, {"compare": "ratio", "expected": '"0"'}, "senseless-ratio", ("compare",)),
    (EQUALITY, {"compare": "ratio", "expected": "w", "conditions": "[{w: 1}, {w: 0}]"}, "senseless-ratio", ("compare",)),
    (BOUND, {"compare": "ratio", "at_most": '"-2"'}, "senseless-ratio", ("compare",)),
    (EQUALITY, {"tolerance": "{value: 0, why: w}"}, "bad-tolerance", ("tolerance", "value")),
    (EQUALITY, {"tolerance": "{value: -1, why: w}"}, "bad-tolerance", ("tolerance", "value")),
    (ORDERING, {"min_gap": "{value: 0, why: w}"}, "bad-tolerance", ("min-gap", "value")),
    (THRESHOLD, {"searched": "[1, 3]"}, "searched-too-short", ("searched",)),
    (THRESHOLD, {"searched": "[1.9, 6]"}, "searched-too-short", ("searched",)),
    (THRESHOLD, {"searched": "[6, 1]"}, "searched-too-short", ("searched",)),
    (THRESHOLD, {"expected": "from-run", "searched": "[1, 3]"}, "searched-too-short", ("searched",)),
    (THRESHOLD, {"expected": "w", "conditions": "[{w: 2}, {w: 6}]"}, "searched-too-short", ("searched",)),
    (EXPONENT, {"over": "[1, 2, 4]"}, "bad-sizes", ("over",)),
    (EXPONENT, {"over": "[0, 1, 2, 4]"}, "bad-sizes", ("over",)),
    (EXPONENT, {"over": "[1, 2, 2, 4]"}, "bad-sizes", ("over",)),
    (EXPONENT, {"over": "[1, 2, 2, 4, 8]"}, "bad-sizes", ("over",)),
    (ORDERING, {"order": "[16]", "rivals": "[{name: o, gaps: [0]}]", "tests": "[]"}, "bad-order", ("order",)),
    (ORDERING, {"order": "[16, 64, 16.0]"}, "bad-order", ("order",)),
    (EQUALITY, {"seeds": "{start: 4, cap: 8, why: w}"}, "bad-seeds", ("seeds", "start")),
    (EQUALITY, {"seeds": "{start: 8, cap: 8, why: w}"}, "bad-seeds", ("seeds", "cap")),
    (EQUALITY, {"deterministic": "true", "seeds": "{start: 5, cap: 8, why: w}"}, "bad-seeds", ("seeds",)),
    (EQUALITY, {"deterministic": "true", "conditioned_on": "{quantity: c, at-least: 1}"}, "bad-seeds", ("conditioned-on",)),
    (EQUALITY, {"conditions": "[{w: 8}, {d: 1}, {w: 8.0}]"}, "repeated-condition", ("conditions", 2)),
    (EQUALITY, {"conditions": "{grid: {w: [1, 2, 1]}}"}, "repeated-condition", ("conditions", 2)),
    (EXPONENT, {"conditions": "[{width: 8}]"}, "repeated-condition", ("conditions", 0)),
    (ORDERING, {"conditions": "[{d: 1}, {width: 8}]"}, "repeated-condition", ("conditions", 1)),
    (EQUALITY, {"contrast": "{of: a, minus: a}"}, "same-arms", ("contrast",)),
    (EQUALITY, {"contrast": "{of: 1, over: 1.0}"}, "same-arms", ("contrast",)),
    (SWITCH, {"fails": "{condition: {decay: 1.0}, at-most: 0.2}"}, "same-arms", ("fails", "condition")),
    (SWITCH, {"fails": "{condition: {decay: 0}, at-most: 0.9}"}, "same-arms", ("fails", "at-most")),
    (EQUALITY, {"preconditions": "[{quantity: c, at-least: 1}, {quantity: q, at-least: 1}]"}, "on-tested-quantity", ("preconditions", 1, "quantity")),
    (EQUALITY, {"conditioned_on": "{quantity: q, at-least: 1}"}, "on-tested-quantity", ("conditioned-on", "quantity")),
    (EQUALITY, {"control": "{name: n, quantity: q}"}, "on-tested-quantity", ("control", "quantity")),
    (EQUALITY, {"rivals": '[{name: o, expected: "2.1"}]'}, "rival-too-close", ("rivals", 0)),
    (SWITCH, {"rivals": "[{name: o, passes: true, fails: true}]"}, "rival-too-close", ("rivals", 0)),
    (ORDERING, {"rivals": "[{name: o, gaps: [0.01, 0.01]}]"}, "rival-too-close", ("rivals", 0)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "changes", "name", "location"), CASES, ids=[f"{c[2]}-{i}" for i, c in enumerate(CASES)]
)
def test_rule_is_broken_alone(text: str, changes: Changes, name: str, location: tuple[str | int, ...]) -> None:
    """A declaration that breaks one rule has that one finding, at its place."""
    assert breaches(prediction(text, **changes)) == [(name, location)]


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (BOUND, {"at_most": None, "at_least": '"4"'}),
        (EXPONENT, {"expected": None, "at_most": '"-1"'}),
        (EQUALITY, {"compare": "ratio", "expected": '"-2"'}),
        (EQUALITY, {"rivals": "[]", "tests": "[]"}),
        (EQUALITY, {"expected": "w*1e-3", "conditions": "{grid: {w: [1, 2]}}"}),
        (EQUALITY, {"rivals": '[{name: o, expected: "2.2"}]'}),
        (EQUALITY, {"rivals": '[{name: o, expected: "1.8"}]'}),
        (EQUALITY, {"expected": "from-run", "rivals": '[{name: o, expected: "2"}]'}),
        (EQUALITY, {"conditions": "[{w: 2}, {w: 3}]", "expected": "w", "rivals": '[{name: o, expected: "2"}]'}),
        (THRESHOLD, {"searched": "[1.89, 3.01]"}),
        (THRESHOLD, {"expected": "from-run", "rivals": "[{name: o, expected: from-run}]", "searched": "[1, 2]"}),
        (EQUALITY, {"seeds": "{start: 5, cap: 6, why: w}"}),
        (SWITCH, {"rivals": "[{name: o, passes: false, fails: true}, {name: n, passes: false, fails: false}]"}),
        (ORDERING, {"rivals": "[{name: o, gaps: [0.5, 0]}]"}),
        (ORDERING, {"rivals": "[{name: o, gaps: [-0.5, 0.5]}]"}),
        (ORDERING, {"order": "[small, large]", "rivals": "[{name: o, gaps: [0]}]"}),
        (QUALITATIVE, {}),
    ],
)  # fmt: skip
def test_sound_at_the_limit(text: str, changes: Changes) -> None:
    """What only just keeps a rule has no finding."""
    assert breaches(prediction(text, **changes)) == []


@pytest.mark.parametrize(
    ("changes", "nearest", "fits"),
    [
        ({"expected": '"0.28"', "tolerance": "{value: 0.045, why: w}"}, "0.37", "0.3699"),
        ({"compare": "ratio", "expected": '"0.3"'}, "0.36", "0.3599"),
        ({"compare": "ratio", "expected": '"-2"'}, "-1.6", "-1.61"),
        ({"type": "bound", "expected": None, "at_most": '"2"'}, "2.2", "2.19"),
        ({"type": "bound", "expected": None, "at_least": '"2"'}, "1.8", "1.81"),
        ({"type": "bound", "expected": None, "at_least": '"2"'}, "1.8", "9"),
        ({"type": "bound", "expected": None, "at_most": '"2"', "compare": "ratio"}, "2.4", "2.39"),
    ],
)
def test_rival_distance(changes: Changes, nearest: str, fits: str) -> None:
    """A rival is refused short of two tolerances from an expected value, one outside a bound's, and on the right side."""
    sound = prediction(EQUALITY, rivals=f'[{{name: o, expected: "{nearest}"}}]', **changes)
    close = prediction(EQUALITY, rivals=f'[{{name: o, expected: "{fits}"}}]', **changes)

    assert breaches(sound) == []
    assert breaches(close) == [("rival-too-close", ("rivals", 0))]


def test_every_rule_of_the_module_is_broken_above() -> None:
    """No rule is registered here without a case, and each says its meaning and an example."""
    own = {value.name for value in vars(declarations).values() if isinstance(value, Rule)}

    assert own == {case[2] for case in CASES} | {"incomplete-declaration", "misplaced-field"}
    for name in own:
        assert RULES[name].severity == "error"
        assert RULES[name].meaning.endswith(".")
        assert len(RULES[name].example) > 5


def test_messages_say_what_to_do() -> None:
    """Every message is one line that says more than the rule's name."""
    for text, changes, _, _ in CASES:
        for _, _, message in declaration_findings(prediction(text, **changes)):
            assert message.isprintable()
            assert len(message) > 20


def test_findings_stand_on_their_lines(tmp_path: Path) -> None:
    """In a tree of files a breach is found on the line of the field that breaks the rule."""
    tree = toytree.copy(tmp_path)
    path = "data/claims/stability-limit.yaml"
    toytree.edit(tree, path, "tolerance: {value: 0.05,", "tolerance: {value: 0,")
    line = 1 + next(i for i, text in enumerate((tree / path).read_text().splitlines()) if "{value: 0," in text)

    found = [(f.place.path, f.place.line, f.rule) for f in toytree.findings(tree)]

    assert found == [(path, line, "bad-tolerance")]


@pytest.mark.parametrize(
    ("text", "changes", "says"),
    [
        (EQUALITY, {"rivals": '[{name: o, expected: "1.95"}]'},
         "'o' expects 1.95, inside what is accepted (1.9 to 2.1); a rival counts at 1.8 or below, or at 2.2 or above; "),
        (EQUALITY, {"rivals": '[{name: o, expected: "2.15"}]'}, "'o' expects 2.15, too near what is accepted (1.9 to 2.1)"),
        (BOUND, {"rivals": '[{name: o, expected: "1"}]'},
         "'o' expects 1, inside what is accepted (at most 2.1); a rival counts at 2.2 or above; "),
        (BOUND, {"at_most": None, "at_least": "'4'", "rivals": '[{name: other, expected: "3.85"}]'},
         "'other' expects 3.85, too near what is accepted (at least 3.9); a rival counts at 3.8 or below; "),
        (EQUALITY, {"compare": "ratio", "expected": "'-10'", "rivals": '[{name: o, expected: "-9.5"}]'},
         "'o' expects -9.5, inside what is accepted (-11 to -9); a rival counts at -12 or below, or at -8 or above; "),
        (EQUALITY, {"expected": "w", "conditions": "[{w: 2}, {w: 3}]", "rivals": '[{name: o, expected: "0.95*w"}]'},
         "'o' expects 2.85, too near what is accepted (2.9 to 3.1) (at w 3, where it lies furthest out); "),
    ],
)  # fmt: skip
def test_a_rival_too_near_is_told_where_one_would_count(text: str, changes: Changes, says: str) -> None:
    """Of a rival that excludes nothing it is said what is accepted and from where on one counts, in its own units."""
    (message,) = [
        m for _, broken, m in declaration_findings(prediction(text, **changes)) if broken.name == "rival-too-close"
    ]

    assert message.startswith(says)


def test_a_mixed_setting_is_told_with_its_values() -> None:
    """The message has the values as written and says that the setting is to be numbers or words throughout."""
    mixed = prediction(EQUALITY, conditions="[{top: 1}, {top: four}, {top: 16}]")

    assert [message for _, _, message in declaration_findings(mixed)] == [
        "top is 1, four, 16: numbers and a word; write all as numbers, or all as words"
    ]
