"""Drift: what changed is found and said, what did not change is left alone, in pieces as at once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from automl.drift import PIECE, compare, compare_file, false_discovery, jensen_shannon, psi
from automl.drift_counts import NumberCounts
from automl.recipe import build_recipe
from automl.reference import build_reference, summarise
from automl.texts import TEXTS


def people(rows=3000, seed=0, *, shift=0.0, north=0.5, blanks=0.05, word="north"):
    rng = np.random.default_rng(seed)
    income = rng.normal(2000 + shift, 400, rows)
    income[rng.random(rows) < blanks] = np.nan
    return pd.DataFrame(
        {
            "income": income,
            "age": rng.integers(18, 90, rows),
            "region": np.where(rng.random(rows) < north, word, "south").astype(object),
            "since": pd.date_range("2020-01-01", periods=rows, freq="h"),
        }
    )


@pytest.fixture(scope="module")
def reference():
    frame = people()
    recipe = build_recipe(frame, list(frame.columns))
    return build_reference(frame, recipe, np.linspace(0, 1, 500))


def column(report, name):
    return next(each for each in report["columns"] if each["column"] == name)


def said(found):
    return [each["code"] for each in found["notes"]]


def test_rows_like_those_of_training_have_not_drifted(reference):
    report = compare(reference, people(seed=1))
    assert report["drifted_columns"] == [] and not report["dataset_drift"]
    assert said(column(report, "income")) == ["drift_same"]


def test_higher_numbers_are_found_and_said(reference):
    found = column(compare(reference, people(seed=1, shift=400)), "income")
    assert found["drifted"] and found["reason"] == "distribution" and found["level"] == "major"
    assert "drift_up" in said(found) and found["advice"]["code"] == "drift_do_shift"
    assert 2300 < float(found["median"]) < 2500 and found["js"] > 0.2


def test_a_category_that_rose_is_named_with_its_shares(reference):
    found = column(compare(reference, people(seed=1, north=0.9)), "region")
    assert found["drifted"]
    rose = next(each for each in found["notes"] if each["code"] == "drift_rose")
    assert rose["params"]["name"] == "north" and rose["params"]["new"].startswith(("89", "90", "91"))


def test_values_never_seen_are_counted_and_named(reference):
    found = column(compare(reference, people(seed=1, word="moon")), "region")
    assert found["reason"] == "unseen" and found["new_categories"] == ["moon"]
    assert 0.45 < found["unseen_share"] < 0.55 and found["advice"]["code"] == "drift_do_unseen"


def test_more_blanks_are_drift_of_their_own(reference):
    found = column(compare(reference, people(seed=1, blanks=0.4)), "income")
    assert found["reason"] == "missing" and "drift_missing_rose" in said(found)


def test_a_column_that_is_gone_is_said_and_the_others_are_compared(reference):
    report = compare(reference, people(seed=1).drop(columns="age"))
    assert report["missing_columns"] == ["age"] and len(report["columns"]) == 3
    assert report["remarks"][0]["code"] == "drift_absent"


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_any_rows_are_compared_without_a_verdict_of_chance(reference, rows):
    report = compare(reference, people(seed=1).head(rows))
    assert report["rows"] == rows and not any(c["reason"] == "distribution" for c in report["columns"])
    assert report["remarks"][0]["code"] == "drift_few_rows"


def test_many_columns_do_not_make_false_alarms():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({f"c{n}": rng.normal(size=150) for n in range(60)})
    known = build_reference(frame, build_recipe(frame, list(frame)), np.zeros(3))
    fresh = pd.DataFrame({f"c{n}": rng.normal(size=150) for n in range(60)})
    report = compare(known, fresh)
    assert sum(each["p_value"] < 0.05 for each in report["columns"]) >= 1
    assert report["drifted_columns"] == []


def test_a_file_read_in_pieces_gives_the_same_as_the_table_at_once(reference, tmp_path):
    frame = people(2 * PIECE + 17, seed=5, shift=100)
    frame.loc[::7, "region"] = None
    frame.to_parquet(tmp_path / "rows.parquet", index=False)
    at_once = compare(reference, frame)
    for threads in (1, 2):
        assert compare_file(reference, tmp_path / "rows.parquet", threads) == at_once


def test_a_file_of_text_gives_the_same_numbers(reference, tmp_path):
    frame = people(500, seed=5)
    frame["income"] = frame["income"].round(3)
    frame.to_csv(tmp_path / "rows.csv", index=False)
    found = column(compare_file(reference, tmp_path / "rows.csv"), "income")
    assert found["psi"] == pytest.approx(column(compare(reference, frame), "income")["psi"])


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_corrected_p_values_are_never_smaller_and_keep_their_order(values):
    corrected = false_discovery(values)
    pairs = [(p, q) for p, q in zip(values, corrected, strict=True) if p is not None]
    assert all(q is None for p, q in zip(values, corrected, strict=True) if p is None)
    assert all(p - 1e-12 <= q <= 1 for p, q in pairs)
    assert [q for _, q in sorted(pairs)] == sorted(q for _, q in pairs)


@given(
    st.lists(st.integers(0, 50), min_size=2, max_size=8), st.lists(st.integers(0, 50), min_size=8, max_size=8)
)
@settings(max_examples=60, deadline=None)
def test_distances_are_zero_for_equal_shares_and_never_negative(old, new):
    expected = (np.array(old) + 1) / (np.array(old) + 1).sum()
    actual = (np.array(new[: len(old)]) + 1) / (np.array(new[: len(old)]) + 1).sum()
    assert psi(expected, expected) == 0 and jensen_shannon(expected, expected) == pytest.approx(0, abs=1e-7)
    assert psi(expected, actual) >= 0 and 0 <= jensen_shannon(expected, actual) <= 1


def test_every_sentence_fits_its_values(reference):
    strange = people(400, seed=9, shift=900, north=0.05, blanks=0.5)
    strange.loc[:100, "region"] = "moon %"
    report = compare(reference, strange)
    notes = [n for c in report["columns"] for n in [*c["notes"], c["advice"]] if n]
    assert notes and all(TEXTS[n["code"]] % n["params"] for n in [*notes, report["message"]])


@pytest.mark.parametrize("shape", ["normal", "few values", "mostly one value", "far out", "cauchy", "blank"])
def test_counting_in_cells_gives_exactly_what_looking_up_each_value_gives(shape):
    rng = np.random.default_rng(5)

    def values():
        made = {
            "normal": rng.normal(size=30_000),
            "few values": rng.poisson(4, 30_000).astype(float),
            "mostly one value": np.where(rng.random(30_000) < 0.6, 0.0, rng.normal(size=30_000)),
            "far out": rng.choice([1e308, -1e308, 1e-308, 0.5], 30_000) * rng.random(30_000),
            "cauchy": rng.standard_cauchy(30_000),
            "blank": np.full(30_000, np.nan),
        }[shape]
        made[::50] = np.nan
        return made

    known, new = summarise(pd.Series(values()), {"kind": "number"}), values()
    counts = NumberCounts(known)
    for piece in np.array_split(np.concatenate([new, counts.marks]), 4):
        counts.add_numbers(piece)

    every = np.concatenate([new, counts.marks])
    every = every[np.isfinite(every)]
    places = np.searchsorted(counts.marks, every, side="left")
    assert counts.counts.tolist() == np.bincount(places, minlength=len(counts.marks) + 1).tolist()
    if len(counts.marks):
        assert (
            counts.below == (every < counts.marks[0]).sum()
            and counts.above == (every > counts.marks[-1]).sum()
        )
