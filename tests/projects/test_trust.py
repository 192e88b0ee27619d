"""Shared responsibility, the contract of trust, hypotheses answered by data, confidentiality."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from portal.core import clock
from portal.core.models import AuditEvent, Notice
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects import rules
from projects.models import (
    ContractSignature,
    DatasetVersion,
    Hypothesis,
    RaciEntry,
    ReadinessCheck,
    TrustContract,
)
from projects.selectors import contracts as trust_reads, hypotheses as board
from projects.services import contracts, hypotheses, raci, readiness, use_cases
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, join

pytestmark = pytest.mark.django_db
TEXTS = {
    "intended_use": "Agents choose whom to call.",
    "promised_figures": "8 of 10 clients on the list answer.",
    "not_to_follow": "After a claim of the last month.",
    "human_fallback": "Agents call as before.",
    "feedback_channel": "The squad's channel; an answer in two days.",
}


def squad_of(use_case):
    """Owner, end user, data scientist."""
    return use_case.product_owner, join(use_case, "end_user").user, join(use_case, "data_scientist").user


def signed(use_case):
    """A contract with its three signatures."""
    owner, voice, scientist = squad_of(use_case)
    contract = contracts.write(use_case, **TEXTS, by=owner)
    contracts.sign(contract, capacity="product_owner", by=owner)
    contracts.sign(contract, capacity="end_user", by=voice)
    contracts.sign(contract, capacity="data_scientist", by=scientist)
    return contract


def table(use_case=None, classification="internal"):
    """A ready version with a profile as the engine writes it."""
    from projects.models import Dataset

    owner = person("Data owner")
    dataset = Dataset.objects.create(
        name="Clients", owner=owner, use_case=use_case, classification=classification
    )
    column = {"missing": 0, "missing_share": 0.0, "notes": [], "examples": []}
    return DatasetVersion.objects.create(
        dataset=dataset,
        number=1,
        state="ready",
        uploaded_by=owner,
        original_name="clients.csv",
        upload_digest="0" * 64,
        profile={
            "columns": [
                {"name": "left", "kind": "category", "distinct": 2,
                 "top_values": [{"value": "no", "count": 90}, {"value": "yes", "count": 10}], **column},
                {"name": "id", "kind": "identifier", "distinct": 100, "top_values": [], **column},
            ]
        },
    )  # fmt: skip


def test_one_area_gets_an_owner_and_those_who_help_and_is_replaced_as_a_whole():
    use_case = in_backlog()
    head, ana, bo = person("Head"), person("Ana"), person("Bo")

    raci.assign(
        use_case,
        area="operation",
        accountable=head,
        responsible=[ana],
        informed=[bo],
        by=use_case.product_owner,
    )
    raci.assign(use_case, area="operation", accountable=head, responsible=[bo], by=use_case.product_owner)

    use_case.refresh_from_db()
    assert use_case.operation_owner == head
    assert [(each.part, each.user) for each in RaciEntry.objects.all()] == [("responsible", bo)]
    assert Notice.objects.filter(user=head).count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"area": "cooking"}, "area"),
        ({"responsible": []}, "responsible"),
        ({"accountable": "closed"}, "accountable"),
        ({"informed": "same"}, "informed"),
    ],
)
def test_a_wrong_area_is_refused_by_field(wrong, field):
    use_case = in_backlog()
    ana = person("Ana")
    if wrong.get("accountable") == "closed":
        wrong = {"accountable": person(is_active=False)}
    if wrong.get("informed") == "same":
        wrong = {"informed": [ana]}
    given = {"area": "operation", "accountable": ana, "responsible": [ana], "by": use_case.product_owner}

    with pytest.raises(ValidationError) as refusal:
        raci.assign(use_case, **(given | wrong))

    assert set(refusal.value.message_dict) == {field}
    use_case.refresh_from_db()
    assert use_case.operation_owner is None
    assert not RaciEntry.objects.exists()


def test_data_scientists_never_come_to_hold_all_three_areas():
    use_case = in_backlog()
    scientist = join(use_case, "data_scientist").user
    for area in ("improvement", "operation"):
        raci.assign(
            use_case, area=area, accountable=scientist, responsible=[scientist], by=use_case.product_owner
        )

    with pytest.raises(ValidationError, match="all three"):
        raci.assign(
            use_case,
            area="monitoring",
            accountable=scientist,
            responsible=[scientist],
            by=use_case.product_owner,
        )
    use_case.refresh_from_db()
    assert use_case.monitoring_owner is None

    raci.assign(
        use_case, area="monitoring", accountable=person(), responsible=[scientist], by=use_case.product_owner
    )
    assert rules.readiness.responsibility_is_shared(use_case)


def test_three_people_put_the_contract_in_force_and_a_changed_word_unsigns_it():
    use_case = in_phase("development")
    contract = signed(use_case)

    page = trust_reads.contract_page(use_case, use_case.product_owner)
    assert page.is_signed
    assert AuditEvent.objects.filter(verb="contract.in_force").count() == 1

    with pytest.raises(ValidationError, match="Nothing has changed"):
        contracts.write(use_case, **TEXTS, by=use_case.product_owner)
    newer = contracts.write(
        use_case, **(TEXTS | {"not_to_follow": "Never on Sundays."}), by=use_case.product_owner
    )

    page = trust_reads.contract_page(use_case, use_case.product_owner)
    assert (newer.version, page.is_signed, page.in_force) == (2, False, contract)
    assert len(page.missing) == 3


def test_each_capacity_is_signed_by_another_person_of_the_squad():
    use_case = in_phase("development")
    owner = use_case.product_owner
    join(use_case, "data_scientist", user=owner)
    contract = contracts.write(use_case, **TEXTS, by=owner)

    with pytest.raises(Refused, match="capacity"):
        contracts.sign(contract, capacity="end_user", by=owner)
    with pytest.raises(Refused):
        contracts.sign(contract, capacity="product_owner", by=person())
    with pytest.raises(ValidationError, match="not known"):
        contracts.sign(contract, capacity="king", by=owner)
    assert not ContractSignature.objects.exists()

    contracts.sign(contract, capacity="product_owner", by=owner)
    with pytest.raises(Refused, match="already"):
        contracts.sign(contract, capacity="data_scientist", by=owner)
    citizen = join(use_case, "citizen_data_scientist").user
    contracts.sign(contract, capacity="data_scientist", by=citizen)
    assert ContractSignature.objects.count() == 2


def test_only_the_newest_version_is_signed_and_no_version_changes_in_the_database():
    use_case = in_phase("development")
    owner = use_case.product_owner
    old = contracts.write(use_case, **TEXTS, by=owner)
    contracts.write(use_case, **(TEXTS | {"intended_use": "Something else."}), by=owner)

    with pytest.raises(Refused, match="newer"):
        contracts.sign(old, capacity="product_owner", by=owner)
    with pytest.raises(DatabaseError), transaction.atomic():
        TrustContract.objects.filter(pk=old.pk).update(intended_use="Forged")
    assert TrustContract.objects.get(pk=old.pk).intended_use == TEXTS["intended_use"]


@pytest.mark.parametrize("name", TEXTS)
def test_an_empty_part_of_the_contract_is_refused_by_field(name):
    use_case = in_phase("development")

    with pytest.raises(ValidationError) as refusal:
        contracts.write(use_case, **(TEXTS | {name: "  "}), by=use_case.product_owner)

    assert set(refusal.value.message_dict) == {name}
    assert not TrustContract.objects.exists()


def test_a_promise_needs_a_figure_and_a_writer_of_the_squad_in_an_active_phase():
    use_case = in_phase("development")

    with pytest.raises(ValidationError, match="figure"):
        contracts.write(use_case, **(TEXTS | {"promised_figures": "Very good."}), by=use_case.product_owner)
    with pytest.raises(Refused):
        contracts.write(use_case, **TEXTS, by=person())
    early = in_backlog()
    with pytest.raises(Refused, match="between initialisation"):
        contracts.write(early, **TEXTS, by=early.product_owner)
    assert not TrustContract.objects.exists()


def test_adoption_does_not_stand_once_the_contract_was_rewritten():
    use_case = in_phase("development")
    signed(use_case)
    readiness.confirm(use_case, kind="adoption", evidence="Signed.", by=use_case.product_owner)
    check = ReadinessCheck.objects.get()
    assert rules.readiness.still_stands(check, use_case)

    with clock.at(clock.now() + timedelta(days=1)):
        contracts.write(use_case, **(TEXTS | {"intended_use": "More."}), by=use_case.product_owner)
    assert not rules.readiness.still_stands(check, use_case)


def test_the_expert_states_and_the_analyst_answers_with_a_chart_of_real_figures():
    use_case = in_backlog()
    expert, analyst = join(use_case, "business_expert").user, join(use_case, "data_analyst").user
    version = table(use_case)

    made = hypotheses.state(use_case, statement="One in ten leaves.", by=expert)
    assert Notice.objects.filter(user=analyst, kind="task").exists()
    hypotheses.answer(
        made, is_true=True, version=version, column="left", finding="10 of 100 left.", by=analyst
    )

    lanes = {lane.label: lane.cards for lane in board.lanes(use_case, analyst)}
    [card] = lanes["Confirmed"]
    assert card.chart["series"][0]["values"] == [90, 10]
    assert card.chart["x"] == ["no", "yes"]
    assert Notice.objects.filter(user=expert, text__startswith="The data answer").exists()
    with pytest.raises(Refused, match="has its answer"):
        hypotheses.answer(made, is_true=False, version=version, column="left", finding="No.", by=analyst)


def test_the_chart_of_a_table_one_may_not_see_stays_hidden():
    use_case = in_backlog()
    analyst = join(use_case, "data_analyst").user
    version = table(use_case, classification="confidential")
    made = hypotheses.state(use_case, statement="One in ten leaves.", by=use_case.product_owner)
    hypotheses.answer(made, is_true=False, version=version, column="left", finding="No.", by=analyst)

    [card] = [card for lane in board.lanes(use_case, person()) for card in lane.cards]

    assert (card.is_hidden, card.chart) == (True, None)


def test_wrong_answers_are_refused_and_leave_the_hypothesis_open():
    use_case = in_backlog()
    expert, analyst = join(use_case, "business_expert").user, join(use_case, "data_analyst").user
    version, foreign = table(use_case), table(in_backlog(), classification="confidential")
    made = hypotheses.state(use_case, statement="One in ten leaves.", by=analyst)
    given = {"is_true": True, "version": version, "column": "left", "finding": "So.", "by": analyst}
    second = join(use_case, "data_scientist").user

    with pytest.raises(Refused, match="yourself"):
        hypotheses.answer(made, **given)
    with pytest.raises(Refused, match="answered by"):
        hypotheses.answer(made, **(given | {"by": expert}))
    for wrong in ({"version": foreign}, {"column": "age"}, {"column": "id"}, {"finding": ""}):
        with pytest.raises(ValidationError) as refusal:
            hypotheses.answer(made, **(given | {"by": second} | wrong))
        assert set(refusal.value.message_dict) == set(wrong)
    made.refresh_from_db()
    assert (made.state, made.version) == ("open", None)


def test_hypotheses_are_withdrawn_and_opened_again_by_those_concerned():
    use_case = in_backlog()
    expert = join(use_case, "business_expert").user
    made = hypotheses.state(use_case, statement="x", by=expert)

    with pytest.raises(Refused):
        hypotheses.withdraw(made, by=join(use_case, "designer").user)
    with pytest.raises(Refused):
        hypotheses.state(use_case, statement="y", by=person())
    hypotheses.withdraw(made, by=expert)
    with pytest.raises(Refused):
        hypotheses.withdraw(made, by=expert)
    hypotheses.reopen(made, by=expert)
    assert Hypothesis.objects.get().state == "open"
    with pytest.raises(IllegalMove):
        Hypothesis.LIFE.move(made, "reopen")


def test_a_member_of_the_squad_does_not_show_a_confidential_use_case_to_everybody():
    use_case = in_backlog(is_confidential=True)
    member = join(use_case, "designer").user

    with pytest.raises(Refused, match="confidential"):
        use_cases.update(use_case, is_confidential=False, by=member)
    use_case.refresh_from_db()
    assert use_case.is_confidential
    assert not AuditEvent.objects.filter(verb="use_case.confidentiality_lifted").exists()

    use_cases.update(use_case, is_confidential=False, by=use_case.product_owner)
    assert AuditEvent.objects.filter(verb="use_case.confidentiality_lifted").exists()
