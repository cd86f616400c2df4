"""Run files: what is written comes back, what is hostile becomes a finding, and no kill leaves a torn file."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg import runs
from kg.runs import Result, Run, RunNotWritten, merge
from tests.needs import needs_bwrap

STARTED = "2026-11-24T10:15:00Z"


def result(first: int = 0, seeds: int = 5, **changes: Any) -> dict[str, Any]:
    """A result with every part: measured is ten times the seed, its expectation a hundred times."""
    numbers = range(first, first + seeds)
    row = {
        "condition": {"mode": 1, "kind": "deep"},
        "measured": [10.0 * seed for seed in numbers],
        "expected": [100.0 * seed for seed in numbers],
        "rivals": {"one common time for all modes": [None for _ in numbers]},
    }
    return {
        "seeds": list(numbers),
        "quantities": {"half_time": [row]},
        "preconditions": {"final_loss": [{"condition": {}, "measured": [1e-4 for _ in numbers]}]},
        "numerical_error": {"half_time": 0.5 + first},
        "curves": [{"name": "loss", "x": [0, 1, 2], "y": [3.0, None, 1.0], "unit": "nats"}],
        "cpu_seconds": 1.5,
    } | changes


def a_run(**changes: Any) -> Run:
    """A run that may be stored."""
    fields: dict[str, Any] = {
        "script": "toy",
        "budget": "quick",
        "status": "ok",
        "result": result(),
        "provenance": {"started": STARTED, "script_sha256": "ab", "declarations": {"prediction:a/b": "cd"}},
    }
    return Run(**{**fields, **changes})


def store(root: Path, content: bytes, *, script: str = "toy", name: str | None = None) -> Path:
    """Put ``content`` where a run lies, under the name that its bytes ask for."""
    name = name or f"20261124T101500Z-{hashlib.sha256(content).hexdigest()[:8]}.json"
    path = root / "data" / "runs" / script / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def messages(root: Path, kept: int = 0) -> list[str]:
    """The findings as they print; ``kept`` runs are read beside them."""
    found, findings = runs.read_all(root)
    assert len(found) == kept
    return [str(finding) for finding in findings]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A stored run comes back whole, under its address, with what its provenance says."""
    run = a_run()
    path = runs.write(tmp_path, runs.RECORDED, run)
    (back,), findings = runs.read_all(tmp_path)
    assert findings == []
    assert (back.result, back.provenance, back.status) == (run.result, run.provenance, "ok")
    assert back.path == path.relative_to(tmp_path).as_posix() == back.place.path
    assert back.address == run.address == f"run:toy/{path.stem}"
    assert path.stem == f"20261124T101500Z-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"
    assert (back.script_sha256, back.data_sha256, back.detail) == ("ab", None, "")
    assert (back.declarations, back.day) == ({"prediction:a/b": "cd"}, datetime.date(2026, 11, 24))
    assert back.measured is not None
    assert back.measured.quantities["half_time"][0].measured == [0, 10, 20, 30, 40]


def test_a_failed_run_is_kept_without_a_result(tmp_path: Path) -> None:
    """How a script failed is a record too."""
    runs.write(tmp_path, runs.LOCAL, a_run(status="timeout", result=None))
    (back,), findings = runs.read_all(tmp_path, runs.LOCAL)
    assert (back.status, back.result, back.measured, findings) == ("timeout", None, None, [])
    assert runs.read_all(tmp_path) == ([], [])


def test_runs_come_in_order(tmp_path: Path) -> None:
    """By script, then by start."""
    for script, hour in [("zeta", 3), ("alpha", 9), ("alpha", 2)]:
        runs.write(tmp_path, runs.RECORDED, a_run(script=script, provenance={"started": f"2026-11-24T0{hour}:00:00Z"}))
    assert [run.address[4:-9] for run in runs.read_all(tmp_path)[0]] == [
        "alpha/20261124T020000Z", "alpha/20261124T090000Z", "zeta/20261124T030000Z",
    ]  # fmt: skip


def test_the_same_run_twice_is_one_file(tmp_path: Path) -> None:
    """Writing is idempotent, and never overwrites a file that was changed since."""
    path = runs.write(tmp_path, runs.RECORDED, a_run())
    assert runs.write(tmp_path, runs.RECORDED, a_run()) == path
    path.write_text("{}")
    with pytest.raises(RunNotWritten, match="other content"):
        runs.write(tmp_path, runs.RECORDED, a_run())
    assert path.read_text() == "{}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"script": "../../etc"}, "is not the name of a script"),
        ({"budget": "huge"}, "budget: found 'huge', expected smoke or quick or full"),
        ({"status": "fine", "result": None}, "status: found 'fine'"),
        ({"result": {}}, "result: seeds: Field required"),
        ({"status": "timeout"}, "result: expected null where the status is not ok"),
        ({"provenance": {}}, "provenance.started: found None"),
        ({"provenance": {"started": "2026-13-45T99:00:00Z"}}, "provenance.started: found '2026-13-45T99:00:00Z'"),
        ({"provenance": {"started": STARTED, "note": "a\x1b[2J"}}, "control character U+001B"),
        ({"provenance": {"started": STARTED, "x": float("nan")}}, "is not JSON"),
        ({"provenance": {"started": STARTED, "x": {1, 2}}}, "is not JSON"),
    ],
)
def test_what_could_not_be_read_is_not_written(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """A run that reading would refuse is refused before a file exists."""
    with pytest.raises(RunNotWritten) as refusal:
        runs.write(tmp_path, runs.RECORDED, a_run(**changes))
    assert said in str(refusal.value)
    assert list(tmp_path.rglob("*")) == []


VALID = json.loads(a_run().content)


def changed(**parts: Any) -> bytes:
    return json.dumps(VALID | parts).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ":1: bad-run-file: is not JSON: Expecting value at column 1"),
        (a_run().content[:300], ": bad-run-file: is not JSON"),
        (b'{"schema": 1,\n"script": "toy",\n', ":3: bad-run-file: is not JSON"),
        (b"[1, 2]", "expected an object with the keys schema, script"),
        (b"null", "found NoneType"),
        (b"\xff\xfe{}", "is not UTF-8 at byte 0"),
        (b'{\n"schema": 1, "a": "\xe9"}', ":2: bad-run-file: is not UTF-8"),
        (b"<!doctype html>", "is not JSON"),
        (b"<<<<<<< HEAD\n{}", "is not JSON"),
        (b"version https://git-lfs.github.com/spec/v1", "is not JSON"),
        (b'{"schema": 1, "schema": 2}', "the key 'schema' twice"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"a":' * 100_000, "is nested too deeply"),
        (b'{"schema": ' + b"9" * 5000 + b"}", "a number that cannot be read"),
        (changed(schema=2), "schema: found 2, expected 1"),
        (changed(schema=True), "schema: found True, expected 1"),
        (changed(script="other"), "script: found 'other', expected toy"),
        (changed(budget=["quick"]), "budget: found ['quick']"),
        (changed(status=None), "status: found None"),
        (changed(extra=1), "found 'schema', 'script', 'budget', 'result', 'provenance', 'status', 'extra'"),
        (changed(provenance=[]), "provenance.started: found None"),
        (changed(provenance={"started": STARTED, "x": "\ud800"}), "control character U+D800"),
        (changed(provenance={"started": STARTED, "x\u202e": 1}), "control character U+202E"),
        (changed(provenance={"started": STARTED, "x": [[[[[[[[[[[[1]]]]]]]]]]]]}), "nested more than 12 deep"),
        (a_run().content.replace(b'"started"', b'"x": 1e999, "started"'), "too large to be finite"),
        (a_run().content.replace(b"10.0", b"NaN"), "holds NaN"),
        (a_run().content.replace(b"10.0", b"-Infinity"), "holds -Infinity"),
        (a_run().content.replace(b"10.0", b"1e999"), "should be a finite number"),
        (a_run().content.replace(b"10.0", b"1" + b"0" * 400), "half_time.0.measured.1"),
        (changed(result=result(seeds=3) | {"seeds": [0, 1]}), "half_time[0].measured has 3 entries; expected 2, one a"),
        (changed(result=result(seeds=3) | {"seeds": [0, 1, 1]}), "name a seed twice"),
        (changed(result=result(seeds=2) | {"seeds": [0, True]}), "result: seeds.1: Input should be a valid integer"),
        (changed(result=result() | {"seeds": []}), "result: seeds: List should have at least 1 item"),
        (changed(result=result(quantities={})), "quantities: Dictionary should have at least 1 item"),
        (changed(result=result(quantities={"Half time": []})), "a quantity is lower-case letters"),
        (changed(result=result(quantities={"q": []})), "quantities.q has no condition"),
        (changed(result=result(verdict="agrees")), "result: verdict: Extra inputs are not permitted"),
        (changed(result=result(cpu_seconds="1")), "cpu_seconds: Input should be a valid number (found '1')"),
        (changed(result=result(cpu_seconds=-1)), "greater than or equal to 0 (found -1)"),
        (changed(result=result(curves=[{"name": "a", "x": [1], "y": [], "unit": ""}])), "x has 1 entries and y has 0"),
        (changed(result=result(curves=[{"name": "a\nb", "x": [], "y": [], "unit": ""}])), "characters that print"),
        (
            changed(result=result(preconditions={"p": [{"condition": {"a": None}, "measured": [1] * 5}]})),
            "preconditions.p.0.condition.a.float: Input should be a valid number (found None)",
        ),
        (
            changed(result=result(preconditions={"p": [{"condition": {"a": 1}, "measured": [1] * 5}] * 2})),
            "preconditions.p has the condition {'a': 1.0} twice",
        ),
    ],
)
def test_a_bad_file_is_one_clear_finding(tmp_path: Path, content: bytes, said: str) -> None:
    """Torn, foreign, malformed and hostile files are told apart and never raise; nothing is read from them."""
    path = store(tmp_path, content)
    found = messages(tmp_path)
    assert any(said in line for line in found), found
    assert all(line.startswith(f"data/runs/toy/{path.name}:") for line in found)


def test_all_problems_of_a_file_come_at_once(tmp_path: Path) -> None:
    """Several mistakes are several findings."""
    store(tmp_path, changed(schema=3, budget="long", provenance=[], result=result(cpu_seconds=None)))
    assert len(messages(tmp_path)) == 4


@pytest.mark.parametrize("edit", [(b"10.0", b"11.0"), (STARTED.encode(), b"2026-12-24T10:15:00Z")])
def test_an_edited_run_is_found_out(tmp_path: Path, edit: tuple[bytes, bytes]) -> None:
    """A run whose numbers or time were changed no longer fits its name."""
    path = runs.write(tmp_path, runs.RECORDED, a_run())
    path.write_bytes(path.read_bytes().replace(*edit))
    (line,) = messages(tmp_path, kept=1)
    assert "run-file-changed: found the content of 2026" in line
    assert "never edited" in line


def test_a_run_with_another_start_in_its_name_is_found_out(tmp_path: Path) -> None:
    """Renaming a file does not make a run newer."""
    path = runs.write(tmp_path, runs.RECORDED, a_run())
    path.rename(path.with_name(path.name.replace("2026", "2027")))
    assert "run-file-changed" in messages(tmp_path, kept=1)[0]
    assert runs.read_all(tmp_path)[0][0].started.startswith("2026")


def test_line_ends_of_a_checkout_change_nothing(tmp_path: Path) -> None:
    """A checkout that writes CRLF still fits its hash."""
    path = runs.write(tmp_path, runs.RECORDED, a_run())
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert runs.read_all(tmp_path)[1] == []


def _link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _over(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(runs.MAX_BYTES + 1)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_link, "not a link"),
        (_loop, "not a link"),
        (_device, "not a link"),
        (os.mkfifo, "expected a regular file"),
        (Path.mkdir, "expected a regular file"),
        (_over, "is over 16,000,000 bytes"),
    ],
)
def test_only_small_regular_files_are_opened(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    """Links, pipes, devices, folders and huge files in the place of a run are named, without following or waiting."""
    folder = tmp_path / "data" / "runs" / "toy"
    folder.mkdir(parents=True)
    make(folder / "20261124T101500Z-00000000.json")
    (line,) = messages(tmp_path)
    assert said in line


@pytest.mark.parametrize("name", ["notes.txt", "run.json", "20261124T101500Z-00000000.JSON", "x\n.json"])
def test_foreign_names_are_found(tmp_path: Path, name: str) -> None:
    """A file that cannot be a run is named; it is not passed over in silence."""
    store(tmp_path, a_run().content, name=name)
    (line,) = messages(tmp_path)
    assert "expected a name such as" in line
    assert "\n" not in line


def test_the_folder_itself_may_be_wrong(tmp_path: Path) -> None:
    """A file or a link where a folder of runs belongs is a finding; a missing folder is no run."""
    assert runs.read_all(tmp_path) == ([], [])
    (tmp_path / "data" / "runs").mkdir(parents=True)
    (tmp_path / "data" / "runs" / "stray.json").write_text("{}")
    (tmp_path / "data" / "runs" / "elsewhere").symlink_to("/")
    assert len(messages(tmp_path)) == 2


def test_temporary_files_are_passed_over_and_swept(tmp_path: Path) -> None:
    """What a killed writer left is no run and no finding, and goes once no writer can be behind it."""
    runs.write(tmp_path, runs.RECORDED, a_run())
    folder = tmp_path / "data" / "runs" / "toy"
    fresh, stale = folder / ".tmp-fresh", folder / ".tmp-stale"
    for leftover in (fresh, stale):
        leftover.write_text('{"torn')
    old = time.time() - 2 * runs.STALE_SECONDS
    os.utime(stale, (old, old))
    assert runs.read_all(tmp_path)[1] == []
    runs.write(tmp_path, runs.RECORDED, a_run(budget="full"))
    assert fresh.exists()
    assert not stale.exists()


def test_a_refusing_disk_is_one_exception_and_leaves_nothing(tmp_path: Path) -> None:
    """A file where the folder belongs stops the write with the path and what to do."""
    (tmp_path / "data").write_text("")
    with pytest.raises(RunNotWritten, match=r"cannot write data/runs/toy/.*: Not a directory; make room"):
        runs.write(tmp_path, runs.RECORDED, a_run())


@needs_bwrap
@pytest.mark.parametrize(("target", "said"), [("/mnt", "No space left on device"), ("/opt", "Read-only file system")])
def test_a_full_or_read_only_disk_is_said(target: str, said: str) -> None:
    """On a real full disk and a real read-only one: one clear exception, no file left."""
    program = (
        "import sys; from pathlib import Path; from kg import runs\n"
        "run = runs.Run('toy', 'quick', 'exit', None, {'started': '2026-11-24T10:15:00Z', 'x': 'x' * 200_000})\n"
        "try: runs.write(Path(sys.argv[1]), runs.RECORDED, run)\n"
        "except runs.RunNotWritten as reason: print(reason, list(Path(sys.argv[1]).rglob('*.json')), "
        "list(Path(sys.argv[1]).rglob('.tmp*')))"
    )
    command = ["bwrap", "--unshare-user", "--ro-bind", "/", "/", "--size", "65536", "--tmpfs", "/mnt", "--dev", "/dev"]
    done = subprocess.run(
        [*command, sys.executable, "-c", program, target],
        cwd=Path(runs.__file__).parent.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said in done.stdout
    assert done.stdout.strip().endswith("run again [] []")


KILLER = """
import os, random, signal, sys, time
from pathlib import Path
from kg import runs
root, moment = Path(sys.argv[1]), random.Random(0)
for turn in range(40):
    begun, begin = os.pipe()
    writer = os.fork()
    for number in range(10**9) if writer == 0 else ():
        provenance = {"started": "2026-11-24T10:15:00Z", "turn": turn, "number": number, "more": "x" * 1_000_000}
        runs.write(root, runs.RECORDED, runs.Run("toy", "quick", "exit", None, provenance))
        os.write(begin, b".")
    os.read(begun, 1)
    time.sleep(moment.uniform(0, 0.02))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    os.close(begun), os.close(begin)
"""


def test_no_kill_leaves_a_torn_run(tmp_path: Path) -> None:
    """Forty writers killed at random moments: every run file is whole, and the leftovers are no findings."""
    subprocess.run([sys.executable, "-c", KILLER, str(tmp_path)], cwd=Path(runs.__file__).parent.parent, check=True)
    found, findings = runs.read_all(tmp_path)
    assert findings == []
    assert {run.provenance["turn"] for run in found} == set(range(40))


def test_merge_joins_the_seeds_in_order() -> None:
    """Every list is the first seeds' followed by the further ones'; costs add, the larger error counts."""
    both = merge(Result.model_validate(result(0, 5)), Result.model_validate(result(5, 3)))
    whole = result(0, 8) | {"cpu_seconds": 3.0, "numerical_error": {"half_time": 5.5}}
    assert both == Result.model_validate(whole)
    assert both.as_json() == whole


def test_merge_matches_conditions_whatever_their_order() -> None:
    """Rows belong together by their condition, not by their place."""

    def of(*modes: int) -> Result:
        rows = [{"condition": {"mode": mode}, "measured": [mode]} for mode in modes]
        return Result.model_validate({"seeds": [modes[0]], "quantities": {"q": rows}, "cpu_seconds": 1})

    joined = merge(of(1, 2), of(2, 1)).quantities["q"]
    assert [(row.condition["mode"], row.measured) for row in joined] == [(1, [1, 1]), (2, [2, 2])]


def test_merge_names_every_difference() -> None:
    """Results that do not measure the same are refused with all that differs."""
    other = result(4, 2)
    other["quantities"]["half_time"][0]["condition"] = {"mode": 2}
    other["quantities"]["extra"] = [{"condition": {}, "measured": [1, 2]}]
    other["preconditions"] = {}
    with pytest.raises(ValueError, match="cannot be joined") as refusal:
        merge(Result.model_validate(result()), Result.model_validate(other))
    for part in ("seed 4", "quantities.extra", "preconditions.final_loss", "{'mode': 2.0}"):
        assert part in str(refusal.value)


@pytest.mark.parametrize("part", ["expected", "rivals"])
def test_merge_needs_the_same_expectations(part: str) -> None:
    """A prediction or a rival that only some seeds have is refused."""
    other = result(5, 3)
    del other["quantities"]["half_time"][0][part]
    with pytest.raises(ValueError, match=f"half_time.*{part[:-1]}"):
        merge(Result.model_validate(result()), Result.model_validate(other))


def test_the_data_hash_follows_names_and_contents(tmp_path: Path) -> None:
    """Any change of the inputs changes the hash; the order of the disk and what a link points to do not."""
    assert runs.data_sha256(tmp_path, "toy") is None
    folder = tmp_path / "data" / "inputs" / "toy"
    (folder / "sub").mkdir(parents=True)
    seen = [runs.data_sha256(tmp_path, "toy")]

    def now_differs() -> None:
        digest = runs.data_sha256(tmp_path, "toy")
        assert digest not in seen
        seen.append(digest)

    (folder / "a.csv").write_text("1")
    now_differs()
    (folder / "a.csv").write_text("2")
    now_differs()
    (folder / "a.csv").rename(folder / "sub" / "a.csv")
    now_differs()
    (folder / "link").symlink_to(tmp_path / "outside")
    now_differs()
    (tmp_path / "outside").write_text("x")
    os.mkfifo(folder / "pipe")
    now_differs()
    assert runs.data_sha256(tmp_path, "toy") == seen[-1]
