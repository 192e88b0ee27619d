"""The frame of a page: no inline code, navigation that fits the person, vendored files that are whole."""

import json
import re
from pathlib import Path

import pytest
from django.template import engines
from django.test import Client
from django.utils import translation

from portal.core.management.commands import vendor
from tests import people as cast

CORE = Path(vendor.CORE)
ROOT = CORE.parent.parent
TEMPLATES = [path for path in ROOT.glob("*/templates/**/*.html")] + [
    path for path in ROOT.glob("portal/*/templates/**/*.html")
]
pytestmark = pytest.mark.django_db


def names() -> set[str]:
    """The icons of the sprite."""
    sprite = (vendor.TARGET / "icons" / "sprite.svg").read_text()
    return set(re.findall(r'<symbol id="([^"]+)"', sprite))


@pytest.mark.parametrize("address", ["/kit/", "/profile/", "/sign-in/", "/notices/", "/people/", "/jobs/"])
def test_no_page_has_inline_script_or_style(address: str, client: Client):
    if address != "/sign-in/":
        client.force_login(cast.person())

    html = client.get(address).content.decode()

    assert not re.search(r"<style", html)
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son[a-z]+=", html)
    for opening in re.findall(r"<script[^>]*>", html):
        assert "src=" in opening or 'type="application/json"' in opening, opening


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_icon_named_in_a_template_is_in_the_sprite(template: Path):
    text = template.read_text()
    used = re.findall(r'<c-icon name="([a-z0-9-]+)"', text) + re.findall(
        r'<c-[^>]*\sicon="([a-z0-9-]+)"', text
    )

    assert set(used) <= names()


@pytest.mark.parametrize(
    "template", [path for path in TEMPLATES if CORE in path.parents], ids=lambda path: path.name
)
def test_templates_stay_short(template: Path):
    assert len(template.read_text().splitlines()) <= 120


def test_the_navigation_shows_what_is_of_use_to_the_person(client: Client):
    client.force_login(cast.person())
    plain = client.get("/profile/").content.decode()
    client.force_login(cast.person(duties=("it_engineer",)))
    engineer = client.get("/profile/").content.decode()

    assert 'href="/system/"' not in plain
    assert 'href="/system/"' in engineer


def test_the_page_one_is_on_is_marked(client: Client):
    client.force_login(cast.person(duties=("it_engineer",)))

    assert '<a href="/system/" aria-current="page">' in client.get("/system/").content.decode()


def test_the_frame_has_skip_link_live_region_and_language(client: Client):
    client.force_login(cast.person())

    html = client.get("/profile/").content.decode()

    assert '<a class="skip" href="#main">' in html
    assert 'aria-live="polite"' in html
    assert '<html lang="en"' in html
    assert "<title>Your profile · Agora</title>" in html


def test_the_appearance_is_kept_and_set_by_the_server(client: Client):
    client.force_login(cast.person())

    client.post("/appearance/", {"theme": "dark", "next": "/profile/"})

    assert 'data-bs-theme="dark"' in client.get("/profile/").content.decode()


def test_the_language_is_kept_with_the_person(client: Client):
    person = cast.person()
    client.force_login(person)

    answer = client.post("/language/", {"language": "fr", "next": "/profile/"})

    person.refresh_from_db()
    assert answer.url == "/profile/"
    assert person.language == "fr"
    assert '<html lang="fr"' in client.get("/profile/").content.decode()


def test_a_switch_never_leads_to_another_site(client: Client):
    answer = client.post("/language/", {"language": "fr", "next": "https://evil.example/"})

    assert answer.url == "/sign-in/"


def test_what_is_vendored_is_listed_present_and_without_source_maps():
    for package in json.loads(vendor.LIST.read_text())["packages"]:
        assert package["integrity"].startswith("sha512-")
        for path in package["files"].values():
            content = (vendor.TARGET / path).read_bytes()
            assert content
            if path.endswith((".js", ".css")):
                assert b"sourceMappingURL" not in content


def test_a_package_with_another_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    archive = tmp_path / "package.tgz"
    archive.write_bytes(b"not what was promised")
    monkeypatch.setattr(vendor.Command, "pack", lambda self, wanted, folder: archive)
    package = {"package": "x", "version": "1", "integrity": "sha512-other", "files": {"a.js": "x/a.js"}}

    with pytest.raises(vendor.CommandError, match="hash"):
        vendor.Command().take(package, tmp_path)

    assert not (vendor.TARGET / "x").exists()


def test_a_kept_part_is_drawn_once_per_key_and_language():
    template = engines["django"].from_string("{% load frame %}{% keep key %}{{ word }}{% endkeep %}")
    assert template.render({"key": 1, "word": "first"}) == "first"
    assert template.render({"key": 1, "word": "second"}) == "first"
    assert template.render({"key": 2, "word": "second"}) == "second"
    with translation.override("fr"):
        assert template.render({"key": 1, "word": "premier"}) == "premier"


def test_no_kept_part_holds_what_belongs_to_one_person():
    """A token, a name or a count inside would be shown to everybody else."""
    for path in TEMPLATES:
        for part in re.findall(r"{% keep\b.*?{% endkeep %}", path.read_text(), re.DOTALL):
            assert not re.search(r"csrf|user\.|request\.|unread|messages", part), path


def test_two_people_with_different_duties_see_their_own_navigation(client: Client):
    seen: dict[tuple[str, ...], list[bool]] = {}
    for duties in ((), ("auditor",), ()):
        client.force_login(cast.person(duties=duties))
        seen.setdefault(duties, []).append('href="/audit/"' in client.get("/profile/").content.decode())
    assert seen == {(): [False, False], ("auditor",): [True]}
