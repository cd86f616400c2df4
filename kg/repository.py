"""Where a file is shown and mended on the web, by the repository's address in pyproject.toml (``project.urls``)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlencode

from kg.identifiers import is_url

LONGEST = 7_500
"""Characters of an address that servers and browsers take without cutting it."""
UNSET = "The repository's address is not set (project.urls.Repository in pyproject.toml)."


@lru_cache(maxsize=8)
def address(root: Path) -> str:
    """``https://…`` without a slash at its end; empty where it is unset or no https address."""
    try:
        with open(root / "pyproject.toml", "rb") as file:
            told = tomllib.load(file).get("project", {}).get("urls", {}).get("Repository", "")
    except (OSError, tomllib.TOMLDecodeError, AttributeError):
        return ""
    known = isinstance(told, str) and is_url(told) and told.startswith("https://")
    return told.rstrip("/") if known else ""


def source(base: str, path: str, line: int) -> str:
    """Where the file ``path`` is shown at ``line``."""
    return f"{base}/blob/HEAD/{quote(path)}#L{line}"


def edit(base: str, path: str) -> str:
    """Where the file ``path`` is edited; the host makes a pull request of it."""
    return f"{base}/edit/main/{quote(path)}"


def report(base: str, node: str, path: str, line: int) -> str:
    """A new issue about the node, with its address and file filled in."""
    said = {
        "title": f"{node}: ",
        "body": f"About `{node}`, written in `{path}:{line}`.\n\nWhat is wrong, and how do you know?\n",
    }
    return f"{base}/issues/new?{urlencode(said)}"


def new_file(base: str, path: str, text: str) -> str:
    """Where a new file of that name is made, filled in where the text is not too long for an address."""
    said = {"filename": path, "value": text} if fits(base, path, text) else {"filename": path}
    return f"{base}/new/main?{urlencode(said, quote_via=quote)}"


def fits(base: str, path: str, text: str) -> bool:
    """Whether servers and browsers take ``text`` whole in the address of a new file."""
    return len(f"{base}/new/main?{urlencode({'filename': path, 'value': text}, quote_via=quote)}") <= LONGEST
