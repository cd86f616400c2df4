"""For everyone: what axe-core finds, the keyboard alone, and what a new user asks first, in at most three clicks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.browser.conftest import REPOSITORY, free_port, serving
from tests.browser.test_app import Visit, selected, wait_card
from tests.needs import needs_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

EDGE, EDGE_TITLE = "claim:edge-of-stability", "Full-batch training settles where sharpness is two over the step size"
PAGES = (
    "/", "/explore?node=claim:plateau", "/explore?node=reproduction:quadratic_onset", "/questions", "/evidence",
    "/start?step=2", "/find?q=sharpness", "/reading?target=claim:plateau", "/reading?hours=0.4&knows=calculus",
)  # fmt: skip


def settled(page: Page) -> None:
    """Until the server has drawn the whole page."""
    page.get_by_role("heading").first.wait_for()
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=60_000)
    page.wait_for_function("document.fonts.status === 'loaded'")


def find(page: Page, words: str) -> None:
    """Type ``words`` into the box that finds, once its key works."""
    page.locator('input[aria-keyshortcuts="/"]').wait_for()
    page.keyboard.press("/")
    page.keyboard.type(words)


AXE = """() => axe.run(document, {resultTypes: ['violations'], elementRef: true}).then(({violations}) =>
    violations.filter((one) => ['serious', 'critical'].includes(one.impact)).flatMap((one) => one.nodes.map((node) => {
        const widget = node.element.closest('[data-testid]') || node.element.getRootNode().host;
        return [`${one.id} in ${widget?.dataset?.testid || 'a component'}`, `${node.element.outerHTML.slice(0, 120)}`];
    })))"""
"""Serious and critical findings: the rule with the widget of Streamlit that it is found in, and on what."""


def findings(page: Page) -> dict[str, str]:
    """What axe-core finds, by rule and widget, with an example."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    return dict(page.evaluate(AXE))


@needs_chromium
def test_axe_finds_nothing_that_a_bare_page_has_not(public: str, visit: Visit, tmp_path: Path) -> None:
    """On every page, in both themes: no serious or critical finding but of a rule and widget that a bare page breaks."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "tests/browser/barepage.py", "--server.headless", "true"]
    with serving(
        [*command, "--server.port", str(port)], port, tmp_path / "log.txt", PYTHONPATH=str(REPOSITORY)
    ) as bare:
        page = visit(bare)
        page.get_by_role("heading", name="The end").wait_for()
        settled(page)
        known = set(findings(page))

    ours = []
    page = visit(public)
    for path in PAGES:
        page.goto(public + path)
        settled(page)
        page.wait_for_function("document.adoptedStyleSheets.length > 0")  # the app's own style comes by itself
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_function(
                "(dark) => (getComputedStyle(document.querySelector('[data-testid=stApp]')).color.match(/\\d+/)[0] > 128) === dark",
                arg=scheme == "dark",
            )
            ours += [f"{path} {scheme}: {rule}: {on}" for rule, on in findings(page).items() if rule not in known]
    assert ours == []


FOCUSED = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return {role: at?.getAttribute('role') || at?.tagName.toLowerCase(), text: (at?.innerText || at?.ariaLabel || '').trim(), node: at?.dataset?.node || ''};
}"""


def tab_to(page: Page, wanted: Callable[[dict[str, str]], bool], most: int = 80) -> dict[str, str]:
    """Press Tab until what has the focus is ``wanted``; nothing may hold the focus back."""
    met = []
    for _ in range(most):
        page.keyboard.press("Tab")
        at: dict[str, str] = page.evaluate(FOCUSED)
        if wanted(at):
            return at
        met.append(at)
    raise AssertionError(f"not met in {most} steps: {met}")


@needs_chromium
def test_by_the_keyboard_alone_from_a_claim_to_a_list(local: str, visit: Visit) -> None:
    """Find a claim, read its evidence, open what speaks against it, export what to read up to it; by keys only."""
    page = visit(local)
    settled(page)
    find(page, r"sharpness settles at 2/\eta")
    page.get_by_role("option").filter(has_text=EDGE_TITLE).first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_card(page, EDGE_TITLE)
    settled(page)

    tab_to(page, lambda at: at["role"] == "tab")
    for _ in range(8):
        if page.evaluate(FOCUSED)["text"].startswith("Sources"):
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_text("Speaks against it").locator("visible=true").wait_for()
    page.locator('a[data-node="paper:lee2026road"]').first.wait_for()
    against = tab_to(page, lambda at: at["node"] == "paper:lee2026road")
    assert "The road taken" in against["text"]
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The road taken", exact=False).wait_for()
    assert selected(page) == "paper:lee2026road"
    settled(page)

    page.keyboard.press("/")
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate(FOCUSED)["text"] == "What to read":
            break
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What to read").wait_for()
    settled(page)
    tab_to(page, lambda at: at["role"] == "combobox" and at["text"].endswith("To follow"))
    page.keyboard.type("sharpness is two over the step")
    page.get_by_role("option", name=EDGE_TITLE).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reading?target=claim*edge-of-stability")
    page.get_by_text("Teaches Edge of stability, which the claim needs.").wait_for()
    settled(page)
    tab_to(page, lambda at: at["text"] == "Download Markdown")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith("# Reading list\\: Full\\-batch training settles")
    assert "`paper:cohen2021gradient`" in text


@needs_chromium
def test_what_a_new_user_asks_is_three_clicks_from_home(local: str, visit: Visit) -> None:
    """Five errands, each from home with its clicks counted."""
    page = visit(local)
    clicks = 0

    def home() -> None:
        nonlocal clicks
        page.goto(local)
        settled(page)
        clicks = 0

    def click(what: object) -> None:
        nonlocal clicks
        clicks += 1
        assert clicks <= 3
        what.click()  # type: ignore[attr-defined]

    def look_up(words: str, node: str) -> None:
        find(page, words)
        click(page.locator(f'a[role="option"][data-node="{node}"]'))

    home()  # the evidence for "sharpness settles at 2/η"
    look_up("sharpness settles at 2/η", EDGE)
    wait_card(page, EDGE_TITLE)
    click(page.get_by_role("tab", name="Sources"))
    page.get_by_text("3 independent sources and 1 run of ours").wait_for()

    home()  # where theory and run disagree
    click(page.get_by_role("link", name="where theory and run disagree"))
    page.wait_for_url("**/evidence?state=disagrees")
    table = page.get_by_role("table")
    table.wait_for()
    told = table.locator("tbody tr td:nth-child(2)").all_inner_texts()
    assert told
    assert all(text.startswith("disagrees") for text in told)

    home()  # an open question for a laptop and an afternoon
    click(page.get_by_role("button", name="Questions for a laptop and an afternoon"))
    page.wait_for_url("**/questions?start=afternoon")
    click(page.get_by_role("table").locator("tbody th a").first)
    page.get_by_text("laptop, afternoon").first.wait_for()
    page.get_by_text("To begin with").first.wait_for()

    home()  # what to read first on kernels
    look_up("kernels", "concept:kernel-regression")
    page.get_by_text("Where to read about it").first.wait_for()
    page.get_by_text("to meet it").first.wait_for()

    home()  # who disagrees with platonic convergence
    look_up("platonic convergence", "claim:platonic-convergence")
    click(page.get_by_role("tab", name="Sources"))
    page.get_by_text("Speaks against it").locator("visible=true").wait_for()
    assert urlsplit(page.url).path == "/explore"
