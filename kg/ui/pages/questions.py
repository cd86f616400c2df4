"""Open questions: a table first, with what would settle each in full; a board by state; filters in the address."""

from __future__ import annotations

import datetime

import streamlit as st

from kg.ui.components.heading import page_heading

page_heading("Open questions")

from collections import Counter  # noqa: E402  # the heading is on the screen before anything is imported or read

from kg import effort  # noqa: E402
from kg.effort import UNSETTLED  # noqa: E402
from kg.export import selection  # noqa: E402
from kg.graph import Node  # noqa: E402
from kg.plain import plain  # noqa: E402
from kg.ui import state, words  # noqa: E402
from kg.ui.components.banner import banner  # noqa: E402
from kg.ui.components.datatable import Cell, column, table, value  # noqa: E402
from kg.ui.components.downloads import downloads  # noqa: E402
from kg.ui.components.linklist import links_to_explore, row  # noqa: E402
from kg.ui.components.picks import pick, picks  # noqa: E402
from kg.ui.state import World  # noqa: E402
from kg.ui.words import counted, inert  # noqa: E402

DIFFICULTIES = ("easy", "medium", "hard")
COLUMNS = (
    column("question", "words"),
    column("state", help="Since when, and because of what, is on its card."),
    column("difficulty", help="How hard its curators think it is."),
    column("what would settle it", "words", "An observation, and what the answer then is."),
    column("it rests on", "words", "What it asks about, and what it takes for granted."),
    column("to begin with", "words", "A script of the record, and what its recorded run took on one core."),
    column("strand"),
    column(
        "age", "number", "Since its first entry in the record's history of it, which may be the date of its source."
    ),
)
MOST_ROWS = 40
VIEWS = {"table": "Table", "board": "Board by state"}


def filtered(world: World, questions: list[Node]) -> list[Node]:
    """The questions that all filters let through; a filter without a choice lets all through."""
    told = "\n".join(f"- **{name}**: {says}" for name, says in words.QUESTION_STATES.items())
    strands = {node.id: inert(node.title) for node in world.graph.nodes("strand")}
    quick = {question.address for question in questions if effort.for_an_afternoon(world.evidence, question)}
    with st.container(horizontal=True, gap="medium"):
        states = picks(
            "state", _counted(Counter(q.record.state for q in questions), {s: s for s in words.QUESTION_STATES}), told
        )
        hard = picks(
            "difficulty", _counted(Counter(q.record.difficulty for q in questions), {d: d for d in DIFFICULTIES})
        )
        small = quick and picks(
            "start", {"afternoon": f"for a laptop and an afternoon {len(quick)}"},
            "Not hard, and a script of the record measures in its setting within four hours of one core.",
        )  # fmt: skip
    where = picks("strand", _counted(Counter(s for q in questions for s in q.record.strands), strands))
    return [
        question
        for question in questions
        if (not states or question.record.state in states)
        and (not hard or question.record.difficulty in hard)
        and (not where or set(where) & set(question.record.strands))
        and (not small or question.address in quick)
    ]


def _counted(counts: Counter[str], titles: dict[str, str]) -> dict[str, str]:
    """The titles of the options that any question has, each with how many have it."""
    return {option: f"{title} {counts[option]}" for option, title in titles.items() if counts[option]}


def order(node: Node) -> tuple[int, int, str]:
    """Open ones first, then the easier, then by title."""
    record = node.record
    return list(words.QUESTION_STATES).index(record.state), DIFFICULTIES.index(record.difficulty), node.title.casefold()


def cells(world: World, node: Node) -> list[Cell]:
    """One question as a row of the table."""
    record, graph = node.record, world.graph
    settled: list[Cell] = []
    for way in record.settled_by:
        if way.text:
            settled.append(value(way.text, note=f"then: {way.answer or 'settled'}"))
        elif f"prediction:{way.prediction}" in graph:
            note = f"if it agrees: {way.if_agrees}; if it disagrees: {way.if_disagrees}"
            settled.append(row(world, graph.node(f"prediction:{way.prediction}"), note=note))
    taken = {edge.target: "presumes" for edge in graph.out(node.address, "presumes")}
    about = dict.fromkeys(edge.target for edge in graph.out(node.address, "asks_about", "presumes"))
    rests: list[Cell] = [row(world, graph.node(at), note=taken.get(at, "")) for at in about]
    begin: list[Cell] = []
    for start in effort.starts(world.evidence, node)[:3]:
        cost = "no recorded run" if start.cpu_seconds is None else f"{start.cpu_seconds:,.0f} CPU seconds"
        begin.append(row(world, graph.node(f"reproduction:{start.script}"), note=f"{start.via}; {cost}"))
    days = (datetime.datetime.now(datetime.UTC).date() - record.history[0].date).days
    strands = [plain(graph.node(f"strand:{name}").title) for name in record.strands if f"strand:{name}" in graph]
    return [
        row(world, node, note=record.stakes),
        value(record.state, sort=list(words.QUESTION_STATES).index(record.state)),
        value(record.difficulty, sort=DIFFICULTIES.index(record.difficulty)),
        settled,
        rests,
        begin,
        ", ".join(strands),
        value(counted(max(days, 0), "day"), sort=days),
    ]


def board(world: World, questions: list[Node]) -> None:
    """A column a state, with what changed last."""
    held = {name: [q for q in questions if q.record.state == name] for name in words.QUESTION_STATES}
    shown = {name: mine for name, mine in held.items() if mine}
    for place, (name, mine) in zip(st.columns(len(shown)), shown.items(), strict=True):
        with place:
            st.subheader(f"{name} {len(mine)}", anchor=False)
            st.caption(words.QUESTION_STATES[name])
            rows = [row(world, node, note=last(node)) for node in mine]
            links_to_explore(f"board-{name}", rows, name)


def last(node: Node) -> str:
    """The newest entry of a question's history, in a line."""
    event = node.record.history[-1]
    return f"{node.record.difficulty}; since {event.date}" + (f": {event.note}" if event.note else "")


def page() -> None:
    """The filters, then the table or the board."""
    world = state.world()
    banner(world)
    questions = sorted(world.graph.nodes("question"), key=order)
    if not questions:
        st.info(
            "No question is in the record yet. A question is one file in data/questions/: kg explain shows the rules."
        )
        return
    found = filtered(world, questions)
    unsettled = sum(question.record.state in UNSETTLED for question in found)
    told = f"{len(found)} of {counted(len(questions), 'question')}, {unsettled} of them unsettled."
    if not found:
        st.caption(told)
        st.info("No question passes these filters; take one away.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        way = pick("view", VIEWS, "A question counts as open until something that would settle it has happened.")
        st.caption(f"{told} {'A click on a heading sorts.' if way == 'table' else ''}")
        chosen = selection.of("Questions", [node.address for node in found])
        downloads(world, "questions", lambda: chosen, "Export these")
    if way == "board":
        board(world, found)
    else:
        table("questions", COLUMNS, [cells(world, node) for node in found], "Open questions", MOST_ROWS)


page()
