"""How fast the app is, in Chromium, timed inside the page: ``python benchmarks/app_speed.py``.

Prints one line a figure as soon as it is known: a median of the rounds beside what it is held against, measured in turn
in the same run, as the machine may be busy; exits with 1 where a figure misses its bar. Of a millisecond that is held
against nothing, only a quiet machine tells. ``--only`` picks parts: ``heading``, ``clicks`` (today's record), ``large``
(the same beside 20 000 nodes), ``beside`` (beside a rerun). ``--large`` is a tree of ``large_tree.py``, made there if
there is none, and kept. Clicks are real mouse events on links of the list, at claims drawn with a seed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import large_tree
from playwright.sync_api import Browser, Page, sync_playwright
from traffic import Traffic, Wire

from kg.graph import load as load_record

REPOSITORY = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
HEADING, CLICK_MS, GROWTH, SENT_BYTES, BESIDE = 1.2, 300.0, 1.3, 10_000.0, 1.5
"""The bars: heading over a bare app's; a click in ms, and at the large size over today's; bytes; beside a rerun."""

PARTS = ("heading", "clicks", "large", "beside")

LOADING_MS = 580_000
"""The first session of a server waits for the record to be read and checked."""

TIMER = """
const main = (...names) => [...document.querySelectorAll(names.map((one) => `[data-testid="stMain"] ${one}`).join())];
const painted = (done) => requestAnimationFrame(() => setTimeout(done));
window.kgHeading = new Promise((done) => {
  const mark = () => main("h1", "h2").forEach((one) => {
    for (const part of [one, ...one.querySelectorAll("*")]) part.setAttribute("elementtiming", "heading");
  });
  new MutationObserver(mark).observe(document, { childList: true, subtree: true });
  new PerformanceObserver((seen) => done(seen.getEntries()[0].renderTime)).observe({ type: "element", buffered: true });
});
window.kgArm = (title) => {
  window.kgClick = new Promise((done) => {
    let start = 0, shown = 0;
    window.addEventListener("pointerdown", (event) => (start = event.timeStamp), { capture: true, once: true });
    const running = () => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState !== "notRunning";
    const look = () => {
      if (start && !shown && main("h3").some((one) => one.innerText.trim() === title)) shown = performance.now();
      if (shown && !running()) painted(() => done({ detail: shown - start, all: performance.now() - start }));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
};
"""


@dataclass
class Clicks:
    """At each click: ms to the painted title of the card, ms to the end of the run, ms of these until the last frame
    came, bytes on the wire and in frames."""

    detail: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)
    wire: list[float] = field(default_factory=list)
    frames: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)


@contextlib.contextmanager
def server(app: Path, tree: Path | None = None, *, local: bool = False) -> Iterator[str]:
    """A server of ``app``: read-only as a host runs it, or ``local`` as ``kg app`` does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    variables |= {"KG_ROOT": str(tree)} if tree else {}
    variables |= {"KG_LOCAL": "1"} if local else {}
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.headless", "true"]
    command += ["--server.port", str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=variables, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(600):
                with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                    break
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()
            process.wait(60)


def opened(browser: Browser, address: str) -> Page:
    """A page in a browser profile of its own, once its script has run."""
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.set_default_timeout(LOADING_MS)
    page.add_init_script(TIMER)
    page.goto(address, wait_until="commit")
    settle(page)
    return page


def settle(page: Page) -> None:
    page.locator('[data-testid="stMain"] h1, [data-testid="stMain"] h2').first.wait_for()
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(250)


def heading_ms(browser: Browser, address: str) -> float:
    """Ms from the navigation to the frame in which the browser painted the first heading, its cache empty.

    As the Element Timing API of the browser tells it.
    """
    page = opened(browser, address)
    found = float(page.evaluate("window.kgHeading"))
    page.context.close()
    return found


def titles(tree: Path, count: int, seed: int = 1) -> list[tuple[str, str]]:
    """``count`` claims that the list holds: address and title, without those that hold a formula."""
    claims = sorted(
        (node for node in load_record(tree).nodes("claim") if "$" not in node.title), key=lambda n: n.title.casefold()
    )
    return [(n.address, " ".join(n.title.split())) for n in random.Random(seed).sample(claims[:200], count)]


def click(
    page: Page, where: tuple[str, str], into: Clicks, wire: Wire | None = None, traffic: Traffic | None = None
) -> None:
    """One click on the link to a claim in the list, measured."""
    address, title = where
    link = page.locator(f'section[data-testid="stSidebar"] nav a[data-node="{address}"]')
    link.scroll_into_view_if_needed()
    box: Any = link.bounding_box()
    if wire and traffic:
        wire.taken()
        traffic.taken()
    page.evaluate("(title) => { window.kgArm(title) }", title)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    took = page.evaluate("window.kgClick")
    page.wait_for_timeout(400)
    into.detail.append(took["detail"])
    into.all.append(took["all"])
    if wire and traffic:
        into.wire.append(wire.taken())
        frames, server_ = traffic.taken()
        into.frames.append(frames)
        into.server.append(server_)


class Report:
    """Lines of the table, and whether every bar holds."""

    def __init__(self) -> None:
        self.fine = True
        print(f"{'figure':44} {'measured':>10} {'against':>10} {'ratio':>7}  bar")

    def line(
        self, name: str, value: float, against: float | None = None, unit: str = "ms", bar: float | None = None
    ) -> None:
        """One figure; its ``bar`` is for the ratio where it has something to be held ``against``, else for itself."""
        ratio = value / against if against else None
        held = bar is None or (value if ratio is None else ratio) <= bar
        self.fine &= held
        other = f"{against:,.0f} {unit}" if against else ""
        shown = "" if ratio is None else f"{ratio:.2f}"
        limit = "" if bar is None else f"{bar:,.0f} {unit}" if ratio is None else f"{bar:g}"
        verdict = "" if bar is None else "held" if held else "MISSED"
        print(f"{name:44} {value:>8,.0f} {unit:2} {other:>9} {shown:>7}  {limit:9} {verdict}", flush=True)


def headings(browser: Browser, report: Report, rounds: int, app: str, bare: str) -> None:
    """The first heading of home and of the explorer beside that of a bare ``st.title`` app, in turn.

    The last line opens the bare app at the explorer's address too: Streamlit's client asks for the server below the
    page's address first and again at the root a tenth of a second later, whatever the page holds.
    """
    places = {"bare": bare, "home": app, "explore": f"{app}/explore", "bare at a page": f"{bare}/explore"}
    for place in places.values():
        heading_ms(browser, place)  # the record is read, modules are imported
    took: dict[str, list[float]] = {name: [] for name in places}
    for _ in range(rounds):
        for name, place in places.items():
            took[name].append(heading_ms(browser, place))
    for name in ("home", "explore"):
        report.line(
            f"first heading of {name}", statistics.median(took[name]), statistics.median(took["bare"]), "ms", HEADING
        )
    same = statistics.median(took["bare at a page"])
    report.line("first heading of explore, same address", statistics.median(took["explore"]), same)


def clicks(browser: Browser, report: Report, rounds: int, apps: dict[str, tuple[str, Path]]) -> None:
    """Clicks on claims of each record, in turn; ``apps`` are servers and their trees, today's first."""
    found = {name: Clicks() for name in apps}
    sessions = []
    for name, (app, tree) in apps.items():
        wire, traffic, since = Wire(app), Traffic(), time.monotonic()
        page = opened(browser, f"{wire.address}/explore")
        report.line(f"until {name} is read and drawn", 1000 * (time.monotonic() - since))
        traffic.watch(page)
        sessions.append((found[name], page, wire, traffic, titles(tree, rounds + 1)))
    for i in range(rounds + 1):
        for into, page, wire, traffic, where in sessions:
            click(page, where[i], into, wire, traffic)
    for into in found.values():  # the first click imports what draws
        for values in (into.detail, into.all, into.wire, into.frames, into.server):
            del values[0]
    today = next(iter(found.values()))
    for name, into in found.items():
        first, now = into is today, statistics.median
        report.line(
            f"click to detail, {name}", now(into.detail), None if first else now(today.detail), "ms",
            CLICK_MS if first else GROWTH,
        )  # fmt: skip
        report.line("  to the end of the run", now(into.all), None if first else now(today.all))
        report.line("  from the click sent to the last frame", now(into.server))
        report.line("  sent on the wire", now(into.wire), None, "B", SENT_BYTES)
        report.line("  the same in frames, before compression", now(into.frames), unit="B")
        report.line("  the most on the wire", max(into.wire), unit="B")
    for _, page, *_rest in sessions:
        page.context.close()


def beside_a_rerun(browser: Browser, report: Report, rounds: int, app: str) -> None:
    """Another session's click, while a script runs that this session started."""
    where = titles(REPOSITORY, 2 * rounds + 1, seed=2)
    other, runner = (
        opened(browser, f"{app}/explore"),
        opened(browser, f"{app}/explore?node=reproduction:edge_of_stability"),
    )
    idle, during = Clicks(), Clicks()
    click(other, where[0], Clicks())
    for place in where[1 : rounds + 1]:
        click(other, place, idle)
    runner.get_by_role("tab", name="Measure again").click()
    runner.get_by_text("full", exact=True).first.click()
    runner.get_by_role("button", name="Run", exact=True).click()
    runner.get_by_role("button", name="Cancel").wait_for()
    for place in where[rounds + 1 :]:
        click(other, place, during)
    assert runner.get_by_role("button", name="Cancel").count(), "the rerun ended before the last click"
    runner.get_by_role("button", name="Cancel").click()
    report.line(
        "another's click during a rerun", statistics.median(during.detail), statistics.median(idle.detail), "ms", BESIDE
    )
    for page in (other, runner):
        page.context.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--large", type=Path, default=REPOSITORY / ".kg" / "large-tree", help="a tree of large_tree.py")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    given = parser.parse_args()
    with contextlib.ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        bare = folder / "bare.py"
        bare.write_text("import streamlit as st\n\nst.title('Bare')\n", encoding="utf-8")
        if "large" in given.only and not (given.large / "data").exists():
            large_tree.make(given.large, 20_000, 80_000)
        browser = held.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM, headless=True, args=FLAGS
        )
        held.callback(browser.close)
        print(f"load of the machine: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")
        report = Report()
        app = REPOSITORY / "app.py"
        public = held.enter_context(server(app))
        if "heading" in given.only:
            with server(bare) as beside:
                headings(browser, report, given.rounds, public, beside)
        apps = {"today": (public, REPOSITORY)}
        if "large" in given.only:
            apps["20 000 nodes"] = (held.enter_context(server(app, given.large)), given.large)
        if {"clicks", "large"} & set(given.only):
            clicks(browser, report, given.rounds, apps)
        if "beside" in given.only:
            beside_a_rerun(browser, report, given.rounds, held.enter_context(server(app, local=True)))
    return 0 if report.fine else 1


if __name__ == "__main__":
    sys.exit(main())
