"""A claim, source, correction, attempt or argument, held against the rules while it is typed, as one file to send."""

from __future__ import annotations

import streamlit as st

from kg.ui.components.heading import page_heading

page_heading("Propose")
st.markdown(
    "What you type becomes one file of the record, checked at once by its rules. Nothing is sent: at the end you open "
    "a pull request, or download the file. Drafts stay in this browser."
)

import difflib  # noqa: E402  # the heading is on the screen before anything is imported or read
from typing import get_args  # noqa: E402

from kg import textfile, yamlfile  # noqa: E402
from kg.contribute.proposal import Proposal, propose  # noqa: E402
from kg.plain import plain  # noqa: E402
from kg.ui import state  # noqa: E402
from kg.ui.components import drafts, proposalform, proposed  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.proposalform import Kind  # noqa: E402
from kg.ui.state import World  # noqa: E402

KINDS: tuple[Kind, ...] = get_args(Kind)
TOLD: dict[Kind, str] = {
    "claim": "A statement about learning, with the source that makes it and what would refute it.",
    "source": "An article, post, lecture or book that claims can then name.",
    "correction": "A change of a claim, question or argument that is there already.",
    "attempt": "A source or claim that answers an open question, in full or in part, or shows a way that fails.",
    "argument": "An objection to something in the record, or a reply to one.",
}
NEW = ("claim", "argument")
PREDICTED = ("predicts", "refuted-if")
CORRECTED = ("claim", "question", "argument")


@st.cache_resource(max_entries=16, show_spinner=False)
def held(_world: World, stamp: str, path: str, text: str, is_new: bool) -> Proposal:
    """The proposal against the record as it is."""
    return propose(_world.graph, path, text, is_new=is_new)


@st.cache_resource(max_entries=2, show_spinner=False)
def titles(_world: World, stamp: str) -> dict[str, str]:
    """Titles for the lists of choices."""
    kinds = ("paper", "claim", "question", "strand", "concept", "assumption", "argument")
    return {
        node.address: (f"{node.record.label}: " if node.kind == "paper" else "") + plain(node.title)[:110]
        for kind in kinds
        for node in _world.graph.nodes(kind)
    }


def kind_of() -> Kind:
    """What is proposed, as ``?kind=`` says; the first where it says nothing known."""
    wanted = st.query_params.get("kind", "")
    now = next((kind for kind in KINDS if kind == wanted), KINDS[0])
    st.session_state["propose-kind"] = now

    def told() -> None:
        st.query_params["kind"] = st.session_state["propose-kind"] or now
        st.query_params.pop("about", None)

    st.segmented_control(
        "What do you propose?", KINDS, key="propose-kind", format_func=str.capitalize, required=True, on_change=told,
        label_visibility="collapsed",
    )  # fmt: skip
    st.caption(TOLD[now])
    return now


def read(world: World, path: str) -> str:
    """The text of a file of the record; empty where it cannot be read."""
    return textfile.read_text(world.graph.corpus.root, path, yamlfile.MAX_BYTES, ".yaml")[0] or ""


def prefill(world: World, kind: Kind) -> None:
    """Put the node of ``?about=`` into the field that it is for, once."""
    about = str(st.query_params.get("about", ""))[:400]
    done = st.session_state.get("propose-about")
    if not about or done == (kind, about) or about not in world.graph:
        return
    st.session_state["propose-about"] = (kind, about)
    if about.startswith("prediction:"):
        about = "claim:" + about.partition(":")[2].partition("/")[0]
    if kind == "correction" and about.partition(":")[0] in CORRECTED:
        drafts.put("correction/node", about)
    elif kind == "attempt" and about.startswith("question:"):
        drafts.put("attempt/question", about.partition(":")[2])
    elif kind == "argument":
        drafts.put("argument/targets", [about])


def correction(world: World, names: dict[str, str]) -> tuple[str, str, str]:
    """Path and text of the record that is corrected, and the text as it was."""
    graph = world.graph
    options = [node.address for kind in CORRECTED for node in graph.nodes(kind)]
    held = drafts.key("correction/node", options)
    st.selectbox(
        "What is to be corrected", options, format_func=lambda at: f"{names.get(at, '')} · {at}", index=None, key=held,
        placeholder="",
    )  # fmt: skip
    node = drafts.value("correction/node")
    if not isinstance(node, str) or node not in graph:
        return "", "", ""
    path = graph.corpus.place(node).path
    was = read(world, path)
    name = f"correction/text {node}"
    if not drafts.value(name):
        drafts.put(name, was)
    st.text_area("Its file", key=drafts.key(name), height=520, max_chars=50_000)
    typed = drafts.value(name)
    return path, typed if isinstance(typed, str) else "", was


def changed(was: str, now: str) -> None:
    """The lines that differ."""
    rows = list(difflib.unified_diff(was.splitlines(), now.splitlines(), "as it is", "as proposed", lineterm="", n=2))
    if rows:
        st.code("\n".join(rows), language="diff", wrap_lines=True)
    else:
        st.caption("Nothing is changed yet.")


def page() -> None:
    """Everything below the heading."""
    world = state.world()
    banner(world)
    if node := st.query_params.get("node"):  # a link of the previewed card
        if node in world.graph:
            st.switch_page(state.EXPLORE, query_params={"node": node})
        st.query_params.pop("node")
    kind = kind_of()
    prefill(world, kind)
    names = titles(world, world.stamp)
    fields, shown = st.columns([5, 6], gap="large")
    was, proposal = "", None
    if kind == "correction":
        with fields:
            path, text, was = correction(world, names)
        if text and text != was:
            proposal = held(world, world.stamp, path, text, False)
    else:
        path, text = proposalform.written(kind, world.graph.corpus, lambda path: read(world, path))
        proposal = held(world, world.stamp, path, text, kind in NEW) if text.strip() else None
        with fields:
            proposalform.form(kind, world.graph.corpus, names, proposal)
    with fields:
        st.button("Discard this draft", on_click=drafts.discard(f"{kind}/"), disabled=not text or text == was)
    with shown:
        result(world, kind, proposal, was)
    drafts.keep()


def result(world: World, kind: Kind, proposal: Proposal | None, was: str) -> None:
    """What the fields give so far."""
    if proposal is None:
        st.info("Fill in a field and press Enter or Tab: its preview, and what is still needed, appear here.")
        return
    proposed.verdict(proposal, proposalform.needed(kind, proposal))
    if kind == "correction":
        changed(was, proposal.text)
    if proposal.graph is None and kind in NEW:
        proposed.words(*(str(drafts.value(f"{kind}/{name}")) for name in ("title", "statement", *PREDICTED)))
    if kind in NEW:
        proposed.alike(
            world, proposal, kind, str(drafts.value(f"{kind}/title")), str(drafts.value(f"{kind}/statement"))
        )
    elif kind == "source" and proposal.graph and proposal.address:
        proposed.alike(world, proposal, "paper", proposal.graph.node(proposal.address).title)
    proposed.preview(world, proposal)
    proposed.file(world, proposal, is_new=kind in NEW, appended=kind == "source")


page()
