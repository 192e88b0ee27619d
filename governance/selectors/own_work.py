"""What somebody built and decided, for a portfolio of real work."""

from uuid import UUID

from django.utils.translation import gettext_noop as N_

from governance.models import Decision, ModelVersion
from portal.core.models import User
from training import own_work
from training.own_work import Piece


def register() -> None:
    """Two kinds more."""
    own_work.register("version", built)
    own_work.register("decision", decided)


def built(user: User) -> list[Piece]:
    """Versions of models that the person registered and others approved."""
    seen = ModelVersion.objects.visible_to(user).filter(registered_by=user, status__in=ModelVersion.USABLE)
    rows = list(seen.filter(model__use_case__is_sandbox=False).select_related("model__use_case"))
    people = own_work.around(each.model.use_case for each in rows)
    judges: dict[UUID, set[int]] = {each.pk: set() for each in rows}
    answers = Decision.objects.filter(request__version__in=judges)
    for version, judge in answers.values_list("request__version_id", "decided_by_id"):
        judges[version].add(judge)
    return [
        Piece(
            "version", str(each.pk), N_("An approved version of a model of %(ref)s"), each.model.use_case.ref,
            str(each), people[each.model.use_case_id] | judges[each.pk],
        )
        for each in rows
    ]  # fmt: skip


def decided(user: User) -> list[Piece]:
    """Decisions of the person on versions of others; abstaining and advice are none."""
    seen = ModelVersion.objects.visible_to(user)
    given = Decision.objects.filter(decided_by=user, request__version__in=seen)
    given = given.exclude(answer__in=[Decision.Answer.ABSTAIN, *Decision.ADVICE])
    rows = [
        (each, each.request.version) for each in given.select_related("request__version__model__use_case")
    ]
    people = own_work.around(version.model.use_case for _decision, version in rows if version)
    return [
        Piece(
            "decision", str(decision.pk), N_("A review decided in %(ref)s"), version.model.use_case.ref,
            str(version), people[version.model.use_case_id] | {version.registered_by_id},
        )
        for decision, version in rows
        if version
    ]  # fmt: skip
