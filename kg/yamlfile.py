"""One YAML file -> strings and their lines; refuses what is dangerous or reads differently elsewhere.

Every scalar stays the text that was written (NFC-normalised): an empty value is ``''``, ``~`` and ``null`` are
those words, ``2304.10`` keeps its zero; the field that a value is for decides what it means. The parser's events
are taken one by one, so a hostile file is refused before anything is built from it, and everything
else that is wrong with a file is reported at once. A file with an error gives no value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import yaml

from kg.findings import Finding, Place, Rule, rule
from kg.textfile import FORBIDDEN, first_problems, forbidden, read_text
from kg.yamlwords import told

MAX_BYTES = 1_000_000  # a claim is 1 kB; the longest hand-kept list of the field stays below a tenth of this
MAX_DEPTH = 12  # records nest six deep; the builder recurses, so the limit also keeps it off the stack's end
MAX_NODES = 50_000  # bounds memory: 1 MB of '[[],[]]' would be a tree of 300 MB
MAX_DIRECTIVES = 20  # they are refused anyway; the parser compares each with all before it
MAX_SCALAR = 20_000  # characters: ten pages; longer text is a file pasted by mistake, slow to render and search

SYNTAX = rule("yaml-syntax", "A data file is YAML that parses.", 'title: "no closing quote')
EMPTY = rule("empty-file", "A data file holds a record.", "# only a comment")
ALIAS = rule("yaml-alias", "No anchors and no aliases: every record says what it means.", "assumes: *usual")
TAG = rule("yaml-tag", "No tags: values are text, lists and mappings.", "title: !!python/name:os.system")
DIRECTIVE = rule("yaml-directive", "No directives.", "%YAML 1.1")
SECOND = rule("yaml-second-document", "A file holds one document.", "---\ntitle: A\n---\ntitle: B")
MERGE = rule("yaml-merge-key", "No merge keys: every record says what it means.", "<<: {kind: law}")
COMPLEX_KEY = rule("complex-key", "A key is a word of text, neither empty nor a list or mapping.", "? [a, b]\n: c")
DUPLICATE_KEY = rule("duplicate-key", "A mapping names each key once.", "status: open\nstatus: answered")
BOOLEAN_KEY = rule(
    "boolean-key", "No unquoted key that YAML 1.1 reads as true, false or null.", "on: 2026-11-24  # write date: ..."
)
TEXT_CUT = rule("text-cut", "Unquoted text is not cut off by a comment on its line.", "title: Is C # faster?")
TOO_DEEP = rule("too-deep", f"Values nest at most {MAX_DEPTH} deep.", "title: [[[[[[[[[[[[[a]]]]]]]]]]]]]")
TOO_MANY = rule("too-many-nodes", f"A file holds at most {MAX_NODES:,} keys and values.", "x: [a, a, ... 50 001 times]")
TOO_LONG = rule("scalar-too-long", f"A text has at most {MAX_SCALAR:,} characters.", "statement: (a whole paper)")
NEEDS_QUOTES = rule(
    "needs-quotes",
    "Text that other YAML readers turn into a number, date or truth value of another spelling is in quotes.",
    "where: 2304.10",
    "warning",
)

Value: TypeAlias = "str | tuple[Value, ...] | dict[str, Value]"
Location: TypeAlias = tuple[str | int, ...]

_NOT_TEXT = {"on", "off", "yes", "no", "y", "n", "true", "false", "null", "~"}  # to YAML 1.1, unquoted
_TAG_LINE = re.compile(r"^%TAG\b", re.MULTILINE)
_CUT = re.compile(r"[ \t]+#(.*)")
_CODE_WORD = re.compile(r"[a-z0-9.:/_+-]*\Z", re.ASCII)  # ids, enumerations, numbers and dates: a comment may follow
_FORMS = yaml.SafeLoader.yaml_implicit_resolvers  # by the first character
_NUMERIC = frozenset("0123456789+-.")  # numbers and dates begin so
_LONGEST_WORD = len("False")  # of those that YAML 1.1 reads as a truth value or nothing
_ALIKE = re.compile(  # all readers agree about these
    r"(?:true|false|0|[1-9]\d{0,8}|0\.\d{0,8}[1-9]|20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]))\Z", re.ASCII
)
_COMMENT = re.compile(r"(?:\s|#|\Z)")


@dataclass(frozen=True)
class YamlFile:
    """What a file says. ``value`` is None when it is refused; ``lines`` has the line, from 1, of every node.

    ``warnings``: where other readers of a file that is not refused would find something else in it. ``lost``: where
    only the rest of a refused file was read (``kg.yamlrest``), the names left out of the mapping or list at a place.
    """

    value: Value | None
    lines: Mapping[Location, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    lost: Mapping[Location, frozenset[str]] = field(default_factory=dict)


def load(root: Path, path: str) -> YamlFile:
    """The file at ``path`` (relative, forward slashes) below ``root``. Never raises on what the file holds."""
    text, findings = read_text(root, path, MAX_BYTES, ".yaml")
    return YamlFile(None, findings=tuple(findings)) if text is None else parse(text, path)


def parse(text: str, path: str) -> YamlFile:
    """The value of ``text``, as if it had been read from ``path``; line ends are LF. Never raises."""
    builder = _Builder(text, path)
    if directive := next(islice(_TAG_LINE.finditer(text), MAX_DIRECTIVES, None), None):
        builder.add(DIRECTIVE, text.count("\n", 0, directive.start()) + 1, "found many directives; delete them")
        return YamlFile(None, findings=tuple(builder.findings))
    try:
        value = builder.document()
    except _StopError:
        value = None
    except yaml.YAMLError as problem:
        builder.add_syntax(problem)
    if builder.findings:
        return YamlFile(None, findings=tuple(first_problems(builder.findings)))
    return YamlFile(value, builder.lines, warnings=tuple(_changed_elsewhere(builder.doubtful, path)))


def _changed_elsewhere(events: Iterable[Any], path: str) -> Iterator[Finding]:
    """A warning for each scalar that ``yaml.safe_load`` turns into something else than the text that was written.

    ``true`` and ``false`` pass: every reader agrees about them.
    """
    safe = yaml.SafeLoader("")
    for event in events:
        elsewhere = _elsewhere(safe, event.value)
        if elsewhere not in (event.value, event.value.capitalize()):
            message = f"{event.value[:60]!r} is {elsewhere[:60]} for other YAML readers; put it in quotes"
            yield NEEDS_QUOTES.at(Place(path, _line(event)), message)


def read_otherwise(text: str, path: str) -> Iterator[tuple[Any, str]]:
    """Each unquoted scalar that ``yaml.safe_load`` changes, and what it makes of it."""
    if parse(text, path).value is None:  # the parser alone would spend hours on a line of brackets
        return
    safe = yaml.SafeLoader("")
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.ScalarEvent) and not event.style:
            elsewhere = _elsewhere(safe, event.value)
            if elsewhere not in (event.value, event.value.capitalize()):
                yield event, elsewhere


def _resolved(text: str) -> bool:
    return any(form.match(text) for _, form in _FORMS.get(text[0], ()))


def _elsewhere(safe: yaml.SafeLoader, text: str) -> str:
    """What ``str()`` of the unquoted scalar ``text`` is after ``yaml.safe_load``."""
    tag = safe.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    try:
        value = safe.construct_object(yaml.ScalarNode(tag, text))
    except (yaml.YAMLError, ValueError, LookupError, AttributeError) as problem:  # 2023-02-30, 10 000 digits, '='
        return f"an error ({type(problem).__name__})"
    return str(value)


class _StopError(Exception):
    """Reading cannot go on; the reason is among the findings."""


class _Builder:
    """The value, lines and findings of one text, from its stream of events."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.text_lines = text.split("\n")
        self.last_line = max(1, len(self.text_lines) - (not self.text_lines[-1]))
        self.events: Iterator[Any] = yaml.parse(text, Loader=yaml.CBaseLoader)  # its stubs leave tags and marks out
        self.lines: dict[Location, int] = {}
        self.findings: list[Finding] = []
        self.nodes = 0
        self.last_scalar: Any = None
        self.doubtful: list[Any] = []  # unquoted scalars that YAML 1.1 may take for something else than text

    def document(self) -> Value | None:
        """The value of the only document; None and a finding where there is none."""
        next(self.events)  # the start of the stream
        start = next(self.events)
        if not isinstance(start, yaml.DocumentStartEvent):
            self.add(EMPTY, 1, "found no record, only blank lines or comments; write one or delete the file")
            return None
        if start.version or start.tags:
            self.add(DIRECTIVE, _line(start), "found a directive; delete the line that begins with '%'")
        root = next(self.events)
        self.lines[()] = _line(root)
        value = self.node(root, (), 0)
        if value == "" and not self.findings:
            self.add(EMPTY, _line(start), "found no record; write one or delete the file")
        next(self.events)  # the end of the document
        following = next(self.events)
        if isinstance(following, yaml.DocumentStartEvent):
            self.add(SECOND, _line(following), "a second document begins here; move it to a file of its own")
        return value

    def node(self, event: Any, at: Location, depth: int) -> Value:
        """The value that begins with ``event``, ``depth`` collections deep, at the location ``at``."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.stop(TOO_MANY, event, f"found more than {MAX_NODES:,} keys and values; split the file")
        if isinstance(event, yaml.AliasEvent):
            self.add(
                ALIAS, _line(event), f"found the alias '*{str(event.anchor)[:60]}'; write it out or quote the text"
            )
            return ""
        if event.anchor:
            self.add(ALIAS, _line(event), f"found the anchor '&{event.anchor[:60]}'; delete it or quote the text")
        if event.tag:
            self.add(TAG, _line(event), f"found the tag {event.tag[:60]!r}; delete it or quote the text")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if depth == MAX_DEPTH:
            self.stop(TOO_DEEP, event, f"values nest more than {MAX_DEPTH} deep here; flatten them")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(at, depth + 1)
        items: list[Value] = []
        while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
            place = (*at, len(items))
            self.lines[place] = _line(item)
            items.append(self.node(item, place, depth + 1))
        return tuple(items)

    def mapping(self, at: Location, depth: int) -> dict[str, Value]:
        entries: dict[str, Value] = {}
        while not isinstance(start := next(self.events), yaml.MappingEndEvent):
            line = _line(start)
            key = self.node(start, at, depth)
            if not isinstance(start, yaml.ScalarEvent) or not isinstance(key, str) or not key:
                if not isinstance(start, yaml.AliasEvent):  # that one is told already
                    self.add(COMPLEX_KEY, line, "found a key that is empty, a list or a mapping; expected a word")
                key = ""
            elif not start.style:
                self.check_plain_key(key, line)
            place = (*at, key)
            if key and key in entries:
                self.add(DUPLICATE_KEY, line, f"{key[:60]!r} is already on line {self.lines[place]}; keep one")
            self.lines[place] = line
            entries[key] = self.node(next(self.events), place, depth)
        return entries

    def check_plain_key(self, key: str, line: int) -> None:
        if key == "<<":
            self.add(MERGE, line, "found the merge key '<<'; write the fields out")
        elif key.lower() in _NOT_TEXT:
            self.add(BOOLEAN_KEY, line, f"other YAML readers do not read the key {key!r} as text; use another word")

    def scalar(self, event: Any) -> str:
        self.last_scalar = event
        text: str = event.value
        if len(text) > MAX_SCALAR:
            self.add(TOO_LONG, _line(event), f"found {len(text):,} characters, at most {MAX_SCALAR:,} fit; shorten it")
            return text
        if not event.style:
            self.check_cut(event, text)
            short = len(text) <= _LONGEST_WORD and text
            if (short or text[:1] in _NUMERIC) and not _ALIKE.match(text) and _resolved(text):
                self.doubtful.append(event)
        if text.isascii() and text.isprintable():
            return text
        for _, what in forbidden(text):  # raw ones never get here, so this one was written as an escape
            self.add(
                FORBIDDEN,
                _line(event),
                f"found an escape for {what}; for TeX use single quotes or none, else delete it",
            )
            return text
        return unicodedata.normalize("NFC", text)

    def check_cut(self, event: Any, text: str) -> None:
        """A comment may follow a code word; after free text it is more likely the rest of the sentence."""
        end = event.end_mark
        comment = _CUT.match(self.text_lines[end.line], end.column) if end.line < len(self.text_lines) else None
        if comment and not (_CODE_WORD.match(text) and _COMMENT.match(comment[1])):
            message = f"text is cut at ' #' after {text[-40:]!r}; quote it, or put the comment on a line of its own"
            self.add(TEXT_CUT, end.line + 1, message)

    def add(self, broken: Rule, line: int, message: str) -> None:
        place = Place(self.path, min(line, self.last_line))  # an end that is missing is missed below the last line
        self.findings.append(broken.at(place, message))

    def stop(self, broken: Rule, event: Any, message: str) -> NoReturn:
        self.add(broken, _line(event), message)
        raise _StopError

    def add_syntax(self, problem: yaml.YAMLError) -> None:
        """Where the parser stopped, or where the quotes or brackets begin that it found no end of."""
        context, what = getattr(problem, "context", None) or "", getattr(problem, "problem", None) or str(problem)
        begun, stopped = getattr(problem, "context_mark", None), getattr(problem, "problem_mark", None)
        line = stopped.line + 1 if stopped else 1
        opened = "flow" in context or "quoted" in context
        if begun and (opened or "end of stream" in what or "could not find expected" in what):
            line = begun.line + 1
        last = self.last_scalar
        if last and last.style in ("'", '"') and _line(last) < line == last.end_mark.line + 1:
            line = _line(last)  # a quote left open runs into the next line's, and only what follows that is odd
            context = "while scanning a quoted scalar"
        broken = DIRECTIVE if "directive" in context else SYNTAX
        end = (stopped.line + 1, stopped.column) if stopped else (line, 0)
        message = told(context, what, self.text_lines, line, end)
        self.add(broken, line, message)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
