"""Step 4 through pages: table, profile, question, checks, search, leaderboard."""

import re

from playwright.sync_api import expect

from tests.walk import tables
from tests.walk.story import CRITERION, EXPERIMENT, Walk
from tests.walk.visitor import Visitor


def bring_table(walk: Walk) -> None:
    """Upload the CSV and read its profile."""
    lea = walk.who("lea")
    lea.menu("Data")
    lea.go("Bring")
    upload(lea, "Subscribers of the year", str(tables.training(walk.folder)))
    lea.see("Ask a question of this data", 60)
    lea.see("1,500")
    lea.shot("09-profile")


def upload(visitor: Visitor, name: str, path: str) -> None:
    """Name, file, use case, send."""
    visitor.fill("Name", name)
    visitor.main().get_by_label("File").set_input_files(path)
    visitor.choose("For the use case", "Subscribers who are about to leave")
    visitor.press("Send and check")


def ask_question(walk: Walk) -> None:
    """Step by step: data, target, roles of columns, metric, validation, budget."""
    lea = walk.who("lea")
    lea.follow(lea.next_step().get_by_role("link", name="New experiment"))
    lea.fill("Title", EXPERIMENT)
    lea.choose("For the use case", "Subscribers who are about to leave")
    lea.press("Keep and go on")
    lea.choose("What do you want to predict?", tables.TARGET)
    lea.fill("One row is", "one subscriber at the end of a month")
    lea.fill("The prediction is made", "one month before they may leave")
    lea.press("Keep and go on")
    lea.choose("state", "Left out")
    lea.shot("10-columns")
    lea.press("Keep and go on")
    lea.choose("The answer of interest", "yes")
    lea.fill("Cost of a false alarm", "5")
    lea.fill("Cost of a missed case", "100")
    lea.press("Keep and go on")
    lea.see("Rows for the test are chosen")
    lea.press("Keep and go on")
    lea.fill("Seconds to search", "30")
    lea.press("Keep and go on")
    expect(lea.page.get_by_role("heading", level=1)).to_have_text("Checks and start")


def check_and_start(walk: Walk) -> None:
    """The checks look first; each alert that asks for words gets them; then the search begins."""
    lea = walk.who("lea")
    lea.press("Run the checks")
    lea.see(re.compile("checks? found nothing"), 60)
    lea.shot("11-checks")
    words = "Charges follow from minutes: both are known."
    while lea.main().get_by_role("button", name="Justify").count():
        asked = lea.main().get_by_label("Why is this right as it is?").first
        asked.fill("Too short" + 8 * " ")
        lea.press("Justify")
        lea.see("at least 10 characters")
        expect(asked).to_have_value("Too short" + 8 * " ")
        asked.fill(words)
        lea.page.reload()  # as after an act at another finding
        expect(asked).to_have_value(words)
        lea.press("Justify")
    start = lea.main().get_by_role("button", name="Start", exact=True)
    expect(start).to_be_enabled()
    start.click()


def watch(walk: Walk) -> None:
    """Live progress, then the leaderboard with a baseline, test scores and importance, without a reload."""
    lea = walk.who("lea")
    lea.see("Candidates so far", 30)
    lea.see("same answer for everybody", 60)
    lea.shot("12-live")
    lea.see("Register the best model", 120)
    lea.see("What it can do")
    lea.see(re.compile("on .* rows"))
    lea.see("Same answer for everybody")
    lea.shot("13-leaderboard")
    walk.seen["experiment"] = lea.page.url


def measure_criterion(walk: Walk) -> None:
    """The owner records what the experiment showed."""
    olga = walk.at_use_case("olga")
    olga.follow(olga.next_step().get_by_role("link"))
    olga.see(CRITERION)
    olga.go("Record")
    form = olga.card("Record what was measured")
    olga.fill("Measured value", "0.82", form)
    olga.fill("How was it measured?", "Test score of the experiment on rows it never saw.", form)
    olga.press("Record", form)
    olga.see("Met")
