"""Templates and standards: beginning with one, beginning from a finished use case, what is missing."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.core import clock
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects import standards
from projects.models import KillCriterion, UseCase, UseCaseTemplate
from projects.selectors import standards as reads
from projects.services import templates, use_cases
from tests.people import person
from tests.projects.cases import criterion, in_backlog, in_phase, join, manager, proposal, scored

pytestmark = pytest.mark.django_db
CRITERION = {
    "statement": "Agents trust the list",
    "metric": "share of calls made",
    "comparator": "at_least",
    "threshold": 0.6,
    "in_days": 15,
}


def written(**more):
    content = {
        "details": {"action_taken": "A call within three days.", "ai_kind": "ranking"},
        "criteria": [CRITERION],
        "roles": ["business_expert", "end_user"],
        "standards": ["decision", "action", "roles", "kill_criteria"],
    }
    return templates.create(**({"name": "Whom to call"} | content | more), by=manager())


def begun(template):
    return templates.begin(template, title="Call movers", problem="They leave when they move.", by=person())


def test_a_new_use_case_begins_with_the_words_of_its_template_as_a_draft():
    draft = begun(written())

    assert (draft.phase, draft.action_taken, draft.ai_kind) == (
        "draft",
        "A call within three days.",
        "ranking",
    )
    assert draft.template.name == "Whom to call"


def test_only_managers_keep_templates():
    template = written()

    for act in (
        lambda: templates.create(name="Mine", by=person()),
        lambda: templates.change(template, name="Mine", by=person()),
        lambda: templates.retire(template, by=person(duties=("auditor",))),
    ):
        with pytest.raises(Refused):
            act()

    assert UseCaseTemplate.objects.get().name == "Whom to call"
    assert UseCaseTemplate.objects.get().state == "offered"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"details": {"phase": "production"}}, "details"),
        ({"details": {"process": "x" * 201}}, "details"),
        ({"details": {"ai_kind": "magic"}}, "details"),
        ({"criteria": [CRITERION] * 6}, "criteria"),
        ({"criteria": [CRITERION | {"in_days": 0}]}, "criteria"),
        ({"criteria": [{"statement": "x"}]}, "criteria"),
        ({"roles": ["wizard"]}, "roles"),
        ({"standards": ["luck"]}, "standards"),
        ({"state": "retired"}, "state"),
    ],
)
def test_what_cannot_be_in_a_template_is_refused_by_part_and_nothing_kept(wrong, field):
    with pytest.raises(ValidationError) as refusal:
        written(**wrong)

    assert field in refusal.value.message_dict
    assert not UseCaseTemplate.objects.exists()


def test_two_templates_do_not_share_a_name():
    written()

    with pytest.raises(ValidationError, match="name already"):
        written()
    assert UseCaseTemplate.objects.count() == 1


def test_a_retired_template_begins_nothing_and_may_be_offered_again():
    template = written()
    templates.retire(template, by=manager())

    with pytest.raises(Refused, match="no longer"):
        begun(template)
    with pytest.raises(IllegalMove):
        templates.retire(template, by=manager())
    assert not UseCase.objects.exists()
    templates.offer(template, by=manager())
    assert begun(template).phase == "draft"


def test_a_finished_use_case_becomes_a_template_without_its_people_and_figures():
    use_case = in_backlog()
    criterion(use_case)
    use_cases.update(
        use_case,
        action_taken="Send adjusters early.",
        metric_target=3.0,
        process_owner=person(),
        by=use_case.product_owner,
    )
    join(use_case, "data_engineer")
    UseCase.objects.filter(pk=use_case.pk).update(phase="production")
    use_case.refresh_from_db()

    made = templates.make_from(use_case, name="After a storm", by=use_case.product_owner)

    assert made.details["action_taken"] == "Send adjusters early."
    assert set(made.details) <= set(templates.DETAILS)
    assert [row["statement"] for row in made.criteria] == ["Adjusters agree with the forecast"]
    assert made.roles == ["data_engineer"]
    assert made.made_from == use_case


def test_what_is_not_finished_or_is_confidential_becomes_no_template():
    going_on = in_backlog()
    hidden = in_phase("production", is_confidential=True)

    with pytest.raises(Refused, match="the whole way"):
        templates.make_from(going_on, name="A", by=going_on.product_owner)
    with pytest.raises(Refused, match="confidential"):
        templates.make_from(hidden, name="B", by=hidden.product_owner)
    with pytest.raises(Refused):
        templates.make_from(in_phase("production"), name="C", by=person())

    assert not UseCaseTemplate.objects.exists()


def test_a_copy_takes_the_words_and_stays_confidential():
    source = in_backlog(is_confidential=True, action_taken="Send adjusters early.")
    colleague = join(source, "data_analyst").user

    made = templates.copy(source, title="The same for floods", problem="Floods too.", by=colleague)

    assert (made.phase, made.action_taken, made.is_confidential) == ("draft", "Send adjusters early.", True)
    assert (made.copied_from, made.submitter) == (source, colleague)
    with pytest.raises(IllegalMove):
        templates.copy(source, title="Curious", problem="What is in there?", by=person())
    with pytest.raises(Refused):
        templates.copy(proposal(), title="Too early", problem="Not accepted yet.", by=person())


def test_the_criteria_of_the_template_are_taken_over_once_with_their_days():
    use_case = in_backlog()
    UseCase.objects.filter(pk=use_case.pk).update(template=written())
    use_case.refresh_from_db()

    assert len(templates.apply_criteria(use_case, by=use_case.product_owner)) == 1
    assert templates.apply_criteria(use_case, by=use_case.product_owner) == []

    kept = KillCriterion.objects.get()
    assert (kept.statement, kept.threshold) == ("Agents trust the list", 0.6)
    assert kept.deadline == clock.today() + timedelta(days=15)


def test_criteria_are_taken_over_by_those_who_steer_and_only_from_a_template():
    use_case = in_backlog()

    with pytest.raises(Refused, match="no kill criteria"):
        templates.apply_criteria(use_case, by=use_case.product_owner)
    use_case.template = written()
    with pytest.raises(Refused):
        templates.apply_criteria(use_case, by=person())

    assert not KillCriterion.objects.exists()


def test_what_is_missing_is_told_against_the_template_with_its_remedy():
    use_case = in_backlog()
    use_case.template = written()
    join(use_case, "business_expert")
    use_cases.update(use_case, decision_supported="Whom to call.", by=use_case.product_owner)

    found = reads.report(use_case)

    assert {each.code: each.met for each in found.found} == {
        "decision": True, "action": False, "roles": False, "kill_criteria": False,
    }  # fmt: skip
    assert next(each.detail for each in found.found if each.code == "roles") == "End-user representative"
    assert all(each.url and each.remedy for each in found.missing)
    assert found.percent == 25 and not found.is_house


def test_without_a_template_the_standards_of_the_house_count():
    use_case = in_backlog()
    before = reads.report(use_case)
    scored(use_case)

    after = reads.report(use_case)

    assert before.is_house and {each.code for each in before.found} == set(standards.HOUSE)
    assert {each.code for each in before.missing} - {each.code for each in after.missing} == {"score"}


def test_the_report_asks_as_many_queries_for_a_full_squad_as_for_none():
    def asked(use_case):
        with CaptureQueriesContext(connection) as queries:
            reads.report(use_case)
        return len(queries)

    bare, full = in_backlog(), in_backlog()
    template = written()
    bare.template = full.template = template
    for role in ("business_expert", "end_user", "data_analyst"):
        join(full, role)
    for _each in range(3):
        criterion(full)

    assert asked(full) == asked(bare)
