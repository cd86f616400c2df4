"""Exports of the whole corpus, each read again by a parser that is not ours."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache
from pathlib import Path

import pybtex.database
import pytest
import rispy
from citeproc.source.json import CiteProcJSON
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt

from kg import cite, readingtext
from kg.cli import main
from kg.evidence import Evidence
from kg.export import cells, citations, formats, selection, table
from kg.export.selection import Item, Selection
from kg.graph import load
from kg.inert import inert
from kg.plain import plain
from kg.reading import reading_list
from tests import toytree
from tests.reader import Page

REPOSITORY = Path(__file__).parent.parent


@cache
def record() -> Evidence:
    return Evidence(load(REPOSITORY))


@cache
def exported(name: str) -> str:
    return formats.dump(record(), selection.everything(record().graph), name)


def test_bibtex_holds_every_entry_as_its_file_does() -> None:
    """pybtex reads the same keys, types, people and fields as stand in bib/, our remarks excepted."""
    read = pybtex.database.parse_string(exported("bibtex"), "bibtex")
    corpus = record().corpus
    written = cite.entries(corpus, corpus.papers)
    assert set(read.entries) == set(corpus.papers)
    for key, entry in written.items():
        fields = {n: v for n, v in entry.fields.items() if n not in ("note", "author", "editor")}
        assert (read.entries[key].type, dict(read.entries[key].fields)) == (entry.type, fields)
        people = read.entries[key].persons.get("author") or read.entries[key].persons.get("editor") or []
        paper = corpus.papers[key]
        assert len(people) == len(paper.authors) + paper.incomplete, key


def test_ris_holds_every_work() -> None:
    """rispy reads the same ids, titles, people, years and identifiers."""
    papers = record().corpus.papers
    read = {entry["id"]: entry for entry in rispy.loads(exported("ris"))}
    assert set(read) == set(papers)
    for key, entry in read.items():
        paper = papers[key]
        assert (entry["title"], entry["year"], entry.get("doi", "")) == (paper.title, str(paper.year or ""), paper.doi)
        people = entry.get("authors") or entry.get("secondary_authors")
        assert len(people) == len(paper.authors) + paper.incomplete
        assert [one.split(",")[0] for one in people][: len(paper.authors)] == [
            a.family or a.text for a in paper.authors
        ]
        assert not paper.arxiv or entry["accession_number"] == f"arXiv:{paper.arxiv}"


def test_csl_holds_every_work() -> None:
    """The items of CSL-JSON load into a citation processor with title, people and year."""
    papers = record().corpus.papers
    items = json.loads(exported("csl"))
    assert {item["id"] for item in items} == set(papers)
    read = CiteProcJSON(items)
    for key, paper in papers.items():
        one = read[key.lower()]
        assert str(one["title"]) == paper.title
        assert len(one.get("author") or one.get("editor")) == len(paper.authors) + paper.incomplete
        assert one["issued"]["year"] == paper.year


def test_lists_hold_every_node() -> None:
    """Markdown, HTML and CSV, read by parsers of their own, hold every node in the order of the record."""
    nodes = list(record().graph.nodes())
    told = [
        token.content
        for token in MarkdownIt("gfm-like", {"linkify": False}).parse(exported("markdown"))
        if token.type == "inline"
    ]
    found = [re.search(r"\(\w+(?: · [\w -]+)? `([^`]+)`\)", text.splitlines()[0]) for text in told[1:]]
    assert [one and one[1] for one in found] == [node.address for node in nodes]
    page = Page(exported("html"))
    assert page.addresses == [node.address for node in nodes]
    assert [" ".join(title.split()) for title in page.titles] == [plain(node.title) for node in nodes]
    rows = list(csv.DictReader(io.StringIO(exported("csv"), newline="")))
    assert [(row["address"], row["kind"], row["title"]) for row in rows] == [
        (node.address, node.kind, cells.guarded(node.title)) for node in nodes
    ]
    assert [row["title"] for row in cells.read(exported("csv"))] == [node.title for node in nodes]


@pytest.mark.parametrize("style", citations.STYLES)
def test_citations_name_the_work(style: str) -> None:
    """In every style a work of each type is cited with a family name and its title, and APA with its year."""
    papers = record().corpus.papers
    by_type = {paper.type: key for key, paper in papers.items()}
    chosen = [*by_type.values(), "michaud2024physics"] if "michaud2024physics" in papers else list(by_type.values())
    chosen += [key for key, paper in papers.items() if paper.incomplete or "$" in paper.title][:3]
    found = {one.key: one for one in citations.cite(record().corpus, chosen, style)}
    assert set(found) == set(chosen)
    for key, one in found.items():
        paper = papers[key]
        words = re.findall(r"[a-z]{5,}", plain(paper.title).casefold())
        assert all(word in one.full.casefold() for word in words), one.full
        assert (paper.authors[0].family or paper.authors[0].text) in one.full
        assert "others" not in one.full
        assert not re.search(r"\.\.|span|\$|\s[.,]\s", one.full), one.full
    if style == "apa":
        assert all(
            f"({papers[key].year})" in one.full and str(papers[key].year) in one.short for key, one in found.items()
        )


def test_citations_of_known_works_read_as_the_manuals_have_them() -> None:
    """A journal article with DOI in APA, Chicago and IEEE, by the manuals' own patterns."""
    corpus = record().corpus
    expected = {
        "apa": (
            "Mei, S., Montanari, A., & Nguyen, P.-M. (2018). A mean field view of the landscape of two-layer neural "
            "networks. Proceedings of the National Academy of Sciences, 115(33), E7665–E7671. "
            "https://doi.org/10.1073/pnas.1806579115"
        ),
        "chicago": (
            "Mei, Song, Andrea Montanari, and Phan-Minh Nguyen. 2018. “A Mean Field View of the Landscape of Two-layer "
            "Neural Networks.” Proceedings of the National Academy of Sciences 115 (33): E7665–71. "
            "https://doi.org/10.1073/pnas.1806579115."
        ),
        "ieee": (
            "[1] S. Mei, A. Montanari, and P.-M. Nguyen, “A mean field view of the landscape of two-layer neural "
            "networks,” Proceedings of the National Academy of Sciences, vol. 115, no. 33, pp. E7665–E7671, 2018, "
            "doi: 10.1073/pnas.1806579115."
        ),
    }
    assert {style: citations.cite(corpus, ["mei2018mean"], style)[0].full for style in expected} == expected


BEHIND = {
    "strand:empirical-laws": ["cohen2021gradient", "damian2022self"],
    "paper:saxe2014exact": ["saxe2014exact"],
    "concept:gradient-descent": ["saxe2014exact"],
    "assumption:quadratic-loss": ["saxe2014exact"],
    "assumption:edge-holds": ["cohen2021gradient"],
    "claim:plateau": ["cohen2021gradient"],
    "claim:stability-limit": ["saxe2014exact", "cohen2021gradient"],
    "question:why-two": ["cohen2021gradient", "damian2022self"],
    "argument:small-nets": ["saxe2014exact"],
    "reproduction:quadratic_onset": ["saxe2014exact", "cohen2021gradient"],
    "prediction:stability-limit/onset": ["saxe2014exact", "cohen2021gradient"],
}


def test_every_kind_of_node_leads_to_its_works() -> None:
    """On the toy tree each kind of node leads to the works that its record names, and to no other."""
    graph = toytree.graph()
    assert {address: selection.behind(graph, address) for address in BEHIND} == BEHIND
    found = selection.works(graph, selection.everything(graph))
    assert (set(found.keys), found.without) == (set(graph.corpus.papers), ())


def test_a_reading_list_keeps_order_minutes_and_reasons() -> None:
    """What a list says of each item stands in Markdown, HTML and CSV, a paper twice where two parts are read."""
    evidence = Evidence(toytree.graph())
    items = (
        Item("paper:saxe2014exact", "Sec. 1", 20, "teaches modes, which the claim needs"),
        Item("paper:cohen2021gradient", "Sec. 3", 15, "teaches sharpness"),
        Item("paper:saxe2014exact", "Sec. 2", 5, "teaches balance"),
    )
    chosen = Selection("To the edge", items, ("Chaos at <b> (meet): it would take 60 minutes more",))
    rows = cells.read(table.dump(evidence, chosen))
    assert [(row["address"], row["where"], int(row["minutes"]), row["why"]) for row in rows] == [
        (item.address, item.where, item.minutes, item.why) for item in items
    ]
    page = Page(formats.dump(evidence, chosen, "html"))
    assert page.addresses == [item.address for item in items]
    assert "About 40 minutes" in page.text
    text = formats.dump(evidence, chosen, "markdown")
    assert [text.index(part) for part in ("20 min", "15 min", "5 min; teaches balance")] == sorted(
        text.index(part) for part in ("20 min", "15 min", "5 min; teaches balance")
    )
    assert "Left out" in page.text
    assert "Chaos at <b> (meet): it would take 60 minutes more" in page.text
    assert f"## Left out\n\n- {inert(chosen.left_out[0])}\n" in text
    assert len(pybtex.database.parse_string(formats.dump(evidence, chosen, "bibtex"), "bibtex").entries) == 2


def test_an_exported_list_says_what_does_not_fit_into_the_hours(tmp_path: Path) -> None:
    """A list within hours names them in its title, and each concept that it does not reach, as kg read does."""
    graph = load(toytree.with_readings(toytree.copy(tmp_path)))
    found = reading_list(graph, "field", hours=0.5)
    chosen = selection.reading(found)

    assert chosen.title.endswith("(within 0.5 h)")
    assert len(chosen.left_out) == len(found.left_out) > 0
    assert all(line in readingtext.text(found) for line in chosen.left_out)
    assert selection.joined([chosen, selection.of("x", ["claim:plateau"])]).left_out == chosen.left_out


ENTRIES = r"""@misc{none, title = {No year {DNA} at $x_1$}, author = {{Institute of A and B}}}
@book{edited, title = {Gödel's {P}roof}, editor = {van der Berg, Jan and King, Jr., Martin}, year = {1999}, publisher = {X \& Y}}
@techreport{more, title = {A -- B}, author = {Ł\"uk{\'a}\v{s}, J. and others}, year = {2001}, pages = {3--9}}
"""


def test_odd_entries_survive(tmp_path: Path) -> None:
    """No year, a body with 'and' in its name, editors, particles, suffixes, accents in TeX: kept in all formats."""
    tree = toytree.copy(tmp_path)
    (tree / "bib/odd.bib").write_text(ENTRIES, encoding="utf-8")
    evidence = Evidence(load(tree))
    chosen = selection.of("odd", ["paper:none", "paper:edited", "paper:more"])
    bib = pybtex.database.parse_string(formats.dump(evidence, chosen, "bibtex"), "bibtex")
    assert [(key, entry.type) for key, entry in bib.entries.items()] == [
        ("none", "misc"),
        ("edited", "book"),
        ("more", "techreport"),
    ]
    assert [str(person) for person in bib.entries["none"].persons["author"]] == ["{Institute of A and B}"]
    assert bib.entries["edited"].persons["editor"][1].lineage_names == ["Jr."]
    ris = {entry["id"]: entry for entry in rispy.loads(formats.dump(evidence, chosen, "ris"))}
    assert ris["none"]["authors"] == ["Institute of A and B"]
    assert "year" not in ris["none"]
    assert ris["edited"]["secondary_authors"] == ["van der Berg, Jan", "King, Martin, Jr."]
    assert (ris["more"]["authors"], ris["more"]["start_page"], ris["more"]["end_page"]) == (
        ["Łükáš, J.", "others"],
        "3",
        "9",
    )
    csl = {item["id"]: item for item in json.loads(formats.dump(evidence, chosen, "csl"))}
    assert csl["none"]["author"] == [{"literal": "Institute of A and B"}]
    assert "issued" not in csl["none"]
    assert csl["edited"]["editor"][1] == {"family": "King", "given": "Martin", "suffix": "Jr."}
    cited = {one.key: one.full for one in citations.cite(evidence.corpus, ["none", "edited", "more"])}
    assert "(n.d.)" in cited["none"]
    assert "Łükáš, J. et al." in cited["more"]


def run(*arguments: str, root: Path = toytree.TOY) -> Result:
    return CliRunner().invoke(main, ["--root", str(root), "export", *arguments], catch_exceptions=False)


def test_the_command_says_what_it_left_out(tmp_path: Path) -> None:
    """A node with no work behind it is named on standard error, and the file holds the others."""
    tree = toytree.copy(tmp_path)
    (tree / "data/readings.yaml").write_text("{}\n", encoding="utf-8")
    result = run("bibtex", "concept:curvature", "claim:plateau", "--find", "damian", root=tree)
    assert result.exit_code == 0
    assert "2 works behind 3 nodes" in result.stderr
    assert "1 node with no work behind, not in the file: concept:curvature" in result.stderr
    assert list(pybtex.database.parse_string(result.stdout, "bibtex").entries) == [
        "cohen2021gradient",
        "damian2022self",
    ]


@pytest.mark.parametrize("name", [*formats.FORMATS, "citations"])
def test_every_format_is_a_command(name: str, tmp_path: Path) -> None:
    """To a file or standard output alike; nothing named, or a folder that is not there, is said in one line."""
    out = tmp_path / "out"
    assert run(name, "--all", "--out", str(out)).exit_code == 0
    assert run(name, "--all").stdout_bytes == out.read_bytes()
    assert run(name, "--strand", "empirical-laws").exit_code == 0
    assert run(name, "--read", "field").exit_code == 0
    assert run(name).exit_code == 2
    assert run(name, "claim:nowhere").exit_code == 2
    refused = run(name, "--all", "--out", str(tmp_path / "no" / "out"))
    assert (refused.exit_code, "choose another --out" in refused.output) == (1, True)


def test_a_style_that_is_none_is_refused() -> None:
    """The styles are listed in its place."""
    refused = run("citations", "--style", "bible", "--all")
    assert (refused.exit_code, "apa, chicago" in refused.output) == (2, True)
