"""How lists of explanations are narrowed down."""

import django_filters
from django.utils.translation import gettext_lazy as _

from projects.models import Explanation


class ExplanationFilter(django_filters.FilterSet):
    """Of one experiment, of one kind."""

    experiment = django_filters.UUIDFilter(label=_("Experiment"))
    what = django_filters.ChoiceFilter(label=_("Question"), choices=Explanation.What.choices)

    class Meta:
        model = Explanation
        fields: list[str] = []
