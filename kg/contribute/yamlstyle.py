"""A data file in canonical form: fields in the order of the design, quotes where they are needed, lines of 120.

What a file says and its comments never change; a first line that names a schema stays there and names the right one.
A list or mapping stays in brackets where it was and fits on its line; longer text is folded. Blank lines between
entries stay, one at a time.
"""

from __future__ import annotations

import io
import re
import textwrap
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.emitter import Emitter

from kg import yamlfile
from kg.contribute import comments, modeline, nodes, order
from kg.contribute.comments import Comments
from kg.contribute.nodes import Place, place
from kg.contribute.order import Model

WIDTH = 120
_FOLDS = re.compile(r"\S+(?: \S+)*\Z")
_safe = yaml.SafeLoader("")
_analyze = Emitter(io.StringIO(), allow_unicode=True).analyze_scalar


class CannotFormatError(ValueError):
    """The file has a fault that the reader tells, or a form that this module would change."""


def canonical(text: str, path: str) -> str:
    """The canonical form of the text of the data file at ``path``.

    Raises CannotFormatError where ``text`` cannot be read, or would read otherwise afterwards.
    """
    said = yamlfile.parse(text, path)
    if said.value is None:
        raise CannotFormatError("; ".join(map(str, said.findings)))
    line, body = modeline.split(text, path)
    root = nodes.compose(body)
    model, depth = order.model_of(path)
    writer = _Writer(comments.read(body, root))
    lines = [*writer.collection(root, model, 0, depth), *writer.comments.after]
    out = "\n".join(line.rstrip(" ") for line in lines).lstrip("\n") + "\n"
    again = yamlfile.parse(out, path)
    kept = comments.read(out, nodes.compose(out)) if again.value is not None else Comments()
    if again.value != said.value or _words(kept) != _words(writer.comments):
        raise CannotFormatError(f"{path}: its values or comments would change; write it in a plainer form")
    return line + out


def _words(found: Comments) -> list[str]:
    lines = [line for block in found.before.values() for line in block]
    return sorted(filter(None, [*lines, *found.beside.values(), *found.after]))


@dataclass
class _Writer:
    comments: Comments

    def collection(self, node: Any, model: Model | None, indent: int, above: int = 0) -> list[str]:
        """The lines of a list or mapping in block form; records of ``model`` begin ``above`` levels further down."""
        lines: list[str] = []
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                body = self.item(item, model, indent, max(above - 1, 0))
                lines += self.with_comments(place(item), body, indent)
            return lines
        pairs = node.value if above else sorted(node.value, key=lambda pair: order.rank(model, pair[0].value))
        for key, value in pairs:
            inner = model if above else order.below(model, key.value)
            body = self.pair(key, value, inner, indent, max(above - 1, 0))
            lines += self.with_comments(place(key), body, indent)
        return lines

    def with_comments(self, at: Place, body: list[str], indent: int) -> list[str]:
        before = [" " * indent + line if line else "" for line in self.comments.before.get(at, [])]
        if at in self.comments.beside:
            body = [f"{body[0]}  {self.comments.beside[at]}", *body[1:]]
        return [*before, *body]

    def pair(self, key: Any, value: Any, model: Model | None, indent: int, above: int) -> list[str]:
        head = " " * indent + spelled(key, False) + ":"
        room = WIDTH - len(self.comments.beside.get(place(key), ""))
        if (line := self.on_one_line(value, model)) is not None and len(head) + 1 + len(line) <= room:
            return [f"{head} {line}" if line else head]
        if isinstance(value, yaml.ScalarNode):
            return _text(head + " ", value, indent + 2)
        return [head, *self.collection(value, model, indent + 2, above)]

    def item(self, node: Any, model: Model | None, indent: int, above: int) -> list[str]:
        head = " " * indent + "- "
        if (line := self.on_one_line(node, model)) is not None and len(head) + len(line) <= WIDTH:
            return [head + line]
        if isinstance(node, yaml.ScalarNode):
            return _text(head, node, indent + 2)
        lines = self.collection(node, model, indent + 2, above)
        if lines[0].lstrip().startswith("#"):  # a comment above the first entry of an item stays below the dash
            return [head.rstrip(), *lines]
        return [head + lines[0].lstrip(), *lines[1:]]

    def on_one_line(self, node: Any, model: Model | None) -> str | None:
        """``node`` as it stands on the line of its key or dash; None where it has to stand below."""
        if isinstance(node, yaml.ScalarNode):
            return None if "\n" in node.value else spelled(node, False)
        if not node.value:
            return "[]" if isinstance(node, yaml.SequenceNode) else "{}"
        return self.in_brackets(node, model) if node.flow_style and not self.comments.inside(node) else None

    def in_brackets(self, node: Any, model: Model | None) -> str | None:
        if isinstance(node, yaml.ScalarNode):
            return None if "\n" in node.value else spelled(node, True)
        parts: list[str | None] = []
        if isinstance(node, yaml.SequenceNode):
            parts = [self.in_brackets(item, model) for item in node.value]
            return None if None in parts else f"[{', '.join(filter(None, parts))}]"
        for key, value in sorted(node.value, key=lambda pair: order.rank(model, pair[0].value)):
            inner = self.in_brackets(value, order.below(model, key.value))
            parts.append(None if inner is None else f"{spelled(key, True)}: {inner}")
        return None if None in parts else f"{{{', '.join(filter(None, parts))}}}"


def spelled(node: Any, in_brackets: bool) -> str:
    """A text of one line: plain where every reader takes it for this text, else in quotes.

    A number, date or truth value stays as it was written, in quotes or without.
    """
    text: str = node.value
    if not text and not node.style and not in_brackets:
        return ""
    found = _analyze(text)
    plain = found.allow_flow_plain if in_brackets else found.allow_block_plain
    is_text = _safe.resolve(yaml.ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str"  # type: ignore[no-untyped-call]
    if plain and (is_text or not node.style) and "\n" not in text:
        return text
    if text.isprintable() and not set('"\\') & set(text):
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _text(head: str, node: Any, indent: int) -> list[str]:
    """Text that does not fit on its line: folded, or line by line where it has lines of its own."""
    text: str = node.value
    if _FOLDS.match(text):
        wrapped = textwrap.wrap(text, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
        return [head + ">-", *(" " * indent + line for line in wrapped)]
    rows = text.rstrip("\n").split("\n")
    ends = len(text) - len(text.rstrip("\n"))
    if "\n" in text and ends <= 1 and rows[0].strip() and not rows[0].startswith(" "):
        return [head + ("|" if ends else "|-"), *(" " * indent + row if row else "" for row in rows)]
    return [head + spelled(node, False)]
