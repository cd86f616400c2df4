"""The comparison of recorded verdicts with those from another first seed."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from kg import scriptlist, secondseeds
from kg.evidence import Evidence
from kg.rerun import experiment
from kg.secondseeds import Pair
from tests import toytree
from tests.test_cli_rerun_many import Perform

ONSET = "prediction:stability-limit/onset"


def module() -> ModuleType:
    place = Path(__file__).parent.parent / "benchmarks" / "second_seeds.py"
    spec = importlib.util.spec_from_file_location("second_seeds", place)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


seeds = module()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return toytree.copy(tmp_path)


@pytest.fixture
def perform(monkeypatch: pytest.MonkeyPatch) -> Perform:
    fake = Perform()
    monkeypatch.setattr(experiment, "perform", fake)
    return fake


def call(tree: Path, *arguments: str) -> int:
    return int(seeds.main(["--root", str(tree), *arguments]))


def test_the_share_is_of_those_that_agreed() -> None:
    """Two of three agree again; what did not agree before does not count; without any there is no share."""
    again = {"a": "agrees", "b": "disagrees", "c": "agrees"}
    rows = [Pair(name, "s", "agrees", verdict) for name, verdict in again.items()]
    other = [Pair("d", "s", "disagrees", "disagrees")]

    assert secondseeds.share(rows + other) == pytest.approx(2 / 3)
    assert secondseeds.share(other) is None


def test_a_tested_script_is_run_from_another_seed(
    tree: Path, perform: Perform, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seed 5000 at the quick budget; the share and exit 0; called again, nothing is run; another seed needs a new file."""
    toytree.record(tree, 2.0)

    assert call(tree) == 0
    assert perform.asked == [("quadratic_onset", "quick", 5000, True)]
    assert "1 predictions compared: 1 of 1 that agreed agree again (100.0%)" in capsys.readouterr().out
    assert json.loads((tree / secondseeds.PATH).read_text())["scripts"]["quadratic_onset"]["verdicts"] == {
        ONSET: "agrees"
    }
    assert (call(tree), len(perform.asked)) == (0, 1)
    with pytest.raises(ValueError, match="other seeds"):
        call(tree, "--seed", "6000")


def test_another_verdict_is_named_and_fails(tree: Path, perform: Perform, capsys: pytest.CaptureFixture[str]) -> None:
    """Below 95 %: exit 1, and the prediction with both verdicts and the reason."""
    toytree.record(tree, 2.0)
    assert call(tree) == 0
    path = tree / secondseeds.PATH
    held = json.loads(path.read_text())
    held["scripts"]["quadratic_onset"]["verdicts"][ONSET] = "cannot-discriminate"
    path.write_text(json.dumps(held))

    assert call(tree) == 1
    assert (
        f"{ONSET} (quadratic_onset): agrees, and from seed 5000 cannot-discriminate: After 5" in capsys.readouterr().out
    )


def test_stale_and_unrun_scripts_are_not_compared(tree: Path, perform: Perform) -> None:
    """Without a recorded run, and with a stale one, nothing is run and the exit code says that nothing was compared."""
    assert call(tree) == 1
    toytree.record(tree, 2.0)
    toytree.edit(tree, "scripts/quadratic_onset.py", "STEPS = 400", "STEPS = 401")
    assert (call(tree), perform.asked) == (1, [])
    with pytest.raises(SystemExit):
        call(tree, "--only", "quadratic_onset")


def test_the_list_of_scripts_tells_it_while_it_is_current(tree: Path, perform: Perform) -> None:
    """The generated list has the share, and names what differs; a row of another script's bytes is not told."""
    toytree.record(tree, 2.0)
    assert call(tree) == 0
    path = tree / secondseeds.PATH
    row = json.loads(path.read_text())

    def listed(**changes: object) -> str:
        held = json.loads(json.dumps(row))
        held["scripts"]["quadratic_onset"] |= changes
        path.write_text(json.dumps(held))
        return scriptlist.text(Evidence(toytree.graph(tree)))

    assert "1 predictions compared: 1 of 1 that agreed agree again (100.0%)" in listed()
    assert f"| `{ONSET.partition(':')[2]}` | `quadratic_onset` | agrees | disagrees |" in listed(
        verdicts={ONSET: "disagrees"}
    )
    assert "compared" not in listed(identity="of other bytes")
