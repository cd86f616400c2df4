"""What only a browser can show: clicks on the canvas, history, new tabs, a live rerun, and that nothing calls out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.browser.conftest import HOSTILE, HOSTILE_STATEMENT
from tests.needs import needs_bwrap, needs_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[[str], "Page"]
PLATEAU, LIMIT = "claim:plateau", "claim:stability-limit"
PLATEAU_TITLE = "Full-batch training settles where sharpness is two over the step size"
LIMIT_TITLE = "Gradient descent on a quadratic is stable up to two over the curvature"


def selected(page: Page) -> str:
    """What the address bar says is selected."""
    return parse_qs(urlsplit(page.url).query).get("node", [""])[0]


def wait_drawn(page: Page, address: str) -> None:
    """Until the graph is drawn about ``address`` ('' for the overview)."""
    page.wait_for_function(
        """(address) => {
            const hosts = [...document.querySelectorAll('*')].map((one) => one.shadowRoot?.querySelector('.graph'));
            const [graph, another] = hosts.filter(Boolean);  // the one before stands until the page's run has ended
            return graph && !another && graph.network && graph.dataset.selected === address;
        }""",
        arg=address,
    )


def click_node(page: Page, address: str) -> None:
    """A real mouse click on the mark of a node on the canvas, once it has stood still for ten frames."""
    graph = page.locator(".graph")
    graph.scroll_into_view_if_needed()
    at: dict[str, float] = graph.evaluate(
        """(host, id) => new Promise((done) => {
            let before = '', still = 0;
            const look = () => {
                const box = host.getBoundingClientRect();
                const at = host.network.canvasToDOM(host.network.getPosition(id));
                const here = {x: box.x + at.x, y: box.y + at.y};
                still = JSON.stringify(here) === before ? still + 1 : 0;
                before = JSON.stringify(here);
                still < 10 ? requestAnimationFrame(look) : done(here);
            };
            look();
        })""",
        address,
    )
    page.mouse.click(at["x"], at["y"])


def wait_card(page: Page, title: str) -> None:
    page.get_by_role("heading", name=title, exact=True).wait_for()


@needs_chromium
def test_a_deep_link_opens_the_card_and_the_graph(public: str, visit: Visit) -> None:
    """An address with a node shows its card, typesets its formula, and draws it in the middle."""
    page = visit(f"{public}/explore?node={PLATEAU}")

    wait_card(page, PLATEAU_TITLE)
    wait_drawn(page, PLATEAU)
    page.locator(".katex").first.wait_for()
    assert page.locator("nav a[data-node][aria-current]").get_attribute("data-node") == PLATEAU


@needs_chromium
def test_a_click_in_the_graph_selects_and_back_restores(public: str, visit: Visit) -> None:
    """From the overview to a claim to its neighbour by clicks on the canvas; Back twice, Forward, reload."""
    page = visit(f"{public}/explore")
    wait_drawn(page, "")
    click_node(page, PLATEAU)
    wait_card(page, PLATEAU_TITLE)
    wait_drawn(page, PLATEAU)
    assert selected(page) == PLATEAU
    click_node(page, LIMIT)
    wait_card(page, LIMIT_TITLE)
    wait_drawn(page, LIMIT)
    assert selected(page) == LIMIT

    page.go_back()
    wait_card(page, PLATEAU_TITLE)
    wait_drawn(page, PLATEAU)
    assert selected(page) == PLATEAU
    page.go_back()
    wait_drawn(page, "")
    assert selected(page) == ""
    page.go_forward()
    wait_card(page, PLATEAU_TITLE)
    page.reload()
    wait_card(page, PLATEAU_TITLE)
    assert selected(page) == PLATEAU


@needs_chromium
def test_the_list_is_links(public: str, visit: Visit, browser: Any) -> None:
    """A plain click on a name selects in place; with ctrl held it opens a new tab at the same node."""
    page = visit(f"{public}/explore")
    link = page.locator(f'nav a[data-node="{LIMIT}"]').first
    link.click()
    wait_card(page, LIMIT_TITLE)
    wait_drawn(page, LIMIT)
    assert selected(page) == LIMIT

    with browser.expect_page() as opened:
        page.locator(f'nav a[data-node="{PLATEAU}"]').first.click(modifiers=["Control"])
    tab = opened.value
    wait_card(tab, PLATEAU_TITLE)
    assert selected(tab) == PLATEAU
    assert selected(page) == LIMIT


@needs_chromium
def test_links_lead_from_home_to_the_explorer(public: str, visit: Visit) -> None:
    """A strand on the home page opens the explorer there, and Back leads home."""
    page = visit(public)
    page.locator('nav a[data-node="strand:empirical-laws"]').first.click()
    wait_drawn(page, "strand:empirical-laws")
    assert urlsplit(page.url).path == "/explore"

    page.go_back()
    page.get_by_role("heading", name="Five strands").wait_for()


def pressed(page: Page, chip: str, on: bool) -> None:
    page.locator(f'button[data-chip="{chip}"][aria-pressed="{str(on).lower()}"]').wait_for()


@needs_chromium
def test_the_legend_filters_list_and_graph(public: str, visit: Visit, browser: Any) -> None:
    """Taking claims out of the legend takes them out of graph and list, after a reload and in a new tab; Back undoes it."""
    page = visit(f"{public}/explore")
    wait_drawn(page, "")
    page.locator('button[data-chip="claim"]').click()
    pressed(page, "claim", on=False)

    gone = """(id) => [...document.querySelectorAll('*')].every((one) => !one.shadowRoot?.querySelector(`nav a[data-node='${id}']`))
        && !document.querySelector('[data-stale=true]')"""
    page.wait_for_function(gone, arg=PLATEAU)
    page.locator(".graph").evaluate("(host) => host.network.body.nodeIndices").index("strand:empirical-laws")
    assert PLATEAU not in page.locator(".graph").evaluate("(host) => host.network.body.nodeIndices")
    page.reload()
    wait_drawn(page, "")
    pressed(page, "claim", on=False)
    with browser.expect_page() as opened:
        page.locator('nav a[data-node="question:why-two"]').first.click(modifiers=["Control"])
    tab = opened.value
    wait_drawn(tab, "question:why-two")
    pressed(tab, "claim", on=False)
    page.go_back()
    pressed(page, "claim", on=True)


@needs_chromium
def test_a_graph_without_room_waits_for_it(public: str, visit: Visit) -> None:
    """Hidden and shown again it is drawn as before, and no script fails meanwhile."""
    page = visit(f"{public}/explore?node={PLATEAU}")
    wait_drawn(page, PLATEAU)
    for display in ("none", ""):
        page.evaluate(
            """(display) => new Promise((done) => {
                document.querySelector(".st-key-beside").style.display = display;
                requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
            })""",
            display,
        )
    wait_drawn(page, PLATEAU)


@needs_chromium
def test_a_line_tells_its_reason(public: str, visit: Visit) -> None:
    """A click on a line says why it is there, in the address as well; the table holds the same, and its links lead on."""
    page = visit(f"{public}/explore?node={PLATEAU}&without=paper,prediction,question,argument,reproduction")
    wait_drawn(page, PLATEAU)
    at: Any = page.locator(".graph").evaluate(
        """(host, ends) => {
            const box = host.getBoundingClientRect();
            const [a, b] = ends.map((id) => host.network.canvasToDOM(host.network.getPosition(id)));
            return {x: box.x + 0.6 * a.x + 0.4 * b.x, y: box.y + 0.6 * a.y + 0.4 * b.y};
        }""",
        [PLATEAU, LIMIT],
    )
    page.mouse.click(at["x"], at["y"])
    page.get_by_text("Reason the plateau is the stability limit of the quadratic").wait_for()
    assert parse_qs(urlsplit(page.url).query)["edge"] == [f"{PLATEAU} {LIMIT}"]

    page.get_by_role("radio", name="Table").click()
    told = page.locator("td", has_text="the plateau is the stability limit of the quadratic")
    told.wait_for()
    told.locator("xpath=..").locator(f'a[data-node="{LIMIT}"]').press("Enter")
    wait_card(page, LIMIT_TITLE)
    assert "view=table" in page.url


@needs_chromium
def test_a_trace_is_walked(public: str, visit: Visit) -> None:
    """From a claim's graph to its trace, a step down and on, each with an address; Back goes up again."""
    page = visit(f"{public}/explore?node={PLATEAU}")
    page.locator('[data-testid="stPageLink"]').get_by_role("link", name="Trace").click()
    page.get_by_role("heading", name=PLATEAU_TITLE).wait_for()
    page.wait_for_url("**/trace?node=*")
    page.locator(f'nav[data-list="next"] a[data-node="{LIMIT}"]').click()
    here = page.locator('nav[data-list="path"] a[aria-current]')
    here.filter(has_text=LIMIT_TITLE).wait_for()
    page.locator('nav[data-list="next"] a[data-node="assumption:quadratic-loss"]').click()
    page.get_by_text("The path ends here").wait_for()

    page.go_back()
    here.filter(has_text=LIMIT_TITLE).wait_for()
    page.reload()
    here.filter(has_text=LIMIT_TITLE).wait_for()
    assert selected(page) == PLATEAU


@needs_chromium
def test_hostile_text_stays_text(public: str, visit: Visit) -> None:
    """Markup, links and images in a title are shown as written, on the card, in the list and in the graph's tooltip."""
    page = visit(f"{public}/explore?node=claim:hostile")
    wait_drawn(page, "claim:hostile")
    heading = page.get_by_role("heading", name="evil.example").inner_text()
    assert heading.replace("\u2060", "") == HOSTILE
    statement = page.get_by_text("a@\u2060evil.example").inner_text().replace("\u2060", "")
    assert statement.startswith(HOSTILE_STATEMENT.partition("$x_1$")[0])
    assert statement.endswith(HOSTILE_STATEMENT.partition("costs")[2])
    box: Any = page.locator(".graph").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".vis-tooltip").filter(has_text="evil.example").wait_for()

    assert page.evaluate("window.ran") is None
    assert page.locator('img[src*="evil"], a[href*="evil"]').count() == 0


@needs_chromium
def test_a_public_server_cannot_run_anything(public: str, visit: Visit) -> None:
    """``streamlit run app.py`` shows the command for one's own machine in the place of a button."""
    page = visit(f"{public}/explore?node=reproduction:quadratic_onset")
    page.get_by_role("tab", name="Measure again").click()
    page.get_by_text("This server is read-only").wait_for()

    assert page.get_by_role("button", name="Run", exact=True).count() == 0


@needs_chromium
@needs_bwrap
def test_a_rerun_at_smoke_budget_reaches_its_numbers(local: str, visit: Visit) -> None:
    """``kg app``: Run, live progress with its own address, a second window at that address sees the same run, its numbers."""
    page = visit(f"{local}/explore?node=reproduction:edge_of_stability")
    page.get_by_role("tab", name="Measure again").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Cancel").wait_for()
    page.wait_for_url("**run=*")
    other = visit(page.url)
    other.get_by_role("button", name="Cancel").wait_for()

    page.get_by_role("button", name="Keep as a run file").wait_for(timeout=300_000)
    other.get_by_role("button", name="Keep as a run file").wait_for()
    page.locator('[data-testid="stMain"]').get_by_text("no verdict").filter(visible=True).first.wait_for()


@needs_chromium
@needs_bwrap
def test_a_rerun_can_be_cancelled(local: str, visit: Visit) -> None:
    """Cancel stops a run and says that nothing was kept."""
    page = visit(f"{local}/explore?node=reproduction:edge_of_stability")
    page.get_by_role("tab", name="Measure again").click()
    page.get_by_text("quick", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Cancel").click()

    page.get_by_text("Cancelled; nothing was kept").wait_for()
