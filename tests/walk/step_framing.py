"""Steps 1 and 2 through pages: proposal, triage, score, squad, kill criteria, gate 1."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.walk.story import CRITERION, TITLE, Walk
from tests.walk.visitor import Visitor


def propose(walk: Walk) -> None:
    """A person without any duty writes down a problem."""
    sam = walk.who("sam")
    sam.menu("Backlog")
    sam.go("Propose")
    sam.fill("What would you call it?", TITLE)
    sam.fill(
        "What goes wrong today", "Subscribers cancel, and we hear of it when it is too late to do anything."
    )
    sam.fill("Who decides what today?", "The service centre decides whom to call each week.")
    sam.press("Send the proposal")
    sam.see(TITLE)
    sam.shot("01-proposed")


def triage(walk: Walk) -> None:
    """The portfolio manager finds it waiting, accepts it and names the owner."""
    pia = walk.who("pia")
    pia.waits("proposal to triage")
    pia.go(TITLE)
    accept = pia.card("Accept")
    pia.choose("Product owner", "Olga Owner", accept)
    pia.choose("Sponsor", "Stan Sponsor", accept)
    pia.choose("First risk tier", "Limited risk", accept)
    pia.press("Accept", accept)
    expect(pia.page.get_by_text("is answered; its author has been told").first).to_be_visible()
    pia.shot("02-accepted")


def score(walk: Walk) -> None:
    """The owner opens a vote; two people give their levels blind; the owner agrees."""
    olga = walk.at_use_case("olga")
    olga.follow(olga.next_step().get_by_role("link", name="Score"))
    olga.press("Open a vote")
    give_levels(olga)
    stan = walk.who("stan")
    stan.waits("Give your levels")
    give_levels(stan)
    olga.page.reload()
    olga.press("Agree on the score")
    olga.see("Level by level")
    olga.shot("03-scored")


def give_levels(visitor: Visitor) -> None:
    """The same level everywhere, chosen by its words; benefit and reach a little higher."""
    for choice in visitor.main().locator("fieldset select").all():
        offered = choice.locator("option").all_inner_texts()
        wanted = [text for text in offered if text.strip().startswith("3")] or [
            text for text in offered if "expert" in text
        ]
        choice.select_option(label=wanted[0].strip())
    visitor.press("Give my levels")
    visitor.see("Have voted:")


def form_squad(walk: Walk) -> None:
    """A lead who knows business and data, and hands for the rest; who is missing is shown."""
    olga = walk.at_use_case("olga")
    olga.tab("Squad")
    olga.see("Roles missing in this phase")
    hands = [
        ("Lea Learner", "Citizen data scientist", True),
        ("Sam Submitter", "Business domain expert", False),
        ("Dan Dataengineer", "Data engineer", False),
        ("Marc Member", "ML engineer", False),
        ("Ivan Engineer", "IT engineer", False),
    ]
    for name, role, leads in hands:
        form = olga.card("Take somebody in")
        olga.choose("Person", name, form)
        olga.choose("Role", role, form)
        if leads:
            olga.tick("Leads the squad", form)
        olga.press("Add to the squad", form)
        expect(olga.card("Members").get_by_text(name).first).to_be_visible()
    olga.see("Who covers what")
    olga.shot("04-squad")


def write_kill_criterion(walk: Walk) -> None:
    """What would make them stop."""
    olga = walk.at_use_case("olga")
    olga.follow(olga.next_step().get_by_role("link"))
    form = olga.card("Write a criterion")
    olga.fill("We stop unless", CRITERION, form)
    olga.fill("Measured as", "AUC on rows never seen", form)
    olga.fill("Threshold", "0.7", form)
    olga.fill("Deadline", (date.today() + timedelta(days=20)).isoformat(), form)
    olga.press("Add", form)
    olga.see(CRITERION)
    olga.shot("05-kill-criterion")


def builder_signs(walk: Walk) -> None:
    """A builder of the squad signs gate 2 beside the product owner, on the page of the gate."""
    lea = walk.at_use_case("lea")
    lea.go("Open the gate")
    lea.press("Sign as a builder", lea.card("Signed beside the product owner"))
    lea.see("stands")


def pass_gate(walk: Walk, picture: str, phase: str, *, waiver: str = "") -> None:
    """The owner asks at the gate of the use case, the sponsor decides from the home page."""
    olga = walk.at_use_case("olga")
    olga.follow(olga.next_step().get_by_role("link"))
    ask = olga.card("Ask to pass")
    if waiver and ask.get_by_label("Why without").count():
        olga.fill("Why without", waiver, ask)
    olga.press("Ask for the decision", ask, sure=True)
    olga.see("This waits for somebody else")
    stan = walk.who("stan")
    stan.home()
    mine = stan.main().locator("#waiting li").filter(has_text="Gate").filter(has_text=TITLE)
    stan.follow(mine.get_by_role("link").first)
    if stan.main().locator("#decide").count() == 0:
        stan.go("Read and decide")
    answer = stan.main().locator("#decide")
    stan.tick("Approve", answer)
    stan.press("Decide", answer, sure=True)
    expect(stan.main().locator("#decisions")).to_contain_text("Stan Sponsor")
    stan.shot(picture)
    walk.at_use_case("olga")
    expect(olga.main().locator("p.acts").first).to_contain_text(phase)
