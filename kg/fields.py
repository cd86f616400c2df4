"""The strict types of single fields: every one reads the text exactly as written.

YAML scalars arrive as strings (``kg.yamlfile``), so each field says itself what it accepts. A refusal
names what was found and what is expected; its type is the name of the rule that it breaks.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from kg import arithmetic, identifiers
from kg.findings import rule
from kg.relations import KINDS, split_address

rule("wrong-value", "A field holds a value of the form that it is for.", "minutes: about an hour")
rule("bad-id", "An id is lower-case letters, digits, '.', '_' and '-', at most 80 characters.", "id: Half Time")
rule("bad-reference", "A reference is an id, or an address kind:id where several kinds are possible.", "because: saxe")
rule("bad-arithmetic", "Expected values are arithmetic in the settings, or from-run.", "expected: 2*eta**2")

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_SETTING = re.compile(r"[A-Za-z][A-Za-z0-9_./*-]{0,39}\Z", re.ASCII)
_QUANTITY = re.compile(r"[a-z][a-z0-9_]{0,79}\Z", re.ASCII)
_WORD = r"[A-Za-z0-9][A-Za-z0-9_.+-]*(?: [A-Za-z0-9][A-Za-z0-9_.+-]*)*"
_DECIMAL = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_REGIME = re.compile(rf"(?:(?:=|<|>|<=|>=) {_DECIMAL}|{_DECIMAL}\.\.{_DECIMAL}|{_WORD}(?: \| {_WORD})*)\Z", re.ASCII)

R = TypeVar("R", bound="Record")

Setting = float | str
"""The value of one setting of a condition: a number where the text is one, else a word."""


class Record(BaseModel):
    """A closed, frozen record; YAML names hold hyphens where Python's hold underscores."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        alias_generator=lambda name: name.rstrip("_").replace("_", "-"),
        validate_by_name=False,
        allow_inf_nan=False,
        str_max_length=20_000,
    )


def refuse(rule_name: str, found: Any, expected: str) -> PydanticCustomError:
    """The refusal of ``found``: ``expected`` completes the sentence 'expected …'."""
    shown = (
        f"a list of {len(found)}"
        if isinstance(found, tuple)
        else "a mapping"
        if isinstance(found, dict)
        else repr(found)
    )
    shown = shown if len(shown) <= 80 else shown[:77] + "…"
    return PydanticCustomError(rule_name, "found {found}, expected {expected}", {"found": shown, "expected": expected})


def exactly_one(*names: str) -> Callable[[R], R]:
    """A check that exactly one of the fields ``names`` (as written in YAML) is given."""

    def check(record: R) -> R:
        held = [name for name in names if getattr(record, name.replace("-", "_")) is not None]
        if len(held) != 1:
            raise refuse("wrong-value", " and ".join(held) or "none", f"exactly one of {', '.join(names)}")
        return record

    return check


def number(text: Any) -> float:
    """A finite decimal number."""
    if isinstance(text, str) and _NUMBER.match(text) and math.isfinite(float(text)):
        return float(text)
    raise refuse("wrong-value", text, "a decimal number such as 0.05 or 1e-3")


def setting(text: Any) -> Setting:
    """A number where the text is one, else the word itself."""
    if not isinstance(text, str) or not text.strip():
        raise refuse("wrong-value", text, "a number or a word")
    return float(text) if _NUMBER.match(text) and math.isfinite(float(text)) else text


def _whole(text: Any) -> int:
    if isinstance(text, str) and re.match(r"\d{1,9}\Z", text, re.ASCII):
        return int(text)
    raise refuse("wrong-value", text, "a whole number")


def _day(text: Any) -> datetime.date:
    if isinstance(text, str) and _DAY.match(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            pass
    raise refuse("wrong-value", text, "a day of the calendar as YYYY-MM-DD")


def _truth(text: Any) -> bool:
    if text in ("true", "false"):
        return bool(text == "true")
    raise refuse("wrong-value", text, "true or false")


def _record_id(text: Any) -> str:
    if isinstance(text, str) and identifiers.is_record_id(text):
        return text
    kind, colon, name = text.partition(":") if isinstance(text, str) else ("", "", "")
    if colon and kind in KINDS and identifiers.is_record_id(name):
        raise refuse("bad-id", text, f"the bare id {name!r}, as the field says the kind")
    raise refuse("bad-id", text, "an id of lower-case letters, digits, '.', '_' and '-' (at most 80)")


def _paper_key(text: Any) -> str:
    if isinstance(text, str) and identifiers.is_citation_key(text):
        return text
    raise refuse("bad-id", text, "a BibTeX key of letters, digits and . _ : + / -")


def _prediction_ref(text: Any) -> str:
    parts = text.split("/") if isinstance(text, str) else []
    if len(parts) == 2 and all(map(identifiers.is_record_id, parts)):
        return str(text)
    raise refuse("bad-reference", text, "claim/prediction, such as deep-linear-modes/half-time")


def _address(text: Any) -> str:
    try:
        kind, _ = split_address(text) if isinstance(text, str) else ("", "")
    except ValueError:
        kind = ""
    if kind in KINDS or kind == "run":
        return str(text)
    raise refuse("bad-reference", text, f"an address kind:id with one of the kinds {', '.join(KINDS)}")


def _script(text: Any) -> str:
    if isinstance(text, str) and re.match(r"[a-z][a-z0-9_]{0,79}\Z", text, re.ASCII):
        return text
    raise refuse("bad-id", text, "the stem of a file in scripts/, lower-case letters, digits and '_'")


def _expression(text: Any) -> str:
    if text == "from-run":
        return "from-run"
    if not isinstance(text, str):
        raise refuse("bad-arithmetic", text, "arithmetic in the settings, or from-run")
    try:
        arithmetic.parse(text)
    except arithmetic.FormulaError as problem:
        raise PydanticCustomError("bad-arithmetic", "{problem}", {"problem": str(problem)}) from None
    return text


def _matching(pattern: re.Pattern[str], expected: str) -> BeforeValidator:
    def check(text: Any) -> str:
        if isinstance(text, str) and pattern.match(text):
            return text
        raise refuse("wrong-value", text, expected)

    return BeforeValidator(check)


Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Number = Annotated[float, BeforeValidator(number, json_schema_input_type=float | str)]
Whole = Annotated[int, BeforeValidator(_whole)]
Day = Annotated[datetime.date, BeforeValidator(_day)]
Truth = Annotated[bool, BeforeValidator(_truth)]
RecordId = Annotated[str, BeforeValidator(_record_id)]
PaperKey = Annotated[str, BeforeValidator(_paper_key)]
PredictionRef = Annotated[str, BeforeValidator(_prediction_ref)]
Address = Annotated[str, BeforeValidator(_address)]
ScriptName = Annotated[str, BeforeValidator(_script)]
Expression = Annotated[str, BeforeValidator(_expression)]
SettingName = Annotated[str, _matching(_SETTING, "the name of a setting, such as width or weight-decay")]
Quantity = Annotated[
    str, _matching(_QUANTITY, "a key of the script's result in lower-case letters, digits and _, such as half_time")
]
SettingValue = Annotated[Setting, BeforeValidator(setting)]
RegimeValue = Annotated[str, _matching(_REGIME, '"= 2", "<= 0.01", "64..1024", or words joined by " | "')]
Condition = dict[SettingName, SettingValue]


def _nonempty(rows: Any) -> Any:
    if rows == ():
        raise refuse("wrong-value", [], "at least one entry")
    return rows


T = TypeVar("T")
Nonempty = Annotated[tuple[T, ...], BeforeValidator(_nonempty)]
