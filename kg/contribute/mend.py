"""What is wrong in one way only is mended by machine: identifiers with their prefix, text that needs quotes, form."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from kg import bibfile, identifiers, stored, textfile, yamlfile
from kg.contribute import bibstyle, yamlstyle
from kg.contribute.yamlstyle import CannotFormatError

_DOI = re.compile(r"(\bdoi\s*=\s*[{\"])\s*([^}\"\s]+)", re.IGNORECASE)
_EPRINT = re.compile(r"(\beprint\s*=\s*[{\"])\s*([^}\"\s]+)", re.IGNORECASE)


def files(root: Path) -> list[str]:
    """The files that people write below ``data/`` and ``bib/``, as paths relative to ``root``."""
    found = [*(root / "data").rglob("*.yaml"), *(root / "bib").glob("*.bib")]
    return sorted(path.relative_to(root).as_posix() for path in found if path.is_file())


def formatted(text: str, path: str) -> str:
    """``text`` in canonical form. Raises CannotFormatError where it cannot be read."""
    return bibstyle.canonical(text, path) if path.endswith(".bib") else yamlstyle.canonical(text, path)


def mended(text: str, path: str) -> str:
    """``text`` in canonical form, with what is mechanical put right first. Raises CannotFormatError."""
    return formatted(_identifiers(text) if path.endswith(".bib") else _quoted(text, path), path)


def read(root: Path, path: str) -> str:
    """The text of a file. Raises CannotFormatError where it cannot be read as text."""
    limit = bibfile.MAX_BYTES if path.endswith(".bib") else yamlfile.MAX_BYTES
    text, findings = textfile.read_text(root, path, limit, Path(path).suffix)
    if text is None:
        raise CannotFormatError("; ".join(map(str, findings)))
    return text


def _identifiers(text: str) -> str:
    """DOIs without their resolver, arXiv ids without address or prefix, where what is left is one."""

    text = _DOI.sub(lambda match: match[1] + (identifiers.doi(match[2]) or match[2]), text)
    return _EPRINT.sub(lambda match: match[1] + (identifiers.arxiv(match[2]) or match[2]), text)


def _quoted(text: str, path: str) -> str:
    """Quotes about every plain text that other YAML readers change."""
    lines = text.split("\n")
    for event, _ in reversed(list(yamlfile.read_otherwise(text, path))):
        line, start, end = event.start_mark.line, event.start_mark.column, event.end_mark.column
        lines[line] = f'{lines[line][:start]}"{lines[line][start:end]}"{lines[line][end:]}'
    return "\n".join(lines)


def rewrite(
    root: Path, paths: list[str], form: Callable[[str, str], str], *, write: bool = True
) -> tuple[list[str], list[str]]:
    """Put each file into ``form``: those that change, and why others could not be put into it.

    A file is replaced in one step and only where it changes; with ``write`` false nothing is.
    """
    changed, left = [], []
    for path in paths:
        try:
            before = read(root, path)
            after = form(before, path)
        except CannotFormatError as problem:
            left.append(str(problem))
            continue
        if after != before:
            changed.append(path)
            if write:
                stored.replace(root / path, after.encode())
    return changed, left
