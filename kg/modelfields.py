"""What a closed model says of the place of a field: which names stand there, what the field is for, how it is written.

A location holds the YAML names of fields and the places in lists, from the record inwards.
"""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

Location = tuple[str | int, ...]

_MOST_SHOWN = 40  # characters of what was found that an example repeats
_LEFT_OPEN = "…"


def names(model: type[BaseModel], location: Location) -> set[str]:
    """The YAML names of the fields of the model at ``location`` inside ``model``; none where no model stands."""
    inner = _bare(_at(model, location))
    return set(_fields(inner)) if _is_model(inner) else set()


def purpose(model: type[BaseModel], location: Location) -> str:
    """What the field at ``location`` says, and the words that it may be, as far as the model tells."""
    around = _bare(_at(model, location[:-1]))
    field = _fields(around).get(str(location[-1])) if _is_model(around) else None
    if field is None:
        return ""
    annotation = _bare(field.annotation)
    words = f"one of {', '.join(get_args(annotation))}" if get_origin(annotation) is Literal else ""
    return "; ".join(filter(None, (field.description, words)))


def wanted(model: type[BaseModel], location: Location, found: Any) -> str:
    """The list or mapping that is to stand at ``location``, holding ``found`` where it fits; "" for anything else."""
    annotation = _bare(_at(model, location))
    if get_origin(annotation) is tuple:
        if isinstance(found, dict):
            return "a list; begin each entry with '- '"
        return f"a list: {_example(annotation, found)}" if isinstance(found, str) else ""
    if not isinstance(found, dict) and (_is_model(annotation) or get_origin(annotation) is dict):
        return f"a mapping: {_example(annotation, found)}"
    return ""


def _example(annotation: Any, found: Any) -> str:
    """How a value of ``annotation`` is written, holding ``found`` where that is a part of it."""
    annotation = _bare(annotation)
    if get_origin(annotation) is tuple:
        entry, pieces = get_args(annotation)[0], [""]
        if isinstance(found, str) and not set(found) & set("[]{}"):
            pieces = [piece.strip() for piece in found.split(",") if piece.strip()] or [""]
        return f"[{', '.join(_example(entry, piece) for piece in pieces)}]"
    if _is_model(annotation):
        fields = _fields(annotation)
        first = next(iter(fields))
        holds = _held(fields[first], found)
        shown = {
            name: holds if name == first else _LEFT_OPEN
            for name, field in fields.items()
            if field.is_required() or (name == first and holds != _LEFT_OPEN)
        }
        return f"{{{', '.join(f'{name}: {value}' for name, value in (shown or {first: _LEFT_OPEN}).items())}}}"
    if get_origin(annotation) is dict:
        return "{name: value}"
    return found if isinstance(found, str) and 0 < len(found) <= _MOST_SHOWN else _LEFT_OPEN


def _held(field: FieldInfo, found: Any) -> str:
    """``found`` where it may be the value of ``field`` as it is written."""
    if not isinstance(found, str) or not 0 < len(found) <= _MOST_SHOWN or set(found) & set(",:#[]{}\"'"):
        return _LEFT_OPEN
    annotation: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    try:
        TypeAdapter(annotation).validate_python(found)
    except ValidationError:
        return _LEFT_OPEN
    return found


def _at(model: type[BaseModel], location: Location) -> Any:
    """The annotation of what stands at ``location``, None where the model has nothing there."""
    current: Any = model
    for part in location:
        current = _bare(current)
        if _is_model(current) and part in (fields := _fields(current)):
            current = fields[str(part)].annotation
        elif get_origin(current) is tuple and isinstance(part, int):
            current = get_args(current)[0]
        elif get_origin(current) is dict:
            current = get_args(current)[1]
        else:
            return None
    return current


def _bare(annotation: Any) -> Any:
    """``X`` of ``Annotated[X, …]`` and of ``X | None``."""
    while (origin := get_origin(annotation)) is Annotated or origin in (UnionType, Union):
        inner = [each for each in get_args(annotation) if each is not type(None)]
        if origin is not Annotated and len(inner) > 1:
            break
        annotation = inner[0]
    return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, BaseModel)


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}
