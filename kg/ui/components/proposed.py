"""What a proposal is so far: what is still needed, its card, its place in the graph, what is like it, its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

import streamlit as st

from kg import draw, duplicates, repository, restatements
from kg.contribute.proposal import Proposal, neighbours
from kg.evidence import Evidence
from kg.findings import Finding
from kg.plain import plain
from kg.relations import RELATIONS
from kg.ui.components.card import card
from kg.ui.components.linklist import Row, links_to_explore, row
from kg.ui.state import World
from kg.ui.words import counted, inert

MOST_ALIKE, MOST_NEIGHBOURS = 5, 40


@st.cache_resource(max_entries=4, show_spinner=False)
def world_with(_world: World, _proposal: Proposal, stamp: str, path: str, text: str) -> World:
    """The record with the proposal in it, and what follows from it. ``path`` and ``text`` are the proposal's."""
    graph = _proposal.graph or _world.graph
    return replace(_world, graph=graph, evidence=Evidence(graph), strands=draw.strands_of(graph), findings=())


def verdict(proposal: Proposal, needed: Mapping[Finding, str]) -> None:
    """Whether it would pass, and what stands in the way; ``needed`` has the labels of the fields still to be filled."""
    found = (*proposal.findings, *proposal.elsewhere)
    rest = [f for f in found if f not in needed]
    errors = [f for f in rest if f.severity == "error"]
    if needed:
        st.info(f"Still needed: {' · '.join(f'*{label}*' for label in dict.fromkeys(needed.values()))}.")
    if errors:
        st.warning(f"{counted(len(errors), 'error')} to mend:")
    elif not needed:
        st.success("It passes the rules. The pull request's own checks also look at runs and maps.")
    if rest:
        st.code("\n".join(map(str, rest[:30])), language=None, wrap_lines=True)


def alike(world: World, proposal: Proposal, kind: str, title: str, statement: str = "") -> None:
    """What the record has already: the same work or statement with the reason, then what is near by its words."""
    graph = world.graph
    same = {f"{kind}:{twin.first}": twin.why for twin in _twins(world, proposal, kind, title, statement)}
    hits = world.index.find(f"{title} {statement}", limit=60)
    near = [hit for hit in hits if hit.kind == kind and hit.address not in (proposal.address, *same)]
    rows = [row(world, graph.node(at), before="The same?", note=why) for at, why in same.items()]
    rows += [row(world, graph.node(hit.address), note=hit.snippet) for hit in near[:MOST_ALIKE]]
    if same:
        st.warning(
            f"This {kind} seems to be there already; correct that one, or say in the pull request how it differs."
        )
    if rows:
        st.markdown("**Is it there already?**")
        links_to_explore("alike", rows, "What the record has that is like it")


def _twins(world: World, proposal: Proposal, kind: str, title: str, statement: str) -> list[duplicates.Twins]:
    if kind == "paper" and proposal.graph is not None:
        return duplicates.of_work(proposal.graph.node(proposal.address).record, world.graph.corpus.papers.values())
    if not title.strip():
        return []
    own = proposal.address.partition(":")[2]
    others = [node for node in world.graph.nodes(kind) if node.id != own]
    whole = bool(statement.strip())  # until it is written, titles are held against titles
    known = {node.id: (node.title, str(node.record.statement) if whole else "") for node in others}
    same = restatements.synonyms(world.graph.corpus)
    return restatements.of_statement(own, title, statement, known, same)


def preview(world: World, proposal: Proposal) -> None:
    """The card as it will be, and what it is linked with; before it can be read, its words alone."""
    if proposal.graph is None or proposal.address not in proposal.graph:
        return
    then = world_with(world, proposal, world.stamp, proposal.path, proposal.text)
    with st.container(border=True):
        st.caption("Its card")
        card(then, proposal.address, proposed=True)
    rows: list[Row] = []
    mine = {edge.target for edge in then.graph.out(proposal.address, "implies")}
    for edge in neighbours(proposal)[:MOST_NEIGHBOURS]:
        out = edge.source in (proposal.address, *mine)
        relation = RELATIONS[edge.relation]
        says = relation.says if out else relation.says_back
        before = says if proposal.address in (edge.source, edge.target) else f"its prediction {says}"
        rows.append(row(then, then.graph.node(edge.target if out else edge.source), before=before))
    st.markdown(f"**Its place in the graph** · {counted(len(neighbours(proposal)), 'link')}")
    if rows:
        links_to_explore("place", rows, "What it is linked with")
    else:
        st.caption("Nothing leads to it or from it yet.")


def words(title: str, statement: str, *further: str) -> None:
    """Title, statement and what else is written in words, as they will be typeset."""
    if "".join((title, statement, *further)).strip():
        with st.container(border=True):
            st.caption("As it will be read")
            if title.strip():
                st.subheader(inert(title), anchor=False)
            for text in filter(str.strip, (statement, *further)):
                st.markdown(inert(text))


def file(world: World, proposal: Proposal, *, is_new: bool, appended: bool = False) -> None:
    """The text of the file to copy or download, and the way to a pull request."""
    st.subheader("The file", anchor=False)
    what = "goes at the end of" if appended else "is the new file" if is_new else "takes the place of"
    st.caption(f"This {what} `{plain(proposal.path)}`; copy it with the button in its corner.")
    language = "bibtex" if appended else "yaml"
    st.code(proposal.text, language=language, line_numbers=True, wrap_lines=True)
    base = repository.address(world.graph.corpus.root)
    with st.container(horizontal=True, gap="small"):
        name = PurePosixPath(proposal.path).name
        st.download_button("Download", proposal.text, name, "text/plain", on_click="ignore")
        if not base:
            st.button("Open a pull request", disabled=True, help=repository.UNSET)
        elif is_new:
            whole = repository.new_file(base, proposal.path, proposal.text)
            st.link_button("Open a pull request", whole, type="primary" if proposal.sound else "secondary")
        else:
            st.link_button("Open a pull request", repository.edit(base, proposal.path))
    if not base:
        st.caption(
            f"{inert(repository.UNSET)} Until its keeper writes it there, put the file into your own copy of the "
            "repository, run `uv run kg check`, and send it from there: CONTRIBUTING.md has each step."
        )
    elif not is_new:
        st.caption("The host opens the file as it is: paste the text there, then choose *Propose changes*.")
    elif not repository.fits(base, proposal.path, proposal.text):
        st.caption("The text is too long for an address: copy it first, then paste it into the page that opens.")
