"""The whole graph as JSON-LD: schema.org for things, CiTO for how works bear on claims, our own names for the rest.

The context stands in the file, so nothing is fetched to read it. Every relation is one triple of our vocabulary from
source to target, and where schema.org or CiTO has a word for it a second one in that word. What a relation carries
(where, role, outcome …) stands on an ``rdf:Statement`` about it.

Vocabularies: https://schema.org, http://purl.org/spar/cito/ (SPAR ontologies).
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from kg.evidence import Evidence
from kg.export.snapshot import snapshot
from kg.identifiers import arxiv_url, doi_url
from kg.relations import RELATIONS

BASE = "https://learning-mechanics.invalid/"
"""Where nodes are named as long as no address of the record's own is given: a domain that never resolves (RFC 2606)."""

TYPES = {
    "paper": "schema:ScholarlyArticle", "strand": "schema:DefinedTermSet", "concept": "schema:DefinedTerm",
    "assumption": "schema:Claim", "claim": "schema:Claim", "prediction": "schema:Claim", "question": "schema:Question",
    "argument": "schema:Comment", "reproduction": "schema:SoftwareSourceCode",
}  # fmt: skip
_WORKS = {
    "book": "schema:Book", "inbook": "schema:Chapter", "incollection": "schema:Chapter",
    "phdthesis": "schema:Thesis", "mastersthesis": "schema:Thesis", "techreport": "schema:Report",
    "misc": "schema:CreativeWork",
}  # fmt: skip
_FIELDS = {
    "title": "schema:name", "statement": "schema:text", "year": "schema:datePublished", "url": "schema:url",

}  # fmt: skip
SAYS = {
    "cites": "cito:cites", "builds_on": "cito:obtainsSupportFrom", "contradicts": "cito:disagreesWith",
    "bears_on": "cito:discusses", "teaches": "schema:teaches", "in_strand": "schema:isPartOf",
    "asks_about": "schema:about",
}  # fmt: skip
_BY_OUTCOME = {
    "agrees": "cito:confirms", "differs": "cito:disputes", "mixed": "cito:discusses", "withdrawn": "cito:retracts",
}  # fmt: skip
_BY_STANCE = {"objects": "cito:critiques", "replies": "cito:repliesTo"}
BACKWARD = {"states": "schema:appearance"}
"""Words that read from the target to the source: a claim appears in a work."""


def dump(evidence: Evidence, base: str = BASE) -> str:
    """The file, the same to the byte on every run. Nodes are ``<base>node/<kind>:<id>``, percent-coded."""
    written = snapshot(evidence)
    nodes = {node["id"]: _node(base, node) for node in written["nodes"]}
    statements = []
    for row in written["relations"]:
        source, target, name = row["source"], row["target"], row["relation"]
        _add(nodes[source], f"kg:{name}", {"@id": iri(base, target)})
        if word := _word(row):
            _add(nodes[source], word, {"@id": iri(base, target)})
        if word := BACKWARD.get(name):
            _add(nodes[target], word, {"@id": iri(base, source)})
        if carried := {k: v for k, v in row.items() if k not in ("source", "target", "relation") and v is not None}:
            statements.append(_statement(base, row, carried))
    held = {"@context": _context(base), "@graph": [*nodes.values(), *statements]}
    return json.dumps(held, indent=1, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c") + "\n"


def iri(base: str, address: str) -> str:
    """The name of the node at ``address``."""
    return f"{base}node/{quote(address, safe=':/._-')}"


def _context(base: str) -> dict[str, Any]:
    return {
        "@version": 1.1,
        "schema": "https://schema.org/",
        "cito": "http://purl.org/spar/cito/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "kg": f"{base}vocabulary#",
    }


def _node(base: str, node: dict[str, Any]) -> dict[str, Any]:
    kind = node["kind"]
    type_ = _WORKS.get(node["type"], TYPES[kind]) if kind == "paper" else TYPES[kind]
    found: dict[str, Any] = {"@id": iri(base, node["id"]), "@type": [type_, f"kg:{kind.capitalize()}"]}
    found["kg:address"] = node["id"]
    for name, value in node.items():
        if name not in ("id", "kind", "authors", *RELATIONS) and value not in (None, "", [], {}):
            found[_FIELDS.get(name, f"kg:{_camel(name)}")] = _value(name, value)
    if node.get("authors"):
        found["schema:author"] = {"@list": [{"@type": "schema:Thing", "schema:name": who} for who in node["authors"]]}
    if node.get("doi"):
        found["schema:sameAs"] = {"@id": doi_url(node["doi"])}
    elif node.get("arxiv"):
        found["schema:sameAs"] = {"@id": arxiv_url(node["arxiv"])}
    return found


def _value(name: str, value: Any) -> Any:
    if name == "year":
        return {"@value": str(value), "@type": "xsd:gYear"}
    if name == "url":
        return {"@id": value}
    if isinstance(value, (dict, list)):
        return {"@value": value, "@type": "@json"}
    return value


def _word(row: dict[str, Any]) -> str | None:
    match row["relation"]:
        case "reports":
            return _BY_OUTCOME.get(row.get("outcome", ""))
        case "targets":
            return _BY_STANCE.get(row.get("stance", ""))
    return SAYS.get(row["relation"])


def _add(node: dict[str, Any], word: str, value: dict[str, str]) -> None:
    held = node.setdefault(word, [])
    if value not in held:
        held.append(value)


def _statement(base: str, row: dict[str, Any], carried: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "rdf:Statement",
        "rdf:subject": {"@id": iri(base, row["source"])},
        "rdf:predicate": {"@id": f"kg:{row['relation']}"},
        "rdf:object": {"@id": iri(base, row["target"])},
        **{f"kg:{_camel(name)}": _value(name, value) for name, value in carried.items()},
    }


def _camel(name: str) -> str:
    """``claim-kind`` as ``claimKind``: local names of our vocabulary are letters and digits."""
    first, *rest = name.replace("_", "-").split("-")
    return first + "".join(word.capitalize() for word in rest)
