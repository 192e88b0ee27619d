"""A whole exam without a mouse; nothing for axe to find in practice, studio and community."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.walk import answers
from tests.walk.stack import ROOT, Stack
from tests.walk.test_pages_look_right import flaws, overflow, prepare
from tests.walk.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
EXAM = "/learning/exams/citizen-data-scientist/"
FARTHEST = 150  # tabs from anywhere to anywhere on a page
# What a sighted person and a screen reader know of the element that has the focus.
FOCUS = """() => {
  const it = document.activeElement, style = getComputedStyle(it);
  const words = it.labels && it.labels.length ? it.labels[0].cloneNode(true) : null;
  if (words) words.querySelectorAll('select, input').forEach(e => e.remove());
  const by = document.getElementById(it.getAttribute('aria-labelledby') || '');
  const label = by ? by.textContent : words ? words.textContent : (it.getAttribute('aria-label') || it.innerText || '');
  const near = it.closest('label, .form-check, .choice') || it;
  const ring = [it, near].some(e => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; });
  return {tag: it.tagName, type: it.type || '', name: it.name || '', value: it.value || '', label: label.replace(/\\s+/g, ' ').trim(),
          text: (it.innerText || '').replace(/\\s+/g, ' ').trim(), seen: ring, inForm: !!it.closest('form.card')};
}"""


def focused(page: Page) -> Any:
    """The element with the focus."""
    return page.evaluate(FOCUS)


def tab_to(page: Page, fits: Any) -> Any:
    """Press Tab until an element fits; it must be visible that it has the focus."""
    for _step in range(FARTHEST):
        page.keyboard.press("Tab")
        here = focused(page)
        if fits(here):
            assert here["seen"], f"nobody sees that this has the focus: {here}"
            return here
    raise AssertionError(f"not reached with {FARTHEST} tabs; the focus is on {focused(page)}")


def press(page: Page, words: str, *, sure: bool = False) -> None:
    """A button, reached with Tab and pressed with Enter."""
    tab_to(page, lambda it: it["tag"] == "BUTTON" and it["text"] == words)
    page.keyboard.press("Enter")
    if sure:
        expect(page.locator("#confirm")).to_be_visible()
        if focused(page)["text"] != "Yes, do it":
            tab_to(page, lambda it: it["text"] == "Yes, do it")
        page.keyboard.press("Enter")
    page.wait_for_load_state("load")


def choose(page: Page, words: str) -> None:
    """One of several: Tab into the group, arrows to the answer, Space."""
    here = tab_to(page, lambda it: it["type"] == "radio")
    for _step in range(12):
        if here["label"] == words:
            page.keyboard.press("Space")
            return
        page.keyboard.press("ArrowDown")
        here = focused(page)
    raise AssertionError(f"“{words}” is not among the answers")


def pick(page: Page, wanted: dict[str, str]) -> None:
    """Lists: Tab from one to the next, the value by arrows."""
    for _each in wanted:
        here = tab_to(page, lambda it: it["tag"] == "SELECT" and it["inForm"])
        shown = page.evaluate("() => [...document.activeElement.options].map(o => o.text.trim())")
        page.keyboard.press("Home")
        for _step in range(shown.index(str(wanted[here["label"]]))):
            page.keyboard.press("ArrowDown")


def answer(page: Page) -> None:
    """The right answer to the question on the screen."""
    stem = page.locator("form.card fieldset.question legend").first.inner_text()
    said = answers.right(stem)
    kind = answers.question(stem)["kind"]
    if "value" in said:
        choose(page, str(said["value"]))
    if "number" in said:
        tab_to(page, lambda it: it["tag"] == "INPUT" and it["inForm"] and it["type"] in {"text", "number"})
        page.keyboard.type(said["number"])
    for words in said.get("typed", {}).values():
        tab_to(page, lambda it: it["tag"] == "INPUT" and it["inForm"] and it["type"] == "text")
        page.keyboard.type(words)
    if kind == "multiple":
        for _each in said["options"]:
            tab_to(page, lambda it: it["type"] == "checkbox" and it["label"] in said["options"])
            page.keyboard.press("Space")
    elif said["options"]:
        choose(page, said["options"][0])
    if "places" in said or "pairs" in said:
        pick(page, said.get("places") or said["pairs"])


def sit(visitor: Visitor) -> None:
    """From the conditions to the result, with nothing but keys."""
    page = visitor.page
    page.goto(EXAM)
    press(page, "Begin the exam", sure=True)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Question 1 of")
    total = int(heading.inner_text().rsplit(" ", 1)[1])
    for number in range(1, total + 1):
        expect(heading).to_contain_text(f"Question {number} of")
        answer(page)
        press(page, "Save and next" if number < total else "Save and review")
    expect(page.locator("#main")).to_contain_text("All questions are answered")
    press(page, "Hand in and see the result", sure=True)
    expect(heading).to_have_text("You passed")


PAGES = {
    "lea": [
        "/learning/", "/learning/community/", "/learning/community/mentors/", "/learning/community/hours/",
        "/learning/community/hours/calendar/", "/learning/community/mine/", "/showcase/", EXAM,
    ],
    "gail": [
        "/learning/studio/", "/learning/studio/questions/", "/learning/studio/prerequisites/", "/learning/cohort/",
        "/learning/community/hours/new/",
    ],
}  # fmt: skip


def found_on(visitor: Visitor, axe: Any, pages: list[str], shots: Path) -> list[str]:
    """Flaws, sideways scrolling and script errors, in light on a screen and in dark on a phone."""
    wrong = []
    for theme, language, width in (("light", "en", 1440), ("dark", "fr", 390)):
        prepare(visitor, theme, language, width)
        for number, address in enumerate(pages):
            visitor.page.goto(address)
            visitor.page.wait_for_load_state("networkidle")
            visitor.page.screenshot(path=shots / f"{visitor.first_name}-{theme}-{number}.png", full_page=True)
            wrong += [f"{address} {theme}: {each}" for each in flaws(visitor, axe)]
            if overflow(visitor) > 0:
                wrong.append(f"{address} {width} px: {overflow(visitor)} px too wide")
    prepare(visitor, "light", "en", 1440)
    return wrong + visitor.wrong


def learned(stack: Stack, first_name: str) -> None:
    """The lessons are finished beforehand, in a process of their own."""
    command = [sys.executable, "-m", "tests.walk.learned", first_name]
    subprocess.run(command, cwd=ROOT, env=stack.variables, check=True, capture_output=True)


def test_a_whole_exam_by_keyboard_alone(empty_stack: Stack, chromium: Any, shots: Path) -> None:
    learned(empty_stack, "dan")  # Lea earns hers in the browser walk, on the same portal
    dan = Visitor(chromium, empty_stack, "dan", shots)
    sit(dan)
    assert dan.wrong == []


@pytest.mark.parametrize("first_name", PAGES)
def test_practice_studio_and_community_are_pages_that_everybody_can_use(
    first_name: str, empty_stack: Stack, chromium: Any, shots: Path
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    visitor, pages = Visitor(chromium, empty_stack, first_name, shots), PAGES[first_name]
    if first_name == "lea":
        visitor.page.goto("/learning/lessons/5.3/")
        visitor.press("Practise this lesson")
        pages = [*pages, visitor.page.url.removeprefix(empty_stack.url)]
    wrong = found_on(visitor, Axe(), pages, shots)
    assert not wrong, "\n".join(wrong)
