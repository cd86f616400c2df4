"""Canonical files: values and comments stay, a second pass changes nothing, and what is mechanical is mended."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kg import bibfile, yamlfile
from kg.cli import main
from kg.contribute import bibstyle, mend, modeline, yamlstyle
from kg.contribute.yamlstyle import CannotFormatError
from kg.layout import FOLDERS, SINGLES
from tests import toytree

ROOT = Path(__file__).parent.parent
CLAIM = "data/claims/x.yaml"

LONG = "a word of some length " * 8
BEFORE = f"""\
# about the file
kind: law   # what it is

title: 'plain enough'
# above the statement
statement: {LONG.strip()}
strands:
  # the first
  - solvable-settings
  - limits  # the second
predictions:
  - {{statement: short, id: one, expected: "2.0", formula: '\\eta', value: 0.10}}
  - {{id: two, statement: "{LONG.strip()}: of its own"}}
sources: [{{depth: section, paper: key}}]
# at the end
"""


def test_the_schema_at_the_top_stays_there_and_is_the_right_one() -> None:
    """A line that names a schema stays the first whatever moves below it, names one that is there, and is no value."""
    for path in (*(f"data/{folder}/x.yaml" for folder in FOLDERS), *(f"data/{stem}.yaml" for stem in SINGLES)):
        line = modeline.of(path)
        assert ((ROOT / path).parent / line.partition("$schema=")[2]).resolve().is_file()
        assert yamlfile.parse(f"{line}\ntitle: x\n", path).value == {"title": "x"}
    right = modeline.put(BEFORE, CLAIM)
    out = yamlstyle.canonical(right, CLAIM)
    assert out == f"{modeline.of(CLAIM)}\n{yamlstyle.canonical(BEFORE, CLAIM)}"
    assert yamlstyle.canonical(out, CLAIM) == modeline.put(out, CLAIM) == out
    assert yamlstyle.canonical(out.replace("claim.schema", "question.schema"), CLAIM) == out
    assert modeline.put("a: b\n", "data/meter.yaml") == "a: b\n"


def test_a_record_in_canonical_form() -> None:
    """Fields stand in the order of the design, text is folded, quotes go where they are idle, comments move along."""
    out = yamlstyle.canonical(BEFORE, CLAIM)
    lines = out.splitlines()
    assert [line.split(":")[0] for line in lines if line[:1].isalpha()] == [
        "title", "statement", "kind", "strands", "sources", "predictions",
    ]  # fmt: skip
    assert lines[lines.index("# above the statement") + 1] == "statement: >-"
    assert "kind: law  # what it is" in lines
    assert lines[lines.index("  # the first") + 1] == "  - solvable-settings"
    assert "  - limits  # the second" in lines
    assert "sources: [{paper: key, depth: section}]" in lines
    assert '  - {id: one, statement: short, formula: \\eta, expected: "2.0", value: 0.10}' in lines
    assert max(map(len, lines)) <= yamlstyle.WIDTH
    assert lines[-1] == "# at the end"


@pytest.mark.parametrize("path", mend.files(toytree.TOY))
def test_formatting_changes_no_value_and_is_idempotent(path: str) -> None:
    """The files of the toy tree, in forms that people write, say the same before and after, and twice is once."""
    text = (toytree.TOY / path).read_text(encoding="utf-8")
    once = mend.formatted(text, path)
    assert mend.formatted(once, path) == once
    if path.endswith(".yaml"):
        assert yaml.safe_load(once) == yaml.safe_load(text)
    else:
        fields = [[(e.key, e.type, dict(e.fields)) for e in bibfile.parse(t, path).entries] for t in (once, text)]
        assert fields[0] == fields[1]


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp"]), max_size=200
)
values = st.recursive(
    texts | st.sampled_from(["2304.10", "on", "1e3", "~", "a: b", "x #y", "- z", "", " lead", "two  spaces", "a\nb\n"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["title", "statement", "kind", "predictions", "other"]), values, min_size=1),
       st.booleans(), st.integers(20, 200))  # fmt: skip
def test_any_value_survives(record: dict[str, object], brackets: bool, width: int) -> None:
    """Whatever text or shape another writer gives a file, canonical form says the same, once and twice."""
    text = yaml.safe_dump(record, default_flow_style=brackets, allow_unicode=True, width=width, sort_keys=False)
    said = yamlfile.parse(text, CLAIM)
    if said.value is None:  # control characters, keys such as 'on'
        with pytest.raises(CannotFormatError):
            yamlstyle.canonical(text, CLAIM)
        return
    once = yamlstyle.canonical(text, CLAIM)
    assert yamlfile.parse(once, CLAIM).value == said.value
    assert yamlstyle.canonical(once, CLAIM) == once


def test_a_bibliography_in_canonical_form() -> None:
    """One field a line in one order, values in braces; macros, joined pieces and comments stay as they are."""
    text = (
        '% one\n@String{jm = "Journal"}\n@Article{k, year=2020, title="A {B}  c",\n author={X, Y},journal=jm # "s"}\n'
    )
    assert bibstyle.canonical(text, "x.bib") == (
        '% one\n\n@String{jm = "Journal"}\n\n@article{k,\n  author = {X, Y},\n  title = {A {B} c},\n'
        '  journal = jm # "s",\n  year = {2020},\n}\n'
    ).replace("{2020}", "2020")


def test_mending_does_what_has_one_answer() -> None:
    """A DOI loses its resolver, an arXiv id its address, a number that others would change gets quotes."""
    bib = "@misc{k,\n  eprint = {https://arxiv.org/abs/2103.00065},\n  doi = {https://doi.org/10.1000/AB},\n}\n"
    assert mend.mended(bib, "bib/x.bib") == "@misc{k,\n  eprint = {2103.00065},\n  doi = {10.1000/ab},\n}\n"
    assert mend.mended("title: x\nwhere: 2304.10\n", CLAIM) == 'title: x\nwhere: "2304.10"\n'
    unclear = "@misc{k,\n  eprint = {https://arxiv.org/list/cs},\n}\n"
    assert mend.mended(unclear, "bib/x.bib") == unclear


def test_the_command_writes_checks_and_leaves_what_it_cannot_read(tmp_path: Path) -> None:
    """--check changes nothing and fails; without it the file is written; a broken file stays and is told."""
    tree = toytree.copy(tmp_path)
    run = CliRunner()
    assert run.invoke(main, ["--root", str(tree), "fmt"]).exit_code == 0
    claim, broken = tree / "data/claims/plateau.yaml", tree / "data/claims/stability-limit.yaml"
    wanted = claim.read_text(encoding="utf-8")
    claim.write_text(wanted.replace("kind: law\n", "").replace("title:", "kind:   law\ntitle:", 1), encoding="utf-8")
    broken.write_text("title: [", encoding="utf-8")

    checked = run.invoke(main, ["--root", str(tree), "fmt", "--check"])
    assert checked.exit_code == 1
    assert "would change data/claims/plateau.yaml" in checked.output
    assert "data/claims/stability-limit.yaml:1: yaml-syntax:" in checked.output
    assert claim.read_text(encoding="utf-8") != wanted

    assert " in canonical form already; 1 file left as written, which cannot be read (told above)" in checked.output

    assert run.invoke(main, ["--root", str(tree), "fmt", str(claim)]).exit_code == 0
    again = run.invoke(main, ["--root", str(tree), "fmt", str(claim)])
    assert again.output == "1 file in canonical form already\n"
    assert claim.read_text(encoding="utf-8") == wanted
    assert broken.read_text(encoding="utf-8") == "title: ["
    assert run.invoke(main, ["--root", str(tree), "fmt", __file__]).exit_code == 2


def test_check_mends_first_and_tells_changed_files_first(tmp_path: Path) -> None:
    """--fix mends what has one answer; what is left is told for uncommitted files before the others."""
    tree = toytree.copy(tmp_path)
    toytree.break_as(tree, "no-counter-search")
    mend.rewrite(tree, mend.files(tree), mend.formatted)
    git = ["git", "-C", str(tree), "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True)
    strands = tree / "data/strands.yaml"
    strands.write_text(strands.read_text(encoding="utf-8").replace("role: ", "role:   "), encoding="utf-8")
    toytree.break_as(tree, "minutes-off-rule")
    readings = tree / "data/readings.yaml"
    readings.write_text(readings.read_text(encoding="utf-8").replace("where: Sec. 1\n", "where: 2304.10\n"))

    told = CliRunner().invoke(main, ["--root", str(tree), "check", "--fix"])

    assert "mended data/strands.yaml" in told.output
    assert 'where: "2304.10"' in readings.read_text(encoding="utf-8")
    rules = [line.split(": ")[1] for line in told.stdout.splitlines() if ": " in line]
    assert rules[0] == "minutes-off-rule"
    assert "no-counter-search" in rules[1:]


def _as_an_editor_reads(value: object) -> object:
    """Dates are text to YAML 1.2."""
    if isinstance(value, dict):
        return {key: _as_an_editor_reads(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_an_editor_reads(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def test_editors_find_no_fault_in_the_record() -> None:
    """Every committed record is valid under its generated schema, by a validator of JSON Schema."""
    wrong = []
    for schema in sorted((ROOT / "data/schema").glob("*.schema.json")):
        name = schema.name.removesuffix(".schema.json")
        validator = jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
        for path in [*(ROOT / "data" / f"{name}s").glob("*.yaml"), *(ROOT / "data").glob(f"{name}.yaml")]:
            said = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            wrong += [f"{path.name}: {fault.message}" for fault in validator.iter_errors(_as_an_editor_reads(said))]
    assert wrong == []
