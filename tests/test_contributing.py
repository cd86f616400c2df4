"""CONTRIBUTING.md is played through: its pull request in order, its examples against the rules, its commands as written."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kg import yamlfile
from kg.cli import main
from kg.contribute import formtext, mend
from kg.contribute.proposal import propose
from kg.graph import load
from kg.sweeps import Sweep
from tests import toytree
from tests.needs import needs_bwrap

TEXT = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0]: part for part in TEXT.split("\n## ")}
FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"# (claim|prediction|question), (?:(good)|bad: (?:no rule sees|([a-z-]+)))")
TOY = load(toytree.TOY)
BASE = {"claim": "claims/plateau", "prediction": "claims/stability-limit", "question": "questions/why-two"}


def fences(section: str) -> list[tuple[str, str]]:
    return FENCE.findall(SECTIONS[section])


def commands(console: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console, its continued lines joined, with the output shown below it."""
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        lines = part.rstrip("\n").split("\n")
        last = next(number for number, line in enumerate(lines) if not line.endswith("\\"))
        yield " ".join(line.rstrip("\\").strip() for line in lines[: last + 1]), lines[last + 1 :]


def shows(shown: list[str], got: str) -> bool:
    """Whether ``got`` is what is ``shown``, where … stands for the rest of a line, and alone for any lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n" for line in shown
    )
    return re.fullmatch(pattern, got.rstrip("\n") + "\n" if got.strip() else "") is not None


def fork(folder: Path) -> Path:
    """The toy record in canonical form as a repository that can be cloned and pushed to."""
    tree = toytree.copy(folder)
    (tree / "bib/toy.bib").rename(tree / "bib/empirical-laws.bib")
    (tree / ".gitignore").write_text(".kg/\n")
    mend.rewrite(tree, mend.files(tree), mend.formatted)
    for arguments in (
        ["init", "--quiet", "--initial-branch", "main"],
        ["add", "--all"],
        ["commit", "--quiet", "-m", "x"],
    ):
        subprocess.run(["git", "-C", str(tree), *arguments], check=True)
    subprocess.run(["git", "clone", "--quiet", "--bare", str(tree), str(folder / "fork.git")], check=True)
    return folder / "fork.git"


def played(section: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the commands of a section, below ``folder``, and hold what they print to what is shown."""
    for language, text in fences(section):
        if language == "bibtex":
            (folder / "polyak.bib").write_text(text, encoding="utf-8")
        elif language == "python":
            script = folder / "kg/scripts/momentum_onset.py"
            was = script.read_text(encoding="utf-8")
            whole = r'\Ar""".*?"""\n' if text.startswith('r"""') else r"^def measure\(.*?\n(?=\n\ndef )"
            [old] = re.findall(whole, was, flags=re.MULTILINE | re.DOTALL)
            now = was.replace(old, text)
            script.write_text(now, encoding="utf-8")
        for command, shown in commands(text) if language == "console" else ():
            if command.startswith("uv run kg "):
                ran = CliRunner().invoke(main, shlex.split(command)[3:])
                got, code = ran.stdout, ran.exit_code
            else:
                told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
                got, code = told.stdout, told.returncode
            assert code == 0, f"{command}\n{got}"
            assert shows(shown, got), f"{command}\n{got}"
            if command.endswith("cd kg"):
                monkeypatch.chdir(folder / "kg")


@needs_bwrap
def test_the_worked_pull_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step, in order on a fresh clone, gives the output that the text shows, and the branch arrives at the fork; what
    is begun on another branch is taken back whole."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "a")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "a@example.org")
    monkeypatch.setenv("YOUR_FORK", str(fork(tmp_path)))
    monkeypatch.chdir(tmp_path)
    played("One pull request, from fork to merge", tmp_path, monkeypatch)
    branches = subprocess.run(
        ["git", "-C", str(tmp_path / "fork.git"), "branch", "--list"], capture_output=True, text=True, check=True
    )
    assert "momentum-limit" in branches.stdout
    played("Taking it back", tmp_path, monkeypatch)
    assert not (tmp_path / "kg/data/claims/faster-limit.yaml").exists()


def examples() -> list[tuple[str, str, str]]:
    """(kind, what ``kg check`` finds, text) of each example of what is good and bad."""
    found = []
    for language, text in fences("What makes it good"):
        match = EXAMPLE.match(text)
        assert language == "yaml"
        assert match, text
        found.append((match[1], match[3] or "", text))
    return found


@pytest.mark.parametrize(
    ("kind", "rule", "text"), examples(), ids=[f"{kind}-{rule or 'clean'}" for kind, rule, _ in examples()]
)
def test_what_check_says_of_each_example(kind: str, rule: str, text: str) -> None:
    """In the place of those fields of a toy record, an example breaks the rule that its comment names, and else none."""
    path = f"data/{BASE[kind]}.yaml"
    held = yamlfile.parse((toytree.TOY / path).read_text(encoding="utf-8"), path).value
    given = yamlfile.parse(text, path).value
    assert isinstance(held, dict)
    assert isinstance(given, dict)
    if kind == "prediction":
        [first] = held["predictions"]
        assert isinstance(first, dict)
        held["predictions"] = (first | given,)
    else:
        held |= given

    found = propose(TOY, path, formtext.text(held))

    assert {finding.rule for finding in (*found.findings, *found.elsewhere)} == ({rule} if rule else set())


def test_the_example_of_a_map_is_one() -> None:
    """The map shown is a sweep as the model has it."""
    [text] = [text for language, text in fences("A map") if language == "yaml"]
    held = yamlfile.parse(text, "data/claims/x.yaml").value

    assert isinstance(held, dict)
    assert Sweep.model_validate(held["map"])


@pytest.mark.parametrize("line", sorted(set(re.findall(r"(?:uv run |`)(kg [a-z][^`#\n|…]*)", TEXT))))
def test_commands_are_as_the_tool_has_them(line: str) -> None:
    """Every command of the text, in a block or in a sentence, is one that the tool has, with options that it knows."""
    words = shlex.split(line.replace("\\", " ").replace("'", " ").replace('"', " "))[1:]
    command: click.Command = main
    while words and isinstance(command, click.Group):
        assert words[0] in command.commands, line
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert [word for word in words if word.startswith("--") and word not in known] == []
