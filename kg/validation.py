"""A YAML value held against a closed model: the record, or findings on the lines that break it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process

from kg.findings import RULES, Finding, Place, rule

UNKNOWN_FIELD = rule(
    "unknown-field", "Records are closed: only the fields of its kind may stand in a record.", "staement: ..."
)
MISSING_FIELD = rule(
    "missing-field", "A record has every field that its kind needs.", "title: A claim with no statement"
)
WRONG_SHAPE = rule(
    "wrong-shape", "A field is text, a list or a mapping, as its kind says.", "strands: solvable-settings"
)

NEAR = 70.0
"""The likeness, of 100, from which a word may be a typing error of another."""

Location = tuple[str | int, ...]
R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class Origin:
    """Where a record was written: its file, the line of every node of that file, and its place in it."""

    path: str
    lines: Mapping[Location, int] = field(default_factory=dict)
    prefix: Location = ()
    line: int = 1

    def place(self, *location: str | int) -> Place:
        """The line of ``location`` inside the record, or of the nearest node that encloses it."""
        at = whole = (*self.prefix, *location)
        while at and at not in self.lines:
            at = at[:-1]
        return Place(self.path, self.lines.get(at, self.line), whole)


def did_you_mean(word: str, known: Mapping[str, object] | set[str] | frozenset[str] | list[str]) -> str:
    """ "; did you mean 'x'?" for the nearest of ``known``, or nothing when none is near."""
    near = process.extractOne(word, list(known), score_cutoff=NEAR)
    return f"; did you mean {near[0]!r}?" if near else ""


def build(model: type[R], value: Any, origin: Origin) -> tuple[R | None, list[Finding]]:
    """The record that ``value`` holds, or None and one finding for each field that is wrong."""
    if not isinstance(value, dict):
        return None, [WRONG_SHAPE.at(origin.place(), f"found {_kind(value)}, expected a mapping of fields to values")]
    try:
        return model.model_validate(value), []
    except ValidationError as problem:
        return None, list(_findings(model, problem, origin))


def _findings(model: type[BaseModel], problem: ValidationError, origin: Origin) -> Iterator[Finding]:
    for error in problem.errors(include_url=False):
        location = tuple(part for part in error["loc"] if part != "[key]")
        place = origin.place(*location)
        name, kind = _named(location), error["type"]
        if kind == "extra_forbidden":
            known = _fields_at(model, location[:-1])
            yield UNKNOWN_FIELD.at(place, f"{name!r} is not a field here{did_you_mean(name, known) or _listed(known)}")
        elif kind == "missing":
            yield MISSING_FIELD.at(place, f"{name!r} is missing here; add it")
        elif kind in RULES:
            yield RULES[kind].at(place, f"{name}: {error['msg']}")
        elif kind.endswith("_type") or kind in ("too_short", "too_long"):
            yield WRONG_SHAPE.at(place, f"{name}: found {_kind(error['input'])}, expected {_expected(error)}")
        else:
            found = repr(error["input"])[:80]
            yield RULES["wrong-value"].at(place, f"{name}: found {found}, expected {_expected(error)}")


def _named(location: Location) -> str:
    """The field at ``location``: 'presumes[0]' for an entry of a list."""
    keys = [part for part in location if isinstance(part, str)]
    entry = f"[{location[-1]}]" if location and isinstance(location[-1], int) else ""
    return f"{keys[-1]}{entry}" if keys else ""


def _expected(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    match kind:
        case "literal_error":
            allowed = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
            return f"{' or '.join(allowed)}{did_you_mean(str(error['input']), allowed)}"
        case "string_type":
            return "text"
        case "tuple_type" | "list_type":
            return "a list"
        case "dict_type" | "model_type" | "model_attributes_type":
            return "a mapping of fields to values"
        case "string_pattern_mismatch" | "string_too_short":
            return "text that says something"
        case "string_too_long":
            return f"at most {context.get('max_length')} characters"
    return error["msg"][:1].lower() + error["msg"][1:]


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, tuple | list):
        return f"a list of {len(value)}"
    return f"the text {value[:60]!r}" if isinstance(value, str) and value else "nothing"


def _listed(known: set[str]) -> str:
    return f"; known here: {', '.join(sorted(known))}" if known else ""


def _fields_at(model: type[BaseModel], location: Location) -> set[str]:
    """The YAML names of the fields of the model at ``location`` inside ``model``."""
    current: Any = model
    for part in location:
        if isinstance(part, str) and isinstance(current, type) and issubclass(current, BaseModel):
            by_name = {f.alias or n: f.annotation for n, f in current.model_fields.items()}
            current = _inner_model(by_name.get(part))
    if isinstance(current, type) and issubclass(current, BaseModel):
        return {f.alias or n for n, f in current.model_fields.items()}
    return set()


def _inner_model(annotation: Any) -> Any:
    """The model inside ``X | None``, ``tuple[X, ...]``, ``dict[str, X]`` or ``Annotated[X, …]``."""
    if isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is not None or isinstance(annotation, UnionType):
        for argument in get_args(annotation):
            if (found := _inner_model(argument)) is not None:
                return found
    return None
