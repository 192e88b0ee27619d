"""What is asked of the second database: every statement, by few tests."""

import pytest

from tests.statements import cover, shape


def test_a_statement_is_the_same_whatever_its_numbers_and_however_long_its_lists() -> None:
    assert shape("SELECT a FROM b WHERE c IN (%s, %s) LIMIT 21") == shape(
        "SELECT a FROM b WHERE c IN (%s) LIMIT 5"
    )
    assert shape("INSERT INTO a VALUES (%s, NULL), (%s, NULL)") == shape("INSERT INTO a VALUES (%s, NULL)")


def test_other_columns_other_order_and_other_locks_are_other_statements() -> None:
    asked = ("SELECT a FROM t", "SELECT b FROM t", "SELECT a FROM t ORDER BY a", "SELECT a FROM t FOR UPDATE")
    assert len({shape(sql) for sql in asked}) == len(asked)


@pytest.mark.parametrize("sql", ["SAVEPOINT s1", "RELEASE SAVEPOINT s1", "BEGIN"])
def test_the_frame_of_a_transaction_is_no_statement(sql: str) -> None:
    assert shape(sql) == ""


def test_few_quick_tests_say_everything_that_all_say() -> None:
    tests = {
        "all in one, slowly": (9.0, frozenset("abcd")),
        "half": (0.1, frozenset("ab")),
        "the other half": (0.1, frozenset("cd")),
        "nothing new": (0.1, frozenset("a")),
        "alone with one": (5.0, frozenset("e!")),
        "nothing": (0.1, frozenset[str]()),
    }
    assert cover(tests) == {"half", "the other half", "alone with one"}
