"""A YAML value held against a closed model: the record, or findings on the lines that break it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process

from kg import arithmetic, modelfields
from kg.findings import RULES, Finding, Place, rule
from kg.modelfields import Location

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

_MOST_BESIDE = 20  # keys before an unknown one on its line that are looked at

R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class Origin:
    """Where a record was written: its file, the line of every node of that file, and its place in it.

    ``lost`` has the names that could not be read in the mapping or list at a place of the file.
    """

    path: str
    lines: Mapping[Location, int] = field(default_factory=dict)
    prefix: Location = ()
    line: int = 1
    lost: Mapping[Location, frozenset[str]] = field(default_factory=dict)

    def place(self, *location: str | int) -> Place:
        """The line of ``location`` inside the record, or of the nearest node that encloses it."""
        at = whole = (*self.prefix, *location)
        while at and at not in self.lines:
            at = at[:-1]
        return Place(self.path, self.lines.get(at, self.line), whole)

    def losses(self) -> list[tuple[Location, str]]:
        """Where inside the record something could not be read, and the names that it holds."""
        inside = len(self.prefix)
        return [
            (place[inside:], name)
            for place, names in self.lost.items()
            if place[:inside] == self.prefix
            for name in sorted(names) or [""]
        ]


def did_you_mean(word: str, known: Mapping[str, object] | set[str] | frozenset[str] | list[str]) -> str:
    """ "; did you mean 'x'?" for the nearest of ``known``, or nothing when none is near."""
    near = nearest(word, known)
    return f"; did you mean {near!r}?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` of which ``word`` may be a typing error, None where none is near."""
    near = process.extractOne(word, list(known), score_cutoff=NEAR)
    return near[0] if near else None


def meant(model: type[BaseModel], value: Any, location: Location) -> str | None:
    """The field that is misspelt at ``location`` of ``value``; None where none is near or that one is given too."""
    near = nearest(str(location[-1]), modelfields.names(model, location[:-1]))
    return near if near and near not in (_inside(value, location[:-1]) or {}) else None


def build(model: type[R], value: Any, origin: Origin) -> tuple[R | None, list[Finding]]:
    """The record that ``value`` holds, or None and one finding for each field that is wrong."""
    if not isinstance(value, dict):
        return None, [WRONG_SHAPE.at(origin.place(), f"found {_kind(value)}, expected a mapping of fields to values")]
    try:
        return model.model_validate(value), []
    except ValidationError as problem:
        return None, list(_findings(model, value, problem, origin))


def _findings(model: type[BaseModel], value: Any, problem: ValidationError, origin: Origin) -> Iterator[Finding]:
    errors = problem.errors(include_url=False)
    unknown = [_location(error) for error in errors if error["type"] == "extra_forbidden"]
    misspelt = {(*at[:-1], meant(model, value, at)) for at in unknown}
    misspelt |= {(*at[:-1], "name") for at in unknown if _as_named(model, value, at)}
    beside = _beside(value, unknown, origin)
    losses = origin.losses()
    for error in errors:
        location = _location(error)
        if _is_of_a_loss(error, location, losses):
            continue
        place = origin.place(*location)
        name, kind = _path(location) if origin.lines else _named(location), error["type"]
        if kind == "extra_forbidden":
            if message := _unknown(model, value, location, beside):
                yield UNKNOWN_FIELD.at(place, message)
        elif kind == "missing":
            if location not in misspelt:
                yield MISSING_FIELD.at(place, _missing(model, value, location))
        elif kind in RULES:
            said = _arithmetic(error, value, location) if kind == "bad-arithmetic" else error["msg"]
            yield RULES[kind].at(place, f"{name}: {said}")
        elif kind.endswith("_type") or kind in ("too_short", "too_long"):
            expected = modelfields.wanted(model, location, error["input"]) or _expected(error)
            yield WRONG_SHAPE.at(place, f"{name}: found {_kind(error['input'])}, expected {expected}")
        else:
            found = repr(error["input"])[:80]
            yield RULES["wrong-value"].at(place, f"{name}: found {found}, expected {_expected(error)}")


def _is_of_a_loss(error: ErrorDetails, location: Location, losses: Iterable[tuple[Location, str]]) -> bool:
    """Whether what is said may only follow from what could not be read."""
    if error["type"] == "missing":
        above = location[:-1]
        return any(at[: len(above)] == above and name in ("", location[-1]) for at, name in losses)
    return any(at == location for at, _ in losses)


def _location(error: ErrorDetails) -> Location:
    return tuple(part for part in error["loc"] if part != "[key]")


def _missing(model: type[BaseModel], value: Any, location: Location) -> str:
    """That a field is missing, of what, and what it says."""
    whose, around = _named(location[:-1]), _inside(value, location[:-1])
    key = around.get("id") if isinstance(around, dict) else None
    whose += f" ({key})" if whose and isinstance(key, str) else ""
    purpose = modelfields.purpose(model, location)
    return f"{location[-1]!r}{f' of {whose}' if whose else ''} is missing; add it{f': {purpose}' if purpose else ''}"


def _unknown(
    model: type[BaseModel], value: Any, location: Location, beside: Mapping[Location, Sequence[str]]
) -> str | None:
    """What is said of a field that there is none of; None where a comma broke one value into several such fields."""
    name, known = str(location[-1]), modelfields.names(model, location[:-1])
    if near := did_you_mean(name, known):
        return f"{name!r} is not a field here{near}"
    if whole := _as_named(model, value, location):
        return f"{name!r} is not a field here; write {whole}"
    around = _inside(value, location[:-1])
    before = beside.get(location, ())
    at = next((at for at, key in reversed([*enumerate(before)]) if key in known), None)
    plain = f"{name!r} is not a field here{_listed(known)}"
    if at is None or not isinstance(around[before[at]], str):
        return plain
    cut = before[at]  # the field whose value may go on here
    if name.isdigit() and around[name] == "" and around[cut].lstrip("+-").isdigit():
        return f"found a decimal comma in {around[cut]},{name}: write {around[cut]}.{name}"
    if not _is_prose(name, around[name]):
        return f"{plain}; if it is part of the value of {cut}, put quotes around that"
    if any(_is_prose(key, around[key]) for key in before[at + 1 :]):
        return None
    return f"found {name!r} as a key: a comma ends a value between {{ and }}; put quotes around the value of {cut}"


def _as_named(model: type[BaseModel], value: Any, location: Location) -> str:
    """How an entry that was written as ``- its name: what it expects`` is written; "" for anything else."""
    around, known = _inside(value, location[:-1]), modelfields.names(model, location[:-1])
    if not {"name", "expected"} <= known or not isinstance(around, dict) or len(around) != 1:
        return ""
    name, expected = str(location[-1]), around[location[-1]]
    if not isinstance(expected, str) or not expected or nearest(name, known):
        return ""
    return f"{{name: {name}, expected: {expected}}}"


def _beside(value: Any, unknown: Iterable[Location], origin: Origin) -> dict[Location, tuple[str, ...]]:
    """The keys before each of ``unknown`` on its line: only between { and } do two keys stand on one line."""
    found: dict[Location, tuple[str, ...]] = {}
    for above in {at[:-1] for at in unknown}:
        around = _inside(value, above)
        rows: dict[int | None, tuple[str, ...]] = {}
        for key in around if isinstance(around, dict) else ():
            line = origin.lines.get((*origin.prefix, *above, key))
            found[*above, key] = rows.get(line, ()) if line is not None else ()
            rows[line] = (*rows.get(line, ()), key)[-_MOST_BESIDE:]
    return found


def _arithmetic(error: ErrorDetails, value: Any, location: Location) -> str:
    """What is wrong with arithmetic, and the settings that it may hold."""
    settings, said = _settings(value, location[:-1]), error["msg"]
    try:
        arithmetic.parse(str(error["input"]), settings)
    except arithmetic.FormulaError as problem:
        said = str(problem) if isinstance(error["input"], str) else said
    if not said.endswith("settings"):
        return said
    here = f" (here {', '.join(settings)})" if settings else ""
    return f"{said}{here}, or from-run"


def _settings(value: Any, location: Location) -> list[str]:
    """The settings that the conditions around ``location`` name, which arithmetic there may hold."""
    for end in range(len(location), -1, -1):
        around = _inside(value, location[:end])
        conditions = around.get("conditions") if isinstance(around, dict) else None
        rows = [conditions.get("grid")] if isinstance(conditions, dict) else conditions or ()
        if names := list(dict.fromkeys(str(name) for row in rows if isinstance(row, dict) for name in row)):
            return names[:_MOST_BESIDE]
    return []


def _is_prose(key: str, value: Any) -> bool:
    """Whether a key is a piece of text rather than a field: nobody names a field so, or gives it no value."""
    return " " in key or "." in key or value == ""


def _inside(value: Any, location: Location) -> Any:
    """What stands at ``location`` of ``value``; None where nothing does."""
    for part in location:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _named(location: Location) -> str:
    """The field at ``location``: 'presumes[0]' for an entry of a list."""
    keys = [part for part in location if isinstance(part, str)]
    entry = f"[{location[-1]}]" if location and isinstance(location[-1], int) else ""
    return f"{keys[-1]}{entry}" if keys else ""


def _path(location: Location) -> str:
    """The field at ``location`` with those that it stands in: 'tolerance.value'; a prediction is told by the line."""
    inner = location[2:] if location[:1] == ("predictions",) and len(location) > 2 else location
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in inner)
    return path.removeprefix(".")


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
