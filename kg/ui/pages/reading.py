"""What to read for one's own target, in order; what one knows already; what comes into reach. All in the address.

``?target=``, ``level``, ``hours`` and ``knows``. With ``kg app`` what is known is also kept in ``.kg/known.json``; a
public server writes nothing: there the address is what one keeps.
"""

from __future__ import annotations

import streamlit as st

st.header("What to read, and in which order", anchor=False)

import json  # noqa: E402  # the heading is on the screen before anything is imported or read
from contextlib import suppress  # noqa: E402
from functools import partial  # noqa: E402

from kg import stored  # noqa: E402
from kg.draw.plain import plain  # noqa: E402
from kg.export import formats, selection  # noqa: E402
from kg.goals import FIELD, KINDS, Reader, known_from  # noqa: E402
from kg.reading import Item, ReadingList, reading_list  # noqa: E402
from kg.readingtext import duration  # noqa: E402
from kg.ui import state  # noqa: E402
from kg.ui.components import downloads  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.linklist import links_to_explore, row  # noqa: E402
from kg.ui.components.picks import pick  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted, inert  # noqa: E402
from kg.whatnext import learned, reach  # noqa: E402

LEVELS = {"beginner": "beginner: meet it", "graduate": "graduate: use it", "researcher": "researcher: derive it"}
HOURS = {"": "all it takes", "4": "4 h", "12": "12 h", "40": "40 h"}
MOST = 12


def put(name: str, key: str) -> None:
    """What a control says goes into the address; with ``kg app``, what is known also into the file."""
    value = st.session_state[key]
    text = ",".join(value) if isinstance(value, list) else str(value or "")
    if text:
        st.query_params[name] = text
    else:
        st.query_params.pop(name, None)
    if name == "knows":
        keep(text.split(",") if text else [])


def kept() -> list[str]:
    """What is known by ``.kg/known.json``; nothing on a public server, or where the file cannot be read."""
    if not state.is_local():
        return []
    try:
        told = json.loads((state.root() / ".kg/known.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [str(one) for one in told] if isinstance(told, list) else []


def keep(names: list[str]) -> None:
    """Write what is known, with ``kg app`` only."""
    if state.is_local():
        folder = state.root() / ".kg"
        with suppress(OSError):  # then the address alone keeps it
            folder.mkdir(exist_ok=True)
            stored.replace(folder / "known.json", (json.dumps(names, indent=1) + "\n").encode())


def targets(world: World) -> dict[str, str]:
    """What a list can be for, each with how it is called."""
    found = {FIELD: "The whole field"}
    for kind in KINDS:
        found |= {node.address: f"{plain(node.title)} ({kind})" for node in world.graph.nodes(kind)}
    return found


def choose(world: World) -> tuple[str, Reader, float | None, list[str]]:
    """Target, level, hours and what is known, from the address and the controls that write it."""
    named = targets(world)
    wanted = str(st.query_params.get("target", FIELD))[:400]
    address = FIELD if wanted == FIELD else (world.graph.resolve(wanted)[0] or "")
    if address not in named:
        st.warning(f"There is no list for {inert(wanted)!s}; choose a strand, a question, a claim or a concept.")
        address = FIELD
    st.session_state["reading-target"] = address
    st.selectbox(
        "For", list(named), format_func=named.__getitem__, key="reading-target",
        on_change=partial(put, "target", "reading-target"), help="Type a few words to find yours.",
    )  # fmt: skip
    with st.container(horizontal=True, gap="medium"):
        level = pick("level", LEVELS)
        hours = pick("hours", HOURS, "The list that fits and reaches most of the goals.")
    corpus = world.graph.corpus
    knowable = {name: plain(one.title) for name, one in corpus.concepts.items()}
    knowable |= {one.paper: f"{plain(corpus.papers[one.paper].title)} ({corpus.papers[one.paper].label})"
                 for one in corpus.readings.values() if one.paper in corpus.papers}  # fmt: skip
    told = str(st.query_params.get("knows", ""))
    known = [one for one in (told.split(",") if told else kept()) if one in knowable]
    st.session_state["reading-knows"] = known
    st.multiselect(
        "I know", list(knowable), format_func=knowable.__getitem__, key="reading-knows",
        on_change=partial(put, "knows", "reading-knows"), placeholder="concepts and papers",
    )  # fmt: skip
    reader: Reader = "graduate" if level == "graduate" else "researcher" if level == "researcher" else "beginner"
    return address, reader, float(hours) if hours else None, known


def know(paper: str) -> None:
    """Add a paper to what is known."""
    names = [*st.session_state["reading-knows"], paper]
    st.query_params["knows"] = ",".join(dict.fromkeys(names))
    keep(list(dict.fromkeys(names)))


@st.cache_data(max_entries=64, show_spinner="Planning the list …")
def planned(
    _world: World, stamp: str, target: str, reader: Reader, hours: float | None, knows: tuple[str, ...]
) -> ReadingList:
    return reading_list(_world.graph, target, reader, hours, knows)


def show(world: World, number: int, item: Item) -> None:
    """One reading: what, which part, how long, why, and a box to tick when it is known."""
    paper = world.graph.corpus.papers.get(item.paper)
    with st.container(border=True):
        label = f" · {inert(paper.label)}" if paper else ""
        st.markdown(f"**{number}. {inert(item.title)}**{label}")
        st.markdown(inert(item.why))
        rule = f" ({item.rule})" if item.rule else ""
        st.caption(inert(f"{item.where} · about {duration(item.minutes)}{rule}"))
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            st.checkbox("I know this", key=f"known-{item.reading}", on_change=know, args=(item.paper,))
            if paper is not None and paper.addresses:
                st.link_button("Open", paper.addresses[0][1])
            st.page_link(state.EXPLORE, label="Its card", query_params={"node": f"paper:{item.paper}"})


def next_steps(world: World, found: ReadingList) -> None:
    """What can be begun now, and what can be followed after the list that could not be before."""
    known = known_from(world.graph, found.knows)
    now, after = reach(world.graph, known), reach(world.graph, learned(known, found.items))
    st.subheader("What next", anchor=False)
    claims = [one for one in after.claims if one not in now.claims]
    questions = [one for one in after.questions if one not in now.questions]
    st.markdown(
        f"With what you know, {counted(len(now.readings), 'reading')} can be begun. After this list "
        f"{counted(len(claims), 'claim')} and {counted(len(questions), 'open question')} more come into reach."
    )
    for name, some in (("claims", claims), ("open questions", questions)):
        if some:
            rows = [row(world, world.graph.node(one)) for one in some[:MOST]]
            with st.expander(f"{len(some)} {name}" + (f", the first {MOST}" if len(some) > MOST else "")):
                links_to_explore(f"reach-{name}", rows, name)
    with st.expander(f"Readings that can be begun now: the shortest of {len(now.readings)}"):
        for name in now.readings[:MOST]:
            reading = world.graph.corpus.readings[name]
            paper = world.graph.corpus.papers.get(reading.paper)
            title = paper.title if paper else reading.paper
            st.markdown(f"- {inert(title)}: {inert(reading.where)}, about {duration(reading.minutes)}")


def page() -> None:
    """The controls, the list with its downloads, and what comes next."""
    world = state.world()
    banner(world)
    target, reader, hours, knows = choose(world)
    found = planned(world, world.stamp, target, reader, hours, tuple(knows))
    st.markdown(f"**{counted(len(found.items), 'reading')}, about {duration(found.minutes)}** (an estimate)")
    chosen = selection.reading(found)
    with st.container(horizontal=True, gap="small"):
        for name in ("markdown", "bibtex"):
            made = formats.FORMATS[name]
            st.download_button(
                f"Download {made.title}", partial(formats.dump, world.evidence, chosen, name),
                f"reading-list{made.suffix}", made.mime, key=f"list-{name}", on_click="ignore",
            )  # fmt: skip
        downloads.downloads(world, "reading", lambda: chosen, "Other formats")
    if not found.items:
        st.info("Nothing fits; give it more hours." if found.left_out else "Nothing to read: you know all it needs.")
    for number, item in enumerate(found.items, 1):
        show(world, number, item)
    if found.left_out:
        with st.expander(f"{counted(len(found.left_out), 'goal')} left out"):
            for goal in found.left_out:
                st.markdown(f"- {inert(goal.title)} ({goal.level}): {inert(goal.why)}")
    next_steps(world, found)


page()
