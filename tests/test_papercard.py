"""The card of a paper: claims by weight, what carries them, falsifiers, objections, circles and shared authors."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import cite
from kg.bibfile import parse
from kg.evidence import Evidence
from kg.graph import load
from kg.objections import machine_made
from kg.papercard import PaperCard, paper_card
from kg.papercircle import Circularity, circularity
from tests import toytree

REPOSITORY = Path(__file__).parent.parent
COHEN, SAXE = "paper:cohen2021gradient", "paper:saxe2014exact"


def card(tree: Path, address: str) -> PaperCard:
    return paper_card(Evidence(load(tree)), address)


def circle(tree: Path, address: str) -> Circularity:
    evidence = Evidence(load(tree))
    return circularity(evidence, address, paper_card(evidence, address).centre)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return toytree.copy(tmp_path)


def add(tree: Path, path: str, text: str) -> None:
    (tree / path).parent.mkdir(parents=True, exist_ok=True)
    file = tree / path
    file.write_text((file.read_text() if file.exists() else "") + text)


def test_a_card_says_what_a_paper_states_and_what_carries_it() -> None:
    """Its own result, what that builds on and assumes, its prediction, and the question that it raises."""
    found = card(toytree.TOY, COHEN)

    assert [(one.address, one.role, one.where) for one in found.core] == [("claim:plateau", "own-result", "abstract")]
    assert found.framing == found.background == ()
    assert found.consequences == ("prediction:plateau/two-over-eta",)
    assert {(g.address, g.load_bearing) for g in found.grounds} == {
        ("assumption:edge-holds", False),
        ("claim:stability-limit", True),
    }
    assert [edge.target for edge in found.raises] == ["question:why-two"]
    assert [edge.target for edge in found.teaches] == ["concept:curvature"]
    assert not found.is_bare


def test_what_would_settle_it_is_refutations_and_answers() -> None:
    """The prediction's refutation stands before what would answer the question about the claim."""
    found = card(toytree.TOY, COHEN).settlers

    assert [(way.address.partition(":")[0], way.text) for way in found] == [
        ("prediction", "Sharpness settles elsewhere."),
        ("question", "A mechanism that predicts the drift of the sharpness. Then: found."),
    ]
    assert all(way.says is None for way in found)


def test_a_consequence_that_another_work_draws_names_it(tree: Path) -> None:
    """A prediction with a source of its own says whose it is."""
    source = "    refuted-if: Sharpness settles elsewhere.\n    source: {paper: saxe2014exact, role: conjecture, depth: abstract}"
    toytree.edit(tree, "data/claims/plateau.yaml", "    refuted-if: Sharpness settles elsewhere.", source)

    assert card(tree, COHEN).settlers[0].says == "saxe2014exact"


def test_objections_carry_their_maker_and_their_replies() -> None:
    """The objection to the plateau is another paper's; the reply is a machine's and concedes part of it."""
    [objection] = card(toytree.TOY, COHEN).objections

    assert (objection.by_machine, objection.paper, objection.own, objection.severity) == (
        False, "saxe2014exact", False, "minor",
    )  # fmt: skip
    [reply] = objection.replies
    assert (reply.by_machine, reply.paper, reply.concedes) == (True, "cohen2021gradient", "partial")
    assert card(toytree.TOY, COHEN).arguments == ()
    assert card(toytree.TOY, SAXE).arguments == (objection.address,)


def test_objections_of_others_stand_first_and_major_ones_before_minor(tree: Path) -> None:
    """People before machines, others before the paper itself, major before minor."""
    for name, by, paper, severity in (
        ("a-own", "person", "cohen2021gradient", "major"), ("b-machine", "machine", "damian2022self", "major"),
        ("c-other", "person", "damian2022self", "major"),
    ):  # fmt: skip
        add(
            tree,
            f"data/arguments/{name}.yaml",
            f"title: {name}\nstatement: It may not hold.\npaper: {paper}\nby: {by}\nstance: objects\n"
            f'targets: ["claim:plateau"]\nseverity: {severity}\n',
        )

    order = [one.address.partition(":")[2] for one in card(tree, COHEN).objections]
    assert order == ["c-other", "small-nets", "b-machine", "a-own"]


def test_a_work_is_machine_made_only_if_all_its_arguments_are(tree: Path) -> None:
    """One argument by a person makes it a person's work."""
    assert machine_made(load(tree)) == {"cohen2021gradient"}
    text = (
        'title: T\nstatement: S.\npaper: cohen2021gradient\nby: person\nstance: objects\ntargets: ["claim:plateau"]\n'
    )
    add(tree, "data/arguments/by-hand.yaml", text)

    assert machine_made(load(tree)) == frozenset()


def test_the_premise_is_a_load_bearing_assumption_with_a_claim(tree: Path) -> None:
    """An assumption that carries the load and is itself a claim is the premise, and is part of the card's centre."""
    add(tree, "data/assumptions.yaml", "premise:\n  title: P\n  statement: S.\n  claim: stability-limit\n")
    toytree.edit(
        tree, "data/claims/plateau.yaml", "assumes: [edge-holds]", "assumes: [{id: premise, load-bearing: true}]"
    )
    found = card(tree, COHEN)

    assert [(g.address, g.premise) for g in found.premises] == [("assumption:premise", "claim:stability-limit")]
    assert found.centre == ("claim:plateau", "claim:stability-limit")


def test_works_that_take_it_up_are_listed_with_how(tree: Path) -> None:
    """Work on its question is found in the graph, and a citing work by the key in its note; longer keys are not it."""
    mentions = {(one.paper, one.relation) for one in card(tree, COHEN).mentions}
    assert ("paper:damian2022self", "bears_on") in mentions
    entry = "\n@misc{%s, author = {Doe, Jane}, title = {T}, year = {2026}, note = {Listed as citing %s}}\n"
    add(
        tree,
        "bib/toy.bib",
        entry % ("doe2026a", "cohen2021gradient")
        + entry % ("doe2026b", "cohen2021gradient-more")
        + entry % ("doe2026c", "more-cohen2021gradient"),
    )

    noted = [one.paper for one in card(tree, COHEN).mentions if one.relation == "note"]
    assert noted == ["paper:doe2026a"]


def test_a_paper_in_the_bibliography_alone_is_bare(tree: Path) -> None:
    """Nothing names it, and the card says so."""
    add(tree, "bib/toy.bib", "\n@misc{doe2026, author = {Doe, Jane}, title = {T}, year = {2026}}\n")

    assert card(tree, "paper:doe2026").is_bare


def test_background_leads_to_the_works_that_it_leans_on(tree: Path) -> None:
    """A claim stated as background comes from those who report it as their own result."""
    sources = "sources:\n  - {paper: damian2022self, role: background, depth: abstract}"
    toytree.edit(tree, "data/claims/plateau.yaml", "sources:", sources)
    found = card(tree, "paper:damian2022self")

    assert [one.address for one in found.background] == ["claim:plateau"]
    assert found.leans_on == (COHEN,)
    assert found.core == ()


def test_a_claim_that_assumes_itself_is_a_circle() -> None:
    """The toy's plateau assumes that the edge holds, which is the plateau; Cohen et al. alone back it."""
    found = circle(toytree.TOY, COHEN)

    assert found.circles == (("assumption:edge-holds", "claim:plateau", "assumption:edge-holds"),)
    [support] = found.support
    assert (support.own, support.kin, support.others) == ((COHEN,), (), ())
    assert found.own_share == 1.0


def test_without_it_there_is_no_circle_and_a_longer_one_is_found(tree: Path) -> None:
    """The plateau builds on the limit: no circle, until the limit assumes a premise that is the plateau."""
    toytree.edit(tree, "data/claims/plateau.yaml", "assumes: [edge-holds]\n", "")
    assert circle(tree, COHEN).circles == ()

    add(tree, "data/assumptions.yaml", "premise:\n  title: P\n  statement: S.\n  claim: plateau\n")
    toytree.edit(tree, "data/claims/stability-limit.yaml", "assumes:\n", "assumes:\n  - premise\n")

    assert circle(tree, COHEN).circles == (
        ("assumption:premise", "claim:plateau", "claim:stability-limit", "assumption:premise"),
    )


def test_support_tells_own_kin_and_others_apart(tree: Path) -> None:
    """An agreeing work of a shared author is kin, another independent; what only passes a claim on backs nothing."""
    entry = "\n@misc{%s, author = {%s}, title = {T}, year = {2026}}\n"
    add(tree, "bib/toy.bib", entry % ("kaur2026", "Kaur, S.") + entry % ("doe2026", "Doe, Jane"))
    evidence = "evidence:\n  - {paper: %s, outcome: agrees, depth: abstract}\n  - {paper: %s, outcome: agrees, depth: abstract}\n"
    add(tree, "data/claims/plateau.yaml", evidence % ("kaur2026", "doe2026"))
    retelling = "sources:\n  - {paper: damian2022self, role: background, depth: abstract}"
    toytree.edit(tree, "data/claims/plateau.yaml", "sources:", retelling)
    found = circle(tree, COHEN)

    [support] = found.support
    assert support.own == (COHEN,)
    assert support.kin == ("paper:kaur2026",)
    assert support.others == ("paper:doe2026",)
    assert support.retell == ("paper:damian2022self",)
    assert found.own_share == pytest.approx(2 / 3)


def test_a_report_outside_the_regime_backs_nothing(tree: Path) -> None:
    """An agreeing work whose setting is not the claim's is no support."""
    evidence = "evidence:\n  - {paper: damian2022self, outcome: agrees, depth: abstract, in-regime: false}\n"
    add(tree, "data/claims/plateau.yaml", evidence)

    assert circle(tree, COHEN).support[0].others == ()


def test_without_any_result_there_is_no_share(tree: Path) -> None:
    """A conjecture that nobody reports a result for has no support to share."""
    toytree.edit(tree, "data/claims/plateau.yaml", "role: own-result", "role: conjecture")

    assert circle(tree, COHEN).own_share is None


def test_citing_gives_the_entry_as_bibtex() -> None:
    """The text reads back as the same entry, without our own note."""
    graph = load(REPOSITORY)
    key = "pith2604.21691"
    text = cite.written(cite.entries(graph.corpus, [key]).values())
    [entry] = parse(text, "bib/x.bib").entries

    original = next(e for e in parse((REPOSITORY / "bib/context.bib").read_text(), "b").entries if e.key == key)
    assert dict(entry.fields) == {name: value for name, value in original.fields.items() if name != "note"}
    assert "note" in original.fields


SEED = {
    "core": ["claim:learning-mechanics-emerges"],
    "premises": ["assumption:strands-converge"],
    "settlers": ["prediction:learning-mechanics-emerges/settings-match-networks"],
    "objections": ["argument:referee-parallel-listing", "argument:referee-selection-and-failure",
                   "argument:referee-site-content", "argument:referee-name-of-mechanics"],
    "cited by": ["paper:iyengar2026bcjr", "paper:goo2026phasor", "paper:liu2026perturbation"],
    "assumes": ["assumption:theory-looks-like-mechanics"],
}  # fmt: skip


def test_the_seed_papers_card_shows_what_its_own_page_shows() -> None:
    """Thesis, premise, falsifier, four objections marked machine-made, three citing works, the ledger; no circle."""
    found = card(REPOSITORY, "paper:simon2026theory")
    shown = {
        "core": [one.address for one in found.core],
        "premises": [ground.address for ground in found.premises],
        "settlers": [way.address for way in found.settlers],
        "objections": [one.address for one in found.objections],
        "cited by": [one.paper for one in found.mentions if one.relation in ("cites", "note")],
        "assumes": [ground.address for ground in found.grounds],
    }

    for part, expected in SEED.items():
        assert set(expected) <= set(shown[part]), part
    assert found.settlers[0].address == SEED["settlers"][0]
    assert all(one.by_machine for one in found.objections if one.address in SEED["objections"])
    assert len(found.consequences) >= 8
    assert circle(REPOSITORY, "paper:simon2026theory").circles == ()
