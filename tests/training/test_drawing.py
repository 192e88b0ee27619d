"""Drawing exams: reproducible, by blueprint, fresh questions first."""

import pytest

from training.drawing import BankTooSmall, draw

BANK = {"x": ["x1", "x2", "x3", "x4"], "y": ["y1", "y2", "y3"]}
PARTS = {uid: {"options": ["a", "b", "c", "d"]} for uids in BANK.values() for uid in uids}
BLUEPRINT = [{"objective": "x", "count": 2}, {"objective": "y", "count": 1}]


def drawn(seed, seen=()):
    return draw(seed=seed, blueprint=BLUEPRINT, bank=BANK, parts=PARTS, seen=seen)


def test_the_same_seed_draws_the_same_exam_whatever_the_order_of_the_bank():
    again = draw(
        seed="s",
        blueprint=BLUEPRINT,
        bank={name: list(reversed(uids)) for name, uids in BANK.items()},
        parts=PARTS,
    )

    assert drawn("s") == again


def test_different_seeds_draw_different_exams():
    assert len({tuple(each.uid for each in drawn(f"seed {n}")) for n in range(30)}) > 5


def test_the_blueprint_is_kept():
    for n in range(20):
        uids = [each.uid for each in drawn(f"seed {n}")]
        assert sorted(uid[0] for uid in uids) == ["x", "x", "y"]
        assert len(set(uids)) == 3


def test_questions_seen_last_time_come_only_when_the_others_run_out():
    uids = {each.uid for each in drawn("s", seen={"x1", "x2", "y1", "y2"})}

    assert uids == {"x3", "x4", "y3"}
    assert len(drawn("s", seen={"x1", "x2", "x3", "y1", "y2", "y3"})) == 3


def test_options_are_shuffled_and_none_is_lost():
    orders = [each.order["options"] for n in range(10) for each in drawn(f"seed {n}")]

    assert all(sorted(order) == ["a", "b", "c", "d"] for order in orders)
    assert len({tuple(order) for order in orders}) > 5


def test_a_bank_that_is_too_small_says_for_what():
    with pytest.raises(BankTooSmall, match="y: 1 questions for 2"):
        draw(seed="s", blueprint=[{"objective": "y", "count": 2}], bank={"y": ["y1"]}, parts=PARTS)
