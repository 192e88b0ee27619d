"""The library: what is found, counted and walked along, and that nothing hidden leaves a trace."""

import random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.services import documents
from projects import shelves, tasks
from projects.models import Artifact, ArtifactSource, ArtifactTag, Dataset
from projects.selectors.artifacts import similar
from projects.selectors.library import Asked, found, narrowed
from projects.selectors.lineage import MOST, lineage, reuse
from projects.services import artifacts, recipes
from tests.governance import factories as f
from tests.people import person
from tests.projects.artifact_scene import dataset, note, sandbox
from tests.projects.data_scene import draft, quick_engine, ready_version, scene

__all__ = ["quick_engine"]
pytestmark = pytest.mark.django_db


def titles(user, **asked):
    return [each.title for each in found(user, Asked(**asked)).rows]


def facet(user, name, **asked):
    answer = found(user, Asked(**asked))
    return {chip.label: chip.count for each in answer.facets if each.name == name for chip in each.chips}


def test_the_library_shows_every_kind_in_one_order():
    play = scene()
    dataset(play.citizen, name="Claims", use_case=play.use_case)
    note(play.citizen, title="Reading claims", tags=["hail"], use_case=play.use_case)
    artifacts.create(kind="link", title="A weather service", link="https://example.org", by=play.owner)
    assert titles(play.citizen) == ["A weather service", "Reading claims", "Claims"]
    assert titles(play.citizen, sort="old") == ["Claims", "Reading claims", "A weather service"]
    assert titles(play.citizen, sort="title") == ["A weather service", "Claims", "Reading claims"]
    assert facet(play.citizen, "kind") == {"Dataset": 1, "Note": 1, "Link": 1}
    assert facet(play.citizen, "use_case") == {play.use_case.ref: 2}
    assert facet(play.citizen, "tag") == {"hail": 1}
    assert facet(play.citizen, "owner") == {"Carl Citizen": 2, "Olga Owner": 1}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("hail", ["Hail in spring"]), ("HAIL spr", ["Hail in spring"]), ("ail", []), ("roofs", ["Hail in spring"]),
        ("hail fire", []), ("été", ["Feux d’été"]), ("ÉTÉ", ["Feux d’été"]), ("2025", ["Plan_2025-05"]),
        ("plan 05", ["Plan_2025-05"]), ("pla'); --", ["Plan_2025-05"]), ("&|!:*", ["Plan_2025-05", "Feux d’été", "Hail in spring"]),
        ("100%", []), ("plan 2025 hail", []),
    ],
)  # fmt: skip
def test_words_are_found_by_their_beginnings_on_every_database(words, expected):
    by = person()
    note(by, title="Hail in spring", description="Broken roofs.")
    note(by, title="Feux d’été")
    note(by, title="Plan_2025-05")
    assert titles(by, q=words) == expected


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the index is PostgreSQL's")
def test_words_are_looked_up_in_the_index_of_the_database():
    by = person()
    many(by, 3_000)
    note(by, title="Glacier")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE projects_artifact")
        rows = narrowed(by, Asked(q="glac"))["artifact"]
        assert "projects_artifact_words" in rows.values("pk").explain()
        cursor.execute("SELECT 1 FROM pg_indexes WHERE indexname = 'projects_dataset_words'")
        assert cursor.fetchone()
    assert titles(by, q="glac") == ["Glacier"]


def test_facets_narrow_down_together_and_count_what_a_click_would_leave():
    play = scene()
    note(play.citizen, title="One", classification="public", tags=["hail"])
    note(play.citizen, title="Two", tags=["hail", "roof"])
    note(play.owner, title="Three", tags=["roof"])
    by = play.citizen
    assert facet(by, "classification", owner=str(by.pk)) == {"Internal": 1, "Public": 1}
    assert facet(by, "owner", owner=str(by.pk)) == {"Carl Citizen": 2, "Olga Owner": 1}
    assert facet(by, "tag", classification="internal") == {"roof": 2, "hail": 1}
    assert titles(by, tag="roof", owner=str(by.pk)) == ["Two"]
    assert titles(by, tag="hail", classification="public", kind="note") == ["One"]
    assert titles(by, kind="dataset") == [] and titles(by, kind="dataset", tag="hail") == []
    for name in ("kind", "classification", "owner", "tag"):
        for each in found(by, Asked()).facets:
            for chip in each.chips if each.name == name else []:
                assert found(by, Asked(**{name: chip.value})).total == chip.count


@pytest.mark.parametrize("reader", ["stranger", "administrator", "model_reviewer", "it_engineer"])
def test_nothing_hidden_is_found_counted_or_named(reader):
    play = scene()
    play.use_case.is_confidential = True
    play.use_case.save()
    secret = note(
        play.citizen, title="CANARY", classification="confidential", use_case=play.use_case, tags=["canary"]
    )
    dataset(play.citizen, name="CANARY data", classification="personal", use_case=play.use_case)
    shown = note(play.citizen, title="Shown", use_case=play.use_case)
    ArtifactSource.objects.create(artifact=shown, kind="artifact", key=secret.pk)
    user = play.stranger if reader == "stranger" else person(duties=(reader,))
    answer = found(user, Asked())
    assert (answer.total, [each.title for each in answer.rows]) == (1, ["Shown"])
    assert answer.rows[0].use_case is None
    assert "canary" not in str(answer.facets).lower() and play.use_case.ref not in str(answer)
    assert found(user, Asked(q="CANARY")).total == found(user, Asked(tag="canary")).total == 0
    assert lineage("artifact", shown.pk, user) == lineage("artifact", note(user, title="Alone").pk, user)
    assert reuse("artifact", secret.pk, user) == 1 and similar(shown, user) == []
    assert found(play.citizen, Asked()).total == 4


def test_what_one_made_of_it_counts_only_where_it_is_seen():
    play = scene()
    base = note(play.owner, title="Base")
    note(play.citizen, title="Hidden", classification="confidential", made_from=[("artifact", base.pk)])
    assert reuse("artifact", base.pk, play.citizen) == 1
    assert reuse("artifact", base.pk, play.owner) == 0
    assert lineage("artifact", base.pk, play.owner).made == []


def test_a_hidden_thing_in_the_middle_ends_the_walk():
    play = scene()
    first = note(play.citizen, title="First")
    middle = note(
        play.citizen, title="Middle", classification="confidential", made_from=[("artifact", first.pk)]
    )
    last = note(play.citizen, title="Last", made_from=[("artifact", middle.pk)])
    Artifact.objects.filter(pk=last.pk).update(classification="public")
    assert [[each.title for each in level] for level in lineage("artifact", first.pk, play.citizen).made] == [
        ["Middle"], ["Last"],
    ]  # fmt: skip
    assert lineage("artifact", first.pk, play.stranger).made == []
    assert lineage("artifact", last.pk, play.stranger).sources == []


@pytest.mark.usefixtures("quick_engine")
def test_the_global_search_finds_artifacts_and_experiments_that_the_reader_sees(settings):
    settings.JOB_HEARTBEAT_SECONDS = 3600
    play = scene()
    run = draft(play, ready_version(play))
    note(play.citizen, title=f"About {run.title}", classification="confidential")
    mine = hits(play.citizen, run.title)
    assert mine["artifacts"] == [f"About {run.title}"] and mine["experiments"] == [run.title]
    assert not {"artifacts", "experiments"} & set(hits(play.stranger, run.title))


def hits(user, words):
    """What the page of the search finds, by kind."""
    client = Client()
    client.force_login(user)
    groups = client.get(reverse("search"), {"q": words}).context["groups"]
    return {each.code: [hit.title for hit in each.hits] for each in groups}


def test_what_was_put_away_leaves_the_library_and_can_be_looked_up():
    made = note(person())
    artifacts.retire(made, by=made.owner)
    assert titles(made.owner) == [] and titles(made.owner, away="true") == ["Storms"]
    assert facet(made.owner, "kind") == {}


def test_practice_of_a_learner_stands_in_nobody_elses_library():
    place, learner = sandbox()
    note(learner, use_case=place, title="Practice")
    assert titles(learner) == ["Practice"]
    for user in (person(), person(duties=("auditor",))):
        assert titles(user) == [] and facet(user, "use_case") == {}


def test_similar_ones_share_words_or_tags_and_are_seen():
    play = scene()
    mine = note(play.owner, title="Hail damage of roofs", tags=["hail"])
    note(play.owner, title="Roofs and hail damage", tags=["hail"])
    note(play.owner, title="Holiday pictures")
    note(play.citizen, title="Hail damage of roofs in May", classification="confidential")
    assert [each.title for each in similar(mine, play.owner)] == ["Roofs and hail damage"]
    assert len(similar(mine, play.citizen)) == 2


@pytest.mark.usefixtures("quick_engine")
def test_lineage_leads_from_data_over_recipes_and_experiments_to_what_was_made_of_them(settings):
    settings.JOB_HEARTBEAT_SECONDS = 3600
    play = scene()
    version = ready_version(play)
    run = draft(play, version)
    recipe = recipes.create(version, name="Shorter", by=play.citizen)
    made = note(
        play.citizen,
        use_case=play.use_case,
        made_from=[("experiment", run.pk), ("dataset", version.dataset_id)],
    )
    line = lineage("dataset", version.dataset_id, play.citizen)
    assert {(each.kind, each.title) for each in line.made[0]} == {
        ("experiment", run.title), ("recipe", recipe.name), ("artifact", made.title),
    }  # fmt: skip
    assert reuse("dataset", version.dataset_id, play.citizen) == 3
    up = lineage("artifact", made.pk, play.citizen).sources
    assert {each.kind for each in up[0]} == {"experiment", "dataset"}
    assert {each.kind for each in lineage("artifact", made.pk, play.stranger).sources[0]} == {"dataset"}


def many(by, count):
    """So many artifacts, datasets and edges, as rows."""
    chance = random.Random(7)  # noqa: S311
    kinds, classes = Artifact.Kind.values, Dataset.Classification.values
    made = Artifact.objects.bulk_create(
        Artifact(
            title=f"Thing {n} hail" if n % 3 else f"Thing {n}", kind=chance.choice(kinds), owner=by,
            classification=chance.choice(classes[:3]),
        )
        for n in range(count)
    )  # fmt: skip
    ArtifactTag.objects.bulk_create(
        ArtifactTag(artifact=each, word=f"t{n % 40}") for n, each in enumerate(made)
    )
    ArtifactSource.objects.bulk_create(
        ArtifactSource(artifact=each, kind="artifact", key=made[0].pk) for each in made[1:]
    )
    Dataset.objects.bulk_create(Dataset(name=f"Data {n}", owner=by) for n in range(count))
    return made[0]


@pytest.mark.parametrize(
    "asked", [Asked(), Asked(q="hail"), Asked(tag="t3"), Asked(kind="note", sort="title")]
)
def test_the_number_of_queries_does_not_grow(asked):
    by = person()
    many(by, 3)
    with CaptureQueriesContext(connection) as few:
        found(by, asked)
    first = many(by, 300)
    with CaptureQueriesContext(connection) as more:
        answer = found(by, asked)
    assert len(more) <= len(few) + 2 and len(more) < 20 and len(answer.rows) <= 25
    with CaptureQueriesContext(connection) as walk:
        line = lineage("artifact", first.pk, by)
    assert line.is_cut and len(line.made[0]) == MOST and len(walk) < 25
    assert reuse("artifact", first.pk, by) == 299


def test_every_page_of_the_library_follows_the_one_before():
    by = person()
    many(by, 60)
    pages = [found(by, Asked(), page=n) for n in range(1, 7)]
    keys = [row.key for page in pages for row in page.rows]
    assert len(keys) == len(set(keys)) == 120 == pages[0].total and pages[5].rows == []


def test_every_kind_has_a_page_and_every_edge_joins_kinds_that_are_there():
    codes = {each.code for each in shelves.kinds()}
    assert {
        "dataset",
        "experiment",
        "artifact",
        "recipe",
        "model",
        "version",
        "edition",
        "deployment",
    } == codes
    assert all(each.made in codes and each.source in codes for each in shelves.edges())
    key = "11111111-1111-1111-1111-111111111111"
    assert all(key in each.url(key) for each in shelves.kinds())


def test_models_and_documents_stand_in_the_library_with_the_class_of_their_data():
    world = f.world()
    version, reviewer = world.version, world.reviewer
    documents.issue(version, kind="model_card", by=world.author)
    rows = {each.kind: each for each in found(reviewer, Asked(q=version.model.name)).rows}
    grade = version.dataset_version.dataset.classification
    assert (rows["model"].title, rows["model"].classification) == (version.model.name, grade)
    assert (rows["edition"].words, rows["edition"].classification) == ("Model card", grade)
    line = lineage("version", version.pk, reviewer)
    assert [each.kind for each in line.sources[0]] == ["experiment"]
    assert "dataset" in {each.kind for each in line.sources[1]}
    made = note(world.author, title="About it", made_from=[("version", version.pk)])
    assert made.classification == grade
    users = {each.kind for each in lineage("version", version.pk, world.author).users}
    assert users == {"artifact", "edition"}


def test_the_timetable_keeps_the_classes():
    play = scene()
    data = dataset(play.citizen)
    made = note(play.citizen, made_from=[("dataset", data.pk)])
    Dataset.objects.filter(pk=data.pk).update(classification="confidential")
    tasks.keep_classes()
    made.refresh_from_db()
    assert made.classification == "confidential"
