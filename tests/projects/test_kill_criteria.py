"""Kill criteria: written before, measured after; and comments."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from portal.core import clock
from portal.core.models import AuditEvent, Notice
from portal.core.verdicts import Refused
from projects.models import Comment, KillCriterion
from projects.services import comments, kill_criteria, phases, use_cases
from tests.people import person
from tests.projects.cases import criterion, in_backlog, in_phase, join, manager, proposal

pytestmark = pytest.mark.django_db


def begun():
    """A use case in initialisation with one criterion: at least 0.7."""
    use_case = in_backlog()
    written = criterion(use_case)
    phases.move(use_case, "initialise", by=None, gate="G1")
    written.refresh_from_db()
    return use_case, written


def test_criteria_are_written_changed_and_removed_before_initialisation():
    use_case = in_backlog()
    written = criterion(use_case)

    kill_criteria.change(written, threshold=0.8, by=use_case.product_owner)
    assert KillCriterion.objects.get().threshold == 0.8
    kill_criteria.remove(written, by=use_case.product_owner)

    assert not KillCriterion.objects.exists()
    assert AuditEvent.objects.about(use_case).filter(verb__startswith="kill_criterion.").count() == 3


def test_after_the_start_they_are_frozen():
    use_case, written = begun()
    olga = use_case.product_owner

    for act in (
        lambda: criterion(use_case),
        lambda: kill_criteria.change(written, threshold=0.1, by=olga),
        lambda: kill_criteria.remove(written, by=olga),
    ):
        with pytest.raises(Refused, match="frozen"):
            act()

    assert KillCriterion.objects.get().threshold == 0.7


def test_five_are_enough():
    use_case = in_backlog()
    for _each in range(5):
        criterion(use_case)

    with pytest.raises(Refused, match="Five"):
        criterion(use_case)

    assert KillCriterion.objects.count() == 5


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"statement": " "}, "statement"),
        ({"metric": ""}, "metric"),
        ({"comparator": "about"}, "comparator"),
        ({"deadline": clock.today() - timedelta(days=2)}, "deadline"),
    ],
)
def test_an_incomplete_criterion_is_refused_by_field(wrong, field):
    with pytest.raises(ValidationError) as refusal:
        criterion(in_backlog(), **wrong)

    assert field in refusal.value.message_dict
    assert not KillCriterion.objects.exists()


@pytest.mark.parametrize(
    ("comparator", "value", "result"),
    [
        ("at_least", 0.7, "met"),
        ("at_least", 0.69, "missed"),
        ("at_most", 0.7, "met"),
        ("at_most", 0.71, "missed"),
    ],
)
def test_the_result_follows_from_the_threshold(comparator, value, result):
    use_case = in_backlog()
    written = criterion(use_case, comparator=comparator)
    phases.move(use_case, "initialise", by=None, gate="G1")
    written.refresh_from_db()

    kill_criteria.record_result(
        written, measured_value=value, evidence="40 cases read.", by=use_case.product_owner
    )

    assert KillCriterion.objects.get().result == result
    told = Notice.objects.filter(user=use_case.sponsor, text__contains="missed").exists()
    assert told == (result == "missed")


def test_a_result_needs_evidence_a_member_and_a_beginning():
    use_case, written = begun()
    member = join(use_case, "data_analyst").user

    with pytest.raises(ValidationError):
        kill_criteria.record_result(written, measured_value=1, evidence="", by=member)
    with pytest.raises(Refused):
        kill_criteria.record_result(written, measured_value=1, evidence="Trust me.", by=person())
    with pytest.raises(Refused):
        kill_criteria.record_result(
            criterion(in_backlog()), measured_value=1, evidence="Early.", by=manager()
        )

    assert set(KillCriterion.objects.values_list("result", flat=True)) == {"pending"}


def test_a_waiver_is_the_sponsors_word_with_a_reason_not_the_owners():
    use_case, written = begun()

    with pytest.raises(Refused, match="sponsor"):
        kill_criteria.waive(written, reason="Too strict.", by=use_case.product_owner)
    with pytest.raises(ValidationError):
        kill_criteria.waive(written, reason=" ", by=use_case.sponsor)
    assert KillCriterion.objects.get().result == "pending"

    kill_criteria.waive(written, reason="Labels come in May.", by=use_case.sponsor)
    assert KillCriterion.objects.get().result == "waived"


def test_a_comment_tells_those_who_take_part():
    use_case = in_backlog()
    bo = person("Bo")

    comments.add(use_case, text="Have you asked the **storm desk**?", by=bo)
    comments.add(use_case, text="Yes.", by=use_case.product_owner)

    assert Notice.objects.filter(user=bo, text__contains="wrote").count() == 1
    assert "<strong>storm desk</strong>" in Comment.objects.first().html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "![x](https://e.org/x.png)",
        '<a href="data:text/html,x">y</a>',
    ],
)
def test_a_comment_carries_no_script_image_or_strange_link(text):
    html = Comment(text=text).html

    for bad in ("<script", "<img", '<a href="javascript', '<a href="data'):
        assert bad not in html


def test_an_empty_or_endless_comment_is_refused():
    use_case = in_backlog()

    for text in ("   ", "x" * 4001):
        with pytest.raises(ValidationError):
            comments.add(use_case, text=text, by=use_case.product_owner)

    assert not Comment.objects.exists()


def test_nobody_comments_on_what_they_do_not_see():
    hidden = proposal(is_confidential=True)

    with pytest.raises(Refused):
        comments.add(hidden, text="Aha.", by=person())

    assert not Comment.objects.exists()


def test_the_details_of_a_use_case_in_development_can_still_be_changed():
    use_case = in_phase("development")

    use_cases.update(use_case, success_metric="claims per adjuster", by=use_case.product_owner)

    use_case.refresh_from_db()
    assert use_case.success_metric == "claims per adjuster"


def test_owner_and_squad_are_reminded_five_days_one_day_and_on_the_day_each_once():
    use_case = in_backlog()
    due = criterion(use_case)
    criterion(use_case, statement="Far away", deadline=clock.today() + timedelta(days=90))
    phases.move(use_case, "initialise", by=None, gate="G1")
    analyst = join(use_case, "data_analyst").user

    def reminded():
        told = Notice.objects.filter(icon="target")
        return told.filter(user=analyst).count(), told.filter(user=use_case.product_owner).count()

    assert kill_criteria.remind_due() == 0
    for number, days in enumerate((5, 1, 0), start=1):
        KillCriterion.objects.filter(pk=due.pk).update(deadline=clock.today() + timedelta(days=days))
        assert kill_criteria.remind_due() == 1
        assert kill_criteria.remind_due() == 0
        assert reminded() == (number, number)

    KillCriterion.objects.filter(pk=due.pk).update(result="met", deadline=clock.today() + timedelta(days=5))
    assert kill_criteria.remind_due() == 0
