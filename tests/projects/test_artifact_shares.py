"""Artifacts are shared as datasets are: who sees, takes, changes and hands on what, until when, and where it shows."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import search
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Notice
from portal.core.services import people
from portal.core.verdicts import Refused
from projects.models import Artifact, ArtifactShare, ArtifactVersion, Dataset, SquadRole
from projects.rules import artifacts as artifact_rules, shares as rules
from projects.selectors import shares as selectors
from projects.selectors.artifacts import similar
from projects.selectors.library import Asked, found
from projects.selectors.lineage import lineage, reuse
from projects.services import artifact_files, artifact_sources, artifacts, shares
from tests.people import person
from tests.projects.artifact_scene import file, note
from tests.projects.data_scene import join
from tests.projects.share_scene import KINDS, RIGHTS, case, day

pytestmark = pytest.mark.django_db
LIBRARY = selectors.PLACES["artifact"]


def world(classification="confidential"):
    """An artifact, its owner, and one receiver of each kind, each with somebody it reaches."""
    owner, friend = person("Dora Owner"), person("Fred Friend")
    line = people.create_unit(name=f"Line {friend.pk}", kind="company", parent=None, by=None)
    team = people.create_unit(name="Team", kind="business_line", parent=line, by=None)
    colleague, member, squad = (
        person("Una Unit", unit=team),
        person("Mia Member"),
        case(person("Paul Product")),
    )
    join(squad, member)
    return SimpleNamespace(
        made=note(owner, title="Canary Minutes", classification=classification, tags=["canary"]), owner=owner,
        stranger=person("Sven Stranger"),
        receivers={"person": {"person": friend}, "squad": {"squad": squad}, "unit": {"unit": line}, "everyone": {"everyone": True}},
        reached={"person": friend, "squad": member, "unit": colleague, "everyone": person("Any Body")},
    )  # fmt: skip


def share(w, kind="person", right="use", until=None, by=None):
    return shares.share(
        w.made, **w.receivers[kind], right=right, reason="To compare.", until=until, by=by or w.owner
    )


def sees(user, artifact):
    return Artifact.objects.visible_to(user).filter(pk=artifact.pk).exists()


@pytest.mark.parametrize("kind", ["person", "squad", "unit"])
@pytest.mark.parametrize("right", RIGHTS)
def test_each_right_reaches_each_kind_of_receiver_with_what_it_includes_and_nobody_else(kind, right):
    w = world()
    reached, version = w.reached[kind], w.made.versions.get()
    others = [who for name, who in w.reached.items() if name != kind] + [w.stranger]
    assert not sees(reached, w.made)

    share(w, kind, right)

    level = RIGHTS.index(right)
    assert sees(reached, w.made) and set(ArtifactVersion.objects.visible_to(reached)) == {version}
    assert bool(artifact_rules.may_use(reached, w.made)) is (level >= 1)
    assert bool(artifact_rules.may_take(reached, version)) is (level >= 1)
    assert bool(artifact_rules.may_change(reached, w.made)) is (level >= 2)
    assert bool(rules.may_share(reached, w.made)) is (level >= 3)
    for rule in (artifact_rules.may_classify, artifact_rules.may_retire):
        assert not rule(reached, w.made), rule
    assert [each for each in others if sees(each, w.made)] == []
    assert sees(w.owner, w.made)


def test_who_may_only_look_takes_no_file_and_builds_on_nothing():
    w = world()
    share(w, right="view")
    friend = w.reached["person"]
    with pytest.raises(Refused) as refusal:
        artifact_files.take(w.made.versions.get(), by=friend)
    assert refusal.value.verdict.code == "artifact.use_not_yours"
    with pytest.raises(ValidationError):
        note(friend, title="Upon it", made_from=[("artifact", w.made.pk)])
    with pytest.raises(Refused):
        artifacts.add_version(w.made, file=file(b"new"), by=friend)
    assert Artifact.objects.count() == 1 and w.made.versions.count() == 1
    assert not AuditEvent.objects.filter(verb="artifact_version.downloaded").exists()

    share(w, right="use")
    upon = note(friend, title="Upon it", made_from=[("artifact", w.made.pk)])
    assert upon.classification == "confidential" and artifact_files.take(w.made.versions.get(), by=friend)


def test_who_may_only_look_at_a_table_makes_no_artifact_from_it():
    w = world()
    data = Dataset.objects.create(name="Salaries", owner=w.owner, classification="confidential")
    friend = w.reached["person"]
    lent = shares.share(data, person=friend, right="view", reason="A look.", by=w.owner)
    with pytest.raises(ValidationError):
        note(friend, title="From it", made_from=[("dataset", data.pk)])
    assert Artifact.objects.count() == 1
    shares.change(lent, right="use", reason="To work.", until=None, by=w.owner)
    assert note(friend, title="From it", made_from=[("dataset", data.pk)]).sources.count() == 1


def test_what_one_may_only_look_at_stays_a_source_where_others_named_it():
    w = world()
    friend = w.reached["person"]
    share(w, right="use")
    upon = note(friend, title="Upon it", made_from=[("artifact", w.made.pk)])
    shares.change(ArtifactShare.objects.get(), right="view", reason="Less.", until=None, by=w.owner)
    artifact_sources.derive(upon, [("artifact", w.made.pk)], by=friend)
    assert upon.sources.count() == 1


def test_who_may_edit_brings_a_version_and_says_what_it_is():
    w = world()
    share(w, "squad", "edit")
    member = w.reached["squad"]
    artifacts.add_version(w.made, file=file(b"new"), by=member)
    artifacts.describe(w.made, title="Better minutes", by=member)
    assert (w.made.versions.count(), Artifact.objects.get().title) == (2, "Better minutes")


@pytest.mark.parametrize(
    ("grade", "allowed"),
    [
        ("public", set(KINDS)), ("internal", set(KINDS)), ("confidential", {"person", "squad", "unit"}),
        ("personal", {"person", "squad"}), ("special", set()),
    ],
)  # fmt: skip
def test_the_class_caps_how_far_an_artifact_goes(grade, allowed):
    w = world(grade)
    given = set()
    for kind in KINDS:
        try:
            share(w, kind, until=day())
            given.add(kind)
        except Refused as refusal:
            assert refusal.verdict.code in {"share.class_caps_reach", "dataset.special_categories"}
    assert given == allowed == {each.kind for each in ArtifactShare.objects.all()}


def test_personal_things_are_shared_until_a_day_and_taken_along_by_nobody_but_their_circle():
    w = world("personal")
    with pytest.raises(Refused) as refusal:
        share(w)
    assert refusal.value.verdict.code == "share.class_needs_day" and not ArtifactShare.objects.exists()
    share(w, until=day(3))
    taking = artifact_rules.may_take(w.reached["person"], w.made.versions.get())
    assert taking.code == "artifact.take_personal_data"


def test_the_day_ends_it_by_itself_and_an_early_end_at_once():
    w = world()
    made = share(w, until=day(3))
    ArtifactShare.objects.update(until=day(-1))
    assert not sees(w.reached["person"], w.made)
    assert shares.expire_over() == 1 and shares.expire_over() == 0
    assert AuditEvent.objects.filter(verb="artifact.access_expired").count() == 1
    again = share(w)
    assert again.pk != made.pk and sees(w.reached["person"], w.made)
    shares.end(again, by=w.owner)
    assert not sees(w.reached["person"], w.made)


def test_whoever_it_was_shared_with_hears_of_it_and_of_its_end():
    w = world()
    shares.end(share(w, right="manage", until=day(2)), by=w.owner)
    texts = Notice.objects.filter(user=w.reached["person"]).order_by("created_at")
    assert [each.url for each in texts] == [
        reverse("projects:artifact_detail", args=[w.made.pk]),
        reverse("projects:library"),
    ]


def test_a_stricter_class_ends_what_is_too_wide_also_where_it_is_inherited():
    w = world("internal")
    data = Dataset.objects.create(name="Salaries", owner=w.owner)
    artifact_sources.derive(w.made, [("dataset", data.pk)], by=w.owner)
    for kind in KINDS:
        share(w, kind, until=day())
    data.classification = "personal"
    data.save()
    artifact_sources.keep_classes()
    assert {each.kind for each in ArtifactShare.objects.current()} == {"person", "squad"}
    assert not sees(w.reached["unit"], w.made) and sees(w.reached["person"], w.made)
    artifacts.classify(Artifact.objects.get(), "special", by=w.owner)
    assert not ArtifactShare.objects.current().exists()
    assert AuditEvent.objects.filter(verb="artifact.unshared", details__because="class").count() == 4


def test_who_manages_hands_on_no_longer_than_their_own_and_never_more_than_they_have():
    w = world()
    share(w, right="manage", until=day(5))
    friend = w.reached["person"]
    for until in (None, day(6)):
        with pytest.raises(Refused) as refusal:
            share(w, "squad", until=until, by=friend)
        assert refusal.value.verdict.code == "share.longer_than_own"
    assert ArtifactShare.objects.count() == 1
    share(w, "squad", until=day(5), by=friend)
    assert sees(w.reached["squad"], w.made)


@pytest.mark.parametrize("right", ["view", "use", "edit", ""])
def test_nobody_shares_without_the_right_to_manage(right):
    w = world()
    if right:
        share(w, right=right)
    before = ArtifactShare.objects.count()
    with pytest.raises(Refused) as refusal:
        share(w, "squad", by=w.reached["person"])
    assert refusal.value.verdict.code == "dataset.share_not_yours" and ArtifactShare.objects.count() == before


def hits(user):
    return search.artifacts(user, "canary", 5)


def test_a_share_opens_lists_search_facets_lineage_similar_and_reuse_and_its_end_closes_them():
    w = world()
    friend = w.reached["person"]
    base = note(friend, title="Canary base", classification="internal", tags=["canary"])
    upon = note(
        w.owner, title="Canary upon", made_from=[("artifact", base.pk)], classification="confidential"
    )
    w.made = upon

    def traces():
        answer = found(friend, Asked())
        return (
            answer.total, len(hits(friend)), sum(chip.count for chip in answer.facets[0].chips),
            len(lineage("artifact", base.pk, friend).made), reuse("artifact", base.pk, friend), len(similar(base, friend)),
            found(friend, Asked(sort="reuse")).rows[0].uses,
        )  # fmt: skip

    alone = traces()
    assert alone == (1, 1, 1, 0, 0, 0, 0)
    made = share(w)
    assert traces() == (2, 2, 2, 1, 1, 1, 1)
    shares.end(made, by=w.owner)
    assert traces() == alone


def test_the_library_shows_what_was_shared_with_me_of_both_kinds_and_nothing_else():
    w = world()
    friend = w.reached["person"]
    data = Dataset.objects.create(name="Salaries", owner=w.owner, classification="confidential")
    note(w.owner, title="Open to all"), note(friend, title="My own")
    assert found(friend, Asked(shared="true")).total == 0
    share(w)
    shares.share(data, person=friend, right="view", reason="A look.", by=w.owner)
    answer = found(friend, Asked(shared="true", sort="title"))
    assert [each.title for each in answer.rows] == ["Canary Minutes", "Salaries"]
    assert {chip.label: chip.count for chip in answer.facets[0].chips} == {"Dataset": 1, "Note": 1}
    assert found(friend, Asked(shared="true", tag="canary")).total == 1
    assert found(w.owner, Asked(shared="true")).total == 0


def test_the_most_built_on_stands_first_and_counts_only_what_one_sees():
    by, other = person(), person()
    little, much, nothing = (note(by, title=name) for name in ("Little", "Much", "Nothing"))
    note(by, title="Upon", made_from=[("artifact", little.pk), ("artifact", much.pk)])
    note(other, title="Hidden", made_from=[("artifact", much.pk)], classification="confidential")
    shown = {each.title: each.uses for each in found(by, Asked(sort="reuse")).rows}
    assert shown == {"Little": 1, "Much": 1, "Nothing": 0, "Upon": 0}
    mine = found(other, Asked(sort="reuse")).rows
    assert (mine[0].title, mine[0].uses) == ("Much", 2)
    assert all(each.uses == reuse("artifact", each.key, other) for each in mine)
    assert found(other, Asked()).rows[0].uses is None and nothing


def test_who_sees_it_and_what_one_sees_say_the_same_reasons():
    w = world()
    friend = w.reached["person"]
    share(w, right="edit", until=day(4))
    shown = selectors.access(w.made, w.owner)
    assert [each.why for each in shown.people] == ["Owner"] and len(shown.shares) == 1
    assert list(selectors.seen_by(friend, friend, LIBRARY)) == [w.made]
    (seen,) = selectors.why(friend, [w.made], LIBRARY)
    assert [(each.right, each.until) for each in seen.ways] == [("edit", day(4))]
    assert list(selectors.seen_by(friend, w.owner, LIBRARY)) == [w.made]
    assert list(selectors.seen_by(friend, person(duties=(Duty.PORTFOLIO_MANAGER,)), LIBRARY)) == []


def test_a_person_shares_changes_and_ends_on_pages():
    w = world()
    client = Client()
    client.force_login(w.owner)
    sharing = reverse("projects:artifact_sharing", args=[w.made.pk])
    assert sharing in client.get(reverse("projects:artifact_detail", args=[w.made.pk])).content.decode()
    give = reverse("projects:artifact_share", args=[w.made.pk]) + "?to=person"
    assert "take the file along" in client.get(give).content.decode()
    body = {"to": "person", "person": w.reached["person"].pk, "right": "view", "reason": "To read it."}
    assert client.post(give, body | {"reason": ""}).status_code == 422 and not ArtifactShare.objects.exists()
    assert client.post(give, body).url == sharing
    made = ArtifactShare.objects.get()
    assert "Fred Friend" in client.get(sharing).content.decode()
    client.post(
        reverse("projects:artifact_share_change", args=[made.pk]), {"right": "edit", "reason": "More."}
    )
    assert ArtifactShare.objects.get().right == "edit"
    friend = Client()
    friend.force_login(w.reached["person"])
    page = friend.get(reverse("projects:person_data") + "?kind=artifact").content.decode()
    assert "Canary Minutes" in page and "Shared by name by Dora Owner" in page
    assert friend.post(reverse("projects:artifact_share_end", args=[made.pk])).url == reverse(
        "projects:library"
    )
    assert friend.get(sharing).status_code == 404


def test_a_program_does_what_the_pages_do():
    w = world()
    client = Client()
    client.force_login(w.owner)
    address = reverse("api:artifact-share", args=[w.made.pk])
    body = {"person": w.reached["person"].pk, "right": "use", "reason": "To read it."}
    made = client.post(address, body, content_type="application/json").json()
    assert (made["artifact"], made["right"]) == (str(w.made.pk), "use") and made["can"]["end"]["allowed"]
    listed = client.get(reverse("api:artifact-share-list"), {"artifact": w.made.pk, "running": "true"}).json()
    assert [each["id"] for each in listed["results"]] == [made["id"]]
    who = client.get(reverse("api:artifact-who-sees", args=[w.made.pk])).json()
    assert [each["share"] for each in who["shares"]] == [made["id"]]
    seen = client.get(reverse("api:artifact-share-seen-by"), {"person": w.reached["person"].pk}).json()
    assert [each["artifact"] for each in seen["results"]] == [str(w.made.pk)]
    change = {"right": "view", "reason": "Less."}
    url = reverse("api:artifact-share-change", args=[made["id"]])
    assert client.post(url, change, content_type="application/json").json()["right"] == "view"
    ended = client.post(reverse("api:artifact-share-end", args=[made["id"]])).json()
    assert ended["ended_at"] and not sees(w.reached["person"], w.made)


def test_lists_and_pages_ask_as_often_for_many_shares_as_for_one():
    w = world()
    client = Client()
    client.force_login(w.owner)

    def cost(number):
        for _each in range(number):
            shares.share(w.made, person=person(), right="use", reason="x", by=w.owner)
            other = note(w.stranger, title="More", classification="confidential")
            shares.share(other, person=w.owner, right="use", reason="x", by=w.stranger)
        found = []
        for url in (
            "/library/", "/library/?shared=on&sort=reuse", f"/library/{w.made.pk}/sharing/", "/data/seen/?kind=artifact",
            "/api/artifact-shares/", "/api/artifacts/",
        ):  # fmt: skip
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            found.append(len(asked))
        return found

    cost(2)
    assert cost(1) == cost(6)


def test_the_page_names_each_person_by_role_once_with_every_reason():
    w, owner = world(), person("Paula Product")
    w.made.use_case = case(owner, 2)
    w.made.save()
    join(w.made.use_case, owner, SquadRole.PRODUCT_OWNER)
    join(w.made.use_case, w.owner)
    shown = selectors.access(w.made, w.owner)
    assert [(each.person, each.right, each.why) for each in shown.faces] == [
        (w.owner, "manage", "Owner · Squad: Citizen data scientist"),
        (owner, "edit", "Product owner · Squad: Product owner"),
    ]
    client = Client()
    client.force_login(w.owner)
    page = client.get(reverse("projects:artifact_sharing", args=[w.made.pk])).content.decode()
    assert page.count("Product owner · Squad: Product owner") == 1
