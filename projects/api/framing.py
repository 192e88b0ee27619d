"""Framing a use case over the API: votes, estimates, lenses, make or buy, proposals to stop, standards."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import StrictSerializer
from projects import buying
from projects.api.case_parts import KEY, CriterionOut, Part
from projects.api.triage import DuplicateIn
from projects.models import Estimate, MakeOrBuyAssessment, ScoreCard, StopProposal
from projects.models.estimates import IMPACTS, SIZES
from projects.selectors import lenses, spending, standards
from projects.services import estimates, make_or_buy, stops, supports, templates


class WordIn(StrictSerializer):
    """A word with one's vote."""

    comment = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")


class NoneIn(StrictSerializer):
    """An act that asks for nothing."""


def size() -> serializers.ChoiceField:
    """One of the relative sizes."""
    return serializers.ChoiceField(SIZES, required=False, allow_null=True)


class EstimateIn(StrictSerializer):
    """Figures for the lenses; `null` takes one away, what is not named stays."""

    reach = serializers.IntegerField(min_value=0, max_value=2_000_000_000, required=False, allow_null=True)
    impact = serializers.ChoiceField(IMPACTS, required=False, allow_null=True)
    effort_months = serializers.FloatField(min_value=0.1, max_value=1000, required=False, allow_null=True)
    user_value = size()
    time_criticality = size()
    risk_reduction = size()
    job_size = size()
    yearly_value = serializers.IntegerField(min_value=0, max_value=10**12, required=False, allow_null=True)
    weeks = serializers.IntegerField(min_value=1, max_value=520, required=False, allow_null=True)


class EstimateOut(serializers.ModelSerializer[Estimate]):
    """The figures as they stand."""

    class Meta:
        model = Estimate
        fields = [*estimates.FIELDS, "given_at"]


class AssessmentIn(StrictSerializer):
    """The answers behind make or buy."""

    category = serializers.ChoiceField(MakeOrBuyAssessment.Category.choices)
    scores = serializers.DictField(
        child=serializers.IntegerField(min_value=-2, max_value=2), required=False, default=dict
    )
    facts = serializers.ListField(
        child=serializers.ChoiceField(list(buying.FACTS)), required=False, default=list, max_length=20
    )
    answers = serializers.DictField(
        child=serializers.CharField(max_length=2000, allow_blank=True), required=False, default=dict
    )
    costs = serializers.DictField(child=serializers.FloatField(), required=False, default=dict)


class AssessmentOut(serializers.ModelSerializer[MakeOrBuyAssessment]):
    """The answers and what follows from them."""

    class Meta:
        model = MakeOrBuyAssessment
        fields = [
            "category", "scores", "facts", "answers", "costs", "balance", "vetoes", "cost_make", "cost_buy",
            "recommendation", "assessed_by", "assessed_at",
        ]  # fmt: skip


class StopOut(serializers.ModelSerializer[StopProposal]):
    """One proposal of the portal to stop."""

    class Meta:
        model = StopProposal
        fields = ["id", "cause", "detail", "state", "created_at", "answered_by", "answered_at", "reason"]


class GoOnIn(StrictSerializer):
    """Why in spite of it."""

    reason = serializers.CharField(max_length=2000)


class BeginIn(StrictSerializer):
    """The words of a new use case."""

    title = serializers.CharField(max_length=140)
    problem = serializers.CharField(max_length=4000)


class TemplateNameIn(StrictSerializer):
    """A template made of this use case."""

    name = serializers.CharField(max_length=120)
    summary = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class SupportActs(Part):
    """“This is mine too”."""

    shown: Any

    @extend_schema(request=WordIn)
    @action(detail=True, methods=["post", "delete"])
    def support(self, request: Request, pk: str) -> Response:
        """Vote for it, with a word; DELETE takes one's vote back."""
        use_case = self.get_object()
        if request.method == "DELETE":
            supports.take_back(use_case, by=request.user)
            return Response(status=status.HTTP_204_NO_CONTENT)
        supports.add(use_case, **self.taken(WordIn, request), by=request.user)
        return Response({"supports": use_case.supports.count()}, status=status.HTTP_201_CREATED)

    @extend_schema(request=DuplicateIn)
    @action(detail=True, methods=["post"])
    def join(self, request: Request, pk: str) -> Response:
        """Turn one's draft into a vote for `of`."""
        draft = self.get_object()
        supports.join_instead(draft, **self.taken(DuplicateIn, request), by=request.user)
        return self.shown(draft)  # type: ignore[no-any-return]


class LensActs(Part):
    """Other lenses, and why one stands above another."""

    get_queryset: Any

    @extend_schema(request=EstimateIn, responses=EstimateOut)
    @action(detail=True, methods=["get", "post"])
    def estimate(self, request: Request, pk: str) -> Response:
        """The figures; a POST sets those that are named."""
        use_case = self.get_object()
        if request.method == "POST":
            estimates.give(use_case, **self.taken(EstimateIn, request), by=request.user)
        found = Estimate.objects.filter(use_case=use_case).first()
        return Response(EstimateOut(found).data if found else dict.fromkeys(estimates.FIELDS))

    @action(detail=True, methods=["get"])
    def lenses(self, request: Request, pk: str) -> Response:
        """RICE, WSJF and cost of delay beside P, and where they disagree."""
        use_case = self.get_object()
        card = ScoreCard.objects.filter(use_case=use_case, state=ScoreCard.State.AGREED).first()
        return Response(
            [
                {
                    "lens": each.code,
                    "figure": each.figure,
                    "missing": [str(name) for name in each.missing],
                    "place": each.disagreement and each.disagreement.by_lens,
                    "place_by_priority": each.disagreement and each.disagreement.by_priority,
                    "among": each.disagreement and each.disagreement.among,
                    "disagrees": each.is_flagged,
                    "tau": each.tau,
                }
                for each in lenses.lenses_of(use_case, request.user, card)
            ]
        )

    @action(detail=True, methods=["get"], url_path="why/(?P<other>[0-9a-f-]{36})")
    def why(self, request: Request, pk: str, other: str) -> Response:
        """Which of the two stands higher and why; `null` figures while one has no agreed score."""
        found = lenses.why(self.get_object(), get_object_or_404(self.get_queryset(), pk=other))
        if found is None:
            return Response({"upper": None, "lower": None, "difference": None, "sentence": "", "shares": []})
        return Response(
            {
                "upper": found.upper.pk,
                "lower": found.lower.pk,
                "difference": round(found.difference, 3),
                "sentence": found.sentence,
                "shares": [
                    {
                        "factor": each.factor,
                        "points": round(each.points, 3),
                        "upper": each.upper,
                        "lower": each.lower,
                    }
                    for each in found.shares
                ],
            }
        )


class FramingActs(SupportActs, LensActs):
    """Make or buy, failing fast, standards, templates."""

    @extend_schema(request=AssessmentIn, responses=AssessmentOut)
    @action(detail=True, methods=["get", "post"], url_path="make-or-buy/assessment", url_name="assessment")
    def assessment(self, request: Request, pk: str) -> Response:
        """The assessment of make or buy, 404 while there is none; a POST replaces its answers."""
        use_case = self.get_object()
        if request.method == "POST":
            kept = make_or_buy.assess(use_case, **self.taken(AssessmentIn, request), by=request.user)
            return Response(AssessmentOut(kept).data)
        return Response(AssessmentOut(get_object_or_404(MakeOrBuyAssessment, use_case=use_case)).data)

    @action(detail=True, methods=["get"], url_path="stop-proposals", url_name="stops")
    def stop_proposals(self, request: Request, pk: str) -> Response:
        """What the portal proposes to stop for, and what stopping now saves."""
        use_case = self.get_object()
        saving = spending.saving(use_case)
        return Response(
            {
                "proposals": StopOut(use_case.stop_proposals.all(), many=True).data,
                "saving": saving and saving.facts(),
            }
        )

    @extend_schema(request=GoOnIn, responses=StopOut)
    @action(detail=True, methods=["post"], url_path=f"stop-proposals/{KEY}/go-on", url_name="stop-go-on")
    def stop_go_on(self, request: Request, pk: str, part: str) -> Response:
        """Go on in spite of one, with the reason."""
        found = self.part(StopProposal.objects, part)
        return Response(StopOut(stops.go_on(found, **self.taken(GoOnIn, request), by=request.user)).data)

    @action(detail=True, methods=["get"])
    def standards(self, request: Request, pk: str) -> Response:
        """What is missing against its template, or the standards of the house."""
        found = standards.report(self.get_object())
        return Response(
            {
                "against_house": found.is_house,
                "percent": found.percent,
                "standards": [
                    {
                        "code": each.code,
                        "label": str(each.label),
                        "met": each.met,
                        "detail": each.detail,
                        "remedy": str(each.remedy),
                        "url": each.url,
                    }
                    for each in found.found
                ],
            }
        )

    @extend_schema(request=NoneIn, responses={201: CriterionOut(many=True)})
    @action(detail=True, methods=["post"], url_path="apply-criteria", url_name="apply-criteria")
    def apply_criteria(self, request: Request, pk: str) -> Response:
        """Take over the template's kill criteria that are missing."""
        self.taken(NoneIn, request)
        made = templates.apply_criteria(self.get_object(), by=request.user)
        return Response(CriterionOut(made, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=BeginIn)
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str) -> Response:
        """Begin a draft with its words."""
        made = templates.copy(self.get_object(), **self.taken(BeginIn, request), by=request.user)
        return self.shown(made, status.HTTP_201_CREATED)  # type: ignore[no-any-return]

    @extend_schema(request=TemplateNameIn)
    @action(detail=True, methods=["post"], url_path="to-template", url_name="to-template")
    def to_template(self, request: Request, pk: str) -> Response:
        """Make a template of it."""
        made = templates.make_from(self.get_object(), **self.taken(TemplateNameIn, request), by=request.user)
        return Response({"id": made.pk, "name": made.name}, status=status.HTTP_201_CREATED)
