"""What the story brings to the library is counted from its tables, and shared by the services."""

import csv
import gzip

import pytest
from django.core.files.base import ContentFile

from portal.demo import script, tables
from portal.demo.acts import library
from projects.services import artifacts
from tests.people import person

COLUMN = "number_customer_service_calls"


def test_the_picture_says_what_stands_in_the_table():
    positive, found = library.counts("partner_churn", COLUMN, "churn")
    with gzip.open(tables.FOLDER / "partner_churn.csv.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row[COLUMN] == "4"]
    left = sum(row["churn"] == "yes" for row in rows)
    assert positive == "yes" and ("4", len(rows), left / len(rows)) in found
    assert sum(count for _value, count, _share in found) == tables.about("partner_churn")["rows"]


@pytest.mark.django_db
def test_the_picture_is_one_for_the_library():
    drawn = library.drawn("partner_churn", COLUMN, "churn", "Who leaves")
    made = artifacts.create(
        kind="image", title="Who leaves", file=ContentFile(drawn, name="a.png"), by=person()
    )
    assert made.versions.get().media_type == "image/png"


def test_the_story_shares_a_table_and_an_artifact_with_somebody_outside_the_squad():
    cases = script.use_cases()
    told = [
        (key, scene[2]) for key, case in cases.items() for scene in case["timeline"] if scene[1] == "share"
    ]
    assert sorted("data" if "data" in each else "artifact" for _key, each in told) == ["artifact", "data"]
    for key, each in told:
        assert each["with"] not in {member["who"] for member in cases[key]["squad"]}
