"""The waiting times between attempts, to the minute."""

from datetime import UTC, datetime, timedelta

from training.waits import Try, outlook

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def failed(at):
    return Try(at, at + timedelta(minutes=20), passed=False)


def ask(tries, now):
    return outlook(tries, now=now, per_window=3, window_days=30, wait_hours=[24, 72, 168])


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


def test_after_the_third_failure_one_waits_seven_days_and_practises_what_was_weak():
    tries = [failed(START), failed(START + timedelta(days=2)), failed(START + timedelta(days=6))]
    week = tries[2].submitted_at + timedelta(days=7)
    found = ask(tries, START + timedelta(days=8))

    assert (found.left, found.next_at, found.needs_remedy) == (1, week, True)
    assert not ask(tries[:2], START + timedelta(days=8)).needs_remedy
    after = ask(tries, week)
    assert after.may_start and after.needs_remedy
    fourth = failed(week)
    assert ask([*tries, fourth], fourth.submitted_at).next_at == fourth.submitted_at + timedelta(days=7)


def test_what_is_older_than_the_window_is_forgotten_and_the_moment_told_is_the_real_one():
    tries = [failed(START), failed(START + timedelta(days=2)), failed(START + timedelta(days=29))]
    now = START + timedelta(days=29, hours=12)
    told = ask(tries, now).next_at

    assert told == tries[1].started_at + timedelta(days=30)  # then only the third counts, and its day is over
    assert not ask(tries, told - timedelta(seconds=1)).may_start
    assert ask(tries, told).may_start and not ask(tries, told).needs_remedy


def test_a_pass_ends_the_waiting():
    passed = Try(START + timedelta(days=2), START + timedelta(days=2, minutes=20), passed=True)

    assert ask([failed(START), passed], passed.submitted_at).may_start
