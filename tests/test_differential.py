"""Other tools read the record as we do: our values against PyYAML's and bibtexparser's, over every committed file."""

from __future__ import annotations

from pathlib import Path

import bibtexparser
import pytest

from kg import bibfile, yamlfile

ROOT = Path(__file__).parent.parent
YAML = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "data").rglob("*.yaml"))
BIB = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "bib").glob("*.bib"))


@pytest.mark.parametrize("path", YAML)
def test_yaml_reads_the_same_elsewhere(path: str) -> None:
    """Every scalar equals str() of what yaml.safe_load makes of it, or the file needs quotes."""
    text = (ROOT / path).read_text(encoding="utf-8")

    assert [str(finding) for finding in yamlfile.parse(text, path).warnings] == []


@pytest.mark.parametrize("path", BIB)
def test_bibtex_reads_the_same_elsewhere(path: str) -> None:
    """Every entry and field is what bibtexparser finds, white space apart, and none is lost on either side."""
    ours = {entry.key: entry.fields for entry in bibfile.load(ROOT, path).entries}
    library = bibtexparser.parse_string((ROOT / path).read_text(encoding="utf-8"))
    theirs = {e.key: {f.key.lower(): " ".join(str(f.value).split()) for f in e.fields} for e in library.entries}

    assert library.failed_blocks == []
    assert {key: {n: " ".join(v.split()) for n, v in fields.items()} for key, fields in ours.items()} == theirs


def test_an_unquoted_arxiv_number_needs_quotes() -> None:
    """A number that other readers would change is found, on its line."""
    (finding,) = yamlfile.parse("a: x\narxiv: 2304.10\n", "x.yaml").warnings

    assert (finding.rule, finding.place.line) == ("needs-quotes", 2)
