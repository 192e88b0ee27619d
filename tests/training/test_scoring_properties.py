"""What holds for every answer to every question of the curriculum, and for the formulas of measurement."""

import random
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings, strategies as st

from tests.training.conftest import files
from training import answers, drawing, measuring, question_files, scoring
from training.models import Question

AB = {"choices": ["A", "B"], "options": list("ABCDE")}
GUESSES = [[key for bit, key in enumerate("ABCDE") if mask >> bit & 1] for mask in range(1, 32)]
COLUMNS = ("every_decision", "by_halves", "right_minus_wrong", "all_or_nothing")


def both(text):
    return {"en": text, "fr": text}


@pytest.mark.parametrize(
    ("ticked", "row"),
    [
        ("A", (0.80, 0.50, 0.50, 0)),
        ("AB", (1, 1, 1, 1)),
        ("ABC", (0.80, 0.50, 0.667, 0)),
        ("AC", (0.60, 0.25, 0.167, 0)),
        ("ABCDE", (0.40, 0, 0, 0)),
        ("CD", (0.20, 0, 0, 0)),
    ],
)
def test_the_four_rules_for_several_answers_give_the_published_table(ticked, row):
    found = [scoring.score("multiple", {"choices": list(ticked)}, {**AB, "rule": rule}) for rule in COLUMNS]

    assert [round(float(each), 3) for each in found] == list(row)


def test_random_guesses_are_worth_what_the_table_says_and_silence_is_worth_nothing():
    means = [
        sum(scoring.score("multiple", {"choices": each}, {**AB, "rule": rule}) for each in GUESSES) / 31
        for rule in COLUMNS
    ]

    assert [round(float(each), 3) for each in means] == [0.497, 0.185, 0.194, 0.032]
    assert all(scoring.score("multiple", {"choices": []}, {**AB, "rule": rule}) == 0 for rule in COLUMNS)
    silence = [scoring.RULES[rule](set(), {"A", "B"}, {"C", "D", "E"}) for rule in COLUMNS]
    assert silence == [Fraction(3, 5), Fraction(1, 4), 0, 0]


GAPS = {
    "gaps": {
        "a": {"choice": "x"},
        "b": {"number": "30", "tolerance": "1", "outer": "3"},
        "c": {"accepted": ["Fuite"]},
    }
}
CELLS = {"cells": ["1", "2"], "all": ["1", "2", "3", "4"]}
DATA = {
    "values": {
        "p": {"number": "80", "tolerance": "0.5", "weight": "1", "slips": [{"number": "14"}]},
        "q": {"number": "14", "tolerance": "0.5", "outer": "1", "weight": "2", "slips": []},
    }
}
CASE = {
    "items": {"i": {"kind": "single", "answer": {"choice": "x"}}, "j": {"kind": "multiple", "answer": AB}}
}


@pytest.mark.parametrize(
    ("kind", "key", "response", "expected"),
    [
        ("single", {"choice": "b", "partly": {"c": "0.5"}}, {"choice": "c"}, Fraction(1, 2)),
        ("text", {"accepted": ["Fuite de données"]}, {"text": "  FUITE  de donnees "}, 1),
        ("text", {"accepted": ["leakage"]}, {"text": "leakages"}, 0),
        ("text", {"accepted": ["x"], "pattern": "leak(age)?"}, {"text": "Leakage"}, 1),
        ("text", {"accepted": ["x"], "pattern": "leak"}, {"text": "a leak"}, 0),
        ("gaps", GAPS, {"gaps": {"a": "x", "b": "30", "c": "fuite"}}, 1),
        ("gaps", GAPS, {"gaps": {"a": "x", "b": "32"}}, Fraction(1, 2)),
        ("gaps", GAPS, {"gaps": {"a": "y"}}, 0),
        ("table", CELLS, {"cells": ["1", "2"]}, 1),
        ("table", CELLS, {"cells": ["1", "3"]}, 0),
        ("table", CELLS, {"cells": ["1"]}, Fraction(1, 2)),
        ("case", CASE, {"items": {"i": {"choice": "x"}, "j": {"choices": ["A"]}}}, Fraction(3, 4)),
        ("case", CASE, {"items": {"j": {"choices": ["C"]}}}, 0),
        ("data", DATA, {"values": {"p": "80", "q": "14.9"}}, Fraction(2, 3)),
        ("data", DATA, {"values": {"q": "14"}}, Fraction(2, 3)),
    ],
)
def test_each_kind_scores_exactly_as_defined(kind, key, response, expected):
    assert scoring.score(kind, response, key) == expected


def test_a_data_exercise_tells_open_wrong_and_a_known_slip_apart():
    assert scoring.outcomes({"values": {"p": "14.2"}}, DATA) == {"p": "slip:0", "q": "open"}
    assert scoring.outcomes({"values": {"p": "80.5", "q": "15"}}, DATA) == {"p": "right", "q": "nearly"}
    assert scoring.outcomes({"values": {"p": "3"}}, DATA)["p"] == "wrong"


def test_a_variant_of_a_number_is_computed_from_its_formula_and_drawn_by_the_seed():
    entry = {
        "formula": "100 * right / -(0 - alarms)",
        "variants": [{"right": 20, "alarms": 50}, {"right": 1, "alarms": 3}],
    }
    content, answer = question_files.build_numeric({**entry, "tolerance": 0.5}, "u")
    question = Question(kind="numeric", content={**content, "stem": both("{right}")}, answer=answer)

    assert [float(each) for each in answer["variants"]] == pytest.approx([40, 100 / 3])
    assert question.key_for({"variant": ["1", "0"]})["number"] == answer["variants"][1]
    assert question.key_for({})["number"] == answer["variants"][0]


@pytest.mark.parametrize(
    "formula", ["__import__('os')", "right ** 99", "right / 0", "other", "(1", "right if 1 else 2"]
)
def test_a_formula_is_arithmetic_and_nothing_else(formula):
    with pytest.raises(ValueError, match="formula"):
        question_files.computed(formula, {"right": 20})


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|b*)*c", "[", "a{1,5000}{2,}", "x" * 300])
def test_a_pattern_that_could_take_for_ever_is_refused(pattern):
    from training import patterns

    with pytest.raises(ValueError, match="pattern"):
        patterns.check(pattern)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("9" * 5000),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def one_of_each_kind():
    return list({each.kind: each for each in files().questions}.values())


@pytest.mark.parametrize("question", one_of_each_kind(), ids=lambda each: each.kind)
def test_whatever_is_sent_is_refused_with_words_or_scores_between_nothing_and_one(question):
    known = scoring.right_response(question.kind, question.answer)
    fields = sorted(answers.SHAPES[question.kind])

    @settings(max_examples=60, deadline=None)
    @given(st.dictionaries(st.sampled_from(fields), ANYTHING, max_size=2) | ANYTHING, st.integers())
    def holds(response, seed):
        for each in (response, measuring.guess(question.kind, question.content, random.Random(seed)), known):
            try:
                given_answer = answers.fitted(question.kind, question.content, each)
            except ValidationError as problem:
                assert all(problem.messages)
                continue
            assert 0 <= scoring.score(question.kind, given_answer, question.answer) <= 1

    holds()
    assert (
        scoring.score(question.kind, answers.fitted(question.kind, question.content, known), question.answer)
        == 1
    )
    assert (
        scoring.score(question.kind, answers.fitted(question.kind, question.content, {}), question.answer)
        == 0
    )
    assert answers.is_whole(question.kind, question.content, known)


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_seed_alone_reproduces_an_attempt_whatever_order_the_bank_comes_in(seed, chance):
    questions = [each for each in files().questions if each.use != "check"]
    blueprint = [{"objective": each, "count": 1} for each in sorted({one.objective for one in questions})]

    def drawn(rows):
        bank: dict[str, list[str]] = {}
        for each in rows:
            bank.setdefault(each.objective, []).append(each.uid)
        parts = {each.uid: drawing.parts_of(each.kind, each.content) for each in rows}
        return drawing.draw(seed=seed, blueprint=blueprint, bank=bank, parts=parts)

    shuffled = list(questions)
    chance.shuffle(shuffled)
    assert drawn(questions) == drawn(shuffled)


def test_certainty_pays_one_two_three_and_costs_nothing_two_six():
    marks = {
        name: [measuring.certainty_mark(Fraction(score), name) for score in (1, 0)]
        for name in measuring.CERTAINTY
    }

    assert marks == {"low": [1, 0], "mid": [2, -2], "high": [3, -6]}
    # worth it from two thirds and from four fifths on
    value = {
        name: lambda p, pair=pair: p * pair[0] + (1 - p) * pair[1]
        for name, pair in measuring.CERTAINTY.items()
    }
    assert value["mid"](2 / 3) == pytest.approx(value["low"](2 / 3))
    assert value["high"](4 / 5) == pytest.approx(value["mid"](4 / 5))


def test_a_result_is_worth_less_where_guessing_pays():
    assert measuring.corrected(0.70, 0.50) == pytest.approx(0.40)
    assert measuring.corrected(0.70, 0.25) == pytest.approx(0.60)


def test_items_and_tests_are_measured_as_defined():
    rows = [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]]

    assert measuring.facility([1, 0, 0.5]) == pytest.approx(0.5)
    assert measuring.discrimination([1, 1, 0, 0], [3, 2, 1, 0]) == pytest.approx(0.894, abs=0.001)
    assert measuring.discrimination([1, 1], [3, 2]) is None
    assert measuring.cronbach(rows) == pytest.approx(0.75)
    assert measuring.standard_error([sum(row) for row in rows], 0.75) == pytest.approx(0.559, abs=0.001)
    sound = {"facility": 0.6, "discrimination": 0.4, "unpicked": False, "misleading": False}
    assert measuring.flaws(attempts=30, **sound) == []
    assert measuring.flaws(attempts=29, **{**sound, "facility": 0.1}) == []
    bad = {"facility": 0.95, "discrimination": 0.1, "unpicked": True, "misleading": True}
    assert measuring.flaws(attempts=30, **bad) == ["too_easy", "weak", "unpicked", "misleading"]


def test_a_thousand_guessers_come_near_the_computed_chance():
    content = {"options": [{"key": key} for key in "ABCD"]}

    assert sum(measuring.guessers("single", content, {"choice": "A"})) / 1000 == pytest.approx(0.25, abs=0.04)
    content = {"options": [{"key": key} for key in "ABCDE"]}
    assert sum(measuring.guessers("multiple", content, AB)) / 1000 == pytest.approx(0.194, abs=0.03)
