"""The nodes of a sound YAML file with their places, as PyYAML composes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

Place = tuple[int, int]
"""Line and column, from 0, of an entry: a pair of a mapping (its key) or an item of a list."""


def compose(text: str) -> Any:
    """The root of ``text``, which ``kg.yamlfile`` has read without a finding."""
    return yaml.compose(text, Loader=yaml.CBaseLoader)


def place(node: Any) -> Place:
    return int(node.start_mark.line), int(node.start_mark.column)


def entries(node: Any) -> Iterator[Place]:
    """The places of all entries below ``node``, outer ones first."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield place(key)
            yield from entries(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield place(item)
            yield from entries(item)


def leaves(node: Any) -> Iterator[Any]:
    """All scalars of ``node``, keys among them, in their order."""
    if isinstance(node, yaml.ScalarNode):
        yield node
        return
    for child in node.value:
        for part in child if isinstance(child, tuple) else (child,):
            yield from leaves(part)
