"""YAML files: text stays text, lines are known, and what is dangerous or ambiguous is refused on its line."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import yamlfile
from kg.yamlfile import YamlFile

EXAMPLE = """\
# a claim
title: "Modes: one after another"   # quoted
statement: >-
  Own words, # and a hash,
  over lines.
assumes: [gradient-flow, {id: small-init, load-bearing: true}]
sources:
  - paper: saxe2014exact
    where: 'Sec. 1.2'
eprint: 2304.10   # stays what it is
"""


def parse(text: str) -> YamlFile:
    return yamlfile.parse(text, "data/x.yaml")


def errors(text: str) -> list[tuple[str, int]]:
    file = parse(text)
    assert (file.value is None) == bool(file.findings)
    return [(finding.rule, finding.place.line) for finding in file.findings]


def test_values_and_lines() -> None:
    """Mappings, lists and texts arrive as written, and every node knows its line."""
    file = parse(EXAMPLE)

    assert file.findings == ()
    assert file.value == {
        "title": "Modes: one after another",
        "statement": "Own words, # and a hash, over lines.",
        "assumes": ("gradient-flow", {"id": "small-init", "load-bearing": "true"}),
        "sources": ({"paper": "saxe2014exact", "where": "Sec. 1.2"},),
        "eprint": "2304.10",
    }
    assert file.lines == {
        (): 2, ("title",): 2, ("statement",): 3, ("assumes",): 6, ("assumes", 0): 6, ("assumes", 1): 6,
        ("assumes", 1, "id"): 6, ("assumes", 1, "load-bearing"): 6, ("sources",): 7, ("sources", 0): 8,
        ("sources", 0, "paper"): 8, ("sources", 0, "where"): 9, ("eprint",): 10,
    }  # fmt: skip


@pytest.mark.parametrize(
    "word",
    [
        "2304.10",
        "0704.0001",
        "NO",
        "no",
        "0123456",
        "1e5",
        "1234e567",
        "1:30:00",
        "=",
        "~",
        "null",
        "",
        "2023-02-30",
        "2026-11-24",
        ".nan",
        "0x1F",
        "+1",
        "1_000",
        "<<",
    ],
)
def test_plain_scalars_stay_as_written(word: str) -> None:
    """No number, date, truth value or null is made of unquoted text."""
    assert parse(f"a: {word}\nb: [{word}]\n" if word else "a:\nb: ['']\n").value == {"a": word, "b": (word,)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b\nc: *d\n", [("yaml-alias", 2)]),
        ("a: &b c\n", [("yaml-alias", 1)]),
        ("a: b\nc: &d [1]\ne: *d\n", [("yaml-alias", 2), ("yaml-alias", 3)]),
        ("a: b\n<<: {c: d}\n", [("yaml-merge-key", 2)]),
        ("a:\n  - !!python/object/apply:os.system [id]\n", [("yaml-tag", 2)]),
        ("a: !!str 2304.10\n", [("yaml-tag", 1)]),
        ("a: ! b\n", [("yaml-tag", 1)]),
        ("%YAML 1.1\n---\na: b\n", [("yaml-directive", 1)]),
        ("# c\n%TAG ! tag:x,2000:\n---\na: b\n", [("yaml-directive", 2)]),
        ("%UNKNOWN x\n---\na: b\n", [("yaml-directive", 1)]),
        ("a: b\n---\nc: d\n", [("yaml-second-document", 2)]),
        ("a: b\n...\n---\nc: d\n", [("yaml-second-document", 3)]),
        ("a: b\n? [c]\n: d\n", [("complex-key", 2)]),
        ("a: b\n? {c: d}\n: e\n", [("complex-key", 2)]),
        ("a: b\n'': d\n", [("complex-key", 2)]),
        ("a: &b c\n*b : d\n*b : e\n", [("yaml-alias", 1), ("yaml-alias", 2), ("yaml-alias", 3)]),
        ("a: b\nc: d\na: e\n", [("duplicate-key", 3)]),
        ("a: {b: 1,\n b: 2}\n", [("duplicate-key", 2)]),
        ("e\u0301: 1\n\u00e9: 2\n", [("duplicate-key", 2)]),
        ("a: b\non: c\n", [("boolean-key", 2)]),
        ("a: b\n~: c\n", [("boolean-key", 2)]),
        ("title: Is C # faster?\n", [("text-cut", 1)]),
        ("title:\n  two lines\n  of text # cut\n", [("text-cut", 3)]),
        ("title: law #2\n", [("text-cut", 1)]),
        ("title: C # faster\n", [("text-cut", 1)]),
        ("title: #1 of its kind\n", [("text-cut", 1)]),
        ('a: b\nc: "x\\u202ey"\n', [("forbidden-character", 2)]),
        ('a: b\n"c\\0": d\n', [("forbidden-character", 2)]),
        ('a: b\nc: "x\n', [("yaml-syntax", 2)]),
        ('a: "b\nc: "d"\n', [("yaml-syntax", 1)]),
        ("a: b\nc: [d,\ne: f\n", [("yaml-syntax", 2)]),
        ("a: b\nc: d: e\n", [("yaml-syntax", 2)]),
        ("a: b\nc\nd: e\n", [("yaml-syntax", 2)]),
        ("a:\n\tb: c\n", [("yaml-syntax", 2)]),
        ("a: b\nc: @d\n", [("yaml-syntax", 2)]),
        ("a: b\n- c\n", [("yaml-syntax", 2)]),
        ("a: b\n...\nc\n", [("yaml-syntax", 3)]),
        ('a:\n  "b\n  c"\n@d: e\n', [("yaml-syntax", 4)]),
        ("{\n", [("yaml-syntax", 1)]),
        ("a: b\n\x01\n", [("yaml-syntax", 1)]),
        ("", [("empty-file", 1)]),
        ("# nothing\n", [("empty-file", 1)]),
        ("# nothing\n\n# here\n", [("empty-file", 1)]),
        ("\n---\n", [("empty-file", 2)]),
    ],
)
def test_what_is_refused_and_where(text: str, expected: list[tuple[str, int]]) -> None:
    """Each break is told once, on its line."""
    assert errors(text) == expected


def test_all_errors_at_once() -> None:
    """Errors that do not hide one another are told together, also when the file stops parsing later."""
    text = "a: &x b\na: *x\nyes: !t c\nd: two words # cut\ne: 'open\n"

    assert errors(text) == [
        ("yaml-alias", 1), ("duplicate-key", 2), ("yaml-alias", 2), ("boolean-key", 3), ("yaml-tag", 3), ("text-cut", 4), ("yaml-syntax", 5),
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["on", "Off", "YES", "no", "y", "N", "true", "False", "null", "~"])
def test_keys_that_are_no_text_elsewhere(word: str) -> None:
    """Unquoted keys that YAML 1.1 takes for truth values or null are refused; quoted ones are words."""
    assert not isinstance(next(iter(yaml.safe_load(f"{word}: x"))), str) or word in ("y", "N")
    assert errors(f"{word}: x") == [("boolean-key", 1)]
    assert parse(f"'{word}': x").value == {word: "x"}


@pytest.mark.parametrize(
    "text",
    [
        "a: theorem   # law",
        "a: theorem # law",
        "a: 0.05 #",
        "a: 'x y' # z",
        "a: [x y] # z",
        "a: # z\n  - b",
        "a: |  # z\n  b # c\n",
    ],
)
def test_comments_that_cut_nothing(text: str) -> None:
    """Comments after code words, numbers, quotes, brackets and block headers are comments."""
    assert errors(text) == []


def test_limits() -> None:
    """At each limit a file passes, one beyond it is refused; the parser never sees a deep nest to its end."""
    depth, nodes, length = 12, 50_000, 20_000

    assert errors("[" * depth + "a" + "]" * depth) == []
    assert errors("[" * (depth + 1) + "a" + "]" * (depth + 1)) == [("too-deep", 1)]
    assert errors("{a: " * depth + "a" + "}" * depth) == []
    assert errors("{a: " * (depth + 1) + "a" + "}" * (depth + 1)) == [("too-deep", 1)]
    assert errors("[" * 500_000) == [("too-deep", 1)]
    assert errors("- a\n" * (nodes - 1)) == []
    assert errors("- a\n" * nodes) == [("too-many-nodes", nodes)]
    assert errors(f"\n- {'x' * length}") == []
    assert errors(f"\n- {'x' * (length + 1)}") == [("scalar-too-long", 2)]
    assert errors("a: 1\n" * 200)[99:] == [("duplicate-key", 101), ("too-many-problems", 102)]


def test_directives_are_limited() -> None:
    """Each of twenty is read before they are refused; more of them are refused where the next begins."""
    twenty = "".join(f"%TAG !t{n}! tag:x,2000:\n" for n in range(20))

    [told] = parse(f"\n{twenty}---\na: b\n").findings
    [many] = parse(f"\n{twenty}%TAG !u! tag:x,2000:\n%TAG !v! tag:x,2000:\n---\na: b\n").findings

    assert (told.rule, told.place.line, told.message[:17]) == ("yaml-directive", 2, "found a directive")
    assert (many.rule, many.place.line, many.message[:21]) == ("yaml-directive", 22, "found many directives")


def test_size_is_limited(tmp_path: Path) -> None:
    """A megabyte is read, one byte more is refused."""
    (tmp_path / "x.yaml").write_text("a: b\n".ljust(1_000_000))
    (tmp_path / "y.yaml").write_text("a: b\n".ljust(1_000_001))

    assert yamlfile.load(tmp_path, "x.yaml").value == {"a": "b"}
    assert [finding.rule for finding in yamlfile.load(tmp_path, "y.yaml").findings] == ["file-too-large"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"a: *{'x' * 70}", f"found the alias '*{'x' * 60}'; write"),
        (f"a: &{'x' * 70} b", f"found the anchor '&{'x' * 60}'; delete"),
        (f"a: !{'x' * 70} b", f"found the tag '!{'x' * 59}'; delete"),
        (f"{'x' * 70}: b\nc: d\n{'x' * 70}: e", f"'{'x' * 60}' is already on line 1; keep"),
        (f"a: {'x' * 30} {'y' * 30} # cut", f"after '{'x' * 9} {'y' * 30}'; quote"),
        (f"a: {'x' * 20_001}", "found 20,001 characters, at most 20,000 fit"),
    ],
)
def test_long_text_is_cut_in_messages(text: str, says: str) -> None:
    """A message quotes what it is about, the beginning of long words and the end of cut sentences."""
    [found] = parse(text).findings

    assert says in found.message


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: b\nc: [d,\ne: f\n", 2, "found neither ',' nor ']' after '[' of this line by line 4; close it"),
        ("a:\n  - {b: c\n  - {b: d}\n", 2, "found neither ',' nor '}' after '{' of this line by line 3; close it"),
        ("a: b\nc: @d", 2, "found a value that begins with '@', which YAML keeps for itself; put quotes around"),
        ("a: %d", 1, "found a value that begins with '%', which YAML keeps for itself; put quotes around"),
        ("a: *b*", 1, "found a value that begins with '*', which YAML keeps for itself; put quotes around"),
        ("a: 'it's bad'\nb: c\n", 1, "found text after a closing quote; between '…' write '' for an apostrophe"),
        ('a: "b\nc: d\n', 1, "found a quote that is not closed by line 3; close it"),
        ("a: Kernels: what they see\n", 1, "found a second ': ' on this line; put quotes around the value of a"),
        ("a:\n  - {b: the norm $x_{1}$, c: d}\n", 2, "found TeX with braces in a value between brackets; put single quotes"),
        ("a:\n  - {b: \\frac{1}{2}, c: d}\n", 2, "found TeX with braces in a value between brackets; put single quotes"),
        ("a:\n  - {b: '$x_{1}$', c: d\ne: f\n", 2, "found neither ',' nor '}' after '{' of this line"),
        ("a: b\nkind:\u00a0law\nc: d\n", 2, "found U+00A0 NO-BREAK SPACE in column 6 of line 2, which is no space to YAML"),
        ("kind:\u2003law\nc: d\n", 2, "found U+2003 EM SPACE in column 6 of line 1, which is no space to YAML"),
        ("a: b\n- kind\u00a0: law\nc: d\n", 2, "found U+00A0 NO-BREAK SPACE in column 7 of line 2, which is no space"),
        ("a: b\nc:\td:\te\n", 2, "found a second ': ' on this line; put quotes around the value of c"),
        ("a: b\n\t@c: d\n", 2, "found a tab; indent with spaces"),
        ("a: b\n  c: d\n", 2, "found a second ': ' or a line too far in; put quotes around a value"),
        ("a:b\nc: d\n", 2, "found no space after 'a:' on line 1; write 'a: …'"),
        ("a: b\nc\nd: e\n", 2, "found no ': ' after a key by line 3; write 'key: value'"),
        ("a: >\nfolded text\nb: c\n", 2, "found no ': ' after a key by line 3; write 'key: value'; a line that goes on"),
        ("a: b\n\tc: d\n", 2, "found a tab; indent with spaces"),
        ("- a\nb: c\n", 2, "found a key in the column of entries: it belongs to nothing above; begin a key in the column of"),
        ("a:\n    - b\n  - c\n", 3, "found 2 spaces before this line, where the entries beside it have 4: it belongs"),
        ("a:\n  - b: c\n    d: e\n   f: g\n", 4, "found 3 spaces before this line, where the keys beside it have 4: it bel"),
        ("a:\n  s: >-\n      t: x\n      u\n b: c\n", 5, "found 1 space before this line, where the keys beside it have 2: it"),
        ('a: "b\nc: the norm $\\lambda$\nd: "e"\n', 1, "found a quote that is not closed"),
        ('a: "the norm $\\lambda$"\n', 1, "found a backslash between double quotes, where it escapes; put TeX"),
        ("a: b\n\x01\n", 1, "unacceptable character #x0001: control characters are not allowed"),
    ],
)  # fmt: skip
def test_each_common_slip_is_told_in_a_writers_words(text: str, line: int, says: str) -> None:
    """What was found, on which line, and what to write instead; of other slips the parser's words are passed on."""
    [found] = parse(text).findings

    assert (found.place.line, found.message[: len(says)]) == (line, says)


def test_bombs_stay_small() -> None:
    """Aliases that would unfold to a million texts are refused where they stand."""
    laughs = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )

    assert {rule for rule, _ in errors(laughs)} == {"yaml-alias"}


def test_what_other_readers_change_is_told() -> None:
    """Exactly the scalars that yaml.safe_load changes need quotes."""
    words = [
        "2304.10",
        "no",
        "2023-02-30",
        "1:30",
        "=",
        "~",
        "0o7",
        "010",
        "1e5",
        "0.05",
        "0.10",
        "2026-11-24",
        "true",
        "12",
        "word",
        "two words",
    ]
    changed = []
    for line, word in enumerate(words, 1):
        try:
            same = str(yaml.safe_load(f"a: {word}")["a"]) == word
        except (ValueError, yaml.YAMLError):
            same = False
        if not same and word != "true":
            changed.append(line)
    text = "\n".join(f"k{n}: {word}" for n, word in enumerate(words))

    assert [finding.place.line for finding in yamlfile.parse(text, "x.yaml").warnings] == changed
    assert changed == [1, 2, 3, 4, 5, 6, 8, 11]
    assert yamlfile.parse("k: '2304.10'\n", "x.yaml").warnings == ()


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("2304.10", "'2304.10' is 2304.1 for other"),
        ("010", "'010' is 8 for other"),
        ("2023-02-30", "'2023-02-30' is an error (ValueError) for other"),
        ("=", "'=' is an error (ConstructorError) for other"),
        ("0x" + "f" * 70, f"'0x{'f' * 58}' is {str(16**70 - 1)[:60]} for other"),
    ],
)
def test_what_other_readers_make_of_it(word: str, says: str) -> None:
    """The warning says what the text would become, both cut short."""
    [found] = yamlfile.parse(f"a: {word}", "x.yaml").warnings

    assert found.message.startswith(says)


@pytest.mark.parametrize("name", ["X.yaml", "x.yml", "x.YAML", "x.yaml.bak", "yaml"])
def test_file_names(tmp_path: Path, name: str) -> None:
    """Only lower-case names ending in .yaml are read, and none is skipped in silence."""
    (tmp_path / name).write_text("a: b\n")

    assert [finding.rule for finding in yamlfile.load(tmp_path, name).findings] == ["bad-file-name"]


def test_load(tmp_path: Path) -> None:
    """A file is read below its root; what cannot be read gives findings and no value."""
    (tmp_path / "x.yaml").write_bytes(b"\xef\xbb\xbfa: b\r\nc: d\r\n")

    assert yamlfile.load(tmp_path, "x.yaml") == YamlFile({"a": "b", "c": "d"}, {(): 1, ("a",): 1, ("c",): 2}, ())
    assert yamlfile.load(tmp_path, "y.yaml").value is None
    assert [finding.rule for finding in yamlfile.load(tmp_path, "y.yaml").findings] == ["unreadable-file"]


TOKENS = [
    "a",
    "b: ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ": ",
    "? ",
    "# ",
    "'",
    '"',
    "|",
    ">",
    "&a ",
    "*a",
    "!t ",
    "---\n",
    "...\n",
    "%Y\n",
    "<<: ",
    "\n",
    "\n  ",
    "\t",
    "~",
    "\\u202e",
]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join))
def test_any_tokens(text: str) -> None:
    """Whatever the pieces of YAML are put together to, there is a value or findings, on lines of the file."""
    file = parse(text)

    assert (file.value is None) == bool(file.findings)
    assert all(1 <= finding.place.line <= max(1, len(text.splitlines())) for finding in file.findings)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever a file holds, reading it gives a value or findings and never raises."""
    root = tmp_path_factory.getbasetemp()
    (root / "any.yaml").write_bytes(content)

    file = yamlfile.load(root, "any.yaml")

    assert (file.value is None) == bool(file.findings)


texts = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp", "Mn"])
    | st.sampled_from("#:-?&*!%@`'\"[]{},|> \n\t~=<"),
    max_size=40,
)
SWITCHES = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Refused as keys where they are not quoted; PyYAML writes some of them so."""
keys = texts.filter(lambda text: text != "" and text.lower() not in SWITCHES)
values: st.SearchStrategy[Any] = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=15,
)


def composed(value: Any) -> Any:
    """``value`` with its texts in form NFC and its lists as tuples."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return tuple(map(composed, value))
    return {composed(key): composed(inner) for key, inner in value.items()}


@settings(derandomize=True, max_examples=150, deadline=None)
@given(values.filter(lambda value: value != ""), st.booleans(), st.booleans())
def test_what_is_written_is_read(value: Any, flow: bool, unicode: bool) -> None:
    """Texts, lists and mappings that PyYAML writes are read back unchanged, however it lays them out."""
    written = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=unicode, sort_keys=False, width=30)
    file = parse(written)

    if len(composed(value)) == len(value) or isinstance(value, str):
        assert file.value == composed(value)
