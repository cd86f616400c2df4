"""A record that is being written, made whole by stand-ins, so that the rules across records can be held to the rest.

A field that is missing gets a stand-in that no rule minds. What is there and has no valid form is left out, an entry
of a list with those after it: its finding is told anyway, and the lines of what comes before stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kg.findings import Finding
from kg.validation import Location

R = TypeVar("R", bound=BaseModel)

NAME = "still-needed"
"""The id, key and text of what is not there yet."""

_MOST_ROUNDS = 20  # some models say what is wrong with the whole only once each field is right

_DAY = "9999-12-31"


def _stance(argument: Mapping[str, Any]) -> str:
    """The stance with which the rest of an argument is sound, where there is one."""
    targets = argument.get("targets", ())
    answers = any(isinstance(target, str) and target.startswith("argument:") for target in targets)
    return "replies" if "concedes" in argument or "revision" in argument or answers else "objects"


# by the name of the field, or by that of the field around it and its own
_STAND_INS: Mapping[str, Any] = MappingProxyType({
    **dict.fromkeys(("title", "statement", "stakes", "why", "where", "found", "name", "id"), NAME),
    **dict.fromkeys(("text", "answer", "note", "meaning", "paper", "claim"), NAME),
    "date": _DAY, "pilot": "false",
    "kind": "law", "role": "background", "depth": "secondary", "about": "derived", "difficulty": "hard",
    "outcome": "mixed", "state": "open", "by": "person", "how": "by-hand", "level": "derived",
    "attempts.outcome": "partial", "bridges.how": "argues", "stance": _stance,
    "strands": (NAME,), "because": f"paper:{NAME}", "targets": (f"argument:{NAME}",),
    "sources": ({"paper": NAME, "role": "background", "depth": "secondary"},),
    "settled-by": ({"text": NAME, "answer": NAME},),
    "frozen": {"date": _DAY, "pilot": "false"},
    "history": ({"date": _DAY, "state": "open", "because": f"paper:{NAME}"},),
})  # fmt: skip


def completed(model: type[R], written: Mapping[str, Any]) -> R | None:
    """The record that ``written`` may become, with stand-ins; None where no record can be made of what is there."""
    value: Any = written
    for _ in range(_MOST_ROUNDS):
        try:
            return model.model_validate(value)
        except ValidationError as problem:
            errors = problem.errors(include_url=False, include_context=False)
        was = value
        lacking = [tuple(error["loc"]) for error in errors if error["type"] == "missing"]
        for at in lacking:
            value = _with(value, at, _stand_in(value, at))
        senseless = [at[:-1] for at in lacking if at[-1] not in _STAND_INS]  # until that is given it says nothing
        for at in [*senseless, *(tuple(error["loc"]) for error in errors if error["type"] != "missing")]:
            value = _without(value, tuple(part for part in at if part != "[key]"))
        if value == was:
            return None
    return None


def told(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Those of ``findings`` that are not about a stand-in."""
    return (finding for finding in findings if NAME not in finding.message and _DAY not in finding.message)


def _stand_in(value: Any, at: Location) -> Any:
    *above, name = at
    inside = next((part for part in reversed(above) if isinstance(part, str)), "")
    given = _STAND_INS.get(f"{inside}.{name}", _STAND_INS.get(str(name)))
    if not callable(given):
        return given
    for part in above:
        value = value[part]
    return given(value)


def _with(value: Any, at: Location, inner: Any) -> Any:
    """``value`` with ``inner`` as its field ``at``; as it was where there is nothing to put there."""
    if not at:
        return inner
    if inner is None:
        return value
    if isinstance(value, tuple) and isinstance(at[0], int):
        return (*value[: at[0]], _with(value[at[0]], at[1:], inner), *value[at[0] + 1 :])
    return {**value, at[0]: _with(value.get(at[0]), at[1:], inner)}


def _without(value: Any, at: Location) -> Any:
    """``value`` without the entry of its first list on the way to ``at`` and those after it, else without the field."""
    if isinstance(value, tuple):
        return value[: at[0]] if at and isinstance(at[0], int) else ()
    if not isinstance(value, dict) or not at or at[0] not in value:
        return value
    inner = value[at[0]]
    rest = {name: held for name, held in value.items() if name != at[0]}
    if len(at) == 1 or not isinstance(inner, tuple | dict):
        return rest
    left = _without(inner, at[1:])
    return {**rest, at[0]: left} if left else rest
