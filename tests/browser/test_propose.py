"""The page *Propose* in a browser: what is wrong at Tab, what is kept by the browser, and nothing that runs."""

from __future__ import annotations

from tests.browser.test_app import Visit
from tests.needs import needs_chromium

HOSTILE = '<img src=x onerror="window.ran=1"> [l](https://evil.example) $\\href{https://evil.example}{t}$ and $\\eta^2$'


@needs_chromium
def test_a_claim_is_checked_at_tab_and_its_draft_outlives_a_reload(public: str, visit: Visit) -> None:
    """A bad name is told at Tab, hostile words are shown as words with TeX typeset, and a reload gives the draft back.

    On a public server without an address of the repository, the way to a pull request says why it is closed.
    """
    page = visit(f"{public}/propose?kind=claim")
    page.get_by_role("textbox", name="Title").fill("A proposed title")
    page.keyboard.press("Tab")
    page.get_by_text("Still needed: statement").wait_for()
    page.get_by_role("textbox", name="Statement").fill(HOSTILE)
    page.keyboard.press("Tab")
    page.locator(".katex").first.wait_for()
    page.get_by_role("textbox", name="Name of the file").fill("Not An Id")
    page.keyboard.press("Tab")
    page.get_by_text("bad-file-name").first.wait_for()
    assert page.evaluate("window.ran") is None
    assert page.locator('a[href*="evil.example"]').count() == 0
    assert page.get_by_role("button", name="Open a pull request").is_disabled()

    page.reload()
    page.get_by_text("bad-file-name").first.wait_for()
    assert page.get_by_role("textbox", name="Title").input_value() == "A proposed title"
    assert page.get_by_role("textbox", name="Statement").input_value() == HOSTILE
    page.get_by_role("button", name="Discard this draft").click()
    page.get_by_text("Fill in a field").wait_for()
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('drafts'))") == []
