"""The canonical order of a record's fields: that of its model, at every depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from kg.layout import FOLDERS, SINGLES
from kg.records import Meter, Retired

Model = type[BaseModel]


def model_of(path: str) -> tuple[Model | None, int]:
    """The model of the records in the file ``data/…`` at ``path``, and how deep below the file's root they stand."""
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(".yaml")
    if folder.rpartition("/")[2] in FOLDERS:
        return FOLDERS[folder.rpartition("/")[2]], 0
    if stem in SINGLES:
        return SINGLES[stem], 1
    others: dict[str, tuple[Model, int]] = {"retired": (Retired, 1), "meter": (Meter, 0)}
    return others.get(stem, (None, 0))


def below(model: Model | None, field: str) -> Model | None:
    """The model of what stands in ``field`` (in its items, where it is a list); None where that is no record."""
    if model is None:
        return None
    found = next((info.annotation for info in model.model_fields.values() if info.alias == field), None)
    return next(_records(found), None)


def _records(annotation: Any) -> Iterator[Model]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _records(part)


def rank(model: Model | None, field: str) -> int:
    """Where ``field`` stands in a record of ``model``; fields that it does not know come last, as they were."""
    names = [] if model is None else [info.alias for info in model.model_fields.values()]
    return names.index(field) if field in names else len(names)
