"""Scores of answers, with the published test vectors."""

from fractions import Fraction

import pytest

from training import scoring

FIVE = {"choices": ["A", "B"], "options": list("ABCDE")}


@pytest.mark.parametrize(
    ("ticked", "expected"),
    [
        ("", 0),
        ("A", Fraction(1, 2)),
        ("AB", 1),
        ("ABC", Fraction(2, 3)),
        ("AC", Fraction(1, 6)),
        ("ABCDE", 0),
        ("CD", 0),
    ],
)
def test_several_answers_score_right_minus_wrong(ticked, expected):
    assert scoring.score("multiple", {"choices": list(ticked)}, FIVE) == expected


def test_a_random_guess_at_several_answers_is_worth_0_194_on_average():
    guesses = [[key for bit, key in enumerate("ABCDE") if mask >> bit & 1] for mask in range(1, 32)]
    scores = [scoring.score("multiple", {"choices": guess}, FIVE) for guess in guesses]

    assert round(float(sum(scores) / len(scores)), 3) == 0.194


@pytest.mark.parametrize(
    ("order", "expected"), [("1234", 1), ("2134", Fraction(2, 3)), ("3124", Fraction(1, 3)), ("4321", 0)]
)
def test_ordering_counts_concordant_pairs(order, expected):
    response = {"places": {item: place for place, item in enumerate(order, start=1)}}

    assert scoring.score("ordering", response, {"order": list("1234")}) == expected


def test_an_order_with_a_place_taken_twice_is_worth_nothing():
    key = {"order": list("123")}

    assert scoring.score("ordering", {"places": {"1": 1, "2": 1, "3": 3}}, key) == 0
    assert scoring.score("ordering", {"places": {"1": 1, "2": 2}}, key) == 0


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0.154", 1),
        ("0.144", 1),
        ("0.164", 1),
        ("0.165", Fraction(1, 2)),
        ("0.174", Fraction(1, 2)),
        ("0.2", 0),
    ],
)
def test_a_number_counts_within_its_tolerance_and_half_in_the_outer_band(number, expected):
    key = {"number": "0.154", "tolerance": "0.01", "outer": "0.02"}

    assert scoring.score("numeric", {"number": number}, key) == expected


def test_a_relative_tolerance_is_a_share_of_the_right_number():
    key = {"number": "200", "tolerance": "0.05", "relative": True}

    assert scoring.score("numeric", {"number": "210"}, key) == 1
    assert scoring.score("numeric", {"number": "211"}, key) == 0


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({"a": "x", "b": "y", "c": "z"}, 1),
        ({"a": "x", "b": "y", "c": "x"}, Fraction(1, 3)),
        ({"a": "x", "b": "y"}, Fraction(2, 3)),
        ({"a": "y", "b": "x", "c": "z"}, 0),
    ],
)
def test_matching_scores_right_minus_wrong_pairs(pairs, expected):
    key = {"pairs": {"a": "x", "b": "y", "c": "z"}}

    assert scoring.score("matching", {"pairs": pairs}, key) == expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ({"value": False, "reason": "r"}, 1),
        ({"value": False, "reason": "q"}, Fraction(1, 2)),
        ({"value": False}, Fraction(1, 2)),
        ({"value": True, "reason": "r"}, 0),
        ({"reason": "r"}, 0),
    ],
)
def test_true_or_false_needs_the_reason_for_the_whole_point(response, expected):
    assert scoring.score("true_false", response, {"value": False, "reason": "r"}) == expected


def test_single_choice_is_right_or_not_and_nothing_is_nothing():
    assert scoring.score("single", {"choice": "b"}, {"choice": "b"}) == 1
    assert scoring.score("single", {"choice": "a"}, {"choice": "b"}) == 0
    assert scoring.score("single", {}, {"choice": "b"}) == 0
    assert scoring.score("single", None, {"choice": "b"}) == 0
