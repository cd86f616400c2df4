"""The flags that give what a prediction declares, each as text, a list or a record; what a test needs is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import click

from kg.cli import asking, faults, forms, naming
from kg.cli.flags import option, shown, such_as

_ASKED = {  # what is asked on a terminal, for the fields that some type needs
    "quantity": "quantity, the key in the script's result (empty: no script will measure it yet)",
    "conditions": "settings of the measurement, as eta=0.4; eta=0.6 (empty: none)",
    "expected": "expected, arithmetic in the settings or from-run",
    "at-most|at-least": "bound, as 'at-most 2' or 'at-least 2'",
    "expected|at-most|at-least": "expected slope, or a bound on it as 'at-most -0.5'",
    "tolerance": "tolerance, a number",
    "in": "in which setting it is a power law",
    "over": "over which sizes, four or more, as 128,256,512,1024",
    "searched": "searched from where to where, as 1,6",
    "along": "along which setting",
    "order": "in which order, as 16,64,256",
    "direction": "direction, up or down",
    "min-gap": "least step between neighbours, a number",
    "passes": "passes where, as weight-decay=1,at-least=0.9",
    "fails": "fails where, as weight-decay=0,at-most=0.2",
    "rivals": "a rival account and what it expects, as name=",
}


EXPECTS, SHARPLY, RIVALS = "What it expects", "How sharply", "Rivals"
REGIME, CONTROL, TEST, PROVENANCE = "Preconditions", "Control", "Test", "Provenance"


_BESIDE_A_REASON = {"tolerance": ("value",), "min-gap": ("value",), "seeds": ("start", "cap"), "foreseen": ("verdict",)}
"""What a flag gives of a field whose reason another flag gives."""


@dataclass(frozen=True)
class Field:
    """One field of a declaration: ``why`` where a reason belongs to it, ``many`` where it may be repeated."""

    field: str
    under: str
    help: str
    example: str = ""
    read: Callable[[str, str], Any] = forms.plain
    why: bool = False
    many: bool = False
    switch: bool = False
    name: str = ""

    @property
    def flag(self) -> str:
        return f"--{self.name or self.field}"

    @property
    def key(self) -> str:
        """What click calls its value."""
        return self.flag.strip("-").replace("-", "_") + "_"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the record that the flag gives."""
        own = "conditions" if self.field == "grid" else self.field
        return (*(f"{own}.{part}" for part in _BESIDE_A_REASON.get(own, ())), own)


_SOURCE = ("paper", "role", "where", "depth")
_EVIDENCE = ("paper", "outcome", "where", "depth", "value", "data", "code", "in-regime")
RIVALS_OF = {"ordering": "flat=0,0", "switch": "time alone=true,false"}
"""A rival by the types for which it has a form of its own."""
_REASONS = {
    "tolerance": "growth is slow near the onset, over a thousand steps",
    "min-gap": "labels of the test set are known to this accuracy",
    "seeds": "the study that is tested drew as many",
    "foreseen": "the machine reaches only small widths",
}
"""A reason by the field that it belongs to: each is known before any run."""
_CITED = "paper=cohen2021gradient"
FIELDS = (
    Field("quantity", EXPECTS, "The key in the script's result; the whole record shares "
          "it, so that one that another prediction has is the same thing measured.", "half_time"),
    Field("conditions", EXPECTS, "Settings of one measurement; may be repeated.", "eta=0.4,beta=0.9", forms.settings,
          many=True, name="condition"),
    Field("grid", EXPECTS, "All combinations, a setting by each --grid.", "eta=0.1,0.2", many=True),
    Field("expected", EXPECTS, "Arithmetic in the settings, or from-run.", "2/eta", forms.decimal),
    Field("at-most", EXPECTS, "A bound, in the place of --expected.", "2/eta", forms.decimal),
    Field("at-least", EXPECTS, "A bound, in the place of --expected.", "2/eta", forms.decimal),
    Field("compare", EXPECTS, "ratio or difference, which is the default."),
    Field("contrast", EXPECTS, "Paired arms, with minus= for a difference and over= for a ratio.",
          "of=trained,minus=untrained", forms.fields("of", "minus", "over")),
    Field("in", EXPECTS, "Exponent: the setting in which it is a power law.", "width"),
    Field("over", EXPECTS, "Exponent: its sizes, four or more.", "128,256,512,1024", forms.several(4)),
    Field("searched", EXPECTS, "Threshold: from where to where it was searched.", "1,6", forms.several(2, 2)),
    Field("along", EXPECTS, "Ordering: the setting along which it rises or falls.", "width"),
    Field("order", EXPECTS, "Ordering: the values of that setting.", "16,64,256",
          forms.several(2, what="two values or more")),
    Field("direction", EXPECTS, "Ordering: up or down."),
    Field("passes", EXPECTS, "Switch: where it passes.", "weight-decay=1,at-least=0.9", forms.arm("at-least")),
    Field("fails", EXPECTS, "Switch: where it fails.", "weight-decay=0,at-most=0.2", forms.arm("at-most")),
    Field("formula", EXPECTS, "The law in TeX, without dollar signs, to be shown.", r"\lambda = 2/\eta"),
    Field("limit", EXPECTS, "The asymptote, shown and never tested.", "width -> inf=3", forms.named("value")),
    Field("tolerance", SHARPLY, "A number above 0, in the units of --compare.", "0.05", forms.decimal, why=True),
    Field("min-gap", SHARPLY, "Ordering: the least step between neighbours.", "0.03", forms.decimal, why=True),
    Field("seeds", SHARPLY, "A first look and a cap, in the place of 5, 8 and 16.", "16,32",
          forms.several(2, 2, "a start and a cap"), why=True),
    Field("deterministic", SHARPLY, "One run decides: nothing in it is drawn.", switch=True),
    Field("rivals", RIVALS, "Another account and what it expects; of an ordering a gap a step, "
          f"'{RIVALS_OF['ordering']}'; of a switch whether each arm holds, '{RIVALS_OF['switch']}'; may be repeated.",
          "features keep moving=0", forms.rival, many=True, name="rival"),
    Field("preconditions", REGIME, "What must hold in every seed; may be repeated.",
          "final_loss<=0.001: it must have been fitted", forms.requirement, many=True, name="precondition"),
    Field("conditioned-on", REGIME, "As --precondition, for seeds that may be dropped.", "alive>=1", forms.requirement),
    Field("regime", REGIME, "Where the law holds, by an axis of data/regimes.yaml; may be repeated.", "depth>=2",
          forms.regime, many=True),
    Field("control", CONTROL, "A null control, in which the effect must be absent: name=quantity.",
          "shuffled targets=half_time_shuffled", forms.named("quantity")),
    Field("tests", TEST, "A script and its level; may be repeated (kg new reproduction adds it).",
          "script=edge_of_stability,level=trained-network", forms.fields("script", "meter", "level"),
          many=True, name="test"),
    Field("map", TEST, "Over which settings the law is swept, in brackets, as in CONTRIBUTING.",
          "{axes: {eta: [0.1, 0.2, 0.3, 0.4, 0.5], width: [8, 16, 32, 64, 128]}, "
          "critic: {cell: {eta: 0.5, width: 8}, why: it diverges there}}", forms.brackets),
    Field("source", PROVENANCE, "Where it is stated; without it, where its claim is. A comma within where= is kept.",
          f"{_CITED},role=own-result,where=Sec. 2,depth=section",
          forms.fields(*_SOURCE)),
    Field("evidence", PROVENANCE, "What a source reports on it; may be repeated.",
          f"{_CITED},outcome=agrees,where=Fig. 3,depth=section", forms.fields(*_EVIDENCE), many=True),
    Field("by", PROVENANCE, "The day by which it is to be settled.", "2030-01-31"),
    Field("foreseen", PROVENANCE, "The verdict that is foreseen.", "not-in-regime", why=True),
)  # fmt: skip


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the flags of a declaration."""
    for one in reversed(FIELDS):
        if one.why:
            said = option(f"{one.flag}-why", f"{one.key}why", fields=[f"{one.field}.why"], under=one.under,
                          example=_REASONS[one.field],
                          help=f"The reason of {one.flag}, from outside of any run.")  # fmt: skip
            command = said(command)
        kind = {"is_flag": True} if one.switch else {"multiple": one.many}
        examples = RIVALS_OF if one.field == "rivals" else None
        gives = option(one.flag, one.key, fields=one.fields, under=one.under, example=one.example, examples=examples,
                       help=one.help, **kind)  # fmt: skip
        command = gives(command)
    return command


def declared(ask: asking.Asker, type_: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields that the flags give, by their names in YAML; on a terminal those that a test lacks are asked for."""
    from kg.declarations import FIELDS as OF_TYPE

    needed, allowed = OF_TYPE[type_]  # type: ignore[index]  # it was chosen among them
    if asking.interactive() and needed:
        _ask(ask, type_, given, needed, "conditions" in allowed)
    found: dict[str, Any] = {}
    for one in FIELDS:
        if not (text := given[one.key]):
            continue
        with _telling(ask, one.flag, RIVALS_OF.get(type_, "") if one.field == "rivals" else ""):
            found[one.field] = _read(one, text, type_)
        if one.why:
            why = ask.text(f"{one.flag}-why", given[f"{one.key}why"], _why(one))
            found[one.field] = _with_reason(one.field, found.get(one.field), why)
    if grid := found.pop("grid", None):
        if "conditions" in found:
            ask.wrong("--grid", "given beside --condition, and the two exclude each other; give the one or the other")
        with _telling(ask, "--grid"):
            split = [forms.pair("--grid", row, "setting=value,value") for row in grid]
            found["conditions"] = {"grid": {name: forms.listed("--grid", values) for name, values in split}}
    _unsettled(ask, found)
    return found


def _unsettled(ask: asking.Asker, found: dict[str, Any]) -> None:
    """Leave to ``ask`` what arithmetic holds beside the settings, and what is named that is not there."""
    rows = found.get("conditions", [])
    rows = [rows["grid"]] if isinstance(rows, dict) else rows
    names = list(dict.fromkeys(name for row in rows for name in row))
    for one in FIELDS:
        value = found.get(one.field)
        naming.within(ask, one.flag, one.field, value)
        texts = [value] if one.read is forms.decimal else value if one.field == "rivals" else []
        for each in texts or ():
            text = each.get("expected") if isinstance(each, dict) else each
            if isinstance(text, str) and (told := faults.unsettled(text, names)):
                ask.wrong(one.flag, told)


def _read(one: Field, text: Any, type_: str) -> Any:
    """The value of the field as the record has it, without a reason. Raises UsageError."""
    if one.switch:
        return "true"
    if one.field == "rivals":
        return [_of_type(one.read(one.flag, each), type_) for each in text]
    read = [one.read(one.flag, each) for each in text] if one.many else one.read(one.flag, text)
    return dict(read) if one.field == "regime" else read


@contextmanager
def _telling(ask: asking.Asker, flag: str, example: str = "") -> Iterator[None]:
    """Leave what is wrong with the form of a flag's value to ``ask``, with a value that works."""
    try:
        yield
    except click.UsageError as problem:
        such = f"; such as {shown(flag, example)}" if example else such_as(flag)
        such = "" if "; write " in problem.message else such
        ask.wrong(flag, f"{problem.message.removeprefix(f'{flag}: ')}{such}")


def _why(one: Field) -> str:
    return f"why this {one.field}, from outside of any run"


def _with_reason(field: str, value: Any, why: str) -> dict[str, Any]:
    """The value of ``field`` with its reason, as the record has it."""
    if field == "foreseen":
        return {"verdict": value, "why": why}
    if field != "seeds":
        return {"value": value, "why": why}
    return dict(zip(("start", "cap"), value or (), strict=False)) | {"why": why}


def lacking(type_: str, given: dict[str, Any]) -> list[str]:
    """What a test of a prediction of this type needs beyond the fields ``given``, as flags."""
    from kg.declarations import FIELDS as OF_TYPE

    needed = OF_TYPE[type_][0] | {"rivals"}  # type: ignore[index]  # it was chosen among them
    flags = {one.field: one.flag for one in FIELDS}
    lacks = [names.split("|") for names in sorted(needed) if not any(map(given.get, names.split("|")))]
    return [" or ".join(map(flags.__getitem__, names)) for names in lacks]


def _ask(ask: asking.Asker, type_: str, given: dict[str, Any], needed: frozenset[str], conditions: bool) -> None:
    """Ask for what a test needs, once a quantity is named, in the order of ``FIELDS``."""
    wanted = {names.split("|")[0]: names for names in needed} | {"quantity": "quantity", "rivals": "rivals"}
    if conditions and not given["grid_"]:
        wanted["conditions"] = "conditions"
    by_name = {one.field: one for one in FIELDS}
    for one in (one for one in FIELDS if one.field in wanted):
        names = wanted[one.field].split("|")
        if not any(given[by_name[name].key] for name in names):
            question = _ASKED[wanted[one.field]]
            if one.field == "rivals":
                question += (
                    "gap,gap" if type_ == "ordering" else "true,false (passes, fails)" if type_ == "switch" else "value"
                )
            said = ask.optional(one.flag, question, partial(_wrong, ask, type_, by_name, names))
            name, text = _side(names, said)
            rows = [row.strip() for row in text.split(";") if row.strip()] if one.field == "conditions" else [text]
            given[by_name[name].key] = (rows if text else []) if one.many else text
            if name != one.field or len(rows) > 1:
                ask.answers[-1:] = [(by_name[name].flag, row) for row in rows]
        if one.field == "quantity" and not given["quantity_"]:
            return
        if one.why and given[one.key] and not given[f"{one.key}why"]:
            flag = f"{one.flag}-why"
            given[f"{one.key}why"] = ask.text(flag, None, _why(one))


def _side(names: list[str], said: str) -> tuple[str, str]:
    """The field of ``names`` that an answer gives, and its value: ``at-most 2`` is a bound."""
    side, _, bound = said.partition(" ")
    return (side, bound.strip()) if side in names and bound else (names[0], said)


def _wrong(ask: asking.Asker, type_: str, fields: dict[str, Field], names: list[str], said: str) -> list[str]:
    """What is wrong with an answer: the form that it is read in, then what the record makes of it."""
    name, text = _side(names, said)
    one = fields[name]
    if len(names) > 1 and "expected" not in names and name == names[0] and said == text:
        return [f"found {said!r}, expected {' or '.join(f'{each} and a value' for each in names)}"]
    rows = [row.strip() for row in text.split(";") if row.strip()] if name == "conditions" else [text]
    found: list[Any] = []

    def read() -> None:
        with _telling(ask, one.flag, RIVALS_OF.get(type_, "") if name == "rivals" else ""):
            found.append(_read(one, rows if one.many else text, type_))

    if told := ask.told(read):
        return told
    value = {"value": found[0]} if one.why else found[0]
    return faults.in_form(one.flag, faults.of_field("prediction", name, value))


def _of_type(rival: dict[str, Any], type_: str) -> dict[str, Any]:
    """A rival given as ``name=value``: what the value is, is said by the type."""
    if "value" not in rival:
        return rival
    name, value = rival["name"], rival["value"]
    if type_ == "ordering":
        return {"name": name, "gaps": forms.listed("--rival", value)}
    if type_ == "switch":
        passes, comma, fails = value.partition(",")
        if not comma:
            raise click.UsageError(f"--rival: found {name}={value}, expected name=true,false, whether each arm holds")
        return {"name": name, "passes": passes.strip(), "fails": fails.strip()}
    return {"name": name, "expected": forms.decimal("--rival", value)}
