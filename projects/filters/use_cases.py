"""How the backlog is narrowed down, on the pages and in the API. Meanings stand in `projects.selectors.backlog`."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from portal.core.models import OrgUnit, User
from projects import custom_values, typed_filters
from projects.models import CustomField, UseCase
from projects.selectors import backlog, narrowing, ranks

FIRST = ("q", "phase", "unit", "risk_tier", "product_owner", "health", "is")


class Choices(django_filters.MultipleChoiceFilter):
    """Any of several values; the condition itself stands in the selectors."""

    always_filter = False

    def is_noop(self, qs: Any, value: Any) -> bool:
        """Choosing all is a choice, too."""
        return not value


def people(label: Any) -> django_filters.CharFilter:
    """A filter by person; a box to write in, so that a thousand colleagues do not weigh the page down."""
    box = forms.TextInput(attrs={"placeholder": _("name, e-mail, me or none")})
    return django_filters.CharFilter(label=label, method="narrowed", max_length=150, widget=box)


def choices(label: Any, given: Any) -> Choices:
    """A filter by several values."""
    return Choices(label=label, choices=given, method="narrowed", widget=forms.CheckboxSelectMultiple)


def check_typed(text: str) -> None:
    """Raise `ValidationError` for a condition in the text box whose value makes no sense."""
    groups, _words = typed_filters.parse(text, narrowing.is_known)
    known = {**UseCaseFilter.base_filters, **own_filters()}
    for term in [each for group in groups for each in group]:
        field = known[term.name].field
        try:
            field.clean(term.values if isinstance(field, forms.MultipleChoiceField) else term.value)
        except forms.ValidationError as problem:
            words = " ".join(problem.messages)
            raise forms.ValidationError(f"{term.written} – {words}") from problem


def figure(label: Any, low: float = 0, high: float = 100) -> django_filters.NumberFilter:
    """A filter by a figure within bounds."""
    return django_filters.NumberFilter(label=label, min_value=low, max_value=high, method="narrowed")


def day(label: Any) -> django_filters.DateFilter:
    """A filter by a day."""
    return django_filters.DateFilter(
        label=label, method="narrowed", widget=forms.DateInput(attrs={"type": "date"})
    )


def units(request: Any) -> QuerySet[OrgUnit]:
    """All units."""
    return OrgUnit.objects.all()


def own_filters() -> dict[str, django_filters.Filter]:
    """The filters of the custom fields, by the name of their parameter."""
    found: dict[str, django_filters.Filter] = {}
    for each in custom_values.active():
        match each.kind:
            case CustomField.Kind.NUMBER:
                words = (("min", _("%(label)s at least")), ("max", _("%(label)s at most")))
                for end, label in words:
                    found[f"{each.key}_{end}"] = figure(
                        str(label) % {"label": each.label},
                        low=-custom_values.LARGEST,
                        high=custom_values.LARGEST,
                    )
            case CustomField.Kind.DATE:
                for end, label in (("from", _("%(label)s from")), ("until", _("%(label)s until"))):
                    found[f"{each.key}_{end}"] = day(str(label) % {"label": each.label})
            case CustomField.Kind.CHOICE:
                found[each.key] = choices(each.label, [(option, option) for option in each.options])
            case CustomField.Kind.PERSON:
                found[each.key] = people(each.label)
            case _:
                found[each.key] = django_filters.CharFilter(
                    label=each.label, method="narrowed", max_length=200
                )
    return found


class UseCaseFilter(django_filters.FilterSet):
    """Every field of a use case, and what follows from several."""

    q = django_filters.CharFilter(
        label=_("Text"), method="narrowed", max_length=200, validators=[check_typed]
    )
    phase = choices(_("Phase"), UseCase.Phase.choices)
    unit = django_filters.ModelChoiceFilter(label=_("Business line"), queryset=units, method="narrowed")
    risk_tier = choices(_("Risk tier"), UseCase.Tier.choices)
    product_owner = people(_("Product owner"))
    health = choices(_("Health"), UseCase.Health.choices)
    tag = django_filters.CharFilter(label=_("Tag"), method="narrowed", max_length=200)
    without = choices(
        _("Without"), [(name, label) for name, (label, _q) in backlog.FIELDS_THAT_MAY_BE_EMPTY.items()]
    )
    lead = people(_("Squad lead"))
    member = people(_("Squad member"))
    sponsor = people(_("Sponsor"))
    submitter = people(_("Proposed by"))
    process_owner = people(_("Process owner"))
    ai_kind = choices(_("Kind of AI"), UseCase.Kind.choices)
    make_or_buy = choices(_("Make or buy"), UseCase.MakeOrBuy.choices)
    priority_min = figure(_("Priority at least"))
    priority_max = figure(_("Priority at most"))
    value_min = figure(_("Value at least"))
    feasibility_min = figure(_("Feasibility at least"))
    risk_min = figure(_("Risk at least"))
    benefit_min = figure(_("Yearly benefit at least (€)"), high=2_000_000_000)
    people_min = figure(_("People affected at least"), high=2_000_000_000)
    days_in_phase = figure(_("Days in phase at least"), high=3650)
    gate_within = figure(_("Planned gate within (days)"), low=-3650, high=3650)
    created_after = day(_("Proposed from"))
    created_before = day(_("Proposed until"))
    external_source = django_filters.CharFilter(label=_("Source"), method="narrowed", max_length=40)

    class Meta:
        model = UseCase
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With a filter for each custom field that is asked for now."""
        super().__init__(*args, **kwargs)
        for name, own in own_filters().items():
            own.parent, own.model, own.field_name = self, UseCase, name
            self.filters[name] = own

    @classmethod
    def further_names(cls) -> set[str]:
        """Names that are known besides those declared."""
        return set(own_filters())

    def narrowed(self, queryset: Any, name: str, value: Any) -> Any:
        """One condition; the values as they stand in the address, checked by the form."""
        many = isinstance(value, list | tuple | QuerySet)
        values = [str(getattr(each, "pk", each)) for each in (value if many else [value])]
        return narrowing.narrow(queryset, name, values, self.reader)

    @property
    def reader(self) -> User:
        """Who looks."""
        return self.request.user  # type: ignore[union-attr,return-value]

    @property
    def first(self) -> list[Any]:
        """What is asked most."""
        return [self.form[name] for name in FIRST]

    @property
    def further(self) -> list[Any]:
        """The rest, behind a fold."""
        return [self.form[name] for name in self.form.fields if name not in FIRST]

    @property
    def further_count(self) -> int:
        """How many of the further ones narrow the list now."""
        return sum(
            bool([each for each in self.data.getlist(field.html_name) if each]) for field in self.further
        )


# `is` is a word of Python and cannot be written as an attribute; what inherits looks at what was declared.
MARKS = choices(_("Only"), backlog.MARKS)
MARKS.field_name = "is"
UseCaseFilter.declared_filters["is"] = UseCaseFilter.base_filters["is"] = MARKS


class OrderedUseCaseFilter(UseCaseFilter):
    """The same over the API, with the order of the answer; on the pages the table has its own."""

    order = django_filters.ChoiceFilter(
        label=_("Order"), choices=[("priority", _("By score")), ("rank", _("By hand"))], method="ordered"
    )

    def ordered(self, queryset: Any, name: str, value: str) -> Any:
        """By score or as hands have placed them."""
        return ranks.by_hand(queryset) if value == "rank" else backlog.in_order(queryset)


def kept(params: QueryDict, request: HttpRequest) -> dict[str, list[str]]:
    """The filters of an address that mean something; raises nothing, drops the rest."""
    found = UseCaseFilter(params, queryset=UseCase.objects.none(), request=request)
    found.form.is_valid()
    wrong = set(found.form.errors)
    return {
        name: values
        for name in found.form.fields
        if name not in wrong and (values := [each for each in params.getlist(name) if each.strip()])
    }
