"""The fields of a proposal: what is typed becomes the text of one file, and what is wrong stands below its field."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal, get_args

import streamlit as st

from kg.contribute import formtext
from kg.contribute.drafts import slug
from kg.contribute.proposal import Proposal
from kg.corpus import Corpus
from kg.declarations import Prediction, Source
from kg.findings import Finding
from kg.records import Argument, Attempt, Claim
from kg.ui.components import drafts
from kg.ui.words import inert
from kg.validation import MISSING_FIELD

Kind = Literal["claim", "source", "correction", "attempt", "argument"]
Options = Callable[[Corpus], list[str]]


@dataclass(frozen=True)
class Field:
    """One field of a form; ``of`` is the field of the record below whose place its findings stand."""

    name: str
    label: str
    of: str = ""
    form: Literal["line", "text", "one", "many"] = "line"
    options: Options | None = None
    help: str | None = None
    key: str = ""
    """Its name inside ``of``, where that is another than ``name``."""
    rows: int = 3
    group: str = ""
    """The heading below which the field is folded away."""


def _words(model: Any, name: str) -> Options:
    words = _literals(model.model_fields[name].annotation)
    return lambda _: words


def _literals(annotation: Any) -> list[str]:
    found = [arg for arg in get_args(annotation) if isinstance(arg, str)]
    return found or [word for arg in get_args(annotation) for word in _literals(arg)]


def _ids(name: str) -> Options:
    return lambda corpus: list(getattr(corpus, name))


def _targets(corpus: Corpus) -> list[str]:
    kinds = {
        "claim": corpus.claims, "question": corpus.questions, "argument": corpus.arguments, "strand": corpus.strands,
        "paper": corpus.papers,
    }  # fmt: skip
    return [f"{kind}:{name}" for kind, records in kinds.items() for name in records]


def _bibliographies(corpus: Corpus) -> list[str]:
    return sorted({corpus.place(f"paper:{key}").path for key in corpus.papers})


_PAPER = "Type to search by key, author or title."
_NEW_PAPER = "Propose the source first; its key is the first word after the bracket of its BibTeX entry."
_WHERE = "The section, equation or figure, only if you read it there."
_YAML = "What the fields above do not offer, as it stands in the file: more predictions, regime, contradicts, bridges."
_LINKS, _PREDICTION, _MORE = "What it needs and rests on", "A prediction", "More"
_ID = Field(
    "id", "Name of the file", help="Made from the title where it is empty: lower-case letters, digits, hyphens."
)

FORMS: dict[Kind, tuple[Field, ...]] = {
    "claim": (
        Field("title", "Title", "title", help="What it says, in a line."),
        Field(
            "statement", "Statement", "statement", "text",
            help="One sentence that could be wrong, in your own words. TeX stands between dollar signs.",
        ),
        Field("kind", "Kind", "kind", "one", _words(Claim, "kind")),
        Field("strands", "Strands", "strands", "many", _ids("strands")),
        Field("paper", "Source", "sources", "one", _ids("papers"), _PAPER),
        Field("new-paper", "or the key of one that is not in the list yet", "sources", key="paper", help=_NEW_PAPER),
        Field("role", "What the source does with it", "sources", "one", _words(Source, "role")),
        Field("depth", "How far you read the source", "sources", "one", _words(Source, "depth")),
        Field("where", "Where it says so", "sources", help=_WHERE),
        Field("needs", "Concepts that one must know", "needs", "many", _ids("concepts"), group=_LINKS),
        Field("assumes", "Assumes", "assumes", "many", _ids("assumptions"), group=_LINKS),
        Field("builds-on", "Builds on", "builds-on", "many", _ids("claims"), group=_LINKS),
        Field(
            "predicts", "What one will measure, and find", "predictions", "text", key="statement", group=_PREDICTION
        ),
        Field(
            "refuted-if", "Refuted if", "predictions", "text", group=_PREDICTION,
            help="An observation that a critic would accept as showing it wrong.",
        ),
        Field("about", "It speaks of", "predictions", "one", _words(Prediction, "about"), group=_PREDICTION),
        Field("more", "Further fields, as YAML", form="text", help=_YAML, rows=5, group=_MORE),
        _ID,
    ),
    "source": (
        Field(
            "file", "File", form="one", options=_bibliographies,
            help="That of the strand that it is for; a source of none of them stands in bib/context.bib, the default.",
        ),
        Field(
            "bibtex", "BibTeX", form="text", rows=12,
            help="One entry, as the publisher or arXiv gives it. Keep only identifiers that you saw in a source.",
        ),
    ),
    "correction": (),
    "attempt": (
        Field("question", "Question", form="one", options=_ids("questions")),
        Field("paper", "By a source", "attempts", "one", _ids("papers"), _PAPER),
        Field("new-paper", "or the key of one that is not in the list yet", "attempts", key="paper", help=_NEW_PAPER),
        Field("claim", "or by a claim of the record", "attempts", "one", _ids("claims")),
        Field("outcome", "What it gives", "attempts", "one", _words(Attempt, "outcome")),
        Field("where", "Where it says so", "attempts", help=_WHERE),
        Field("note", "What it settles, and what it leaves open", "attempts", "text"),
    ),
    "argument": (
        Field("title", "Title", "title"),
        Field("statement", "Statement", "statement", "text"),
        Field("stance", "Stance", "stance", "one", _words(Argument, "stance")),
        Field("targets", "What it is about", "targets", "many", _targets),
        Field("paper", "Source", "paper", "one", _ids("papers"), _PAPER),
        Field("new-paper", "or the key of one that is not in the list yet", "paper", key="paper", help=_NEW_PAPER),
        Field("where", "Where it says so", "where", help=_WHERE),
        Field("by", "Made by", "by", "one", _words(Argument, "by")),
        Field("severity", "An objection's weight", "severity", "one", _words(Argument, "severity")),
        Field("concedes", "A reply concedes", "concedes", "one", _words(Argument, "concedes")),
        _ID,
    ),
}  # fmt: skip
_KIND_OF = {
    "paper": "paper:", "claim": "claim:", "question": "question:", "strands": "strand:", "needs": "concept:",
    "assumes": "assumption:", "builds-on": "claim:", "targets": "",
}  # fmt: skip


def written(kind: Kind, corpus: Corpus, read: Callable[[str], str]) -> tuple[str, str]:
    """Path and text of the file that the fields of ``kind`` give; no text where nothing was typed yet.

    ``read`` gives the text of a file of the record.
    """

    def said(name: str) -> Any:
        if name == "paper":
            return drafts.value(f"{kind}/paper") or drafts.value(f"{kind}/new-paper")
        return drafts.value(f"{kind}/{name}")

    if kind == "source":
        return said("file") or next(iter(_bibliographies(corpus)), "bib/context.bib"), said("bibtex")
    if kind == "attempt":
        attempt = {field: said(field) for field in ("paper", "claim", "outcome", "where", "note")}
        if said("question") not in corpus.questions or not formtext.filled(attempt):
            return "", ""
        path = corpus.place(f"question:{said('question')}").path
        return path, formtext.with_attempt(read(path), path, attempt)
    fields = (
        _claim(said)
        if kind == "claim"
        else {field.key or field.name: said(field.key or field.name) for field in FORMS[kind][:-1]}
    )
    text = formtext.text(fields, said("more") if kind == "claim" else "")
    return f"data/{kind}s/{said('id') or slug(said('title'))}.yaml", text


def _claim(said: Callable[[str], Any]) -> dict[str, Any]:
    direct = ("title", "statement", "kind", "needs", "strands", "assumes", "builds-on")
    fields: dict[str, Any] = {name: said(name) for name in direct}
    fields["sources"] = [{name: said(name) for name in ("paper", "role", "where", "depth")}]
    if said("predicts") or said("refuted-if"):
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        fields["predictions"] = [{
            "id": slug(said("predicts")), "statement": said("predicts"),
            "type": "qualitative", "about": said("about"), "frozen": {"date": today, "pilot": "false"},
            "refuted-if": said("refuted-if"),
        }]  # fmt: skip
    return fields


def form(kind: Kind, corpus: Corpus, titles: Mapping[str, str], proposal: Proposal | None) -> None:
    """The fields, each with what is wrong with it below; ``titles`` are those of nodes, as plain text."""
    last = {field.of: field.name for field in FORMS[kind]}
    for group, found in itertools.groupby(FORMS[kind], lambda field: field.group):
        fields = list(found)
        begun = any(drafts.value(f"{kind}/{field.name}") for field in fields)
        with st.expander(group, expanded=begun, key=f"{kind}-{group}") if group else nullcontext():
            for field in fields:
                _widget(f"{kind}/{field.name}", field, corpus, titles)
                if last[field.of] == field.name and (field.of or field == _ID):
                    say(kind, proposal, field.of)


def needed(kind: Kind, proposal: Proposal) -> dict[Finding, str]:
    """What is missing and a field of the form gives, with that field's label, in the order of the form."""
    labels: dict[tuple[str, str], str] = {}
    for field in FORMS[kind]:
        labels.setdefault(("", field.of), field.label)
        labels.setdefault((field.of, field.key or field.name), field.label)
    found = {
        finding: (of, finding.message.split("'")[1])
        for of, findings in proposal.fields.items()
        for finding in findings
        if finding.rule == MISSING_FIELD.name
    }
    order = list(labels)
    kept = [finding for finding in found if found[finding] in labels]
    return {finding: labels[found[finding]] for finding in sorted(kept, key=lambda each: order.index(found[each]))}


def say(kind: Kind, proposal: Proposal | None, field: str) -> None:
    """What is wrong with a field of the record, beside what is still missing."""
    missing = needed(kind, proposal) if proposal else {}
    for finding in proposal.fields.get(field, ()) if proposal else ():
        if finding in missing:
            continue
        st.markdown(f":{'red' if finding.severity == 'error' else 'orange'}[**✗**] {inert(finding.message)}")


def _widget(name: str, field: Field, corpus: Corpus, titles: Mapping[str, str]) -> None:
    options = field.options(corpus) if field.options else []

    def shown(option: str) -> str:
        title = titles.get(f"{_KIND_OF.get(field.name, '-')}{option}", "")
        return f"{title} · {option}" if title else option

    if field.form == "many":
        held = drafts.key(name, options, many=True)
        st.multiselect(
            field.label, options, format_func=shown, help=field.help, key=held, placeholder="", select_all=False
        )
    elif field.form == "one":
        held = drafts.key(name, options)
        st.selectbox(
            field.label, options, format_func=shown, help=field.help, index=None, key=held, placeholder="",
        )  # fmt: skip
    elif field.form == "text":
        st.text_area(field.label, help=field.help, key=drafts.key(name), height=26 * field.rows + 24, max_chars=20_000)
    else:
        st.text_input(field.label, help=field.help, key=drafts.key(name), max_chars=300)
