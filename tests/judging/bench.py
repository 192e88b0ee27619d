"""One use case of high risk in which every stake belongs to somebody of its own, certified for everything else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import Group

from governance.models import Delegation, ModelVersion, PolicyVersion
from governance.services import policies, risks
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.models.credentials import Right
from portal.core.services import audit
from projects.models import DatasetVersion, Experiment, GuardrailResult, SquadMember, UseCase
from projects.services import squads
from tests.access.ruled import drafted
from tests.governance import factories as f
from tests.judging.acts import all_no, rules
from tests.people import give, person
from training.models import Mentorship

JUDGES = (Duty.MODEL_REVIEWER, Duty.RISK_OFFICER, Duty.EXECUTIVE)
# Who has exactly one stake in the model, and in the words of the rule which.
STAKES = {
    "asker": "you asked for this decision yourself",
    "registrant": "you registered this version",
    "runner": "you ran the experiment",
    "card_writer": "you wrote the model card",
    "uploader": "you uploaded the data",
    "earlier_uploader": "you uploaded an earlier version of the data",
    "preparer": "you prepared the data",
    "describer": "you prepared the data",
    "shaper": "you prepared the data",
    "justifier": "you wrote a justification",
    "lifter": "you let it go on in spite of a block",
    "owner": "you are the product owner of the use case",
    "former_owner": "you were the product owner of the use case",
    "sponsor": "you are the sponsor of the use case",
    "improver": "you are responsible for improving and retraining it",
    "member": "you are a member of the squad",
    "former": "you were a member of the squad",
    "mentor": "you supervise, or supervised, this project as a mentor",
    "writer": "you wrote this policy",
}
# Who has no stake, and is no decider either.
OUTSIDERS = (
    "uncertified",
    "dutiless",
    "administrator",
    "proxy_of_member",
    "second_hop",
    "late_proxy",
    "bare_proxy",
)
DECIDERS = ("first", "second", "third")
OFFICERS = ("officer", "colleague")


def policy_of_many(raw: dict[str, Any]) -> None:
    """Two reviewers, then a risk officer: four people with the one who asks."""
    raw["steps"]["model_review"] = [{"role": "model_reviewer", "quorum": 2}, {"role": "risk_officer"}]
    raw["people"]["model_review"] = 4
    raw["timetable"]["expire_after"] = 300


def bench() -> SimpleNamespace:
    """The world of the random acts: a review, a policy and a lower tier wait for their answers."""
    rules("high", policy_of_many)
    them = {name: f.reviewer(name.title()) for name in DECIDERS}
    them |= {name: person(name.title(), duties=(Duty.RISK_OFFICER,)) for name in OFFICERS}
    w = f.world("high", justify=True)
    User.objects.filter(pk=w.reviewer.pk).update(is_active=False)  # else the deciders are not all there are
    w.people = them | {name: able(name) for name in STAKES if name not in {"owner", "sponsor", "member"}}
    w.people |= {"owner": w.owner, "sponsor": w.sponsor, "member": w.squad["data_engineer"]}
    for name in ("owner", "sponsor", "member"):
        give(w.people[name], Right.APPROVE_MODEL)
    outside(w.people)
    stakes_in_the_model(w)
    stakes_in_the_use_case(w)
    with on_duty(w.people):
        w.draft = drafted("minimal", "2027-02.1", w.people["writer"])
    PolicyVersion.objects.filter(pk=w.draft.pk).update(written_by=person("Last Writer"))
    policies.propose(w.draft, by=w.people["officer"])
    risks.assess(w.use_case, answers=all_no(), reason="No persons.", by=w.owner)
    return w


def able(name: str) -> User:
    """Certified; the duties come with `on_duty`."""
    return person(name.title(), rights=(Right.APPROVE_MODEL,))


@contextmanager
def on_duty(them: dict[str, User]) -> Iterator[None]:
    """For a moment whoever has a stake has every duty of a decider, so that only the stake refuses them."""
    member = User.groups.through.objects
    groups = [Group.objects.get_or_create(name=duty)[0].pk for duty in JUDGES]
    pairs = [member.model(user_id=them[name].pk, group_id=group) for name in STAKES for group in groups]
    member.bulk_create(pairs)
    for name in STAKES:
        them[name].__dict__.pop("duties", None)  # kept for the length of a request
    yield
    member.filter(user__in=[them[name] for name in STAKES], group__in=groups).delete()
    for name in STAKES:
        them[name].__dict__.pop("duties", None)


def outside(them: dict[str, User]) -> None:
    """Without duty or certificate, or on a seat that nobody could give them."""
    them["uncertified"] = person("Uncertified", duties=JUDGES)
    them["dutiless"] = person("Dutiless", rights=(Right.APPROVE_MODEL,))
    them["administrator"] = person("Ada", duties=(Duty.ADMINISTRATOR,), rights=(Right.APPROVE_MODEL,))
    for name in ("proxy", "proxy_of_member", "second_hop", "late_proxy"):
        them[name] = person(name.title(), rights=(Right.APPROVE_MODEL,))
    them["bare_proxy"] = person("Bare")
    seat(them["first"], them["proxy"])
    seat(them["second"], them["bare_proxy"])
    seat(them["member"], them["proxy_of_member"])
    seat(them["proxy"], them["second_hop"])
    seat(them["third"], them["late_proxy"], days_ago=2)


def seat(giver: User, to: User, *, days_ago: int = 0) -> None:
    """A seat handed over, past every door."""
    day = clock.today() - timedelta(days=days_ago)
    ends_on = day + timedelta(days=0 if days_ago else 900)
    Delegation.objects.create(given_by=giver, given_to=to, starts_on=day, ends_on=ends_on, reason="Away.")


def stakes_in_the_model(w: SimpleNamespace) -> None:
    """Written past every door, so that each fact stands alone."""
    who, version, experiment = w.people, w.version, w.trial.experiment
    type(w.request).objects.filter(pk=w.request.pk).update(requested_by=who["asker"])
    ModelVersion.objects.filter(pk=version.pk).update(
        registered_by=who["registrant"], card_by=who["card_writer"], block_waived_by=who["lifter"]
    )
    Experiment.objects.filter(pk=experiment.pk).update(author=who["runner"])
    GuardrailResult.objects.filter(experiment=experiment, severity="justify").update(
        justified_by=who["justifier"]
    )
    data = version.dataset_version
    DatasetVersion.objects.filter(pk=data.pk).update(
        uploaded_by=who["uploader"], preparers=[str(who["preparer"].pk)], number=2
    )
    DatasetVersion.objects.create(
        dataset=data.dataset, number=1, state="ready", uploaded_by=who["earlier_uploader"], original_name="old.csv",
        upload_digest="9" * 64, table_digest="8" * 64, rows=10, columns=5, profile={"columns": []},
    )  # fmt: skip
    audit.record("dataset.described", data.dataset, by=who["describer"])
    audit.record("experiment.question_changed", experiment, by=who["shaper"])


def stakes_in_the_use_case(w: SimpleNamespace) -> None:
    """Squad, mentor, and who answers for improving it."""
    who, made = w.people, w.use_case
    squads.add_member(made, user=who["former"], role="mentor", by=w.owner)
    squads.end_membership(SquadMember.objects.get(use_case=made, user=who["former"]), by=w.owner)
    UseCase.objects.filter(pk=made.pk).update(improvement_owner=who["improver"])
    audit.record("use_case.owner_named", made, by=None, before=who["former_owner"].pk, after=w.owner.pk)
    Mentorship.objects.create(
        mentor=who["mentor"],
        learner=w.author,
        use_case=made,
        state="ended",
        aim="To learn.",
        accepted_at=clock.now(),
    )
    made.refresh_from_db()
