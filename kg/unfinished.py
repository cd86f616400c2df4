"""A record that is wrong or unfinished, made whole by stand-ins, so that the rules across records hold the rest.

A field that is missing, or that has no valid form, gets a stand-in that no rule minds; where there is none it is left
out, and an entry of a list with no valid form too. Its own finding is told anyway. ``Completed.told`` then keeps what
the rules say of what is written, and drops what they say of stand-ins and of what was left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from kg.findings import Finding
from kg.modelfields import Location
from kg.validation import Origin, meant, nearest

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
    "date": _DAY, "pilot": "false", "minutes": "1",
    "kind": "law", "role": "background", "depth": "secondary", "about": "derived", "difficulty": "hard",
    "outcome": "mixed", "state": "open", "by": "person", "how": "by-hand", "level": "derived",
    "attempts.outcome": "partial", "bridges.how": "argues", "stance": _stance, "type": "qualitative",
    "strands.role": "strand", "strands": (NAME,), "because": f"paper:{NAME}", "targets": (f"argument:{NAME}",),
    "sources": ({"paper": NAME, "role": "background", "depth": "secondary"},),
    "settled-by": ({"text": NAME, "answer": NAME},),
    "frozen": {"date": _DAY, "pilot": "false"},
    "history": ({"date": _DAY, "state": "open", "because": f"paper:{NAME}"},),
})  # fmt: skip

_OF_NUMBERS = frozenset(
    ("type", "expected", "at-most", "at-least", "tolerance", "compare", "conditions", "rivals", "in", "over", "along",
     "order", "direction", "min-gap", "passes", "fails", "contrast", "searched", "deterministic")
)  # fmt: skip
# by rule: the fields without which it says something false; any rule is silent whose message names what was left out
_SILENT: Mapping[str, frozenset[str]] = MappingProxyType({
    "incomplete-declaration": frozenset({"type", "tests"}),
    "misplaced-field": frozenset({"type"}),
    "no-refutation": frozenset({"type", "refuted-if", "tests"}),
    "no-rival": frozenset({"type", "rivals"}),
    "rival-without-value": frozenset({"type", "rivals"}),
    **dict.fromkeys(("rival-too-close", "no-finite-value", "senseless-ratio", "searched-too-short"), _OF_NUMBERS),
    "unlinked-rivals": _OF_NUMBERS | {"contradicts", "regime", "quantity"},
    "same-statement": frozenset({"builds-on", "bridges", "contradicts", "title"}),
    "reply-to-no-argument": frozenset({"stance"}),
    "minutes-off-rule": frozenset({"minutes", "where", "teaches"}),
})  # fmt: skip


@dataclass(frozen=True)
class _LeftOut:
    """The field ``name`` (or a part of it) of what stands on the lines ``first`` to ``last``.

    On the lines ``inner`` of the predictions of a record, the same name is that of a field of theirs.
    """

    name: str
    first: int
    last: int
    inner: frozenset[int]

    def concerns(self, finding: Finding) -> bool:
        if not self.first <= finding.place.line <= self.last:
            return False
        named = re.search(rf"(?<![\w-]){re.escape(self.name)}(?![\w-])", finding.message)
        mine = bool(named) and finding.place.line not in self.inner
        return mine or self.name in _SILENT.get(finding.rule, ())


@dataclass(frozen=True)
class Completed(Generic[R]):
    """The record with stand-ins; ``origin`` has the lines of its nodes as they are numbered in ``record``."""

    record: R
    origin: Origin
    left_out: tuple[_LeftOut, ...] = ()

    def told(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Those of ``findings`` that are about what is written."""
        for finding in findings:
            stands_in = NAME in finding.message or _DAY in finding.message
            here = finding.place.path == self.origin.path
            if not stands_in and not (here and any(gap.concerns(finding) for gap in self.left_out)):
                yield finding


def completed(model: type[R], written: Mapping[str, Any], origin: Origin) -> Completed[R] | None:
    """The record that ``written`` may become, with stand-ins; None where no record can be made of what is there."""
    value: Any = written
    draft = _Draft(origin, [])
    for at, name in origin.losses():
        draft.note((*at, name))
    for _ in range(_MOST_ROUNDS):
        try:
            return Completed(model.model_validate(value), draft.origin, tuple(draft.left_out))
        except ValidationError as problem:
            errors = problem.errors(include_url=False)
        was = value
        lacking = [tuple(error["loc"]) for error in errors if error["type"] == "missing"]
        for at in lacking:
            if len(at) == 1 or (len(at) == 3 and at[0] == "predictions"):  # else a part of what is judged as it is
                draft.note(at)
            value = _with(value, at, _stand_in(value, at))
        senseless = [at[:-1] for at in lacking if at[-1] not in _STAND_INS]  # until that is given it says nothing
        wrong = {tuple(part for part in at if part != "[key]") for at in senseless}
        unknown: dict[Location, set[str | int]] = {}
        for error in errors:
            at = tuple(part for part in error["loc"] if part != "[key]")
            if error["type"] == "literal_error" and (near := _near(error)):
                value = _with(value, at, near)  # what is meant: the rest is held to it
            elif error["type"] == "extra_forbidden" and _reached(value, at) == at:
                if near := meant(model, value, at):
                    value = draft.renamed(value, at, near)
                else:
                    unknown.setdefault(at[:-1], set()).add(at[-1])
            elif error["type"] != "missing":
                wrong.add(at)
        for above, names in unknown.items():  # all of a mapping at once, as there may be thousands
            draft.note((*above, min(map(str, names))))
            value = _with(value, above, {name: x for name, x in _inner(value, above).items() if name not in names})
        for at in sorted(wrong, key=_order, reverse=True):  # from the end of each list, and from within
            value = draft.without(value, _reached(value, at))
        if value == was:
            return None
    return None


class _Draft:
    """What was left out of a record so far, and the lines of what is left."""

    def __init__(self, origin: Origin, left_out: list[_LeftOut]) -> None:
        self.origin, self.left_out = origin, left_out

    def note(self, at: Location) -> None:
        """Remember that the field of the record, or of its prediction, that holds ``at`` is not as it was written."""
        unit = at[:2] if at[:1] == ("predictions",) and len(at) > 2 else ()
        inside = (*self.origin.prefix, *unit)
        lines = [line for place, line in self.origin.lines.items() if place[: len(inside)] == inside]
        name = next((part for part in at[len(unit) :] if isinstance(part, str) and part), "")
        within = (*inside, "predictions") if not unit and name != "predictions" else None
        inner = [line for place, line in self.origin.lines.items() if place[: len(inside) + 1] == within]
        if name and lines:
            self.left_out.append(_LeftOut(name, min(lines), max(lines), frozenset(inner)))

    def renamed(self, value: Any, at: Location, name: str) -> Any:
        """``value`` with what stands at ``at`` under ``name``, of which its key is a misspelling."""
        depth, old = len(self.origin.prefix) + len(at), (*self.origin.prefix, *at)
        lines = {
            (*old[:-1], name, *place[depth:]) if place[:depth] == old else place: line
            for place, line in self.origin.lines.items()
        }
        self.origin = replace(self.origin, lines=lines)
        return _with(value, at[:-1], _renamed(_inner(value, at[:-1]), at[-1], name))

    def without(self, value: Any, at: Location) -> Any:
        """``value`` without what stands at ``at``; the lines of the later entries of its list move up with them."""
        if not at:
            return value
        self.note(at)
        if isinstance(at[-1], int):
            self.origin = replace(self.origin, lines=_moved(self.origin.lines, (*self.origin.prefix, *at)))
        return _without(value, at)


def _moved(lines: Mapping[Location, int], gone: Location) -> dict[Location, int]:
    *above, index = gone
    depth = len(above)
    moved: dict[Location, int] = {}
    for place, line in lines.items():
        at = place[depth] if len(place) > depth and place[:depth] == tuple(above) else None
        if not isinstance(at, int) or not isinstance(index, int) or at < index:
            moved[place] = line
        elif at > index:
            moved[(*above, at - 1, *place[depth + 1 :])] = line
    return moved


def _order(at: Location) -> tuple[tuple[int, str], ...]:
    return tuple((part, "") if isinstance(part, int) else (-1, part) for part in at)


def _near(error: Any) -> str | None:
    """The allowed word that was meant, where one is near."""
    allowed = [str(word) for word in re.findall(r"'([^']*)'", str(error["ctx"]["expected"]))]
    return nearest(str(error["input"]), allowed)


def _stand_in(value: Any, at: Location) -> Any:
    *above, name = at
    inside = next((part for part in reversed(above) if isinstance(part, str)), "")
    given = _STAND_INS.get(f"{inside}.{name}", _STAND_INS.get(str(name)))
    if not callable(given):
        return given
    for part in above:
        value = value[part]
    return given(value)


def _inner(value: Any, at: Location) -> Any:
    for part in at:
        value = value[part]
    return value


def _renamed(fields: Mapping[Any, Any], old: Any, new: str) -> dict[Any, Any]:
    return {new if name == old else name: held for name, held in fields.items()}


def _with(value: Any, at: Location, inner: Any) -> Any:
    """``value`` with ``inner`` as its field ``at``; as it was where there is nothing to put there."""
    if not at:
        return inner
    if inner is None:
        return value
    if isinstance(value, tuple) and isinstance(at[0], int):
        return (*value[: at[0]], _with(value[at[0]], at[1:], inner), *value[at[0] + 1 :])
    return {**value, at[0]: _with(value.get(at[0]), at[1:], inner)}


def _reached(value: Any, at: Location) -> Location:
    """The part of ``at`` that is written so: a short form is judged as the mapping that it stands for."""
    for depth, part in enumerate(at):
        there = part in value if isinstance(value, dict) else isinstance(value, tuple) and part in range(len(value))
        if not there:
            return at[:depth]
        value = value[part]
    return at


def _without(value: Any, at: Location) -> Any:
    """``value`` without what stands at ``at``."""
    part, *rest = at
    inner = [_without(value[part], tuple(rest))] if rest else []
    if isinstance(value, tuple) and isinstance(part, int):
        return (*value[:part], *inner, *value[part + 1 :])
    return {name: (inner[0] if name == part else held) for name, held in value.items() if rest or name != part}
