"""BibTeX files: what entries say, what is refused and on which line, and that nothing passes in silence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import bibfile
from kg.bibfile import BibFile
from kg.bibvalue import BrokenValueError, joined

GOOD = "@misc{good, title = {G}}"


def parse(text: str) -> BibFile:
    return bibfile.parse(text, "bib/x.bib")


def fields(text: str) -> dict[str, str]:
    """The fields of the only entry, which must be sound."""
    file = parse(text)
    assert file.findings == ()
    [entry] = file.entries
    return dict(entry.fields)


def errors(text: str) -> list[tuple[str, int]]:
    return [(finding.rule, finding.place.line) for finding in parse(text).findings]


def test_an_entry() -> None:
    """Types and field names are lower case, values plain TeX, every line known."""
    [entry] = parse(
        "% our list\n\n@Article{Saxe:2014,\n  Title = {Exact {S}olutions\n    to it},\n  YEAR = 2014,\n}\n"
    ).entries

    assert (entry.key, entry.type) == ("Saxe:2014", "article")
    assert entry.fields == {"title": "Exact {S}olutions to it", "year": "2014"}
    assert entry.lines == {"title": 4, "year": 6}
    assert str(entry.place) == "bib/x.bib:3"
    assert str(entry.at("year")) == "bib/x.bib:6"
    assert str(entry.at("doi")) == "bib/x.bib:3"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"A " # {B} # " C"', "A B C"),
        ('J # " (suppl.)"', "Journal of X (suppl.)"),
        ('"He said {"}q{"}"', 'He said {"}q{"}'),
        ('"G{\\"o}del"', 'G{\\"o}del'),
        ("{a \\{b\\} c}", "a \\{b\\} c"),
        ("{a \\\\{b} c}", "a \\\\{b} c"),
        ("{{All Caps}}", "{All Caps}"),
        ("{a, b = c}", "a, b = c"),
        ('{a "b" c}', 'a "b" c'),
        ("{w {x {y} z} v}", "w {x {y} z} v"),
        ("{mail @foo{x} y}", "mail @foo{x} y"),
        ("{e\u0301}", "é"),
        ("1 # 2", "12"),
        ("{}", ""),
    ],
)
def test_values(value: str, expected: str) -> None:
    """Pieces are joined, macros expanded, outer braces removed, letters composed."""
    assert fields(f'@string{{j = "Journal of X"}}\n@misc{{k, t = {value}}}')["t"] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("jan", "1"),
        ("DEC", "12"),
        ("{March}", "3"),
        ("{Sept.}", "Sept."),
        ('"Oct."', "10"),
        ('"8~" # jan', "8~January"),
        ("7", "7"),
    ],
)
def test_months(value: str, expected: str) -> None:
    """A month is its number; what only contains a month stays text."""
    assert fields(f"@misc{{k, month = {value}}}")["month"] == expected


def test_other_forms() -> None:
    """Parentheses, several entries on a line, @comment and comment lines are BibTeX too."""
    file = parse("% c\n@comment{x = {y}}\n@misc(a, t = {b)c})@misc{b, t = {x}}\n  % end\n")

    assert [(entry.key, entry.fields["t"]) for entry in file.entries] == [("a", "b)c"), ("b", "x")]
    assert file.findings == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@misc{k,\n title = {A}\n year = 2020}", [("bib-syntax", 2)]),
        ("@misc{k,\n title = {A\n B}\n year = 2020}", [("bib-syntax", 3)]),
        ("@misc{k,\n title = A B}", [("undefined-macro", 2)]),
        ("@misc{k\n title = {A}}", [("bib-syntax", 1)]),
        ("@misc{title = {A}}", [("bib-syntax", 1)]),
        ("@misc{k,\n title {A}}", [("bib-syntax", 2)]),
        ("@misc{k,\n year = 2020,\n title\n}", [("bib-syntax", 3)]),
        ("@misc{k,\n title = }", [("bib-syntax", 2)]),
        ("@misc{k,\n title = {A} # }", [("bib-syntax", 2)]),
        ("@misc{k,\n title = {A} {B}}", [("bib-syntax", 2)]),
        ("@misc{k,\n = {A}}", [("bib-syntax", 2)]),
        ("@misc{k,\n year = 1,\n title = {A {B},\n note = {x}\n}", [("bib-syntax", 3)]),
        ("@misc{k,\n title = {A \\{ B}}", [("bib-syntax", 1)]),
        ('@misc{k,\n title = "M\\"uller"}', [("bib-syntax", 2)]),
        ('@misc{k,\n title = "a } b { c"}', [("bib-syntax", 2)]),
        ("@misc{k,\n title = {A}", [("bib-syntax", 1)]),
        ("@misc{k,\n title = {A},\n year = 1\n", [("bib-syntax", 1)]),
        ("@misc{k,\n title = {A},\n note = {x", [("bib-syntax", 3)]),
        ("@misc{k,\n title = {A},\n note = {{x}", [("bib-syntax", 3)]),
        ('@misc{k,\n year = 2020,\n title = "A,\n note = {x}\n}', [("bib-syntax", 3)]),
        ('@misc{k,\n title = {A},\n note = "x', [("bib-syntax", 3)]),
        ('@misc{k,\n year = "a",\n title = "A {B},\n note = {x},\n pages = 3\n}', [("bib-syntax", 3)]),
        ('@misc{k,\n year = {a " b},\n title = {A {B},\n note = {x}\n}', [("bib-syntax", 3)]),
        ('@misc{k,\n year = "a {"} b",\n title = {A {B},\n note = {x}\n}', [("bib-syntax", 3)]),
        ('@misc{k,\n year = 1,\n title = {A "q" {B},\n note = {x}\n}', [("bib-syntax", 3)]),
        ('@misc{k,\n year = 1,\n title = "A {q" {B}",\n note = {x}\n}', [("bib-syntax", 3)]),
        ("@misc{k,\n year = {b},\n my\n field = {x}}", [("bib-syntax", 3)]),
        ("@{k, title = {A}}", [("bib-syntax", 1)]),
        ("@commentary{k, title = {A}}", [("bib-syntax", 1)]),
        ("@string{x}", [("bib-syntax", 1)]),
        ("@string{1x = {A}}", [("bib-syntax", 1)]),
        ("% @misc{old, title = {A}}", [("bib-syntax", 1)]),
        ("@misc{, title = {A}}", [("bad-citation-key", 1)]),
        ("@misc{my key, title = {A}}", [("bad-citation-key", 1)]),
        ("@misc{k,\n journal = jmlr}", [("undefined-macro", 2)]),
        ("@misc{k,\n year = 2020a}", [("undefined-macro", 2)]),
        ("@misc{k, j = later}\n@string{later = {x}}", [("undefined-macro", 1)]),
        ("@string{a = {x}}\n@string{A = {y}}", [("duplicate-macro", 2)]),
        ("@misc{k,\n title = {A},\n Title = {B}}", [("duplicate-field", 3)]),
        ("@misc{k,\n title = {A},\n title = {B}}", [("duplicate-field", 3)]),
        ("@misc{k, t = {A}}\n@misc{K, t = {B}}", [("duplicate-entry", 2)]),
        ("@misc{k, t = {A}} stray", [("bib-stray-text", 1)]),
        ("@misc{k, t = {A}} x @misc{l, t = {B}} y", [("bib-stray-text", 1), ("bib-syntax", 1), ("bib-stray-text", 1)]),
        ("\n% fine\nstray\n", [("bib-stray-text", 3)]),
        ("@misc\n{k, t = {A}}", [("bib-stray-text", 1)]),
        ("@misc{k,\n t = {A}},\n year = 2020\n}", [("bib-stray-text", 2)]),
        ('@misc{k,\n t = "e" # {\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301}'
         " # {\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301}}", [("forbidden-character", 2)]),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(text: str, expected: list[tuple[str, int]]) -> None:
    """Each break is one error on its line, and the sound entry after it is kept."""
    assert errors(f"{text}\n{GOOD}") == expected
    assert parse(f"{text}\n{GOOD}").entries[-1].key == "good"


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html>\n<html></html>",
        "TY  - JOUR\nER  - ",
        '[{"id": "x"}]',
        "version https://git-lfs.github.com/spec/v1",
    ],
)
def test_files_of_another_kind(text: str) -> None:
    """A saved page, RIS, JSON and a pointer to large storage hold text, but no entry."""
    assert errors(text) == [("bib-stray-text", 1), ("empty-bib", 1)]


@pytest.mark.parametrize("text", ["", "\n\n", "% nothing yet\n", "@comment{x}"])
def test_empty_files(text: str) -> None:
    """A file without an entry is an error, so a lost file is noticed."""
    assert errors(text) == [("empty-bib", 1)]


def test_broken_entries_are_remembered() -> None:
    """The keys of refused entries are known, so that references to them are not reported again."""
    file = parse(f"@misc{{torn,\n@misc{{bad, t = x}}\n@misc{{early, t = {{A}}}},\n y = 1}}\n{GOOD}")

    assert [entry.key for entry in file.entries] == ["good"]
    assert file.broken == {"torn", "bad", "early"}


@pytest.mark.parametrize(
    ("value", "lines", "says"),
    [
        ("", 0, "found nothing, expected a value"),
        ("{a} #", 0, "found nothing, expected a value"),
        ("\n{a}\n# " + "=" * 50, 2, f"found {'=' * 40!r}, expected a value"),
        ("\n" + "w" * 70, 1, f"{'w' * 60!r} is no number"),
        ("{a}\n# b\n# c", 1, "'b' is no number"),
        ("{a}" + "x" * 70, 0, f"found {'x' * 60!r} after the value"),
        ("\n{a}\n{b}\n", 1, "found '{b}' after the value"),
        ("{a {b}" + "x" * 50, 0, f"do not balance after {'a {b}' + 'x' * 35!r}"),
        ("{a\nb", 0, "do not balance after 'a' "),
        ('"a } b"', 0, "do not balance after 'a } b\"' "),
    ],
)
def test_what_is_wrong_with_a_value(value: str, lines: int, says: str) -> None:
    """A value that breaks a rule is quoted from where it does, cut short, with how many lines below its first."""
    with pytest.raises(BrokenValueError) as caught:
        joined(value, {})

    assert says in str(caught.value)
    assert caught.value.lines == lines


def test_the_limit_of_a_value_is_that_of_all_its_pieces() -> None:
    """A hundred thousand characters pass, in one piece or several; one more does not."""
    half = "x" * 50_000

    assert joined(f'{{{half}}} # "{half}"', {}) == 2 * half
    assert joined("a # a", {"a": half}) == 2 * half
    for over in (f"{{{half}}} # {{{half}}} # 1", f"1 # {{{half}}} # {{{half}}}", f"{{{half}{half}x}}"):
        with pytest.raises(BrokenValueError, match="more than 100,000 characters"):
            joined(over, {})


def test_a_torn_entry_costs_no_other_key() -> None:
    """Of a torn entry only its own key is taken for broken, whatever its text holds."""
    assert parse("@misc{torn,\n t {x}, @misc{other, y = 1}}").broken == {"torn"}


def test_a_comment_beside_an_entry_costs_nothing() -> None:
    """A comment may follow on the line on which an entry ends."""
    assert [entry.key for entry in parse("@misc{k, t = {A}} % of ours\n@misc{l, t = {B}}\n").entries] == ["k", "l"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * 70, f"'{'x' * 60}' stands outside"),
        (f"@string{{1{'x' * 70} = {{a}}}}", f"'1{'x' * 59}' cannot be"),
        (f"@misc{{a {'x' * 90}, t = {{A}}}}", f"found the key 'a {'x' * 78}', expected"),
        (f"@misc{{k, a {'x' * 70} = {{A}}}}", f"found the field name 'a {'x' * 58}', expected"),
        (f"@misc{{k, author = {{A, B, C, {'x' * 90}}}}}", f"'A, B, C, {'x' * 71}' does not split"),
    ],
)
def test_long_text_is_cut_in_messages(text: str, says: str) -> None:
    """A message quotes the beginning of what it is about."""
    assert says in parse(f"{text}\n{GOOD}").findings[0].message


def test_warnings_keep_the_entry() -> None:
    """Names that do not split and TeX preambles are told, and cost nothing."""
    file = parse('@preamble{"\\x"}\n@misc{k,\n author = {A, B, C, D}}')

    assert [(f.rule, f.severity, f.place.line) for f in file.findings] == [
        ("bib-preamble", "warning", 1),
        ("unsplit-name", "warning", 3),
    ]
    assert len(file.entries) == 1


def test_macros_that_double_end() -> None:
    """Twenty macros, each twice the one before, would be a megabyte; the value's limit ends them."""
    text = "@string{a0 = {xxxxxxxxxx}}\n" + "".join(f"@string{{a{n + 1} = a{n} # a{n}}}\n" for n in range(20))

    assert errors(f"{text}{GOOD}")[0] == ("bib-value-too-long", 15)


def test_counts_are_limited() -> None:
    """More blocks than a file may hold are refused before they are split; many problems are told as a hundred."""
    assert errors("\n" + "@a{\n" * 20_001) == [("too-many-entries", 20_002)]
    assert "too-many-entries" not in dict(errors("@a{\n" * 20_000))
    assert errors("@misc{a b}\n" * 200)[99:] == [("bad-citation-key", 100), ("too-many-problems", 101)]
    assert errors(f"@misc{{k, t = {{{'x' * 100_001}}}}}") == [("bib-value-too-long", 1)]


@pytest.mark.parametrize("name", ["X.bib", "x.BIB", "x.yaml", "bib"])
def test_file_names(tmp_path: Path, name: str) -> None:
    """Only lower-case names ending in .bib are read."""
    (tmp_path / name).write_text(GOOD)

    assert [finding.rule for finding in bibfile.load(tmp_path, name).findings] == ["bad-file-name"]


def test_load(tmp_path: Path) -> None:
    """A file is read below its root; what cannot be read gives findings and no entries."""
    (tmp_path / "x.bib").write_bytes(b"\xef\xbb\xbf@misc{k,\r\n t = {A}}\r\n")

    assert bibfile.load(tmp_path, "x.bib").entries[0].lines == {"t": 2}
    assert [finding.rule for finding in bibfile.load(tmp_path, "y.bib").findings] == ["unreadable-file"]


def test_size_is_limited(tmp_path: Path) -> None:
    """Two megabytes are read, one byte more is refused."""
    (tmp_path / "x.bib").write_text(f"{GOOD}\n%".ljust(2_000_000))
    (tmp_path / "y.bib").write_text(f"{GOOD}\n%".ljust(2_000_001))

    assert bibfile.load(tmp_path, "x.bib").findings == ()
    assert [finding.rule for finding in bibfile.load(tmp_path, "y.bib").findings] == ["file-too-large"]


TOKENS = [
    "@misc{",
    "@string{",
    "@comment{",
    "@preamble{",
    "@misc(",
    "@",
    "{",
    "}",
    "(",
    ")",
    '"',
    ",",
    "=",
    "#",
    "\\",
    "\n",
    " ",
    "%",
    "k",
    "title",
    "jan",
    "1",
]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join))
def test_any_tokens(text: str) -> None:
    """Whatever the pieces of BibTeX are put together to, there are entries or findings, on lines of the file."""
    file = parse(text)

    assert file.entries or file.findings
    assert all(1 <= finding.place.line <= text.count("\n") + 1 for finding in file.findings)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever a file holds, reading it gives entries or findings and never raises."""
    root = tmp_path_factory.getbasetemp()
    (root / "any.bib").write_bytes(content)

    file = bibfile.load(root, "any.bib")

    assert file.entries or file.findings


words = st.text(
    st.characters(
        min_codepoint=0x20, max_codepoint=0x17F, exclude_characters='{}\\"\x7f@%#', exclude_categories=["Cc", "Cf"]
    ),
    max_size=30,
)
plain_entries = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True),
    st.dictionaries(st.from_regex(r"[a-z]{4,8}", fullmatch=True), words, max_size=4),
    min_size=1,
    max_size=4,
)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(plain_entries)
def test_agrees_with_bibtexparser_where_it_is_right(entries: dict[str, dict[str, str]]) -> None:
    """On plain entries keys and fields are those that bibtexparser's own pipeline reads."""
    text = "\n".join(
        "@misc{" + ",\n".join([key, *(f"{n} = {{{v}}}" for n, v in held.items())]) + "\n}"
        for key, held in entries.items()
    )
    theirs = {
        e.key: {f.key: re.sub("[ \t\n]+", " ", f.value).strip(" ") for f in e.fields}
        for e in parse_string(text).entries
    }

    assert {entry.key: dict(entry.fields) for entry in parse(text).entries} == theirs


@settings(derandomize=True, max_examples=100, deadline=None)
@given(plain_entries)
def test_order_and_comments_change_nothing(entries: dict[str, dict[str, str]]) -> None:
    """The same entries in another order, with comments between them, say the same."""
    blocks = [
        "@misc{" + ",\n".join([key, *(f'{n} = "{v}"' for n, v in held.items())]) + "\n}"
        for key, held in entries.items()
    ]
    turned = "\n% between\n\n".join(reversed(blocks))

    assert {e.key: e.fields for e in parse("\n".join(blocks)).entries} == {
        e.key: e.fields for e in parse(turned).entries
    }


def test_a_name_that_begins_on_the_line_before_is_placed_inside_its_entry() -> None:
    """No finding stands before the first line, whichever line the parser gives a field whose name holds a line's end."""
    found = bibfile.parse("@misc{good,\\\n  title = {G},\n  year = 2020,\n}\n", "x.bib").findings

    assert [(finding.rule, finding.place.line) for finding in found] == [("bib-syntax", 1)]


@pytest.mark.parametrize("text", ["@misc{a,\n  title = {G,\n}\n", "@misc{a,\n  title = {G}\n"])
def test_an_entry_that_is_not_closed_says_so(text: str) -> None:
    """An open brace is told as one, and not as the end of a file."""
    [found] = bibfile.parse(text, "x.bib").findings

    assert "never closed" in found.message


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("@misc{a2020x,\n  title = {A,\n  year = {2020},\n}\n@misc{b2020x,\n}\n", 2, "of this field is never closed"),
        ("@misc{a2020x,\n  title = {A},\n\n@misc{b2020x,\n}\n", 2, "the next entry before the end of this one; close"),
        ("@misc{title = {A}}\n", 1, "found no citation key; write @type{key,"),
        ("@misc{a2020x,\n  title {A},\n}\n", 2, "found a field without '='; write name = {value},"),
    ],
)
def test_a_torn_entry_is_told_in_a_writers_words(text: str, line: int, says: str) -> None:
    """What is missing, on which line, and what to write."""
    found = parse(text).findings[0]

    assert found.place.line == line
    assert says in found.message
