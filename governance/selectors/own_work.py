"""What somebody built and decided, for a portfolio of real work."""

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
    rows = ModelVersion.objects.filter(
        registered_by=user, status__in=ModelVersion.USABLE, model__use_case__is_sandbox=False
    )
    found = []
    for version in rows.select_related("model__use_case"):
        case = version.model.use_case
        judges = Decision.objects.filter(request__version=version).values_list("decided_by_id", flat=True)
        people = own_work.around(case) | frozenset(judges)
        found.append(
            Piece("version", str(version.pk), N_("An approved version of a model of %(ref)s"), case.ref, str(version), people)
        )  # fmt: skip
    return found


def decided(user: User) -> list[Piece]:
    """Decisions of the person on versions of others; abstaining and advice are none."""
    rows = Decision.objects.filter(decided_by=user, request__version__isnull=False)
    rows = rows.exclude(answer__in=[Decision.Answer.ABSTAIN, *Decision.ADVICE])
    found = []
    for decision in rows.select_related("request__version__model__use_case"):
        version = decision.request.version
        assert version is not None  # noqa: S101  the filter says so
        case = version.model.use_case
        people = own_work.around(case) | {version.registered_by_id}
        found.append(
            Piece(
                "decision",
                str(decision.pk),
                N_("A review decided in %(ref)s"),
                case.ref,
                str(version),
                people,
            )
        )
    return found
