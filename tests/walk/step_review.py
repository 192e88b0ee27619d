"""Step 5 through pages: register, submit, refusals, inbox, decision."""

import re

from playwright.sync_api import expect

from tests.walk.story import Walk
from tests.walk.visitor import Visitor

CARD = {
    "What is it for?": "Decides whom the service centre calls this week.",
    "Who uses it, when and how?": "The service centre, each Monday, as a list.",
    "What must it not be used for?": "Prices. People with a contract younger than a month.",
    "Whom could it treat unfairly?": "Nobody loses anything by a call; checked by area.",
    "What do people do without it?": "Call at random, as today.",
}
REFUSED = {
    "lea": "you registered this version",
    "marc": "you are a member of the squad",
    "olga": "you are the product owner",
    "adam": "Only model reviewers decide on models",
}


def register_and_submit(walk: Walk) -> None:
    """The best model becomes a version, completed by a card."""
    lea = walk.who("lea")
    lea.go("Register as a model", lea.next_step())
    lea.fill("Name of a new model", "Leaving subscribers")
    lea.press("Register")
    lea.see("Five short answers complete the model card")
    submit(lea)
    lea.see("This waits for somebody else")
    walk.seen["review"] = lea.page.url
    lea.shot("14-submitted")


def submit(lea: Visitor) -> None:
    """Five short answers."""
    for label, text in CARD.items():
        lea.fill(label, text)
    lea.press("Submit for review")


def be_refused(walk: Walk) -> None:
    """Author, squad member, product owner and administrator read why they may not decide."""
    for first_name, reason in REFUSED.items():
        visitor = walk.who(first_name)
        if first_name == "lea":
            visitor.page.reload()
        else:
            visitor.menu("Inbox")
            visitor.go(re.compile("Review of a model"))
        visitor.see(reason)
        expect(visitor.main().get_by_role("button", name="Decide")).to_have_count(0)
        visitor.shot("15-refused")


def open_review(walk: Walk) -> Visitor:
    """From the inbox of somebody certified who did not work on it."""
    rita = walk.who("rita")
    rita.menu("Inbox")
    waiting = rita.main().locator("#mine")
    expect(waiting).to_contain_text("Review of a model")
    rita.go("Review", waiting)
    return rita


def ask_for_changes(walk: Walk) -> None:
    """The first answer: mend the card."""
    rita = open_review(walk)
    for part in ("Guardrails", "Figures on data it has never seen", "Model card"):
        rita.see(part)
    rita.shot("16-desk")
    answer = rita.main().locator("#decide")
    rita.tick("Ask for changes", answer)
    rita.press("Decide", answer, sure=True)
    rita.see("Not taken yet")  # a reason is needed
    answer = rita.main().locator("#decide")
    rita.tick("Ask for changes", answer)
    rita.choose("What it is about", "Documentation", answer)
    rita.fill("Reason", "Say in the limits how old the data are.", answer)
    rita.press("Decide", answer, sure=True)
    expect(rita.main().locator("#decisions")).to_contain_text("how old the data are")


def answer_and_approve(walk: Walk) -> None:
    """The author finds the wish at home, mends the card; the reviewer approves."""
    lea = walk.who("lea")
    lea.menu("Models")
    lea.go("Leaving subscribers")
    lea.go("v1")
    lea.go("Submit for review")
    lea.see("asked for changes")
    submit_again = "Prices. The data end last month; train again after half a year."
    lea.fill("What must it not be used for?", submit_again)
    lea.press("Submit for review")
    lea.see("This waits for somebody else")
    rita = open_review(walk)
    for button in range(rita.main().locator("#guardrails").get_by_role("button", name="Accept").count()):
        rita.press("Accept", rita.main().locator("#guardrails"))
        assert button < 20
    answer = rita.main().locator("#decide")
    rita.tick("Approve", answer)
    for box in answer.locator("input[type=checkbox]").all():
        box.check()
    rita.fill("Reason", "Good against the baseline, honest card.", answer)
    rita.press("Decide", answer, sure=True)
    expect(rita.main().locator("#decisions")).to_contain_text("Good against the baseline")
    rita.shot("17-approved")
