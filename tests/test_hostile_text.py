"""Text that means something elsewhere stands in every text field: it is read exactly and does nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner, Result

import kg
from kg import checks, findings, textcard, trace
from kg.cli import main
from kg.evidence import Evidence
from kg.export import snapshot
from kg.search import Index
from tests import toytree

TEXTS = {
    "script": "<script>alert(1)</script>",
    "handler": "<img src=x onerror=alert(1)>",
    "closing": '</script></style>--><svg onload="alert(1)">',
    "entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]> &e; &lt;b&gt; ]]>',
    "image": "![x](https://example.org/seen.png)",
    "spoofed link": "[https://arxiv.org/abs/2103.00065](https://example.org/login)",
    "script link": "[x](javascript:alert(1)) [y](data:text/html;base64,PHN2Zz4=)",
    "reference link": "<javascript:alert(1)> [x]: file:///etc/passwd",
    "template": "{{7*7}} {% include 'x' %} {# x #} \\${jndi:ldap://example.org/a} <%= 1 %>",
    "format string": "{0.__class__.__mro__} %(a)s %n %s {} {title}",
    "formula": "=cmd|' /C calc'!A0",
    "formula plus": "+1+cmd|' /C calc'!A0",
    "formula at": "@SUM(1+1)",
    "formula minus": "-2+3",
    "formula wide": "\uff1d1+1",
    "database": "'); DROP TABLE nodes; --",
    "query": '" OR * NEAR(a b) ^x AND -y : z',
    "right to left": "التعلم العميق (deep) يعمل",
    "joined": "\U0001f469\u200d\U0001f52c می\u200cخواهم",
    "look-alike": "раypal and ⅰ² ﬁne e\u0323\u0307",
    "tex": "\\input{/etc/passwd} \\write18{id} $\\href{javascript:alert(1)}{x}$ \\def\\x{\\x\\x}\\x",
    "workflow command": "::error file=x,line=1::y %0A::set-output name=a::b",
    "lines": "one\n::error::two\n\n# three\n- four\n\tfive",
    "markup": "# head\n\n| a | b |\n|---|---|\n~~~python\nimport os\n~~~",
    "shell": "`id` ; rm -rf ~ && true | false > /tmp/x",
    "path": "../../../../etc/passwd%00.yaml",
    "prototype": "__proto__ constructor toString",
    "number": "2304.10",
    "nothing": "null",
    "spaces": "  both \u00a0 ends  ",
}
IN_TEX = [  # as a BibTeX value, and as a reader sees it
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    ("![x](https://example.org/seen.png)", "![x](https://example.org/seen.png)"),
    ("\\{\\{7*7\\}\\} \\%s \\$x", "{{7*7}} %s $x"),
    ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    ("\\input{/etc/passwd} \\write18{id}", "\\input{/etc/passwd} \\write18{id}"),
    ("$\\href{javascript:alert(1)}{x}$", "$\\href{javascript:alert(1)}{x}$"),
    ("التعلم العميق", "التعلم العميق"),
]
WORDING = {"shared-words", "long-statement", "two-claims", "hollow-text"}  # one text in every field, however short
FIELDS = {
    "title", "statement", "where", "why", "note", "text", "answer", "if-agrees", "if-disagrees", "stakes", "found",
    "refuted-if", "meaning", "symbol", "unit", "name",
}  # fmt: skip


def filled(value: Any, text: str) -> Any:
    """``value`` with ``text`` in every text field. (TeX alone may stand in ``formula``.)"""
    if isinstance(value, dict):
        return {key: text if key in FIELDS else filled(inner, text) for key, inner in value.items()}
    return [filled(inner, text) for inner in value] if isinstance(value, list) else value


def tree_of(text: str, folder: Path) -> Path:
    """The toy tree with ``text`` in every text field of its YAML files."""
    tree = toytree.copy(folder)
    for path in (tree / "data").rglob("*.yaml"):
        held = filled(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader), text)
        path.write_text(yaml.safe_dump(held, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return tree


def texts(value: Any) -> Iterator[str]:
    """What stands in the text fields of nested JSON."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [inner] if key in FIELDS and isinstance(inner, str) else texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def squeezed(text: str) -> str:
    """``text`` without white space: cards wrap their lines."""
    return re.sub(r"\s", "", text)


def composed(text: str) -> str:
    """``text`` as it is kept: letters with their marks in one."""
    return text.replace("e\u0323\u0307", "\u1eb9\u0307")


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_field_is_kept_exactly(name: str, tmp_path: Path) -> None:
    """Snapshot and its re-reading hold the text as written, in every field of every kind of node and relation."""
    graph = toytree.graph(tree_of(TEXTS[name], tmp_path))
    evidence = Evidence(graph)
    told = {finding.rule for finding in checks.run(graph)}
    assert told <= ({"unbalanced-tex", *WORDING} if name == "tex" else WORDING)
    written = json.loads(snapshot.dump(evidence))
    own = [node for node in written["nodes"] if node["kind"] not in ("paper", "reproduction")]
    held = list(texts(own)) + list(texts(written["relations"]))
    assert len(held) > 40
    assert set(held) == {composed(TEXTS[name])}

    (tmp_path / "out.json").write_text(snapshot.dump(evidence), encoding="utf-8")
    read = kg.load_snapshot(tmp_path / "out.json")
    assert {(n, read.nodes[n]["title"]) for n in read} == {(node.address, node.title) for node in graph.nodes()}
    assert sorted(json.dumps(data, sort_keys=True) for *_, data in read.edges(data=True)) == sorted(
        json.dumps({k: v for k, v in row.items() if k not in ("source", "target")}, sort_keys=True)
        for row in written["relations"]
    )


@pytest.mark.parametrize("name", TEXTS)
def test_cards_and_traces_print_it_and_no_more(name: str, tmp_path: Path) -> None:
    """Cards and traces show the words of the text, without a control character beside line ends."""
    graph = toytree.graph(tree_of(TEXTS[name], tmp_path))
    evidence = Evidence(graph)
    words = {squeezed(text) for text in (composed(TEXTS[name]), findings.visible(composed(TEXTS[name])))}
    for node in graph.nodes():
        shown = click.unstyle(textcard.card(evidence, node.address))
        shown += click.unstyle(textcard.tree(evidence, node.address, trace.rests_on(graph, node.address), False))
        assert all(character.isprintable() or character in "\n\t\u200c\u200d\u00a0" for character in shown), node
        if node.kind not in ("paper", "reproduction"):
            assert any(text in squeezed(shown) for text in words)
        json.dumps(textcard.as_dict(evidence, node.address), allow_nan=False)


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_found_and_breaks_no_query(name: str, tmp_path: Path) -> None:
    """As a search it is words and no language of the index; what holds the words is found."""
    index = Index(toytree.graph(tree_of(TEXTS[name], tmp_path)))
    hits = index.find(TEXTS[name], limit=50)
    assert len(hits) > 5 if re.search(r"\w", TEXTS[name]) else hits == []
    assert len(index.find("curvature", kind="concept")) == 1, "the index holds what it held"


@pytest.mark.parametrize(("tex", "text"), IN_TEX)
def test_papers_keep_it_too(tex: str, text: str, tmp_path: Path) -> None:
    """Title, author, venue and note of a paper say what TeX would set, and nothing is run or dropped."""
    tree = toytree.copy(tmp_path)
    entry = (
        f"@misc{{x, title = {{{tex}}}, author = {{{{{tex}}} and Ada Lovelace}}, howpublished = {{{tex}}}, year = 2020}}"
    )
    (tree / "bib/x.bib").write_text(entry, encoding="utf-8")
    graph = toytree.graph(tree)
    assert [str(finding) for finding in checks.run(graph)] == []
    node = snapshot.snapshot_node(Evidence(graph), graph.node("paper:x"))
    assert (node["title"], node["authors"], node["venue"]) == (text, [text, "Ada Lovelace"], text)
    assert "paper:x" in [hit.address for hit in Index(graph).find(text)]


@pytest.mark.parametrize("text", [text for text in TEXTS.values() if "\n" not in text and "\\" not in text])
def test_titles_of_scripts_keep_it_too(text: str, tmp_path: Path) -> None:
    """The first line of a docstring is a title, whatever it says."""
    tree = toytree.copy(tmp_path)
    (tree / "scripts/x.py").write_text(f'""" {text}\n\nMore.\n"""\n', encoding="utf-8")
    graph = toytree.graph(tree)
    assert checks.run(graph) == []
    assert graph.node("reproduction:x").title == text.strip()


@pytest.mark.parametrize("name", TEXTS)
def test_a_finding_that_quotes_it_stays_one_line(name: str, tmp_path: Path) -> None:
    """Findings print as one line each, as text and as workflow commands, whatever they quote."""
    tree = toytree.copy(tmp_path)
    held = {"title": TEXTS[name], "strands": [TEXTS[name]], TEXTS[name]: 1, "kind": TEXTS[name]}
    (tree / "data/claims/x.yaml").write_text(yaml.safe_dump(held, allow_unicode=True), encoding="utf-8")
    found = toytree.findings(tree)
    assert {finding.rule for finding in found} >= {"wrong-value", "unknown-field", "missing-field"}
    for printed in (findings.as_text(found), findings.as_github(found)):
        assert len(printed.split("\n")) == len(found)
        assert all(line.isprintable() for line in printed.split("\n"))
    assert all(
        line.startswith("::error file=data/claims/x.yaml,line=") for line in findings.as_github(found).split("\n")
    )


def run(tree: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(tree), *arguments], catch_exceptions=False)


@pytest.mark.parametrize("name", ["script", "lines", "right to left", "query", "format string"])
def test_the_commands_take_it_as_an_argument(name: str, tmp_path: Path) -> None:
    """Typed where a name is expected, it is an unknown name, or words to search for."""
    tree = tree_of(TEXTS[name], tmp_path)
    assert run(tree, "find", "--", TEXTS[name]).exit_code == 0
    for command in ("show", "trace", "rerun", "explain"):
        refused = run(tree, command, "--", TEXTS[name])
        assert refused.exit_code == 2
        assert "Traceback" not in refused.output
    assert run(tree, "export", "snapshot", "--out", "-").exit_code == 0
