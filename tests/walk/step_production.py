"""Step 7 through pages: readiness, benefit, gate 3, portfolio, audit trail."""

import re

from playwright.sync_api import expect

from tests.walk.step_framing import pass_gate
from tests.walk.story import TITLE, Walk


def name_owners(walk: Walk) -> None:
    """Who answers for process, improvement, operation and monitoring."""
    olga = walk.at_use_case("olga")
    olga.go("Edit")
    olga.fill("Operational process", "Weekly calls of the service centre")
    olga.choose("Process owner", "Sam Submitter")
    olga.choose("Owner of improvement", "Lea Learner")
    olga.choose("Owner of operation", "Ivan Engineer")
    olga.choose("Owner of monitoring", "Dan Dataengineer")
    olga.press("Save")
    olga.see("The problem")


def confirm_readiness(walk: Walk) -> None:
    """Three checks, each with what shows it."""
    olga = walk.at_use_case("olga")
    olga.tab("Readiness")
    for _check in range(3):
        if not olga.main().get_by_role("button", name="Confirm", exact=True).count():
            break
        form = (
            olga.main()
            .locator("form")
            .filter(has=olga.page.get_by_role("button", name="Confirm", exact=True))
        )
        form.first.get_by_label("What shows it?").fill(
            "Agreed in the meeting of Monday, minutes in the squad's folder."
        )
        form.first.get_by_role("button", name="Confirm", exact=True).click()
        olga.page.wait_for_load_state("load")
    expect(olga.main().get_by_text("Confirmed", exact=True)).to_have_count(3)


def agree_on_trust(walk: Walk) -> None:
    """An end user joins; the contract of trust is written and signed by three people."""
    olga = walk.at_use_case("olga")
    olga.tab("Squad")
    form = olga.card("Take somebody in")
    olga.choose("Person", "Sam Submitter", form)
    olga.choose("Role", "End-user representative", form)
    olga.fill("Share of their time", "5", form)
    olga.press("Add to the squad", form)
    olga.tab("Readiness")
    olga.go("Open the contract")
    olga.fill("What it is for", "The service centre chooses whom to call.")
    olga.fill("What it promises, in figures", "60 of 100 on the list would have left.")
    olga.fill("When not to follow it", "While a complaint is open.")
    olga.fill("What people do then", "They call every contract that ends.")
    olga.fill("Whom to tell", "Olga, who answers within two days.")
    olga.press("Save as a new version")
    for who in ("olga", "sam", "lea"):
        signer = walk.at_use_case(who)
        signer.tab("Readiness")
        signer.go("Open the contract")
        signer.press("Sign", sure=True)
    signer.see("Version 1 is in force")
    signer.shot("19-contract")


def enter_benefit(walk: Walk) -> None:
    """What it is worth a year, from where."""
    olga = walk.at_use_case("olga")
    olga.go(re.compile("Enter the expected benefit|Open the value"))
    form = olga.main().locator("#new")
    olga.fill("Benefit", "Subscribers kept", form)
    olga.fill("Expected per year", "240000", form)
    olga.fill("How will it be measured?", "Half of the list is not called for a month.", form)
    olga.fill("Where do we start from?", "14 in 100 leave each year.", form)
    olga.press("Enter", form)
    olga.see("Subscribers kept")


def settle_findings(walk: Walk) -> None:
    """A high finding of the drift stands before gate 3: its owner mends it, a risk officer verifies."""
    olga = walk.who("olga")
    olga.menu("Production")
    olga.go("Findings")
    row = olga.main().locator("#results tbody tr").filter(has_text=re.compile("open|Open"))
    if not row.count():
        return
    olga.follow(row.first.get_by_role("link").first)
    olga.fill(
        "What was done", "The tariff changed in autumn; the rows are as expected. Train again in spring."
    )
    olga.press("Resolve")
    rolf = walk.who("rolf")
    rolf.page.goto(olga.page.url)
    rolf.press("It is put right")


def go_live(walk: Walk) -> None:
    """Gate 3."""
    pass_gate(walk, "20-gate-3", "Production")


def read_portfolio(walk: Walk) -> None:
    """The executive sees the use case in the figures."""
    erin = walk.who("erin")
    erin.menu("Portfolio")
    erin.see(re.compile("240.?000"))
    expect(erin.main().locator("#value")).to_contain_text(TITLE)
    for part in ("From backlog to production", "Risk by tier"):
        erin.see(part)
    erin.shot("21-portfolio")


def verify_trail(walk: Walk) -> None:
    """The auditor verifies on the page and by command."""
    hana = walk.who("hana")
    hana.menu("Audit trail")
    hana.press("Verify the chain")
    hana.see("The trail is sound")
    hana.shot("22-audit")
    verified = walk.stack.manage("audit_verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
