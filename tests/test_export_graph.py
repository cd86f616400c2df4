"""Exports of the whole graph, each read again by a parser that is not ours, and hostile text in each."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import rdflib
from click.testing import CliRunner

from kg.cli import main
from kg.evidence import Evidence
from kg.export import cells, flat, graphml, jsonld, snapshot, tables
from kg.graph import load
from kg.relations import KINDS, RELATIONS
from tests import toytree
from tests.test_hostile_text import TEXTS, tree_of

REPOSITORY = Path(__file__).parent.parent
RUN = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
Edges = Counter[tuple[str, str, str]]


@cache
def record() -> Evidence:
    return Evidence(load(REPOSITORY))


@cache
def expected() -> dict[str, Any]:
    return snapshot.snapshot(record())


def edges(rows: list[dict[str, Any]]) -> Edges:
    return Counter((row["source"], row["relation"], row["target"]) for row in rows)


def test_graphml_holds_every_node_and_relation() -> None:
    """networkx reads the same nodes with their titles, the same relations, and what they carry."""
    read = nx.parse_graphml(graphml.dump(record()), force_multigraph=True)
    assert {(name, data["kind"], data["title"]) for name, data in read.nodes(data=True)} == {
        (node["id"], node["kind"], node["title"]) for node in expected()["nodes"]
    }
    assert Counter((a, data["relation"], b) for a, b, data in read.edges(data=True)) == edges(expected()["relations"])
    carried = Counter(data["where"] for *_, data in read.edges(data=True) if "where" in data)
    assert carried == Counter(row["where"] for row in expected()["relations"] if row.get("where"))


def test_csv_pair_holds_every_node_and_relation() -> None:
    """Two tables that csv reads: the same ids, titles and relations; every edge's ends are nodes of the other."""
    written = tables.dump(record())
    nodes, relations = cells.read(written[tables.NODES]), cells.read(written[tables.EDGES])
    assert [(row["id"], row["title"]) for row in nodes] == [(node["id"], node["title"]) for node in expected()["nodes"]]
    assert edges(relations) == edges(expected()["relations"])
    assert {end for row in relations for end in (row["source"], row["target"])} <= {row["id"] for row in nodes}
    raw = list(csv.DictReader(io.StringIO(written[tables.NODES], newline="")))
    assert [row["id"] for row in raw] == [row["id"] for row in nodes]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib uses its own old class
def test_json_ld_holds_every_node_and_relation() -> None:
    """rdflib reads every node with its name, every relation as a triple, and a statement for each that carries more."""
    text = jsonld.dump(record())
    read = rdflib.Graph().parse(data=text, format="json-ld")
    vocabulary, schema = rdflib.Namespace(f"{jsonld.BASE}vocabulary#"), rdflib.Namespace("https://schema.org/")
    address = {subject: str(found) for subject, found in read.subject_objects(vocabulary.address)}
    titles = {(address[one], str(name)) for one, name in read.subject_objects(schema.name) if one in address}
    assert titles == {(node["id"], node["title"]) for node in expected()["nodes"]}
    found = {(address[a], name, address[b]) for name in RELATIONS for a, b in read.subject_objects(vocabulary[name])}
    assert found == set(edges(expected()["relations"]))
    statements = set(read.subjects(rdflib.RDF.type, rdflib.RDF.Statement))
    more = [
        row
        for row in expected()["relations"]
        if any(v is not None for k, v in row.items() if k not in ("source", "target", "relation"))
    ]
    assert len(statements) == len(more)
    outcomes = Counter(row.get("outcome") for row in expected()["relations"] if row["relation"] == "reports")
    cito = rdflib.Namespace("http://purl.org/spar/cito/")
    assert len(set(read.subject_objects(cito.disputes))) <= outcomes["differs"]
    assert set(read.subject_objects(cito.disputes))
    assert isinstance(json.loads(text)["@context"], dict), "the context is in the file: nothing is fetched"


def test_every_kind_and_word_is_of_the_table() -> None:
    """JSON-LD has a type for each kind and no word for a relation that there is not."""
    assert set(jsonld.TYPES) == set(KINDS)
    assert set(jsonld.SAYS) | set(jsonld.BACKWARD) <= set(RELATIONS)


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_stays_text(name: str, tmp_path: Path) -> None:
    """GraphML and JSON-LD give the text back as a value, the tables without a formula; no tag, node or key comes of it."""
    evidence = Evidence(load(tree_of(TEXTS[name], tmp_path)))
    titles = {node.address: node.title for node in evidence.graph.nodes()}
    read = nx.parse_graphml(graphml.dump(evidence), force_multigraph=True)
    assert {one: data["title"] for one, data in read.nodes(data=True)} == titles
    text = jsonld.dump(evidence)
    assert "<" not in text
    held = json.loads(text)["@graph"]
    assert {node["kg:address"]: node["schema:name"] for node in held if "kg:address" in node} == titles
    for table in tables.dump(evidence).values():
        assert not [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row if cell.startswith(RUN)]
    assert {row["id"]: row["title"] for row in cells.read(tables.dump(evidence)[tables.NODES])} == titles


@pytest.mark.parametrize("text", ["a\x00b", "\x08", "\x1b[31m", "\ud800", "\uffff", "a\rb", "\x0c"])
def test_what_xml_cannot_hold_is_replaced(text: str) -> None:
    """A control character or half a surrogate pair becomes U+FFFD, so that every parser reads the file."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_node("a", title=flat.scalar(text))
    assert nx.parse_graphml("\n".join(nx.generate_graphml(graph))).nodes["a"]["title"] == flat.scalar(text)
    assert "\ufffd" in str(flat.scalar(text))


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["--root", str(toytree.TOY), "export", *arguments], catch_exceptions=False)


def test_the_commands_write_what_the_functions_give(tmp_path: Path) -> None:
    """Files are the same to the byte on every run; a base of one's own names the nodes of JSON-LD."""
    evidence = Evidence(toytree.graph())
    for name, text in (("graphml", graphml.dump(evidence)), ("jsonld", jsonld.dump(evidence))):
        assert run(name, "--out", str(tmp_path / name)).exit_code == 0
        assert (tmp_path / name).read_text(encoding="utf-8") == text
        assert run(name, "--out", str(tmp_path / "no" / "x")).exit_code == 1
    assert run("tables", "--out", str(tmp_path / "pair")).exit_code == 0
    assert {p.name: p.read_bytes().decode() for p in (tmp_path / "pair").iterdir()} == tables.dump(evidence)
    (tmp_path / "file").touch()
    refused = run("tables", "--out", str(tmp_path / "file"))
    assert (refused.exit_code, "Traceback" in refused.output) == (2, False)
    assert "https://example.org/kg/node/claim:plateau" in run("jsonld", "--base", "https://example.org/kg/").stdout
    assert run("jsonld", "--base", "javascript:x").exit_code == 2
