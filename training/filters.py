"""Filters over certificates and questions, shared by pages and the API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from training.models import (
    Certificate,
    CertificateTemplate,
    HelpQuestion,
    MentorOffer,
    Mentorship,
    Objective,
    Question,
)


class CertificateFilter(django_filters.FilterSet):
    """By holder's name, certificate and state."""

    holder = django_filters.CharFilter(
        field_name="user__display_name", lookup_expr="icontains", label=_("Holder")
    )
    template = django_filters.ModelChoiceFilter(
        queryset=CertificateTemplate.objects.order_by("path__level"),
        to_field_name="code",
        label=_("Certificate"),
    )
    status = django_filters.ChoiceFilter(choices=Certificate.Status, method="by_status", label=_("State"))

    class Meta:
        model = Certificate
        fields: list[str] = []

    def by_status(self, rows: QuerySet[Certificate], _name: str, value: str) -> Any:
        """States are a matter of the date, so they are computed by the database."""
        now = clock.now()
        match value:
            case Certificate.Status.REVOKED:
                return rows.filter(revoked_at__isnull=False)
            case Certificate.Status.EXPIRED:
                return rows.filter(revoked_at__isnull=True, valid_until__lte=now)
            case Certificate.Status.EXPIRING:
                return rows.expiring()
        return rows.valid().exclude(pk__in=rows.expiring().values("pk"))


class QuestionFilter(django_filters.FilterSet):
    """The bank by words, kind, use and objective; shared by the studio and the API."""

    uid = django_filters.CharFilter(field_name="uid", lookup_expr="icontains", label=_("Name"))
    kind = django_filters.ChoiceFilter(choices=Question.Kind, label=_("Kind"))
    use = django_filters.ChoiceFilter(choices=Question.Use, label=_("Use"))
    objective = django_filters.ModelChoiceFilter(
        queryset=Objective.objects.order_by("course__position", "code"),
        to_field_name="code",
        label=_("Objective"),
    )

    class Meta:
        model = Question
        fields: list[str] = []


class HelpQuestionFilter(django_filters.FilterSet):
    """By words of the title, lesson, and whether an answer helped."""

    title = django_filters.CharFilter(lookup_expr="icontains", label=_("Words"))
    lesson = django_filters.CharFilter(field_name="lesson__code", label=_("Lesson"))
    state = django_filters.ChoiceFilter(
        choices=[("open", _("Still open")), ("answered", _("Answered"))], method="by_state", label=_("State")
    )

    class Meta:
        model = HelpQuestion
        fields: list[str] = []

    def by_state(self, rows: QuerySet[HelpQuestion], _name: str, value: str) -> Any:
        """Open until an answer is said to have helped."""
        return rows.filter(accepted__isnull=value == "open")


class MentorOfferFilter(django_filters.FilterSet):
    """By words of what they help with, name, and whether a place is free."""

    topics = django_filters.CharFilter(lookup_expr="icontains", label=_("Words"))
    name = django_filters.CharFilter(
        field_name="mentor__display_name", lookup_expr="icontains", label=_("Name")
    )
    room = django_filters.ChoiceFilter(
        choices=[("yes", _("Has a free place"))], method="by_room", label=_("Places")
    )

    class Meta:
        model = MentorOffer
        fields: list[str] = []

    def by_room(self, rows: QuerySet[MentorOffer], _name: str, _value: str) -> Any:
        """Fewer people than places."""
        return rows.with_room()


class MentorshipFilter(django_filters.FilterSet):
    """By state."""

    state = django_filters.ChoiceFilter(choices=Mentorship.State.choices, label=_("State"))

    class Meta:
        model = Mentorship
        fields: list[str] = []
