"""Somebody in front of a browser: reads, clicks what has a name, fills in what has a label."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.walk.cast import PASSWORD, PEOPLE, address
from tests.walk.stack import Stack

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SECONDS = 1000
TABS = {"Readiness": "Gates", "Dossier": "Gates", "Hypotheses": "Work", "Cycles": "Work", "Score": "Framing"}
expect.set_options(timeout=30 * SECONDS)


class Visitor:
    """One person, signed in, with a window of their own."""

    def __init__(self, browser: Browser, stack: Stack, first_name: str, shots: Path, **window: Any) -> None:
        self.first_name, self.stack, self.shots = first_name, stack, shots
        self.name = PEOPLE[first_name][0]
        self.context = browser.new_context(
            locale="en-GB", base_url=stack.url, viewport={"width": 1440, "height": 900}, **window
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30 * SECONDS)
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"{self.page.url}: {error}"))
        self.page.on("console", self.hear)
        self.page.on("response", self.notice)
        self.sign_in()

    def hear(self, message: Any) -> None:
        """A script or the content policy complains; refusals (403, 422) are told by the browser too."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.wrong.append(f"{self.page.url}: {message.text}")

    def notice(self, response: Any) -> None:
        """An error of the server, or a file that is missing."""
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.wrong.append(f"{response.status} {response.url}")

    def sign_in(self) -> None:
        """Through the front door."""
        self.page.goto("/")
        self.fill("mail", address(self.first_name))
        self.fill("Password", PASSWORD)
        self.press("Sign in")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self.name)
        if (
            self.page.locator("html").get_attribute("lang") != "en"
        ):  # another test looked at the pages in French
            self.page.locator("header.bar details.menu summary").first.click()
            self.page.locator("header.bar button[name=language][value=en]").click()
            self.page.wait_for_load_state("networkidle")

    def follow(self, link: Locator) -> None:
        """Click a link and wait for the page it leads to: what is counted next must not be of the page before."""
        address = link.get_attribute("href") or "#"
        if address.startswith("#") or link.get_attribute("hx-get"):
            link.click()
            return
        with self.page.expect_navigation(wait_until="load"):
            link.click()

    def home(self) -> None:
        """By the sign of the portal."""
        self.follow(self.page.get_by_role("link", name="Agora").first)

    def menu(self, word: str) -> None:
        """An entry of the navigation."""
        pages = self.page.get_by_role("navigation", name="Pages")
        self.follow(pages.get_by_role("link", name=word, exact=True))

    def waits(self, title: str) -> None:
        """Follow what waits on the home page."""
        self.home()
        item = self.page.locator("#waiting li").filter(has_text=title)
        self.follow(item.get_by_role("link").first)

    def see(self, words: str | re.Pattern[str], seconds: float = 30) -> Locator:
        """It stands on the page."""
        found = self.page.locator("#main").get_by_text(words).first
        expect(found).to_be_visible(timeout=seconds * SECONDS)
        return found

    def main(self) -> Locator:
        """The content of the page."""
        return self.page.locator("#main")

    def tab(self, word: str) -> None:
        """A section of a use case; some stand in a second row, below the tab of their kind."""
        rows = self.main().locator("nav.tab-line")
        if word in TABS and not rows.get_by_role("link", name=word, exact=True).count():
            self.follow(rows.get_by_role("link", name=TABS[word], exact=True))
        self.follow(rows.get_by_role("link", name=word, exact=True))

    def go(self, word: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Follow a link or button-like link."""
        self.follow((within or self.main()).get_by_role("link", name=word).first)

    def press(self, word: str, within: Locator | None = None, *, sure: bool = False) -> None:
        """Press a button, and say yes when asked whether one is sure."""
        (within or self.main()).get_by_role("button", name=word, exact=True).first.click()
        if sure:
            self.page.locator("#confirm").get_by_role("button", name="Yes, do it").click()
        self.page.wait_for_load_state("load")

    def fill(self, label: str, value: str, within: Locator | None = None) -> None:
        """Type into a field."""
        (within or self.main()).get_by_label(label).first.fill(value)

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """Pick from a list by the words that are shown."""
        field = (within or self.main()).get_by_role("combobox", name=label).first
        shown = [text.strip() for text in field.locator("option").all_inner_texts()]
        fitting = [text for text in shown if text == option] or [text for text in shown if option in text]
        assert fitting, f"“{option}” is not offered at “{label}”: {shown}"
        field.select_option(label=fitting[0])

    def tick(self, label: str, within: Locator | None = None) -> None:
        """A box or one of several answers."""
        (within or self.main()).get_by_label(label).first.check()

    def card(self, title: str) -> Locator:
        """The part of the page under a heading."""
        return self.main().locator(".card").filter(has=self.page.get_by_role("heading", name=title)).first

    def next_step(self) -> Locator:
        """The one next step the page shows."""
        return self.page.get_by_role("region", name="Next step")

    def shot(self, name: str) -> None:
        """A picture of the whole page."""
        self.page.screenshot(path=str(self.shots / f"{name}-{self.first_name}.png"), full_page=True)
