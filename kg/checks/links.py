"""Links say something: bridges join strands, replies answer arguments, ids and papers are not entered twice."""

from __future__ import annotations

from collections.abc import Iterator

from kg.corpus import Corpus
from kg.findings import Finding, rule
from kg.relations import split_address

BRIDGE = rule(
    "bridge-within-strand",
    "A bridge joins claims that have no strand in common.",
    "bridges: [{claim: of-the-same-strand, …}]",
)
REPLY = rule(
    "reply-to-no-argument",
    "A reply answers an argument; an objection is no concession.",
    "stance: replies, targets: ['claim:x']",
)
TWICE = rule("listed-twice", "A list names each thing once.", "strands: [universality, universality]")
PREDICTION_TWICE = rule(
    "duplicate-prediction",
    "A prediction's id names one prediction of its claim.",
    "predictions: [{id: rate, …}, {id: rate, …}]",
)
SAME_PAPER = rule(
    "same-identifier",
    "A DOI or arXiv id belongs to one paper: preprint and article of one work are one entry.",
    "eprint = {2103.00065} in two entries",
)
RECORDED_SMOKE = rule(
    "recorded-smoke-run", "Smoke runs are never recorded.", 'data/runs/x/….json with "budget": "smoke"'
)
CHOSEN_SEEDS = rule(
    "chosen-seeds",
    "A recorded run uses the seeds 0 to n - 1, never chosen ones.",
    '"seeds": [1000, 1001, 1002, 1003, 1004] in data/runs/x/….json',
)
RETIRED_TWICE = rule("retired-twice", "An id is retired once.", "two entries of retired.yaml with id: claim:ntk-frozen")
ORPHAN_RUN = rule(
    "orphan-run", "A recorded run is of a script that is there.", "data/runs/renamed_script/…", severity="warning"
)


def check(corpus: Corpus) -> Iterator[Finding]:
    for index, record in enumerate(corpus.retired):
        if record.id in {earlier.id for earlier in corpus.retired[:index]}:
            message = f"{record.id!r} is retired above; keep one entry, with every address that it leads to"
            yield RETIRED_TWICE.at(corpus.place(f"retired:{index}", "id"), message)
    yield from _claims(corpus)
    yield from _arguments(corpus)
    yield from _papers(corpus)
    for run in corpus.runs:
        if run.budget == "smoke":
            yield RECORDED_SMOKE.at(
                run.place, f"{run.address} is a smoke run; take it out and record a quick or full one"
            )
        if not run.starts_at_zero:
            yield CHOSEN_SEEDS.at(
                run.place, f"{run.address} has other seeds than 0 to n - 1; take it out, it counts for nothing"
            )
        unread = {f"reproduction:{run.script}", "reproduction:*"} & corpus.broken  # that is said of the script, once
        if run.script not in corpus.scripts and not unread:
            yield ORPHAN_RUN.at(run.place, f"scripts/{run.script}.py is not there; restore it or move the runs with it")


def _claims(corpus: Corpus) -> Iterator[Finding]:
    for name, claim in corpus.claims.items():
        address = f"claim:{name}"
        for i, bridge in enumerate(claim.bridges):
            other = corpus.claims.get(bridge.claim)
            if other and (common := set(claim.strands) & set(other.strands)):
                shared = ", ".join(sorted(common))
                message = f"{bridge.claim!r} shares {shared} with this claim; use builds-on, or mend the strands"
                yield BRIDGE.at(corpus.place(address, "bridges", i), message)
        seen: set[str] = set()
        for i, prediction in enumerate(claim.predictions):
            if prediction.id in seen:
                yield PREDICTION_TWICE.at(
                    corpus.place(address, "predictions", i, "id"), f"{prediction.id!r} is taken; give it another id"
                )
            seen.add(prediction.id)
        for fieldname, values in (
            ("strands", list(claim.strands)),
            ("needs", list(claim.needs)),
            ("assumes", [a.id for a in claim.assumes]),
            ("builds-on", list(claim.builds_on)),
            ("implies", list(claim.implies)),
            ("bridges", [b.claim for b in claim.bridges]),
        ):
            named: set[str] = set()
            for i, value in enumerate(values):
                if value in named:
                    yield TWICE.at(
                        corpus.place(address, fieldname, i), f"{value!r} stands in {fieldname} twice; take one out"
                    )
                named.add(value)


def _arguments(corpus: Corpus) -> Iterator[Finding]:
    for name, argument in corpus.arguments.items():
        kinds = {split_address(target)[0] for target in argument.targets}
        place = corpus.place(f"argument:{name}", "targets")
        if argument.stance == "replies" and kinds != {"argument"}:
            found = " and a ".join(sorted(kinds))
            yield REPLY.at(place, f"found a reply to a {found}, expected the argument that it answers: argument:id")
        if argument.stance == "objects" and (argument.concedes or argument.revision):
            at = corpus.place(f"argument:{name}", "concedes" if argument.concedes else "revision")
            yield REPLY.at(at, "an objection concedes and revises nothing; move the field to the reply")


def _papers(corpus: Corpus) -> Iterator[Finding]:
    seen: dict[tuple[str, str], str] = {}
    for key, paper in corpus.papers.items():
        for fieldname, value in (
            ("eprint", paper.arxiv.partition("v")[0] if paper.arxiv[:1].isdigit() else paper.arxiv),
            ("doi", paper.doi),
        ):
            if not value:
                continue
            first = seen.setdefault((fieldname, value.lower()), key)
            if first != key:
                where = corpus.place(f"paper:{first}")
                message = f"{value} is also that of {first!r} ({where}); keep one entry and retire the other key"
                yield SAME_PAPER.at(corpus.place(f"paper:{key}", fieldname), message)
