"""Who may sign in to the demo organisation, and with what."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ORGANISATION = Path(__file__).parent / "story" / "organisation.yaml"
DOMAIN = "meridia.example"
_PLAIN = str.maketrans("àâçéèêëîïôöùûüÉÈÀ ", "aaceeeeiioouuueea.")


@cache
def organisation() -> dict[str, Any]:
    """Units and people as told in story/organisation.yaml."""
    found: dict[str, Any] = yaml.safe_load(ORGANISATION.read_text(encoding="utf-8"))
    return found


def email(name: str) -> str:
    """The address of a person: first.last, without accents."""
    return f"{name.translate(_PLAIN).lower()}@{DOMAIN}"


def password() -> str:
    """One for all; it exists in the demo only and may be chosen by `AGORA_DEMO_PASSWORD`."""
    return os.environ.get("AGORA_DEMO_PASSWORD") or "agora-demo-2026"


def table() -> list[tuple[str, str, str, str]]:
    """(role, name, e-mail, password) of the people to try the portal with."""
    people = organisation()["people"].values()
    return [
        (person["persona"], person["name"], email(person["name"]), password())
        for person in people
        if "persona" in person
    ]
