"""What a prediction declares against what its script says that it measures, where it says so in plain lists.

A script says so by QUANTITIES and CONDITIONS, as skeletons have them; of one that computes them nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.corpus import Corpus
from kg.declarations import Prediction
from kg.fields import Setting
from kg.findings import Finding, rule
from kg.scriptfile import Script
from kg.terms import Cell, ResultError, plain, show, terms
from kg.validation import did_you_mean

UNMEASURED = rule(
    "declared-not-measured",
    "A script measures the quantities, in the conditions, that are declared of it: else each verdict is an error.",
    'quantity: onset where its script has QUANTITIES = ["onst"]',
    severity="warning",
)


def check(corpus: Corpus) -> Iterator[Finding]:
    for address, _, prediction in corpus.predictions():
        for test in prediction.scripts:
            script = corpus.scripts.get(test.script or "")
            if script is not None:
                for field, said in missing(prediction, script):
                    yield UNMEASURED.at(corpus.place(address, *field), said)


def missing(prediction: Prediction, script: Script) -> Iterator[tuple[tuple[str, ...], str]]:
    """The field of each quantity and condition that the lists of ``script`` lack, and what is said of it."""
    if script.quantities is not None:
        line, names = script.quantities
        declared: list[tuple[tuple[str, ...], str | None]] = [(("quantity",), prediction.quantity)]
        if prediction.control:
            declared.append((("control", "quantity"), prediction.control.quantity))
        for at, name in declared:
            if name is not None and name not in names:
                mend = did_you_mean(name, list(names)) or "; write the same name in both"
                yield at, f"{name!r} is not among the QUANTITIES of {script.path}:{line}{mend}"
    if script.conditions is not None:
        line, rows = script.conditions
        measured = [plain(dict(row)) for row in rows]
        try:
            cells = [cell for term in terms(prediction) for cell in term.cells]
        except ResultError:  # found by the rules of declarations
            return
        lacking = [cell for cell in cells if not any(_fits(cell, row) for row in measured)]
        if lacking:
            first = show(lacking[0].condition | ({"arm": lacking[0].arm} if lacking[0].arm is not None else {}))
            more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
            field = next(
                (name for name in ("conditions", "over", "order", "passes") if name in prediction.given), "type"
            )
            where = f"{'are' if more else 'is'} not among the CONDITIONS of {script.path}:{line}"
            yield (field,), f"{first}{more} {where}; write the same in both"


def _fits(cell: Cell, row: Mapping[str, Setting]) -> bool:
    """Whether ``row`` is the condition of ``cell``, with its arm under any name."""
    rest = {name: value for name, value in row.items() if name not in cell.condition}
    same = all(name in row and row[name] == value for name, value in cell.condition.items())
    return same and (cell.arm is None or cell.arm in rest.values())
