"""What to read for one's own target, in order; what one knows already; what comes into reach. All in the address.

``?target=``, ``level``, ``hours`` and ``knows``. With ``kg app`` what is known is also kept in ``.kg/known.json``; a
public server writes nothing: there the address is what one keeps.
"""

from __future__ import annotations

import streamlit as st

from kg.ui.components.heading import page_heading

page_heading("What to read, and in which order")

import json  # noqa: E402  # the heading is on the screen before anything is imported or read
from collections import Counter  # noqa: E402
from contextlib import suppress  # noqa: E402
from functools import partial  # noqa: E402

from kg import stored  # noqa: E402
from kg.export import formats, selection  # noqa: E402
from kg.goals import FIELD, TO_LEVEL, Reader, known_from  # noqa: E402
from kg.plain import plain  # noqa: E402
from kg.reading import Item, ReadingList, reading_list  # noqa: E402
from kg.readingtext import duration, nothing  # noqa: E402
from kg.ui import state  # noqa: E402
from kg.ui.components import downloads  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.linklist import links_to_explore, row  # noqa: E402
from kg.ui.components.picks import pick  # noqa: E402
from kg.ui.components.targets import HINT, targets  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted, inert  # noqa: E402
from kg.whatnext import learned, reach  # noqa: E402

LEVELS: dict[str, str] = {level: level for level in TO_LEVEL}
LEVEL_HELP = "A beginner is to meet each concept, a graduate student to use it, a researcher to derive it."
HOURS = {"": "no limit", "4": "4 h", "12": "12 h", "40": "40 h"}
HOURS_HELP = "The list that fits and reaches most concepts. Other hours: put hours=7 into the address."
MOST = 12
MOST_ITEMS = 25


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


def choose(world: World) -> tuple[str, Reader, float | None, list[str]]:
    """Target, level, hours and what is known, from the address and the controls that write it."""
    named = targets(world, world.stamp)
    wanted = str(st.query_params.get("target", FIELD))[:400]
    address = FIELD if wanted == FIELD else (world.graph.resolve(wanted)[0] or "")
    if address not in named:
        st.warning(f"There is no list for {inert(wanted)!s}; choose {HINT}.")
        address = FIELD
    st.session_state["reading-target"] = address
    st.selectbox(
        "To follow", list(named), format_func=named.__getitem__, key="reading-target",
        on_change=partial(put, "target", "reading-target"), help=f"Type a few words to find {HINT}.",
    )  # fmt: skip
    with st.container(horizontal=True, gap="medium"):
        level = pick("level", LEVELS, LEVEL_HELP, "For a")
        hours = pick("hours", hours_offered(), HOURS_HELP, "Within")
    names = known_now(world)
    reader: Reader = level if level in TO_LEVEL else "beginner"  # type: ignore[assignment]
    return address, reader, float(hours) if hours else None, names


def hours_offered() -> dict[str, str]:
    """The hours to choose from, with those of the address where they are others."""
    told = str(st.query_params.get("hours", ""))[:12]
    with suppress(ValueError):
        if told not in HOURS and 0 < float(told) <= 10_000:
            return HOURS | {told: f"{float(told):g} h"}
    return HOURS


def known_now(world: World) -> list[str]:
    """The control of what one knows, and what it says: ids of concepts, papers and readings."""
    corpus = world.graph.corpus
    knowable = {name: plain(one.title) for name, one in corpus.concepts.items()}
    knowable |= {one.paper: f"{plain(corpus.papers[one.paper].title)} ({corpus.papers[one.paper].label})"
                 for one in corpus.readings.values() if one.paper in corpus.papers}  # fmt: skip
    told = str(st.query_params.get("knows", ""))
    names = list(dict.fromkeys(filter(None, told.split(",") if told else kept())))
    for name in names:
        if name not in knowable and (one := corpus.readings.get(name)) and one.paper in corpus.papers:
            knowable[name] = f"{plain(corpus.papers[one.paper].title)}: {plain(one.where)}"
    if unknown := [name for name in names if name not in knowable]:
        st.caption(f"Not in the record, and left out of what you know: {inert(', '.join(unknown)[:200])}.")
    st.session_state["reading-knows"] = [name for name in names if name in knowable]
    where = "on this machine and in the address" if state.is_local() else "in the address of this page"
    return st.multiselect(
        "I know", list(knowable), format_func=knowable.__getitem__, key="reading-knows",
        on_change=partial(put, "knows", "reading-knows"), placeholder="concepts and papers",
        help=f"It is left out of the list, and kept {where}.",
    )  # fmt: skip


def know(name: str) -> None:
    """Add a paper or one of its readings to what is known."""
    names = list(dict.fromkeys([*st.session_state["reading-knows"], name]))
    st.query_params["knows"] = ",".join(names)
    keep(names)


@st.cache_data(max_entries=64, show_spinner="Planning the list …")
def planned(
    _world: World, stamp: str, target: str, reader: Reader, hours: float | None, knows: tuple[str, ...]
) -> ReadingList:
    return reading_list(_world.graph, target, reader, hours, knows)


def show(world: World, number: int, item: Item, parts: int) -> None:
    """One reading: what, which part, how long, why; a button to say that it is known, the source, its card.

    Where the record has several ``parts`` of the source, the button speaks of this one only.
    """
    paper = world.graph.corpus.papers.get(item.paper)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"item-{number}"):
        with st.container(gap="xxsmall", width="stretch"):
            label = f" · {inert(paper.label)}" if paper else ""
            rule = f" ({item.rule})" if item.rule else ""
            st.markdown(f"**{number}. {inert(item.title)}**{label}  \n{inert(item.why)}")
            st.caption(inert(f"{item.where} · about {duration(item.minutes)}{rule}"))
        with st.container(horizontal=True, gap="small", vertical_alignment="center", width="content"):
            if paper is not None and paper.addresses:
                st.link_button("Open", paper.addresses[0][1])
            st.page_link(state.EXPLORE, label="Its card", query_params={"node": f"paper:{item.paper}"})
            name, words = (item.reading, "I know this part") if parts > 1 else (item.paper, "I know this")
            st.button(words, key=f"known-{item.reading}", on_click=know, args=(name,))


def show_all(world: World, found: ReadingList) -> None:
    """The list; a long one in two steps."""
    if not found.items:
        st.info(nothing(found))
    parts = Counter(one.paper for one in world.graph.corpus.readings.values())
    whole = len(found.items) <= MOST_ITEMS or "all" in st.query_params
    for number, item in enumerate(found.items if whole else found.items[:MOST_ITEMS], 1):
        show(world, number, item, parts[item.paper])
    if not whole and st.button(f"Show all {len(found.items)} readings", key="show-all"):
        st.query_params["all"] = "1"
        st.rerun()


def next_steps(world: World, found: ReadingList) -> None:
    """What can be begun and followed now, and what can be followed after the list that could not be before."""
    known = known_from(world.graph, found.knows)
    now, after = reach(world.graph, known), reach(world.graph, learned(known, found.items))
    st.subheader("What next", anchor=False)
    claims = [one for one in after.claims if one not in now.claims]
    questions = [one for one in after.questions if one not in now.questions]
    st.markdown(
        f"With what you know you can begin {counted(len(now.readings), 'reading')}, and follow "
        f"{counted(len(now.claims), 'claim')} and {counted(len(now.questions), 'open question')}. After this list "
        f"{counted(len(claims), 'claim')} and {counted(len(questions), 'open question')} more come into reach."
    )
    for key, words, some in (
        ("claim", "in reach now", now.claims),
        ("open question", "in reach now", now.questions),
        ("claim", "in reach after this list", claims),
        ("open question", "in reach after this list", questions),
    ):
        if some:
            told = f"{counted(len(some), key)} {words}"
            rows = [row(world, world.graph.node(one)) for one in some[:MOST]]
            with st.expander(told + (f": the first {MOST}" if len(some) > MOST else "")):
                links_to_explore(f"reach-{key}-{words}".replace(" ", "-"), rows, told)
    if now.readings:
        few = f": the shortest {MOST}" if len(now.readings) > MOST else ""
        with st.expander(f"{counted(len(now.readings), 'reading')} to begin now{few}"):
            rows = []
            for name in now.readings[:MOST]:
                reading = world.graph.corpus.readings[name]
                if f"paper:{reading.paper}" in world.graph:
                    told = f"{reading.where}, about {duration(reading.minutes)}"
                    rows.append(row(world, world.graph.node(f"paper:{reading.paper}"), note=told))
            links_to_explore("reach-readings", rows, "Readings to begin now")


def left_out(found: ReadingList) -> None:
    """Which concepts the list does not reach, and why."""
    if found.left_out:
        within = f" within {found.hours:g} h" if found.hours is not None else ""
        with st.expander(f"{counted(len(found.left_out), 'concept')} left out{within}"):
            st.markdown("\n".join(f"- {inert(one.title)} ({one.level}): {inert(one.why)}" for one in found.left_out))


def page() -> None:
    """The controls, the list with its downloads, and what comes next."""
    world = state.world()
    banner(world)
    target, reader, hours, knows = choose(world)
    found = planned(world, world.stamp, target, reader, hours, tuple(knows))
    reaches = f", for {counted(len(found.goals), 'concept')}" if found.goals else ""
    st.markdown(f"**{counted(len(found.items), 'reading')}, about {duration(found.minutes)}** (an estimate){reaches}")
    chosen = selection.reading(found)
    with st.container(horizontal=True, gap="small"):
        for name in ("markdown", "bibtex"):
            made = formats.FORMATS[name]
            st.download_button(
                f"Download {made.title}", partial(formats.dump, world.evidence, chosen, name),
                f"reading-list{made.suffix}", made.mime, key=f"list-{name}", on_click="ignore",
                disabled=not found.items,
            )  # fmt: skip
        downloads.downloads(world, "reading", lambda: chosen, "Other formats")
    left_out(found)
    show_all(world, found)
    next_steps(world, found)


page()
