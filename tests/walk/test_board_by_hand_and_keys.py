"""The board in a browser: by mouse and by keys the same answers, spoken aloud, and nothing for axe to find."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.walk.stack import ROOT, Stack
from tests.walk.test_pages_look_right import flaws, overflow, prepare
from tests.walk.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
BOARD = "/use-cases/board/"
LAYOUTS = [
    BOARD, f"{BOARD}?lanes=product_owner&fields=sponsor,health", "/use-cases/", "/use-cases/?sort=rank", "/use-cases/matrix/",
    "/use-cases/roadmap/",
]  # fmt: skip


def scene(stack: Stack, *how: str) -> None:
    """Cards, made by the services in a process of their own."""
    command = [sys.executable, "-m", "tests.walk.board_scene", *how]
    subprocess.run(command, cwd=ROOT, env=stack.variables, check=True, capture_output=True)


def column(visitor: Visitor, phase: str) -> Locator:
    """One column."""
    return visitor.page.locator(f".board-lane[data-phase={phase}]").first


def card(visitor: Visitor, title: str) -> Locator:
    """One card, wherever it stands."""
    return visitor.page.locator("[data-card]").filter(has_text=title)


def stands_in(visitor: Visitor, title: str, phase: str) -> None:
    """The card is in this column, and nowhere else."""
    expect(column(visitor, phase).locator("[data-card]").filter(has_text=title)).to_have_count(1)
    expect(card(visitor, title)).to_have_count(1)


def hears(visitor: Visitor, words: str) -> None:
    """What a screen reader is told."""
    expect(visitor.page.locator("#live")).to_contain_text(words)


def drag(visitor: Visitor, title: str, phase: str = "", *, onto: str = "") -> None:
    """With the mouse, in steps, as a hand does it; into a column, or to where another card stands."""
    visitor.page.evaluate("window.scrollTo(0, 0)")
    if onto:
        card(visitor, title).scroll_into_view_if_needed()
    there = card(visitor, onto) if onto else column(visitor, phase)
    card(visitor, title).hover(position={"x": 60, "y": 14})  # waits until it stands still
    start, goal = card(visitor, title).bounding_box(), there.bounding_box()
    assert start and goal
    mouse = visitor.page.mouse
    mouse.down()
    mouse.move(start["x"] + 90, start["y"] + 30, steps=5)
    x, y = goal["x"] + goal["width"] / 2, goal["y"] + (20 if onto else 90)
    mouse.move(x, y, steps=20)
    for nudge in range(50):  # a hand moves on until it sees the card there; a busy machine takes a moment
        mouse.move(x + 5 * (nudge % 2), y + 5, steps=5)
        if onto or title in there.inner_text():
            break
        visitor.page.wait_for_timeout(100)
    mouse.up()


def order(visitor: Visitor) -> list[str]:
    """The titles of the backlog's column from above."""
    return column(visitor, "backlog").locator("[data-card] h3.h4").all_inner_texts()


def placed(visitor: Visitor) -> None:
    """Within its column a card takes another place, by mouse and by keys, and keeps it; Ctrl+Z takes it back."""
    assert order(visitor) == ["Bare wish", "Ready plan"]
    drag(visitor, "Ready plan", onto="Bare wish")
    hears(visitor, "placed by hand, 1 above its score")
    visitor.page.reload()
    assert order(visitor) == ["Ready plan", "Bare wish"]
    keys = visitor.page.keyboard
    card(visitor, "Ready plan").focus()
    keys.press("p")
    hears(visitor, "is picked up, 1 of 2, column Backlog")
    keys.press("ArrowDown")
    hears(visitor, "2 of 2, column Backlog")
    keys.press("Escape")
    hears(visitor, "The card is back in its place.")
    assert order(visitor) == ["Ready plan", "Bare wish"]
    for key in ("p", "ArrowDown", "Enter"):
        keys.press(key)
    hears(visitor, "placed by hand, where its score puts it")
    assert order(visitor) == ["Bare wish", "Ready plan"]
    expect(card(visitor, "Ready plan")).to_be_focused()
    with visitor.page.expect_navigation():
        keys.press("Control+z")
    assert order(visitor) == ["Ready plan", "Bare wish"]


def refused_with_every_remedy(visitor: Visitor) -> None:
    """The dialog lists what is missing, each with what to do; Escape gives the board back."""
    dialog = visitor.page.locator("#move")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("things are missing")
    asked = dialog.locator("li")
    assert asked.count() >= 3
    for row in asked.all():
        assert row.locator("br").count() >= 1, row.inner_text()  # label, then detail or remedy
    stands_in(visitor, "Bare wish", "backlog")
    hears(visitor, "The card is back in its place.")
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def by_hand(visitor: Visitor) -> None:
    """A refused drag puts the card back and says why."""
    drag(visitor, "Bare wish", "initialisation")
    refused_with_every_remedy(visitor)


def by_keys(visitor: Visitor) -> None:
    """The same without a mouse: arrows find the card, M opens its moves, Enter asks."""
    keys = visitor.page.keyboard
    visitor.page.locator('[data-card][tabindex="0"]').focus()
    for key in ("ArrowRight", "Home", "ArrowDown"):
        keys.press(key)
    hears(visitor, "2 of 2, column Backlog")
    card(visitor, "Bare wish").focus()
    keys.press("m")
    menu = card(visitor, "Bare wish").locator(".menu-item")
    expect(menu.first).to_be_focused()
    while "initialisation" not in visitor.page.evaluate("document.activeElement.textContent").lower():
        keys.press("ArrowDown")
    keys.press("Enter")
    refused_with_every_remedy(visitor)
    card(visitor, "Bare wish").focus()
    for key in ("p", "ArrowRight", "Enter"):  # carried there, as the mouse does
        keys.press(key)
    refused_with_every_remedy(visitor)


def laned(visitor: Visitor) -> None:
    """In swim-lanes every card is reached by the arrows, from lane to lane, and back."""
    visitor.page.goto(f"{BOARD}?lanes=product_owner&q=Found+out+too+late")
    visitor.page.locator('[data-card][tabindex="0"]').focus()
    for key in ("ArrowDown", "ArrowDown"):
        visitor.page.keyboard.press(key)
    hears(visitor, "column No product owner, Submitted")
    visitor.page.keyboard.press("ArrowUp")
    hears(visitor, "2 of 2, column Olga Owner, Backlog")
    visitor.page.goto(f"{BOARD}?q=Found+out+too+late")


def folded(visitor: Visitor) -> None:
    """On a phone the filters are one button with their number; it opens them."""
    visitor.page.goto(f"{BOARD}?health=at_risk")
    button, bar = visitor.page.locator(".filter-fold"), visitor.page.locator("#filter-bar")
    expect(button).to_contain_text("1")
    expect(bar).to_be_hidden()
    button.click()
    expect(bar).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")


def asked(visitor: Visitor) -> None:
    """What lacks nothing is put to its sponsor: the card waits where it was, and that is said."""
    card(visitor, "Ready plan").focus()
    visitor.page.keyboard.press("m")
    card(visitor, "Ready plan").get_by_role("button", name="Start initialisation (G1)").press("Enter")
    hears(visitor, "The decision is asked.")
    expect(visitor.page.locator("#move")).to_contain_text("Open the request")
    visitor.page.keyboard.press("Escape")
    stands_in(visitor, "Ready plan", "backlog")


def moved(visitor: Visitor) -> None:
    """What is one's own to move moves, is announced, and has moved after a reload."""
    card(visitor, "Own idea").focus()
    visitor.page.keyboard.press("m")
    card(visitor, "Own idea").get_by_role("button", name="Take back").press("Enter")
    hears(visitor, "Moved to")
    expect(card(visitor, "Own idea")).to_have_count(0)
    visitor.page.reload()
    expect(card(visitor, "Bare wish")).to_have_count(1)
    expect(card(visitor, "Own idea")).to_have_count(0)


def full(visitor: Visitor) -> None:
    """A full column asks first; no puts the card back without asking for the move, yes asks."""
    scene(visitor.stack, "full")
    visitor.page.reload()
    expect(column(visitor, "initialisation")).to_contain_text("at most 1")
    posted: list[str] = []
    visitor.page.on("request", lambda sent: posted.append(sent.url) if sent.method == "POST" else None)
    drag(visitor, "Bare wish", "initialisation")
    confirm = visitor.page.locator("#confirm")
    expect(confirm).to_contain_text("is full")
    visitor.page.keyboard.press("Escape")
    hears(visitor, "The card is back in its place.")
    stands_in(visitor, "Bare wish", "backlog")
    assert posted == []
    drag(visitor, "Bare wish", "initialisation")
    confirm.get_by_role("button", name="Yes, do it").click()
    refused_with_every_remedy(visitor)
    assert len(posted) == 1


def test_the_board_answers_the_hand_and_the_keys_alike(
    empty_stack: Stack, chromium: Any, shots: Path
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    scene(empty_stack)
    visitor, axe, wrong = Visitor(chromium, empty_stack, "olga", shots), Axe(), []
    try:
        visitor.page.goto(f"{BOARD}?q=Found+out+too+late")
        for act in (by_hand, by_keys, placed, laned, asked, moved, full):
            act(visitor)
        for theme, language, width in (("light", "en", 1440), ("dark", "fr", 390)):
            prepare(visitor, theme, language, width)
            for path in LAYOUTS:
                visitor.page.goto(path)
                wrong += [f"{path}: {each}" for each in flaws(visitor, axe)]
                if overflow(visitor) > 0:
                    wrong.append(f"{path}: {overflow(visitor)} px beside the screen")
        folded(visitor)
        assert wrong + visitor.wrong == []
    finally:
        visitor.shot("board")
        visitor.context.close()
