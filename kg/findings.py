"""What is wrong with the record, and where: places, named rules, findings, printers.

A rule is registered once, where it is checked, with its meaning and an example that
breaks it; ``kg explain RULE`` prints both. A finding is one breach of one rule at one
place. Nothing here decides what is right: readers and checks yield findings.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file. ``path`` is relative to the root, with forward slashes; lines count from 1.

    ``at`` are the keys of the field in that file, where one is known; two places of one line are the same place.
    """

    path: str
    line: int = 1
    at: tuple[str | int, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: what it asks for in one sentence, and the smallest text that breaks it."""

    name: str
    severity: Severity
    meaning: str
    example: str

    def at(self, place: Place, message: str) -> Finding:
        """The finding that this rule is broken at ``place``."""
        return Finding(place, self.name, message)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One breach of the rule named ``rule``: what was found, what is expected, what to do."""

    place: Place
    rule: str
    message: str

    @property
    def severity(self) -> Severity:
        return RULES[self.rule].severity

    def __str__(self) -> str:
        return as_text([self])


RULES: dict[str, Rule] = {}


def rule(name: str, meaning: str, example: str, severity: Severity = "error") -> Rule:
    """Register a rule. Raises ValueError if the name is taken: two rules would share one explanation."""
    if name in RULES:
        raise ValueError(f"rule {name!r} is registered twice")
    RULES[name] = Rule(name, severity, meaning, example)
    return RULES[name]


def beyond(findings: Iterable[Finding], others: Iterable[Finding]) -> list[Finding]:
    """The ``findings`` that are not among ``others``, on whatever line they stand: a change moves lines."""
    left = Counter((other.place.path, other.rule, other.message) for other in others)
    fresh = []
    for finding in findings:
        key = (finding.place.path, finding.rule, finding.message)
        if left[key]:
            left[key] -= 1
        else:
            fresh.append(finding)
    return fresh


def visible(text: str) -> str:
    """``text`` on one line with control and other unprintable characters escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def as_text(findings: Iterable[Finding], named: Callable[[Finding], str] = lambda finding: finding.rule) -> str:
    """One line a finding, ``path:line: rule: message``, as editors and terminals open by a click.

    ``named`` writes the rule: a terminal shows it in colour.
    """
    return "\n".join(f"{f.place}: {named(f)}: {visible(f.message)}" for f in findings)


def as_json(findings: Iterable[Finding]) -> str:
    """The list that ``kg check --json`` prints."""
    rows = [
        {"path": f.place.path, "line": f.place.line, "rule": f.rule, "severity": f.severity, "message": f.message}
        for f in findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_github(findings: Iterable[Finding]) -> str:
    """Workflow commands that GitHub shows as annotations on the lines of a pull request."""

    def escaped(text: str, also: str = "") -> str:
        for character in "%\r\n" + also:
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    return "\n".join(
        f"::{f.severity} file={escaped(f.place.path, ':,')},line={f.place.line},"
        f"title={escaped(f.rule, ':,')}::{escaped(visible(f.message))}"
        for f in findings
    )
