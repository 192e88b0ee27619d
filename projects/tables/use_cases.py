"""The backlog as a table."""

from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _now, gettext_lazy as _

from portal.core.models import User
from portal.core.templatetags.ui import component
from projects import custom_values
from projects.models import CustomField, UseCase
from projects.rules.ranks import may_rank
from projects.selectors import backlog
from projects.selectors.ranks import Place, by_hand

FIGURE = {"td": {"class": "number"}, "th": {"class": "number"}}
TIER_COLORS = {"minimal": "green", "limited": "yellow", "high": "orange", "prohibited": "red"}
HEALTH_COLORS = {"on_track": "green", "at_risk": "yellow", "off_track": "red"}
ALWAYS = ("pick", "title")
USUAL = ("phase", "product_owner", "unit", "risk_tier", "health", "priority", "phase_since")


PLACES = (
    ("up", _("One place up")), ("down", _("One place down")), ("top", _("To the top of its phase")),
    ("bottom", _("To the end of its phase")),
)  # fmt: skip


class UseCaseTable(tables.Table):
    """One use case per row, the most important first."""

    pick = tables.Column(
        accessor="pk", orderable=False, verbose_name=_("Choose"), attrs={"td": {"class": "pick"}}
    )
    title = tables.Column(
        verbose_name=_("Use case"),
        order_by=("title",),
        attrs={"td": {"class": "wide"}, "th": {"class": "wide"}},
    )
    phase = tables.Column(verbose_name=_("Phase"))
    product_owner = tables.Column(verbose_name=_("Product owner"), order_by=("product_owner__display_name",))
    sponsor = tables.Column(verbose_name=_("Sponsor"), order_by=("sponsor__display_name",))
    unit = tables.Column(verbose_name=_("Business line"), order_by=("unit__name",))
    risk_tier = tables.Column(verbose_name=_("Risk tier"))
    health = tables.Column(verbose_name=_("Health"))
    priority = tables.Column(verbose_name=_("Priority"), attrs=FIGURE)
    rank = tables.Column(verbose_name=_("By hand"), empty_values=())
    value = tables.Column(verbose_name=_("Value"), attrs=FIGURE, orderable=False, empty_values=())
    feasibility = tables.Column(verbose_name=_("Feasibility"), attrs=FIGURE, orderable=False, empty_values=())
    risk = tables.Column(verbose_name=_("Risk"), attrs=FIGURE, orderable=False, empty_values=())
    effort = tables.Column(
        verbose_name=_("Person-months"), attrs=FIGURE, orderable=False, empty_values=(), accessor="pk"
    )
    rough_benefit = tables.Column(verbose_name=_("Yearly benefit (€)"), attrs=FIGURE)
    ai_kind = tables.Column(verbose_name=_("Kind of AI"))
    tags = tables.Column(verbose_name=_("Tags"), orderable=False)
    phase_since = tables.Column(verbose_name=_("In phase since"))
    created_at = tables.Column(verbose_name=_("Proposed"))

    class Meta:
        caption = _("Use cases")
        template_name = "projects/use_case_table.html"
        empty_icon = "backlog"
        empty_text = _("No use case fits. Take a filter away, or start from a problem: propose one.")

    reader: User | None = None  # set by the page, with the places of those put by hand
    places: dict[Any, Place] = {}
    is_by_hand = False
    groups: dict[Any, Any] = {}  # headings by the key of the row below, set by the page

    def render_rank(self, record: UseCase) -> Any:
        """The grip where the table is in this order, the difference to the score, and the menu of places."""
        context = {
            "case": record, "url": f"/use-cases/{record.pk}/rank/", "place": self.places.get(record.pk),
            "verdict": may_rank(self.reader, record) if self.reader else None, "is_by_hand": self.is_by_hand,
            "choices": PLACES,
        }  # fmt: skip
        return render_to_string("projects/rank_cell.html", context)

    def order_rank(
        self,
        queryset: QuerySet[UseCase],
        is_descending: bool,  # noqa: FBT001  django-tables2 calls it so
    ) -> tuple[QuerySet[UseCase], bool]:
        """As hands have placed them; the other way round from the last."""
        found = by_hand(queryset)
        return (found.reverse() if is_descending else found), True

    people: dict[int, str] = {}  # names for the custom fields of kind person

    def render_pick(self, record: UseCase) -> Any:
        """A box for acts on several."""
        label = _now("Choose %(ref)s") % {"ref": record.ref}
        return format_html(
            '<input type="checkbox" class="form-check-input" form="bulk" name="id" value="{}" aria-label="{}">',
            record.pk,
            label,
        )

    def render_title(self, record: UseCase) -> Any:
        """Reference and title; a mark when it is on hold."""
        held = component("badge", _("On hold"), color="yellow") if record.held_until else ""
        return format_html(
            '<a href="/use-cases/{0}/" data-peek="/use-cases/{0}/peek/"><span class="text-secondary">{1}</span> {2}</a> {3}',
            record.pk,
            record.ref,
            record.title,
            held,
        )

    def render_phase(self, record: UseCase) -> Any:
        """As a chip."""
        return component("badge", record.get_phase_display(), color=UseCase.COLORS[record.phase])

    def render_risk_tier(self, record: UseCase) -> Any:
        """As a chip."""
        return component(
            "badge", record.get_risk_tier_display(), color=TIER_COLORS.get(record.risk_tier, "grey")
        )

    def render_health(self, record: UseCase) -> Any:
        """As a chip."""
        return component("badge", record.get_health_display(), color=HEALTH_COLORS.get(record.health, "grey"))

    def render_priority(self, value: float) -> str:
        """One decimal is enough to compare."""
        return f"{value:.1f}"

    def axis(self, record: UseCase, name: str) -> str:
        """An axis of the agreed score."""
        card = backlog.card_of(record)
        found = getattr(card, name, None)
        return "–" if found is None else f"{found:.0f}"

    def render_value(self, record: UseCase) -> str:
        """V."""
        return self.axis(record, "value")

    def render_feasibility(self, record: UseCase) -> str:
        """F."""
        return self.axis(record, "feasibility")

    def render_risk(self, record: UseCase) -> str:
        """R."""
        return self.axis(record, "risk")

    def render_effort(self, record: UseCase) -> str:
        """Where somebody estimated it."""
        effort = backlog.effort_of(record)
        return "–" if effort is None else f"{effort:g}"

    def render_tags(self, value: list[str]) -> str:
        """One after the other."""
        return ", ".join(str(tag) for tag in value) or "–"

    def render_phase_since(self, record: UseCase) -> Any:
        """In words."""
        return component("when", at=record.phase_since)

    def render_created_at(self, record: UseCase) -> Any:
        """In words."""
        return component("when", at=record.created_at)

    def order_priority(
        self,
        queryset: QuerySet[UseCase],
        is_descending: bool,  # noqa: FBT001  django-tables2 calls it so
    ) -> tuple[QuerySet[UseCase], bool]:
        """What was never scored comes last either way."""
        by = F("priority").desc(nulls_last=True) if is_descending else F("priority").asc(nulls_last=True)
        return queryset.order_by(by, "ref"), True


OFFERED = tuple(name for name in UseCaseTable.base_columns if name not in ALWAYS)


class OwnColumn(tables.Column):
    """A custom field; what is empty comes last."""

    def __init__(self, field: CustomField) -> None:
        attrs = FIGURE if field.kind == CustomField.Kind.NUMBER else {}
        super().__init__(
            verbose_name=field.label,
            accessor="custom",
            empty_values=(),
            attrs=attrs,
            order_by=(f"custom__{field.key}",),
        )
        self.field = field

    def render(self, record: UseCase, table: "UseCaseTable") -> str:
        """As it is read."""
        return custom_values.shown(self.field, record.custom.get(self.field.key), table.people) or "–"

    def order(
        self,
        queryset: QuerySet[UseCase],
        is_descending: bool,  # noqa: FBT001  django-tables2 calls it so
    ) -> tuple[QuerySet[UseCase], bool]:
        """By the value; without one last either way."""
        value = F(f"custom__{self.field.key}")
        by = value.desc(nulls_last=True) if is_descending else value.asc(nulls_last=True)
        return queryset.order_by(by, "ref"), True


def chosen_columns(asked: list[str], own: list[CustomField]) -> list[str]:
    """The columns of an address, in the order of the table; the usual ones when it names none."""
    offered = (*OFFERED, *(each.key for each in own))
    wanted = {name for each in asked for name in each.split(",")} & set(offered)
    return [name for name in offered if name in (wanted or USUAL)]
