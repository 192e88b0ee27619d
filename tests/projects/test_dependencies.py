"""Use cases that need each other: what may be said, what the plans make of it, and where it is seen."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from portal.core import clock
from portal.core.models import AuditEvent, Notice, Right
from portal.core.verdicts import Refused
from projects.filters.use_cases import UseCaseFilter
from projects.models import Dependency, UseCase
from projects.selectors import dependencies as reads, roadmaps
from projects.services import dependencies, gate_plans, phases
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, manager

pytestmark = pytest.mark.django_db


def owner(name):
    return person(name, rights=(Right.OWN_USE_CASE,))


def in_days(days: int):
    return clock.today() + timedelta(days=days)


def planned(use_case, gate, days):
    gate_plans.plan(use_case, gate=gate, planned_on=in_days(days), by=use_case.product_owner)
    return use_case


def depends(use_case, needs, **more):
    return dependencies.add(use_case, needs=needs, by=use_case.product_owner, **more)


def state(link):
    return reads.told(reads.dated(Dependency.objects.for_list()).get(pk=link.pk)).state


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_whoever_steers_says_what_is_needed_and_its_owner_is_told():
    waiting, needed = in_backlog(title="Routes"), in_backlog(title="Weather", product_owner=owner("Wanda"))

    link = depends(waiting, needed, reason=" Its forecast ")

    assert (link.reason, str(link)) == ("Its forecast", f"{waiting.ref} → {needed.ref}")
    assert AuditEvent.objects.filter(verb="use_case.dependency_added", target_id=str(waiting.pk)).count() == 1
    assert Notice.objects.filter(user=needed.product_owner, text__contains="depends on").count() == 1


def test_the_owner_is_not_told_of_a_confidential_one():
    waiting = in_backlog(title="Secret", is_confidential=True)
    needed = in_backlog(product_owner=owner("Wanda"))

    depends(waiting, needed)

    assert not Notice.objects.filter(user=needed.product_owner, text__contains="depends on").exists()


def test_others_are_refused_and_nothing_happens():
    waiting, needed = in_backlog(), in_backlog()
    stranger = person("Stranger")
    with pytest.raises(Refused, match="product owner"):
        dependencies.add(waiting, needs=needed, by=stranger)
    assert not Dependency.objects.exists()

    link = depends(waiting, needed)
    with pytest.raises(Refused, match="product owner"):
        dependencies.remove(link, by=stranger)
    assert Dependency.objects.filter(pk=link.pk).exists()
    assert not AuditEvent.objects.filter(verb="use_case.dependency_removed").exists()


def test_a_circle_is_refused_with_its_path_and_hides_what_the_asker_does_not_see():
    boss, olga = manager(), owner("Olga")
    first, third = (in_backlog(title=title, product_owner=olga) for title in ("A", "C"))
    secret = in_backlog(title="B", is_confidential=True)
    dependencies.add(first, needs=secret, by=boss)
    dependencies.add(secret, needs=third, by=boss)

    with pytest.raises(ValidationError, match=f"{third.ref} → {first.ref} → {secret.ref} → {third.ref}"):
        dependencies.add(third, needs=first, by=boss)
    with pytest.raises(ValidationError) as refused:
        dependencies.add(third, needs=first, by=olga)
    assert f"{first.ref} → one that you do not see → {third.ref}" in str(refused.value)
    assert Dependency.objects.count() == 2


@pytest.mark.parametrize("what", ["itself", "twice", "ended", "hidden"])
def test_what_makes_no_sense_is_refused_in_words(what):
    waiting, needed = in_backlog(), in_backlog()
    if what == "twice":
        depends(waiting, needed)
    if what == "ended":
        phases.stop(needed, reason="Too dear.", lessons="Ask first.", by=needed.sponsor)
        needed.refresh_from_db()
    if what == "hidden":
        UseCase.objects.filter(pk=needed.pk).update(is_confidential=True, product_owner=owner("Else"))
    words = {"itself": "itself", "twice": "already", "ended": "nothing any more", "hidden": "that you see"}[
        what
    ]
    before = Dependency.objects.count()

    with pytest.raises(ValidationError, match=words):
        depends(waiting, waiting if what == "itself" else needed)
    assert Dependency.objects.count() == before


def test_the_plans_of_both_say_whether_it_comes_in_time():
    waiting, needed = in_backlog(title="Routes"), in_backlog(title="Weather")
    link = depends(waiting, needed)
    assert state(link) == "open"
    planned(needed, "G3", 60)
    assert state(link) == "open"
    planned(waiting, "G1", 90)
    assert state(link) == "fits"
    planned(needed, "G3", 91)
    assert state(link) == "late"
    gate_plans.plan(waiting, gate="G1", planned_on=in_days(91), by=waiting.product_owner)
    assert state(link) == "fits"

    with clock.at(clock.now() + timedelta(days=92)):  # neither has moved: it is wanted and not there
        assert state(link) == "late"


def test_what_is_being_built_wants_it_when_it_goes_live_and_production_or_an_end_settles_it():
    waiting, needed = in_phase("development"), planned(in_phase("development"), "G3", 50)
    link = depends(waiting, needed)
    planned(waiting, "G3", 40)
    assert state(link) == "late"
    planned(waiting, "G3", 60)
    assert state(link) == "fits"
    phases.move(needed, "go_live", by=None, gate="G3")
    assert state(link) == "met"

    other = in_backlog()
    lost = depends(waiting, other)
    phases.stop(other, reason="Too dear.", lessons="Ask first.", by=other.sponsor)
    assert state(lost) == "lost"


def test_the_filter_and_the_words_agree_and_nobody_learns_of_what_they_do_not_see():
    waiting, calm = planned(in_backlog(title="Routes"), "G1", 10), in_backlog(title="Calm")
    secret = planned(in_backlog(title="Weather", is_confidential=True), "G3", 20)
    dependencies.add(waiting, needs=secret, by=manager())
    depends(calm, waiting)

    def found(user):
        rows = UseCaseFilter({"is": ["dependency_late"]}, queryset=UseCase.objects.visible_to(user))
        rows.request = type("Request", (), {"user": user})
        return list(rows.qs)

    stranger, boss = person("Stranger"), manager()
    assert found(boss) == [waiting]
    assert found(stranger) == []
    assert reads.needs_of([waiting], stranger) == {}
    assert [each.state for each in reads.needs_of([waiting], boss)[waiting.pk]] == ["late"]


def test_a_plan_that_moves_too_far_is_told_once_to_those_who_wait():
    waiting, needed = planned(in_backlog(), "G1", 50), planned(in_backlog(), "G3", 40)
    dependencies.add(waiting, needs=needed, by=manager())
    told = Notice.objects.filter(user=waiting.product_owner, text__contains="too late")

    gate_plans.plan(needed, gate="G3", planned_on=in_days(70), by=manager())
    gate_plans.plan(needed, gate="G3", planned_on=in_days(75), by=manager())

    assert told.count() == 1


def test_the_roadmap_draws_what_is_on_the_page_and_tells_it_in_words():
    waiting, needed = (
        planned(in_backlog(title="Routes"), "G1", 30),
        planned(in_backlog(title="Weather"), "G3", 60),
    )
    depends(waiting, needed)
    everything = roadmaps.roadmap(UseCase.objects.order_by("ref"), "1", waiting.product_owner)
    [arrow] = next(row for row in everything.rows if row.use_case == waiting).arrows
    axis = roadmaps.scale()
    assert arrow.is_drawn and (arrow.leaves, arrow.arrives) == (axis.x(in_days(60)), axis.x(in_days(30)))

    alone = roadmaps.roadmap(UseCase.objects.filter(pk=waiting.pk), "1", waiting.product_owner)
    assert [each.is_drawn for each in alone.rows[0].arrows] == [False]

    client = signed_in(waiting.product_owner)
    page = client.get(reverse("projects:use_case_roadmap")).content.decode()
    assert (
        f'data-needs="{needed.pk}"' in page
        and "comes too late" in page
        and "when this one is to begin" in page
    )
    late = client.get(reverse("projects:use_case_roadmap"), {"is": "dependency_late"}).content.decode()
    assert waiting.title in late and f'data-case="{needed.pk}"' not in late
    assert (
        "when this one is to begin"
        in client.get(reverse("projects:use_case_detail", args=[waiting.pk])).content.decode()
    )
    assert "Needed by" in client.get(reverse("projects:use_case_detail", args=[needed.pk])).content.decode()


def test_the_page_adds_explains_and_takes_away():
    waiting, needed = in_backlog(title="Routes"), in_backlog(title="Weather")
    client = signed_in(waiting.product_owner)
    page = reverse("projects:use_case_dependencies", args=[waiting.pk])

    wrong = client.post(page, {"needs": waiting.ref})
    assert wrong.status_code == 422 and "does not depend on itself" in wrong.content.decode()
    assert client.post(page, {"needs": str(needed), "reason": "Its forecast"}).status_code == 302
    [link] = Dependency.objects.all()
    assert "Its forecast" in client.get(page).content.decode()
    assert client.post(reverse("projects:dependency_remove", args=[needed.pk, link.pk])).status_code == 404
    assert client.post(reverse("projects:dependency_remove", args=[waiting.pk, link.pk])).status_code == 302
    assert not Dependency.objects.exists()


def test_the_api_does_the_same():
    olga = owner("Olga")
    waiting = planned(in_backlog(product_owner=olga), "G1", 10)
    needed = planned(in_backlog(product_owner=olga), "G3", 20)
    client = signed_in(waiting.product_owner)

    def ask(method, url, body=None):
        return getattr(client, method)(url, body, content_type="application/json")

    made = ask("post", "/api/dependencies/", {"use_case": str(waiting.pk), "needs": str(needed.pk)})
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["is_conflict"]) == ("late", True)
    circle = ask("post", "/api/dependencies/", {"use_case": str(needed.pk), "needs": str(waiting.pk)})
    assert circle.status_code == 400 and "→" in circle.content.decode()
    assert client.get("/api/dependencies/", {"too_late": "true"}).json()["count"] == 1
    assert client.get("/api/dependencies/", {"needs": str(waiting.pk)}).json()["count"] == 0
    key = made.json()["id"]
    assert client.delete(f"/api/dependencies/{key}/").status_code == 204
    assert not Dependency.objects.exists()
