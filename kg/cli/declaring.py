"""The flags that give what a prediction declares, each as text, a list or a record; what a test needs is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from kg.cli import asking, forms

_ASKED = {  # what is asked on a terminal, for the fields that some type needs
    "quantity": "quantity, the key in the script's result (empty: no script will measure it yet)",
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
}


@dataclass(frozen=True)
class Flag:
    """One field of a declaration: ``why`` where a reason belongs to it, ``many`` where it may be repeated."""

    field: str
    help: str
    read: Callable[[str, str], Any] = forms.plain
    why: bool = False
    many: bool = False
    name: str = ""

    @property
    def flag(self) -> str:
        return f"--{self.name or self.field}"

    @property
    def key(self) -> str:
        """What click calls its value."""
        return self.flag.strip("-").replace("-", "_") + "_"


_CONTRAST = ("of", "minus", "over")
_SOURCE = ("paper", "role", "where", "depth")
_EVIDENCE = ("paper", "outcome", "where", "depth", "value", "data", "code", "in-regime")
FLAGS = (
    Flag("formula", "The law in TeX, to be shown."),
    Flag("quantity", "The key in the script's result."),
    Flag("in", "Exponent: the setting in which it is a power law."),
    Flag("over", "Exponent: its sizes, four or more: 128,256,512,1024.", forms.listed),
    Flag("searched", "Threshold: from where to where it was searched: 1,6.", forms.listed),
    Flag("along", "Ordering: the setting along which it rises or falls."),
    Flag("order", "Ordering: the values of that setting: 16,64,256.", forms.listed),
    Flag("direction", "Ordering: up or down."),
    Flag("min-gap", "Ordering: the least step between neighbours.", why=True),
    Flag(
        "contrast",
        "Paired arms: of=trained,minus=untrained, or over= for a ratio.",
        forms.fields("of", "minus", "over"),
    ),
    Flag("conditions", "setting=value,setting=value; may be repeated.", forms.settings, many=True, name="condition"),
    Flag("grid", "setting=value,value: all combinations; may be repeated.", many=True),
    Flag("passes", "Switch: where it passes: weight-decay=1,at-least=0.9.", forms.arm("at-least")),
    Flag("fails", "Switch: where it fails: weight-decay=0,at-most=0.2.", forms.arm("at-most")),
    Flag("expected", "Arithmetic in the forms.settings, or from-run."),
    Flag("at-most", "A bound, in the place of --expected."),
    Flag("at-least", "A bound, in the place of --expected."),
    Flag("compare", "ratio or difference, which is the default."),
    Flag("limit", "The asymptote, shown and never tested: 'width -> inf=3'.", forms.named("value")),
    Flag("tolerance", "A number, in the units of --compare.", why=True),
    Flag("seeds", "Looks at 16 and at 32 seeds: 16,32; in the place of 5, 8 and 16.", forms.listed, why=True),
    Flag(
        "rivals",
        "name=expected value; ordering: name=gap,gap; switch: name=true,false (passes, fails); may be repeated.",
        forms.rival,
        many=True,
        name="rival",
    ),
    Flag(
        "preconditions",
        "'final_loss<=0.001' or 'rise>=2: why it must'; may be repeated.",
        forms.requirement,
        many=True,
        name="precondition",
    ),
    Flag("conditioned-on", "As --precondition, for seeds that may be dropped.", forms.requirement),
    Flag("control", "A null control: name=quantity, 'shuffled targets=half_time_shuffled'.", forms.named("quantity")),
    Flag("regime", "axis=value: 'width=64..1024', 'eta=<= 0.01'; may be repeated.", forms.regime, many=True),
    Flag("map", "In brackets, as in CONTRIBUTING: '{axes: {eta: [0.1, 0.2]}, …}'.", forms.brackets),
    Flag("by", "The day by which it is to be settled, YYYY-MM-DD."),
    Flag("foreseen", "The verdict that is foreseen, such as not-in-regime.", why=True),
    Flag("source", "Where it is stated: paper=KEY,role=own-result,where=Sec. 2,depth=section.", forms.fields(*_SOURCE)),
    Flag(
        "evidence",
        "paper=KEY,outcome=agrees,where=Fig. 3,depth=section,…; may be repeated.",
        forms.fields(*_EVIDENCE),
        many=True,
    ),
    Flag(
        "tests",
        "script=NAME,level=trained-network; may be repeated (kg new reproduction adds it).",
        forms.fields("script", "meter", "level"),
        many=True,
        name="test",
    ),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the flags of a declaration."""
    command = click.option("--deterministic", is_flag=True, help="One run decides: nothing in it is drawn.")(command)
    for flag in reversed(FLAGS):
        if flag.why:
            command = click.option(f"{flag.flag}-why", f"{flag.key}why", help="Its reason, outside of any run.")(
                command
            )
        command = click.option(flag.flag, flag.key, multiple=flag.many, help=flag.help)(command)
    return command


def declared(ask: asking.Asker, type_: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields that the flags give, by their names in YAML; on a terminal those that a test lacks are asked for."""
    from kg.declarations import FIELDS

    needed, allowed = FIELDS[type_]  # type: ignore[index]  # it was chosen among them
    if asking.interactive() and needed:
        _ask(given, needed, "conditions" in allowed)
    found: dict[str, Any] = {}
    for flag in FLAGS:
        if not (text := given[flag.key]):
            continue
        found[flag.field] = [flag.read(flag.flag, one) for one in text] if flag.many else flag.read(flag.flag, text)
        if flag.why:
            why = ask.text(f"{flag.flag}-why", given[f"{flag.key}why"], f"why this {flag.field}")
            found[flag.field] = {"value": found[flag.field], "why": why}
    if grid := found.pop("grid", None):
        if "conditions" in found:
            raise click.UsageError("--condition and --grid exclude each other; give the one or the other")
        split = [forms.pair("--grid", row, "setting=value,value") for row in grid]
        found["conditions"] = {"grid": {name: forms.listed("--grid", values) for name, values in split}}
    if "seeds" in found:
        found["seeds"] = _seeds(**found["seeds"])
    if "foreseen" in found:
        found["foreseen"] = {"verdict": found["foreseen"]["value"], "why": found["foreseen"]["why"]}
    if "regime" in found:
        found["regime"] = dict(found["regime"])
    if given["deterministic"]:
        found["deterministic"] = "true"
    found["rivals"] = [_of_type(rival, type_) for rival in found.get("rivals", [])]
    return found


def lacking(type_: str, given: dict[str, Any]) -> list[str]:
    """What a test of a prediction of this type needs beyond the fields ``given``."""
    from kg.declarations import FIELDS

    needed = FIELDS[type_][0] | {"rivals"}  # type: ignore[index]  # it was chosen among them
    return [" or ".join(names.split("|")) for names in sorted(needed) if not any(map(given.get, names.split("|")))]


def _ask(given: dict[str, Any], needed: frozenset[str], conditions: bool) -> None:
    """Ask for what a test needs, once a quantity is named."""

    def answer(question: str) -> str:
        return str(click.prompt(question, default="", show_default=False, err=True)).strip()

    given["quantity_"] = given["quantity_"] or answer(_ASKED["quantity"])
    if not given["quantity_"]:
        return
    for names in sorted(needed - {"quantity"}, key=list(_ASKED).index):
        keys = [f"{name.replace('-', '_')}_" for name in names.split("|")]
        if any(given[key] for key in keys):
            continue
        said = answer(_ASKED[names])
        side, _, bound = said.partition(" ")
        named = side if side in names.split("|") and bound else ""
        given[f"{named.replace('-', '_')}_" if named else keys[0]] = bound if named else said
        if said and f"{keys[0]}why" in given:
            given[f"{keys[0]}why"] = given[f"{keys[0]}why"] or answer(f"why this {names}")
    if conditions and not given["condition_"] and not given["grid_"]:
        rows = answer("settings of the measurement, as eta=0.4; eta=0.6 (empty: none)").split(";")
        given["condition_"] = [row.strip() for row in rows if row.strip()]
    if not given["rival_"]:
        form = "gap,gap" if "along" in needed else "true,false (passes, fails)" if "passes" in needed else "value"
        rival = answer(f"a rival account and what it expects, as name={form}")
        given["rival_"] = [rival] if rival else []


def _seeds(value: list[str], why: str) -> dict[str, str]:
    if len(value) != 2:
        raise click.UsageError(f"--seeds: found {','.join(value)!r}, expected a start and a cap, such as 16,32")
    return {"start": value[0], "cap": value[1], "why": why}


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
            raise click.UsageError(f"--rival: found {name}={value}, expected name=true,false: whether each arm holds")
        return {"name": name, "passes": passes.strip(), "fails": fails.strip()}
    return {"name": name, "expected": value}
