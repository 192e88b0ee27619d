"""Step 3 through pages: lessons, exam, certificate; the launch page refuses before."""

import re

from playwright.sync_api import Locator, expect

from tests.walk import answers
from tests.walk.story import Walk
from tests.walk.visitor import Visitor


def be_refused_first(walk: Walk) -> None:
    """The page of a new experiment says what is missing and leads to the lessons."""
    lea = walk.who("lea")
    lea.menu("Experiments")
    lea.go("New experiment")
    lea.see("needs the certificate of the citizen data scientist")
    lea.shot("06-launch-refused")
    lea.go("Take the learning path")
    expect(lea.page.get_by_role("heading", level=1)).to_have_text("Launch an AutoML experiment")
    lea.go("Go there")


def learn(walk: Walk) -> None:
    """Every lesson of the path: answer its checks, mark it as finished, go on to the next."""
    lea = walk.who("lea")
    lea.menu("Learning")
    lea.go(re.compile("Look at this path|Go on"), lea.card("Citizen data scientist"))
    if lea.main().get_by_role("button", name="Take up this path").count():
        lea.press("Take up this path")
    count = lea.main().locator(".lesson-list li").count()
    assert count >= 3
    lea.follow(lea.main().locator(".lesson-list li").first.get_by_role("link"))
    for number in range(count):
        answer_checks(lea)
        lea.shot(f"07-lesson-{number + 1}")
        if lea.main().get_by_role("button", name="Mark as finished").count():
            with lea.page.expect_navigation(
                wait_until="load"
            ):  # the next lesson, after the last one the path
                lea.press("Mark as finished")
        else:
            lea.go("Next")
    lea.see("The certificate")


def answer_checks(lea: Visitor) -> None:
    """Answer until each says that it is right."""
    boxes = lea.main().locator(".check-box")
    for number in range(boxes.count()):
        box = boxes.nth(number)
        answer(box)
        box.get_by_role("button", name="Check").click()
        expect(boxes.nth(number).get_by_text("Right", exact=True)).to_be_visible()


def answer(box: Locator) -> None:
    """Put the right answer to the question that stands here."""
    said = answers.right(box.locator("fieldset.question legend").first.inner_text())
    for text in said["options"]:
        box.get_by_label(text, exact=True).check()
    if "value" in said:
        box.get_by_label(str(said["value"]), exact=True).check()
    if "number" in said:
        box.get_by_label("Your number").fill(said["number"])
    for label, words in said.get("typed", {}).items():
        box.get_by_label(label, exact=True).fill(words)
    for text, place in said.get("places", {}).items():
        box.get_by_label(text, exact=True).select_option(str(place))
    for text, target in said.get("pairs", {}).items():
        box.get_by_label(text, exact=True).select_option(label=target)


def sit_the_exam(walk: Walk) -> None:
    """Ten questions, handed in; the certificate opens the launch."""
    lea = walk.who("lea")
    lea.go("See the exam")
    lea.press("Begin the exam", sure=True)
    expect(lea.page.get_by_role("heading", level=1)).to_contain_text("of 10")
    for number in range(1, 11):
        expect(lea.page.get_by_role("heading", level=1)).to_contain_text(f"Question {number} of")
        answer(lea.main().locator("form.card"))
        lea.press("Save and next" if number < 10 else "Save and review")
    lea.see("All questions are answered")
    lea.press("Hand in and see the result", sure=True)
    expect(lea.page.get_by_role("heading", level=1)).to_have_text("You passed")
    lea.shot("08-passed")
    lea.go("See your certificate")
    lea.see("Lea Learner")
    lea.menu("Experiments")
    lea.go("New experiment")
    expect(lea.main().get_by_text("needs the certificate")).to_have_count(0)
