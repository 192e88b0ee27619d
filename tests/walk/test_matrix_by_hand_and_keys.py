"""Matrix and roadmap in a browser: lines by mouse and by keys, bubbles one draws around, arrows between bars."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.walk.stack import Stack
from tests.walk.test_board_by_hand_and_keys import scene
from tests.walk.test_pages_look_right import flaws, overflow, prepare
from tests.walk.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
OURS = "?q=Plans+cross"
MATRIX, ROADMAP = f"/use-cases/matrix/{OURS}", f"/use-cases/roadmap/{OURS}"


def lines(visitor: Visitor) -> None:
    """The upright line by mouse, the level one by keys; the address and the corners follow, the keyboard stays."""
    page = visitor.page
    page.goto(MATRIX)
    corners = page.locator("td[data-label=Corner]")
    expect(corners).to_have_text(["Do now", "Leave"])
    upright = page.locator("[data-line=cut_x] [role=slider]")
    box = upright.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 150
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2000, y, steps=3)
    page.mouse.up()
    expect(corners).to_have_text(["Prepare", "Leave"])
    assert re.search(r"cut_x=[789]\d", page.url)
    expect(upright).to_be_focused()

    level = page.locator("[data-line=cut_y] [role=slider]")
    level.focus()
    page.keyboard.press("End")
    expect(corners).to_have_text(["Leave", "Leave"])
    expect(level).to_be_focused()
    page.get_by_role("spinbutton", name="Line at Value").fill("50")
    page.keyboard.press("Tab")
    expect(corners).to_have_text(["Prepare", "Leave"])
    expect(page).not_to_have_url(re.compile("cut_y"))


def around(visitor: Visitor) -> None:
    """Drawn around, one bubble is chosen; the key x in the table adds the other; both go to the act."""
    page = visitor.page
    plot = page.locator(".chart-plot").bounding_box()
    assert plot is not None
    left, top, right, bottom = (
        plot["x"] + 60,
        plot["y"] + 70,
        plot["x"] + plot["width"] / 2,
        plot["y"] + plot["height"] - 60,
    )
    page.mouse.move(left, top + plot["height"] / 3)
    page.mouse.down()
    for x, y in ((right, top + plot["height"] / 3), (right, bottom), (left, bottom)):
        page.mouse.move(x, y, steps=3)
    page.mouse.up()
    visitor.see("1 chosen")
    expect(page.locator(".matrix-rings circle")).to_have_count(1)
    page.get_by_role("link", name="Early routes").focus()
    page.keyboard.press("x")
    visitor.see("2 chosen")
    expect(page.locator(".matrix-rings circle")).to_have_count(2)
    page.get_by_role("button", name="Go on").click()
    visitor.see("Early routes")
    visitor.see("Late weather")


def arrows(visitor: Visitor) -> None:
    """What comes too late has a line of its own, strong while one reads of it."""
    page = visitor.page
    page.goto(ROADMAP)
    late = page.locator(".roadmap-arrows .arrow.is-late")
    expect(late).to_have_count(1)
    page.locator("#dependencies").get_by_role("link", name="Late weather").focus()
    expect(late).to_have_class(re.compile("is-strong"))
    visitor.see(re.compile("when this one is to begin"))


def test_matrix_and_roadmap_answer_the_hand_and_the_keys_alike(
    empty_stack: Stack, chromium: Any, shots: Path
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    scene(empty_stack, "placed")
    visitor, axe, wrong = Visitor(chromium, empty_stack, "olga", shots), Axe(), []
    try:
        for act in (lines, around, arrows):
            act(visitor)
        for theme, language, width in (("light", "en", 1440), ("dark", "fr", 390)):
            prepare(visitor, theme, language, width)
            for path in (MATRIX, ROADMAP):
                visitor.page.goto(path)
                wrong += [f"{path}: {each}" for each in flaws(visitor, axe)]
                if overflow(visitor) > 0:
                    wrong.append(f"{path}: {overflow(visitor)} px beside the screen")
        assert wrong + visitor.wrong == []
    finally:
        visitor.shot("matrix")
        visitor.context.close()
