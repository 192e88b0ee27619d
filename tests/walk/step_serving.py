"""Step 6 through pages: champion, scoring endpoint with a token, batch, drift."""

import re

from playwright.sync_api import expect

from tests.walk import tables
from tests.walk.step_building import upload
from tests.walk.story import Walk


def promote(walk: Walk) -> None:
    """The product owner puts the approved version into service."""
    olga = walk.who("olga")
    olga.menu("Models")
    olga.go("Leaving subscribers")
    olga.go("v1")
    olga.press("Make it champion", sure=True)
    olga.go("Open the deployment")
    olga.see("Rows scored")
    olga.shot("18-champion")


def call_endpoint(walk: Walk) -> None:
    """A token of one's own, made on its page, opens the scoring endpoint that the page names."""
    olga = walk.who("olga")
    endpoint = (
        olga.card("Call it from a program").locator("code").first.inner_text().removeprefix("POST").strip()
    )
    olga.page.locator("header.bar details.menu summary").last.click()
    olga.follow(olga.page.get_by_role("link", name="API tokens"))
    olga.fill("Name", "The walk")
    olga.main().locator("input[name=scope][value=write]").check()
    olga.press("Make the token")
    secret = re.search(r"agora_[\w-]{20,}", olga.main().inner_text() + olga.main().inner_html())
    assert secret, "the page shows the token once"
    answer = walk.stack_post(endpoint, secret.group(0), {"rows": [tables.one_row()]})
    assert answer.status == 200, answer.text()
    assert len(answer.json()["predictions"]) == 1, answer.text()


def score_table(walk: Walk) -> None:
    """The autumn list is scored, and compared with what the model learned from."""
    lea = walk.who("lea")
    lea.menu("Data")
    lea.go("Bring")
    upload(lea, "Autumn list", str(tables.autumn(walk.folder)))
    lea.see("Ask a question of this data", 60)
    olga = walk.who("olga")
    olga.menu("Production")
    olga.go("Leaving subscribers")
    olga.choose("Table", "Autumn list")
    olga.press("Score the table")
    download = wait_for(olga, "Download predictions")
    with olga.page.expect_download() as saved:
        download.click()
    lines = saved.value.path().read_text().splitlines()
    assert len(lines) == 401, lines[:3]
    olga.choose("Table", "Autumn list")
    olga.press("Measure drift")
    finding = wait_for(olga, "The finding")
    expect(olga.main().locator("#drift")).to_contain_text("total_day_minutes")
    olga.shot("19-drift")
    assert finding


def wait_for(visitor, link: str):  # type: ignore[no-untyped-def]
    """Until background work has left its link on the page."""
    found = visitor.main().get_by_role("link", name=link).first
    for _attempt in range(40):
        if found.count():
            return found
        visitor.page.wait_for_timeout(1000)
        visitor.page.reload()
    raise AssertionError(f"“{link}” never came: {visitor.main().inner_text()}")
