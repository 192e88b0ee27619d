"""Recipes: steps grow and are looked at, make a frozen version with its lineage, and are played again."""

import subprocess
import sys

import pandas as pd
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.core import filestore, job_runner
from portal.core.models import Job
from portal.core.verdicts import Refused
from projects.models import Dataset, DatasetVersion, Recipe
from projects.services import datasets, recipes
from tests.people import person
from tests.projects.data_scene import join, near_engine, ready_version, scene, upload

__all__ = ["near_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("near_engine")]

CLIENTS = b"client,age,plan,mail\n" + b"".join(
    b"%d,%s,%s,p%d@example.org\n" % (n, b"" if n == 4 else b"%d" % (20 + n), (b"b", b"g")[n % 2], n)
    for n in range(60)
)
TOWNS = b"id,town\n" + b"".join(b"%d,Town %d\n" % (n, n % 3) for n in range(50))
STEPS = [
    {"kind": "fill", "column": "age", "how": "median"},
    {"kind": "replace", "column": "plan", "values": {"b": "basic", "g": "gold"}},
    {"kind": "keep_rows", "column": "age", "test": "at_least", "value": "30"},
]


def idle():
    job_runner.run_until_idle("quick")


def test_steps_grow_on_the_page_and_become_a_table_that_knows_its_parents(client, tmp_path):
    play = scene()
    version = ready_version(play, CLIENTS)
    towns = ready_version(play, TOWNS, name="Towns", classification="confidential")
    helper = person("Hanna Helper")
    join(play.use_case, helper)
    client.force_login(play.citizen)
    begun = client.post(reverse("projects:recipe_new", args=[version.pk]), {"name": "Adults"})
    recipe = Recipe.objects.get()
    page = reverse("projects:recipe_detail", args=[recipe.pk])
    assert begun.url == page

    def add(kind, **settings):
        assert client.post(f"{page}?kind={kind}", settings).status_code == 302, settings

    add("fill", column="age", how="median")
    add("replace", column="plan", values="b = basic\ng=gold")
    add("keep_rows", column="age", test="at_least", value="30")
    assert client.post(f"{page}?kind=rename", {"column": "plan", "to": "age"}).status_code == 422
    client.force_login(helper)
    chosen = client.get(f"{page}?kind=join&version={towns.pk}").content.decode()
    assert "Take these columns" in chosen
    add("join", version=str(towns.pk), on="client", other_on="id", columns=["town"])
    assert "recipe-live" in client.get(page).content.decode()
    idle()
    shown = client.get(reverse("projects:recipe_live", args=[recipe.pk])).content.decode()
    assert "Town 2" in shown and "gold" in shown and "51 rows" in shown
    assert "p30@example.org" not in shown  # a helper does not keep the table
    script = client.get(reverse("projects:recipe_script", args=[recipe.pk]))
    assert script.status_code == 200 and "attachment" in script["Content-Disposition"]

    made = client.post(reverse("projects:recipe_play", args=[recipe.pk]), {"name": "Grown-ups"})
    idle()
    result = DatasetVersion.objects.get(recipe=recipe)
    assert made.url == reverse("projects:dataset_version", args=[result.pk])
    assert result.state == "ready" and (result.rows, result.columns) == (51, 5), result.problems
    assert result.dataset.classification == "confidential" and result.dataset.owner == helper
    assert set(result.parents.all()) == {version, towns}
    assert set(result.preparers) == {str(helper.pk), str(play.citizen.pk)}
    assert [step["by"] for step in result.steps] == [str(play.citizen.pk)] * 3 + [str(helper.pk)]
    assert "Keep rows where age is at least 30" in client.get(made.url).content.decode()
    own = client.get(
        made.url
    ).content.decode()  # a recipe lifts no mask, not even for the owner of its result
    assert "gold" in own and "@example.org" not in own
    assert recipes.play(Recipe.objects.get(), by=helper) == result  # the same once more is the same version

    (tmp_path / "prepare.py").write_bytes(script.content)
    tables = [
        filestore.fetch(each.table_digest, tmp_path / f"{each.pk}.parquet") for each in (version, towns)
    ]
    again = [str(tables[0]), str(tmp_path / "again.parquet"), str(tables[1])]
    subprocess.run([sys.executable, str(tmp_path / "prepare.py"), *again], check=True)
    portal = pd.read_parquet(filestore.fetch(result.table_digest, tmp_path / "portal.parquet"))
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "again.parquet"), portal)


def test_steps_move_go_and_come_back_and_an_order_that_cannot_be_is_refused(client):
    play = scene()
    version = ready_version(play, CLIENTS)
    steps = [
        {"kind": "rename", "column": "plan", "to": "contract"},
        {"kind": "drop", "columns": ["contract"]},
    ]
    recipe = recipes.create(version, name="R", steps=steps, by=play.citizen)
    client.force_login(play.citizen)
    step = reverse("projects:recipe_step", args=[recipe.pk])

    def kinds():
        return [each["kind"] for each in Recipe.objects.get().steps]

    refused = client.post(step, {"deed": "up 1", "revision": "1"}, follow=True).content.decode()
    assert "no column contract" in refused and kinds() == ["rename", "drop"]
    client.post(step, {"deed": "remove 1", "revision": "0"})  # made from steps that are no more
    assert kinds() == ["rename", "drop"]
    client.post(step, {"deed": "remove 1", "revision": "1"})
    assert kinds() == ["rename"]
    client.post(step, {"deed": "undo"})
    assert kinds() == ["rename", "drop"]
    with pytest.raises(Refused):
        recipes.remove(recipe, 0, by=play.stranger)
    assert kinds() == ["rename", "drop"]
    for wrong, field in (
        ({"kind": "dance"}, "kind"),
        ({"kind": "fill", "column": "nothing", "how": "mean"}, "column"),
        ({"kind": "bins", "column": "age", "into": "b", "count": 1}, "count"),
        (
            {"kind": "derive", "into": "x", "left": "age", "operation": "add", "right_value": "y"},
            "right_value",
        ),
        ({"kind": "join", "version": "x", "on": "age", "other_on": "a", "columns": ["b"]}, "version"),
        ({"kind": "drop", "columns": ["age"], "colour": "red"}, "colour"),
    ):
        with pytest.raises(ValidationError) as refusal:
            recipes.add(recipe, wrong, by=play.citizen)
        assert set(refusal.value.message_dict) == {field}
    assert kinds() == ["rename", "drop"]


def test_the_same_recipe_is_played_on_the_next_version_and_names_the_step_that_does_not_fit(client):
    play = scene()
    version = ready_version(play, CLIENTS)
    recipe = recipes.create(version, name="Adults", steps=STEPS, by=play.citizen)
    idle()
    first = recipes.play(recipe, by=play.citizen, name="Grown-ups")
    idle()
    newer, _is_new = datasets.add_version(
        version.dataset, upload(CLIENTS + b"70,90,g,x@y.org\n"), by=play.citizen
    )
    idle()
    client.force_login(play.citizen)
    assert (
        "Use the newest version"
        in client.get(reverse("projects:recipe_detail", args=[recipe.pk])).content.decode()
    )
    client.post(reverse("projects:recipe_base", args=[recipe.pk]))
    client.post(reverse("projects:recipe_play", args=[recipe.pk]))
    idle()
    second = first.dataset.versions.get(number=2)
    first.refresh_from_db()
    assert (first.rows, second.rows) == (51, 52) and list(second.parents.all()) == [newer]

    words = CLIENTS.replace(b"1,21,", b"1,old,")
    datasets.add_version(version.dataset, upload(words), by=play.citizen)
    idle()
    client.post(reverse("projects:recipe_base", args=[recipe.pk]))
    client.post(reverse("projects:recipe_play", args=[recipe.pk]))
    idle()
    third = first.dataset.versions.get(number=3)
    assert third.state == "rejected" and not third.table_digest
    assert (third.problems[0]["code"], third.problems[0]["column"]) == ("prepare_not_number", "age")
    assert "Step 1" in client.get(reverse("projects:dataset_version", args=[third.pk])).content.decode()


def test_a_recipe_is_seen_by_those_who_see_every_table_it_reads_and_joins_only_what_one_may_use(client):
    play = scene()
    version = ready_version(play, CLIENTS)
    secret = ready_version(play, TOWNS, name="Towns", classification="personal")
    look_up = {
        "kind": "join",
        "version": str(secret.pk),
        "on": "client",
        "other_on": "id",
        "columns": ["town"],
    }
    jobs = Job.objects.count()
    with pytest.raises(ValidationError, match="may use"):
        recipes.create(version, name="Mine", steps=[look_up], by=play.stranger)
    assert not Recipe.objects.exists() and Job.objects.count() == jobs

    recipe = recipes.create(version, name="Ours", steps=[look_up], by=play.citizen)
    client.force_login(play.stranger)
    assert client.get(reverse("projects:recipe_detail", args=[recipe.pk])).status_code == 404
    assert client.get("/api/recipes/").json()["results"] == []
    made = recipes.play(recipe, by=play.citizen)
    assert made.dataset.classification == "personal"
    assert not Dataset.objects.visible_to(play.stranger).filter(pk=made.dataset_id).exists()


def test_programs_write_steps_look_and_play(client):
    play = scene()
    version = ready_version(play, CLIENTS)
    client.force_login(play.citizen)
    as_json = {"content_type": "application/json"}
    begun = client.post(
        "/api/recipes/", {"version": str(version.pk), "name": "Adults", "steps": STEPS}, **as_json
    )
    assert begun.status_code == 201, begun.content
    url = f"/api/recipes/{begun.json()['id']}/"
    assert client.get(url + "preview/").status_code == 202 and client.get(url + "script/").status_code == 409
    idle()
    seen = client.get(url + "preview/").json()
    assert seen["left"] == 51 and seen["names"][0] == "client" and not seen["problems"]
    assert b"def keep_rows" in client.get(url + "script/").content
    late = client.post(url + "steps/", {"steps": [], "revision": 0}, **as_json)
    assert late.status_code == 400
    assert len(client.post(url + "steps/", {"steps": STEPS[:1]}, **as_json).json()["words"]) == 1
    assert len(client.post(url + "undo/", **as_json).json()["steps"]) == 3
    wrong = client.post(url + "steps/", {"steps": [{"kind": "drop", "columns": ["zzz"]}]}, **as_json)
    assert wrong.status_code == 400 and "Step 1" in wrong.content.decode()
    assert client.post(url + "base/", {"version": str(version.pk)}, **as_json).status_code == 200
    played = client.post(url + "play/", {"name": "Grown-ups"}, **as_json)
    assert played.status_code == 201 and played.json()["state"] == "checking"
