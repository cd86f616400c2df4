"""An address taken out of use: renamed, merged, split or withdrawn. It stays in data/retired.yaml and redirects."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field

from kg.contribute import drafts, mend, predictions, rename
from kg.contribute.change import Refused
from kg.contribute.nodes import compose
from kg.corpus import Corpus
from kg.graph import Graph
from kg.layout import FOLDERS

FILE = "data/retired.yaml"
FOLDER_OF = {model.__name__.lower(): folder for folder, model in FOLDERS.items()}
_ENTRIES = {"concept": "concepts", "assumption": "assumptions"}
KINDS = ("paper", "claim", "prediction", "question", "argument", "concept", "assumption")


@dataclass
class Retirement:
    """The files as they are to be, those to take away, and what was done in words."""

    what: str
    files: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)


def retire(graph: Graph, old: str, to: tuple[str, ...], why: str, today: datetime.date) -> Retirement:
    """Take the address ``old`` out of use. One new address renames it, one that is there merges it into that.

    Several split it and none withdraws it: what refers to it must then say first which it means, and Refused lists it.
    """
    kind = old.partition(":")[0]
    if kind not in KINDS:
        raise Refused(f"a {kind} is not retired by machine; kinds that are: {', '.join(KINDS)}")
    for address in to:
        if address.partition(":")[0] != kind:
            raise Refused(f"{old} leads to {address}, which is no {kind}; an address leads to its own kind")
    new = [address for address in to if address not in graph]
    if len(to) == 1 and new:
        return _renamed(graph.corpus, old, to[0], why, today)
    if new:
        raise Refused(f"{', '.join(new)} is not there; write the parts first (kg new), then split")
    return _merged(graph.corpus, old, to, why, today)


def _renamed(corpus: Corpus, old: str, new: str, why: str, today: datetime.date) -> Retirement:
    kind, name, fresh = old.partition(":")[0], old.partition(":")[2], new.partition(":")[2]
    moves = {old: new}
    if kind == "claim":
        moves |= {f"prediction:{name}/{p.id}": f"prediction:{fresh}/{p.id}" for p in corpus.claims[name].predictions}
    if kind == "prediction" and name.partition("/")[0] != fresh.partition("/")[0]:
        return _moved(corpus, old, new, why, today)
    done = Retirement(f"renamed {old} to {new}", rename.rewritten(corpus, moves))
    place = corpus.place(old)
    text = done.files.get(place.path) or mend.read(corpus.root, place.path)
    if kind in FOLDER_OF:
        done.files.pop(place.path, None)
        done.gone.add(place.path)
        done.files[f"data/{FOLDER_OF[kind]}/{fresh}.yaml"] = text
    elif kind == "prediction":
        line = corpus.place(old, "id").line
        done.files[place.path] = _at_line(text, line, name.rpartition("/")[2], fresh.rpartition("/")[2])
    else:
        done.files[place.path] = _at_line(text, place.line, name, fresh)
    _listed(corpus, done, moves, why, today)
    return done


def _moved(corpus: Corpus, old: str, new: str, why: str, today: datetime.date) -> Retirement:
    """A prediction that another claim is to imply."""
    if (claim := new.partition(":")[2].partition("/")[0]) not in corpus.claims:
        raise Refused(f"there is no claim {claim!r} for {new}; write it first (kg new claim)")
    done = Retirement(f"moved {old} to {new}", rename.rewritten(corpus, {old: new}))
    _carry(corpus, done, old, new)
    _listed(corpus, done, {old: new}, why, today)
    return done


def _carry(corpus: Corpus, done: Retirement, old: str, new: str) -> None:
    """Take the lines of a prediction from its claim's file to the end of the other's list."""
    here, there = corpus.place(old).path, f"data/claims/{new.partition(':')[2].partition('/')[0]}.yaml"
    was, now = old.rpartition("/")[2], new.rpartition("/")[2]
    done.files[here], rows = predictions.taken(_text(corpus, done, here), was, here)
    rows = predictions.renamed(rows, was, now)
    done.files[there] = predictions.added(
        _text(corpus, done, there), lambda indent: predictions.indented(rows, indent), there
    )


def _text(corpus: Corpus, done: Retirement, path: str) -> str:
    """The text of the file as it is to be so far."""
    return done.files.get(path) or mend.read(corpus.root, path)


def _merged(corpus: Corpus, old: str, to: tuple[str, ...], why: str, today: datetime.date) -> Retirement:
    """Merged into one, split into several, or withdrawn; a claim's predictions go with it."""
    kind, name = old.partition(":")[0], old.partition(":")[2]
    verb = {0: "withdrew", 1: "merged"}.get(len(to), "split")
    moves = {old: to} | {own: _after(own, to) for own in _own(corpus, old)}
    if len(to) > 1 and len(moves) > 1:
        rows = [f"  kg retire {own} --to {', or --to '.join(_after(own, to))}" for own in moves if own != old]
        raise Refused("\n".join([f"{old} has predictions; say first to which part each goes, as in:", *rows]))
    done = Retirement(f"{verb} {old}{' into ' * bool(to)}{', '.join(to)}")
    if len(to) == 1:
        if taken := [end for (end,) in moves.values() if end in _own(corpus, to[0])]:
            raise Refused(
                f"{', '.join(taken)} is there too; rename or merge it first, as in: kg retire {taken[0]} --to …"
            )
        done.files = rename.rewritten(corpus, {address: ends[0] for address, ends in moves.items()})
    elif left := [r for r in rename.referring(corpus, set(moves)) if r.source not in moves]:
        rows = [f"  {corpus.place(r.source, *r.location)} of {r.source} names {r.target}" for r in left]
        meant = "say first which part each means" if to else "take them out or name another first"
        raise Refused("\n".join([f"{old} is still referred to; {meant}:", *rows]))
    place = corpus.place(old)
    if kind in FOLDER_OF:
        for own in _own(corpus, old) if to else ():
            _carry(corpus, done, own, moves[own][0])
        done.files.pop(place.path, None)
        done.gone.add(place.path)
    elif kind == "prediction":
        done.files[place.path], _ = predictions.taken(
            _text(corpus, done, place.path), name.rpartition("/")[2], place.path
        )
    elif kind in _ENTRIES:
        done.files[place.path] = _without_entry(_text(corpus, done, place.path), name)
    else:
        done.files[place.path] = _without_paper(_text(corpus, done, place.path), name)
    _listed(corpus, done, moves, why, today)
    return done


def _own(corpus: Corpus, address: str) -> list[str]:
    """The predictions that stand in the file of a claim, in their order."""
    kind, _, name = address.partition(":")
    return [f"prediction:{name}/{p.id}" for p in corpus.claims[name].predictions] if kind == "claim" else []


def _after(own: str, to: tuple[str, ...]) -> tuple[str, ...]:
    """Where a prediction leads once its claim leads ``to`` other ones."""
    return tuple(f"prediction:{end.partition(':')[2]}/{own.rpartition('/')[2]}" for end in to)


def _listed(
    corpus: Corpus, done: Retirement, moves: dict[str, str] | dict[str, tuple[str, ...]], why: str, today: datetime.date
) -> None:
    """Add the addresses to the list of retired ones; what led to them leads on to what took their place."""
    text = done.files.get(FILE) or drafts.appended(corpus.root, FILE, "")
    for address, to in moves.items():
        ends = [to] if isinstance(to, str) else list(to)
        row = drafts.flow({"id": address, "to": ends, "date": today.isoformat(), "why": why})
        text = text.rstrip("\n") + f"\n- {row}\n"
    done.files[FILE] = mend.formatted(text.lstrip("\n"), FILE)


def _at_line(text: str, line: int, old: str, new: str) -> str:
    """``text`` with the name ``old`` on one line replaced."""
    lines = text.split("\n")
    lines[line - 1] = re.sub(rf"(?<![\w/-]){re.escape(old)}(?![\w/-])", lambda _: new, lines[line - 1], count=1)
    return "\n".join(lines)


def _without_entry(text: str, name: str) -> str:
    """``text`` of a file of entries without the one under ``name``; comments above the next one stay."""
    lines = text.rstrip("\n").split("\n")
    starts = [(key.value, key.start_mark.line) for key, _ in compose(text).value]
    at = next(i for i, (key, _) in enumerate(starts) if key == name)
    first = starts[at][1]
    end = starts[at + 1][1] if at + 1 < len(starts) else len(lines)
    while end > first + 1 and lines[end - 1].startswith("#"):
        end -= 1
    return "\n".join([*lines[:first], *lines[end:]]) + "\n"


def _without_paper(text: str, key: str) -> str:
    lines = text.rstrip("\n").split("\n")
    first = next(n for n, line in enumerate(lines) if re.match(rf"@\w+\{{{re.escape(key)},", line))
    last = next((n for n, line in enumerate(lines) if n > first and line == "}"), None)
    if last is None:
        raise Refused(f"the entry of {key} does not end in a line of its own; run kg fmt, then try again")
    return "\n".join([*lines[:first], *lines[last + 1 :]]) + "\n"
