"""The network as a picture's data: nodes, looks, places, and labels."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg import draw
from kg.draw.looks import label_box
from kg.evidence import STANDINGS, Evidence
from kg.graph import load
from kg.plain import plain
from kg.relations import KINDS, RELATIONS
from tests import toytree


@pytest.fixture(scope="module")
def toy() -> Evidence:
    return Evidence(toytree.graph())


def read(picture: draw.Picture) -> dict[str, Any]:
    return json.loads(picture.payload)  # type: ignore[no-any-return]


def by_id(picture: draw.Picture) -> dict[str, dict[str, Any]]:
    return {node["id"]: node for node in read(picture)["nodes"]}


def many_claims(folder: Path, count: int) -> Evidence:
    """The toy tree with ``count`` further claims that build on one."""
    tree = toytree.copy(folder)
    for i in range(count):
        text = (
            f"title: Number {i} of some claims whose titles go on over three lines\nstatement: Number {i} holds.\n"
            "kind: conjecture\nstrands: [empirical-laws]\n"
            "builds-on: [plateau]\nsources: [{paper: cohen2021gradient, role: background, depth: abstract}]\n"
        )
        (tree / f"data/claims/number-{i}.yaml").write_text(text)
    return Evidence(load(tree))


def test_every_kind_and_standing_has_a_look_of_its_own() -> None:
    """Shapes tell all kinds apart, borders all standings, without colour or with it."""
    assert set(draw.SHAPES) == set(KINDS)
    assert len(set(draw.SHAPES.values())) == len(KINDS)
    standings = {standing for row in STANDINGS.values() for standing in row}
    assert set(draw.BORDERS) == standings | {None}
    assert len({draw.BORDERS[standing] for standing in standings}) == len(standings)


def test_overview_holds_strands_claims_and_questions(toy: Evidence) -> None:
    """It opens on the strands with what belongs to them, and on nothing else."""
    picture = draw.overview(toy)

    expected = {n.address for n in toy.graph.nodes() if n.kind in ("claim", "question")}
    expected |= {n.address for n in toy.graph.nodes("strand") if n.record.role == "strand"}
    held = {strand for claim in toy.corpus.claims.values() for strand in claim.strands}
    expected |= {f"strand:{strand}" for strand in held}
    assert set(by_id(picture)) == expected
    assert picture.shown == picture.total == len(expected)


def test_a_perspective_without_claims_is_left_out(tmp_path: Path) -> None:
    """The five strands are always there; what stands beside them only where it holds something."""
    tree = toytree.copy(tmp_path)
    text = (tree / "data/strands.yaml").read_text()
    beside = "brains: {title: Brains, role: perspective, statement: S.}\nidle: {title: I, role: perspective, statement: S.}\n"
    (tree / "data/strands.yaml").write_text(text + beside)
    toytree.edit(tree, "data/claims/plateau.yaml", "strands: [empirical-laws]", "strands: [empirical-laws, brains]")
    drawn = by_id(draw.overview(Evidence(load(tree))))

    assert "strand:brains" in drawn
    assert "strand:idle" not in drawn
    assert drawn["strand:brains"]["color"]["background"] == draw.NO_STRAND


def near(evidence: Evidence, address: str, relations: set[str] | None = None) -> set[str]:
    """The ends of the edges at ``address``, of the given relations or of all."""
    edges = [e for e in evidence.graph.edges() if relations is None or e.relation in relations]
    return {e.target for e in edges if e.source == address} | {e.source for e in edges if e.target == address}


VERBAL = {name for name, relation in RELATIONS.items() if relation.verb}
ALL = draw.Shown(verbs=frozenset({*draw.VERBS, draw.MORE}))


def test_surroundings_are_the_neighbours(toy: Evidence) -> None:
    """One step holds the node and its neighbours by the four verbs, each further step the neighbours of those."""
    address = "claim:plateau"
    expected = {address}
    for depth in (1, 2, 3):
        expected |= {other for here in expected for other in near(toy, here, VERBAL)}
        assert set(by_id(draw.around(toy, address, depth))) == expected
    drawn = read(draw.around(toy, address, 1))
    assert drawn["selected"] == address
    assert (by_id(draw.around(toy, address, 1))[address]["x"], by_id(draw.around(toy, address, 1))[address]["y"]) == (
        0,
        0,
    )


def test_all_relations_are_one_step_away(toy: Evidence) -> None:
    """With the other relations shown, every neighbour is there; from a strand all are followed in any case."""
    for address in ("claim:plateau", "assumption:quadratic-loss"):
        assert set(by_id(draw.around(toy, address, 1, ALL))) == {address} | near(toy, address)
    strand = "strand:empirical-laws"
    assert set(by_id(draw.around(toy, strand, 1))) == {strand} | near(toy, strand)
    assert "strand:empirical-laws" not in by_id(draw.around(toy, "claim:plateau", 1))


def test_the_lines_are_the_relations_of_the_picture(toy: Evidence) -> None:
    """The table lists exactly what is drawn: the edges of the record between drawn nodes, by the verbs shown."""
    for shown, wanted in ((draw.Shown(), VERBAL), (ALL, set(RELATIONS))):
        picture = draw.around(toy, "claim:plateau", 2, shown)
        inside = set(by_id(picture))
        expected = [e for e in toy.graph.edges() if {e.source, e.target} <= inside and e.relation in wanted]
        assert sorted(map(repr, picture.edges)) == sorted(map(repr, expected))
        assert {(e["from"], e["to"]) for e in read(picture)["edges"]} == {(e.source, e.target) for e in expected}


def test_the_legend_counts_what_could_be_shown(toy: Evidence) -> None:
    """Counts are of the neighbourhood before the filter, so that a chip says what a click on it would bring."""
    only_papers = draw.Shown(kinds=frozenset({"paper"}))
    counts = draw.around(toy, "claim:plateau", 1, only_papers).counts
    expected = Counter(address.partition(":")[0] for address in {"claim:plateau"} | near(toy, "claim:plateau", VERBAL))

    assert counts["kinds"] == expected
    at = [e for e in toy.graph.edges() if "claim:plateau" in (e.source, e.target)]
    assert counts["verbs"] == Counter(RELATIONS[e.relation].verb or draw.MORE for e in at)


def test_a_timeline_has_the_years_across(toy: Evidence) -> None:
    """Each mark stands in the column of its year (a claim's is its first own source's), in the row of its kind."""
    picture = draw.around(toy, "claim:plateau", 2, ALL, way="timeline")
    back = read(picture)["back"]
    columns = {year: (left, right) for left, right, year in back["columns"]}
    rows = {name: (top, bottom) for top, bottom, name in back["rows"]}
    papers = {name: str(paper.year) for name, paper in toy.corpus.papers.items()}
    years = {f"paper:{name}": year for name, year in papers.items()}
    years |= {f"argument:{name}": papers[argument.paper] for name, argument in toy.corpus.arguments.items()}
    years |= {"claim:plateau": "2021", "prediction:plateau/two-over-eta": "2021"}
    years |= {"claim:stability-limit": "2014", "prediction:stability-limit/onset": "2014"}
    asked = toy.corpus.questions["why-two"]
    years["question:why-two"] = papers[asked.origin[0].paper] if asked.origin else str(asked.history[0].date)[:4]

    dated = sorted(year for year in columns if year != "undated")
    assert [columns[year][0] for year in ["undated", *dated]] == sorted(left for left, _ in columns.values())
    for address, mark in by_id(picture).items():
        left, right = columns[years.get(address, "undated")]
        assert left < mark["x"] < right, address
        top, bottom = rows[address.partition(":")[0]]
        assert top < mark["y"] < bottom, address


def test_strands_are_the_rows_of_the_whole_timeline(toy: Evidence) -> None:
    """Without a selection the rows are the strands, which are then no marks."""
    picture = draw.overview(toy, way="timeline")

    assert not any(address.startswith("strand:") for address in picture.addresses)
    rows = {name: (top, bottom) for top, bottom, name in read(picture)["back"]["rows"]}
    top, bottom = rows[toy.graph.node("strand:empirical-laws").title]
    assert top < by_id(picture)["claim:plateau"]["y"] < bottom


def test_a_filter_narrows_but_never_drops_the_selected(toy: Evidence) -> None:
    """A filter hides neighbours by kind, strand and standing; the selected node stays whatever the filter says."""
    kinds = draw.Shown(kinds=frozenset({"claim"}))
    assert set(by_id(draw.around(toy, "claim:plateau", 1, kinds))) == {"claim:plateau", "claim:stability-limit"}
    strand = draw.Shown(kinds=frozenset({"claim"}), hidden=frozenset({"solvable-settings"}))
    assert set(by_id(draw.around(toy, "claim:plateau", 1, strand))) == {"claim:plateau"}
    standing = toy.claims["stability-limit"].standing
    hidden = draw.Shown(
        kinds=frozenset({"claim"}), hidden=frozenset({str(standing), str(toy.claims["plateau"].standing)})
    )
    assert set(by_id(draw.around(toy, "claim:plateau", 1, hidden))) == {"claim:plateau"}


def test_no_more_than_the_limit_is_drawn_and_the_rest_is_counted(tmp_path: Path) -> None:
    """A large record is cut at what a reader can take in, then at what a browser can draw; all figures are told."""
    crowd = many_claims(tmp_path, 320)

    for most in (draw.READABLE, draw.MOST, 5000):
        for picture in (draw.overview(crowd, most=most), draw.around(crowd, "claim:plateau", 1, most=most)):
            assert picture.shown == len(by_id(picture)) == min(most, 300)
            assert picture.total > 320


def test_edges_join_drawn_nodes_only_one_line_a_pair(toy: Evidence) -> None:
    """No line leads out of the picture, and two relations of one pair share a line that names both."""
    picture = read(draw.around(toy, "claim:plateau", 1))

    inside = {node["id"] for node in picture["nodes"]}
    pairs = [(edge["from"], edge["to"]) for edge in picture["edges"]]
    assert {end for pair in pairs for end in pair} <= inside
    assert len(pairs) == len(set(pairs))
    both = next(e for e in picture["edges"] if (e["from"], e["to"]) == ("claim:plateau", "claim:stability-limit"))
    assert "builds on" in both["title"]
    assert "is linked to" in both["title"]


def test_what_speaks_against_is_dashed(toy: Evidence) -> None:
    """An objection is a dashed line in the colour of contradiction; support is neither."""
    objection = next(n for n in toy.graph.nodes("argument") if n.record.stance == "objects")
    lines = read(draw.around(toy, objection.address, 1))["edges"]

    against = [line for line in lines if line["from"] == objection.address]
    other = [line for line in lines if line["from"] != objection.address]
    assert against
    assert all(line["dashes"] and line["color"]["color"] == draw.CONTRADICTION for line in against)
    assert not any(line["dashes"] for line in other)


def test_fill_is_the_strand_and_border_the_standing(toy: Evidence) -> None:
    """A claim takes the colour of its first strand and the border of its standing; a prediction follows its claim."""
    colours = draw.strand_colours(toy.graph)
    drawn = by_id(draw.around(toy, "claim:plateau", 1))

    claim = toy.corpus.claims["plateau"]
    standing = toy.claims["plateau"].standing
    assert drawn["claim:plateau"]["color"]["background"] == colours[claim.strands[0]]
    assert drawn["claim:plateau"]["borderWidth"] == draw.BORDERS[standing][1]
    prediction = next(address for address in drawn if address.startswith("prediction:"))
    assert drawn[prediction]["color"]["background"] == colours[claim.strands[0]]


def test_the_same_record_gives_the_same_bytes(toy: Evidence) -> None:
    """Two loads of one tree draw the same picture to the byte."""
    again = Evidence(toytree.graph())

    assert draw.overview(toy).payload == draw.overview(again).payload
    assert draw.around(toy, "claim:plateau", 2).payload == draw.around(again, "claim:plateau", 2).payload


def taken(mark: dict[str, Any]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a mark with its label, whose letters are at least 0.45 of the font's size wide."""
    font, lines = mark["font"]["size"], mark["label"].strip().split("\n")
    half, high = 0.45 * font * max(map(len, lines)) / 2, font * len(lines)
    if mark["shape"] in ("box", "ellipse"):
        return mark["x"] - half - 7, mark["y"] - high / 2 - 7, mark["x"] + half + 7, mark["y"] + high / 2 + 7
    half = max(half, mark["size"])
    return mark["x"] - half, mark["y"] - mark["size"], mark["x"] + half, mark["y"] + mark["size"] + high


def test_no_two_labels_overlap_in_rings(toy: Evidence, tmp_path: Path) -> None:
    """Marks with their labels keep apart: the selected one's larger label, boxes and ellipses, and 60 about one."""
    crowd = many_claims(tmp_path, 55)
    pictures = [draw.overview(crowd), *(draw.around(crowd, "claim:plateau", depth) for depth in (1, 2))]
    pictures += [
        draw.around(toy, node.address, 2, ALL) for node in toy.graph.nodes() if node.kind in ("concept", "strand")
    ]
    for picture in pictures:
        for a, b in itertools.combinations(map(taken, by_id(picture).values()), 2):
            assert min(a[2], b[2]) < max(a[0], b[0]) + 1 or min(a[3], b[3]) < max(a[1], b[1]) + 1, (a, b)


def test_labels_hardly_overlap(tmp_path: Path) -> None:
    """In pictures of 60 nodes no two stand within half a label of each other."""
    crowd = many_claims(tmp_path, 55)
    for picture in (draw.overview(crowd), draw.overview(crowd, way="timeline"), draw.around(crowd, "claim:plateau", 2)):
        wide, high = (side / 2 for side in label_box(picture.shown))
        places = [(n["x"], n["y"]) for n in by_id(picture).values() if n["shape"] not in ("box", "ellipse")]
        pairs = itertools.combinations(places, 2)
        assert [(a, b) for a, b in pairs if abs(a[0] - b[0]) < wide and abs(a[1] - b[1]) < high] == []


def test_hostile_titles_stay_text(toy: Evidence) -> None:
    """Markup and the word that makes pyvis' own page run scripts are passed on as text of label and tooltip."""
    hostile = 'href <img src=x onerror="alert(1)"> *bold*'
    claim = toy.corpus.claims["plateau"].model_copy(update={"title": hostile})
    corpus = dataclasses.replace(toy.corpus, claims={**toy.corpus.claims, "plateau": claim})
    node = by_id(draw.around(Evidence(type(toy.graph)(corpus)), "claim:plateau", 1))["claim:plateau"]

    assert hostile in node["title"]
    assert node["shape"] == "dot"
    assert "image" not in node


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"Sharpness hovers at $2/\eta$.", "Sharpness hovers at 2/η."),
        (r"$n^{-1}$ and $\sqrt{d}$, $x_0$", "n⁻¹ and √d, x₀"),
        (r"the exponent $\frac{a}{1+a}$", "the exponent a/(1+a)"),
        (r"falls as $t^{-p/(p+2)}$ or $t^{-\frac{p}{p+2}}$", "falls as t^(-p/(p+2)) or t^(-p/(p+2))"),
        (
            r"$n^{2L}$, $x^{\alpha}$, $w_{t+1}$, $W^{(l)}$, $\sigma_{\mathrm{max}}$",
            "n^(2L), x^α, w_(t+1), W^(l), σ_max",
        ),
        (r"$W^\top W$ and $W^{\top}W$, $\sqrt{x_{1}}$", "WᵀW and WᵀW, √x₁"),
        (r"costs 5 $ or 6", "costs 5 $ or 6"),
        ("two\nlines", "two lines"),
    ],
)
def test_formulas_become_characters(written: str, shown: str) -> None:
    """Labels say formulas in letters and signs; a lone dollar is a dollar."""
    assert plain(written) == shown
