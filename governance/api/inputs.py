"""What callers send."""

from rest_framework import serializers

from governance.checklist import ITEMS
from governance.models import ApprovalRequest, BenefitLine, Decision, Finding, ModelVersion
from governance.models.benefits import Evidence
from governance.rules.signatures import SIGNED
from portal.core.api.kit import StrictSerializer
from portal.core.models import User


class RegisterIn(StrictSerializer):
    """A trial, and the model it becomes a version of."""

    trial = serializers.UUIDField()
    model = serializers.UUIDField(required=False)
    name = serializers.CharField(required=False, allow_blank=True, max_length=120)


class CardIn(StrictSerializer):
    """The authored part of the card."""

    purpose = serializers.CharField(max_length=2000)
    intended_use = serializers.CharField(max_length=2000)
    limits = serializers.CharField(max_length=2000)
    ethics = serializers.CharField(max_length=2000)
    fallback = serializers.CharField(max_length=2000)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=2000)


assert set(ModelVersion.AUTHORED) <= set(CardIn().fields)  # noqa: S101  the two lists are one


class GovernanceReasonIn(StrictSerializer):
    """A reason."""

    reason = serializers.CharField(max_length=500)


class MaybeReasonIn(StrictSerializer):
    """A reason where one wants to give it."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class FindingPartIn(StrictSerializer):
    """A finding that goes with an approval."""

    title = serializers.CharField(max_length=200)
    severity = serializers.ChoiceField(choices=Finding.Severity.choices)
    owner = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))
    due_on = serializers.DateField(required=False)
    detail = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class DecideIn(StrictSerializer):
    """An answer to a request."""

    answer = serializers.ChoiceField(choices=Decision.Answer.choices)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    category = serializers.ChoiceField(choices=Decision.Category.choices, required=False, allow_blank=True)
    checklist = serializers.ListField(
        child=serializers.ChoiceField(choices=list(ITEMS.items())), required=False, max_length=20
    )
    findings = FindingPartIn(many=True, required=False)
    seen_digest = serializers.CharField(required=False, allow_blank=True, max_length=64)
    until = serializers.DateField(required=False, allow_null=True)
    lessons = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    dissent = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class DissentIn(StrictSerializer):
    """A dissenting opinion."""

    text = serializers.CharField(max_length=4000)


class LookAgainIn(StrictSerializer):
    """What somebody saw who looked afterwards at a small change."""

    was_right = serializers.BooleanField()
    remark = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class SignIn(StrictSerializer):
    """A signature beside the product owner."""

    gate = serializers.ChoiceField(choices=list(SIGNED))
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class JustificationIn(StrictSerializer):
    """Whether one justification is accepted."""

    guardrail = serializers.UUIDField()
    is_accepted = serializers.BooleanField()
    comment = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class GateIn(StrictSerializer):
    """Asking for a gate."""

    gate = serializers.ChoiceField(choices=["G1", "G2", "G3", "G4", "G5"])
    course = serializers.ChoiceField(choices=ApprovalRequest.Course.choices, required=False)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    waivers = serializers.DictField(child=serializers.CharField(max_length=500), required=False)


class FindingIn(FindingPartIn):
    """A finding on a use case."""

    use_case = serializers.UUIDField()
    version = serializers.UUIDField(required=False)


class ResolutionIn(StrictSerializer):
    """What was done."""

    resolution = serializers.CharField(max_length=4000)


class AcceptRiskIn(StrictSerializer):
    """Why a risk is accepted, and until when."""

    reason = serializers.CharField(max_length=2000)
    until = serializers.DateField()


class RowsIn(StrictSerializer):
    """Rows to score, each an object of column and value."""

    rows = serializers.ListField(child=serializers.DictField(), max_length=1000)


class TableIn(StrictSerializer):
    """Which table."""

    dataset_version = serializers.UUIDField()


class DeploymentTableIn(TableIn):
    """Which table on which deployment."""

    deployment = serializers.UUIDField()


class LineIn(StrictSerializer):
    """An expected benefit."""

    use_case = serializers.UUIDField()
    title = serializers.CharField(max_length=160)
    kind = serializers.ChoiceField(choices=BenefitLine.Kind.choices)
    yearly_amount = serializers.IntegerField(min_value=1, max_value=10**12)
    evidence = serializers.ChoiceField(choices=Evidence.choices)
    method = serializers.CharField(max_length=2000)
    baseline = serializers.CharField(max_length=2000)


class MeasurementIn(StrictSerializer):
    """What was realised."""

    line = serializers.UUIDField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    amount = serializers.IntegerField(min_value=-(10**12), max_value=10**12)
    evidence = serializers.ChoiceField(choices=Evidence.choices)
    note = serializers.CharField(max_length=2000)


class NoteIn(StrictSerializer):
    """A word of finance."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")
