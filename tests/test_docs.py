"""Documents are held to the code: over the live lists of commands, rules and generated files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import kg.checks  # noqa: F401  # registers the rules
from kg.cli import main
from kg.findings import RULES
from kg.generate import generated

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GENERATED = generated(ROOT)
HEAVY = ("networkx", "pydantic", "streamlit", "pyvis", "scipy", "numpy")


def commands() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in main.commands.items():
        inner = command.commands.items() if isinstance(command, click.Group) else [(None, command)]
        found += [(f"{name} {sub}" if sub else name, leaf) for sub, leaf in inner]
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_command_is_documented(name: str, command: click.Command) -> None:
    """Each command stands in the README, and its help ends with an example that begins with its own name."""
    assert f"kg {name}" in README
    assert f"kg {name}" in (command.help or "")


def test_help_imports_nothing_heavy() -> None:
    """kg --help answers without the graph, the models, the app or numerics."""
    code = f"import sys; sys.argv = ['kg', '--help']\nimport kg.cli\ntry:\n kg.cli.main()\nexcept SystemExit: pass\nprint([m for m in {HEAVY!r} if m in sys.modules])"

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout

    assert printed.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_explains_itself(name: str) -> None:
    """A rule has a kebab-case name, a meaning that is a sentence, and an example."""
    rule = RULES[name]

    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name)
    assert rule.meaning[0].isupper()
    assert rule.meaning.endswith(".")
    assert rule.example.strip()


@pytest.mark.parametrize("path", sorted(GENERATED))
def test_generated_files_are_fresh(path: str) -> None:
    """What is generated equals what the code generates now (python -m kg.generate writes it)."""
    assert (ROOT / path).read_text(encoding="utf-8") == GENERATED[path]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_inside_the_tree_lead_somewhere(document: str) -> None:
    """Every relative link of a document names a file that is there."""
    text = (ROOT / document).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]

    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_worked_trace_is_what_the_commands_print() -> None:
    """Each line of the README's worked trace begins a line that its command prints today."""
    block = README.split("```\n$ ", 1)[1].split("\n```", 1)[0]
    for part in block.split("\n$ "):
        command, *told = part.removeprefix("$ ").splitlines()
        arguments = command.removeprefix("uv run kg ").split()
        printed = CliRunner().invoke(main, ["--root", str(ROOT), *arguments]).stdout.splitlines()

        assert [line for line in told if line.strip(" …") and not any(out.startswith(line) for out in printed)] == []
