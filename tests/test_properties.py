"""What holds of every tree: reading is total, writing is undone by reading, and what means nothing changes nothing."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import checks, identifiers, runs
from kg.evidence import Evidence
from kg.export import snapshot
from kg.graph import Graph, load
from tests import toytree

TEXT_FILES = sorted(
    path.relative_to(toytree.TOY).as_posix() for kind in ("yaml", "bib") for path in toytree.TOY.rglob(f"*.{kind}")
)
FILES = [*TEXT_FILES, "scripts/quadratic_onset.py"]
IDS = {
    "plateau": "claim", "stability-limit": "claim", "why-two": "question", "small-nets": "argument",
    "gradient-descent": "concept", "quadratic-loss": "assumption", "empirical-laws": "strand",
    "cohen2021gradient": "paper", "two-over-eta": "prediction",
}  # fmt: skip
QUICK = settings(derandomize=True, max_examples=100, deadline=None)

PIECES = [
    *(b"\0", b"\x1b[31m", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n", b"\n\n", b"\t", b" ", "\u202e".encode(), "e\u0301".encode()),
    *(b"'", b'"', b"[", b"]", b"{", b"}", b"(", b")", b": ", b"- ", b"? ", b", ", b"# ", b" #", b"&a ", b"*a", b"!!x ", b"---\n", b"...\n"),
    *(b"%YAML 1.1\n", b"<<: ", b"|", b">", b"~", b"@", b"`", b"=", b"$", b"\\", b"@misc{", b"@string{x = ", b"<<<<<<< x\n", b'"""', b"def"),
    *(b"title: ", b"null", b"on: ", b"2304.10", b"9" * 40, b"[" * 40, b"{" * 40, b"a: " * 20, b"plateau", b"claim:", b"\\u202E"),
]  # fmt: skip


def said(of: Path | Graph) -> dict[str, Any]:
    """The snapshot of a tree or graph, its nodes by address."""
    found = json.loads(snapshot.dump(Evidence(load(of) if isinstance(of, Path) else of)))
    return {"nodes": {node["id"]: node for node in found["nodes"]}, "relations": found["relations"]}


BASE = said(toytree.TOY)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the toy tree; every example writes all that it changes."""
    return toytree.copy(tmp_path_factory.mktemp("properties"))


def restore(tree: Path) -> None:
    """Make ``tree`` the toy tree again."""
    for path in [*tree.rglob("*.yaml"), *tree.rglob("*.bib"), *tree.rglob("*.py")]:
        if not (toytree.TOY / path.relative_to(tree)).exists():
            path.unlink()
    for name in FILES:
        (tree / name).write_bytes((toytree.TOY / name).read_bytes())


@st.composite
def mutations(draw: st.DrawFn) -> dict[str, bytes]:
    """Files of the toy tree with pieces put in, bytes cut out, lines moved, or the end torn off."""
    changed: dict[str, bytes] = {}
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(FILES))
        raw = changed.get(name) or (toytree.TOY / name).read_bytes()
        at = draw(st.integers(0, len(raw)))
        to = min(len(raw), at + draw(st.integers(0, 30)))
        match draw(st.sampled_from(["insert", "insert", "cut", "replace", "tear", "repeat", "lines"])):
            case "insert":
                raw = raw[:at] + b"".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3))) + raw[at:]
            case "cut":
                raw = raw[:at] + raw[to:]
            case "replace":
                raw = raw[:at] + draw(st.binary(max_size=8)) + raw[to:]
            case "tear":
                raw = raw[:at]
            case "repeat":
                raw = raw[:at] + raw[at:to] * draw(st.integers(2, 50)) + raw[to:]
            case "lines":
                lines = raw.splitlines(keepends=True)
                random.Random(at).shuffle(lines)
                raw = b"".join(lines)
        changed[name] = raw
    return changed


@QUICK
@given(mutations())
def test_reading_is_total(tree: Path, changed: dict[str, bytes]) -> None:
    """However its files are mangled, a tree gives a graph without dangling ends, and findings on lines of its files."""
    restore(tree)
    for name, raw in changed.items():
        (tree / name).write_bytes(raw)
    graph = load(tree)
    for finding in checks.run(graph):
        assert str(finding).isprintable()
        assert 1 <= finding.place.line <= (tree / finding.place.path).read_bytes().count(b"\n") + 1
    now = said(graph)
    assert all(row["source"] in now["nodes"] and row["target"] in now["nodes"] for row in now["relations"])


@settings(QUICK, max_examples=60)
@given(mutations())
def test_what_is_lost_is_told(tree: Path, changed: dict[str, bytes]) -> None:
    """A node of the toy tree that is gone, or whose words are, is gone with an error or was written so."""
    restore(tree)
    for name, raw in changed.items():
        (tree / name).write_bytes(raw)
    graph = load(tree)
    if any(finding.severity == "error" for finding in checks.run(graph)):
        return
    written = "\n".join(raw.decode("utf-8") for raw in changed.values())
    for address, node in said(graph)["nodes"].items():
        words = re.findall(r"\w+", node["title"])
        assert node["title"] == BASE["nodes"].get(address, {}).get("title") or all(
            word in unicodedata.normalize("NFC", written) for word in words
        )


texts = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp", "Mn", "Me"], exclude_characters="$")
    | st.sampled_from("#:-?&*!%@`'\"[]{},|> \n\t~=<\\"),
    min_size=1,
    max_size=60,
).filter(lambda text: text.strip())
ids = st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,20}[a-z0-9])?", fullmatch=True).filter(identifiers.is_record_id)
new_ids = ids.filter(lambda name: not re.search(r"\b(?:onset|plateau|curvature)\b", name) and name not in IDS)
no_truth = new_ids.filter(lambda name: name not in ("on", "off", "yes", "no", "y", "n", "true", "false", "null"))


@st.composite
def claims(draw: st.DrawFn) -> dict[str, Any]:
    """A claim as people write it, with any text in it."""
    source = {"paper": "saxe2014exact", "role": draw(st.sampled_from(["own-result", "background", "conjecture"])),
              "depth": draw(st.sampled_from(["secondary", "abstract", "section", "full-text"]))}  # fmt: skip
    claim: dict[str, Any] = {
        "title": draw(texts), "statement": draw(texts), "kind": draw(st.sampled_from(["framing", "law", "theorem"])),
        "strands": draw(st.permutations(["empirical-laws", "solvable-settings"]))[: draw(st.integers(1, 2))],
        "sources": [source | draw(st.fixed_dictionaries({}, optional={"where": texts}))],
    }  # fmt: skip
    day = draw(st.dates()).isoformat()
    optional = {
        "counter-search": st.just([{"date": day, "where": draw(texts), "found": draw(texts)}]),
        "regime": st.sampled_from([{"depth": "= 1"}, {"depth": "64..1024", "step-size": "small | large"}]),
        "checked": st.just({"date": day, "how": "by-hand"}),
    }
    return claim | draw(st.fixed_dictionaries({}, optional=optional))


def composed(value: Any) -> Any:
    """``value`` with its texts in Unicode's form NFC."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [composed(inner) for inner in value]
    return {key: composed(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def write(path: Path, value: Any, flow: bool = False) -> None:
    path.write_text(
        yaml.safe_dump(value, allow_unicode=flow, default_flow_style=flow, sort_keys=False, width=40), encoding="utf-8"
    )


@QUICK
@given(claims(), st.booleans())
def test_a_claim_that_is_written_is_read(tree: Path, claim: dict[str, Any], flow: bool) -> None:
    """Every field of a claim comes back as it was written, however YAML lays it out."""
    restore(tree)
    write(tree / "data/claims/written.yaml", claim, flow)
    graph = load(tree)
    assert [str(finding) for finding in graph.corpus.findings] == []
    back = graph.node("claim:written").record.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert back == composed(claim)


finite = st.floats(-1e100, 1e100, allow_subnormal=True)


@st.composite
def stored_runs(draw: st.DrawFn) -> runs.Run:
    """A run with any numbers, nulls and curves."""
    seeds = draw(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=6, unique=True))
    numbers = st.lists(finite | st.none(), min_size=len(seeds), max_size=len(seeds))
    words = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=10)
    condition = st.dictionaries(st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,5}", fullmatch=True), finite | words, max_size=3)
    rows = st.lists(
        st.fixed_dictionaries({"condition": condition, "measured": numbers}, optional={"expected": numbers}),
        min_size=1, max_size=3, unique_by=lambda row: json.dumps(row["condition"], sort_keys=True),
    )  # fmt: skip
    result: dict[str, Any] = {
        "seeds": seeds, "cpu_seconds": draw(st.floats(0, 1e6)),
        "quantities": draw(st.dictionaries(st.sampled_from(["onset", "onset_halved", "q"]), rows, min_size=1)),
    }  # fmt: skip
    return runs.Run("quadratic_onset", "quick", "ok", result, {"started": "2026-11-24T10:15:00Z"})


@QUICK
@given(stored_runs())
def test_a_run_that_is_written_is_read_and_judged(tree: Path, run: runs.Run) -> None:
    """Whatever finite numbers were measured, a run comes back whole, and verdict and snapshot are computed of it."""
    restore(tree)
    path = runs.write(tree, runs.RECORDED, run)
    try:
        (back,), findings = runs.read_all(tree)
        assert findings == []
        assert (back.result, back.provenance, back.status) == (run.result, run.provenance, run.status)
        node = said(tree)["nodes"]["prediction:stability-limit/onset"]
        judged = ("agrees", "disagrees", "cannot-discriminate", "not-in-regime", "error")
        assert node["verdict"] in (judged if back.starts_at_zero else (None,))  # chosen seeds count for nothing
    finally:
        path.unlink()


def shuffled(value: Any, by: random.Random) -> Any:
    """``value`` with the keys of its mappings in another order."""
    if isinstance(value, dict):
        keys = by.sample(list(value), len(value))
        return {key: shuffled(value[key], by) for key in keys}
    return [shuffled(inner, by) for inner in value] if isinstance(value, list) else value


def commented(text: str, by: random.Random, mark: str) -> str:
    """``text`` with comments and blank lines between some of its lines."""
    return "".join(line + by.choice(["", "", "\n", f"{mark} a: [comment\n"]) for line in text.splitlines(keepends=True))


def entries_of(text: str) -> list[str]:
    return [f"@{entry}" for entry in text.split("@")[1:]]


@settings(QUICK, max_examples=60)
@given(st.randoms(use_true_random=False), st.booleans(), st.booleans(), st.booleans())
def test_order_line_ends_comments_and_files_mean_nothing(
    tree: Path, by: random.Random, crlf: bool, split: bool, mark: bool
) -> None:
    """Keys and entries in another order, CRLF, a byte order mark, comments, one BibTeX file or two: the same graph."""
    restore(tree)
    for name in TEXT_FILES:
        text = (toytree.TOY / name).read_text(encoding="utf-8")
        if name.endswith(".bib"):
            entries = by.sample(entries_of(text), 3)
            if split:
                (tree / "bib/another.bib").write_text("\n".join(entries[:1]), encoding="utf-8")
            text = "\n% between\n".join(entries[1:] if split else entries)
        else:
            held = shuffled(yaml.load(text, Loader=yaml.BaseLoader), by)
            text = commented(yaml.safe_dump(held, sort_keys=False, width=10_000), by, "#")
        raw = text.replace("\n", "\r\n" if crlf else "\n").encode()
        (tree / name).write_bytes(b"\xef\xbb\xbf" * mark + raw)
    graph = load(tree)
    assert checks.run(graph) == []
    assert said(graph) == BASE


@settings(QUICK, max_examples=60)
@given(new_ids, claims(), st.booleans(), st.booleans())
def test_an_unrelated_record_changes_no_other(
    tree: Path, name: str, claim: dict[str, Any], paper: bool, concept: bool
) -> None:
    """A further claim, paper or concept adds its own node and relations, and every other node stays as it was."""
    restore(tree)
    write(tree / f"data/claims/{name}.yaml", claim)
    if paper:
        (tree / "bib/further.bib").write_text("@misc{further, title = {T}, author = {A B}, year = 2020}\n")
    if concept:
        with (tree / "data/concepts.yaml").open("a") as file:
            file.write("further: {title: T}\n")
    now = said(tree)
    own = {f"claim:{name}", *["paper:further"] * paper, *["concept:further"] * concept}
    assert set(now["nodes"]) == set(BASE["nodes"]) | own
    assert {address: node for address, node in now["nodes"].items() if address not in own} == BASE["nodes"]
    assert [row for row in now["relations"] if not own & {row["source"], row["target"]}] == BASE["relations"]


def renamed(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", new, text)


@settings(QUICK, max_examples=60)
@given(st.sampled_from(sorted(IDS)), no_truth)
def test_renaming_commutes_with_reading(tree: Path, old: str, new: str) -> None:
    """The graph of a tree in which an id is renamed everywhere is the renamed graph."""
    restore(tree)
    for name in TEXT_FILES:
        path = tree / name
        text = renamed(path.read_text(encoding="utf-8"), old, new)
        path.unlink()
        path = path.with_name(f"{new}.yaml") if path.stem == old and IDS[old] in name else path
        path.write_text(text, encoding="utf-8")
    graph = load(tree)
    assert [str(finding) for finding in checks.run(graph) if finding.rule != "needs-quotes"] == []
    now, expected = said(graph), json.loads(renamed(json.dumps(BASE, ensure_ascii=False), old, new))
    for found in (now, expected):
        found["relations"].sort(key=lambda row: json.dumps(row, sort_keys=True))
        for node in found["nodes"].values():
            node["reason"] = sorted(
                re.findall(r"\w+", node.get("reason") or "")
            )  # it names sources in the order of keys
    assert now == expected
