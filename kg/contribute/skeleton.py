"""A reproduction script that runs, for one prediction: everything in its place but the science."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from kg.declarations import Prediction
from kg.regions import FROM_RUN
from kg.scriptfile import MEASURE
from kg.terms import terms

_SCRIPT = '''r"""{title}

PLACEHOLDER: this skeleton measures one plus the mean of standard normals, whatever the setting. It runs, and nothing
that it gives bears on the claim. Replace measure(), then this docstring, before the declaration is committed.

Claim
{claim}

Source
    Write which equation, figure or section is reproduced, as read there.

Equations
    (1)  x_i ~ N(0, 1), i = 1 .. DRAWS;   measured = 1 + mean of x_i                       (placeholder)

Command
    python scripts/{name}.py --seeds 8 --first-seed 0 --budget quick --out result.json
    PLACEHOLDER: CPU seconds of one core for 5 seeds: smoke 1, quick 1, full 1.

Expected result (nothing was run before the declaration)
{expected}

Departures from the source
    1. Everything: this is a placeholder.

Tuning history
    - Nothing was tuned.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by the libraries when imported

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tyro
from numpy.typing import NDArray

DRAWS = {{"smoke": 100, "quick": 10_000, "full": 1_000_000}}
CONDITIONS: list[dict[str, float | str]] = [
{conditions}
]
QUANTITIES = {quantities}  # what is declared, and its control
RIVALS: list[str] = {rivals}  # those whose value only a run can give
EXPECTED_FROM_RUN = {from_run}
PRECONDITIONS: dict[str, float] = {preconditions}  # placeholders that hold: measure them

Array = NDArray[np.float64]
Record = dict[str, Any]


@dataclass
class Args:
    seeds: int = 8
    """number of seeds; each draws anew in each setting"""
    first_seed: int = 0
    """the first of them"""
    budget: Literal["smoke", "quick", "full"] = "quick"
    """how long to measure: DRAWS has the draws of one seed"""
    out: Path = Path("result.json")
    """where the result is written"""


def measure(rng: np.random.Generator, condition: dict[str, float | str], draws: int) -> float:
    """PLACEHOLDER, Eq. 1: it ignores ``condition``. Replace it by what the prediction speaks of."""
    {measure}


def numbers(values: Array) -> list[float | None]:
    """As JSON numbers of seven digits; null where there is no finite one."""
    return [float(f"{{value:.7g}}") if np.isfinite(value) else None for value in values]


def main(args: Args) -> None:
    """Measure every quantity in every setting on every seed, and write what was measured."""
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    quantities: dict[str, list[Record]] = defaultdict(list)
    curves: list[Record] = []
    done = 0
    for number, name in enumerate(QUANTITIES):
        for place, condition in enumerate(CONDITIONS):
            found = []
            for seed in seeds:
                rng = np.random.default_rng([seed, number, place])
                found.append(measure(rng, condition, DRAWS[args.budget]))
                done += 1
                share = done / (len(seeds) * len(QUANTITIES) * len(CONDITIONS))
                print(json.dumps({{"progress": round(share, 4)}}), flush=True)
            row: Record = {{"condition": condition, "measured": numbers(np.array(found))}}
            if EXPECTED_FROM_RUN:
                row["expected"] = [1.0] * len(seeds)  # placeholder: the finite-size prediction
            if RIVALS:
                row["rivals"] = {{rival: [2.0] * len(seeds) for rival in RIVALS}}  # placeholder
            quantities[name].append(row)
        y = [row["measured"][0] for row in quantities[name]]
        curves.append({{"name": f"{{name}}, seed {{seeds[0]}}", "x": list(range(len(y))), "y": y, "unit": "setting"}})

    result = {{
        "seeds": list(seeds),
        "quantities": quantities,
        "preconditions": {{
            name: [{{"condition": {{}}, "measured": [value] * len(seeds)}}] for name, value in PRECONDITIONS.items()
        }},
        "numerical_error": {numerical_error},
        "curves": curves,
        "cpu_seconds": round(time.process_time(), 2),
    }}
    args.out.write_text(json.dumps(result, indent=1, allow_nan=False) + "\\n")


if __name__ == "__main__":
    main(tyro.cli(Args))
'''


def script(name: str, claim: str, prediction: Prediction) -> str:
    """The text of ``scripts/<name>.py`` for a prediction of the claim that says ``claim``."""
    rows: list[dict[str, Any]] = []
    for term in terms(prediction):
        for cell in term.cells:
            row = {key: _plain(value) for key, value in cell.condition.items()}
            row |= {"arm": _plain(cell.arm)} if cell.arm is not None else {}
            if row not in rows:
                rows.append(row)
    control = [prediction.control.quantity] if prediction.control else []
    needed = [*prediction.preconditions, *([prediction.conditioned_on] if prediction.conditioned_on else [])]
    bounds = {need.quantity: need.at_most if need.at_most is not None else need.at_least for need in needed}
    return _SCRIPT.format(
        title=f"A skeleton for the prediction {prediction.id}",
        name=name,
        measure=MEASURE,
        claim=_paragraph(claim),
        expected=_paragraph(prediction.statement),
        conditions="\n".join(f"    {json.dumps(row)}," for row in rows),
        quantities=json.dumps([prediction.quantity, *control]),
        rivals=json.dumps([rival.name for rival in prediction.rivals if rival.expected == FROM_RUN]),
        from_run=prediction.target == FROM_RUN,
        preconditions=json.dumps(bounds),
        numerical_error="dict.fromkeys(QUANTITIES, 0.0)" if prediction.deterministic else "{}",
    )


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _inline(text: str) -> str:
    return " ".join(text.replace('"""', "'''").split())


def _paragraph(text: str) -> str:
    return textwrap.fill(_inline(text), 116, initial_indent="    ", subsequent_indent="    ")
