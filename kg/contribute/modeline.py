"""The first line of a data file, which tells an editor's YAML server the schema by which it completes and warns."""

from __future__ import annotations

from kg.layout import FOLDERS, SINGLES

_BEGINS = "# yaml-language-server:"


def of(path: str) -> str:
    """The line for the file ``data/…`` at ``path``; empty where there is no schema for it."""
    *folders, name = path.split("/")
    stem = name.removesuffix(".yaml")
    if len(folders) == 2 and folders[0] == "data" and folders[1] in FOLDERS:
        return f"{_BEGINS} $schema=../schema/{folders[1].removesuffix('s')}.schema.json"
    if folders == ["data"] and (stem in SINGLES or stem == "retired"):
        return f"{_BEGINS} $schema=schema/{stem}.schema.json"
    return ""


def split(text: str, path: str) -> tuple[str, str]:
    """The line that the file at ``path`` has to begin with, where ``text`` begins with one, and the rest of it.

    The line is empty, and the rest the whole ``text``, where it has none or the file has no schema.
    """
    first, _, rest = text.partition("\n")
    return (f"{line}\n", rest) if first.startswith(_BEGINS) and (line := of(path)) else ("", text)


def put(text: str, path: str) -> str:
    """``text`` with the line at its top, where the file at ``path`` has a schema."""
    line, rest = split(text, path)
    return text if line or not (wanted := of(path)) else f"{wanted}\n{rest}"
