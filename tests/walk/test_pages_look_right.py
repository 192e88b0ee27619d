"""The main pages: no serious flaw for assistive technology, nothing beside a phone's screen, no script error."""

from pathlib import Path
from typing import Any

import pytest

from tests.walk.stack import Stack
from tests.walk.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
# Who looks at which pages, from the navigation and the account menu.
ROUNDS: dict[str, list[str]] = {
    "pia": [
        "/", "/use-cases/", "/use-cases/?sort=rank", "/use-cases/board/", "/use-cases/new/", "/fields/", "/triage/",
        "/squads/", "/portfolio/", "/use-cases/brought/",
    ],
    "lea": [
        "/data/", "/data/new/", "/data/seen/", "/library/", "/library/new/", "/experiments/", "/experiments/new/",
        "/learning/", "/learning/paths/citizen-data-scientist/", "/learning/lessons/1.1/",
        "/learning/exams/citizen-data-scientist/", "/learning/rights/automl.launch/", "/learning/certificates/", "/notices/", "/tokens/", "/profile/", "/people/",
    ],
    "rita": ["/inbox/", "/models/", "/deployments/", "/findings/", "/jobs/"],
    "adam": ["/system/", "/kit/"],
    "hana": ["/audit/"],
    "gail": ["/learning/overview/"],
}  # fmt: skip
LOOKS = [("light", "en", 1440), ("dark", "fr", 390)]
WEIGHTY = {"serious", "critical"}


# A label would join the wrong field, and a script find the wrong element.
TWICE = "() => [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, at, all) => all.indexOf(id) < at)"


def flaws(visitor: Visitor, axe: Any) -> list[str]:
    """What axe finds, as lines, and ids that stand twice."""
    found = axe.run(visitor.page).response["violations"]
    twice = [f"the id “{each}” stands twice" for each in visitor.page.evaluate(TWICE)]
    return twice + [
        f"{each['impact']} {each['id']}: {node['target']} {node['html'][:120]}"
        for each in found
        if each["impact"] in WEIGHTY
        for node in each["nodes"][:3]
    ]


def overflow(visitor: Visitor) -> int:
    """How many pixels the page is wider than the window."""
    return int(
        visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def prepare(visitor: Visitor, theme: str, language: str, width: int) -> None:
    """Language and appearance by the menu of the bar, as people choose them; then the width."""
    visitor.page.goto("/")
    for value, name in ((language, "language"), (theme, "theme")):
        visitor.page.locator("header.bar details.menu summary").first.click()
        with visitor.page.expect_response(lambda answer: answer.request.method == "POST"):
            visitor.page.locator(f"header.bar button[name={name}][value={value}]").click()
        visitor.page.wait_for_load_state("networkidle")
    visitor.page.set_viewport_size({"width": width, "height": 900})


@pytest.mark.parametrize(("theme", "language", "width"), LOOKS)
@pytest.mark.parametrize("first_name", ROUNDS)
def test_pages_look_right(
    first_name: str,
    theme: str,
    language: str,
    width: int,
    empty_stack: Stack,
    chromium: Any,
    shots: Path,
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    visitor, axe, wrong = Visitor(chromium, empty_stack, first_name, shots), Axe(), []
    try:
        prepare(visitor, theme, language, width)
        # Every page in the harder look, every other one in the easy one.
        for path in ROUNDS[first_name][:: 2 if theme == "light" else 1]:
            answer = visitor.page.goto(path)
            assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"
            assert visitor.page.locator("html").get_attribute("lang") == language, path
            assert visitor.page.locator("html").get_attribute("data-bs-theme") == theme, path
            wrong += [f"{path}: {each}" for each in flaws(visitor, axe)]
            if overflow(visitor) > 0:
                wrong.append(f"{path}: {overflow(visitor)} px beside the screen")
        assert wrong + visitor.wrong == []
    finally:
        visitor.shot("last")
        visitor.context.close()
