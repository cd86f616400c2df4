"""The box that finds, in a browser: the key that leads to it, suggestions while typing, arrows, all results."""

from __future__ import annotations

from tests.browser.test_app import PLATEAU, PLATEAU_TITLE, Visit, selected, wait_card
from tests.needs import needs_chromium


@needs_chromium
def test_from_any_page_by_keys_to_a_node_and_to_all_results(public: str, visit: Visit) -> None:
    """``/`` leads to the box; a symbol in TeX suggests its claim by kind with the match marked; arrow and Enter open it.

    Words without a choice open the page of results, whose address outlives a reload; a typing error is mended there.
    """
    page = visit(f"{public}/questions")
    page.get_by_role("heading", name="Open questions").wait_for()
    page.locator('input[aria-keyshortcuts="/"]').wait_for()
    page.keyboard.press("/")
    page.keyboard.type(r"sharpness hovers 2/\eta")
    option = page.get_by_role("option").filter(has_text=PLATEAU_TITLE).first
    option.wait_for()
    assert page.get_by_role("group", name="claim").get_by_role("option").count() >= 1
    assert option.locator("mark").first.inner_text().casefold() in ("sharpness", "hovers", "η")
    for _ in range(page.get_by_role("option").count()):
        page.keyboard.press("ArrowDown")
        if page.get_by_role("option", selected=True).get_attribute("data-node") == PLATEAU:
            break
    page.keyboard.press("Enter")
    wait_card(page, PLATEAU_TITLE)
    assert selected(page) == PLATEAU

    page.keyboard.press("/")
    page.keyboard.type("sharpnss")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find?q=sharpnss")
    page.reload()
    page.get_by_text("No “sharpnss” in the record; near: sharpness").wait_for()
    page.locator(f'nav a[data-node="{PLATEAU}"]').first.wait_for()


@needs_chromium
def test_the_box_stays_when_one_goes_to_another_page(public: str, visit: Visit) -> None:
    """The same box, with what was typed, and one copy of the app's own style: nothing of it is drawn anew."""
    page = visit(f"{public}/questions")
    box = page.locator('input[aria-keyshortcuts="/"]')
    box.wait_for()
    box.evaluate("(input) => { input.mark = 1 }")
    for name in ("Evidence", "Trace"):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.get_by_role("heading", name=name, exact=True).wait_for()
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        assert box.evaluate("(input) => input.mark") == 1
        assert page.evaluate("document.adoptedStyleSheets.length") == 1
