"""Who takes part in the walk through pages, and what one step leaves to the next."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import APIResponse, Browser

from tests.walk.stack import Stack
from tests.walk.visitor import Visitor

TITLE = "Subscribers who are about to leave"
EXPERIMENT = "Who will leave?"
CRITERION = "the list finds people who leave"


@dataclass
class Walk:
    """The scene: everybody who has come in so far, and addresses seen on the way."""

    browser: Browser
    stack: Stack
    shots: Path
    folder: Path
    people: dict[str, Visitor] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)

    def who(self, first_name: str) -> Visitor:
        """Signs in when they come for the first time."""
        if first_name not in self.people:
            self.people[first_name] = Visitor(self.browser, self.stack, first_name, self.shots)
        return self.people[first_name]

    def at_use_case(self, first_name: str) -> Visitor:
        """Through the backlog to the use case."""
        visitor = self.who(first_name)
        visitor.menu("Backlog")
        visitor.go(TITLE)
        visitor.see("The problem")
        return visitor

    def wrong(self) -> list[str]:
        """What any browser complained about."""
        return [each for visitor in self.people.values() for each in visitor.wrong]

    def last_pictures(self) -> None:
        """Where everybody stands, for somebody who looks for the reason."""
        (self.shots / "portal.log").write_text(self.stack.log())
        for first_name, visitor in self.people.items():
            visitor.shot(f"last-{first_name}")
            (self.shots / f"last-{first_name}.txt").write_text(
                f"{visitor.page.url}\n{visitor.main().inner_text()}"
            )

    def stack_post(self, path: str, token: str, body: object) -> APIResponse:
        """As a program would, with nothing but a token."""
        caller = self.browser.new_context(base_url=self.stack.url)
        return caller.request.post(path, data=body, headers={"Authorization": f"Bearer {token}"})
