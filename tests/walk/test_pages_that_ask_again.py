"""A page that asks for itself again every two seconds leaves alone what a person holds in it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(120)]
STATIC = Path(__file__).parents[2] / "portal/core/static"
PART = """<div id="live" hx-get="/part/" hx-trigger="every 300ms" hx-target="this" hx-swap="outerHTML">
  <p id="turn">%s</p>%s
  <figure data-title="Best score"><details class="chart-table"><summary>Show as table</summary>figures</details></figure>
  <form method="post" action="/cancel/" data-confirm="Throw it away?"><button type="submit">Cancel</button></form>
  <form method="post" action="/stop/"><button type="submit">Stop now</button></form>
</div>"""
FIELD = '<form method="post" action="/why/"><label>Why <textarea name="text"></textarea></label></form>'
PAGE = """<!doctype html><html lang="en"><body>%s<div id="toasts"></div>
  <dialog id="confirm"><p data-question></p><button type="button" data-yes>Yes, do it</button></dialog>
  <script src="/htmx.js"></script><script src="/kit.js"></script></body></html>"""


@pytest.fixture
def live(chromium: Any) -> Any:
    """The real scripts of the pages over a part that is answered anew each time it is asked for."""
    page = chromium.new_page()
    page.sent, page.field = [], ""
    turns = iter(range(1, 1000))

    def answer(route: Any) -> None:
        url = route.request.url.removeprefix("http://agora.test")
        if url in {"/htmx.js", "/kit.js"}:
            file = "vendor/htmx/htmx.min.js" if url == "/htmx.js" else "core/kit.js"
            route.fulfill(body=(STATIC / file).read_text(), content_type="text/javascript")
            return
        if route.request.method == "POST":
            page.sent.append(url)
        body = PART % (next(turns), page.field)
        route.fulfill(body=body if url == "/part/" else PAGE % body, content_type="text/html")

    page.route("**/*", answer)
    yield page
    page.close()


def turned(page: Any, times: int = 2) -> None:
    """Waits until the part was answered anew."""
    before = int(page.locator("#turn").text_content())
    page.wait_for_function(f"Number(document.querySelector('#turn').textContent) >= {before + times}")


def test_a_question_is_answered_though_the_page_was_asked_for_again_meanwhile(live):
    live.goto("http://agora.test/")
    live.get_by_role("button", name="Cancel").click()
    turned(live)

    live.get_by_role("button", name="Yes, do it").click()

    live.wait_for_url("**/cancel/")
    assert live.sent == ["/cancel/"]


def test_the_keyboard_stays_where_it_is_and_an_open_table_stays_open(live):
    live.goto("http://agora.test/")
    live.get_by_text("Show as table").click()
    stop = live.get_by_role("button", name="Stop now")
    stop.focus()

    turned(live)

    expect(stop).to_be_focused()
    expect(live.locator("details")).to_have_attribute("open", "")


def test_words_that_are_being_written_are_not_taken_away(live):
    live.field = FIELD
    live.goto("http://agora.test/")
    live.get_by_label("Why").fill("It is known in June")
    turn = live.locator("#turn").text_content()

    live.wait_for_timeout(1000)

    expect(live.get_by_label("Why")).to_have_value("It is known in June")
    assert live.locator("#turn").text_content() == turn
