"""Servers of the app and browsers of their own, for the tests that need a real page."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import needs, toytree

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

REPOSITORY = Path(__file__).parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = 'href <img src="https://evil.example/x.png" onerror="window.ran=1"> [link](https://evil.example) **bold**'
HOSTILE_STATEMENT = (
    "www.evil.example https://evil.example a@evil.example :material/home: :smile: :red[red] `code` # no heading "
    "<b>b</b> ~~gone~~ $x_1$ and $[l](https://evil.example)$ $\\href{https://evil.example}{t}$ "
    "costs $5 {{heading}} ![](https://evil.example/y.png)"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(command: list[str], port: int, log: Path, **environment: str) -> Iterator[str]:
    """The address of a server started by ``command``, once it says that it is well."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("KG_")} | environment
    with open(log, "wb") as output:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=variables, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until_well(f"http://127.0.0.1:{port}/_stcore/health", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def wait_until_well(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=1):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    pytest.fail(f"the server did not come up: {log.read_text()}")


@pytest.fixture(scope="session")
def public_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy tree with readings and one hostile claim."""
    tree = toytree.copy(tmp_path_factory.mktemp("public"))
    claim = (tree / "data/claims/plateau.yaml").read_text(encoding="utf-8")
    quoted = HOSTILE.replace("'", "''")
    hostile = claim.replace(claim.splitlines()[0], f"title: '{quoted}'").replace(
        "  - id: two-over-eta", "  - id: hostile"
    )
    hostile = hostile.replace(r"Sharpness rises and then hovers at $2/\eta$.", f"'{HOSTILE_STATEMENT}'")
    (tree / "data/claims/hostile.yaml").write_text(hostile, encoding="utf-8")
    return toytree.with_readings(tree)


@pytest.fixture(scope="session")
def public(public_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``streamlit run app.py`` on that tree, as a host would serve it."""
    port, folder = free_port(), tmp_path_factory.mktemp("public-log")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    with serving([*command, "--server.port", str(port)], port, folder / "log.txt", KG_ROOT=str(public_tree)) as address:
        yield address


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``kg app`` on this repository."""
    port, folder = free_port(), tmp_path_factory.mktemp("local")
    command = [sys.executable, "-m", "kg", "--root", str(REPOSITORY), "app", "--port", str(port), "--no-open"]
    with serving(command, port, folder / "log.txt") as address:
        yield address


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """One Chromium with an empty profile for all tests; each opens a page of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"), executable_path=needs.chromium(), headless=True, args=FLAGS,
            viewport={"width": 1400, "height": 900},
        )  # fmt: skip
        context.set_default_timeout(60_000)
        yield context
        context.close()


@pytest.fixture
def visit(browser: BrowserContext) -> Iterator[Callable[[str], Page]]:
    """Opens addresses; the test fails on any request beyond the server and on any error of the page."""
    pages: list[Page] = []
    wrong: list[str] = []

    def watch(page: Page) -> None:
        pages.append(page)
        page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
        page.on("request", lambda request: inside(request.url) or wrong.append(f"outside request: {request.url}"))

    def inside(url: str) -> bool:
        return url.startswith(("http://127.0.0.1:", "blob:", "data:", "about:"))

    def open_(address: str) -> Page:
        page = browser.new_page()
        page.goto(address, wait_until="commit")
        return page

    browser.on("page", watch)
    yield open_
    browser.remove_listener("page", watch)
    for page in pages:
        page.close()
    assert wrong == []
