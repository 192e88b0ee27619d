"""The waiting times between attempts, to the minute."""

from datetime import UTC, datetime, timedelta

from training.waits import Try, outlook

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def failed(at):
    return Try(at, at + timedelta(minutes=20), passed=False)


def ask(tries, now):
    return outlook(tries, now=now, per_window=3, window_days=30, wait_hours=[24, 72])


def test_the_first_attempt_may_start_at_once():
    found = ask([], START)

    assert found.may_start and (found.used, found.left) == (0, 3)


def test_after_the_first_failure_one_waits_24_hours_from_handing_in():
    first = failed(START)
    moment = first.submitted_at + timedelta(hours=24)

    assert ask([first], START + timedelta(hours=1)).next_at == moment
    assert ask([first], moment - timedelta(seconds=1)).next_at == moment
    assert ask([first], moment).may_start


def test_after_the_second_failure_one_waits_72_hours():
    first, second = failed(START), failed(START + timedelta(days=2))

    assert ask([first, second], second.submitted_at).next_at == second.submitted_at + timedelta(hours=72)
    assert ask([second, first], second.submitted_at).left == 1


def test_after_three_attempts_one_waits_until_the_first_leaves_the_window():
    tries = [failed(START), failed(START + timedelta(days=2)), failed(START + timedelta(days=6))]
    found = ask(tries, START + timedelta(days=20))

    assert found.left == 0
    assert found.next_at == START + timedelta(days=30)
    assert ask(tries, START + timedelta(days=30)).may_start


def test_a_third_failure_late_in_the_window_still_waits_72_hours():
    tries = [failed(START), failed(START + timedelta(days=2)), failed(START + timedelta(days=29))]

    assert ask(tries, START + timedelta(days=29, hours=12)).next_at == tries[2].submitted_at + timedelta(
        hours=72
    )


def test_a_pass_ends_the_waiting():
    passed = Try(START + timedelta(days=2), START + timedelta(days=2, minutes=20), passed=True)

    assert ask([failed(START), passed], passed.submitted_at).may_start
