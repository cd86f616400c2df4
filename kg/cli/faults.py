"""What is wrong with one answer by itself, so that it is told at its question: its form, its mathematics, its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_origin

import click

from kg.cli.flags import IN_A_SHELL, named_flag, such_as
from kg.english import listed
from kg.findings import Finding

_ABOVE = {"statement": ("--title", "title"), "refuted-if": ("--statement", "statement")}
"""Fields that say nothing where they repeat another, with the flag that gives the other."""


def of_text(flag: str, text: str, said: Mapping[str, str]) -> list[str]:
    """What the rules find in ``text`` as the answer to ``flag`` of the present command, where flags have ``said``."""
    from kg.checks import hollow
    from kg.checks.quality import WORDS, tex_problem

    context = click.get_current_context(silent=True)
    option = named_flag(context, flag) if context else None
    if context is None or option is None or not option.fields:
        return []
    kind, path = str(context.command.name), option.fields[0].split(".")
    told = of_field(kind, path[0], text if len(path) == 1 else {path[1]: text}, tuple(path))
    name = path[-1]
    math = f"${text.strip()}$" if name == "formula" else text if name in WORDS else ""
    if problem := tex_problem(math):
        told.append(f"unbalanced-tex: {problem}")
    above, field = _ABOVE.get(name, ("", ""))
    if problem := hollow.problem(kind, name, text) or hollow.repetition(said.get(above, ""), text, field):
        told.append(f"hollow-text: {problem}")
    return told


def at_flag(flag: str, text: str, said: Mapping[str, str]) -> list[str]:
    """``of_text`` of what was typed in a shell."""
    return [f"{line}{IN_A_SHELL if 'unbalanced-tex' in line else ''}" for line in of_text(flag, text, said)]


def unsettled(text: str, settings: Sequence[str]) -> str:
    """What is wrong with arithmetic that holds other names than the ``settings``; "" where nothing is."""
    from kg.arithmetic import FormulaError, parse

    try:
        names = sorted(parse(text).names.difference(settings)) if text != "from-run" else []
    except FormulaError:
        return ""  # its form is told as that
    if not names:
        return ""
    if not settings:
        return f"found {names[0]!r} in {text!r}, and no settings are given (--condition {names[0]}=…)"
    among = "the setting" if len(settings) == 1 else "one of the settings"
    return f"found {names[0]!r} in {text!r}, expected {among} {listed(settings)} (--condition)"


def of_field(kind: str, field: str, value: Any, at: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with the form of ``value`` as ``field`` of a record of ``kind``, at and below ``at``."""
    from kg.cli.writing import as_read, model_of
    from kg.validation import Origin, build

    model = model_of(kind)
    info = next((one for one in model.model_fields.values() if one.alias == field), None)
    if info is None:
        return []
    listed = isinstance(value, dict) and get_origin(info.annotation) is tuple
    _, findings = build(model, as_read({field: [value] if listed else value}), Origin("", {}, ()))
    told = []
    for finding in findings:
        parts = tuple(part for part in finding.place.at if isinstance(part, str))
        if parts[: len(at) or 1] == (at or (field,)) and not _awaited(finding, at):
            head, colon, rest = finding.message.partition(": ")
            message = rest if colon and head.partition("[")[0] in parts else finding.message
            told.append(f"{finding.rule}: {message}")
    return told


def _awaited(finding: Finding, at: tuple[str, ...]) -> bool:
    """Whether what is missing is given by another flag: all but the field at hand, or of a value its reason."""
    return finding.rule == "missing-field" and (bool(at) or len(finding.place.at) < 2 or finding.place.at[-1] == "why")


def in_form(flag: str, lines: list[str]) -> list[str]:
    """``lines`` with an example of the flag's value, where it has one."""
    return [line if "such as" in line or "did you mean" in line else f"{line}{such_as(flag)}" for line in lines]
