"""What has parts, as a flag holds it: short forms such as ``eta=0.4,beta=0.9``, or in brackets as it stands in a file.

Each reader takes the flag's name and its text, and raises UsageError with the form that it expects.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

_REQUIREMENT = re.compile(r"\s*(?P<quantity>[^<>=\s]+)\s*(?P<side><=|>=)\s*(?P<bound>[^:\s]+)\s*(?::\s*(?P<why>.+))?\Z")
_REGIME = re.compile(r"\s*(?P<axis>[^<>=\s]+)\s*(?P<sign>==|<=|>=|<|>|=(?!=))\s*(?P<value>.*\S.*)\Z")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+\Z", re.ASCII)
_COUNTED = {2: "two", 4: "four"}
_COMPARE = re.compile(r"(<=|>=|<|>|=)\s*(.+)\Z")
_SIDES = {"<=": "at-most", ">=": "at-least"}


def plain(flag: str, text: str) -> Any:
    return text


def brackets(flag: str, text: str) -> Any:
    """``text`` in brackets, as it would stand in the file."""
    from kg import yamlfile

    found = yamlfile.parse(text, flag)
    if found.value is None:
        raise click.UsageError(f"{flag}: {found.findings[0].message}; found {text!r}")
    return _lists(found.value)


def _lists(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_lists(item) for item in value]
    return {name: _lists(item) for name, item in value.items()} if isinstance(value, dict) else value


def in_brackets(text: str) -> bool:
    return text.lstrip().startswith(("{", "["))


def listed(flag: str, text: str) -> list[str]:
    """``16,64,256`` or ``[16, 64, 256]``."""
    found: list[str] = brackets(flag, text) if in_brackets(text) else [item.strip() for item in text.split(",")]
    return found


def several(least: int, most: int | None = None, what: str = "") -> Callable[[str, str], list[str]]:
    """Reads ``listed`` values, ``least`` of them or more, up to ``most``; ``what`` they are, where not just numbers."""
    said = what or f"{_COUNTED[least]} numbers{'' if least == most else ' or more'}"

    def read(flag: str, text: str) -> list[str]:
        found = listed(flag, text)
        if least <= len(found) <= (most or len(found)):
            return found
        parts = [part for part in re.split(r"\s*(?:\.\.|;|(?<=[\d.])\s*-|\s)\s*", text.strip()) if part]
        mend = f"; write {','.join(parts)}" if len(parts) >= least and all(map(_NUMBER.match, parts)) else ""
        raise click.UsageError(f"{flag}: found {text!r}, expected {said}{mend}")

    return read


def decimal(flag: str, text: str) -> str:
    """A number or arithmetic, in which a comma is told to be no decimal point."""
    if _COMMA.match(text.strip()):
        raise click.UsageError(f"{flag}: found {text!r}; write {text.strip().replace(',', '.')}")
    return text


def settings(flag: str, text: str) -> dict[str, Any]:
    """``eta=0.4,beta=0.9`` or ``{eta: 0.4, beta: 0.9}``."""
    if in_brackets(text):
        found: dict[str, Any] = brackets(flag, text)
        return found
    return dict(pair(flag, item) for item in text.split(","))


def pair(flag: str, text: str, form: str = "name=value") -> tuple[str, str]:
    """``name=value``, split at the last sign of equality: a name may hold some."""
    name, equals, value = text.rpartition("=")
    if not equals or not name.strip() or not value.strip():
        raise click.UsageError(f"{flag}: found {text!r}, expected {form}")
    return name.strip(), value.strip()


def fields(*names: str) -> Callable[[str, str], Any]:
    """Reads ``a=1,b=x`` with these names; a comma ends a value only where another of the names follows."""

    def read(flag: str, text: str) -> Any:
        if in_brackets(text):
            return brackets(flag, text)
        parts = re.split(rf",\s*(?=(?:{'|'.join(names)})\s*=)", text)
        found = {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in parts)}
        if not set(found) <= set(names) or not all(found.values()):
            expected = ",".join(f"{name}=…" for name in names)
            raise click.UsageError(f"{flag}: found {text!r}, expected {expected} (or some of them)")
        return found

    return read


def arm(side: str) -> Callable[[str, str], Any]:
    def read(flag: str, text: str) -> Any:
        if in_brackets(text):
            return brackets(flag, text)
        condition = settings(flag, text)
        if side not in condition:
            raise click.UsageError(
                f"{flag}: found {text!r}, expected a setting and a bound, setting=value,{side}=number"
            )
        bound = condition.pop(side)
        return {"condition": condition, side: bound}

    return read


def requirement(flag: str, text: str) -> Any:
    if in_brackets(text):
        return brackets(flag, text)
    if not (found := _REQUIREMENT.match(text)):
        raise click.UsageError(f"{flag}: found {text!r}, expected 'quantity<=number' or 'quantity>=number: why'")
    return {"quantity": found["quantity"], _SIDES[found["side"]]: found["bound"], "why": found["why"]}


def named(value: str) -> Callable[[str, str], Any]:
    """Reads ``name=value`` as the record that calls them ``name`` and ``value``."""
    name = "as" if value == "value" else "name"

    def read(flag: str, text: str) -> Any:
        return brackets(flag, text) if in_brackets(text) else dict(zip((name, value), pair(flag, text), strict=True))

    return read


def rival(flag: str, text: str) -> Any:
    """Read once the type is known, which says what a rival expects."""
    return brackets(flag, text) if in_brackets(text) else dict(zip(("name", "value"), pair(flag, text), strict=True))


def regime(flag: str, text: str) -> tuple[str, str]:
    """``depth>=2``, ``width=64..1024`` or ``loss=mse | cross-entropy``, as an axis and its values."""
    if not (found := _REGIME.match(text)):
        raise click.UsageError(
            f"{flag}: found {text!r}, expected axis=value, 'width=64..1024', 'depth>=2' or 'depth==2'"
        )
    sign, value = found["sign"], found["value"].strip()
    compares = _COMPARE.match(value)
    if sign != "=":
        return found["axis"], f"{'=' if sign == '==' else sign} {value}"
    return found["axis"], f"{compares[1]} {compares[2]}" if compares else value
