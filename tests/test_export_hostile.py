"""The project's hostile strings in every field of the record stay text in every format."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pybtex.database
import pytest
import rispy
from markdown_it import MarkdownIt

from kg import bibfile, texsafe
from kg.evidence import Evidence
from kg.export import cells, citations, formats, selection
from kg.graph import load
from kg.plain import plain
from tests.browser.conftest import HOSTILE, HOSTILE_STATEMENT
from tests.reader import Page
from tests.test_hostile_text import IN_TEX, TEXTS, composed, tree_of

TEXTS_HERE = {**TEXTS, "title of the app": HOSTILE, "statement of the app": HOSTILE_STATEMENT}
OWN = re.compile(r"https://(?:arxiv\.org/abs/\d{4}\.\d{4,5}|doi\.org/10\.[\w./-]+)\Z")
RUN = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
ACTIVE = re.compile(r"\\(?:input|write|def|href|csname|immediate)(?![a-z])")
TEX = {
    **{f"text {at}": tex for at, (tex, _) in enumerate(IN_TEX)},
    "entry": "a } @misc{evil, title = {b}} {".replace("}", "", 1).rstrip(" {"),
    "line": "a\n x @misc{evil,\n  title = {b},\n}\n",
    "end": "a \\end{document} \\csname input\\endcsname ^^5cinput{x} $^^5cinput{x}$ $$\\input{x}$$",
    "comment": "50% of it, #1 & a_b^c ~ $5 alone",
    "ris": "a ER  - TY  - JOUR",
}


def evidence_of(text: str, folder: Path) -> Evidence:
    return Evidence(load(tree_of(text, folder)))


@pytest.mark.parametrize("name", TEXTS_HERE)
def test_lists_show_it_and_no_more(name: str, tmp_path: Path) -> None:
    """Markdown gives no HTML, image, heading or link but the papers' own; HTML only its own tags; CSV no formula."""
    evidence = evidence_of(TEXTS_HERE[name], tmp_path)
    chosen = selection.Selection(TEXTS_HERE[name], selection.everything(evidence.graph).items)
    text = formats.dump(evidence, chosen, "markdown")
    for parser in (MarkdownIt("gfm-like", {"html": True}), MarkdownIt("commonmark", {"html": True})):
        tokens = [t for token in parser.parse(text) for t in (token, *(token.children or ()))]
        kinds = {token.type for token in tokens}
        assert not kinds & {"html_block", "html_inline", "image", "fence", "code_block", "table_open", "hr"}, kinds
        assert sum(token.type == "heading_open" for token in tokens) == 1
        assert sum(token.type == "list_item_open" for token in tokens) == len(chosen.items)
        assert all(OWN.match(str(token.attrs["href"])) for token in tokens if token.type == "link_open")
    page = Page(formats.dump(evidence, chosen, "html"))
    assert {tag for tag, _ in page.tags} <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "ol",
        "li",
        "p",
        "strong",
        "code",
        "a",
    }
    assert {n for tag, attributes in page.tags if tag != "meta" for n in attributes} <= {
        "lang",
        "data-address",
        "class",
        "href",
        "rel",
    }
    assert all(OWN.match(link) for link in page.links)
    assert page.addresses == [item.address for item in chosen.items]
    assert plain(composed(TEXTS_HERE[name])) in {" ".join(title.split()) for title in page.titles}
    table = formats.dump(evidence, chosen, "csv")
    assert not [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row if cell.startswith(RUN)]
    assert composed(TEXTS_HERE[name]) in {row["title"] for row in cells.read(table)}


@pytest.mark.parametrize("name", TEX)
def test_bibliographies_show_it_and_no_more(name: str, tmp_path: Path) -> None:
    """No entry, tag or command comes of a title, author or venue; the file reads again as the same entries."""
    tree = tree_of("Words.", tmp_path)
    tex = TEX[name]
    entry = (
        f"@misc{{x, title = {{{tex}}}, author = {{{{{tex}}} and Ada Lovelace}}, howpublished = {{{tex}}}, year = 2020}}"
    )
    (tree / "bib/x.bib").write_text(entry, encoding="utf-8")
    evidence = Evidence(load(tree))
    assert "paper:x" in evidence.graph
    chosen = selection.of("x", ["paper:x", "paper:saxe2014exact"])
    text = formats.dump(evidence, chosen, "bibtex")
    assert list(pybtex.database.parse_string(text, "bibtex").entries) == ["x", "saxe2014exact"]
    again = bibfile.parse(text, "bib/x.bib")
    assert ([one.key for one in again.entries], again.findings) == (["x", "saxe2014exact"], ())
    assert not ACTIVE.search(text)
    assert not re.search(r"\^\^|(?<!\\)[%#]", text)
    assert not re.search(r"\n\s*@(?!misc\{x,|inproceedings\{saxe)", text)
    assert [one["id"] for one in rispy.loads(formats.dump(evidence, chosen, "ris"))] == ["x", "saxe2014exact"]
    csl = formats.dump(evidence, chosen, "csl")
    assert ([one["id"] for one in json.loads(csl)], "<" in csl) == (["x", "saxe2014exact"], False)
    for markup in (False, True):
        found = citations.cite(evidence.corpus, ["x"], "ieee", markup=markup)
        assert len(found) == 1
        assert not markup or {tag for tag, _ in Page(found[0].full).tags} <= {"i", "b"}
        assert not re.search("[\ufdd0-\ufdd2]", found[0].full)


@pytest.mark.parametrize("scheme", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_an_address_that_is_none_is_left_out(scheme: str, tmp_path: Path) -> None:
    """What was refused as a url stands in no format."""
    tree = tree_of("Words.", tmp_path)
    (tree / "bib/x.bib").write_text(
        f"@misc{{x, title = {{T}}, author = {{A B}}, year = 2020, url = {{{scheme}}}}}", encoding="utf-8"
    )
    evidence = Evidence(load(tree))
    for name in formats.FORMATS:
        assert scheme not in formats.dump(evidence, selection.of("x", ["paper:x"]), name)


@pytest.mark.parametrize(
    "text", ["", "'", "''=1", "=1", "+", "-2+3", "@a", "\tx", "\r", "\n=1", "＝1", "a=1", "it's", '"q"', "1,2;3"]
)
def test_guarded_cells_come_back(text: str) -> None:
    """Writing and reading a cell gives the text, and what is written begins no formula."""
    written = cells.dump(["a"], [{"a": text}])
    assert cells.read(written) == [{"a": text}]
    assert not next(csv.reader(io.StringIO(written.split("\r\n", 1)[1], newline="")))[0].startswith(RUN)


def test_numbers_stay_numbers() -> None:
    """A negative number is no formula and gets no apostrophe."""
    assert cells.dump(["a", "b"], [{"a": -1.5, "b": None}]) == '"a","b"\r\n-1.5,""\r\n'


@pytest.mark.parametrize(
    "tex", ["G{\\\"o}del's {P}roof", "$\\mu$-transfer and $L_2$", "A \\& B", "\\emph{x} -- y", "$f^{-\\alpha}$ scaling"]
)
def test_tex_that_only_sets_text_stays(tex: str) -> None:
    """Accents, styles, protected capitals and formulas are exported as they were written."""
    assert texsafe.shown(tex) == tex
